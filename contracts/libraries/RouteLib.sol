// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../types/Route.sol";
import {ErrorsLib} from "./ErrorsLib.sol";

/// @title RouteLib
/// @notice Reads the packed route of docs/SPEC.md straight from calldata.
library RouteLib {
    uint8 internal constant VERSION = 1;
    uint8 internal constant FLAG_PARENT = 1;
    uint256 internal constant MAX_LEGS = 8;

    uint8 internal constant LENDER_NONE = 0;
    uint8 internal constant LENDER_BALANCER_V2 = 1;
    uint8 internal constant LENDER_AAVE_V3 = 2;

    uint8 internal constant VENUE_UNISWAP_V2 = 1;
    uint8 internal constant VENUE_UNISWAP_V3 = 2;

    uint256 private constant FIXED_LENGTH = 60;
    uint256 private constant PARENT_LENGTH = 32;
    uint256 private constant LENDER_LENGTH = 22;
    uint256 private constant LEG_LENGTH = 41;
    uint256 private constant UNISWAP_V2_LENGTH = 43;

    /// @notice Splits a route into its header and the bytes of its legs.
    function decode(bytes calldata route) internal pure returns (Header memory header, bytes calldata legs) {
        require(route.length >= FIXED_LENGTH, ErrorsLib.RouteTruncated());
        uint8 version = uint8(route[0]);
        uint8 flags = uint8(route[1]);
        require(version == VERSION, ErrorsLib.RouteVersionUnknown(version));
        require(flags <= FLAG_PARENT, ErrorsLib.RouteFlagsUnknown(flags));
        header.lender = uint8(route[2]);
        header.deadline = uint40(bytes5(route[3:8]));
        header.token = address(bytes20(route[8:28]));
        header.amountIn = uint128(bytes16(route[28:44]));
        header.minProfit = uint128(bytes16(route[44:60]));
        require(header.amountIn != 0, ErrorsLib.AmountZero());
        legs = route[FIXED_LENGTH:];
        if (flags & FLAG_PARENT != 0) legs = _decodeParent(header, legs);
        if (header.lender != LENDER_NONE) legs = _decodeLender(header, legs);
    }

    /// @notice The pools of the legs in order, after checking that the legs are whole, known and close the cycle.
    function pools(Header memory header, bytes calldata legs) internal pure returns (address[] memory list) {
        list = new address[](MAX_LEGS);
        uint256 count;
        Leg memory leg;
        while (legs.length != 0) {
            require(count < MAX_LEGS, ErrorsLib.LegCountWrong(count + 1));
            (leg, legs) = nextLeg(legs);
            bool lends =
                leg.pool == header.lenderAddress || (count != 0 && header.lender == LENDER_NONE && leg.pool == list[0]);
            require(!lends, ErrorsLib.LenderIsLeg(leg.pool));
            list[count++] = leg.pool;
        }
        require(count >= 2, ErrorsLib.LegCountWrong(count));
        require(leg.tokenOut == header.token, ErrorsLib.CycleOpen(header.token, leg.tokenOut));
        // Solidity: list = list[:count]. Shortens the array just made; nothing else refers to it.
        assembly ("memory-safe") {
            mstore(list, count)
        }
    }

    /// @notice Takes the first leg off `legs`.
    function nextLeg(bytes calldata legs) internal pure returns (Leg memory leg, bytes calldata rest) {
        leg.venue = uint8(legs[0]);
        uint256 length = legLength(leg.venue);
        require(legs.length >= length, ErrorsLib.RouteTruncated());
        leg.pool = address(bytes20(legs[1:21]));
        leg.tokenOut = address(bytes20(legs[21:41]));
        if (leg.venue == VENUE_UNISWAP_V2) leg.feeBps = uint16(bytes2(legs[41:43]));
        rest = legs[length:];
    }

    /// @notice Where the output of the leg before `rest` goes: to the next pool if that is paid beforehand, else to `here`.
    function recipient(bytes calldata rest, address here) internal pure returns (address) {
        return rest.length != 0 && uint8(rest[0]) == VENUE_UNISWAP_V2 ? address(bytes20(rest[1:21])) : here;
    }

    function legLength(uint8 venue) internal pure returns (uint256) {
        if (venue == VENUE_UNISWAP_V2) return UNISWAP_V2_LENGTH;
        if (venue == VENUE_UNISWAP_V3) return LEG_LENGTH;
        revert ErrorsLib.VenueUnknown(venue);
    }

    function _decodeParent(Header memory header, bytes calldata tail) private pure returns (bytes calldata) {
        require(tail.length >= PARENT_LENGTH, ErrorsLib.RouteTruncated());
        header.parentHash = bytes32(tail[:PARENT_LENGTH]);
        return tail[PARENT_LENGTH:];
    }

    function _decodeLender(Header memory header, bytes calldata tail) private pure returns (bytes calldata) {
        require(header.lender <= LENDER_AAVE_V3, ErrorsLib.LenderUnknown(header.lender));
        require(tail.length >= LENDER_LENGTH, ErrorsLib.RouteTruncated());
        header.lenderAddress = address(bytes20(tail[:20]));
        header.maxFeeBps = uint16(bytes2(tail[20:22]));
        return tail[LENDER_LENGTH:];
    }
}
