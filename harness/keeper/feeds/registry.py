"""The feeds: which families are followed, and why the others are not; nothing else needs to know of a new one."""

from collections.abc import Iterable, Mapping
from typing import Final

from harness import chains
from harness.chains import Chain
from harness.keeper.feeds.algebra import AlgebraFeed, CamelotV3Feed
from harness.keeper.feeds.algebra_integral import AlgebraIntegralFeed
from harness.keeper.feeds.balancer_v2 import BalancerV2StableFeed, BalancerV2WeightedFeed
from harness.keeper.feeds.balancer_v3 import BalancerV3WeightedFeed
from harness.keeper.feeds.camelot import CamelotFeed
from harness.keeper.feeds.curve import GENERATIONS, CurveStableFeed
from harness.keeper.feeds.erc4626 import ERC4626Feed
from harness.keeper.feeds.feed import Feed, UnreadableError
from harness.keeper.feeds.place import Place, PoolMissingError
from harness.keeper.feeds.solidly import SolidlyStableFeed, SolidlyVolatileFeed
from harness.keeper.feeds.steps import Ask, walk
from harness.keeper.feeds.uniswap_v2 import PancakeV2Feed, UniswapV2Feed
from harness.keeper.feeds.uniswap_v3 import PancakeV3Feed, SlipstreamFeed, UniswapV3Feed
from harness.keeper.feeds.uniswap_v4 import UniswapV4Feed
from harness.keeper.feeds.wrapped_native import WrappedNativeFeed
from harness.market.pools.camelot import CamelotStablePool
from harness.market.pools.curve_crypto import CurveCryptoPool
from harness.market.pools.curve_ng import CurveNGPool
from harness.market.pools.dodo_v2 import DodoV2Pool
from harness.market.pools.liquidity_book import LiquidityBookPair
from harness.market.pools.pool import Pool
from harness.market.pools.woofi import WooFiPool

FEEDS: Final[Mapping[tuple[str, str], type[Feed]]] = {
    ("uniswap-v2", ""): UniswapV2Feed,
    ("uniswap-v2", "camelot"): CamelotFeed,
    ("pancake-v2", ""): PancakeV2Feed,
    ("solidly", ""): SolidlyVolatileFeed,
    ("solidly", "stable"): SolidlyStableFeed,
    ("uniswap-v3", ""): UniswapV3Feed,
    ("uniswap-v3", "slipstream"): SlipstreamFeed,
    ("pancake-v3", ""): PancakeV3Feed,
    ("algebra", ""): AlgebraFeed,
    ("algebra", "camelot"): CamelotV3Feed,
    ("algebra", "integral"): AlgebraIntegralFeed,
    ("uniswap-v4", ""): UniswapV4Feed,
    ("balancer-v2", ""): BalancerV2WeightedFeed,
    ("balancer-v2", "stable"): BalancerV2StableFeed,
    ("balancer-v3", ""): BalancerV3WeightedFeed,
    **{("curve", generation): CurveStableFeed for generation in GENERATIONS},
    ("erc4626", ""): ERC4626Feed,
    ("wrapped-native", ""): WrappedNativeFeed,
}
"""By the kind of a venue and the family that a chain file names for a pool there, or else the venue has."""

NONE: Final[Mapping[type[Pool], str]] = {
    CurveNGPool: "its arithmetic is checked against models alone",
    CurveCryptoPool: "its arithmetic is checked against models alone",
    DodoV2Pool: "its arithmetic is checked against models alone",
    WooFiPool: "its arithmetic is checked against models alone",
    LiquidityBookPair: "its arithmetic is checked against models alone",
    CamelotStablePool: "it is a state of Camelot's pairs, whose feed follows both",
}
"""The families that have no feed of their own, and why."""


def feed_for(chain: Chain, venue: str, family: str) -> Feed:
    """Return the feed of a family at a venue of the chain file.

    Raises:
        PoolMissingError: There is none.
    """
    kind, family = chain.venues[venue].kind, family or chain.venues[venue].family
    found = FEEDS.get((kind, family))
    if found is None:
        named = ", ".join(repr(name) for of, name in FEEDS if of == kind) or "none"
        raise PoolMissingError(
            f"no feed for pools of {venue}, {kind}, of family {family!r}: they are not traded; there are {named}"
        )
    return found(chain, venue)


def find(chain: Chain, pools: Iterable[chains.Pool], ask: Ask) -> tuple[Place, ...]:
    """Return where pools of a chain file are.

    Raises:
        PoolMissingError: One of them is not there, or of a kind without a feed.
    """
    wanted = list(pools)
    feeds = [feed_for(chain, pool.venue, pool.family) for pool in wanted]
    found = walk({at: feed.find(pool) for at, (feed, pool) in enumerate(zip(feeds, wanted, strict=True))}, ask)
    places = []
    for at, pool in enumerate(wanted):
        place = found[at]
        if isinstance(place, UnreadableError):
            raise PoolMissingError(f"{pool.name} is not found: {place}; is the venue's address right?")
        places.append(place)
    return tuple(places)
