// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ProductFixtureTest} from "./ProductFixtureTest.sol";
import {UniswapV4Fixture} from "./UniswapV4Fixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract UniswapV4FixtureTest is ProductFixtureTest {
    /// @dev The range ends somewhere, and the price's root is rounded: not quite a product.
    uint256 private constant TOLERANCE = 1e9;
    address private constant NATIVE = address(0);

    UniswapV4Fixture private fixture = new UniswapV4Fixture();

    function test_Trades() external {
        assertTradesAsProduct(fixture, false, TOLERANCE);
    }

    function test_TwoPoolsOfTheSameTokens() external {
        assertTwoPoolsOfTheSameTokens(fixture);
    }

    function test_TradesNativeCoinBothWays() external {
        address pool = fixture.create(NATIVE, 1000e18, usdc, 3_000_000e6);
        vm.deal(trader, 10e18);
        vm.startPrank(trader);
        uint256 out = fixture.tradeNative{value: 10e18}(pool, NATIVE, 10e18, usdc);
        assertApproxEqRel(out, product(10e18, 1000e18, 3_000_000e6), TOLERANCE);
        assertEq(IERC20(usdc).balanceOf(trader), out);
        IERC20(usdc).approve(address(fixture), out);
        uint256 back = fixture.tradeNative(pool, usdc, out, NATIVE);
        vm.stopPrank();
        assertApproxEqRel(back, product(out, 3_000_000e6 - out, 1009.97e18), TOLERANCE);
        assertEq(trader.balance, back);
        assertEq(address(fixture).balance, 0);
    }

    function test_TheHandleBeginsThePoolsId() external {
        address pool = fixture.create(weth, 1e18, usdc, 3000e6);
        (address currency0, address currency1, uint24 fee, int24 tickSpacing, address hooks) = fixture.keyOf(pool);
        bytes32 id = keccak256(abi.encode(currency0, currency1, fee, tickSpacing, hooks));
        assertEq(pool, address(bytes20(id)));
        assertEq(currency0, weth < usdc ? weth : usdc);
        assertEq(hooks, address(0));
    }
}
