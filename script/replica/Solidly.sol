// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolSpec} from "../Base.s.sol";
import {NoGauges} from "./NoGauges.sol";
import {Placer} from "./Placer.sol";
import {ISolidlyFactory, ISolidlyPool} from "./interfaces/ISolidly.sol";

/// @title Solidly
/// @notice Aerodrome's and Velodrome's factory of volatile and stable pools, which are clones of one contract: with that at
/// its address on chain, so are the pools.
/// @dev Aerodrome's code in a port to a later compiler, built by `FOUNDRY_PROFILE=aerodrome`; Velodrome V2 runs the same.
/// The voter and the registry, whom the router asks whether it may use the factory, are a stand-in without gauges.
abstract contract Solidly is Placer {
    string private constant OUT = "build/peers/aerodrome/out/";

    function placeSolidly(string memory venue) internal {
        string memory path = string.concat(venuePath(venue), "implementation");
        address implementation = exists(path) ? addressAt(path) : sideAddress(string.concat("pools of ", venue));
        place(implementation, string.concat(OUT, "Pool.sol/Pool.json"), ".bytecode.object", "");
        place(
            venueOf(venue, "factory"),
            string.concat(OUT, "PoolFactory.sol/PoolFactory.json"),
            ".bytecode.object",
            abi.encode(implementation)
        );
        if (exists(string.concat(venuePath(venue), "router"))) placeRouter(venue);
    }

    function placeRouter(string memory venue) private {
        address registry = sideAddress(string.concat("voter of ", venue));
        placeCode(registry, type(NoGauges).creationCode, "");
        place(
            venueOf(venue, "router"),
            string.concat(OUT, "Router.sol/Router.json"),
            ".bytecode.object",
            abi.encode(address(0), registry, venueOf(venue, "factory"), registry, wrappedNativeOf())
        );
    }

    /// @dev A stable pool is of equal value where its reserves, in whole tokens, are equal.
    function seedSolidly(PoolSpec memory spec) internal {
        (address a, address b) = (tokenOf(spec.tokens[0]), tokenOf(spec.tokens[1]));
        bool stable = same(spec.family, "stable");
        address pool = ISolidlyFactory(venueOf(spec.venue, "factory")).createPool(a, b, stable);
        uint256 depth = depthOf(spec.name);
        payAsHolder(a, pool, amountFor(spec.tokens[0], depth));
        payAsHolder(b, pool, amountFor(spec.tokens[1], depth));
        ISolidlyPool(pool).mint(holder);
    }
}
