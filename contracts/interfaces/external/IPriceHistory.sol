// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @dev Uniswap V3, PancakeSwap V3 and Slipstream: sums over time of the tick and of 2^128 / liquidity.
interface IUniswapV3History {
    function observe(uint32[] calldata secondsAgos) external view returns (int56[] memory, uint160[] memory);
}

/// @dev Algebra 1.9 and Camelot answer with the same two sums, and more; Integral's plugin with that of the tick first.
interface IAlgebraHistory {
    function getTimepoints(uint32[] calldata secondsAgos) external view returns (int56[] memory, uint160[] memory);
}

interface IAlgebraIntegralPool {
    function plugin() external view returns (address);
}

/// @dev Sums over time of the price as Q112, with the overflow that is meant.
interface IUniswapV2History {
    function getReserves() external view returns (uint112 reserve0, uint112 reserve1, uint32 timestamp);
    function price0CumulativeLast() external view returns (uint256);
    function price1CumulativeLast() external view returns (uint256);
}
