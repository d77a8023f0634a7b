// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../../contracts/interfaces/IFlashExecutor.sol";

import {ErrorsLib} from "../../../contracts/libraries/ErrorsLib.sol";
import {PlainToken} from "../../mocks/PlainToken.sol";
import {Market_Test} from "./Market.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

/// @notice Who may do what [E2], and where strays go [E1].
contract Roles_Test is Market_Test {
    uint256 internal constant MAX_KEEPERS = 8;

    function test_OnlyGovernanceNamesKeepersAndUnpauses() public {
        address[3] memory others = [stranger, keeper, guardian];
        for (uint256 i; i < others.length; ++i) {
            _expectUnauthorised(others[i]);
            executor.setKeeper(others[i], true);
            _expectUnauthorised(others[i]);
            executor.unpause();
        }
    }

    function test_OnlyTheGuardianPauses() public {
        address[2] memory others = [stranger, keeper];
        for (uint256 i; i < others.length; ++i) {
            _expectUnauthorised(others[i]);
            executor.pause();
        }
        vm.prank(guardian);
        executor.pause();
        assertTrue(executor.paused());
    }

    function test_PauseStopsEveryKeeper_AndThoseNamedMeanwhile() public {
        address second = makeAddr("second");
        address third = makeAddr("third");
        vm.prank(governance);
        executor.setKeeper(second, true);
        vm.prank(guardian);
        executor.pause();
        vm.prank(governance);
        executor.setKeeper(third, true);
        address[3] memory all = [keeper, second, third];
        for (uint256 i; i < all.length; ++i) {
            assertFalse(executor.canExecute(all[i]));
        }
        vm.prank(governance);
        executor.unpause();
        for (uint256 i; i < all.length; ++i) {
            assertTrue(executor.canExecute(all[i]));
        }
    }

    function test_RemovedKeeperStaysOut() public {
        vm.startPrank(governance);
        executor.setKeeper(keeper, false);
        executor.unpause();
        vm.stopPrank();
        assertFalse(executor.canExecute(keeper));
        assertEq(executor.keepers().length, 0);
    }

    function test_TellsItsKeepers() public {
        vm.prank(governance);
        executor.setKeeper(stranger, true);
        address[] memory named = executor.keepers();
        assertEq(named.length, 2);
        assertEq(named[0], keeper);
        assertEq(named[1], stranger);
    }

    function test_RevertWhen_TooManyKeepers() public {
        vm.startPrank(governance);
        for (uint160 i = 1; i < MAX_KEEPERS; ++i) {
            executor.setKeeper(address(i), true);
        }
        vm.expectRevert(abi.encodeWithSelector(ErrorsLib.TooManyKeepers.selector, MAX_KEEPERS));
        executor.setKeeper(stranger, true);
    }

    function test_RevertWhen_KeeperIsZero() public {
        vm.prank(governance);
        vm.expectRevert(ErrorsLib.ZeroAddress.selector);
        executor.setKeeper(address(0), true);
    }

    /// @dev Whoever watches the executor learns of every change from its events alone.
    function test_TellsEveryChange() public {
        address[] memory pools = new address[](1);
        pools[0] = cheapPair;
        vm.startPrank(governance);
        _expectEvent();
        emit IFlashExecutor.KeeperSet(stranger, true);
        executor.setKeeper(stranger, true);
        _expectEvent();
        emit IFlashExecutor.PoolsRestricted(true);
        executor.restrictPools(true);
        _expectEvent();
        emit IFlashExecutor.PoolAllowed(cheapPair, true);
        executor.allowPools(pools, true);
        _expectEvent();
        emit IFlashExecutor.MaxTipSet(500);
        executor.setMaxTip(500);
        _expectEvent();
        emit IFlashExecutor.PriceGuardSet(stranger);
        executor.setPriceGuard(stranger);
        vm.stopPrank();
    }

    function test_TellsPausesAndStrays() public {
        token.mint(address(executor), 7);
        _expectEvent();
        emit IFlashExecutor.Skimmed(address(token), 7);
        executor.skim(address(token));
        _expectEvent();
        emit IFlashExecutor.Paused(guardian);
        vm.prank(guardian);
        executor.pause();
        _expectEvent();
        emit IFlashExecutor.Unpaused(governance);
        vm.prank(governance);
        executor.unpause();
    }

    function test_RevertWhen_BuiltWithoutAnAddress() public {
        vm.expectRevert(ErrorsLib.ZeroAddress.selector);
        this.build(address(0), address(reserve), address(weth));
        vm.expectRevert(ErrorsLib.ZeroAddress.selector);
        this.build(address(manager), address(0), address(weth));
        vm.expectRevert(ErrorsLib.ZeroAddress.selector);
        this.build(address(manager), address(reserve), address(0));
    }

    function build(address manager_, address reserve_, address wrappedNative) external {
        deployExecutor("EveryExecutor", manager_, reserve_, wrappedNative);
    }

    function test_Skim_SendsStraysToTheReserveAlone() public {
        token.mint(address(executor), 7);
        vm.prank(stranger);
        assertEq(executor.skim(address(token)), 7);
        assertEq(token.balanceOf(address(reserve)), 7);
        assertEq(reserve.accounted(address(token)), 0);
    }

    function test_Skim_WrapsNativeCoin() public {
        vm.deal(address(executor), 3 ether);
        vm.prank(stranger);
        assertEq(executor.skim(address(0)), 3 ether);
        assertEq(weth.balanceOf(address(reserve)), 3 ether);
        assertEq(address(executor).balance, 0);
    }

    function test_RevertWhen_NothingToSkim() public {
        PlainToken other = new PlainToken("OTH", 18);
        vm.expectRevert(abi.encodeWithSelector(ErrorsLib.NothingToSkim.selector, other));
        executor.skim(address(other));
    }

    function test_RefusesNativeCoin() public {
        vm.deal(address(this), 1);
        (bool sent, bytes memory reason) = address(executor).call{value: 1}("");
        assertFalse(sent);
        assertEq(reason, abi.encodeWithSelector(ErrorsLib.NativeUnexpected.selector, this));
    }

    function _expectEvent() private {
        vm.expectEmit(address(executor));
    }

    function _expectUnauthorised(address caller) private {
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, caller));
        vm.prank(caller);
    }
}
