// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelWooPPV2} from "../mocks/ModelWooPPV2.sol";
import {ModelWooracle} from "../mocks/ModelWooracle.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {FixtureTest} from "./FixtureTest.sol";
import {WooFiFixture} from "./WooFiFixture.sol";

/// @notice The figures are worked by hand from WooFi's formulas, for a price of 3000, a spread of 0.05 %, a fee of 0.025 %
/// and a coefficient of a tenth by 1.2 million.
contract WooFiFixtureTest is FixtureTest {
    WooFiFixture private fixture = new WooFiFixture();
    ModelWooPPV2 private pool;
    ModelWooracle private oracle;

    function setUp() public override {
        super.setUp();
        pool = ModelWooPPV2(fixture.create(weth, 400e18, usdc, 1_200_000e6));
        oracle = pool.wooracle();
    }

    /// @dev 4 · 3000 · (1 - 0.001 - 0.0005), less the fee; the price then is 3000 · (1 - 0.002), at which 11,997 buys
    /// 11,997 / 2994 · (1 - 0.00099975 - 0.0005).
    function test_TradesAtTheOraclesPriceLessSpreadAndSlippage() external {
        assertApproxEqAbs(trade(fixture, address(pool), weth, 4e18, usdc), 11_979.0045e6, 1);
        assertApproxEqRel(oracle.state(weth).price, 2994e8, 1e9);
        assertApproxEqRel(trade(fixture, address(pool), usdc, 12_000e6, weth), 4.001004508767535e18, 1e9);
        assertApproxEqAbs(pool.unclaimedFee(), 2.9955e6 + 3e6, 1);
        assertEq(pool.poolSize(usdc), pool.balance(usdc));
        assertEq(pool.poolSize(weth), pool.balance(weth));
    }

    /// @dev Half the wider spread on either side, and the higher fee once:
    /// 4 · 3000 · (1 - 0.001 - 0.0003) = 11,984.4, less 0.025 %: 11,981.4039; / 60,000 · (1 - 0.0003).
    function test_TradesOneBaseForAnother() external {
        address wbtc = address(new PlainToken("WBTC", 8));
        oracle.postState(wbtc, 60_000e8, 0.0006e18, 0);
        pool.setFeeRate(wbtc, 10);
        deal(wbtc, address(pool), 20e8);
        pool.depositAll(wbtc);
        assertApproxEqAbs(trade(fixture, address(pool), weth, 4e18, wbtc), 0.19963016e8, 1);
        assertEq(pool.poolSize(usdc), pool.balance(usdc));
    }

    function test_QueryIsWhatASwapPays() external {
        uint256 quoted = pool.query(weth, usdc, 4e18);
        assertEq(pool.tryQuery(weth, usdc, 4e18), quoted);
        assertEq(trade(fixture, address(pool), weth, 4e18, usdc), quoted);
        quoted = pool.query(usdc, weth, 12_000e6);
        assertEq(trade(fixture, address(pool), usdc, 12_000e6, weth), quoted);
    }

    function test_RevertGiven_TheOracleIsStale() external {
        skip(oracle.staleDuration());
        pool.query(weth, usdc, 1e18);
        skip(1);
        vm.expectRevert("WooPPV2: !ORACLE_FEASIBLE");
        pool.query(weth, usdc, 1e18);
    }

    /// @dev A swap's own posting does not make the price young.
    function test_RevertGiven_TheOracleIsStaleDespiteSwaps() external {
        skip(oracle.staleDuration());
        trade(fixture, address(pool), weth, 1e18, usdc);
        skip(1);
        vm.expectRevert("WooPPV2: !ORACLE_FEASIBLE");
        pool.tryQuery(usdc, weth, 1e6);
    }

    function test_RevertGiven_TheOtherOracleDisagrees() external {
        oracle.setFeasible(weth, false);
        vm.expectRevert("WooPPV2: !ORACLE_FEASIBLE");
        pool.tryQuery(weth, usdc, 1e18);
    }

    function test_RevertWhen_ThePoolHasNotEnough() external {
        assertGt(pool.tryQuery(usdc, weth, 1_300_000e6), 380e18);
        deal(weth, address(pool), 300e18);
        pool.depositAll(weth);
        vm.expectRevert("WooPPV2: INSUFF_BALANCE");
        pool.query(usdc, weth, 1_300_000e6);
    }

    function test_RevertWhen_NotPaidBeforehand() external {
        vm.expectRevert("WooPPV2: !BASE_BALANCE");
        pool.swap(weth, usdc, 1, 0, trader, address(0));
        vm.expectRevert("WooPPV2: !QUOTE_BALANCE");
        pool.swap(usdc, weth, 1, 0, trader, address(0));
    }

    function test_RevertWhen_LessThanAskedFor() external {
        uint256 quoted = pool.query(weth, usdc, 1e18);
        deal(weth, address(pool), 401e18);
        vm.expectRevert("WooPPV2: quoteAmount_LT_minQuoteAmount");
        pool.swap(weth, usdc, 1e18, quoted + 1, trader, address(0));
    }
}
