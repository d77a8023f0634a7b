// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingVault} from "../../../contracts/interfaces/IStakingVault.sol";
import {Terms} from "../../../contracts/types/Book.sol";

import {Staking_Test} from "./Staking.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {ERC20} from "solady/tokens/ERC20.sol";
import {ERC4626} from "solady/tokens/ERC4626.sol";
import {ReentrancyGuardTransient} from "solady/utils/ReentrancyGuardTransient.sol";

/// @notice Calls the vault again when it is paid native coin.
contract Reenterer {
    bytes public attempt;
    bytes public answer;

    function prepare(bytes calldata attempt_) external {
        attempt = attempt_;
    }

    receive() external payable {
        (, answer) = msg.sender.call(attempt);
    }
}

/// @notice V1, V3, V4, V6: the first deposit, native coin, the guardian, the shares as a token.
contract Deposits_Test is Staking_Test {
    address private constant DEAD = 0x000000000000000000000000000000000000dEaD;

    /* THE FIRST DEPOSIT */

    function test_TheFirstDepositLeavesTheDeadShares() public {
        assertEq(vault.previewDeposit(1e18), 1e24 - 1e9);
        assertEq(_stake(alice, 1e18), 1e24 - 1e9);
        assertEq(vault.balanceOf(DEAD), 1e9);
        assertEq(vault.totalSupply(), 1e24);
        assertEq(_stake(bob, 1e18), 1e24);
        assertEq(_leave(alice), 1e18 - 1000);
    }

    function test_TheFirstMintPaysForTheDeadShares() public {
        assertEq(vault.previewMint(1e24), 1e18 + 1000);
        _endow(alice, 1e18 + 1000);
        vm.prank(alice);
        assertEq(vault.mint(1e24, alice), 1e18 + 1000);
        assertEq(vault.balanceOf(alice), 1e24);
    }

    function test_RevertWhen_TheFirstDepositIsTooSmall() public {
        _endow(alice, 1000);
        vm.startPrank(alice);
        for (uint256 assets; assets <= 1000; assets += 500) {
            vm.expectRevert(IStakingVault.FirstDepositTooSmall.selector);
            vault.deposit(assets, alice);
        }
    }

    /// @dev Whoever pays, for whom, and to whom.
    function test_DepositsAndWithdrawalsAreTold() public {
        _stake(alice, 1e18);
        _endow(bob, 3e18);
        vm.expectEmit(address(vault));
        emit ERC4626.Deposit(bob, alice, 3e18, 3e24);
        vm.expectEmit(address(vault));
        emit ERC20.Transfer(address(0), alice, 3e24);
        vm.prank(bob);
        vault.deposit(3e18, alice);
        vm.prank(alice);
        vault.approve(bob, 2e24);
        vm.expectEmit(address(vault));
        emit ERC20.Transfer(alice, address(0), 2e24);
        vm.expectEmit(address(vault));
        emit ERC4626.Withdraw(bob, stranger, alice, 2e18, 2e24);
        vm.prank(bob);
        vault.withdraw(2e18, stranger, alice);
    }

    /// @dev V3: a donation moves no price.
    function testFuzz_ADonationMovesNothing(uint256 donation) public {
        _stake(alice, 5e18);
        uint256 price = vault.convertToAssets(1e24);
        fund(address(weth), address(vault), bound(donation, 1, 1e27));
        assertEq(vault.convertToAssets(1e24), price);
        assertEq(vault.totalAssets(), 5e18);
    }

    /// @dev The dead shares pay for roundings: after gains and losses all who live can leave, each whole to the unit.
    function testFuzz_EverybodyCanLeave(uint256 a, uint256 b, uint256 profit) public {
        _stake(alice, bound(a, 1e18, 1e24));
        _stake(bob, bound(b, 1, 1e24));
        _profit(bound(profit, 1, 1e24));
        skip(3 days);
        uint256 due = vault.maxWithdraw(bob);
        _leave(alice);
        assertGe(_leave(bob), due);
        assertEq(vault.totalSupply(), 1e9);
    }

    /* CAP */

    function test_TheCapBoundsDeposits() public {
        _stake(alice, 5e18);
        vm.prank(governance);
        vault.setDepositCap(8e18);
        assertEq(vault.depositCap(), 8e18);
        assertEq(vault.maxDeposit(bob), 3e18);
        _endow(bob, 4e18);
        vm.startPrank(bob);
        vm.expectRevert(ERC4626.DepositMoreThanMax.selector);
        vault.deposit(3e18 + 1, bob);
        vault.deposit(3e18, bob);
    }

    /* GUARDIAN */

    function test_DepositsCanBeStopped_WithdrawalsNever() public {
        _stake(alice, 100e18);
        vm.prank(guardian);
        vault.stopDeposits(true);
        assertTrue(vault.depositsStopped());
        assertEq(vault.maxDeposit(bob), 0);
        assertEq(vault.maxMint(bob), 0);
        _endow(bob, 1e18);
        vm.prank(bob);
        vm.expectRevert(ERC4626.DepositMoreThanMax.selector);
        vault.deposit(1e18, bob);
        assertEq(_leave(alice), 100e18 - 1000);
        vm.prank(guardian);
        vault.stopDeposits(false);
        vm.prank(bob);
        vault.deposit(1e18, bob);
    }

    function test_WhatGuardianAndGovernanceDoIsTold() public {
        vm.startPrank(guardian);
        for (uint256 i; i < 2; ++i) {
            vm.expectEmit(address(vault));
            emit IStakingVault.DepositsStopped(i == 0);
            vault.stopDeposits(i == 0);
        }
        vm.stopPrank();
        vm.startPrank(governance);
        vm.expectEmit(address(vault));
        emit IStakingVault.DepositCapSet(8e18);
        vault.setDepositCap(8e18);
        vm.expectEmit(address(vault));
        emit IStakingVault.ShutDown();
        vault.shutDown();
        vm.stopPrank();
    }

    function test_RevertWhen_TheCallerHasNotTheRole() public {
        bytes[4] memory calls = [
            abi.encodeCall(vault.stopDeposits, (true)),
            abi.encodeCall(vault.shutDown, ()),
            abi.encodeCall(vault.setDepositCap, (0)),
            abi.encodeCall(vault.setYieldShare, (stranger, 1))
        ];
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(keeper);
            (bool done, bytes memory reason) = address(vault).call(calls[i]);
            assertFalse(done);
            assertEq(reason, abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, keeper));
        }
    }

    /* NATIVE COIN */

    function test_NativeCoinInAndOut() public {
        _stake(bob, 10e18);
        vm.deal(alice, 5e18);
        vm.startPrank(alice);
        uint256 preview = vault.previewDeposit(5e18);
        assertEq(vault.depositNative{value: 5e18}(alice), preview);
        assertEq(weth.balanceOf(address(vault)), 15e18);
        assertEq(vault.redeemNative(preview, alice, alice), 5e18);
        assertEq(alice.balance, 5e18);
        assertEq(address(vault).balance, 0);
    }

    function test_NativeCoinIsTakenFromTheWrappedCoinAlone() public {
        vm.deal(stranger, 1e18);
        vm.prank(stranger);
        (bool done, bytes memory reason) = address(vault).call{value: 1e18}("");
        assertFalse(done);
        assertEq(reason, abi.encodeWithSelector(IStakingVault.NativeUnexpected.selector, stranger));
    }

    function test_OthersRedeemNativeCoinTheyAreAllowed() public {
        _stake(alice, 5e18);
        vm.prank(bob);
        vm.expectRevert(ERC20.InsufficientAllowance.selector);
        vault.redeemNative(1, bob, alice);
    }

    function test_WhoIsPaidNativeCoinCannotComeBack() public {
        Reenterer reenterer = new Reenterer();
        _endow(address(reenterer), 5e18);
        vm.startPrank(address(reenterer));
        uint256 shares = vault.deposit(5e18, address(reenterer));
        bytes[8] memory attempts = [
            abi.encodeCall(vault.redeemNative, (1e18, stranger, address(reenterer))),
            abi.encodeCall(vault.redeem, (1e18, stranger, address(reenterer))),
            abi.encodeCall(vault.withdraw, (1, stranger, address(reenterer))),
            abi.encodeCall(vault.deposit, (1, stranger)),
            abi.encodeCall(vault.mint, (1, stranger)),
            abi.encodeCall(vault.depositNative, (stranger)),
            abi.encodeCall(vault.requestExit, (1, address(reenterer))),
            abi.encodeCall(vault.claimExit, (0, 1, stranger))
        ];
        for (uint256 i; i < attempts.length; ++i) {
            reenterer.prepare(attempts[i]);
            vault.redeemNative(shares / 10, address(reenterer), address(reenterer));
            assertEq(reenterer.answer(), abi.encodeWithSelector(ReentrancyGuardTransient.Reentrancy.selector));
        }
    }

    function test_RevertWhen_TheAssetIsNotNative() public {
        Terms memory terms = _terms();
        terms.native = false;
        _replaceVault(address(weth), terms);
        vm.deal(alice, 1e18);
        vm.startPrank(alice);
        vm.expectRevert(IStakingVault.AssetNotNative.selector);
        vault.depositNative{value: 1e18}(alice);
        vm.expectRevert(IStakingVault.AssetNotNative.selector);
        vault.redeemNative(1, alice, alice);
        vm.stopPrank();
        vm.prank(governance);
        vm.expectRevert(IStakingVault.AssetNotNative.selector);
        vault.setYieldShare(stranger, 1);
    }

    /* THE SHARES AS A TOKEN */

    function test_Permit() public {
        (address owner, uint256 key) = makeAddrAndKey("owner");
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 content = keccak256(abi.encode(typeHash, owner, alice, 5, 0, block.timestamp));
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", vault.DOMAIN_SEPARATOR(), content));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        vault.permit(owner, alice, 5, block.timestamp, v, r, s);
        assertEq(vault.allowance(owner, alice), 5);
        assertEq(vault.nonces(owner), 1);
        vm.expectRevert(ERC20.InvalidPermit.selector);
        vault.permit(owner, alice, 5, block.timestamp, v, r, s);
    }

    /// @dev Solady's ERC-20 would allow it everything.
    function test_Permit2IsAllowedNothing() public {
        address permit2 = 0x000000000022D473030F116dDEE9F6B43aC78BA3;
        assertEq(vault.allowance(alice, permit2), 0);
        _stake(alice, 1e18);
        vm.prank(permit2);
        vm.expectRevert(ERC20.InsufficientAllowance.selector);
        vault.transferFrom(alice, permit2, 1);
    }

    function testFuzz_TheSupplyIsTheSumOfBalances(uint256 a, uint256 b, uint256 sent) public {
        _stake(alice, bound(a, 1e18, 1e24));
        _stake(bob, bound(b, 1, 1e24));
        sent = bound(sent, 0, vault.balanceOf(alice));
        vm.prank(alice);
        vault.transfer(stranger, sent);
        uint256 sum = vault.balanceOf(alice) + vault.balanceOf(bob) + vault.balanceOf(stranger) + 1e9;
        assertEq(vault.totalSupply(), sum);
    }

    /// @dev As ERC-4626 has it of Solady: 18, and the virtual shares' six.
    function test_Decimals_OfAnAssetThatSaysNone() public {
        Terms memory terms = _terms();
        terms.native = false;
        _replaceVault(address(this), terms);
        assertEq(vault.decimals(), 24);
    }

    function test_NamesAndDecimals() public view {
        assertEq(vault.name(), "Millrace Staked ETH");
        assertEq(vault.symbol(), "mrETH");
        assertEq(vault.decimals(), 24);
        assertEq(vault.asset(), address(weth));
    }
}
