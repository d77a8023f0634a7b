// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolKind} from "./PoolKind.sol";

/// @notice A Chainlink feed: its answer, divided by 10^scale, is units of what it quotes in for one unit of what it
/// prices.
struct Feed {
    address source;
    /// Seconds after which an answer is stale.
    uint32 heartbeat;
    /// From -24 to 48: the feed's decimals, more by those of the token priced, less by those of the token quoted in.
    int8 scale;
    uint8 decimals;
    /// Whether governance has set bounds of its own: else they are the widest, and need not be read.
    bool bounded;
    /// Answers outside of these are refused.
    uint128 minAnswer;
    uint128 maxAnswer;
}

/// @notice A pool's mean price over a window.
struct Twap {
    address pool;
    /// Seconds, at least.
    uint32 window;
    /// Seconds, at most: of the observation that is compared with, where the guard keeps them itself. Else 0.
    uint32 maxAge;
    /// Basis points that the pair's feeds may differ from it. 0: the pair has no other source than this.
    uint16 maxDisagreementBps;
    /// Where it is the only source: how many times deeper the pool must be than the exposure.
    uint16 multiple;
    /// And the most liquidity, √(amount0·amount1), that is added at this price within a window.
    uint128 exposure;
}

/// @notice What a pair's price is taken from, beyond the two tokens' own feeds. Of the tokens, the lower comes first.
struct Pair {
    /// Whether there is a feed, and a pool: most pairs have neither, and one slot says so.
    bool hasFeed;
    bool hasTwap;
    /// The feed prices the second token in the first.
    bool inverse;
    /// In place of the tokens' feeds: prices the first token in the second.
    Feed feed;
    Twap twap;
}

/// @notice A pool as governance registered it.
struct Pool {
    PoolKind kind;
    /// The bound of `requireFair`, basis points of the reference.
    uint16 maxDeviationBps;
    address token0;
    address token1;
    /// Uniswap V4's manager or Balancer V2's vault, and the pool's id there.
    address venue;
    bytes32 id;
}
