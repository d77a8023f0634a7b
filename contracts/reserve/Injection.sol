// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IInjection} from "../interfaces/IInjection.sol";
import {IPriceGuard} from "../interfaces/IPriceGuard.sol";
import {IRegistry} from "../interfaces/IRegistry.sol";
import {IStakingVault} from "../interfaces/IStakingVault.sol";
import {Pool, Range} from "../types/Pool.sol";
import {PoolKind} from "../types/PoolKind.sol";
import {Ratio} from "../types/Ratio.sol";

import {RatioLib} from "../libraries/RatioLib.sol";
import {Positions} from "../positions/Positions.sol";
import {Books} from "./Books.sol";
import {Conversion} from "./Conversion.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";
import {SafeCastLib} from "solady/utils/SafeCastLib.sol";

/// @title Injection
/// @notice The part of the reserve that works with pools. See IInjection.
/// @dev Code alone: LiquidityReserve, which deploys it and could not hold it too, runs it on its own storage, and so the
/// positions, the callbacks and the tokens are the reserve's. At its own address it stores nothing and does nothing.
///
/// PRICES: liquidity is added only while the pool is near the guard's price, before and after. Taking it out needs no
/// price: a position taken out of a pool whose price is bent is worth no less at the true one.
///
/// MEASURING: what a pool takes or gives is the change of the balance here, under the lock, whatever the pool says; it goes
/// to the pool's own bucket.
contract Injection is IInjection, Conversion, Positions {
    using RatioLib for Ratio;

    // The lock is held: what is written after a call nobody has seen in between.
    // slither-disable-start reentrancy-no-eth,reentrancy-benign,reentrancy-events

    modifier onlyInjector() {
        require(_injectors[msg.sender], NotInjector(msg.sender));
        _;
    }

    constructor(address manager, address vault_, address wrappedNative_) Books(manager, vault_, wrappedNative_) {}

    /* KEEPERS */

    /// @inheritdoc IInjection
    function provideLiquidity(address pool, uint256 amount0, uint256 amount1, uint256 minLiquidity)
        external
        onlyInjector
        nonReentrant
        returns (uint256 liquidity)
    {
        Pool memory entry = _rested(pool);
        _requireInBucket(pool, entry.token0, amount0);
        _requireInBucket(pool, entry.token1, amount1);
        (uint256 held0, uint256 held1) = _held(entry);
        uint256 most = _depth(entry, pool) * entry.depthBps / BPS;
        Ratio memory fair = _requireNear(entry, pool);
        if (entry.kind == PoolKind.ConstantProduct) (amount0, amount1) = _even(entry, pool, fair, amount0, amount1);
        liquidity = _provide(entry, pool, amount0, amount1);
        _requireStillNear(entry, pool, fair);
        require(liquidity <= most, LiquidityTooMuch(liquidity, most));
        require(liquidity >= minLiquidity, LiquidityTooLittle(liquidity, minLiquidity));
        (int256 change0, int256 change1) = _rebook(entry, pool, held0, held1);
        _countBending(entry, entry.token0, change0);
        _countBending(entry, entry.token1, change1);
        emit LiquidityProvided(pool, liquidity, change0, change1);
    }

    /// @inheritdoc IInjection
    function recentre(address pool, uint256 minLiquidity)
        external
        onlyInjector
        nonReentrant
        returns (uint256 liquidity)
    {
        Pool memory entry = _rested(pool);
        require(entry.halfWidth != 0, NotBanded(pool));
        (uint256 held0, uint256 held1) = _held(entry);
        Ratio memory fair = _requireNear(entry, pool);
        _withdrawRange(entry, pool, _bands[pool], BPS);
        (uint256 out0, uint256 out1) = _held(entry);
        (out0, out1) = (out0 - held0, out1 - held1);
        liquidity = _provide(entry, pool, out0, out1);
        _requireStillNear(entry, pool, fair);
        require(liquidity >= minLiquidity, LiquidityTooLittle(liquidity, minLiquidity));
        _countBending(entry, entry.token0, -SafeCastLib.toInt256(out0));
        _countBending(entry, entry.token1, -SafeCastLib.toInt256(out1));
        (int256 change0, int256 change1) = _rebook(entry, pool, held0, held1);
        emit Recentred(pool, liquidity, change0, change1);
    }

    /// @inheritdoc IInjection
    function convertBucket(address pool, address tokenIn, uint256 amountIn, address tokenOut, bytes calldata legs)
        external
        onlyInjector
        nonReentrant
        returns (uint256 amountOut)
    {
        Pool memory entry = _entryOf(pool);
        _requireInBucket(pool, tokenIn, amountIn);
        require(tokenOut == entry.token0 || tokenOut == entry.token1, TokenNotOfPool(pool, tokenOut));
        require(tokenIn != tokenOut, TokenNotOfPool(pool, tokenIn));
        (uint256 heldIn, uint256 heldOut) = (_balance(tokenIn), _balance(tokenOut));
        uint256 fair = _fair(entry.guard, tokenIn, amountIn, tokenOut);
        amountOut = _convert(entry.guard, entry.slippageBps, tokenIn, amountIn, tokenOut, fair, legs);
        _rebook(_poolBuckets[pool], tokenIn, heldIn);
        _rebook(_poolBuckets[pool], tokenOut, heldOut);
        emit BucketConverted(pool, tokenIn, tokenOut, amountIn, amountOut, fair);
    }

    /// @inheritdoc IInjection
    function convertVaultBucket(address tokenIn, uint256 amountIn, bytes calldata legs)
        external
        onlyInjector
        nonReentrant
        returns (uint256 amountOut)
    {
        require(_stakersGuard != address(0), StakersGuardMissing());
        address asset = IStakingVault(_vault).asset();
        uint256 bucket = _vaultBuckets[tokenIn];
        require(amountIn <= bucket, AmountAboveBucket(_vault, tokenIn, amountIn, bucket));
        require(tokenIn != asset, TokenNotOfPool(_vault, tokenIn));
        (uint256 heldIn, uint256 heldOut) = (_balance(tokenIn), _balance(asset));
        uint256 fair = _fair(_stakersGuard, tokenIn, amountIn, asset);
        amountOut = _convert(_stakersGuard, _stakersSlippageBps, tokenIn, amountIn, asset, fair, legs);
        _rebook(_vaultBuckets, tokenIn, heldIn);
        _rebook(_vaultBuckets, asset, heldOut);
        emit BucketConverted(_vault, tokenIn, asset, amountIn, amountOut, fair);
    }

    /* ANYONE */

    /// @inheritdoc IInjection
    function collectFees(address pool) external nonReentrant {
        _withdrawIntoBucket(pool, 0);
    }

    /* GOVERNANCE AND GUARDIAN */

    /// @inheritdoc IInjection
    function withdrawLiquidity(address pool, uint256 shareBps) external restricted nonReentrant {
        require(shareBps <= BPS, IRegistry.BpsTooHigh(shareBps));
        _withdrawIntoBucket(pool, shareBps);
    }

    /// @inheritdoc IInjection
    function exitPool(address pool) external restricted nonReentrant {
        _withdrawIntoBucket(pool, BPS);
        _pools[pool].active = false;
        emit IRegistry.PoolRegistered(pool, false);
    }

    /* POOLS */

    /// @dev A pool that may be deepened.
    function _entryOf(address pool) private view returns (Pool memory entry) {
        entry = _pools[pool];
        require(entry.active, IRegistry.PoolNotRegistered(pool));
        require(entry.kind != PoolKind.None, PoolWithoutTerms(pool));
    }

    function _ranges(address pool) internal view override returns (Range storage whole, Range storage band) {
        return (_wholes[pool], _bands[pool]);
    }

    /// @dev A pool that may be added to now. Notes that it was: whatever fails undoes that.
    function _rested(address pool) private returns (Pool memory entry) {
        entry = _entryOf(pool);
        uint256 until = uint256(entry.injectedAt) + entry.coolDown;
        require(block.timestamp >= until, CoolingDown(pool, until));
        _pools[pool].injectedAt = SafeCastLib.toUint40(block.timestamp);
    }

    function _requireNear(Pool memory entry, address pool) private view returns (Ratio memory fair) {
        return IPriceGuard(entry.guard).requireNear(pool, entry.maxDeviationBps);
    }

    function _requireStillNear(Pool memory entry, address pool, Ratio memory fair) private view {
        IPriceGuard(entry.guard).requireStillNear(pool, fair, entry.maxDeviationBps);
    }

    function _requireInBucket(address pool, address token, uint256 amount) private view {
        if (amount == 0) return;
        uint256 bucket = _poolBuckets[pool][token];
        require(amount <= bucket, AmountAboveBucket(pool, token, amount, bucket));
    }

    /// @dev Of a pair: sells what there is too much of, in the pair itself.
    function _even(Pool memory entry, address pool, Ratio memory price, uint256 amount0, uint256 amount1)
        private
        returns (uint256, uint256)
    {
        (bool zeroForOne, uint256 sold, bytes memory leg) = _productSale(entry, pool, amount0, amount1);
        if (sold == 0) return (amount0, amount1);
        (address tokenIn, address tokenOut) = zeroForOne ? (entry.token0, entry.token1) : (entry.token1, entry.token0);
        uint256 fair = (zeroForOne ? price : price.inverse()).quote(sold);
        uint256 bought = _convert(entry.guard, entry.slippageBps, tokenIn, sold, tokenOut, fair, leg);
        return zeroForOne ? (amount0 - sold, amount1 + bought) : (amount0 + bought, amount1 - sold);
    }

    /// @dev A price bent by as much as is allowed costs at most so much of what is added at it: that is counted.
    function _countBending(Pool memory entry, address token, int256 change) private {
        if (change >= 0) return;
        uint256 lost = FixedPointMathLib.abs(change) * entry.maxDeviationBps / BPS + 1;
        _countLoss(entry.guard, token, lost);
    }

    /// @dev Of any pool that has terms, registered or not.
    function _withdrawIntoBucket(address pool, uint256 shareBps) private {
        Pool memory entry = _pools[pool];
        require(entry.kind != PoolKind.None, PoolWithoutTerms(pool));
        (uint256 held0, uint256 held1) = _held(entry);
        _withdraw(entry, pool, shareBps);
        (int256 change0, int256 change1) = _rebook(entry, pool, held0, held1);
        emit LiquidityWithdrawn(pool, shareBps, change0, change1);
    }

    /* MEASURING */

    function _held(Pool memory entry) private view returns (uint256, uint256) {
        return (_balance(entry.token0), _balance(entry.token1));
    }

    function _rebook(Pool memory entry, address pool, uint256 held0, uint256 held1)
        private
        returns (int256 change0, int256 change1)
    {
        mapping(address token => uint256) storage bucket = _poolBuckets[pool];
        return (_rebook(bucket, entry.token0, held0), _rebook(bucket, entry.token1, held1));
    }

    // slither-disable-end reentrancy-no-eth,reentrancy-benign,reentrancy-events
}
