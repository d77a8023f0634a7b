// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolSpec} from "../Base.s.sol";
import {Placer} from "./Placer.sol";
import {IUniswapV2Factory, IUniswapV2Pair} from "./interfaces/IUniswapV2.sol";

/// @title UniswapV2
/// @notice Uniswap V2's factory and router, and factories of its forks.
/// @dev Sushi's factory runs Uniswap's code here, as Sushi's package carries no bytecode. The two differ in the migrator,
/// which mainnet's has switched off, and in the address of a pair: a pair's init code hash is Uniswap's here.
abstract contract UniswapV2 is Placer {
    string internal constant CORE = "node_modules/@uniswap/v2-core/build/UniswapV2Factory.json";
    string internal constant ROUTER = "node_modules/@uniswap/v2-periphery/build/UniswapV2Router02.json";

    function placeUniswapV2(string memory venue) internal {
        address factory = venueOf(venue, "factory");
        place(factory, CORE, ".bytecode", abi.encode(holder));
        if (exists(string.concat(venuePath(venue), "router"))) {
            place(venueOf(venue, "router"), ROUTER, ".bytecode", abi.encode(factory, wrappedNativeOf()));
        }
    }

    function seedUniswapV2(PoolSpec memory spec) internal {
        address tokenA = tokenOf(spec.tokens[0]);
        address tokenB = tokenOf(spec.tokens[1]);
        address pair = IUniswapV2Factory(venueOf(spec.venue, "factory")).createPair(tokenA, tokenB);
        uint256 depth = depthOf(spec.name);
        payAsHolder(tokenA, pair, amountFor(spec.tokens[0], depth));
        payAsHolder(tokenB, pair, amountFor(spec.tokens[1], depth));
        IUniswapV2Pair(pair).mint(holder);
    }
}
