"""What one key of a chain file says about another, checked on the bare JSON so that every problem shows at once.

harness/chains.py checks the shape of the file; here nothing is assumed of it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from eth_utils.address import is_checksum_address, to_checksum_address

from harness import compose

ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


def pool_name(
    venue: str, tokens: Iterable[str], fee: object = None, tick_spacing: object = None, family: object = ""
) -> str:
    """Return a pool's name: venue, tokens, and its fee, else its tick spacing, else its family, if it has any."""
    mark = fee if fee is not None else tick_spacing if tick_spacing is not None else family
    return f"{venue}:{'/'.join(tokens)}" + ("" if mark in (None, "") else f":{mark}")


def reference_problems(data: object, name: str) -> Iterator[str]:
    """Check what one key says about another. `data` may have any shape: its own problems are reported elsewhere.

    Args:
        data: The whole chain file.
        name: The chain's name, which the file's own name gives.
    """
    if not isinstance(data, dict):
        return
    if data.get("name") != name:
        yield f"name: is {data.get('name')!r}; the file's name says {name!r}"
    tokens, venues = keys(data.get("tokens")), keys(data.get("venues"))
    coins = [*tokens, *strings([at(data, "native", "symbol")])]
    yield from _pool_problems(data, coins, venues)
    yield from _depth_problems(data, coins, venues)
    yield from _executor_problems(data)
    yield from _bridge_problems(data, tokens)
    for key in keys(data.get("strategies")):
        yield from _unknown(f"strategies.{key}.token", [at(data, "strategies", key, "token")], tokens, "token")
    yield from _unknown("profitTokens", data.get("profitTokens"), tokens, "token")
    for feed in keys(data.get("feeds")):
        yield from _unknown(f"feeds.{feed}.tokens", at(data, "feeds", feed, "tokens"), tokens, "token")
    yield from _unknown("native.wrapped", [at(data, "native", "wrapped")], tokens, "token")
    yield from _unknown("replica.prices", at(data, "replica", "prices"), coins, "token")
    yield from _shared_addresses(data.get("tokens"))
    yield from _checksum_problems("", data)


def _pool_problems(data: dict[str, Any], coins: list[str], venues: list[str]) -> Iterator[str]:
    seen: dict[tuple[object, ...], str] = {}
    for path, pool in pools(data):
        members = strings(pool.get("tokens"))
        yield from _unknown(f"{path}.venue", [pool.get("venue")], venues, "venue")
        yield from _unknown(f"{path}.tokens", members, coins, "token")
        if len(set(members)) < len(members):
            yield f"{path}.tokens: names a token twice; a pool's tokens differ"
        key = (str(pool.get("venue")), frozenset(members), *map(str, map(pool.get, ("fee", "tickSpacing", "family"))))
        if key in seen:
            yield f"{path}: is {_name(pool)}, which {seen[key]} is already; remove one"
        seen.setdefault(key, path)


def _depth_problems(data: dict[str, Any], coins: list[str], venues: list[str]) -> Iterator[str]:
    """Every pool has a depth, and every depth is of a pool that could exist."""
    depths = strings(at(data, "replica", "depths"))
    for path, pool in pools(data):
        if _name(pool) not in depths:
            yield f"replica.depths: lacks {_name(pool)!r}, which {path} names; add it"
    for name in depths:
        venue, *rest = name.split(":")
        yield from _unknown(f"replica.depths.{name}", [venue], venues, "venue")
        yield from _unknown(f"replica.depths.{name}", rest[0].split("/") if rest else [""], coins, "token")


