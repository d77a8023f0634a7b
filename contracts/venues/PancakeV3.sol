// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {RouteLib} from "../libraries/RouteLib.sol";
import {UniswapV3} from "./UniswapV3.sol";

/// @title PancakeV3
/// @notice Pools of PancakeSwap V3: Uniswap V3's, but for the callback's name.
abstract contract PancakeV3 is UniswapV3 {
    /// @notice The pool has paid out; for a flash swap runs the rest of the route; pays the pool.
    function pancakeV3SwapCallback(int256 amount0Delta, int256 amount1Delta, bytes calldata data) external {
        _payPool(amount0Delta, amount1Delta, data);
    }

    function _callbackOf(uint8 venue) internal view virtual override returns (bytes4) {
        return venue == RouteLib.PANCAKE_V3 ? this.pancakeV3SwapCallback.selector : super._callbackOf(venue);
    }
}
