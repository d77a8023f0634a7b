// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";

/// @title IStakingVault
/// @notice ERC-4626 shares of the wrapped native coin; profit is streamed to them in a straight line.
/// @dev Assets are counted, not weighed: a token that is sent here without `addProfit` or `deposit` moves no price [V3].
/// Numbers in brackets name the rules in docs/SPEC.md.
interface IStakingVault is IERC4626 {
    event ProfitAdded(address indexed from, uint256 amount, uint256 locked, uint256 streamEnd);
    event DepositsStopped(bool stopped);

    error PeriodZero();
    /// @notice A profit of zero would move the stream's clock and nothing else.
    error ProfitZero();

    /// @notice Takes a profit from the caller and streams it. The reserve only.
    /// @dev Overlapping profit is taken in by the average of the periods, weighted by amount, and never reverts for it.
    /// @param amount Units of the asset; the caller must have approved them.
    function addProfit(uint256 amount) external;

    /// @notice Stops or allows deposits; withdrawals are never stopped [V4]. Guardian only.
    function stopDeposits(bool stopped) external;

    /// @notice Profit taken in and not yet streamed; not part of `totalAssets()`.
    function lockedProfit() external view returns (uint256);

    /// @notice When the running stream ends, in Unix seconds, if somebody holds shares until then.
    function streamEnd() external view returns (uint256);

    /// @notice Seconds over which a profit is streamed that arrives alone.
    function streamPeriod() external view returns (uint256);

    function depositsStopped() external view returns (bool);
}
