// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingStrategy} from "../interfaces/IStakingStrategy.sol";
import {IStakingVault} from "../interfaces/IStakingVault.sol";

import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

/// @title ReportPolicy
/// @notice Says when a strategy is to be reported, so that gas is worth it. Holds nothing and decides nothing.
/// @dev
/// BREAK-EVEN: a stake D that yields y a second has gained y·D·t after t seconds. A report that costs g is paid for once
/// y·D·t = g, that is after g / (y·D).
///
/// BEST: what is not reported earns nothing for whom it belongs to. Reporting every T seconds costs g/T a second in gas, and
/// y·(y·D·T/2) in yield on what waits, y·D·T/2 of it on average. The sum is least where g/T² = y²·D/2, at
/// T = √(2·g/D) / y, and then y·D·T = √(2·g·D) has been gained. So a report is due when the gain reaches that, whatever the
/// yield; and not before it pays for itself, g, which is more where D is below g/2.
///
/// GAS counts at the base fee of the block, or at the caller's price if that is higher; what a rollup charges for data does
/// not count.
contract ReportPolicy {
    using FixedPointMathLib for uint256;

    IStakingVault public immutable vault;
    /// @notice Gas of a report.
    uint256 public immutable reportGas;

    constructor(IStakingVault vault_, uint256 reportGas_) {
        (vault, reportGas) = (vault_, reportGas_);
    }

    /// @notice Whether a report of the strategy is due now, and the call that makes it.
    /// @return due A gain has reached what is best, or there is a loss to book. False if it cannot say what it is worth.
    /// @return call What to call the vault with.
    function reportTrigger(address strategy) external view returns (bool due, bytes memory call) {
        call = abi.encodeCall(IStakingVault.report, (strategy));
        // Neither cap nor time of the last report matters.
        // slither-disable-next-line unused-return
        (uint256 debt,,) = vault.strategyOf(strategy);
        (bool known, uint256 worth) = _worth(strategy);
        if (!known) return (false, call);
        due = worth < debt || (worth != debt && worth - debt >= gainDue(debt, gasCost()));
    }

    /// @notice Seconds between reports at which the sum of gas and of yield forgone is least, at the yield since the last
    /// report; and those after which a report has paid for itself. The largest number if there is no yield.
    function intervals(address strategy) external view returns (uint256 best, uint256 breakEven) {
        // The cap does not matter.
        // slither-disable-next-line unused-return
        (uint256 debt,, uint256 reportedAt) = vault.strategyOf(strategy);
        (, uint256 worth) = _worth(strategy);
        // Within the report's own second there is no yield to tell.
        // slither-disable-next-line incorrect-equality
        if (worth <= debt || block.timestamp == reportedAt) return (type(uint256).max, type(uint256).max);
        (uint256 elapsed, uint256 gain) = (block.timestamp - reportedAt, worth - debt);
        best = gainDue(debt, gasCost()).fullMulDivUp(elapsed, gain);
        breakEven = gasCost().fullMulDivUp(elapsed, gain);
    }

    /// @notice The gain at which a report of a debt is due if it costs `cost`: √(2·cost·debt), and `cost` at the least.
    function gainDue(uint256 debt, uint256 cost) public pure returns (uint256) {
        return (2 * cost * debt).sqrt().max(cost);
    }

    /// @notice What a report costs at the present price of gas, in wei.
    function gasCost() public view returns (uint256) {
        return reportGas * block.basefee.max(tx.gasprice);
    }

    function _worth(address strategy) private view returns (bool known, uint256 worth) {
        try IStakingStrategy(strategy).worth() returns (uint256 value) {
            return (true, value);
        } catch {
            return (false, 0);
        }
    }
}
