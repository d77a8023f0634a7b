// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Terms} from "../../../contracts/types/Book.sol";

import {MockStrategy} from "../../mocks/MockStrategy.sol";
import {PlainToken} from "../../mocks/PlainToken.sol";
import {Staking_Test} from "./Staking.sol";
import {stdError} from "forge-std/StdError.sol";

/// @notice V1: every property that ERC-4626 states of a vault, at 6, 8 and 18 decimals, on a vault that is fresh, donated to,
/// streaming, at a loss, or all of it at once.
abstract contract Properties_Test is Staking_Test {
    uint256 private constant SCENES = 6;
    PlainToken internal token;
    MockStrategy internal strategy;
    uint256 internal unit;

    constructor(uint8 decimals) {
        unit = 10 ** decimals;
        token = new PlainToken("TKN", decimals);
    }

    function setUp() public override {
        super.setUp();
        Terms memory terms = _terms();
        (terms.native, terms.livingFloor) = (false, uint128(unit * 1e6 / 10));
        _replaceVault(address(token), terms);
        strategy = _strategy(type(uint88).max);
    }

    /// @dev An awkward price, so that nothing divides evenly.
    function _scene(uint256 seed) internal {
        uint256 scene = seed % SCENES;
        if (scene == 0) return;
        _stake(stranger, 100 * unit + seed % unit);
        bool all = scene == SCENES - 1;
        if (scene == 1 || all) fund(address(token), address(vault), 3 * unit + seed % 7);
        if (scene == 2 || all) _profit(5 * unit + seed % 11);
        if (scene == 3 || all) _allocate(strategy, 60 * unit);
        skip(1 + seed % 8 days);
        if (scene == 3 || all) strategy.setResult(-int256(1 + seed % (40 * unit)));
    }

    function _amount(uint256 amount) private view returns (uint256) {
        return bound(amount, 1001, 1e8 * unit);
    }

    /// @dev Some of alice's, and the vault can pay it.
    function _holding(uint256 seed, uint256 amount) private returns (uint256 shares) {
        _scene(seed);
        shares = _stake(alice, _amount(amount));
        skip(seed % 3 days);
    }

    /* VIEWS */

    function testFuzz_ViewsNeverRevert(uint256 seed, address who, uint128 amount) public {
        _scene(seed);
        vault.asset();
        vault.totalAssets();
        vault.convertToShares(amount);
        vault.convertToAssets(amount);
        vault.previewDeposit(amount);
        vault.previewMint(amount);
        vault.previewWithdraw(amount);
        vault.previewRedeem(amount);
        vault.maxDeposit(who);
        vault.maxMint(who);
        vault.maxWithdraw(who);
        vault.maxRedeem(who);
    }

    function testFuzz_ConversionsAreTheSameForAll(uint256 seed, address who, uint128 amount) public {
        _scene(seed);
        uint256 shares = vault.convertToShares(amount);
        uint256 assets = vault.convertToAssets(amount);
        vm.startPrank(who);
        assertEq(vault.convertToShares(amount), shares);
        assertEq(vault.convertToAssets(amount), assets);
        assertLe(vault.convertToAssets(shares), amount);
        assertLe(vault.convertToShares(assets), amount);
    }

    function testFuzz_PreviewsBracketConversions(uint256 seed, uint128 amount) public {
        _scene(seed);
        vm.assume(vault.totalSupply() != 0);
        assertEq(vault.previewDeposit(amount), vault.convertToShares(amount));
        assertEq(vault.previewRedeem(amount), vault.convertToAssets(amount));
        assertApproxEqAbs(vault.previewMint(amount), vault.convertToAssets(amount), 1);
        assertGe(vault.previewMint(amount), vault.convertToAssets(amount));
        assertApproxEqAbs(vault.previewWithdraw(amount), vault.convertToShares(amount), 1);
        assertGe(vault.previewWithdraw(amount), vault.convertToShares(amount));
    }

    /// @dev Of assets a for shares s at a price of A/S: each of the four rounds against its caller, by less than one.
    function testFuzz_EachRoundsAgainstItsCaller(uint256 seed, uint256 amount) public {
        _scene(seed);
        vm.assume(vault.totalSupply() != 0);
        amount = bound(amount, 1, 1e8 * unit);
        (uint256 supply, uint256 assets) = (vault.totalSupply() + 1e6, vault.totalAssets() + 1);
        assertEq(vault.previewDeposit(amount), amount * supply / assets);
        assertEq(vault.previewMint(amount), (amount * assets + supply - 1) / supply);
        assertEq(vault.previewWithdraw(amount), (amount * supply + assets - 1) / assets);
        assertEq(vault.previewRedeem(amount), amount * assets / supply);
    }

    function testFuzz_NothingIsHadForNothing(uint256 seed) public {
        _holding(seed, 0);
        assertEq(vault.previewDeposit(0), 0);
        assertEq(vault.previewRedeem(0), 0);
        assertGe(vault.previewWithdraw(1), 1);
        assertGe(vault.previewMint(1), 1);
    }

    /* PREVIEW AGAINST ACTION */

    function testFuzz_DepositDoesWhatItsPreviewSays(uint256 seed, uint256 amount) public {
        _scene(seed);
        amount = _amount(amount);
        _endow(alice, amount);
        (uint256 preview, uint256 supply, uint256 total) =
            (vault.previewDeposit(amount), vault.totalSupply(), vault.totalAssets());
        vm.prank(alice);
        uint256 shares = vault.deposit(amount, bob);
        assertEq(shares, preview);
        assertEq(vault.balanceOf(bob), shares);
        assertEq(vault.totalSupply(), supply + shares + (supply == 0 ? 1e9 : 0));
        assertEq(vault.totalAssets(), total + amount);
        assertEq(token.balanceOf(alice), 0);
    }

    function testFuzz_MintDoesWhatItsPreviewSays(uint256 seed, uint256 shares) public {
        _scene(seed);
        shares = bound(shares, 1, 1e14 * unit);
        uint256 preview = vault.previewMint(shares);
        _endow(alice, preview);
        vm.prank(alice);
        assertEq(vault.mint(shares, bob), preview);
        assertEq(vault.balanceOf(bob), shares);
        assertEq(token.balanceOf(alice), 0);
    }

    function testFuzz_WithdrawDoesWhatItsPreviewSays(uint256 seed, uint256 amount, uint256 part) public {
        uint256 held = _holding(seed, amount);
        uint256 assets = bound(part, 0, vault.maxWithdraw(alice));
        (uint256 preview, uint256 total) = (vault.previewWithdraw(assets), vault.totalAssets());
        vm.prank(alice);
        assertEq(vault.withdraw(assets, bob, alice), preview);
        assertEq(vault.balanceOf(alice), held - preview);
        assertEq(token.balanceOf(bob), assets);
        assertEq(vault.totalAssets(), total - assets);
    }

    function testFuzz_RedeemDoesWhatItsPreviewSays(uint256 seed, uint256 amount, uint256 part) public {
        uint256 held = _holding(seed, amount);
        uint256 shares = bound(part, 0, vault.maxRedeem(alice));
        uint256 preview = vault.previewRedeem(shares);
        vm.prank(alice);
        assertEq(vault.redeem(shares, bob, alice), preview);
        assertEq(vault.balanceOf(alice), held - shares);
        assertEq(token.balanceOf(bob), preview);
    }

    /* MAX AGAINST ACTION */

    function testFuzz_MaxDepositIsTheMost(uint256 seed, uint256 room) public {
        _scene(seed);
        _cap(room);
        uint256 most = vault.maxDeposit(alice);
        _endow(alice, most + 1);
        vm.startPrank(alice);
        vm.expectRevert();
        vault.deposit(most + 1, alice);
        vault.deposit(most, alice);
        assertEq(vault.maxDeposit(alice), 0);
    }

    function testFuzz_MaxMintIsTheMost(uint256 seed, uint256 room) public {
        _scene(seed);
        _cap(room);
        uint256 most = vault.maxMint(alice);
        _endow(alice, vault.maxDeposit(alice) + 1e9);
        vm.startPrank(alice);
        vm.expectRevert();
        vault.mint(most + 1, alice);
        vault.mint(most, alice);
    }

    function _cap(uint256 room) private {
        room = vault.totalAssets() + bound(room, 2000, 1e8 * unit);
        vm.prank(governance);
        vault.setDepositCap(room);
    }

    function testFuzz_MaxWithdrawIsTheMost(uint256 seed, uint256 amount, uint256 lent) public {
        _lend(_holding(seed, amount), lent);
        uint256 most = vault.maxWithdraw(alice);
        vm.startPrank(alice);
        vm.expectRevert();
        vault.withdraw(most + 1, alice, alice);
        vault.withdraw(most, alice, alice);
    }

    function testFuzz_MaxRedeemIsTheMost(uint256 seed, uint256 amount, uint256 lent) public {
        _lend(_holding(seed, amount), lent);
        uint256 most = vault.maxRedeem(alice);
        vm.startPrank(alice);
        vm.expectRevert();
        vault.redeem(most + 1, alice, alice);
        vault.redeem(most, alice, alice);
    }

    /// @dev So that sometimes the shares are the limit, and sometimes what is idle.
    function _lend(uint256, uint256 lent) private {
        uint256 idle = vault.idleAssets();
        _allocate(strategy, bound(lent, 1, idle));
    }

    /* ALLOWANCE */

    function testFuzz_OthersRedeemWhatTheyAreAllowed(uint256 seed, uint256 amount, uint256 part) public {
        _holding(seed, amount);
        uint256 shares = bound(part, 1, vault.maxRedeem(alice));
        vm.prank(bob);
        vm.expectRevert();
        vault.redeem(shares, bob, alice);
        vm.prank(alice);
        vault.approve(bob, shares);
        vm.prank(bob);
        vault.redeem(shares, bob, alice);
        assertEq(vault.allowance(alice, bob), 0);
    }

    function testFuzz_OthersWithdrawWhatTheyAreAllowed(uint256 seed, uint256 amount, uint256 part) public {
        _holding(seed, amount);
        uint256 assets = bound(part, 1, vault.maxWithdraw(alice));
        uint256 shares = vault.previewWithdraw(assets);
        vm.prank(alice);
        vault.approve(bob, shares - 1);
        vm.prank(bob);
        vm.expectRevert();
        vault.withdraw(assets, bob, alice);
        vm.prank(alice);
        vault.approve(bob, shares + 1);
        vm.prank(bob);
        vault.withdraw(assets, bob, alice);
        assertEq(vault.allowance(alice, bob), 1);
    }

    function testFuzz_DepositTakesNoMoreThanIsAllowed(uint256 seed, uint256 amount) public {
        _scene(seed);
        amount = _amount(amount);
        _endow(alice, amount);
        vm.startPrank(alice);
        token.approve(address(vault), amount - 1);
        vm.expectRevert();
        vault.deposit(amount, alice);
    }

    /* ROUND TRIPS */

    function testFuzz_DepositThenRedeemPaysNothing(uint256 seed, uint256 amount) public {
        _scene(seed);
        amount = _amount(amount);
        uint256 shares = _stake(alice, amount);
        shares = _least(shares, vault.maxRedeem(alice));
        vm.prank(alice);
        assertLe(vault.redeem(shares, alice, alice), amount);
    }

    function testFuzz_DepositThenWithdrawPaysNothing(uint256 seed, uint256 amount) public {
        _holding(0, 1e6 * unit);
        _scene(seed);
        amount = _amount(amount);
        uint256 shares = _stake(bob, amount);
        assertGe(vault.previewWithdraw(amount), shares);
    }

    function testFuzz_MintThenRedeemPaysNothing(uint256 seed, uint256 amount) public {
        _scene(seed);
        (uint256 assets, uint256 shares) = _minted(amount);
        assertLe(vault.previewRedeem(shares), assets);
    }

    function testFuzz_MintThenWithdrawPaysNothing(uint256 seed, uint256 amount) public {
        _scene(seed);
        (uint256 assets, uint256 shares) = _minted(amount);
        assertGe(vault.previewWithdraw(assets), shares);
    }

    function testFuzz_RedeemThenDepositPaysNothing(uint256 seed, uint256 amount, uint256 part) public {
        _holding(seed, amount);
        uint256 shares = bound(part, 0, vault.maxRedeem(alice));
        vm.startPrank(alice);
        uint256 assets = vault.redeem(shares, alice, alice);
        assertLe(vault.previewDeposit(assets), shares);
    }

    function testFuzz_RedeemThenMintPaysNothing(uint256 seed, uint256 amount, uint256 part) public {
        _holding(seed, amount);
        uint256 shares = bound(part, 0, vault.maxRedeem(alice));
        vm.startPrank(alice);
        uint256 assets = vault.redeem(shares, alice, alice);
        assertGe(vault.previewMint(shares), assets);
    }

    function testFuzz_WithdrawThenDepositPaysNothing(uint256 seed, uint256 amount, uint256 part) public {
        _holding(seed, amount);
        uint256 assets = bound(part, 0, vault.maxWithdraw(alice));
        vm.startPrank(alice);
        uint256 shares = vault.withdraw(assets, alice, alice);
        assertLe(vault.previewDeposit(assets), shares);
    }

    function testFuzz_WithdrawThenMintPaysNothing(uint256 seed, uint256 amount, uint256 part) public {
        _holding(seed, amount);
        uint256 assets = bound(part, 0, vault.maxWithdraw(alice));
        vm.startPrank(alice);
        uint256 shares = vault.withdraw(assets, alice, alice);
        assertGe(vault.previewMint(shares), assets);
    }

    function _minted(uint256 amount) private returns (uint256 assets, uint256 shares) {
        shares = bound(amount, 1, 1e14 * unit);
        _endow(alice, vault.previewMint(shares));
        vm.prank(alice);
        assets = vault.mint(shares, alice);
    }

    function _least(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }

    /* DECIMALS */

    function test_SharesHaveSixMoreDecimalsThanTheAsset() public view {
        assertEq(10 ** vault.decimals(), unit * 1e6);
    }
}

contract PropertiesOf6Decimals_Test is Properties_Test(6) {}

contract PropertiesOf8Decimals_Test is Properties_Test(8) {}

contract PropertiesOf18Decimals_Test is Properties_Test(18) {}
