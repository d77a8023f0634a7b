// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IInjection} from "../../contracts/interfaces/IInjection.sol";
import {IRegistry} from "../../contracts/interfaces/IRegistry.sol";
import {IUniswapV4PoolManager} from "../../contracts/interfaces/external/IUniswapV4PoolManager.sol";
import {Pool, PoolForm, Range} from "../../contracts/types/Pool.sol";
import {PoolKind} from "../../contracts/types/PoolKind.sol";
import {IReserveLens} from "../../script/deployment/Interfaces.sol";

import {PoolLib} from "../../contracts/libraries/PoolLib.sol";
import {Deepening_Test} from "../DeepeningTest.sol";
import {ModelTether} from "../mocks/ModelTether.sol";
import {ObligingGuard} from "../mocks/ObligingGuard.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {AlgebraFixture} from "../protocols/AlgebraFixture.sol";
import {AlgebraIntegralFixture} from "../protocols/AlgebraIntegralFixture.sol";
import {BalancerV2Fixture} from "../protocols/BalancerV2Fixture.sol";
import {IVenueFixture} from "../protocols/IVenueFixture.sol";
import {PancakeV3Fixture} from "../protocols/PancakeV3Fixture.sol";
import {SolidlyFixture} from "../protocols/SolidlyFixture.sol";
import {UniswapV2Fixture} from "../protocols/UniswapV2Fixture.sol";
import {UniswapV3Fixture} from "../protocols/UniswapV3Fixture.sol";
import {UniswapV4Fixture} from "../protocols/UniswapV4Fixture.sol";
import {NativeFixture} from "./NativeFixture.sol";

/// @notice Model: ModelTether, which anyone mints.
contract MintedTether is ModelTether {
    constructor() ModelTether("Tether USD", "USDT", 6, address(1), 1) {}

    function mint(address to, uint256 amount) external {
        (balanceOf[to], totalSupply) = (balanceOf[to] + amount, totalSupply + amount);
    }
}

