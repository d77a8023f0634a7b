// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title ModelLBRounding
/// @notice Model: what a pair of LFJ's Liquidity Book pays and what state that leaves it in, to the last unit. ModelLBPair
/// keeps balances; here is nothing but arithmetic, in the protocol's own order and with its own roundings, for pool
/// arithmetic in other languages to be compared with.
/// @dev Written after traderjoe-xyz/joe-v2: LBPair.sol (swap), libraries/BinHelper.sol (getAmounts, getLiquidity),
/// FeeHelper.sol, PairParameterHelper.sol and PriceHelper.sol, math/Uint128x128Math.sol (pow) and Constants.sol. Versions 2.1
/// and 2.2 differ here in one thing: 2.2 bounds the liquidity of a bin. Left out: the oracle, hooks, flash loans.
contract ModelLBRounding {
    using SafeCast for uint256;

    /// @param bounded Whether a bin's liquidity is bounded: 1 for version 2.2.
    struct Pair {
        uint256 binStep;
        uint256 baseFactor;
        uint256 filterPeriod;
        uint256 decayPeriod;
        uint256 reductionFactor;
        uint256 variableFeeControl;
        uint256 protocolShare;
        uint256 maxVolatility;
        uint256 volatility;
        uint256 volatilityReference;
        uint256 idReference;
        uint256 lastUpdate;
        uint256 activeId;
        uint256 feesX;
        uint256 feesY;
        uint256 bounded;
    }

    /// @param x Units of X in it, `y` of Y. Bins are given in the order of their ids.
    struct Bin {
        uint256 id;
        uint256 x;
        uint256 y;
    }

    uint256 private constant ONE = 1e18;
    uint256 private constant BPS = 10_000;
    uint256 private constant MAX_FEE = 0.1e18;
    uint256 private constant ID_OF_ONE = 1 << 23;
    uint256 private constant MAX_LIQUIDITY = type(uint256).max / (2 * 887_272);

    /// @notice Sells `amount` of X, or of Y, at a time; reverts where the pair would.
    function swap(Pair memory pair, Bin[] memory bins, bool swapForY, uint256 amount, uint256 time)
        external
        pure
        returns (uint256 out, Pair memory, Bin[] memory)
    {
        require(amount > 0, "InsufficientAmountIn");
        _requireReceived(pair, bins, swapForY, amount);
        _updateReferences(pair, time);
        for (uint256 n = 0; n < bins.length && amount > 0; ++n) {
            Bin memory bin = bins[swapForY ? bins.length - 1 - n : n];
            if (swapForY ? bin.id > pair.activeId : bin.id < pair.activeId) continue;
            pair.activeId = bin.id;
            if ((swapForY ? bin.y : bin.x) == 0) continue;
            (uint256 taken, uint256 paid) = _sweep(pair, bin, swapForY, amount);
            (amount, out) = (amount - taken, out + paid);
        }
        require(amount == 0, "OutOfLiquidity");
        require(out > 0, "InsufficientAmountOut");
        return (out, pair, bins);
    }

    /// @notice Units of Y for one of X, with 128 bits behind the point.
    function priceOf(uint256 id, uint256 binStep) public pure returns (uint256 result) {
        bool inverted = id >= ID_OF_ONE;
        uint256 exponent = inverted ? id - ID_OF_ONE : ID_OF_ONE - id;
        if (exponent == 0) return 1 << 128;
        require(exponent < 1 << 20, "PowUnderflow");
        // 1 + step / 10,000 is above one, so that its inverse is what is raised to the power.
        uint256 squared = type(uint256).max / ((1 << 128) + (binStep << 128) / BPS);
        result = 1 << 128;
        for (uint256 bit = 0; bit < 20; ++bit) {
            unchecked {
                if (exponent >> bit & 1 == 1) result = result * squared >> 128;
                squared = squared * squared >> 128;
            }
        }
        require(result > 0, "PowUnderflow");
        if (inverted) result = type(uint256).max / result;
    }

    /* BINS */

    function _sweep(Pair memory pair, Bin memory bin, bool swapForY, uint256 amount)
        private
        pure
        returns (uint256 taken, uint256 paid)
    {
        _updateVolatility(pair, bin.id);
        uint256 price = priceOf(bin.id, pair.binStep);
        uint256 fee;
        (taken, paid, fee) = _amounts(_totalFee(pair), price, swapForY, swapForY ? bin.y : bin.x, amount);
        if (swapForY) (bin.x, bin.y) = ((bin.x + taken).toUint128(), bin.y - paid);
        else (bin.x, bin.y) = (bin.x - paid, (bin.y + taken).toUint128());
        if (pair.bounded == 1) require(price * bin.x + (bin.y << 128) <= MAX_LIQUIDITY, "MaxLiquidityPerBinExceeded");
        uint256 share = fee * pair.protocolShare / BPS;
        if (swapForY) (bin.x, pair.feesX) = (bin.x - share, pair.feesX + share);
        else (bin.y, pair.feesY) = (bin.y - share, pair.feesY + share);
    }

    /// @notice What a bin takes of `amount`, the fee included, and what it pays of `reserve`.
    function _amounts(uint256 rate, uint256 price, bool swapForY, uint256 reserve, uint256 amount)
        private
        pure
        returns (uint256 taken, uint256 paid, uint256 fee)
    {
        (uint256 sold, uint256 bought) = swapForY ? (uint256(1 << 128), price) : (price, uint256(1 << 128));
        taken = Math.mulDiv(reserve, sold, bought, Math.Rounding.Ceil).toUint128();
        require(rate <= MAX_FEE, "FeeTooLarge");
        fee = Math.ceilDiv(taken * rate, ONE - rate);
        taken = (taken + fee).toUint128();
        if (amount >= taken) return (taken, reserve, fee);
        fee = Math.ceilDiv(amount * rate, ONE);
        paid = Math.mulDiv(amount - fee, bought, sold).toUint128();
        return (amount, Math.min(paid, reserve), fee);
    }

    /// @dev What the pair holds is told by 128 bits a side.
    function _requireReceived(Pair memory pair, Bin[] memory bins, bool swapForY, uint256 amount) private pure {
        uint256 held = swapForY ? pair.feesX : pair.feesY;
        for (uint256 n = 0; n < bins.length; ++n) {
            held += swapForY ? bins[n].x : bins[n].y;
        }
        (held + amount).toUint128();
    }

    /* FEES */

    function _totalFee(Pair memory pair) private pure returns (uint256) {
        uint256 moved = pair.volatility * pair.binStep;
        uint256 variable = (moved * moved * pair.variableFeeControl + 99) / 100;
        return pair.baseFactor * pair.binStep * 1e10 + (pair.variableFeeControl == 0 ? 0 : variable);
    }

    function _updateReferences(Pair memory pair, uint256 time) private pure {
        uint256 elapsed = time - pair.lastUpdate;
        if (elapsed >= pair.filterPeriod) {
            pair.idReference = pair.activeId;
            pair.volatilityReference = elapsed < pair.decayPeriod ? pair.volatility * pair.reductionFactor / BPS : 0;
        }
        pair.lastUpdate = time;
    }

    function _updateVolatility(Pair memory pair, uint256 id) private pure {
        uint256 distance = id > pair.idReference ? id - pair.idReference : pair.idReference - id;
        pair.volatility = Math.min(pair.volatilityReference + distance * BPS, pair.maxVolatility);
    }
}
