// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {SafeCastLib} from "solady/utils/SafeCastLib.sol";

/// @notice How much may be used a day, days being counted from midnight UTC; one slot.
struct DailyCap {
    uint112 cap;
    uint112 used;
    uint32 day;
}

using DailyCapLib for DailyCap global;

library DailyCapLib {
    using SafeCastLib for uint256;

    /// @notice More than is left of the day's.
    error DailyCapReached(uint256 wanted, uint256 left);

    /// @notice What is left of today's.
    function left(DailyCap memory self) internal view returns (uint256) {
        if (self.day != _today()) return self.cap;
        // A cap that was lowered during the day.
        return self.cap > self.used ? self.cap - self.used : 0;
    }

    /// @notice Uses some of today's, or reverts.
    function use(DailyCap storage self, uint256 amount) internal {
        DailyCap memory cap = self;
        uint256 most = cap.left();
        require(amount <= most, DailyCapReached(amount, most));
        // Days are counted.
        // slither-disable-next-line incorrect-equality
        uint256 usedToday = cap.day == _today() ? cap.used : 0;
        (self.used, self.day) = ((usedToday + amount).toUint112(), _today());
    }

    function _today() private view returns (uint32) {
        return (block.timestamp / 1 days).toUint32();
    }
}
