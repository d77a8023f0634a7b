// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IInjection} from "../../contracts/interfaces/IInjection.sol";
import {IPriceGuard} from "../../contracts/interfaces/IPriceGuard.sol";
import {Pool, PoolForm} from "../../contracts/types/Pool.sol";
import {PoolKind} from "../../contracts/types/PoolKind.sol";

import {ErrorsLib} from "../../contracts/libraries/ErrorsLib.sol";
import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {Position} from "../../contracts/positions/Position.sol";
import {DailyCapLib} from "../../contracts/types/DailyCap.sol";
import {HostileDeepPool} from "../mocks/HostileDeepPool.sol";
import {ObligingGuard} from "../mocks/ObligingGuard.sol";
import {UniswapV2Fixture} from "../protocols/UniswapV2Fixture.sol";
import {Deepening_Test} from "../unit/reserve/DeepeningTest.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice Attacks on the reserve: each earns where the check is taken away, and is refused or bounded where it stands.
contract Reserve_Attack is Deepening_Test {
    UniswapV2Fixture internal fixture;
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

    /* A POOL THAT TURNS HOSTILE */

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

    /// @dev While a pool is at work everything that moves value is locked, and what the books say is still covered.
    function test_AHostilePool_FindsEverythingLocked() public {
        HostileDeepPool hostile = _hostile();
        bytes[] memory calls = new bytes[](7);
        calls[0] = abi.encodeCall(reserve.recognise, (address(weth)));
        calls[1] = abi.encodeCall(reserve.book, (1, address(weth), one(pool)));
        calls[2] = abi.encodeCall(reserve.payVault, ());
        calls[3] = abi.encodeCall(reserve.payBeneficiary, (address(weth), address(hostile)));
        calls[4] = abi.encodeCall(reserve.collectFees, (pool));
        calls[5] = abi.encodeCall(reserve.payKeepers, ());
        calls[6] = abi.encodeCall(reserve.receiveMinedFunds, ());
        for (uint256 i; i < calls.length; ++i) {
            hostile.behave(HostileDeepPool.Manner.CallsBack, address(reserve), calls[i]);
            vm.warp(vm.getBlockTimestamp() + COOL_DOWN);
            this.injectInto(address(hostile));
            assertFalse(hostile.called());
            assertEq(bytes4(hostile.answer()), ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);
        }
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

    function injectInto(address hostile) external {
        (uint256 amount0, uint256 amount1) = order(1e18, 1e6);
        vm.prank(injector);
        reserve.provideLiquidity(hostile, amount0, amount1, 0);
    }

    /* SCENERY */

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
