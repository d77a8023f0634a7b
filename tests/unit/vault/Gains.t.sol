// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingVault} from "../../../contracts/interfaces/IStakingVault.sol";

import {Lent_Test} from "./Staking.sol";

/// @notice Takes what the vault sends to the reserve.
contract MinedSink {
    uint256 public mined;
    bool private _refusing;

    function refuse() external {
        _refusing = true;
    }

    function receiveMinedFunds() external payable {
        require(!_refusing);
        mined += msg.value;
    }
}

/// @notice V5: what strategies gain.
contract Gains_Test is Lent_Test {
    MinedSink internal sink = new MinedSink();

    function _yieldShare(uint256 bps) private {
        vm.prank(governance);
        vault.setYieldShare(address(sink), bps);
    }

    function test_AGainIsTold_NothingIsNot() public {
        _yieldShare(2000);
        _allocate(strategy, 60e18);
        strategy.setResult(5e18);
        vm.expectEmit(address(vault));
        emit IStakingVault.GainBooked(address(strategy), 5e18, 1e18);
        _report(strategy);
        vm.recordLogs();
        _report(strategy);
        assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_AGainIsReportedWithNothingIdle() public {
        vm.prank(governance);
        vault.setStrategy(address(strategy), 100e18);
        _allocate(strategy, 100e18);
        strategy.setResult(7e18);
        assertEq(_report(strategy), 7e18);
        assertEq(vault.lockedProfit(), 7e18);
    }

    function test_AGainCountsOnlyByReport() public {
        _allocate(strategy, 60e18);
        strategy.setResult(7e18);
        assertEq(vault.totalAssets(), 100e18);
        assertEq(_report(strategy), 7e18);
        assertEq(vault.totalAssets(), 100e18);
        assertEq(vault.lockedProfit(), 7e18);
        skip(7 days);
        assertEq(vault.totalAssets(), 107e18);
    }

    /// @dev What a strategy has gained counts for the cap: so much could not be streamed in a week without it.
    function test_AGainIsStreamedOverAPeriod() public {
        _allocate(strategy, 60e18);
        strategy.setResult(50e18);
        _report(strategy);
        assertEq(vault.streamEnd(), block.timestamp + 7 days);
    }

    function test_AShareOfAGainIsMinedFunds() public {
        _yieldShare(2000);
        _allocate(strategy, 60e18);
        strategy.setResult(5e18);
        _report(strategy);
        assertEq(sink.mined(), 1e18);
        assertEq(vault.lockedProfit(), 4e18);
        assertEq(vault.idleAssets(), 39e18);
        assertEq(vault.totalAssets(), 100e18);
        assertEq(weth.balanceOf(address(vault)), 39e18);
    }

    /// @dev It stays where the rest of the gain is, to the unit, and both are told.
    function test_AShareThatIsRefusedIsStreamed() public {
        _yieldShare(2000);
        _allocate(strategy, 60e18);
        strategy.setResult(5e18);
        sink.refuse();
        vm.expectEmit(address(vault));
        emit IStakingVault.GainBooked(address(strategy), 5e18, 1e18);
        vm.expectEmit(address(vault));
        emit IStakingVault.ShareRefused(address(sink), 1e18);
        _report(strategy);
        assertEq(vault.lockedProfit(), 5e18);
        assertEq(vault.streamEnd(), block.timestamp + 7 days);
        assertEq(vault.idleAssets(), 40e18);
        assertEq(weth.balanceOf(address(vault)), 40e18);
        assertEq(address(vault).balance + sink.mined(), 0);
        assertEq(vault.totalAssets(), 100e18);
        skip(7 days);
        assertEq(vault.totalAssets(), 105e18);
    }

    function test_RevertWhen_TheReservesShareIsNotIdle() public {
        _yieldShare(5000);
        _allocate(strategy, 80e18);
        vm.startPrank(alice);
        vault.withdraw(20e18, alice, alice);
        strategy.setResult(5e18);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.NotLiquid.selector, 2.5e18, 0));
        _report(strategy);
    }

    function test_RevertWhen_TheYieldShareIsTooHigh() public {
        vm.startPrank(governance);
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.ShareTooHigh.selector, 5001, 5000));
        vault.setYieldShare(address(sink), 5001);
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.NotContract.selector, address(0)));
        vault.setYieldShare(address(0), 1);
        vm.expectRevert(abi.encodeWithSelector(IStakingVault.NotContract.selector, stranger));
        vault.setYieldShare(stranger, 1);
        vm.expectEmit(address(vault));
        emit IStakingVault.YieldShareSet(address(0), 0);
        vault.setYieldShare(address(0), 0);
        vault.setYieldShare(address(sink), 0);
        (address to, uint256 bps) = vault.yieldShare();
        assertEq(to, address(sink));
        assertEq(bps, 0);
    }
}
