// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

interface IAaveV3Pool {
    function flashLoanSimple(
        address receiver,
        address asset,
        uint256 amount,
        bytes calldata params,
        uint16 referralCode
    ) external;

    /// @notice A reserve's data, of which more words follow. The ninth is the address of its interest-bearing token, where
    /// what can be lent lies.
    function getReserveData(address asset) external view returns (uint256[9] memory);
}
