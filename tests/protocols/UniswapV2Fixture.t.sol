// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV2Pair} from "../../script/replica/interfaces/IUniswapV2.sol";
import {ProductFixtureTest} from "./ProductFixtureTest.sol";
import {UniswapV2Fixture} from "./UniswapV2Fixture.sol";

contract UniswapV2FixtureTest is ProductFixtureTest {
    UniswapV2Fixture private fixture = new UniswapV2Fixture();

    function test_Trades() external {
        assertTradesAsProduct(fixture, true, 0);
    }

    function test_TwoPairsOfTheSameTokens() external {
        assertTwoPoolsOfTheSameTokens(fixture);
    }

    function test_RevertWhen_AUnitMoreIsAsked() external {
        address pool = fixture.create(weth, 1000e18, usdc, 3_000_000e6);
        deal(weth, pool, 1010e18);
        uint256 tooMuch = product(10e18, 1000e18, 3_000_000e6) + 1;
        bool zeroForOne = weth < usdc;
        vm.expectRevert("UniswapV2: K");
        IUniswapV2Pair(pool).swap(zeroForOne ? 0 : tooMuch, zeroForOne ? tooMuch : 0, trader, "");
    }
}
