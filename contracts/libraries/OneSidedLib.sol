// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

/// @title OneSidedLib
/// @notice How much of one token to sell to a constant product so that what is left and what it brings can be added to
/// the very pool, to the unit.
/// @dev With g = 1 − fee, a pool of R and R′ pays o = R′·g·s / (R + g·s) for s. What is held afterwards, a − s and b + o, has
/// the pool's new ratio where the quadratic below is zero. Amounts and reserves are below 2^112.
library OneSidedLib {
    uint256 private constant BPS = 10_000;

    error AmountTooLarge(uint256 amount);

    /// @notice Of a and b held, what is too much of a: (a·R′ − b·R) / (R′ + b), rounded down; 0 where there is none.
    /// @dev To sell for a pool and a b of one's own is to sell that much for the pool alone.
    function excess(uint256 reserveIn, uint256 reserveOut, uint256 amountIn, uint256 amountOut)
        internal
        pure
        returns (uint256)
    {
        _requireSmall(amountIn | amountOut | reserveIn | reserveOut);
        uint256 held = amountIn * reserveOut;
        uint256 matched = amountOut * reserveIn;
        return held > matched ? (held - matched) / (reserveOut + amountOut) : 0;
    }

    /// @notice What to sell where the fee stays in the pool: g·s² + (1 + g)·R·s = R·a, rounded down.
    function sale(uint256 reserveIn, uint256 amountIn, uint256 feeBps) internal pure returns (uint256) {
        _requireSmall(reserveIn | amountIn);
        uint256 kept = BPS - feeBps;
        uint256 linear = reserveIn * (BPS + kept);
        uint256 root = FixedPointMathLib.sqrt(linear * linear + 4 * BPS * kept * reserveIn * amountIn);
        return (root - linear) / (2 * kept);
    }

    /// @notice What to sell where the fee leaves the pool, which then holds u = R + g·s: g·u² + (1 − g)·R·u = R·(g·a + R).
    /// @dev Rounded down, to within a unit.
    function saleFeeLeaves(uint256 reserveIn, uint256 amountIn, uint256 feeBps) internal pure returns (uint256) {
        _requireSmall(reserveIn | amountIn);
        uint256 kept = BPS - feeBps;
        uint256 linear = reserveIn * feeBps;
        uint256 root =
            FixedPointMathLib.sqrt(linear * linear + 4 * kept * reserveIn * (kept * amountIn + BPS * reserveIn));
        uint256 moved = FixedPointMathLib.zeroFloorSub(root, linear + 2 * kept * reserveIn);
        return moved * BPS / (2 * kept * kept);
    }

    function _requireSmall(uint256 bits) private pure {
        require(bits <= type(uint112).max, AmountTooLarge(bits));
    }
}
