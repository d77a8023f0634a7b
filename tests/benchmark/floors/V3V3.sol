// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IContender} from "../IContender.sol";
import {BalancerBorrower} from "./BalancerBorrower.sol";
import {Calls} from "./Calls.sol";
import {TwoLegs} from "./TwoLegs.sol";

/// @notice The first pool lends; the second is swapped and paid within the first's callback.
contract V3V3Flash is IContender, TwoLegs {
    constructor(address weth, address token, address first, address second) TwoLegs(weth, token, first, second) {}

    function run(uint256 amountIn) external {
        Calls.swapPool(first, address(weth), address(token), amountIn, address(this), "");
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        (int256 ofWeth, int256 ofToken) = address(weth) < address(token) ? (amount0, amount1) : (amount1, amount0);
        if (ofToken > 0) {
            token.transfer(second, uint256(ofToken));
        } else {
            unchecked {
                Calls.swapPool(second, address(token), address(weth), uint256(-ofToken), address(this), "");
            }
            weth.transfer(first, uint256(ofWeth));
        }
    }
}

contract V3V3Loan is BalancerBorrower, TwoLegs {
    constructor(address weth, address token, address first, address second, address vault)
        BalancerBorrower(weth, vault)
        TwoLegs(weth, token, first, second)
    {}

    function trade(uint256 amountIn) internal override {
        uint256 amount = Calls.swapPool(first, address(weth), address(token), amountIn, address(this), "");
        Calls.swapPool(second, address(token), address(weth), amount, address(this), "");
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        (int256 ofWeth, int256 ofToken) = address(weth) < address(token) ? (amount0, amount1) : (amount1, amount0);
        if (ofToken > 0) token.transfer(second, uint256(ofToken));
        else weth.transfer(first, uint256(ofWeth));
    }
}
