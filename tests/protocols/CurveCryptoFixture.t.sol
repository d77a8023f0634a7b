// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelCurveCrypto} from "../mocks/ModelCurveCrypto.sol";
import {CurveCryptoFixture} from "./CurveCryptoFixture.sol";
import {FixtureTest} from "./FixtureTest.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

contract CurveCryptoFixtureTest is FixtureTest {
    CurveCryptoFixture private fixture = new CurveCryptoFixture();

    /// @dev What comes in, 25 and then 60,045, makes a fifth of its side either time: a fifth of the other side comes out,
    /// less 0.3 %, which stays there.
    function test_TradesBothWaysAsAProductLess30BasisPoints() external {
        address pool = fixture.create(weth, 100e18, usdc, 300_000e6);
        assertEq(trade(fixture, pool, weth, 25e18, usdc), 59_820e6);
        assertEq(trade(fixture, pool, usdc, 60_045e6, weth), 24.925e18);
    }

    function test_ExchangePullsPaysTheCallerAndReturnsTheOutput() external {
        ModelCurveCrypto pool = ModelCurveCrypto(fixture.create(weth, 100e18, usdc, 300_000e6));
        uint256 quoted = pool.get_dy(1, 0, 3000e6);
        deal(usdc, address(this), 3000e6);
        IERC20(usdc).approve(address(pool), 3000e6);
        assertEq(pool.exchange(1, 0, 3000e6, quoted), quoted);
        assertEq(IERC20(weth).balanceOf(address(this)), quoted);
        assertEq(IERC20(usdc).balanceOf(address(this)), 0);
    }

    function test_RevertWhen_LessThanAskedFor() external {
        ModelCurveCrypto pool = ModelCurveCrypto(fixture.create(weth, 100e18, usdc, 300_000e6));
        uint256 quoted = pool.get_dy(0, 1, 1e18);
        vm.expectRevert("Slippage");
        pool.exchange(0, 1, 1e18, quoted + 1);
    }
}
