// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @dev What pairs of Uniswap V2 and volatile pools of Solidly share for whoever adds liquidity. Their reserves differ in
/// width, and so does the timestamp that follows.
interface ILiquidityPair {
    function token0() external view returns (address);
    function token1() external view returns (address);
    function getReserves() external view returns (uint256 reserve0, uint256 reserve1);
    function totalSupply() external view returns (uint256);
    function balanceOf(address holder) external view returns (uint256);
    function mint(address to) external returns (uint256 liquidity);
    function burn(address to) external returns (uint256 amount0, uint256 amount1);
    function skim(address to) external;
}

/// @dev Solidly's own.
interface ISolidlyLiquidity {
    function stable() external view returns (bool);
    function claimFees() external returns (uint256 claimed0, uint256 claimed1);
}
