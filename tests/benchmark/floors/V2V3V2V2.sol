// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IContender} from "../IContender.sol";
import {BalancerBorrower} from "./BalancerBorrower.sol";
import {Calls} from "./Calls.sol";
import {ThreeLegs} from "./ThreeLegs.sol";

/// @notice WETH for `a` in a pair, for `b` in the concentrated pool, for `c` and back in pairs. The concentrated pool pays
/// out first, straight into the third leg's pair, and is paid by the first leg's.
abstract contract V2V3V2V2 is ThreeLegs {
    address internal immutable c;
    address internal immutable fourth;

    constructor(address[4] memory tokens, address[4] memory pools)
        ThreeLegs(tokens[0], tokens[1], tokens[2], pools[0], pools[1], pools[2])
    {
        (c, fourth) = (tokens[3], pools[3]);
    }

    /// @return ofB What lies in the third leg's pair.
    function swapPool(uint256 amountIn) internal returns (uint256 ofB) {
        uint256 ofA = Calls.quotePair(first, address(weth), a, amountIn);
        return Calls.swapPool(second, a, b, ofA, third, abi.encode(amountIn));
    }

    function swapPairs(uint256 ofB) internal {
        uint256 ofC = Calls.quotePair(third, b, c, ofB);
        Calls.swapPair(third, b, c, ofC, fourth, "");
        Calls.swapPair(fourth, c, address(weth), Calls.quotePair(fourth, c, address(weth), ofC), address(this), "");
    }

    function payPool(int256 amount0, int256 amount1, bytes calldata data) internal {
        weth.transfer(first, abi.decode(data, (uint256)));
        Calls.swapPair(first, address(weth), a, uint256(a < b ? amount0 : amount1), second, "");
    }
}

contract V2V3V2V2Flash is IContender, V2V3V2V2 {
    constructor(address[4] memory tokens, address[4] memory pools) V2V3V2V2(tokens, pools) {}

    function run(uint256 amountIn) external {
        swapPool(amountIn);
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata data) external {
        swapPairs(Calls.paidOut(a, b, amount0, amount1));
        payPool(amount0, amount1, data);
    }
}

contract V2V3V2V2Loan is BalancerBorrower, V2V3V2V2 {
    constructor(address[4] memory tokens, address[4] memory pools, address vault)
        BalancerBorrower(tokens[0], vault)
        V2V3V2V2(tokens, pools)
    {}

    function trade(uint256 amountIn) internal override {
        swapPairs(swapPool(amountIn));
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata data) external {
        payPool(amount0, amount1, data);
    }
}
