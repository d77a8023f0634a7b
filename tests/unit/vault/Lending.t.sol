// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingVault} from "../../../contracts/interfaces/IStakingVault.sol";
import {Status} from "../../../contracts/types/Book.sol";

import {MockStrategy} from "../../mocks/MockStrategy.sol";
import {Staking_Test} from "./Staking.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Vm} from "forge-std/Vm.sol";
import {ERC4626} from "solady/tokens/ERC4626.sol";
import {ReentrancyGuardTransient} from "solady/utils/ReentrancyGuardTransient.sol";

/// @notice Takes what the vault sends to the reserve.
contract MinedSink {
    uint256 public mined;
    bool private _refusing;

    function refuse() external {
        _refusing = true;
    }

    function receiveMinedFunds() external payable {
        require(!_refusing);
        mined += msg.value;
    }
}

/// @notice Mock: a strategy that calls the vault again while it is lent to.
contract RestlessStrategy is MockStrategy {
    bytes public answer;

    constructor(address vault_, address asset_) MockStrategy(vault_, asset_) {}

    function deploy(uint256, bytes calldata data) external override {
        (, answer) = vault.call(data);
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

    /* GAINS */

    function test_AGainIsTold_NothingIsNot() public {
        _yieldShare(2000);
        _allocate(strategy, 60e18);
        strategy.setResult(5e18);
        vm.expectEmit(address(vault));
        emit IStakingVault.GainBooked(address(strategy), 5e18, 1e18);
        _report(strategy);
        vm.recordLogs();
        _report(strategy);
        assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_AGainIsReportedWithNothingIdle() public {
        vm.prank(governance);
        vault.setStrategy(address(strategy), 100e18);
        _allocate(strategy, 100e18);
        strategy.setResult(7e18);
        assertEq(_report(strategy), 7e18);
        assertEq(vault.lockedProfit(), 7e18);
    }

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

    /// @dev What a strategy has gained counts for the cap: so much could not be streamed in a week without it.
    function test_AGainIsStreamedOverAPeriod() public {
        _allocate(strategy, 60e18);
        strategy.setResult(50e18);
        _report(strategy);
        assertEq(vault.streamEnd(), block.timestamp + 7 days);
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

    /// @dev It stays where the rest of the gain is, to the unit, and both are told.
    function test_AShareThatIsRefusedIsStreamed() public {
        _yieldShare(2000);
        _allocate(strategy, 60e18);
        strategy.setResult(5e18);
        sink.refuse();
        vm.expectEmit(address(vault));
        emit IStakingVault.GainBooked(address(strategy), 5e18, 1e18);
        vm.expectEmit(address(vault));
        emit IStakingVault.ShareRefused(address(sink), 1e18);
        _report(strategy);
        assertEq(vault.lockedProfit(), 5e18);
        assertEq(vault.streamEnd(), block.timestamp + 7 days);
        assertEq(vault.idleAssets(), 40e18);
        assertEq(weth.balanceOf(address(vault)), 40e18);
        assertEq(address(vault).balance + sink.mined(), 0);
        assertEq(vault.totalAssets(), 100e18);
        skip(7 days);
        assertEq(vault.totalAssets(), 105e18);
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
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.NotContract.selector, address(0)));
        vault.setYieldShare(address(0), 1);
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.NotContract.selector, stranger));
        vault.setYieldShare(stranger, 1);
        vm.expectEmit(address(vault));
        emit IStakingVault.YieldShareSet(address(0), 0);
        vault.setYieldShare(address(0), 0);
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
