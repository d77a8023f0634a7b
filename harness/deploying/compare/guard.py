"""The price guard against the chain file: bounds, pairs' own sources, and what no file names."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from eth_utils.address import to_checksum_address

from harness.chainmodel.governed import Bounds, MeanPrice
from harness.chains import Feed
from harness.deploying import events
from harness.deploying.compare.ground import NONE, TWAP, Ground
from harness.deploying.script import Change
from harness.keeper.abi import calldata

FEED: Final = ("address", "uint32", "int8", "uint8", "bool", "uint128", "uint128")
SLACK: Final = 300
"""Seconds that an answer may be late, as script/deployment/Sources.sol has it."""
SET_FEED: Final = "setFeed(address,(address,uint32,uint128,uint128))"
SET_PAIR: Final = "setPairFeed(address,address,(address,uint32,uint128,uint128))"
SET_TWAP: Final = f"setTwap(address,address,{TWAP})"
NO_FEED: Final = (NONE, 0, 0, 0)
NO_TWAP: Final = (NONE, 0, 0, 0, 0, 0)

Pair = tuple[str, str]


def compared(ground: Ground) -> Iterator[Change]:
    """Yield what differs, but for the feeds, pools and the sequencer that the file names: those the script compares."""
    yield from _feeds(ground)
    yield from _pair_feeds(ground)
    yield from _mean_prices(ground)
    if ground.chain.sequencer is None:
        found = ground.ask("guard", "sequencerFeed()", returns=("address",))
        call = calldata("setSequencer(address,uint32)", NONE, 0)
        yield from ground.differ("guard", "sequencer", _none_or(found), "none", call)
    event = "PoolSet(address,(uint8,uint16,address,address,address,bytes32))"
    returns = ("uint8", "uint16", "address", "address", "address", "bytes32")
    for pool in ground.addresses_ever("guard", event):
        if pool not in ground.pools.values() and ground.ask("guard", "poolOf(address)", pool, returns=returns)[0]:
            call = calldata("removePool(address)", pool)
            yield from ground.differ("guard", f"knows pool {pool}", "yes", "no", call)


def _feeds(ground: Ground) -> Iterator[Change]:
    chain = ground.chain
    priced = {ground.token(symbol): name for name, feed in chain.feeds.items() for symbol in feed.tokens}
    for token in ground.addresses_ever("guard", "FeedSet(address,address,uint256)"):
        source, heartbeat, *_, bounded, least, most = ground.ask("guard", "feedOf(address)", token, returns=FEED)
        if token not in priced:
            call = calldata(SET_FEED, token, NO_FEED)
            yield from ground.differ("guard", f"feed of {token}", _aged(source, heartbeat), "none", call)
            continue
        feed, bounds = chain.feeds[priced[token]], chain.terms.feed_bounds.get(priced[token], Bounds())
        wanted = _answer(feed, bounds.least), _answer(feed, bounds.most)
        call = calldata(SET_FEED, token, (feed.address, feed.heartbeat + SLACK, *wanted))
        found = f"{least} to {most}" if bounded else "any"
        yield from ground.differ("guard", f"answers taken for {token}", found, _range(feed, *wanted), call)


def _answer(feed: Feed, units: str | None) -> int:
    return int(Decimal(units or 0).scaleb(feed.decimals))


def _range(feed: Feed, least: int, most: int) -> str:
    """Return bounds as the guard keeps them: without a most, the largest that a feed of so many decimals may have."""
    largest = min(10**feed.decimals << 80, (1 << 128) - 1)
    return f"{least} to {most or largest}" if least or most not in (0, largest) else "any"


def _pair_feeds(ground: Ground) -> Iterator[Change]:
    wanted: dict[Pair, tuple[str, bytes]] = {}
    for own in ground.chain.terms.pair_feeds:
        base, quoted = ground.token(own.base), ground.token(own.quoted)
        spec = (own.address, own.heartbeat, 0, 0)
        said = f"{_aged(own.address, own.heartbeat)}, {base} first"
        wanted[_sorted(base, quoted)] = said, calldata(SET_PAIR, base, quoted, spec)
    for pair in dict.fromkeys([*wanted, *_pairs(ground, "PairFeedSet(address,address,address,uint256)")]):
        feed, inverse, _ = _pair(ground, pair)
        source, heartbeat = to_checksum_address(feed[0]), feed[1]
        found = f"{_aged(source, heartbeat)}, {pair[1] if inverse else pair[0]} first" if int(source, 16) else "none"
        clearing = calldata(SET_PAIR, *pair, NO_FEED)
        said, call = wanted.get(pair, ("none", clearing))
        yield from ground.differ("guard", f"feed of {pair[0]} and {pair[1]}", found, said, call)


def _mean_prices(ground: Ground) -> Iterator[Change]:
    wanted = {}
    for mean in ground.chain.terms.mean_prices:
        a, b = ground.chain.pool(mean.pool).tokens
        wanted[_sorted(ground.token(a), ground.token(b))] = _twap(mean, ground.pools[mean.pool])
    for pair in dict.fromkeys([*wanted, *_pairs(ground, f"TwapSet(address,address,{TWAP})")]):
        _, _, found = _pair(ground, pair)
        twap = wanted.get(pair, NO_TWAP)
        what, call = f"mean price of {pair[0]} and {pair[1]}", calldata(SET_TWAP, *pair, twap)
        yield from ground.differ("guard", what, _mean((to_checksum_address(found[0]), *found[1:])), _mean(twap), call)


def _twap(mean: MeanPrice, pool: str) -> tuple[Any, ...]:
    return pool, mean.window, mean.max_age, mean.max_disagreement_bps, mean.multiple, int(mean.exposure)


def _mean(twap: tuple[Any, ...]) -> str:
    if not int(twap[0], 16):
        return "none"
    pool, window, age, disagreement, multiple, exposure = twap
    depth = f", {multiple} times {exposure} deep" if multiple else ""
    return f"{pool} over {window} s, at most {age} s old, {disagreement} basis points off{depth}"


def _pair(ground: Ground, pair: Pair) -> Any:  # noqa: ANN401 - as the guard has it
    return ground.ask("guard", "pairOf(address,address)", *pair, returns=(f"({','.join(FEED)})", "bool", TWAP))


def _pairs(ground: Ground, event: str) -> list[Pair]:
    return [_sorted(*map(events.address_in, topics[:2])) for topics in ground.ever("guard", event)]


def _sorted(a: str, b: str) -> Pair:
    return (a, b) if int(a, 16) < int(b, 16) else (b, a)


def _aged(source: str, heartbeat: int) -> str:
    return f"{source} for {heartbeat} s" if source and int(source, 16) else "none"


def _none_or(address: str) -> str:
    return address if address and int(address, 16) else "none"
