// SPDX-License-Identifier: MIT
pragma solidity >=0.8.34;

import {IPriceGuard} from "./interfaces/IPriceGuard.sol";
import {IPriceSources} from "./interfaces/IPriceSources.sol";
import {IUniswapV4PoolManager} from "./interfaces/external/IUniswapV4PoolManager.sol";
import {PoolKind} from "./types/PoolKind.sol";
import {Feed, Pair, Pool, Twap} from "./types/PriceSources.sol";
import {Ratio} from "./types/Ratio.sol";

import {FeedLib} from "./libraries/FeedLib.sol";
import {ObservationLib, Observations} from "./libraries/ObservationLib.sol";
import {RatioLib} from "./libraries/RatioLib.sol";
import {RegistryLib} from "./libraries/RegistryLib.sol";
import {SpotLib} from "./libraries/SpotLib.sol";
import {TwapLib} from "./libraries/TwapLib.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";

/// @title PriceGuard
/// @notice Reference prices, and how far pools are from them. See IPriceGuard and IPriceSources.
/// @dev
/// FAILS CLOSED: a source that is stale, silent, out of bounds, too young or in disagreement is a refusal. Nothing falls
/// back on another source.
///
/// TRUST: feeds and pools are those that governance registered, after its delay. A registered pool's price can be bent by
/// anyone; that is what is looked for. Feeds of tokens all quote in one currency, which governance sees to.
///
/// ALONE: a TWAP without feeds is as good as its pool is deep. The pool's depth over the window is read as well, and
/// bounds from below what bending it costs.
///
/// NATIVE COIN: is worth its wrapped coin, one to one.
contract PriceGuard is IPriceGuard, IPriceSources, AccessManaged {
    using FeedLib for Feed;
    using ObservationLib for Observations;
    using RatioLib for Ratio;
    using SpotLib for Pool;

    /* STORAGE */

    uint256 private constant BPS = 10_000;

    uint256 public constant MIN_WINDOW = 5 minutes;
    uint256 public constant MIN_WINDOW_ALONE = 30 minutes;
    uint256 public constant MIN_MULTIPLE = 10;

    address public immutable wrappedNative;

    address public sequencerFeed;
    uint32 public sequencerGrace;

    mapping(address pool => Pool) private _pools;
    mapping(address token => Feed) private _feeds;
    mapping(address token0 => mapping(address token1 => Pair)) private _pairs;
    mapping(address pool => Observations) private _observations;

    /* CONSTRUCTOR */

    constructor(address manager, address wrappedNative_) AccessManaged(manager) {
        require(manager != address(0) && wrappedNative_ != address(0), ZeroAddress());
        wrappedNative = wrappedNative_;
    }

    /* PRICES */

    /// @inheritdoc IPriceGuard
    function requireFair(address[] calldata tokens, address[] calldata pools) external view {
        require(tokens.length == pools.length + 1, LengthsDiffer(tokens.length, pools.length));
        _requireSequencerUp();
        for (uint256 i; i < pools.length; ++i) {
            (address tokenIn, address tokenOut) = (tokens[i], tokens[i + 1]);
            if (pools[i] == wrappedNative && _coin(tokenIn) == _coin(tokenOut)) continue;
            Pool storage pool = _known(pools[i]);
            require(_trades(pool, tokenIn, tokenOut), PoolTokensDiffer(pools[i], tokenIn, tokenOut));
            _requireNear(pool, pools[i], _price(pool.token0, pool.token1), pool.maxDeviationBps);
        }
    }

    /// @inheritdoc IPriceGuard
    function requireNear(address pool, uint256 maxDeviationBps) external view returns (Ratio memory fair) {
        _requireSequencerUp();
        Pool storage known = _known(pool);
        fair = _price(known.token0, known.token1);
        _requireNear(known, pool, fair, maxDeviationBps);
    }

    /// @inheritdoc IPriceGuard
    function requireStillNear(address pool, Ratio calldata fair, uint256 maxDeviationBps) external view {
        _requireNear(_known(pool), pool, fair, maxDeviationBps);
    }

    /// @inheritdoc IPriceGuard
    function quote(address tokenIn, uint256 amountIn, address tokenOut) external view returns (uint256) {
        if (_coin(tokenIn) == _coin(tokenOut)) return amountIn;
        _requireSequencerUp();
        return _price(tokenIn, tokenOut).quote(amountIn);
    }

    /// @inheritdoc IPriceGuard
    function spot(address pool) external view returns (uint256) {
        return _known(pool).read(pool).toQ128();
    }

    /* OBSERVATIONS */

    /// @inheritdoc IPriceSources
    function observe(address pool) external {
        Pool storage known = _known(pool);
        Twap storage twap = _pairs[known.token0][known.token1].twap;
        bool kept = twap.pool == pool && known.kind == PoolKind.ConstantProduct;
        require(kept, NotObserved(pool));
        (uint256 sum, uint256 depth) = _observations[pool].record(pool, twap.window);
        emit Observed(pool, sum, depth);
    }

    /* GOVERNANCE: SOURCES */

    /// @inheritdoc IPriceSources
    function setFeed(address token, FeedSpec calldata spec) external restricted {
        token = _coin(token);
        _feeds[token] = spec.source == address(0) ? _none() : RegistryLib.feed(spec, RegistryLib.decimalsOf(token), 0);
        emit FeedSet(token, spec.source, spec.heartbeat);
    }

    /// @inheritdoc IPriceSources
    function setPairFeed(address base, address quoted, FeedSpec calldata spec) external restricted {
        (base, quoted) = (_coin(base), _coin(quoted));
        Pair storage pair = base < quoted ? _pairs[base][quoted] : _pairs[quoted][base];
        (pair.inverse, pair.hasFeed) = (base > quoted, spec.source != address(0));
        pair.feed = spec.source == address(0)
            ? _none()
            : RegistryLib.feed(spec, RegistryLib.decimalsOf(base), RegistryLib.decimalsOf(quoted));
        emit PairFeedSet(base, quoted, spec.source, spec.heartbeat);
    }

    /// @inheritdoc IPriceSources
    function setTwap(address tokenA, address tokenB, Twap calldata twap) external restricted {
        (address token0, address token1) = _sorted(tokenA, tokenB);
        if (twap.pool != address(0)) _requireSound(token0, token1, twap);
        Pair storage pair = _pairs[token0][token1];
        (pair.twap, pair.hasTwap) = (twap, twap.pool != address(0));
        emit TwapSet(token0, token1, twap);
    }

    /// @inheritdoc IPriceSources
    function setSequencer(address feed, uint32 grace) external restricted {
        // Zero takes the check away, as on a chain that is no rollup.
        // slither-disable-next-line missing-zero-check
        (sequencerFeed, sequencerGrace) = (feed, grace);
        if (feed != address(0)) require(feed.code.length != 0, FeedLib.FeedUnreadable(feed));
        emit SequencerSet(feed, grace);
    }

    /* GOVERNANCE: POOLS */

    /// @inheritdoc IPriceSources
    function registerPool(address pool, PoolKind kind, address token0, address token1, uint16 maxDeviationBps)
        external
        restricted
    {
        RegistryLib.requirePool(pool, kind, token0, token1);
        _register(pool, Pool(kind, maxDeviationBps, token0, token1, address(0), bytes32(0)));
    }

    /// @inheritdoc IPriceSources
    function registerBalancerPool(address vault, address pool, address token0, address token1, uint16 maxDeviationBps)
        external
        restricted
    {
        bytes32 id = RegistryLib.balancerPoolId(vault, pool, token0, token1);
        _register(pool, Pool(PoolKind.Balancer, maxDeviationBps, token0, token1, vault, id));
    }

    /// @inheritdoc IPriceSources
    function registerUniswapV4Pool(address manager, IUniswapV4PoolManager.PoolKey calldata key, uint16 maxDeviationBps)
        external
        restricted
        returns (address pool)
    {
        require(key.hooks == address(0), PoolHasHooks(key.hooks));
        bytes32 id = keccak256(abi.encode(key));
        // The first 20 bytes are the pool's name.
        // forge-lint: disable-next-line(unsafe-typecast)
        pool = address(bytes20(id));
        _register(pool, Pool(PoolKind.UniswapV4, maxDeviationBps, key.currency0, key.currency1, manager, id));
    }

    /// @inheritdoc IPriceSources
    function removePool(address pool) external restricted {
        _known(pool);
        delete _pools[pool];
        emit PoolRemoved(pool);
    }

    /* VIEWS */

    /// @inheritdoc IPriceGuard
    function poolTokens(address pool) external view returns (address token0, address token1) {
        return (_pools[pool].token0, _pools[pool].token1);
    }

    /// @inheritdoc IPriceSources
    function feedOf(address token) external view returns (Feed memory) {
        return _feeds[_coin(token)];
    }

    /// @inheritdoc IPriceSources
    function pairOf(address tokenA, address tokenB) external view returns (Feed memory, bool, Twap memory) {
        (address token0, address token1) = _sorted(tokenA, tokenB);
        Pair storage pair = _pairs[token0][token1];
        return (pair.feed, pair.inverse, pair.twap);
    }

    /// @inheritdoc IPriceSources
    function poolOf(address pool) external view returns (Pool memory) {
        return _pools[pool];
    }

    /* REFERENCES */

    /// @dev Of `tokenIn` in `tokenOut`, which differ.
    function _price(address tokenIn, address tokenOut) private view returns (Ratio memory price) {
        (address token0, address token1) = _sorted(tokenIn, tokenOut);
        price = _pairPrice(_pairs[token0][token1], token0, token1);
        if (_coin(tokenIn) != token0) price = price.inverse();
    }

    function _pairPrice(Pair storage pair, address token0, address token1) private view returns (Ratio memory price) {
        if (!pair.hasTwap) return _feedsPrice(pair, token0, token1);
        Twap memory twap = pair.twap;
        Ratio memory mean = _twapPrice(twap);
        if (twap.maxDisagreementBps == 0) return mean;
        price = _feedsPrice(pair, token0, token1);
        if (mean.isWithin(price, twap.maxDisagreementBps)) return price;
        revert SourcesDisagree(token0, token1, mean.toQ128(), price.toQ128());
    }

    function _feedsPrice(Pair storage pair, address token0, address token1) private view returns (Ratio memory price) {
        if (pair.hasFeed) {
            Feed storage own = pair.feed;
            price = FeedLib.ratio(own.read(), 1, -int256(own.scale));
            return pair.inverse ? price.inverse() : price;
        }
        (Feed storage feed0, Feed storage feed1) = (_feeds[token0], _feeds[token1]);
        bool both = feed0.source != address(0) && feed1.source != address(0);
        require(both, PriceMissing(token0, token1));
        return FeedLib.ratio(feed0.read(), feed1.read(), int256(feed1.scale) - feed0.scale);
    }

    function _twapPrice(Twap memory twap) private view returns (Ratio memory price) {
        uint256 depth;
        (price, depth) = _known(twap.pool).kind == PoolKind.ConstantProduct
            ? _observations[twap.pool].read(twap.pool, twap.window, twap.maxAge)
            : TwapLib.read(twap.pool, twap.window);
        if (twap.maxDisagreementBps != 0) return price;
        uint256 least = uint256(twap.exposure) * twap.multiple;
        require(depth >= least, PoolTooThin(twap.pool, depth, least));
    }

    /* CHECKS */

    function _requireNear(Pool storage self, address pool, Ratio memory fair, uint256 maxDeviationBps) private view {
        require(maxDeviationBps <= BPS, BoundTooWide(maxDeviationBps));
        Ratio memory own = self.read(pool);
        if (own.isWithin(fair, maxDeviationBps)) return;
        revert PoolDeviates(pool, own.toQ128(), fair.toQ128(), maxDeviationBps);
    }

    function _requireSequencerUp() private view {
        if (sequencerFeed != address(0)) FeedLib.requireSequencerUp(sequencerFeed, sequencerGrace);
    }

    /// @dev What a TWAP must be to be set. Whether its pool has history enough shows when it is read.
    function _requireSound(address token0, address token1, Twap calldata twap) private view {
        Pool storage pool = _known(twap.pool);
        bool same = pool.token0 == token0 && pool.token1 == token1;
        require(same, PoolTokensDiffer(twap.pool, token0, token1));
        bool kept = pool.kind == PoolKind.ConstantProduct;
        require(kept || pool.kind == PoolKind.Concentrated, KindWrong(twap.pool, pool.kind));
        if (kept) require(twap.maxAge > twap.window, AgeTooShort(twap.maxAge, twap.window));
        require(twap.maxDisagreementBps <= BPS, BoundTooWide(twap.maxDisagreementBps));
        bool alone = twap.maxDisagreementBps == 0;
        uint256 least = alone ? MIN_WINDOW_ALONE : MIN_WINDOW;
        require(twap.window >= least, WindowTooShort(twap.window, least));
        if (!alone) return;
        bool bounded = twap.exposure != 0 && twap.multiple >= MIN_MULTIPLE;
        require(bounded, ExposureMissing(twap.exposure, twap.multiple, MIN_MULTIPLE));
        require(kept || TwapLib.knowsDepth(twap.pool), DepthUnknown(twap.pool));
    }

    /* INTERNALS */

    function _register(address pool, Pool memory registered) private {
        require(registered.maxDeviationBps <= BPS, BoundTooWide(registered.maxDeviationBps));
        _pools[pool] = registered;
        // Refuses a pool whose price cannot be read.
        // slither-disable-next-line unused-return
        _pools[pool].read(pool);
        emit PoolSet(pool, registered);
    }

    function _known(address pool) private view returns (Pool storage known) {
        known = _pools[pool];
        require(known.kind != PoolKind.None, PoolUnknown(pool));
    }

    function _trades(Pool storage pool, address tokenA, address tokenB) private view returns (bool) {
        (address a, address b) = _sorted(tokenA, tokenB);
        (address token0, address token1) = _sorted(pool.token0, pool.token1);
        return a == token0 && b == token1;
    }

    /// @dev Native coin as its wrapped coin, in which prices are kept.
    function _coin(address token) private view returns (address) {
        return token == address(0) ? wrappedNative : token;
    }

    function _sorted(address tokenA, address tokenB) private view returns (address, address) {
        (address a, address b) = (_coin(tokenA), _coin(tokenB));
        return a < b ? (a, b) : (b, a);
    }

    function _none() private pure returns (Feed memory) {}
}
