// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

interface IUniswapV3Pool {
    /// @dev Positive amounts are owed to the pool, negative ones paid by it. A positive `amountSpecified` is an exact input.
    function swap(
        address recipient,
        bool zeroForOne,
        int256 amountSpecified,
        uint160 sqrtPriceLimitX96,
        bytes calldata data
    ) external returns (int256 amount0, int256 amount1);
    function flash(address recipient, uint256 amount0, uint256 amount1, bytes calldata data) external;
    function token0() external view returns (address);
}
