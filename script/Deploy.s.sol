// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Pool} from "../contracts/types/Pool.sol";
import {Annexes} from "./Annexes.sol";
import {Base, PoolSpec} from "./Base.s.sol";
import {Deployment, Plan} from "./Deployment.sol";
import {Sources} from "./Guarding.sol";
import {PoolTerms} from "./Terms.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

interface ISplit {
    function injection() external view returns (address);
}

/// @title Deploy
/// @notice Deploys to the chain that chains/<name>.json describes, and writes the addresses to
/// build/deploy/<chainId>.json. `millrace deploy` runs it:
/// forge script script/Deploy.s.sol --sig 'run(string,address,address,address)' <chain> <governance> <guardian> <keeper>
contract Deploy is Base, Deployment, Annexes, Sources, PoolTerms {
    error ChainMismatch(uint256 expected, uint256 actual);
    /// @notice The chain file lists a pool that the venue's factory does not know.
    error PoolMissing(string name);
    error RoleMissing(string role);

    function run(string calldata name, address governance, address guardian, address keeper) external {
        readChain(name);
        require(block.chainid == chainIdOf(), ChainMismatch(chainIdOf(), block.chainid));
        require(governance != address(0), RoleMissing("governance"));
        require(guardian != address(0), RoleMissing("guardian"));
        require(keeper != address(0), RoleMissing("keeper"));
        Plan memory plan = _plan();
        (plan.governance, plan.guardian, plan.keeper) = (governance, guardian, keeper);
        vm.startBroadcast();
        (, address deployer,) = vm.readCallers();
        deployMillrace(deployer, plan);
        deployAnnexes(address(vault), address(reserve));
        vm.stopBroadcast();
        _write(plan.delay);
    }

    function _plan() private view returns (Plan memory plan) {
        plan.executor = stringAt(".executor.contract");
        plan.wrappedNative = wrappedNativeOf();
        plan.native = stringAt(".native.symbol");
        string[] memory symbols = vm.parseJsonStringArray(chainJson, ".profitTokens");
        plan.profitTokens = new address[](symbols.length);
        for (uint256 i; i < symbols.length; ++i) {
            plan.profitTokens[i] = tokenOf(symbols[i]);
        }
        PoolSpec[] memory specs = poolSpecs();
        plan.pools = new address[](specs.length);
        plan.terms = new Pool[](specs.length);
        for (uint256 i; i < specs.length; ++i) {
            (plan.pools[i], plan.terms[i]) = (_pool(specs[i]), termsOf(specs[i]));
        }
        plan.guardCalls = guardCalls(plan.pools);
        // forge-lint: disable-next-line(unsafe-typecast): what would not fit is out of a delay's bounds, and refused
        plan.delay = uint32(Math.min(uintOr(".terms.governanceDelay", GOVERNANCE_DELAY), type(uint32).max));
        // forge-lint: disable-next-line(unsafe-typecast): the vault refuses more than a half, which fits 16 bits
        plan.yieldShareBps = uint16(Math.min(uintOr(".terms.yieldShareBps", YIELD_SHARE_BPS), type(uint16).max));
    }

    /// @dev Asked of the venue's factory, on the chain itself.
    function _pool(PoolSpec memory spec) private view returns (address pool) {
        pool = poolOf(spec);
        require(pool != address(0), PoolMissing(spec.name));
    }

    /// @dev What constructors deploy is recorded too: the reserve's Injection, the executor's Sizer.
    function _write(uint32 delay) private {
        vm.createDir("build/deploy", true);
        string memory list = "contracts";
        vm.serializeAddress(list, "manager", address(manager));
        vm.serializeAddress(list, "vault", address(vault));
        vm.serializeAddress(list, "reserve", address(reserve));
        vm.serializeAddress(list, "injection", ISplit(address(reserve)).injection());
        vm.serializeAddress(list, "guard", address(priceGuard));
        vm.serializeAddress(list, "upkeep", address(injectionUpkeep));
        vm.serializeAddress(list, "lens", address(reserveLens));
        for (uint256 i; i < annexes.length; ++i) {
            vm.serializeAddress(list, annexNames[i], annexes[i]);
        }
        vm.serializeAddress(list, "sizer", address(executor.sizer()));
        string memory contracts = vm.serializeAddress(list, "executor", address(executor));
        vm.serializeUint("deployment", "governanceDelay", delay);
        vm.serializeString("deployment", "leftOut", leftOut);
        string memory json = vm.serializeString("deployment", "contracts", contracts);
        vm.writeJson(json, string.concat("build/deploy/", vm.toString(block.chainid), ".json"));
    }
}
