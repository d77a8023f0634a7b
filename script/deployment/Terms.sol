// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Pool} from "../../contracts/types/Pool.sol";
import {PoolSpec} from "../Base.s.sol";
import {Pools} from "../Pools.sol";

/// @title PoolTerms
/// @notice On which terms the reserve begins to deepen the traded pools. Governance sets others.
abstract contract PoolTerms is Pools {
    /// @notice The dearest traded pool takes 1 %, and feeds move by half of that before they speak.
    uint16 internal constant DEVIATION_BPS = 200;
    /// @notice The same: a conversion pays a pool's fee.
    uint16 internal constant SLIPPAGE_BPS = 150;
    /// @notice A few basis points of the pool a time, so that bending it costs more than it gives.
    uint16 internal constant DEPTH_BPS = 20;
    uint32 internal constant COOL_DOWN = 1 hours;

    /// @notice Terms of a pool of the chain file, all but the guard. Concentrated pools over their whole range.
    function termsOf(PoolSpec memory spec) internal view returns (Pool memory terms) {
        (address a, address b) = (tokenOf(spec.tokens[0]), tokenOf(spec.tokens[1]));
        (terms.token0, terms.token1) = a < b ? (a, b) : (b, a);
        (terms.kind, terms.form) = (poolKindOf(spec), poolFormOf(spec));
        // Basis points, which the chain file's schema bounds; Solidly's factory is asked when they are needed.
        // forge-lint: disable-next-line(unsafe-typecast)
        if (isPair(kindOf(spec.venue))) terms.fee = uint24(uintAt(string.concat(venuePath(spec.venue), ".feeBps")));
        string memory path = ".terms.deepening.";
        terms.maxDeviationBps = bpsOr(string.concat(path, "maxDeviationBps"), DEVIATION_BPS);
        terms.slippageBps = bpsOr(string.concat(path, "slippageBps"), SLIPPAGE_BPS);
        terms.depthBps = bpsOr(string.concat(path, "depthBps"), DEPTH_BPS);
        // forge-lint: disable-next-line(unsafe-typecast): seconds, which the chain file's schema bounds
        terms.coolDown = uint32(uintOr(string.concat(path, "coolDown"), COOL_DOWN));
    }
}
