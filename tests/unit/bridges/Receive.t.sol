// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IInbox} from "../../../contracts/interfaces/IInbox.sol";
import {ILedger} from "../../../contracts/interfaces/ILedger.sol";
import {IOutposts} from "../../../contracts/interfaces/IOutposts.sol";
import {IRegistry} from "../../../contracts/interfaces/IRegistry.sol";
import {IAggLayerOutpost} from "../../../script/deployment/Interfaces.sol";

import {Claim, ModelAggLayer} from "../../mocks/ModelAggLayer.sol";
import {RecognisingToken} from "../../mocks/RecognisingToken.sol";
import {Outpost_Test} from "./OutpostTest.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @notice R7: what arrives, and whose it is.
contract Receive_Test is Outpost_Test {
    /* INBOXES */

    /// @dev Whatever else differs there.
    function test_AnInboxHasOneAddressOnEveryChain() public {
        address where = makeAddr("a reserve");
        address[2] memory inboxes;
        for (uint256 i; i < 2; ++i) {
            uint256 before = vm.snapshotState();
            vm.chainId(i + 1);
            address vault_ = i == 0 ? address(vault) : stranger;
            bytes memory arguments = abi.encode(manager, vault_, weth, 2000 + i * 1000, 8000 - i * 1000);
            deployCodeTo("LiquidityReserve.sol:LiquidityReserve", arguments, where);
            inboxes[i] = IOutposts(where).inboxOf(poolB);
            assertEq(IOutposts(where).openInbox(poolB), inboxes[i]);
            assertEq(IInbox(inboxes[i]).reserve(), where);
            vm.revertToState(before);
        }
        assertEq(inboxes[0], inboxes[1]);
        assertTrue(inboxes[0] != inbox);
    }

    function test_OpenInbox_OnePoolOneInbox() public {
        assertEq(inbox, reserve.inboxOf(poolB));
        assertEq(reserve.poolOfInbox(inbox), poolB);
        address other = reserve.inboxOf(poolA);
        assertEq(other.code.length, 0);
        assertEq(reserve.poolOfInbox(other), address(0));
        vm.expectEmit(address(reserve));
        emit IOutposts.InboxOpened(poolA, other);
        vm.prank(stranger);
        assertEq(reserve.openInbox(poolA), other);
        assertEq(reserve.openInbox(poolA), other);
        assertEq(other.codehash, inbox.codehash);
        assertEq(reserve.poolOfInbox(other), poolA);
        vm.expectRevert(ILedger.ZeroAddress.selector);
        reserve.openInbox(address(0));
    }

    /* FLUSHING */

    function testFuzz_Flush_CreditsThatPoolAlone(uint128 amount, uint128 unannounced) public {
        amount = uint128(bound(amount, 1, type(uint128).max));
        token.mint(inbox, amount);
        token.mint(address(reserve), unannounced);
        vm.expectEmit(address(reserve));
        emit IOutposts.Received(poolB, address(token), amount);
        vm.prank(stranger);
        assertEq(IInbox(inbox).flush(address(token)), amount);
        assertEq(reserve.poolBucket(poolB, address(token)), amount);
        assertEq(reserve.poolBucket(poolA, address(token)), BUCKET);
        assertEq(reserve.accounted(address(token)), BUCKET + amount);
        assertEq(token.balanceOf(inbox), 0);
        assertEq(token.allowance(inbox, address(reserve)), 0);
        assertBooks(address(token));
        vm.expectRevert(abi.encodeWithSelector(IInbox.NothingArrived.selector, token));
        IInbox(inbox).flush(address(token));
    }

    function test_Flush_WaitsUntilTheTokenIsListed() public {
        token.mint(inbox, 5e6);
        vm.prank(governance);
        reserve.listToken(address(token), false);
        vm.expectRevert(abi.encodeWithSelector(ILedger.TokenNotListed.selector, token));
        IInbox(inbox).flush(address(token));
        assertEq(token.balanceOf(inbox), 5e6);
        vm.prank(governance);
        reserve.listToken(address(token), true);
        IInbox(inbox).flush(address(token));
        assertEq(reserve.poolBucket(poolB, address(token)), 5e6);
    }

    /// @dev It is that pool's, and never the pot's.
    function test_Flush_WaitsUntilThePoolIsRegistered() public {
        token.mint(inbox, 5e6);
        address[] memory pools = new address[](1);
        pools[0] = poolB;
        vm.prank(governance);
        reserve.registerPools(pools, false);
        vm.expectRevert(abi.encodeWithSelector(IRegistry.PoolNotRegistered.selector, poolB));
        IInbox(inbox).flush(address(token));
        assertEq(reserve.commonPot(address(token)), 0);
        vm.prank(governance);
        reserve.registerPools(pools, true);
        IInbox(inbox).flush(address(token));
        assertEq(reserve.poolBucket(poolB, address(token)), 5e6);
    }

    /// @dev What came would be the pool's and everyone's.
    function test_RevertWhen_ATokenCallsTheReserveInTheMiddle() public {
        RecognisingToken calling = new RecognisingToken(reserve);
        vm.prank(governance);
        reserve.listToken(address(calling), true);
        calling.mint(inbox, 5e6);
        // The transfer fails, by the lock.
        vm.expectRevert(SafeTransferLib.TransferFromFailed.selector);
        IInbox(inbox).flush(address(calling));
    }

    function test_RevertWhen_NotAnInboxDelivers() public {
        address[3] memory others = [stranger, address(bridge), reserve.inboxOf(poolA)];
        for (uint256 i; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IOutposts.NotInbox.selector, others[i]));
            vm.prank(others[i]);
            reserve.receiveBridged(address(token), 0);
        }
    }

    /* CLAIMS */

    function test_Claim_ByAStranger_ArrivesInThatPoolsBucket() public {
        send(300e6);
        Claim memory claim = _announced(300e6);
        (bool done,) = submit(rollup, claim);
        assertTrue(done);
        address wrapped = rollup.getTokenWrappedAddress(0, address(token));
        assertEq(IERC20(wrapped).balanceOf(inbox), 300e6);
        vm.expectRevert(abi.encodeWithSelector(ILedger.TokenNotListed.selector, wrapped));
        IInbox(inbox).flush(wrapped);
        vm.prank(governance);
        reserve.mapWrapped(wrapped, address(token));
        assertEq(reserve.originOf(wrapped), address(token));
        vm.prank(stranger);
        IInbox(inbox).flush(wrapped);
        assertEq(reserve.poolBucket(poolB, wrapped), 300e6);
        assertEq(reserve.poolBucket(poolA, wrapped), 0);
        assertEq(reserve.poolBucket(poolB, address(token)), 0);
        assertBooks(wrapped);
        assertBooks(address(token));
        assertFalse(reserve.isListed(wrapped));
    }

    function test_RevertWhen_ClaimedTwice() public {
        send(300e6);
        Claim memory claim = _announced(300e6);
        submit(rollup, claim);
        _expectClaimRefused(claim, ModelAggLayer.AlreadyClaimed.selector);
        assertEq(ModelAggLayer.AlreadyClaimed.selector, bytes4(0x646cf558));
    }

    function test_RevertWhen_TheClaimIsNotWhatLeft() public {
        send(300e6);
        Claim memory claim = _announced(300e6);
        claim.smtProofLocalExitRoot[7] ^= bytes32(uint256(1));
        _expectClaimRefused(claim, ModelAggLayer.InvalidSmtProof.selector);
        claim = firstClaim(300e6 + 1);
        _expectClaimRefused(claim, ModelAggLayer.InvalidSmtProof.selector);
        claim = firstClaim(300e6);
        claim.destinationAddress = stranger;
        _expectClaimRefused(claim, ModelAggLayer.InvalidSmtProof.selector);
        claim = firstClaim(300e6);
        ++claim.globalIndex;
        _expectClaimRefused(claim, ModelAggLayer.InvalidSmtProof.selector);
        claim = firstClaim(300e6);
        claim.mainnetExitRoot = SEEN;
        _expectClaimRefused(claim, ModelAggLayer.GlobalExitRootInvalid.selector);
        (bool done,) = submit(rollup, firstClaim(300e6));
        assertTrue(done);
    }

    /// @dev A failed or a finished stay: what went out comes back to the pool that it is sent to, as what it was.
    function test_WhatComesHome_IsTheTokenThatLeft() public {
        send(300e6);
        submit(rollup, _announced(300e6));
        address wrapped = rollup.getTokenWrappedAddress(0, address(token));
        IAggLayerOutpost back =
            IAggLayerOutpost(create("AggLayerBridge", abi.encode(address(reserve), address(rollup), AWAY, 0)));
        vm.startPrank(governance);
        reserve.mapWrapped(wrapped, address(token));
        reserve.setBridge(AWAY, wrapped, address(back));
        reserve.setSendingCap(wrapped, LARGEST, PER_DAY);
        vm.stopPrank();
        IInbox(inbox).flush(wrapped);
        vm.prank(keeper);
        reserve.sendToOutpost(poolB, wrapped, 300e6, AWAY, poolB);
        assertEq(IERC20(wrapped).totalSupply(), 0);
        assertEq(IERC20(wrapped).allowance(address(back), address(rollup)), 0);
        Claim memory claim = claimOf(address(token), 300e6, 0, 0);
        claim.rollupExitRoot = _rollupRoot(rollup.exitRoot());
        mainnet.acceptExitRoots(0, claim.rollupExitRoot);
        (bool done,) = submit(mainnet, claim);
        assertTrue(done);
        IInbox(inbox).flush(address(token));
        assertEq(reserve.poolBucket(poolB, address(token)), 300e6);
        assertBooks(address(token));
    }

    function test_RevertWhen_MappedToAnUnlistedToken() public {
        vm.startPrank(governance);
        vm.expectRevert(abi.encodeWithSelector(ILedger.TokenNotListed.selector, stranger));
        reserve.mapWrapped(address(weth), stranger);
        vm.expectRevert(ILedger.ZeroAddress.selector);
        reserve.mapWrapped(address(0), address(token));
        reserve.mapWrapped(address(weth), address(token));
        reserve.mapWrapped(address(weth), address(0));
        assertEq(reserve.originOf(address(weth)), address(0));
    }

    function _announced(uint256 amount) private returns (Claim memory claim) {
        claim = firstClaim(amount);
        rollup.acceptExitRoots(claim.mainnetExitRoot, 0);
    }

    function _expectClaimRefused(Claim memory claim, bytes4 reason) private {
        (bool done, bytes memory data) = submit(rollup, claim);
        assertFalse(done);
        assertEq(bytes4(data), reason);
    }

    /// @dev The first rollup of the tree.
    function _rollupRoot(bytes32 node) private pure returns (bytes32) {
        bytes32 zero;
        for (uint256 i; i < 32; ++i) {
            node = keccak256(abi.encodePacked(node, zero));
            zero = keccak256(abi.encodePacked(zero, zero));
        }
        return node;
    }
}
