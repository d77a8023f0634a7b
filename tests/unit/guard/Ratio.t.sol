// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Ratio} from "../../../contracts/types/Ratio.sol";

import {RatioLib} from "../../../contracts/libraries/RatioLib.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Prices as fractions: exact where they promise it.
contract Ratio_Test is Test {
    uint256 private constant LIMIT = (1 << 240) - 1;

    function test_RevertWhen_OutOfRange() public {
        uint256[2][6] memory wrong = [
            [uint256(0), 1],
            [uint256(1), 0],
            [LIMIT + 1, 1],
            [uint256(1), LIMIT + 1],
            [LIMIT + 2, 1],
            [uint256(1), LIMIT + 2]
        ];
        for (uint256 i; i < 6; ++i) {
            vm.expectRevert(abi.encodeWithSelector(RatioLib.PriceOutOfRange.selector, wrong[i][0], wrong[i][1]));
            this.from(wrong[i][0], wrong[i][1]);
        }
        this.from(LIMIT, LIMIT);
    }

    /// @dev Small enough for plain arithmetic, at and around the bound.
    function testFuzz_IsWithin(uint64 num, uint64 den, uint64 fairNum, uint64 fairDen, uint16 bps) public pure {
        vm.assume(num != 0 && den != 0 && fairNum != 0 && fairDen != 0);
        bps = uint16(bound(bps, 0, 10_000));
        uint256 price = uint256(num) * fairDen * 10_000;
        uint256 unit = uint256(fairNum) * den;
        bool within = price <= unit * (10_000 + bps) && price >= unit * (10_000 - bps);
        assertEq(RatioLib.isWithin(Ratio(num, den), Ratio(fairNum, fairDen), bps), within);
    }

    /// @dev The bound itself is within, a unit more is not, for the largest numbers too.
    function testFuzz_IsWithin_AtTheBound(uint256 scale, uint16 bps) public pure {
        bps = uint16(bound(bps, 0, 10_000));
        scale = bound(scale, 1, LIMIT / 20_000);
        Ratio memory fair = Ratio(scale * 10_000, LIMIT);
        uint256 most = scale * (10_000 + bps);
        uint256 least = scale * (10_000 - bps);
        assertTrue(RatioLib.isWithin(Ratio(most, LIMIT), fair, bps));
        assertFalse(RatioLib.isWithin(Ratio(most + 1, LIMIT), fair, bps));
        if (least == 0) return;
        assertTrue(RatioLib.isWithin(Ratio(least, LIMIT), fair, bps));
        if (least > 1) assertFalse(RatioLib.isWithin(Ratio(least - 1, LIMIT), fair, bps));
    }

    /// @dev Exact below 2^120; above, a part in 2^143 at the most.
    function testFuzz_FromSqrtPrice(uint160 sqrtPrice) public pure {
        sqrtPrice = uint160(bound(sqrtPrice, 4_295_128_739, type(uint160).max));
        Ratio memory price = RatioLib.fromSqrtPrice(sqrtPrice);
        (uint256 high, uint256 low) = Math.mul512(sqrtPrice, sqrtPrice);
        if (sqrtPrice < 1 << 120) {
            assertEq(price.den, 1 << 192);
            assertEq(price.num, low);
        } else {
            assertEq(price.den, 1 << 96);
            assertEq(price.num, (high << 160) | (low >> 96));
            assertGe(price.num, 1 << 144);
        }
    }

    function testFuzz_ToQ128(uint256 num, uint256 den) public pure {
        (num, den) = (bound(num, 1, LIMIT), bound(den, 1, LIMIT));
        uint256 price = RatioLib.toQ128(Ratio(num, den));
        (uint256 high, uint256 low) = Math.mul512(num, 1 << 128);
        assertEq(price, high >= den ? type(uint256).max : Math.mulDiv(num, 1 << 128, den));
        assertTrue(high != 0 || price == low / den);
    }

    /// @dev At 2^120 the square would exceed what a fraction may hold.
    function test_FromSqrtPrice_WhereItChanges() public pure {
        Ratio memory below = RatioLib.fromSqrtPrice((1 << 120) - 1);
        assertEq(below.num, ((1 << 120) - 1) ** 2);
        assertEq(below.den, 1 << 192);
        Ratio memory at = RatioLib.fromSqrtPrice(1 << 120);
        assertEq(at.num, 1 << 144);
        assertEq(at.den, 1 << 96);
    }

    function test_ToQ128_UpToTheLargest() public pure {
        assertEq(RatioLib.toQ128(Ratio(3, 2)), 3 << 127);
        assertEq(RatioLib.toQ128(Ratio(1 << 127, 1)), 1 << 255);
        assertEq(RatioLib.toQ128(Ratio((1 << 128) - 1, 1)), type(uint256).max - (1 << 128) + 1);
        assertEq(RatioLib.toQ128(Ratio(1 << 128, 1)), type(uint256).max);
        assertEq(RatioLib.toQ128(Ratio(1 << 129, 1)), type(uint256).max);
    }

    function testFuzz_Quote_RoundsDown(uint128 amount, uint128 num, uint128 den) public pure {
        vm.assume(num != 0 && den != 0);
        Ratio memory price = RatioLib.from(num, den);
        assertEq(RatioLib.quote(price, amount), uint256(amount) * num / den);
        vm.assume(amount != 0);
        // There and back is never more.
        uint256 there = RatioLib.quote(price, amount);
        if (there < 1 << 128) assertLe(RatioLib.quote(RatioLib.inverse(price), there), amount);
    }

    function from(uint256 num, uint256 den) external pure returns (Ratio memory) {
        return RatioLib.from(num, den);
    }
}
