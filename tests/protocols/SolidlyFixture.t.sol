// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PlainToken} from "../mocks/PlainToken.sol";
import {FixtureTest} from "./FixtureTest.sol";
import {ISolidlyPool, SolidlyFixture} from "./SolidlyFixture.sol";

contract SolidlyFixtureTest is FixtureTest {
    SolidlyFixture private fixture;

    function test_VolatileTrades() external {
        fixture = new SolidlyFixture(false);
        assertTradesBothWays(fixture, volatileQuote);
    }

    function test_StableTrades() external {
        fixture = new SolidlyFixture(true);
        address usdt = address(new PlainToken("USDT", 18));
        address even = fixture.create(dai, 1_000_000e18, usdt, 1_000_000e18);
        assertTrade(fixture, stableQuote, even, dai, 2500e18, usdt);
        assertTrade(fixture, stableQuote, even, usdt, 5000e18, dai);
        address uneven = fixture.create(dai, 1_200_000e18, usdc, 1_000_000e6);
        assertTrade(fixture, stableQuote, uneven, dai, 2500e18, usdc);
        assertTrade(fixture, stableQuote, uneven, usdc, 5000e6, dai);
    }

    /// @notice Of equal reserves a stable pool gives nearly as much as it gets; a volatile one slips by what is traded.
    function test_StableSlipsLess() external {
        fixture = new SolidlyFixture(true);
        address pool = fixture.create(dai, 1_000_000e18, usdc, 1_000_000e6);
        uint256 fee = 100_000e6 * ISolidlyPool(pool).factory().getFee(pool, true) / 10_000;
        uint256 amountOut = trade(fixture, pool, dai, 100_000e18, usdc);
        assertLt(amountOut, 100_000e6 - fee);
        assertGt(amountOut, 99_800e6 - fee);
    }

    function volatileQuote(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        private
        view
        returns (uint256)
    {
        (uint256 reserveIn, uint256 reserveOut) = reserves(pool, tokenIn, tokenOut);
        return constantProduct(reserveIn, reserveOut, lessFee(pool, amountIn));
    }

    /// @notice The pool's own word, which its curve x³y + y³x, in 18 decimals, must bear out to a unit.
    function stableQuote(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        private
        view
        returns (uint256 amountOut)
    {
        amountOut = ISolidlyPool(pool).getAmountOut(amountIn, tokenIn);
        (uint256 reserveIn, uint256 reserveOut) = reserves(pool, tokenIn, tokenOut);
        (uint256 unitIn, uint256 unitOut) = (unit(tokenIn), unit(tokenOut));
        uint256 before = invariant(reserveIn * unitIn, reserveOut * unitOut);
        uint256 newIn = (reserveIn + lessFee(pool, amountIn)) * unitIn;
        assertGe(invariant(newIn, (reserveOut - amountOut + 1) * unitOut), before);
        assertLe(invariant(newIn, (reserveOut - amountOut - 1) * unitOut), before);
    }

    function invariant(uint256 x, uint256 y) private pure returns (uint256) {
        return (x * y / 1e18) * (x * x / 1e18 + y * y / 1e18) / 1e18;
    }

    function lessFee(address pool, uint256 amountIn) private view returns (uint256) {
        return amountIn - amountIn * ISolidlyPool(pool).factory().getFee(pool, fixture.stable()) / 10_000;
    }

    function reserves(address pool, address tokenIn, address tokenOut)
        private
        view
        returns (uint256 reserveIn, uint256 reserveOut)
    {
        (uint256 reserve0, uint256 reserve1,) = ISolidlyPool(pool).getReserves();
        return tokenIn < tokenOut ? (reserve0, reserve1) : (reserve1, reserve0);
    }

    function unit(address token) private view returns (uint256) {
        return 10 ** (18 - PlainToken(token).decimals());
    }
}
