// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IContender} from "../IContender.sol";
import {BalancerBorrower} from "./BalancerBorrower.sol";
import {Calls} from "./Calls.sol";
import {TwoLegs} from "./TwoLegs.sol";

/// @notice The concentrated pool lends, and pays straight into the pair.
contract V3V2Flash is IContender, TwoLegs {
    constructor(address weth, address token, address first, address second) TwoLegs(weth, token, first, second) {}

    function run(uint256 amountIn) external {
        Calls.swapPool(first, address(weth), address(token), amountIn, second, "");
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        onSwap(amount0, amount1);
    }

    function onSwap(int256 amount0, int256 amount1) internal {
        uint256 amount = Calls.paidOut(address(weth), address(token), amount0, amount1);
        uint256 amountOut = Calls.quotePair(second, address(token), address(weth), amount);
        Calls.swapPair(second, address(token), address(weth), amountOut, address(this), "");
        weth.transfer(first, uint256(address(weth) < address(token) ? amount0 : amount1));
    }
}

contract V3V2Loan is BalancerBorrower, TwoLegs {
    constructor(address weth, address token, address first, address second, address vault)
        BalancerBorrower(weth, vault)
        TwoLegs(weth, token, first, second)
    {}

    function trade(uint256 amountIn) internal override {
        uint256 amount = Calls.swapPool(first, address(weth), address(token), amountIn, second, "");
        amount = Calls.quotePair(second, address(token), address(weth), amount);
        Calls.swapPair(second, address(token), address(weth), amount, address(this), "");
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        onSwap(amount0, amount1);
    }

    function onSwap(int256 amount0, int256 amount1) internal {
        weth.transfer(first, uint256(address(weth) < address(token) ? amount0 : amount1));
    }
}
