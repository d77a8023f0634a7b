// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {FixtureTest} from "./FixtureTest.sol";
import {UniswapV3Fixture} from "./UniswapV3Fixture.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract UniswapV3FixtureTest is FixtureTest {
    /// @dev The range ends somewhere, and the price's root is rounded: not quite a product.
    uint256 private constant TOLERANCE = 1e9;

    UniswapV3Fixture private fixture = new UniswapV3Fixture();

    /// @dev The fees are not part of the product.
    function test_TradesBothWaysAsAProductLess30BasisPoints() public {
        address pool = fixture.create(weth, 1000e18, usdc, 3_000_000e6);
        uint256 out = trade(fixture, pool, weth, 10e18, usdc);
        assertApproxEqRel(out, _product(10e18, 1000e18, 3_000_000e6), TOLERANCE);
        uint256 back = trade(fixture, pool, usdc, 50_000e6, weth);
        assertApproxEqRel(back, _product(50_000e6, 3_000_000e6 - out, 1009.97e18), TOLERANCE);
    }

    function test_HoldsWhatWasAskedFor() public {
        address pool = fixture.create(weth, 1000e18, usdc, 3_000_000e6);
        assertApproxEqRel(IERC20(weth).balanceOf(pool), 1000e18, TOLERANCE);
        assertApproxEqRel(IERC20(usdc).balanceOf(pool), 3_000_000e6, TOLERANCE);
    }

    function test_TwoPoolsOfTheSameTokens() public {
        address one = fixture.create(weth, 1e18, usdc, 3000e6);
        address other = fixture.create(usdc, 3100e6, weth, 1e18);
        assertNotEq(one, other);
    }

    function _product(uint256 amountIn, uint256 reserveIn, uint256 reserveOut) private pure returns (uint256) {
        return constantProduct(reserveIn * 1000, reserveOut, amountIn * 997);
    }
}
