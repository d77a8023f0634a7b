// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceGuard} from "../../../contracts/interfaces/IPriceGuard.sol";
import {IPriceSources} from "../../../contracts/interfaces/IPriceSources.sol";
import {PoolKind} from "../../../contracts/types/PoolKind.sol";
import {Twap} from "../../../contracts/types/PriceSources.sol";

import {FeedLib} from "../../../contracts/libraries/FeedLib.sol";
import {ObservationLib} from "../../../contracts/libraries/ObservationLib.sol";
import {RatioLib} from "../../../contracts/libraries/RatioLib.sol";
import {TwapLib} from "../../../contracts/libraries/TwapLib.sol";
import {PlainToken} from "../../mocks/PlainToken.sol";
import {AlgebraFixture} from "../../protocols/AlgebraFixture.sol";
import {AlgebraIntegralFixture, IAlgebraIntegralPool} from "../../protocols/AlgebraIntegralFixture.sol";
import {BalancerV2Fixture} from "../../protocols/BalancerV2Fixture.sol";
import {IVenueFixture} from "../../protocols/IVenueFixture.sol";
import {PancakeV3Fixture} from "../../protocols/PancakeV3Fixture.sol";
import {SlipstreamFixture} from "../../protocols/SlipstreamFixture.sol";
import {UniswapV2Fixture} from "../../protocols/UniswapV2Fixture.sol";
import {UniswapV3Fixture} from "../../protocols/UniswapV3Fixture.sol";
import {Guarded_Test} from "./Guarded.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {TickMath} from "@uniswap/v4-core/src/libraries/TickMath.sol";

interface IPairSums {
    function getReserves() external view returns (uint112 reserve0, uint112 reserve1, uint32 timestamp);
    function price0CumulativeLast() external view returns (uint256);
    function sync() external;
}

interface IHistoryLength {
    function increaseObservationCardinalityNext(uint16 length) external;
}

