// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice A contract that trades one route, which it knows by heart, and keeps the profit.
interface IContender {
    function run(uint256 amountIn) external;
}
