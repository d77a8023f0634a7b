// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ConcentratedLib} from "../../contracts/libraries/ConcentratedLib.sol";
import {Test} from "forge-std/Test.sol";

/// @notice For every tick, every word and either direction: the range ends at the nearest initialised tick of the word.
contract Concentrated_Proof is Test {
    int24 internal constant MAX_TICK = 887_272;

    /// @dev `between` stands for every tick that the range passes or starts on: none of them is initialised.
    function check_DownwardsNothingIsPassed(int24 tick, uint256 word, int24 between) public pure {
        vm.assume(tick >= -MAX_TICK && tick <= MAX_TICK);
        int16 position = ConcentratedLib.wordPosition(tick, 1, true);
        (int24 end, bool initialised) = ConcentratedLib.rangeEnd(tick, 1, true, word);
        assert(end <= tick);
        if (end != -MAX_TICK) assert(end >> 8 == position && _isSet(word, end) == initialised);
        vm.assume(end < between && between <= tick);
        assert(between >> 8 == position);
        assert(!_isSet(word, between));
    }

    function check_UpwardsNothingIsPassed(int24 tick, uint256 word, int24 between) public pure {
        vm.assume(tick >= -MAX_TICK && tick < MAX_TICK);
        int16 position = ConcentratedLib.wordPosition(tick, 1, false);
        (int24 end, bool initialised) = ConcentratedLib.rangeEnd(tick, 1, false, word);
        assert(end > tick);
        if (end != MAX_TICK) assert(end >> 8 == position && _isSet(word, end) == initialised);
        vm.assume(tick < between && between < end);
        assert(between >> 8 == position);
        assert(!_isSet(word, between));
    }

    function _isSet(uint256 word, int24 tick) private pure returns (bool) {
        return word >> (uint256(int256(tick)) & 0xff) & 1 != 0;
    }
}
