// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Annexes} from "./Annexes.sol";
import {Change} from "./Changes.sol";
import {Made} from "./Creating.sol";
import {Deployment} from "./Deployment.sol";
import {Plan} from "./Plan.sol";

interface ISplit {
    function injection() external view returns (address);
}

/// @title Told
/// @notice What a script has found and done, as JSON for harness/deploying.
abstract contract Told is Deployment, Annexes {
    string[] private _steps;
    string[] private _changes;

    /// @notice The whole.
    function told(Plan memory plan) internal view returns (string memory) {
        string memory named = string.concat(
            _entry("factory", _quoted(vm.toString(address(create3)))),
            _entry("injection", _quoted(vm.toString(ISplit(address(reserve)).injection()))),
            _entry("sizer", _quoted(vm.toString(address(executor.sizer())))),
            _entry("governanceDelay", vm.toString(plan.delay)),
            _entry("leftOut", _list(_quoted(leftOut))),
            _entry("pools", _list(_addresses(plan.pools)))
        );
        return string.concat(
            "{",
            named,
            _entry("contracts", _list(_contracts())),
            _entry("steps", _list(_steps)),
            "\"changes\": ",
            _list(_changes),
            "}\n"
        );
    }

    /// @notice Writes a step down, with the gas that it took here.
    function tellStep(string memory what, address to, bytes memory data, uint256 gas) internal scratch {
        _steps.push(
            string.concat(
                "{",
                _entry("what", _quoted(what)),
                _entry("to", _quoted(vm.toString(to))),
                _entry("data", _quoted(vm.toString(data))),
                "\"gas\": ",
                vm.toString(gas),
                "}"
            )
        );
    }

    /// @dev What differed before anything was done about it.
    function compare(Plan memory plan) internal override {
        super.compare(plan);
        if (_changes.length != 0) return;
        for (uint256 i; i < changes.length; ++i) {
            _changes.push(_change(changes[i]));
        }
    }

    function _change(Change memory change) private pure returns (string memory) {
        return string.concat(
            "{",
            _entry("contract", _quoted(change.contractName)),
            _entry("what", _quoted(change.what)),
            _entry("found", _quoted(change.found)),
            _entry("wanted", _quoted(change.wanted)),
            _entry("to", _quoted(vm.toString(change.to))),
            "\"call\": ",
            _quoted(vm.toString(change.call)),
            "}"
        );
    }

    function _contracts() private view returns (string[] memory told_) {
        told_ = new string[](made.length);
        for (uint256 i; i < made.length; ++i) {
            Made memory one = made[i];
            told_[i] = string.concat(
                "{",
                _entry("role", _quoted(one.role)),
                _entry("name", _quoted(one.name)),
                _entry("address", _quoted(vm.toString(one.at))),
                _entry("salt", _quoted(vm.toString(one.salt))),
                _entry("initCodeHash", _quoted(vm.toString(one.initCodeHash))),
                "\"arguments\": ",
                _quoted(vm.toString(one.arguments)),
                "}"
            );
        }
    }

    /* JSON */

    function _entry(string memory key, string memory value) private pure returns (string memory) {
        return string.concat("\"", key, "\": ", value, ", ");
    }

    function _quoted(string memory text) private pure returns (string memory) {
        return string.concat("\"", text, "\"");
    }

    function _quoted(string[] memory texts) private pure returns (string[] memory quoted) {
        quoted = new string[](texts.length);
        for (uint256 i; i < texts.length; ++i) {
            quoted[i] = _quoted(texts[i]);
        }
    }

    function _addresses(address[] memory list) private pure returns (string[] memory quoted) {
        quoted = new string[](list.length);
        for (uint256 i; i < list.length; ++i) {
            quoted[i] = _quoted(vm.toString(list[i]));
        }
    }

    function _list(string[] memory items) private pure returns (string memory list) {
        for (uint256 i; i < items.length; ++i) {
            list = string.concat(list, i == 0 ? "" : ", ", items[i]);
        }
        return string.concat("[", list, "]");
    }
}
