// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @dev What Balancer V2's vault has for whoever adds liquidity.
interface IBalancerV2Liquidity {
    struct JoinPoolRequest {
        address[] assets;
        uint256[] maxAmountsIn;
        bytes userData;
        bool fromInternalBalance;
    }

    struct ExitPoolRequest {
        address[] assets;
        uint256[] minAmountsOut;
        bytes userData;
        bool toInternalBalance;
    }

    function joinPool(bytes32 poolId, address sender, address recipient, JoinPoolRequest calldata request)
        external
        payable;
    function exitPool(bytes32 poolId, address sender, address payable recipient, ExitPoolRequest calldata request)
        external;
    function getPool(bytes32 poolId) external view returns (address pool, uint8 specialization);
    function getPoolTokens(bytes32 poolId)
        external
        view
        returns (address[] memory tokens, uint256[] memory balances, uint256 lastChangeBlock);
}

interface IBalancerV2Pool {
    function getPoolId() external view returns (bytes32);
    function totalSupply() external view returns (uint256);
    function balanceOf(address holder) external view returns (uint256);
}
