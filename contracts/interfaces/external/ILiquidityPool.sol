// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @dev What pools of Uniswap V3, PancakeSwap V3 and Algebra share for whoever adds liquidity.
interface ILiquidityPool {
    function token0() external view returns (address);
    function token1() external view returns (address);
    function tickSpacing() external view returns (int24);
    function liquidity() external view returns (uint128);
    function collect(address recipient, int24 lower, int24 upper, uint128 most0, uint128 most1)
        external
        returns (uint128 amount0, uint128 amount1);
}

interface IUniswapV3Liquidity {
    function mint(address recipient, int24 lower, int24 upper, uint128 amount, bytes calldata data)
        external
        returns (uint256 amount0, uint256 amount1);
    function burn(int24 lower, int24 upper, uint128 amount) external returns (uint256 amount0, uint256 amount1);
}

/// @dev `leftoversTo` is who gets back what was paid beyond what was owed.
interface IAlgebraLiquidity {
    function mint(address leftoversTo, address recipient, int24 lower, int24 upper, uint128 amount, bytes calldata data)
        external
        returns (uint256 amount0, uint256 amount1, uint128 minted);
    /// @dev Integral's alone.
    function burn(int24 lower, int24 upper, uint128 amount, bytes calldata data)
        external
        returns (uint256 amount0, uint256 amount1);
}

interface IUniswapV3MintCallback {
    function uniswapV3MintCallback(uint256 owed0, uint256 owed1, bytes calldata data) external;
}

interface IPancakeV3MintCallback {
    function pancakeV3MintCallback(uint256 owed0, uint256 owed1, bytes calldata data) external;
}

interface IAlgebraMintCallback {
    function algebraMintCallback(uint256 owed0, uint256 owed1, bytes calldata data) external;
}
