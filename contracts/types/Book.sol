// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {SafeCastLib} from "solady/utils/SafeCastLib.sol";

/// @notice Whether the vault takes deposits. Shut is for good.
enum Status {
    Open,
    Stopped,
    Shut
}

/// @notice What every deposit and withdrawal changes, in one word: the assets that lie idle, locked profit included, in the
/// upper 128 bits, all shares, the dead ones included, in the lower.
type Tally is uint256;

/// @notice What a deposit and a withdrawal only read as a rule, in one word. From the highest bit:
/// 88 bits: deposit cap, living assets beyond which nothing is deposited;
/// 88 bits: profit locked, not yet streamed as of `since`;
/// 32 bits: since, Unix seconds;
/// 32 bits: seconds remaining to the stream from `since`, rests not counted;
/// 8 bits: how many strategies there are; with none, nobody else is asked for a value;
/// 8 bits: status.
/// @dev By hand, since the compiler writes a struct to storage field by field.
type Book is uint256;

using {idle, supply} for Tally global;
using {
    depositCap,
    locked,
    since,
    remaining,
    strategies,
    status,
    withDepositCap,
    withStream,
    withStrategies,
    withStatus
} for Book global;

/* TALLY */

function tallyOf(uint256 idle_, uint256 supply_) pure returns (Tally) {
    return Tally.wrap(uint256(SafeCastLib.toUint128(idle_)) << 128 | SafeCastLib.toUint128(supply_));
}

function idle(Tally tally) pure returns (uint256) {
    return Tally.unwrap(tally) >> 128;
}

function supply(Tally tally) pure returns (uint256) {
    return uint128(Tally.unwrap(tally));
}

/* BOOK */

function depositCap(Book book) pure returns (uint256) {
    return Book.unwrap(book) >> 168;
}

function locked(Book book) pure returns (uint256) {
    return uint88(Book.unwrap(book) >> 80);
}

function since(Book book) pure returns (uint256) {
    return uint32(Book.unwrap(book) >> 48);
}

function remaining(Book book) pure returns (uint256) {
    return uint32(Book.unwrap(book) >> 16);
}

function strategies(Book book) pure returns (uint256) {
    return uint8(Book.unwrap(book) >> 8);
}

function status(Book book) pure returns (Status) {
    return Status(uint8(Book.unwrap(book)));
}

function withDepositCap(Book book, uint256 cap) pure returns (Book) {
    return Book.wrap(uint256(SafeCastLib.toUint88(cap)) << 168 | uint168(Book.unwrap(book)));
}

function withStream(Book book, uint256 locked_, uint256 since_, uint256 remaining_) pure returns (Book) {
    uint256 others = Book.unwrap(book) & ~(uint256(type(uint152).max) << 16);
    uint256 stream = uint256(SafeCastLib.toUint88(locked_)) << 64 | uint256(SafeCastLib.toUint32(since_)) << 32
        | SafeCastLib.toUint32(remaining_);
    return Book.wrap(others | stream << 16);
}

function withStrategies(Book book, uint256 count) pure returns (Book) {
    return Book.wrap(Book.unwrap(book) & ~uint256(0xff00) | uint256(SafeCastLib.toUint8(count)) << 8);
}

function withStatus(Book book, Status status_) pure returns (Book) {
    return Book.wrap(Book.unwrap(book) & ~uint256(0xff) | uint256(status_));
}

/// @notice How a vault streams and lets go, fixed at its construction.
/// @param streamPeriod Seconds over which a profit is streamed that arrives alone.
/// @param streamFloor Seconds that a stream takes at the least after a profit has joined it.
/// @param maxRate The part of the living assets, as a fraction of 1e18, that is streamed in a second at the most.
/// @param livingFloor Shares, without the dead ones, below which the stream rests.
/// @param cooldown Seconds between the request of an exit and the exit; with 0 shares are redeemed at once.
/// @param native Whether the asset is the wrapped native coin.
struct Terms {
    uint24 streamPeriod;
    uint24 streamFloor;
    uint64 maxRate;
    uint128 livingFloor;
    uint32 cooldown;
    bool native;
}
