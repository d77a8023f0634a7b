// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingVault} from "../../../contracts/interfaces/IStakingVault.sol";

import {StakingVault} from "../../../contracts/StakingVault.sol";
import {Staking_Test} from "./Staking.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

contract Stream_Test is Staking_Test {
    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");
    uint256 internal start;

    function setUp() public override {
        super.setUp();
        start = block.timestamp;
        _stake(alice, 100e18);
    }

    function test_RevertWhen_CallerIsNotTheReserve() public {
        address[4] memory others = [stranger, keeper, guardian, address(executor)];
        for (uint256 i; i < others.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, others[i]));
            vm.prank(others[i]);
            vault.addProfit(1);
        }
    }

    function test_RevertWhen_ProfitIsZero() public {
        vm.expectRevert(IStakingVault.ProfitZero.selector);
        vm.prank(address(reserve));
        vault.addProfit(0);
    }

    function test_RevertWhen_PeriodIsZero() public {
        vm.expectRevert(IStakingVault.PeriodZero.selector);
        new StakingVault(address(manager), weth, "", "", 0);
    }

    function testFuzz_AProfitDoesNotMoveThePriceAtOnce(uint256 amount) public {
        amount = bound(amount, 1, 1e27);
        uint256 price = vault.convertToAssets(1e24);
        _profit(amount);
        assertEq(vault.convertToAssets(1e24), price);
        assertEq(vault.lockedProfit(), amount);
    }

    function testFuzz_UnlocksInAStraightLine(uint256 elapsed) public {
        elapsed = bound(elapsed, 0, 14 days);
        _profit(7e18);
        vm.warp(start + elapsed);
        uint256 unlocked = elapsed >= 7 days ? 7e18 : 7e18 * elapsed / 7 days;
        assertEq(vault.totalAssets(), 100e18 + unlocked);
        assertEq(vault.lockedProfit(), 7e18 - unlocked);
    }

    /// @dev However often somebody else comes and goes in between, the line is the same but for a wei a booking.
    function testFuzz_BookingsDoNotBendTheLine(uint256 seed) public {
        _profit(7e18);
        for (uint256 i; i < 8; ++i) {
            uint256 left = start + 7 days - block.timestamp;
            vm.warp(block.timestamp + uint256(keccak256(abi.encode(seed, i))) % (left / 2));
            _stake(bob, 1e18);
            _leave(bob);
        }
        uint256 straight = 7e18 * (block.timestamp - start) / 7 days;
        assertApproxEqAbs(vault.totalAssets(), 100e18 + straight, 40);
        vm.warp(start + 7 days);
        assertEq(vault.lockedProfit(), 0);
    }

    function test_OverlappingProfitEndsAtTheWeightedAverage() public {
        _profit(6e18);
        vm.warp(start + 3.5 days);
        _profit(3e18);
        // 3 left of the first for 3.5 days, and 3 for 7: 5.25 days.
        assertEq(vault.streamEnd(), block.timestamp + 5.25 days);
        assertEq(vault.lockedProfit(), 6e18);
        vm.warp(block.timestamp + 5.25 days);
        assertEq(vault.totalAssets(), 109e18);
    }

    function test_TheStreamRestsWhileNobodyHoldsShares() public {
        _profit(7e18);
        vm.warp(start + 1 days);
        _leave(alice);
        vm.warp(start + 31 days);
        assertEq(vault.streamEnd(), start + 37 days);
        uint256 locked = vault.lockedProfit();
        assertApproxEqAbs(locked, 6e18, 10);
        _stake(bob, 1e18);
        assertEq(vault.lockedProfit(), locked);
        vm.warp(start + 34 days);
        assertApproxEqAbs(vault.lockedProfit(), 3e18, 10);
    }

    /// @dev V2: a block before, a block after.
    function testFuzz_SnipingAProfitGainsNothing(uint256 stake, uint256 amount) public {
        stake = bound(stake, 1e12, 10_000e18);
        amount = bound(amount, 1e12, 100e18);
        _stake(bob, stake);
        _profit(amount);
        vm.warp(block.timestamp + 12);
        uint256 gain = _leave(bob) - stake;
        assertLe(gain, amount * 12 / 7 days);
    }

    function test_DepositsCanBeStopped_WithdrawalsNever() public {
        vm.prank(guardian);
        vault.stopDeposits(true);
        assertEq(vault.maxDeposit(bob), 0);
        assertEq(vault.maxMint(bob), 0);
        fund(address(weth), bob, 1e18);
        vm.startPrank(bob);
        weth.approve(address(vault), 1e18);
        vm.expectRevert();
        vault.deposit(1e18, bob);
        vm.stopPrank();
        assertEq(_leave(alice), 100e18);
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, stranger));
        vm.prank(stranger);
        vault.stopDeposits(false);
    }
}
