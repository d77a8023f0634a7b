// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {InjectionUpkeep} from "../contracts/InjectionUpkeep.sol";
import {ReserveLens} from "../contracts/ReserveLens.sol";
import {StakingVault} from "../contracts/StakingVault.sol";
import {IFlashExecutor} from "../contracts/interfaces/IFlashExecutor.sol";
import {ILiquidityReserve} from "../contracts/interfaces/ILiquidityReserve.sol";
import {IStakingVault} from "../contracts/interfaces/IStakingVault.sol";
import {Terms} from "../contracts/types/Book.sol";
import {Pool} from "../contracts/types/Pool.sol";
import {Guarding} from "./Guarding.sol";

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {CommonBase} from "forge-std/Base.sol";

/// @notice What a deployment is made of.
/// @param governance Ends as the manager's only admin.
/// @param delay Seconds from the announcement of what governance does to the moment when it may; see DelayOutOfBounds.
/// @param guardian Can pause the keepers, stop deposits and have the vault's strategies left.
/// @param keeper The first keeper of executor, reserve, vault and upkeep; governance names more.
/// @param executor The contract that the chain's venues and lenders compose, one of contracts/executors/.
/// @param wrappedNative The vault's asset, and what native coin is wrapped into.
/// @param native Symbol of the native coin, for the shares' name.
/// @param profitTokens What the reserve lists.
/// @param pools What the reserve registers.
/// @param terms Of the same pools, all but the guard; or none, where none is to be deepened yet.
/// @param guardCalls Feeds and pools that the price guard begins with, as calls of its functions.
/// @param yieldShareBps Basis points of the vault's yield that the reserve gets as mined funds.
struct Plan {
    address governance;
    uint32 delay;
    address guardian;
    address keeper;
    string executor;
    address wrappedNative;
    string native;
    address[] profitTokens;
    address[] pools;
    Pool[] terms;
    bytes[] guardCalls;
    uint16 yieldShareBps;
}

