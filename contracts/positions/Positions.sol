// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Pool, Range} from "../types/Pool.sol";
import {PoolKind} from "../types/PoolKind.sol";

import {BalancerPosition} from "./BalancerPosition.sol";
import {ConcentratedPosition} from "./ConcentratedPosition.sol";
import {ConstantProductPosition} from "./ConstantProductPosition.sol";
import {UniswapV4Position} from "./UniswapV4Position.sol";

/// @title Positions
/// @notice Which kind answers for a pool; one line a kind.
abstract contract Positions is ConstantProductPosition, ConcentratedPosition, UniswapV4Position, BalancerPosition {
    /// @dev The liquidity that is active, in the units in which `_provide` counts.
    function _depth(Pool memory entry, address pool) internal view returns (uint256) {
        if (entry.kind == PoolKind.ConstantProduct) return _productDepth(pool);
        if (entry.kind == PoolKind.Concentrated) return _concentratedDepth(pool);
        if (entry.kind == PoolKind.UniswapV4) return _v4Depth(entry);
        return _balancerDepth(pool);
    }

    /// @dev Adds as much liquidity as neither amount is too little for.
    function _provide(Pool memory entry, address pool, uint256 most0, uint256 most1)
        internal
        returns (uint256 liquidity)
    {
        if (entry.kind == PoolKind.ConstantProduct) return _productProvide(entry, pool, most0, most1);
        if (entry.kind == PoolKind.Concentrated) return _concentratedProvide(entry, pool, most0, most1);
        if (entry.kind == PoolKind.UniswapV4) return _v4Provide(entry, pool, most0, most1);
        return _balancerProvide(entry, pool, most0, most1);
    }

    /// @dev Takes a share of all liquidity out, or none of it, and in any case the fees that can be collected.
    function _withdraw(Pool memory entry, address pool, uint256 shareBps) internal {
        if (entry.kind == PoolKind.ConstantProduct) return _productWithdraw(entry, pool, shareBps);
        if (entry.kind == PoolKind.Balancer) return _balancerWithdraw(entry, pool, shareBps);
        (Range storage whole, Range storage band) = _ranges(pool);
        // Under the lock of whoever calls; each range is written before its own call.
        // slither-disable-next-line reentrancy-no-eth
        _withdrawRange(entry, pool, whole, shareBps);
        _withdrawRange(entry, pool, band, shareBps);
    }

    function _withdrawRange(Pool memory entry, address pool, Range storage range, uint256 shareBps) internal {
        if (entry.kind == PoolKind.Concentrated) _concentratedWithdraw(entry.form, pool, range, shareBps);
        else _v4Withdraw(entry, range, shareBps);
    }
}
