// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title CalldataLib
/// @notice Reads packed fields without looking whether they are there: for data whose length has been checked, or that
/// this contract has written itself and whose callback has shown that it is the same [E3].
library CalldataLib {
    function wordAt(bytes calldata data, uint256 at) internal pure returns (uint256 word) {
        // Solidity: uint256(bytes32(data[at:at + 32]))
        assembly ("memory-safe") {
            word := calldataload(add(data.offset, at))
        }
    }

    function addressAt(bytes calldata data, uint256 at) internal pure returns (address) {
        return address(uint160(wordAt(data, at) >> 96));
    }

    function byteAt(bytes calldata data, uint256 at) internal pure returns (uint256) {
        return wordAt(data, at) >> 248;
    }

    /// @notice `data[start:end]`
    // Its two halves are written.
    // slither-disable-next-line write-after-write
    function slice(bytes calldata data, uint256 start, uint256 end) internal pure returns (bytes calldata part) {
        // Solidity: part = data[start:end]
        assembly ("memory-safe") {
            part.offset := add(data.offset, start)
            part.length := sub(end, start)
        }
    }
}
