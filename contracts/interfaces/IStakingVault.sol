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
    event SurplusSwept(address indexed token, address indexed to, uint256 amount);

    /// @notice Takes a profit from the caller and streams it. The reserve only.
    /// @dev Overlapping profit is taken in by the average of the periods, weighted by amount, and never reverts for it.
    /// @param amount Units of the asset; the caller must have approved them.
    function addProfit(uint256 amount) external;

    /// @notice Stops or allows deposits; withdrawals are never stopped [V4]. Guardian only.
    function stopDeposits(bool stopped) external;

    /// @notice Sends what lies here unaccounted to the reserve. Anyone may call.
    function sweep(address token) external returns (uint256 amount);

    /// @notice Profit taken in and not yet streamed; not part of `totalAssets()`.
    function lockedProfit() external view returns (uint256);

    /// @notice When the running stream ends, in seconds of Unix time, were the supply never zero.
    function streamEnd() external view returns (uint256);
}
