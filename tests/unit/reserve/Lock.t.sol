// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILedger} from "../../../contracts/interfaces/ILedger.sol";

import {CallingToken, IReceiver} from "../../mocks/CallingToken.sol";
import {Ledger_Test} from "./LedgerTest.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

/// @notice The lock of the reserve: who is paid calls back, with every right there is.
contract Lock_Test is Ledger_Test, IReceiver {
    CallingToken private _calling;
    bytes[] private _attempts;
    uint256 private _refused;
    bool private _settles;

    function setUp() public override {
        super.setUp();
        _calling = new CallingToken("CALL", 18);
        vm.startPrank(governance);
        reserve.listToken(address(_calling), true);
        reserve.setSplit(0, 0, _shares(address(this), 10_000));
        reserve.setInjector(address(this), true);
        manager.grantRole(manager.ADMIN_ROLE(), address(this), 0);
        manager.grantRole(GUARDIAN_ROLE, address(this), 0);
        manager.grantRole(WITHDRAWER_ROLE, address(this), 0);
        vm.stopPrank();
        _calling.mint(address(reserve), 1e18);
        reserve.recognise(address(_calling));
    }

    function test_NothingThatMovesFundsRunsWithinAnother() public {
        address token_ = address(token);
        _attempts.push(abi.encodeCall(reserve.book, (2, token_, _pools(2))));
        _attempts.push(abi.encodeCall(reserve.recognise, (token_)));
        _attempts.push(abi.encodeCall(reserve.payVault, ()));
        _attempts.push(abi.encodeCall(reserve.payBeneficiary, (token_, stranger)));
        _attempts.push(abi.encodeCall(reserve.receiveMinedFunds, ()));
        _attempts.push(abi.encodeCall(reserve.payKeepers, ()));
        _attempts.push(abi.encodeCall(reserve.migrate, (stranger, token_, _pools(1))));
        _attempts.push(abi.encodeCall(reserve.receiveMigrated, (poolA, token_, 1)));
        _attempts.push(abi.encodeCall(reserve.spendPot, (token_, poolA, 0)));
        _attempts.push(abi.encodeCall(reserve.releaseBucket, (token_, stranger)));
        _attempts.push(abi.encodeCall(reserve.sendToOutpost, (poolA, token_, 1, 1, poolB)));
        _attempts.push(abi.encodeCall(reserve.receiveBridged, (token_, 1)));
        _attempts.push(abi.encodeCall(reserve.provideLiquidity, (poolA, 1, 1, 0)));
        _attempts.push(abi.encodeCall(reserve.recentre, (poolA, 0)));
        _attempts.push(abi.encodeCall(reserve.convertBucket, (poolA, token_, 1, address(weth), "")));
        _attempts.push(abi.encodeCall(reserve.convertVaultBucket, (token_, 1, "")));
        _attempts.push(abi.encodeCall(reserve.collectFees, (poolA)));
        _attempts.push(abi.encodeCall(reserve.withdrawLiquidity, (poolA, 1)));
        _attempts.push(abi.encodeCall(reserve.exitPool, (poolA)));
        _calling.tell(address(this));
        assertEq(reserve.payBeneficiary(address(_calling), address(this)), 1e18);
        assertEq(_refused, 19);
    }

    /// @dev What is measured under the lock would be accounted twice.
    function test_NothingIsSettledWithin() public {
        vm.prank(governance);
        reserve.setExecutor(address(this));
        _settles = true;
        _calling.tell(address(this));
        reserve.payBeneficiary(address(_calling), address(this));
        assertEq(_refused, 1);
        reserve.settle(address(_calling), 0, _pools(2));
    }

    /// @notice Called by the token, while it is paid out.
    function onReceipt() external {
        if (_settles) {
            vm.expectRevert(ILedger.SettledWhileLocked.selector);
            reserve.settle(address(_calling), 0, _pools(2));
            ++_refused;
        }
        bytes4 locked = ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector;
        for (uint256 i; i < _attempts.length; ++i) {
            (bool done, bytes memory reason) = address(reserve).call(_attempts[i]);
            assertFalse(done);
            assertEq(reason, abi.encodeWithSelector(locked), vm.toString(i));
            ++_refused;
        }
    }
}
