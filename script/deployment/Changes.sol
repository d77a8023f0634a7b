// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {CommonBase} from "forge-std/Base.sol";

/// @notice What differs between what is wanted and the chain, and the call that mends it.
/// @param contractName The role of the contract that it is about.
/// @param what What of it.
/// @param found As the chain has it.
/// @param wanted As it would be.
struct Change {
    string contractName;
    string what;
    string found;
    string wanted;
    address to;
    bytes call;
}

/// @title Changes
/// @notice The list of them, in the order in which they can be made.
abstract contract Changes is CommonBase {
    Change[] internal changes;

    /// @dev What the following changes are about.
    string private _subject;
    address private _target;

    function about(string memory subject, address target) internal {
        (_subject, _target) = (subject, target);
    }

    function differ(string memory what, string memory found, string memory wanted, bytes memory call) internal {
        if (keccak256(bytes(found)) == keccak256(bytes(wanted))) return;
        changes.push(Change(_subject, what, found, wanted, _target, call));
    }

    function differ(string memory what, uint256 found, uint256 wanted, bytes memory call) internal {
        if (found != wanted) differ(what, vm.toString(found), vm.toString(wanted), call);
    }

    function differ(string memory what, address found, address wanted, bytes memory call) internal {
        if (found != wanted) differ(what, vm.toString(found), vm.toString(wanted), call);
    }

    function differ(string memory what, bool found, bool wanted, bytes memory call) internal {
        if (found != wanted) differ(what, found ? "yes" : "no", wanted ? "yes" : "no", call);
    }
}
