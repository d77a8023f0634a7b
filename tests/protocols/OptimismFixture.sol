// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelMessenger} from "../mocks/ModelMessenger.sol";
import {CommonBase} from "forge-std/Base.sol";

interface IL1StandardBridge {
    function initialize(address messenger, address superchainConfig, address systemConfig) external;
    function deposits(address localToken, address remoteToken) external view returns (uint256);
}

interface IL2StandardBridge {
    function initialize(address otherBridge) external;
}

interface ISuperchainConfig {
    function initialize(address guardian, bool paused) external;
}

/// @notice The OP stack's standard bridges of both layers and their tokens, of published bytecode, side by side; between them
/// a model of the messengers.
contract OptimismFixture is CommonBase {
    string private constant ARTIFACTS = "node_modules/@eth-optimism/contracts-bedrock/forge-artifacts/";

    IL1StandardBridge public immutable l1Bridge;
    address public constant l2Bridge = 0x4200000000000000000000000000000000000010;
    ModelMessenger public immutable l1Messenger = new ModelMessenger();
    ModelMessenger public constant l2Messenger = ModelMessenger(0x4200000000000000000000000000000000000007);

    constructor() {
        address l1 = address(uint160(uint256(keccak256("L1StandardBridge"))));
        address superchain = address(uint160(uint256(keccak256("SuperchainConfig"))));
        vm.etch(address(l2Messenger), address(l1Messenger).code);
        vm.etch(l1, _artifact("L1StandardBridge", ".deployedBytecode.object"));
        vm.etch(l2Bridge, _artifact("L2StandardBridge", ".deployedBytecode.object"));
        vm.etch(superchain, _artifact("SuperchainConfig", ".deployedBytecode.object"));
        ISuperchainConfig(superchain).initialize(address(this), false);
        l1Bridge = IL1StandardBridge(l1);
        l1Bridge.initialize(address(l1Messenger), superchain, address(0));
        IL2StandardBridge(l2Bridge).initialize(l1);
    }

    /// @notice What stands on the second layer for a token of the first.
    function deployMintable(address remoteToken, uint8 decimals) external returns (address created) {
        bytes memory creation = bytes.concat(
            _artifact("OptimismMintableERC20", ".bytecode.object"),
            abi.encode(l2Bridge, remoteToken, "Bridged", "BRG", decimals)
        );
        // Solidity has no `new` for bare creation code.
        assembly ("memory-safe") {
            created := create(0, add(creation, 32), mload(creation))
        }
    }

    function _artifact(string memory name, string memory key) private view returns (bytes memory) {
        return vm.parseJsonBytes(vm.readFile(string.concat(ARTIFACTS, name, ".sol/", name, ".json")), key);
    }
}