/// @notice The life of a position in the real code of every kind of pool: in, fees, out, with every wei in its bucket.
abstract contract Kind_Test is Deepening_Test {
    IVenueFixture internal fixture;
    address internal pool;

    function setUp() public override {
        super.setUp();
        begin();
    }

    /// @dev With whichever token is set.
    function begin() internal {
        fixture = newFixture();
        pool = open(fixture);
        declare(entry());
        fill(pool, address(weth), 5e18);
        fill(pool, address(token), 10_000 * unit());
    }

    function newFixture() internal virtual returns (IVenueFixture);

    function entry() internal virtual returns (Pool memory);

    function declare(Pool memory declared) internal virtual {
        guardAndSet(pool, declared);
    }

    /* WHAT THE POOL SAYS OF ITSELF */

    /// @dev Its tokens, in its own order; of a pool at Uniswap V4's manager the name does not fit then.
    function test_RevertWhen_TheTokensAreOthers() public {
        (address token0, address token1) = (entry().token0, entry().token1);
        address[2][2] memory wrong = [[stranger, token1], [token0, stranger]];
        for (uint256 i; i < 2; ++i) {
            Pool memory declared = entry();
            (declared.token0, declared.token1) = (wrong[i][0], wrong[i][1]);
            // The guard would not mind.
            declared.guard = address(new ObligingGuard(wrong[i][0], wrong[i][1]));
            bytes memory reason = declared.kind == PoolKind.UniswapV4
                ? abi.encodeWithSelector(PoolLib.PoolNotAtHome.selector, pool, declared.home)
                : abi.encodeWithSelector(PoolLib.PoolTokensDiffer.selector, pool, token0, token1);
            // What is native has no other name at the manager.
            if (declared.native && i == 0) reason = abi.encodePacked(IRegistry.PoolFixed.selector, abi.encode(pool));
            vm.expectRevert(reason);
            vm.prank(governance);
            reserve.setPool(pool, declared);
        }
    }

    /* THE LIFE OF A POSITION */

    function test_InBoth_AddsToThePoolAndKeepsTheRest() public {
        assertGt(inject(pool, 5e18, 10_000 * unit()), 0);
        // Half a percent of the pool each, at its own price: nearly all of it goes in.
        assertLt(bucket(pool, address(weth)), 0.01e18);
        assertLt(bucket(pool, address(token)), 20 * unit());
        assertBooks(pool);
    }

    function test_WithdrawnAgain_ComesBackLessThanNothingWorthNaming() public {
        inject(pool, 5e18, 10_000 * unit());
        announced(address(reserve), abi.encodeCall(reserve.withdrawLiquidity, (pool, 10_000)));
        assertApproxEqRel(bucket(pool, address(weth)), 5e18, 1e12);
        assertApproxEqRel(bucket(pool, address(token)), 10_000 * unit(), 1e12);
        assertLe(bucket(pool, address(weth)), 5e18);
        assertBooks(pool);
    }

    function test_HalfWithdrawn_LeavesHalf() public {
        inject(pool, 5e18, 10_000 * unit());
        announced(address(reserve), abi.encodeCall(reserve.withdrawLiquidity, (pool, 5000)));
        assertApproxEqRel(bucket(pool, address(weth)), 2.5e18, 0.01e18);
        vm.prank(guardian);
        reserve.exitPool(pool);
        assertApproxEqRel(bucket(pool, address(weth)), 5e18, 1e12);
        assertBooks(pool);
    }

    /// @dev A twentieth of a percent of what others have paid; to be collected where the kind can, else withdrawn with it.
    function test_FeesGoToThePoolsBucket() public {
        inject(pool, 5e18, 10_000 * unit());
        uint256 left = bucket(pool, address(weth));
        for (uint256 i; i < 5; ++i) {
            uint256 out = trade(fixture, pool, address(weth), 50e18);
            trade(fixture, pool, address(token), out);
        }
        vm.prank(stranger);
        reserve.collectFees(pool);
        if (collects()) assertGt(bucket(pool, address(weth)), left);
        vm.prank(guardian);
        reserve.exitPool(pool);
        uint256 value = bucket(pool, address(weth)) + bucket(pool, address(token)) * 1e18 / (2000 * unit());
        assertGt(value, 10e18);
        assertBooks(pool);
    }

    function test_AWeekOfInjections() public {
        uint256 first = inject(pool, 0.7e18, 1400 * unit());
        vm.warp(vm.getBlockTimestamp() + 1 days);
        for (uint256 i; i < 6; ++i) {
            ethFeed.transmit(2000e8);
            tokenFeed.transmit(1e8);
            assertApproxEqRel(inject(pool, 0.7e18, 1400 * unit()), first, 0.01e18);
            vm.warp(vm.getBlockTimestamp() + 1 days);
        }
        assertBooks(pool);
    }

    /// @dev What the lens says is what comes out, to a few units, and it is worth what went in.
    function test_TheLens_SaysWhatThePositionIs() public {
        IReserveLens lens = IReserveLens(create("ReserveLens", abi.encode(address(reserve))));
        assertEq(lens.valueOf(pool), 0);
        inject(pool, 5e18, 10_000 * unit());
        uint256 left0 = bucket(pool, entry().token0);
        uint256 left1 = bucket(pool, entry().token1);
        (uint256 amount0, uint256 amount1) = lens.positionOf(pool);
        assertApproxEqRel(lens.valueOf(pool), 10e18, 0.002e18);
        vm.prank(guardian);
        reserve.exitPool(pool);
        assertApproxEqAbs(bucket(pool, entry().token0) - left0, amount0, amount0 / 1e12 + 2);
        assertApproxEqAbs(bucket(pool, entry().token1) - left1, amount1, amount1 / 1e12 + 2);
    }

    /// @dev Of a kind that nothing is sold for: only what is in the pool's proportion goes in.
    function _assertWhatDoesNotFitStays() internal {
        inject(pool, 5e18, 1000 * unit());
        assertApproxEqRel(bucket(pool, address(weth)), 4.5e18, 0.001e18);
        assertApproxEqRel(bucket(pool, address(token)), 9000 * unit(), 0.001e18);
        assertBooks(pool);
    }

    /* TOKENS */

    function test_OfEightDecimals() public {
        _beginWith(new PlainToken("EIGHT", 8));
        test_WithdrawnAgain_ComesBackLessThanNothingWorthNaming();
    }

    function test_OfEighteenDecimals() public {
        _beginWith(new PlainToken("EIGHTEEN", 18));
        test_WithdrawnAgain_ComesBackLessThanNothingWorthNaming();
    }

    function test_WithoutReturnValue() public {
        _beginWith(PlainToken(address(new MintedTether())));
        test_WithdrawnAgain_ComesBackLessThanNothingWorthNaming();
    }

    function _beginWith(PlainToken another) private {
        former = pool;
        useToken(another);
        begin();
    }

    function collects() internal pure virtual returns (bool) {
        return true;
    }
}

