// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceSources} from "../../contracts/interfaces/IPriceSources.sol";
import {PoolKind} from "../../contracts/types/PoolKind.sol";
import {Feed, Pool} from "../../contracts/types/PriceSources.sol";
import {Changes} from "./Changes.sol";
import {LibBytes} from "solady/utils/LibBytes.sol";

interface ISequencer {
    function sequencerFeed() external view returns (address);
    function sequencerGrace() external view returns (uint32);
}

/// @title GuardSettings
/// @notice Which of the calls that set a price guard up have not been made.
abstract contract GuardSettings is Changes {
    using LibBytes for bytes;

    /// @notice A call of this function cannot be compared with what the guard says.
    error SettingUnknown(bytes4 selector);

    function compareGuard(address guard, bytes[] memory calls) internal {
        for (uint256 i; i < calls.length; ++i) {
            bytes4 selector = bytes4(calls[i]);
            if (selector == IPriceSources.setFeed.selector) _compareFeed(guard, calls[i]);
            else if (selector == IPriceSources.registerPool.selector) _comparePool(guard, calls[i]);
            else if (selector == IPriceSources.setSequencer.selector) _compareSequencer(guard, calls[i]);
            else revert SettingUnknown(selector);
        }
    }

    function _compareFeed(address guard, bytes memory call) private {
        (address token, IPriceSources.FeedSpec memory spec) =
            abi.decode(call.slice(4), (address, IPriceSources.FeedSpec));
        Feed memory found = IPriceSources(guard).feedOf(token);
        string memory said = found.source == address(0) ? "none" : _feed(found.source, found.heartbeat);
        differ(string.concat("feed of ", vm.toString(token)), said, _feed(spec.source, spec.heartbeat), call);
    }

    function _comparePool(address guard, bytes memory call) private {
        (address pool, PoolKind kind, address token0, address token1, uint16 bound) =
            abi.decode(call.slice(4), (address, PoolKind, address, address, uint16));
        Pool memory found = IPriceSources(guard).poolOf(pool);
        bool same = found.kind == kind && found.token0 == token0 && found.token1 == token1;
        string memory said =
            found.kind == PoolKind.None ? "none" : same ? _bound(found.maxDeviationBps) : "another kind";
        differ(string.concat("bound of ", vm.toString(pool)), said, _bound(bound), call);
    }

    function _compareSequencer(address guard, bytes memory call) private {
        (address feed, uint32 grace) = abi.decode(call.slice(4), (address, uint32));
        address found = ISequencer(guard).sequencerFeed();
        string memory said = found == address(0) ? "none" : _feed(found, ISequencer(guard).sequencerGrace());
        differ("sequencer", said, feed == address(0) ? "none" : _feed(feed, grace), call);
    }

    function _feed(address source, uint256 age) private pure returns (string memory) {
        return string.concat(vm.toString(source), " for ", vm.toString(age), " s");
    }

    function _bound(uint256 bps) private pure returns (string memory) {
        return string.concat(vm.toString(bps), " basis points");
    }
}
