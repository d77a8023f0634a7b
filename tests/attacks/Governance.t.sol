// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IInjection} from "../../contracts/interfaces/IInjection.sol";
import {ITreasury} from "../../contracts/interfaces/ITreasury.sol";
import {ILiquidityPair} from "../../contracts/interfaces/external/ILiquidityPair.sol";
import {PoolForm} from "../../contracts/types/Pool.sol";
import {PoolKind} from "../../contracts/types/PoolKind.sol";

import {Deepening_Test} from "../DeepeningTest.sol";
import {UniswapV2Fixture} from "../protocols/UniswapV2Fixture.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";

/// @notice An authority that lets everyone do everything.
contract Open {
    function canCall(address, address, bytes4) external pure returns (bool, uint32) {
        return (true, 0);
    }
}

/// @notice A thief holds governance's key for just under two days, and the reserve holds a position and a bucket.
contract Governance_Attack is Deepening_Test {
    uint256 private constant BUCKET = 5e18;

    address internal thief = makeAddr("thief");
    address internal pool;
    address private _open;
    uint256 private _position;

    function setUp() public override {
        super.setUp();
        UniswapV2Fixture fixture = new UniswapV2Fixture();
        pool = open(fixture);
        guardAndSet(pool, entryOf(PoolKind.ConstantProduct, PoolForm.Plain));
        fill(pool, address(weth), 2 * BUCKET);
        inject(pool, BUCKET, 0);
        _position = ILiquidityPair(pool).balanceOf(address(reserve));
        assertGt(_position, 0);
        _open = address(new Open());
    }

    /// @notice The thief's successor of the reserve, which keeps what it is handed.
    function receiveMigrated(address, address, uint256) external {}

    /* WITHOUT A DELAY */

    /// @dev The weakened twin: what the delay stands in the way of.
    function test_AThief_TakesEverythingAtOnceWhereGovernanceHasNoDelay() public {
        vm.prank(governance);
        manager.grantRole(WITHDRAWER_ROLE, thief, 0);
        vm.startPrank(thief);
        reserve.withdrawLiquidity(pool, 10_000);
        reserve.migrate(address(this), address(weth), one(pool));
        vm.stopPrank();
        assertEq(ILiquidityPair(pool).balanceOf(address(reserve)), 0);
        assertGt(weth.balanceOf(address(this)), BUCKET);
    }

    /* WITH IT */

    /// @dev All that it may announce, tried at once, in between, and in the last second; another second, and it is done.
    function test_AThief_TakesNothingWithinTwoDays() public {
        _delayed();
        uint256 start = vm.getBlockTimestamp();
        uint256[4] memory hours_ = [uint256(0), 1, 24, 47];
        _announceAll();
        for (uint256 i; i < hours_.length; ++i) {
            vm.warp(start + hours_[i] * 1 hours);
            _tryAll();
        }
        vm.warp(start + 2 days - 1);
        _tryAll();
        _assertUntouched();
        vm.warp(start + 2 days);
        bytes memory first = _ways()[0];
        vm.prank(governance);
        manager.execute(address(reserve), first);
        assertEq(ILiquidityPair(pool).balanceOf(address(reserve)), 0);
    }

    /// @dev What was announced is plain to see; the guardian has had two days to leave, and the owner to take it back.
    function test_WhatAThiefAnnouncedCanBeTakenBackInTime() public {
        _delayed();
        uint256 start = vm.getBlockTimestamp();
        _announceAll();
        vm.startPrank(governance);
        for (uint256 i; i < _ways().length; ++i) {
            manager.cancel(governance, _targets()[i], _ways()[i]);
        }
        vm.stopPrank();
        vm.warp(start + 3 days);
        _tryAll();
        _assertUntouched();
    }

    function _delayed() private {
        vm.prank(governance);
        manager.grantRole(0, governance, GOVERNANCE_DELAY);
    }

    function _announceAll() private {
        vm.startPrank(governance);
        for (uint256 i; i < _ways().length; ++i) {
            manager.schedule(_targets()[i], _ways()[i], 0);
        }
        vm.stopPrank();
    }

    /// @dev By way of the manager and straight, as governance and as the thief, for whom the roles would be.
    function _tryAll() private {
        (address[] memory targets, bytes[] memory ways) = (_targets(), _ways());
        address[2] memory callers = [governance, thief];
        for (uint256 i; i < 2 * ways.length; ++i) {
            (address target, bytes memory way, address caller) = (targets[i / 2], ways[i / 2], callers[i % 2]);
            vm.startPrank(caller);
            (bool done,) = target.call(way);
            assertFalse(done);
            (done,) = address(manager).call(abi.encodeCall(manager.execute, (target, way)));
            assertFalse(done);
            vm.stopPrank();
        }
    }

    function _assertUntouched() private view {
        assertEq(ILiquidityPair(pool).balanceOf(address(reserve)), _position);
        assertGe(weth.balanceOf(address(reserve)), BUCKET);
        assertEq(weth.balanceOf(address(this)), 0);
        (bool is_,) = manager.hasRole(WITHDRAWER_ROLE, thief);
        assertFalse(is_);
        (is_,) = manager.hasRole(manager.ADMIN_ROLE(), thief);
        assertFalse(is_);
        assertEq(IAccessManaged(address(reserve)).authority(), address(manager));
    }

    /* WAYS */

    function _targets() private view returns (address[] memory targets) {
        targets = new address[](9);
        for (uint256 i; i < 9; ++i) {
            targets[i] = i < 4 ? address(reserve) : address(manager);
        }
    }

    function _ways() private view returns (bytes[] memory ways) {
        ways = new bytes[](9);
        ways[0] = abi.encodeCall(IInjection.withdrawLiquidity, (pool, 10_000));
        ways[1] = abi.encodeCall(ITreasury.migrate, (address(this), address(weth), one(pool)));
        ways[2] = abi.encodeCall(reserve.setExecutor, (thief));
        ways[3] = abi.encodeCall(reserve.setLossCap, (type(uint112).max));
        ways[4] = abi.encodeCall(manager.grantRole, (WITHDRAWER_ROLE, thief, 0));
        ways[5] = abi.encodeCall(manager.grantRole, (manager.ADMIN_ROLE(), thief, 0));
        ways[6] = abi.encodeCall(manager.grantRole, (manager.ADMIN_ROLE(), governance, 0));
        ways[7] = abi.encodeCall(manager.setTargetFunctionRole, (address(reserve), _selectors(), manager.PUBLIC_ROLE()));
        ways[8] = abi.encodeCall(manager.updateAuthority, (address(reserve), _open));
    }

    function _selectors() private pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](2);
        (selectors[0], selectors[1]) = (IInjection.withdrawLiquidity.selector, ITreasury.migrate.selector);
    }
}
