// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolSpec} from "../Base.s.sol";
import {Band, Bands} from "./Bands.sol";
import {Placer} from "./Placer.sol";
import {Seeder} from "./Seeder.sol";
import {IAlgebraPool, ISlot0, IUniswapV3Pool} from "./interfaces/IUniswapV3.sol";

/// @title Concentrated
/// @notice Liquidity for pools in the manner of Uniswap V3 whose position manager is not published as bytecode.
abstract contract Concentrated is Placer {
    function seedBands(IUniswapV3Pool pool, PoolSpec memory spec) internal {
        (uint160 sqrtPrice, int24 tick) = ISlot0(address(pool)).slot0();
        Band[] memory bands = Bands.around(tick, pool.tickSpacing());
        uint128[] memory liquidity = liquidities(spec, sqrtPrice, bands);
        vm.etch(holder, type(Seeder).runtimeCode);
        for (uint256 i; i < bands.length; ++i) {
            Seeder(payable(holder)).mint(pool, bands[i], liquidity[i]);
        }
        vm.etch(holder, "");
    }

    function seedBands(IAlgebraPool pool, PoolSpec memory spec) internal {
        (uint160 sqrtPrice, int24 tick) = pool.globalState();
        Band[] memory bands = Bands.around(tick, pool.tickSpacing());
        uint128[] memory liquidity = liquidities(spec, sqrtPrice, bands);
        vm.etch(holder, type(Seeder).runtimeCode);
        for (uint256 i; i < bands.length; ++i) {
            Seeder(payable(holder)).mintAlgebra(pool, bands[i], liquidity[i]);
        }
        vm.etch(holder, "");
    }

    function liquidities(PoolSpec memory spec, uint160 sqrtPrice, Band[] memory bands)
        internal
        view
        returns (uint128[] memory liquidity)
    {
        (string memory symbol0, string memory symbol1) = ordered(spec.tokens);
        uint256 amount0 = amountFor(symbol0, depthOf(spec.name));
        uint256 amount1 = amountFor(symbol1, depthOf(spec.name));
        liquidity = new uint128[](bands.length);
        for (uint256 i; i < bands.length; ++i) {
            liquidity[i] = Bands.liquidityFor(sqrtPrice, bands[i], amount0, amount1);
        }
    }
}
