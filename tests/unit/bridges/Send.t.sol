// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IInjection} from "../../../contracts/interfaces/IInjection.sol";
import {IOutposts} from "../../../contracts/interfaces/IOutposts.sol";
import {IRegistry} from "../../../contracts/interfaces/IRegistry.sol";
import {DailyCapLib} from "../../../contracts/types/DailyCap.sol";

import {HostileBridge} from "../../mocks/HostileBridge.sol";
import {Outpost_Test} from "./OutpostTest.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice R7: what leaves, and within which bounds.
contract Send_Test is Outpost_Test {
    /* SENDING */

    function test_Send_MovesFromTheBucketIntoFlight() public {
        vm.expectEmit(address(reserve));
        emit IOutposts.Sent(poolA, address(token), 300e6, AWAY, poolB, inbox);
        send(300e6);
        assertEq(reserve.poolBucket(poolA, address(token)), 700e6);
        assertEq(reserve.poolBucket(poolB, address(token)), 0);
        assertEq(reserve.inFlight(AWAY, address(token)), 300e6);
        assertEq(reserve.accounted(address(token)), 700e6);
        assertEq(token.balanceOf(address(reserve)), 700e6);
        assertEq(token.balanceOf(address(mainnet)), 300e6);
        assertEq(token.balanceOf(address(bridge)), 0);
        assertEq(token.allowance(address(bridge), address(mainnet)), 0);
        assertBooks(address(token));
    }

    function testFuzz_Send_AnyAmountWithinBounds(uint256 amount) public {
        amount = bound(amount, 1, LARGEST);
        send(amount);
        assertEq(reserve.inFlight(AWAY, address(token)), amount);
        assertEq(reserve.poolBucket(poolA, address(token)), BUCKET - amount);
        (uint256 largest, uint256 left) = reserve.sendingCap(address(token));
        assertEq(largest, LARGEST);
        assertEq(left, PER_DAY - amount);
        assertBooks(address(token));
    }

    function test_RevertWhen_NotAKeeperSends() public {
        address[3] memory others = [stranger, guardian, governance];
        for (uint256 i; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IInjection.NotInjector.selector, others[i]));
            vm.prank(others[i]);
            reserve.sendToOutpost(poolA, address(token), 1, AWAY, poolB);
        }
    }

    function test_RevertGiven_ThePoolIsNotRegistered() public {
        address[] memory pools = new address[](1);
        pools[0] = poolA;
        vm.prank(governance);
        reserve.registerPools(pools, false);
        expectRefusal(1, abi.encodeWithSelector(IRegistry.PoolNotRegistered.selector, poolA));
    }

    function test_RevertGiven_TheDestinationIsNotConfirmed() public {
        bytes4 unconfirmed = IOutposts.DestinationUnconfirmed.selector;
        vm.startPrank(keeper);
        vm.expectRevert(abi.encodeWithSelector(unconfirmed, AWAY, poolA));
        reserve.sendToOutpost(poolA, address(token), 1, AWAY, poolA);
        vm.expectRevert(abi.encodeWithSelector(unconfirmed, AWAY + 1, poolB));
        reserve.sendToOutpost(poolA, address(token), 1, AWAY + 1, poolB);
        vm.stopPrank();
        assertTrue(reserve.isConfirmed(AWAY, poolB));
        vm.prank(governance);
        reserve.revokeDestination(AWAY, poolB);
        assertFalse(reserve.isConfirmed(AWAY, poolB));
        expectRefusal(1, abi.encodeWithSelector(unconfirmed, AWAY, poolB));
    }

    function test_RevertGiven_NoBridge() public {
        vm.expectRevert(abi.encodeWithSelector(IOutposts.NoBridge.selector, AWAY, weth));
        vm.prank(keeper);
        reserve.sendToOutpost(poolA, address(weth), 1, AWAY, poolB);
        vm.prank(governance);
        reserve.setBridge(AWAY, address(token), address(0));
        expectRefusal(1, abi.encodeWithSelector(IOutposts.NoBridge.selector, AWAY, token));
    }

    function test_RevertWhen_NothingIsSent() public {
        expectRefusal(0, abi.encodeWithSelector(IOutposts.NothingToSend.selector));
    }

    function test_RevertWhen_MoreThanTheLargestIsSent() public {
        expectRefusal(LARGEST + 1, abi.encodeWithSelector(IOutposts.AboveLargest.selector, LARGEST + 1, LARGEST));
    }

    function test_RevertWhen_MoreThanTheDaysCapIsSent_UntilTheNextDay() public {
        send(300e6);
        bytes memory reached = abi.encodeWithSelector(DailyCapLib.DailyCapReached.selector, 200e6 + 1, 200e6);
        expectRefusal(200e6 + 1, reached);
        send(200e6);
        expectRefusal(1, abi.encodeWithSelector(DailyCapLib.DailyCapReached.selector, 1, 0));
        vm.warp((block.timestamp / 1 days + 1) * 1 days);
        send(200e6 + 1);
        assertEq(reserve.inFlight(AWAY, address(token)), 700e6 + 1);
    }

    /// @dev What others own here is not the pool's to send.
    function test_RevertWhen_MoreThanTheBucketHolds() public {
        token.mint(address(reserve), BUCKET);
        reserve.recognise(address(token));
        vm.prank(governance);
        reserve.setSendingCap(address(token), 2000e6, 2000e6);
        bytes4 above = IInjection.AmountAboveBucket.selector;
        expectRefusal(BUCKET + 1, abi.encodeWithSelector(above, poolA, token, BUCKET + 1, BUCKET));
        send(BUCKET);
    }

    function test_RevertGiven_AHostileBridge() public {
        HostileBridge hostile = new HostileBridge(address(reserve), AWAY);
        vm.prank(governance);
        reserve.setBridge(AWAY, address(token), address(hostile));
        hostile.set(1, false);
        expectRefusal(100e6, abi.encodeWithSelector(IOutposts.SentOtherwise.selector, 100e6, 100e6 - 1));
        hostile.set(0, true);
        expectRefusal(100e6, abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector));
        // As a token might let it that takes more than it is told.
        vm.prank(address(reserve));
        token.approve(address(hostile), 1);
        hostile.set(0, false);
        hostile.takeMore(1);
        expectRefusal(100e6, abi.encodeWithSelector(IOutposts.SentOtherwise.selector, 100e6, 100e6 + 1));
    }

    /* DESTINATIONS */

    function test_RevertWhen_TheDestinationIsNotAsItMustBe() public {
        bytes32 code = inbox.codehash;
        vm.startPrank(governance);
        vm.expectRevert(abi.encodeWithSelector(IOutposts.DestinationHere.selector, block.chainid));
        reserve.confirmDestination(block.chainid, poolA, address(reserve), SEEN, code);
        vm.expectRevert(abi.encodeWithSelector(IOutposts.ReserveElsewhere.selector, stranger));
        reserve.confirmDestination(AWAY, poolA, stranger, SEEN, code);
        vm.expectRevert(abi.encodeWithSelector(IOutposts.CodeDiffers.selector, SEEN, code));
        reserve.confirmDestination(AWAY, poolA, address(reserve), SEEN, SEEN);
        bytes32[2] memory none = [bytes32(0), keccak256("")];
        for (uint256 i; i < 2; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IOutposts.CodeDiffers.selector, none[i], 0));
            reserve.confirmDestination(AWAY, poolA, address(reserve), none[i], code);
        }
        vm.expectEmit(address(reserve));
        emit IOutposts.DestinationConfirmed(AWAY, poolA, SEEN, code);
        reserve.confirmDestination(AWAY, poolA, address(reserve), SEEN, code);
        assertTrue(reserve.isConfirmed(AWAY, poolA));
    }

    function test_RevertWhen_TheBridgeDoesNotFit() public {
        HostileBridge others = new HostileBridge(stranger, AWAY);
        HostileBridge elsewhere = new HostileBridge(address(reserve), AWAY + 1);
        HostileBridge nearer = new HostileBridge(address(reserve), AWAY - 1);
        vm.startPrank(governance);
        vm.expectRevert(abi.encodeWithSelector(IOutposts.BridgeMisfit.selector, nearer));
        reserve.setBridge(AWAY, address(token), address(nearer));
        vm.expectRevert(abi.encodeWithSelector(IOutposts.BridgeMisfit.selector, others));
        reserve.setBridge(AWAY, address(token), address(others));
        vm.expectRevert(abi.encodeWithSelector(IOutposts.BridgeMisfit.selector, elsewhere));
        reserve.setBridge(AWAY, address(token), address(elsewhere));
        vm.expectRevert(abi.encodeWithSelector(IOutposts.DestinationHere.selector, block.chainid));
        reserve.setBridge(block.chainid, address(token), address(bridge));
        assertEq(reserve.bridgeOf(AWAY, address(token)), address(bridge));
    }

    /* FLIGHT AND ROLES */

    function test_ConfirmArrival_TakesOutOfFlight() public {
        send(300e6);
        bytes4 not = IOutposts.NotInFlight.selector;
        vm.startPrank(governance);
        vm.expectRevert(abi.encodeWithSelector(not, AWAY, token, 300e6 + 1, 300e6));
        reserve.confirmArrival(AWAY, address(token), 300e6 + 1);
        vm.expectRevert(abi.encodeWithSelector(not, AWAY + 1, token, 1, 0));
        reserve.confirmArrival(AWAY + 1, address(token), 1);
        vm.expectEmit(address(reserve));
        emit IOutposts.ArrivalConfirmed(AWAY, address(token), 299e6);
        reserve.confirmArrival(AWAY, address(token), 299e6);
        assertEq(reserve.inFlight(AWAY, address(token)), 1e6);
        assertBooks(address(token));
    }

    function test_TheGuardianStopsSending() public {
        vm.prank(guardian);
        reserve.stopSending(address(token));
        (uint256 largest, uint256 left) = reserve.sendingCap(address(token));
        assertEq(largest + left, 0);
        expectRefusal(1, abi.encodeWithSelector(IOutposts.AboveLargest.selector, 1, 0));
    }

    function test_WhatGovernanceSetsIsTold() public {
        vm.startPrank(governance);
        vm.expectEmit(address(reserve));
        emit IOutposts.BridgeSet(AWAY, address(token), address(0));
        reserve.setBridge(AWAY, address(token), address(0));
        vm.expectEmit(address(reserve));
        emit IOutposts.SendingCapSet(address(token), 3e6, 5e6);
        reserve.setSendingCap(address(token), 3e6, 5e6);
        vm.expectEmit(address(reserve));
        emit IOutposts.DestinationRevoked(AWAY, poolB);
        reserve.revokeDestination(AWAY, poolB);
        vm.expectEmit(address(reserve));
        emit IOutposts.WrappedMapped(address(weth), address(token));
        reserve.mapWrapped(address(weth), address(token));
    }

    function test_OnlyGovernanceSets() public {
        bytes[] memory calls = new bytes[](6);
        calls[0] = abi.encodeCall(reserve.setBridge, (AWAY, address(token), address(bridge)));
        calls[1] = abi.encodeCall(reserve.setSendingCap, (address(token), 1, 1));
        calls[2] = abi.encodeCall(reserve.confirmDestination, (AWAY, poolB, address(reserve), SEEN, inbox.codehash));
        calls[3] = abi.encodeCall(reserve.revokeDestination, (AWAY, poolB));
        calls[4] = abi.encodeCall(reserve.confirmArrival, (AWAY, address(token), 0));
        calls[5] = abi.encodeCall(reserve.mapWrapped, (stranger, address(token)));
        assertGovernancesAlone(address(reserve), calls);
        assertRefused(keeper, address(reserve), abi.encodeCall(reserve.stopSending, (address(token))));
    }
}