/// @notice Kinds in ranges of ticks: the band as well.
abstract contract Ranged_Test is Kind_Test {
    function test_WhatDoesNotFit_StaysInTheBucket() public {
        _assertWhatDoesNotFitStays();
    }

    function test_ABand_IsPutAroundThePrice() public {
        _narrow();
        inject(pool, 1e18, 2000 * unit());
        (, Range memory band) = reserve.rangesOf(pool);
        assertGt(band.liquidity, 0);
        assertApproxEqAbs(band.upper - band.lower, 4000, 2 * 60 + 60);
        assertBooks(pool);
    }

    function test_ABand_IsRecentred() public {
        _bandOffCentre();
        (, Range memory old) = reserve.rangesOf(pool);
        vm.prank(injector);
        uint256 liquidity = reserve.recentre(pool, 1);
        (, Range memory band) = reserve.rangesOf(pool);
        assertEq(band.liquidity, liquidity);
        assertNotEq(band.lower, old.lower);
        assertBooks(pool);
        vm.prank(guardian);
        reserve.exitPool(pool);
        (, band) = reserve.rangesOf(pool);
        assertEq(band.liquidity, 0);
        assertBooks(pool);
    }

    function test_TheWholeRange_IsNoBand() public {
        uint256 liquidity = inject(pool, 1e18, 2000 * unit());
        (Range memory whole, Range memory band) = reserve.rangesOf(pool);
        assertEq(whole.liquidity, liquidity);
        assertEq(whole.lower, -whole.upper);
        assertEq(band.liquidity, 0);
    }

    /// @dev What is added later goes to the same ticks.
    function test_ABand_StaysWhereItIsUntilItIsRecentred() public {
        _bandOffCentre();
        (, Range memory old) = reserve.rangesOf(pool);
        uint256 liquidity = inject(pool, 0.1e18, 180 * unit());
        (, Range memory band) = reserve.rangesOf(pool);
        assertEq(band.lower, old.lower);
        assertEq(band.upper, old.upper);
        assertEq(band.liquidity, old.liquidity + liquidity);
    }

    /// @dev It takes nothing from the bucket, looks at the price again, and counts as much as an injection would.
    function test_Recentring_MovesTheBandAlone() public {
        IReserveLens lens = IReserveLens(create("ReserveLens", abi.encode(address(reserve))));
        _bandOffCentre();
        (uint256 left0, uint256 left1) = (bucket(pool, entry().token0), bucket(pool, entry().token1));
        (uint256 value, uint256 lossLeft) = (lens.valueOf(pool), reserve.lossLeft());
        vm.expectCall(address(guard), abi.encodeWithSelector(guard.requireStillNear.selector), 1);
        vm.expectEmit(true, false, false, false, address(reserve));
        emit IInjection.Recentred(pool, 0, 0, 0);
        vm.prank(injector);
        reserve.recentre(pool, 1);
        assertGe(bucket(pool, entry().token0), left0);
        assertGe(bucket(pool, entry().token1), left1);
        assertApproxEqRel(lossLeft - reserve.lossLeft(), value * DEVIATION / 10_000, 0.001e18);
    }

    function test_RevertWhen_RecentringBringsTooLittle() public {
        _bandOffCentre();
        uint256 state = vm.snapshotState();
        vm.prank(injector);
        uint256 liquidity = reserve.recentre(pool, 0);
        vm.revertToState(state);
        vm.startPrank(injector);
        vm.expectRevert(abi.encodeWithSelector(IInjection.LiquidityTooLittle.selector, liquidity, liquidity + 1));
        reserve.recentre(pool, liquidity + 1);
        assertEq(reserve.recentre(pool, liquidity), liquidity);
    }

    function _bandOffCentre() private {
        _narrow();
        inject(pool, 1e18, 2000 * unit());
        trade(fixture, pool, address(weth), 50e18);
        vm.warp(block.timestamp + 1 days);
        ethFeed.transmit(1814e8);
        tokenFeed.transmit(1e8);
    }

    function test_RevertWhen_AWholeRangeIsToBeRecentred() public {
        vm.expectRevert(abi.encodeWithSelector(IInjection.NotBanded.selector, pool));
        vm.prank(injector);
        reserve.recentre(pool, 0);
    }

    /// @dev A band has twenty times the liquidity of the whole range.
    function _narrow() private {
        Pool memory narrow = entry();
        (narrow.halfWidth, narrow.depthBps) = (2000, 10_000);
        vm.prank(governance);
        reserve.setPool(pool, narrow);
    }
}

