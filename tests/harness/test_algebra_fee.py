"""The fee of Algebra 1.9 against the published code, on a pool's own timepoints and on a ring of them that is full."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import accumulate
from random import Random
from typing import Any, cast

import pytest
from exact_algebra_fee import BEGINNING, USUAL, Life, MovingOnChain, OperatorOnChain, Paid, cases, configuration
from exact_concentrated import algebra
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.keeper.abi import Call, Word
from harness.keeper.feeds.steps import walk
from harness.keeper.feeds.timepoints import RUN, read_timepoints
from harness.market.pools.algebra_fee import DULLED, MOST, PLACES, WINDOW, Timepoint, Timepoints, fee_of, volume_of

randoms = st.integers(0, 2**63).map(Random)
EVERY = 61
"""Seconds between the timepoints of a full ring, of which a day's is a small part."""


@pytest.fixture(scope="module")
def operator() -> OperatorOnChain:
    return OperatorOnChain()


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**63))
def test_the_first_swap_of_a_second_pays_the_fee_that_its_timepoints_make(seed: int) -> None:
    for where, theirs, ours in cases(seed, 25):
        assert theirs == ours, where


def test_the_cases_show_fees_between_the_ends_of_the_sigmoids_and_at_them() -> None:
    paid = [theirs for _, theirs, _ in cases(5, 600) if isinstance(theirs, Paid)]
    assert len(paid) > 500
    assert len({one.fees for one in paid}) > 80
    assert any(one.volume == MOST for one in paid)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, (1 << 128) - 1), *[st.integers(0, 255).flatmap(lambda b: st.integers(-(1 << b), 1 << b))] * 2)
def test_a_swap_counts_for_its_mean_amount_per_liquidity(
    operator: OperatorOnChain, liquidity: int, amount0: int, amount1: int
) -> None:
    amounts = (min(amount0, (1 << 255) - 1), min(amount1, (1 << 255) - 1))
    assert volume_of(liquidity, *amounts) == operator.volume(liquidity, amounts)


@settings(max_examples=400, deadline=None)
@given(randoms)
def test_the_fee_lies_on_the_sigmoids_of_the_published_code(operator: OperatorOnChain, rng: Random) -> None:
    passed, volatility, volume = rng.randint(1, WINDOW - 1), int(2 ** rng.uniform(0, 32)), int(2 ** rng.uniform(0, 32))
    begun = Timepoint(BEGINNING, 0, 0, 0, 0)
    newest = Timepoint(BEGINNING + passed, 0, volatility * DULLED * passed, 0, volume << 57)
    made, points = configuration(rng, volatility, volume), Timepoints(1, 0, {0: begun, 1: newest})
    operator.configure(made)
    for place, point in points.known.items():
        operator.plant(place, point)
    assert fee_of(made, points) == operator.fee(newest.time, 1)


def ring(chain: MovingOnChain, rng: Random, last: int, every: int, count: int = PLACES) -> Timepoints:
    """Timepoints in all places or so many, the newest a minute ago, as a pool has that has been swapped in for long."""
    points: dict[int, Timepoint] = {}
    point = Timepoint(BEGINNING - count * every - 60, 0, 0, 0, 0)
    for age in range(count):
        tick = rng.randint(-900, 900)
        point = Timepoint(
            point.time + every,
            point.ticks + tick * every,
            point.volatility + rng.randint(0, 9_000) * every,
            tick,
            point.volume + rng.randint(0, 1 << 62),
        )
        points[(last + 1 - count + age) % PLACES] = point
    for place, point in points.items():
        chain.operators[0].plant(place, point)
    return Timepoints(last, (last + 1 - count) % PLACES, points, full=count == PLACES)


@pytest.mark.parametrize(
    ("last", "count", "every"),
    [(0, PLACES, 1), (PLACES - 1, PLACES, EVERY), (777, PLACES, 1), (PLACES - 3, PLACES - 2, EVERY)],
)
def test_a_full_ring_is_written_over_from_its_oldest(last: int, count: int, every: int) -> None:
    rng, fresh = Random(last + every), MovingOnChain()
    fresh.pass_to(BEGINNING)
    pool, points = replace(algebra(rng), tick=0, sqrt_price_x96=1 << 96), ring(fresh, rng, last, every, count)
    life = Life(fresh)
    fresh.chain.write(fresh.address, 2, fresh.price_word(pool) & ~(0xFFFF << 200) | last << 200)
    assert fresh.last == last
    life.points = points
    for _ in range(6):
        fresh.pass_to(fresh.now + rng.randint(1, 40))
        life.put(pool, 0)
        theirs, ours = life.case(pool, 0, True, 10**4)
        assert theirs == ours
        assert isinstance(theirs, Paid)
    assert life.points.last == (last + 6) % PLACES


