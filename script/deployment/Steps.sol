// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {CommonBase} from "forge-std/Base.sol";

/// @title Steps
/// @notice One transaction after the other, each with a name, by whoever is pranked.
abstract contract Steps is CommonBase {
    /// @notice Makes a step, and says whether it went well; a script also writes it down.
    function attempt(string memory, address to, bytes memory data)
        internal
        virtual
        returns (bool done, bytes memory said)
    {
        (done, said) = to.call(data);
    }

    /// @notice Makes a step, or reverts with what it says.
    function step(string memory what, address to, bytes memory data) internal {
        (bool done, bytes memory said) = attempt(what, to, data);
        if (!done) passOn(said);
    }

    function passOn(bytes memory said) internal pure {
        // Solidity cannot revert with bytes: revert(said).
        assembly ("memory-safe") {
            revert(add(said, 32), mload(said))
        }
    }
}
