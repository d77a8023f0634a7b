// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {CommonBase} from "forge-std/Base.sol";

/// @title Artifacts
/// @notice Contracts by what forge has made of them, each with the settings of its own: what the compiler puts in place of
/// `type(C).creationCode` has the settings of whoever asks, and tests have none of the optimizer's.
abstract contract Artifacts is CommonBase {
    /// @notice Deploys beside the factory, by a contract's artifact.
    function create(string memory name, bytes memory arguments) internal returns (address) {
        return create(bytes.concat(codeOf(name), arguments));
    }

    function create(bytes memory initCode) internal returns (address created) {
        // Solidity has no `new` for bare creation code. What the constructor says of its arguments is passed on.
        assembly ("memory-safe") {
            created := create(0, add(initCode, 32), mload(initCode))
            if iszero(created) {
                returndatacopy(initCode, 0, returndatasize())
                revert(initCode, returndatasize())
            }
        }
    }

    function codeOf(string memory name) internal view returns (bytes memory) {
        return vm.getCode(string.concat(name, ".sol:", name));
    }
}
