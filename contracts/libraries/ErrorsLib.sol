// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

/// @title ErrorsLib
/// @notice Every refusal of the executor, with what is needed to act on it.
library ErrorsLib {
    /* ACCESS */

    /// @notice The caller is not a registered keeper.
    error NotKeeper(address caller);
    /// @notice The guardian has stopped the keepers.
    error ExecutorPaused();
    error TooManyKeepers(uint256 limit);
    /// @notice Governance has restricted routes to listed pools, and this is none.
    error PoolNotAllowed(address pool);
    /// @notice Native coin is taken only from what a route calls.
    error NativeUnexpected(address sender);
    error ZeroAddress();

    /* ROUTE */

    error RouteTruncated();
    error RouteVersionUnknown(uint8 version);
    error RouteFlagsUnknown(uint8 flags);
    error LenderUnknown(uint8 lender);
    error VenueUnknown(uint8 venue);
    /// @notice A cycle has at least 2 legs and at most `RouteLib.MAX_LEGS`.
    error LegCountWrong(uint256 legs);
    /// @notice The last leg must end in the token that the route borrows.
    error CycleOpen(address borrowed, address ended);
    error AmountZero();
    error DeadlinePassed(uint256 deadline);
    /// @notice The block that the route was made for is not this block's parent.
    error ParentMismatch(bytes32 expected, bytes32 actual);
    /// @notice The reserve does not list the token as profit.
    error TokenNotListed(address token);
    /// @notice What lends the loan cannot also be a leg of the route: it is locked while it lends.
    error LenderIsLeg(address lender);
    /// @notice No leg whose input is known beforehand can lend by flash swap; the route must name a lender.
    error NoLegLends();
    error NotContract(address target);
    error LegPaysItsInput(address target, address token);
    /// @notice The leg's target takes another token than the one that flows.
    error TokenMismatch(address target, address token);
    /// @notice The amount is to be found on chain, and the venue of this leg has no formula for it.
    error NotSizable(uint8 venue);

    /* CALLBACKS */

    /// @notice A callback came that was not expected: from this caller, of this kind, or with this content.
    error CallbackUnexpected(address caller, bytes4 selector);
    /// @notice A callback was expected and did not come.
    error CallbackMissing();

    /* MONEY */

    /// @notice The lender lent something else than was asked for.
    error LoanMismatch(address lender);
    error LoanTooLarge(address lender, uint256 wanted, uint256 available);
    error FeeTooHigh(uint256 fee, uint256 maxFee);
    /// @notice A pool asks for another amount than the leg's, or has not taken all of it.
    error PaymentMismatch(address pool, uint256 agreed, int256 asked);
    /// @notice The pool would pay nothing for this amount.
    error OutputZero(address pool);
    /// @notice The last leg brings back less than the route owes its lender or first pool.
    error Loss(uint256 back, uint256 owed);
    /// @notice Measured after repayment: the gain, or 0 where there is a loss, misses what the route asks for.
    error NotProfitable(uint256 profit, uint256 minProfit);
    error NothingToSkim(address token);
    /// @notice The route or the setting asks for a larger share of the profit than is allowed.
    error TipTooHigh(uint256 tipBps, uint256 maxTipBps);
    /// @notice A tip is paid out of wrapped native coin alone.
    error TipNotNative(address token);
    /// @notice The route or its token asks for the price guard, and none is set.
    error PriceGuardMissing();
}
