// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {BalancerV2Fixture} from "./BalancerV2Fixture.sol";
import {FixtureTest} from "./FixtureTest.sol";

contract BalancerV2FixtureTest is FixtureTest {
    BalancerV2Fixture private fixture = new BalancerV2Fixture();

    /// @dev With equal weights the pool is a constant product; its powers are rounded, in the pool's favour.
    function test_TradesBothWaysAsAProductLess30BasisPoints() public {
        address pool = fixture.create(weth, 1000e18, usdc, 3_000_000e6);
        uint256 out = trade(fixture, pool, weth, 10e18, usdc);
        _assertJustBelow(out, _product(10e18, 1000e18, 3_000_000e6));
        uint256 back = trade(fixture, pool, usdc, 50_000e6, weth);
        _assertJustBelow(back, _product(50_000e6, 3_000_000e6 - out, 1010e18));
    }

    function test_TheIdBeginsWithThePool() public {
        address pool = fixture.create(weth, 1000e18, usdc, 3_000_000e6);
        bytes32 id = fixture.poolIdOf(pool);
        assertEq(pool, address(bytes20(id)));
        (address registered,) = fixture.vault().getPool(id);
        assertEq(registered, pool);
    }

    function test_TwoPoolsOfTheSameTokens() public {
        address one = fixture.create(weth, 1e18, usdc, 3000e6);
        address other = fixture.create(usdc, 3100e6, weth, 1e18);
        assertNotEq(one, other);
    }

    function _assertJustBelow(uint256 found, uint256 expected) private pure {
        assertLe(found, expected);
        assertApproxEqRel(found, expected, 1e12);
    }

    function _product(uint256 amountIn, uint256 reserveIn, uint256 reserveOut) private pure returns (uint256) {
        return constantProduct(reserveIn * 1000, reserveOut, amountIn * 997);
    }
}
