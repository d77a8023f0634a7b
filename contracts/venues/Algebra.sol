// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {RouteLib} from "../libraries/RouteLib.sol";
import {UniswapV3} from "./UniswapV3.sol";

/// @title Algebra
/// @notice Pools of Algebra 1.9, Camelot and Integral: swapped as Uniswap V3's are, but for the callback's name.
abstract contract Algebra is UniswapV3 {
    /// @notice The pool has paid out; for a flash swap runs the rest of the route; pays the pool.
    function algebraSwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata data) external {
        _payPool(amount0Delta, amount1Delta, data);
    }

    function _callbackOf(uint8 venue) internal view virtual override returns (bytes4) {
        return venue == RouteLib.ALGEBRA ? this.algebraSwapCallback.selector : super._callbackOf(venue);
    }
}
