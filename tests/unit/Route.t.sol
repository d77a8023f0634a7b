// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

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
        (Header memory header, bytes calldata legs) = RouteLib.decode(route);
        RouteLib.pools(header, legs);
    }

    /* ROUND TRIP */

    function testFuzz_RoundTrip(Header memory header, Leg[8] memory legs, uint256 count) public view {
        count = bound(count, 2, 8);
        header.lender = uint8(bound(header.lender, 0, 2));
        header.amountIn = uint128(bound(header.amountIn, 1, type(uint128).max));
        if (header.lender == 0) (header.lenderAddress, header.maxFeeBps) = (address(0), 0);
        Leg[] memory list = _closed(header, legs, count);
        (Header memory read, Leg[] memory readLegs) = this.decode(RouteEncoder.encode(header, list));
        assertEq(abi.encode(read), abi.encode(header));
        assertEq(abi.encode(readLegs), abi.encode(list));
    }

    function decode(bytes calldata route) external pure returns (Header memory header, Leg[] memory legs) {
        bytes calldata rest;
        (header, rest) = RouteLib.decode(route);
        address[] memory pools = RouteLib.pools(header, rest);
        legs = new Leg[](pools.length);
        for (uint256 i; i < pools.length; ++i) {
            (legs[i], rest) = RouteLib.nextLeg(rest);
            assertEq(legs[i].pool, pools[i]);
        }
    }

    /* MALFORMED */

    /// @dev Whole routes of two legs: each cut is refused by name, wherever it falls.
    function testFuzz_RevertWhen_Truncated(uint256 length, uint8 lender, bool parent) public {
        Header memory header = _plain();
        header.lender = uint8(bound(lender, 0, 2));
        if (header.lender != 0) (header.lenderAddress, header.maxFeeBps) = (address(0x33), 5);
        if (parent) header.parentHash = keccak256("parent");
        bytes memory route = RouteEncoder.encode(header, _cycle());
        length = bound(length, 0, route.length - 1);
        uint256 legs = route.length - 86;
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.RouteTruncated.selector);
        // Cut between two legs it is whole, but too short a cycle.
        if (length == legs) reason = abi.encodeWithSelector(ErrorsLib.LegCountWrong.selector, 0);
        if (length == legs + 43) reason = abi.encodeWithSelector(ErrorsLib.LegCountWrong.selector, 1);
        vm.expectRevert(reason);
        this.requireWhole(_cut(route, length));
    }

    function test_RevertWhen_VersionUnknown() public {
        bytes memory route = RouteEncoder.encode(_plain(), _cycle());
        route[0] = 0x02;
        _assertRefused(route, abi.encodeWithSelector(ErrorsLib.RouteVersionUnknown.selector, 2));
    }

    function test_RevertWhen_FlagsUnknown() public {
        bytes memory route = RouteEncoder.encode(_plain(), _cycle());
        route[1] = 0x02;
        _assertRefused(route, abi.encodeWithSelector(ErrorsLib.RouteFlagsUnknown.selector, 2));
    }

    function test_RevertWhen_LenderUnknown() public {
        Header memory header = _plain();
        header.lender = 3;
        _assertRefused(
            RouteEncoder.encode(header, _cycle()), abi.encodeWithSelector(ErrorsLib.LenderUnknown.selector, 3)
        );
    }

    function test_RevertWhen_VenueUnknown() public {
        Leg[] memory legs = _cycle();
        legs[1].venue = 3;
        _assertRefused(RouteEncoder.encode(_plain(), legs), abi.encodeWithSelector(ErrorsLib.VenueUnknown.selector, 3));
    }

    function test_RevertWhen_AmountIsZero() public {
        Header memory header = _plain();
        header.amountIn = 0;
        _assertRefused(RouteEncoder.encode(header, _cycle()), abi.encodeWithSelector(ErrorsLib.AmountZero.selector));
    }

    function test_RevertWhen_CycleIsOpen() public {
        Leg[] memory legs = _cycle();
        legs[1].tokenOut = address(0x44);
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.CycleOpen.selector, TOKEN, address(0x44));
        _assertRefused(RouteEncoder.encode(_plain(), legs), reason);
    }

    function test_RevertWhen_TooManyLegs() public {
        Leg[] memory legs = new Leg[](9);
        for (uint256 i; i < 9; ++i) {
            legs[i] = Leg(1, address(uint160(i + 1)), i == 8 ? TOKEN : address(uint160(0x100 + i)), 30);
        }
        _assertRefused(RouteEncoder.encode(_plain(), legs), abi.encodeWithSelector(ErrorsLib.LegCountWrong.selector, 9));
    }

    function test_RevertWhen_TooFewLegs() public {
        _assertRefused(
            RouteEncoder.encode(_plain(), new Leg[](0)), abi.encodeWithSelector(ErrorsLib.LegCountWrong.selector, 0)
        );
        Leg[] memory one = new Leg[](1);
        one[0] = Leg(1, address(0xA0), TOKEN, 30);
        _assertRefused(RouteEncoder.encode(_plain(), one), abi.encodeWithSelector(ErrorsLib.LegCountWrong.selector, 1));
    }

    /// @dev E10: by flash swap the first pool lends; with a lender, the lender does.
    function test_RevertWhen_ThePoolThatLendsIsALeg() public {
        Leg[] memory legs = _cycle();
        legs[1].pool = legs[0].pool;
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.LenderIsLeg.selector, legs[0].pool);
        _assertRefused(RouteEncoder.encode(_plain(), legs), reason);
        Header memory header = _plain();
        (header.lender, header.lenderAddress) = (1, legs[0].pool);
        _assertRefused(RouteEncoder.encode(header, _cycle()), reason);
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

    function _closed(Header memory header, Leg[8] memory legs, uint256 count) private pure returns (Leg[] memory list) {
        list = new Leg[](count);
        for (uint256 i; i < count; ++i) {
            list[i] = legs[i];
            list[i].venue = uint8(bound(legs[i].venue, 1, 2));
            list[i].pool = address(uint160(uint256(keccak256(abi.encode(legs[i].pool, i)))));
            if (list[i].venue == 2) list[i].feeBps = 0;
        }
        list[count - 1].tokenOut = header.token;
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
            legs[i].pool = json.readAddress(string.concat(leg, ".pool"));
            legs[i].tokenOut = json.readAddress(string.concat(leg, ".tokenOut"));
            legs[i].feeBps = uint16(json.readUint(string.concat(leg, ".feeBps")));
        }
    }

    function _leg(uint256 index) private pure returns (string memory) {
        return string.concat(".legs[", vm.toString(index), "]");
    }
}
