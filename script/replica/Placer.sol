// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Pools} from "../Pools.sol";
import {Bands} from "./Bands.sol";
import {IToken} from "./interfaces/IPeers.sol";

/// @title Placer
/// @notice Puts published bytecode at chosen addresses, and moves the holder's tokens.
abstract contract Placer is Pools {
    /// @notice A package or a build that the replica is made of is not there: `make setup` installs the packages, and
    /// `FOUNDRY_PROFILE=peers forge build` builds what is published as source alone.
    error ArtifactMissing(string path);
    /// @notice A constructor reverted at the address that was meant for it.
    error ConstructorFailed(address site, bytes reason);
    /// @notice A contract came out at another address than the chain has it at.
    error Misplaced(string what, address expected, address found);
    /// @notice The holder's token refused.
    error TokenCallFailed(address token, bytes reason);

    /// @notice Owns every token at the start, every position afterwards, and each protocol's administration.
    address internal holder;
    /// @dev What side addresses are derived from, beside their labels.
    string internal sideRealm = "millrace replica ";

    /* BYTECODE */

    /// @notice Runs the artifact's constructor at `site`, which then holds what the constructor returned.
    /// @param path From the project's root.
    /// @param key Where in the JSON the creation code stands: ".bytecode", ".bytecode.object", ".creationCode".
    function place(address site, string memory path, string memory key, bytes memory args) internal scratch {
        placeCode(site, artifact(path, key), args);
    }

    function artifact(string memory path, string memory key) internal returns (bytes memory) {
        require(vm.isFile(path), ArtifactMissing(path));
        return vm.parseJsonBytes(vm.readFile(path), key);
    }

    function placeCode(address site, bytes memory creation, bytes memory args) internal {
        vm.etch(site, bytes.concat(creation, args));
        vm.setNonce(site, 1);
        vm.prank(holder);
        (bool ok, bytes memory runtime) = site.call("");
        require(ok, ConstructorFailed(site, runtime));
        vm.etch(site, runtime);
    }

    /// @notice An address for a part whose own address does not matter, the same in every build.
    function sideAddress(string memory label) internal view returns (address) {
        return address(uint160(uint256(keccak256(bytes(string.concat(sideRealm, label))))));
    }

    function requireAt(string memory what, address expected, address found) internal pure {
        require(expected == found, Misplaced(what, expected, found));
    }

    /* TOKENS */

    function payAsHolder(address token, address to, uint256 amount) internal {
        callAsHolder(token, abi.encodeCall(IToken.transfer, (to, amount)));
    }

    /// @dev By way of zero, for USDT's sake.
    function allow(address token, address spender, uint256 amount) internal {
        callAsHolder(token, abi.encodeCall(IToken.approve, (spender, 0)));
        if (amount != 0) callAsHolder(token, abi.encodeCall(IToken.approve, (spender, amount)));
    }

    function callAsHolder(address token, bytes memory data) private {
        vm.prank(holder);
        (bool ok, bytes memory answer) = token.call(data);
        require(ok && (answer.length == 0 || abi.decode(answer, (bool))), TokenCallFailed(token, answer));
    }

    /* PRICES */

    /// @notice Dollars for a whole token, 8 decimals. The native coin is worth its wrapped self.
    function priceOf(string memory symbol) internal view returns (uint256) {
        return vm.parseUint(stringAt(string.concat(".replica.prices.", wrapped(symbol))));
    }

    /// @notice Units of a token that are worth `dollars`.
    function amountFor(string memory symbol, uint256 dollars) internal view returns (uint256) {
        return dollars * 1e8 * 10 ** decimalsOf(wrapped(symbol)) / priceOf(symbol);
    }

    /// @notice What the file says lies on each side of a pool, in dollars.
    function depthOf(string memory poolName) internal view returns (uint256) {
        return uintAt(string.concat(".replica.depths[\"", poolName, "\"]"));
    }

    /// @notice √(units of token1 for one unit of token0) · 2^96, rounded down, from the two prices.
    function sqrtPriceX96(string memory symbol0, string memory symbol1) internal view returns (uint160) {
        uint256 numerator = priceOf(symbol0) * 10 ** decimalsOf(wrapped(symbol1));
        uint256 denominator = priceOf(symbol1) * 10 ** decimalsOf(wrapped(symbol0));
        return Bands.sqrtPriceX96(denominator, numerator);
    }

    /// @notice Both symbols, ordered by address as every pool orders its tokens.
    function ordered(string[] memory symbols) internal view returns (string memory symbol0, string memory symbol1) {
        bool inOrder = addressOf(symbols[0]) < addressOf(symbols[1]);
        return inOrder ? (symbols[0], symbols[1]) : (symbols[1], symbols[0]);
    }

    /// @notice The token's address, zero for the native coin.
    function addressOf(string memory symbol) internal view returns (address) {
        return isNative(symbol) ? address(0) : tokenOf(symbol);
    }

    function wrapped(string memory symbol) internal view returns (string memory) {
        return isNative(symbol) ? stringAt(".native.wrapped") : symbol;
    }

    function isNative(string memory symbol) private view returns (bool) {
        return same(symbol, stringAt(".native.symbol"));
    }
}
