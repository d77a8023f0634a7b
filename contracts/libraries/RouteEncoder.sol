// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../types/Route.sol";
import {RouteLib} from "./RouteLib.sol";

/// @title RouteEncoder
/// @notice Writes the packed route of docs/SPEC.md. The counterpart of RouteLib, for integrators and tests.
library RouteEncoder {
    function encode(Header memory header, Leg[] memory legs) internal pure returns (bytes memory route) {
        bool parent = header.parentHash != bytes32(0);
        route = abi.encodePacked(
            RouteLib.VERSION,
            parent ? RouteLib.FLAG_PARENT : 0,
            header.lender,
            header.deadline,
            header.token,
            header.amountIn,
            header.minProfit
        );
        if (parent) route = abi.encodePacked(route, header.parentHash);
        if (header.lender != RouteLib.LENDER_NONE) {
            route = abi.encodePacked(route, header.lenderAddress, header.maxFeeBps);
        }
        for (uint256 i; i < legs.length; ++i) {
            route = abi.encodePacked(route, encodeLeg(legs[i]));
        }
    }

    function encodeLeg(Leg memory leg) internal pure returns (bytes memory) {
        return leg.venue == RouteLib.VENUE_UNISWAP_V2
            ? abi.encodePacked(leg.venue, leg.pool, leg.tokenOut, leg.feeBps)
            : abi.encodePacked(leg.venue, leg.pool, leg.tokenOut);
    }
}
