// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ISolidlyPool} from "../interfaces/external/ISolidlyPool.sol";
import {PackedLeg} from "../types/PackedLeg.sol";

import {RouteLib} from "../libraries/RouteLib.sol";
import {UniswapV2} from "./UniswapV2.sol";

/// @title Solidly
/// @notice Pools of Solidly, Velodrome V2 and Aerodrome, volatile and stable: called as Uniswap V2's are, with a callback
/// of another name, and quoted by the pool itself, which knows its fee and its curve.
abstract contract Solidly is UniswapV2 {
    /// @notice The pool has paid out; runs the rest of the route into it.
    function hook(address sender, uint256 amount0, uint256 amount1, bytes calldata data) external {
        _repayPair(sender, amount0, amount1, data);
    }

    function _quote(PackedLeg leg, address tokenIn, uint256 amount) internal view virtual override returns (uint256) {
        if (leg.venue() != RouteLib.SOLIDLY) return super._quote(leg, tokenIn, amount);
        return ISolidlyPool(leg.target()).getAmountOut(amount, tokenIn);
    }

    function _callbackOf(uint8 venue) internal view virtual override returns (bytes4) {
        return venue == RouteLib.SOLIDLY ? this.hook.selector : super._callbackOf(venue);
    }
}
