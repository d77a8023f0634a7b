// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IBalancerV2Liquidity, IBalancerV2Pool} from "../interfaces/external/IBalancerV2Liquidity.sol";
import {ILiquidityPair, ISolidlyLiquidity} from "../interfaces/external/ILiquidityPair.sol";
import {ILiquidityPool} from "../interfaces/external/ILiquidityPool.sol";
import {IUniswapV4PoolManager} from "../interfaces/external/IUniswapV4PoolManager.sol";
import {Pool, PoolForm} from "../types/Pool.sol";
import {PoolKind} from "../types/PoolKind.sol";

import {UniswapV4Lib} from "./UniswapV4Lib.sol";

/// @title PoolLib
/// @notice What a pool says of itself, against what was declared of it.
library PoolLib {
    /// @notice The pool trades other tokens than was declared, or in another order.
    error PoolTokensDiffer(address pool, address token0, address token1);
    error PoolKindMissing();
    /// @notice The manager or vault knows no such pool.
    error PoolNotAtHome(address pool, address home);
    /// @notice A stable pool is no constant product.
    error PoolStable(address pool);
    error NotTwoTokens(address pool, uint256 tokens);

    /// @notice Reverts unless the pool is what `entry` says. Reads a concentrated pool's spacing into it.
    function verify(Pool memory entry, address pool) internal view {
        (address token0, address token1) = (entry.token0, entry.token1);
        if (entry.kind == PoolKind.ConstantProduct) {
            if (entry.form == PoolForm.Solidly) require(!ISolidlyLiquidity(pool).stable(), PoolStable(pool));
            (token0, token1) = (ILiquidityPair(pool).token0(), ILiquidityPair(pool).token1());
        } else if (entry.kind == PoolKind.Concentrated) {
            (token0, token1) = (ILiquidityPool(pool).token0(), ILiquidityPool(pool).token1());
            entry.tickSpacing = ILiquidityPool(pool).tickSpacing();
        } else if (entry.kind == PoolKind.UniswapV4) {
            _requireInitialised(entry, pool);
        } else if (entry.kind == PoolKind.Balancer) {
            (token0, token1) = _balancerTokens(entry, pool);
        } else {
            revert PoolKindMissing();
        }
        require(token0 == entry.token0 && token1 == entry.token1, PoolTokensDiffer(pool, token0, token1));
    }

    /// @notice A Uniswap V4 pool's key. It has no hooks.
    function key(Pool memory entry) internal pure returns (IUniswapV4PoolManager.PoolKey memory) {
        address currency0 = entry.native ? address(0) : entry.token0;
        return IUniswapV4PoolManager.PoolKey(currency0, entry.token1, entry.fee, entry.tickSpacing, address(0));
    }

    /// @notice Where Uniswap V4's manager keeps the pool's state.
    function stateSlot(Pool memory entry) internal pure returns (bytes32) {
        return UniswapV4Lib.stateSlot(keccak256(abi.encode(key(entry))));
    }

    /// @dev The key's hash names the pool, so its tokens are right if the name is.
    function _requireInitialised(Pool memory entry, address pool) private view {
        bool named = pool == address(bytes20(keccak256(abi.encode(key(entry)))));
        bool initialised = IUniswapV4PoolManager(entry.home).extsload(stateSlot(entry)) != 0;
        require(named && initialised, PoolNotAtHome(pool, entry.home));
    }

    function _balancerTokens(Pool memory entry, address pool) private view returns (address, address) {
        bytes32 id = IBalancerV2Pool(pool).getPoolId();
        // What else the vault says of it does not matter.
        // slither-disable-next-line unused-return
        (address kept,) = IBalancerV2Liquidity(entry.home).getPool(id);
        require(kept == pool, PoolNotAtHome(pool, entry.home));
        // What it holds is not asked for.
        // slither-disable-next-line unused-return
        (address[] memory tokens,,) = IBalancerV2Liquidity(entry.home).getPoolTokens(id);
        require(tokens.length == 2, NotTwoTokens(pool, tokens.length));
        return (tokens[0], tokens[1]);
    }
}
