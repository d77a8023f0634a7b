// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title SplitLib
/// @notice How amounts are divided so that no unit is lost or made [R1].
library SplitLib {
    uint256 private constant BPS = 10_000;

    /// @notice So many basis points of the amount, rounded down, in favour of whoever gets the rest.
    function part(uint256 amount, uint256 bps) internal pure returns (uint256) {
        return amount * bps / BPS;
    }

    /// @notice Equal parts, rounded down, of which the first takes what rounding drops too.
    /// @param count At least 1.
    function equally(uint256 amount, uint256 count) internal pure returns (uint256 first, uint256 each) {
        // What the division drops comes back in the first.
        // slither-disable-next-line divide-before-multiply
        each = amount / count;
        first = amount - each * (count - 1);
    }
}
