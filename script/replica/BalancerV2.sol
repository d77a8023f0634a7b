// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolSpec} from "../Base.s.sol";
import {Placer} from "./Placer.sol";
import {
    IBalancerPool,
    IBalancerVault,
    IWeightedPool2TokensFactory,
    IWeightedPoolFactory
} from "./interfaces/IBalancerV2.sol";

/// @title BalancerV2
/// @notice Balancer V2's vault, authorizer and weighted factories, one weighted pool with the id that it has on chain,
/// and one of four tokens, so that the vault has more to lend.
abstract contract BalancerV2 is Placer {
    /// @notice The vault counts its pools elsewhere than POOL_COUNT_SLOT.
    error PoolIdWrong(bytes32 expected, bytes32 found);

    string private constant TASKS = "node_modules/@balancer-labs/v2-deployments/dist/tasks/";
    string private constant POOLS = "deprecated/20210418-weighted-pool/bytecode/";

    /// @dev The vault's response window after deployment in which it can be paused, and for how long.
    uint256 private constant PAUSE_WINDOW = 90 days;
    uint256 private constant PAUSE_BUFFER = 30 days;
    /// @dev Where the vault counts its pools; the pool's id, which contains the count, is checked.
    uint256 private constant POOL_COUNT_SLOT = 6;
    uint256 private constant SWAP_FEE = 0.003e18;

    /// @dev The basket comes first: the other pool sets the vault's count of pools.
    function placeAndFillBalancerV2(string memory venue) internal {
        placeBalancerV2(venue);
        seedBasket(venue);
    }

    function placeBalancerV2(string memory venue) private {
        address vault = venueOf(venue, "vault");
        placeVault(vault, venueOf(venue, "authorizer"), wrappedNativeOf());
        requireAt(
            "protocol fees collector",
            venueOf(venue, "protocolFeesCollector"),
            IBalancerVault(vault).getProtocolFeesCollector()
        );
        placeWeightedPoolFactory(venueOf(venue, "weightedPoolFactory"), vault);
        placeTask(
            venueOf(venue, "weightedPool2TokensFactory"),
            string.concat(POOLS, "WeightedPool2TokensFactory.json"),
            abi.encode(vault)
        );
    }

    function placeVault(address vault, address authorizer, address wrappedNative) internal {
        placeTask(authorizer, "20210418-authorizer/bytecode/Authorizer.json", abi.encode(holder));
        placeTask(
            vault,
            "20210418-vault/bytecode/Vault.json",
            abi.encode(authorizer, wrappedNative, PAUSE_WINDOW, PAUSE_BUFFER)
        );
    }

    function placeWeightedPoolFactory(address site, address vault) internal {
        placeTask(site, string.concat(POOLS, "WeightedPoolFactory.json"), abi.encode(vault));
    }

    function placeTask(address site, string memory path, bytes memory args) private {
        place(site, string.concat(TASKS, path), ".creationCode", args);
    }

    /// @notice The two-token pool, at its address and under its id on chain.
    /// @param path Where in the chain file the pool stands, for its id and its factory's nonce.
    function seedBalancerV2(PoolSpec memory spec, string memory path) internal scratch {
        bytes32 poolId = vm.parseBytes32(stringAt(string.concat(path, ".poolId")));
        IBalancerVault vault = IBalancerVault(venueOf(spec.venue, "vault"));
        address factory = venueOf(spec.venue, "weightedPool2TokensFactory");
        // forge-lint: disable-next-line(unsafe-typecast): nonces are small
        vm.setNonce(factory, uint64(uintAt(string.concat(path, ".factoryNonce"))));
        // A pool's id ends in the count of pools before it.
        vm.store(address(vault), bytes32(POOL_COUNT_SLOT), bytes32(uint256(uint80(uint256(poolId)))));
        (address[] memory tokens, uint256[] memory weights) = assets(spec.tokens);
        address pool = IWeightedPool2TokensFactory(factory)
            .create("Balancer 50 USDC 50 WETH", "B-50USDC-50WETH", tokens, weights, SWAP_FEE, true, holder);
        // forge-lint: disable-next-line(unsafe-typecast): a pool's id begins with its address
        requireAt("weighted pool", address(bytes20(poolId)), pool);
        require(IBalancerPool(pool).getPoolId() == poolId, PoolIdWrong(poolId, IBalancerPool(pool).getPoolId()));
        join(vault, poolId, tokens, amountsFor(spec.tokens, depthOf(spec.name)));
    }

    /// @notice The four-token pool, of no address in particular.
    function seedBasket(string memory venue) private scratch {
        string[] memory symbols = stringsAt(string.concat(".replica.baskets[\"", venue, "\"]"));
        (address[] memory tokens, uint256[] memory weights) = assets(symbols);
        address pool = IWeightedPoolFactory(venueOf(venue, "weightedPoolFactory"))
            .create("Balancer basket", "B-BASKET", tokens, weights, SWAP_FEE, holder);
        join(
            IBalancerVault(venueOf(venue, "vault")),
            IBalancerPool(pool).getPoolId(),
            tokens,
            amountsFor(symbols, depthOf(poolNameOf(venue, symbols)))
        );
    }

    /// @dev `symbols` in the order of their addresses, as the vault demands.
    function assets(string[] memory symbols) private view returns (address[] memory tokens, uint256[] memory weights) {
        tokens = new address[](symbols.length);
        weights = new uint256[](symbols.length);
        for (uint256 i; i < symbols.length; ++i) {
            tokens[i] = tokenOf(symbols[i]);
            weights[i] = 1e18 / symbols.length;
        }
    }

    function amountsFor(string[] memory symbols, uint256 depth) private view returns (uint256[] memory amounts) {
        amounts = new uint256[](symbols.length);
        for (uint256 i; i < symbols.length; ++i) {
            amounts[i] = amountFor(symbols[i], depth);
        }
    }

    function join(IBalancerVault vault, bytes32 poolId, address[] memory tokens, uint256[] memory amounts) internal {
        for (uint256 i; i < tokens.length; ++i) {
            allow(tokens[i], address(vault), amounts[i]);
        }
        // 0 is the kind of the first join, which names the amounts.
        bytes memory userData = abi.encode(uint256(0), amounts);
        vm.prank(holder);
        vault.joinPool(poolId, holder, holder, IBalancerVault.JoinPoolRequest(tokens, amounts, userData, false));
    }
}
