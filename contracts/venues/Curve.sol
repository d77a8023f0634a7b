// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ICurvePool} from "../interfaces/external/ICurvePool.sol";
import {PackedLeg} from "../types/PackedLeg.sol";

import {RouteLib} from "../libraries/RouteLib.sol";
import {Kinds} from "./Kinds.sol";
import {Flow, Venue} from "./Venue.sol";

/// @title Curve
/// @notice Curve's pools. Old ones and crypto pools pull their payment, pay the caller and may say nothing of how much;
/// those of the new generation are paid beforehand. `params`: the coins' indices in and out (1 byte each).
abstract contract Curve is Venue {
    using Kinds for uint256;

    uint256 private constant CURVES = 1 << RouteLib.CURVE | 1 << RouteLib.CURVE_NG | 1 << RouteLib.CURVE_CRYPTO;

    function _swap(PackedLeg leg, Flow memory flow, address to, uint256 quote)
        internal
        virtual
        override
        returns (uint256)
    {
        if (!CURVES.has(leg.venue())) return super._swap(leg, flow, to, quote);
        (uint256 i, uint256 j) = (leg.params() >> 8, leg.params() & 0xff);
        if (leg.venue() == RouteLib.CURVE_NG) return _swapReceived(leg, flow, to, i, j);
        _approve(flow, leg.target());
        uint256 value = flow.token == address(0) ? flow.amount : 0;
        if (leg.venue() == RouteLib.CURVE_CRYPTO) {
            ICurvePool(leg.target()).exchange{value: value}(i, j, flow.amount, 0);
        } else {
            // Indices of one byte.
            // forge-lint: disable-next-line(unsafe-typecast)
            ICurvePool(leg.target()).exchange{value: value}(int128(int256(i)), int128(int256(j)), flow.amount, 0);
        }
        _revoke(flow.token, leg.target());
        return 0;
    }

    function _swapReceived(PackedLeg leg, Flow memory flow, address to, uint256 i, uint256 j)
        private
        returns (uint256)
    {
        _pay(flow, leg.target());
        // Indices of one byte.
        // forge-lint: disable-next-line(unsafe-typecast)
        return ICurvePool(leg.target()).exchange_received(int128(int256(i)), int128(int256(j)), flow.amount, 0, to);
    }
}
