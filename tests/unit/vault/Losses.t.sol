// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingVault} from "../../../contracts/interfaces/IStakingVault.sol";

import {MockStrategy} from "../../mocks/MockStrategy.sol";
import {Lent_Test} from "./Staking.sol";
import {Vm} from "forge-std/Vm.sol";
import {ERC4626} from "solady/tokens/ERC4626.sol";

/// @notice V5: what strategies lose, and one that cannot say what it is worth.
contract Losses_Test is Lent_Test {
    function test_ALossShowsAtOnce() public {
        _allocate(strategy, 60e18);
        strategy.setResult(-10e18);
        assertEq(vault.totalAssets(), 90e18);
        assertApproxEqAbs(vault.convertToAssets(vault.balanceOf(alice)), 90e18, 1000);
    }

    /// @dev Who leaves first takes their part of it along.
    function test_NobodyLeavesAheadOfALoss() public {
        _stake(bob, 100e18);
        _allocate(strategy, 80e18);
        strategy.setResult(-20e18);
        assertApproxEqAbs(_leave(bob), 90e18, 1000);
        assertEq(_debt(strategy), 60e18);
        assertApproxEqAbs(vault.convertToAssets(vault.balanceOf(alice)), 90e18, 1000);
    }

    function test_ALossTakesLockedProfitFirst() public {
        _allocate(strategy, 60e18);
        _profit(7e18);
        strategy.setResult(-5e18);
        assertEq(vault.totalAssets(), 100e18);
        assertEq(vault.lockedProfit(), 2e18);
        strategy.setResult(-10e18);
        assertEq(vault.totalAssets(), 97e18);
        assertEq(vault.lockedProfit(), 0);
    }

    /// @dev Reading and booking agree to the unit, whatever the loss, the profit and the time.
    function testFuzz_BookingALossMovesNoPrice(uint256 loss, uint256 profit, uint256 elapsed) public {
        _allocate(strategy, 60e18);
        _profit(bound(profit, 1, 60e18));
        skip(bound(elapsed, 0, 8 days));
        loss = bound(loss, 1, 60e18);
        strategy.setResult(-int256(loss));
        (uint256 total, uint256 locked) = (vault.totalAssets(), vault.lockedProfit());
        assertEq(_report(strategy), 0);
        assertEq(_debt(strategy), 60e18 - loss);
        assertEq(vault.totalAssets(), total);
        assertEq(vault.lockedProfit(), locked);
    }

    /// @dev Whoever comes or goes.
    function test_EveryChangeBooksTheLoss() public {
        _allocate(strategy, 60e18);
        _profit(7e18);
        strategy.setResult(-5e18);
        _endow(alice, 10e18);
        vm.deal(alice, 1e18);
        bytes[6] memory changes = [
            abi.encodeCall(vault.depositNative, (alice)),
            abi.encodeCall(vault.deposit, (1e18, alice)),
            abi.encodeCall(vault.mint, (1e24, alice)),
            abi.encodeCall(vault.withdraw, (1e18, alice, alice)),
            abi.encodeCall(vault.redeem, (1e24, alice, alice)),
            abi.encodeCall(vault.redeemNative, (1e24, alice, alice))
        ];
        uint256 state = vm.snapshotState();
        for (uint256 i; i < changes.length; ++i) {
            vm.expectEmit(address(vault));
            emit IStakingVault.LossBooked(address(strategy), 5e18);
            vm.prank(alice);
            (bool done,) = address(vault).call{value: i == 0 ? 1e18 : 0}(changes[i]);
            assertTrue(done);
            assertEq(_debt(strategy), 55e18);
            assertEq(vault.lockedProfit(), 2e18);
            vm.revertToState(state);
        }
    }

    function test_ALossOfOneUnitIsBooked() public {
        _allocate(strategy, 60e18);
        strategy.setResult(-1);
        _stake(bob, 1e18);
        assertEq(_debt(strategy), 60e18 - 1);
    }

    /// @dev A strategy that is worth what it owes has lost nothing.
    function test_OnlyALossIsTold() public {
        _allocate(strategy, 50e18);
        MockStrategy other = _strategy(40e18);
        _allocate(other, 40e18);
        other.setResult(-10e18);
        vm.recordLogs();
        _stake(bob, 1e18);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        uint256 told;
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] == IStakingVault.LossBooked.selector) ++told;
        }
        assertEq(told, 1);
    }

    /// @dev There is nothing by which to measure how fast a profit may come: it takes as long as it can.
    function test_ProfitAfterEverythingIsLost() public {
        vm.prank(governance);
        vault.setStrategy(address(strategy), 100e18);
        _allocate(strategy, 100e18);
        strategy.setResult(-100e18);
        assertEq(vault.totalAssets(), 0);
        _profit(7e18);
        assertEq(vault.lockedProfit(), 7e18);
        assertEq(vault.streamEnd(), block.timestamp + type(uint32).max);
    }

    /// @dev A loss that was booked and made good is a gain: who bought in between gets their share of it over time.
    function test_ARecoveryIsStreamed() public {
        _allocate(strategy, 60e18);
        strategy.setResult(-20e18);
        _stake(bob, 80e18);
        strategy.setResult(0);
        assertEq(vault.totalAssets(), 160e18);
        _report(strategy);
        assertEq(vault.totalAssets(), 160e18);
        assertEq(vault.lockedProfit(), 20e18);
    }

    /// @dev Profit that comes after a loss fills no hole in one step.
    function test_ProfitAfterALossIsStreamed() public {
        _allocate(strategy, 60e18);
        strategy.setResult(-20e18);
        _profit(7e18);
        assertEq(vault.totalAssets(), 80e18);
        assertEq(vault.lockedProfit(), 7e18);
    }

    function test_TwoStrategiesAreCountedEachByItself() public {
        MockStrategy other = _strategy(40e18);
        _allocate(strategy, 50e18);
        _allocate(other, 40e18);
        strategy.setResult(30e18);
        other.setResult(-10e18);
        assertEq(vault.totalAssets(), 90e18);
        _report(strategy);
        assertEq(_debt(other), 30e18);
        assertEq(vault.totalAssets(), 90e18);
        assertEq(vault.lockedProfit(), 30e18);
    }

    /* A STRATEGY THAT CANNOT SAY */

    function test_AStrategyThatCannotSayStopsNoExit() public {
        _allocate(strategy, 60e18);
        strategy.setMute(true);
        assertEq(vault.totalAssets(), 40e18);
        assertEq(vault.maxDeposit(bob), 0);
        _endow(bob, 1e18);
        vm.prank(bob);
        vm.expectRevert(ERC4626.DepositMoreThanMax.selector);
        vault.deposit(1e18, bob);
        vm.expectRevert(IStakingVault.ValueUnknown.selector);
        _report(strategy);
        MockStrategy other = _strategy(1);
        vm.expectRevert(IStakingVault.ValueUnknown.selector);
        _report(other);
        vm.prank(alice);
        vault.withdraw(1e18, alice, alice);
        assertEq(_debt(strategy), 60e18);
        strategy.setMute(false);
        assertEq(vault.totalAssets(), 99e18);
    }

    function test_ARemovedStrategyIsALoss() public {
        MockStrategy other = _strategy(10e18);
        _allocate(other, 10e18);
        _allocate(strategy, 60e18);
        _profit(7e18);
        strategy.setMute(true);
        vm.prank(governance);
        vault.removeStrategy(address(strategy));
        assertEq(vault.totalAssets(), 47e18);
        assertEq(vault.lockedProfit(), 0);
        assertEq(vault.maxDeposit(bob), type(uint88).max - 47e18);
        assertEq(vault.strategies().length, 1);
        assertEq(vault.strategies()[0], address(other));
    }

    function test_ARemovedStrategyTakesNoMoreThanItOwes() public {
        _allocate(strategy, 5e18);
        _profit(7e18);
        strategy.setResult(-1e18);
        vm.expectEmit(address(vault));
        emit IStakingVault.LossBooked(address(strategy), 1e18);
        vm.expectEmit(address(vault));
        emit IStakingVault.StrategyRemoved(address(strategy), 4e18);
        vm.prank(governance);
        vault.removeStrategy(address(strategy));
        assertEq(vault.lockedProfit(), 2e18);
        assertEq(vault.totalAssets(), 100e18);
    }

    function test_TheOthersStayWhenOneIsRemoved() public {
        MockStrategy second = _strategy(1);
        MockStrategy third = _strategy(1);
        _allocate(strategy, 5e18);
        vm.startPrank(governance);
        vault.removeStrategy(address(strategy));
        assertEq(vault.strategies().length, 2);
        assertEq(vault.strategies()[0], address(third));
        assertEq(vault.strategies()[1], address(second));
        (uint256 debt, uint256 cap, uint256 reportedAt) = vault.strategyOf(address(strategy));
        assertEq(debt + cap + reportedAt, 0);
        vault.setStrategy(address(strategy), 3);
        assertEq(vault.strategies().length, 3);
    }
}
