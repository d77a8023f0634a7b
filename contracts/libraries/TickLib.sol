// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

/// @title TickLib
/// @notice The square-root price of a tick, to the unit what Uniswap's own TickMath says.
/// @dev Each bit of a tick multiplies the price by 1.0001^(−2^bit / 2) in Q128, rounded to the nearest. Uniswap lists
/// these twenty factors; here each is the square of the one before, carried in Q256 so that the last still rounds so.
library TickLib {
    int24 internal constant MAX_TICK = 887_272;

    /// @notice How far a swap may go: the prices next to those of the outermost ticks.
    uint160 internal constant LOWEST_LIMIT = 4_295_128_740;
    uint160 internal constant HIGHEST_LIMIT = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341;

    /// @dev 2^256 / √1.0001.
    uint256 private constant FIRST_FACTOR = 0xfffcb933bd6fad37aa2d162d1a594001733071ca63262237570e09e3edc8f841;
    uint256 private constant HALF = 1 << 127;

    error TickOutOfRange(int24 tick);

    /// @return √(1.0001^tick)·2^96, rounded up.
    function sqrtPriceAt(int24 tick) internal pure returns (uint160) {
        require(tick >= -MAX_TICK && tick <= MAX_TICK, TickOutOfRange(tick));
        uint256 price = _powerOf(FixedPointMathLib.abs(tick));
        if (tick > 0) price = type(uint256).max / price;
        return uint160((price + type(uint32).max) >> 32);
    }

    /// @dev 1.0001^(−bits / 2) in Q128. Solidity, with factor² / 2^256 of the full product:
    ///     for (uint256 factor = FIRST_FACTOR; bits != 0; bits >>= 1) {
    ///         if (bits & 1 != 0) price = price * ((factor + HALF) >> 128) >> 128;
    ///         factor = factor * factor >> 256;
    ///     }
    function _powerOf(uint256 bits) private pure returns (uint256 price) {
        assembly ("memory-safe") {
            price := shl(128, 1)
            for { let factor := FIRST_FACTOR } bits { bits := shr(1, bits) } {
                if and(bits, 1) { price := shr(128, mul(price, shr(128, add(factor, HALF)))) }
                let low := mul(factor, factor)
                let modulo := mulmod(factor, factor, not(0))
                factor := sub(sub(modulo, low), lt(modulo, low))
            }
        }
    }
}
