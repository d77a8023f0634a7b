// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBalancerV2Pools} from "../../contracts/interfaces/external/IBalancerV2Pool.sol";
import {IConcentratedPool} from "../../contracts/interfaces/external/IConcentratedPool.sol";
import {Ratio} from "../../contracts/types/Ratio.sol";

import {RatioLib} from "../../contracts/libraries/RatioLib.sol";

/// @notice Mock: the guard that attacks are shown to work against: it believes a pool's own price, whatever the pool is
/// in the middle of.
contract NaiveGuard {
    using RatioLib for Ratio;

    address private immutable _pool;
    IBalancerV2Pools private immutable _vault;
    bytes32 private immutable _id;

    /// @param vault Balancer's, or zero for a concentrated pool.
    constructor(address pool, address vault, bytes32 id) {
        (_pool, _vault, _id) = (pool, IBalancerV2Pools(vault), id);
    }

    /// @notice Of token0 in token1.
    function quote(address, uint256 amountIn, address) external view returns (uint256) {
        return _spot().quote(amountIn);
    }

    /// @notice Whether the pool's price is within five percent of `num` / `den`.
    function isNear(uint256 num, uint256 den) external view returns (bool) {
        return _spot().isWithin(Ratio(num, den), 500);
    }

    function _spot() private view returns (Ratio memory) {
        if (address(_vault) == address(0)) {
            (uint160 sqrtPrice,) = IConcentratedPool(_pool).slot0();
            return RatioLib.fromSqrtPrice(sqrtPrice);
        }
        (, uint256[] memory balances,) = _vault.getPoolTokens(_id);
        return RatioLib.from(balances[1], balances[0]);
    }
}
