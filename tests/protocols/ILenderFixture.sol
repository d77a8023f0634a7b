// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice A flash lender, deployed fresh, in a form that a test can loop over.
interface ILenderFixture {
    /// @notice The family, as tables and failure messages name it.
    function name() external view returns (string memory);
    /// @notice A lender that holds `amount` of `token` to lend.
    /// @return lender The address to call for a loan.
    /// @return feeBps Its fee, in basis points, rounded up.
    function create(address token, uint256 amount) external returns (address lender, uint256 feeBps);
}
