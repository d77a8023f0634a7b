// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

interface ISolidlyPool {
    function getAmountOut(uint256 amountIn, address tokenIn) external view returns (uint256);
}
