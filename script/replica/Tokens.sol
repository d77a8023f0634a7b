// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ModelERC20} from "../../tests/mocks/ModelERC20.sol";
import {ModelTether} from "../../tests/mocks/ModelTether.sol";
import {ModelWrappedStakedEther} from "../../tests/mocks/ModelWrappedStakedEther.sol";
import {Placer} from "./Placer.sol";
import {IWrapped} from "./interfaces/IPeers.sol";

/// @title Tokens
/// @notice WETH9 is the real one; the others are models with the real names, decimals and manners. Each supply is the
/// holder's.
abstract contract Tokens is Placer {
    /// @notice `replica.models` names a model that is none of "erc20", "tether", "staked-ether".
    error ModelUnknown(string model, string symbol);

    /// @dev Native coin left to the holder after wrapping.
    uint256 private constant POCKET = 1_000_000 ether;

    function placeTokens() internal {
        string[] memory symbols = keysAt(".tokens");
        for (uint256 i; i < symbols.length; ++i) {
            if (same(symbols[i], stringAt(".native.wrapped"))) placeWrapped(symbols[i]);
            else placeModel(symbols[i]);
        }
    }

    function placeWrapped(string memory symbol) private {
        place(tokenOf(symbol), "node_modules/@uniswap/v2-periphery/build/WETH9.json", ".bytecode", "");
        uint256 supply = supplyOf(symbol);
        vm.deal(holder, supply + POCKET);
        vm.prank(holder);
        IWrapped(tokenOf(symbol)).deposit{value: supply}();
    }

    function placeModel(string memory symbol) private scratch {
        string memory name = stringAt(string.concat(".tokens.", symbol, ".name"));
        bytes memory args = abi.encode(name, symbol, decimalsOf(symbol), holder, supplyOf(symbol));
        string memory modelPath = string.concat(".replica.models.", symbol);
        string memory model = exists(modelPath) ? stringAt(modelPath) : "erc20";
        if (same(model, "tether")) {
            placeCode(tokenOf(symbol), type(ModelTether).creationCode, args);
        } else if (same(model, "staked-ether")) {
            uint256 rate = vm.parseUint(stringAt(string.concat(".replica.rates.", symbol)));
            args = abi.encode(name, symbol, decimalsOf(symbol), holder, supplyOf(symbol), rate);
            placeCode(tokenOf(symbol), type(ModelWrappedStakedEther).creationCode, args);
        } else {
            require(same(model, "erc20"), ModelUnknown(model, symbol));
            placeCode(tokenOf(symbol), type(ModelERC20).creationCode, args);
        }
    }

    function supplyOf(string memory symbol) private view returns (uint256) {
        return uintAt(string.concat(".replica.supplies.", symbol)) * 10 ** decimalsOf(symbol);
    }
}
