// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title IMinedFunds
/// @notice The reserve's door for native coin that was staked or mined elsewhere [R6].
interface IMinedFunds {
    function receiveMinedFunds() external payable;
}
