// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ICreate3Factory} from "../../contracts/interfaces/ICreate3Factory.sol";
import {Artifacts} from "./Artifacts.sol";
import {Steps} from "./Steps.sol";

/// @notice A contract of the deployment.
/// @param role What it is to the deployment; its salt comes from it.
/// @param name The contract's in its source.
/// @param arguments Its constructor's, encoded.
struct Made {
    string role;
    string name;
    address at;
    bytes32 salt;
    bytes32 initCodeHash;
    bytes arguments;
}

/// @title Creating
/// @notice Puts contracts where the deployer's address and a role's name say, on every chain the same [D1].
abstract contract Creating is Steps, Artifacts {
    /// @notice Puts any code at an address that depends on it alone; the same on every chain, by a transaction without a
    /// key, which `millrace deploy` sends where it is absent.
    address internal constant DETERMINISTIC_PROXY = 0x4e59b44847b379578588920cA78FbF26c0B4956C;
    /// @dev What that transaction puts there.
    bytes private constant PROXY_CODE =
        hex"7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf3";
    /// @notice Part of every salt: raised when a deployer deploys anew beside what stands.
    string internal constant VERSION = "1";

    /// @notice Who deploys: of whom the addresses are.
    address internal founder;
    ICreate3Factory internal create3;
    Made[] internal made;

    function placeFactory() internal {
        bytes memory creation = codeOf("Create3Factory");
        create3 = ICreate3Factory(vm.computeCreate2Address(0, keccak256(creation), DETERMINISTIC_PROXY));
        if (address(create3).code.length != 0) return;
        // It is there before the first step is sent.
        if (DETERMINISTIC_PROXY.code.length == 0) vm.etch(DETERMINISTIC_PROXY, PROXY_CODE);
        step("factory", DETERMINISTIC_PROXY, bytes.concat(bytes32(0), creation));
    }

    function saltOf(string memory role) internal pure returns (bytes32) {
        return keccak256(bytes(string.concat("millrace.", role, ".", VERSION)));
    }

    /// @notice Where the contract of a role is, or will be.
    function addressOf(string memory role) internal view returns (address) {
        return create3.addressOf(founder, saltOf(role));
    }

    /// @notice Deploys the contract of a role unless it stands.
    function put(string memory role, string memory name, bytes memory arguments) internal returns (address at) {
        at = addressOf(role);
        bytes memory initCode = bytes.concat(codeOf(name), arguments);
        made.push(Made(role, name, at, saltOf(role), keccak256(initCode), arguments));
        if (at.code.length != 0) return at;
        bytes memory call = abi.encodeCall(ICreate3Factory.deploy, (saltOf(role), initCode));
        (bool done, bytes memory said) = attempt(role, address(create3), call);
        if (done) return at;
        // CREATE3 does not pass on what a constructor says.
        create(initCode);
        passOn(said);
    }
}
