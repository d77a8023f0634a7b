// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IInjection} from "../../contracts/interfaces/IInjection.sol";
import {IPriceGuard} from "../../contracts/interfaces/IPriceGuard.sol";
import {IUniswapV4PoolManager} from "../../contracts/interfaces/external/IUniswapV4PoolManager.sol";
import {Pool, PoolForm} from "../../contracts/types/Pool.sol";
import {PoolKind} from "../../contracts/types/PoolKind.sol";
import {Share} from "../../contracts/types/Share.sol";
import {IUpkeep} from "../../script/deployment/Interfaces.sol";

import {ErrorsLib} from "../../contracts/libraries/ErrorsLib.sol";
import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {SpotLib} from "../../contracts/libraries/SpotLib.sol";
import {Position} from "../../contracts/positions/Position.sol";
import {DailyCapLib} from "../../contracts/types/DailyCap.sol";
import {IUniswapV2Pair} from "../../script/replica/interfaces/IUniswapV2.sol";
import {IUniswapV3Pool} from "../../script/replica/interfaces/IUniswapV3.sol";
import {Deepening_Test} from "../DeepeningTest.sol";
import {DoubleDealingPair} from "../mocks/DoubleDealingPair.sol";
import {FussyToken} from "../mocks/FussyToken.sol";
import {HostileDeepPool} from "../mocks/HostileDeepPool.sol";
import {HostileManager} from "../mocks/HostileManager.sol";
import {ObligingGuard} from "../mocks/ObligingGuard.sol";
import {PushingPayer} from "../mocks/PushingPayer.sol";
import {UniswapV2Fixture} from "../protocols/UniswapV2Fixture.sol";
import {UniswapV3Fixture} from "../protocols/UniswapV3Fixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

interface IInjected {
    function injection() external view returns (address);
}

