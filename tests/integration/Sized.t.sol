// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../../contracts/types/Route.sol";

import {ErrorsLib} from "../../contracts/libraries/ErrorsLib.sol";
import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {ISlot0, IUniswapV3Pool} from "../../script/replica/interfaces/IUniswapV3.sol";
import {IPoolManager} from "../../script/replica/interfaces/IUniswapV4.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {ISolidlyPool} from "../protocols/SolidlyFixture.sol";
import {Cells} from "./Cells.sol";

/// @notice Rule E5 on the protocols' own pools: routes that name a cap instead of an amount.
/// @dev Prices are around three, in the middle of the stretch of ticks that the sizer looks at.
contract Sized_Test is Cells {
    uint256 private constant CAP = DEPTH;
    uint256 private constant PRICE = 3;
    /// @dev In units of the coin, of the profit.
    uint256 private constant TOLERANCE = 1e9;

    string[9] private _names = [
        "Uniswap V2",
        "Pancake V2 (Uniswap's code)",
        "Solidly volatile",
        "Uniswap V3",
        "Slipstream",
        "Pancake V3",
        "Algebra 1.9",
        "Algebra Integral",
        "Uniswap V4"
    ];

    Stall[] private _sizable;
    address private dai = address(new PlainToken("DAI", 18));
    address private usdc = address(new PlainToken("USDC", 6));

    function setUp() public override {
        super.setUp();
        openStalls(address(weth));
        openLenders();
        for (uint256 i; i < _names.length; ++i) {
            Stall memory stall = stallOf(_names[i]);
            stall.other = dai;
            stall.buying = stall.fixture.create(coin, DEPTH, dai, DEPTH * PRICE * 11 / 10);
            stall.selling = stall.fixture.create(dai, DEPTH * PRICE, coin, DEPTH * 11 / 10);
            _sizable.push(stall);
        }
        vm.warp(block.timestamp + 1 minutes);
    }

    /* THE SAME AS WITH THE AMOUNT NAMED */

    function test_EveryPair_FlashSwap() public {
        _everyPair(By.FlashSwap, CAP, 72, 9);
    }

    function test_EveryPair_UniswapV4() public {
        _everyPair(By.UniswapV4, CAP, 81, 0);
    }

    function test_EveryPair_UniswapV3() public {
        _everyPair(By.UniswapV3, CAP, 81, 0);
    }

    function test_EveryPair_AaveV3() public {
        _everyPair(By.AaveV3, CAP, 81, 0);
    }

    /* THE BEST */

    function test_NothingEarnsMore_UniswapV2First() public {
        _settleFees();
        for (uint256 i; i < _sizable.length; ++i) {
            _assertBest(_pair(_sizable[0], _sizable[i]), By.FlashSwap, TOLERANCE);
        }
    }

    function test_NothingEarnsMore_UniswapV2Last() public {
        _settleFees();
        for (uint256 i; i < _sizable.length; ++i) {
            _assertBest(_pair(_sizable[i], _sizable[0]), By.UniswapV4, TOLERANCE);
        }
    }

    /// @dev Algebra 1.9 sets its fee anew in a block's first swap, before taking it, and no view tells.
    function test_NothingEarnsMuchMore_WhereTheFeeIsSetByTheSwap() public {
        _assertBest(_pair(_sizable[6], _sizable[0]), By.UniswapV4, 0.001e18);
        _assertBest(_pair(_sizable[0], _sizable[6]), By.UniswapV4, 0.001e18);
    }

    /// @dev The lender's fee counts in what is best.
    function test_NothingEarnsMore_AtAFee() public {
        _assertBest(_pair(_sizable[3], _sizable[8]), By.UniswapV3, TOLERANCE);
        _assertBest(_pair(_sizable[0], _sizable[7]), By.AaveV3, TOLERANCE);
    }

    function test_NothingEarnsMore_LongerCycles() public {
        Hop[] memory hops = new Hop[](3);
        hops[0] = Hop(_sizable[3], _sizable[3].buying, coin, dai);
        hops[1] = hop("Uniswap V2", dai, share);
        hops[2] = Hop(_sizable[8], _sizable[8].fixture.create(share, DEPTH * PRICE, coin, DEPTH), share, coin);
        _assertBest(hops, By.Morpho, TOLERANCE);
        _assertBest(hops, By.UniswapV4, TOLERANCE);
        _assertBest(hops, By.FlashSwap, TOLERANCE);
    }

    /// @dev To a unit of the coarsest token, which is a millionth.
    function test_NothingEarnsMore_CoarseToken() public {
        Hop[] memory hops = new Hop[](4);
        hops[0] = hop("Uniswap V2", coin, dai);
        hops[1] = hop("Solidly volatile", dai, usdc);
        hops[2] = hop("Uniswap V2", usdc, share);
        hops[3] = hop("Pancake V2 (Uniswap's code)", share, coin);
        _assertBest(hops, By.FlashSwap, 2e12);
    }

    /// @dev Prices are around one, where a stretch of ticks ends, and the pair pays so well that the best lies beyond the
    /// two stretches that are looked at: to about tick 0, and on down to -256 · 60 or up to 255 · 60.
    function test_ConcentratedPool_IsTradedToItsRangesEnd() public {
        Hop[] memory hops = new Hop[](2);
        hops[0] = hop("Uniswap V3", coin, share);
        hops[1] = Hop(stalls[0], stalls[0].fixture.create(share, DEPTH, coin, 1e6 * DEPTH), share, coin);
        Tally memory tally = newTally();
        run(hops, Order(By.FlashSwap, 0, type(uint128).max), tally);
        conclude(tally, 1, 0);
        (Header memory header, Leg[] memory legs) = _sized(hops, By.FlashSwap, type(uint128).max);
        execute(header, legs);
        (, int24 tick) = ISlot0(hops[0].pool).slot0();
        int256 end = coin < share ? int256(-256 * 60) : int256(255 * 60);
        assertApproxEqAbs(tick, end, 61);
    }

    /* THE CAP */

    function test_EveryPair_TheCapBinds() public {
        (Header memory header, Leg[] memory legs) = _sized(_pair(_sizable[0], _sizable[0]), By.Morpho, 1e18);
        assertEq(sizeOf(header, legs), 1e18);
        _everyPair(By.Morpho, 1e18, 81, 0);
    }

    /* REFUSALS */

    function test_RevertWhen_AVenueHasNoFormula() public {
        uint256 count;
        for (uint256 i; i < stalls.length; ++i) {
            if (_isSizable(stalls[i].name)) continue;
            bytes memory reason = abi.encodeWithSelector(ErrorsLib.NotSizable.selector, stalls[i].venue);
            _expectRefused(_pair(stalls[i], stalls[0]), reason);
            _expectRefused(_pair(stalls[0], stalls[i]), reason);
            ++count;
        }
        assertEq(count, stalls.length - _names.length);
    }

    /// @dev Rule E6: no pool and no lender is called.
    function test_RevertWhen_NothingIsToBeEarned() public {
        for (uint256 i; i < _sizable.length; ++i) {
            _expectUncalled(_sizable[i]);
        }
        vm.expectCall(lenders[By.UniswapV4].place, abi.encodePacked(IPoolManager.unlock.selector), 0);
        for (uint256 i; i < _sizable.length; ++i) {
            for (uint256 j; j < _sizable.length; ++j) {
                Hop[] memory hops = _pair(_sizable[i], _sizable[j]);
                // The wrong way around.
                (hops[0].pool, hops[1].pool) = (hops[0].stall.selling, hops[1].stall.buying);
                _expectRefused(hops, abi.encodeWithSelector(ErrorsLib.NotProfitable.selector, 0, 1));
            }
        }
    }

    function test_RevertWhen_TheBestMissesTheMinimum() public {
        (Header memory header, Leg[] memory legs) = _sized(_pair(_sizable[0], _sizable[1]), By.FlashSwap, CAP);
        uint256 snapshot = vm.snapshotState();
        uint256 profit = execute(header, legs);
        vm.revertToState(snapshot);
        header.minProfit = profit + 1;
        _expectUncalled(_sizable[0]);
        _expectUncalled(_sizable[1]);
        vm.expectPartialRevert(ErrorsLib.NotProfitable.selector);
        execute(header, legs);
    }

    /* INTERNALS */

    function _everyPair(By by, uint256 cap, uint256 earned, uint256 excluded) private {
        Tally memory tally = newTally();
        for (uint256 i; i < _sizable.length; ++i) {
            for (uint256 j; j < _sizable.length; ++j) {
                run(_pair(_sizable[i], _sizable[j]), Order(by, 0, cap), tally);
            }
        }
        conclude(tally, earned, excluded);
    }

    function _pair(Stall memory buys, Stall memory sells) private view returns (Hop[] memory hops) {
        hops = new Hop[](2);
        hops[0] = Hop(buys, buys.buying, coin, buys.other);
        hops[1] = Hop(sells, sells.selling, sells.other, coin);
    }

    function _sized(Hop[] memory hops, By by, uint256 cap)
        private
        view
        returns (Header memory header, Leg[] memory legs)
    {
        (header, legs) = routeOf(hops, 0, by);
        header.cap = cap;
    }

    function _expectRefused(Hop[] memory hops, bytes memory reason) private {
        (Header memory header, Leg[] memory legs) = _sized(hops, By.UniswapV4, CAP);
        expectRefusal(header, legs, reason);
    }

    function _expectUncalled(Stall memory stall) private {
        if (stall.venue == RouteLib.UNISWAP_V4) return;
        bool isPair =
            stall.venue == RouteLib.UNISWAP_V2 || stall.venue == RouteLib.PANCAKE_V2 || stall.venue == RouteLib.SOLIDLY;
        bytes memory swap = abi.encodePacked(isPair ? ISolidlyPool.swap.selector : IUniswapV3Pool.swap.selector);
        vm.expectCall(stall.buying, swap, 0);
        vm.expectCall(stall.selling, swap, 0);
    }

    function _isSizable(string memory name) private view returns (bool sizable) {
        for (uint256 i; i < _names.length; ++i) {
            sizable = sizable || keccak256(bytes(_names[i])) == keccak256(bytes(name));
        }
    }

    /* THE SEARCH */

    /// @notice Swaps a little in every pool.
    function _settleFees() private {
        for (uint256 i; i < _sizable.length; ++i) {
            tradePlainly(_pair(_sizable[i], _sizable[i]), 1e12);
        }
    }

    /// @notice Sized, the cycle earns what the best amount does that a search by trading finds.
    function _assertBest(Hop[] memory hops, By by, uint256 tolerance) private {
        uint256 snapshot = vm.snapshotState();
        uint256 best = this.search(hops, by, snapshot);
        vm.revertToState(snapshot);
        (Header memory header, Leg[] memory legs) = _sized(hops, by, CAP);
        uint256 profit = execute(header, legs);
        assertApproxEqAbs(profit, best, tolerance, string.concat(hops[0].stall.name, " > ", hops[1].stall.name));
        vm.revertToState(snapshot);
    }

    /// @dev By thirds: profit rises up to the best amount and falls after it.
    function search(Hop[] calldata hops, By by, uint256 start) external returns (uint256) {
        (uint256 low, uint256 high) = (1e15, DEPTH / 2);
        while (high - low > 1e14) {
            (uint256 left, uint256 right) = (low + (high - low) / 3, high - (high - low) / 3);
            if (_profit(hops, by, left, start) < _profit(hops, by, right, start)) low = left;
            else high = right;
        }
        int256 best = _profit(hops, by, low, start);
        assertGt(best, 0, "best");
        return uint256(best);
    }

    function _profit(Hop[] calldata hops, By by, uint256 amount, uint256 start) private returns (int256 profit) {
        profit = int256(tradePlainly(hops, amount)) - int256(amount + feeOf(by, amount));
        vm.revertToState(start);
    }
}
