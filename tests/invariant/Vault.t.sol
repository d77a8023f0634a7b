// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {StakingVault} from "../../contracts/StakingVault.sol";
import {Base_Test} from "../Base.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Test} from "forge-std/Test.sol";

/// @notice Stakers, a donor, the reserve, and time. After each act the price of a share is compared with before.
contract VaultHandler is Test {
    uint256 private constant SHARES = 1e30;
    StakingVault private immutable _vault;
    IERC20 private immutable _asset;
    address private immutable _reserve;

    uint256 public counted;
    uint256 public worstFall;
    address[3] public stakers;

    constructor(StakingVault vault, IERC20 asset, address reserve) {
        (_vault, _asset, _reserve) = (vault, asset, reserve);
        stakers = [makeAddr("staker 0"), makeAddr("staker 1"), makeAddr("staker 2")];
    }

    modifier priced() {
        uint256 before = _vault.convertToAssets(SHARES);
        _;
        uint256 price = _vault.convertToAssets(SHARES);
        if (price < before && before - price > worstFall) worstFall = before - price;
    }

    function deposit(uint256 who, uint256 assets) external priced {
        address staker = stakers[who % 3];
        assets = bound(assets, 1, 1e24);
        _give(staker, assets);
        vm.prank(staker);
        _vault.deposit(assets, staker);
        counted += assets;
    }

    function mint(uint256 who, uint256 shares) external priced {
        address staker = stakers[who % 3];
        shares = bound(shares, 1, 1e30);
        uint256 assets = _vault.previewMint(shares);
        _give(staker, assets);
        vm.prank(staker);
        _vault.mint(shares, staker);
        counted += assets;
    }

    function withdraw(uint256 who, uint256 assets) external priced {
        address staker = stakers[who % 3];
        assets = bound(assets, 0, _vault.maxWithdraw(staker));
        vm.prank(staker);
        _vault.withdraw(assets, staker, staker);
        counted -= assets;
    }

    function redeem(uint256 who, uint256 shares) external priced {
        address staker = stakers[who % 3];
        shares = bound(shares, 0, _vault.maxRedeem(staker));
        vm.prank(staker);
        counted -= _vault.redeem(shares, staker, staker);
    }

    function leave(uint256 who) external priced {
        address staker = stakers[who % 3];
        uint256 shares = _vault.balanceOf(staker);
        vm.prank(staker);
        counted -= _vault.redeem(shares, staker, staker);
    }

    function addProfit(uint256 amount) external priced {
        amount = bound(amount, 1, 1e24);
        _give(_reserve, amount);
        vm.prank(_reserve);
        _vault.addProfit(amount);
        counted += amount;
    }

    function donate(uint256 amount) external priced {
        amount = bound(amount, 0, 1e24);
        deal(address(_asset), address(_vault), _asset.balanceOf(address(_vault)) + amount);
    }

    function wait(uint256 time) external priced {
        skip(bound(time, 1, 5 days));
    }

    function _give(address to, uint256 amount) private {
        deal(address(_asset), to, amount);
        vm.prank(to);
        _asset.approve(address(_vault), amount);
    }
}

contract Vault_Invariants is Base_Test {
    VaultHandler internal handler;

    function setUp() public override {
        super.setUp();
        handler = new VaultHandler(vault, weth, address(reserve));
        targetContract(address(handler));
    }

    function invariant_Solvent() public view {
        assertEq(vault.totalAssets() + vault.lockedProfit(), handler.counted());
        assertGe(weth.balanceOf(address(vault)), handler.counted());
    }

    function invariant_ThePriceNeverFalls() public view {
        assertEq(handler.worstFall(), 0);
    }

    function invariant_EveryoneCanLeave() public view {
        uint256 sum;
        for (uint256 i; i < 3; ++i) {
            sum += vault.maxWithdraw(handler.stakers(i));
        }
        assertLe(sum, vault.totalAssets());
    }
}
