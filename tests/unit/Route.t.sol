// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PackedLeg} from "../../contracts/types/PackedLeg.sol";
import {Header, Leg} from "../../contracts/types/Route.sol";

import {ErrorsLib} from "../../contracts/libraries/ErrorsLib.sol";
import {RouteEncoder} from "../../contracts/libraries/RouteEncoder.sol";
import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {stdJson} from "forge-std/StdJson.sol";
import {Test} from "forge-std/Test.sol";

/// @notice The packed route: the vectors shared with the harness, the round trip, and every way of being malformed.
contract Route_Test is Test {
    using stdJson for string;

    address internal constant TOKEN = address(0x1111);
    address internal constant OTHER = address(0x2222);
    uint8 internal constant LAST_LENDER = 9;
    uint8 internal constant LAST_VENUE = 17;

    /* VECTORS */

    function test_Vectors() public view {
        string memory json = vm.readFile("tests/vectors/routes.json");
        uint256 count;
        for (; vm.keyExistsJson(json, _key(count, "")); ++count) {
            string memory path = _key(count, "");
            bytes memory encoded = RouteEncoder.encode(_header(json, path), _legs(json, path));
            assertEq(
                encoded, json.readBytes(string.concat(path, ".encoded")), json.readString(string.concat(path, ".name"))
            );
            this.requireWhole(encoded);
        }
        assertGe(count, 8);
    }

    function requireWhole(bytes calldata route) external pure {
        (, bytes calldata legs) = RouteLib.decode(route);
        while (legs.length != 0) (, legs) = RouteLib.nextLeg(legs);
    }

    /* ROUND TRIP */

    function testFuzz_RoundTrip(Header memory header, Leg[8] memory legs, uint256 count) public view {
        count = bound(count, 0, 8);
        _fit(header);
        if (header.amountIn != 0) header.cap = 0;
        else if (header.cap == 0) header.cap = 1;
        Leg[] memory list = new Leg[](count);
        for (uint256 i; i < count; ++i) {
            list[i] = legs[i];
            list[i].venue = uint8(bound(legs[i].venue, 1, LAST_VENUE));
            list[i].params >>= 8 * (73 - RouteLib.legLength(list[i].venue));
        }
        (Header memory read, Leg[] memory readLegs) = this.decode(RouteEncoder.encode(header, list));
        assertEq(abi.encode(read), abi.encode(header));
        assertEq(abi.encode(readLegs), abi.encode(list));
    }

    /// @dev Bounds numbers to what their fields hold.
    function _fit(Header memory header) private pure {
        header.lender = uint8(bound(header.lender, 0, LAST_LENDER));
        header.deadline = bound(header.deadline, 0, type(uint40).max);
        header.amountIn = bound(header.amountIn, 0, type(uint128).max);
        header.minProfit = bound(header.minProfit, 0, type(uint128).max);
        header.cap = bound(header.cap, 0, type(uint128).max);
        header.tipBps = bound(header.tipBps, 0, type(uint16).max);
        header.maxFeeBps = bound(header.maxFeeBps, 0, type(uint16).max);
        if (header.lender == 0) (header.lenderAddress, header.maxFeeBps) = (address(0), 0);
    }

    function decode(bytes calldata route) external pure returns (Header memory header, Leg[] memory legs) {
        bytes calldata rest;
        (header, rest) = RouteLib.decode(route);
        legs = new Leg[](8);
        uint256 count;
        for (; rest.length != 0; ++count) {
            PackedLeg leg;
            (leg, rest) = RouteLib.nextLeg(rest);
            legs[count] = Leg(leg.venue(), leg.target(), leg.tokenOut(), leg.params());
        }
        assembly {
            mstore(legs, count)
        }
    }

    /* MALFORMED */

    /// @dev Routes of two legs, everything optional present: each cut is refused by name, wherever it falls.
    function testFuzz_RevertWhen_Truncated(uint256 length, uint8 lender, bool sized, uint8 venue) public {
        Header memory header = _plain();
        header.lender = uint8(bound(lender, 0, LAST_LENDER));
        if (header.lender != 0) (header.lenderAddress, header.maxFeeBps) = (address(0x33), 5);
        if (sized) (header.amountIn, header.cap) = (0, 7);
        (header.parentHash, header.tipBps) = (keccak256("parent"), 9);
        Leg[] memory legs = _cycle();
        (legs[0].venue, legs[0].params) = (uint8(bound(venue, 1, LAST_VENUE)), 0);
        bytes memory route = RouteEncoder.encode(header, legs);
        length = bound(length, 0, route.length - 1);
        uint256 second = route.length - 43;
        uint256 first = second - RouteLib.legLength(legs[0].venue);
        // Cut between two legs it is whole, as far as that goes: that a cycle has two legs, the executor says.
        if (length != first && length != second) vm.expectRevert(ErrorsLib.RouteTruncated.selector);
        this.requireWhole(_cut(route, length));
    }

    /// @dev Each optional field as the last of the route, which has no legs: with it whole, without its last byte not.
    function test_RevertWhen_TheHeaderEndsWithinAField() public {
        for (uint256 i; i < 5; ++i) {
            Header memory header = _plain();
            if (i == 1) (header.amountIn, header.cap) = (0, 7);
            if (i == 2) header.parentHash = keccak256("parent");
            if (i == 3) header.tipBps = 9;
            if (i == 4) (header.lender, header.lenderAddress, header.maxFeeBps) = (1, address(0x33), 5);
            bytes memory route = RouteEncoder.encode(header, new Leg[](0));
            (Header memory read,) = this.decode(route);
            assertEq(abi.encode(read), abi.encode(header));
            for (uint256 length; length < route.length; ++length) {
                _assertRefused(_cut(route, length), abi.encodeWithSelector(ErrorsLib.RouteTruncated.selector));
            }
        }
    }

    function test_RevertWhen_VersionUnknown() public {
        bytes memory route = RouteEncoder.encode(_plain(), _cycle());
        for (uint8 version; version < 4; ++version) {
            if (version == 2) continue;
            route[0] = bytes1(version);
            _assertRefused(route, abi.encodeWithSelector(ErrorsLib.RouteVersionUnknown.selector, version));
        }
    }

    function test_RevertWhen_FlagsUnknown() public {
        bytes memory route = RouteEncoder.encode(_plain(), _cycle());
        for (uint8 bit = 3; bit < 8; ++bit) {
            route[1] = bytes1(uint8(1 << bit));
            _assertRefused(route, abi.encodeWithSelector(ErrorsLib.RouteFlagsUnknown.selector, 1 << bit));
        }
    }

    function test_RevertWhen_LenderUnknown() public {
        Header memory header = _plain();
        header.lender = LAST_LENDER + 1;
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.LenderUnknown.selector, header.lender);
        _assertRefused(RouteEncoder.encode(header, _cycle()), reason);
    }

    function testFuzz_RevertWhen_VenueUnknown(uint8 venue) public {
        vm.assume(venue == 0 || venue > LAST_VENUE);
        bytes memory route = RouteEncoder.encode(_plain(), _cycle());
        route[60] = bytes1(venue);
        _assertRefused(route, abi.encodeWithSelector(ErrorsLib.VenueUnknown.selector, venue));
    }

    /// @dev Neither an amount nor a cap for the one to be found.
    function test_RevertWhen_AmountIsZero() public {
        Header memory header = _plain();
        header.amountIn = 0;
        _assertRefused(RouteEncoder.encode(header, _cycle()), abi.encodeWithSelector(ErrorsLib.AmountZero.selector));
    }

    function test_RevertWhen_ParamsDoNotFit() public {
        Leg[] memory legs = _cycle();
        legs[0].params = 1 << 16;
        vm.expectRevert(abi.encodeWithSelector(RouteEncoder.ParamsTooLong.selector, 1, 1 << 16));
        this.encode(_plain(), legs);
    }

    function encode(Header memory header, Leg[] memory legs) external pure returns (bytes memory) {
        return RouteEncoder.encode(header, legs);
    }

    /* HELPERS */

    function _assertRefused(bytes memory route, bytes memory reason) private {
        vm.expectRevert(reason);
        this.requireWhole(route);
    }

    function _plain() private pure returns (Header memory header) {
        (header.token, header.amountIn) = (TOKEN, 1);
    }

    function _cycle() private pure returns (Leg[] memory legs) {
        legs = new Leg[](2);
        legs[0] = Leg(1, address(0xA0), OTHER, 30);
        legs[1] = Leg(1, address(0xA1), TOKEN, 30);
    }

    function _cut(bytes memory route, uint256 length) private pure returns (bytes memory cut) {
        cut = new bytes(length);
        for (uint256 i; i < length; ++i) {
            cut[i] = route[i];
        }
    }

    function _key(uint256 index, string memory rest) private pure returns (string memory) {
        return string.concat("$[", vm.toString(index), "]", rest);
    }

    function _header(string memory json, string memory path) private view returns (Header memory header) {
        header.lender = uint8(json.readUint(string.concat(path, ".lender")));
        header.deadline = uint40(json.readUint(string.concat(path, ".deadline")));
        header.token = json.readAddress(string.concat(path, ".token"));
        header.amountIn = uint128(json.readUint(string.concat(path, ".amountIn")));
        header.minProfit = uint128(json.readUint(string.concat(path, ".minProfit")));
        string memory parent = json.readString(string.concat(path, ".parentHash"));
        if (bytes(parent).length != 0) header.parentHash = vm.parseBytes32(parent);
        header.cap = uint128(json.readUint(string.concat(path, ".cap")));
        header.tipBps = uint16(json.readUint(string.concat(path, ".tipBps")));
        header.guarded = json.readBool(string.concat(path, ".guarded"));
        header.lenderAddress = json.readAddress(string.concat(path, ".lenderAddress"));
        header.maxFeeBps = uint16(json.readUint(string.concat(path, ".maxFeeBps")));
    }

    function _legs(string memory json, string memory path) private view returns (Leg[] memory legs) {
        uint256 count;
        while (vm.keyExistsJson(json, string.concat(path, _leg(count)))) ++count;
        legs = new Leg[](count);
        for (uint256 i; i < count; ++i) {
            string memory leg = string.concat(path, _leg(i));
            legs[i].venue = uint8(json.readUint(string.concat(leg, ".venue")));
            legs[i].target = json.readAddress(string.concat(leg, ".target"));
            legs[i].tokenOut = json.readAddress(string.concat(leg, ".tokenOut"));
            legs[i].params = json.readUint(string.concat(leg, ".params"));
        }
    }

    function _leg(uint256 index) private pure returns (string memory) {
        return string.concat(".legs[", vm.toString(index), "]");
    }
}
