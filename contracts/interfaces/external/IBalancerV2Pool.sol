// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

interface IBalancerV2WeightedPool {
    function getPoolId() external view returns (bytes32);
    function getNormalizedWeights() external view returns (uint256[] memory);
}

/// @dev What Balancer V2's vault says of its pools; and a function that does nothing but ask for the vault's lock.
interface IBalancerV2Pools {
    struct UserBalanceOp {
        uint8 kind;
        address asset;
        uint256 amount;
        address sender;
        address recipient;
    }

    function getPool(bytes32 poolId) external view returns (address pool, uint8 specialization);
    function getPoolTokens(bytes32 poolId)
        external
        view
        returns (address[] memory tokens, uint256[] memory balances, uint256 lastChangeBlock);
    function manageUserBalance(UserBalanceOp[] calldata ops) external payable;
}
