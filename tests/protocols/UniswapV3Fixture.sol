// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV3Pool} from "../../script/replica/interfaces/IUniswapV3.sol";
import {Protocols} from "../Protocols.sol";
import {ConcentratedFixture} from "./ConcentratedFixture.sol";

/// @notice Uniswap V3's pool at 0.3 %. Each has a factory of its own, so that two tokens can have two pools.
contract UniswapV3Fixture is ConcentratedFixture, Protocols {
    string public constant name = "Uniswap V3";

    function uniswapV3SwapCallback(int256 delta0, int256 delta1, bytes calldata data) external {
        onSwap(delta0, delta1, data);
    }

    function open(address token0, address token1, uint160 sqrtPriceX96) internal override returns (address pool) {
        pool = deployV3Factory().createPool(token0, token1, 3000);
        IUniswapV3Pool(pool).initialize(sqrtPriceX96);
    }

    function fund(address token, address to, uint256 amount) internal override {
        give(token, to, amount);
    }
}
