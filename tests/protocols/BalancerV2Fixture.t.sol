// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {BalancerV2Fixture} from "./BalancerV2Fixture.sol";
import {ProductFixtureTest} from "./ProductFixtureTest.sol";

contract BalancerV2FixtureTest is ProductFixtureTest {
    BalancerV2Fixture private fixture = new BalancerV2Fixture();

    /// @dev With equal weights the pool is a constant product; its powers are rounded, in the pool's favour.
    function test_Trades() external {
        assertTradesAsProduct(fixture, true, 1e12);
    }

    function test_TwoPoolsOfTheSameTokens() external {
        assertTwoPoolsOfTheSameTokens(fixture);
    }

    function test_TheIdBeginsWithThePool() external {
        address pool = fixture.create(weth, 1000e18, usdc, 3_000_000e6);
        bytes32 id = fixture.poolIdOf(pool);
        assertEq(pool, address(bytes20(id)));
        (address registered,) = fixture.vault().getPool(id);
        assertEq(registered, pool);
    }
}
