// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILiquidityReserve} from "./interfaces/ILiquidityReserve.sol";
import {IPriceGuard} from "./interfaces/IPriceGuard.sol";
import {IBalancerV2Liquidity, IBalancerV2Pool} from "./interfaces/external/IBalancerV2Liquidity.sol";
import {IAlgebraPool, IConcentratedPool} from "./interfaces/external/IConcentratedPool.sol";
import {ILiquidityPair} from "./interfaces/external/ILiquidityPair.sol";
import {IUniswapV4PoolManager} from "./interfaces/external/IUniswapV4PoolManager.sol";
import {Pool, PoolForm, Range} from "./types/Pool.sol";
import {PoolKind} from "./types/PoolKind.sol";

import {LiquidityLib} from "./libraries/LiquidityLib.sol";
import {PoolLib} from "./libraries/PoolLib.sol";
import {UniswapV4Lib} from "./libraries/UniswapV4Lib.sol";
import {FixedPointMathLib} from "solady/utils/FixedPointMathLib.sol";

/// @title ReserveLens
/// @notice What the reserve's positions are, in tokens and in value. Reads, and holds nothing.
/// @dev In tokens as the pool would pay them out now, without fees that have not been collected: at the pool's own price,
/// which can be bent. For people and monitors, not for contracts to act upon.
contract ReserveLens {
    using FixedPointMathLib for uint256;

    ILiquidityReserve public immutable reserve;

    constructor(address reserve_) {
        reserve = ILiquidityReserve(reserve_);
    }

    /// @notice Units of the pool's tokens that the reserve's liquidity there is.
    function positionOf(address pool) public view returns (uint256 amount0, uint256 amount1) {
        Pool memory entry = reserve.poolOf(pool);
        if (entry.kind == PoolKind.None) return (0, 0);
        if (entry.kind == PoolKind.ConstantProduct) return _product(pool);
        if (entry.kind == PoolKind.Balancer) return _balancer(entry, pool);
        return _ranges(entry, pool);
    }

    /// @notice The same in wrapped native coin, by the pool's guard; reverts where it has no price.
    function valueOf(address pool) external view returns (uint256) {
        Pool memory entry = reserve.poolOf(pool);
        (uint256 amount0, uint256 amount1) = positionOf(pool);
        return _value(entry.guard, entry.token0, amount0) + _value(entry.guard, entry.token1, amount1);
    }

    function _value(address guard, address token, uint256 amount) private view returns (uint256) {
        address unit = reserve.wrappedNative();
        // Nothing is worth nothing.
        // slither-disable-next-line incorrect-equality
        return token == unit || amount == 0 ? amount : IPriceGuard(guard).quote(token, amount, unit);
    }

    function _product(address pool) private view returns (uint256, uint256) {
        (uint256 reserve0, uint256 reserve1) = ILiquidityPair(pool).getReserves();
        uint256 shares = ILiquidityPair(pool).balanceOf(address(reserve));
        uint256 supply = ILiquidityPair(pool).totalSupply();
        return (reserve0.fullMulDiv(shares, supply), reserve1.fullMulDiv(shares, supply));
    }

    function _balancer(Pool memory entry, address pool) private view returns (uint256, uint256) {
        bytes32 id = IBalancerV2Pool(pool).getPoolId();
        // When they changed last does not matter.
        // slither-disable-next-line unused-return
        (, uint256[] memory balances,) = IBalancerV2Liquidity(entry.home).getPoolTokens(id);
        uint256 shares = IBalancerV2Pool(pool).balanceOf(address(reserve));
        uint256 supply = IBalancerV2Pool(pool).totalSupply();
        return (balances[0].fullMulDiv(shares, supply), balances[1].fullMulDiv(shares, supply));
    }

    function _ranges(Pool memory entry, address pool) private view returns (uint256, uint256) {
        uint160 sqrtPrice = _sqrtPrice(entry, pool);
        (Range memory whole, Range memory band) = reserve.rangesOf(pool);
        (uint256 whole0, uint256 whole1) = LiquidityLib.amountsOf(sqrtPrice, whole);
        (uint256 band0, uint256 band1) = LiquidityLib.amountsOf(sqrtPrice, band);
        return (whole0 + band0, whole1 + band1);
    }

    function _sqrtPrice(Pool memory entry, address pool) private view returns (uint160 sqrtPrice) {
        // Price alone.
        // slither-disable-start unused-return
        if (entry.kind == PoolKind.UniswapV4) {
            bytes32 word = IUniswapV4PoolManager(entry.home).extsload(PoolLib.stateSlot(entry));
            (sqrtPrice,,) = UniswapV4Lib.decodeSlot0(word, true);
        } else if (entry.form == PoolForm.Algebra || entry.form == PoolForm.AlgebraIntegral) {
            (sqrtPrice,) = IAlgebraPool(pool).globalState();
        } else {
            (sqrtPrice,) = IConcentratedPool(pool).slot0();
        }
        // slither-disable-end unused-return
    }
}
