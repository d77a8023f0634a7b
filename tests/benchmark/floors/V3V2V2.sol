// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IContender} from "../IContender.sol";
import {BalancerBorrower} from "./BalancerBorrower.sol";
import {Calls} from "./Calls.sol";
import {ThreeLegs} from "./ThreeLegs.sol";

/// @notice The concentrated pool pays straight into the first pair.
abstract contract V3V2V2 is ThreeLegs {
    /// @dev Along the two pairs, of which the first has been paid.
    function swapPairs(uint256 amount) internal {
        uint256 ofB = Calls.quotePair(second, a, b, amount);
        Calls.swapPair(second, a, b, ofB, third, "");
        Calls.swapPair(third, b, address(weth), Calls.quotePair(third, b, address(weth), ofB), address(this), "");
    }

    function pay(int256 amount0, int256 amount1) internal {
        weth.transfer(first, uint256(address(weth) < a ? amount0 : amount1));
    }
}

contract V3V2V2Flash is IContender, V3V2V2 {
    constructor(address weth, address a, address b, address first, address second, address third)
        ThreeLegs(weth, a, b, first, second, third)
    {}

    function run(uint256 amountIn) external {
        Calls.swapPool(first, address(weth), a, amountIn, second, "");
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        swapPairs(Calls.paidOut(address(weth), a, amount0, amount1));
        pay(amount0, amount1);
    }
}

contract V3V2V2Loan is BalancerBorrower, V3V2V2 {
    constructor(address weth, address a, address b, address first, address second, address third, address vault)
        BalancerBorrower(weth, vault)
        ThreeLegs(weth, a, b, first, second, third)
    {}

    function trade(uint256 amountIn) internal override {
        swapPairs(Calls.swapPool(first, address(weth), a, amountIn, second, ""));
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        pay(amount0, amount1);
    }
}
