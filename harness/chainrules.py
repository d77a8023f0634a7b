"""What a chain file says that cannot be, although it knows every name; on the bare JSON, as harness/chainfile.py."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

from harness.chainfile import at, keys, pools, strings

CHAIN_IDS: Final = {"ethereum": 1, "optimism": 10, "bsc": 56, "polygon": 137, "base": 8453, "arbitrum": 42161}
"""Of the names that everybody uses alike; a file of another name may have any other id."""

ROLLUPS: Final = ("op-stack", "arbitrum")
"""Models of fees of chains that a sequencer orders."""

FEED_DECIMALS: Final = 8
"""Of feeds against USD."""

CALLBACKS: Final = {
    "uniswap-v2": "uniswapV2Call",
    "pancake-v2": "pancakeCall",
    "solidly": "hook",
    "uniswap-v3": "uniswapV3SwapCallback",
    "pancake-v3": "pancakeV3SwapCallback",
    "algebra": "algebraSwapCallback",
    "uniswap-v4": "unlockCallback",
}
"""What the executor answers to, by the kind of a venue."""

HOMES: Final = ("factory", "vault", "poolManager", "pool")
"""Where a venue's pools come from, or lie."""

PERIPHERY: Final = ("router", "router02", "quoter", "positionManager", "positionDescriptor")
"""Parts of a venue that neither the executor nor the keeper asks."""

AMOUNT: Final = re.compile(r"[0-9]+(\.[0-9]+)?")

POOL_KEYS: Final = {"uniswap-v3": ("fee",), "pancake-v3": ("fee",), "uniswap-v4": ("fee", "tickSpacing")}
"""By what a venue knows a pool beside its tokens."""


def rule_problems(data: object, name: str) -> Iterator[str]:
    """Check what cannot be. `data` may have any shape: its own problems are reported elsewhere.

    Args:
        data: The whole chain file.
        name: The chain's name, which the file's own name gives.
    """
    if not isinstance(data, dict):
        return
    yield from _id_problems(data, name)
    yield from _sequencer_problems(data)
    yield from _venue_problems(data)
    yield from _pool_key_problems(data)
    for feed in keys(data.get("feeds")):
        decimals = at(data, "feeds", feed, "decimals")
        if isinstance(decimals, int) and decimals != FEED_DECIMALS:
            yield f"feeds.{feed}.decimals: is {decimals}; a feed against USD has {FEED_DECIMALS}"
    for path in [*keys(data.get("sources")), *strings(data.get("unconfirmed"))]:
        if _beneath(data, path) is None:
            yield f"{path}: has a source or is called unconfirmed, but is not in the file; remove it there, or add it"
    yield from _sending_problems(data)
    yield from _unconfirmed_problems(data)


def _id_problems(data: dict[str, Any], name: str) -> Iterator[str]:
    chain_id, native = data.get("chainId"), at(data, "native", "symbol")
    if isinstance(chain_id, int) and CHAIN_IDS.get(name, chain_id) != chain_id:
        yield f"chainId: is {chain_id}; {name} has {CHAIN_IDS[name]}"
    for known, other in CHAIN_IDS.items():
        if other == chain_id and name not in CHAIN_IDS:
            yield f"chainId: is {chain_id}, which is {known}'s; name the file {known}.json, or correct it"
    if native in keys(data.get("tokens")):
        yield f"tokens.{native}: has the native coin's symbol; give the token another"


def _sequencer_problems(data: dict[str, Any]) -> Iterator[str]:
    model, found = at(data, "fees", "model"), data.get("sequencer")
    if model in ROLLUPS and found is None:
        yield "sequencer: is missing; on a rollup no price is taken while the sequencer is down: add its uptime feed"
    if isinstance(model, str) and model not in ROLLUPS and found is not None:
        yield f"sequencer: is of a rollup, but fees.model is {model!r}; remove it, or correct the model"


