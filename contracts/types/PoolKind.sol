// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice What a pool is to whoever reads its price or adds to it.
enum PoolKind {
    /// Not registered.
    None,
    /// Uniswap V2 and its forks; Solidly's volatile pools.
    ConstantProduct,
    /// Uniswap V3, PancakeSwap V3, Slipstream; Algebra 1.9, Camelot, Integral.
    Concentrated,
    /// A pool of Uniswap V4's manager, named by the first 20 bytes of its id.
    UniswapV4,
    /// A weighted pool of two tokens at Balancer V2's vault.
    Balancer
}
