"""What a chain's factories are asked for pools with, and what they say when they make one."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from harness.chainfile import pool_name
from harness.chains import Chain
from harness.keeper.abi import Call
from harness.keeper.feeds.place import NOWHERE, Place
from harness.keeper.feeds.registry import FEEDS
from harness.market.legs import NATIVE

V3_TIERS: Final = {100: 1, 500: 10, 2_500: 50, 3_000: 60, 10_000: 200}
"""Tick spacing by fee in pips; another spacing is read from the pool."""
V4_TIERS: Final = {100: 1, 500: 10, 3_000: 60, 10_000: 200}
SLIPSTREAM_SPACINGS: Final = (1, 10, 50, 100, 200, 2_000)
PIPS: Final = 1_000_000
ADDRESS: Final = (1 << 160) - 1
KEY: Final = ("address", "address", "uint24", "int24", "address")


@dataclass(frozen=True, slots=True)
class Question:
    """A view that tells whether there is a pool.

    Attributes:
        call: The view; what it answers is not zero where there is one.
        place: The pool, whose address is the answer where it is empty here.
    """

    call: Call
    place: Place

    def answered(self, answer: tuple[Any, ...] | None) -> Place | None:
        """Return the pool, or None where there is none."""
        if answer is None or answer[0] in (0, NOWHERE):
            return None
        return self.place if self.place.address else at(self.place, answer[0])


class Factories:
    """The factories of a chain file's venues.

    Args:
        chain: The chain file.
        venues: Keys of the venues that are asked; None for all that can be.

    Attributes:
        addresses: Of all that speak when they make a pool, by the key of their venue.
    """

    def __init__(self, chain: Chain, venues: Collection[str] | None = None) -> None:
        self._chain = chain
        self._symbols = {token.address: symbol for symbol, token in chain.tokens.items()}
        self._symbols[NATIVE] = chain.native.symbol
        self._wrapped = chain.token(chain.native.wrapped).address
        wanted = chain.venues if venues is None else venues
        kinds = {name: chain.venues[name] for name in wanted if searched(chain.venues[name])}
        self.addresses = {name: _emitter(venue) for name, venue in kinds.items()}
        self._venues = {address.lower(): name for name, address in self.addresses.items()}

    @property
    def filter(self) -> Mapping[str, Any]:
        """What logs are asked for by."""
        return {"address": sorted(self.addresses.values()), "topics": [sorted(EVENTS)]}

    def questions(self, first: str, second: str) -> Iterator[Question]:
        """Yield what tells of the pools of two tokens, by checksummed address, at every venue."""
        tokens = _sorted(first, second)
        for name in self.addresses:
            yield from QUESTIONS[self._chain.venues[name].kind](self, name, tokens)

    def told(self, log: Mapping[str, Any]) -> Place | None:
        """Return the pool that a log tells of, or None where it tells of none that could be traded on."""
        try:
            venue, event = self._venues[log["address"].lower()], EVENTS[log["topics"][0]]
            words = decode(event.data, bytes.fromhex(log["data"][2:]))
            return event.read(self, venue, [int(topic, 16) for topic in log["topics"][1:]], words)
        except (AttributeError, LookupError, TypeError, ValueError, DecodingError):
            return None

    def place(self, venue: str, tokens: tuple[str, str], address: str, **more: Any) -> Place:  # noqa: ANN401 - of Place
        """Return a pool's place, named as the chain file would."""
        symbols = [self._symbols.get(token, token) for token in tokens]
        more.setdefault("family", self._chain.venues[venue].family)
        marks = (more.get(mark) or None for mark in ("fee", "tick_spacing", "family"))
        fee_bps = getattr(self._chain.venues[venue], "fee_bps", 0)
        return Place(pool_name(venue, symbols, *marks), venue, address, *tokens, fee_bps=fee_bps, **more)

    # What each kind is asked.

    def _pairs(self, venue: str, tokens: tuple[str, str]) -> Iterator[Question]:
        call = Call(self.addresses[venue], "getPair(address,address)", tokens, ("address",))
        yield Question(call, self.place(venue, tokens, ""))

    def _solidly(self, venue: str, tokens: tuple[str, str]) -> Iterator[Question]:
        for stable in (False, True):
            call = Call(self.addresses[venue], "getPool(address,address,bool)", (*tokens, stable), ("address",))
            yield Question(call, self.place(venue, tokens, "", **_family(stable)))

    def _concentrated(self, venue: str, tokens: tuple[str, str]) -> Iterator[Question]:
        factory = self.addresses[venue]
        for fee, spacing in V3_TIERS.items():
            call = Call(factory, "getPool(address,address,uint24)", (*tokens, fee), ("address",))
            yield Question(call, self.place(venue, tokens, "", fee=fee, tick_spacing=spacing))
        for spacing in SLIPSTREAM_SPACINGS:
            call = Call(factory, "getPool(address,address,int24)", (*tokens, spacing), ("address",))
            yield Question(call, self.place(venue, tokens, "", tick_spacing=spacing, family="slipstream"))

    def _algebra(self, venue: str, tokens: tuple[str, str]) -> Iterator[Question]:
        call = Call(self.addresses[venue], "poolByPair(address,address)", tokens, ("address",))
        yield Question(call, self.place(venue, tokens, ""))

    def _uniswap_v4(self, venue: str, tokens: tuple[str, str]) -> Iterator[Question]:
        lens: str = getattr(self._chain.venues[venue], "state_view", None) or ""
        native = _sorted(*(NATIVE if token == self._wrapped else token for token in tokens))
        for pair in dict.fromkeys((tokens, native)) if lens else ():
            for fee, spacing in V4_TIERS.items():
                place = self._of_manager(venue, pair, fee, spacing)
                key = bytes.fromhex(place.pool_id[2:])
                yield Question(Call(lens, "getSlot0(bytes32)", (key,), ("uint160",)), place)

    # What each says.

    def _pair_told(self, venue: str, topics: Sequence[int], data: Sequence[Any]) -> Place:
        return self.place(venue, _tokens(topics), to_checksum_address(data[0]))

    def _stable_told(self, venue: str, topics: Sequence[int], data: Sequence[Any]) -> Place:
        return self.place(venue, _tokens(topics), to_checksum_address(data[0]), **_family(bool(topics[2])))

    def _pool_told(self, venue: str, topics: Sequence[int], data: Sequence[Any]) -> Place:
        return self.place(venue, _tokens(topics), to_checksum_address(data[1]), fee=topics[2], tick_spacing=data[0])

    def _slipstream_told(self, venue: str, topics: Sequence[int], data: Sequence[Any]) -> Place:
        more = {"tick_spacing": topics[2], "family": "slipstream"}
        return self.place(venue, _tokens(topics), to_checksum_address(data[0]), **more)

    def _key_told(self, venue: str, topics: Sequence[int], data: Sequence[Any]) -> Place | None:
        fee, spacing, hooks, *_ = data
        if hooks != NATIVE or fee >= PIPS:
            return None
        return self._of_manager(venue, _tokens(topics[1:]), fee, spacing)

    def _of_manager(self, venue: str, tokens: tuple[str, str], fee: int, spacing: int) -> Place:
        key = keccak(encode(KEY, (*tokens, fee, spacing, NATIVE))).hex()
        address = to_checksum_address("0x" + key[:40])
        return self.place(venue, tokens, address, fee=fee, tick_spacing=spacing, pool_id="0x" + key)