def _venue_problems(data: dict[str, Any]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for name in keys(data.get("venues")):
        kind, callback = (at(data, "venues", name, key) for key in ("kind", "callback"))
        expected = CALLBACKS.get(str(kind))
        if callback is not None and callback != expected:
            yield (
                f"venues.{name}.callback: is {callback!r}; for {kind} there is code that answers to {expected!r}: "
                "it is a fork of another kind, or one without code"
            )
        for part in HOMES:
            address = at(data, "venues", name, part)
            if not isinstance(address, str):
                continue
            if address.lower() in seen:
                yield f"venues.{name}.{part}: is that of venues.{seen[address.lower()]} too; one of them is wrong"
            seen.setdefault(address.lower(), name)


def _pool_key_problems(data: dict[str, Any]) -> Iterator[str]:
    for path, pool in pools(data):
        kind = str(at(data, "venues", str(pool.get("venue")), "kind"))
        wanted = ("tickSpacing",) if pool.get("family") == "slipstream" else POOL_KEYS.get(kind, ())
        for key in wanted:
            if pool.get(key) is None:
                yield f"{path}.{key}: is missing; by it {pool.get('venue')} knows the pool"
        if not POOL_KEYS.get(kind) and kind in CALLBACKS and pool.get("fee") is not None:
            yield f"{path}.fee: is said of a pool of {pool.get('venue')}, whose pools are not known by it; remove it"


def _sending_problems(data: dict[str, Any]) -> Iterator[str]:
    """A sum that goes at once goes within a day, and is of whole units of its token."""
    for token in keys(at(data, "terms", "sendingCaps")):
        path, decimals = f"terms.sendingCaps.{token}", at(data, "tokens", token, "decimals")
        amounts = {key: at(data, "terms", "sendingCaps", token, key) for key in ("largest", "perDay")}
        for key, amount in amounts.items():
            if isinstance(decimals, int) and len(str(amount).partition(".")[2]) > decimals:
                yield f"{path}.{key}: is {amount}; {token} has {decimals} decimals"
        largest, per_day = (
            Decimal(str(amount)) if AMOUNT.fullmatch(str(amount)) else None for amount in amounts.values()
        )
        if largest is not None and per_day is not None and largest > per_day:
            yield f"{path}.largest: is more than perDay, so that it never goes; lower it"


def _unconfirmed_problems(data: dict[str, Any]) -> Iterator[str]:
    """What no package confirms is neither traded nor deployed against."""
    for path in strings(data.get("unconfirmed")):
        part, _, rest = path.partition(".")
        name, _, key = rest.partition(".")
        why = None
        if part == "tokens" and not key.startswith(("name", "symbol")):
            why = next(_users_of_token(data, name), None)
        elif part == "venues" and key not in PERIPHERY:
            why = next(_users_of_venue(data, name), None)
        elif part in ("lenders", "contracts") or (part == "sequencer" and rest != "grace"):
            why = f"{part} are used as they stand"
        elif part == "feeds" and key != "heartbeat" and strings(at(data, "feeds", name, "tokens")):
            why = f"the guard prices {', '.join(strings(at(data, 'feeds', name, 'tokens')))} by it"
        elif part in ("bridges", "strategies") and at(data, part, name, "unconfirmed") is not True:
            why = f"it is deployed against; set {part}.{name}.unconfirmed to true"
        if why is not None:
            yield f"unconfirmed: {path} is used, for {why}; confirm it, or use it no more"


def _users_of_token(data: dict[str, Any], name: str) -> Iterator[str]:
    listed = [path for path, pool in pools(data, "pools") if not name or name in strings(pool.get("tokens"))]
    yield from (f"{path} is traded" for path in listed)
    if name in strings(data.get("profitTokens")):
        yield "profitTokens names it"
    if at(data, "native", "wrapped") == name:
        yield "it wraps the native coin"


def _users_of_venue(data: dict[str, Any], name: str) -> Iterator[str]:
    yield from (f"{path} is traded" for path, pool in pools(data, "pools") if name in ("", pool.get("venue")))
    if at(data, "venues", name, "trading", "enabled") is not False:
        yield f"pools may be found there; set venues.{name}.trading.enabled to false"


def _beneath(data: object, path: str) -> object:
    """Return what stands at a path whose parts are parted by dots; None where there is nothing."""
    return at(data, *path.split("."))
