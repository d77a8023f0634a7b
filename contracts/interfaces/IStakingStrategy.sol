// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title IStakingStrategy
/// @notice Puts the vault's asset to work in one protocol. It belongs to one vault, and only that vault moves anything.
/// @dev The vault counts a strategy as the lower of what it has lent it and `worth()` [V5]. Numbers in brackets name the
/// rules in docs/SPEC.md.
interface IStakingStrategy {
    event Deployed(uint256 amount, uint256 staked);
    event Released(uint256 amount);

    /// @notice Only the vault may call.
    error NotVault(address caller);
    /// @notice Native coin is taken only from what a strategy works with.
    error NativeUnexpected(address sender);

    /// @notice Puts `amount` of the asset, which the vault has just transferred here, to work. The vault only.
    /// @param data What the strategy needs to know beyond that, in its own format.
    function deploy(uint256 amount, bytes calldata data) external;

    /// @notice Starts to take `amount` out, finishes what was started and is ready, and sends what there is to the
    /// vault. The vault only.
    /// @param amount Units of the asset; more than all is all; 0 only finishes.
    /// @return released Units of the asset sent.
    function release(uint256 amount, bytes calldata data) external returns (uint256 released);

    /// @notice Leaves the protocol as fast as it can at terms set beforehand. The vault only.
    /// @return released Units of the asset sent to the vault.
    function emergencyExit(bytes calldata data) external returns (uint256 released);

    /// @notice What the protocol itself says all of it is worth, in units of the asset, rounded down; never a price that
    /// somebody can bend by trading.
    function worth() external view returns (uint256);

    function vault() external view returns (address);

    function asset() external view returns (address);
}
