// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {SplitLib} from "../../contracts/libraries/SplitLib.sol";
import {StreamLib} from "../../contracts/libraries/StreamLib.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

/// @notice Rules R1, V1 and V2: which way each division rounds, and by how little, for every input up to the bits named. Sums
/// are stated without subtraction, and bounds without narrow types, which is what the solver gets through.
/// @custom:halmos --solver-command 'python tests/proofs/integers.py'
contract Rounding_Proof {
    uint256 private constant BPS = 10_000;

    /* THE SPLIT */

    /// @dev Nothing is lost, the first has the most, and by less than a unit a pool.
    function check_EqualPartsAddUp(uint256 amount, uint256 count) public pure {
        if (amount >= 1 << 128 || count == 0 || count >= 1 << 8) return;
        (uint256 first, uint256 each) = SplitLib.equally(amount, count);
        unchecked {
            assert(first + each * (count - 1) == amount);
            assert(first >= each && first - each < count);
        }
    }

    /// @dev So parts of shares that add up to the whole are together no more than the amount: the pools' rest is never short.
    function check_APartRoundsDown(uint256 amount, uint256 bps) public pure {
        if (amount >= 1 << 128 || bps > BPS) return;
        uint256 part = SplitLib.part(amount, bps);
        unchecked {
            assert(part <= amount);
            assert(part * BPS <= amount * bps);
            assert(amount * bps < part * BPS + BPS);
        }
    }

    /* THE STREAM */

    function check_LockedOnlyFalls(uint256 locked, uint256 remaining, uint256 elapsed) public pure {
        if (locked >= 1 << 88 || remaining >= 1 << 32 || elapsed >= 1 << 32) return;
        uint256 now_ = StreamLib.left(locked, remaining, elapsed);
        assert(now_ <= locked);
        unchecked {
            assert(StreamLib.left(locked, remaining, elapsed + 1) <= now_);
        }
    }

    /// @dev now = locked · (remaining − elapsed) / remaining, rounded up.
    function check_LockedRoundsUp(uint256 locked, uint256 remaining, uint256 elapsed) public pure {
        if (locked >= 1 << 88 || remaining >= 1 << 32 || elapsed >= remaining) return;
        uint256 now_ = StreamLib.left(locked, remaining, elapsed);
        unchecked {
            assert(now_ * remaining + locked * elapsed >= locked * remaining);
            assert(now_ * remaining + locked * elapsed < locked * remaining + remaining);
        }
    }

    /* THE FOUR */

    /// @dev By which `fullMulDiv` knows that it may divide plainly: for products of one word it always may, and the two
    /// checks below, which are of the plain division, hold of it.
    function check_ProductsOfAWordAreDividedPlainly(uint256 x, uint256 y) public pure {
        if (x >= 1 << 112 || y >= 1 << 112) return;
        unchecked {
            assert(x == 0 || x * y / x == y);
        }
    }

    /// @dev Shares for assets and assets for shares alike.
    function check_DepositAndRedeemRoundDown(uint256 amount, uint256 of_, uint256 by) public pure {
        if (amount >= 1 << 112 || of_ >= 1 << 112 || by >= 1 << 112 || by == 0) return;
        uint256 got = FixedPointMathLib.mulDiv(amount, of_, by);
        unchecked {
            assert(got * by <= amount * of_);
            assert(amount * of_ < got * by + by);
        }
    }

    function check_MintAndWithdrawRoundUp(uint256 amount, uint256 of_, uint256 by) public pure {
        if (amount >= 1 << 112 || of_ >= 1 << 112 || by >= 1 << 112 || by == 0) return;
        uint256 asked = FixedPointMathLib.mulDivUp(amount, of_, by);
        unchecked {
            assert(asked * by >= amount * of_);
            assert(asked * by < amount * of_ + by);
        }
    }
}