def test_what_is_known_is_enough_or_it_is_said_what_is_missing() -> None:
    points = {place: Timepoint(1_000 + 100 * place, 0, 0, 0, 0) for place in range(1_000)}
    whole = Timepoints(999, 0, points)
    now = points[999].time + 50
    short = whole.advanced(now)
    assert short.start == max(place for place in points if points[place].time <= now - WINDOW)
    assert min(place for place in short.known if place) == short.start
    assert short.written(now, 5, 0).averages() == whole.written(now, 5, 0).averages()
    assert short.advanced(now) is short
    with pytest.raises(LookupError):
        short.advanced(now - 200)
    run = Timepoints(999, 0, {place: points[place] for place in (*range(50), 998, 999)})
    with pytest.raises(LookupError):
        run.advanced(now)


def test_a_second_has_one_timepoint_and_a_pool_that_begins_the_least_fee() -> None:
    first = Timepoints(0, 0, {0: Timepoint(1_000, 0, 0, 7, 0)})
    assert first.written(1_000, 9, 5) is first
    assert fee_of(USUAL._replace(volume_beta=5_000), first) == USUAL.base


# Reading them


def answers(points: Mapping[int, Timepoint], calls: Sequence[Call | Word]) -> list[tuple[Any, ...]]:
    """What a pool answers that has these."""
    asked = [call.arguments[0] for call in calls if isinstance(call, Call)]
    found = [points.get(int(str(place))) for place in asked]
    return [(False, 0, 0, 0, 0, 0, 0) if p is None else (True, p[0], p[1], 0, p[2], p[3], p[4]) for p in found]


def kept(rng: Random, count: int, every: int) -> Timepoints:
    """So many timepoints, up to so many seconds apart, somewhere in the ring if they fill it."""
    times = list(accumulate((rng.randint(1, every) for _ in range(count - 1)), initial=BEGINNING))
    last = rng.randrange(PLACES) if count == PLACES else count - 1
    points = {
        (last - count + 1 + at) % PLACES: Timepoint(time, at * time, at * at * time, rng.randint(-9, 9), at << 60)
        for at, time in enumerate(times)
    }
    return Timepoints(last, (last - count + 1) % PLACES, points, count == PLACES)


def require_enough(known: Timepoints, due: int) -> None:
    """What is read of timepoints makes the fees of all, in a few rounds."""
    rounds: list[int] = []

    def ask(calls: Sequence[Call | Word]) -> list[tuple[Any, ...]]:
        rounds.append(len(calls))
        return answers(known.known, calls)

    paid, found = cast(tuple[Timepoints, Timepoints], walk({0: read_timepoints("pool", known.last, due)}, ask)[0])
    assert paid.averages() == known.averages()
    after = [points.advanced(due).written(due, 5, 0) for points in (found, known)]
    assert (after[0].newest, after[0].averages()) == (after[1].newest, after[1].averages())
    assert len(rounds) <= 5
    assert max(rounds) <= 3 * RUN + 10


@settings(max_examples=40, deadline=None)
@given(randoms, st.sampled_from((1, 2, 3, 40, 400, PLACES)), st.sampled_from((1, 40, 300, 90_000)))
def test_what_is_read_of_many_timepoints_makes_the_fee_of_all(rng: Random, count: int, every: int) -> None:
    known = kept(rng, count, every)
    require_enough(known, known.newest.time + rng.choice((1, every, WINDOW, 3 * WINDOW)))


def test_what_is_read_is_enough_wherever_in_the_window_the_search_has_ended() -> None:
    rng = Random(4)
    known = kept(rng, 4_000, 300)
    for _ in range(40):
        require_enough(known, known.newest.time + rng.randint(1, WINDOW))
