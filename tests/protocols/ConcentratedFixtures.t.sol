// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {AlgebraFixture, IAlgebraPool} from "./AlgebraFixture.sol";
import {AlgebraIntegralFixture, IAlgebraIntegralPool} from "./AlgebraIntegralFixture.sol";
import {FixtureTest} from "./FixtureTest.sol";
import {IPancakeV3Pool, PancakeV3Fixture} from "./PancakeV3Fixture.sol";
import {ICLPool, SlipstreamFixture} from "./SlipstreamFixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice Liquidity over the whole range trades as a constant product of its virtual reserves.
contract ConcentratedFixturesTest is FixtureTest {
    uint256 private constant Q96 = 1 << 96;

    function test_AlgebraTrades() external {
        assertTradesBothWays(new AlgebraFixture(), algebra);
    }

    function test_AlgebraIntegralTrades() external {
        assertTradesBothWays(new AlgebraIntegralFixture(), algebraIntegral);
    }

    function test_PancakeV3Trades() external {
        assertTradesBothWays(new PancakeV3Fixture(), pancakeV3);
    }

    function test_SlipstreamTrades() external {
        assertTradesBothWays(new SlipstreamFixture(), slipstream);
    }

    /// @notice In Algebra 1.9 the first swap of a block sets the fee that it pays: `globalState` has the last block's.
    function test_AlgebraSetsTheFeeWithABlocksFirstSwap() external {
        AlgebraFixture fixture = new AlgebraFixture();
        address pool = fixture.create(dai, 1_000_000e18, weth, 400e18);
        trade(fixture, pool, weth, 100e18, dai);
        skip(10 minutes);
        (uint160 sqrtPrice,, uint16 feeBefore,,,,) = IAlgebraPool(pool).globalState();
        uint256 liquidity = IAlgebraPool(pool).liquidity();
        uint256 amountOut = trade(fixture, pool, weth, 1e18, dai);
        (,, uint16 feeAfter,,,,) = IAlgebraPool(pool).globalState();
        assertNotEq(feeAfter, feeBefore);
        assertApproxEqRel(amountOut, wholeRange(sqrtPrice, liquidity, feeAfter, weth, 1e18, dai), 1e9);
    }

    /// @notice In Algebra Integral the plugin sets the fee, which `fee` tells; `globalState` keeps the one without it.
    function test_AlgebraIntegralTakesTheFeeOfItsPlugin() external {
        AlgebraIntegralFixture fixture = new AlgebraIntegralFixture();
        address pool = fixture.create(dai, 1_000_000e18, weth, 400e18);
        uint16 calm = IAlgebraIntegralPool(pool).fee();
        trade(fixture, pool, weth, 100e18, dai);
        skip(10 minutes);
        assertGt(IAlgebraIntegralPool(pool).fee(), calm);
        (,, uint16 withoutPlugin,,,) = IAlgebraIntegralPool(pool).globalState();
        assertNotEq(IAlgebraIntegralPool(pool).fee(), withoutPlugin);
        assertTrade(fixture, algebraIntegral, pool, weth, 1e18, dai);
    }

    function test_PoolsHoldWhatTheyWereAskedTo() external {
        address pool = new PancakeV3Fixture().create(usdc, 1_000_000e6, weth, 400e18);
        assertApproxEqRel(IERC20(usdc).balanceOf(pool), 1_000_000e6, 1e9);
        assertApproxEqRel(IERC20(weth).balanceOf(pool), 400e18, 1e9);
    }

    function algebra(address pool, address tokenIn, uint256 amountIn, address tokenOut) private view returns (uint256) {
        (uint160 sqrtPrice,, uint16 fee,,,,) = IAlgebraPool(pool).globalState();
        return wholeRange(sqrtPrice, IAlgebraPool(pool).liquidity(), fee, tokenIn, amountIn, tokenOut);
    }

    function algebraIntegral(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        private
        view
        returns (uint256)
    {
        (uint160 sqrtPrice,,,,,) = IAlgebraIntegralPool(pool).globalState();
        uint16 fee = IAlgebraIntegralPool(pool).fee();
        return wholeRange(sqrtPrice, IAlgebraIntegralPool(pool).liquidity(), fee, tokenIn, amountIn, tokenOut);
    }

    function pancakeV3(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        private
        view
        returns (uint256)
    {
        (uint160 sqrtPrice,,,,,,) = IPancakeV3Pool(pool).slot0();
        uint24 fee = IPancakeV3Pool(pool).fee();
        return wholeRange(sqrtPrice, IPancakeV3Pool(pool).liquidity(), fee, tokenIn, amountIn, tokenOut);
    }

    function slipstream(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        private
        view
        returns (uint256)
    {
        (uint160 sqrtPrice,,,,,) = ICLPool(pool).slot0();
        uint24 fee = ICLPool(pool).fee();
        return wholeRange(sqrtPrice, ICLPool(pool).liquidity(), fee, tokenIn, amountIn, tokenOut);
    }

    /// @param fee In millionths of the input.
    function wholeRange(
        uint160 sqrtPrice,
        uint256 liquidity,
        uint256 fee,
        address tokenIn,
        uint256 amountIn,
        address tokenOut
    ) private pure returns (uint256) {
        uint256 virtual0 = Math.mulDiv(liquidity, Q96, sqrtPrice);
        uint256 virtual1 = Math.mulDiv(liquidity, sqrtPrice, Q96);
        (uint256 reserveIn, uint256 reserveOut) = tokenIn < tokenOut ? (virtual0, virtual1) : (virtual1, virtual0);
        return constantProduct(reserveIn, reserveOut, amountIn * (1e6 - fee) / 1e6);
    }
}
