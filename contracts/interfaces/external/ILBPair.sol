// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

interface ILBPair {
    /// @dev The amounts out are packed, that of token X in the lower half.
    function swap(bool swapForY, address to) external returns (bytes32 amountsOut);
    function getSwapOut(uint128 amountIn, bool swapForY)
        external
        view
        returns (uint128 amountInLeft, uint128 amountOut, uint128 fee);
}
