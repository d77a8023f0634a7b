// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../types/Route.sol";
import {RouteLib} from "./RouteLib.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";

/// @title RouteEncoder
/// @notice Writes the packed route of docs/SPEC.md. The counterpart of RouteLib, for integrators and tests.
library RouteEncoder {
    using SafeCastLib for uint256;

    error ParamsTooLong(uint8 venue, uint256 params);

    uint256 private constant PARAMS_OFFSET = 41;

    function encode(Header memory header, Leg[] memory legs) internal pure returns (bytes memory route) {
        route = abi.encodePacked(
            RouteLib.VERSION,
            flagsOf(header),
            header.lender,
            header.deadline.toUint40(),
            header.token,
            header.amountIn.toUint128(),
            header.minProfit.toUint128()
        );
        if (header.amountIn == 0) route = abi.encodePacked(route, header.cap.toUint128());
        if (header.parentHash != bytes32(0)) route = abi.encodePacked(route, header.parentHash);
        if (header.tipBps != 0) route = abi.encodePacked(route, header.tipBps.toUint16());
        if (header.lender != RouteLib.LENDER_NONE) {
            route = abi.encodePacked(route, header.lenderAddress, header.maxFeeBps.toUint16());
        }
        for (uint256 i; i < legs.length; ++i) {
            route = abi.encodePacked(route, encodeLeg(legs[i]));
        }
    }

    function encodeLeg(Leg memory leg) internal pure returns (bytes memory packed) {
        packed = abi.encodePacked(leg.venue, leg.target, leg.tokenOut);
        uint256 count = RouteLib.legLength(leg.venue) - PARAMS_OFFSET;
        require(leg.params >> (8 * count) == 0, ParamsTooLong(leg.venue, leg.params));
        for (uint256 i = count; i != 0; --i) {
            packed = abi.encodePacked(packed, bytes1(uint8(leg.params >> (8 * (i - 1)))));
        }
    }

    function flagsOf(Header memory header) internal pure returns (uint8 flags) {
        if (header.parentHash != bytes32(0)) flags |= RouteLib.FLAG_PARENT;
        if (header.tipBps != 0) flags |= RouteLib.FLAG_TIP;
        if (header.guarded) flags |= RouteLib.FLAG_GUARDED;
    }
}
