// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingVault} from "../../../contracts/interfaces/IStakingVault.sol";
import {Status} from "../../../contracts/types/Book.sol";

import {MockStrategy} from "../../mocks/MockStrategy.sol";
import {Staking_Test} from "./Staking.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ERC4626} from "solady/tokens/ERC4626.sol";

/// @notice Takes what the vault sends to the reserve.
contract MinedSink {
    uint256 public mined;

    function receiveMinedFunds() external payable {
        mined += msg.value;
    }
}

/// @notice V5: what strategies are lent, count for, gain and lose.
contract Lending_Test is Staking_Test {
    MockStrategy internal strategy;
    MinedSink internal sink;

    function setUp() public override {
        super.setUp();
        _stake(alice, 100e18);
        strategy = _strategy(80e18);
        sink = new MinedSink();
    }

    function _yieldShare(uint256 bps) private {
        vm.prank(governance);
        vault.setYieldShare(address(sink), bps);
    }

    function _recall(MockStrategy from, uint256 amount) private returns (uint256) {
        vm.prank(keeper);
        return vault.recall(address(from), amount, "");
    }

    /* ALLOCATING */

    function test_AllocatingMovesNoPrice() public {
        _allocate(strategy, 60e18);
        assertEq(vault.totalAssets(), 100e18);
        assertEq(vault.idleAssets(), 40e18);
        assertEq(weth.balanceOf(address(strategy)), 60e18);
        assertEq(vault.maxWithdraw(alice), 40e18);
    }

    function test_RevertWhen_TheCapIsExceeded() public {
        vm.expectRevert(
            abi.encodeWithSelector(IStakingVault.DebtAboveCap.selector, address(strategy), 80e18 + 1, 80e18)
        );
        _allocate(strategy, 80e18 + 1);
    }

    function test_RevertWhen_MoreThanIdleIsAllocated() public {
        vm.prank(governance);
        vault.setStrategy(address(strategy), 200e18);
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.NotLiquid.selector, 101e18, 100e18));
        _allocate(strategy, 101e18);
    }

    function test_RevertWhen_NothingIsAllocated() public {
        vm.expectRevert(IStakingVault.AmountZero.selector);
        _allocate(strategy, 0);
    }

    function test_RevertWhen_TheStrategyIsUnknown() public {
        bytes memory reason = abi.encodeWithSelector(IStakingVault.StrategyUnknown.selector, stranger);
        vm.startPrank(keeper);
        vm.expectRevert(reason);
        vault.allocate(stranger, 1, "");
        vm.expectRevert(reason);
        vault.recall(stranger, 1, "");
        vm.expectRevert(reason);
        vault.report(stranger);
        vm.stopPrank();
        vm.prank(guardian);
        vm.expectRevert(reason);
        vault.emergencyExit(stranger, "");
        vm.prank(governance);
        vm.expectRevert(reason);
        vault.removeStrategy(stranger);
    }

    function test_RevertWhen_TheCallerHasNotTheRole() public {
        bytes[5] memory calls = [
            abi.encodeCall(vault.allocate, (address(strategy), 1, "")),
            abi.encodeCall(vault.recall, (address(strategy), 1, "")),
            abi.encodeCall(vault.report, (address(strategy))),
            abi.encodeCall(vault.setStrategy, (address(strategy), 1)),
            abi.encodeCall(vault.emergencyExit, (address(strategy), ""))
        ];
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(stranger);
            (bool done, bytes memory reason) = address(vault).call(calls[i]);
            assertFalse(done);
            assertEq(reason, abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        }
    }

    /* RECALLING */

    function test_RecallingMovesNoPrice() public {
        _allocate(strategy, 60e18);
        assertEq(_recall(strategy, 25e18), 25e18);
        assertEq(vault.totalAssets(), 100e18);
        assertEq(vault.idleAssets(), 65e18);
        assertEq(_debt(strategy), 35e18);
    }

    /// @dev What comes back beyond the debt is a gain, and streamed.
    function test_WhatComesBackBeyondTheDebtIsStreamed() public {
        _allocate(strategy, 60e18);
        fund(address(weth), address(strategy), 3e18);
        strategy.setResult(3e18);
        _recall(strategy, type(uint256).max);
        assertEq(_debt(strategy), 0);
        assertEq(vault.totalAssets(), 100e18);
        assertEq(vault.lockedProfit(), 3e18);
    }

    /// @dev What the way back costs is booked at once.
    function test_TheLossOfAnEmergencyExitIsBookedAtOnce() public {
        _allocate(strategy, 60e18);
        vm.prank(guardian);
        assertEq(vault.emergencyExit(address(strategy), ""), 59.4e18);
        assertEq(_debt(strategy), 0);
        assertEq(vault.totalAssets(), 99.4e18);
        assertEq(vault.maxWithdraw(alice), 99.4e18 - 994);
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.DebtAboveCap.selector, address(strategy), 1, 0));
        _allocate(strategy, 1);
    }

    /* GAINS */

    function test_AGainCountsOnlyByReport() public {
        _allocate(strategy, 60e18);
        strategy.setResult(7e18);
        assertEq(vault.totalAssets(), 100e18);
        assertEq(_report(strategy), 7e18);
        assertEq(vault.totalAssets(), 100e18);
        assertEq(vault.lockedProfit(), 7e18);
        skip(7 days);
        assertEq(vault.totalAssets(), 107e18);
    }

    function test_AShareOfAGainIsMinedFunds() public {
        _yieldShare(2000);
        _allocate(strategy, 60e18);
        strategy.setResult(5e18);
        _report(strategy);
        assertEq(sink.mined(), 1e18);
        assertEq(vault.lockedProfit(), 4e18);
        assertEq(vault.idleAssets(), 39e18);
        assertEq(vault.totalAssets(), 100e18);
        assertEq(weth.balanceOf(address(vault)), 39e18);
    }

    function test_RevertWhen_TheReservesShareIsNotIdle() public {
        _yieldShare(5000);
        _allocate(strategy, 80e18);
        vm.startPrank(alice);
        vault.withdraw(20e18, alice, alice);
        strategy.setResult(5e18);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.NotLiquid.selector, 2.5e18, 0));
        _report(strategy);
    }

    function test_RevertWhen_TheYieldShareIsTooHigh() public {
        vm.startPrank(governance);
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.ShareTooHigh.selector, 5001, 5000));
        vault.setYieldShare(address(sink), 5001);
        vm.expectRevert(IStakingVault.ZeroAddress.selector);
        vault.setYieldShare(address(0), 1);
        vault.setYieldShare(address(sink), 0);
        (address to, uint256 bps) = vault.yieldShare();
        assertEq(to, address(sink));
        assertEq(bps, 0);
    }

    /* LOSSES */

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

    /* GOVERNANCE */

    function test_RevertWhen_AStrategyBelongsElsewhere() public {
        MockStrategy wrongVault = new MockStrategy(stranger, address(weth));
        MockStrategy wrongAsset = new MockStrategy(address(vault), stranger);
        vm.startPrank(governance);
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.StrategyMismatch.selector, address(wrongVault)));
        vault.setStrategy(address(wrongVault), 1);
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.StrategyMismatch.selector, address(wrongAsset)));
        vault.setStrategy(address(wrongAsset), 1);
    }

    function test_RevertWhen_ThereAreTooManyStrategies() public {
        _strategy(1);
        _strategy(1);
        _strategy(1);
        MockStrategy fifth = new MockStrategy(address(vault), address(weth));
        vm.prank(governance);
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.TooManyStrategies.selector, 4));
        vault.setStrategy(address(fifth), 1);
    }

    /* SHUTDOWN */

    function test_AShutVaultLendsNoMoreAndPaysOut() public {
        _allocate(strategy, 60e18);
        vm.prank(governance);
        vault.shutDown();
        assertTrue(vault.status() == Status.Shut);
        assertEq(vault.maxDeposit(bob), 0);
        vm.expectRevert(IStakingVault.VaultShut.selector);
        _allocate(strategy, 1);
        vm.prank(guardian);
        vm.expectRevert(IStakingVault.VaultShut.selector);
        vault.stopDeposits(false);
        vm.prank(address(reserve));
        vm.expectRevert(IStakingVault.VaultShut.selector);
        vault.addProfit(1);
        _recall(strategy, type(uint256).max);
        assertEq(_leave(alice), 100e18 - 1000);
    }
}
