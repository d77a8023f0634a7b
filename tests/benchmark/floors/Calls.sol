// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV2Pair} from "../../../contracts/interfaces/external/IUniswapV2Pair.sol";
import {IUniswapV3Pool} from "../../../contracts/interfaces/external/IUniswapV3Pool.sol";

/// @title Calls
/// @notice What the floors call, in the fewest words that still name it. Nothing is checked.
library Calls {
    uint160 private constant LOWEST_LIMIT = 4_295_128_740;
    uint160 private constant HIGHEST_LIMIT = 1_461_446_703_485_210_103_287_273_052_203_988_822_378_723_970_341;

    /// @notice What a pair at 0.3 % pays.
    function quotePair(address pair, address tokenIn, address tokenOut, uint256 amountIn)
        internal
        view
        returns (uint256)
    {
        (uint256 reserveIn, uint256 reserveOut,) = IUniswapV2Pair(pair).getReserves();
        if (tokenIn > tokenOut) (reserveIn, reserveOut) = (reserveOut, reserveIn);
        unchecked {
            uint256 afterFee = amountIn * 997;
            return afterFee * reserveOut / (reserveIn * 1000 + afterFee);
        }
    }

    function swapPair(address pair, address tokenIn, address tokenOut, uint256 amountOut, address to, bytes memory data)
        internal
    {
        if (tokenIn < tokenOut) IUniswapV2Pair(pair).swap(0, amountOut, to, data);
        else IUniswapV2Pair(pair).swap(amountOut, 0, to, data);
    }

    function swapPool(address pool, address tokenIn, address tokenOut, uint256 amountIn, address to, bytes memory data)
        internal
        returns (uint256)
    {
        bool zeroForOne = tokenIn < tokenOut;
        (int256 amount0, int256 amount1) =
            IUniswapV3Pool(pool).swap(to, zeroForOne, int256(amountIn), zeroForOne ? LOWEST_LIMIT : HIGHEST_LIMIT, data);
        return paidOut(tokenIn, tokenOut, amount0, amount1);
    }

    /// @notice Of the amounts that a pool states, the one it has paid.
    function paidOut(address tokenIn, address tokenOut, int256 amount0, int256 amount1)
        internal
        pure
        returns (uint256)
    {
        unchecked {
            return uint256(-(tokenIn < tokenOut ? amount1 : amount0));
        }
    }
}
