// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingVault} from "../../../contracts/interfaces/IStakingVault.sol";
import {Status} from "../../../contracts/types/Book.sol";

import {MockStrategy} from "../../mocks/MockStrategy.sol";
import {Lent_Test} from "./Staking.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ReentrancyGuardTransient} from "solady/utils/ReentrancyGuardTransient.sol";

/// @notice Mock: a strategy that calls the vault again while it is lent to.
contract RestlessStrategy is MockStrategy {
    bytes public answer;

    constructor(address vault_, address asset_) MockStrategy(vault_, asset_) {}

    function deploy(uint256, bytes calldata data) external override {
        (, answer) = vault.call(data);
    }
}

/// @notice V5: what strategies are lent, and give back.
contract Lending_Test is Lent_Test {
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

    /// @dev Also with a line that the cap holds, and a loss to be booked: what is lent still counts.
    function test_AllocatingBendsNoLine() public {
        _allocate(strategy, 10e18);
        _profit(60e18);
        skip(3 days);
        strategy.setResult(-1);
        uint256 end = vault.streamEnd();
        _allocate(strategy, 50e18);
        assertEq(vault.streamEnd(), end);
    }

    function test_AllocatingIsTold() public {
        _allocate(strategy, 20e18);
        vm.expectEmit(address(vault));
        emit IStakingVault.Allocated(address(strategy), 40e18, 60e18);
        _allocate(strategy, 40e18);
    }

    /// @dev A loss makes room under the cap: it is booked first.
    function test_ALossMakesRoomUnderTheCap() public {
        _allocate(strategy, 80e18);
        strategy.setResult(-20e18);
        _allocate(strategy, 20e18);
        assertEq(_debt(strategy), 80e18);
    }

    /// @dev From the first loan, and then from the last report.
    function test_WhenItWasReported() public {
        uint256 start = block.timestamp;
        assertEq(_reportedAt(), 0);
        _allocate(strategy, 20e18);
        skip(1 days);
        _allocate(strategy, 20e18);
        assertEq(_reportedAt(), start);
        _report(strategy);
        assertEq(_reportedAt(), start + 1 days);
    }

    function _reportedAt() private view returns (uint256 at) {
        (,, at) = vault.strategyOf(address(strategy));
    }

    /// @dev Not even with every right there is.
    function test_WhoIsLentToCannotComeBack() public {
        RestlessStrategy restless = new RestlessStrategy(address(vault), address(weth));
        vm.startPrank(governance);
        vault.setStrategy(address(restless), 80e18);
        manager.grantRole(manager.ADMIN_ROLE(), address(restless), 0);
        manager.grantRole(VAULT_KEEPER_ROLE, address(restless), 0);
        manager.grantRole(GUARDIAN_ROLE, address(restless), 0);
        manager.grantRole(RESERVE_ROLE, address(restless), 0);
        vm.stopPrank();
        bytes[6] memory attempts = [
            abi.encodeCall(vault.allocate, (address(strategy), 1, "")),
            abi.encodeCall(vault.recall, (address(strategy), 1, "")),
            abi.encodeCall(vault.report, (address(strategy))),
            abi.encodeCall(vault.emergencyExit, (address(strategy), "")),
            abi.encodeCall(vault.removeStrategy, (address(strategy))),
            abi.encodeCall(vault.addProfit, (1))
        ];
        for (uint256 i; i < attempts.length; ++i) {
            vm.prank(keeper);
            vault.allocate(address(restless), 1e18, attempts[i]);
            assertEq(restless.answer(), abi.encodeWithSelector(ReentrancyGuardTransient.Reentrancy.selector));
        }
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
        bytes[6] memory calls = [
            abi.encodeCall(vault.removeStrategy, (address(strategy))),
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

    /// @dev After a loss that was not booked yet.
    function test_RecallingIsTold() public {
        _allocate(strategy, 60e18);
        strategy.setResult(-10e18);
        vm.expectEmit(address(vault));
        emit IStakingVault.LossBooked(address(strategy), 10e18);
        vm.expectEmit(address(vault));
        emit IStakingVault.Recalled(address(strategy), 25e18, 25e18);
        _recall(strategy, 25e18);
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
        vm.expectEmit(address(vault));
        emit IStakingVault.StrategySet(address(strategy), 0);
        vm.prank(guardian);
        assertEq(vault.emergencyExit(address(strategy), ""), 59.4e18);
        assertEq(_debt(strategy), 0);
        assertEq(vault.totalAssets(), 99.4e18);
        assertEq(vault.maxWithdraw(alice), 99.4e18 - 994);
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.DebtAboveCap.selector, address(strategy), 1, 0));
        _allocate(strategy, 1);
    }

    /// @dev And takes locked profit first, like any other.
    function test_TheLossOfAnEmergencyExitTakesLockedProfit() public {
        _allocate(strategy, 60e18);
        _profit(7e18);
        vm.prank(guardian);
        vault.emergencyExit(address(strategy), "");
        assertEq(vault.lockedProfit(), 6.4e18);
        assertEq(vault.totalAssets(), 100e18);
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

    /// @dev A new cap is no new strategy, which would count twice.
    function test_ACapIsChanged() public {
        _allocate(strategy, 60e18);
        vm.expectEmit(address(vault));
        emit IStakingVault.StrategySet(address(strategy), 70e18);
        vm.prank(governance);
        vault.setStrategy(address(strategy), 70e18);
        assertEq(vault.strategies().length, 1);
        assertEq(vault.totalAssets(), 100e18);
        (, uint256 cap,) = vault.strategyOf(address(strategy));
        assertEq(cap, 70e18);
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
