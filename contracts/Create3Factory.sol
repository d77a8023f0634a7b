// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ICreate3Factory} from "./interfaces/ICreate3Factory.sol";

import {CREATE3} from "solady/utils/CREATE3.sol";

/// @title Create3Factory
/// @notice One address for a contract on every chain, whatever its constructor is given. See ICreate3Factory.
/// @dev
/// ADDRESS: of the sender and the salt. Nobody but the sender can put code there, on any chain, before or after the sender
/// has. What code that is, is the sender's to say on each chain, and the event's to prove.
///
/// ITSELF: it has no owner, no storage and no argument. The deterministic deployment proxy gives it the same address
/// everywhere.
contract Create3Factory is ICreate3Factory {
    /// @inheritdoc ICreate3Factory
    function deploy(bytes32 salt, bytes calldata initCode) external returns (address deployed) {
        deployed = addressOf(msg.sender, salt);
        require(deployed.code.length == 0, SaltTaken(msg.sender, salt, deployed));
        emit Deployed(msg.sender, salt, deployed, keccak256(initCode));
        // What it returns is the address foretold.
        // slither-disable-next-line unused-return
        CREATE3.deployDeterministic(initCode, _bound(msg.sender, salt));
    }

    /// @inheritdoc ICreate3Factory
    function addressOf(address deployer, bytes32 salt) public view returns (address) {
        return CREATE3.predictDeterministicAddress(_bound(deployer, salt));
    }

    function _bound(address deployer, bytes32 salt) private pure returns (bytes32) {
        return keccak256(abi.encode(deployer, salt));
    }
}
