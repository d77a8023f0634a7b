// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PlainToken} from "../mocks/PlainToken.sol";
import {CurveFixture} from "./CurveFixture.sol";
import {FixtureTest} from "./FixtureTest.sol";

contract CurveFixtureTest is FixtureTest {
    CurveFixture private fixture = new CurveFixture();

    /// @dev The figures solve Curve's equation with A·n = 1024 to 60 digits, and take 0.04 % of what comes out. A unit of
    /// the dollar is lost to rounding down "just in case", once for the way there and once for the way back.
    function test_TradesBothWaysAsTheInvariantHasIt() external {
        address pool = fixture.create(dai, 1_000_000e18, usdc, 1_000_000e6);
        uint256 out = trade(fixture, pool, dai, 100_000e18, usdc);
        assertApproxEqAbs(out, 99_920_730_865, 1);
        uint256 back = trade(fixture, pool, usdc, 50_000e6, dai);
        assertApproxEqAbs(back, 50_009.525713465194103e18, 2e12);
    }

    function test_CoinsTakeThePlacesOfTheirDecimals() external {
        address pool = fixture.create(usdc, 1_000_000e6, dai, 900_000e18);
        assertEq(fixture.indexOf(pool, dai), 0);
        assertEq(fixture.indexOf(pool, usdc), 1);
        pool = fixture.create(dai, 1_000_000e18, weth, 1_000_000e18);
        assertEq(fixture.indexOf(pool, dai), 0);
        assertEq(fixture.indexOf(pool, weth), 3);
        pool = fixture.create(address(new PlainToken("USDT", 6)), 1_000_000e6, usdc, 1_000_000e6);
        assertEq(fixture.indexOf(pool, usdc), 2);
    }

    function test_RevertWhen_NoPlaceHasTheDecimals() external {
        address coin = address(new PlainToken("WBTC", 8));
        vm.expectRevert(abi.encodeWithSelector(CurveFixture.DecimalsDoNotFit.selector, coin, 8));
        fixture.create(coin, 1e8, usdc, 1e6);
    }
}
