"""What all pools of concentrated liquidity have in common: a price, liquidity in range, and a map of ticks around it.

Of the map some words around the price are known. When the price comes to the last of them the pool is read again.
"""

from abc import abstractmethod
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any, ClassVar, NamedTuple

from harness.keeper.abi import Call
from harness.keeper.feeds.feed import Feed, Held, Steps, ask
from harness.keeper.feeds.place import Place
from harness.market.pools.concentrated import WORD, ConcentratedPool
from harness.market.pools.tick_math import MAX_TICK, MIN_TICK

WORDS = 2
"""Words of 256 ticks that are read on each side of the price."""

COMPARED = 16
"""Ticks nearest to the price whose liquidity is compared with the chain."""


class Slot(NamedTuple):
    """Where a pool stands.

    Attributes:
        sqrt_price_x96: Square root of the price, Q96.
        tick: As the pool stores it.
        liquidity: In range.
        more: What else the family asks for, as fields of its pool.
    """

    sqrt_price_x96: int
    tick: int
    liquidity: int
    more: dict[str, Any]


class ConcentratedFeed(Feed):
    """Pools of one venue; `Held.beside` is the gross liquidity of each known tick."""

    POOL: ClassVar[type[Any]]
    AROUND: ClassVar[int] = WORDS

    def grain(self, place: Place) -> int:
        """Return how many ticks a bit of the map stands for."""
        return place.tick_spacing

    @abstractmethod
    def slot_calls(self, place: Place) -> Sequence[Call]:
        """Return what tells where a pool stands."""

    @abstractmethod
    def slot(self, answers: Sequence[tuple[Any, ...]]) -> Slot:
        """Read the answers to that."""

    @abstractmethod
    def word_call(self, place: Place, word: int) -> Call:
        """Return what tells a word of the map."""

    @abstractmethod
    def tick_call(self, place: Place, tick: int) -> Call:
        """Return what tells gross and net liquidity of a tick, which are its first two words."""

    def beside_calls(self, place: Place, held: Held) -> Sequence[Call]:  # noqa: ARG002 - those that keep more than ticks
        """Return what tells how what is held beside the pool stands on the chain."""
        return ()

    def beside_differs(self, held: Held, answers: Sequence[tuple[Any, ...]]) -> bool:  # noqa: ARG002 - likewise
        """Tell whether the answers to that say something else."""
        return False

    def read(self, place: Place, held: Held | None = None) -> Steps[Held]:  # noqa: ARG002 - the ticks may be others
        """Read the slot, then the words around the tick, then the ticks in them."""
        slot = self.slot((yield from ask(self.slot_calls(place))))
        grain = self.grain(place)
        words = span(grain, slot.tick, self.AROUND)
        maps = yield from ask([self.word_call(place, word) for word in words])
        bits = zip(words, (bits for (bits, *_) in maps), strict=True)
        ticks = [tick for word, mask in bits for tick in ticks_of(grain, word, mask)]
        amounts = yield from ask([self.tick_call(place, tick) for tick in ticks])
        pool = self.POOL(
            address=place.address,
            tokens=(place.token0, place.token1),
            tick_spacing=grain,
            sqrt_price_x96=slot.sqrt_price_x96,
            tick=slot.tick,
            liquidity=slot.liquidity,
            ticks=tuple(ticks),
            liquidity_net=tuple(amount[1] for amount in amounts),
            lowest=max(MIN_TICK, words.start * WORD * grain),
            highest=min(MAX_TICK, (words.stop * WORD - 1) * grain),
            **{"fee": place.fee, **slot.more},
        )
        return Held(pool, tuple(amount[0] for amount in amounts))

    def differs(self, place: Place, held: Held) -> Steps[bool]:
        """Compare the slot, the known words of the map, and the ticks nearest to the price."""
        pool: Any = held.pool
        words, near = known(pool), nearest(pool)
        calls = [
            *self.slot_calls(place),
            *(self.word_call(place, word) for word in words),
            *(self.tick_call(place, pool.ticks[at]) for at in near),
        ]
        more = self.beside_calls(place, held)
        answers = yield from ask([*calls, *more])
        answers, beside = answers[: len(calls)], answers[len(calls) :]
        ticks = len(answers) - len(near)
        maps = ticks - len(words)
        slot = self.slot(answers[:maps])
        fields = ("sqrt_price_x96", "tick", "liquidity", *slot.more)
        held_slot = {name: getattr(pool, name) for name in fields}
        masks = dict.fromkeys(words, 0)
        for tick in pool.ticks:
            masks[tick // pool.tick_spacing // WORD] |= 1 << tick // pool.tick_spacing % WORD
        return (
            self.beside_differs(held, beside)
            or held_slot != {"sqrt_price_x96": slot[0], "tick": slot[1], "liquidity": slot[2], **slot.more}
            or [answer[0] for answer in answers[maps:ticks]] != list(masks.values())
            or [answer[:2] for answer in answers[ticks:]] != [(held.beside[at], pool.liquidity_net[at]) for at in near]
        )


def swapped(held: Held, sqrt_price: int, tick: int, liquidity: int, **more: object) -> Held | None:
    """Return the state that a swap has left, or None where too little is known around it."""
    pool: Any = held.pool
    words, ends = known(pool), ends_of(pool.tick_spacing)
    at = tick // pool.tick_spacing // WORD
    if (at <= words[0] != ends[0]) or (at >= words[-1] != ends[1]):
        return None
    return Held(replace(pool, sqrt_price_x96=sqrt_price, tick=tick, liquidity=liquidity, **more), held.beside)


def provided(held: Held, lower: int, upper: int, change: int) -> Held:
    """Return the state after liquidity between two ticks has changed.

    Raises:
        ValueError: There was less than is taken off.
    """
    pool: Any = held.pool
    if change == 0:
        return held
    gross = dict(zip(pool.ticks, held.beside, strict=True))
    net = dict(zip(pool.ticks, pool.liquidity_net, strict=True))
    for tick, sign in ((lower, 1), (upper, -1)):
        if pool.lowest <= tick <= pool.highest:
            gross[tick] = gross.get(tick, 0) + change
            net[tick] = net.get(tick, 0) + sign * change
            if gross[tick] < 0:
                raise ValueError(change)
            if gross[tick] == 0:
                del gross[tick], net[tick]
    ticks = tuple(sorted(gross))
    liquidity = pool.liquidity + (change if lower <= pool.tick < upper else 0)
    moved = replace(pool, ticks=ticks, liquidity_net=tuple(net[tick] for tick in ticks), liquidity=liquidity)
    return Held(moved, tuple(gross[tick] for tick in ticks))


def span(spacing: int, tick: int, around: int = WORDS) -> range:
    """Return the words to read around a tick, within the protocol's ends."""
    at, ends = tick // spacing // WORD, ends_of(spacing)
    return range(max(ends[0], at - around), min(ends[1], at + around) + 1)


def ends_of(spacing: int) -> tuple[int, int]:
    """Return the first and the last word of a map."""
    return MIN_TICK // spacing // WORD, MAX_TICK // spacing // WORD


def ticks_of(spacing: int, word: int, bits: int) -> Iterable[int]:
    """Return the initialised ticks of a word, ascending."""
    return ((word * WORD + bit) * spacing for bit in range(WORD) if bits >> bit & 1)


def known(pool: ConcentratedPool) -> range:
    """Return the words that are known of a pool's map."""
    return range(pool.lowest // pool.tick_spacing // WORD, pool.highest // pool.tick_spacing // WORD + 1)


def nearest(pool: ConcentratedPool) -> range:
    """Return the places of the ticks nearest to the price."""
    here = bisect_left(pool.ticks, pool.tick)
    return range(max(0, here - COMPARED // 2), min(len(pool.ticks), here + COMPARED // 2))
