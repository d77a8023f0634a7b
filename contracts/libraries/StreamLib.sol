// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

/// @title StreamLib
/// @notice How a profit becomes the stakers': in a straight line, and never faster than a set part of what they have.
library StreamLib {
    using FixedPointMathLib for uint256;

    uint256 internal constant WAD = 1e18;
    /// @dev 136 years: the cap does not hold where it would take longer than that.
    uint256 internal constant LONGEST = type(uint32).max;

    /// @notice What is still locked of `locked` after `elapsed` of `remaining` seconds, rounded up: what is rounded off the
    /// release comes later, to those who stay.
    function left(uint256 locked, uint256 remaining, uint256 elapsed) internal pure returns (uint256) {
        if (elapsed >= remaining) return 0;
        // At most 88 and 32 bits; and what is released is below `locked`, as elapsed is below remaining.
        unchecked {
            return locked - locked * elapsed / remaining;
        }
    }

    /// @notice Seconds until the stream ends once `amount` has joined what is `locked`: the mean of what remains and a
    /// new period, weighted by amount and rounded up, and `floor` at the least.
    /// @dev The mean streams no faster than both would apart: (L + a)² / (L·r + a·p) ≤ L/r + a/p.
    function join(uint256 locked, uint256 remaining, uint256 amount, uint256 period, uint256 floor)
        internal
        pure
        returns (uint256)
    {
        if (amount == 0) return remaining;
        return (locked * remaining + amount * period).divUp(locked + amount).max(floor);
    }

    /// @notice Seconds that the stream is to take from now on, so that it releases at most `maxRate` of `living` a second.
    /// @dev What the cap holds back takes longer. If assets come that lift the cap, it goes on as a profit would that has
    /// just arrived: over `period` at the least, so that who brings them has nothing of it at once.
    function pace(uint256 locked, uint256 remaining, uint256 period, uint256 living, uint256 maxRate)
        internal
        pure
        returns (uint256)
    {
        uint256 perSecond = living * maxRate;
        if (perSecond == 0) return LONGEST;
        uint256 atTheCap = (locked * WAD).divUp(perSecond).min(LONGEST);
        return remaining.min(period).max(atTheCap);
    }
}