contract UniswapV2Kind_Test is Kind_Test {
    function newFixture() internal override returns (IVenueFixture) {
        return new UniswapV2Fixture();
    }

    function entry() internal view override returns (Pool memory) {
        return entryOf(PoolKind.ConstantProduct, PoolForm.Plain);
    }

    function collects() internal pure override returns (bool) {
        return false;
    }

    /// @dev What is sold and what is left is paid by a token that says nothing.
    function test_InOneTokenWithoutReturnValue() public {
        test_WithoutReturnValue();
        fill(pool, address(token), 10_000 * unit());
        ethFeed.transmit(2000e8);
        tokenFeed.transmit(1e8);
        uint256 before = bucket(pool, address(token));
        assertGt(inject(pool, 0, 5000 * unit()), 0);
        assertApproxEqAbs(before - bucket(pool, address(token)), 5000 * unit(), 10);
        assertBooks(pool);
    }
}

contract SolidlyKind_Test is Kind_Test {
    function newFixture() internal override returns (IVenueFixture) {
        return new SolidlyFixture(false);
    }

    function entry() internal view override returns (Pool memory) {
        return entryOf(PoolKind.ConstantProduct, PoolForm.Solidly);
    }

    function test_RevertWhen_ThePairIsStable() public {
        address stable = open(new SolidlyFixture(true));
        Pool memory declared = entry();
        vm.startPrank(governance);
        reserve.registerPools(one(stable), true);
        vm.expectRevert(abi.encodeWithSelector(PoolLib.PoolStable.selector, stable));
        reserve.setPool(stable, declared);
    }

    function test_InOneToken() public {
        inject(pool, 5e18, 0);
        assertLt(bucket(pool, address(weth)), 1e12);
        assertEq(bucket(pool, address(token)) / unit(), 10_000);
        assertBooks(pool);
    }
}

contract UniswapV3Kind_Test is Ranged_Test {
    function newFixture() internal override returns (IVenueFixture) {
        return new UniswapV3Fixture();
    }

    function entry() internal view override returns (Pool memory) {
        return entryOf(PoolKind.Concentrated, PoolForm.Plain);
    }
}

contract PancakeV3Kind_Test is Ranged_Test {
    function newFixture() internal override returns (IVenueFixture) {
        return new PancakeV3Fixture();
    }

    function entry() internal view override returns (Pool memory) {
        return entryOf(PoolKind.Concentrated, PoolForm.PancakeV3);
    }
}

