// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ProductFixtureTest} from "./ProductFixtureTest.sol";
import {UniswapV3Fixture} from "./UniswapV3Fixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract UniswapV3FixtureTest is ProductFixtureTest {
    /// @dev The range ends somewhere, and the price's root is rounded: not quite a product.
    uint256 private constant TOLERANCE = 1e9;

    UniswapV3Fixture private fixture = new UniswapV3Fixture();

    function test_Trades() external {
        assertTradesAsProduct(fixture, false, TOLERANCE);
    }

    function test_TwoPoolsOfTheSameTokens() external {
        assertTwoPoolsOfTheSameTokens(fixture);
    }

    function test_HoldsWhatWasAskedFor() external {
        address pool = fixture.create(weth, 1000e18, usdc, 3_000_000e6);
        assertApproxEqRel(IERC20(weth).balanceOf(pool), 1000e18, TOLERANCE);
        assertApproxEqRel(IERC20(usdc).balanceOf(pool), 3_000_000e6, TOLERANCE);
    }
}
