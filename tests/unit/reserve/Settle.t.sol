// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILiquidityReserve} from "../../../contracts/interfaces/ILiquidityReserve.sol";

import {LiquidityReserve} from "../../../contracts/LiquidityReserve.sol";
import {Base_Test} from "../../Base.sol";
import {FeeToken} from "../../mocks/FeeToken.sol";
import {PlainToken} from "../../mocks/PlainToken.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

/// @notice R1, R2 and R3 of the reserve.
contract Settle_Test is Base_Test {
    address internal poolA = makeAddr("pool A");
    address internal poolB = makeAddr("pool B");
    PlainToken internal token;

    function setUp() public override {
        super.setUp();
        token = new PlainToken("TKN", 6);
        vm.prank(governance);
        reserve.listToken(address(token), true);
        register(poolA, poolB);
    }

    function test_RevertWhen_CallerIsNotTheExecutor() public {
        vm.expectRevert(abi.encodeWithSelector(ILiquidityReserve.NotExecutor.selector, governance));
        vm.prank(governance);
        reserve.settle(address(token), 0, _pools(2));
    }

    function test_RevertWhen_TokenIsNotListed() public {
        vm.prank(governance);
        reserve.listToken(address(token), false);
        token.mint(address(reserve), 100);
        vm.expectRevert(abi.encodeWithSelector(ILiquidityReserve.TokenNotListed.selector, token));
        _settle(100, 2);
        vm.expectRevert(abi.encodeWithSelector(ILiquidityReserve.TokenNotListed.selector, token));
        reserve.recognise(address(token));
    }

    function testFuzz_RevertWhen_NotCovered(uint128 profit, uint128 there) public {
        there = uint128(bound(there, 0, type(uint128).max - 1));
        profit = uint128(bound(profit, uint256(there) + 1, type(uint128).max));
        token.mint(address(reserve), there);
        vm.expectRevert(abi.encodeWithSelector(ILiquidityReserve.NotCovered.selector, token, profit, there));
        _settle(profit, 2);
    }

    /// @dev What is accounted covers nothing a second time.
    function test_RevertWhen_SettledTwice() public {
        _settlePaid(1000, 2);
        vm.expectRevert(abi.encodeWithSelector(ILiquidityReserve.NotCovered.selector, token, 1000, 0));
        _settle(1000, 2);
    }

    function test_RevertWhen_TheTokenTakesAFee() public {
        FeeToken taxed = new FeeToken("TAX", 18);
        vm.prank(governance);
        reserve.listToken(address(taxed), true);
        taxed.mint(address(this), 1000);
        taxed.transfer(address(reserve), 1000);
        vm.expectRevert(abi.encodeWithSelector(ILiquidityReserve.NotCovered.selector, taxed, 1000, 990));
        vm.prank(address(executor));
        reserve.settle(address(taxed), 1000, _pools(2));
    }

    function testFuzz_EveryWeiIsInOneBucket(uint128 profit, uint16 poolsBps, uint8 count) public {
        poolsBps = uint16(bound(poolsBps, 0, 10_000));
        count = uint8(bound(count, 2, 8));
        vm.prank(governance);
        reserve.setSplit(poolsBps, 10_000 - poolsBps);
        _settlePaid(profit, count);
        uint256 vaultPart = uint256(profit) * (10_000 - poolsBps) / 10_000;
        uint256 part = (profit - vaultPart) / count;
        assertEq(reserve.vaultBucket(address(token)), vaultPart);
        assertEq(reserve.poolBucket(poolA, address(token)), profit - vaultPart - part * (count - 1));
        assertEq(reserve.poolBucket(poolB, address(token)), part);
        assertEq(reserve.commonPot(address(token)), part * (count - 2));
        assertEq(reserve.accounted(address(token)), profit);
    }

    function test_Split_RoundsForThePools() public {
        _settlePaid(9, 2);
        assertEq(reserve.vaultBucket(address(token)), 7);
        assertEq(reserve.poolBucket(poolA, address(token)), 1);
        assertEq(reserve.poolBucket(poolB, address(token)), 1);
    }

    function test_TellsWhereItWent() public {
        token.mint(address(reserve), 1001);
        vm.expectEmit(address(reserve));
        emit ILiquidityReserve.ProfitSettled(address(token), 1001, 201, 800);
        vm.expectEmit(address(reserve));
        emit ILiquidityReserve.PoolCredited(poolA, address(token), 67);
        vm.expectEmit(address(reserve));
        emit ILiquidityReserve.PoolCredited(poolB, address(token), 67);
        vm.expectEmit(address(reserve));
        emit ILiquidityReserve.PotCredited(address(token), 67);
        _settle(1001, 3);
    }

    function testFuzz_UnannouncedTokensDisturbNothing(uint64 stray, uint64 profit) public {
        stray = uint64(bound(stray, 1, type(uint64).max));
        token.mint(address(reserve), stray);
        _settlePaid(profit, 2);
        assertEq(reserve.accounted(address(token)), profit);
        vm.prank(stranger);
        assertEq(reserve.recognise(address(token)), stray);
        uint256 vaultPart = uint256(stray) * 8000 / 10_000;
        assertEq(reserve.commonPot(address(token)), stray - vaultPart);
        assertEq(reserve.vaultBucket(address(token)), uint256(profit) * 8000 / 10_000 + vaultPart);
        assertEq(reserve.accounted(address(token)), uint256(profit) + stray);
        vm.expectRevert(abi.encodeWithSelector(ILiquidityReserve.NothingToRecognise.selector, token));
        reserve.recognise(address(token));
    }

    function test_PotIsGovernancesAndForRegisteredPools() public {
        token.mint(address(reserve), 1000);
        reserve.recognise(address(token));
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        vm.prank(stranger);
        reserve.spendPot(address(token), poolA, 1);
        vm.startPrank(governance);
        vm.expectRevert(abi.encodeWithSelector(ILiquidityReserve.PoolNotRegistered.selector, stranger));
        reserve.spendPot(address(token), stranger, 1);
        vm.expectRevert(abi.encodeWithSelector(ILiquidityReserve.PotTooSmall.selector, token, 201, 200));
        reserve.spendPot(address(token), poolA, 201);
        reserve.spendPot(address(token), poolA, 150);
        assertEq(reserve.commonPot(address(token)), 50);
        assertEq(reserve.poolBucket(poolA, address(token)), 150);
        assertEq(reserve.accounted(address(token)), 1000);
    }

    function testFuzz_RevertWhen_SharesDoNotAddUp(uint256 poolsBps, uint256 vaultBps) public {
        vm.assume(poolsBps > 10_000 || vaultBps != 10_000 - poolsBps);
        bytes memory reason = abi.encodeWithSelector(ILiquidityReserve.SplitIncomplete.selector, poolsBps, vaultBps);
        vm.prank(governance);
        vm.expectRevert(reason);
        reserve.setSplit(poolsBps, vaultBps);
        vm.expectRevert(reason);
        new LiquidityReserve(address(manager), address(vault), poolsBps, vaultBps);
    }

    function test_RevertWhen_BuiltWithoutAnAddress() public {
        vm.expectRevert(ILiquidityReserve.ZeroAddress.selector);
        new LiquidityReserve(address(0), address(vault), 2000, 8000);
        vm.expectRevert(ILiquidityReserve.ZeroAddress.selector);
        new LiquidityReserve(address(manager), address(0), 2000, 8000);
        vm.expectRevert(ILiquidityReserve.ZeroAddress.selector);
        vm.prank(governance);
        reserve.registerPools(new address[](1), true);
    }

    function test_OnlyGovernanceSets() public {
        bytes[] memory calls = new bytes[](5);
        calls[0] = abi.encodeCall(reserve.setSplit, (0, 10_000));
        calls[1] = abi.encodeCall(reserve.listToken, (address(token), false));
        calls[2] = abi.encodeCall(reserve.spendPot, (address(token), poolA, 0));
        calls[3] = abi.encodeCall(reserve.setExecutor, (stranger));
        calls[4] = abi.encodeCall(reserve.registerPools, (_pools(2), false));
        address[3] memory others = [stranger, keeper, guardian];
        for (uint256 i; i < calls.length; ++i) {
            for (uint256 j; j < others.length; ++j) {
                vm.prank(others[j]);
                (bool done, bytes memory reason) = address(reserve).call(calls[i]);
                assertFalse(done);
                assertEq(reason, abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, others[j]));
            }
            vm.prank(governance);
            (bool allowed,) = address(reserve).call(calls[i]);
            assertTrue(allowed);
        }
    }

    function test_PayVault_StreamsTheVaultsBucket() public {
        fund(address(weth), address(reserve), 10e18);
        vm.prank(address(executor));
        reserve.settle(address(weth), 10e18, _pools(2));
        vm.prank(stranger);
        assertEq(reserve.payVault(), 8e18);
        assertEq(vault.lockedProfit(), 8e18);
        assertEq(weth.balanceOf(address(vault)), 8e18);
        assertEq(reserve.vaultBucket(address(weth)), 0);
        assertEq(reserve.accounted(address(weth)), 2e18);
        assertEq(weth.allowance(address(reserve), address(vault)), 0);
        vm.expectRevert(abi.encodeWithSelector(ILiquidityReserve.NothingToPay.selector, weth));
        reserve.payVault();
    }

    function _settlePaid(uint256 profit, uint256 count) private {
        token.mint(address(reserve), profit);
        _settle(profit, count);
    }

    function _settle(uint256 profit, uint256 count) private {
        address[] memory pools = _pools(count);
        vm.prank(address(executor));
        reserve.settle(address(token), profit, pools);
    }

    /// @dev The two registered pools, then others.
    function _pools(uint256 count) private view returns (address[] memory pools) {
        pools = new address[](count);
        for (uint256 i; i < count; ++i) {
            pools[i] = i == 0 ? poolA : i == 1 ? poolB : address(uint160(0xdead0000 + i));
        }
    }
}
