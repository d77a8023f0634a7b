// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PackedLeg} from "../types/PackedLeg.sol";

import {ErrorsLib} from "../libraries/ErrorsLib.sol";
import {RouteLib} from "../libraries/RouteLib.sol";
import {Flow, Venue} from "./Venue.sol";
import {IERC4626} from "@openzeppelin/contracts/interfaces/IERC4626.sol";

/// @title ERC4626
/// @notice Vaults whose shares are bought by `deposit` and sold by `redeem`. `target` is the vault: a leg whose tokenOut it
/// is deposits, any other redeems.
abstract contract ERC4626 is Venue {
    function _swap(PackedLeg leg, Flow memory flow, address to, uint256 quote)
        internal
        virtual
        override
        returns (uint256 amountOut)
    {
        if (leg.venue() != RouteLib.ERC4626) return super._swap(leg, flow, to, quote);
        if (leg.tokenOut() != leg.target()) {
            // Only the shares that flow, not others that lie here.
            require(flow.token == leg.target(), ErrorsLib.TokenMismatch(leg.target(), flow.token));
            _fetch(flow);
            return IERC4626(leg.target()).redeem(flow.amount, to, address(this));
        }
        _approve(flow, leg.target());
        amountOut = IERC4626(leg.target()).deposit(flow.amount, to);
        _revoke(flow.token, leg.target());
    }

    function _quote(PackedLeg leg, address tokenIn, uint256 amount) internal view virtual override returns (uint256) {
        if (leg.venue() != RouteLib.ERC4626) return super._quote(leg, tokenIn, amount);
        IERC4626 vault = IERC4626(leg.target());
        return leg.tokenOut() == leg.target() ? vault.previewDeposit(amount) : vault.previewRedeem(amount);
    }
}
