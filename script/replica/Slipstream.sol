// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolSpec} from "../Base.s.sol";
import {Concentrated} from "./Concentrated.sol";
import {NoGauges} from "./NoGauges.sol";
import {ISlipstreamFactory, IUniswapV3Pool} from "./interfaces/IUniswapV3.sol";

/// @title Slipstream
/// @notice Slipstream's factory, router and quoter, and the contract that its pools are clones of: with that at its address on chain, so are
/// the pools.
/// @dev Of Aerodrome's source, built by `FOUNDRY_PROFILE=slipstream`. The factory's neighbours, the voter and the factory
/// before it, are stand-ins without gauges and without pools; fees are those of the tick spacings.
abstract contract Slipstream is Concentrated {
    string private constant OUT = "build/peers/slipstream/out/";

    function placeSlipstream(string memory venue) internal {
        string memory path = string.concat(venuePath(venue), "implementation");
        address implementation = exists(path) ? addressAt(path) : sideAddress(string.concat("pools of ", venue));
        place(implementation, string.concat(OUT, "CLPool.sol/CLPool.json"), ".bytecode.object", "");
        address neighbour = sideAddress(string.concat("voter of ", venue));
        placeCode(neighbour, type(NoGauges).creationCode, "");
        place(
            venueOf(venue, "factory"),
            string.concat(OUT, "CLFactory.sol/CLFactory.json"),
            ".bytecode.object",
            abi.encode(neighbour, neighbour, implementation)
        );
        placeBeside(venue, "router", "SwapRouter.sol/SwapRouter.json");
        placeBeside(venue, "quoter", "QuoterV2.sol/QuoterV2.json");
    }

    function placeBeside(string memory venue, string memory field, string memory path) private {
        if (!exists(string.concat(venuePath(venue), field))) return;
        bytes memory args = abi.encode(venueOf(venue, "factory"), wrappedNativeOf());
        place(venueOf(venue, field), string.concat(OUT, path), ".bytecode.object", args);
    }

    function seedSlipstream(PoolSpec memory spec) internal scratch {
        (string memory symbol0, string memory symbol1) = ordered(spec.tokens);
        address pool = ISlipstreamFactory(venueOf(spec.venue, "factory"))
            .createPool(tokenOf(symbol0), tokenOf(symbol1), spec.tickSpacing, sqrtPriceX96(symbol0, symbol1));
        seedBands(IUniswapV3Pool(pool), spec);
    }
}
