// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV2History} from "../interfaces/external/IPriceHistory.sol";
import {Ratio} from "../types/Ratio.sol";

import {RatioLib} from "./RatioLib.sol";
import {TwapLib} from "./TwapLib.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

struct Observation {
    uint40 timestamp;
    /// √(reserve0·reserve1).
    uint128 depth;
    /// The pair's sum over time of its price as Q112.
    uint256 sum;
}

struct Observations {
    /// How many were ever made; the last is in place (count - 1) % SLOTS.
    uint32 count;
    /// Whether the sum is of token0 for token1: of the two, the price that was above 1 at first, and so the finer one.
    bool inverse;
    Observation[16] ring;
}

/// @title ObservationLib
/// @notice The mean price of a Uniswap V2 pair, which keeps a running sum and no history: the history is kept here.
/// @dev A sum is up to now, reckoned as the pair itself will: its price since its last change, times the time since. What
/// happens within a block therefore changes nothing until time has passed. The mean is arithmetic, of the finer of the
/// two prices, rounded down.
library ObservationLib {
    /// @dev With eight to a window, the ring holds two windows.
    uint256 private constant SLOTS = 16;
    uint256 private constant PER_WINDOW = 8;
    uint256 private constant Q112 = 1 << 112;

    /// @notice The next observation is due then.
    error ObservedTooEarly(address pair, uint256 nextAt);
    /// @notice The youngest observation that is a window old is too old.
    error TwapStale(address pair, uint256 age, uint256 maxAge);

    /// @notice Records an observation; refused until an eighth of the window has passed since the last.
    function record(Observations storage self, address pair, uint256 window)
        internal
        returns (uint256 sum, uint128 depth)
    {
        uint32 count = self.count;
        if (count == 0) self.inverse = _isFinerInverse(pair);
        else _requireDue(self.ring[(count - 1) % SLOTS].timestamp, pair, window / PER_WINDOW);
        (sum, depth) = _sumNow(pair, self.inverse);
        self.ring[count % SLOTS] = Observation(uint40(block.timestamp), depth, sum);
        self.count = count + 1;
    }

    /// @return price Since the youngest observation that is a window old.
    /// @return depth The least of those observed since, and of now.
    function read(Observations storage self, address pair, uint256 window, uint256 maxAge)
        internal
        view
        returns (Ratio memory price, uint256 depth)
    {
        uint256 sum;
        (sum, depth) = _sumNow(pair, self.inverse);
        (uint256 place, uint256 age, uint256 least) = _find(self, pair, window);
        require(age <= maxAge, TwapStale(pair, age, maxAge));
        // The pair lets its sum overflow, and means it to.
        unchecked {
            sum = (sum - self.ring[place].sum) / age;
        }
        price = self.inverse ? RatioLib.from(Q112, sum) : RatioLib.from(sum, Q112);
        depth = FixedPointMathLib.min(depth, least);
    }

    function _find(Observations storage self, address pair, uint256 window)
        private
        view
        returns (uint256 place, uint256 age, uint256 least)
    {
        uint256 count = self.count;
        least = type(uint256).max;
        for (uint256 i = 1; i <= FixedPointMathLib.min(count, SLOTS); ++i) {
            place = (count - i) % SLOTS;
            least = FixedPointMathLib.min(least, self.ring[place].depth);
            age = block.timestamp - self.ring[place].timestamp;
            if (age >= window) return (place, age, least);
        }
        revert TwapLib.TwapTooShort(pair, window);
    }

    function _sumNow(address pair, bool inverse) private view returns (uint256 sum, uint128 depth) {
        (uint256 reserve0, uint256 reserve1, uint32 timestamp) = IUniswapV2History(pair).getReserves();
        require(reserve0 != 0 && reserve1 != 0, RatioLib.PriceOutOfRange(reserve1, reserve0));
        sum = inverse ? IUniswapV2History(pair).price1CumulativeLast() : IUniswapV2History(pair).price0CumulativeLast();
        (uint256 num, uint256 den) = inverse ? (reserve0, reserve1) : (reserve1, reserve0);
        // As the pair itself: seconds modulo 2^32, and a sum that overflows.
        unchecked {
            // slither-disable-next-line divide-before-multiply
            sum += (num << 112) / den * uint256(uint32(block.timestamp) - timestamp); // forge-lint: disable-line(unsafe-typecast)
        }
        // Both are below 2^112.
        // forge-lint: disable-next-line(unsafe-typecast)
        depth = uint128(FixedPointMathLib.sqrt(reserve0 * reserve1));
    }

    function _isFinerInverse(address pair) private view returns (bool) {
        // What is left out is not needed here.
        // slither-disable-next-line unused-return
        (uint256 reserve0, uint256 reserve1,) = IUniswapV2History(pair).getReserves();
        return reserve0 > reserve1;
    }

    function _requireDue(uint256 last, address pair, uint256 spacing) private view {
        require(block.timestamp >= last + spacing, ObservedTooEarly(pair, last + spacing));
    }
}
