// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../contracts/interfaces/IFlashExecutor.sol";
import {IStakingVault} from "../../contracts/interfaces/IStakingVault.sol";
import {Customs, Plan} from "./Plan.sol";
import {Settings} from "./Settings.sol";

/// @title Rights
/// @notice Who may call what, by the access manager's roles, against a plan. What no role may call is governance's.
abstract contract Rights is Settings, Customs {
    function compareRights(Plan memory plan) internal {
        about("manager", address(manager));
        _compareFunctions();
        for (uint256 i; i < plan.guardians.length; ++i) {
            _member("guardian", GUARDIAN_ROLE, plan.guardians[i], 0);
        }
        for (uint256 i; i < plan.keepers.length; ++i) {
            _member("vault keeper", VAULT_KEEPER_ROLE, plan.keepers[i], 0);
        }
        _member("reserve", RESERVE_ROLE, address(reserve), 0);
        _member("withdrawer", WITHDRAWER_ROLE, plan.governance, WITHDRAWAL_DELAY);
    }

    function _compareFunctions() private {
        _label("guardian", GUARDIAN_ROLE, address(executor), IFlashExecutor.pause.selector);
        _allow("executor.pause", address(executor), IFlashExecutor.pause.selector, GUARDIAN_ROLE);
        _allow("vault.stopDeposits", address(vault), IStakingVault.stopDeposits.selector, GUARDIAN_ROLE);
        _allow("vault.emergencyExit", address(vault), IStakingVault.emergencyExit.selector, GUARDIAN_ROLE);
        _allow("reserve.exitPool", address(reserve), reserve.exitPool.selector, GUARDIAN_ROLE);
        _allow("reserve.stopInjections", address(reserve), reserve.stopInjections.selector, GUARDIAN_ROLE);
        _allow("reserve.stopSending", address(reserve), reserve.stopSending.selector, GUARDIAN_ROLE);
        _label("reserve", RESERVE_ROLE, address(vault), IStakingVault.addProfit.selector);
        _allow("vault.addProfit", address(vault), IStakingVault.addProfit.selector, RESERVE_ROLE);
        _label("converter", CONVERTER_ROLE, address(executor), IFlashExecutor.convert.selector);
        _allow("executor.convert", address(executor), IFlashExecutor.convert.selector, CONVERTER_ROLE);
        _label("vault keeper", VAULT_KEEPER_ROLE, address(vault), IStakingVault.allocate.selector);
        _allow("vault.allocate", address(vault), IStakingVault.allocate.selector, VAULT_KEEPER_ROLE);
        _allow("vault.recall", address(vault), IStakingVault.recall.selector, VAULT_KEEPER_ROLE);
        _allow("vault.report", address(vault), IStakingVault.report.selector, VAULT_KEEPER_ROLE);
        _label("withdrawer", WITHDRAWER_ROLE, address(reserve), reserve.withdrawLiquidity.selector);
        _allow("reserve.withdrawLiquidity", address(reserve), reserve.withdrawLiquidity.selector, WITHDRAWER_ROLE);
        _allow("reserve.migrate", address(reserve), reserve.migrate.selector, WITHDRAWER_ROLE);
    }

    /// @dev The manager has no view of labels; a role has its label before it may call anything.
    function _label(string memory name, uint64 role, address target, bytes4 selector) private {
        string memory found = manager.getTargetFunctionRole(target, selector) == role ? name : "none";
        differ(
            string.concat("label of role ", vm.toString(role)),
            found,
            name,
            abi.encodeCall(manager.labelRole, (role, name))
        );
    }

    function _allow(string memory name, address target, bytes4 selector, uint64 role) private {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        bytes memory call = abi.encodeCall(manager.setTargetFunctionRole, (target, selectors, role));
        differ(string.concat("role for ", name), manager.getTargetFunctionRole(target, selector), role, call);
    }

    function _member(string memory name, uint64 role, address account, uint32 delay) private {
        (bool member, uint32 found) = manager.hasRole(role, account);
        bytes memory call = abi.encodeCall(manager.grantRole, (role, account, delay));
        string memory what = string.concat(name, " ", vm.toString(account));
        differ(what, member ? _after(found) : "no", _after(delay), call);
    }

    function _after(uint256 delay) private pure returns (string memory) {
        return delay == 0 ? "at once" : string.concat("after ", vm.toString(delay), " s");
    }
}
