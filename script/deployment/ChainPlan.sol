// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Pool} from "../../contracts/types/Pool.sol";
import {Share} from "../../contracts/types/Share.sol";
import {PoolSpec} from "../Base.s.sol";
import {Customs, Plan, SendingCap} from "./Plan.sol";
import {Sources} from "./Sources.sol";
import {PoolTerms} from "./Terms.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title ChainPlan
/// @notice A plan as the chain file has it.
abstract contract ChainPlan is Sources, PoolTerms, Customs {
    /// @notice The chain file lists a pool that the venue's factory does not know.
    error PoolMissing(string name);
    error RoleMissing(string role);

    /// @param guardian Unless the file names guardians.
    /// @param keeper Unless the file names keepers.
    function planOf(address governance, address guardian, address keeper) internal view returns (Plan memory plan) {
        require(governance != address(0), RoleMissing("governance"));
        plan.governance = governance;
        plan.guardians = _accountsOr(".terms.guardians", guardian, "guardian");
        plan.keepers = _accountsOr(".terms.keepers", keeper, "keeper");
        plan.executor = stringAt(".executor.contract");
        plan.wrappedNative = wrappedNativeOf();
        plan.native = stringAt(".native.symbol");
        string[] memory symbols = stringsAt(".profitTokens");
        plan.profitTokens = new address[](symbols.length);
        for (uint256 i; i < symbols.length; ++i) {
            plan.profitTokens[i] = tokenOf(symbols[i]);
        }
        _readPools(plan);
        _readTerms(plan);
    }

    function _readPools(Plan memory plan) private view {
        PoolSpec[] memory specs = poolSpecs();
        plan.pools = new address[](specs.length);
        plan.terms = new Pool[](specs.length);
        for (uint256 i; i < specs.length; ++i) {
            (plan.pools[i], plan.terms[i]) = (poolOf(specs[i]), termsOf(specs[i]));
            require(plan.pools[i] != address(0), PoolMissing(specs[i].name));
        }
        plan.guardCalls = guardCalls(plan.pools);
    }

    /// @dev What would not fit is out of a bound, and refused by whom it is for.
    function _readTerms(Plan memory plan) private view {
        // forge-lint: disable-next-line(unsafe-typecast): bounded in place
        plan.delay = uint32(Math.min(uintOr(".terms.governanceDelay", GOVERNANCE_DELAY), type(uint32).max));
        plan.yieldShareBps = bpsOr(".terms.yieldShareBps", YIELD_SHARE_BPS);
        plan.maxTipBps = bpsOr(".terms.maxTipBps", 0);
        plan.stakersSlippageBps = bpsOr(".terms.stakersSlippageBps", STAKERS_SLIPPAGE_BPS);
        plan.poolsBps = bpsOr(".terms.split.poolsBps", POOLS_BPS);
        plan.vaultBps = bpsOr(".terms.split.vaultBps", VAULT_BPS);
        plan.beneficiaries = _shares(".terms.split.beneficiaries");
        // forge-lint: disable-start(unsafe-typecast): the chain file's schema bounds coins
        plan.lossCap = uint112(coinsOr(".terms.lossCap", LOSS_CAP));
        plan.gasBudget = uint112(coinsOr(".terms.gasBudget", 0));
        plan.depositCap = uint88(coinsOr(".terms.depositCap", DEPOSIT_CAP));
        // forge-lint: disable-end(unsafe-typecast)
        plan.sendingCaps = _sendingCaps(".terms.sendingCaps");
    }

    function _sendingCaps(string memory path) private view returns (SendingCap[] memory caps) {
        string[] memory symbols = exists(path) ? keysAt(path) : new string[](0);
        caps = new SendingCap[](symbols.length);
        for (uint256 i; i < symbols.length; ++i) {
            string memory at = string.concat(path, ".", symbols[i], ".");
            uint8 decimals = decimalsOf(symbols[i]);
            caps[i].token = tokenOf(symbols[i]);
            // forge-lint: disable-start(unsafe-typecast): the chain file's schema bounds them
            caps[i].largest = uint112(amountAt(string.concat(at, "largest"), decimals));
            caps[i].perDay = uint112(amountAt(string.concat(at, "perDay"), decimals));
            // forge-lint: disable-end(unsafe-typecast)
        }
    }

    function _shares(string memory path) private view returns (Share[] memory shares) {
        uint256 count;
        while (exists(item(path, count))) ++count;
        shares = new Share[](count);
        for (uint256 i; i < count; ++i) {
            string memory at = item(path, i);
            shares[i].beneficiary = addressAt(string.concat(at, ".address"));
            shares[i].bps = bpsOr(string.concat(at, ".bps"), 0);
        }
    }

    function _accountsOr(string memory path, address otherwise, string memory role)
        private
        view
        returns (address[] memory accounts)
    {
        uint256 count;
        while (exists(item(path, count))) ++count;
        accounts = new address[](count == 0 ? 1 : count);
        accounts[0] = otherwise;
        for (uint256 i; i < count; ++i) {
            accounts[i] = addressAt(item(path, i));
        }
        require(accounts[0] != address(0), RoleMissing(role));
    }
}
