// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IInjection} from "../../../contracts/interfaces/IInjection.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {PoolForm} from "../../../contracts/types/Pool.sol";
import {PoolKind} from "../../../contracts/types/PoolKind.sol";

import {Position} from "../../../contracts/positions/Position.sol";
import {Deepening_Test} from "../../DeepeningTest.sol";
import {FeeToken} from "../../mocks/FeeToken.sol";
import {PlainToken} from "../../mocks/PlainToken.sol";
import {AlgebraFixture} from "../../protocols/AlgebraFixture.sol";
import {IVenueFixture} from "../../protocols/IVenueFixture.sol";
import {UniswapV2Fixture} from "../../protocols/UniswapV2Fixture.sol";
import {UniswapV3Fixture} from "../../protocols/UniswapV3Fixture.sol";

/// @notice E8 where pools are deepened: governance was wrong to list a token that takes a fee on transfer, and the reserve,
/// or the pool, refuses it.
contract FeeTokens_Test is Deepening_Test {
    address private pool;

    function setUp() public override {
        super.setUp();
        useToken(PlainToken(address(new FeeToken("FEE", 6))));
    }

    function test_AsProfit_IsNotCovered() public {
        token.mint(address(this), 1000e6);
        require(token.transfer(address(reserve), 1000e6));
        vm.expectRevert(abi.encodeWithSelector(ILedger.NotCovered.selector, token, 1000e6, 990e6));
        vm.prank(address(executor));
        reserve.settle(address(token), 1000e6, new address[](0));
    }

    /// @dev As either of the pair's tokens.
    function test_IntoAPair_IsPaidShort() public {
        for (uint256 i; i < 2; ++i) {
            FeeToken taxed;
            do {
                taxed = new FeeToken("FEE", 6);
            } while ((address(taxed) < address(weth)) != (i == 0));
            useToken(PlainToken(address(taxed)));
            _deepen(new UniswapV2Fixture(), PoolKind.ConstantProduct, PoolForm.Plain);
            expectRefusal(pool, 1e18, 2000e6, abi.encodeWithSelector(Position.PaidShort.selector, pool));
        }
    }

    /// @dev Sold in the pair: the pair itself misses what the executor never had.
    function test_IntoAPair_InThatTokenAlone() public {
        _deepen(new UniswapV2Fixture(), PoolKind.ConstantProduct, PoolForm.Plain);
        _expectRefused(0, 2000e6);
    }

    /// @dev Bought in the pair: what came is less than is fair, and what goes on is less again.
    function test_IntoAPair_InTheOtherTokenAlone() public {
        _deepen(new UniswapV2Fixture(), PoolKind.ConstantProduct, PoolForm.Plain);
        vm.expectPartialRevert(IInjection.ConvertedForTooLittle.selector);
        inject(pool, 1e18, 0);
    }

    /// @dev Algebra would mint less for it.
    function test_IntoAlgebra_IsPaidShort() public {
        _deepen(new AlgebraFixture(), PoolKind.Concentrated, PoolForm.Algebra);
        expectRefusal(pool, 1e18, 2000e6, abi.encodeWithSelector(Position.PaidShort.selector, pool));
    }

    function test_IntoUniswapV3_ThePoolRefuses() public {
        _deepen(new UniswapV3Fixture(), PoolKind.Concentrated, PoolForm.Plain);
        _expectRefused(1e18, 2000e6);
    }

    function _expectRefused(uint256 amountWeth, uint256 amountToken) private {
        (uint256 amount0, uint256 amount1) = order(amountWeth, amountToken);
        vm.expectRevert();
        vm.prank(injector);
        reserve.provideLiquidity(pool, amount0, amount1, 0);
        assertBooks(pool);
    }

    function _deepen(IVenueFixture fixture, PoolKind kind, PoolForm form) private {
        pool = open(fixture);
        guardAndSet(pool, entryOf(kind, form));
        fill(pool, address(weth), 5e18);
        fill(pool, address(token), 10_000e6);
    }
}