/// @notice G1 and G2 of TWAPs, and what R4 says of a TWAP that stands alone.
contract Twap_Test is Guarded_Test {
    uint32 private constant WINDOW = 30 minutes;
    /// @dev √(1000e18 · 2,000,000e6).
    uint128 private constant DEPTH = 44_721_359_549_995_793;

    UniswapV2Fixture internal pairs;
    UniswapV3Fixture internal v3;
    address internal pair;
    address internal pool;

    function setUp() public override {
        super.setUp();
        (pairs, v3) = (new UniswapV2Fixture(), new UniswapV3Fixture());
        (pair, pool) = (open(pairs), open(v3));
        register(pair, PoolKind.ConstantProduct, 100);
        register(pool, PoolKind.Concentrated, 100);
        IHistoryLength(pool).increaseObservationCardinalityNext(16);
    }

    /* SETTING */

    function test_SetTwap_KeepsWhatItWasTold() public {
        Twap memory twap = twapAlone(pool, WINDOW, 7);
        vm.expectEmit(address(guard));
        emit IPriceSources.TwapSet(address(weth), address(usdc), twap);
        vm.prank(governance);
        guard.setTwap(address(usdc), address(0), twap);
        (,, Twap memory kept) = guard.pairOf(address(0), address(usdc));
        assertEq(abi.encode(kept), abi.encode(twap));
    }

    function test_RevertWhen_ThePoolIsNotRegistered() public {
        vm.expectRevert(encoded(IPriceGuard.PoolUnknown.selector, stranger));
        setTwap(twapBeside(stranger, WINDOW));
    }

    function test_RevertWhen_ThePoolIsOfOtherTokens() public {
        vm.expectRevert(abi.encodeWithSelector(IPriceGuard.PoolTokensDiffer.selector, pool, address(1), usdc));
        vm.prank(governance);
        guard.setTwap(address(usdc), address(1), twapBeside(pool, WINDOW));
        address last = address(type(uint160).max);
        vm.expectRevert(abi.encodeWithSelector(IPriceGuard.PoolTokensDiffer.selector, pool, weth, last));
        vm.prank(governance);
        guard.setTwap(address(weth), last, twapBeside(pool, WINDOW));
    }

    function test_RevertWhen_TheKindHasNoHistory() public {
        BalancerV2Fixture fixture = new BalancerV2Fixture();
        address weighted = open(fixture);
        address vault = address(fixture.vault());
        vm.prank(governance);
        guard.registerBalancerPool(vault, weighted, address(weth), address(usdc), 1);
        vm.expectRevert(abi.encodeWithSelector(IPriceSources.KindWrong.selector, weighted, PoolKind.Balancer));
        setTwap(twapBeside(weighted, WINDOW));
    }

    function test_RevertWhen_TheWindowIsTooShort() public {
        vm.expectRevert(abi.encodeWithSelector(IPriceSources.WindowTooShort.selector, 299, 300));
        setTwap(twapBeside(pool, 299));
        setTwap(twapBeside(pool, 300));
        vm.expectRevert(abi.encodeWithSelector(IPriceSources.WindowTooShort.selector, 1799, 1800));
        setTwap(twapAlone(pool, 1799, 1));
        setTwap(twapAlone(pool, 1800, 1));
    }

    function test_RevertWhen_TheDisagreementIsAboveTheWhole() public {
        Twap memory twap = twapBeside(pool, WINDOW);
        twap.maxDisagreementBps = 10_001;
        vm.expectRevert(abi.encodeWithSelector(IPriceGuard.BoundTooWide.selector, 10_001));
        setTwap(twap);
        twap.maxDisagreementBps = 10_000;
        setTwap(twap);
    }

    function test_RevertWhen_ObservationsMayNotGrowOlder() public {
        Twap memory twap = twapBeside(pair, WINDOW);
        twap.maxAge = WINDOW;
        vm.expectRevert(abi.encodeWithSelector(IPriceSources.AgeTooShort.selector, WINDOW, WINDOW));
        setTwap(twap);
        twap.maxAge = WINDOW - 1;
        vm.expectRevert(abi.encodeWithSelector(IPriceSources.AgeTooShort.selector, WINDOW - 1, WINDOW));
        setTwap(twap);
        twap.maxAge = WINDOW + 1;
        setTwap(twap);
        // Of a pool that keeps its own there is no oldest.
        (twap.pool, twap.maxAge) = (pool, 0);
        setTwap(twap);
    }

    /// @dev Beside feeds the pool's depth does not matter.
    function test_Beside_WhateverTheExposure() public {
        Twap memory twap = twapBeside(pool, WINDOW);
        (twap.exposure, twap.multiple) = (type(uint128).max, 10);
        setTwap(twap);
        pass(WINDOW);
        assertEq(guard.quote(address(weth), 1e18, address(usdc)), 2000e6);
    }

    function test_RevertWhen_AloneWithoutExposure() public {
        Twap memory twap = twapAlone(pool, WINDOW, 0);
        vm.expectRevert(abi.encodeWithSelector(IPriceSources.ExposureMissing.selector, 0, 10, 10));
        setTwap(twap);
        (twap.exposure, twap.multiple) = (1, 9);
        vm.expectRevert(abi.encodeWithSelector(IPriceSources.ExposureMissing.selector, 1, 9, 10));
        setTwap(twap);
        twap.multiple = 11;
        setTwap(twap);
    }

    function test_RevertWhen_AloneWithoutARecordOfDepth() public {
        address integral = open(new AlgebraIntegralFixture());
        register(integral, PoolKind.Concentrated, 100);
        vm.expectRevert(encoded(IPriceSources.DepthUnknown.selector, integral));
        setTwap(twapAlone(integral, WINDOW, 1));
        setTwap(twapBeside(integral, WINDOW));
    }

    /* THE POOL'S OWN HISTORY */

    function test_Mean_OfUniswapV3() public {
        _assertMean(v3, pool, true);
    }

    function test_Mean_OfPancakeV3() public {
        PancakeV3Fixture fixture = new PancakeV3Fixture();
        address other = open(fixture);
        IHistoryLength(other).increaseObservationCardinalityNext(16);
        _assertMean(fixture, other, true);
    }

    function test_Mean_OfSlipstream() public {
        SlipstreamFixture fixture = new SlipstreamFixture();
        address other = open(fixture);
        IHistoryLength(other).increaseObservationCardinalityNext(16);
        _assertMean(fixture, other, true);
    }

    function test_Mean_OfAlgebra() public {
        AlgebraFixture fixture = new AlgebraFixture();
        _assertMean(fixture, open(fixture), true);
    }

    function test_Mean_OfAlgebraIntegral() public {
        AlgebraIntegralFixture fixture = new AlgebraIntegralFixture();
        _assertMean(fixture, open(fixture), false);
    }

    /// @dev A sum of −1000 ticks for the whole window, and one less: the mean is the next lower tick.
    function test_Mean_IsRoundedDownBelowZeroToo() public {
        setTwap(twapAlone(pool, WINDOW, 1));
        int56 sum = -1000 * int56(uint56(WINDOW));
        assertEq(_quoteOfTicks(sum), _quoteAtTick(-1000));
        assertEq(_quoteOfTicks(sum - 1), _quoteAtTick(-1001));
        assertEq(_quoteOfTicks(-sum), _quoteAtTick(1000));
        assertEq(_quoteOfTicks(-sum + 1), _quoteAtTick(1000));
    }

    function test_RevertWhen_ThePoolsHistoryIsTooYoung() public {
        setTwap(twapAlone(pool, WINDOW, 1));
        pass(WINDOW - 1);
        expectQuoteRefused(abi.encodeWithSelector(TwapLib.TwapTooShort.selector, pool, WINDOW));
        pass(1);
        guard.quote(address(weth), 1e18, address(usdc));
    }

    /// @dev A pool that has room for one observation alone, and traded within the window.
    function test_RevertWhen_ThePoolKeepsNoHistory() public {
        address other = open(v3);
        register(other, PoolKind.Concentrated, 100);
        setTwap(twapAlone(other, WINDOW, 1));
        pass(2 * WINDOW);
        trade(v3, other, weth, 1e18);
        pass(1);
        expectQuoteRefused(abi.encodeWithSelector(TwapLib.TwapTooShort.selector, other, WINDOW));
    }

    function test_RevertWhen_ThePluginIsNotToldOfSwaps() public {
        AlgebraIntegralFixture fixture = new AlgebraIntegralFixture();
        address integral = open(fixture);
        register(integral, PoolKind.Concentrated, 100);
        setTwap(twapBeside(integral, WINDOW));
        pass(WINDOW);
        assertEq(guard.quote(address(weth), 1e18, address(usdc)), 2000e6);
        (uint160 price, int24 tick, uint16 fee, uint8 config, uint16 community,) =
            IAlgebraIntegralPool(integral).globalState();
        bytes memory state = abi.encode(price, tick, fee, config & 0xfe, community, true);
        vm.mockCall(integral, abi.encodeCall(IAlgebraIntegralPool.globalState, ()), state);
        expectQuoteRefused(encoded(TwapLib.PluginDetached.selector, integral));
    }

    /// @dev A plugin that is no contract answers nothing, without failing.
    function test_RevertWhen_ThePluginIsNotThere() public {
        AlgebraIntegralFixture fixture = new AlgebraIntegralFixture();
        address integral = open(fixture);
        register(integral, PoolKind.Concentrated, 100);
        setTwap(twapBeside(integral, WINDOW));
        pass(WINDOW);
        vm.mockCall(integral, abi.encodeCall(IAlgebraIntegralPool.plugin, ()), abi.encode(stranger));
        expectQuoteRefused(abi.encodeWithSelector(TwapLib.TwapTooShort.selector, integral, WINDOW));
    }

    /* THE GUARD'S OWN HISTORY */

    /// @dev A third of the time at 2,000 dollars, two thirds at what a sale left, to the last bit.
    function test_Observed_IsTheMeanSinceTheObservation() public {
        setTwap(twapAlone(pair, WINDOW, DEPTH / 100));
        guard.observe(pair);
        (uint256 before0, uint256 before1,) = IPairSums(pair).getReserves();
        pass(WINDOW / 3);
        trade(pairs, pair, weth, 100e18);
        (uint256 after0, uint256 after1,) = IPairSums(pair).getReserves();
        pass(WINDOW - WINDOW / 3);
        uint256 sum = (before0 << 112) / before1 * (WINDOW / 3) + (after0 << 112) / after1 * (WINDOW - WINDOW / 3);
        assertEq(guard.quote(address(weth), 1e18, address(usdc)), Math.mulDiv(1e18, 1 << 112, sum / WINDOW));
        assertEq(guard.quote(address(usdc), 1e6, address(weth)), Math.mulDiv(1e6, sum / WINDOW, 1 << 112));
    }

    /// @dev Turned over, the other of the pair's two sums is the finer.
    function test_Observed_UsesTheFinerPrice() public {
        address other = pairs.create(address(weth), 1000, address(usdc), 2_000_000e18);
        register(other, PoolKind.ConstantProduct, 100);
        setTwap(twapAlone(other, WINDOW, 1));
        guard.observe(other);
        pass(WINDOW);
        assertEq(guard.quote(address(weth), 1, address(usdc)), 2000e18);
        assertEq(guard.quote(address(usdc), 2000e18, address(weth)), 1);
    }

    /// @dev And its own sum counts, not the other's, when the price has moved within the window.
    function test_Observed_OfTheFinerPriceThatMoves() public {
        address other = pairs.create(address(weth), 1e15, address(usdc), 2_000_000e18);
        register(other, PoolKind.ConstantProduct, 100);
        setTwap(twapAlone(other, WINDOW, 1));
        IPairSums(other).sync();
        guard.observe(other);
        uint256 before = IPairSums(other).price0CumulativeLast();
        pass(WINDOW / 3);
        trade(pairs, other, weth, 1e14);
        pass(WINDOW - WINDOW / 3);
        IPairSums(other).sync();
        uint256 mean = (IPairSums(other).price0CumulativeLast() - before) / WINDOW;
        assertEq(guard.quote(address(weth), 1e9, address(usdc)), Math.mulDiv(1e9, mean, 1 << 112));
    }

    /// @dev A pair that has lost all of a token has no price, whichever it is.
    function test_RevertWhen_ThePairIsEmptied() public {
        setTwap(twapBeside(pair, WINDOW));
        guard.observe(pair);
        pass(WINDOW);
        bytes memory question = abi.encodeCall(IPairSums.getReserves, ());
        vm.mockCall(pair, question, abi.encode(0, 1, NOW));
        expectQuoteRefused(abi.encodeWithSelector(RatioLib.PriceOutOfRange.selector, 1, 0));
        vm.mockCall(pair, question, abi.encode(1, 0, NOW));
        expectQuoteRefused(abi.encodeWithSelector(RatioLib.PriceOutOfRange.selector, 0, 1));
    }

    /// @dev The ring has been written over: the oldest that is kept is two windows old, and the one looked for in between.
    function test_Observed_WhenTheRingHasTurned() public {
        setTwap(twapAlone(pair, WINDOW, 1));
        uint256[] memory sums = new uint256[](21);
        for (uint256 i; i < 21; ++i) {
            trade(pairs, pair, weth, 1e18);
            guard.observe(pair);
            sums[i] = _sum1();
            pass(WINDOW / 8);
        }
        IPairSums(pair).sync();
        uint256 mean = (_sum1() - sums[13]) / WINDOW;
        assertEq(guard.quote(address(usdc), 1e6, address(weth)), Math.mulDiv(1e6, mean, 1 << 112));
    }

    /// @dev The sum passes 2^256 and the pair's clock 2^32 within the window.
    function test_Observed_AcrossBothOverflows() public {
        setTwap(twapAlone(pair, WINDOW, 1));
        vm.warp((1 << 32) - WINDOW / 2);
        IPairSums(pair).sync();
        // The slot of price1CumulativeLast in Uniswap's pair.
        bytes32 slot = bytes32(uint256(10));
        vm.store(pair, slot, bytes32(type(uint256).max - (1 << 130)));
        guard.observe(pair);
        pass(WINDOW);
        uint256 price = (uint256(1000e18) << 112) / 2_000_000e6;
        assertEq(guard.quote(address(usdc), 1e6, address(weth)), Math.mulDiv(1e6, price, 1 << 112));
        IPairSums(pair).sync();
        assertLt(uint256(vm.load(pair, slot)), type(uint256).max / 2, "overflown");
        assertEq(guard.quote(address(usdc), 1e6, address(weth)), Math.mulDiv(1e6, price, 1 << 112));
    }

    /// @dev Of several, the youngest that is a window old; the ring keeps two windows at the closest spacing.
    function testFuzz_Observed_TakesTheYoungestThatIsOld(uint256 seed) public {
        setTwap(twapAlone(pair, WINDOW, 1));
        uint256[] memory times = new uint256[](40);
        uint256[] memory sums = new uint256[](40);
        for (uint256 i; i < 40; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            pass(WINDOW / 8 + seed % 60);
            trade(pairs, pair, seed % 3 == 0 ? usdc : weth, 1e9 + seed % 1e9);
            guard.observe(pair);
            (times[i], sums[i]) = (vm.getBlockTimestamp(), _sum1());
        }
        pass(seed % 600);
        IPairSums(pair).sync();
        uint256 found = 40;
        while (vm.getBlockTimestamp() - times[--found] < WINDOW) {}
        uint256 mean = (_sum1() - sums[found]) / (vm.getBlockTimestamp() - times[found]);
        assertEq(guard.quote(address(usdc), 1e6, address(weth)), Math.mulDiv(1e6, mean, 1 << 112));
    }

    function test_RevertWhen_NoObservationIsAWindowOld() public {
        setTwap(twapBeside(pair, WINDOW));
        bytes memory reason = abi.encodeWithSelector(TwapLib.TwapTooShort.selector, pair, WINDOW);
        expectQuoteRefused(reason);
        guard.observe(pair);
        pass(WINDOW - 1);
        expectQuoteRefused(reason);
        pass(1);
        assertEq(guard.quote(address(weth), 1e18, address(usdc)), 2000e6);
    }

    function test_RevertWhen_TheObservationIsTooOld() public {
        setTwap(twapBeside(pair, WINDOW));
        guard.observe(pair);
        pass(2 * WINDOW);
        guard.quote(address(weth), 1e18, address(usdc));
        pass(1);
        bytes memory reason =
            abi.encodeWithSelector(ObservationLib.TwapStale.selector, pair, 2 * WINDOW + 1, 2 * WINDOW);
        expectQuoteRefused(reason);
        guard.observe(pair);
        expectQuoteRefused(reason);
    }

    function test_Observe_AtMostEightTimesAWindow() public {
        setTwap(twapBeside(pair, WINDOW));
        uint256 sum = _sum1();
        vm.expectEmit(address(guard));
        emit IPriceSources.Observed(pair, sum, DEPTH);
        guard.observe(pair);
        uint256 due = NOW + WINDOW / 8;
        vm.warp(due - 1);
        vm.expectRevert(abi.encodeWithSelector(ObservationLib.ObservedTooEarly.selector, pair, due));
        guard.observe(pair);
        vm.warp(due);
        vm.prank(stranger);
        guard.observe(pair);
    }

    function test_RevertWhen_ThePoolIsNotObserved() public {
        vm.expectRevert(encoded(IPriceSources.NotObserved.selector, pair));
        guard.observe(pair);
        vm.expectRevert(encoded(IPriceGuard.PoolUnknown.selector, stranger));
        guard.observe(stranger);
        setTwap(twapBeside(pool, WINDOW));
        vm.expectRevert(encoded(IPriceSources.NotObserved.selector, pool));
        guard.observe(pool);
    }

    /* TOGETHER */

    function test_Both_TheFeedsPriceCounts() public {
        setTwap(twapBeside(pool, WINDOW));
        pass(WINDOW);
        ethFeed.transmit(2090e8);
        assertEq(guard.quote(address(weth), 1e18, address(usdc)), 2090e6);
        ethFeed.transmit(1910e8);
        assertEq(guard.quote(address(usdc), 1910e6, address(weth)), 1e18);
    }

    /// @dev 5 % of the feeds' price are allowed.
    function test_RevertWhen_SourcesDisagree() public {
        setTwap(twapBeside(pool, WINDOW));
        pass(WINDOW);
        uint256 twap = _twapQ128();
        int256[2] memory answers = [int256(2110e8), 1900e8];
        for (uint256 i; i < 2; ++i) {
            ethFeed.transmit(answers[i]);
            uint256 feeds = (uint256(answers[i]) << 128) / 1e20;
            expectQuoteRefused(abi.encodeWithSelector(IPriceGuard.SourcesDisagree.selector, weth, usdc, twap, feeds));
            vm.expectPartialRevert(IPriceGuard.SourcesDisagree.selector);
            guard.requireNear(pair, 10_000);
        }
    }

    function test_RevertWhen_BothAreAskedAndOneIsMissing() public {
        setTwap(twapBeside(pool, WINDOW));
        pass(WINDOW);
        setFeed(address(weth), address(0));
        expectQuoteRefused(abi.encodeWithSelector(IPriceGuard.PriceMissing.selector, weth, usdc));
        setFeed(address(weth), address(ethFeed));
        vm.warp(NOW + WINDOW + HEARTBEAT + 1);
        expectQuoteRefused(abi.encodeWithSelector(FeedLib.FeedStale.selector, ethFeed, NOW + WINDOW, HEARTBEAT));
    }

    /* ALONE */

    function test_Alone_WhateverFeedsSay() public {
        setTwap(twapAlone(pool, WINDOW, DEPTH / 10 - 1));
        pass(WINDOW);
        ethFeed.transmit(1e8);
        assertApproxEqRel(guard.quote(address(weth), 1e18, address(usdc)), 2000e6, 0.0001e18);
        guard.requireNear(pool, 1);
        setTwap(Twap(address(0), 0, 0, 0, 0, 0));
        assertEq(guard.quote(address(weth), 1e18, address(usdc)), 1e6);
    }

    function test_RevertWhen_ThePoolIsTooThin() public {
        setTwap(twapAlone(pool, WINDOW, DEPTH / 10 + 1));
        pass(WINDOW);
        vm.expectPartialRevert(IPriceSources.PoolTooThin.selector);
        guard.quote(address(weth), 1e18, address(usdc));
        setTwap(twapAlone(pair, WINDOW, DEPTH / 10 + 1));
        guard.observe(pair);
        pass(WINDOW);
        expectQuoteRefused(
            abi.encodeWithSelector(IPriceSources.PoolTooThin.selector, pair, DEPTH, (DEPTH / 10 + 1) * 10)
        );
        setTwap(twapAlone(pair, WINDOW, DEPTH / 10));
        guard.quote(address(weth), 1e18, address(usdc));
    }

    function test_Alone_AsDeepAsAskedFor() public {
        address other = pairs.create(address(weth), 100e18, address(usdc), 100e18);
        register(other, PoolKind.ConstantProduct, 100);
        setTwap(twapAlone(other, WINDOW, 10e18));
        guard.observe(other);
        pass(WINDOW);
        assertEq(guard.quote(address(weth), 1e18, address(usdc)), 1e18);
    }

    /// @dev Depth that comes for the moment of the question counts no more than depth that came for an observation.
    function test_Alone_TheLeastDepthOfTheWindowCounts() public {
        setTwap(twapAlone(pair, WINDOW, DEPTH / 10 + 1));
        bytes memory reason =
            abi.encodeWithSelector(IPriceSources.PoolTooThin.selector, pair, DEPTH, (DEPTH / 10 + 1) * 10);
        guard.observe(pair);
        pass(WINDOW);
        uint256 snapshot = vm.snapshotState();
        _deepen();
        expectQuoteRefused(reason);
        vm.revertToState(snapshot);
        pass(WINDOW / 2);
        _deepen();
        guard.observe(pair);
        pass(WINDOW / 2);
        expectQuoteRefused(reason);
        pass(WINDOW / 2);
        guard.quote(address(weth), 1e18, address(usdc));
    }

    /// @dev Deep at first, thin for a while within the window, or thin just now.
    function test_Alone_ThinnerWithinTheWindowOrNow() public {
        setTwap(twapAlone(pair, WINDOW, DEPTH / 10 + 1));
        bytes memory reason =
            abi.encodeWithSelector(IPriceSources.PoolTooThin.selector, pair, DEPTH, (DEPTH / 10 + 1) * 10);
        uint256 thin = vm.snapshotState();
        _deepen();
        bytes memory deep = abi.encode(10_000e18, 20_000_000e6, NOW);
        guard.observe(pair);
        pass(WINDOW);
        guard.quote(address(weth), 1e18, address(usdc));
        vm.revertToState(thin);
        bytes memory question = abi.encodeCall(IPairSums.getReserves, ());
        vm.mockCall(pair, question, deep);
        guard.observe(pair);
        pass(WINDOW / 2);
        vm.clearMockedCalls();
        uint256 half = vm.snapshotState();
        guard.observe(pair);
        vm.mockCall(pair, question, deep);
        pass(WINDOW / 2);
        expectQuoteRefused(reason);
        vm.revertToState(half);
        pass(WINDOW / 2);
        vm.clearMockedCalls();
        expectQuoteRefused(reason);
        vm.mockCall(pair, question, deep);
        guard.quote(address(weth), 1e18, address(usdc));
    }

    function test_RevertWhen_TheTwapsPoolIsRemoved() public {
        setTwap(twapAlone(pool, WINDOW, 1));
        pass(WINDOW);
        vm.prank(governance);
        guard.removePool(pool);
        expectQuoteRefused(encoded(IPriceGuard.PoolUnknown.selector, pool));
    }

    /* HELPERS */

    /// @dev Half a window at one price, half at another: the square root of their product, within two ticks.
    function _assertMean(IVenueFixture fixture, address other, bool alone) private {
        register(other, PoolKind.Concentrated, 100);
        pass(WINDOW);
        trade(fixture, other, weth, 10e18);
        uint256 first = guard.spot(other);
        pass(WINDOW / 2);
        trade(fixture, other, weth, 100e18);
        uint256 second = guard.spot(other);
        pass(WINDOW / 2);
        uint256 mean = Math.mulDiv(Math.sqrt(first), Math.sqrt(second), 1);
        setTwap(alone ? twapAlone(other, WINDOW, DEPTH / 10 - 1) : twapBeside(other, WINDOW));
        uint256 units = Math.mulDiv(1e18, mean, 1 << 128);
        if (!alone) ethFeed.transmit(int256(units * 100));
        assertApproxEqRel(guard.quote(address(weth), 1e18, address(usdc)), units, 0.0002e18);
        // No more than that: at ten basis points less the feeds and the mean are apart.
        if (alone) return;
        Twap memory twap = twapBeside(other, WINDOW);
        twap.maxDisagreementBps = 2;
        setTwap(twap);
        guard.quote(address(weth), 1e18, address(usdc));
        ethFeed.transmit(int256(units * 100) * 9990 / 10_000);
        vm.expectPartialRevert(IPriceGuard.SourcesDisagree.selector);
        guard.quote(address(weth), 1e18, address(usdc));
    }

    /// @dev With the sum of ticks passing zero as sums of 56 bits do, from the highest to the lowest.
    function _quoteOfTicks(int56 sum) private returns (uint256) {
        (int56[] memory ticks, uint160[] memory perLiquidity) = (new int56[](2), new uint160[](2));
        unchecked {
            ticks[0] = type(int56).max - 5;
            ticks[1] = ticks[0] + sum;
        }
        (perLiquidity[0], perLiquidity[1]) = (type(uint160).max, 1);
        vm.mockCall(pool, abi.encodeWithSignature("observe(uint32[])"), abi.encode(ticks, perLiquidity));
        return guard.quote(address(weth), 1e30, address(usdc));
    }

    function _quoteAtTick(int24 tick) private pure returns (uint256) {
        uint256 sqrtPrice = TickMath.getSqrtPriceAtTick(tick);
        return Math.mulDiv(1e30, sqrtPrice * sqrtPrice, 1 << 192);
    }

    /// @dev Ten times deeper at the same price.
    function _deepen() private {
        weth.mint(pair, 9000e18);
        usdc.mint(pair, 18_000_000e6);
        IPairSums(pair).sync();
    }

    function _sum1() private view returns (uint256) {
        return uint256(vm.load(pair, bytes32(uint256(10))));
    }

    /// @dev The price of the tick below 2,000 dollars, as Uniswap's own tick arithmetic has it.
    function _twapQ128() private view returns (uint256) {
        (bool done, bytes memory slot0) = pool.staticcall(abi.encodeWithSignature("slot0()"));
        assertTrue(done);
        (, int24 tick) = abi.decode(slot0, (uint160, int24));
        uint256 sqrtPrice = TickMath.getSqrtPriceAtTick(tick);
        return Math.mulDiv(sqrtPrice, sqrtPrice, 1 << 64);
    }
}
