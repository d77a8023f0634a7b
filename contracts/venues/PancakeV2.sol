// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {RouteLib} from "../libraries/RouteLib.sol";
import {UniswapV2} from "./UniswapV2.sol";

/// @title PancakeV2
/// @notice Pairs of PancakeSwap V2: Uniswap V2's, but for the callback's name. `params`: the fee in basis points (2 bytes).
abstract contract PancakeV2 is UniswapV2 {
    /// @notice The pair has paid out; runs the rest of the route into it.
    function pancakeCall(address sender, uint256 amount0, uint256 amount1, bytes calldata data) external {
        _repayPair(sender, amount0, amount1, data);
    }

    function _callbackOf(uint8 venue) internal view virtual override returns (bytes4) {
        return venue == RouteLib.PANCAKE_V2 ? this.pancakeCall.selector : super._callbackOf(venue);
    }
}
