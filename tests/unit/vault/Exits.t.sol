// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingVault} from "../../../contracts/interfaces/IStakingVault.sol";
import {Terms} from "../../../contracts/types/Book.sol";

import {MockStrategy} from "../../mocks/MockStrategy.sol";
import {Staking_Test} from "./Staking.sol";
import {ERC20} from "solady/tokens/ERC20.sol";
import {ERC4626} from "solady/tokens/ERC4626.sol";

/// @notice V4: exits where a cooldown is set.
contract Exits_Test is Staking_Test {
    uint32 private constant COOLDOWN = 3 days;
    uint256 internal shares;

    function setUp() public override {
        super.setUp();
        Terms memory terms = _terms();
        terms.cooldown = COOLDOWN;
        _replaceVault(address(weth), terms);
        _stake(bob, 100e18);
        shares = _stake(alice, 100e18);
    }

    function _request(uint256 amount) private returns (uint256) {
        vm.prank(alice);
        return vault.requestExit(amount, alice);
    }

    function _claim(uint256 id, uint256 amount) private returns (uint256) {
        vm.prank(alice);
        return vault.claimExit(id, amount, alice);
    }

    function test_RedeemingAtOnceIsClosed() public {
        assertEq(vault.maxRedeem(alice), 0);
        assertEq(vault.maxWithdraw(alice), 0);
        assertGt(vault.previewRedeem(shares), 0);
        vm.startPrank(alice);
        vm.expectRevert(IStakingVault.CooldownOn.selector);
        vault.redeem(1, alice, alice);
        vm.expectRevert(IStakingVault.CooldownOn.selector);
        vault.withdraw(1, alice, alice);
        vm.expectRevert(IStakingVault.CooldownOn.selector);
        vault.redeemNative(1, alice, alice);
    }

    function test_RevertWhen_ThereIsNoCooldown() public {
        _replaceVault(address(weth), _terms());
        _stake(alice, 1e18);
        vm.expectRevert(IStakingVault.CooldownOff.selector);
        _request(1);
    }

    function test_AnExitIsPaidAfterTheCooldown() public {
        uint256 id = _request(shares);
        assertEq(vault.balanceOf(alice), 0);
        (uint256 waiting, uint256 assets, uint256 claimableAt) = vault.exitOf(alice, id);
        assertEq(waiting, shares);
        assertEq(assets, 100e18);
        assertEq(claimableAt, block.timestamp + COOLDOWN);
        skip(COOLDOWN - 1);
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.ExitTooEarly.selector, claimableAt));
        _claim(id, shares);
        skip(1);
        assertEq(_claim(id, shares), 100e18);
        assertEq(weth.balanceOf(alice), 100e18);
    }

    function test_NoRequestResetsAnother() public {
        _request(shares / 4);
        skip(2 days);
        assertEq(_request(shares / 4), 1);
        skip(1 days);
        assertEq(_claim(0, shares / 4), 25e18);
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.ExitTooEarly.selector, block.timestamp + 2 days));
        _claim(1, shares / 4);
        skip(2 days);
        assertEq(_claim(1, shares / 4), 25e18);
        assertEq(vault.exitCount(alice), 2);
    }

    function test_AnExitIsClaimedInParts() public {
        _request(shares);
        skip(COOLDOWN);
        assertEq(_claim(0, shares / 4), 25e18);
        (uint256 waiting, uint256 assets,) = vault.exitOf(alice, 0);
        assertEq(waiting, shares - shares / 4);
        assertEq(assets, 75e18);
        assertEq(_claim(0, shares - shares / 4), 75e18);
        vm.expectRevert(ERC20.InsufficientBalance.selector);
        _claim(0, 1);
    }

    function test_AQueuedExitSharesLosses() public {
        _request(shares);
        MockStrategy strategy = _strategy(80e18);
        _allocate(strategy, 80e18);
        strategy.setResult(-20e18);
        skip(COOLDOWN);
        assertApproxEqAbs(_claim(0, shares), 90e18, 1000);
    }

    /// @dev What the shares gained while they waited goes to those who stay, and not in one step.
    function test_AQueuedExitEarnsNothing() public {
        _request(shares);
        _profit(14e18);
        skip(7 days);
        assertEq(vault.totalAssets(), 214e18);
        uint256 price = vault.convertToAssets(1e24);
        assertEq(_claim(0, shares), 100e18);
        assertApproxEqAbs(vault.lockedProfit(), 7e18, 1000);
        assertApproxEqAbs(vault.convertToAssets(1e24), price, 1);
        assertGe(vault.convertToAssets(1e24), price);
        skip(7 days);
        assertEq(vault.totalAssets(), 114e18);
    }

    /// @dev Claims of next to nothing do not hold up the stream.
    function test_SmallClaimsDoNotHoldUpTheStream() public {
        _request(shares);
        _profit(14e18);
        skip(6.9 days);
        uint256 end = vault.streamEnd();
        for (uint256 i; i < 5; ++i) {
            _claim(0, 1e6);
        }
        assertApproxEqAbs(vault.streamEnd(), end, 5);
    }

    /// @dev By whoever was allowed to, and to whom the owner says.
    function test_RequestAndClaimAreTold() public {
        vm.prank(alice);
        vault.approve(bob, shares);
        vm.expectEmit(address(vault));
        emit IStakingVault.ExitRequested(alice, 0, shares, 100e18, block.timestamp + COOLDOWN);
        vm.prank(bob);
        vault.requestExit(shares, alice);
        _profit(14e18);
        skip(7 days);
        uint256 kept = vault.convertToAssets(shares) - 100e18;
        vm.expectEmit(address(vault));
        emit IStakingVault.ExitClaimed(alice, 0, bob, shares, 100e18, kept);
        vm.expectEmit(address(vault));
        emit ERC4626.Withdraw(alice, bob, alice, 100e18, shares);
        vm.prank(alice);
        vault.claimExit(0, shares, bob);
        assertEq(weth.balanceOf(bob), 100e18);
    }

    function test_RequestAndClaimBookALoss() public {
        MockStrategy strategy = _strategy(80e18);
        _allocate(strategy, 80e18);
        _profit(14e18);
        strategy.setResult(-5e18);
        _request(shares);
        (uint256 debt,,) = vault.strategyOf(address(strategy));
        assertEq(debt, 75e18);
        assertEq(vault.lockedProfit(), 9e18);
        skip(COOLDOWN);
        strategy.setResult(-7e18);
        _claim(0, 1e24);
        (debt,,) = vault.strategyOf(address(strategy));
        assertEq(debt, 73e18);
    }

    function test_RevertWhen_TheExitIsUnknown() public {
        _request(1e6);
        for (uint256 id = 1; id < 3; ++id) {
            vm.expectRevert(abi.encodeWithSelector(IStakingVault.ExitUnknown.selector, alice, id));
            _claim(id, 1);
        }
    }

    function test_RevertWhen_NothingIsAskedFor() public {
        vm.expectRevert(IStakingVault.AmountZero.selector);
        _request(0);
        _request(1e6);
        skip(COOLDOWN);
        vm.expectRevert(IStakingVault.AmountZero.selector);
        _claim(0, 0);
    }

    function test_RevertWhen_TooLittleIsIdle() public {
        _request(shares);
        MockStrategy strategy = _strategy(150e18);
        _allocate(strategy, 150e18);
        skip(COOLDOWN);
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.NotLiquid.selector, 100e18, 50e18));
        _claim(0, shares);
        assertEq(_claim(0, shares / 2), 50e18);
    }

    function test_OthersRequestWhatTheyAreAllowed() public {
        vm.prank(bob);
        vm.expectRevert(ERC20.InsufficientAllowance.selector);
        vault.requestExit(1e18, alice);
        vm.prank(alice);
        vault.approve(bob, 1e18);
        vm.prank(bob);
        vault.requestExit(1e18, alice);
        assertEq(vault.allowance(alice, bob), 0);
        assertEq(vault.exitCount(alice), 1);
        assertEq(vault.exitCount(bob), 0);
    }

    function test_AShutVaultHasNoCooldown() public {
        _request(shares / 2);
        vm.prank(governance);
        vault.shutDown();
        assertEq(_claim(0, shares / 2), 50e18);
        assertEq(_leave(alice), 50e18);
        assertEq(vault.maxWithdraw(bob), 100e18 - 1000);
    }
}
