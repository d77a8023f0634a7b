// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IFlashExecutor} from "../../contracts/interfaces/IFlashExecutor.sol";
import {ILiquidityReserve} from "../../contracts/interfaces/ILiquidityReserve.sol";
import {IPriceGuard} from "../../contracts/interfaces/IPriceGuard.sol";
import {Terms} from "../../contracts/types/Book.sol";
import {Change} from "./Changes.sol";
import {Creating} from "./Creating.sol";
import {IReserveLens, IUpkeep, IVault} from "./Interfaces.sol";
import {Plan} from "./Plan.sol";
import {Rights} from "./Rights.sol";

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

/// @title Deployment
/// @notice Deploys the contracts, connects them, hands them to governance, and keeps nothing for the deployer.
/// @dev A list of steps, each of which asks the chain whether it has been made: after a failure the same again goes on where
/// it stopped, and a second run does nothing. Every call is made by whoever is pranked, who is the manager's admin until the
/// last. Used by Deploy.s.sol and, so that the wiring itself is tested, by the tests.
abstract contract Deployment is Creating, Rights {
    /// @dev So many changes a transaction: what a block has room for on every chain.
    uint256 private constant BATCH = 24;

    /// @notice An admin re-assigns roles: were its delay shorter than that of withdrawals, it would get round theirs.
    error DelayOutOfBounds(uint32 delay, uint32 shortest, uint32 longest);
    /// @notice A change has been made and yet the chain is not as wanted: nothing is handed over.
    error NotAsPlanned(string contractName, string what, string found, string wanted);

    function deployMillrace(address deployer, Plan memory plan) internal {
        bool bounded = plan.delay >= WITHDRAWAL_DELAY && plan.delay <= LONGEST_DELAY;
        require(bounded, DelayOutOfBounds(plan.delay, WITHDRAWAL_DELAY, LONGEST_DELAY));
        placeContracts(deployer, plan);
        compare(plan);
        if (!isHandedOver()) _settle(plan);
    }

    /// @notice What a deployment that has been handed over is not set to is governance's to set.
    function isHandedOver() internal view returns (bool) {
        (bool admin, uint32 delay) = manager.hasRole(manager.ADMIN_ROLE(), founder);
        return !admin || delay != 0;
    }

    /// @notice Lists what differs from the plan.
    function compare(Plan memory plan) internal virtual {
        delete changes;
        compareSettings(plan);
        compareRights(plan);
    }

    /* CONTRACTS */

    function placeContracts(address deployer, Plan memory plan) internal {
        founder = deployer;
        delete made;
        placeFactory();
        manager = AccessManager(put("manager", "AccessManager", abi.encode(deployer)));
        vault = IVault(payable(put("vault", "StakingVault", _vaultArguments(plan))));
        address coin = plan.wrappedNative;
        // With the customary split, whatever the plan's: governance changes it, and so does the plan.
        bytes memory arguments = abi.encode(manager, vault, coin, POOLS_BPS, VAULT_BPS);
        reserve = ILiquidityReserve(put("reserve", "LiquidityReserve", arguments));
        executor = IFlashExecutor(put("executor", plan.executor, abi.encode(manager, reserve, coin)));
        priceGuard = IPriceGuard(put("guard", "PriceGuard", abi.encode(manager, coin)));
        arguments = abi.encode(manager, reserve);
        injectionUpkeep = IUpkeep(put("upkeep", "InjectionUpkeep", arguments));
        reserveLens = IReserveLens(put("lens", "ReserveLens", abi.encode(reserve)));
    }

    function _vaultArguments(Plan memory plan) private view returns (bytes memory) {
        return abi.encode(
            address(manager),
            plan.wrappedNative,
            string.concat("Millrace Staked ", plan.native),
            string.concat("mr", plan.native),
            Terms(STREAM_PERIOD, STREAM_FLOOR, STREAM_MAX_RATE, LIVING_FLOOR, 0, true)
        );
    }

    /* SETTINGS AND HAND-OVER */

    function _settle(Plan memory plan) private {
        for (uint256 i; i < changes.length; i += BATCH) {
            step(_named(i / BATCH), address(manager), abi.encodeCall(manager.multicall, (_batch(i))));
        }
        compare(plan);
        if (changes.length != 0) {
            Change memory left = changes[0];
            revert NotAsPlanned(left.contractName, left.what, left.found, left.wanted);
        }
        _handOver(plan);
    }

    function _named(uint256 batch) private view returns (string memory) {
        string memory count = vm.toString((changes.length + BATCH - 1) / BATCH);
        return string.concat("settings ", vm.toString(batch + 1), " of ", count);
    }

    /// @dev What governance alone may call, the manager calls for the admin.
    function _batch(uint256 start) private view returns (bytes[] memory calls) {
        uint256 left = changes.length - start;
        calls = new bytes[](left < BATCH ? left : BATCH);
        for (uint256 i; i < calls.length; ++i) {
            Change storage change = changes[start + i];
            calls[i] =
                change.to == address(manager) ? change.call : abi.encodeCall(manager.execute, (change.to, change.call));
        }
    }

    /// @dev Last of all, and in one transaction, so that there is never a moment without an admin.
    function _handOver(Plan memory plan) private {
        uint64 admin = manager.ADMIN_ROLE();
        bytes[] memory calls = new bytes[](founder == plan.governance ? 1 : 2);
        calls[0] = abi.encodeCall(manager.grantRole, (admin, plan.governance, plan.delay));
        if (calls.length == 2) calls[1] = abi.encodeCall(manager.renounceRole, (admin, founder));
        step("hand-over", address(manager), abi.encodeCall(manager.multicall, (calls)));
    }
}
