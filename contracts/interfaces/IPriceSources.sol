// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {PoolKind} from "../types/PoolKind.sol";
import {Feed, Pool, Twap} from "../types/PriceSources.sol";
import {IUniswapV4PoolManager} from "./external/IUniswapV4PoolManager.sol";

/// @title IPriceSources
/// @notice What the guard's prices are taken from, and which pools it knows: governance's part. Anyone may observe.
/// @dev A pair's price is that of its own feed if it has one, else that of its tokens' feeds by way of the currency they
/// all quote in. A TWAP beside them must agree with them, and then the feeds' price is the one that counts; or it stands
/// alone.
interface IPriceSources {
    event FeedSet(address indexed token, address indexed feed, uint256 heartbeat);
    event PairFeedSet(address indexed base, address indexed quoted, address indexed feed, uint256 heartbeat);
    event TwapSet(address indexed token0, address indexed token1, Twap twap);
    event SequencerSet(address indexed feed, uint256 grace);
    event PoolSet(address indexed pool, Pool registered);
    event PoolRemoved(address indexed pool);
    event Observed(address indexed pool, uint256 sum, uint256 depth);

    error ZeroAddress();
    /// @notice No contract, or one that does not say how many decimals it has, or says more than 24.
    error DecimalsUnreadable(address source);
    error DecimalsTooMany(address source, uint256 decimals);
    error HeartbeatZero();
    /// @notice Not in order, or above what prices may be.
    error BoundsWrong(uint256 minAnswer, uint256 maxAnswer, uint256 limit);
    error WindowTooShort(uint256 window, uint256 least);
    /// @notice An observation that is a window old must be allowed to grow older.
    error AgeTooShort(uint256 maxAge, uint256 window);
    /// @notice A TWAP that is a pair's only source needs an exposure, and a multiple of at least that.
    error ExposureMissing(uint256 exposure, uint256 multiple, uint256 leastMultiple);
    /// @notice Of that pool there is no record of depth, so that its TWAP cannot stand alone.
    error DepthUnknown(address pool);
    /// @notice The pool is shallower than its TWAP's exposure and multiple ask for.
    error PoolTooThin(address pool, uint256 depth, uint256 least);
    /// @notice The kind is registered by another function, has no TWAP, or is not what the pool is.
    error KindWrong(address pool, PoolKind kind);
    /// @notice A hook can make a pool's price mean anything.
    error PoolHasHooks(address hooks);
    /// @notice No pair has a TWAP of this pool whose observations are kept here.
    error NotObserved(address pool);

    /// @notice What governance says of a feed.
    /// @param source Zero removes it.
    /// @param heartbeat Seconds after which an answer is stale: the feed's own, and some slack.
    /// @param minAnswer In the feed's units; answers outside of the bounds are refused.
    /// @param maxAnswer 0: as large as prices may be.
    struct FeedSpec {
        address source;
        uint32 heartbeat;
        uint128 minAnswer;
        uint128 maxAnswer;
    }

    /// @notice Sets a token's feed, in the currency that all tokens' feeds quote in. Governance only.
    function setFeed(address token, FeedSpec calldata spec) external;

    /// @notice Sets a pair's own feed, which prices `base` in `quoted`. Governance only. There is one a pair.
    function setPairFeed(address base, address quoted, FeedSpec calldata spec) external;

    /// @notice Sets a pair's TWAP. Governance only. Of a registered pool of just these tokens; a zero pool removes it.
    /// @dev Beside feeds: `maxDisagreementBps` of 1 at least, a window of 5 minutes at least. Alone [R4]:
    /// `maxDisagreementBps` 0, a window of 30 minutes at least, an exposure, and a multiple of 10 at least. To hold a
    /// price away from where the market has it by a factor, for one block, costs what arbitrage takes out of the pool:
    /// its liquidity times a function of that factor. What a bent price gains from liquidity that is added there is that
    /// liquidity times the same function. So the pool's depth over the exposure is how often the cost exceeds the gain,
    /// for each block of the window; less than `multiple` is refused.
    function setTwap(address tokenA, address tokenB, Twap calldata twap) external;

    /// @notice Sets a rollup's uptime feed and the seconds to wait after it is back; a zero feed removes it. Governance
    /// only.
    function setSequencer(address feed, uint32 grace) external;

    /// @notice Registers a pool that is a contract of its own. Governance only.
    /// @param kind `ConstantProduct` or `Concentrated`.
    /// @param token0 As the pool has it.
    /// @param maxDeviationBps The bound of `requireFair`.
    function registerPool(address pool, PoolKind kind, address token0, address token1, uint16 maxDeviationBps) external;

    /// @notice Registers a weighted pool of two tokens at Balancer V2's vault. Governance only.
    function registerBalancerPool(address vault, address pool, address token0, address token1, uint16 maxDeviationBps)
        external;

    /// @notice Registers a pool of Uniswap V4 without hooks. Governance only.
    /// @return pool The first 20 bytes of its id.
    function registerUniswapV4Pool(address manager, IUniswapV4PoolManager.PoolKey calldata key, uint16 maxDeviationBps)
        external
        returns (address pool);

    /// @notice Forgets a pool. Governance only. A TWAP of it refuses from then on.
    function removePool(address pool) external;

    /// @notice Keeps an observation of a pair whose TWAP is reckoned here. Anyone may call, eight times a window.
    function observe(address pool) external;

    function feedOf(address token) external view returns (Feed memory);

    /// @return feed The pair's own; prices the first token in the second, in the order of their addresses.
    /// @return inverse Or the second in the first.
    /// @return twap The pair's.
    function pairOf(address tokenA, address tokenB)
        external
        view
        returns (Feed memory feed, bool inverse, Twap memory twap);

    function poolOf(address pool) external view returns (Pool memory);
}
