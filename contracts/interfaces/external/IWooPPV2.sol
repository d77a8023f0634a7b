// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

interface IWooPPV2 {
    function swap(
        address fromToken,
        address toToken,
        uint256 fromAmount,
        uint256 minToAmount,
        address to,
        address rebateTo
    ) external returns (uint256 amountOut);
    function query(address fromToken, address toToken, uint256 fromAmount) external view returns (uint256 amountOut);
}
