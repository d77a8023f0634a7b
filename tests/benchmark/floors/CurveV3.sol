// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ICurvePool} from "../../../script/replica/interfaces/IPeers.sol";
import {BalancerBorrower} from "./BalancerBorrower.sol";
import {Calls} from "./Calls.sol";
import {TwoLegs} from "./TwoLegs.sol";

/// @notice Curve's pool pays nobody but the caller and says nothing of how much.
contract CurveV3Loan is BalancerBorrower, TwoLegs {
    int128 private immutable _i;
    int128 private immutable _j;

    constructor(address weth, address token, address first, int128 i, int128 j, address second, address vault)
        BalancerBorrower(weth, vault)
        TwoLegs(weth, token, first, second)
    {
        (_i, _j) = (i, j);
    }

    function trade(uint256 amountIn) internal override {
        weth.approve(first, amountIn);
        ICurvePool(first).exchange(_i, _j, amountIn, 0);
        Calls.swapPool(second, address(token), address(weth), token.balanceOf(address(this)), address(this), "");
    }

    function uniswapV3SwapCallback(int256 amount0, int256 amount1, bytes calldata) external {
        token.transfer(second, uint256(address(token) < address(weth) ? amount0 : amount1));
    }
}
