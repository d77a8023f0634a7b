// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Artifacts} from "../script/deployment/Artifacts.sol";
import {Contracts} from "../script/deployment/Contracts.sol";
import {Customs, Plan} from "../script/deployment/Plan.sol";
import {Deployed, IDeployer} from "./Deployer.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {Test} from "forge-std/Test.sol";

/// @title Governing
/// @notice A deployment as the script makes it, whose governance then acts at once or announces what it does.
abstract contract Governing is Test, Artifacts, Contracts, Customs {
    address internal governance = makeAddr("governance");
    address internal guardian = makeAddr("guardian");
    address internal keeper = makeAddr("keeper");
    address internal stranger = makeAddr("stranger");

    /// @notice Deploys some days ago, so that governance has by now announced that it does away with its own delay, and has
    /// done so: most tests are not about it. Ends at the moment at which it began.
    function deployUndelayed(address deployer, Plan memory plan) internal {
        uint256 today = vm.getBlockTimestamp();
        vm.warp(today - 2 * GOVERNANCE_DELAY);
        deployDelayed(deployer, plan);
        announced(address(manager), abi.encodeCall(manager.grantRole, (manager.ADMIN_ROLE(), governance, 0)));
        // The shorter delay is in force when the longer one has passed once more.
        vm.warp(today);
    }

    function deployDelayed(address deployer, Plan memory plan) internal {
        customary(plan);
        people(plan);
        deployAs(deployer, plan);
    }

    /// @notice Deploys as the script does, in the name of `deployer`.
    function deployAs(address deployer, Plan memory plan) internal virtual {
        Deployed memory all = IDeployer(create("Deployer", "")).deploy(deployer, plan);
        (manager, vault, reserve, priceGuard) = (all.manager, all.vault, all.reserve, all.priceGuard);
        (executor, injectionUpkeep, reserveLens) = (all.executor, all.injectionUpkeep, all.reserveLens);
    }

    /// @notice A reserve beside the deployment's, with the customary split.
    function deployReserve(address manager_, address vault_, address wrappedNative) internal returns (address) {
        return create("LiquidityReserve", abi.encode(manager_, vault_, wrappedNative, POOLS_BPS, VAULT_BPS));
    }

    /// @notice An executor beside the deployment's.
    function deployExecutor(string memory name, address manager_, address reserve_, address wrappedNative)
        internal
        returns (address)
    {
        return create(name, abi.encode(manager_, reserve_, wrappedNative));
    }

    /// @notice The roles are those of the people here.
    function people(Plan memory plan) internal view {
        plan.governance = governance;
        (plan.guardians, plan.keepers) = (new address[](1), new address[](1));
        (plan.guardians[0], plan.keepers[0]) = (guardian, keeper);
    }

    /// @notice Announces what governance does, waits as long as it must, and does it.
    function announced(address target, bytes memory call) internal {
        (, uint32 delay) = manager.canCall(governance, target, bytes4(call));
        if (target == address(manager)) (, delay) = manager.hasRole(manager.ADMIN_ROLE(), governance);
        vm.startPrank(governance);
        manager.schedule(target, call, 0);
        vm.warp(vm.getBlockTimestamp() + delay);
        manager.execute(target, call);
        vm.stopPrank();
    }

    /// @notice Each of the calls is refused to everyone else, by the name of the role, and governance's to make.
    function assertGovernancesAlone(address target, bytes[] memory calls) internal {
        address[3] memory others = [stranger, keeper, guardian];
        for (uint256 i; i < calls.length; ++i) {
            for (uint256 j; j < others.length; ++j) {
                assertRefused(others[j], target, calls[i]);
            }
            vm.prank(governance);
            (bool allowed,) = target.call(calls[i]);
            assertTrue(allowed);
        }
    }

    function assertRefused(address caller, address target, bytes memory call) internal {
        vm.prank(caller);
        (bool done, bytes memory reason) = target.call(call);
        assertFalse(done);
        assertEq(reason, abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, caller));
    }
}
