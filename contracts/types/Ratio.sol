// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice A price: units of one token for one unit of another, num / den. Both at least 1 and below 2^240, so that two
/// prices compare exactly.
struct Ratio {
    uint256 num;
    uint256 den;
}
