// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelCurveNG} from "../mocks/ModelCurveNG.sol";
import {Fixture} from "./Fixture.sol";

/// @notice Curve's stableswap-NG as a model: two coins, A = 200, a fee of 0.04 % that grows to twice that off the peg.
/// Prices stay near one to one, whatever the ratio of the amounts.
contract CurveNGFixture is Fixture {
    string public constant name = "Curve stableswap-NG (model)";

    function create(address a, uint256 amountA, address b, uint256 amountB) external returns (address pool) {
        address[] memory coins = new address[](2);
        (coins[0], coins[1]) = (a, b);
        pool = address(new ModelCurveNG(coins, 200, 4_000_000, 2e10));
        give(a, pool, amountA);
        give(b, pool, amountB);
        ModelCurveNG(pool).open();
    }

    function trade(address pool, address tokenIn, uint256 amountIn, address) external returns (uint256 amountOut) {
        take(tokenIn, amountIn);
        pay(tokenIn, pool, amountIn);
        int128 i = tokenIn == ModelCurveNG(pool).coins(0) ? int128(0) : int128(1);
        return ModelCurveNG(pool).exchange_received(i, 1 - i, amountIn, 0, msg.sender);
    }
}
