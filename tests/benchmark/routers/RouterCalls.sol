// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV2Router} from "../../../script/replica/interfaces/IUniswapV2.sol";

/// @dev Of Uniswap V3's SwapRouter: `path` is token, fee (3 bytes), token and so on.
interface ISwapRouter {
    struct ExactInputSingleParams {
        address tokenIn;
        address tokenOut;
        uint24 fee;
        address recipient;
        uint256 deadline;
        uint256 amountIn;
        uint256 amountOutMinimum;
        uint160 sqrtPriceLimitX96;
    }

    struct ExactInputParams {
        bytes path;
        address recipient;
        uint256 deadline;
        uint256 amountIn;
        uint256 amountOutMinimum;
    }

    function exactInputSingle(ExactInputSingleParams calldata params) external payable returns (uint256 amountOut);
    function exactInput(ExactInputParams calldata params) external payable returns (uint256 amountOut);
}

/// @title RouterCalls
/// @notice Swaps through Uniswap's routers, back to the caller, with no minimum: that a loan must be repaid is one.
library RouterCalls {
    function swapPair(address router, address tokenIn, address tokenOut, uint256 amountIn) internal returns (uint256) {
        address[] memory path = new address[](2);
        (path[0], path[1]) = (tokenIn, tokenOut);
        return swapPairs(router, path, amountIn);
    }

    /// @notice Along pairs of one factory.
    function swapPairs(address router, address[] memory path, uint256 amountIn) internal returns (uint256) {
        return IUniswapV2Router(router)
            .swapExactTokensForTokens(amountIn, 0, path, address(this), block.timestamp)[path.length - 1];
    }

    function swapPool(address router, address tokenIn, address tokenOut, uint24 fee, uint256 amountIn)
        internal
        returns (uint256)
    {
        return ISwapRouter(router)
            .exactInputSingle(
                ISwapRouter.ExactInputSingleParams(
                    tokenIn, tokenOut, fee, address(this), block.timestamp, amountIn, 0, 0
                )
            );
    }

    /// @notice Along pools of one factory.
    function swapPools(address router, bytes memory path, uint256 amountIn) internal returns (uint256) {
        return
            ISwapRouter(router)
                .exactInput(ISwapRouter.ExactInputParams(path, address(this), block.timestamp, amountIn, 0));
    }
}
