// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelLBPair} from "../mocks/ModelLBPair.sol";
import {FixtureTest} from "./FixtureTest.sol";
import {LiquidityBookFixture} from "./LiquidityBookFixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract LiquidityBookFixtureTest is FixtureTest {
    uint24 private constant ID_OF_ONE = 1 << 23;

    LiquidityBookFixture private fixture = new LiquidityBookFixture();

    /* PRICES */

    /// @dev 1.0025 to the power of plus and minus 1000, times 2^128, to 80 digits.
    function test_PricesArePowersOfTheStep() external {
        ModelLBPair pair = new ModelLBPair(IERC20(dai), IERC20(weth), 25, 8000);
        assertEq(pair.getPriceFromId(ID_OF_ONE), 1 << 128);
        assertApproxEqRel(
            pair.getPriceFromId(ID_OF_ONE + 1000), 4_132_574_934_390_148_347_788_666_425_835_030_021_367, 1
        );
        assertApproxEqRel(pair.getPriceFromId(ID_OF_ONE - 1000), 28_019_356_230_839_609_957_331_952_212_081_861_454, 1);
    }

    /// @dev Liquidity Book's own tests give this bin for a price of 123,456,789 at a step of one basis point.
    function test_PricesAreInTheBinsThatLiquidityBookNames() external {
        ModelLBPair pair = new ModelLBPair(IERC20(dai), IERC20(weth), 1, 8000);
        assertLe(pair.getPriceFromId(8_574_930), 123_456_789 << 128);
        assertGe(pair.getPriceFromId(8_574_932), 123_456_789 << 128);
    }

    /* TRADES */

    /// @dev At a price of one a bin's 10,000 are sold one for one, after 0.2 %; what goes beyond it at 1 / 1.0025.
    function test_SellsXDownTheBins() external {
        address pool = fixture.create(dai, 1_010_000e18, weth, 1_010_000e18);
        assertEq(trade(fixture, pool, dai, 5000e18, weth), 4990e18);
        uint256 beyond = (10_000e18 - uint256(5010e18) * 1000 / 998) * 998 / 1000;
        assertApproxEqAbs(trade(fixture, pool, dai, 10_000e18, weth), 5010e18 + beyond * 10_000 / 10_025, 5);
        assertEq(ModelLBPair(pool).getActiveId(), ID_OF_ONE - 1);
    }

    /// @dev Y buys up the bins, at 1 and then at 1.0025 of it for one of X.
    function test_SellsYUpTheBins() external {
        address pool = fixture.create(dai, 1_010_000e18, weth, 1_010_000e18);
        uint256 beyond = (15_000e18 - uint256(10_000e18) * 1000 / 998) * 998 / 1000;
        assertApproxEqAbs(trade(fixture, pool, weth, 15_000e18, dai), 10_000e18 + beyond * 10_000 / 10_025, 5);
        assertEq(ModelLBPair(pool).getActiveId(), ID_OF_ONE + 1);
    }

    /// @dev What came in, fee included, is there to be bought back: 4990 of Y in, 4980.02 of X out.
    function test_FeesStayInTheBin() external {
        address pool = fixture.create(dai, 1_010_000e18, weth, 1_010_000e18);
        trade(fixture, pool, dai, 5000e18, weth);
        (uint128 x, uint128 y) = ModelLBPair(pool).getBin(ID_OF_ONE);
        assertEq(x, 15_000e18);
        assertEq(y, 5010e18);
        assertEq(trade(fixture, pool, weth, 4990e18, dai), 4980.02e18);
    }

    function test_TradesNearTheRatioOfTokensOfOtherDecimals() external {
        address pool = fixture.create(usdc, 1_200_000e6, weth, 400e18);
        assertApproxEqRel(trade(fixture, pool, usdc, 300e6, weth), 0.0998e18, 0.0026e18);
        assertApproxEqRel(trade(fixture, pool, weth, 0.1e18, usdc), 299.4e6, 0.0026e18);
    }

    function test_QuoteIsWhatASwapPays() external {
        address pool = fixture.create(usdc, 1_200_000e6, weth, 400e18);
        (uint128 left, uint128 quoted,) = ModelLBPair(pool).getSwapOut(100_000e6, true);
        assertEq(left, 0);
        assertEq(trade(fixture, pool, usdc, 100_000e6, weth), quoted);
        (left, quoted,) = ModelLBPair(pool).getSwapOut(90e18, false);
        assertEq(left, 0);
        assertEq(trade(fixture, pool, weth, 90e18, usdc), quoted);
    }

    function test_ASwapPaysForAllThatCameIn() external {
        address pool = fixture.create(dai, 1_010_000e18, weth, 1_010_000e18);
        deal(dai, pool, 1_010_000e18 + 5000e18);
        bytes32 amountsOut = ModelLBPair(pool).swap(true, trader);
        assertEq(uint256(amountsOut), uint256(4990e18) << 128);
        (uint128 reserveX, uint128 reserveY) = ModelLBPair(pool).getReserves();
        assertEq(reserveX, 1_015_000e18);
        assertEq(reserveY, 1_010_000e18 - 4990e18);
    }

    /* REFUSALS */

    function test_RevertWhen_TheBinsRunOut() external {
        address pool = fixture.create(dai, 1_010_000e18, weth, 1_010_000e18);
        (uint128 left, uint128 quoted,) = ModelLBPair(pool).getSwapOut(1_500_000e18, true);
        assertGt(left, 0);
        assertEq(quoted, 1_010_000e18);
        deal(dai, pool, 2_510_000e18);
        vm.expectRevert(ModelLBPair.LBPair__OutOfLiquidity.selector);
        ModelLBPair(pool).swap(true, trader);
    }

    function test_RevertWhen_NothingCameIn() external {
        address pool = fixture.create(dai, 1_010_000e18, weth, 1_010_000e18);
        vm.expectRevert(ModelLBPair.LBPair__InsufficientAmountIn.selector);
        ModelLBPair(pool).swap(true, trader);
    }

    function test_RevertWhen_NothingWouldGoOut() external {
        address pool = fixture.create(dai, 1_010_000e18, weth, 1_010_000e18);
        deal(dai, pool, 1_010_000e18 + 1);
        vm.expectRevert(ModelLBPair.LBPair__InsufficientAmountOut.selector);
        ModelLBPair(pool).swap(true, trader);
    }
}
