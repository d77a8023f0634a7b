// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

interface IDodoV2Pool {
    function sellBase(address to) external returns (uint256 amountOut);
    function sellQuote(address to) external returns (uint256 amountOut);
    function querySellBase(address trader, uint256 amountIn) external view returns (uint256 amountOut, uint256 fee);
    function querySellQuote(address trader, uint256 amountIn) external view returns (uint256 amountOut, uint256 fee);
    function flashLoan(uint256 baseAmount, uint256 quoteAmount, address assetTo, bytes calldata data) external;
}
