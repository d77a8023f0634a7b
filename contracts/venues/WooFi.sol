// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IWooPPV2} from "../interfaces/external/IWooPPV2.sol";
import {PackedLeg} from "../types/PackedLeg.sol";

import {RouteLib} from "../libraries/RouteLib.sol";
import {Flow, Venue} from "./Venue.sol";

/// @title WooFi
/// @notice The pool of WooFi, priced by its own oracle and paid beforehand. It refuses while its oracle is stale.
abstract contract WooFi is Venue {
    function _swap(PackedLeg leg, Flow memory flow, address to, uint256 quote)
        internal
        virtual
        override
        returns (uint256)
    {
        if (leg.venue() != RouteLib.WOOFI) return super._swap(leg, flow, to, quote);
        _pay(flow, leg.target());
        return IWooPPV2(leg.target()).swap(flow.token, leg.tokenOut(), flow.amount, 0, to, address(0));
    }

    function _quote(PackedLeg leg, address tokenIn, uint256 amount) internal view virtual override returns (uint256) {
        if (leg.venue() != RouteLib.WOOFI) return super._quote(leg, tokenIn, amount);
        return IWooPPV2(leg.target()).query(tokenIn, leg.tokenOut(), amount);
    }
}
