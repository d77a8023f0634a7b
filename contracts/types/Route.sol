// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice Everything of a route but its legs. The layout in bytes, and with it how large a number can be, stands in
/// docs/SPEC.md.
struct Header {
    uint8 lender;
    uint256 deadline;
    /// Borrowed, repaid and earned.
    address token;
    /// Zero where the executor is to size the route.
    uint256 amountIn;
    uint256 minProfit;
    /// The most that sizing may choose.
    uint256 cap;
    /// Zero where the route does not ask for a parent.
    bytes32 parentHash;
    /// Share of the profit for the block's builder, in basis points.
    uint256 tipBps;
    /// Whether the price guard is to look at what the trade leaves behind.
    bool guarded;
    /// Zero for a flash swap.
    address lenderAddress;
    /// The largest fee of the lender, in basis points of the loan.
    uint256 maxFeeBps;
}

/// @notice One swap. Its input token is the output token of the leg before it. The zero address is native coin.
struct Leg {
    uint8 venue;
    /// What is called: the pool, or the contract that keeps all pools of the venue.
    address target;
    address tokenOut;
    /// What the venue needs beyond that, right-aligned; its file says what.
    uint256 params;
}
