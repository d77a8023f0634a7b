"""An amount split over several pools between the same two tokens, so that together they pay most.

The split is best where the last unit brings the same everywhere: one rate decides what each pool takes. That rate is
the price of the dual problem (Angeris, Chitra, Diamandis et al., "Optimal Routing for Constant Function Market Makers",
arXiv 2204.05238), found by bisection. Whole units then move from pool to pool as long as that pays more.
"""

from collections.abc import Sequence
from math import sqrt
from typing import Final

from harness.market.cycles import Hop
from harness.market.pools.concentrated import ConcentratedPool
from harness.market.pools.search import least

HALVINGS: Final = 64
"""Steps of a bisection: more than a float has digits."""

FINEST: Final = 16
"""The share of an amount, as a power of two, from which whole units are moved on, halved each round down to one."""


def split(hops: Sequence[Hop], amount_in: int) -> tuple[int, ...] | None:
    """Return how much of `amount_in` each of the hops takes.

    Args:
        hops: Pools between the same two tokens, crossed the same way.
        amount_in: Units of the token sold, all of which are spent.

    Returns:
        Units for each hop, in their order; None where the pools together cannot take that much.
    """
    low, high = 0.0, max((hop.rate() for hop in hops), default=0.0)
    if sum(taken(hop, 0.0, amount_in) for hop in hops) < amount_in:
        return None
    for _ in range(HALVINGS):
        rate = (low + high) / 2
        if sum(taken(hop, rate, amount_in) for hop in hops) >= amount_in:
            low = rate
        else:
            high = rate
    parts = [taken(hop, high, amount_in) for hop in hops]
    return tuple(_settled(hops, _filled(hops, parts, amount_in)))


def paid(hops: Sequence[Hop], parts: Sequence[int]) -> int | None:
    """Return what the hops pay together, or None where one of them cannot take its part."""
    amounts = [hop.amount_out(part) for hop, part in zip(hops, parts, strict=True)]
    return None if None in amounts else sum(amount for amount in amounts if amount is not None)


def taken(hop: Hop, rate: float, most: int) -> int:
    """Return about how many units, up to `most`, a pool takes before one more brings less than `rate`."""
    if hop.amount_out(1) is None or hop.rate() < rate:
        return 0
    product = hop.pool.product(hop.i, hop.j)
    about = most
    if rate > 0 and product is not None:
        kept = product.kept / product.of
        about = int((sqrt(kept * product.reserve_in * product.reserve_out / rate) - product.reserve_in) / kept)
    elif rate > 0 and isinstance(hop.pool, ConcentratedPool):
        about = hop.pool.takes(hop.i, hop.j, rate)
    if (about < most or rate == 0) and hop.amount_out(min(about, most)) is not None:
        return min(about, most)
    return least(lambda amount: amount > most or hop.amount_out(amount) is None or hop.rate(amount) < rate, most) - 1


def _filled(hops: Sequence[Hop], parts: list[int], amount_in: int) -> list[int]:
    """Spend what the bisection has left over, where it brings most; or take back what was too much."""
    left = amount_in - sum(parts)
    for at in sorted(range(len(hops)), key=lambda one: -hops[one].rate(parts[one])):
        more = min(left, taken(hops[at], 0.0, amount_in) - parts[at]) if left > 0 else max(left, -parts[at])
        parts[at] += more
        left -= more
    return parts


def _settled(hops: Sequence[Hop], parts: list[int]) -> list[int]:
    """Move units from pool to pool, fewer and fewer at a time, while that pays more."""
    best = paid(hops, parts) or 0
    step = max(1, sum(parts) >> FINEST)
    while True:
        moved = _moved(hops, parts, step, best)
        if moved is not None:
            parts, best = moved
        elif step > 1:
            step //= 2
        else:
            return parts


def _moved(hops: Sequence[Hop], parts: list[int], step: int, best: int) -> tuple[list[int], int] | None:
    """Return the first move of `step` units between two pools that pays more, and what is paid then."""
    for source in range(len(hops)):
        for sink in range(len(hops)):
            if source == sink or parts[source] < step:
                continue
            tried = list(parts)
            tried[source], tried[sink] = tried[source] - step, tried[sink] + step
            outcome = paid(hops, tried)
            if outcome is not None and outcome > best:
                return tried, outcome
    return None
