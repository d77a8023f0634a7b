// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {ISizer} from "./ISizer.sol";

/// @title IFlashExecutor
/// @notice Borrows, swaps along a route, repays, and pays what is left to the reserve, in one transaction or not at all.
/// @dev The packed route is described in docs/SPEC.md. Numbers in brackets name the rules there.
interface IFlashExecutor {
    /// @notice A route has been executed and its profit paid to the reserve.
    /// @param routeId keccak256 of the route's legs: the same cycle in the same direction has the same id.
    /// @param token The token borrowed, repaid and earned.
    /// @param lender The lender's address; for a flash swap the pool that lent.
    /// @param amount What was borrowed, in units of `token`.
    /// @param profit What was measured, in units of `token`; the reserve has it, less the tip, and says how it is split.
    /// @param tip What of it went to the block's builder.
    event Executed(
        bytes32 indexed routeId,
        address indexed token,
        address indexed lender,
        uint256 amount,
        uint256 profit,
        uint256 tip
    );
    /// @notice Tokens of `by` have been swapped for it.
    event Converted(
        address indexed by, address indexed tokenIn, address indexed tokenOut, uint256 amountIn, uint256 amountOut
    );
    event KeeperSet(address indexed keeper, bool enabled);
    event Paused(address indexed by);
    event Unpaused(address indexed by);
    event Skimmed(address indexed token, uint256 amount);
    event PoolsRestricted(bool restricted);
    event PoolAllowed(address indexed pool, bool allowed);
    event MaxTipSet(uint256 bps);
    event PriceGuardSet(address indexed guard);

    /// @notice Executes a route. Keepers only [E2]; locked while it runs.
    /// @dev Reverts, with everything undone, unless the measured profit reaches the route's minimum [E4].
    /// @param route The packed route.
    /// @return profit Units of the borrowed token paid to the reserve.
    function execute(bytes calldata route) external returns (uint256 profit);

    /// @notice Swaps what the caller has just sent here, and pays it what that brings [R9]. For the reserve, and for those to
    /// whom governance has given the right: the vault's strategies. Locked while it runs.
    /// @dev What is a fair price the caller has to know. While pools are restricted, only through listed ones.
    /// @param tokenIn The token sent; the zero address for native coin, which the call itself must bring.
    /// @param amountIn How much of it.
    /// @param legs Packed legs, as in a route; what the last one pays is what the caller gets.
    /// @return amountOut By how many units the caller's balance has grown.
    function convert(address tokenIn, uint256 amountIn, bytes calldata legs)
        external
        payable
        returns (uint256 amountOut);

    /// @notice Sends whatever lies here of `token` to the reserve, where it waits to be recognised [E1]. Anyone may call.
    /// @param token An ERC-20, or the zero address for native coin, which arrives wrapped.
    /// @return amount Units sent.
    function skim(address token) external returns (uint256 amount);

    /// @notice Adds or removes a keeper. Governance only. At most `MAX_KEEPERS`.
    function setKeeper(address keeper, bool enabled) external;

    /// @notice Restricts routes to listed pools, or lifts that [E2]. Governance only.
    function restrictPools(bool restricted) external;

    /// @notice Lists pools for the time of a restriction, or takes them off. Governance only.
    /// @param pools As the reserve knows them: a Uniswap V4 pool by the first 20 bytes of its id, a Balancer pool by its
    /// own address. The manager or vault of such a pool must be listed beside it, and so must lenders.
    function allowPools(address[] calldata pools, bool allowed) external;

    /// @notice Sets the largest share of a profit that a route may pay to the block's builder, in basis points; 0, as
    /// after deployment, allows none. Governance only.
    function setMaxTip(uint16 bps) external;

    /// @notice Names the price guard; without one, routes that need it are refused [E7]. Governance only.
    function setPriceGuard(address guard) external;

    /// @notice Stops every keeper at once. Guardian only.
    function pause() external;

    /// @notice Lets the keepers work again. Governance only.
    function unpause() external;

    /// @notice Whether `account` could execute a route now: a keeper, and not paused.
    function canExecute(address account) external view returns (bool);

    /// @notice The registered keepers, paused or not.
    function keepers() external view returns (address[] memory);

    function paused() external view returns (bool);

    /// @notice Whether routes are restricted to listed pools.
    function poolsRestricted() external view returns (bool);

    function isPoolAllowed(address pool) external view returns (bool);

    function maxTipBps() external view returns (uint16);

    function priceGuard() external view returns (address);

    /// @notice Where every profit goes.
    function reserve() external view returns (address);

    /// @notice What finds the amount of a route that names none [E5]. Deployed by the executor, holds nothing.
    function sizer() external view returns (ISizer);

    /// @notice The chain's wrapped native coin.
    function wrappedNative() external view returns (address);
}
