// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IRegistry} from "../../../contracts/interfaces/IRegistry.sol";
import {Share} from "../../../contracts/types/Share.sol";

import {FussyToken} from "../../mocks/FussyToken.sol";
import {Ledger_Test} from "./LedgerTest.sol";

/// @notice R1 and R3 of the reserve: how the journal becomes buckets, and how buckets are paid.
contract Book_Test is Ledger_Test {
    address internal treasury = makeAddr("treasury");
    address internal builders = makeAddr("builders");

    function test_RevertWhen_TheEntryHoldsNothing() public {
        _settlePaid(10, 2);
        bytes32 unknown = keccak256(abi.encode(uint256(1), address(token), _pools(3)));
        vm.expectRevert(abi.encodeWithSelector(ILedger.NothingToBook.selector, unknown));
        reserve.book(1, address(token), _pools(3));
        _book(2);
        bytes32 id = keccak256(abi.encode(uint256(1), address(token), _pools(2)));
        vm.expectRevert(abi.encodeWithSelector(ILedger.NothingToBook.selector, id));
        reserve.book(1, address(token), _pools(2));
    }

    function testFuzz_EveryWeiIsInOneBucket(uint120 profit, uint16 poolsBps, uint16 treasuryBps, uint8 count) public {
        profit = uint120(bound(profit, 1, type(uint120).max));
        poolsBps = uint16(bound(poolsBps, 0, 9999));
        treasuryBps = uint16(bound(treasuryBps, 1, 10_000 - poolsBps));
        count = uint8(bound(count, 2, 8));
        vm.prank(governance);
        reserve.setSplit(poolsBps, 10_000 - poolsBps - treasuryBps, _shares(treasury, treasuryBps));
        _settlePaid(profit, count);
        assertEq(_book(count), profit);
        uint256 vaultPart = uint256(profit) * (10_000 - poolsBps - treasuryBps) / 10_000;
        uint256 treasuryPart = uint256(profit) * treasuryBps / 10_000;
        uint256 rest = profit - vaultPart - treasuryPart;
        uint256 part = rest / count;
        assertEq(reserve.vaultBucket(address(token)), vaultPart);
        assertEq(reserve.beneficiaryBucket(treasury, address(token)), treasuryPart);
        assertEq(reserve.poolBucket(poolA, address(token)), rest - part * (count - 1));
        assertEq(reserve.poolBucket(poolB, address(token)), part);
        assertEq(reserve.commonPot(address(token)), part * (count - 2));
        assertEq(reserve.accounted(address(token)), profit);
        assertEq(_pending(count), 0);
    }

    function test_RoundsForThePools_AmongThemForTheFirst() public {
        Share[] memory shares = new Share[](2);
        (shares[0], shares[1]) = (Share(treasury, 1000), Share(builders, 1000));
        vm.prank(governance);
        reserve.setSplit(2000, 6000, shares);
        _settlePaid(6, 2);
        _book(2);
        assertEq(reserve.vaultBucket(address(token)), 3);
        assertEq(reserve.beneficiaryBucket(treasury, address(token)), 0);
        assertEq(reserve.beneficiaryBucket(builders, address(token)), 0);
        assertEq(reserve.poolBucket(poolA, address(token)), 2);
        assertEq(reserve.poolBucket(poolB, address(token)), 1);
        _settlePaid(19, 2);
        _book(2);
        assertEq(reserve.vaultBucket(address(token)), 3 + 11);
        assertEq(reserve.beneficiaryBucket(treasury, address(token)), 1);
        assertEq(reserve.beneficiaryBucket(builders, address(token)), 1);
        assertEq(reserve.poolBucket(poolA, address(token)), 2 + 3);
        assertEq(reserve.poolBucket(poolB, address(token)), 1 + 3);
    }

    function test_BooksWhatSeveralTradesHaveEarned() public {
        _settlePaid(600, 2);
        _settlePaid(400, 2);
        assertEq(_book(2), 1000);
        assertEq(reserve.poolBucket(poolA, address(token)), 100);
        _settlePaid(10, 2);
        assertEq(_book(2), 10);
        assertEq(reserve.poolBucket(poolA, address(token)), 101);
        assertEq(reserve.vaultBucket(address(token)), 808);
    }

    /// @dev A change of the split is for profits that come after.
    function test_ASplitIsThatOfItsEpoch() public {
        _settlePaid(1000, 2);
        vm.prank(governance);
        reserve.setSplit(10_000, 0, _noShares());
        _settlePaid(1000, 2);
        reserve.book(1, address(token), _pools(2));
        assertEq(reserve.vaultBucket(address(token)), 800);
        reserve.book(2, address(token), _pools(2));
        assertEq(reserve.vaultBucket(address(token)), 800);
        assertEq(reserve.poolBucket(poolA, address(token)), 600);
    }

    function test_WhetherAPoolIsRegisteredIsAskedAtBooking() public {
        _settlePaid(1000, 2);
        address[] memory pools = new address[](1);
        pools[0] = poolB;
        vm.prank(governance);
        reserve.registerPools(pools, false);
        _book(2);
        assertEq(reserve.poolBucket(poolA, address(token)), 100);
        assertEq(reserve.poolBucket(poolB, address(token)), 0);
        assertEq(reserve.commonPot(address(token)), 100);
    }

    function test_TellsWhereItWent() public {
        vm.prank(governance);
        reserve.setSplit(2000, 7000, _shares(treasury, 1000));
        _settlePaid(1001, 3);
        vm.expectEmit(address(reserve));
        emit ILedger.BeneficiaryCredited(treasury, address(token), 100);
        vm.expectEmit(address(reserve));
        emit ILedger.ProfitBooked(address(token), 1001, 201, 700);
        vm.expectEmit(address(reserve));
        emit ILedger.PoolCredited(poolA, address(token), 67);
        vm.expectEmit(address(reserve));
        emit ILedger.PoolCredited(poolB, address(token), 67);
        vm.expectEmit(address(reserve));
        emit ILedger.PotCredited(address(token), 67);
        _book(3);
    }

    /* PAYING */

    function test_PayVault_StreamsTheVaultsBucket() public {
        fund(address(weth), address(reserve), 10e18);
        vm.prank(address(executor));
        reserve.settle(address(weth), 10e18, _pools(2));
        reserve.book(1, address(weth), _pools(2));
        vm.expectEmit(address(reserve));
        emit ILedger.VaultPaid(address(weth), 8e18);
        vm.prank(stranger);
        assertEq(reserve.payVault(), 8e18);
        assertEq(vault.lockedProfit(), 8e18);
        assertEq(weth.balanceOf(address(vault)), 8e18);
        assertEq(reserve.vaultBucket(address(weth)), 0);
        assertEq(reserve.accounted(address(weth)), 2e18);
        assertEq(weth.allowance(address(reserve), address(vault)), 0);
        vm.expectRevert(abi.encodeWithSelector(ILedger.NothingToPay.selector, weth));
        reserve.payVault();
    }

    function test_PayBeneficiary_IsAnyonesToPush() public {
        vm.prank(governance);
        reserve.setSplit(2000, 7000, _shares(treasury, 1000));
        _settlePaid(1000, 2);
        _book(2);
        vm.expectEmit(address(reserve));
        emit ILedger.BeneficiaryPaid(treasury, address(token), 100);
        vm.prank(stranger);
        assertEq(reserve.payBeneficiary(address(token), treasury), 100);
        assertEq(token.balanceOf(treasury), 100);
        assertEq(reserve.beneficiaryBucket(treasury, address(token)), 0);
        assertEq(reserve.accounted(address(token)), 900);
        vm.expectRevert(abi.encodeWithSelector(ILedger.NothingToPay.selector, token));
        reserve.payBeneficiary(address(token), treasury);
    }

    function test_ABeneficiaryThatCannotBePaidHoldsUpNobody() public {
        FussyToken fussy = new FussyToken(builders);
        Share[] memory shares = new Share[](2);
        (shares[0], shares[1]) = (Share(builders, 3000), Share(treasury, 1000));
        vm.startPrank(governance);
        reserve.listToken(address(fussy), true);
        reserve.setSplit(2000, 4000, shares);
        vm.stopPrank();
        fussy.mint(address(reserve), 1000);
        vm.prank(address(executor));
        reserve.settle(address(fussy), 1000, _pools(2));
        reserve.book(2, address(fussy), _pools(2));
        vm.expectRevert(bytes4(keccak256("TransferFailed()")));
        reserve.payBeneficiary(address(fussy), builders);
        assertEq(reserve.payBeneficiary(address(fussy), treasury), 100);
        assertEq(reserve.beneficiaryBucket(builders, address(fussy)), 300);
        assertEq(reserve.accounted(address(fussy)), 900);
    }

    /* GOVERNANCE */

    function testFuzz_RevertWhen_SharesDoNotAddUp(uint16 poolsBps, uint16 vaultBps, uint16 treasuryBps) public {
        uint256 sum = uint256(poolsBps) + vaultBps + treasuryBps;
        vm.assume(treasuryBps != 0 && sum != 10_000);
        vm.expectRevert(abi.encodeWithSelector(ILedger.SplitIncomplete.selector, sum));
        vm.prank(governance);
        reserve.setSplit(poolsBps, vaultBps, _shares(treasury, treasuryBps));
        assertEq(reserve.currentEpoch(), 1);
    }

    function test_RevertWhen_ASplitNamesNobodyOrNothing() public {
        vm.startPrank(governance);
        vm.expectRevert(ILedger.ZeroAddress.selector);
        reserve.setSplit(2000, 7000, _shares(address(0), 1000));
        vm.expectRevert(abi.encodeWithSelector(ILedger.ShareZero.selector, treasury));
        reserve.setSplit(2000, 8000, _shares(treasury, 0));
        Share[] memory shares = new Share[](33);
        vm.expectRevert(abi.encodeWithSelector(ILedger.TooManyBeneficiaries.selector, 32));
        reserve.setSplit(2000, 8000, shares);
    }

    /// @dev As many as there can be are booked in one transaction, at a cost that is bearable.
    function test_AsManyBeneficiariesAsThereCanBe() public {
        Share[] memory shares = new Share[](32);
        for (uint256 i; i < 32; ++i) {
            shares[i] = Share(address(uint160(0xbe0000 + i)), 250);
        }
        vm.prank(governance);
        reserve.setSplit(2000, 0, shares);
        _settlePaid(40_000, 2);
        _book(2);
        for (uint256 i; i < 32; ++i) {
            assertEq(reserve.beneficiaryBucket(shares[i].beneficiary, address(token)), 1000);
        }
        (uint256 poolsBps, uint256 vaultBps, Share[] memory stored) = reserve.splitOf(2);
        assertEq(poolsBps, 2000);
        assertEq(vaultBps, 0);
        assertEq(abi.encode(stored), abi.encode(shares));
    }

    function test_RevertWhen_BuiltWithoutAnAddress() public {
        vm.expectRevert(ILedger.ZeroAddress.selector);
        this.build(address(0), address(vault), address(weth), 8000);
        vm.expectRevert(ILedger.ZeroAddress.selector);
        this.build(address(manager), address(0), address(weth), 8000);
        vm.expectRevert(ILedger.ZeroAddress.selector);
        this.build(address(manager), address(vault), address(0), 8000);
        vm.expectRevert(abi.encodeWithSelector(ILedger.SplitIncomplete.selector, 10_001));
        this.build(address(manager), address(vault), address(weth), 8001);
        vm.expectRevert(ILedger.ZeroAddress.selector);
        vm.prank(governance);
        reserve.registerPools(new address[](1), true);
    }

    function build(address manager_, address vault_, address wrappedNative, uint16 vaultBps) external {
        create("LiquidityReserve", abi.encode(manager_, vault_, wrappedNative, 2000, vaultBps));
    }

    function test_WhatGovernanceSetsIsTold() public {
        token.mint(address(reserve), 1000);
        reserve.recognise(address(token));
        vm.startPrank(governance);
        Share[] memory shares = _shares(treasury, 1000);
        vm.expectEmit(address(reserve));
        emit ILedger.SplitSet(2, 2000, 7000, shares);
        reserve.setSplit(2000, 7000, shares);
        vm.expectEmit(address(reserve));
        emit ILedger.ExecutorSet(stranger);
        reserve.setExecutor(stranger);
        vm.expectEmit(address(reserve));
        emit ILedger.TokenListed(address(weth), false);
        reserve.listToken(address(weth), false);
        vm.expectEmit(address(reserve));
        emit ILedger.TokenGuarded(address(weth), true);
        reserve.guardToken(address(weth), true);
        vm.expectEmit(address(reserve));
        emit IRegistry.PotSpent(poolA, address(token), 150);
        reserve.spendPot(address(token), poolA, 150);
        vm.expectEmit(address(reserve));
        emit IRegistry.PoolRegistered(poolA, false);
        reserve.registerPools(_pools(1), false);
        vm.expectEmit(address(reserve));
        emit IRegistry.InjectorSet(stranger, true);
        reserve.setInjector(stranger, true);
        vm.expectEmit(address(reserve));
        emit IRegistry.LossCapSet(5e18);
        reserve.setLossCap(5e18);
        vm.expectEmit(address(reserve));
        emit IRegistry.StakersGuardSet(address(weth), 77);
        reserve.setStakersGuard(address(weth), 77);
    }

    function test_TellsWhatWasSet() public {
        assertEq(reserve.executor(), address(executor));
        assertEq(reserve.vault(), address(vault));
        assertEq(reserve.wrappedNative(), address(weth));
        assertTrue(reserve.isListed(address(token)));
        assertFalse(reserve.isListed(stranger));
        for (uint256 i; i < 2; ++i) {
            vm.prank(governance);
            reserve.guardToken(address(token), i == 0);
            (bool listed, bool guarded) = reserve.profitToken(address(token));
            assertTrue(listed);
            assertEq(guarded, i == 0);
        }
    }

    function test_OnlyGovernanceSets() public {
        bytes[] memory calls = new bytes[](6);
        calls[0] = abi.encodeCall(reserve.setSplit, (0, 10_000, _noShares()));
        calls[1] = abi.encodeCall(reserve.listToken, (address(token), false));
        calls[2] = abi.encodeCall(reserve.guardToken, (address(token), true));
        calls[3] = abi.encodeCall(reserve.spendPot, (address(token), poolA, 0));
        calls[4] = abi.encodeCall(reserve.setExecutor, (stranger));
        calls[5] = abi.encodeCall(reserve.registerPools, (_pools(2), false));
        assertGovernancesAlone(address(reserve), calls);
    }
}
