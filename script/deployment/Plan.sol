// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {Pool} from "../../contracts/types/Pool.sol";
import {Share} from "../../contracts/types/Share.sol";

/// @notice How much of a token the reserve may send to other chains.
/// @param largest At once.
struct SendingCap {
    address token;
    uint112 largest;
    uint112 perDay;
}

/// @notice What a deployment is made of, and what it is set to.
/// @param governance Ends as the manager's only admin.
/// @param delay Seconds from the announcement of what governance does to the moment when it may; see DelayOutOfBounds.
/// @param guardians Can pause the keepers, stop deposits and have the vault's strategies left.
/// @param keepers Of executor, reserve, vault and upkeep; all of them.
/// @param executor The contract that the chain's venues and lenders compose, one of contracts/executors/.
/// @param wrappedNative The vault's asset, and what native coin is wrapped into.
/// @param native Symbol of the native coin, for the shares' name.
/// @param profitTokens What the reserve lists.
/// @param pools What the reserve registers.
/// @param terms Of the same pools, all but the guard; or none, where none is to be deepened yet.
/// @param guardCalls Feeds and pools that the price guard begins with, as calls of its functions.
/// @param poolsBps Basis points of a profit that the pools get.
/// @param vaultBps Basis points of it that the stakers get.
/// @param beneficiaries Who gets the rest.
/// @param yieldShareBps Basis points of the vault's yield that the reserve gets as mined funds.
/// @param maxTipBps The most of a profit that a block's builder is paid.
/// @param stakersSlippageBps The most that a conversion for the stakers may bring less than the guard's price.
/// @param lossCap What injections and conversions may lose a day, in wrapped native coin.
/// @param gasBudget What is kept a day for the keepers' gas, in wrapped native coin.
/// @param depositCap The most that the vault takes.
/// @param sendingCaps What may go to other chains; of tokens that are not among them nothing is looked at.
struct Plan {
    address governance;
    uint32 delay;
    address[] guardians;
    address[] keepers;
    string executor;
    address wrappedNative;
    string native;
    address[] profitTokens;
    address[] pools;
    Pool[] terms;
    bytes[] guardCalls;
    uint16 poolsBps;
    uint16 vaultBps;
    Share[] beneficiaries;
    uint16 yieldShareBps;
    uint16 maxTipBps;
    uint16 stakersSlippageBps;
    uint112 lossCap;
    uint112 gasBudget;
    uint88 depositCap;
    SendingCap[] sendingCaps;
}

/// @title Customs
/// @notice What a chain begins with where its file states nothing else.
abstract contract Customs {
    /// @notice From the announcement that liquidity or buckets are to leave to the moment when they may [R5].
    uint32 internal constant WITHDRAWAL_DELAY = 2 days;
    /// @notice The same of everything else that governance does.
    uint32 internal constant GOVERNANCE_DELAY = 2 days;
    /// @notice A delay that is longer is a slip, and could not be taken back before it has passed.
    uint32 internal constant LONGEST_DELAY = 30 days;

    uint24 internal constant STREAM_PERIOD = 7 days;
    uint24 internal constant STREAM_FLOOR = 1 days;
    /// @dev A tenth of the stake in a day and a quarter: 1e12 of 1e18 a second.
    uint64 internal constant STREAM_MAX_RATE = 1e12;
    /// @dev Shares of a tenth of a coin.
    uint128 internal constant LIVING_FLOOR = 0.1e24;

    uint16 internal constant POOLS_BPS = 2000;
    uint16 internal constant VAULT_BPS = 8000;
    uint16 internal constant YIELD_SHARE_BPS = 1000;
    uint16 internal constant STAKERS_SLIPPAGE_BPS = 150;
    uint112 internal constant LOSS_CAP = 1e18;
    /// @notice None.
    uint88 internal constant DEPOSIT_CAP = type(uint88).max;

    /// @notice Fills in what a plan leaves open.
    function customary(Plan memory plan) internal pure {
        if (plan.delay == 0) plan.delay = GOVERNANCE_DELAY;
        if (plan.poolsBps == 0) (plan.poolsBps, plan.vaultBps) = (POOLS_BPS, VAULT_BPS);
        if (plan.stakersSlippageBps == 0) plan.stakersSlippageBps = STAKERS_SLIPPAGE_BPS;
        if (plan.lossCap == 0) plan.lossCap = LOSS_CAP;
        if (plan.depositCap == 0) plan.depositCap = DEPOSIT_CAP;
    }
}
