// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IReportPolicy} from "../../../script/deployment/Interfaces.sol";
import {MockStrategy} from "../../mocks/MockStrategy.sol";
import {Staking_Test} from "./Staking.sol";

/// @notice When a report is worth its gas.
contract ReportPolicy_Test is Staking_Test {
    uint256 private constant GAS = 200_000;
    IReportPolicy internal policy;
    MockStrategy internal strategy;

    function setUp() public override {
        super.setUp();
        policy = IReportPolicy(create("ReportPolicy", abi.encode(vault, GAS)));
        _stake(alice, 1000e18);
        strategy = _strategy(1000e18);
        _allocate(strategy, 800e18);
        vm.fee(10 gwei);
        vm.txGasPrice(0);
    }

    function _due() private view returns (bool due) {
        (due,) = policy.reportTrigger(address(strategy));
    }

    /// @dev A report costs 0.002; √(2 · 0.002 · 800) = √3.2.
    function test_AGainIsDueWhereTheSumOfCostsIsLeast() public {
        uint256 gain = policy.gainDue(800e18, 0.002e18);
        assertEq(gain, 1_788_854_381_999_831_757);
        strategy.setResult(int256(gain) - 1);
        assertFalse(_due());
        strategy.setResult(int256(gain));
        assertTrue(_due());
    }

    function test_TheCallMakesTheReport() public {
        strategy.setResult(5e18);
        (bool due, bytes memory call) = policy.reportTrigger(address(strategy));
        assertTrue(due);
        vm.prank(keeper);
        (bool done,) = address(vault).call(call);
        assertTrue(done);
        assertEq(vault.lockedProfit(), 5e18);
        assertFalse(_due());
    }

    function test_NothingIsDueWithoutAGain_HoweverCheap() public {
        vm.fee(0);
        assertFalse(_due());
        strategy.setResult(1);
        assertEq(policy.gasCost(), 0);
        assertTrue(_due());
    }

    function test_ALossIsDueAtOnce() public {
        strategy.setResult(-1);
        assertTrue(_due());
    }

    function test_NothingIsDueThatCannotBeSaid() public {
        strategy.setResult(-1);
        strategy.setMute(true);
        assertFalse(_due());
    }

    function test_TheCallersPriceCountsIfItIsHigher() public {
        vm.txGasPrice(30 gwei);
        assertEq(policy.gasCost(), GAS * 30 gwei);
    }

    function test_ASmallDebtPaysForItsReport() public view {
        assertEq(policy.gainDue(0.0005e18, 0.002e18), 0.002e18);
    }

    /// @dev 800 that yield 8 in 30 days: √3.2 takes 6.7 days of it, and 0.002 takes 648 seconds.
    function test_Intervals() public {
        (uint256 best, uint256 breakEven) = policy.intervals(address(strategy));
        assertEq(best, type(uint256).max);
        assertEq(breakEven, type(uint256).max);
        skip(30 days);
        strategy.setResult(8e18);
        (best, breakEven) = policy.intervals(address(strategy));
        assertEq(best, (uint256(1_788_854_381_999_831_757) * 30 days + 8e18 - 1) / 8e18);
        assertEq(breakEven, 648);
    }

    /// @dev Within the second of the report, without a gain, or where it cannot be said.
    function test_IntervalsWithoutYield() public {
        strategy.setResult(8e18);
        _assertNoYield(strategy);
        skip(30 days);
        strategy.setResult(0);
        _assertNoYield(strategy);
        strategy.setResult(-1);
        _assertNoYield(strategy);
        MockStrategy idle = _strategy(1);
        idle.setMute(true);
        _assertNoYield(idle);
    }

    function _assertNoYield(MockStrategy of_) private view {
        (uint256 best, uint256 breakEven) = policy.intervals(address(of_));
        assertEq(best, type(uint256).max);
        assertEq(breakEven, type(uint256).max);
    }

    /// @dev No other interval costs less: g/T + y²·D·T/2, tried around the best.
    function testFuzz_TheBestIntervalCostsLeast(uint256 debt, uint256 cost, uint256 percent) public view {
        debt = bound(debt, 1e18, 1e24);
        cost = bound(cost, 1e12, 1e17);
        percent = bound(percent, 1, 400);
        uint256 best = policy.gainDue(debt, cost);
        uint256 other = best * percent / 100;
        // In gains G = y·D·T instead of T the sum is y·(g·D/G + G/2), of which y plays no part.
        assertLe(cost * debt / best + best / 2, cost * debt / other + other / 2 + 3);
    }
}
