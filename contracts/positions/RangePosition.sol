// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Pool, Range} from "../types/Pool.sol";

import {LiquidityLib} from "../libraries/LiquidityLib.sol";
import {Position} from "./Position.sol";

/// @title RangePosition
/// @notice Positions over ranges of ticks: of each pool one over the whole range and one in a band around the price.
abstract contract RangePosition is Position {
    /// @dev Where both are stored.
    function _ranges(address pool) internal view virtual returns (Range storage whole, Range storage band);

    /// @dev The range that is added to now. A band that is empty is put around the price.
    function _target(Pool memory entry, address pool, int24 tick) internal returns (Range storage range) {
        (Range storage whole, Range storage banded) = _ranges(pool);
        range = entry.halfWidth == 0 ? whole : banded;
        if (range.liquidity != 0) return range;
        (range.lower, range.upper) = entry.halfWidth == 0
            ? LiquidityLib.wholeRange(entry.tickSpacing)
            : LiquidityLib.band(tick, entry.halfWidth, entry.tickSpacing);
    }

    /// @dev What a share of a position is.
    function _part(Range memory range, uint256 shareBps) internal pure returns (uint128) {
        // A part of it.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint128(range.liquidity * shareBps / WHOLE);
    }
}
