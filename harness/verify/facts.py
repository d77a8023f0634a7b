"""What of a chain file a node can be asked, view by view, and what it has to answer."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from harness import chains
from harness.chainrules import HOMES
from harness.chains import Chain
from harness.keeper.abi import Call


class Fact(NamedTuple):
    """One thing that a chain file says and a view knows.

    Attributes:
        path: Where it stands in the file.
        expected: What the view has to answer; addresses in any case.
        call: The view.
    """

    path: str
    expected: object
    call: Call


class Site(NamedTuple):
    """An address of a chain file.

    Attributes:
        path: Where it stands in the file.
        address: Checksummed.
        needed: Whether the contracts or the keeper call it; what serves people alone need not be on a replica.
    """

    path: str
    address: str
    needed: bool


ELSEWHERE: Final = ("pools", "untraded", "replica")
"""Parts of a chain file whose addresses are asked for in another way, or are no facts of the chain."""

COLLECTOR: Final = "getProtocolFeesCollector()"


def sites(chain: Chain) -> Iterator[Site]:
    """Yield every address of a chain file that must have code, in the file's order."""
    for key, value in chain.model_dump(by_alias=True, exclude_none=True).items():
        if key not in ELSEWHERE:
            yield from _sites(key, value)


def facts(chain: Chain) -> Iterator[Fact]:
    """Yield what is asked of tokens, venues, lenders, feeds, the sequencer's feed and bridged tokens."""
    for symbol, token in chain.tokens.items():
        yield _fact(f"tokens.{symbol}.symbol", token.symbol or symbol, token.address, "symbol()", "string")
        yield _fact(f"tokens.{symbol}.decimals", token.decimals, token.address, "decimals()", "uint8")
    for name, venue in chain.venues.items():
        yield from _venue_facts(f"venues.{name}", venue, any(_is_slipstream(pool, name) for pool in _pools(chain)))
    for name, lender in chain.lenders.items():
        yield from _lender_facts(f"lenders.{name}", lender)
    for name, feed in chain.feeds.items():
        described = feed.description or f"{name} / USD"
        yield _fact(f"feeds.{name}.description", described, feed.address, "description()", "string")
        yield _fact(f"feeds.{name}.decimals", feed.decimals, feed.address, "decimals()", "uint8")
    if chain.sequencer:
        yield _fact("sequencer.feed", 0, chain.sequencer.feed, "decimals()", "uint8")
    if chain.fees.model == "op-stack":
        yield from _bridged_facts(chain)


def _sites(path: str, value: object) -> Iterator[Site]:
    if isinstance(value, dict):
        for key, item in value.items():
            if not (path.startswith("bridges.") and key == "tokens"):  # those are on the other chain
                yield from _sites(f"{path}.{key}", item)
    elif isinstance(value, str) and value.startswith("0x") and len(value) == len("0x") + 40:
        yield Site(path, value, _is_needed(path))


def _is_needed(path: str) -> bool:
    part, last = path.split(".", maxsplit=1)[0], path.rsplit(".", 1)[-1]
    if part in ("venues", "lenders"):
        return last in (*HOMES, "address")
    return part in ("tokens", "feeds", "sequencer", "contracts")


def _venue_facts(path: str, venue: Any, slipstream: bool) -> Iterator[Fact]:  # noqa: ANN401 - one of many kinds
    if isinstance(venue, chains.PancakeV3 | chains.Algebra) and venue.deployer:
        yield _fact(f"{path}.deployer", venue.deployer, venue.factory, "poolDeployer()", "address")
    if isinstance(venue, chains.Solidly) and venue.implementation:
        yield _fact(f"{path}.implementation", venue.implementation, venue.factory, "implementation()", "address")
    if slipstream and venue.implementation:
        yield _fact(f"{path}.implementation", venue.implementation, venue.factory, "poolImplementation()", "address")
    if isinstance(venue, chains.UniswapV4) and venue.state_view:
        yield _fact(f"{path}.stateView", venue.pool_manager, venue.state_view, "poolManager()", "address")
    if isinstance(venue, chains.BalancerV2) and (venue.model_extra or {}).get("protocolFeesCollector"):
        collector = (venue.model_extra or {})["protocolFeesCollector"]
        yield _fact(f"{path}.protocolFeesCollector", collector, venue.vault, COLLECTOR, "address")


def _lender_facts(path: str, lender: chains.Lender) -> Iterator[Fact]:
    provider = (lender.model_extra or {}).get("addressesProvider")
    if lender.kind == "aave-v3" and provider:
        yield _fact(f"{path}.addressesProvider", provider, lender.address, "ADDRESSES_PROVIDER()", "address")
        yield _fact(f"{path}.address", lender.address, provider, "getPool()", "address")


def _bridged_facts(chain: Chain) -> Iterator[Fact]:
    for name, bridge in chain.bridges.items():
        if isinstance(bridge, chains.OptimismBridge):
            for symbol, remote in bridge.tokens.items():
                token = chain.token(symbol).address
                yield _fact(f"bridges.{name}.tokens.{symbol}", remote, token, "l1Token()", "address")


def _pools(chain: Chain) -> tuple[chains.Pool, ...]:
    return chain.pools + chain.untraded


def _is_slipstream(pool: chains.Pool, venue: str) -> bool:
    return pool.venue == venue and pool.family == "slipstream"


def _fact(path: str, expected: object, to: str, signature: str, kind: str) -> Fact:
    return Fact(path, expected, Call(to, signature, (), (kind,)))
