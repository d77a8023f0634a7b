// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {OneSidedLib} from "../../contracts/libraries/OneSidedLib.sol";
import {SplitLib} from "../../contracts/libraries/SplitLib.sol";

/// @notice Rules R1 and R4. Roots, and sums of several divisions, are more than the solvers finish in minutes: what is said of
/// them is shown for every small case there is. Of one division it is proven, in Rounding.t.sol.
contract Reserve_Proof {
    uint256 private constant BPS = 10_000;

    /* THE SPLIT */

    /// @dev Every amount below 64, every split of it in steps of 7 %, with two beneficiaries.
    function test_PartsAddUpAndThePoolsTakeTheRest() public pure {
        for (uint256 i; i < 64 * 15 * 15; ++i) {
            (uint256 amount, uint256 vaultBps, uint256 bps) = (i % 64, i / 64 % 15 * 700, i / 960 * 700);
            if (vaultBps + 2 * bps > BPS) continue;
            uint256 others = SplitLib.part(amount, vaultBps) + 2 * SplitLib.part(amount, bps);
            uint256 pools = amount - others;
            assert(pools * BPS >= amount * (BPS - vaultBps - 2 * bps));
            assert(pools * BPS < amount * (BPS - vaultBps - 2 * bps) + 3 * BPS);
        }
    }

    /* THE ONE-SIDED AMOUNT */

    /// @dev Of every small pool and amount at every fee in steps of 5 %: never more than is held, and one unit more would
    /// already be too much.
    function test_SaleIsNoMoreThanHeld_AndNoUnitLess() public pure {
        for (uint256 i; i < 24 * 24 * 20; ++i) {
            (uint256 reserve, uint256 amount, uint256 feeBps) = (i % 24 + 1, i / 24 % 24, i / 576 * 500);
            uint256 sold = OneSidedLib.sale(reserve, amount, feeBps);
            assert(sold <= amount);
            assert(_fits(reserve, amount, feeBps, sold) && !_fits(reserve, amount, feeBps, sold + 1));
        }
    }

    /// @dev The same where the fee leaves the pool.
    function test_SaleFeeLeaves_IsNoMoreThanHeld_AndNoUnitLess() public pure {
        for (uint256 i; i < 24 * 24 * 20; ++i) {
            (uint256 reserve, uint256 amount, uint256 feeBps) = (i % 24 + 1, i / 24 % 24, i / 576 * 500);
            uint256 sold = OneSidedLib.saleFeeLeaves(reserve, amount, feeBps);
            assert(sold <= amount);
            assert(_fitsFeeLeaves(reserve, amount, feeBps, sold));
            assert(!_fitsFeeLeaves(reserve, amount, feeBps, sold + 1));
        }
    }

    /// @dev Of two amounts, never more is too much than there is, and nothing where the other one is.
    function test_ExcessIsOfOneAlone() public pure {
        for (uint256 i; i < 9 ** 4; ++i) {
            (uint256 reserveIn, uint256 reserveOut) = (i % 9 + 1, i / 9 % 9 + 1);
            (uint256 amountIn, uint256 amountOut) = (i / 81 % 9, i / 729);
            uint256 excess = OneSidedLib.excess(reserveIn, reserveOut, amountIn, amountOut);
            assert(excess <= amountIn);
            assert(excess == 0 || OneSidedLib.excess(reserveOut, reserveIn, amountOut, amountIn) == 0);
        }
    }

    /// @dev g·s² + (1 + g)·R·s ≤ R·a, in basis points.
    function _fits(uint256 reserve, uint256 amount, uint256 feeBps, uint256 sold) private pure returns (bool) {
        uint256 kept = BPS - feeBps;
        return kept * sold * sold + (BPS + kept) * reserve * sold <= BPS * reserve * amount;
    }

    /// @dev With u = R + g·s: g·u² + (1 − g)·R·u ≤ R·(g·a + R), in basis points to the third.
    function _fitsFeeLeaves(uint256 reserve, uint256 amount, uint256 feeBps, uint256 sold) private pure returns (bool) {
        uint256 kept = BPS - feeBps;
        uint256 moved = BPS * reserve + kept * sold;
        return
            kept * moved * moved + BPS * feeBps * reserve * moved
                <= BPS * BPS * reserve * (kept * amount + BPS * reserve);
    }
}
