// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ConstantProduct} from "../types/ConstantProduct.sol";

import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {LibBit} from "solady/utils/LibBit.sol";

/// @title SizingLib
/// @notice Rule E5: how much to trade along a cycle of constant products, in closed form.
/// @dev Legs one after the other are again one constant product, without a fee: reserve·x / (depth + x). `reserve` is
/// what the last leg would pay at most, `depth` is in units of the first token. Less what x costs, that peaks at
/// x = √(depth·reserve / cost) − depth.
///
/// Depth is rounded up and reserve down at every step, so that the whole promises no more than the legs do: in real
/// numbers the amount found shows no loss. Pools pay whole units, which takes at most one unit of each leg's output, at
/// the prices of the legs after it. Numbers here are exact to 2^−40 of a unit, which is nothing beside that, unless a unit
/// buys a good part of all there is.
/// An amount that is off by e, as by rounding it down, earns less by e² / (depth + x): less than a unit where e is.
library SizingLib {
    uint256 private constant PIPS = 1e6;
    uint256 private constant BPS = 10_000;
    /// @dev Fractional bits of depth and reserve. Reserves have at most 194 bits, times PIPS 20 more, and a sum one.
    uint256 private constant SHIFT = 40;
    uint256 private constant ONE = 2 ** SHIFT;

    /// @notice The input of the first leg that earns most.
    /// @param loanFeeBps What the loan costs, in basis points of the input.
    /// @param cap The largest input.
    /// @return amountIn Units of the first token; 0 where the cycle earns nothing.
    function optimum(ConstantProduct[] memory legs, uint256 loanFeeBps, uint256 cap)
        internal
        pure
        returns (uint256 amountIn)
    {
        unchecked {
            (uint256 depth, uint256 reserve) = _compose(legs);
            // What comes back is worth less by what the loan costs; rounded down.
            reserve = reserve * BPS / (BPS + loanFeeBps);
            // reserve·x / (depth + x) > x asks for reserve > depth + x: where one unit earns nothing, no amount does.
            if (reserve <= depth + ONE || depth == 0) return 0;
            amountIn = FixedPointMathLib.max(_peak(depth, reserve) >> SHIFT, 1);
            amountIn = FixedPointMathLib.min(amountIn, FixedPointMathLib.min(cap, largestInput(legs)));
        }
    }

    /// @notice The largest input of the first leg with which no leg gets more than its `maxIn`; rounded down at each.
    function largestInput(ConstantProduct[] memory legs) internal pure returns (uint256 amount) {
        amount = type(uint256).max;
        for (uint256 i = legs.length; i != 0; --i) {
            ConstantProduct memory leg = legs[i - 1];
            amount = FixedPointMathLib.min(leg.maxIn, _inputFor(leg, amount));
        }
    }

    /// @notice What the leg pays for `amountIn`, rounded down: to the unit what a pair of Uniswap V2 pays.
    function amountOut(ConstantProduct memory leg, uint256 amountIn) internal pure returns (uint256) {
        uint256 net = amountIn * (PIPS - leg.feePips);
        return FixedPointMathLib.fullMulDivUnchecked(net, leg.reserveOut, leg.reserveIn * PIPS + net);
    }

    /// @dev All legs as one, in 2^−40 of a unit. Depth is 0 where a leg takes nothing; reserve is 0 where one pays
    /// nothing, or less than a unit whatever comes in.
    function _compose(ConstantProduct[] memory legs) private pure returns (uint256 depth, uint256 reserve) {
        unchecked {
            for (uint256 i; i < legs.length; ++i) {
                ConstantProduct memory leg = legs[i];
                if (leg.feePips >= PIPS) return (0, 0);
                uint256 kept = PIPS - leg.feePips;
                uint256 reserveIn = (leg.reserveIn << SHIFT) * PIPS;
                uint256 reserveOut = leg.reserveOut << SHIFT;
                if (i == 0) {
                    (depth, reserve) = (FixedPointMathLib.divUp(reserveIn, kept), reserveOut);
                } else {
                    // Of what the legs so far can pay, the fee taken off:
                    uint256 net = reserve * kept;
                    uint256 total = reserveIn + net;
                    // What is taken off is rounded down, the depth so up.
                    depth -= FixedPointMathLib.fullMulDivUnchecked(depth, net, total);
                    reserve = FixedPointMathLib.fullMulDivUnchecked(reserveOut, net, total);
                }
                if (reserve <= ONE) return (0, 0);
            }
        }
    }

    /// @dev √(depth·reserve) − depth of a positive depth, rounded down, or 0. What exceeds 128 bits is cut off both, so
    /// that their product fits a word. Depth is rounded up by less than 2^−127 of `reserve` in this, and whatever that
    /// does to the amount costs less than 2^−60 of `reserve`.
    function _peak(uint256 depth, uint256 reserve) private pure returns (uint256) {
        unchecked {
            uint256 cut = FixedPointMathLib.zeroFloorSub(LibBit.fls(reserve), 127);
            depth = ((depth - 1) >> cut) + 1; // up
            uint256 root = FixedPointMathLib.sqrt(depth * (reserve >> cut));
            return FixedPointMathLib.zeroFloorSub(root, depth) << cut;
        }
    }

    /// @dev What a leg pays `amount` for, rounded down: reserveIn·amount / ((reserveOut − amount)·(1 − fee)).
    function _inputFor(ConstantProduct memory leg, uint256 amount) private pure returns (uint256) {
        unchecked {
            if (amount >= leg.reserveOut) return type(uint256).max;
            uint256 reserveIn = leg.reserveIn * PIPS;
            uint256 left = (leg.reserveOut - amount) * (PIPS - leg.feePips);
            // An input of 2^255 is no limit, and beyond 2^256 the division has no answer.
            if (FixedPointMathLib.fullMulDivN(reserveIn, amount, 255) >= left) return type(uint256).max;
            return FixedPointMathLib.fullMulDivUnchecked(reserveIn, amount, left);
        }
    }
}
