// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @notice Lido's wrapped staked ether. Native coin sent to it is staked and wrapped.
interface IWstETH {
    function stETH() external view returns (address);
    function getStETHByWstETH(uint256 wstETHAmount) external view returns (uint256);
    function getWstETHByStETH(uint256 stETHAmount) external view returns (uint256);
}

interface IStETH {
    function getPooledEthByShares(uint256 shares) external view returns (uint256);
}

/// @notice Lido's queue of withdrawals.
interface IWithdrawalQueue {
    struct WithdrawalRequestStatus {
        uint256 amountOfStETH;
        uint256 amountOfShares;
        address owner;
        uint256 timestamp;
        bool isFinalized;
        bool isClaimed;
    }

    function requestWithdrawalsWstETH(uint256[] calldata amounts, address owner) external returns (uint256[] memory ids);
    function claimWithdrawal(uint256 id) external;
    function getWithdrawalStatus(uint256[] calldata ids) external view returns (WithdrawalRequestStatus[] memory);
    function getClaimableEther(uint256[] calldata ids, uint256[] calldata hints)
        external
        view
        returns (uint256[] memory);
    function findCheckpointHints(uint256[] calldata ids, uint256 first, uint256 last)
        external
        view
        returns (uint256[] memory hints);
    function getLastCheckpointIndex() external view returns (uint256);
}
