// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {V3V2Flash, V3V2Loan} from "./V3V2.sol";

contract AlgebraV2Flash is V3V2Flash {
    constructor(address weth, address token, address first, address second) V3V2Flash(weth, token, first, second) {}

    function algebraSwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        onSwap(amount0, amount1);
    }
}

contract AlgebraV2Loan is V3V2Loan {
    constructor(address weth, address token, address first, address second, address vault)
        V3V2Loan(weth, token, first, second, vault)
    {}

    function algebraSwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        onSwap(amount0, amount1);
    }
}