contract AlgebraKind_Test is Ranged_Test {
    function newFixture() internal override returns (IVenueFixture) {
        return new AlgebraFixture();
    }

    function entry() internal view override returns (Pool memory) {
        return entryOf(PoolKind.Concentrated, PoolForm.Algebra);
    }
}

contract AlgebraIntegralKind_Test is Ranged_Test {
    function newFixture() internal override returns (IVenueFixture) {
        return new AlgebraIntegralFixture();
    }

    function entry() internal view override returns (Pool memory) {
        return entryOf(PoolKind.Concentrated, PoolForm.AlgebraIntegral);
    }
}

contract UniswapV4Kind_Test is Ranged_Test {
    function newFixture() internal override returns (IVenueFixture) {
        return new UniswapV4Fixture();
    }

    function entry() internal view override returns (Pool memory declared) {
        declared = entryOf(PoolKind.UniswapV4, PoolForm.Plain);
        UniswapV4Fixture v4 = UniswapV4Fixture(address(fixture));
        (,, declared.fee, declared.tickSpacing,) = v4.keyOf(pool);
        declared.home = address(v4.manager());
    }

    function declare(Pool memory declared) internal override {
        vm.startPrank(governance);
        guard.registerUniswapV4Pool(
            declared.home,
            IUniswapV4PoolManager.PoolKey(
                declared.token0, declared.token1, declared.fee, declared.tickSpacing, address(0)
            ),
            500
        );
        reserve.registerPools(one(pool), true);
        reserve.setPool(pool, declared);
        vm.stopPrank();
    }
}

/// @notice Native coin is the pool's first token; here it is wrapped coin before and after.
contract UniswapV4NativeKind_Test is Ranged_Test {
    UniswapV4Fixture private _venue;

    function newFixture() internal override returns (IVenueFixture) {
        vm.deal(address(weth), 1_000_000e18);
        _venue = new UniswapV4Fixture();
        return IVenueFixture(address(new NativeFixture(_venue, address(weth))));
    }

    function sorted() internal view override returns (address, address) {
        return (address(weth), address(token));
    }

    function entry() internal view override returns (Pool memory declared) {
        declared = entryOf(PoolKind.UniswapV4, PoolForm.Plain);
        (,, declared.fee, declared.tickSpacing,) = _venue.keyOf(pool);
        (declared.home, declared.native) = (address(_venue.manager()), true);
    }

    function declare(Pool memory declared) internal override {
        vm.startPrank(governance);
        guard.registerUniswapV4Pool(
            declared.home,
            IUniswapV4PoolManager.PoolKey(address(0), declared.token1, declared.fee, declared.tickSpacing, address(0)),
            500
        );
        reserve.registerPools(one(pool), true);
        reserve.setPool(pool, declared);
        vm.stopPrank();
    }

    /// @dev The guard knows native coin by no other name.
    function test_RevertWhen_TheGuardHasAnotherToken() public {
        Pool memory declared = entry();
        declared.guard = address(new ObligingGuard(stranger, declared.token1));
        vm.expectRevert(abi.encodeWithSelector(IRegistry.GuardDisagrees.selector, pool, declared.guard));
        vm.prank(governance);
        reserve.setPool(pool, declared);
    }

    /// @dev A pool at the manager is named by its fee too, which may be of any size that the manager takes.
    function test_TheFeeCannotChange() public {
        Pool memory declared = entry();
        for (uint24 fee = declared.fee + 1; fee <= 20_000; fee += 10_000) {
            declared.fee = fee;
            vm.expectRevert(abi.encodeWithSelector(PoolLib.PoolNotAtHome.selector, pool, declared.home));
            vm.prank(governance);
            reserve.setPool(pool, declared);
        }
    }

    /// @dev By the name of a pool that is not there yet, and by another name than that of one that is.
    function test_RevertWhen_TheManagerKnowsNoSuchPool() public {
        Pool memory declared = entry();
        _expectNotAtHome(stranger, declared);
        declared.fee += 1;
        IUniswapV4PoolManager.PoolKey memory key =
            IUniswapV4PoolManager.PoolKey(address(0), declared.token1, declared.fee, declared.tickSpacing, address(0));
        _expectNotAtHome(address(bytes20(keccak256(abi.encode(key)))), declared);
    }

    function _expectNotAtHome(address other, Pool memory declared) private {
        vm.startPrank(governance);
        reserve.registerPools(one(other), true);
        vm.expectRevert(abi.encodeWithSelector(PoolLib.PoolNotAtHome.selector, other, declared.home));
        reserve.setPool(other, declared);
        vm.stopPrank();
    }

    function test_NoNativeCoinStays() public {
        inject(pool, 5e18, 10_000 * unit());
        assertEq(address(reserve).balance, 0);
        vm.prank(guardian);
        reserve.exitPool(pool);
        assertEq(address(reserve).balance, 0);
        assertBooks(pool);
    }

    function test_RevertWhen_NativeCoinComesOutOfTheBlue() public {
        vm.deal(stranger, 1 ether);
        vm.prank(stranger);
        (bool taken,) = address(reserve).call{value: 1 ether}("");
        assertFalse(taken);
    }
}

