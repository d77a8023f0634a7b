// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelAggregator} from "../../tests/mocks/ModelAggregator.sol";
import {ModelArbBlocks, ModelArbGasInfo, ModelNodeInterface} from "../../tests/mocks/ModelArbitrum.sol";
import {Placer} from "./Placer.sol";

interface IInitialisable {
    function initialize(address other) external;
}

interface IFeeOracle {
    function setEcotone() external;
    function setFjord() external;
}

/// @title Rollup
/// @notice What a rollup has beside its contracts: who tells that its sequencer is up, what data costs on the chain below,
/// and the way there. The OP stack's own contracts, at their addresses without the proxies; Arbitrum's as models, because
/// there they are the node's.
abstract contract Rollup is Placer {
    /// @notice The chain below could not be described to the OP stack's contract that knows it.
    error BlockBelowRefused(bytes reason);

    string private constant BEDROCK = "node_modules/@eth-optimism/contracts-bedrock/forge-artifacts/";
    address private constant DEPOSITOR = 0xDeaDDEaDDeAdDeAdDEAdDEaddeAddEAdDEAd0001;
    address private constant L2_MESSENGER = 0x4200000000000000000000000000000000000007;
    address private constant FEE_ORACLE = 0x420000000000000000000000000000000000000F;
    address private constant L2_BRIDGE = 0x4200000000000000000000000000000000000010;
    address private constant MINTABLE_FACTORY = 0x4200000000000000000000000000000000000012;
    address private constant BLOCK_BELOW = 0x4200000000000000000000000000000000000015;
    address private constant MESSAGE_PASSER = 0x4200000000000000000000000000000000000016;
    bytes4 private constant SET_BLOCK_BELOW = bytes4(keccak256("setL1BlockValuesEcotone()"));

    address private constant ARB_SYS = 0x0000000000000000000000000000000000000064;
    address private constant ARB_GAS_INFO = 0x000000000000000000000000000000000000006C;
    address private constant NODE_INTERFACE = 0x00000000000000000000000000000000000000C8;

    /// @notice Places what the model of fees needs.
    function placeRollup() internal {
        string memory model = stringAt(".fees.model");
        if (same(model, "op-stack")) placeOpStack();
        if (same(model, "arbitrum")) placeArbitrum();
    }

    /// @notice The feed that answers 0, at the block's time, which is when the sequencer came up.
    function placeSequencerFeed() internal {
        if (!exists(".sequencer.feed")) return;
        bytes memory args = abi.encode(uint8(0), "L2 Sequencer Uptime Status Feed", holder, int256(0));
        placeCode(addressAt(".sequencer.feed"), type(ModelAggregator).creationCode, args);
    }

    function placeOpStack() private {
        etchBedrock(BLOCK_BELOW, "L1Block");
        etchBedrock(FEE_ORACLE, "GasPriceOracle");
        etchBedrock(MESSAGE_PASSER, "L2ToL1MessagePasser");
        etchBedrock(L2_MESSENGER, "L2CrossDomainMessenger");
        etchBedrock(L2_BRIDGE, "L2StandardBridge");
        etchBedrock(MINTABLE_FACTORY, "OptimismMintableERC20Factory");
        IInitialisable(L2_MESSENGER).initialize(addressAt(".replica.below.messenger"));
        IInitialisable(L2_BRIDGE).initialize(addressAt(".replica.below.bridge"));
        IInitialisable(MINTABLE_FACTORY).initialize(L2_BRIDGE);
        describeBlockBelow();
        vm.startPrank(DEPOSITOR);
        IFeeOracle(FEE_ORACLE).setEcotone();
        IFeeOracle(FEE_ORACLE).setFjord();
        vm.stopPrank();
    }

    /// @dev Packed as the protocol has it: scalars of both prices, the place in the sequence, time, number, prices, hashes.
    function describeBlockBelow() private {
        bytes memory call = bytes.concat(
            abi.encodePacked(
                SET_BLOCK_BELOW,
                // forge-lint: disable-next-line(unsafe-typecast): millionths
                uint32(uintAt(".replica.below.baseFeeScalar")),
                // forge-lint: disable-next-line(unsafe-typecast): millionths
                uint32(uintAt(".replica.below.blobBaseFeeScalar")),
                uint64(0),
                // forge-lint: disable-next-line(unsafe-typecast): seconds
                uint64(uintAt(".pinned.timestamp")),
                // forge-lint: disable-next-line(unsafe-typecast): a block's number
                uint64(uintAt(".replica.below.block"))
            ),
            abi.encode(uintAt(".replica.below.baseFee"), uintAt(".replica.below.blobBaseFee"), bytes32(0), bytes32(0))
        );
        vm.prank(DEPOSITOR);
        (bool ok, bytes memory reason) = BLOCK_BELOW.call(call);
        require(ok, BlockBelowRefused(reason));
    }

    function etchBedrock(address site, string memory name) private scratch {
        vm.etch(site, artifact(string.concat(BEDROCK, name, ".sol/", name, ".json"), ".deployedBytecode.object"));
        vm.setNonce(site, 1);
    }

    function placeArbitrum() private {
        bytes memory price = abi.encode(uintAt(".replica.below.baseFee"));
        placeCode(ARB_SYS, type(ModelArbBlocks).creationCode, "");
        placeCode(ARB_GAS_INFO, type(ModelArbGasInfo).creationCode, price);
        placeCode(NODE_INTERFACE, type(ModelNodeInterface).creationCode, price);
    }
}
