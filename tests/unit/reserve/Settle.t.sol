// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IRegistry} from "../../../contracts/interfaces/IRegistry.sol";

import {FeeToken} from "../../mocks/FeeToken.sol";
import {Ledger_Test} from "./LedgerTest.sol";
import {Vm} from "forge-std/Vm.sol";

/// @notice R1 and R2 of the reserve: what enters the journal.
contract Settle_Test is Ledger_Test {
    function test_RevertWhen_CallerIsNotTheExecutor() public {
        vm.expectRevert(abi.encodeWithSelector(ILedger.NotExecutor.selector, governance));
        vm.prank(governance);
        reserve.settle(address(token), 0, _pools(2));
    }

    function test_RevertWhen_TokenIsNotListed() public {
        vm.prank(governance);
        reserve.listToken(address(token), false);
        token.mint(address(reserve), 100);
        vm.expectRevert(abi.encodeWithSelector(ILedger.TokenNotListed.selector, token));
        _settle(100, 2);
        vm.expectRevert(abi.encodeWithSelector(ILedger.TokenNotListed.selector, token));
        reserve.recognise(address(token));
    }

    function testFuzz_RevertWhen_NotCovered(uint128 profit, uint128 there) public {
        there = uint128(bound(there, 0, type(uint128).max - 1));
        profit = uint128(bound(profit, uint256(there) + 1, type(uint128).max));
        token.mint(address(reserve), there);
        vm.expectRevert(abi.encodeWithSelector(ILedger.NotCovered.selector, token, profit, there));
        _settle(profit, 2);
    }

    /// @dev What is accounted covers nothing a second time.
    function test_RevertWhen_SettledTwice() public {
        _settlePaid(1000, 2);
        vm.expectRevert(abi.encodeWithSelector(ILedger.NotCovered.selector, token, 1000, 0));
        _settle(1000, 2);
    }

    function test_RevertWhen_TheTokenTakesAFee() public {
        FeeToken taxed = new FeeToken("TAX", 18);
        vm.prank(governance);
        reserve.listToken(address(taxed), true);
        taxed.mint(address(this), 1000);
        taxed.transfer(address(reserve), 1000);
        vm.expectRevert(abi.encodeWithSelector(ILedger.NotCovered.selector, taxed, 1000, 990));
        vm.prank(address(executor));
        reserve.settle(address(taxed), 1000, _pools(2));
    }

    function testFuzz_TheJournalHoldsTheSum(uint96 first, uint96 second, uint8 count) public {
        count = uint8(bound(count, 2, 8));
        _settlePaid(first, count);
        _settlePaid(second, count);
        assertEq(_pending(count), uint256(first) + second);
        assertEq(reserve.accounted(address(token)), uint256(first) + second);
        assertEq(reserve.commonPot(address(token)), 0);
        assertEq(reserve.vaultBucket(address(token)), 0);
        assertEq(reserve.poolBucket(poolA, address(token)), 0);
    }

    function test_EachCycleAndEachEpochHasAnEntryOfItsOwn() public {
        _settlePaid(100, 2);
        _settlePaid(30, 3);
        vm.prank(governance);
        reserve.setSplit(10_000, 0, _noShares());
        _settlePaid(7, 2);
        assertEq(reserve.pending(1, address(token), _pools(2)), 100);
        assertEq(reserve.pending(1, address(token), _pools(3)), 30);
        assertEq(reserve.pending(2, address(token), _pools(2)), 7);
        assertEq(reserve.pending(1, address(weth), _pools(2)), 0);
    }

    /// @dev An entry says once what it stands for, and from then on how much came.
    function test_EventsTellWhatIsInTheJournal() public {
        bytes32 id = keccak256(abi.encode(uint256(1), address(token), _pools(2)));
        token.mint(address(reserve), 30);
        vm.expectEmit(address(reserve));
        emit ILedger.EntryOpened(id, 1, address(token), _pools(2));
        vm.expectEmit(address(reserve));
        emit ILedger.ProfitSettled(id, 10);
        _settle(10, 2);
        reserve.book(1, address(token), _pools(2));
        vm.recordLogs();
        _settle(20, 2);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 1);
        assertEq(logs[0].topics[0], ILedger.ProfitSettled.selector);
        assertEq(logs[0].topics[1], id);
        assertEq(abi.decode(logs[0].data, (uint256)), 20);
    }

    function testFuzz_UnannouncedTokensDisturbNothing(uint64 stray, uint64 profit) public {
        stray = uint64(bound(stray, 1, type(uint64).max));
        profit = uint64(bound(profit, 1, type(uint64).max));
        token.mint(address(reserve), stray);
        _settlePaid(profit, 2);
        assertEq(reserve.accounted(address(token)), profit);
        vm.prank(stranger);
        assertEq(reserve.recognise(address(token)), stray);
        uint256 vaultPart = uint256(stray) * 8000 / 10_000;
        assertEq(reserve.commonPot(address(token)), stray - vaultPart);
        assertEq(reserve.vaultBucket(address(token)), vaultPart);
        assertEq(reserve.accounted(address(token)), uint256(profit) + stray);
        assertEq(_pending(2), profit);
        vm.expectRevert(abi.encodeWithSelector(ILedger.NothingToRecognise.selector, token));
        reserve.recognise(address(token));
    }

    function test_PotIsGovernancesAndForRegisteredPools() public {
        token.mint(address(reserve), 1000);
        reserve.recognise(address(token));
        vm.startPrank(governance);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.PoolNotRegistered.selector, stranger));
        reserve.spendPot(address(token), stranger, 1);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.PotTooSmall.selector, token, 201, 200));
        reserve.spendPot(address(token), poolA, 201);
        reserve.spendPot(address(token), poolA, 150);
        assertEq(reserve.commonPot(address(token)), 50);
        assertEq(reserve.poolBucket(poolA, address(token)), 150);
        assertEq(reserve.accounted(address(token)), 1000);
    }
}
