// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IInjection} from "../../../contracts/interfaces/IInjection.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IPriceGuard} from "../../../contracts/interfaces/IPriceGuard.sol";
import {IRegistry} from "../../../contracts/interfaces/IRegistry.sol";
import {ILiquidityPair} from "../../../contracts/interfaces/external/ILiquidityPair.sol";
import {IUniswapV2Pair} from "../../../contracts/interfaces/external/IUniswapV2Pair.sol";
import {Pool, PoolForm} from "../../../contracts/types/Pool.sol";
import {PoolKind} from "../../../contracts/types/PoolKind.sol";

import {PoolLib} from "../../../contracts/libraries/PoolLib.sol";
import {RouteLib} from "../../../contracts/libraries/RouteLib.sol";
import {DailyCapLib} from "../../../contracts/types/DailyCap.sol";
import {Deepening_Test} from "../../DeepeningTest.sol";
import {ObligingGuard} from "../../mocks/ObligingGuard.sol";
import {UniswapV2Fixture} from "../../protocols/UniswapV2Fixture.sol";

/// @notice R4, R5 and R9 on a pair of Uniswap V2.
contract Inject_Test is Deepening_Test {
    UniswapV2Fixture internal fixture;
    address internal pool;

    function setUp() public override {
        super.setUp();
        fixture = new UniswapV2Fixture();
        pool = open(fixture);
        guardAndSet(pool, entryOf(PoolKind.ConstantProduct, PoolForm.Plain));
        fill(pool, address(weth), 5e18);
    }

    /* WHO AND WHEN */

    function test_RevertWhen_TheCallerIsNoInjector() public {
        address[3] memory others = [stranger, governance, guardian];
        bytes[4] memory calls = [
            abi.encodeCall(reserve.provideLiquidity, (pool, 0, 0, 0)),
            abi.encodeCall(reserve.recentre, (pool, 0)),
            abi.encodeCall(reserve.convertBucket, (pool, address(weth), 1, address(token), "")),
            abi.encodeCall(reserve.convertVaultBucket, (address(token), 1, ""))
        ];
        for (uint256 i; i < 12; ++i) {
            vm.prank(others[i % 3]);
            (bool done, bytes memory reason) = address(reserve).call(calls[i / 3]);
            assertFalse(done);
            assertEq(reason, abi.encodeWithSelector(IInjection.NotInjector.selector, others[i % 3]));
        }
    }

    function test_RevertWhen_ThePoolIsNotRegistered() public {
        expectRefusal(stranger, 1, 0, abi.encodeWithSelector(IRegistry.PoolNotRegistered.selector, stranger));
        vm.prank(governance);
        reserve.registerPools(one(stranger), true);
        expectRefusal(stranger, 1, 0, abi.encodeWithSelector(IInjection.PoolWithoutTerms.selector, stranger));
    }

    function test_RevertWhen_MoreThanTheBucketHolds() public {
        bytes4 selector = IInjection.AmountAboveBucket.selector;
        expectRefusal(pool, 5e18 + 1, 0, abi.encodeWithSelector(selector, pool, weth, 5e18 + 1, 5e18));
        expectRefusal(pool, 0, 1, abi.encodeWithSelector(selector, pool, token, 1, 0));
    }

    function test_RevertGiven_ThePoolCoolsDown() public {
        inject(pool, 1e18, 0);
        uint256 until = block.timestamp + COOL_DOWN;
        vm.warp(until - 1);
        expectRefusal(pool, 1e18, 0, abi.encodeWithSelector(IInjection.CoolingDown.selector, pool, until));
        vm.warp(until);
        inject(pool, 1e18, 0);
    }

    /* PRICE AND LIMITS */

    function test_RevertGiven_ThePriceIsTooFarBefore() public {
        trade(fixture, pool, address(weth), 6e18);
        vm.expectPartialRevert(IPriceGuard.PoolDeviates.selector);
        vm.prank(injector);
        reserve.provideLiquidity(pool, 0, 0, 0);
    }

    /// @dev The sale itself may not move the price out of the distance either.
    function test_RevertGiven_ThePriceIsTooFarAfter() public {
        Pool memory entry = entryOf(PoolKind.ConstantProduct, PoolForm.Plain);
        (entry.maxDeviationBps, entry.depthBps) = (10, 10_000);
        vm.prank(governance);
        reserve.setPool(pool, entry);
        (uint256 amount0, uint256 amount1) = order(5e18, 0);
        vm.expectPartialRevert(IPriceGuard.PoolDeviates.selector);
        vm.prank(injector);
        reserve.provideLiquidity(pool, amount0, amount1, 0);
    }

    function test_RevertWhen_MoreThanTheShareOfThePoolsDepth() public {
        fill(pool, address(weth), 20e18);
        fill(pool, address(token), 50_000e6);
        uint256 supply = ILiquidityPair(pool).totalSupply();
        bytes4 selector = IInjection.LiquidityTooMuch.selector;
        expectRefusal(pool, 20e18, 40_000e6, abi.encodeWithSelector(selector, supply * 2 / 100, supply / 100));
        assertEq(inject(pool, 10e18, 20_000e6), supply / 100);
    }

    function test_RevertWhen_LessLiquidityThanAsked() public {
        uint256 state = vm.snapshotState();
        uint256 liquidity = inject(pool, 1e18, 0);
        vm.revertToState(state);
        (uint256 amount0, uint256 amount1) = order(1e18, 0);
        vm.expectRevert(abi.encodeWithSelector(IInjection.LiquidityTooLittle.selector, liquidity, liquidity + 1));
        vm.prank(injector);
        reserve.provideLiquidity(pool, amount0, amount1, liquidity + 1);
        vm.prank(injector);
        assertEq(reserve.provideLiquidity(pool, amount0, amount1, liquidity), liquidity);
    }

    function test_RevertGiven_TheDaysLossesAreReached() public {
        vm.prank(governance);
        reserve.setLossCap(0.02e18);
        inject(pool, 1e18, 0);
        uint256 left = reserve.lossLeft();
        assertLt(left, 0.01e18);
        vm.warp(block.timestamp + COOL_DOWN);
        (uint256 amount0, uint256 amount1) = order(1e18, 0);
        vm.expectPartialRevert(DailyCapLib.DailyCapReached.selector);
        vm.prank(injector);
        reserve.provideLiquidity(pool, amount0, amount1, 0);
        vm.warp(block.timestamp + 1 days);
        ethFeed.transmit(2000e8);
        tokenFeed.transmit(1e8);
        assertEq(reserve.lossLeft(), 0.02e18);
        inject(pool, 1e18, 0);
    }

    /// @dev The distance's part of what a bucket gives, a unit more, in wrapped coin; nothing of what a bucket gets.
    function test_WhatAnInjectionCounts() public {
        fill(pool, address(token), 10_000e6);
        uint256 ofToken = guard.quote(address(token), 100e6 + 1, address(weth)) + 1;
        uint256 state = vm.snapshotState();
        uint256[3] memory strays = [uint256(0), 5e18, 9e18];
        for (uint256 i; i < 3; ++i) {
            fund(address(weth), pool, strays[i]);
            uint256 before = reserve.lossLeft();
            inject(pool, 5e18, 10_000e6);
            assertEq(before - reserve.lossLeft(), ofToken + (i == 0 ? 0.05e18 + 1 : 0));
            vm.revertToState(state);
        }
    }

    function test_TheGuardianStopsInjections() public {
        assertRefused(keeper, address(reserve), abi.encodeCall(reserve.stopInjections, ()));
        vm.prank(guardian);
        reserve.stopInjections();
        assertEq(reserve.lossLeft(), 0);
        (uint256 amount0, uint256 amount1) = order(1e18, 0);
        vm.expectPartialRevert(DailyCapLib.DailyCapReached.selector);
        vm.prank(injector);
        reserve.provideLiquidity(pool, amount0, amount1, 0);
    }

    /* IN ONE TOKEN, IN BOTH */

    function test_InOneToken_SellsWhatMakesTheRestFit() public {
        uint256 supply = ILiquidityPair(pool).totalSupply();
        uint256 liquidity = inject(pool, 5e18, 0);
        assertEq(ILiquidityPair(pool).balanceOf(address(reserve)), liquidity);
        assertApproxEqRel(liquidity, supply * 25 / 10_000, 0.005e18);
        assertLt(bucket(pool, address(weth)), 1e12);
        assertLt(bucket(pool, address(token)), 10);
        assertBooks(pool);
    }

    function test_InTheOtherToken() public {
        fill(pool, address(token), 10_000e6);
        uint256 supply = ILiquidityPair(pool).totalSupply();
        uint256 liquidity = inject(pool, 0, 10_000e6);
        assertApproxEqRel(liquidity, supply * 25 / 10_000, 0.005e18);
        assertEq(bucket(pool, address(weth)) / 1e12, 5e6);
        assertLt(bucket(pool, address(token)), 10);
        assertBooks(pool);
    }

    /// @dev No swap: the pool's reserves grow by just what is added.
    function test_InBoth_WithoutASwapWhereTheyFit() public {
        fill(pool, address(token), 10_000e6);
        inject(pool, 5e18, 10_000e6);
        assertEq(weth.balanceOf(pool), 1005e18);
        assertEq(token.balanceOf(pool), 2_010_000e6);
        assertEq(bucket(pool, address(weth)), 0);
        assertBooks(pool);
    }

    function test_InBoth_SellsWhatIsTooMuchOfEither() public {
        fill(pool, address(token), 10_000e6);
        uint256 state = vm.snapshotState();
        inject(pool, 5e18, 1000e6);
        assertLt(bucket(pool, address(weth)), 1e12);
        assertApproxEqAbs(bucket(pool, address(token)), 9000e6, 10);
        vm.revertToState(state);
        inject(pool, 1e18, 10_000e6);
        assertApproxEqAbs(bucket(pool, address(weth)), 4e18, 1e12);
        assertLt(bucket(pool, address(token)), 10);
    }

    /// @dev A basis point of five coins is worth a token.
    function test_InBoth_SellsNoLessThanABasisPoint() public {
        fill(pool, address(token), 10_000e6);
        bytes memory swap = abi.encodeWithSelector(IUniswapV2Pair.swap.selector);
        uint256 state = vm.snapshotState();
        vm.expectCall(pool, swap, 1);
        inject(pool, 5e18, 9998.9e6);
        vm.revertToState(state);
        inject(pool, 5e18, 9999.1e6);
    }

    /// @dev By how much the bucket changed, of either token; and the same the other way.
    function test_WhatGoesInAndComesOutIsTold() public {
        fill(pool, address(token), 10_000e6);
        uint256 supply = ILiquidityPair(pool).totalSupply();
        (uint256 in0, uint256 in1) = order(5e18, 10_000e6);
        vm.expectEmit(address(reserve));
        emit IInjection.LiquidityProvided(pool, supply / 200, -int256(in0), -int256(in1));
        inject(pool, 5e18, 10_000e6);
        uint256 part = supply / 200;
        (uint256 out0, uint256 out1) = order(part * 1005e18 / (supply + part), part * 2_010_000e6 / (supply + part));
        vm.expectEmit(address(reserve));
        emit IInjection.LiquidityWithdrawn(pool, 10_000, int256(out0), int256(out1));
        vm.expectEmit(address(reserve));
        emit IRegistry.PoolRegistered(pool, false);
        vm.prank(guardian);
        reserve.exitPool(pool);
    }

    /// @dev What is left of either stays credited to the pool.
    function testFuzz_WhateverTheAmounts_NothingIsLost(uint256 amountWeth, uint256 amountToken) public {
        fill(pool, address(token), 10_000e6);
        amountWeth = bound(amountWeth, 0.001e18, 5e18);
        amountToken = bound(amountToken, 1, 10_000e6);
        uint256 before = ILiquidityPair(pool).totalSupply();
        uint256 liquidity = inject(pool, amountWeth, amountToken);
        assertEq(ILiquidityPair(pool).totalSupply() - before, liquidity);
        assertGe(bucket(pool, address(weth)), 5e18 - amountWeth);
        assertGe(bucket(pool, address(token)), 10_000e6 - amountToken);
        assertBooks(pool);
    }

    /// @dev What lay in the pair beyond its reserves comes to the pool's bucket, and bends nothing.
    function test_WhatLayInThePairComesToTheBucket() public {
        fund(address(weth), pool, 1e18);
        inject(pool, 5e18, 0);
        assertApproxEqAbs(bucket(pool, address(weth)), 1e18, 1e12);
        assertBooks(pool);
    }

    function test_WhatLayInThePairOfTheOtherToken() public {
        token.mint(pool, 100e6);
        inject(pool, 5e18, 0);
        assertApproxEqAbs(bucket(pool, address(token)), 100e6, 10);
        assertBooks(pool);
    }

    /* CONVERSIONS */

    function test_ConvertBucket_IntoATokenOfThePool() public {
        bytes memory leg = _leg(address(token));
        vm.expectEmit(address(reserve));
        emit IInjection.BucketConverted(pool, address(weth), address(token), 1e18, 1992.013962e6, 2000e6);
        vm.prank(injector);
        uint256 out = reserve.convertBucket(pool, address(weth), 1e18, address(token), leg);
        assertEq(bucket(pool, address(weth)), 4e18);
        assertEq(bucket(pool, address(token)), out);
        assertApproxEqRel(out, 2000e6, 0.005e18);
        assertBooks(pool);
        assertEq(weth.balanceOf(address(executor)), 0);
    }

    /// @dev To the unit; and what is short of the guard's price, in parts of what was sold, counts as lost.
    function test_ConvertBucket_AtTheFloor() public {
        uint256 bought = 1992.013962e6;
        uint256 fair = bought * 10_000 / 9900;
        _guardSays(fair + 1);
        bytes memory leg = _leg(address(token));
        vm.expectRevert(abi.encodeWithSelector(IInjection.ConvertedForTooLittle.selector, bought, bought + 1));
        vm.prank(injector);
        reserve.convertBucket(pool, address(weth), 1e18, address(token), leg);
        _guardSays(fair);
        assertEq(_convertOne(), (1e18 * (fair - bought) + fair - 1) / fair);
    }

    function test_ConvertBucket_AtTheGuardsPriceOrBetter() public {
        for (uint256 better; better < 2; ++better) {
            uint256 state = vm.snapshotState();
            _guardSays(1992.013962e6 - better);
            assertEq(_convertOne(), 0);
            vm.revertToState(state);
        }
    }

    function _guardSays(uint256 fair) private {
        bytes memory question = abi.encodeCall(guard.quote, (address(weth), 1e18, address(token)));
        vm.mockCall(address(guard), question, abi.encode(fair));
    }

    /// @return lost What it counted against the day's cap.
    function _convertOne() private returns (uint256 lost) {
        lost = reserve.lossLeft();
        bytes memory leg = _leg(address(token));
        vm.prank(injector);
        reserve.convertBucket(pool, address(weth), 1e18, address(token), leg);
        lost -= reserve.lossLeft();
    }

    function test_RevertWhen_AConversionBringsLessThanTheGuardAllows() public {
        trade(fixture, pool, address(weth), 10e18);
        vm.expectPartialRevert(IInjection.ConvertedForTooLittle.selector);
        vm.prank(injector);
        reserve.convertBucket(pool, address(weth), 1e18, address(token), _leg(address(token)));
    }

    function test_RevertWhen_TheTokenIsNotOfThePool() public {
        bytes memory leg = _leg(address(token));
        vm.startPrank(injector);
        vm.expectRevert(abi.encodeWithSelector(IInjection.TokenNotOfPool.selector, pool, stranger));
        reserve.convertBucket(pool, address(weth), 1e18, stranger, leg);
        vm.expectRevert(abi.encodeWithSelector(IInjection.TokenNotOfPool.selector, pool, weth));
        reserve.convertBucket(pool, address(weth), 1e18, address(weth), leg);
        vm.expectRevert(abi.encodeWithSelector(IInjection.AmountAboveBucket.selector, pool, weth, 6e18, 5e18));
        reserve.convertBucket(pool, address(weth), 6e18, address(token), leg);
    }

    /* LIQUIDITY OUT */

    function test_WithdrawLiquidity_IsGovernancesAfterTheDelay() public {
        inject(pool, 5e18, 0);
        bytes memory call = abi.encodeCall(reserve.withdrawLiquidity, (pool, 10_000));
        address[4] memory others = [stranger, keeper, guardian, injector];
        for (uint256 i; i < 4; ++i) {
            assertRefused(others[i], address(reserve), call);
        }
        vm.prank(governance);
        (bool now_,) = address(reserve).call(call);
        assertFalse(now_);
        announced(address(reserve), call);
        assertEq(ILiquidityPair(pool).balanceOf(address(reserve)), 0);
        assertApproxEqRel(bucket(pool, address(weth)), 2.5e18, 0.01e18);
        assertApproxEqRel(bucket(pool, address(token)), 5000e6, 0.01e18);
        assertBooks(pool);
    }

    function test_RevertWhen_MoreThanAllIsWithdrawn() public {
        vm.prank(governance);
        manager.grantRole(WITHDRAWER_ROLE, address(this), 0);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.BpsTooHigh.selector, 10_001));
        reserve.withdrawLiquidity(pool, 10_001);
    }

    function test_RevertWhen_AnUnknownPoolsFeesAreCollected() public {
        vm.expectRevert(abi.encodeWithSelector(IInjection.PoolWithoutTerms.selector, stranger));
        reserve.collectFees(stranger);
    }

    /// @dev Fees are all that anyone may collect.
    function test_CollectFees_LeavesTheLiquidity() public {
        uint256 liquidity = inject(pool, 5e18, 0);
        vm.prank(stranger);
        reserve.collectFees(pool);
        assertEq(ILiquidityPair(pool).balanceOf(address(reserve)), liquidity);
    }

    function test_ExitPool_IsTheGuardians() public {
        inject(pool, 5e18, 0);
        assertRefused(stranger, address(reserve), abi.encodeCall(reserve.exitPool, (pool)));
        vm.prank(guardian);
        reserve.exitPool(pool);
        assertEq(ILiquidityPair(pool).balanceOf(address(reserve)), 0);
        assertApproxEqRel(bucket(pool, address(token)), 5000e6, 0.01e18);
        assertFalse(reserve.isRegistered(pool));
        assertBooks(pool);
        expectRefusal(pool, 0, 1, abi.encodeWithSelector(IRegistry.PoolNotRegistered.selector, pool));
    }

    /// @dev What a pool that is left behind has in its bucket finds its way to other pools.
    function test_ReleaseBucket_OfAPoolThatIsNotRegistered() public {
        vm.startPrank(governance);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.PoolStillRegistered.selector, pool));
        reserve.releaseBucket(address(weth), pool);
        reserve.registerPools(one(pool), false);
        reserve.releaseBucket(address(weth), pool);
        vm.stopPrank();
        assertEq(bucket(pool, address(weth)), 0);
        assertEq(reserve.commonPot(address(weth)), 5e18);
        assertRefused(keeper, address(reserve), abi.encodeCall(reserve.releaseBucket, (address(weth), pool)));
    }

    /* TERMS */

    function test_RevertWhen_TermsAreWrong() public {
        Pool memory entry = entryOf(PoolKind.ConstantProduct, PoolForm.Plain);
        (entry.token0, entry.token1) = (entry.token1, entry.token0);
        _expectUnset(entry, abi.encodeWithSelector(PoolLib.PoolTokensDiffer.selector, pool, entry.token1, entry.token0));
        entry = entryOf(PoolKind.None, PoolForm.Plain);
        _expectUnset(entry, abi.encodeWithSelector(PoolLib.PoolKindMissing.selector));
        entry = entryOf(PoolKind.ConstantProduct, PoolForm.Plain);
        entry.maxDeviationBps = 10_001;
        _expectUnset(entry, abi.encodeWithSelector(IRegistry.BpsTooHigh.selector, 10_001));
        entry = entryOf(PoolKind.ConstantProduct, PoolForm.Plain);
        entry.fee = 10_000;
        _expectUnset(entry, abi.encodeWithSelector(IRegistry.BpsTooHigh.selector, 10_000));
        entry = entryOf(PoolKind.ConstantProduct, PoolForm.Plain);
        entry.guard = stranger;
        _expectUnset(entry, abi.encodeWithSelector(IRegistry.NotContract.selector, stranger));
        (entry.guard, entry.slippageBps) = (address(guard), 10_001);
        _expectUnset(entry, abi.encodeWithSelector(IRegistry.BpsTooHigh.selector, 10_001));
        (entry.slippageBps, entry.depthBps) = (SLIPPAGE, 10_001);
        _expectUnset(entry, abi.encodeWithSelector(IRegistry.BpsTooHigh.selector, 10_001));
        (entry.depthBps, entry.fee) = (DEPTH, 10_001);
        _expectUnset(entry, abi.encodeWithSelector(IRegistry.BpsTooHigh.selector, 10_001));
        (entry.fee, entry.halfWidth) = (30, -1);
        _expectUnset(entry, abi.encodeWithSelector(IRegistry.HalfWidthNegative.selector, -1));
        address unknown = open(new UniswapV2Fixture());
        vm.startPrank(governance);
        reserve.registerPools(one(unknown), true);
        entry = entryOf(PoolKind.ConstantProduct, PoolForm.Plain);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.GuardDisagrees.selector, unknown, guard));
        reserve.setPool(unknown, entry);
        reserve.registerPools(one(stranger), true);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.NotContract.selector, stranger));
        reserve.setPool(stranger, entry);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.PoolNotRegistered.selector, keeper));
        reserve.setPool(keeper, entry);
    }

    function test_RevertWhen_TheGuardHasOtherTokens() public {
        Pool memory entry = entryOf(PoolKind.ConstantProduct, PoolForm.Plain);
        address[3] memory first = [stranger, entry.token0, address(0)];
        address[3] memory second = [entry.token1, stranger, entry.token1];
        for (uint256 i; i < 3; ++i) {
            entry.guard = address(new ObligingGuard(first[i], second[i]));
            _expectUnset(entry, abi.encodeWithSelector(IRegistry.GuardDisagrees.selector, pool, entry.guard));
        }
    }

    function test_RevertWhen_AnInjectorOrTheStakersGuardIsWrong() public {
        vm.startPrank(governance);
        vm.expectRevert(ILedger.ZeroAddress.selector);
        reserve.setInjector(address(0), true);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.BpsTooHigh.selector, 10_001));
        reserve.setStakersGuard(address(guard), 10_001);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.NotContract.selector, stranger));
        reserve.setStakersGuard(stranger, 1);
        reserve.setStakersGuard(address(guard), 10_000);
    }

    function test_TellsWhatWasSet() public {
        assertTrue(reserve.isRegistered(pool));
        assertFalse(reserve.isRegistered(stranger));
        assertTrue(reserve.isInjector(injector));
        assertFalse(reserve.isInjector(stranger));
        Pool memory entry = entryOf(PoolKind.ConstantProduct, PoolForm.Plain);
        entry.active = true;
        vm.expectEmit(address(reserve));
        emit IRegistry.PoolSet(pool, entry);
        vm.prank(governance);
        reserve.setPool(pool, entry);
    }

    /// @dev Positions depend on what a pool is; terms can change.
    function test_WhatAPoolIsCannotChange() public {
        Pool memory entry = entryOf(PoolKind.ConstantProduct, PoolForm.Plain);
        entry.home = stranger;
        _expectUnset(entry, abi.encodeWithSelector(IRegistry.PoolFixed.selector, pool));
        entry = entryOf(PoolKind.ConstantProduct, PoolForm.Plain);
        (entry.fee, entry.coolDown) = (25, 1 days);
        vm.prank(governance);
        reserve.setPool(pool, entry);
        assertEq(reserve.poolOf(pool).fee, 25);
        assertEq(reserve.poolOf(pool).coolDown, 1 days);
    }

    function test_OnlyGovernanceSets() public {
        bytes[] memory calls = new bytes[](4);
        calls[0] = abi.encodeCall(reserve.setPool, (pool, entryOf(PoolKind.ConstantProduct, PoolForm.Plain)));
        calls[1] = abi.encodeCall(reserve.setInjector, (stranger, true));
        calls[2] = abi.encodeCall(reserve.setLossCap, (1));
        calls[3] = abi.encodeCall(reserve.setStakersGuard, (address(guard), 1));
        for (uint256 i; i < calls.length; ++i) {
            assertRefused(injector, address(reserve), calls[i]);
        }
        assertGovernancesAlone(address(reserve), calls);
    }

    function _leg(address tokenOut) private view returns (bytes memory) {
        return abi.encodePacked(RouteLib.UNISWAP_V2, pool, tokenOut, uint16(30));
    }

    function _expectUnset(Pool memory entry, bytes memory reason) private {
        bytes32 before = keccak256(abi.encode(reserve.poolOf(pool)));
        vm.expectRevert(reason);
        vm.prank(governance);
        reserve.setPool(pool, entry);
        assertEq(keccak256(abi.encode(reserve.poolOf(pool))), before);
    }
}
