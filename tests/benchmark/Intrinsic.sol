// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice What a transaction costs before it begins: 21,000 and its calldata. Taken off where all pay it alike.
function intrinsicGas(bytes memory data) pure returns (uint256 used) {
    used = 21_000;
    for (uint256 i; i < data.length; ++i) {
        used += data[i] == 0 ? 4 : 16;
    }
}