Ask = Callable[[Factories, str, tuple[str, str]], Iterator[Question]]
QUESTIONS: Final[Mapping[str, Ask]] = {
    "uniswap-v2": Factories._pairs,
    "pancake-v2": Factories._pairs,
    "solidly": Factories._solidly,
    "uniswap-v3": Factories._concentrated,
    "pancake-v3": Factories._concentrated,
    "algebra": Factories._algebra,
    "uniswap-v4": Factories._uniswap_v4,
}
"""What is asked of the factory of each kind of venue; the others have none."""


def searched(venue: Any) -> bool:  # noqa: ANN401 - of any kind
    """Tell whether pools are found at a venue: there is a factory to ask, and a feed for what it has made."""
    return venue.kind in QUESTIONS and (venue.kind, venue.family) in FEEDS


@dataclass(frozen=True, slots=True)
class Event:
    """A log by which a factory tells of a pool: the types of its data, and what it means."""

    data: tuple[str, ...]
    read: Callable[[Factories, str, Sequence[int], Sequence[Any]], Place | None]


def _topic(signature: str) -> str:
    return "0x" + keccak(signature.encode()).hex()


EVENTS: Final[Mapping[str, Event]] = {
    _topic("PairCreated(address,address,address,uint256)"): Event(("address",), Factories._pair_told),
    _topic("PoolCreated(address,address,bool,address,uint256)"): Event(("address",), Factories._stable_told),
    _topic("PoolCreated(address,address,uint24,int24,address)"): Event(("int24", "address"), Factories._pool_told),
    _topic("PoolCreated(address,address,int24,address)"): Event(("address",), Factories._slipstream_told),
    _topic("Pool(address,address,address)"): Event(("address",), Factories._pair_told),
    _topic("Initialize(bytes32,address,address,uint24,int24,address,uint160,int24)"): Event(
        ("uint24", "int24", "address", "uint160", "int24"), Factories._key_told
    ),
}
"""By their topic."""


def at(place: Place, address: str, **more: Any) -> Place:  # noqa: ANN401 - of Place
    """Return a place with its address."""
    return replace(place, address=to_checksum_address(address), **more)


def _emitter(venue: Any) -> str:  # noqa: ANN401 - a venue of any of these kinds
    return str(venue.pool_manager if venue.kind == "uniswap-v4" else venue.factory)


def _family(stable: bool) -> dict[str, str]:
    return {"family": "stable"} if stable else {}


def _tokens(topics: Sequence[int]) -> tuple[str, str]:
    first, second = (to_checksum_address((topic & ADDRESS).to_bytes(20)) for topic in topics[:2])
    return first, second


def _sorted(first: str, second: str) -> tuple[str, str]:
    return (first, second) if first.lower() < second.lower() else (second, first)
