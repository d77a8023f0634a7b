"""Which of a pool's timepoints its next fees follow from, found in a few rounds among up to 65,536."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from harness.keeper.abi import Call
from harness.keeper.feeds.feed import Steps, ask
from harness.market.pools.algebra_fee import PLACES, WINDOW, Timepoint, Timepoints

TYPES: Final = ("bool", "uint32", "int56", "uint160", "uint88", "int24", "uint144")
RUN: Final = 128
"""Timepoints that are read from the window's beginning on, so that it can pass some."""
PROBES: Final = 32
"""Timepoints that are looked at in a round of the search."""


def timepoint_call(pool: str, place: int) -> Call:
    """Return the view of a timepoint."""
    return Call(pool, "timepoints(uint256)", (place % PLACES,), TYPES)


def timepoint_of(answer: Sequence[Any]) -> Timepoint:
    """Read the answer to that."""
    _, time, ticks, _, volatility, mean, volume = answer
    return Timepoint(time, ticks, volatility, mean, volume)


def read_timepoints(pool: str, last: int, due: int) -> Steps[tuple[Timepoints, Timepoints]]:
    """Read what the fee follows from, of a swap in the newest timepoint's second and in the next block.

    Args:
        pool: Checksummed address.
        last: Place of the newest timepoint.
        due: When the next block is expected, Unix seconds.

    Returns:
        The timepoints twice: with `start` for the newest's second, and for the next block.
    """
    [newest, following] = yield from ask([timepoint_call(pool, last), timepoint_call(pool, last + 1)])
    full = bool(following[0]) or last == PLACES - 1
    oldest, count = (last + 1, PLACES) if full else (0, last + 1)
    times = (timepoint_of(newest).time - WINDOW, due - WINDOW)
    first, second = yield from _found(pool, oldest, count, times)
    ages = {0, count - 2, count - 1, *range(first, first + RUN + 1), *range(second, second + 2 * RUN)}
    known = yield from _read(pool, oldest, (age for age in ages if 0 <= age < count))
    places = {(oldest + age) % PLACES: point for age, point in known.items()}
    paid, next_one = (Timepoints(last, (oldest + age) % PLACES, places, full) for age in (first, second))
    return paid, next_one


def _found(pool: str, oldest: int, count: int, times: Sequence[int]) -> Steps[list[int]]:
    """Return the ages, counted from the oldest, of timepoints no newer than some seconds, and at most `RUN` before."""
    spans = [(0, count - 1) for _ in times]
    while True:
        probes = {age for low, high in spans if high - low >= RUN for age in _spread(low, high)}
        if not probes:
            return [low for low, _ in spans]
        known = yield from _read(pool, oldest, probes)
        spans = [_narrowed(span, known, time) for span, time in zip(spans, times, strict=True)]


def _spread(low: int, high: int) -> Iterable[int]:
    """Return ages between two, the higher one among them."""
    return (high - (high - low) * step // PROBES for step in range(PROBES))


def _narrowed(span: tuple[int, int], known: Mapping[int, Timepoint], time: int) -> tuple[int, int]:
    """Return the ages among which the newest that is no newer than `time` must be, or the oldest."""
    low, high = span
    within = [age for age in sorted(known) if low < age <= high]
    passed = [age for age in within if known[age].time <= time]
    later = [age for age in within if known[age].time > time]
    return max([low, *passed]), min([high, *(age - 1 for age in later)])


def _read(pool: str, oldest: int, ages: Iterable[int]) -> Steps[dict[int, Timepoint]]:
    """Read timepoints by their ages."""
    wanted = sorted(ages)
    answers = yield from ask([timepoint_call(pool, oldest + age) for age in wanted])
    return {age: timepoint_of(answer) for age, answer in zip(wanted, answers, strict=True)}
