// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PackedLeg} from "../types/PackedLeg.sol";
import {Header} from "../types/Route.sol";

import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {RouteLib} from "../libraries/RouteLib.sol";
import {Kinds} from "./Kinds.sol";
import {Runner} from "./Runner.sol";

/// @notice A route as far as it is known before anything moves.
/// @param pools The legs' pools in order, as the reserve knows them.
/// @param quotes What the first legs will bring: all that can be told.
/// @param lends Which leg is to lend by flash swap: the last that can among those whose input is known.
/// @param offset Where in the legs' bytes that leg begins.
/// @param token What that leg is owed.
/// @param amount How much of it.
struct Plan {
    address[] pools;
    uint256[] quotes;
    uint256 lends;
    uint256 offset;
    address token;
    uint256 amount;
}

/// @title Planner
/// @notice Reads a route before anything is borrowed or moved, in one walk along its legs: checks them, quotes them as far
/// as that goes, and finds the leg that can lend.
abstract contract Planner is Runner {
    using Kinds for uint256;

    uint256 internal constant NO_LEG = type(uint256).max;

    /// @dev The chain's venues, a bit each.
    function _venues() internal pure virtual returns (uint256);

    /// @dev Reverts for a pool that governance does not allow.
    function _requireAllowed(address pool) internal view virtual;

    /// @param listedOnly Whether the keeper is restricted to listed pools.
    function _plan(Header memory header, bytes calldata legs, bool listedOnly)
        internal
        view
        returns (Plan memory plan)
    {
        plan.pools = new address[](RouteLib.MAX_LEGS);
        plan.quotes = new uint256[](RouteLib.MAX_LEGS);
        plan.lends = NO_LEG;
        if (listedOnly && header.lender != RouteLib.LENDER_NONE) _requireAllowed(header.lenderAddress);
        (address token, uint256 amount) = (header.token, header.amountIn);
        (uint256 count, uint256 known) = (0, 0);
        bytes calldata rest = legs;
        // Counts stop at the most legs, and what rests is a part of the legs.
        unchecked {
            for (; rest.length != 0; ++count) {
                require(count < RouteLib.MAX_LEGS, ErrorsLib.LegCountWrong(count + 1));
                uint256 offset = legs.length - rest.length;
                PackedLeg leg;
                (leg, rest) = RouteLib.nextLeg(rest);
                _checkLeg(header, leg, token);
                plan.pools[count] = _poolOf(leg, token);
                if (listedOnly) _requirePoolAllowed(plan.pools[count], leg.target());
                if (count == known) {
                    if (Kinds.FLASH.has(leg.venue())) {
                        (plan.lends, plan.offset, plan.token, plan.amount) = (count, offset, token, amount);
                    }
                    if (Kinds.QUOTABLE.has(leg.venue())) {
                        amount = _quote(leg, token, amount);
                        require(amount != 0, ErrorsLib.OutputZero(leg.target()));
                        plan.quotes[known++] = amount;
                    }
                }
                token = leg.tokenOut();
            }
        }
        require(count >= 2, ErrorsLib.LegCountWrong(count));
        require(token == header.token, ErrorsLib.CycleOpen(header.token, token));
        _shorten(plan, count, known);
    }

    /// @dev The pool's manager too, where it has one: anyone can answer to a listed pool's id.
    function _requirePoolAllowed(address pool, address manager) private view {
        _requireAllowed(pool);
        _requireAllowed(manager);
    }

    /// @dev The same for legs that are no cycle and that nobody lends for.
    /// @return token What the last one pays.
    function _checkPath(address token, bytes calldata legs, bool listedOnly) internal view returns (address) {
        require(legs.length != 0, ErrorsLib.LegCountWrong(0));
        // A route that nobody lends for, and of which only that matters.
        // slither-disable-next-line uninitialized-local
        Header memory unlent;
        PackedLeg leg;
        for (uint256 count; legs.length != 0; ++count) {
            require(count < RouteLib.MAX_LEGS, ErrorsLib.LegCountWrong(count + 1));
            (leg, legs) = RouteLib.nextLeg(legs);
            _checkLeg(unlent, leg, token);
            if (listedOnly) _requirePoolAllowed(_poolOf(leg, token), leg.target());
            token = leg.tokenOut();
        }
        return token;
    }

    function _checkLeg(Header memory header, PackedLeg leg, address tokenIn) private view {
        require(_venues().has(leg.venue()), ErrorsLib.VenueUnknown(leg.venue()));
        require(leg.target().code.length != 0, ErrorsLib.NotContract(leg.target()));
        require(leg.tokenOut() != tokenIn, ErrorsLib.LegPaysItsInput(leg.target(), tokenIn));
        require(
            leg.target() != header.lenderAddress || Kinds.CREDITORS.has(header.lender),
            ErrorsLib.LenderIsLeg(leg.target())
        );
    }

    function _shorten(Plan memory plan, uint256 legs, uint256 quotes) private pure {
        (address[] memory pools, uint256[] memory known) = (plan.pools, plan.quotes);
        // Solidity: plan.pools = plan.pools[:legs]; plan.quotes = plan.quotes[:quotes]. The arrays have just been made, and
        // nothing else refers to them.
        assembly ("memory-safe") {
            mstore(pools, legs)
            mstore(known, quotes)
        }
    }
}
