// SPDX-License-Identifier: MIT
// Weakened: the reserve's code for pools, each time without one of its defences, for attacks to be seen to work on.
pragma solidity >=0.8.34;

import {Injection} from "../../contracts/reserve/Injection.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @notice Weakened: takes a callback from anybody, with whatever data.
contract UncommittedInjection is Injection {
    constructor(address manager, address vault, address wrapped) Injection(manager, vault, wrapped) {}

    function _accept(bytes calldata) internal override {}

    function _requireAccepted() internal view override {}
}

/// @notice Weakened: pays a pool what it asks for.
contract UncappedInjection is Injection {
    constructor(address manager, address vault, address wrapped) Injection(manager, vault, wrapped) {}

    function _payAtMost(address token, address to, uint256 asked, uint256) internal override {
        SafeTransferLib.safeTransfer(token, to, asked);
    }
}

/// @notice Weakened: has a lock of its own, so that the rest of the reserve stays open while a pool is at work.
contract ApartInjection is Injection {
    constructor(address manager, address vault, address wrapped) Injection(manager, vault, wrapped) {}

    function _reentrancyGuardStorageSlot() internal pure override returns (bytes32) {
        return keccak256("apart");
    }
}
