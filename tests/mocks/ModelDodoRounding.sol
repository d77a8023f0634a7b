// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title ModelDodoRounding
/// @notice Model: what a pool of DODO V2 pays and what state that leaves it in, to the last unit. ModelDodoV2 keeps balances
/// and callbacks; here is nothing but arithmetic, in the protocol's own order and with its own roundings, for pool arithmetic
/// in other languages to be compared with.
/// @dev Written after DODOEX/contractV2: lib/DecimalMath.sol, lib/SafeMath.sol, lib/DODOMath.sol and lib/PMMPricing.sol,
/// impl/DVMTrader.sol and DVMVault.sol, DPPTrader.sol, DSPTrader.sol and DSPVault.sol in the versions that were deployed:
/// DVM 1.0.2, DPP 1.0.0, DSP 1.0.1. Its overflows revert there by SafeMath, here by the language.
contract ModelDodoRounding {
    uint256 private constant ONE = 1e18;
    uint256 private constant ONE2 = 1e36;

    uint256 private constant DVM = 0;

    uint256 private constant R_ONE = 0;
    uint256 private constant R_ABOVE = 1;
    uint256 private constant R_BELOW = 2;

    /// @param kind 0 a DVM, 1 a DPP, 2 a DSP.
    /// @param r 0 at the targets, 1 short of base, 2 short of quote.
    struct Pool {
        uint256 kind;
        uint256 i;
        uint256 k;
        uint256 lpFeeRate;
        uint256 mtFeeRate;
        uint256 base;
        uint256 quote;
        uint256 baseTarget;
        uint256 quoteTarget;
        uint256 r;
    }

    /// @notice Sells `paid` of base, or of quote; reverts where the pool would.
    function sell(Pool memory pool, bool sellsBase, uint256 paid)
        external
        pure
        returns (uint256 due, Pool memory left)
    {
        left = pool;
        (uint256 baseTarget, uint256 quoteTarget) = adjusted(pool);
        (uint256 gross, uint256 r) =
            sellsBase ? _sellBase(pool, baseTarget, quoteTarget, paid) : _sellQuote(pool, baseTarget, quoteTarget, paid);
        uint256 mtFee = gross * pool.mtFeeRate / ONE;
        due = gross - gross * pool.lpFeeRate / ONE - mtFee;
        if (sellsBase) (left.base, left.quote) = (pool.base + paid, pool.quote - due - mtFee);
        else (left.base, left.quote) = (pool.base - due - mtFee, pool.quote + paid);
        _requireFits(left.base);
        _requireFits(left.quote);
        if (pool.kind != DVM && r != pool.r) {
            _requireFits(sellsBase ? baseTarget : quoteTarget);
            if (sellsBase) left.baseTarget = baseTarget;
            else left.quoteTarget = quoteTarget;
            left.r = r;
        }
    }

    /// @notice The targets that a sale reckons with: what fees and donations have added counts.
    function adjusted(Pool memory pool) public pure returns (uint256 baseTarget, uint256 quoteTarget) {
        (baseTarget, quoteTarget) = (pool.baseTarget, pool.quoteTarget);
        if (pool.r == R_BELOW) quoteTarget = _targetOf(pool.quote, pool.base - pool.baseTarget, pool.i, pool.k);
        if (pool.r == R_ABOVE) baseTarget = _targetOf(pool.base, pool.quote - pool.quoteTarget, ONE2 / pool.i, pool.k);
    }

    /* SIDES */

    function _sellBase(Pool memory pool, uint256 baseTarget, uint256 quoteTarget, uint256 paid)
        private
        pure
        returns (uint256, uint256)
    {
        if (pool.r == R_ONE) return (_drawn(quoteTarget, quoteTarget, paid, pool.i, pool.k), R_BELOW);
        if (pool.r == R_BELOW) return (_drawn(quoteTarget, pool.quote, paid, pool.i, pool.k), R_BELOW);
        uint256 payBack = baseTarget - pool.base;
        uint256 surplus = pool.quote - quoteTarget;
        if (paid == payBack) return (surplus, R_ONE);
        if (paid > payBack) {
            return (surplus + _drawn(quoteTarget, quoteTarget, paid - payBack, pool.i, pool.k), R_BELOW);
        }
        uint256 released = _released(baseTarget, pool.base + paid, pool.base, pool.i, pool.k);
        return (released > surplus ? surplus : released, R_ABOVE);
    }

    function _sellQuote(Pool memory pool, uint256 baseTarget, uint256 quoteTarget, uint256 paid)
        private
        pure
        returns (uint256, uint256)
    {
        uint256 inverse = ONE2 / pool.i;
        if (pool.r == R_ONE) return (_drawn(baseTarget, baseTarget, paid, inverse, pool.k), R_ABOVE);
        if (pool.r == R_ABOVE) return (_drawn(baseTarget, pool.base, paid, inverse, pool.k), R_ABOVE);
        uint256 payBack = quoteTarget - pool.quote;
        uint256 surplus = pool.base - baseTarget;
        if (paid == payBack) return (surplus, R_ONE);
        if (paid > payBack) {
            return (surplus + _drawn(baseTarget, baseTarget, paid - payBack, inverse, pool.k), R_ABOVE);
        }
        uint256 released = _released(quoteTarget, pool.quote + paid, pool.quote, inverse, pool.k);
        return (released > surplus ? surplus : released, R_BELOW);
    }

    /* CURVE */

    /// @dev The integral of the price between two reserves: i·Δ·(1 - k + k·target²/(high·low)).
    function _released(uint256 target, uint256 high, uint256 low, uint256 i, uint256 k) private pure returns (uint256) {
        require(target > 0, "TARGET_IS_ZERO");
        uint256 fair = i * (high - low);
        if (k == 0) return fair / ONE;
        uint256 ratio = target * target / high * ONE / low;
        return (ONE - k + k * ratio / ONE) * fair / ONE2;
    }

    /// @dev What is paid out of `reserve`: the quadratic equation solved for what is left of it.
    function _drawn(uint256 target, uint256 reserve, uint256 paid, uint256 i, uint256 k)
        private
        pure
        returns (uint256)
    {
        require(target > 0, "TARGET_IS_ZERO");
        if (paid == 0) return 0;
        if (k == 0) return i * paid / ONE > reserve ? reserve : i * paid / ONE;
        if (k == ONE) return _drawnFromProduct(target, reserve, paid, i);
        uint256 plus = k * target / reserve * target + i * paid;
        uint256 minus = (ONE - k) * reserve;
        bool positive = plus > minus;
        uint256 b = (positive ? plus - minus : minus - plus) / ONE;
        uint256 root = _sqrt(b * b + (ONE - k) * 4 * (k * target / ONE * target) / ONE);
        // As contractV2 has it since c58c067c; before, the pool paid its whole reserve.
        require(!positive || root > b, "NOTHING_LEFT");
        uint256 left = _ceilDiv((positive ? root - b : b + root) * ONE, (ONE - k) * 2);
        return left > reserve ? 0 : reserve - left;
    }

    function _drawnFromProduct(uint256 target, uint256 reserve, uint256 paid, uint256 i)
        private
        pure
        returns (uint256)
    {
        uint256 worth = i * paid;
        uint256 share;
        if (worth > 0) {
            share = _fits(worth, reserve) ? worth * reserve / (target * target) : paid * reserve / target * i / target;
        }
        return reserve * share / (share + ONE);
    }

    /// @dev The target of a reserve for which `surplus` of the other side was paid.
    function _targetOf(uint256 reserve, uint256 surplus, uint256 i, uint256 k) private pure returns (uint256) {
        if (reserve == 0) return 0;
        if (k == 0) return reserve + i * surplus / ONE;
        uint256 steep = 4 * k * i;
        uint256 root = ONE;
        if (steep > 0) {
            uint256 part = _fits(steep, surplus) ? steep * surplus / reserve : steep / reserve * surplus;
            root = _sqrt(part + ONE2);
        }
        return reserve * ((root - ONE) * ONE / (k * 2) + ONE) / ONE;
    }

    /* INTERNALS */

    /// @dev Newton's method from above, as SafeMath has it there: rounded down, but for 2, whose root it takes to be 2.
    function _sqrt(uint256 x) private pure returns (uint256 y) {
        uint256 z = x / 2 + 1;
        y = x;
        while (z < y) (y, z) = (z, (x / z + z) / 2);
    }

    function _ceilDiv(uint256 a, uint256 b) private pure returns (uint256) {
        return a % b > 0 ? a / b + 1 : a / b;
    }

    /// @dev Whether a product fits a word; `a` is not zero.
    function _fits(uint256 a, uint256 b) private pure returns (bool) {
        unchecked {
            return a * b / a == b;
        }
    }

    function _requireFits(uint256 stored) private pure {
        require(stored <= type(uint112).max, "OVERFLOW");
    }
}
