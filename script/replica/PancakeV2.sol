// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {UniswapV2} from "./UniswapV2.sol";

/// @title PancakeV2
/// @notice Pancake V2's factory and router, as far as a caller sees them.
/// @dev No package carries their code, which is Uniswap V2's with another callback and another fee. Here it is Uniswap V2's
/// published code with these replaced: the callback's selector, and the fee of 25 basis points, which in 400ths takes as many
/// bytes as Uniswap's 3 in 1000. A pair's init code hash is its own, so pairs lie elsewhere than on chain.
abstract contract PancakeV2 is UniswapV2 {
    /// @notice The published code has a constant elsewhere, or as often as not expected.
    error ConstantNotFound(string digits, uint256 expected, uint256 found);

    string private constant PAIR = "node_modules/@uniswap/v2-core/build/UniswapV2Pair.json";
    /// @dev uniswapV2Call and pancakeCall, each (address,uint256,uint256,bytes).
    string private constant CALLBACK = "10d1e85c";
    string private constant CALLBACK_HERE = "84800812";
    /// @dev Of Uniswap's pair, in the router.
    string private constant PAIR_HASH = "96e8ac4277198ff8b6f785478aa9a39f403cb768dd02cbee326c3e7da348845f";

    function placePancakeV2(string memory venue) internal scratch {
        address factory = venueOf(venue, "factory");
        placeCode(factory, vm.parseBytes(pairCode(published(CORE))), abi.encode(holder));
        string memory path = string.concat(venuePath(venue), "router");
        if (!exists(path)) return;
        string memory hash = vm.toString(keccak256(vm.parseBytes(pairCode(published(PAIR)))));
        placeCode(addressAt(path), vm.parseBytes(routerCode(hash)), abi.encode(factory, wrappedNativeOf()));
    }

    /// @dev What a swap must leave: (1000 b - 3 in)² >= 1000² k there, (400 b - in)² >= 400² k here.
    function pairCode(string memory code) private pure returns (string memory) {
        code = replaced(code, CALLBACK, CALLBACK_HERE, 1);
        code = replaced(code, "600363ffffffff", "600163ffffffff", 2);
        code = replaced(code, "6103e863ffffffff", "61019063ffffffff", 1);
        code = replaced(code, "6103e8610bfd", "610190610bfd", 1);
        return replaced(code, "620f4240610c4d", "62027100610c4d", 1);
    }

    /// @dev 997 of 1000 there, 399 of 400 here, in either direction of the quote.
    function routerCode(string memory hash) private view returns (string memory code) {
        code = replaced(published(ROUTER), PAIR_HASH, vm.replace(hash, "0x", ""), 1);
        code = replaced(code, "6103e563ffffffff", "61018f63ffffffff", 1);
        code = replaced(code, "6103e5614c72", "61018f614c72", 1);
        code = replaced(code, "6103e863ffffffff", "61019063ffffffff", 1);
        return replaced(code, "6103e8614c72", "610190614c72", 1);
    }

    function replaced(string memory code, string memory old, string memory new_, uint256 times)
        private
        pure
        returns (string memory)
    {
        uint256 found = vm.split(code, old).length - 1;
        require(found == times, ConstantNotFound(old, times, found));
        return vm.replace(code, old, new_);
    }

    function published(string memory path) private view returns (string memory) {
        return vm.parseJsonString(vm.readFile(path), ".bytecode");
    }
}
