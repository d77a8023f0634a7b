// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IStakingStrategy} from "../interfaces/IStakingStrategy.sol";
import {IStakingVault} from "../interfaces/IStakingVault.sol";

import {SafeTransferLib} from "solady/utils/SafeTransferLib.sol";

/// @title Strategy
/// @notice What strategies have in common: they belong to one vault.
/// @dev A strategy has no roles and no settings: who may do what the vault knows, and other terms are another strategy.
abstract contract Strategy is IStakingStrategy {
    using SafeTransferLib for address;

    address public immutable vault;
    address public immutable asset;

    modifier onlyVault() {
        require(msg.sender == vault, NotVault(msg.sender));
        _;
    }

    constructor(address vault_) {
        (vault, asset) = (vault_, IStakingVault(vault_).asset());
    }

    /// @dev All of the asset that lies here belongs to the vault, also what was sent here for nothing.
    function _sendAll() internal returns (uint256 released) {
        released = asset.safeTransferAll(vault);
        emit Released(released);
    }
}
