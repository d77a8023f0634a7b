// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IUniswapV2Pair} from "../../script/replica/interfaces/IUniswapV2.sol";
import {FixtureTest} from "./FixtureTest.sol";
import {UniswapV2Fixture} from "./UniswapV2Fixture.sol";

contract UniswapV2FixtureTest is FixtureTest {
    UniswapV2Fixture private fixture = new UniswapV2Fixture();

    function test_TradesBothWaysAsAProductLess30BasisPoints() public {
        address pool = fixture.create(weth, 1000e18, usdc, 3_000_000e6);
        uint256 out = trade(fixture, pool, weth, 10e18, usdc);
        assertEq(out, _product(10e18, 1000e18, 3_000_000e6));
        uint256 back = trade(fixture, pool, usdc, 50_000e6, weth);
        assertEq(back, _product(50_000e6, 3_000_000e6 - out, 1010e18));
    }

    function test_ThePairRefusesAUnitMore() public {
        address pool = fixture.create(weth, 1000e18, usdc, 3_000_000e6);
        deal(weth, pool, 1010e18);
        uint256 tooMuch = _product(10e18, 1000e18, 3_000_000e6) + 1;
        bool zeroForOne = weth < usdc;
        vm.expectRevert("UniswapV2: K");
        IUniswapV2Pair(pool).swap(zeroForOne ? 0 : tooMuch, zeroForOne ? tooMuch : 0, trader, "");
    }

    function test_TwoPairsOfTheSameTokens() public {
        address one = fixture.create(weth, 1e18, usdc, 3000e6);
        address other = fixture.create(usdc, 3100e6, weth, 1e18);
        assertNotEq(one, other);
    }

    function _product(uint256 amountIn, uint256 reserveIn, uint256 reserveOut) private pure returns (uint256) {
        return constantProduct(reserveIn * 1000, reserveOut, amountIn * 997);
    }
}
