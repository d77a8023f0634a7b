// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../contracts/interfaces/IFlashExecutor.sol";
import {Header, Leg} from "../../contracts/types/Route.sol";

import {RouteEncoder} from "../../contracts/libraries/RouteEncoder.sol";
import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {Lenders} from "./Lenders.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice Cycles of swaps, made by a trader with money of their own through the protocols' own entries, and by the
/// executor with a lender's.
abstract contract Hops is Lenders {
    struct Hop {
        Stall stall;
        address pool;
        address tokenIn;
        address tokenOut;
    }

    address internal trader = makeAddr("trader");

    /// @notice What lies at the executor before a route, and has to lie there after it.
    mapping(address token => uint256) internal strays;

    /// @notice A hop in a new pool that sells `tokenOut` cheaply.
    function hop(string memory stall, address tokenIn, address tokenOut) internal returns (Hop memory) {
        Stall memory found = stallOf(stall);
        return Hop(found, newPool(found, tokenIn, tokenOut), tokenIn, tokenOut);
    }

    function stallOf(string memory name) internal view returns (Stall memory) {
        for (uint256 i; i < stalls.length; ++i) {
            if (keccak256(bytes(stalls[i].name)) == keccak256(bytes(name))) return stalls[i];
        }
        revert(name);
    }

    /* THE TRADER'S WAY */

    /// @return back What the trader holds at the end, who began with `amount` alone.
    function tradePlainly(Hop[] memory hops, uint256 amount) internal returns (uint256 back) {
        deal(coin, trader, amount);
        back = amount;
        for (uint256 i; i < hops.length; ++i) {
            _trade(hops[i], back);
            back = _holding(hops[i].tokenOut);
        }
    }

    function _trade(Hop memory h, uint256 amount) private {
        vm.startPrank(trader);
        if (h.tokenIn != address(0)) IERC20(h.tokenIn).approve(address(h.stall.fixture), amount);
        if (h.tokenIn != address(0) && h.tokenOut != address(0)) {
            h.stall.fixture.trade(h.pool, h.tokenIn, amount, h.tokenOut);
        } else {
            uint256 value = h.tokenIn == address(0) ? amount : 0;
            uniswapV4.tradeNative{value: value}(h.pool, h.tokenIn, amount, h.tokenOut);
        }
        vm.stopPrank();
    }

    function _holding(address token) private view returns (uint256) {
        return token == address(0) ? trader.balance : IERC20(token).balanceOf(trader);
    }

    /* THE EXECUTOR'S */

    function routeOf(Hop[] memory hops, uint256 amount, By by)
        internal
        view
        returns (Header memory header, Leg[] memory legs)
    {
        Lender memory lender = lenders[by];
        header = loan(coin, amount, lender.id, lender.place, feeBps(by));
        for (uint256 i; i < hops.length; ++i) {
            legs = join(legs, legsOf(hops[i].stall, hops[i].pool, hops[i].tokenIn, hops[i].tokenOut));
        }
    }

    /// @notice The executor borrows `amount`, earns exactly `expected`, which goes to the reserve, and keeps nothing.
    function assertEarns(Header memory header, Leg[] memory legs, uint256 amount, uint256 expected) internal {
        uint256 held = IERC20(coin).balanceOf(address(reserve));
        uint256 accounted = reserve.accounted(coin);
        // Of a flash swap the lender is the pool that lends.
        vm.expectEmit(true, true, header.lender != RouteLib.LENDER_NONE, true, address(executor));
        emit IFlashExecutor.Executed(keccak256(packed(legs)), coin, header.lenderAddress, amount, expected, 0);
        assertEq(execute(header, legs), expected, "profit");
        assertEq(IERC20(coin).balanceOf(address(reserve)) - held, expected, "what the reserve got");
        assertEq(reserve.accounted(coin) - accounted, expected, "what the reserve accounted");
        assertEq(address(executor).balance, strays[address(0)], "native coin at rest");
        for (uint256 i; i < legs.length; ++i) {
            if (legs[i].tokenOut != address(0)) _assertKeepsNothing(IERC20(legs[i].tokenOut), header, legs);
        }
    }

    /// @dev Rule E1, towards everyone who was called.
    function _assertKeepsNothing(IERC20 token, Header memory header, Leg[] memory legs) private view {
        address executor_ = address(executor);
        assertEq(token.balanceOf(executor_), strays[address(token)], "token at rest");
        assertEq(token.allowance(executor_, header.lenderAddress), 0, "the lender's allowance");
        for (uint256 i; i < legs.length; ++i) {
            assertEq(token.allowance(executor_, legs[i].target), 0, "a venue's allowance");
        }
    }

    function packed(Leg[] memory legs) internal pure returns (bytes memory bytes_) {
        for (uint256 i; i < legs.length; ++i) {
            bytes_ = bytes.concat(bytes_, RouteEncoder.encodeLeg(legs[i]));
        }
    }

    function join(Leg[] memory a, Leg[] memory b) internal pure returns (Leg[] memory legs) {
        legs = new Leg[](a.length + b.length);
        for (uint256 i; i < legs.length; ++i) {
            legs[i] = i < a.length ? a[i] : b[i - a.length];
        }
    }
}
