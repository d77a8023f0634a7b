// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice A leg that pays reserveOut·y / (reserveIn + y) for an input x, of which y = x·(1 − fee) is left by the fee.
/// @dev A concentrated pool within one range is that too, with virtual reserves.
struct ConstantProduct {
    /// Units of the token sold to the pool, at most 2^193.
    uint256 reserveIn;
    /// Units of the token bought from it, at most 2^193.
    uint256 reserveOut;
    /// In millionths of the input.
    uint256 feePips;
    /// The largest input, fee included, for which the leg pays so; type(uint256).max where it always does.
    uint256 maxIn;
}
