// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IContender} from "../IContender.sol";
import {BalancerBorrower} from "./BalancerBorrower.sol";
import {Calls} from "./Calls.sol";
import {TwoLegs} from "./TwoLegs.sol";

/// @notice The concentrated pool pays out first, and the pair straight into it.
abstract contract V2V3 is TwoLegs {
    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata data) external {
        weth.transfer(first, abi.decode(data, (uint256)));
        uint256 amount = uint256(address(weth) < address(token) ? amount1 : amount0);
        Calls.swapPair(first, address(weth), address(token), amount, second, "");
    }

    function swap(uint256 amountIn) internal {
        uint256 amount = quoteFirst(amountIn);
        Calls.swapPool(second, address(token), address(weth), amount, address(this), abi.encode(amountIn));
    }

    function quoteFirst(uint256 amountIn) internal view virtual returns (uint256) {
        return Calls.quotePair(first, address(weth), address(token), amountIn);
    }
}

contract V2V3Flash is IContender, V2V3 {
    constructor(address weth, address token, address first, address second) TwoLegs(weth, token, first, second) {}

    function run(uint256 amountIn) external {
        swap(amountIn);
    }
}

contract V2V3Loan is BalancerBorrower, V2V3 {
    constructor(address weth, address token, address first, address second, address vault)
        BalancerBorrower(weth, vault)
        TwoLegs(weth, token, first, second)
    {}

    function trade(uint256 amountIn) internal override {
        swap(amountIn);
    }
}
