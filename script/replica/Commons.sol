// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelAggregator} from "../../tests/mocks/ModelAggregator.sol";
import {Placer} from "./Placer.sol";
import {VmSafe} from "forge-std/Vm.sol";

interface IPermit2Deployment {
    function deployPermit2() external;
}

/// @title Commons
/// @notice What every chain shares: Multicall3, Permit2 and the price feeds.
abstract contract Commons is Placer {
    /// @notice The Python environment, whose ape carries Multicall3's bytecode, is not there: `make setup` installs it.
    error EnvironmentMissing(string path);

    string private constant ENVIRONMENT = ".venv/lib";
    string private constant PERMIT2 =
        "node_modules/@uniswap/v4-periphery/foundry-out/DeployPermit2.sol/DeployPermit2.json";

    /// @dev ape has it as HexBytes("0x..." "..." ...), one string a line.
    function placeMulticall3() internal scratch {
        string memory path = string.concat(sitePackages(), "/ape_ethereum/multicall/constants.py");
        require(vm.isFile(path), ArtifactMissing(path));
        string memory tail = vm.split(vm.readFile(path), "MULTICALL3_CODE = HexBytes(")[1];
        string memory literals = vm.split(tail, ")")[0];
        string memory digits = vm.replace(vm.replace(vm.replace(literals, "\"", ""), "\n", ""), " ", "");
        vm.etch(contractOf("multicall3"), vm.parseBytes(digits));
        vm.setNonce(contractOf("multicall3"), 1);
    }

    function sitePackages() private returns (string memory) {
        require(vm.isDir(ENVIRONMENT), EnvironmentMissing(ENVIRONMENT));
        VmSafe.DirEntry[] memory entries = vm.readDir(ENVIRONMENT);
        for (uint256 i; i < entries.length; ++i) {
            if (has(entries[i].path, "/lib/python3")) return string.concat(entries[i].path, "/site-packages");
        }
        revert EnvironmentMissing(ENVIRONMENT);
    }

    /// @dev Published as a contract that etches Permit2; it is taken away afterwards.
    function placePermit2() internal scratch {
        address deployment = sideAddress("permit2 deployment");
        place(deployment, PERMIT2, ".bytecode.object", "");
        vm.allowCheatcodes(deployment);
        IPermit2Deployment(deployment).deployPermit2();
        vm.etch(deployment, "");
        vm.resetNonce(deployment);
        vm.store(deployment, 0, 0);
        require(contractOf("permit2").code.length != 0, Misplaced("Permit2", contractOf("permit2"), address(0)));
        vm.setNonce(contractOf("permit2"), 1);
    }

    /// @notice Feeds that answer with the replica's prices, reported at the block's time.
    function placeFeeds() internal {
        string[] memory names = keysAt(".feeds");
        for (uint256 i; i < names.length; ++i) {
            placeFeed(names[i]);
        }
    }

    function placeFeed(string memory name) private scratch {
        uint256 price = priceOf(stringAt(string.concat(".replica.answers.", name)));
        string memory path = string.concat(".feeds.", name, ".description");
        string memory described = exists(path) ? stringAt(path) : string.concat(name, " / USD");
        bytes memory args = abi.encode(uintAt(string.concat(".feeds.", name, ".decimals")), described, holder, price);
        placeCode(feedOf(name), type(ModelAggregator).creationCode, args);
    }
}
