// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Ratio} from "../types/Ratio.sol";

/// @title IPriceGuard
/// @notice Says what a price is that nobody has bent, and whether a pool is near it. Numbers in brackets name the rules
/// in docs/SPEC.md.
/// @dev Every function reverts rather than guess [G1]. Pools are named as the reserve knows them: by their address, or, of
/// Uniswap V4, by the first 20 bytes of their id. The zero address as a token is native coin, and worth its wrapped coin.
interface IPriceGuard {
    /// @notice The guard does not know the pool.
    error PoolUnknown(address pool);
    /// @notice The pool does not trade the tokens that it is said to.
    error PoolTokensDiffer(address pool, address tokenA, address tokenB);
    /// @notice The pool's own price is further from the reference than the bound. Both in Q128, `token1` per `token0`.
    error PoolDeviates(address pool, uint256 spot, uint256 fair, uint256 maxDeviationBps);
    /// @notice There is no reference for the pair.
    error PriceMissing(address tokenIn, address tokenOut);
    /// @notice The pair's TWAP and its feeds are further apart than governance allows [G2]. Both in Q128, `token1` per
    /// `token0` of the pair in the order of addresses.
    error SourcesDisagree(address token0, address token1, uint256 twap, uint256 feeds);
    /// @notice More than the whole.
    error BoundTooWide(uint256 bps);
    /// @notice A cycle of n pools has n + 1 tokens.
    error LengthsDiffer(uint256 tokens, uint256 pools);

    /// @notice Reverts unless each pool's price now is within its own bound of the reference [E7]. Asked after the swaps.
    /// @param tokens The cycle's tokens in order, the first again at the end: `pools[i]` was sold `tokens[i]` for
    /// `tokens[i + 1]`.
    /// @param pools The cycle's pools. The wrapped coin itself, as a pool of native and wrapped coin, is always fair.
    function requireFair(address[] calldata tokens, address[] calldata pools) external view;

    /// @notice Reverts unless the pool's own price is within `maxDeviationBps` of the reference.
    /// @param maxDeviationBps Basis points of the reference, of the price of `token0` in `token1`; at most 10,000.
    /// @return fair The reference: units of the pool's `token1` for one unit of its `token0`.
    function requireNear(address pool, uint256 maxDeviationBps) external view returns (Ratio memory fair);

    /// @notice The same, by a reference that `requireNear` has returned in this very transaction: no source is read again.
    function requireStillNear(address pool, Ratio calldata fair, uint256 maxDeviationBps) external view;

    /// @notice Units of `tokenOut` that `amountIn` units of `tokenIn` are worth by the references, rounded down.
    function quote(address tokenIn, uint256 amountIn, address tokenOut) external view returns (uint256 amountOut);

    /// @notice The pool's own price: units of its `token1` for one unit of its `token0`, times 2^128, rounded down.
    /// @dev Anyone can bend it within a transaction. `requireNear` compares by the exact fraction, not by this.
    function spot(address pool) external view returns (uint256);

    /// @notice The pool's tokens as registered here; both zero where the guard does not know the pool.
    function poolTokens(address pool) external view returns (address token0, address token1);
}
