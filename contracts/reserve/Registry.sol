// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILedger} from "../interfaces/ILedger.sol";
import {IPriceGuard} from "../interfaces/IPriceGuard.sol";
import {IRegistry} from "../interfaces/IRegistry.sol";
import {Pool, Range} from "../types/Pool.sol";
import {PoolKind} from "../types/PoolKind.sol";

import {PoolLib} from "../libraries/PoolLib.sol";
import {Books} from "./Books.sol";

/// @title Registry
/// @notice The pools, their terms, and who may act within them. See IRegistry.
abstract contract Registry is IRegistry, Books {
    /* GOVERNANCE */

    /// @inheritdoc IRegistry
    function registerPools(address[] calldata pools, bool registered) external restricted {
        for (uint256 i; i < pools.length; ++i) {
            require(pools[i] != address(0), ILedger.ZeroAddress());
            _pools[pools[i]].active = registered;
            emit PoolRegistered(pools[i], registered);
        }
    }

    /// @inheritdoc IRegistry
    function setPool(address pool, Pool memory entry) external restricted {
        Pool memory old = _pools[pool];
        require(old.active, PoolNotRegistered(pool));
        _requireTerms(pool, entry);
        PoolLib.verify(entry, pool);
        if (old.kind != PoolKind.None) require(_identity(old) == _identity(entry), PoolFixed(pool));
        (address token0, address token1) = IPriceGuard(entry.guard).poolTokens(pool);
        bool agreed = (token0 == entry.token0 || (entry.native && token0 == address(0))) && token1 == entry.token1;
        require(agreed, GuardDisagrees(pool, entry.guard));
        (entry.active, entry.injectedAt) = (true, old.injectedAt);
        _pools[pool] = entry;
        emit PoolSet(pool, entry);
    }

    /// @inheritdoc IRegistry
    function setInjector(address keeper, bool enabled) external restricted {
        require(keeper != address(0), ILedger.ZeroAddress());
        _injectors[keeper] = enabled;
        emit InjectorSet(keeper, enabled);
    }

    /// @inheritdoc IRegistry
    function setLossCap(uint112 cap) external restricted {
        _setLossCap(cap);
    }

    /// @inheritdoc IRegistry
    function setStakersGuard(address guard, uint16 slippageBps) external restricted {
        require(slippageBps <= BPS, BpsTooHigh(slippageBps));
        require(guard.code.length != 0, NotContract(guard));
        (_stakersGuard, _stakersSlippageBps) = (guard, slippageBps);
        emit StakersGuardSet(guard, slippageBps);
    }

    /// @inheritdoc IRegistry
    function stopInjections() external restricted {
        _setLossCap(0);
    }

    /// @inheritdoc IRegistry
    function spendPot(address token, address pool, uint256 amount) external restricted nonReentrant {
        require(_pools[pool].active, PoolNotRegistered(pool));
        uint256 pot = _pots[token];
        require(amount <= pot, PotTooSmall(token, amount, pot));
        _pots[token] = pot - amount;
        _poolBuckets[pool][token] += amount;
        emit PotSpent(pool, token, amount);
    }

    /// @inheritdoc IRegistry
    function releaseBucket(address token, address pool) external restricted nonReentrant {
        require(!_pools[pool].active, PoolStillRegistered(pool));
        uint256 amount = _poolBuckets[pool][token];
        _poolBuckets[pool][token] = 0;
        _creditPot(token, amount);
    }

    /* VIEWS */

    /// @inheritdoc IRegistry
    function isRegistered(address pool) external view returns (bool) {
        return _pools[pool].active;
    }

    /// @inheritdoc IRegistry
    function isInjector(address keeper) external view returns (bool) {
        return _injectors[keeper];
    }

    /// @inheritdoc IRegistry
    function poolOf(address pool) external view returns (Pool memory) {
        return _pools[pool];
    }

    /// @inheritdoc IRegistry
    function rangesOf(address pool) external view returns (Range memory whole, Range memory band) {
        return (_wholes[pool], _bands[pool]);
    }

    /// @inheritdoc IRegistry
    function lossLeft() external view returns (uint256) {
        return _lossCap.left();
    }

    /* INTERNALS */

    function _setLossCap(uint112 cap) private {
        _lossCap.cap = cap;
        emit LossCapSet(cap);
    }

    function _requireTerms(address pool, Pool memory entry) private view {
        require(entry.maxDeviationBps <= BPS, BpsTooHigh(entry.maxDeviationBps));
        require(entry.slippageBps <= BPS, BpsTooHigh(entry.slippageBps));
        require(entry.depthBps <= BPS, BpsTooHigh(entry.depthBps));
        require(entry.halfWidth >= 0, HalfWidthNegative(entry.halfWidth));
        if (entry.kind == PoolKind.ConstantProduct) require(entry.fee < BPS, BpsTooHigh(entry.fee));
        require(entry.guard.code.length != 0, NotContract(entry.guard));
        bool atHome = entry.kind == PoolKind.UniswapV4 || entry.kind == PoolKind.Balancer;
        address home = atHome ? entry.home : pool;
        require(home.code.length != 0, NotContract(home));
    }

    function _identity(Pool memory entry) private pure returns (bytes32) {
        uint256 fee = entry.kind == PoolKind.UniswapV4 ? entry.fee : 0;
        return keccak256(
            abi.encode(
                entry.kind, entry.form, entry.token0, entry.token1, entry.tickSpacing, entry.native, entry.home, fee
            )
        );
    }
}
