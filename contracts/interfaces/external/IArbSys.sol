// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice The part of Arbitrum's system contract that knows its blocks.
interface IArbSys {
    function arbBlockNumber() external view returns (uint256);

    /// @notice Of one of the last 256 blocks.
    function arbBlockHash(uint256 number) external view returns (bytes32);
}
