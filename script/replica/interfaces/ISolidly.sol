// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

interface ISolidlyFactory {
    function createPool(address a, address b, bool stable) external returns (address pool);
    function getPool(address a, address b, bool stable) external view returns (address pool);
    function getFee(address pool, bool stable) external view returns (uint256);
    function implementation() external view returns (address);
}

interface ISolidlyPool {
    function mint(address to) external returns (uint256 liquidity);
    function getAmountOut(uint256 amountIn, address tokenIn) external view returns (uint256);
    function getReserves() external view returns (uint256 reserve0, uint256 reserve1, uint256 timestamp);
    function swap(uint256 amount0Out, uint256 amount1Out, address to, bytes calldata data) external;
    function factory() external view returns (address);
    function token0() external view returns (address);
    function token1() external view returns (address);
    function stable() external view returns (bool);
}
