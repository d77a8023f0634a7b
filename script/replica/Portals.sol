// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Placer} from "./Placer.sol";

interface ISuperchainConfig {
    function initialize(address guardian, bool paused) external;
}

interface IOutputOracle {
    function initialize(
        uint256 submissionInterval,
        uint256 blockTime,
        uint256 startingBlock,
        uint256 startingTimestamp,
        address proposer,
        address challenger,
        uint256 finalizationPeriod
    ) external;
}

/// @dev Portal, messenger and bridge take three addresses each, every one in an order of its own.
interface IWired {
    function initialize(address first, address second, address third) external;
}

interface ISystemConfig {
    struct ResourceConfig {
        uint32 maxResourceLimit;
        uint8 elasticityMultiplier;
        uint8 baseFeeMaxChangeDenominator;
        uint32 minimumBaseFee;
        uint32 systemTxMaxGas;
        uint128 maximumBaseFee;
    }

    struct Addresses {
        address messenger;
        address nftBridge;
        address bridge;
        address gameFactory;
        address portal;
        address mintableFactory;
        address gasPayingToken;
    }

    function initialize(
        address owner,
        uint32 baseFeeScalar,
        uint32 blobBaseFeeScalar,
        bytes32 batcher,
        uint64 gasLimit,
        address unsafeBlockSigner,
        ResourceConfig calldata config,
        address batchInbox,
        Addresses calldata addresses
    ) external;
}

/// @title Portals
/// @notice What a chain has of each rollup of the OP stack that its bridges lead to: bridge, messenger, portal, and the oracle
/// that outputs are proposed to; the published contracts, at their addresses without the proxies.
/// @dev Who proposes outputs is the holder. The portal is that of outputs by a proposer, as those by dispute games need the games.
abstract contract Portals is Placer {
    string private constant BEDROCK = "node_modules/@eth-optimism/contracts-bedrock/forge-artifacts/";
    /// @dev How the OP stack writes the native coin.
    address private constant ETHER = 0xEeeeeEeeeEeEeeEeEeEeeEEEeeeeEeeeeeeeEEeE;
    uint256 private constant CHALLENGE = 7 days;
    /// @dev Blocks from one output to the next, and seconds from one block to the next.
    uint256 private constant INTERVAL = 1800;
    uint256 private constant BLOCK_TIME = 2;

    /// @notice Places what `replica.portals` names, by the bridges' names.
    function placePortals() internal {
        if (!exists(".replica.portals")) return;
        string[] memory names = keysAt(".replica.portals");
        for (uint256 i; i < names.length; ++i) {
            placePortal(names[i], string.concat(".replica.portals[\"", names[i], "\"]."));
        }
    }

    function placePortal(string memory name, string memory path) private {
        address bridge = addressAt(string.concat(".bridges[\"", name, "\"].address"));
        address messenger = addressAt(string.concat(path, "messenger"));
        address portal = addressAt(string.concat(path, "portal"));
        address oracle = addressAt(string.concat(path, "oracle"));
        address superchain = sideAddress(string.concat(name, " superchain"));
        address system = sideAddress(string.concat(name, " system"));
        etchStack(superchain, "SuperchainConfig");
        etchStack(system, "SystemConfig");
        etchStack(oracle, "L2OutputOracle");
        etchStack(portal, "OptimismPortal");
        etchStack(messenger, "L1CrossDomainMessenger");
        etchStack(bridge, "L1StandardBridge");
        ISuperchainConfig(superchain).initialize(holder, false);
        initializeSystem(system, messenger, bridge, portal);
        uint256 start = block.timestamp;
        IOutputOracle(oracle).initialize(INTERVAL, BLOCK_TIME, 0, start, holder, holder, CHALLENGE);
        IWired(portal).initialize(oracle, system, superchain);
        IWired(messenger).initialize(superchain, portal, system);
        IWired(bridge).initialize(messenger, superchain, system);
    }

    /// @dev Bounds of what deposits may use are the stack's defaults.
    function initializeSystem(address system, address messenger, address bridge, address portal) private {
        ISystemConfig.ResourceConfig memory config = ISystemConfig.ResourceConfig({
            maxResourceLimit: 20_000_000,
            elasticityMultiplier: 10,
            baseFeeMaxChangeDenominator: 8,
            minimumBaseFee: 1 gwei,
            systemTxMaxGas: 1_000_000,
            maximumBaseFee: type(uint128).max
        });
        ISystemConfig.Addresses memory addresses;
        (addresses.messenger, addresses.bridge) = (messenger, bridge);
        (addresses.portal, addresses.gasPayingToken) = (portal, ETHER);
        ISystemConfig(system).initialize(holder, 0, 0, 0, 30_000_000, holder, config, holder, addresses);
    }

    function etchStack(address site, string memory name) private scratch {
        vm.etch(site, artifact(string.concat(BEDROCK, name, ".sol/", name, ".json"), ".deployedBytecode.object"));
        vm.setNonce(site, 1);
    }
}
