// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolSpec} from "../Base.s.sol";
import {Band, Bands} from "./Bands.sol";
import {Placer} from "./Placer.sol";
import {Seeder} from "./Seeder.sol";
import {IPoolManager, PoolKey} from "./interfaces/IUniswapV4.sol";

/// @title UniswapV4
/// @notice Uniswap V4's pool manager and its two lenses.
abstract contract UniswapV4 is Placer {
    string private constant CORE = "node_modules/@uniswap/v4-core/out/";
    string private constant PERIPHERY = "node_modules/@uniswap/v4-periphery/foundry-out/";

    function placeUniswapV4(string memory venue) internal {
        address manager = venueOf(venue, "poolManager");
        placePoolManager(manager);
        placeLens(venueOf(venue, "stateView"), "StateView.sol/StateView.json", manager);
        placeLens(venueOf(venue, "quoter"), "V4Quoter.sol/V4Quoter.json", manager);
    }

    function placePoolManager(address site) internal {
        place(site, string.concat(CORE, "PoolManager.sol/PoolManager.json"), ".bytecode.object", abi.encode(holder));
    }

    function placeLens(address site, string memory path, address manager) private {
        place(site, string.concat(PERIPHERY, path), ".bytecode.object", abi.encode(manager));
    }

    /// @param path Where in the chain file the pool stands, for its tick spacing.
    function seedUniswapV4(PoolSpec memory spec, string memory path) internal scratch {
        (string memory symbol0, string memory symbol1) = ordered(spec.tokens);
        IPoolManager manager = IPoolManager(venueOf(spec.venue, "poolManager"));
        // forge-lint: disable-next-line(unsafe-typecast): at most 32,767
        int24 spacing = int24(int256(uintAt(string.concat(path, ".tickSpacing"))));
        PoolKey memory key = PoolKey(addressOf(symbol0), addressOf(symbol1), spec.fee, spacing, address(0));
        uint160 sqrtPrice = sqrtPriceX96(symbol0, symbol1);
        Band[] memory bands = Bands.around(manager.initialize(key, sqrtPrice), spacing);
        uint256 amount0 = amountFor(symbol0, depthOf(spec.name));
        uint256 amount1 = amountFor(symbol1, depthOf(spec.name));
        vm.etch(holder, type(Seeder).runtimeCode);
        for (uint256 i; i < bands.length; ++i) {
            uint128 liquidity = Bands.liquidityFor(sqrtPrice, bands[i], amount0, amount1);
            Seeder(payable(holder)).modifyLiquidity(manager, key, bands[i], liquidity);
        }
        vm.etch(holder, "");
    }
}
