// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelDodoV2} from "../mocks/ModelDodoV2.sol";
import {ModelPMM} from "../mocks/ModelPMM.sol";
import {PlainToken} from "../mocks/PlainToken.sol";
import {DodoV2Fixture} from "./DodoV2Fixture.sol";
import {FixtureTest} from "./FixtureTest.sol";

/// @notice The figures called DODO's are those that DODO's own tests record of its contracts (DODOEX/contractV2,
/// test/DPP/trader.test.ts and test/DVM/trader.test.ts): ten of base and a thousand of quote, or none in the DVM; i = 100,
/// k = 0.1; fees of 0.2 % and 0.1 %.
contract DodoV2FixtureTest is FixtureTest {
    /// @dev Units in which the model's rounding may differ from DODO's.
    uint256 private constant TOLERANCE = 20;
    uint256 private constant ONE = 1e18;

    PlainToken private base = new PlainToken("BASE", 18);
    PlainToken private quote = new PlainToken("QUOTE", 18);
    address private maintainer = makeAddr("maintainer");
    ModelDodoV2 private lender;
    bytes4 private calledBack;
    uint256 private repayment;

    /* DODO'S FIGURES */

    function test_DODOsFigures_BuyThenSell() external {
        ModelDodoV2 pool = _pool(ModelDodoV2.Kind.DPP, 0.1e18);
        _assertSold(pool, quote, 100e18, 0.986174542266106307e18, 0.000989141968170618e18);
        _assertSold(pool, quote, 100e18, 0.960597750261447066e18, 0.000963488214906165e18);
        _assertSold(pool, base, 1e18, 103.42181465100533895e18, 0.103733013692081583e18);
        _assertSold(pool, base, 2e18, 199.216459197337942144e18, 0.199815906918092218e18);
        assertEq(uint8(pool._RState_()), uint8(ModelPMM.R.BelowOne));
        assertApproxEqAbs(pool.getPMMState().baseTarget, 10.0059502493480992e18, TOLERANCE);
    }

    function test_DODOsFigures_SellThenBuy() external {
        ModelDodoV2 pool = _pool(ModelDodoV2.Kind.DSP, 0.1e18);
        _assertSold(pool, base, 1e18, 98.617454226610630663e18, 0.098914196817061816e18);
        _assertSold(pool, base, 1e18, 96.059775026144706446e18, 0.096348821490616556e18);
        _assertSold(pool, quote, 100e18, 1.034218146510053391e18, 0.001037330136920815e18);
        _assertSold(pool, quote, 200e18, 1.992164591973379421e18, 0.001998159069180922e18);
        assertEq(uint8(pool._RState_()), uint8(ModelPMM.R.AboveOne));
        assertApproxEqAbs(pool.getPMMState().quoteTarget, 1000.595024934809920179e18, 1000 * TOLERANCE);
    }

    function test_DODOsFigures_FlashSwap() external {
        ModelDodoV2 pool = _pool(ModelDodoV2.Kind.DPP, 0.1e18);
        quote.mint(address(pool), 200e18);
        vm.expectRevert("FLASH_LOAN_FAILED");
        pool.flashLoan(1.94676359438008079e18 + TOLERANCE, 0, trader, "");
        pool.flashLoan(1.946763594380080789e18 - TOLERANCE, 0, trader, "");
        base.mint(address(pool), 1e18);
        vm.expectRevert("FLASH_LOAN_FAILED");
        pool.flashLoan(0, 103.421810640399874606e18 + 100 * TOLERANCE, trader, "");
        pool.flashLoan(0, 103.421810640399874605e18 - 100 * TOLERANCE, trader, "");
    }

    function test_DODOsFigures_DVM() external {
        ModelDodoV2 pool = new ModelDodoV2(ModelDodoV2.Kind.DVM, base, quote, maintainer, _terms(0.1e18));
        base.mint(address(pool), 10e18);
        pool.open();
        _assertSold(pool, quote, 200e18, 1.946763594380080787e18, 0.00195262145875635e18);
        _assertSold(pool, base, 1e18, 103.421810640399874603e18, 0.103733009669408099e18);
    }

    /* CLOSED FORMS */

    /// @dev With k = 1 what is sold at the targets is sold to a constant product.
    function test_KOfOneIsAProduct() external {
        ModelDodoV2 pool = _pool(ModelDodoV2.Kind.DPP, ONE);
        uint256 gross = constantProduct(1000e18, 10e18, 100e18);
        (uint256 received, uint256 mtFee,,) = pool.querySellQuote(trader, 100e18);
        assertApproxEqAbs(received, gross * 997 / 1000, TOLERANCE);
        assertApproxEqAbs(mtFee, gross / 1000, TOLERANCE);
        gross = constantProduct(10e18, 1000e18, 3e18);
        (received,,,) = pool.querySellBase(trader, 3e18);
        assertApproxEqAbs(received, gross * 997 / 1000, 100 * TOLERANCE);
    }

    function test_TradesAtThePriceOfTheRatio() external {
        for (uint8 i; i < 3; ++i) {
            DodoV2Fixture fixture = new DodoV2Fixture(ModelDodoV2.Kind(i));
            address pool = fixture.create(weth, 400e18, usdc, 1_200_000e6);
            assertApproxEqRel(ModelDodoV2(pool).getMidPrice(), 3000e6, 1e9, fixture.name());
            // Too little to move the price by more than a millionth.
            uint256 out = trade(fixture, pool, weth, 0.0001e18, usdc);
            assertApproxEqRel(out, 0.2991e6, 5e12, fixture.name());
            uint256 back = trade(fixture, pool, usdc, 0.3e6, weth);
            assertApproxEqRel(back, 0.0000997e18, 5e12, fixture.name());
        }
    }

    function test_ReversedTheBaseIsTheFirst() external {
        DodoV2Fixture fixture = new DodoV2Fixture(ModelDodoV2.Kind.DPP);
        address pool = fixture.create(usdc, 1_200_000e6, weth, 400e18);
        assertApproxEqRel(trade(fixture, pool, usdc, 300e6, weth), 0.0997e18, 1e14);
        assertApproxEqRel(trade(fixture, pool, weth, 0.1e18, usdc), 299.1e6, 1e14);
    }

    /* LOANS */

    function test_EachKindCallsBackByItsName() external {
        bytes4[3] memory names =
            [this.DVMFlashLoanCall.selector, this.DPPFlashLoanCall.selector, this.DSPFlashLoanCall.selector];
        for (uint8 i; i < 3; ++i) {
            lender = _pool(ModelDodoV2.Kind(i), 0.1e18);
            repayment = 1e18;
            lender.flashLoan(1e18, 0, address(this), "borrow");
            assertEq(calledBack, names[i]);
            assertEq(base.balanceOf(address(lender)), 10e18);
        }
    }

    function test_RevertWhen_ALoanIsRepaidShort() external {
        lender = _pool(ModelDodoV2.Kind.DPP, 0.1e18);
        repayment = 1e18 - 1;
        vm.expectRevert("FLASH_LOAN_FAILED");
        lender.flashLoan(1e18, 0, address(this), "borrow");
    }

    function test_RevertWhen_Reentered() external {
        lender = _pool(ModelDodoV2.Kind.DPP, 0.1e18);
        vm.expectRevert("REENTRANT");
        lender.flashLoan(1e18, 0, address(this), "reenter");
    }

    function DVMFlashLoanCall(address sender, uint256 baseAmount, uint256 quoteAmount, bytes calldata data) external {
        _repay(sender, baseAmount, quoteAmount, data);
    }

    function DPPFlashLoanCall(address sender, uint256 baseAmount, uint256 quoteAmount, bytes calldata data) external {
        _repay(sender, baseAmount, quoteAmount, data);
    }

    function DSPFlashLoanCall(address sender, uint256 baseAmount, uint256 quoteAmount, bytes calldata data) external {
        _repay(sender, baseAmount, quoteAmount, data);
    }

    /* INTERNALS */

    function _repay(address sender, uint256 baseAmount, uint256 quoteAmount, bytes calldata data) private {
        assertEq(msg.sender, address(lender));
        assertEq(sender, address(this));
        assertEq(baseAmount, 1e18);
        assertEq(quoteAmount, 0);
        if (keccak256(data) == keccak256("reenter")) lender.sellBase(address(this));
        calledBack = msg.sig;
        base.transfer(address(lender), repayment);
    }

    function _terms(uint256 k) private pure returns (ModelDodoV2.Terms memory) {
        return ModelDodoV2.Terms(100e18, k, 0.002e18, 0.001e18);
    }

    function _pool(ModelDodoV2.Kind kind, uint256 k) private returns (ModelDodoV2 pool) {
        pool = new ModelDodoV2(kind, base, quote, maintainer, _terms(k));
        base.mint(address(pool), 10e18);
        quote.mint(address(pool), 1000e18);
        pool.open();
    }

    function _assertSold(ModelDodoV2 pool, PlainToken sold, uint256 amount, uint256 received, uint256 mtFee) private {
        PlainToken bought = sold == base ? quote : base;
        uint256 tolerance = bought == quote ? 100 * TOLERANCE : TOLERANCE;
        uint256 before = bought.balanceOf(trader);
        uint256 feesBefore = bought.balanceOf(maintainer);
        sold.mint(address(pool), amount);
        if (sold == base) pool.sellBase(trader);
        else pool.sellQuote(trader);
        assertApproxEqAbs(bought.balanceOf(trader) - before, received, tolerance);
        assertApproxEqAbs(bought.balanceOf(maintainer) - feesBefore, mtFee, tolerance);
    }
}