/// @title Deployment
/// @notice Deploys the contracts, connects them, hands them to governance, and keeps nothing for the deployer.
/// @dev Every call is made by whoever is broadcast or pranked, who is admin in between. Used by Deploy.s.sol and, so that
/// the wiring itself is tested, by the tests.
abstract contract Deployment is CommonBase, Guarding {
    uint64 internal constant GUARDIAN_ROLE = 1;
    uint64 internal constant RESERVE_ROLE = 2;
    uint64 internal constant CONVERTER_ROLE = 3;
    uint64 internal constant VAULT_KEEPER_ROLE = 4;
    uint64 internal constant WITHDRAWER_ROLE = 5;

    uint16 internal constant POOLS_BPS = 2000;
    uint16 internal constant VAULT_BPS = 8000;
    uint24 internal constant STREAM_PERIOD = 7 days;
    uint24 internal constant STREAM_FLOOR = 1 days;
    /// @dev A tenth of the stake in a day and a quarter: 1e12 of 1e18 a second.
    uint64 internal constant STREAM_MAX_RATE = 1e12;
    /// @dev Shares of a tenth of a coin.
    uint128 internal constant LIVING_FLOOR = 0.1e24;
    /// @notice What injections and conversions may lose a day, in wrapped native coin.
    uint112 internal constant LOSS_CAP = 1e18;
    /// @notice The most that a conversion for the stakers may bring less than the guard's price.
    uint16 internal constant STAKERS_SLIPPAGE_BPS = 150;
    /// @notice From the announcement that liquidity or buckets are to leave to the moment when they may [R5].
    uint32 internal constant WITHDRAWAL_DELAY = 2 days;
    /// @notice The same of everything else that governance does, where a chain states no other.
    uint32 internal constant GOVERNANCE_DELAY = 2 days;
    /// @notice A delay that is longer is a slip, and could not be taken back before it has passed.
    uint32 internal constant LONGEST_DELAY = 30 days;
    /// @notice Of the vault's yield, to the reserve, where a chain states no other.
    uint16 internal constant YIELD_SHARE_BPS = 1000;

    /// @notice An admin re-assigns roles: were its delay shorter than that of withdrawals, it would get round theirs.
    error DelayOutOfBounds(uint32 delay, uint32 shortest, uint32 longest);

    AccessManager internal manager;
    StakingVault internal vault;
    ILiquidityReserve internal reserve;
    IFlashExecutor internal executor;
    InjectionUpkeep internal injectionUpkeep;
    ReserveLens internal reserveLens;

    function deployMillrace(address deployer, Plan memory plan) internal {
        bool bounded = plan.delay >= WITHDRAWAL_DELAY && plan.delay <= LONGEST_DELAY;
        require(bounded, DelayOutOfBounds(plan.delay, WITHDRAWAL_DELAY, LONGEST_DELAY));
        manager = new AccessManager(deployer);
        vault = new StakingVault(
            address(manager),
            plan.wrappedNative,
            string.concat("Millrace Staked ", plan.native),
            string.concat("mr", plan.native),
            Terms(STREAM_PERIOD, STREAM_FLOOR, STREAM_MAX_RATE, LIVING_FLOOR, 0, true)
        );
        reserve = ILiquidityReserve(deployReserve(address(manager), address(vault), plan.wrappedNative));
        executor = IFlashExecutor(deployExecutor(plan.executor, address(manager), address(reserve), plan.wrappedNative));
        deployGuard(manager, plan.wrappedNative, plan.guardCalls);
        injectionUpkeep = new InjectionUpkeep(address(manager), address(reserve));
        reserveLens = new ReserveLens(address(reserve));
        _configure(plan);
        _grantRoles(plan);
        _grantVaultKeeper(plan.keeper);
        _handOver(deployer, plan);
    }

    function deployReserve(address manager_, address vault_, address wrappedNative) internal returns (address) {
        return create("LiquidityReserve", abi.encode(manager_, vault_, wrappedNative, POOLS_BPS, VAULT_BPS));
    }

    function deployExecutor(string memory name, address manager_, address reserve_, address wrappedNative)
        internal
        returns (address)
    {
        return create(name, abi.encode(manager_, reserve_, wrappedNative));
    }

    /// @dev By its artifact: executors and the reserve are compiled with settings of their own.
    function create(string memory name, bytes memory arguments) internal returns (address created) {
        bytes memory creation = bytes.concat(vm.getCode(string.concat(name, ".sol:", name)), arguments);
        // Solidity has no `new` for bare creation code. What the constructor says of its arguments is passed on.
        assembly ("memory-safe") {
            created := create(0, add(creation, 32), mload(creation))
            if iszero(created) {
                returndatacopy(creation, 0, returndatasize())
                revert(creation, returndatasize())
            }
        }
    }

    function _configure(Plan memory plan) private {
        reserve.setExecutor(address(executor));
        executor.setPriceGuard(address(priceGuard));
        for (uint256 i; i < plan.profitTokens.length; ++i) {
            reserve.listToken(plan.profitTokens[i], true);
        }
        if (plan.pools.length != 0) reserve.registerPools(plan.pools, true);
        executor.setKeeper(plan.keeper, true);
        reserve.setInjector(plan.keeper, true);
        reserve.setInjector(address(injectionUpkeep), true);
        injectionUpkeep.setPerformer(plan.keeper, true);
        if (plan.yieldShareBps != 0) vault.setYieldShare(address(reserve), plan.yieldShareBps);
        govern(manager, address(reserve), _termsCalls(plan));
    }

    function _termsCalls(Plan memory plan) private view returns (bytes[] memory calls) {
        uint256 count = plan.terms.length;
        calls = new bytes[](count + 2);
        for (uint256 i; i < count; ++i) {
            plan.terms[i].guard = address(priceGuard);
            calls[i] = abi.encodeCall(reserve.setPool, (plan.pools[i], plan.terms[i]));
        }
        calls[count] = abi.encodeCall(reserve.setStakersGuard, (address(priceGuard), STAKERS_SLIPPAGE_BPS));
        calls[count + 1] = abi.encodeCall(reserve.setLossCap, (LOSS_CAP));
    }

    function _grantRoles(Plan memory plan) private {
        bytes[] memory calls = new bytes[](16);
        calls[0] = abi.encodeCall(manager.labelRole, (GUARDIAN_ROLE, "guardian"));
        calls[1] = abi.encodeCall(manager.labelRole, (RESERVE_ROLE, "reserve"));
        calls[2] = abi.encodeCall(manager.grantRole, (GUARDIAN_ROLE, plan.guardian, 0));
        calls[3] = abi.encodeCall(manager.grantRole, (RESERVE_ROLE, address(reserve), 0));
        calls[4] = _allow(address(executor), IFlashExecutor.pause.selector, GUARDIAN_ROLE);
        calls[5] = _allow(address(vault), _vaultGuardianFunctions(), GUARDIAN_ROLE);
        calls[6] = _allow(address(vault), IStakingVault.addProfit.selector, RESERVE_ROLE);
        calls[7] = abi.encodeCall(manager.labelRole, (CONVERTER_ROLE, "converter"));
        calls[9] = _allow(address(executor), IFlashExecutor.convert.selector, CONVERTER_ROLE);
        calls[10] = _allow(address(reserve), reserve.exitPool.selector, GUARDIAN_ROLE);
        calls[11] = _allow(address(reserve), reserve.stopInjections.selector, GUARDIAN_ROLE);
        calls[12] = abi.encodeCall(manager.labelRole, (WITHDRAWER_ROLE, "withdrawer"));
        calls[13] = abi.encodeCall(manager.grantRole, (WITHDRAWER_ROLE, plan.governance, WITHDRAWAL_DELAY));
        calls[14] = _allow(address(reserve), reserve.withdrawLiquidity.selector, WITHDRAWER_ROLE);
        calls[8] = _allow(address(reserve), reserve.migrate.selector, WITHDRAWER_ROLE);
        calls[15] = _allow(address(reserve), reserve.stopSending.selector, GUARDIAN_ROLE);
        manager.multicall(calls);
    }

    /// @dev Last of all, and in one transaction, so that there is never a moment without an admin.
    function _handOver(address deployer, Plan memory plan) private {
        uint64 admin = manager.ADMIN_ROLE();
        bytes[] memory calls = new bytes[](deployer == plan.governance ? 1 : 2);
        calls[0] = abi.encodeCall(manager.grantRole, (admin, plan.governance, plan.delay));
        if (calls.length == 2) calls[1] = abi.encodeCall(manager.renounceRole, (admin, deployer));
        manager.multicall(calls);
    }

    function _grantVaultKeeper(address keeper) private {
        bytes[] memory calls = new bytes[](3);
        calls[0] = abi.encodeCall(manager.labelRole, (VAULT_KEEPER_ROLE, "vault keeper"));
        calls[1] = abi.encodeCall(manager.grantRole, (VAULT_KEEPER_ROLE, keeper, 0));
        calls[2] = _allow(address(vault), _vaultKeeperFunctions(), VAULT_KEEPER_ROLE);
        manager.multicall(calls);
    }

    function _vaultGuardianFunctions() private pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](2);
        selectors[0] = IStakingVault.stopDeposits.selector;
        selectors[1] = IStakingVault.emergencyExit.selector;
    }

    function _vaultKeeperFunctions() private pure returns (bytes4[] memory selectors) {
        selectors = new bytes4[](3);
        selectors[0] = IStakingVault.allocate.selector;
        selectors[1] = IStakingVault.recall.selector;
        selectors[2] = IStakingVault.report.selector;
    }

    function _allow(address target, bytes4 selector, uint64 role) private view returns (bytes memory) {
        bytes4[] memory selectors = new bytes4[](1);
        selectors[0] = selector;
        return _allow(target, selectors, role);
    }

    function _allow(address target, bytes4[] memory selectors, uint64 role) private view returns (bytes memory) {
        return abi.encodeCall(manager.setTargetFunctionRole, (target, selectors, role));
    }
}