/// @notice Attacks on the reserve: each earns where the check is taken away, and is refused or bounded where it stands.
contract Reserve_Attack is Deepening_Test {
    /// @dev What a sale of 2,000 tokens to a pair of 1e33 brings less than one coin.
    uint256 private constant ROUNDED = 1000;

    UniswapV2Fixture internal fixture;
    IUpkeep internal upkeep;
    address internal pool;

    function setUp() public override {
        super.setUp();
        fixture = new UniswapV2Fixture();
        pool = open(fixture);
        guardAndSet(pool, _entry());
        fill(pool, address(weth), 100e18);
    }

    /* SANDWICH AROUND AN INJECTION */

    function test_ASandwich_EarnsWherePricesAreNotLookedAt() public {
        _weaken();
        assertGt(this.sandwich(400e18), 1e18);
    }

    function test_ASandwich_IsRefused() public {
        vm.expectPartialRevert(IPriceGuard.PoolDeviates.selector);
        this.sandwich(400e18);
    }

    /// @dev Bending by what is allowed costs the attacker more in fees than it brings.
    function testFuzz_ASandwich_WithinTheDistanceLoses(uint256 amount) public {
        amount = bound(amount, 0.01e18, 4.5e18);
        try this.sandwich(amount) returns (int256 gain) {
            assertLt(gain, 0);
        } catch {}
    }

    /// @notice Sells, has the injection happen, buys back.
    /// @return gain Of the attacker, in wrapped coin.
    function sandwich(uint256 amount) external returns (int256 gain) {
        uint256 bought = trade(fixture, pool, address(weth), amount);
        (uint256 amount0, uint256 amount1) = order(15e18, 0);
        vm.prank(injector);
        reserve.provideLiquidity(pool, amount0, amount1, 0);
        return int256(trade(fixture, pool, address(token), bought)) - int256(amount);
    }

    /* A KEEPER THAT TURNS HOSTILE */

    function test_AHostileKeeper_TakesAllWherePricesAreNotLookedAt() public {
        _weaken();
        assertEq(_convertThroughItsOwn(1), 100e18);
    }

    function test_AHostileKeeper_CannotSellBelowTheFloor() public {
        address own = _ownPool(1000e18, 2e6);
        vm.expectPartialRevert(IInjection.ConvertedForTooLittle.selector);
        vm.prank(injector);
        reserve.convertBucket(pool, address(weth), 10e18, address(token), _leg(own));
    }

    /// @dev Within the slippage it can take its part again and again, until the day's cap: a tenth of a coin here.
    function test_AHostileKeeper_TakesTheDaysCapAtMost() public {
        vm.prank(governance);
        reserve.setLossCap(0.1e18);
        address own = _ownPool(100_000e18, 199_300_000e6);
        uint256 lost;
        for (uint256 i; i < 100; ++i) {
            uint256 before = reserve.lossLeft();
            vm.prank(injector);
            try reserve.convertBucket(pool, address(weth), 1e18, address(token), _leg(own)) {
                lost += before - reserve.lossLeft();
            } catch (bytes memory reason) {
                assertEq(bytes4(reason), DailyCapLib.DailyCapReached.selector);
                break;
            }
        }
        assertLe(lost, 0.1e18);
        assertGt(lost, 0.09e18);
    }

    /* A VENUE THAT IS PAID TWICE FOR ONE PAYMENT */

    /// @dev All that it pays comes back to it as a beneficiary's, out of what other pools own.
    function test_ADoubleDealer_EarnsWhereTheReserveStaysOpenMeanwhile() public {
        _weakenCode("ApartInjection");
        assertApproxEqRel(_dealTwice(), 1e18, 1e12);
        assertEq(reserve.accounted(address(weth)), weth.balanceOf(address(reserve)) + 1e18 - ROUNDED);
    }

    function test_ADoubleDealer_EarnsNothingHere() public {
        assertEq(_dealTwice(), int256(ROUNDED));
        assertEq(reserve.accounted(address(weth)), weth.balanceOf(address(reserve)));
    }

    /// @dev The pair's owner is the one beneficiary, with all of what is not the pools'. A keeper of its own sells the bucket's
    /// 2,000 tokens to the pair, for one of the wrapped coin.
    /// @return gain Of the owner, in wrapped coin.
    function _dealTwice() private returns (int256 gain) {
        fill(pool, address(token), 2000e6);
        Share[] memory shares = new Share[](1);
        shares[0] = Share(stranger, 10_000);
        vm.prank(governance);
        reserve.setSplit(0, 0, shares);
        (uint256 amount0, uint256 amount1) = order(1e33, 2e24);
        DoubleDealingPair pair = new DoubleDealingPair(reserve, weth, uint112(amount0), uint112(amount1));
        fund(address(weth), address(pair), 1e18);
        vm.prank(injector);
        bytes memory leg = abi.encodePacked(RouteLib.UNISWAP_V2, address(pair), address(weth), uint16(0));
        uint256 paid = reserve.convertBucket(pool, address(token), 2000e6, address(weth), leg);
        assertEq(token.balanceOf(address(pair)), 2000e6);
        try reserve.payBeneficiary(address(weth), stranger) {} catch {}
        return 1e18 - int256(paid) + int256(weth.balanceOf(stranger));
    }

    /* A BENEFICIARY THAT CANNOT BE PAID */

    function test_ABeneficiaryThatReverts_HoldsUpAllWhereTheyArePaidTogether() public {
        (address fussy, address[] memory both) = _oweTwo();
        PushingPayer payer = new PushingPayer();
        vm.expectRevert(SafeTransferLib.TransferFailed.selector);
        payer.payAll(reserve, fussy, both);
    }

    function test_ABeneficiaryThatReverts_HoldsUpNobodyHere() public {
        (address fussy, address[] memory both) = _oweTwo();
        vm.expectRevert(SafeTransferLib.TransferFailed.selector);
        reserve.payBeneficiary(fussy, both[0]);
        assertEq(reserve.payBeneficiary(fussy, both[1]), 500);
        assertEq(reserve.beneficiaryBucket(both[0], fussy), 500);
    }

    /// @dev 500 to each of two, of whom the token refuses the first.
    function _oweTwo() private returns (address fussy, address[] memory both) {
        both = new address[](2);
        (both[0], both[1]) = (makeAddr("disliked"), makeAddr("other"));
        fussy = address(new FussyToken(both[0]));
        Share[] memory shares = new Share[](2);
        (shares[0], shares[1]) = (Share(both[0], 5000), Share(both[1], 5000));
        vm.startPrank(governance);
        reserve.listToken(fussy, true);
        reserve.setSplit(0, 0, shares);
        vm.stopPrank();
        FussyToken(fussy).mint(address(reserve), 1000);
        reserve.recognise(fussy);
    }

    /* A POOL THAT TURNS HOSTILE */

    function test_AHostilePool_TakesItsWholeBucketWhereNothingCapsIt() public {
        _weakenCode("UncappedInjection");
        HostileDeepPool hostile = _hostile();
        hostile.behave(HostileDeepPool.Manner.AsksForMore, address(0), "");
        uint256 all = reserve.poolBucket(address(hostile), hostile.token0());
        this.injectInto(address(hostile));
        assertEq(IERC20(hostile.token0()).balanceOf(address(hostile)), all);
    }

    function test_AHostilePool_GetsWhatWasAgreedAndNoMore() public {
        HostileDeepPool hostile = _hostile();
        hostile.behave(HostileDeepPool.Manner.AsksForMore, address(0), "");
        vm.expectPartialRevert(Position.Overcharged.selector);
        this.injectInto(address(hostile));
        hostile.behave(HostileDeepPool.Manner.AsksTwice, address(0), "");
        vm.expectPartialRevert(ErrorsLib.CallbackUnexpected.selector);
        this.injectInto(address(hostile));
        hostile.behave(HostileDeepPool.Manner.AsksWithOtherData, address(0), "");
        vm.expectPartialRevert(ErrorsLib.CallbackUnexpected.selector);
        this.injectInto(address(hostile));
        hostile.behave(HostileDeepPool.Manner.AsksForNothing, address(0), "");
        vm.expectRevert(ErrorsLib.CallbackMissing.selector);
        this.injectInto(address(hostile));
        hostile.behave(HostileDeepPool.Manner.Honest, address(0), "");
        this.injectInto(address(hostile));
    }

    /// @dev What was agreed is paid to the unit, be it one.
    function test_APool_GetsTheUnitThatItAsksFor() public {
        HostileDeepPool pool_ = _hostile();
        pool_.behave(HostileDeepPool.Manner.AsksForOne, address(0), "");
        this.injectInto(address(pool_));
        assertEq(IERC20(pool_.token0()).balanceOf(address(pool_)), 1);
    }

    /// @dev Uniswap V4's manager, if it were another.
    function test_AHostileManager_GetsWhatWasAgreedAndNoMore() public {
        HostileManager hostile = new HostileManager();
        Pool memory entry = entryOf(PoolKind.UniswapV4, PoolForm.Plain);
        (entry.home, entry.fee, entry.tickSpacing) = (address(hostile), 3000, 60);
        entry.guard = address(new ObligingGuard(entry.token0, entry.token1));
        IUniswapV4PoolManager.PoolKey memory key =
            IUniswapV4PoolManager.PoolKey(entry.token0, entry.token1, entry.fee, entry.tickSpacing, address(0));
        address named = address(bytes20(keccak256(abi.encode(key))));
        vm.startPrank(governance);
        reserve.registerPools(one(named), true);
        reserve.setPool(named, entry);
        vm.stopPrank();
        fill(named, address(weth), 10e18);
        fill(named, address(token), 100e6);
        vm.expectPartialRevert(Position.Overcharged.selector);
        this.injectInto(named);
        hostile.beSilent();
        vm.expectRevert(ErrorsLib.CallbackMissing.selector);
        this.injectInto(named);
    }

    /// @dev While a pool is at work everything that moves value is locked, and what the books say is still covered.
    function test_AHostilePool_FindsEverythingLocked() public {
        HostileDeepPool hostile = _hostile();
        vm.prank(governance);
        reserve.setInjector(address(hostile), true);
        bytes[] memory calls = new bytes[](10);
        calls[0] = abi.encodeCall(reserve.recognise, (address(weth)));
        calls[1] = abi.encodeCall(reserve.book, (1, address(weth), one(pool)));
        calls[2] = abi.encodeCall(reserve.payVault, ());
        calls[3] = abi.encodeCall(reserve.payBeneficiary, (address(weth), address(hostile)));
        calls[4] = abi.encodeCall(reserve.collectFees, (pool));
        calls[5] = abi.encodeCall(reserve.payKeepers, ());
        calls[6] = abi.encodeCall(reserve.receiveMinedFunds, ());
        calls[7] = abi.encodeCall(reserve.provideLiquidity, (pool, 0, 0, 0));
        calls[8] = abi.encodeCall(reserve.recentre, (pool, 0));
        calls[9] = abi.encodeCall(reserve.convertBucket, (pool, address(weth), 1e18, address(token), ""));
        for (uint256 i; i < calls.length; ++i) {
            hostile.behave(HostileDeepPool.Manner.CallsBack, address(reserve), calls[i]);
            vm.warp(vm.getBlockTimestamp() + COOL_DOWN);
            this.injectInto(address(hostile));
            assertFalse(hostile.called());
            assertEq(bytes4(hostile.answer()), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        }
    }

    /// @dev All pools' coin, without a pool.
    function test_AStranger_TakesAllWhereNothingIsCommittedTo() public {
        _weakenCode("UncommittedInjection");
        bytes memory data = abi.encode(weth, token, 100e18, 0);
        vm.prank(stranger);
        (bool done,) = address(reserve)
            .call(abi.encodeWithSignature("uniswapV3MintCallback(uint256,uint256,bytes)", 100e18, 0, data));
        assertTrue(done);
        assertEq(weth.balanceOf(stranger), 100e18);
    }

    /// @dev Out of the blue, with whatever data.
    function test_AStranger_CannotCallBack() public {
        bytes memory data = abi.encode(weth, token, 100e18, 0);
        bytes[] memory calls = new bytes[](4);
        calls[0] = abi.encodeWithSignature("uniswapV3MintCallback(uint256,uint256,bytes)", 100e18, 0, data);
        calls[1] = abi.encodeWithSignature("pancakeV3MintCallback(uint256,uint256,bytes)", 100e18, 0, data);
        calls[2] = abi.encodeWithSignature("algebraMintCallback(uint256,uint256,bytes)", 100e18, 0, data);
        calls[3] = abi.encodeWithSignature("unlockCallback(bytes)", data);
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(stranger);
            (bool done, bytes memory reason) = address(reserve).call(calls[i]);
            assertFalse(done);
            assertEq(bytes4(reason), ErrorsLib.CallbackUnexpected.selector);
        }
    }

    /* IN THE MIDDLE OF A CALL */

    /// @dev A pair says its old price while it swaps, so that the guard finds it near; but its own lock refuses whoever adds.
    function test_AKeeperInTheMiddleOfAPairsSwap_AddsNothing() public {
        vm.prank(governance);
        reserve.setInjector(address(this), true);
        (uint256 out0, uint256 out1) = order(400e18, 0);
        IUniswapV2Pair(pool).swap(out0, out1, address(this), "in the middle");
        assertEq(reserve.poolBucket(pool, address(weth)), 100e18);
        vm.expectPartialRevert(IPriceGuard.PoolDeviates.selector);
        guard.requireNear(pool, DEVIATION);
    }

    function uniswapV2Call(address, uint256, uint256, bytes calldata) external {
        guard.requireNear(pool, DEVIATION);
        (uint256 amount0, uint256 amount1) = order(15e18, 0);
        vm.expectRevert("UniswapV2: LOCKED");
        reserve.provideLiquidity(pool, amount0, amount1, 0);
        token.mint(pool, 1_400_000 * unit());
    }

    /// @dev A concentrated pool says the new price, and is not paid yet: refused, and not due.
    function test_AKeeperInTheMiddleOfAConcentratedSwap_FindsNothingDue() public {
        _useConcentrated();
        (bool due,,) = upkeep.due(pool);
        assertTrue(due);
        IUniswapV3Pool(pool).swap(address(this), true, 1e6, 4_295_128_740, "");
        (due,,) = upkeep.due(pool);
        assertTrue(due, "bent by a millionth");
    }

    function uniswapV3SwapCallback(int256 owed0, int256, bytes calldata) external {
        (bool due,,) = upkeep.due(pool);
        assertFalse(due, "in the middle");
        (uint256 amount0, uint256 amount1) = order(1e18, 0);
        vm.expectRevert(abi.encodeWithSelector(SpotLib.PoolLocked.selector, pool));
        reserve.provideLiquidity(pool, amount0, amount1, 0);
        (address token0,) = sorted();
        if (token0 == address(token)) token.mint(pool, uint256(owed0));
        else fund(token0, pool, uint256(owed0));
    }

    /// @dev While a pool is at work, the reserve's books are those from before, and cover what there is; nothing is due twice.
    function test_InTheMiddleOfAnInjection_TheBooksAreThoseFromBefore() public {
        HostileDeepPool hostile = _hostile();
        upkeep = IUpkeep(create("InjectionUpkeep", abi.encode(address(manager), address(reserve))));
        pool = address(hostile);
        hostile.behave(HostileDeepPool.Manner.CallsBack, address(this), abi.encodeCall(this.lookAround, ()));
        this.injectInto(pool);
        assertTrue(hostile.called());
        (uint256 amount0,) = order(10e18, 100e6);
        assertLt(reserve.poolBucket(pool, hostile.token0()), amount0);
    }

    function lookAround() external view {
        assertEq(reserve.poolBucket(pool, address(weth)), 10e18);
        assertEq(reserve.accounted(address(weth)), weth.balanceOf(address(reserve)));
        (bool due,,) = upkeep.due(pool);
        assertFalse(due);
    }

    function injectInto(address hostile) external {
        (uint256 amount0, uint256 amount1) = order(1e18, 1e6);
        vm.prank(injector);
        reserve.provideLiquidity(hostile, amount0, amount1, 0);
    }

    /* SCENERY */

    /// @dev In the place of the code for pools.
    function _weakenCode(string memory name) private {
        bytes memory arguments = abi.encode(manager, vault, weth);
        address weak = deployCode(string.concat("WeakInjections.sol:", name), arguments);
        vm.etch(IInjected(address(reserve)).injection(), weak.code);
    }

    function _useConcentrated() private {
        UniswapV3Fixture v3 = new UniswapV3Fixture();
        pool = open(v3);
        guardAndSet(pool, entryOf(PoolKind.Concentrated, PoolForm.Plain));
        fill(pool, address(weth), 5e18);
        upkeep = IUpkeep(create("InjectionUpkeep", abi.encode(address(manager), address(reserve))));
        vm.prank(governance);
        reserve.setInjector(address(this), true);
    }

    /// @dev Terms by which nothing is refused.
    function _weaken() private {
        Pool memory weak = _entry();
        (weak.maxDeviationBps, weak.slippageBps, weak.depthBps) = (10_000, 10_000, 10_000);
        vm.startPrank(governance);
        reserve.setPool(pool, weak);
        reserve.setLossCap(type(uint112).max);
        vm.stopPrank();
    }

    function _entry() private view returns (Pool memory) {
        return entryOf(PoolKind.ConstantProduct, PoolForm.Plain);
    }

    /// @dev The keeper sells all of the bucket into a pool of its own that has next to nothing to pay with.
    function _convertThroughItsOwn(uint256 there) private returns (uint256 taken) {
        address own = _ownPool(1000e18, there * 1e6);
        uint256 before = weth.balanceOf(own);
        vm.prank(injector);
        reserve.convertBucket(pool, address(weth), 100e18, address(token), _leg(own));
        return weth.balanceOf(own) - before;
    }

    function _ownPool(uint256 amountWeth, uint256 amountToken) private returns (address) {
        return new UniswapV2Fixture().create(address(weth), amountWeth, address(token), amountToken);
    }

    function _leg(address own) private view returns (bytes memory) {
        return abi.encodePacked(RouteLib.UNISWAP_V2, own, address(token), uint16(30));
    }

    /// @dev With a guard that says what the pool likes.
    function _hostile() private returns (HostileDeepPool hostile) {
        (address token0, address token1) = sorted();
        hostile = new HostileDeepPool(token0, token1);
        Pool memory entry = entryOf(PoolKind.Concentrated, PoolForm.Plain);
        entry.guard = address(new ObligingGuard(token0, token1));
        vm.startPrank(governance);
        reserve.registerPools(one(address(hostile)), true);
        reserve.setPool(address(hostile), entry);
        reserve.setLossCap(type(uint112).max);
        vm.stopPrank();
        fill(address(hostile), address(weth), 10e18);
        fill(address(hostile), address(token), 100e6);
    }
}
