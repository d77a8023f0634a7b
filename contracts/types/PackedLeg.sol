// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {RouteLib} from "../libraries/RouteLib.sol";

/// @notice Where a leg of the route lies in the calldata of this call: read field by field, never copied.
/// @dev Made by RouteLib.nextLeg alone, which has seen that all of the leg is there.
type PackedLeg is uint256;

using {venue, target, tokenOut, params} for PackedLeg global;

function venue(PackedLeg leg) pure returns (uint8) {
    // A byte of the word.
    // forge-lint: disable-next-line(unsafe-typecast)
    return uint8(_load(leg, 0) >> 248);
}

/// @notice What is called: the pool, or the contract that keeps all pools of the venue.
function target(PackedLeg leg) pure returns (address) {
    return address(uint160(_load(leg, 1) >> 96));
}

/// @notice The zero address is native coin.
function tokenOut(PackedLeg leg) pure returns (address) {
    return address(uint160(_load(leg, 21) >> 96));
}

/// @notice What the venue needs beyond that, right-aligned; its file says what.
function params(PackedLeg leg) pure returns (uint256) {
    return _load(leg, RouteLib.LEG) >> RouteLib.beyondParams(leg.venue());
}

function _load(PackedLeg leg, uint256 at) pure returns (uint256 word) {
    // Solidity: uint256(bytes32(msg.data[leg + at:leg + at + 32]))
    assembly ("memory-safe") {
        word := calldataload(add(leg, at))
    }
}
