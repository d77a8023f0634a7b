// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title IInbox
/// @notice Where what is sent to a pool from other chains arrives: one a pool, which can credit that pool alone.
/// @dev Numbers in brackets name the rules in docs/SPEC.md.
interface IInbox {
    error NothingArrived(address token);

    /// @notice Hands all that lies here of a token to the reserve, for this inbox's pool [R7]. Anyone may call.
    /// @return amount What the reserve measured.
    function flush(address token) external returns (uint256 amount);

    /// @notice The reserve that created this inbox, and knows its pool.
    function reserve() external view returns (address);
}
