// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILBPair} from "../interfaces/external/ILBPair.sol";
import {PackedLeg} from "../types/PackedLeg.sol";

import {RouteLib} from "../libraries/RouteLib.sol";
import {Flow, Venue} from "./Venue.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";

/// @title LiquidityBook
/// @notice Pairs of LFJ's Liquidity Book 2.1 and 2.2, paid beforehand. `params` (1 byte): 1 where the leg sells token X.
abstract contract LiquidityBook is Venue {
    function _swap(PackedLeg leg, Flow memory flow, address to, uint256 quote)
        internal
        virtual
        override
        returns (uint256)
    {
        if (leg.venue() != RouteLib.LIQUIDITY_BOOK) return super._swap(leg, flow, to, quote);
        _pay(flow, leg.target());
        uint256 out = uint256(ILBPair(leg.target()).swap(leg.params() != 0, to));
        // Halves of a word.
        // forge-lint: disable-next-line(unsafe-typecast)
        return leg.params() != 0 ? out >> 128 : uint128(out);
    }

    /// @dev Zero where the bins do not hold enough for all of `amount`.
    function _quote(PackedLeg leg, address tokenIn, uint256 amount) internal view virtual override returns (uint256) {
        if (leg.venue() != RouteLib.LIQUIDITY_BOOK) return super._quote(leg, tokenIn, amount);
        // The fee is part of the quote.
        // slither-disable-next-line unused-return
        (uint128 left, uint128 amountOut,) =
            ILBPair(leg.target()).getSwapOut(SafeCastLib.toUint128(amount), leg.params() != 0);
        return left == 0 ? amountOut : 0;
    }
}
