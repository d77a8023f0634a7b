// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IAlgebraPool, IConcentratedPool} from "../interfaces/external/IConcentratedPool.sol";
import {
    IAlgebraLiquidity,
    IAlgebraMintCallback,
    ILiquidityPool,
    IPancakeV3MintCallback,
    IUniswapV3Liquidity,
    IUniswapV3MintCallback
} from "../interfaces/external/ILiquidityPool.sol";
import {Pool, PoolForm, Range} from "../types/Pool.sol";

import {LiquidityLib} from "../libraries/LiquidityLib.sol";
import {RangePosition} from "./RangePosition.sol";

/// @title ConcentratedPosition
/// @notice Liquidity in pools of Uniswap V3, PancakeSwap V3, Algebra 1.9 and Integral, minted, burnt and collected at the
/// pool itself.
/// @dev Commits to the callback's data: token0, token1, the most of each.
abstract contract ConcentratedPosition is
    RangePosition,
    IUniswapV3MintCallback,
    IPancakeV3MintCallback,
    IAlgebraMintCallback
{
    /* CALLBACKS */

    function uniswapV3MintCallback(uint256 owed0, uint256 owed1, bytes calldata data) external {
        _payMint(owed0, owed1, data);
    }

    function pancakeV3MintCallback(uint256 owed0, uint256 owed1, bytes calldata data) external {
        _payMint(owed0, owed1, data);
    }

    function algebraMintCallback(uint256 owed0, uint256 owed1, bytes calldata data) external {
        _payMint(owed0, owed1, data);
    }

    function _payMint(uint256 owed0, uint256 owed1, bytes calldata data) private {
        _accept(data);
        (address token0, address token1, uint256 most0, uint256 most1) =
            abi.decode(data, (address, address, uint256, uint256));
        _payAtMost(token0, msg.sender, owed0, most0);
        _payAtMost(token1, msg.sender, owed1, most1);
    }

    /* LIQUIDITY */

    function _concentratedDepth(address pool) internal view returns (uint256) {
        return ILiquidityPool(pool).liquidity();
    }

    function _concentratedProvide(Pool memory entry, address pool, uint256 most0, uint256 most1)
        internal
        returns (uint256)
    {
        (uint160 sqrtPrice, int24 tick) = _concentratedPrice(entry.form, pool);
        Range storage range = _target(entry, pool, tick);
        (int24 lower, int24 upper) = (range.lower, range.upper);
        uint128 liquidity = LiquidityLib.liquidityFor(sqrtPrice, lower, upper, most0, most1);
        range.liquidity += liquidity;
        bytes memory data = abi.encode(entry.token0, entry.token1, most0, most1);
        _expect(pool, _mintCallback(entry.form), data);
        // What it takes is measured.
        // slither-disable-start unused-return
        if (entry.form == PoolForm.Plain || entry.form == PoolForm.PancakeV3) {
            IUniswapV3Liquidity(pool).mint(address(this), lower, upper, liquidity, data);
        } else {
            // Algebra mints less where less has come.
            (,, uint128 minted) =
                IAlgebraLiquidity(pool).mint(address(this), address(this), lower, upper, liquidity, data);
            require(minted == liquidity, PaidShort(pool));
        }
        // slither-disable-end unused-return
        _requireAccepted();
        return liquidity;
    }

    /// @dev Takes a share of a position out, or none of it, and its fees in any case.
    function _concentratedWithdraw(PoolForm form, address pool, Range storage position, uint256 shareBps) internal {
        Range memory range = position;
        if (range.liquidity == 0) return;
        uint128 liquidity = _part(range, shareBps);
        position.liquidity = range.liquidity - liquidity;
        // What comes is measured.
        // slither-disable-start unused-return
        if (form == PoolForm.AlgebraIntegral) {
            IAlgebraLiquidity(pool).burn(range.lower, range.upper, liquidity, "");
        } else {
            IUniswapV3Liquidity(pool).burn(range.lower, range.upper, liquidity);
        }
        ILiquidityPool(pool).collect(address(this), range.lower, range.upper, type(uint128).max, type(uint128).max);
        // slither-disable-end unused-return
    }

    /* FORMS */

    function _concentratedPrice(PoolForm form, address pool) internal view returns (uint160 sqrtPrice, int24 tick) {
        if (form == PoolForm.Algebra || form == PoolForm.AlgebraIntegral) return IAlgebraPool(pool).globalState();
        return IConcentratedPool(pool).slot0();
    }

    function _mintCallback(PoolForm form) private pure returns (bytes4) {
        if (form == PoolForm.Plain) return this.uniswapV3MintCallback.selector;
        if (form == PoolForm.PancakeV3) return this.pancakeV3MintCallback.selector;
        return this.algebraMintCallback.selector;
    }
}
