// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IInjectionUpkeep} from "./interfaces/IInjectionUpkeep.sol";
import {ILiquidityReserve} from "./interfaces/ILiquidityReserve.sol";
import {IPriceGuard} from "./interfaces/IPriceGuard.sol";
import {Pool} from "./types/Pool.sol";
import {PoolKind} from "./types/PoolKind.sol";

import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

/// @title InjectionUpkeep
/// @notice When an injection is due. See IInjectionUpkeep.
/// @dev
/// DUE: the pool is registered with terms and has rested; its price is within its distance; its bucket in the pool's own
/// tokens is worth the multiple of what the gas costs at the block's base fee; and the day's cap on losses has room.
///
/// AMOUNTS: as much of the bucket as the day's cap allows. The share of the pool's depth is not foreseen: where a bucket has
/// grown beyond it, simulating the call fails, and a keeper chooses the amounts.
contract InjectionUpkeep is IInjectionUpkeep, AccessManaged {
    using FixedPointMathLib for uint256;

    uint256 private constant BPS = 10_000;

    ILiquidityReserve public immutable reserve;
    address private immutable _wrapped;

    mapping(address performer => bool) public isPerformer;
    /// @notice Units of gas that an injection takes, and how many times their price it must be worth.
    uint128 public gas = 300_000;
    uint128 public multiple = 20;

    constructor(address manager, address reserve_) AccessManaged(manager) {
        reserve = ILiquidityReserve(reserve_);
        _wrapped = reserve.wrappedNative();
    }

    /* UPKEEP */

    /// @inheritdoc IInjectionUpkeep
    function checkUpkeep(bytes calldata checkData) external view returns (bool, bytes memory) {
        return _first(abi.decode(checkData, (address[])));
    }

    /// @inheritdoc IInjectionUpkeep
    function checker(address[] calldata pools) external view returns (bool isDue, bytes memory call) {
        (isDue, call) = _first(pools);
        if (isDue) call = abi.encodeCall(this.performUpkeep, (call));
    }

    /// @inheritdoc IInjectionUpkeep
    function performUpkeep(bytes calldata performData) external {
        require(isPerformer[msg.sender], NotPerformer(msg.sender));
        (address pool, uint256 amount0, uint256 amount1) = abi.decode(performData, (address, uint256, uint256));
        // How much liquidity came of it is in the reserve's event.
        // slither-disable-next-line unused-return
        reserve.provideLiquidity(pool, amount0, amount1, 1);
    }

    /* GOVERNANCE */

    /// @inheritdoc IInjectionUpkeep
    function setPerformer(address performer, bool enabled) external restricted {
        isPerformer[performer] = enabled;
        emit PerformerSet(performer, enabled);
    }

    /// @inheritdoc IInjectionUpkeep
    function setWorth(uint128 gas_, uint128 multiple_) external restricted {
        require(multiple_ != 0, MultipleZero());
        (gas, multiple) = (gas_, multiple_);
        emit WorthSet(gas_, multiple_);
    }

    /* VIEWS */

    /// @inheritdoc IInjectionUpkeep
    function due(address pool) external view returns (bool, uint256, uint256) {
        return _due(pool);
    }

    function _first(address[] memory pools) private view returns (bool, bytes memory) {
        for (uint256 i; i < pools.length; ++i) {
            (bool isDue, uint256 amount0, uint256 amount1) = _due(pools[i]);
            if (isDue) return (true, abi.encode(pools[i], amount0, amount1));
        }
        return (false, "");
    }

    function _due(address pool) private view returns (bool, uint256 amount0, uint256 amount1) {
        Pool memory entry = reserve.poolOf(pool);
        bool rested = block.timestamp >= uint256(entry.injectedAt) + entry.coolDown;
        if (!entry.active || entry.kind == PoolKind.None || !rested || !_isNear(entry, pool)) return (false, 0, 0);
        (amount0, amount1) = (reserve.poolBucket(pool, entry.token0), reserve.poolBucket(pool, entry.token1));
        uint256 value = _value(entry.guard, entry.token0, amount0) + _value(entry.guard, entry.token1, amount1);
        uint256 most = _mostToday(entry);
        if (value > most) {
            (amount0, amount1) = (amount0.fullMulDiv(most, value), amount1.fullMulDiv(most, value));
            value = most;
        }
        return (value >= block.basefee * gas * multiple && value != 0, amount0, amount1);
    }

    /// @dev What can be injected until what is counted as lost reaches the day's cap: all of it to a price bent by the
    /// distance, and half of it, if it has to be sold, by the slippage; less a thousandth for rounding.
    function _mostToday(Pool memory entry) private view returns (uint256) {
        uint256 lostBps = uint256(entry.maxDeviationBps) + entry.slippageBps / 2 + 1;
        return reserve.lossLeft().fullMulDiv(BPS - 10, lostBps);
    }

    function _isNear(Pool memory entry, address pool) private view returns (bool near) {
        // Only whether it reverts matters here.
        // slither-disable-next-line unused-return
        try IPriceGuard(entry.guard).requireNear(pool, entry.maxDeviationBps) {
            near = true;
        } catch {}
    }

    /// @dev In wrapped native coin; a token without a price is worth nothing.
    function _value(address guard, address token, uint256 amount) private view returns (uint256) {
        if (token == _wrapped || amount == 0) return amount;
        try IPriceGuard(guard).quote(token, amount, _wrapped) returns (uint256 value) {
            return value;
        } catch {
            return 0;
        }
    }
}
