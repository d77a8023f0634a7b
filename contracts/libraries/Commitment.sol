// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ErrorsLib} from "./ErrorsLib.sol";

/// @title Commitment
/// @notice Rule E3: before a call that will call back, commits to who will, by which function and with which data; the
/// callback must match, and clears the commitment. At most one is open at a time: a callback has cleared its own before
/// the calls it makes commit again, so levels nest.
/// @dev What a callback may pay stands in the data, and so is committed to with it.
abstract contract Commitment {
    bytes32 private transient expected;

    /// @dev `caller` is about to be called and must answer with `selector` and exactly `data`.
    function _expect(address caller, bytes4 selector, bytes memory data) internal {
        expected = keccak256(abi.encodePacked(caller, selector, data));
    }

    /// @dev To be the first line of every callback.
    function _accept(bytes calldata data) internal {
        require(
            expected == keccak256(abi.encodePacked(msg.sender, msg.sig, data)),
            ErrorsLib.CallbackUnexpected(msg.sender, msg.sig)
        );
        expected = 0;
    }

    /// @dev To follow every call after `_expect`: the callback has come.
    function _requireAccepted() internal view {
        require(expected == 0, ErrorsLib.CallbackMissing());
    }
}
