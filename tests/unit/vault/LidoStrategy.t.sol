// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingStrategy} from "../../../contracts/interfaces/IStakingStrategy.sol";
import {ILidoStrategy} from "../../../script/deployment/Interfaces.sol";

import {ModelStETH, ModelWithdrawalQueue, ModelWstETH} from "../../mocks/ModelLido.sol";
import {Staking_Test} from "./Staking.sol";

/// @notice V5 with Lido: in at its rate, out through its queue.
contract LidoStrategy_Test is Staking_Test {
    ModelWstETH internal wstETH;
    ModelStETH internal stETH;
    ModelWithdrawalQueue internal queue;
    ILidoStrategy internal strategy;

    function setUp() public override {
        super.setUp();
        wstETH = new ModelWstETH();
        stETH = wstETH.stETH();
        vm.deal(address(this), 1e24);
        (bool done,) = address(stETH).call{value: 0}(abi.encodeCall(ModelStETH.report, (0)));
        assertTrue(done);
        vm.deal(address(stETH), 1e18);
        queue = new ModelWithdrawalQueue(wstETH);
        strategy = ILidoStrategy(payable(create("LidoStrategy", abi.encode(address(vault), address(wstETH), queue))));
        vm.prank(governance);
        vault.setStrategy(address(strategy), 1e24);
        _stake(alice, 5000e18);
        stETH.stake{value: 999e18}();
        _rewards(123e18);
    }

    function _rewards(uint256 amount) private {
        stETH.report{value: amount}(0);
    }

    function _allocate(uint256 amount) private {
        vm.prank(keeper);
        vault.allocate(address(strategy), amount, "");
    }

    function _recall(uint256 amount) private returns (uint256) {
        vm.prank(keeper);
        return vault.recall(address(strategy), amount, "");
    }

    /// @dev But for the units that Lido rounds off.
    function test_StakingMovesNoPrice() public {
        _allocate(1000e18);
        assertApproxEqAbs(strategy.worth(), 1000e18, 2);
        assertApproxEqAbs(vault.totalAssets(), 5000e18, 2);
        assertEq(address(strategy).balance, 0);
        assertEq(weth.balanceOf(address(strategy)), 0);
    }

    function test_WhatIsStakedAndComesBackIsTold() public {
        uint256 staked = wstETH.getWstETHByStETH(1000e18);
        vm.expectEmit(address(strategy));
        emit IStakingStrategy.Deployed(1000e18, staked);
        _allocate(1000e18);
        staked = wstETH.getWstETHByStETH(500e18);
        vm.expectEmit(address(strategy));
        emit IStakingStrategy.Deployed(500e18, staked);
        _allocate(500e18);
        _recall(400e18);
        queue.finalize(1);
        uint256 before = vm.snapshotState();
        uint256 released = _recall(0);
        vm.revertToState(before);
        vm.expectEmit(address(strategy));
        emit IStakingStrategy.Released(released);
        _recall(0);
    }

    function test_RewardsAreStreamedAfterAReport() public {
        _allocate(1000e18);
        _rewards(100e18);
        uint256 total = vault.totalAssets();
        vm.prank(keeper);
        uint256 gain = vault.report(address(strategy));
        assertApproxEqAbs(gain, uint256(100e18) * 1000 / (1123 + 1000), 2e6);
        assertEq(vault.totalAssets(), total);
        skip(7 days);
        assertEq(vault.totalAssets(), total + gain);
    }

    function test_ASlashingShowsAtOnce() public {
        _allocate(1000e18);
        uint256 before = vault.totalAssets();
        uint256 worth = strategy.worth();
        stETH.report(100e18);
        uint256 lost = worth - strategy.worth();
        assertGt(lost, 40e18);
        assertApproxEqAbs(vault.totalAssets(), before - lost, 2);
    }

    function test_LeavingTakesTheQueue() public {
        _allocate(1000e18);
        assertEq(_recall(400e18), 0);
        assertEq(strategy.pendingRequests().length, 1);
        assertApproxEqAbs(vault.totalAssets(), 5000e18, 4);
        assertEq(_recall(0), 0);
        queue.finalize(1);
        assertApproxEqAbs(vault.totalAssets(), 5000e18, 4);
        assertApproxEqAbs(_recall(0), 400e18, 2);
        assertEq(strategy.pendingRequests().length, 0);
        assertApproxEqAbs(vault.totalAssets(), 5000e18, 4);
        assertApproxEqAbs(vault.idleAssets(), 4400e18, 2);
    }

    /// @dev Lido takes no request above 1,000 stETH.
    function test_MuchIsRequestedInParts() public {
        _allocate(3500e18);
        _recall(type(uint256).max);
        assertEq(strategy.pendingRequests().length, 4);
        assertEq(wstETH.balanceOf(address(strategy)), 0);
        queue.finalize(2);
        assertApproxEqAbs(_recall(0), 2000e18, 1e4);
        assertEq(strategy.pendingRequests()[0], 3);
        queue.finalize(4);
        assertApproxEqAbs(_recall(0), 1500e18, 1e4);
        assertApproxEqAbs(vault.idleAssets(), 5000e18, 10);
    }

    /// @dev A request earns no more, and is slashed with the rest until it is ready.
    function test_ARequestCountsAsTheLowerOfItsAmountAndItsShares() public {
        _allocate(1000e18);
        _recall(type(uint256).max);
        uint256 requested = strategy.worth();
        _rewards(100e18);
        assertEq(strategy.worth(), requested);
        stETH.report(400e18);
        uint256 slashed = strategy.worth();
        assertLt(slashed, requested);
        queue.finalize(1);
        assertApproxEqAbs(strategy.worth(), slashed, 2);
        assertApproxEqAbs(_recall(0), slashed, 2);
    }

    function test_AnEmergencyExitRequestsEverything() public {
        _allocate(1500e18);
        vm.prank(guardian);
        assertEq(vault.emergencyExit(address(strategy), ""), 0);
        assertEq(wstETH.balanceOf(address(strategy)), 0);
        assertEq(strategy.pendingRequests().length, 2);
    }

    /// @dev What was requested before and is ready.
    function test_AnEmergencyExitCollects() public {
        _allocate(1000e18);
        _recall(400e18);
        queue.finalize(1);
        vm.prank(guardian);
        assertApproxEqAbs(vault.emergencyExit(address(strategy), ""), 400e18, 2);
        assertEq(strategy.pendingRequests().length, 1);
    }

    /// @dev Whatever happens to Lido then.
    function test_ARequestThatIsReadyLosesNothing() public {
        _allocate(1000e18);
        _recall(type(uint256).max);
        queue.finalize(1);
        uint256 ready = strategy.worth();
        stETH.report(400e18);
        assertEq(strategy.worth(), ready);
        assertEq(_recall(0), ready);
    }

    /// @dev No less than what is asked for, and no more than a unit of wstETH beyond it.
    function test_ARequestIsRoundedUp() public {
        _allocate(1000e18);
        uint256 held = wstETH.balanceOf(address(strategy));
        _recall(400e18);
        assertEq(held - wstETH.balanceOf(address(strategy)), wstETH.getWstETHByStETH(400e18) + 1);
        assertGe(queue.getWithdrawalStatus(strategy.pendingRequests())[0].amountOfStETH, 400e18);
    }

    /// @dev Where a share is worth one, and nothing is rounded.
    function test_LidosBoundsAreKept() public {
        stETH.report(123e18);
        _allocate(100);
        _recall(type(uint256).max);
        assertEq(strategy.pendingRequests().length, 0);
        _allocate(1);
        _recall(type(uint256).max);
        assertEq(strategy.pendingRequests().length, 1);
        _allocate(2000e18);
        _recall(type(uint256).max);
        assertEq(strategy.pendingRequests().length, 3);
    }

    function test_AUnitOfNativeCoinIsNotLeftBehind() public {
        vm.deal(address(strategy), 1);
        assertEq(_recall(0), 1);
    }

    function test_RevertWhen_ThereAreTooManyRequests() public {
        _allocate(1000e18);
        for (uint256 i; i < 32; ++i) {
            _recall(1e18);
        }
        vm.expectRevert(abi.encodeWithSelector(ILidoStrategy.TooManyRequests.selector, 32));
        _recall(1e18);
    }

    function test_RevertWhen_TheCallerIsNotTheVault() public {
        bytes memory reason = abi.encodeWithSelector(IStakingStrategy.NotVault.selector, keeper);
        vm.startPrank(keeper);
        vm.expectRevert(reason);
        strategy.deploy(1, "");
        vm.expectRevert(reason);
        strategy.release(1, "");
        vm.expectRevert(reason);
        strategy.emergencyExit("");
        vm.deal(keeper, 1);
        (bool done, bytes memory why) = address(strategy).call{value: 1}("");
        assertFalse(done);
        assertEq(why, abi.encodeWithSelector(IStakingStrategy.NativeUnexpected.selector, keeper));
    }
}
