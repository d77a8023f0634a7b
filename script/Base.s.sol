// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {CommonBase} from "forge-std/Base.sol";

/// @notice A pool as the chain file lists it.
/// @param name "<venue>:<A>/<B>", followed by what tells it from others of the same tokens there: ":<fee>", else
/// ":<tick spacing>", else ":<family>".
/// @param venue Key under `venues`.
/// @param tokens Symbols, in the file's order, which need not be the order of the addresses.
/// @param fee Hundredths of a basis point; 0 where the venue has one fee, or finds it itself.
/// @param tickSpacing Where it is part of the pool's key; 0 elsewhere.
/// @param family Which of the families of the venue's kind; empty for the first.
struct PoolSpec {
    string name;
    string venue;
    string[] tokens;
    uint24 fee;
    int24 tickSpacing;
    string family;
}

/// @title Base
/// @notice Reads chains/<name>.json, the one place where addresses stand, for scripts and tests alike. MILLRACE_CHAINS names
/// another folder, from the project's root.
/// @dev Tests and scripts both descend from forge-std's CommonBase, hence no `Script` here.
abstract contract Base is CommonBase {
    /// @notice There is no such file: the chain's name is misspelt, or the chain is not described yet.
    error ChainUnknown(string path);
    /// @notice The chain file lacks this field.
    error FieldMissing(string chain, string field);
    /// @notice The address is not in its checksummed form, so one of its digits may be wrong.
    error AddressMisspelt(string chain, string field, string found, string checksummed);

    /// @notice The chain's name: chains/<name>.json, build/replica/<name>/.
    string internal chainName;
    /// @dev The file's text.
    string internal chainJson;

    /// @dev Frees what the function allocated: files and artifacts are large, and memory is paid for by the square.
    modifier scratch() {
        uint256 free;
        assembly ("memory-safe") {
            free := mload(0x40)
        }
        _;
        assembly ("memory-safe") {
            mstore(0x40, free)
        }
    }

    /// @notice Reads the file; call it before anything else here.
    function readChain(string memory name) internal {
        string memory path = string.concat(vm.envOr("MILLRACE_CHAINS", string("chains")), "/", name, ".json");
        require(vm.isFile(path), ChainUnknown(path));
        chainName = name;
        chainJson = vm.readFile(path);
    }

    /* THINGS BY NAME */

    function chainIdOf() internal view returns (uint256) {
        return uintAt(".chainId");
    }

    function tokenOf(string memory symbol) internal view returns (address) {
        return addressAt(string.concat(".tokens.", symbol, ".address"));
    }

    function decimalsOf(string memory symbol) internal view returns (uint8) {
        // forge-lint: disable-next-line(unsafe-typecast): an ERC-20's decimals are a uint8
        return uint8(uintAt(string.concat(".tokens.", symbol, ".decimals")));
    }

    function wrappedNativeOf() internal view returns (address) {
        return tokenOf(stringAt(".native.wrapped"));
    }

    /// @param field "factory", "router", "vault", ...
    function venueOf(string memory venue, string memory field) internal view returns (address) {
        return addressAt(string.concat(venuePath(venue), field));
    }

    /// @dev Ends in a dot. Names with a hyphen need the brackets.
    function venuePath(string memory venue) internal pure returns (string memory) {
        return string.concat(".venues[\"", venue, "\"].");
    }

    function lenderOf(string memory lender) internal view returns (address) {
        return lenderOf(lender, "address");
    }

    function lenderOf(string memory lender, string memory field) internal view returns (address) {
        return addressAt(string.concat(lenderPath(lender), field));
    }

    function lenderPath(string memory lender) internal pure returns (string memory) {
        return string.concat(".lenders[\"", lender, "\"].");
    }

    function feedOf(string memory asset) internal view returns (address) {
        return addressAt(string.concat(".feeds.", asset, ".address"));
    }

    function contractOf(string memory name) internal view returns (address) {
        return addressAt(string.concat(".contracts.", name));
    }

    /* POOLS */

    /// @notice The pools that are traded.
    function poolSpecs() internal view returns (PoolSpec[] memory) {
        return poolSpecsAt(".pools");
    }

    /// @notice The pools listed under `path`.
    function poolSpecsAt(string memory path) internal view returns (PoolSpec[] memory specs) {
        uint256 count;
        while (exists(item(path, count))) ++count;
        specs = new PoolSpec[](count);
        for (uint256 i; i < count; ++i) {
            specs[i] = poolSpecAt(item(path, i));
        }
    }

    function poolSpecAt(string memory path) internal view returns (PoolSpec memory spec) {
        spec.venue = stringAt(string.concat(path, ".venue"));
        spec.tokens = stringsAt(string.concat(path, ".tokens"));
        spec.name = poolNameOf(spec.venue, spec.tokens);
        // forge-lint: disable-next-line(unsafe-typecast): fees stay below 1e6
        spec.fee = uint24(uintOr(string.concat(path, ".fee"), 0));
        // forge-lint: disable-next-line(unsafe-typecast): at most 32,767
        spec.tickSpacing = int24(int256(uintOr(string.concat(path, ".tickSpacing"), 0)));
        string memory familyPath = string.concat(path, ".family");
        if (exists(familyPath)) spec.family = stringAt(familyPath);
        string memory mark =
            spec.fee != 0 ? vm.toString(spec.fee) : spec.tickSpacing != 0 ? vm.toString(spec.tickSpacing) : spec.family;
        if (bytes(mark).length != 0) spec.name = string.concat(spec.name, ":", mark);
    }

    /// @notice "<venue>:<A>/<B>".
    function poolNameOf(string memory venue, string[] memory symbols) internal pure returns (string memory name) {
        name = string.concat(venue, ":", symbols[0]);
        for (uint256 i = 1; i < symbols.length; ++i) {
            name = string.concat(name, "/", symbols[i]);
        }
    }

    /// @notice The kind of a venue, which names its family.
    function kindOf(string memory venue) internal view returns (string memory) {
        return stringAt(string.concat(venuePath(venue), "kind"));
    }

    /* FIELDS BY PATH */

    function addressAt(string memory path) internal view returns (address found) {
        string memory written = stringAt(path);
        found = vm.parseAddress(written);
        string memory right = vm.toString(found);
        require(same(written, right), AddressMisspelt(chainName, path, written, right));
    }

    /// @notice The address at `path`, zero where the file does not say.
    function addressOr(string memory path) internal view returns (address) {
        return exists(path) ? addressAt(path) : address(0);
    }

    function uintAt(string memory path) internal view returns (uint256) {
        requireField(path);
        return vm.parseJsonUint(chainJson, path);
    }

    /// @notice The number at `path`, or `otherwise` where the file does not say.
    function uintOr(string memory path, uint256 otherwise) internal view returns (uint256) {
        return exists(path) ? uintAt(path) : otherwise;
    }

    /// @notice Basis points at `path`, or `otherwise`; what would not fit is more than all, and refused by the contracts.
    function bpsOr(string memory path, uint16 otherwise) internal view returns (uint16) {
        uint256 found = uintOr(path, otherwise);
        // forge-lint: disable-next-line(unsafe-typecast): bounded in place
        return uint16(found < type(uint16).max ? found : type(uint16).max);
    }

    /// @notice The amount of native coin at `path`, which is written in whole coins, "0.25"; or `otherwise`.
    function coinsOr(string memory path, uint256 otherwise) internal view returns (uint256 wei_) {
        return exists(path) ? amountAt(path, 18) : otherwise;
    }

    /// @notice The amount at `path`, which is written in whole tokens, in units.
    function amountAt(string memory path, uint8 decimals) internal view returns (uint256 units) {
        string[] memory parts = vm.split(stringAt(path), ".");
        units = vm.parseUint(parts[0]) * 10 ** decimals;
        if (parts.length == 2) units += vm.parseUint(parts[1]) * 10 ** (decimals - bytes(parts[1]).length);
    }

    function stringAt(string memory path) internal view returns (string memory) {
        requireField(path);
        return vm.parseJsonString(chainJson, path);
    }

    /// @notice The symbols listed at `path`.
    function stringsAt(string memory path) internal view returns (string[] memory) {
        requireField(path);
        return vm.parseJsonStringArray(chainJson, path);
    }

    /// @notice The keys of the object at `path`, in the file's order.
    function keysAt(string memory path) internal view returns (string[] memory) {
        requireField(path);
        return vm.parseJsonKeys(chainJson, path);
    }

    function requireField(string memory path) internal view {
        require(exists(path), FieldMissing(chainName, path));
    }

    function exists(string memory path) internal view returns (bool) {
        return vm.keyExistsJson(chainJson, path);
    }

    function item(string memory path, uint256 index) internal pure returns (string memory) {
        return string.concat(path, "[", vm.toString(index), "]");
    }

    function same(string memory a, string memory b) internal pure returns (bool) {
        return keccak256(bytes(a)) == keccak256(bytes(b));
    }

    function has(string memory text, string memory part) internal pure returns (bool) {
        return vm.indexOf(text, part) != type(uint256).max;
    }
}
