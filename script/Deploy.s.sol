// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Pool} from "../contracts/types/Pool.sol";
import {Base, PoolSpec} from "./Base.s.sol";
import {Deployment, Plan} from "./Deployment.sol";
import {Sources} from "./Guarding.sol";
import {PoolTerms} from "./Terms.sol";

interface IPairFactory {
    function getPair(address a, address b) external view returns (address);
}

interface IPoolFactory {
    function getPool(address a, address b, uint24 fee) external view returns (address);
}

/// @title Deploy
/// @notice Deploys to the chain that chains/<name>.json describes, and writes the addresses to
/// build/deploy/<chainId>.json. `millrace deploy` runs it:
/// forge script script/Deploy.s.sol --sig 'run(string,address,address,address)' <chain> <governance> <guardian> <keeper>
contract Deploy is Base, Deployment, Sources, PoolTerms {
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
        vm.stopBroadcast();
        _write();
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
    }

    /// @dev Asked of the venue's factory, on the chain itself.
    function _pool(PoolSpec memory spec) private view returns (address pool) {
        (address a, address b) = (tokenOf(spec.tokens[0]), tokenOf(spec.tokens[1]));
        address factory = venueOf(spec.venue, "factory");
        pool = spec.fee == 0 ? IPairFactory(factory).getPair(a, b) : IPoolFactory(factory).getPool(a, b, spec.fee);
        require(pool != address(0), PoolMissing(spec.name));
    }

    function _write() private {
        vm.createDir("build/deploy", true);
        string memory object = "deployment";
        vm.serializeAddress(object, "manager", address(manager));
        vm.serializeAddress(object, "vault", address(vault));
        vm.serializeAddress(object, "reserve", address(reserve));
        vm.serializeAddress(object, "guard", address(priceGuard));
        string memory json = vm.serializeAddress(object, "executor", address(executor));
        vm.writeJson(json, string.concat("build/deploy/", vm.toString(block.chainid), ".json"));
    }
}
