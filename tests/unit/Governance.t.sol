// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../contracts/interfaces/IFlashExecutor.sol";
import {IInjection} from "../../contracts/interfaces/IInjection.sol";
import {IOutposts} from "../../contracts/interfaces/IOutposts.sol";
import {IPriceSources} from "../../contracts/interfaces/IPriceSources.sol";
import {IRegistry} from "../../contracts/interfaces/IRegistry.sol";
import {IStakingVault} from "../../contracts/interfaces/IStakingVault.sol";
import {ITreasury} from "../../contracts/interfaces/ITreasury.sol";
import {PoolWeight, Share} from "../../contracts/types/Share.sol";

import {Plan} from "../../script/deployment/Plan.sol";
import {Deploying_Test} from "../Deploying.sol";
import {MockStrategy} from "../mocks/MockStrategy.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";

/// @notice D2: what governance does is announced before it is done; what must be quick is the guardian's or a keeper's.
contract Governance_Test is Deploying_Test {
    address internal accomplice = makeAddr("accomplice");

    function deployWith(address wrappedNative) internal override {
        deployDelayed(deployer, planOf(wrappedNative));
    }

    /* ANNOUNCING */

    function test_NothingIsDoneAtOnce() public {
        (address[] memory targets, bytes[] memory calls) = _acts();
        for (uint256 i; i < calls.length; ++i) {
            _assertNotAnnounced(targets[i], calls[i]);
        }
    }

    function test_WhatWasAnnouncedIsDoneWhenTheDelayIsOver_AndNotASecondBefore() public {
        (address[] memory targets, bytes[] memory calls) = _acts();
        uint256 start = vm.getBlockTimestamp();
        vm.startPrank(governance);
        for (uint256 i; i < calls.length; ++i) {
            manager.schedule(targets[i], calls[i], 0);
        }
        for (uint256 i; i < calls.length; ++i) {
            vm.warp(start + GOVERNANCE_DELAY - 1);
            bytes32 id = manager.hashOperation(governance, targets[i], calls[i]);
            vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotReady.selector, id));
            manager.execute(targets[i], calls[i]);
            vm.warp(start + GOVERNANCE_DELAY);
            manager.execute(targets[i], calls[i]);
        }
    }

    function test_AnAnnouncementLapsesAfterAWeek() public {
        bytes memory call = abi.encodeCall(IFlashExecutor.setKeeper, (stranger, true));
        vm.startPrank(governance);
        (bytes32 id,) = manager.schedule(address(executor), call, 0);
        skip(GOVERNANCE_DELAY + 1 weeks);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerExpired.selector, id));
        manager.execute(address(executor), call);
    }

    function test_AnAnnouncementCanBeTakenBackByGovernanceAlone() public {
        bytes memory call = abi.encodeCall(IFlashExecutor.setKeeper, (stranger, true));
        vm.prank(governance);
        (bytes32 id,) = manager.schedule(address(executor), call, 0);
        bytes4 selector = IFlashExecutor.setKeeper.selector;
        vm.expectRevert(
            abi.encodeWithSelector(
                IAccessManager.AccessManagerUnauthorizedCancel.selector, guardian, governance, executor, selector
            )
        );
        vm.prank(guardian);
        manager.cancel(governance, address(executor), call);
        vm.startPrank(governance);
        manager.cancel(governance, address(executor), call);
        skip(GOVERNANCE_DELAY);
        vm.expectRevert(abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, id));
        manager.execute(address(executor), call);
    }

    /* THE DELAY ITSELF */

    function test_AShorterDelayIsInForceAfterTheLongerOneHasPassedTwice() public {
        uint256 start = vm.getBlockTimestamp();
        announced(address(manager), _grant(manager.ADMIN_ROLE(), governance));
        assertEq(vm.getBlockTimestamp(), start + GOVERNANCE_DELAY);
        vm.warp(start + 2 * GOVERNANCE_DELAY - 1);
        _assertNotAnnounced(address(executor), abi.encodeCall(IFlashExecutor.setMaxTip, (1)));
        vm.warp(start + 2 * GOVERNANCE_DELAY);
        vm.prank(governance);
        executor.setMaxTip(1);
        assertEq(executor.maxTipBps(), 1);
    }

    /// @dev Each way of taking the withdrawers' function away from them has to be announced itself.
    function test_WithdrawersAreNotReplacedFasterThanTheyWait() public {
        bytes[4] memory ways = [
            _grant(WITHDRAWER_ROLE, accomplice),
            _grant(manager.ADMIN_ROLE(), accomplice),
            abi.encodeCall(manager.setRoleAdmin, (WITHDRAWER_ROLE, GUARDIAN_ROLE)),
            abi.encodeCall(manager.setTargetFunctionRole, (address(reserve), _withdrawal(), GUARDIAN_ROLE))
        ];
        uint256 start = vm.getBlockTimestamp();
        for (uint256 i; i < ways.length; ++i) {
            vm.warp(start);
            _assertNotAnnounced(address(manager), ways[i]);
            announced(address(manager), ways[i]);
            assertGe(vm.getBlockTimestamp(), start + WITHDRAWAL_DELAY);
        }
    }

    function test_WithdrawersWaitAsLongAsEver() public {
        (bool immediate, uint32 delay) =
            manager.canCall(governance, address(reserve), IInjection.withdrawLiquidity.selector);
        assertFalse(immediate);
        assertEq(delay, WITHDRAWAL_DELAY);
        (immediate, delay) = manager.canCall(governance, address(reserve), ITreasury.migrate.selector);
        assertFalse(immediate);
        assertEq(delay, WITHDRAWAL_DELAY);
    }

    function test_RevertWhen_TheDelayIsOutOfBounds() public {
        Plan memory plan = planOf(address(weth));
        uint32[3] memory wrong = [0, WITHDRAWAL_DELAY - 1, LONGEST_DELAY + 1];
        for (uint256 i; i < wrong.length; ++i) {
            plan.delay = wrong[i];
            vm.expectRevert(
                abi.encodeWithSelector(DelayOutOfBounds.selector, wrong[i], WITHDRAWAL_DELAY, LONGEST_DELAY)
            );
            this.deploy(plan);
        }
    }

    function test_AChainMayStateALongerDelay() public {
        Plan memory plan = planOf(address(weth));
        plan.delay = LONGEST_DELAY;
        this.deploy(plan);
        assertEq(_delay(), LONGEST_DELAY);
    }

    function test_TheDeployerWaitsToo_WhereItIsGovernance() public {
        governance = address(this);
        this.deploy(planOf(address(weth)));
        assertEq(_delay(), GOVERNANCE_DELAY);
        _assertNotAnnounced(address(executor), abi.encodeCall(IFlashExecutor.setMaxTip, (1)));
    }

    /// @dev By this contract.
    function deploy(Plan calldata plan) external {
        deployMillrace(address(this), plan);
    }

    /* WHAT IS QUICK */

    function test_TheGuardianActsAtOnce() public {
        vm.startPrank(guardian);
        executor.pause();
        vault.stopDeposits(true);
        reserve.stopInjections();
        reserve.stopSending(address(weth));
        vm.stopPrank();
        assertTrue(executor.paused());
        assertEq(vault.maxDeposit(stranger), 0);
        assertEq(reserve.lossLeft(), 0);
        _assertAtOnce(guardian, address(reserve), IInjection.exitPool.selector);
        _assertAtOnce(guardian, address(vault), IStakingVault.emergencyExit.selector);
    }

    function test_KeepersActAtOnce() public view {
        assertTrue(executor.canExecute(keeper));
        assertTrue(reserve.isInjector(keeper));
        _assertAtOnce(keeper, address(vault), IStakingVault.allocate.selector);
        _assertAtOnce(keeper, address(vault), IStakingVault.recall.selector);
        _assertAtOnce(keeper, address(vault), IStakingVault.report.selector);
    }

    /* THE YIELD */

    /// @dev From a strategy's gain, by the vault's report, into the reserve's buckets: a tenth, by governance's weights.
    function test_ATenthOfTheVaultsYieldIsMinedFunds() public {
        Plan memory plan = planOf(address(weth));
        plan.yieldShareBps = YIELD_SHARE_BPS;
        this.deploy(plan);
        (address to, uint256 bps) = vault.yieldShare();
        assertEq(to, address(reserve));
        assertEq(bps, 1000);
        PoolWeight[] memory weights = new PoolWeight[](1);
        weights[0] = PoolWeight(stranger, 1);
        announced(address(reserve), abi.encodeCall(IRegistry.registerPools, (_one(stranger), true)));
        announced(address(reserve), abi.encodeCall(ITreasury.setMinedWeights, (weights)));
        MockStrategy strategy = _lentTo(60e18);
        strategy.setResult(5e18);
        vm.prank(keeper);
        assertEq(vault.report(address(strategy)), 5e18);
        assertEq(reserve.poolBucket(stranger, address(weth)), 0.5e18);
        assertEq(reserve.accounted(address(weth)), 0.5e18);
        assertEq(weth.balanceOf(address(reserve)), 0.5e18);
        assertEq(vault.lockedProfit(), 4.5e18);
        assertEq(vault.idleAssets(), 39.5e18);
    }

    function _lentTo(uint256 amount) private returns (MockStrategy strategy) {
        strategy = new MockStrategy(address(vault), address(weth));
        announced(address(vault), abi.encodeCall(IStakingVault.setStrategy, (address(strategy), amount)));
        vm.deal(address(weth), 100e18);
        fund(address(weth), address(this), 100e18);
        weth.approve(address(vault), 100e18);
        vault.deposit(100e18, address(this));
        vm.prank(keeper);
        vault.allocate(address(strategy), amount, "");
    }

    /* WHAT GOVERNANCE DOES */

    /// @dev Of every contract, and of the manager, which is where roles are.
    function _acts() private view returns (address[] memory targets, bytes[] memory calls) {
        bytes[][5] memory kinds = [_ofExecutor(), _ofReserve(), _ofVault(), _ofGuard(), _ofManager()];
        address[5] memory owners =
            [address(executor), address(reserve), address(vault), address(priceGuard), address(manager)];
        uint256 count;
        for (uint256 i; i < kinds.length; ++i) {
            count += kinds[i].length;
        }
        (targets, calls) = (new address[](count), new bytes[](count));
        count = 0;
        for (uint256 i; i < kinds.length; ++i) {
            for (uint256 j; j < kinds[i].length; ++j) {
                (targets[count], calls[count++]) = (owners[i], kinds[i][j]);
            }
        }
    }

    function _ofExecutor() private view returns (bytes[] memory calls) {
        calls = new bytes[](6);
        calls[0] = abi.encodeCall(IFlashExecutor.setKeeper, (stranger, true));
        calls[1] = abi.encodeCall(IFlashExecutor.restrictPools, (true));
        calls[2] = abi.encodeCall(IFlashExecutor.allowPools, (_one(stranger), true));
        calls[3] = abi.encodeCall(IFlashExecutor.setMaxTip, (1));
        calls[4] = abi.encodeCall(IFlashExecutor.setPriceGuard, (stranger));
        calls[5] = abi.encodeCall(IFlashExecutor.unpause, ());
    }

    function _ofReserve() private view returns (bytes[] memory calls) {
        calls = new bytes[](14);
        calls[0] = abi.encodeCall(reserve.setSplit, (0, 10_000, new Share[](0)));
        calls[1] = abi.encodeCall(reserve.setExecutor, (stranger));
        calls[2] = abi.encodeCall(reserve.listToken, (stranger, true));
        calls[3] = abi.encodeCall(reserve.guardToken, (address(weth), true));
        calls[4] = abi.encodeCall(reserve.registerPools, (_one(stranger), true));
        calls[5] = abi.encodeCall(reserve.setInjector, (stranger, true));
        calls[6] = abi.encodeCall(reserve.setLossCap, (type(uint112).max));
        calls[7] = abi.encodeCall(reserve.setStakersGuard, (address(priceGuard), 1));
        calls[8] = abi.encodeCall(reserve.setMinedWeights, (new PoolWeight[](0)));
        calls[9] = abi.encodeCall(reserve.setGasBudget, (1));
        calls[10] = abi.encodeCall(reserve.setPredecessor, (stranger));
        calls[11] = abi.encodeCall(IOutposts.setSendingCap, (address(weth), 1, 1));
        calls[12] = abi.encodeCall(IOutposts.revokeDestination, (10, stranger));
        calls[13] = abi.encodeCall(reserve.migrate, (stranger, address(weth), new address[](0)));
    }

    function _ofVault() private view returns (bytes[] memory calls) {
        calls = new bytes[](3);
        calls[0] = abi.encodeCall(IStakingVault.shutDown, ());
        calls[1] = abi.encodeCall(IStakingVault.setDepositCap, (1));
        calls[2] = abi.encodeCall(IStakingVault.setYieldShare, (address(reserve), 5000));
    }

    function _ofGuard() private view returns (bytes[] memory calls) {
        calls = new bytes[](1);
        calls[0] = abi.encodeCall(IPriceSources.setSequencer, (address(0), 0));
    }

    function _ofManager() private view returns (bytes[] memory calls) {
        calls = new bytes[](10);
        calls[0] = _grant(manager.ADMIN_ROLE(), accomplice);
        calls[1] = _grant(GUARDIAN_ROLE, accomplice);
        calls[2] = abi.encodeCall(manager.revokeRole, (GUARDIAN_ROLE, guardian));
        calls[3] = abi.encodeCall(manager.setRoleAdmin, (GUARDIAN_ROLE, RESERVE_ROLE));
        calls[4] = abi.encodeCall(manager.setRoleGuardian, (GUARDIAN_ROLE, RESERVE_ROLE));
        calls[5] = abi.encodeCall(manager.setGrantDelay, (GUARDIAN_ROLE, 1));
        calls[6] = abi.encodeCall(manager.labelRole, (GUARDIAN_ROLE, "friend"));
        calls[7] = abi.encodeCall(manager.setTargetFunctionRole, (address(vault), _withdrawal(), GUARDIAN_ROLE));
        calls[8] = abi.encodeCall(manager.setTargetClosed, (address(vault), false));
        calls[9] = abi.encodeCall(manager.updateAuthority, (address(vault), address(manager)));
    }

    /* INTERNALS */

    function _assertNotAnnounced(address target, bytes memory call) private {
        bytes32 id = manager.hashOperation(governance, target, call);
        vm.prank(governance);
        (bool done, bytes memory reason) = target.call(call);
        assertFalse(done);
        assertEq(reason, abi.encodeWithSelector(IAccessManager.AccessManagerNotScheduled.selector, id));
    }

    function _assertAtOnce(address caller, address target, bytes4 selector) private view {
        (bool immediate,) = manager.canCall(caller, target, selector);
        assertTrue(immediate);
    }

    function _delay() private view returns (uint32 delay) {
        (, delay) = manager.hasRole(manager.ADMIN_ROLE(), governance);
    }

    function _grant(uint64 role, address to) private view returns (bytes memory) {
        return abi.encodeCall(manager.grantRole, (role, to, 0));
    }

    function _withdrawal() private pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](1);
        selectors[0] = IInjection.withdrawLiquidity.selector;
    }

    function _one(address item) private pure returns (address[] memory items) {
        items = new address[](1);
        items[0] = item;
    }
}
