// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV4PoolManager} from "./IUniswapV4PoolManager.sol";

/// @dev What the manager has for whoever adds liquidity.
interface IUniswapV4Liquidity is IUniswapV4PoolManager {
    struct ModifyLiquidityParams {
        int24 tickLower;
        int24 tickUpper;
        int256 liquidityDelta;
        bytes32 salt;
    }

    /// @dev `delta` includes the fees; amount0 in its upper and amount1 in its lower half, positive ones owed to the caller.
    function modifyLiquidity(PoolKey calldata key, ModifyLiquidityParams calldata params, bytes calldata hookData)
        external
        returns (int256 delta, int256 fees);
}
