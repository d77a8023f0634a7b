// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV2Pair} from "../../script/replica/interfaces/IUniswapV2.sol";
import {Protocols} from "../Protocols.sol";
import {Fixture} from "./Fixture.sol";

/// @notice Uniswap V2's pair, which takes 0.3 %. Each has a factory of its own, so that two tokens can have two pairs.
contract UniswapV2Fixture is Fixture, Protocols {
    string public constant name = "Uniswap V2";

    function create(address a, uint256 amountA, address b, uint256 amountB) external returns (address pool) {
        return createPair(deployV2Factory(), a, amountA, b, amountB);
    }

    function trade(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        external
        returns (uint256 amountOut)
    {
        take(tokenIn, amountIn);
        pay(tokenIn, pool, amountIn);
        (uint256 reserve0, uint256 reserve1,) = IUniswapV2Pair(pool).getReserves();
        bool zeroForOne = tokenIn < tokenOut;
        (uint256 reserveIn, uint256 reserveOut) = zeroForOne ? (reserve0, reserve1) : (reserve1, reserve0);
        amountOut = amountIn * 997 * reserveOut / (reserveIn * 1000 + amountIn * 997);
        IUniswapV2Pair(pool).swap(zeroForOne ? 0 : amountOut, zeroForOne ? amountOut : 0, msg.sender, "");
    }

    function fund(address token, address to, uint256 amount) internal override {
        give(token, to, amount);
    }
}
