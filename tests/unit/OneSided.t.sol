// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {OneSidedLib} from "../../contracts/libraries/OneSidedLib.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Test} from "forge-std/Test.sol";

/// @notice OneSidedLib against the quadratic that it solves, and against trying everything.
contract OneSided_Test is Test {
    uint256 private constant BPS = 10_000;

    /* BOUNDS */

    function excess(uint256[4] calldata a) external pure returns (uint256) {
        return OneSidedLib.excess(a[0], a[1], a[2], a[3]);
    }

    function sale(uint256 reserveIn, uint256 amountIn) external pure returns (uint256) {
        return OneSidedLib.sale(reserveIn, amountIn, 30);
    }

    function saleFeeLeaves(uint256 reserveIn, uint256 amountIn) external pure returns (uint256) {
        return OneSidedLib.saleFeeLeaves(reserveIn, amountIn, 30);
    }

    /// @dev Of any of them, 2^112.
    function test_RevertWhen_AnAmountIsTooLarge() public {
        uint256 large = 1 << 112;
        bytes memory reason = abi.encodeWithSelector(OneSidedLib.AmountTooLarge.selector, large);
        for (uint256 i; i < 4; ++i) {
            uint256[4] memory a;
            a[i] = large;
            vm.expectRevert(reason);
            this.excess(a);
        }
        for (uint256 i; i < 2; ++i) {
            (uint256 reserveIn, uint256 amountIn) = i == 0 ? (large, uint256(0)) : (uint256(0), large);
            vm.expectRevert(reason);
            this.sale(reserveIn, amountIn);
            vm.expectRevert(reason);
            this.saleFeeLeaves(reserveIn, amountIn);
        }
        uint256 most = large - 1;
        assertEq(this.excess([most, most, most, 0]), most);
        assertGt(this.sale(most, most), 0);
        assertGt(this.saleFeeLeaves(most, most), 0);
    }

    function test_Excess_OfWhatIsNotTooMuch() public view {
        assertEq(this.excess([uint256(1000), 2000, 5, 11]), 0);
        assertEq(this.excess([uint256(1000), 2000, 5, 10]), 0);
    }

    /* THE SALE */

    /// @dev The root, rounded down: g·s² + (1 + g)·R·s is at most R·a for s, and more for s + 1.
    function testFuzz_Sale_IsTheRootToTheUnit(uint112 reserve, uint112 amount, uint16 feeBps) public pure {
        reserve = uint112(bound(reserve, 1, type(uint112).max));
        feeBps = uint16(bound(feeBps, 0, BPS - 1));
        uint256 sold = OneSidedLib.sale(reserve, amount, feeBps);
        assertLe(sold, amount);
        assertTrue(_atMost(reserve, amount, feeBps, sold));
        assertFalse(_atMost(reserve, amount, feeBps, sold + 1));
    }

    /// @dev No other amount sold gives more shares of the pool, all small cases tried.
    function test_Sale_NoOtherGivesMore() public pure {
        for (uint256 reserve = 100; reserve <= 400; reserve += 37) {
            for (uint256 amount = 10; amount <= 150; amount += 13) {
                uint256 sold = OneSidedLib.sale(reserve * 1e6, amount * 1e6, 30);
                uint256 best = _shares(reserve * 1e6, amount * 1e6, sold, 30, false);
                for (uint256 other = sold > 300 ? sold - 300 : 0; other <= sold + 300; ++other) {
                    uint256 shares = _shares(reserve * 1e6, amount * 1e6, other, 30, false);
                    assertLe(shares, best + best / 1e5);
                }
            }
        }
    }

    function testFuzz_Sale_LeavesNothingOver(uint96 reserve, uint96 amount, uint16 feeBps) public pure {
        reserve = uint96(bound(reserve, 1e12, type(uint96).max));
        amount = uint96(bound(amount, reserve / 1e6, reserve));
        feeBps = uint16(bound(feeBps, 0, 100));
        _assertFits(reserve, amount, OneSidedLib.sale(reserve, amount, feeBps), feeBps, false);
    }

    function testFuzz_SaleFeeLeaves_LeavesNothingOver(uint96 reserve, uint96 amount, uint16 feeBps) public pure {
        reserve = uint96(bound(reserve, 1e12, type(uint96).max));
        amount = uint96(bound(amount, reserve / 1e6, reserve));
        feeBps = uint16(bound(feeBps, 0, 100));
        _assertFits(reserve, amount, OneSidedLib.saleFeeLeaves(reserve, amount, feeBps), feeBps, true);
    }

    /// @dev Selling the excess is selling so that what is held fits the pool.
    function testFuzz_Excess_OfWhatIsHeld(uint96 reserveIn, uint96 reserveOut, uint96 amountIn, uint96 amountOut)
        public
        pure
    {
        reserveIn = uint96(bound(reserveIn, 1e15, type(uint96).max));
        reserveOut = uint96(bound(reserveOut, 1e15, type(uint96).max));
        amountIn = uint96(bound(amountIn, reserveIn / 1e3, reserveIn));
        amountOut = uint96(bound(amountOut, 0, reserveOut / 10));
        uint256 excess = OneSidedLib.excess(reserveIn, reserveOut, amountIn, amountOut);
        if (uint256(amountIn) * reserveOut <= uint256(amountOut) * reserveIn) {
            assertEq(excess, 0);
            return;
        }
        uint256 sold = OneSidedLib.sale(reserveIn, excess, 30);
        uint256 bought = Math.mulDiv(reserveOut, sold * 9970, uint256(reserveIn) * BPS + sold * 9970);
        uint256 heldIn = (uint256(amountIn) - sold) * (reserveOut - bought);
        uint256 heldOut = (amountOut + bought) * (uint256(reserveIn) + sold);
        assertApproxEqRel(heldIn, heldOut, 1e10);
    }

    function _atMost(uint256 reserve, uint256 amount, uint256 feeBps, uint256 sold) private pure returns (bool) {
        uint256 kept = BPS - feeBps;
        return kept * sold * sold + (BPS + kept) * reserve * sold <= BPS * reserve * amount;
    }

    /// @dev What is left of one and bought of the other have the ratio of the pool, to within a unit of each.
    function _assertFits(uint256 reserve, uint256 amount, uint256 sold, uint256 feeBps, bool feeLeaves) private pure {
        uint256 kept = sold * (BPS - feeBps) / BPS;
        uint256 bought = Math.mulDiv(reserve, kept, reserve + kept);
        uint256 after_ = feeLeaves ? reserve + kept : reserve + sold;
        uint256 needed = Math.mulDiv(bought, after_, reserve - bought);
        assertApproxEqAbs(needed, amount - sold, 5 + amount / 1e9);
    }

    /// @dev Of a pool of equal reserves, as the smaller of both ratios, in 2^-112.
    function _shares(uint256 reserve, uint256 amount, uint256 sold, uint256 feeBps, bool feeLeaves)
        private
        pure
        returns (uint256)
    {
        if (sold > amount) return 0;
        uint256 kept = sold * (BPS - feeBps);
        uint256 bought = reserve * kept / (reserve * BPS + kept);
        uint256 after_ = feeLeaves ? reserve + kept / BPS : reserve + sold;
        return Math.min(((amount - sold) << 112) / after_, (bought << 112) / (reserve - bought));
    }
}
