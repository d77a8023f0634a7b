// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IContender} from "../IContender.sol";
import {BalancerBorrower} from "./BalancerBorrower.sol";
import {Calls} from "./Calls.sol";
import {ThreeLegs} from "./ThreeLegs.sol";

/// @notice The last pair lends: each pays straight into the next.
contract V2V2V2Flash is IContender, ThreeLegs {
    constructor(address weth, address a, address b, address first, address second, address third)
        ThreeLegs(weth, a, b, first, second, third)
    {}

    function run(uint256 amountIn) external {
        uint256 ofA = Calls.quotePair(first, address(weth), a, amountIn);
        uint256 ofB = Calls.quotePair(second, a, b, ofA);
        uint256 amountOut = Calls.quotePair(third, b, address(weth), ofB);
        Calls.swapPair(third, b, address(weth), amountOut, address(this), abi.encode(amountIn, ofA, ofB));
    }

    function uniswapV2Call(address, uint256, uint256, bytes calldata data) external {
        (uint256 amountIn, uint256 ofA, uint256 ofB) = abi.decode(data, (uint256, uint256, uint256));
        weth.transfer(first, amountIn);
        Calls.swapPair(first, address(weth), a, ofA, second, "");
        Calls.swapPair(second, a, b, ofB, third, "");
    }
}

contract V2V2V2Loan is BalancerBorrower, ThreeLegs {
    constructor(address weth, address a, address b, address first, address second, address third, address vault)
        BalancerBorrower(weth, vault)
        ThreeLegs(weth, a, b, first, second, third)
    {}

    function trade(uint256 amountIn) internal override {
        weth.transfer(first, amountIn);
        uint256 amount = Calls.quotePair(first, address(weth), a, amountIn);
        Calls.swapPair(first, address(weth), a, amount, second, "");
        amount = Calls.quotePair(second, a, b, amount);
        Calls.swapPair(second, a, b, amount, third, "");
        amount = Calls.quotePair(third, b, address(weth), amount);
        Calls.swapPair(third, b, address(weth), amount, address(this), "");
    }
}
