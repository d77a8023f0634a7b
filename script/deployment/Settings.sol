// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Pool} from "../../contracts/types/Pool.sol";
import {Share} from "../../contracts/types/Share.sol";
import {Changes} from "./Changes.sol";
import {Contracts} from "./Contracts.sol";
import {GuardSettings} from "./GuardSettings.sol";
import {Plan, SendingCap} from "./Plan.sol";

/// @title Settings
/// @notice What the contracts are set to, against a plan. What the plan does not name is not looked at, but for the
/// executor's list of keepers: whoever is on it and not in the plan is taken off.
abstract contract Settings is Changes, GuardSettings, Contracts {
    /// @dev Where the reserve keeps the guard of the stakers' conversions, and their slippage: it has no view of them.
    uint256 internal constant STAKERS_SLOT = 14;

    function compareSettings(Plan memory plan) internal {
        about("guard", address(priceGuard));
        compareGuard(address(priceGuard), plan.guardCalls);
        about("reserve", address(reserve));
        _compareBooks(plan);
        _comparePools(plan);
        _compareCaps(plan);
        about("executor", address(executor));
        _compareExecutor(plan);
        about("vault", address(vault));
        _compareVault(plan);
        for (uint256 i; i < plan.keepers.length; ++i) {
            _compareKeeper(plan.keepers[i], true);
        }
        about("reserve", address(reserve));
        _injector(address(injectionUpkeep), true);
        _removeKeepers(plan);
    }

    /* THE RESERVE */

    function _compareBooks(Plan memory plan) private {
        bytes memory call = abi.encodeCall(reserve.setExecutor, (address(executor)));
        differ("executor", reserve.executor(), address(executor), call);
        for (uint256 i; i < plan.profitTokens.length; ++i) {
            address token = plan.profitTokens[i];
            call = abi.encodeCall(reserve.listToken, (token, true));
            differ(string.concat("lists ", vm.toString(token)), reserve.isListed(token), true, call);
        }
        (uint256 pools, uint256 stakers, Share[] memory shares) = reserve.splitOf(reserve.currentEpoch());
        call = abi.encodeCall(reserve.setSplit, (plan.poolsBps, plan.vaultBps, plan.beneficiaries));
        string memory wanted = _split(plan.poolsBps, plan.vaultBps, plan.beneficiaries);
        differ("split", _split(pools, stakers, shares), wanted, call);
    }

    function _comparePools(Plan memory plan) private {
        for (uint256 i; i < plan.pools.length; ++i) {
            address[] memory one = new address[](1);
            one[0] = plan.pools[i];
            bytes memory call = abi.encodeCall(reserve.registerPools, (one, true));
            differ(string.concat("registers ", vm.toString(one[0])), reserve.isRegistered(one[0]), true, call);
        }
        for (uint256 i; i < plan.terms.length; ++i) {
            address pool = plan.pools[i];
            Pool memory wanted = plan.terms[i];
            wanted.guard = address(priceGuard);
            string memory what = string.concat("terms of ", vm.toString(pool));
            bytes memory call = abi.encodeCall(reserve.setPool, (pool, wanted));
            differ(what, _terms(reserve.poolOf(pool)), _terms(wanted), call);
        }
    }

    function _compareCaps(Plan memory plan) private {
        bytes memory call = abi.encodeCall(reserve.setStakersGuard, (address(priceGuard), plan.stakersSlippageBps));
        bytes32 kept = vm.load(address(reserve), bytes32(STAKERS_SLOT));
        string memory found = _stakersGuard(address(uint160(uint256(kept))), uint16(uint256(kept) >> 160));
        differ("stakers' guard", found, _stakersGuard(address(priceGuard), plan.stakersSlippageBps), call);
        // A day's cap is what is left of it tomorrow.
        uint256 today = vm.getBlockTimestamp();
        vm.warp(today + 1 days);
        (uint256 losses, uint256 gas) = (reserve.lossLeft(), reserve.gasBudgetLeft());
        vm.warp(today);
        differ("cap on losses a day", losses, plan.lossCap, abi.encodeCall(reserve.setLossCap, (plan.lossCap)));
        differ("budget for gas a day", gas, plan.gasBudget, abi.encodeCall(reserve.setGasBudget, (plan.gasBudget)));
        for (uint256 i; i < plan.sendingCaps.length; ++i) {
            _compareSendingCap(plan.sendingCaps[i]);
        }
    }

    function _compareSendingCap(SendingCap memory wanted) private {
        uint256 today = vm.getBlockTimestamp();
        vm.warp(today + 1 days);
        (uint256 largest, uint256 perDay) = reserve.sendingCap(wanted.token);
        vm.warp(today);
        bytes memory call = abi.encodeCall(reserve.setSendingCap, (wanted.token, wanted.largest, wanted.perDay));
        string memory what = string.concat("sendings of ", vm.toString(wanted.token));
        differ(what, _sendings(largest, perDay), _sendings(wanted.largest, wanted.perDay), call);
    }

    /* EXECUTOR AND VAULT */

    function _compareExecutor(Plan memory plan) private {
        bytes memory call = abi.encodeCall(executor.setPriceGuard, (address(priceGuard)));
        differ("guard", executor.priceGuard(), address(priceGuard), call);
        call = abi.encodeCall(executor.setMaxTip, (plan.maxTipBps));
        differ("largest tip, basis points", executor.maxTipBps(), plan.maxTipBps, call);
    }

    function _compareVault(Plan memory plan) private {
        (address to, uint256 bps) = vault.yieldShare();
        bytes memory call = abi.encodeCall(vault.setYieldShare, (address(reserve), plan.yieldShareBps));
        string memory wanted = _yield(plan.yieldShareBps == 0 ? to : address(reserve), plan.yieldShareBps);
        differ("part of the yield", _yield(to, bps), wanted, call);
        call = abi.encodeCall(vault.setDepositCap, (plan.depositCap));
        differ("cap on deposits", vault.depositCap(), plan.depositCap, call);
    }

    /* KEEPERS */

    function _compareKeeper(address keeper, bool wanted) private {
        string memory what = string.concat("keeper ", vm.toString(keeper));
        about("executor", address(executor));
        bool found = _listed(executor.keepers(), keeper);
        differ(what, found, wanted, abi.encodeCall(executor.setKeeper, (keeper, wanted)));
        about("reserve", address(reserve));
        _injector(keeper, wanted);
        about("upkeep", address(injectionUpkeep));
        found = injectionUpkeep.isPerformer(keeper);
        differ(what, found, wanted, abi.encodeCall(injectionUpkeep.setPerformer, (keeper, wanted)));
    }

    function _injector(address who, bool wanted) private {
        bytes memory call = abi.encodeCall(reserve.setInjector, (who, wanted));
        differ(string.concat("injector ", vm.toString(who)), reserve.isInjector(who), wanted, call);
    }

    function _removeKeepers(Plan memory plan) private {
        address[] memory found = executor.keepers();
        for (uint256 i; i < found.length; ++i) {
            if (!_listed(plan.keepers, found[i])) _compareKeeper(found[i], false);
        }
    }

    function _listed(address[] memory list, address item) private pure returns (bool) {
        for (uint256 i; i < list.length; ++i) {
            if (list[i] == item) return true;
        }
        return false;
    }

    /* AS TEXT */

    function _split(uint256 poolsBps, uint256 vaultBps, Share[] memory shares)
        private
        pure
        returns (string memory said)
    {
        said = string.concat("pools ", vm.toString(poolsBps), ", stakers ", vm.toString(vaultBps));
        for (uint256 i; i < shares.length; ++i) {
            said = string.concat(said, ", ", vm.toString(shares[i].beneficiary), " ", vm.toString(shares[i].bps));
        }
    }

    function _terms(Pool memory terms) private pure returns (string memory said) {
        if (terms.guard == address(0)) return "none";
        said = string.concat(
            "deviation ", vm.toString(terms.maxDeviationBps), ", slippage ", vm.toString(terms.slippageBps)
        );
        said = string.concat(said, ", depth ", vm.toString(terms.depthBps), ", rest ", vm.toString(terms.coolDown));
        said = string.concat(said, ", half width ", vm.toString(terms.halfWidth), ", fee ", vm.toString(terms.fee));
        said = string.concat(said, ", guard ", vm.toString(terms.guard));
    }

    function _stakersGuard(address guard, uint256 slippageBps) private pure returns (string memory) {
        return string.concat(vm.toString(guard), ", slippage ", vm.toString(slippageBps));
    }

    function _sendings(uint256 largest, uint256 perDay) private pure returns (string memory) {
        return string.concat(vm.toString(largest), " at once, ", vm.toString(perDay), " a day");
    }

    function _yield(address to, uint256 bps) private pure returns (string memory) {
        return string.concat(vm.toString(bps), " basis points to ", vm.toString(to));
    }
}
