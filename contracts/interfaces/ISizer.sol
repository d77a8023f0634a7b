// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title ISizer
/// @notice Says how much to trade along a cycle, from the pools' state of this moment [E5].
interface ISizer {
    /// @notice The input that earns most.
    /// @dev Sizable are pairs of Uniswap V2 and PancakeSwap V2, volatile Solidly pools, and the concentrated pools of
    /// Uniswap V3, PancakeSwap V3, Algebra and Uniswap V4 as far as their current range goes; else `NotSizable(venue)`.
    /// @param token What the cycle begins and ends with.
    /// @param legs The packed legs, as in a route.
    /// @param loanFeeBps What the loan costs, in basis points of it.
    /// @param cap The most that may be chosen.
    /// @return amountIn Units of `token`; 0 where nothing is to be earned.
    /// @return back What comes back for it, to a unit a leg, never more.
    function size(address token, bytes calldata legs, uint256 loanFeeBps, uint256 cap)
        external
        view
        returns (uint256 amountIn, uint256 back);
}
