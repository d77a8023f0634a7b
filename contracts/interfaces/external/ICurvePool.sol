// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @dev The first pools return nothing and later ones what they paid, so nothing is read where both may be met.
interface ICurvePool {
    function exchange(int128 i, int128 j, uint256 amountIn, uint256 minAmountOut) external payable;
    function exchange(uint256 i, uint256 j, uint256 amountIn, uint256 minAmountOut) external payable;
    // The pool's own name.
    // slither-disable-next-line naming-convention
    function exchange_received(int128 i, int128 j, uint256 amountIn, uint256 minAmountOut, address receiver)
        external
        returns (uint256 amountOut);
}
