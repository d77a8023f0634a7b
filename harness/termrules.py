"""What a chain file's `terms` say that cannot be, on the bare JSON, as harness/chainfile.py."""

from collections.abc import Iterator
from typing import Any, Final

from harness.chainfile import at, keys, pool_name, pools, strings

NAMED: Final = {
    "sendingCaps": "tokens",
    "guardedTokens": "tokens",
    "strategies": "strategies",
    "outposts": "bridges",
    "feedBounds": "feeds",
    "minedWeights": "pools",
}
"""Of which part of the file the names are that a term has."""


def term_problems(data: object) -> Iterator[str]:
    """Check what the terms name, and that they do not contradict one another. `data` may have any shape.

    Args:
        data: The whole chain file.
    """
    if not isinstance(data, dict):
        return
    known = {part: keys(data.get(part)) for part in ("tokens", "strategies", "bridges", "feeds")}
    known["pools"] = [_name(pool) for _, pool in pools(data, "pools")]
    terms = data.get("terms")
    for term, part in NAMED.items():
        yield from _unknown(f"terms.{term}", strings(at(terms, term)), known[part], part)
    wrapped = at(terms, "wrapped")
    yield from _unknown("terms.wrapped", _values(wrapped), known["tokens"], "tokens")
    for index, own in enumerate(_list(at(terms, "pairFeeds"))):
        sides = [str(at(own, side)) for side in ("base", "quoted")]
        yield from _unknown(f"terms.pairFeeds.{index}", sides, known["tokens"], "tokens")
    for index, mean in enumerate(_list(at(terms, "meanPrices"))):
        yield from _unknown(f"terms.meanPrices.{index}", [str(at(mean, "pool"))], known["pools"], "pools")
    yield from _outpost_problems(data, terms)
    if strings(at(terms, "allowedPools")) and at(terms, "restrictPools") is not True:
        yield "terms.allowedPools: lists pools, but routes are not restricted; set terms.restrictPools, or remove it"


def _outpost_problems(data: dict[str, Any], terms: object) -> Iterator[str]:
    """A token leaves over a bridge that takes it, and over one to each chain."""
    seen: dict[tuple[object, str], str] = {}
    for name in keys(at(terms, "outposts")):
        path, bridge = f"terms.outposts.{name}", at(data, "bridges", name)
        taken = keys(at(bridge, "tokens")) if at(bridge, "kind") == "optimism" else keys(data.get("tokens"))
        yield from _unknown(f"{path}.tokens", strings(at(terms, "outposts", name, "tokens")), taken, "its tokens")
        if at(bridge, "unconfirmed") is True:
            yield f"{path}: is of a bridge that is unconfirmed, and not deployed; confirm it first"
        for symbol in strings(at(terms, "outposts", name, "tokens")):
            way = at(bridge, "chainId"), symbol
            if way in seen:
                yield f"{path}.tokens: {symbol} goes to that chain by {seen[way]} already; it has one bridge a chain"
            seen.setdefault(way, name)


def _unknown(path: str, used: list[str], known: list[str], part: str) -> Iterator[str]:
    for name in used:
        if name not in known:
            yield f"{path}: {name!r} is none of {part}; there are {', '.join(known) or 'none'}"


def _name(pool: dict[str, Any]) -> str:
    key = (pool.get(part) for part in ("fee", "tickSpacing", "family"))
    return pool_name(str(pool.get("venue")), strings(pool.get("tokens")), *key)


def _values(value: object) -> list[str]:
    return [str(item) for item in value.values()] if isinstance(value, dict) else []


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
