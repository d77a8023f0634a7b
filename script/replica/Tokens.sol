// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelERC20} from "../../tests/mocks/ModelERC20.sol";
import {ModelTether} from "../../tests/mocks/ModelTether.sol";
import {ModelWrappedStakedEther} from "../../tests/mocks/ModelWrappedStakedEther.sol";
import {Placer} from "./Placer.sol";
import {IWrapped} from "./interfaces/IPeers.sol";

interface IBridged {
    function mint(address to, uint256 amount) external;
}

/// @title Tokens
/// @notice The wrapped coin is the real WETH9, under the name that it has on the chain; what the OP stack's bridge mints is
/// its own code; the others are models with the real names, decimals and manners. Each supply is the holder's.
abstract contract Tokens is Placer {
    /// @notice A name of the wrapped coin that its code could not keep in one word.
    error NameTooLong(string name);

    /// @notice `replica.models` names a model that is none of "erc20", "tether", "staked-ether", "optimism".
    error ModelUnknown(string model, string symbol);

    /// @dev Native coin left to the holder after wrapping.
    uint256 private constant POCKET = 100_000_000 ether;
    string private constant BRIDGED =
        "node_modules/@eth-optimism/contracts-bedrock/forge-artifacts/OptimismMintableERC20.sol/OptimismMintableERC20.json";
    address private constant L2_BRIDGE = 0x4200000000000000000000000000000000000010;

    function placeTokens() internal {
        string[] memory symbols = keysAt(".tokens");
        for (uint256 i; i < symbols.length; ++i) {
            if (same(symbols[i], stringAt(".native.wrapped"))) placeWrapped(symbols[i]);
            else placeModel(symbols[i]);
        }
    }

    function placeWrapped(string memory symbol) private {
        place(tokenOf(symbol), "node_modules/@uniswap/v2-periphery/build/WETH9.json", ".bytecode", "");
        // WETH9 keeps its name first and its symbol next.
        vm.store(tokenOf(symbol), 0, word(stringAt(string.concat(".tokens.", symbol, ".name"))));
        vm.store(tokenOf(symbol), bytes32(uint256(1)), word(symbolOf(symbol)));
        uint256 supply = supplyOf(symbol);
        vm.deal(holder, supply + POCKET);
        vm.prank(holder);
        IWrapped(tokenOf(symbol)).deposit{value: supply}();
    }

    function placeModel(string memory symbol) private scratch {
        string memory name = stringAt(string.concat(".tokens.", symbol, ".name"));
        bytes memory args = abi.encode(name, symbolOf(symbol), decimalsOf(symbol), holder, supplyOf(symbol));
        string memory modelPath = string.concat(".replica.models.", symbol);
        string memory model = exists(modelPath) ? stringAt(modelPath) : "erc20";
        if (same(model, "tether")) {
            placeCode(tokenOf(symbol), type(ModelTether).creationCode, args);
        } else if (same(model, "staked-ether")) {
            uint256 rate = vm.parseUint(stringAt(string.concat(".replica.rates.", symbol)));
            args = abi.encode(name, symbolOf(symbol), decimalsOf(symbol), holder, supplyOf(symbol), rate);
            placeCode(tokenOf(symbol), type(ModelWrappedStakedEther).creationCode, args);
        } else if (same(model, "optimism")) {
            address remote = addressAt(string.concat(".replica.remotes.", symbol));
            place(
                tokenOf(symbol),
                BRIDGED,
                ".bytecode.object",
                abi.encode(L2_BRIDGE, remote, name, symbolOf(symbol), decimalsOf(symbol))
            );
            vm.prank(L2_BRIDGE);
            IBridged(tokenOf(symbol)).mint(holder, supplyOf(symbol));
        } else {
            require(same(model, "erc20"), ModelUnknown(model, symbol));
            placeCode(tokenOf(symbol), type(ModelERC20).creationCode, args);
        }
    }

    /// @notice The symbol on the chain, where it is another than the file's.
    function symbolOf(string memory symbol) private view returns (string memory) {
        string memory path = string.concat(".tokens.", symbol, ".symbol");
        return exists(path) ? stringAt(path) : symbol;
    }

    function supplyOf(string memory symbol) private view returns (uint256) {
        return uintAt(string.concat(".replica.supplies.", symbol)) * 10 ** decimalsOf(symbol);
    }

    /// @notice A string of at most 31 bytes as a storage slot has it.
    function word(string memory text) private pure returns (bytes32) {
        uint256 length = bytes(text).length;
        require(length < 32, NameTooLong(text));
        // forge-lint: disable-next-line(unsafe-typecast): as long as it is
        return bytes32(bytes(text)) | bytes32(length * 2);
    }
}
