// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolSpec} from "../../script/Base.s.sol";
import {Pools} from "../../script/Pools.sol";
import {IToken, IWrapped} from "../../script/replica/interfaces/IPeers.sol";
import {Test} from "forge-std/Test.sol";

/// @title ForkTest
/// @notice Runs a test on a chain's real protocols: on its replica, which needs no network, or, where <CHAIN>_RPC_URL is
/// set, on that endpoint at the pinned block. A test that descends from this holds on both. Tests in this folder are
/// Ethereum's; those that hold on every chain are in chains/.
abstract contract ForkTest is Test, Pools {
    /// @notice The replica's state has not been built: `make replica-state` builds it.
    error ReplicaMissing(string advice);
    /// @notice The endpoint serves another chain than the file describes.
    error ChainIdWrong(uint256 expected, uint256 found);

    /// @notice Whether the state is the replica's; false on an endpoint, even where that serves a replica.
    bool internal onReplica;

    function setUp() public virtual {
        useChain("ethereum");
    }

    function useChain(string memory name) internal {
        readChain(name);
        string memory url = vm.envOr(stringAt(".rpcVariable"), string(""));
        onReplica = bytes(url).length == 0;
        if (onReplica) {
            loadReplica(string.concat("build/replica/", name, "/alloc.json"));
        } else {
            vm.createSelectFork(url, uintAt(".pinned.block"));
            require(block.chainid == chainIdOf(), ChainIdWrong(chainIdOf(), block.chainid));
        }
    }

    function loadReplica(string memory path) internal {
        require(vm.isFile(path), ReplicaMissing(string.concat(path, " is missing; `make replica-state` builds it.")));
        vm.loadAllocs(path);
        vm.chainId(chainIdOf());
        vm.roll(uintAt(".pinned.block"));
        vm.warp(uintAt(".pinned.timestamp"));
    }

    /* MONEY */

    /// @notice Gives `to` this many units, in a way that a real chain allows too.
    function fund(string memory symbol, address to, uint256 amount) internal {
        address token = tokenOf(symbol);
        if (token != wrappedNativeOf()) return deal(token, to, amount);
        vm.deal(address(this), amount);
        IWrapped(token).deposit{value: amount}();
        if (to != address(this)) assertTrue(IToken(token).transfer(to, amount));
    }

    /// @notice About this many dollars' worth of a token at the pinned block.
    function worth(string memory symbol, uint256 dollars) internal view returns (uint256) {
        uint256 price = vm.parseUint(stringAt(string.concat(".replica.prices.", symbol)));
        return dollars * 1e8 * 10 ** decimalsOf(symbol) / price;
    }

    function balance(string memory symbol, address account) internal view returns (uint256) {
        return IToken(tokenOf(symbol)).balanceOf(account);
    }

    /// @notice Approves whatever the token's manners are.
    function approveAny(string memory symbol, address spender, uint256 amount) internal {
        (bool ok,) = tokenOf(symbol).call(abi.encodeCall(IToken.approve, (spender, amount)));
        assertTrue(ok, "approve");
    }

    /// @notice Transfers whatever the token's manners are.
    function payAny(address token, address to, uint256 amount) internal {
        (bool ok,) = token.call(abi.encodeCall(IToken.transfer, (to, amount)));
        assertTrue(ok, "transfer");
    }

    /* POOLS */

    /// @notice The pool by its name in the chain file, "uniswap-v3:USDC/WETH:500".
    function poolNamed(string memory name) internal view returns (address) {
        PoolSpec[] memory specs = poolSpecs();
        for (uint256 i; i < specs.length; ++i) {
            if (same(specs[i].name, name)) return poolOf(specs[i]);
        }
        revert FieldMissing(chainName, name);
    }

    /// @notice The address that a factory of Uniswap's kind gives by CREATE2.
    function create2Address(address factory, bytes32 salt, bytes32 initCodeHash) internal pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encodePacked(hex"ff", factory, salt, initCodeHash)))));
    }

    function sort(address a, address b) internal pure returns (address, address) {
        return a < b ? (a, b) : (b, a);
    }
}
