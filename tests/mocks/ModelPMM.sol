// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title ModelPMM
/// @notice Model: the arithmetic of DODO V2's proactive market maker, for 0 < k <= 1. No package carries the real one
/// (DODOEX/contractV2, contracts/lib/PMMPricing.sol and DODOMath.sol), whose answers differ by a few units at most.
/// @dev Where base is short of its target, a unit of base costs i · (1 - k + k·(B0/B)²); where quote is, it costs
/// i / (1 - k + k·(Q0/Q)²); at the targets, i. Rates have 18 decimals. Base for quote mirrors quote for base.
library ModelPMM {
    /// @notice Where the reserves stand: at their targets, short of base (its price is above i), or short of quote.
    enum R {
        One,
        AboveOne,
        BelowOne
    }

    /// @param i The guide price: units of quote for a unit of base.
    struct State {
        uint256 i;
        uint256 k;
        uint256 base;
        uint256 quote;
        uint256 baseTarget;
        uint256 quoteTarget;
        R r;
    }

    uint256 private constant ONE = 1e18;

    /// @notice What the pool pays in quote for `paid` of base, and where that leaves it.
    function sellBase(State memory s, uint256 paid) internal pure returns (uint256 received, R r) {
        if (s.r == R.One) return (_drawn(s.quoteTarget, s.quoteTarget, paid, s.i, s.k), R.BelowOne);
        if (s.r == R.BelowOne) return (_drawn(s.quoteTarget, s.quote, paid, s.i, s.k), R.BelowOne);
        uint256 missing = s.baseTarget - s.base;
        uint256 surplus = s.quote - s.quoteTarget;
        if (paid < missing) {
            return (Math.min(_released(s.baseTarget, s.base + paid, s.base, s.i, s.k), surplus), R.AboveOne);
        }
        if (paid == missing) return (surplus, R.One);
        return (surplus + _drawn(s.quoteTarget, s.quoteTarget, paid - missing, s.i, s.k), R.BelowOne);
    }

    /// @notice What the pool pays in base for `paid` of quote, and where that leaves it.
    function sellQuote(State memory s, uint256 paid) internal pure returns (uint256 received, R r) {
        (received, r) = sellBase(_mirrored(s), paid);
        r = _mirrored(r);
    }

    /// @notice Moves the target of what there is too much of: what fees have added counts as reserve.
    function adjustTarget(State memory s) internal pure {
        if (s.r == R.BelowOne) s.quoteTarget = _target(s.quote, s.base - s.baseTarget, s.i, s.k);
        if (s.r == R.AboveOne) s.baseTarget = _target(s.base, s.quote - s.quoteTarget, ONE * ONE / s.i, s.k);
    }

    /// @notice The price of a unit of base in units of quote.
    function midPrice(State memory s) internal pure returns (uint256) {
        if (s.r == R.BelowOne) return s.i * ONE / _slope(s.quoteTarget, s.quote, s.k);
        return s.i * _slope(s.baseTarget, s.base, s.k) / ONE;
    }

    /// @dev 1 - k + k·(target/reserve)².
    function _slope(uint256 target, uint256 reserve, uint256 k) private pure returns (uint256) {
        return ONE - k + Math.mulDiv(k * target, target, reserve * reserve);
    }

    /// @notice What moving a short reserve from `low` up to `high` releases of the other side, at price `i`:
    /// i · (high - low) · (1 - k + k·target² / (high·low)).
    function _released(uint256 target, uint256 high, uint256 low, uint256 i, uint256 k) private pure returns (uint256) {
        require(target > 0, "TARGET_IS_ZERO");
        uint256 mean = ONE - k + Math.mulDiv(Math.mulDiv(k, target, high), target, low);
        return Math.mulDiv(i * (high - low), mean, ONE * ONE);
    }

    /// @notice What a reserve that is short already, or will be, pays for `paid` of the other side, at price `i`. What
    /// is left of it solves (1-k)·left² + b·left - k·target² = 0, b = k·target²/reserve + i·paid - (1-k)·reserve.
    function _drawn(uint256 target, uint256 reserve, uint256 paid, uint256 i, uint256 k)
        private
        pure
        returns (uint256)
    {
        require(target > 0, "TARGET_IS_ZERO");
        uint256 plus = Math.mulDiv(k * target, target, reserve * ONE) + Math.mulDiv(i, paid, ONE);
        uint256 left;
        if (k == ONE) {
            left = Math.mulDiv(target, target, plus, Math.Rounding.Ceil);
        } else {
            uint256 minus = Math.mulDiv(ONE - k, reserve, ONE);
            uint256 b = plus > minus ? plus - minus : minus - plus;
            uint256 root = Math.sqrt(b * b + Math.mulDiv(4 * k * (ONE - k), target * target, ONE * ONE));
            left = Math.mulDiv(plus > minus ? root - b : root + b, ONE, 2 * (ONE - k), Math.Rounding.Ceil);
        }
        return reserve > left ? reserve - left : 0;
    }

    /// @notice The target of a reserve for which the other side's `surplus` was paid:
    /// reserve · (1 + (√(1 + 4k·i·surplus/reserve) - 1) / 2k).
    function _target(uint256 reserve, uint256 surplus, uint256 i, uint256 k) private pure returns (uint256) {
        uint256 root = Math.sqrt(ONE * ONE + Math.mulDiv(4 * k * i, surplus, reserve));
        return Math.mulDiv(reserve, ONE + (root - ONE) * ONE / (2 * k), ONE);
    }

    function _mirrored(State memory s) private pure returns (State memory) {
        return State(ONE * ONE / s.i, s.k, s.quote, s.base, s.quoteTarget, s.baseTarget, _mirrored(s.r));
    }

    function _mirrored(R r) private pure returns (R) {
        if (r == R.One) return r;
        return r == R.AboveOne ? R.BelowOne : R.AboveOne;
    }
}
