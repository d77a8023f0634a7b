// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PackedLeg} from "../../contracts/types/PackedLeg.sol";
import {Header, Leg} from "../../contracts/types/Route.sol";

import {RouteEncoder} from "../../contracts/libraries/RouteEncoder.sol";
import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {Vm} from "forge-std/Vm.sol";

/// @notice What RouteEncoder writes RouteLib reads back: every number that a field holds, with each combination of the
/// optional fields; every venue's leg, with its params as wide as they may be and more of the route behind it.
contract Route_Proof {
    Vm internal constant vm = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));
    uint8 internal constant LAST_LENDER = RouteLib.LENDER_ERC3156;
    uint8 internal constant LAST_VENUE = RouteLib.WRAPPED_NATIVE;

    /// @notice The fields in their widths. Zero stands for a field that is absent, so the optional ones are not zero.
    struct Fields {
        uint40 deadline;
        address token;
        uint128 amount;
        uint128 minProfit;
        bytes32 parentHash;
        uint16 tipBps;
        uint8 lender;
        address lenderAddress;
        uint16 maxFeeBps;
    }

    /* HEADER */

    function check_Header(Fields calldata fields, bytes calldata legs) public view {
        _assertHeaders(fields, false, false, legs);
    }

    function check_Header_Sized(Fields calldata fields, bytes calldata legs) public view {
        _assertHeaders(fields, true, false, legs);
    }

    function check_Header_Lender(Fields calldata fields, bytes calldata legs) public view {
        _assertHeaders(fields, false, true, legs);
    }

    function check_Header_SizedLender(Fields calldata fields, bytes calldata legs) public view {
        _assertHeaders(fields, true, true, legs);
    }

    function _assertHeaders(Fields calldata fields, bool sized, bool lent, bytes calldata legs) private view {
        vm.assume(fields.amount != 0 && fields.parentHash != 0 && fields.tipBps != 0);
        vm.assume(fields.lender != 0 && fields.lender <= LAST_LENDER);
        for (uint256 flags; flags < 8; ++flags) {
            Header memory header = _header(fields, sized, lent);
            if (flags & RouteLib.FLAG_PARENT != 0) header.parentHash = fields.parentHash;
            if (flags & RouteLib.FLAG_TIP != 0) header.tipBps = fields.tipBps;
            header.guarded = flags & RouteLib.FLAG_GUARDED != 0;
            bytes memory route = bytes.concat(RouteEncoder.encode(header, new Leg[](0)), legs);
            (Header memory read, bytes memory rest) = this.decode(route);
            _assertSame(read, header);
            assert(keccak256(rest) == keccak256(legs));
        }
    }

    function _header(Fields calldata fields, bool sized, bool lent) private pure returns (Header memory header) {
        (header.deadline, header.token, header.minProfit) = (fields.deadline, fields.token, fields.minProfit);
        if (sized) header.cap = fields.amount;
        else header.amountIn = fields.amount;
        if (!lent) return header;
        (header.lender, header.lenderAddress, header.maxFeeBps) =
        (fields.lender, fields.lenderAddress, fields.maxFeeBps);
    }

    function _assertSame(Header memory a, Header memory b) private pure {
        assert(a.lender == b.lender && a.deadline == b.deadline && a.token == b.token);
        assert(a.amountIn == b.amountIn && a.minProfit == b.minProfit && a.cap == b.cap);
        assert(a.parentHash == b.parentHash && a.tipBps == b.tipBps && a.guarded == b.guarded);
        assert(a.lenderAddress == b.lenderAddress && a.maxFeeBps == b.maxFeeBps);
    }

    function decode(bytes calldata route) external pure returns (Header memory header, bytes memory legs) {
        return RouteLib.decode(route);
    }

    /* LEGS */

    function check_Legs(address target, address tokenOut, uint256 params, bytes calldata rest) public view {
        for (uint8 venue = 1; venue <= LAST_VENUE; ++venue) {
            Leg memory leg = Leg(venue, target, tokenOut, params >> 8 * (73 - RouteLib.legLength(venue)));
            (Leg memory read, bytes memory readRest) = this.nextLeg(bytes.concat(RouteEncoder.encodeLeg(leg), rest));
            assert(read.venue == venue && read.target == target && read.tokenOut == tokenOut);
            assert(read.params == leg.params);
            assert(keccak256(readRest) == keccak256(rest));
        }
    }

    function nextLeg(bytes calldata legs) external pure returns (Leg memory leg, bytes memory rest) {
        PackedLeg packed;
        (packed, rest) = RouteLib.nextLeg(legs);
        leg = Leg(packed.venue(), packed.target(), packed.tokenOut(), packed.params());
    }
}
