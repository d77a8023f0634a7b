// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PackedLeg} from "../types/PackedLeg.sol";

import {CalldataLib} from "../libraries/CalldataLib.sol";
import {RouteLib} from "../libraries/RouteLib.sol";
import {Kinds} from "./Kinds.sol";
import {Flow, Venue} from "./Venue.sol";

/// @title Runner
/// @notice Runs legs one after the other, and lets each pay straight into the next where that one is paid beforehand.
/// @dev What comes here between two legs is measured; what goes straight into a pool or a manager, that one checks; what
/// ends here, E4 measures. So no claim is spent that has not been kept.
abstract contract Runner is Venue {
    using CalldataLib for bytes;
    using Kinds for uint256;

    function _run(bytes calldata legs, bytes calldata quotes, Flow memory flow, address end)
        internal
        override
        returns (uint256)
    {
        while (legs.length != 0) {
            PackedLeg leg;
            (leg, legs) = RouteLib.nextLeg(legs);
            if (_isUnlocked(leg.venue(), leg.target())) {
                _runOnCredit(leg, flow);
                continue;
            }
            uint256 quote = quotes.length == 0 ? 0 : quotes.wordAt(0);
            if (quote != 0) quotes = quotes.slice(32, quotes.length);
            bool last = legs.length == 0;
            _runLeg(leg, flow, last ? end : _payee(legs), quote, last && end == address(this));
        }
        if (flow.place == end) return flow.amount;
        if (end == unlocked) return _payIn(end, flow);
        _pay(flow, end);
        return flow.amount;
    }

    function _payee(bytes calldata rest) internal view override returns (address target) {
        if (rest.length == 0) return address(this);
        // What follows the next leg is of no use here.
        // slither-disable-next-line unused-return
        (PackedLeg next,) = RouteLib.nextLeg(rest);
        uint8 venue = next.venue();
        target = next.target();
        if (!Kinds.PREPAID.has(venue) && !_isUnlocked(venue, target)) return address(this);
    }

    function _runLeg(PackedLeg leg, Flow memory flow, address to, uint256 quote, bool ends) private {
        if (Kinds.PAYS_HERE.has(leg.venue()) || leg.tokenOut() == address(0)) to = address(this);
        bool here = to == address(this);
        bool measured = here && (!ends || Kinds.PAYS_HERE.has(leg.venue()));
        uint256 before = measured ? _balanceOf(leg.tokenOut()) : 0;
        bool credited = !here && to == unlocked;
        if (credited) _announce(unlockedVenue, to, leg.tokenOut());
        flow.amount = _swap(leg, flow, to, quote);
        if (measured) flow.amount = _balanceOf(leg.tokenOut()) - before;
        (flow.token, flow.place) = (leg.tokenOut(), to);
        if (credited) flow.amount = _credit(unlockedVenue, to, flow);
    }

    function _runOnCredit(PackedLeg leg, Flow memory flow) private {
        if (flow.place != leg.target()) flow.amount = _payIn(leg.target(), flow);
        flow.amount = _swapOnCredit(leg, flow);
        (flow.token, flow.place) = (leg.tokenOut(), leg.target());
    }

    function _payIn(address manager, Flow memory flow) private returns (uint256) {
        _announce(unlockedVenue, manager, flow.token);
        if (flow.token != address(0)) _pay(flow, manager);
        return _credit(unlockedVenue, manager, flow);
    }

    function _isUnlocked(uint8 venue, address target) private view returns (bool) {
        return Kinds.MANAGED.has(venue) && target == unlocked;
    }
}
