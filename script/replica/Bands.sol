// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {TickMath} from "@uniswap/v4-core/src/libraries/TickMath.sol";

/// @notice A range of ticks, and the share of the depth that lies in it.
struct Band {
    int24 lower;
    int24 upper;
    uint256 percent;
}

/// @title Bands
/// @notice How the depth of a concentrated pool is spread: over the full range and in two bands around the price, so that
/// a sizable swap crosses initialised ticks.
library Bands {
    /// @notice About ±22 % and ±4 % of the price.
    int24 private constant WIDE = 2000;
    int24 private constant NARROW = 400;

    function around(int24 tick, int24 spacing) internal pure returns (Band[] memory bands) {
        bands = new Band[](3);
        int24 limit = TickMath.MAX_TICK / spacing * spacing;
        bands[0] = Band(-limit, limit, 20);
        bands[1] = band(tick, spacing, WIDE, 40);
        bands[2] = band(tick, spacing, NARROW, 40);
    }

    /// @notice √(amount1 / amount0) · 2^96, rounded down.
    function sqrtPriceX96(uint256 amount0, uint256 amount1) internal pure returns (uint160) {
        // forge-lint: disable-next-line(unsafe-typecast): the root of a 256-bit number has 128 bits
        return uint160(Math.sqrt(Math.mulDiv(amount1, 1 << 192, amount0)));
    }

    /// @notice The liquidity that the range's share of `amount0` and `amount1` can give at this price, the scarcer one
    /// deciding.
    function liquidityFor(uint160 sqrtPrice, Band memory range, uint256 amount0, uint256 amount1)
        internal
        pure
        returns (uint128)
    {
        uint160 lower = TickMath.getSqrtPriceAtTick(range.lower);
        uint160 upper = TickMath.getSqrtPriceAtTick(range.upper);
        uint256 from0 = Math.mulDiv(Math.mulDiv(amount0, sqrtPrice, 1 << 96), upper, upper - sqrtPrice);
        uint256 from1 = Math.mulDiv(amount1, 1 << 96, sqrtPrice - lower);
        // forge-lint: disable-next-line(unsafe-typecast): depths in dollars stay far below 2^128
        return uint128(Math.min(from0, from1) * range.percent / 100);
    }

    /// @dev Ends on multiples of the spacing, at least `width` from the price on either side, and as even around it as
    /// the spacing allows.
    function band(int24 tick, int24 spacing, int24 width, uint256 percent) private pure returns (Band memory) {
        int24 half = tick < 0 ? -spacing / 2 : spacing / 2;
        int24 centre = (tick + half) / spacing * spacing;
        int24 reach = (width + spacing - 1) / spacing * spacing + spacing;
        return Band(centre - reach, centre + reach, percent);
    }
}
