// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBalancerV2Vault} from "../interfaces/external/IBalancerV2Vault.sol";
import {PackedLeg} from "../types/PackedLeg.sol";

import {RouteLib} from "../libraries/RouteLib.sol";
import {Flow, Venue} from "./Venue.sol";

/// @title BalancerV2
/// @notice Any pool of the Balancer V2 vault. `target` is the vault, which pulls its payment; `params`: the pool's id (32
/// bytes), which begins with the pool's address.
abstract contract BalancerV2 is Venue {
    function _swap(PackedLeg leg, Flow memory flow, address to, uint256 quote)
        internal
        virtual
        override
        returns (uint256 amountOut)
    {
        if (leg.venue() != RouteLib.BALANCER_V2) return super._swap(leg, flow, to, quote);
        _approve(flow, leg.target());
        amountOut = IBalancerV2Vault(leg.target())
            .swap(
                IBalancerV2Vault.SingleSwap(bytes32(leg.params()), 0, flow.token, leg.tokenOut(), flow.amount, ""),
                IBalancerV2Vault.FundManagement(address(this), false, to, false),
                0,
                block.timestamp
            );
        _revoke(flow.token, leg.target());
    }

    function _poolOf(PackedLeg leg, address tokenIn) internal pure virtual override returns (address) {
        if (leg.venue() != RouteLib.BALANCER_V2) return super._poolOf(leg, tokenIn);
        return address(bytes20(bytes32(leg.params())));
    }
}
