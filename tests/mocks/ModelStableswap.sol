// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title ModelStableswap
/// @notice Model: the invariant of Curve's stable pools, solved by Newton's method in integers as they solve it
/// (curvefi/stableswap-ng, CurveStableSwapNGMath; the StableSwap paper).
/// @dev A·n·S + D = A·n·D + D^(n+1) / (n^n · P), S and P being the sum and the product of the balances, all at 18 decimals.
/// `ann` is A·n in hundredths.
library ModelStableswap {
    uint256 private constant PRECISION = 100;
    uint256 private constant ROUNDS = 255;

    function invariant(uint256[] memory xp, uint256 ann) internal pure returns (uint256 d) {
        uint256 n = xp.length;
        uint256 sum;
        for (uint256 i; i < n; ++i) {
            sum += xp[i];
        }
        d = sum;
        for (uint256 round; round < ROUNDS; ++round) {
            uint256 power = d;
            for (uint256 i; i < n; ++i) {
                power = power * d / xp[i];
            }
            power /= n ** n;
            uint256 last = d;
            d = (ann * sum / PRECISION + power * n) * d / ((ann - PRECISION) * d / PRECISION + (n + 1) * power);
            if (_near(d, last)) return d;
        }
        revert("no convergence");
    }

    /// @notice The balance of coin `j` at which the invariant stays `d`, the other balances being those of `xp`.
    function balanceFor(uint256[] memory xp, uint256 j, uint256 ann, uint256 d) internal pure returns (uint256 y) {
        uint256 n = xp.length;
        uint256 c = d;
        uint256 b = d * PRECISION / ann;
        for (uint256 i; i < n; ++i) {
            if (i == j) continue;
            b += xp[i];
            c = c * d / (xp[i] * n);
        }
        c = c * d * PRECISION / (ann * n);
        y = d;
        for (uint256 round; round < ROUNDS; ++round) {
            uint256 last = y;
            y = (y * y + c) / (2 * y + b - d);
            if (_near(y, last)) return y;
        }
        revert("no convergence");
    }

    function _near(uint256 a, uint256 b) private pure returns (bool) {
        return a > b ? a - b <= 1 : b - a <= 1;
    }
}
