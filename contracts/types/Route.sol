// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice Everything of a route but its legs. The layout in bytes stands in docs/SPEC.md.
struct Header {
    uint8 lender;
    uint40 deadline;
    /// Borrowed, repaid and earned.
    address token;
    uint128 amountIn;
    uint128 minProfit;
    /// Zero where the route does not ask for a parent.
    bytes32 parentHash;
    /// Zero for a flash swap.
    address lenderAddress;
    /// The largest fee of the lender, in basis points of the loan.
    uint16 maxFeeBps;
}

/// @notice One swap. Its input token is the output token of the leg before it.
struct Leg {
    uint8 venue;
    address pool;
    address tokenOut;
    /// Uniswap V2 and its forks only: the pool's fee in basis points.
    uint16 feeBps;
}
