// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Pool, Range} from "../types/Pool.sol";

/// @title IRegistry
/// @notice Which pools have a bucket, which of them may be deepened and on what terms, and by whom.
interface IRegistry {
    /// @notice Governance has moved some of the common pot into a registered pool's bucket [R3].
    event PotSpent(address indexed pool, address indexed token, uint256 amount);
    event PoolRegistered(address indexed pool, bool registered);
    event PoolSet(address indexed pool, Pool entry);
    event InjectorSet(address indexed keeper, bool enabled);
    event LossCapSet(uint256 cap);
    event StakersGuardSet(address indexed guard, uint256 slippageBps);

    error PoolNotRegistered(address pool);
    error PoolStillRegistered(address pool);
    /// @notice Kind, tokens and home of a pool cannot change: positions depend on them.
    error PoolFixed(address pool);
    /// @notice A share of more than everything, or a fee of everything.
    error BpsTooHigh(uint256 bps);
    error HalfWidthNegative(int24 halfWidth);
    error NotContract(address account);
    /// @notice The pool's guard has other tokens for it.
    error GuardDisagrees(address pool, address guard);
    error PotTooSmall(address token, uint256 wanted, uint256 there);

    /// @notice Gives pools buckets of their own, or no longer. Governance only. Buckets keep what they hold [R3].
    function registerPools(address[] calldata pools, bool registered) external;

    /// @notice Says what a registered pool is and on which terms it may be deepened. Governance only [R4].
    /// @dev Tokens are checked against the pool itself and against the guard; a concentrated pool's spacing is read.
    function setPool(address pool, Pool calldata entry) external;

    /// @notice Names a keeper who may add liquidity, or takes the right away. Governance only.
    function setInjector(address keeper, bool enabled) external;

    /// @notice Sets how much may be lost a day, in wrapped native coin, to conversions that bring less than the guard's
    /// price and to prices that are bent within the allowed distance [R4]. Governance only.
    function setLossCap(uint112 cap) external;

    /// @notice Names what guards the price of conversions for the stakers, and by how much it may be missed [R9]. Governance
    /// only.
    function setStakersGuard(address guard, uint16 slippageBps) external;

    /// @notice Sets the day's cap on losses to nothing, so that nothing can be injected or converted. Guardian only.
    function stopInjections() external;

    /// @notice Moves some of the common pot into a registered pool's bucket. Governance only [R3].
    function spendPot(address token, address pool, uint256 amount) external;

    /// @notice Moves the bucket of a pool that is no longer registered into the common pot. Governance only.
    function releaseBucket(address token, address pool) external;

    function isRegistered(address pool) external view returns (bool);

    function isInjector(address keeper) external view returns (bool);

    function poolOf(address pool) external view returns (Pool memory);

    /// @notice The positions in a concentrated pool: over the whole range, and in the band.
    function rangesOf(address pool) external view returns (Range memory whole, Range memory band);

    /// @notice What may still be lost today, in wrapped native coin.
    function lossLeft() external view returns (uint256);
}
