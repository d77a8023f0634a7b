// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IInjectionUpkeep} from "../../../contracts/interfaces/IInjectionUpkeep.sol";
import {ILiquidityPair} from "../../../contracts/interfaces/external/ILiquidityPair.sol";
import {PoolForm} from "../../../contracts/types/Pool.sol";
import {PoolKind} from "../../../contracts/types/PoolKind.sol";
import {IUpkeep} from "../../../script/deployment/Interfaces.sol";

import {Deepening_Test} from "../../DeepeningTest.sol";
import {UniswapV2Fixture} from "../../protocols/UniswapV2Fixture.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

/// @notice When an injection is due, and who may perform it.
contract Upkeep_Test is Deepening_Test {
    IUpkeep internal upkeep;
    UniswapV2Fixture internal fixture;
    address internal pool;
    address internal forwarder = makeAddr("forwarder");

    function setUp() public override {
        super.setUp();
        fixture = new UniswapV2Fixture();
        pool = open(fixture);
        guardAndSet(pool, entryOf(PoolKind.ConstantProduct, PoolForm.Plain));
        upkeep = IUpkeep(create("InjectionUpkeep", abi.encode(address(manager), address(reserve))));
        vm.startPrank(governance);
        reserve.setInjector(address(upkeep), true);
        upkeep.setPerformer(forwarder, true);
        vm.stopPrank();
        vm.fee(10 gwei);
    }

    function test_NotDue_WithoutEnoughInTheBucket() public {
        _assertNotDue();
        // 300,000 units of gas at 10 gwei, 20 times: 0.06.
        fill(pool, address(weth), 0.06e18 - 1);
        _assertNotDue();
        fill(pool, address(weth), 1);
        _assertDue(0.06e18, 0);
        vm.fee(11 gwei);
        _assertNotDue();
    }

    /// @dev By the guard's price of the token: 120 of it are 0.06 of the coin.
    function test_NotDue_WithoutEnoughOfTheToken() public {
        fill(pool, address(token), 120e6 - 1);
        _assertNotDue();
        fill(pool, address(token), 1);
        _assertDue(0, 120e6);
        tokenFeed.transmit(0.9e8);
        _assertNotDue();
    }

    /// @dev Of a token that has no price only the other counts.
    function test_Due_ByTheTokenThatHasAPrice() public {
        fill(pool, address(weth), 1e18);
        fill(pool, address(token), 120e6);
        bytes memory question = abi.encodeWithSelector(guard.quote.selector);
        vm.mockCallRevert(address(guard), question, "no price");
        _assertDue(1e18, 120e6);
    }

    function test_NotDue_ByATokenWithoutAPriceAlone() public {
        vm.fee(0);
        fill(pool, address(token), 120e6);
        vm.mockCallRevert(address(guard), abi.encodeWithSelector(guard.quote.selector), "no price");
        _assertNotDue();
    }

    /// @dev A unit of the token, 10^-6, is worth 5 · 10^8 units of the coin.
    function test_Due_ByOneUnit() public {
        vm.prank(governance);
        upkeep.setWorth(5e8, 1);
        vm.fee(1);
        fill(pool, address(token), 1);
        _assertDue(0, 1);
    }

    /// @dev Where gas costs nothing, something is worth it, and nothing is not.
    function test_NotDue_WithNothing() public {
        vm.fee(0);
        _assertNotDue();
        fill(pool, address(weth), 1);
        _assertDue(1, 0);
    }

    function test_NotDue_WhileThePoolCoolsDown() public {
        fill(pool, address(weth), 5e18);
        _assertDue(5e18, 0);
        inject(pool, 1e18, 0);
        _assertNotDue();
        skip(COOL_DOWN);
        (bool due,,) = upkeep.due(pool);
        assertTrue(due);
    }

    function test_NotDue_WhileThePriceIsTooFar() public {
        fill(pool, address(weth), 5e18);
        trade(fixture, pool, address(weth), 6e18);
        _assertNotDue();
    }

    function test_NotDue_WhenNotRegisteredOrWithoutTerms() public {
        _assertNothing(stranger);
        address bare = open(fixture);
        vm.prank(governance);
        reserve.registerPools(one(bare), true);
        _assertNothing(bare);
        fill(pool, address(weth), 5e18);
        vm.prank(guardian);
        reserve.exitPool(pool);
        _assertNotDue();
        _assertNothing(pool);
    }

    /// @dev No more than the day's cap on losses has room for, and what is found can be performed.
    function test_Due_WithWhatTheDaysCapAllows() public {
        fill(pool, address(weth), 5e18);
        vm.prank(governance);
        reserve.setLossCap(0.02e18);
        _assertDue(uint256(0.02e18) * 9990 / (DEVIATION + SLIPPAGE / 2 + 1), 0);
        _perform();
        assertLt(reserve.lossLeft(), 0.01e18);
        vm.prank(guardian);
        reserve.stopInjections();
        skip(COOL_DOWN);
        _assertNotDue();
    }

    function test_PerformUpkeep_DeepensThePool() public {
        fill(pool, address(weth), 5e18);
        (uint256 amount0, uint256 amount1) = order(5e18, 0);
        vm.expectCall(address(reserve), abi.encodeCall(reserve.provideLiquidity, (pool, amount0, amount1, 1)));
        _perform();
        assertGt(ILiquidityPair(pool).balanceOf(address(reserve)), 0);
        assertBooks(pool);
    }

    /// @dev Gelato's form is Chainlink's, as a call.
    function test_Checker_SaysTheWholeCall() public {
        fill(pool, address(weth), 5e18);
        (bool due, bytes memory call) = upkeep.checker(new address[](0));
        assertFalse(due);
        assertEq(call.length, 0);
        (, bytes memory data) = upkeep.checkUpkeep(abi.encode(_asked()));
        (due, call) = upkeep.checker(_asked());
        assertTrue(due);
        assertEq(call, abi.encodeCall(upkeep.performUpkeep, (data)));
        vm.prank(forwarder);
        (bool done,) = address(upkeep).call(call);
        assertTrue(done);
    }

    function test_RevertWhen_TheCallerIsNoPerformer() public {
        vm.expectRevert(abi.encodeWithSelector(IInjectionUpkeep.NotPerformer.selector, injector));
        vm.prank(injector);
        upkeep.performUpkeep("");
    }

    function test_OnlyGovernanceSets() public {
        bytes memory reason = abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger);
        vm.startPrank(stranger);
        vm.expectRevert(reason);
        upkeep.setPerformer(stranger, true);
        vm.expectRevert(reason);
        upkeep.setWorth(1, 1);
        vm.stopPrank();
        vm.startPrank(governance);
        vm.expectRevert(IInjectionUpkeep.MultipleZero.selector);
        upkeep.setWorth(1, 0);
        vm.expectEmit(address(upkeep));
        emit IInjectionUpkeep.WorthSet(100_000, 5);
        upkeep.setWorth(100_000, 5);
        vm.expectEmit(address(upkeep));
        emit IInjectionUpkeep.PerformerSet(stranger, true);
        upkeep.setPerformer(stranger, true);
        assertEq(upkeep.gas(), 100_000);
        assertEq(upkeep.multiple(), 5);
    }

    /// @dev The first that is due of those asked, which begin with one that is not.
    function _asked() private view returns (address[] memory pools) {
        pools = new address[](2);
        (pools[0], pools[1]) = (stranger, pool);
    }

    function _perform() private {
        (bool due, bytes memory data) = upkeep.checkUpkeep(abi.encode(_asked()));
        assertTrue(due);
        vm.prank(forwarder);
        upkeep.performUpkeep(data);
    }

    function _assertDue(uint256 amountWeth, uint256 amountToken) private view {
        (bool due, uint256 amount0, uint256 amount1) = upkeep.due(pool);
        (uint256 expected0, uint256 expected1) = order(amountWeth, amountToken);
        assertTrue(due);
        assertEq(amount0, expected0);
        assertEq(amount1, expected1);
    }

    function _assertNothing(address asked) private view {
        (bool due, uint256 amount0, uint256 amount1) = upkeep.due(asked);
        assertFalse(due);
        assertEq(amount0, 0);
        assertEq(amount1, 0);
    }

    function _assertNotDue() private view {
        (bool due, bytes memory data) = upkeep.checkUpkeep(abi.encode(_asked()));
        assertFalse(due);
        assertEq(data.length, 0);
    }
}
