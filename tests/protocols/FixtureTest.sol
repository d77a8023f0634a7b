// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PlainToken} from "../mocks/PlainToken.sol";
import {IVenueFixture} from "./IVenueFixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Test} from "forge-std/Test.sol";

/// @notice A fixture holds what it was asked to and trades both ways at the price that its pool's own state gives.
abstract contract FixtureTest is Test {
    address internal trader = makeAddr("trader");
    address internal dai = address(new PlainToken("DAI", 18));
    address internal weth = address(new PlainToken("WETH", 18));
    address internal usdc = address(new PlainToken("USDC", 6));

    function setUp() public virtual {
        vm.warp(1_750_000_000);
    }

    /// @notice A pool of 18 and 18 decimals and one of 18 and 6, each traded in both directions, and one more of the same.
    /// @param quote What the pool should pay, to within one part in 10⁹.
    function assertTradesBothWays(
        IVenueFixture fixture,
        function(address, address, uint256, address) internal view returns (uint256) quote
    ) internal {
        address even = fixture.create(dai, 1_000_000e18, weth, 400e18);
        assertTrade(fixture, quote, even, dai, 2500e18, weth);
        assertTrade(fixture, quote, even, weth, 3e18, dai);
        assertNotEq(fixture.create(weth, 400e18, dai, 1_000_000e18), even, "a second pool");
        address uneven = fixture.create(usdc, 1_000_000e6, weth, 400e18);
        assertTrade(fixture, quote, uneven, usdc, 2500e6, weth);
        assertTrade(fixture, quote, uneven, weth, 3e18, usdc);
    }

    function assertTrade(
        IVenueFixture fixture,
        function(address, address, uint256, address) internal view returns (uint256) quote,
        address pool,
        address tokenIn,
        uint256 amountIn,
        address tokenOut
    ) internal {
        uint256 expected = quote(pool, tokenIn, amountIn, tokenOut);
        assertGt(expected, 0, "quote");
        assertApproxEqRel(trade(fixture, pool, tokenIn, amountIn, tokenOut), expected, 1e9, fixture.name());
    }

    /// @notice Trades as a user with nothing else and checks that exactly this moved.
    function trade(IVenueFixture fixture, address pool, address tokenIn, uint256 amountIn, address tokenOut)
        internal
        returns (uint256 amountOut)
    {
        deal(tokenIn, trader, amountIn);
        deal(tokenOut, trader, 0);
        vm.startPrank(trader);
        IERC20(tokenIn).approve(address(fixture), amountIn);
        amountOut = fixture.trade(pool, tokenIn, amountIn, tokenOut);
        vm.stopPrank();
        assertEq(IERC20(tokenIn).balanceOf(trader), 0, "spent");
        assertEq(IERC20(tokenOut).balanceOf(trader), amountOut, "received");
    }

    function constantProduct(uint256 reserveIn, uint256 reserveOut, uint256 amountIn) internal pure returns (uint256) {
        return amountIn * reserveOut / (reserveIn + amountIn);
    }
}
