// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IWrappedNative} from "../interfaces/external/IWrappedNative.sol";
import {PackedLeg} from "../types/PackedLeg.sol";

import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {RouteLib} from "../libraries/RouteLib.sol";
import {Flow, Venue} from "./Venue.sol";

/// @title WrappedNative
/// @notice Native coin, which routes call by the zero address, wrapped and unwrapped one to one. `target` is the wrapped
/// coin.
abstract contract WrappedNative is Venue {
    function _swap(PackedLeg leg, Flow memory flow, address to, uint256 quote)
        internal
        virtual
        override
        returns (uint256)
    {
        if (leg.venue() != RouteLib.WRAPPED_NATIVE) return super._swap(leg, flow, to, quote);
        // Only what flows is wrapped or unwrapped, not what else lies here.
        address wanted = leg.tokenOut() == address(0) ? leg.target() : address(0);
        require(flow.token == wanted, ErrorsLib.TokenMismatch(leg.target(), flow.token));
        _fetch(flow);
        if (leg.tokenOut() == address(0)) IWrappedNative(leg.target()).withdraw(flow.amount);
        else IWrappedNative(leg.target()).deposit{value: flow.amount}();
        return flow.amount;
    }

    function _quote(PackedLeg leg, address tokenIn, uint256 amount) internal view virtual override returns (uint256) {
        if (leg.venue() != RouteLib.WRAPPED_NATIVE) return super._quote(leg, tokenIn, amount);
        return amount;
    }
}
