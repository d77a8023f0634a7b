// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IWithdrawalQueue} from "../../contracts/interfaces/external/ILido.sol";
import {ILidoStrategy} from "./Interfaces.sol";

import {Base} from "../Base.s.sol";
import {Creating} from "./Creating.sol";

/// @title Annexes
/// @notice Deploys the strategies and bridges that the chain file names, for a vault and a reserve that stand already.
/// @dev They have no rights and no settings, and nothing is lent to them or sent over them: governance lists a strategy
/// with its cap, and sets a bridge and its bounds, when it has looked at them, after its delay. So none is listed here.
///
/// LEFT OUT is what the chain file calls unconfirmed, and what has no code on the chain, as on a replica that has no such
/// protocol.
abstract contract Annexes is Base, Creating {
    error KindOfStrategyUnknown(string kind, string name);
    error KindOfBridgeUnknown(string kind, string name);
    /// @notice The chain file and the protocol name different staked tokens.
    error StakedTokenDiffers(address written, address found);

    /// @notice What was deployed, by the name under which it is recorded.
    string[] internal annexNames;
    address[] internal annexes;
    /// @notice What was not, and why.
    string[] internal leftOut;

    function deployAnnexes(address vault_, address reserve_) internal scratch {
        string[] memory strategies = _namesAt(".strategies");
        for (uint256 i; i < strategies.length; ++i) {
            _deployStrategy(strategies[i], vault_);
        }
        string[] memory bridges = _namesAt(".bridges");
        for (uint256 i; i < bridges.length; ++i) {
            _deployBridge(bridges[i], reserve_);
        }
    }

    function _deployStrategy(string memory name, address vault_) private {
        string memory path = string.concat(".strategies[\"", name, "\"]");
        string memory kind = stringAt(string.concat(path, ".kind"));
        require(same(kind, "lido"), KindOfStrategyUnknown(kind, name));
        address token = tokenOf(stringAt(string.concat(path, ".token")));
        address staked = addressAt(string.concat(path, ".staked"));
        address queue = addressAt(string.concat(path, ".queue"));
        string memory record = string.concat("strategy-", name);
        if (_isLeftOut(record, path, token) || _hasNoCode(record, staked) || _hasNoCode(record, queue)) return;
        bytes memory arguments = abi.encode(vault_, token, IWithdrawalQueue(queue));
        ILidoStrategy strategy = ILidoStrategy(payable(put(record, "LidoStrategy", arguments)));
        require(strategy.stETH() == staked, StakedTokenDiffers(staked, strategy.stETH()));
        _note(record, address(strategy));
    }

    function _deployBridge(string memory name, address reserve_) private {
        string memory path = string.concat(".bridges[\"", name, "\"]");
        string memory kind = stringAt(string.concat(path, ".kind"));
        address bridge = addressAt(string.concat(path, ".address"));
        string memory record = string.concat("bridge-", name);
        if (_isLeftOut(record, path, bridge)) return;
        if (same(kind, "optimism")) return _deployOptimism(record, path, reserve_, bridge);
        require(same(kind, "agglayer"), KindOfBridgeUnknown(kind, name));
        uint256 chainId = uintAt(string.concat(path, ".chainId"));
        // forge-lint: disable-next-line(unsafe-typecast): the chain file's schema bounds it
        uint32 network = uint32(uintAt(string.concat(path, ".network")));
        bytes memory arguments = abi.encode(reserve_, bridge, chainId, network);
        _note(record, put(record, "AggLayerBridge", arguments));
    }

    /// @dev One a token, for a token and its counterpart are fixed in it.
    function _deployOptimism(string memory record, string memory path, address reserve_, address bridge) private {
        uint256 chainId = uintAt(string.concat(path, ".chainId"));
        string[] memory symbols = keysAt(string.concat(path, ".tokens"));
        for (uint256 i; i < symbols.length; ++i) {
            address remote = addressAt(string.concat(path, ".tokens.", symbols[i]));
            address token = tokenOf(symbols[i]);
            bytes memory arguments = abi.encode(reserve_, bridge, chainId, token, remote);
            string memory role = string.concat(record, "-", symbols[i]);
            _note(role, put(role, "OptimismBridge", arguments));
        }
    }

    function _namesAt(string memory path) private view returns (string[] memory) {
        return exists(path) ? keysAt(path) : new string[](0);
    }

    function _isLeftOut(string memory record, string memory path, address needed) private returns (bool) {
        string memory mark = string.concat(path, ".unconfirmed");
        if (!exists(mark) || !vm.parseJsonBool(chainJson, mark)) return _hasNoCode(record, needed);
        leftOut.push(string.concat(record, ": the chain file calls it unconfirmed"));
        return true;
    }

    function _hasNoCode(string memory record, address needed) private returns (bool) {
        if (needed.code.length != 0) return false;
        leftOut.push(string.concat(record, ": there is no code at ", vm.toString(needed)));
        return true;
    }

    function _note(string memory record, address deployed) private {
        annexNames.push(record);
        annexes.push(deployed);
    }
}
