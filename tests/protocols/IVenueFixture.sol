// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice A venue's protocol, deployed fresh, in a form that a test can loop over.
interface IVenueFixture {
    /// @notice The family, as tables and failure messages name it.
    function name() external view returns (string memory);
    /// @notice A pool of `a` and `b` that holds these amounts of both, over the whole range where there are ranges, so that their ratio is its price.
    /// @return pool A handle: the pool's address, or 20 bytes that stand for it here.
    function create(address a, uint256 amountA, address b, uint256 amountB) external returns (address pool);
    /// @notice Swaps as a plain user would, by the pool's own entry or the protocol's own router, never through Millrace. Takes `amountIn` from the caller by transferFrom, pays the caller.
    function trade(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        external
        returns (uint256 amountOut);
}
