// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice Balancer's interface of what a wrapped token is worth: units of the asset for 1e18 units of the token.
interface IRateProvider {
    function getRate() external view returns (uint256);
}
