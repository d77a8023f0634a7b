// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice A beneficiary's part of a profit.
struct Share {
    address beneficiary;
    uint16 bps;
}

/// @notice A pool's part of what was mined, among the weights of all.
struct PoolWeight {
    address pool;
    uint96 weight;
}