def _executor_problems(data: dict[str, Any]) -> Iterator[str]:
    """The executor is made of what there is code for, and has what the keeper would use."""
    venues, lenders = (strings(at(data, "executor", key)) for key in ("venues", "lenders"))
    yield from _unknown("executor.venues", venues, list(compose.VENUES), "kind of venue")
    yield from _unknown("executor.lenders", lenders, list(compose.LENDERS), "kind of lender")
    for kind in compose.CREDITORS:
        if kind in lenders and kind not in venues:
            yield f"executor.venues: lacks {kind!r}, on whose code the lender of that kind runs; add it"
    for name in keys(data.get("lenders")):
        for lent in strings([at(data, "lenders", name, "kind")]):
            if lent not in lenders:
                yield f"executor.lenders: lacks {lent!r}, from which lenders.{name} lends; add it"
    for name in keys(data.get("venues")):
        for enabled in strings([at(data, "venues", name, "kind")]):
            if at(data, "venues", name, "trading", "enabled") is True and enabled not in venues:
                yield f"executor.venues: lacks {enabled!r}, which venues.{name}.trading enables; add it"
    for path, pool in pools(data, "pools"):
        for traded in strings([at(data, "venues", str(pool.get("venue")), "kind")]):
            if traded not in venues:
                yield f"executor.venues: lacks {traded!r}, through which {path} is traded; add it"


def _bridge_problems(data: dict[str, Any], tokens: list[str]) -> Iterator[str]:
    """A bridge leads to another chain, and takes tokens that have a counterpart there, each another one."""
    for name in keys(data.get("bridges")):
        path, bridge = f"bridges.{name}", at(data, "bridges", name)
        if at(bridge, "chainId") == data.get("chainId"):
            yield f"{path}.chainId: is this very chain's; a bridge leads to another"
        sent = keys(at(bridge, "tokens"))
        yield from _unknown(f"{path}.tokens", sent, tokens, "token")
        if at(data, "native", "wrapped") in sent:
            yield f"{path}.tokens: names the wrapped coin, which no standard bridge mints elsewhere; remove it"
        yield from _shared_counterparts(f"{path}.tokens", at(bridge, "tokens"))


def _shared_counterparts(path: str, tokens: object) -> Iterator[str]:
    seen: dict[str, str] = {}
    for symbol in keys(tokens):
        counterpart = str(at(tokens, symbol)).lower()
        if counterpart in seen:
            yield f"{path}.{symbol}: is the counterpart of {seen[counterpart]} too; one of them is wrong"
        if counterpart == "0x" + "00" * 20:
            yield f"{path}.{symbol}: is no address of a token; what is sent for it is stuck"
        seen.setdefault(counterpart, symbol)


def pools(data: dict[str, Any], *lists: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the path and the JSON of every pool in the lists, else of those traded and untraded."""
    for key in lists or ("pools", "untraded"):
        listed = data.get(key)
        for index, pool in enumerate(listed if isinstance(listed, list) else []):
            if isinstance(pool, dict):
                yield f"{key}.{index}", pool


def _name(pool: dict[str, Any]) -> str:
    key = (pool.get(part) for part in ("fee", "tickSpacing", "family"))
    return pool_name(str(pool.get("venue")), strings(pool.get("tokens")), *key)


def _shared_addresses(tokens: object) -> Iterator[str]:
    seen: dict[str, str] = {}
    for symbol in keys(tokens):
        address = str(at(tokens, symbol, "address")).lower()
        if address in seen:
            yield f"tokens.{symbol}.address: is that of {seen[address]} too; one of them is wrong"
        seen.setdefault(address, symbol)


def _checksum_problems(path: str, value: object) -> Iterator[str]:
    """Find every address below `value`, under keys known and unknown, that is not written as EIP-55 has it."""
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _checksum_problems(f"{path}.{key}" if path else str(key), item)
    elif isinstance(value, str) and ADDRESS.fullmatch(value) and not is_checksum_address(value):
        yield f"{path}: {value} has a wrong checksum; if its digits are right write {to_checksum_address(value)}"


def _unknown(path: str, used: object, known: list[str], what: str) -> Iterator[str]:
    """Name every string in `used` that is not among the known ones."""
    for name in strings(used):
        if name not in known:
            yield f"{path}: unknown {what} {name!r}; there are {', '.join(known) or 'none'}"


def keys(value: object) -> list[str]:
    """Return the keys of an object; none of anything else."""
    return list(value) if isinstance(value, dict) else []


def strings(value: object) -> list[str]:
    """Return the strings in a list, or the keys of an object."""
    return [item for item in value if isinstance(item, str)] if isinstance(value, list | dict) else []


def at(value: object, *path: str) -> object:
    """Return what stands at a path; None where there is nothing."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
