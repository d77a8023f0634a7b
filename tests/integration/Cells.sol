// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Header, Leg} from "../../contracts/types/Route.sol";

import {ErrorsLib} from "../../contracts/libraries/ErrorsLib.sol";
import {RouteLib} from "../../contracts/libraries/RouteLib.sol";
import {Hops} from "./Hops.sol";

/// @notice A cell: a cycle on a lender's money. It earns what a trader gets who makes the swaps one after the other,
/// less the lender's fee; or is refused by name.
abstract contract Cells is Hops {
    /// @dev Venues that pay out before they are paid; and those that can tell by a view what they will pay.
    uint256 private constant LENDING = 1 << RouteLib.UNISWAP_V2 | 1 << RouteLib.PANCAKE_V2 | 1 << RouteLib.SOLIDLY | 1
        << RouteLib.UNISWAP_V3 | 1 << RouteLib.PANCAKE_V3 | 1 << RouteLib.ALGEBRA | 1 << RouteLib.DODO_V2;
    uint256 private constant TOLD = 1 << RouteLib.UNISWAP_V2 | 1 << RouteLib.PANCAKE_V2 | 1 << RouteLib.SOLIDLY | 1
        << RouteLib.DODO_V2 | 1 << RouteLib.WOOFI | 1 << RouteLib.LIQUIDITY_BOOK | 1 << RouteLib.ERC4626;

    /// @param amount Zero where the executor is to find it, at most `cap`.
    struct Order {
        By by;
        uint256 amount;
        uint256 cap;
    }

    /// @param start The state in which every cell begins.
    struct Tally {
        uint256 start;
        uint256 earned;
        uint256 excluded;
        uint256 failed;
        string failures;
    }

    function newTally() internal returns (Tally memory tally) {
        tally.start = vm.snapshotState();
    }

    /// @notice Runs a cell and undoes it. A failure is noted, so that one does not hide the others.
    function run(Hop[] memory hops, Order memory order, Tally memory tally) internal {
        bytes memory reason = exclusion(hops, order.by);
        bool passed;
        bytes memory failure;
        try this.check(hops, order, tally.start, reason) {
            passed = true;
        } catch (bytes memory thrown) {
            failure = thrown;
        }
        vm.revertToState(tally.start);
        if (!passed) _note(tally, hops, order.by, failure);
        else if (reason.length == 0) ++tally.earned;
        else ++tally.excluded;
    }

    function conclude(Tally memory tally, uint256 earned, uint256 excluded) internal pure {
        assertEq(tally.failed, 0, tally.failures);
        assertEq(tally.earned, earned, "earned");
        assertEq(tally.excluded, excluded, "excluded");
    }

    /// @param reason Why the executor should refuse; where it is empty, the cycle should earn.
    function check(Hop[] calldata hops, Order calldata order, uint256 start, bytes calldata reason) external {
        (Header memory header, Leg[] memory legs) = routeOf(hops, order.amount, order.by);
        header.cap = order.cap;
        if (reason.length != 0) return expectRefusal(header, legs, reason);
        uint256 amount = order.amount == 0 ? sizeOf(header, legs) : order.amount;
        uint256 expected = tradePlainly(hops, amount) - amount - feeOf(order.by, amount);
        vm.revertToState(start);
        assertEarns(header, legs, amount, expected);
    }

    /// @notice What the executor's sizer says, which must be something.
    function sizeOf(Header memory header, Leg[] memory legs) internal view returns (uint256 amount) {
        (amount,) = executor.sizer().size(header.token, packed(legs), header.maxFeeBps, header.cap);
        assertGt(amount, 0, "size");
    }

    /// @notice Why a cell cannot be, as the executor says it; nothing for those that can. Locks.t.sol shows the
    /// protocols' own reasons.
    function exclusion(Hop[] memory hops, By by) internal view returns (bytes memory) {
        if (by == By.BalancerV2 && _passes(hops, RouteLib.BALANCER_V2)) {
            return abi.encodeWithSelector(ErrorsLib.LenderIsLeg.selector, lenders[by].place);
        }
        // Into a vault and out of it again.
        if (hops.length == 2 && hops[0].pool == hops[1].pool) {
            return abi.encodeWithSelector(ErrorsLib.NotProfitable.selector, 0, 1);
        }
        if (by != By.FlashSwap || _lends(hops)) return "";
        return abi.encodeWithSelector(ErrorsLib.NoLegLends.selector);
    }

    function _passes(Hop[] memory hops, uint8 venue) private pure returns (bool passes) {
        for (uint256 i; i < hops.length; ++i) {
            passes = passes || hops[i].stall.venue == venue;
        }
    }

    /// @dev Whether a pool lends by flash swap, the first or one that is to be paid what can be told beforehand.
    function _lends(Hop[] memory hops) private pure returns (bool) {
        for (uint256 i; i < hops.length; ++i) {
            if (LENDING >> hops[i].stall.venue & 1 == 1) return true;
            if (TOLD >> hops[i].stall.venue & 1 == 0) return false;
        }
        return false;
    }

    function _note(Tally memory tally, Hop[] memory hops, By by, bytes memory failure) private view {
        ++tally.failed;
        string memory cell = "\n";
        for (uint256 i; i < hops.length; ++i) {
            cell = string.concat(cell, hops[i].stall.name, i + 1 < hops.length ? " > " : " by ");
        }
        tally.failures = string.concat(tally.failures, cell, lenders[by].name, ": ", _text(failure));
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
}
