// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PackedLeg} from "../types/PackedLeg.sol";
import {Header} from "../types/Route.sol";
import {CalldataLib} from "./CalldataLib.sol";
import {ErrorsLib} from "./ErrorsLib.sol";

/// @title RouteLib
/// @notice Reads the packed route of docs/SPEC.md straight from calldata.
library RouteLib {
    uint8 internal constant VERSION = 2;
    uint256 internal constant MAX_LEGS = 8;

    /* FLAGS */

    uint8 internal constant FLAG_PARENT = 1;
    uint8 internal constant FLAG_TIP = 2;
    uint8 internal constant FLAG_GUARDED = 4;
    uint8 private constant FLAGS = FLAG_PARENT | FLAG_TIP | FLAG_GUARDED;

    /* LENDERS */

    uint8 internal constant LENDER_NONE = 0;
    uint8 internal constant LENDER_BALANCER_V2 = 1;
    uint8 internal constant LENDER_AAVE_V3 = 2;
    uint8 internal constant LENDER_UNISWAP_V4 = 3;
    uint8 internal constant LENDER_BALANCER_V3 = 4;
    uint8 internal constant LENDER_UNISWAP_V3 = 5;
    uint8 internal constant LENDER_PANCAKE_V3 = 6;
    uint8 internal constant LENDER_ALGEBRA = 7;
    uint8 internal constant LENDER_MORPHO = 8;
    uint8 internal constant LENDER_ERC3156 = 9;
    uint8 private constant LAST_LENDER = LENDER_ERC3156;

    /* VENUES */

    uint8 internal constant UNISWAP_V2 = 1;
    uint8 internal constant UNISWAP_V3 = 2;
    uint8 internal constant PANCAKE_V2 = 3;
    uint8 internal constant SOLIDLY = 4;
    uint8 internal constant PANCAKE_V3 = 5;
    uint8 internal constant ALGEBRA = 6;
    uint8 internal constant UNISWAP_V4 = 7;
    uint8 internal constant BALANCER_V2 = 8;
    uint8 internal constant BALANCER_V3 = 9;
    uint8 internal constant CURVE = 10;
    uint8 internal constant CURVE_NG = 11;
    uint8 internal constant CURVE_CRYPTO = 12;
    uint8 internal constant DODO_V2 = 13;
    uint8 internal constant WOOFI = 14;
    uint8 internal constant LIQUIDITY_BOOK = 15;
    uint8 internal constant ERC4626 = 16;
    uint8 internal constant WRAPPED_NATIVE = 17;

    /// @dev Venue, target and tokenOut, which every leg has.
    uint256 internal constant LEG = 41;

    /// @dev A byte a venue: how long its legs are. Zero: there is no such venue.
    uint256 private constant LENGTHS = (LEG + 2) << (8 * UNISWAP_V2) | LEG << (8 * UNISWAP_V3) | (LEG + 2)
        << (8 * PANCAKE_V2) | LEG << (8 * SOLIDLY) | LEG << (8 * PANCAKE_V3) | LEG << (8 * ALGEBRA) | (LEG + 6)
        << (8 * UNISWAP_V4) | (LEG + 32) << (8 * BALANCER_V2) | (LEG + 20) << (8 * BALANCER_V3) | (LEG + 2)
        << (8 * CURVE) | (LEG + 2) << (8 * CURVE_NG) | (LEG + 2) << (8 * CURVE_CRYPTO) | (LEG + 1) << (8 * DODO_V2)
        | LEG << (8 * WOOFI) | (LEG + 1) << (8 * LIQUIDITY_BOOK) | LEG << (8 * ERC4626) | LEG << (8 * WRAPPED_NATIVE);

    uint256 private constant FIXED_LENGTH = 60;
    uint256 private constant CAP_LENGTH = 16;
    uint256 private constant PARENT_LENGTH = 32;
    uint256 private constant TIP_LENGTH = 2;
    uint256 private constant LENDER_LENGTH = 22;

    /// @notice Splits a route into its header and the bytes of its legs.
    function decode(bytes calldata route) internal pure returns (Header memory header, bytes calldata legs) {
        require(route.length >= FIXED_LENGTH, ErrorsLib.RouteTruncated());
        // Fields of two words.
        // forge-lint: disable-start(unsafe-typecast)
        uint256 word = uint256(bytes32(route[:32]));
        uint8 version = uint8(word >> 248);
        uint8 flags = uint8(word >> 240);
        require(version == VERSION, ErrorsLib.RouteVersionUnknown(version));
        require(flags & ~FLAGS == 0, ErrorsLib.RouteFlagsUnknown(flags));
        header.lender = uint8(word >> 232);
        header.deadline = uint40(word >> 192);
        header.token = address(uint160(word >> 32));
        word = uint256(bytes32(route[28:60]));
        (header.amountIn, header.minProfit) = (uint128(word >> 128), uint128(word));
        // forge-lint: disable-end(unsafe-typecast)
        header.guarded = flags & FLAG_GUARDED != 0;
        legs = route[FIXED_LENGTH:];
        if (header.amountIn == 0) legs = _decodeCap(header, legs);
        if (flags & FLAG_PARENT != 0) legs = _decodeParent(header, legs);
        if (flags & FLAG_TIP != 0) legs = _decodeTip(header, legs);
        if (header.lender != LENDER_NONE) legs = _decodeLender(header, legs);
    }

    /// @notice Takes the first leg off `legs`, which must not be empty.
    function nextLeg(bytes calldata legs) internal pure returns (PackedLeg leg, bytes calldata rest) {
        // Solidity: leg = the offset of `legs` in msg.data
        assembly ("memory-safe") {
            leg := legs.offset
        }
        uint256 length = legLength(leg.venue());
        require(legs.length >= length, ErrorsLib.RouteTruncated());
        rest = CalldataLib.slice(legs, length, legs.length);
    }

    function legLength(uint8 venue) internal pure returns (uint256 length) {
        // A byte of the table.
        // forge-lint: disable-next-line(unsafe-typecast)
        length = uint8(LENGTHS >> (8 * uint256(venue)));
        require(length != 0, ErrorsLib.VenueUnknown(venue));
    }

    /// @notice How many bits of the word where a leg's params begin are not the leg's any more.
    /// @param venue One that `legLength` knows.
    function beyondParams(uint8 venue) internal pure returns (uint256) {
        // The table has no leg of more than a word of params.
        unchecked {
            // A byte of the table.
            // forge-lint: disable-next-line(unsafe-typecast)
            return 8 * (32 + LEG - uint8(LENGTHS >> (8 * uint256(venue))));
        }
    }

    function _decodeCap(Header memory header, bytes calldata tail) private pure returns (bytes calldata) {
        require(tail.length >= CAP_LENGTH, ErrorsLib.RouteTruncated());
        header.cap = uint128(bytes16(tail[:CAP_LENGTH]));
        require(header.cap != 0, ErrorsLib.AmountZero());
        return tail[CAP_LENGTH:];
    }

    function _decodeParent(Header memory header, bytes calldata tail) private pure returns (bytes calldata) {
        require(tail.length >= PARENT_LENGTH, ErrorsLib.RouteTruncated());
        header.parentHash = bytes32(tail[:PARENT_LENGTH]);
        return tail[PARENT_LENGTH:];
    }

    function _decodeTip(Header memory header, bytes calldata tail) private pure returns (bytes calldata) {
        require(tail.length >= TIP_LENGTH, ErrorsLib.RouteTruncated());
        header.tipBps = uint16(bytes2(tail[:TIP_LENGTH]));
        return tail[TIP_LENGTH:];
    }

    function _decodeLender(Header memory header, bytes calldata tail) private pure returns (bytes calldata) {
        require(header.lender <= LAST_LENDER, ErrorsLib.LenderUnknown(header.lender));
        require(tail.length >= LENDER_LENGTH, ErrorsLib.RouteTruncated());
        header.lenderAddress = address(bytes20(tail[:20]));
        header.maxFeeBps = uint16(bytes2(tail[20:22]));
        return tail[LENDER_LENGTH:];
    }
}
