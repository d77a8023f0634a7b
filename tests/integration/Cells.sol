// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../../contracts/types/Route.sol";

import {ErrorsLib} from "../../contracts/libraries/ErrorsLib.sol";
import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {Lenders} from "./Lenders.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice One cell of the matrix: a cycle that buys at one stall and sells at another, on a lender's money.
/// @dev What it should earn is what a trader gets who makes the two swaps with money of their own, through the protocols'
/// own entries, less the lender's fee.
abstract contract Cells is Lenders {
    /// @dev Venues that pay out before they are paid; and those that can tell by a view what they will pay.
    uint256 private constant LENDING = 1 << RouteLib.UNISWAP_V2 | 1 << RouteLib.PANCAKE_V2 | 1 << RouteLib.SOLIDLY | 1
        << RouteLib.UNISWAP_V3 | 1 << RouteLib.PANCAKE_V3 | 1 << RouteLib.ALGEBRA | 1 << RouteLib.DODO_V2;
    uint256 private constant TOLD = 1 << RouteLib.UNISWAP_V2 | 1 << RouteLib.PANCAKE_V2 | 1 << RouteLib.SOLIDLY | 1
        << RouteLib.DODO_V2 | 1 << RouteLib.WOOFI | 1 << RouteLib.LIQUIDITY_BOOK | 1 << RouteLib.ERC4626;

    address internal trader = makeAddr("trader");

    /// @param start The state in which every cell begins.
    struct Tally {
        uint256 start;
        uint256 earned;
        uint256 excluded;
        uint256 failed;
        string failures;
    }

    function setUpCells(address coin_) internal {
        vm.deal(address(weth), 1_000_000 ether);
        openStalls(coin_);
        fund(coin, trader, AMOUNT);
        vm.startPrank(trader);
        for (uint256 i; i < stalls.length; ++i) {
            IERC20(coin).approve(address(stalls[i].fixture), type(uint256).max);
            IERC20(stalls[i].other).approve(address(stalls[i].fixture), type(uint256).max);
        }
        vm.stopPrank();
    }

    /// @notice Every ordered pair of venues that trade the same token, on one lender's money.
    function assertMatrix(By by, uint256 earned, uint256 excluded) internal {
        Tally memory tally;
        tally.start = vm.snapshotState();
        for (uint256 first; first < stalls.length; ++first) {
            for (uint256 last; last < stalls.length; ++last) {
                if (stalls[first].other == stalls[last].other) _run(first, last, by, tally);
            }
        }
        assertEq(tally.failed, 0, tally.failures);
        assertEq(tally.earned, earned, "earned");
        assertEq(tally.excluded, excluded, "excluded");
    }

    /// @notice Runs a cell and undoes it. A failure is noted, so that one does not hide the others.
    function _run(uint256 first, uint256 last, By by, Tally memory tally) private {
        bytes memory reason = _exclusion(first, last, by);
        bool passed;
        bytes memory failure;
        try this.check(first, last, by, tally.start, reason) {
            passed = true;
        } catch (bytes memory thrown) {
            failure = thrown;
        }
        vm.revertToState(tally.start);
        if (!passed) _note(tally, first, last, by, failure);
        else if (reason.length == 0) ++tally.earned;
        else ++tally.excluded;
    }

    /// @notice Why a combination cannot be, as the executor says it; nothing for those that can. Locks.t.sol shows the
    /// protocols' own reasons.
    function _exclusion(uint256 first, uint256 last, By by) private view returns (bytes memory) {
        (uint8 buys, uint8 sells) = (stalls[first].venue, stalls[last].venue);
        if (by == By.BalancerV2 && (buys == RouteLib.BALANCER_V2 || sells == RouteLib.BALANCER_V2)) {
            return abi.encodeWithSelector(ErrorsLib.LenderIsLeg.selector, lenders[by].place);
        }
        // In and out of one vault.
        if (buys == RouteLib.ERC4626 && sells == RouteLib.ERC4626) {
            return abi.encodeWithSelector(ErrorsLib.NotProfitable.selector, 0, 1);
        }
        if (by != By.FlashSwap) return "";
        bool lends = LENDING >> buys & 1 == 1 || (TOLD >> buys & 1 == 1 && LENDING >> sells & 1 == 1);
        return lends ? bytes("") : abi.encodeWithSelector(ErrorsLib.NoLegLends.selector);
    }

    /* A CELL */

    /// @param reason Why the executor should refuse; where it is empty, the cycle should earn.
    function check(uint256 first, uint256 last, By by, uint256 start, bytes calldata reason) external {
        (Header memory header, Leg[] memory legs) = _route(first, last, by);
        if (reason.length != 0) return expectRefusal(header, legs, reason);
        uint256 expected = _tradedPlainly(first, last) - AMOUNT - lenders[by].fee;
        vm.revertToState(start);
        uint256 before = IERC20(coin).balanceOf(address(reserve));
        assertEq(execute(header, legs), expected, "profit");
        assertEq(IERC20(coin).balanceOf(address(reserve)) - before, expected, "what the reserve got");
        assertEq(reserve.accounted(coin), expected, "what the reserve accounted");
        _assertNothingLeft(header, legs);
    }

    function _route(uint256 first, uint256 last, By by) private view returns (Header memory header, Leg[] memory legs) {
        Lender memory lender = lenders[by];
        header = loan(coin, AMOUNT, lender.id, lender.place, feeBps(lender));
        Stall memory buys = stalls[first];
        Stall memory sells = stalls[last];
        legs = join(legsOf(buys, buys.buying, coin, buys.other), legsOf(sells, sells.selling, sells.other, coin));
    }

    /// @return back What the trader holds at the end, measured.
    function _tradedPlainly(uint256 first, uint256 last) private returns (uint256 back) {
        Stall memory buys = stalls[first];
        Stall memory sells = stalls[last];
        vm.startPrank(trader);
        buys.fixture.trade(buys.buying, coin, AMOUNT, buys.other);
        sells.fixture.trade(sells.selling, buys.other, IERC20(buys.other).balanceOf(trader), coin);
        vm.stopPrank();
        return IERC20(coin).balanceOf(trader);
    }

    /// @notice Rule E1, for every token and everyone who was called.
    function _assertNothingLeft(Header memory header, Leg[] memory legs) private view {
        address[3] memory tokens = [coin, share, address(weth)];
        assertEq(address(executor).balance, 0, "native coin left");
        for (uint256 i; i < tokens.length; ++i) {
            assertEmpty(tokens[i], header.lenderAddress);
            for (uint256 j; j < legs.length; ++j) {
                assertEmpty(tokens[i], legs[j].target);
            }
        }
    }

    function _note(Tally memory tally, uint256 first, uint256 last, By by, bytes memory failure) private view {
        ++tally.failed;
        string memory cell = string.concat(stalls[first].name, " > ", stalls[last].name, " by ", lenders[by].name);
        tally.failures = string.concat(tally.failures, "\n", cell, ": ", _text(failure));
    }

    /// @dev The text of errors that carry one, as failed assertions do; other errors in bytes.
    function _text(bytes memory failure) private pure returns (string memory) {
        if (failure.length <= 68) return vm.toString(failure);
        bytes memory text = new bytes(failure.length - 68);
        for (uint256 i; i < text.length; ++i) {
            text[i] = failure[68 + i];
        }
        return string(text);
    }

    function join(Leg[] memory a, Leg[] memory b) internal pure returns (Leg[] memory legs) {
        legs = new Leg[](a.length + b.length);
        for (uint256 i; i < legs.length; ++i) {
            legs[i] = i < a.length ? a[i] : b[i - a.length];
        }
    }
}
