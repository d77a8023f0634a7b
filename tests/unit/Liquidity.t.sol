// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Range} from "../../contracts/types/Pool.sol";

import {LiquidityLib} from "../../contracts/libraries/LiquidityLib.sol";
import {TickLib} from "../../contracts/libraries/TickLib.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Test} from "forge-std/Test.sol";

/// @notice LiquidityLib against the formulas of the whitepaper of Uniswap V3: x = L·(√p_b − √p)/(√p·√p_b), y = L·(√p − √p_a).
contract Liquidity_Test is Test {
    uint256 private constant Q96 = 1 << 96;

    /* LIQUIDITY */

    function testFuzz_LiquidityFor_IsBoundByTheLesser(int24 lower, int24 width, uint160 at, uint96[2] memory amounts)
        public
        pure
    {
        (Range memory range, uint256 low, uint256 high) = _range(lower, width);
        uint256 price = bound(at, low + 1, high - 1);
        uint256 by0 = Math.mulDiv(amounts[0], Math.mulDiv(price, high, Q96), high - price);
        uint256 by1 = Math.mulDiv(amounts[1], Q96, price - low);
        vm.assume(Math.min(by0, by1) <= type(uint128).max);
        assertEq(_liquidity(price, range, amounts[0], amounts[1]), Math.min(by0, by1));
    }

    /// @dev Below its range a position is in the first token alone, above in the second; the ends belong to what is beyond.
    function test_LiquidityFor_OutsideTheRange() public pure {
        (Range memory range, uint256 low, uint256 high) = _range(-600, 1200);
        uint256 by0 = Math.mulDiv(1e18, Math.mulDiv(low, high, Q96), high - low);
        uint256 by1 = Math.mulDiv(1e18, Q96, high - low);
        for (uint256 off; off < 2; ++off) {
            assertEq(_liquidity(low - off, range, 1e18, 0), by0);
            assertEq(_liquidity(low - off, range, 0, 1e18), 0);
            assertEq(_liquidity(high + off, range, 0, 1e18), by1);
            assertEq(_liquidity(high + off, range, 1e18, 0), 0);
        }
    }

    function testFuzz_AmountsOf(int24 lower, int24 width, uint160 at, uint96 liquidity) public pure {
        (Range memory range, uint256 low, uint256 high) = _range(lower, width);
        range.liquidity = liquidity;
        uint256 price = bound(at, low, high);
        (uint256 amount0, uint256 amount1) = LiquidityLib.amountsOf(uint160(price), range);
        assertEq(amount0, Math.mulDiv(uint256(liquidity) << 96, high - price, high) / price);
        assertEq(amount1, Math.mulDiv(liquidity, price - low, Q96));
    }

    /// @dev Where prices and amounts are so large that each bit of the formulas tells.
    function test_OfTheLargestNumbers() public pure {
        Range memory range = Range(870_000, 880_000, 1 << 120);
        (uint256 low, uint256 high) = (TickLib.sqrtPriceAt(range.lower), TickLib.sqrtPriceAt(range.upper));
        uint256 price = (low + high) / 2;
        uint256 by0 = Math.mulDiv(1 << 60, Math.mulDiv(price, high, Q96), high - price);
        uint256 by1 = Math.mulDiv(1 << 180, Q96, price - low);
        assertGt(Math.min(by0, by1), 1 << 100);
        assertEq(_liquidity(price, range, 1 << 60, 1 << 200), by0);
        assertEq(_liquidity(price, range, 1 << 80, 1 << 180), by1);
        (, uint256 amount1) = LiquidityLib.amountsOf(uint160(price), range);
        assertEq(amount1, Math.mulDiv(1 << 120, price - low, Q96));
    }

    /* RANGES */

    /// @dev Outwards to the next multiple of the spacing, and one more where the end is such.
    function test_Band() public pure {
        _assertBand(0, 2000, 60, -2040, 2040);
        _assertBand(30, 5, 60, 0, 60);
        _assertBand(-30, 5, 60, -60, 0);
        _assertBand(60, 60, 60, 0, 180);
        _assertBand(-60, 60, 60, -120, 60);
    }

    function test_Band_EndsWhereThePoolDoes() public pure {
        _assertBand(887_200, 2000, 60, 885_180, 887_220);
        _assertBand(-887_200, 2000, 60, -887_220, -885_180);
    }

    /* INTERNALS */

    function _assertBand(int24 tick, int24 halfWidth, int24 spacing, int24 expectedLower, int24 expectedUpper)
        private
        pure
    {
        (int24 lower, int24 upper) = LiquidityLib.band(tick, halfWidth, spacing);
        assertEq(lower, expectedLower);
        assertEq(upper, expectedUpper);
    }

    function _range(int24 lower, int24 width) private pure returns (Range memory range, uint256 low, uint256 high) {
        range.lower = int24(bound(lower, -200_000, 199_999));
        range.upper = int24(bound(int256(range.lower) + (width < 0 ? -int256(width) : width), range.lower + 1, 200_000));
        (low, high) = (TickLib.sqrtPriceAt(range.lower), TickLib.sqrtPriceAt(range.upper));
    }

    function _liquidity(uint256 price, Range memory range, uint256 amount0, uint256 amount1)
        private
        pure
        returns (uint256)
    {
        return LiquidityLib.liquidityFor(uint160(price), range.lower, range.upper, amount0, amount1);
    }
}
