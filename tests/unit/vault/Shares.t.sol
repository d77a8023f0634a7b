// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Staking_Test} from "./Staking.sol";

/// @notice V1 and V3: what ERC-4626 and ERC-2612 promise, rounding, and the first depositor.
contract Shares_Test is Staking_Test {
    address internal alice = makeAddr("alice");
    address internal mallory = makeAddr("mallory");

    /// @dev An awkward price, so that nothing divides evenly.
    function _awkward(uint256 stake, uint256 profit) internal {
        _stake(stranger, stake);
        _profit(profit);
        vm.warp(block.timestamp + 3 days + 7);
    }

    function testFuzz_PreviewsAreExact(uint256 stake, uint256 profit, uint256 amount) public {
        _awkward(bound(stake, 1, 1e24), bound(profit, 1, 1e24));
        amount = bound(amount, 1, 1e24);
        fund(address(weth), alice, 1e50);
        vm.startPrank(alice);
        weth.approve(address(vault), type(uint256).max);
        uint256 preview = vault.previewDeposit(amount);
        assertEq(vault.deposit(amount, alice), preview);
        preview = vault.previewMint(amount);
        assertEq(vault.mint(amount, alice), preview);
        uint256 assets = bound(amount, 0, vault.maxWithdraw(alice));
        preview = vault.previewWithdraw(assets);
        assertEq(vault.withdraw(assets, alice, alice), preview);
        uint256 shares = bound(amount, 0, vault.maxRedeem(alice));
        preview = vault.previewRedeem(shares);
        assertEq(vault.redeem(shares, alice, alice), preview);
    }

    /// @dev V1: there and back, whichever way, never pays.
    function testFuzz_RoundTripsFavourTheVault(uint256 stake, uint256 profit, uint256 amount) public {
        _awkward(bound(stake, 1, 1e24), bound(profit, 1, 1e24));
        amount = bound(amount, 1, 1e24);
        fund(address(weth), alice, 1e50);
        vm.startPrank(alice);
        weth.approve(address(vault), type(uint256).max);
        uint256 shares = vault.deposit(amount, alice);
        assertLe(vault.redeem(shares, alice, alice), amount);
        uint256 paid = vault.mint(amount, alice);
        assertLe(vault.redeem(amount, alice, alice), paid);
        shares = vault.deposit(amount, alice);
        uint256 most = vault.maxWithdraw(alice);
        assertLe(most, amount);
        assertLe(vault.withdraw(most, alice, alice), shares);
    }

    /// @dev V1: at one wei to one share and a half, each of the four rounds against its caller.
    function testFuzz_RoundsAgainstTheCaller(uint256 stake, uint256 profit, uint256 amount) public {
        _awkward(bound(stake, 1, 1e24), bound(profit, 1, 1e24));
        amount = bound(amount, 1, 1e24);
        uint256 supply = vault.totalSupply() + 1e6;
        uint256 assets = vault.totalAssets() + 1;
        assertLe(vault.previewDeposit(amount) * assets, amount * supply);
        assertGe(vault.previewMint(amount) * supply, amount * assets);
        assertGe(vault.previewWithdraw(amount) * assets, amount * supply);
        assertLe(vault.previewRedeem(amount) * supply, amount * assets);
    }

    /// @dev V3: the attack of the first deposit: a wei of stake, a donation, and a victim.
    function testFuzz_TheFirstDepositorCannotRob(uint256 seed, uint256 donation, uint256 victims) public {
        seed = bound(seed, 1, 1e6);
        donation = bound(donation, 1, 1000e18);
        victims = bound(victims, 1e6, 1000e18);
        _stake(mallory, seed);
        fund(address(weth), address(vault), donation);
        _stake(alice, victims);
        assertEq(_leave(alice), victims);
        assertLe(_leave(mallory), seed);
    }

    /// @dev V3: a donation moves no price.
    function testFuzz_ADonationMovesNothing(uint256 donation) public {
        _stake(alice, 5e18);
        uint256 price = vault.convertToAssets(1e24);
        uint256 total = vault.totalAssets();
        fund(address(weth), address(vault), bound(donation, 1, 1e27));
        assertEq(vault.convertToAssets(1e24), price);
        assertEq(vault.totalAssets(), total);
    }

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
    }

    function test_OnlyTheOwnerOrTheAllowedTakeOut() public {
        _stake(alice, 5e18);
        vm.prank(mallory);
        vm.expectRevert();
        vault.withdraw(1, mallory, alice);
        vm.prank(alice);
        vault.approve(mallory, 1e24);
        vm.prank(mallory);
        vault.redeem(1e24, mallory, alice);
        assertEq(weth.balanceOf(mallory), 1e18);
        assertEq(vault.allowance(alice, mallory), 0);
    }

    function test_SharesHaveSixMoreDecimalsThanTheAsset() public view {
        assertEq(vault.decimals(), 24);
    }
}
