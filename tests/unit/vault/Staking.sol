// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingVault} from "../../../contracts/interfaces/IStakingVault.sol";
import {Terms} from "../../../contracts/types/Book.sol";
import {IVault} from "../../../script/deployment/Interfaces.sol";

import {Base_Test} from "../../Base.sol";
import {MockStrategy} from "../../mocks/MockStrategy.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice What stakers, the reserve, keepers and governance do with the vault.
abstract contract Staking_Test is Base_Test {
    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");

    /// @dev Behind the wrapped coin that tests deal out there is native coin.
    function setUp() public virtual override {
        super.setUp();
        vm.deal(address(weth), 1e30);
    }

    /* OTHER VAULTS */

    function _terms() internal pure returns (Terms memory) {
        return Terms(STREAM_PERIOD, STREAM_FLOOR, STREAM_MAX_RATE, LIVING_FLOOR, 0, true);
    }

    /// @notice A vault of other terms in the place of the deployed one, with the same roles.
    function _replaceVault(address asset, Terms memory terms) internal {
        vault = IVault(payable(create("StakingVault", abi.encode(address(manager), asset, "Staked", "S", terms))));
        vm.startPrank(governance);
        _allowed(IStakingVault.addProfit.selector, RESERVE_ROLE);
        _allowed(IStakingVault.stopDeposits.selector, GUARDIAN_ROLE);
        _allowed(IStakingVault.emergencyExit.selector, GUARDIAN_ROLE);
        _allowed(IStakingVault.allocate.selector, VAULT_KEEPER_ROLE);
        _allowed(IStakingVault.recall.selector, VAULT_KEEPER_ROLE);
        _allowed(IStakingVault.report.selector, VAULT_KEEPER_ROLE);
        vm.stopPrank();
    }

    function _allowed(bytes4 selector, uint64 role) private {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        manager.setTargetFunctionRole(address(vault), selectors, role);
    }

    /* ACTS */

    function _stake(address staker, uint256 assets) internal returns (uint256 shares) {
        _endow(staker, assets);
        vm.prank(staker);
        return vault.deposit(assets, staker);
    }

    /// @notice Gives assets and allows the vault to take them.
    function _endow(address staker, uint256 assets) internal {
        address asset = vault.asset();
        fund(asset, staker, assets);
        vm.prank(staker);
        IERC20(asset).approve(address(vault), assets);
    }

    function _leave(address staker) internal returns (uint256) {
        uint256 shares = vault.balanceOf(staker);
        vm.prank(staker);
        return vault.redeem(shares, staker, staker);
    }

    function _profit(uint256 amount) internal {
        _endow(address(reserve), amount);
        vm.prank(address(reserve));
        vault.addProfit(amount);
    }

    function _strategy(uint256 cap) internal returns (MockStrategy strategy) {
        strategy = new MockStrategy(address(vault), vault.asset());
        vm.prank(governance);
        vault.setStrategy(address(strategy), cap);
    }

    function _allocate(MockStrategy strategy, uint256 amount) internal {
        vm.prank(keeper);
        vault.allocate(address(strategy), amount, "");
    }

    function _report(MockStrategy strategy) internal returns (uint256) {
        vm.prank(keeper);
        return vault.report(address(strategy));
    }

    function _debt(MockStrategy strategy) internal view returns (uint256 debt) {
        (debt,,) = vault.strategyOf(address(strategy));
    }
}

/// @notice The same, with a strategy that may be lent most of what is staked.
abstract contract Lent_Test is Staking_Test {
    MockStrategy internal strategy;

    function setUp() public virtual override {
        super.setUp();
        _stake(alice, 100e18);
        strategy = _strategy(80e18);
    }
}
