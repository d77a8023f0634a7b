// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILBPair} from "../../../contracts/interfaces/external/ILBPair.sol";
import {IWooPPV2} from "../../../contracts/interfaces/external/IWooPPV2.sol";
import {Leg} from "../../../contracts/types/Route.sol";

import {ErrorsLib} from "../../../contracts/libraries/ErrorsLib.sol";
import {RouteEncoder} from "../../../contracts/libraries/RouteEncoder.sol";
import {RouteLib} from "../../../contracts/libraries/RouteLib.sol";
import {ICallbacks} from "../../ICallbacks.sol";
import {HostileDodo} from "../../mocks/HostileDodo.sol";
import {HostilePair} from "../../mocks/HostilePair.sol";
import {LazyVenue} from "../../mocks/LazyVenue.sol";
import {Market_Test} from "./Market.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";

/// @notice What single venues may do to the executor. Callbacks and Managers have what families share.
contract Venues_Test is Market_Test {
    uint256 internal constant AMOUNT = 1e18;

    /* DODO V2 */

    /// @dev Lends by the callback of its kind, of either token: by what it names as lent, where nothing follows.
    function test_Dodo_LendsByItsKind() public {
        uint256 snapshot = vm.snapshotState();
        for (uint256 params; params < 6; ++params) {
            vm.revertToState(snapshot);
            HostileDodo dodo = _dodo(params);
            assertEq(execute(flashSwap(address(weth), AMOUNT), _sellTo(address(dodo), params)), 0.1e18);
            assertEq(token.balanceOf(address(dodo)), pairOutput(AMOUNT, 1000e18, 1_100_000e18));
        }
    }

    function test_Dodo_DoesNotCallBack() public {
        HostileDodo dodo = _dodo(0);
        dodo.beSilent();
        Leg[] memory legs = _sellTo(address(dodo), 0);
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.CallbackMissing.selector);
        expectRefusal(flashSwap(address(weth), AMOUNT), legs, reason);
    }

    function test_Dodo_SaysThatAnotherBorrowed() public {
        HostileDodo dodo = _dodo(0);
        dodo.sayThatBorrowed(stranger);
        Leg[] memory legs = _sellTo(address(dodo), 0);
        bytes4 kind = ICallbacks.DVMFlashLoanCall.selector;
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.CallbackUnexpected.selector, dodo, kind);
        expectRefusal(flashSwap(address(weth), AMOUNT), legs, reason);
    }

    /* PANCAKE V2 */

    function test_PancakeV2_LendsByItsCallback() public {
        HostilePair pair = new HostilePair(weth);
        fund(address(weth), address(pair), 10_000e18);
        pair.beOfPancake();
        pair.sayThatSwapped(address(executor));
        Leg[] memory legs =
            cycle(v2(cheapPair, address(token)), Leg(RouteLib.PANCAKE_V2, address(pair), address(weth), 25));
        uint256 net = pairOutput(AMOUNT, 1000e18, 1_100_000e18) * 9975;
        uint256 back = net * 1_000_000e18 / (1_000_000e18 * 10_000 + net);
        assertEq(execute(flashSwap(address(weth), AMOUNT), legs), back - AMOUNT);
    }

    /* LIQUIDITY BOOK */

    /// @dev It says in the half of the token that it sells how much, which names no loss; and it has paid nothing.
    function test_LiquidityBook_SaysWhatItPays() public {
        fund(address(weth), address(executor), 5e18);
        bytes memory nothing = abi.encodeWithSelector(ErrorsLib.NotProfitable.selector, 0, 1);
        for (uint256 sellsX; sellsX < 2; ++sellsX) {
            address book = makeAddr("book");
            vm.etch(book, hex"5f5ffd");
            vm.mockCall(book, abi.encodePacked(ILBPair.getSwapOut.selector), abi.encode(0, 1.1e18, 0));
            bytes32 out = bytes32(uint256(1.1e18) << (sellsX == 1 ? 128 : 0));
            vm.mockCall(book, abi.encodeCall(ILBPair.swap, (sellsX == 1, address(executor))), abi.encode(out));
            Leg[] memory legs =
                cycle(v2(cheapPair, address(token)), Leg(RouteLib.LIQUIDITY_BOOK, book, address(weth), sellsX));
            expectRefusal(flashSwap(address(weth), AMOUNT), legs, nothing);
        }
    }

    /// @dev A quote for less than all of the input is none, be it a unit less.
    function test_LiquidityBook_HasNotEnough() public {
        address book = makeAddr("book");
        vm.etch(book, hex"5f5ffd");
        vm.mockCall(book, abi.encodePacked(ILBPair.getSwapOut.selector), abi.encode(1, 1.1e18, 0));
        Leg[] memory legs = cycle(v2(cheapPair, address(token)), Leg(RouteLib.LIQUIDITY_BOOK, book, address(weth), 1));
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.OutputZero.selector, book);
        expectRefusal(flashSwap(address(weth), AMOUNT), legs, reason);
    }

    /* ERC-4626 */

    /// @dev What a deposit brings is asked for shares, what a redemption brings for assets.
    function test_ERC4626_IsQuotedByItsDirection() public {
        address vault = makeAddr("vault");
        vm.etch(vault, hex"5f5ffd");
        Leg[] memory legs = cycle(Leg(RouteLib.ERC4626, vault, vault, 0), v2(dearPair, address(weth)));
        bytes memory reason = abi.encodeWithSelector(ErrorsLib.OutputZero.selector, vault);
        vm.mockCall(vault, abi.encodeCall(IERC4626.previewDeposit, (AMOUNT)), abi.encode(0));
        expectRefusal(flashSwap(address(weth), AMOUNT), legs, reason);
        vm.clearMockedCalls();
        vm.mockCall(vault, abi.encodeCall(IERC4626.previewRedeem, (AMOUNT)), abi.encode(0));
        legs[0].tokenOut = address(token);
        expectRefusal(flashSwap(address(weth), AMOUNT), legs, reason);
    }

    /* WOOFI */

    /// @dev Beforehand.
    function test_WooFi_IsPaid() public {
        address woo = makeAddr("woo");
        vm.etch(woo, hex"5f5ffd");
        vm.mockCall(woo, abi.encodePacked(IWooPPV2.swap.selector), abi.encode(0));
        fund(address(weth), address(executor), AMOUNT);
        vm.prank(address(reserve));
        executor.convert(address(weth), AMOUNT, RouteEncoder.encodeLeg(Leg(RouteLib.WOOFI, woo, address(token), 0)));
        assertEq(weth.balanceOf(woo), AMOUNT);
    }

    /* CURVE */

    /// @dev By its indices in and out, a byte each.
    function test_Curve_TradesByItsIndices() public {
        address pool = address(new LazyVenue(weth));
        vm.expectCall(pool, abi.encodeWithSignature("exchange(int128,int128,uint256,uint256)", 5, 3, AMOUNT));
        _assertNoAllowance(Leg(RouteLib.CURVE, pool, address(token), 0x0503));
        vm.expectCall(pool, abi.encodeWithSignature("exchange(uint256,uint256,uint256,uint256)", 5, 3, AMOUNT));
        _assertNoAllowance(Leg(RouteLib.CURVE_CRYPTO, pool, address(token), 0x0503));
    }

    /* VENUES THAT PULL */

    /// @dev E1: who leaves a unit of its payment keeps no allowance for it.
    function test_PullsAllButOne_KeepsNoAllowance() public {
        LazyVenue venue = new LazyVenue(weth);
        _assertNoAllowance(Leg(RouteLib.CURVE, address(venue), address(token), 0x0102));
        _assertNoAllowance(Leg(RouteLib.CURVE_CRYPTO, address(venue), address(token), 0x0102));
        _assertNoAllowance(Leg(RouteLib.BALANCER_V2, address(venue), address(token), 0));
        _assertNoAllowance(Leg(RouteLib.ERC4626, address(venue), address(venue), 0));
    }

    /* INTERNALS */

    function _dodo(uint256 params) private returns (HostileDodo dodo) {
        dodo = params & 1 == 1
            ? new HostileDodo(token, weth, 1.1e18, params >> 1)
            : new HostileDodo(weth, token, 1.1e18, params >> 1);
        fund(address(weth), address(dodo), 10e18);
    }

    function _sellTo(address dodo, uint256 params) private view returns (Leg[] memory) {
        return cycle(v2(cheapPair, address(token)), Leg(RouteLib.DODO_V2, dodo, address(weth), params));
    }

    function _assertNoAllowance(Leg memory leg) private {
        fund(address(weth), address(executor), AMOUNT);
        uint256 before = weth.balanceOf(leg.target);
        vm.prank(address(reserve));
        assertEq(executor.convert(address(weth), AMOUNT, RouteEncoder.encodeLeg(leg)), 0);
        assertEq(weth.balanceOf(leg.target), before + AMOUNT - 1);
        assertEq(weth.allowance(address(executor), leg.target), 0);
    }
}
