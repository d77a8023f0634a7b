// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ErrorsLib} from "./ErrorsLib.sol";
import {EfficientHashLib} from "solady/utils/EfficientHashLib.sol";

/// @title Commitment
/// @notice Rule E3: before a call that will call back, commits to who will, by which function and with which data; the
/// callback must match, and clears the commitment. At most one is open at a time: a callback has cleared its own before
/// the calls it makes commit again, so levels nest.
/// @dev What a callback may pay stands in the data, and so is committed to with it.
abstract contract Commitment {
    bytes32 private transient expected;

    /// @dev `caller` is about to be called and must answer with `selector` and exactly `data`.
    function _expect(address caller, bytes4 selector, bytes memory data) internal {
        expected = _commitment(caller, selector, EfficientHashLib.hash(data));
    }

    /// @dev To be the first line of every callback.
    function _accept(bytes calldata data) internal virtual {
        bytes32 commitment = _commitment(msg.sender, msg.sig, EfficientHashLib.hashCalldata(data));
        require(expected == commitment, ErrorsLib.CallbackUnexpected(msg.sender, msg.sig));
        expected = 0;
    }

    function _commitment(address caller, bytes4 selector, bytes32 content) private pure returns (bytes32) {
        return EfficientHashLib.hash(bytes32(bytes20(caller)) | bytes32(selector) >> 160, content);
    }

    /// @dev To follow every call after `_expect`: the callback has come.
    function _requireAccepted() internal view virtual {
        require(expected == 0, ErrorsLib.CallbackMissing());
    }
}
