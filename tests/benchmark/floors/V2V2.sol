// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IContender} from "../IContender.sol";
import {BalancerBorrower} from "./BalancerBorrower.sol";
import {Calls} from "./Calls.sol";
import {TwoLegs} from "./TwoLegs.sol";

/// @notice The second pair lends: what the first pays goes straight into it.
contract V2V2Flash is IContender, TwoLegs {
    constructor(address weth, address token, address first, address second) TwoLegs(weth, token, first, second) {}

    function run(uint256 amountIn) external {
        uint256 amount = Calls.quotePair(first, address(weth), address(token), amountIn);
        uint256 amountOut = Calls.quotePair(second, address(token), address(weth), amount);
        Calls.swapPair(second, address(token), address(weth), amountOut, address(this), abi.encode(amountIn, amount));
    }

    function uniswapV2Call(address, uint256, uint256, bytes calldata data) external {
        (uint256 amountIn, uint256 amount) = abi.decode(data, (uint256, uint256));
        weth.transfer(first, amountIn);
        Calls.swapPair(first, address(weth), address(token), amount, second, "");
    }
}

contract V2V2Loan is BalancerBorrower, TwoLegs {
    constructor(address weth, address token, address first, address second, address vault)
        BalancerBorrower(weth, vault)
        TwoLegs(weth, token, first, second)
    {}

    function trade(uint256 amountIn) internal override {
        weth.transfer(first, amountIn);
        uint256 amount = Calls.quotePair(first, address(weth), address(token), amountIn);
        Calls.swapPair(first, address(weth), address(token), amount, second, "");
        amount = Calls.quotePair(second, address(token), address(weth), amount);
        Calls.swapPair(second, address(token), address(weth), amount, address(this), "");
    }
}
