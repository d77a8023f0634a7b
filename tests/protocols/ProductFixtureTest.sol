// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {FixtureTest} from "./FixtureTest.sol";
import {IVenueFixture} from "./IVenueFixture.sol";

/// @notice Fixtures whose pools trade as a constant product that takes 0.3 % of the input.
abstract contract ProductFixtureTest is FixtureTest {
    /// @param keepsFees Whether what is taken joins the product, or is set aside.
    /// @param tolerance One for 10^18.
    function assertTradesAsProduct(IVenueFixture fixture, bool keepsFees, uint256 tolerance) internal {
        address pool = fixture.create(weth, 1000e18, usdc, 3_000_000e6);
        uint256 out = trade(fixture, pool, weth, 10e18, usdc);
        assertApproxEqRel(out, product(10e18, 1000e18, 3_000_000e6), tolerance);
        uint256 reserve = keepsFees ? 1010e18 : 1009.97e18;
        uint256 back = trade(fixture, pool, usdc, 50_000e6, weth);
        assertApproxEqRel(back, product(50_000e6, 3_000_000e6 - out, reserve), tolerance);
    }

    function assertTwoPoolsOfTheSameTokens(IVenueFixture fixture) internal {
        address one = fixture.create(weth, 1e18, usdc, 3000e6);
        address other = fixture.create(usdc, 3100e6, weth, 1e18);
        assertNotEq(one, other);
        uint256 dear = trade(fixture, one, usdc, 3e6, weth);
        uint256 cheap = trade(fixture, other, usdc, 3e6, weth);
        assertApproxEqRel(dear * 3000, cheap * 3100, 0.001e18);
    }

    function product(uint256 amountIn, uint256 reserveIn, uint256 reserveOut) internal pure returns (uint256) {
        return constantProduct(reserveIn * 1000, reserveOut, amountIn * 997);
    }
}
