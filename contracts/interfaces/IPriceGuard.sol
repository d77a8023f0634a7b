// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title IPriceGuard
/// @notice Says whether the prices that a trade leaves behind are prices that nobody has bent.
interface IPriceGuard {
    /// @notice Reverts unless the pools' prices now agree with the guard's references [E7]. Asked after the swaps.
    /// @param tokens The cycle's tokens in order, the first again at the end: `pools[i]` was sold `tokens[i]` for
    /// `tokens[i + 1]`. The zero address is native coin.
    /// @param pools The cycle's pools, as the reserve knows them.
    function requireFair(address[] calldata tokens, address[] calldata pools) external view;
}