contract BalancerKind_Test is Kind_Test {
    function newFixture() internal override returns (IVenueFixture) {
        return new BalancerV2Fixture();
    }

    function entry() internal view override returns (Pool memory declared) {
        declared = entryOf(PoolKind.Balancer, PoolForm.Plain);
        declared.home = address(BalancerV2Fixture(address(fixture)).vault());
    }

    function declare(Pool memory declared) internal override {
        vm.startPrank(governance);
        guard.registerBalancerPool(declared.home, pool, declared.token0, declared.token1, 500);
        reserve.registerPools(one(pool), true);
        reserve.setPool(pool, declared);
        vm.stopPrank();
    }

    function collects() internal pure override returns (bool) {
        return false;
    }

    function test_RevertWhen_TheVaultIsNoContract() public {
        Pool memory declared = entry();
        declared.home = stranger;
        vm.expectRevert(abi.encodeWithSelector(IRegistry.NotContract.selector, stranger));
        vm.prank(governance);
        reserve.setPool(pool, declared);
    }

    /// @dev Another pool's id, or other than two tokens.
    function test_RevertWhen_TheVaultSaysSomethingElse() public {
        Pool memory declared = entry();
        bytes32 id = BalancerV2Fixture(address(fixture)).poolIdOf(open(fixture));
        vm.mockCall(pool, abi.encodeWithSignature("getPoolId()"), abi.encode(id));
        vm.expectRevert(abi.encodeWithSelector(PoolLib.PoolNotAtHome.selector, pool, declared.home));
        vm.prank(governance);
        reserve.setPool(pool, declared);
        vm.clearMockedCalls();
        id = BalancerV2Fixture(address(fixture)).poolIdOf(pool);
        for (uint256 count = 1; count <= 3; count += 2) {
            address[] memory tokens = new address[](count);
            tokens[0] = declared.token0;
            if (count == 3) tokens[1] = declared.token1;
            bytes memory question = abi.encodeWithSignature("getPoolTokens(bytes32)", id);
            vm.mockCall(declared.home, question, abi.encode(tokens, new uint256[](count), 0));
            vm.expectRevert(abi.encodeWithSelector(PoolLib.NotTwoTokens.selector, pool, count));
            vm.prank(governance);
            reserve.setPool(pool, declared);
        }
    }

    /// @dev What is left over the vault is allowed no longer.
    function test_WhatDoesNotFit_StaysInTheBucket() public {
        _assertWhatDoesNotFitStays();
        address home = entry().home;
        assertEq(weth.allowance(address(reserve), home), 0);
        assertEq(token.allowance(address(reserve), home), 0);
    }
}
