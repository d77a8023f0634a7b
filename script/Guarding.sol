// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceGuard} from "../contracts/interfaces/IPriceGuard.sol";
import {IPriceSources} from "../contracts/interfaces/IPriceSources.sol";
import {PoolSpec} from "./Base.s.sol";
import {Pools} from "./Pools.sol";
import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {CommonBase} from "forge-std/Base.sol";

/// @title Guarding
/// @notice Deploys the price guard, by its artifact: it is compiled with settings of its own.
abstract contract Guarding is CommonBase {
    error GuardNotCreated();

    IPriceGuard internal priceGuard;

    /// @param calls What governance's functions of the guard are first called with, all in one transaction.
    function deployGuard(AccessManager manager, address wrappedNative, bytes[] memory calls) internal {
        bytes memory creation =
            bytes.concat(vm.getCode("PriceGuard.sol:PriceGuard"), abi.encode(manager, wrappedNative));
        address created;
        // Solidity has no `new` for bare creation code.
        assembly ("memory-safe") {
            created := create(0, add(creation, 32), mload(creation))
        }
        require(created != address(0), GuardNotCreated());
        priceGuard = IPriceGuard(created);
        govern(manager, created, calls);
    }

    /// @dev Calls what governance alone may, all in one transaction.
    function govern(AccessManager manager, address target, bytes[] memory calls) internal {
        if (calls.length == 0) return;
        bytes[] memory executed = new bytes[](calls.length);
        for (uint256 i; i < calls.length; ++i) {
            executed[i] = abi.encodeCall(AccessManager.execute, (target, calls[i]));
        }
        manager.multicall(executed);
    }
}

/// @title Sources
/// @notice What the chain file says of prices, as calls of the guard's functions.
abstract contract Sources is Pools {
    /// @notice How far a traded pool may be from the references: the largest fee of one, 1 %, what feeds leave unsaid,
    /// and some more. Governance sets others.
    uint16 internal constant POOL_BOUND_BPS = 300;

    /// @notice An answer is due at its heartbeat, and takes some blocks to come.
    uint32 internal constant HEARTBEAT_SLACK = 5 minutes;

    /// @param pools The traded pools, in the order of the chain file.
    function guardCalls(address[] memory pools) internal view returns (bytes[] memory calls) {
        string[] memory feeds = keysAt(".feeds");
        PoolSpec[] memory specs = poolSpecs();
        uint256 count = specs.length;
        for (uint256 i; i < feeds.length; ++i) {
            count += _pricedBy(feeds[i]).length;
        }
        calls = new bytes[](count);
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
        return abi.encodeCall(IPriceSources.registerPool, (pool, poolKindOf(spec), token0, token1, POOL_BOUND_BPS));
    }

    function _pricedBy(string memory feed) private view returns (string[] memory) {
        return stringsAt(string.concat(".feeds.", feed, ".tokens"));
    }
}
