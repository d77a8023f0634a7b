// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceSources} from "../../contracts/interfaces/IPriceSources.sol";
import {PoolSpec} from "../Base.s.sol";
import {Pools} from "../Pools.sol";

/// @title Sources
/// @notice What the chain file says of prices, as calls of the guard's functions.
abstract contract Sources is Pools {
    /// @notice How far a traded pool may be from the references: the largest fee of one, 1 %, what feeds leave unsaid,
    /// and some more.
    uint16 internal constant POOL_BOUND_BPS = 300;

    /// @notice An answer is due at its heartbeat, and takes some blocks to come.
    uint32 internal constant HEARTBEAT_SLACK = 5 minutes;

    /// @param pools The traded pools, in the order of the chain file.
    function guardCalls(address[] memory pools) internal view returns (bytes[] memory calls) {
        string[] memory feeds = keysAt(".feeds");
        PoolSpec[] memory specs = poolSpecs();
        bool onRollup = exists(".sequencer");
        uint256 count = specs.length + (onRollup ? 1 : 0);
        for (uint256 i; i < feeds.length; ++i) {
            count += _pricedBy(feeds[i]).length;
        }
        calls = new bytes[](count);
        if (onRollup) calls[--count] = _sequencerCall();
        for (uint256 i; i < specs.length; ++i) {
            calls[--count] = _poolCall(specs[i], pools[i]);
        }
        for (uint256 i; i < feeds.length; ++i) {
            string[] memory tokens = _pricedBy(feeds[i]);
            for (uint256 j; j < tokens.length; ++j) {
                calls[--count] = _feedCall(feeds[i], tokens[j]);
            }
        }
    }

    function _feedCall(string memory feed, string memory token) private view returns (bytes memory) {
        // forge-lint: disable-next-line(unsafe-typecast): seconds, at most some days
        uint32 heartbeat = uint32(uintAt(string.concat(".feeds.", feed, ".heartbeat")));
        IPriceSources.FeedSpec memory spec = IPriceSources.FeedSpec(feedOf(feed), heartbeat + HEARTBEAT_SLACK, 0, 0);
        return abi.encodeCall(IPriceSources.setFeed, (tokenOf(token), spec));
    }

    function _poolCall(PoolSpec memory spec, address pool) private view returns (bytes memory) {
        (address a, address b) = (tokenOf(spec.tokens[0]), tokenOf(spec.tokens[1]));
        (address token0, address token1) = a < b ? (a, b) : (b, a);
        uint16 bound = bpsOr(".terms.poolBoundBps", POOL_BOUND_BPS);
        return abi.encodeCall(IPriceSources.registerPool, (pool, poolKindOf(spec), token0, token1, bound));
    }

    function _sequencerCall() private view returns (bytes memory) {
        // forge-lint: disable-next-line(unsafe-typecast): seconds, at most some days
        uint32 grace = uint32(uintAt(".sequencer.grace"));
        return abi.encodeCall(IPriceSources.setSequencer, (addressAt(".sequencer.feed"), grace));
    }

    function _pricedBy(string memory feed) private view returns (string[] memory) {
        return stringsAt(string.concat(".feeds.", feed, ".tokens"));
    }
}
