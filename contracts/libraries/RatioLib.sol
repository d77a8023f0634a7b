// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Ratio} from "../types/Ratio.sol";

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

/// @title RatioLib
/// @notice Arithmetic of prices as fractions. Only `quote` and `toQ128` round, both down; a price out of a square root
/// above 2^120 loses less than 2^-143 of itself.
library RatioLib {
    uint256 private constant BPS = 10_000;
    uint256 private constant LIMIT = 1 << 240;

    uint256 private constant EXACT_SQRT = 1 << 120;
    uint8 private constant Q96 = 96;

    /// @notice A price of zero, or one that is too large to be computed with.
    error PriceOutOfRange(uint256 num, uint256 den);

    function from(uint256 num, uint256 den) internal pure returns (Ratio memory) {
        require(num != 0 && den != 0 && num < LIMIT && den < LIMIT, PriceOutOfRange(num, den));
        return Ratio(num, den);
    }

    /// @param sqrtPrice √(token1 / token0) in Q96, below 2^160.
    function fromSqrtPrice(uint256 sqrtPrice) internal pure returns (Ratio memory) {
        if (sqrtPrice < EXACT_SQRT) return from(sqrtPrice * sqrtPrice, 1 << 192);
        return from(FixedPointMathLib.fullMulDivN(sqrtPrice, sqrtPrice, Q96), 1 << 96);
    }

    function inverse(Ratio memory ratio) internal pure returns (Ratio memory) {
        return Ratio(ratio.den, ratio.num);
    }

    /// @return What `amount` is worth, rounded down.
    function quote(Ratio memory ratio, uint256 amount) internal pure returns (uint256) {
        return FixedPointMathLib.fullMulDiv(amount, ratio.num, ratio.den);
    }

    /// @return Whether `ratio` is neither more nor less than `fair` by more than `bps` basis points of `fair`; exact.
    /// @param bps At most 10,000.
    function isWithin(Ratio memory ratio, Ratio memory fair, uint256 bps) internal pure returns (bool) {
        // ratio · BPS, in 512 bits over the product of both denominators; the factors stay below 2^255.
        (uint256 high, uint256 low) = Math.mul512(ratio.num * BPS, fair.den);
        (uint256 mostHigh, uint256 mostLow) = Math.mul512(fair.num * (BPS + bps), ratio.den);
        (uint256 leastHigh, uint256 leastLow) = Math.mul512(fair.num * (BPS - bps), ratio.den);
        return !_isLess(mostHigh, mostLow, high, low) && !_isLess(high, low, leastHigh, leastLow);
    }

    /// @return The price times 2^128, rounded down; the largest number where it does not fit.
    function toQ128(Ratio memory ratio) internal pure returns (uint256) {
        if (ratio.num / ratio.den >> 128 != 0) return type(uint256).max;
        return FixedPointMathLib.fullMulDiv(ratio.num, 1 << 128, ratio.den);
    }

    function _isLess(uint256 high, uint256 low, uint256 otherHigh, uint256 otherLow) private pure returns (bool) {
        return high < otherHigh || (high == otherHigh && low < otherLow);
    }
}
