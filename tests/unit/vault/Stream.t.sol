// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingVault} from "../../../contracts/interfaces/IStakingVault.sol";
import {Terms} from "../../../contracts/types/Book.sol";

import {Staking_Test} from "./Staking.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

/// @notice V2: how profit becomes the stakers'.
contract Stream_Test is Staking_Test {
    uint256 internal start;

    function setUp() public override {
        super.setUp();
        start = block.timestamp;
        _stake(alice, 100e18);
    }

    /* ADDING */

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

    function testFuzz_AProfitDoesNotMoveThePriceAtOnce(uint256 amount) public {
        amount = bound(amount, 1, 1e26);
        uint256 price = vault.convertToAssets(1e24);
        _profit(amount);
        assertEq(vault.convertToAssets(1e24), price);
        assertEq(vault.lockedProfit(), amount);
    }

    function test_AddingIsTold() public {
        _profit(6e18);
        skip(3.5 days);
        _endow(address(reserve), 3e18);
        vm.expectEmit(address(vault));
        emit IStakingVault.ProfitAdded(address(reserve), 3e18, 6e18, block.timestamp + 5.25 days);
        vm.prank(address(reserve));
        vault.addProfit(3e18);
    }

    function test_OverlappingProfitEndsAtTheWeightedAverage() public {
        _profit(6e18);
        skip(3.5 days);
        _profit(3e18);
        // 3 left of the first for 3.5 days, and 3 for 7: 5.25 days.
        assertEq(vault.streamEnd(), block.timestamp + 5.25 days);
        assertEq(vault.lockedProfit(), 6e18);
        skip(5.25 days);
        assertEq(vault.totalAssets(), 109e18);
    }

    function test_AnOverlapNeverEndsBeforeTheFloor() public {
        _profit(7e18);
        skip(6.9 days);
        _profit(1e9);
        assertEq(vault.streamEnd(), block.timestamp + 1 days);
    }

    /// @dev No two profits are streamed faster together than they would be apart.
    function testFuzz_AnOverlapIsNoFasterThanItsParts(uint256 first, uint256 second, uint256 elapsed) public {
        (first, second) = (bound(first, 1e15, 7e18), bound(second, 1e15, 7e18));
        elapsed = bound(elapsed, 0, 7 days - 1);
        _profit(first);
        skip(elapsed);
        uint256 locked = vault.lockedProfit();
        uint256 apart = locked * 1e18 / (7 days - elapsed) + second * 1e18 / 7 days;
        _profit(second);
        assertLe((locked + second) * 1e18 / (vault.streamEnd() - block.timestamp), apart + 1e18);
    }

    /* TIME */

    function testFuzz_UnlocksInAStraightLine(uint256 elapsed) public {
        elapsed = bound(elapsed, 0, 14 days);
        _profit(7e18);
        skip(elapsed);
        uint256 unlocked = elapsed >= 7 days ? 7e18 : 7e18 * elapsed / 7 days;
        assertEq(vault.totalAssets(), 100e18 + unlocked);
        assertEq(vault.lockedProfit(), 7e18 - unlocked);
    }

    /// @dev Rounded up while it is locked: the last second brings it.
    function test_AProfitOfOneUnitIsStreamedToo() public {
        _profit(1);
        skip(7 days - 1);
        assertEq(vault.lockedProfit(), 1);
        skip(1);
        assertEq(vault.lockedProfit(), 0);
        assertEq(vault.totalAssets(), 100e18 + 1);
    }

    /// @dev However often somebody else comes and goes in between, the line is the same.
    function testFuzz_BookingsDoNotBendTheLine(uint256 seed) public {
        _profit(7e18);
        for (uint256 i; i < 8; ++i) {
            uint256 left = start + 7 days - block.timestamp;
            skip(uint256(keccak256(abi.encode(seed, i))) % (left / 2));
            _stake(bob, 1e18);
            _leave(bob);
        }
        uint256 straight = 7e18 * (block.timestamp - start) / 7 days;
        assertEq(vault.lockedProfit(), 7e18 - straight);
        assertApproxEqAbs(vault.totalAssets(), 100e18 + straight, 16);
        vm.warp(start + 7 days);
        assertEq(vault.lockedProfit(), 0);
    }

    /* THE CAP */

    /// @dev 1e12 of 1e18 a second: of 100 coins, 1e14 units.
    function test_ProfitAboveTheCapTakesLonger() public {
        _profit(1000e18);
        assertEq(vault.streamEnd(), block.timestamp + 1e7);
        skip(1);
        assertEq(vault.totalAssets(), 100e18 + 1e14);
        skip(1e7 - 1);
        assertEq(vault.totalAssets(), 1100e18);
    }

    /// @dev Half of the stake leaves: the cap is half, and so the stream takes twice as long.
    function test_WhoLeavesLengthensTheStream() public {
        _profit(60e18);
        assertEq(vault.streamEnd(), block.timestamp + 7 days);
        uint256 half = vault.balanceOf(alice) / 2;
        vm.prank(alice);
        vault.redeem(half, alice, alice);
        assertApproxEqAbs(vault.streamEnd(), block.timestamp + 1.2e6, 2);
        uint256 before = vault.totalAssets();
        skip(1);
        assertLe(vault.totalAssets() - before, before / 1e6);
    }

    /// @dev What the cap held back is not handed to who comes with much, but goes on as a new profit would.
    function test_WhoComesWithMuchDoesNotHastenWhatWasHeldBack() public {
        _profit(1000e18);
        skip(1 days);
        _stake(bob, 1e6 * 1e18);
        assertEq(vault.streamEnd(), block.timestamp + 7 days);
        skip(12);
        assertLe(_leave(bob), 1e6 * 1e18 + uint256(1000e18) * 12 / 7 days);
    }

    function testFuzz_TheCapHoldsAfterEveryChange(uint256 profit, uint256 more, uint256 less, uint256 elapsed) public {
        _profit(bound(profit, 1, 1e23));
        skip(bound(elapsed, 1, 30 days));
        _stake(bob, bound(more, 1e18, 1e24));
        _assertCapped();
        skip(bound(elapsed, 1, 30 days));
        uint256 shares = bound(less, 1, vault.balanceOf(bob));
        vm.prank(bob);
        vault.redeem(shares, bob, bob);
        _assertCapped();
    }

    function _assertCapped() private {
        uint256 before = vault.totalAssets();
        uint256 state = vm.snapshotState();
        skip(100);
        assertLe(vault.totalAssets() - before, before * 1e12 * 100 / 1e18 + 1);
        vm.revertToState(state);
    }

    /// @dev More than 2^87 units locked, of which half are left when the line is drawn anew.
    function test_TheLargestProfit() public {
        _profit(2 ** 87);
        assertEq(vault.streamEnd(), block.timestamp + type(uint32).max);
        skip(uint256(type(uint32).max) / 2 + 1);
        assertEq(vault.lockedProfit(), 2 ** 87 - 2 ** 87 * (uint256(type(uint32).max) / 2 + 1) / type(uint32).max);
        uint256 locked = vault.lockedProfit();
        _profit(1);
        assertEq(vault.lockedProfit(), locked + 1);
    }

    /* REST */

    function test_TheStreamRestsWhileTooFewSharesLive() public {
        _profit(7e18);
        skip(1 days);
        _stake(bob, 0.05e18);
        _leave(alice);
        uint256 locked = vault.lockedProfit();
        assertApproxEqAbs(locked, 6e18, 10);
        skip(30 days);
        assertEq(vault.lockedProfit(), locked);
        assertEq(vault.streamEnd(), block.timestamp + 6 days);
        _stake(alice, 100e18);
        assertEq(vault.lockedProfit(), locked);
        assertEq(vault.streamEnd(), block.timestamp + 6 days);
        skip(3 days);
        assertApproxEqAbs(vault.lockedProfit(), 3e18, 10);
    }

    /// @dev The dead shares do not count: of those that live, a tenth of a coin's is enough, and one less is not.
    function test_TheStreamRunsWhileJustEnoughSharesLive() public {
        _replaceVault(address(weth), _terms());
        _stake(alice, 0.1e18 + 1000);
        assertEq(vault.balanceOf(alice), LIVING_FLOOR);
        _profit(7e9);
        skip(1 days);
        assertEq(vault.lockedProfit(), 6e9);
        vm.prank(alice);
        vault.redeem(1, alice, alice);
        skip(30 days);
        assertEq(vault.lockedProfit(), 6e9);
    }

    /// @dev Be it one unit that is left.
    function test_ARestHoldsUpOneUnitToo() public {
        _profit(1);
        skip(1 days);
        _leave(alice);
        skip(30 days);
        _stake(alice, 100e18);
        assertEq(vault.lockedProfit(), 1);
        assertEq(vault.streamEnd(), block.timestamp + 6 days);
    }

    /// @dev What was streamed while nothing was booked stays streamed when the stream goes to rest.
    function test_AFinishedStreamStaysFinishedThroughARest() public {
        _profit(7e18);
        skip(8 days);
        _stake(bob, 0.05e18);
        uint256 total = vault.totalAssets();
        uint256 paid = _leave(alice);
        assertEq(vault.totalAssets(), total - paid);
        assertEq(vault.lockedProfit(), 0);
    }

    function test_ProfitBeforeTheFirstStakeWaitsForIt() public {
        _replaceVault(address(weth), _terms());
        _profit(7e18);
        skip(30 days);
        assertEq(vault.lockedProfit(), 7e18);
        _stake(bob, 100e18);
        assertEq(vault.lockedProfit(), 7e18);
        skip(7 days);
        assertEq(vault.lockedProfit(), 0);
    }

    /* SNIPING */

    /// @dev V2: a block before, a block after.
    function testFuzz_SnipingAProfitGainsNothing(uint256 stake, uint256 amount) public {
        stake = bound(stake, 1e12, 10_000e18);
        amount = bound(amount, 1e12, 100e18);
        _stake(bob, stake);
        _profit(amount);
        skip(12);
        uint256 back = _leave(bob);
        assertLe(back, stake + amount * 12 / 7 days);
    }

    /* TERMS */

    /// @notice A call of its own: what is deployed by artifact would end the test with its revert.
    function construct(Terms calldata terms) external {
        create("StakingVault", abi.encode(address(manager), address(weth), "", "", terms));
    }

    function test_RevertWhen_ThePeriodIsZeroOrTooLong() public {
        Terms memory terms = _terms();
        (terms.streamPeriod, terms.streamFloor) = (0, 0);
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.PeriodWrong.selector, 0));
        this.construct(terms);
        terms.streamPeriod = 30 days + 1;
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.PeriodWrong.selector, 30 days + 1));
        this.construct(terms);
        terms.streamPeriod = 30 days;
        this.construct(terms);
    }

    function test_RevertWhen_TheFloorIsAboveThePeriod() public {
        Terms memory terms = _terms();
        terms.streamFloor = terms.streamPeriod + 1;
        vm.expectRevert(IStakingVault.FloorAbovePeriod.selector);
        this.construct(terms);
    }

    function test_RevertWhen_TheRateIsZero() public {
        Terms memory terms = _terms();
        terms.maxRate = 0;
        vm.expectRevert(IStakingVault.RateZero.selector);
        this.construct(terms);
    }
}
