// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ConstantProduct} from "../types/ConstantProduct.sol";

import {TickLib} from "./TickLib.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {LibBit} from "solady/utils/LibBit.sol";

/// @title ConcentratedLib
/// @notice A concentrated pool in its current range as a constant product, and where that range ends. Reads nothing.
/// @dev That a cycle earns nothing shows without the ends of its ranges; bitmap and end are for one that earns.
library ConcentratedLib {
    uint256 private constant PIPS = 1e6;
    uint8 private constant Q96 = 96;

    /// @notice The virtual reserves L/√P and L·√P, as if the range never ended.
    /// @dev Promises no more than they do: what comes in meets a reserve rounded up, what goes out leaves one rounded
    /// down. The pool itself rounds too: by a unit of input, and by a step of its price, which is L / 2^96 of token1.
    /// @param sqrtPrice √P in Q96; a pool that has none yet has no liquidity, and pays nothing.
    /// @param liquidity L, what is in range.
    function constantProduct(uint160 sqrtPrice, uint128 liquidity, bool zeroForOne, uint256 feePips)
        internal
        pure
        returns (ConstantProduct memory)
    {
        uint256 virtual0 = FixedPointMathLib.rawDiv(uint256(liquidity) << Q96, sqrtPrice);
        uint256 virtual1 = FixedPointMathLib.fullMulDivN(liquidity, sqrtPrice, Q96);
        // Both are rounded down; one more rounds up.
        (uint256 reserveIn, uint256 reserveOut) = zeroForOne ? (virtual0 + 1, virtual1) : (virtual1 + 1, virtual0);
        return ConstantProduct(reserveIn, reserveOut, feePips, type(uint256).max);
    }

    /// @notice `maxIn` of a range: the input, fee included, that moves the price just to `sqrtEnd`; rounded down.
    /// @dev L/√end − L/√P of token0 or L·√end − L·√P of token1, divided by 1 − fee. A fee of everything moves nothing.
    function inputTo(uint160 sqrtEnd, uint160 sqrtPrice, uint128 liquidity, bool zeroForOne, uint256 feePips)
        internal
        pure
        returns (uint256)
    {
        if (feePips >= PIPS) return 0;
        uint256 net = zeroForOne
            ? FixedPointMathLib.fullMulDivUnchecked(uint256(liquidity) << Q96, sqrtPrice - sqrtEnd, sqrtPrice) / sqrtEnd
            : FixedPointMathLib.fullMulDivN(liquidity, sqrtEnd - sqrtPrice, Q96);
        return net * PIPS / (PIPS - feePips);
    }

    /// @notice Which word of the pool's bitmap of initialised ticks to read for `rangeEnd`.
    function wordPosition(int24 tick, int24 tickSpacing, bool zeroForOne) internal pure returns (int16) {
        return int16(_first(tick, tickSpacing, zeroForOne) >> 8);
    }

    /// @notice The next initialised tick within `word`, or the end of the word: at or below `tick` if zeroForOne, else
    /// above it. As in Uniswap's nextInitializedTickWithinOneWord, then kept within the ticks that have a price.
    /// @dev Past an end that is not initialised the liquidity is the same: the word that follows may be read and asked,
    /// from `end − 1` if zeroForOne, else from `end`. An initialised end at the very price has a `maxIn` of 0.
    function rangeEnd(int24 tick, int24 tickSpacing, bool zeroForOne, uint256 word)
        internal
        pure
        returns (int24 end, bool initialised)
    {
        unchecked {
            int256 last = _first(tick, tickSpacing, zeroForOne);
            // Its place within the word, counted upwards below zero too.
            // forge-lint: disable-next-line(unsafe-typecast)
            uint256 bit = uint256(last) & 0xff;
            // The bits from there on in the direction of the swap; the nearest is the highest, or the lowest.
            uint256 ahead = zeroForOne ? word << (255 - bit) : word >> bit;
            initialised = ahead != 0;
            if (zeroForOne) last -= int256(initialised ? 255 - LibBit.fls(ahead) : bit);
            else last += int256(initialised ? LibBit.fls(ahead & (~ahead + 1)) : 255 - bit);
            int256 furthest = TickLib.MAX_TICK;
            end = int24(FixedPointMathLib.clamp(last * tickSpacing, -furthest, furthest));
        }
    }

    /// @dev The first tick to look at, counted in spacings and rounded down; upwards the current one does not count.
    function _first(int24 tick, int24 tickSpacing, bool zeroForOne) private pure returns (int256 first) {
        unchecked {
            first = tick / tickSpacing;
            if (tick % tickSpacing < 0) --first;
            if (!zeroForOne) ++first;
        }
    }
}
