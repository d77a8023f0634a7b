// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Range} from "../types/Pool.sol";

import {TickLib} from "./TickLib.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";

/// @title LiquidityLib
/// @notice Liquidity and amounts of a position over a range of ticks, and which ranges there are. Reads nothing.
library LiquidityLib {
    using FixedPointMathLib for uint256;

    uint256 private constant Q96 = 1 << 96;

    /// @notice The most liquidity that neither amount is too little for; rounded down, so that the pool, which rounds what
    /// it is owed up, asks for no more than the amounts.
    function liquidityFor(uint160 sqrtPrice, int24 lower, int24 upper, uint256 amount0, uint256 amount1)
        internal
        pure
        returns (uint128)
    {
        (uint256 low, uint256 high) = (TickLib.sqrtPriceAt(lower), TickLib.sqrtPriceAt(upper));
        uint256 price = FixedPointMathLib.clamp(sqrtPrice, low, high);
        uint256 liquidity = type(uint256).max;
        if (price < high) liquidity = amount0.fullMulDiv(price.fullMulDiv(high, Q96), high - price);
        if (price > low) liquidity = liquidity.min(amount1.fullMulDiv(Q96, price - low));
        return SafeCastLib.toUint128(liquidity);
    }

    /// @notice What a position is in tokens at a price, rounded down as the pool pays it out.
    function amountsOf(uint160 sqrtPrice, Range memory range) internal pure returns (uint256 amount0, uint256 amount1) {
        (uint256 low, uint256 high) = (TickLib.sqrtPriceAt(range.lower), TickLib.sqrtPriceAt(range.upper));
        uint256 price = FixedPointMathLib.clamp(sqrtPrice, low, high);
        amount0 = (uint256(range.liquidity) << 96).fullMulDiv(high - price, high) / price;
        amount1 = uint256(range.liquidity).fullMulDiv(price - low, Q96);
    }

    /// @notice The ends furthest apart that the pool allows.
    function wholeRange(int24 tickSpacing) internal pure returns (int24 lower, int24 upper) {
        // To the multiple of the spacing.
        // slither-disable-next-line divide-before-multiply
        upper = TickLib.MAX_TICK / tickSpacing * tickSpacing;
        lower = -upper;
    }

    /// @notice Ends about `halfWidth` ticks from `tick`, outwards to the next that the pool allows.
    function band(int24 tick, int24 halfWidth, int24 tickSpacing) internal pure returns (int24 lower, int24 upper) {
        (int24 lowest, int24 highest) = wholeRange(tickSpacing);
        lower = _floor(tick - halfWidth, tickSpacing);
        upper = _floor(tick + halfWidth, tickSpacing) + tickSpacing;
        lower = lower < lowest ? lowest : lower;
        upper = upper > highest ? highest : upper;
    }

    function _floor(int24 tick, int24 tickSpacing) private pure returns (int24 floored) {
        // To the multiple of the spacing.
        // slither-disable-next-line divide-before-multiply
        floored = tick / tickSpacing * tickSpacing;
        if (floored > tick) floored -= tickSpacing;
    }
}
