// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PlainToken} from "../mocks/PlainToken.sol";
import {BalancerV3Fixture} from "./BalancerV3Fixture.sol";
import {FixtureTest} from "./FixtureTest.sol";

contract BalancerV3FixtureTest is FixtureTest {
    BalancerV3Fixture private fixture;

    function setUp() public override {
        super.setUp();
        fixture = new BalancerV3Fixture();
    }

    function test_Trades() external {
        assertTradesBothWays(fixture, equalParts);
    }

    /// @notice The parts of the vault fit a chain's limit, as they do where they are deployed.
    function test_VaultFits() external view {
        assertLe(address(fixture.vault()).code.length, 24_576);
    }

    /// @notice A weighted pool of equal parts is a constant product; the vault counts it in 18 decimals.
    function equalParts(address pool, address tokenIn, uint256 amountIn, address tokenOut)
        private
        view
        returns (uint256)
    {
        uint256[] memory balances = fixture.vault().getCurrentLiveBalances(pool);
        (uint256 reserveIn, uint256 reserveOut) =
            tokenIn < tokenOut ? (balances[0], balances[1]) : (balances[1], balances[0]);
        uint256 lessFee = amountIn * unit(tokenIn) * (1e18 - fixture.vault().getStaticSwapFeePercentage(pool)) / 1e18;
        return constantProduct(reserveIn, reserveOut, lessFee) / unit(tokenOut);
    }

    function unit(address token) private view returns (uint256) {
        return 10 ** (18 - PlainToken(token).decimals());
    }
}
