// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceGuard} from "../../../contracts/interfaces/IPriceGuard.sol";
import {IPriceSources} from "../../../contracts/interfaces/IPriceSources.sol";
import {IAggregatorV3} from "../../../contracts/interfaces/external/IAggregatorV3.sol";
import {PoolKind} from "../../../contracts/types/PoolKind.sol";
import {Feed, Twap} from "../../../contracts/types/PriceSources.sol";

import {FeedLib} from "../../../contracts/libraries/FeedLib.sol";
import {ModelAggregator} from "../../mocks/ModelAggregator.sol";
import {PlainToken} from "../../mocks/PlainToken.sol";
import {UniswapV2Fixture} from "../../protocols/UniswapV2Fixture.sol";
import {Guarded_Test} from "./Guarded.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice G1 of Chainlink's feeds and of a rollup's sequencer, and what a quote is.
contract Feeds_Test is Guarded_Test {
    ModelAggregator internal sequencer;

    /* ACCESS */

    function test_OnlyGovernanceSetsSources() public {
        Twap memory twap;
        bytes[5] memory calls = [
            abi.encodeCall(IPriceSources.setFeed, (address(weth), spec(address(ethFeed)))),
            abi.encodeCall(IPriceSources.setPairFeed, (address(weth), address(usdc), spec(address(ethFeed)))),
            abi.encodeCall(IPriceSources.setTwap, (address(weth), address(usdc), twap)),
            abi.encodeCall(IPriceSources.setSequencer, (address(ethFeed), 0)),
            abi.encodeCall(IPriceSources.removePool, (stranger))
        ];
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(stranger);
            (bool done, bytes memory reason) = address(guard).call(calls[i]);
            assertFalse(done);
            assertEq(reason, abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        }
    }

    function test_RevertWhen_DeployedWithoutManagerOrWrappedCoin() public {
        bytes memory code = vm.getCode("PriceGuard.sol:PriceGuard");
        bytes memory reason = abi.encodeWithSelector(IPriceSources.ZeroAddress.selector);
        vm.expectRevert(reason);
        this.create(bytes.concat(code, abi.encode(address(0), weth)));
        vm.expectRevert(reason);
        this.create(bytes.concat(code, abi.encode(governance, address(0))));
    }

    /* SETTING A FEED */

    function test_RevertWhen_TheFeedHasNoCode() public {
        vm.expectRevert(encoded(FeedLib.FeedUnreadable.selector, stranger));
        setFeed(address(weth), stranger);
        vm.expectRevert(encoded(FeedLib.FeedUnreadable.selector, stranger));
        vm.prank(governance);
        guard.setSequencer(stranger, 0);
        assertEq(guard.feedOf(address(weth)).source, address(ethFeed));
    }

    function test_RevertWhen_DecimalsCannotBeRead() public {
        vm.expectRevert(encoded(IPriceSources.DecimalsUnreadable.selector, address(this)));
        setFeed(address(weth), address(this));
        vm.expectRevert(encoded(IPriceSources.DecimalsUnreadable.selector, stranger));
        setFeed(stranger, address(ethFeed));
        bytes memory question = abi.encodeCall(IERC20Metadata.decimals, ());
        vm.mockCallRevert(address(weth), question, abi.encode(18));
        vm.expectRevert(encoded(IPriceSources.DecimalsUnreadable.selector, address(weth)));
        setFeed(address(weth), address(ethFeed));
        vm.mockCall(address(weth), question, new bytes(31));
        vm.expectRevert(encoded(IPriceSources.DecimalsUnreadable.selector, address(weth)));
        setFeed(address(weth), address(ethFeed));
        vm.mockCall(address(weth), question, abi.encode(18, 0));
        setFeed(address(weth), address(ethFeed));
    }

    function test_RevertWhen_DecimalsAreMoreThan24() public {
        PlainToken token = new PlainToken("MANY", 25);
        vm.expectRevert(abi.encodeWithSelector(IPriceSources.DecimalsTooMany.selector, token, 25));
        setFeed(address(token), address(ethFeed));
        ModelAggregator feed = newFeed(25, 1);
        vm.expectRevert(abi.encodeWithSelector(IPriceSources.DecimalsTooMany.selector, feed, 25));
        setFeed(address(weth), address(feed));
    }

    function test_RevertWhen_TheHeartbeatIsZero() public {
        vm.prank(governance);
        vm.expectRevert(IPriceSources.HeartbeatZero.selector);
        guard.setFeed(address(weth), IPriceSources.FeedSpec(address(ethFeed), 0, 0, 0));
    }

    function test_RevertWhen_BoundsAreWrong() public {
        uint128 limit = (1 << 80) * 1e8;
        vm.startPrank(governance);
        vm.expectRevert(abi.encodeWithSelector(IPriceSources.BoundsWrong.selector, 2, 1, limit));
        guard.setFeed(address(weth), IPriceSources.FeedSpec(address(ethFeed), 1, 2, 1));
        vm.expectRevert(abi.encodeWithSelector(IPriceSources.BoundsWrong.selector, 0, limit + 1, limit));
        guard.setFeed(address(weth), IPriceSources.FeedSpec(address(ethFeed), 1, 0, limit + 1));
        guard.setFeed(address(weth), IPriceSources.FeedSpec(address(ethFeed), 1, limit, limit));
        vm.stopPrank();
    }

    /// @dev Of so many decimals that any answer is below the largest price.
    function test_SetFeed_AnyAnswer() public {
        address fine = address(newFeed(18, 2000e18));
        vm.prank(governance);
        guard.setFeed(address(weth), IPriceSources.FeedSpec(fine, HEARTBEAT, 0, type(uint128).max));
        assertEq(guard.quote(address(weth), 1e18, address(usdc)), 2000e6);
    }

    function test_SetFeed_KeepsWhatItWasTold() public {
        vm.expectEmit(address(guard));
        emit IPriceSources.FeedSet(address(weth), address(ethFeed), 99);
        vm.prank(governance);
        guard.setFeed(address(weth), IPriceSources.FeedSpec(address(ethFeed), 99, 5, 7));
        Feed memory feed = guard.feedOf(address(0));
        assertEq(abi.encode(feed), abi.encode(Feed(address(ethFeed), 99, 26, 8, true, 5, 7)));
    }

    /// @dev Native coin's feed is its wrapped coin's.
    function test_SetFeed_OfNativeCoin() public {
        vm.expectEmit(address(guard));
        emit IPriceSources.FeedSet(address(weth), address(ethFeed), 99);
        vm.prank(governance);
        guard.setFeed(address(0), IPriceSources.FeedSpec(address(ethFeed), 99, 0, 0));
        assertEq(guard.feedOf(address(weth)).heartbeat, 99);
        assertEq(guard.quote(address(0), 1e18, address(usdc)), 2000e6);
    }

    /* QUOTES */

    function test_Quote_ByBothTokensFeeds() public view {
        assertEq(guard.quote(address(weth), 1e18, address(usdc)), 2000e6);
        assertEq(guard.quote(address(usdc), 2000e6, address(weth)), 1e18);
        // Rounded down: half a millionth of a dollar is nothing.
        assertEq(guard.quote(address(weth), 0.25e9, address(usdc)), 0);
        assertEq(guard.quote(address(usdc), 1, address(weth)), 0.0005e12);
    }

    function test_Quote_OfATokenInItself() public view {
        assertEq(guard.quote(address(usdc), 123, address(usdc)), 123);
        assertEq(guard.quote(address(0), 123, address(weth)), 123);
        assertEq(guard.quote(stranger, 123, stranger), 123);
    }

    function test_Quote_OfNativeCoin() public view {
        assertEq(guard.quote(address(0), 1e18, address(usdc)), 2000e6);
        assertEq(guard.quote(address(usdc), 1e6, address(0)), 0.0005e18);
    }

    /// @dev Gold in dollars over tether in dollars: 3,230 / 0.998.
    function test_Quote_CrossesGoldAndTether() public {
        (PlainToken gold, PlainToken tether) = (new PlainToken("XAUt", 6), new PlainToken("USDT", 6));
        setFeed(address(gold), address(newFeed(8, 3230e8)));
        setFeed(address(tether), address(newFeed(8, 0.998e8)));
        assertEq(guard.quote(address(gold), 1e6, address(tether)), 3_236_472_945);
        assertEq(guard.quote(address(tether), 3_236_472_945, address(gold)), 999_999);
    }

    /// @dev Against rational arithmetic in 512 bits: amount · P · 10^(e + d') / (P' · 10^(e' + d)), with nothing cancelled
    /// beforehand but powers of ten.
    function testFuzz_Quote_IsExact(
        uint128 amount,
        uint128 price0,
        uint128 price1,
        uint8[4] memory decimals,
        bool turned
    ) public {
        for (uint256 i; i < 4; ++i) {
            decimals[i] = uint8(bound(decimals[i], 0, 24));
        }
        price0 = _price(price0, decimals[2]);
        price1 = _price(price1, decimals[3]);
        (PlainToken a, PlainToken b) = sortedTokens(decimals[0], decimals[1]);
        setFeed(address(a), address(newFeed(decimals[2], int256(uint256(price0)))));
        setFeed(address(b), address(newFeed(decimals[3], int256(uint256(price1)))));
        int256 exponent = int256(uint256(decimals[3])) + int8(decimals[1]) - int8(decimals[2]) - int8(decimals[0]);
        if (turned) {
            (price0, price1, exponent) = (price1, price0, -exponent);
            (a, b) = (b, a);
        }
        (uint256 num, uint256 den) = exponent < 0
            ? (uint256(price0), price1 * 10 ** uint256(-exponent))
            : (price0 * 10 ** uint256(exponent), uint256(price1));
        // A worth beyond 2^256 units is refused, and tested elsewhere.
        (uint256 high,) = Math.mul512(amount, num);
        vm.assume(high < den);
        assertEq(guard.quote(address(a), amount, address(b)), Math.mulDiv(amount, num, den));
    }

    /// @dev The dearest token without decimals against the cheapest with 24: nothing overflows, nothing is lost.
    function test_Quote_AtTheLimits() public {
        (PlainToken dear, PlainToken cheap) = (new PlainToken("DEAR", 0), new PlainToken("CHEAP", 24));
        setFeed(address(dear), address(newFeed(0, int256(1 << 80))));
        setFeed(address(cheap), address(newFeed(24, 1)));
        assertEq(guard.quote(address(dear), 1, address(cheap)), (1 << 80) * 1e48);
        assertEq(guard.quote(address(cheap), (1 << 80) * 1e48, address(dear)), 1);
        assertEq(guard.quote(address(cheap), (1 << 80) * 1e48 - 1, address(dear)), 0);
    }

    function test_Quote_ByThePairsOwnFeed() public {
        setPairFeed(address(weth), address(usdc), address(newFeed(18, 2100e18)));
        assertEq(guard.quote(address(weth), 1e18, address(usdc)), 2100e6);
        assertEq(guard.quote(address(usdc), 2100e6, address(weth)), 1e18);
    }

    function test_Quote_ByThePairsOwnFeedTurnedOver() public {
        setPairFeed(address(usdc), address(0), address(newFeed(18, 0.0005e18)));
        assertEq(guard.quote(address(weth), 1e18, address(usdc)), 2000e6);
        assertEq(guard.quote(address(usdc), 2000e6, address(weth)), 1e18);
        (Feed memory feed, bool inverse,) = guard.pairOf(address(weth), address(usdc));
        assertEq(feed.scale, 18 + 6 - 18);
        assertTrue(inverse);
    }

    function testFuzz_Quote_ByThePairsOwnFeed(uint128 amount, uint128 price, uint8[3] memory decimals, bool turned)
        public
    {
        for (uint256 i; i < 3; ++i) {
            decimals[i] = uint8(bound(decimals[i], 0, 24));
        }
        price = _price(price, decimals[2]);
        (PlainToken base, PlainToken quoted) = sortedTokens(decimals[0], decimals[1]);
        if (turned) (base, quoted) = (quoted, base);
        setPairFeed(address(base), address(quoted), address(newFeed(decimals[2], int256(uint256(price)))));
        (uint256 num, uint256 den) = (price * 10 ** quoted.decimals(), 10 ** (uint256(base.decimals()) + decimals[2]));
        (uint256 high,) = Math.mul512(amount, num);
        if (high < den) {
            assertEq(guard.quote(address(base), amount, address(quoted)), Math.mulDiv(amount, num, den));
        }
        (high,) = Math.mul512(amount, den);
        if (high < num) {
            assertEq(guard.quote(address(quoted), amount, address(base)), Math.mulDiv(amount, den, num));
        }
    }

    /// @dev Removed, the tokens' feeds count again.
    function test_SetPairFeed_CanBeTakenAway() public {
        address own = address(newFeed(18, 2100e18));
        vm.expectEmit(address(guard));
        emit IPriceSources.PairFeedSet(address(weth), address(usdc), own, HEARTBEAT);
        setPairFeed(address(weth), address(usdc), own);
        setPairFeed(address(weth), address(usdc), address(0));
        assertEq(guard.quote(address(weth), 1e18, address(usdc)), 2000e6);
    }

    function test_RevertWhen_ATokenHasNoFeed() public {
        setFeed(address(usdc), address(0));
        expectQuoteRefused(abi.encodeWithSelector(IPriceGuard.PriceMissing.selector, weth, usdc));
        vm.expectRevert(abi.encodeWithSelector(IPriceGuard.PriceMissing.selector, weth, usdc));
        guard.quote(address(usdc), 1, address(weth));
        setFeed(address(usdc), address(usdcFeed));
        setFeed(address(weth), address(0));
        expectQuoteRefused(abi.encodeWithSelector(IPriceGuard.PriceMissing.selector, weth, usdc));
    }

    /* ANSWERS */

    function test_RevertWhen_TheAnswerIsStale() public {
        vm.warp(NOW + HEARTBEAT);
        guard.quote(address(weth), 1e18, address(usdc));
        vm.warp(NOW + HEARTBEAT + 1);
        usdcFeed.transmit(1e8);
        expectQuoteRefused(abi.encodeWithSelector(FeedLib.FeedStale.selector, ethFeed, NOW, HEARTBEAT));
        ethFeed.transmit(2000e8);
        guard.quote(address(weth), 1e18, address(usdc));
    }

    function test_RevertWhen_TheOtherAnswerIsStale() public {
        vm.warp(NOW + HEARTBEAT + 1);
        ethFeed.transmit(2000e8);
        expectQuoteRefused(abi.encodeWithSelector(FeedLib.FeedStale.selector, usdcFeed, NOW, HEARTBEAT));
    }

    function testFuzz_RevertWhen_TheAnswerIsNotPositive(int256 answer) public {
        answer = bound(answer, type(int256).min, 0);
        usdcFeed.transmit(answer);
        expectQuoteRefused(abi.encodeWithSelector(FeedLib.FeedAnswerInvalid.selector, usdcFeed, answer));
    }

    function test_RevertWhen_TheAnswerIsZero() public {
        usdcFeed.transmit(0);
        expectQuoteRefused(abi.encodeWithSelector(FeedLib.FeedAnswerInvalid.selector, usdcFeed, 0));
    }

    function test_RevertWhen_TheAnswerIsOutOfBounds() public {
        vm.prank(governance);
        guard.setFeed(address(usdc), IPriceSources.FeedSpec(address(usdcFeed), HEARTBEAT, 0.9e8, 1.1e8));
        int256[4] memory answers = [int256(0.9e8), 1.1e8, 0.9e8 - 1, 1.1e8 + 1];
        for (uint256 i; i < 4; ++i) {
            usdcFeed.transmit(answers[i]);
            bytes memory reason = abi.encodeWithSelector(FeedLib.FeedAnswerInvalid.selector, usdcFeed, answers[i]);
            if (i > 1) vm.expectRevert(reason);
            guard.quote(address(weth), 1e18, address(usdc));
        }
    }

    function test_RevertWhen_TheAnswerIsBeyondTheOnlyBound() public {
        vm.startPrank(governance);
        guard.setFeed(address(usdc), IPriceSources.FeedSpec(address(usdcFeed), HEARTBEAT, 0.9e8, 0));
        guard.setFeed(address(weth), IPriceSources.FeedSpec(address(ethFeed), HEARTBEAT, 0, 3000e8));
        vm.stopPrank();
        usdcFeed.transmit(0.9e8 - 1);
        expectQuoteRefused(abi.encodeWithSelector(FeedLib.FeedAnswerInvalid.selector, usdcFeed, 0.9e8 - 1));
        usdcFeed.transmit(100e8);
        ethFeed.transmit(3000e8 + 1);
        expectQuoteRefused(abi.encodeWithSelector(FeedLib.FeedAnswerInvalid.selector, ethFeed, 3000e8 + 1));
        ethFeed.transmit(1);
        guard.quote(address(weth), 1e18, address(usdc));
    }

    function test_RevertWhen_TheAnswerIsAboveEveryPrice() public {
        ethFeed.transmit(type(int256).max);
        expectQuoteRefused(abi.encodeWithSelector(FeedLib.FeedAnswerInvalid.selector, ethFeed, type(int256).max));
        ethFeed.transmit((1 << 80) * 1e8 + 1);
        expectQuoteRefused(abi.encodeWithSelector(FeedLib.FeedAnswerInvalid.selector, ethFeed, (1 << 80) * 1e8 + 1));
    }

    function test_RevertWhen_TheRoundIsUnfinished() public {
        bytes memory reason = abi.encodeWithSelector(FeedLib.FeedRoundUnfinished.selector, ethFeed, 7);
        _answer(abi.encode(7, 2000e8, NOW, 0, 7));
        expectQuoteRefused(reason);
        _answer(abi.encode(7, 2000e8, NOW, NOW, 6));
        expectQuoteRefused(reason);
        _answer(abi.encode(7, 2000e8, NOW, NOW + 1, 7));
        expectQuoteRefused(reason);
        for (uint256 round = 7; round < 9; ++round) {
            _answer(abi.encode(7, 2000e8, 0, NOW, round));
            assertEq(guard.quote(address(weth), 1e18, address(usdc)), 2000e6);
        }
    }

    function test_RevertWhen_TheFeedCannotBeRead() public {
        bytes memory reason = encoded(FeedLib.FeedUnreadable.selector, address(ethFeed));
        _answer(abi.encode(7, 2000e8, NOW, NOW));
        expectQuoteRefused(reason);
        vm.mockCallRevert(address(ethFeed), abi.encodeCall(IAggregatorV3.latestRoundData, ()), "No data present");
        expectQuoteRefused(reason);
        vm.clearMockedCalls();
        bytes memory answer = abi.encode(7, 2000e8, 0, NOW, 7);
        vm.mockCallRevert(address(ethFeed), abi.encodeCall(IAggregatorV3.latestRoundData, ()), answer);
        expectQuoteRefused(reason);
        _answer(bytes.concat(answer, "more"));
        assertEq(guard.quote(address(weth), 1e18, address(usdc)), 2000e6);
        assembly {
            mstore(answer, 159)
        }
        _answer(answer);
        expectQuoteRefused(reason);
        vm.clearMockedCalls();
        vm.etch(address(ethFeed), "");
        expectQuoteRefused(reason);
    }

    /* SEQUENCER */

    function test_Sequencer_UpForLongerThanTheGrace() public {
        _setSequencer(0);
        vm.warp(NOW + HEARTBEAT);
        expectQuoteRefused(abi.encodeWithSelector(FeedLib.SequencerGrace.selector, NOW, HEARTBEAT));
        pass(1);
        assertEq(guard.quote(address(weth), 1e18, address(usdc)), 2000e6);
    }

    /// @dev And with none there is nothing to be down.
    function test_SetSequencer_CanBeTakenAway() public {
        _setSequencer(1);
        vm.expectEmit(address(guard));
        emit IPriceSources.SequencerSet(address(0), 0);
        vm.prank(governance);
        guard.setSequencer(address(0), 0);
        assertEq(guard.quote(address(weth), 1e18, address(usdc)), 2000e6);
    }

    function test_RevertWhen_TheSequencerIsDown() public {
        _setSequencer(0);
        pass(5000);
        sequencer.transmit(1);
        uint256 since = block.timestamp;
        pass(5000);
        expectQuoteRefused(abi.encodeWithSelector(FeedLib.SequencerDown.selector, since));
        sequencer.transmit(0);
        since = vm.getBlockTimestamp();
        pass(60);
        expectQuoteRefused(abi.encodeWithSelector(FeedLib.SequencerGrace.selector, since, HEARTBEAT));
    }

    /// @dev Only 0 says that it is up.
    function test_RevertWhen_TheSequencerSaysSomethingElse() public {
        _setSequencer(0);
        sequencer.transmit(-1);
        pass(5000);
        expectQuoteRefused(abi.encodeWithSelector(FeedLib.SequencerDown.selector, NOW));
    }

    function test_RevertWhen_TheSequencerHasNoRound() public {
        _setSequencer(0);
        bytes memory question = abi.encodeCall(IAggregatorV3.latestRoundData, ());
        vm.mockCall(address(sequencer), question, abi.encode(3, 0, 0, NOW, 3));
        expectQuoteRefused(abi.encodeWithSelector(FeedLib.FeedRoundUnfinished.selector, sequencer, 3));
        vm.mockCall(address(sequencer), question, abi.encode(3, 0, NOW + 1, NOW, 3));
        expectQuoteRefused(abi.encodeWithSelector(FeedLib.SequencerGrace.selector, NOW + 1, HEARTBEAT));
        vm.mockCallRevert(address(sequencer), question, "");
        expectQuoteRefused(encoded(FeedLib.FeedUnreadable.selector, address(sequencer)));
    }

    /// @dev Every question that prices answer, and so those of pools as well.
    function test_RevertWhen_TheSequencerIsDown_ForChecksToo() public {
        address pool = open(new UniswapV2Fixture());
        register(pool, PoolKind.ConstantProduct, 100);
        _setSequencer(1);
        bytes memory reason = abi.encodeWithSelector(FeedLib.SequencerDown.selector, NOW);
        vm.expectRevert(reason);
        guard.requireNear(pool, 100);
        vm.expectRevert(reason);
        this.fair(pool);
        vm.prank(governance);
        guard.setSequencer(address(0), 0);
        guard.requireNear(pool, 100);
    }

    function fair(address pool) external view {
        requireFair(pool);
    }

    /* HELPERS */

    function create(bytes memory creation) external returns (address created) {
        assembly ("memory-safe") {
            created := create(0, add(creation, 32), mload(creation))
            if iszero(created) {
                returndatacopy(creation, 0, returndatasize())
                revert(creation, returndatasize())
            }
        }
    }

    function _setSequencer(int256 answer) private {
        sequencer = newFeed(0, answer);
        vm.prank(governance);
        guard.setSequencer(address(sequencer), HEARTBEAT);
    }

    function _answer(bytes memory round) private {
        vm.mockCall(address(ethFeed), abi.encodeCall(IAggregatorV3.latestRoundData, ()), round);
    }

    /// @dev From the least to the most that a feed of so many decimals may answer.
    function _price(uint128 seed, uint8 decimals) private pure returns (uint128) {
        return uint128(bound(seed, 1, FeedLib.answerLimit(decimals)));
    }
}
