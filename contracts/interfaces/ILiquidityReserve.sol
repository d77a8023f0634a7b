// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ILedger} from "./ILedger.sol";

/// @title ILiquidityReserve
/// @notice Receives every profit and splits it: a share for the pools it came from, the rest for the stakers and the
/// beneficiaries.
/// @dev Numbers in brackets name the rules in docs/SPEC.md.
interface ILiquidityReserve is ILedger {
    /// @notice Governance has moved some of the common pot into a registered pool's bucket [R3].
    event PotSpent(address indexed pool, address indexed token, uint256 amount);
    event PoolRegistered(address indexed pool, bool registered);

    error PoolNotRegistered(address pool);
    error PotTooSmall(address token, uint256 wanted, uint256 there);

    /// @notice Registers or unregisters pools as ones to be deepened. Governance only. Buckets keep what they hold.
    function registerPools(address[] calldata pools, bool registered) external;

    /// @notice Moves some of the common pot into a registered pool's bucket. Governance only [R3].
    function spendPot(address token, address pool, uint256 amount) external;

    function isRegistered(address pool) external view returns (bool);
}
