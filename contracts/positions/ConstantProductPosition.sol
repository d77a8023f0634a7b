// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ISolidlyFactory, ISolidlyPair} from "../interfaces/external/IConcentratedPool.sol";
import {ILiquidityPair, ISolidlyLiquidity} from "../interfaces/external/ILiquidityPair.sol";
import {Pool, PoolForm} from "../types/Pool.sol";

import {OneSidedLib} from "../libraries/OneSidedLib.sol";
import {RouteLib} from "../libraries/RouteLib.sol";
import {Position} from "./Position.sol";
import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title ConstantProductPosition
/// @notice Liquidity in pairs of Uniswap V2 and its forks and in Solidly's volatile pools: the pair's shares, held here.
abstract contract ConstantProductPosition is Position {
    using SafeTransferLib for address;

    function _productDepth(address pool) internal view returns (uint256) {
        return ILiquidityPair(pool).totalSupply();
    }

    /// @dev What to sell of the one token that there is too much of, and the leg that sells it here. Less than a basis point
    /// of what is held is not worth a swap. What lies in the pair beyond its reserves comes here first.
    function _productSale(Pool memory entry, address pool, uint256 amount0, uint256 amount1)
        internal
        returns (bool zeroForOne, uint256 sold, bytes memory leg)
    {
        (uint256 reserveIn, uint256 reserveOut) = ILiquidityPair(pool).getReserves();
        _productSkim(entry, pool, reserveIn, reserveOut);
        (uint256 amountIn, uint256 amountOut) = (amount0, amount1);
        zeroForOne = amount0 * reserveOut > amount1 * reserveIn;
        if (!zeroForOne) {
            (reserveIn, reserveOut, amountIn, amountOut) = (reserveOut, reserveIn, amount1, amount0);
        }
        uint256 excess = OneSidedLib.excess(reserveIn, reserveOut, amountIn, amountOut);
        if (excess * WHOLE <= amountIn) return (zeroForOne, 0, "");
        address tokenOut = zeroForOne ? entry.token1 : entry.token0;
        if (entry.form == PoolForm.Solidly) {
            uint256 feeBps = ISolidlyFactory(ISolidlyPair(pool).factory()).getFee(pool, false);
            sold = OneSidedLib.saleFeeLeaves(reserveIn, excess, feeBps);
            return (zeroForOne, sold, abi.encodePacked(RouteLib.SOLIDLY, pool, tokenOut));
        }
        sold = OneSidedLib.sale(reserveIn, excess, entry.fee);
        // Registered with a fee below the whole.
        // forge-lint: disable-next-line(unsafe-typecast)
        leg = abi.encodePacked(RouteLib.UNISWAP_V2, pool, tokenOut, uint16(entry.fee));
    }

    /// @dev What lies in the pair beyond its reserves would count as a part of what is sold or added, in another ratio than
    /// the pool's.
    function _productSkim(Pool memory entry, address pool, uint256 reserve0, uint256 reserve1) private {
        bool more = entry.token0.balanceOf(pool) > reserve0 || entry.token1.balanceOf(pool) > reserve1;
        if (more) ILiquidityPair(pool).skim(address(this));
    }

    /// @dev Adds as much as both amounts allow.
    function _productProvide(Pool memory entry, address pool, uint256 most0, uint256 most1)
        internal
        returns (uint256 liquidity)
    {
        (uint256 reserve0, uint256 reserve1) = ILiquidityPair(pool).getReserves();
        (uint256 amount0, uint256 amount1) = _inRatio(reserve0, reserve1, most0, most1);
        entry.token0.safeTransfer(pool, amount0);
        entry.token1.safeTransfer(pool, amount1);
        liquidity = ILiquidityPair(pool).mint(address(this));
        (uint256 after0, uint256 after1) = ILiquidityPair(pool).getReserves();
        require(after0 >= reserve0 + amount0 && after1 >= reserve1 + amount1, PaidShort(pool));
    }

    /// @dev Takes a share of the liquidity out, or none and the fees alone.
    function _productWithdraw(Pool memory entry, address pool, uint256 shareBps) internal {
        // What comes is measured.
        // slither-disable-next-line unused-return
        if (entry.form == PoolForm.Solidly) ISolidlyLiquidity(pool).claimFees();
        uint256 liquidity = ILiquidityPair(pool).balanceOf(address(this)) * shareBps / WHOLE;
        // Nothing of the position is nothing.
        // slither-disable-next-line incorrect-equality
        if (liquidity == 0) return;
        pool.safeTransfer(pool, liquidity);
        // What comes is measured.
        // slither-disable-next-line unused-return
        ILiquidityPair(pool).burn(address(this));
    }
}
