// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolKind} from "./PoolKind.sol";

/// @notice Where forks differ in how liquidity is added and taken out.
enum PoolForm {
    /// As Uniswap and Balancer have it.
    Plain,
    /// A pair whose fees leave it and are claimed.
    Solidly,
    /// Uniswap V3's, but for the callback's name.
    PancakeV3,
    /// Algebra 1.9 and Camelot: a mint of six arguments.
    Algebra,
    /// The same mint, and a burn of four.
    AlgebraIntegral
}

/// @notice A pool that the reserve may deepen, and on what terms.
struct Pool {
    /// Wrapped native coin where the pool has native coin.
    address token0;
    PoolKind kind;
    PoolForm form;
    /// The furthest from the guard's price that the pool may be before and after.
    uint16 maxDeviationBps;
    /// The most that a conversion may bring less than the guard's price.
    uint16 slippageBps;
    /// The most that one injection may add to the liquidity that is active.
    uint16 depthBps;
    /// Seconds from one injection to the next.
    uint32 coolDown;
    address token1;
    /// Basis points of a constant product, hundredths of them of a Uniswap V4 pool, otherwise 0.
    uint24 fee;
    /// Of concentrated pools and Uniswap V4's.
    int24 tickSpacing;
    /// Whether liquidity may be added. Set by the reserve.
    bool active;
    /// When liquidity was added last. Set by the reserve.
    uint40 injectedAt;
    /// Says what the pool's price should be.
    address guard;
    /// Ticks from the price to either end of a concentrated position; 0: over the whole range.
    int24 halfWidth;
    /// Whether token0 is native coin to the pool.
    bool native;
    /// The manager or vault that keeps the pool; zero where the pool keeps itself.
    address home;
}

/// @notice A position over a range of ticks.
struct Range {
    int24 lower;
    int24 upper;
    uint128 liquidity;
}
