// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title ICreate3Factory
/// @notice Deploys whatever code to an address that depends on the sender and a salt alone [D1].
interface ICreate3Factory {
    /// @notice `initCode`, arguments included, was deployed.
    /// @param deployer Who asked for it.
    event Deployed(address indexed deployer, bytes32 indexed salt, address indexed deployed, bytes32 initCodeHash);

    /// @notice There is a contract at the address of this sender and this salt.
    error SaltTaken(address deployer, bytes32 salt, address deployed);

    /// @notice Deploys a contract to `addressOf(msg.sender, salt)`.
    /// @dev Its constructor is called by a proxy, and so must not give a right to `msg.sender`. Where the constructor fails,
    /// or leaves no code, that is CREATE3's `DeploymentFailed()`, whatever it said.
    /// @param salt Any; a sender can use it once.
    /// @param initCode Creation code followed by the constructor's arguments.
    function deploy(bytes32 salt, bytes calldata initCode) external returns (address deployed);

    /// @notice Where `deployer` deploys with `salt`, on every chain where this factory has this address.
    function addressOf(address deployer, bytes32 salt) external view returns (address);
}
