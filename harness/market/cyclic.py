"""The strategy of cycles: what pays most comes first, and no trade spoils another.

The best are weighed in turn, each on the state that those before it leave, so that all of them can be executed in the
order given. Where several of them level one pair of tokens, all its pools are levelled at once if that brings more.
"""

from collections.abc import Mapping
from fractions import Fraction
from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from harness.market.board import Numbers
from harness.market.costs import Policy
from harness.market.cycles import Cycle, Path
from harness.market.legs import BPS
from harness.market.levelling import levelled
from harness.market.market import Market
from harness.market.opportunity import Opportunity, weigh
from harness.market.pools.pool import Pool

NEARLY = 0.99
"""What a first sizing finds at least, as a share of what there is."""


class Cyclic:
    """A strategy: trades along cycles, each from a token back to it."""

    def trades(self, market: Market, policy: Policy) -> list[Opportunity]:
        """Return the trades that are worth most, `policy.most` at most."""
        prices = market.prices(policy)
        queue = _queue(market, policy, prices)
        chosen: list[Opportunity] = []
        moved: dict[str, Pool | None] = {}
        while (entry := queue.pop()) and len(chosen) < policy.most:
            if entry.found is not None and not _spoiled(entry, chosen):
                chosen.append(entry.found)
                moved.update(entry.found.left_behind())
                continue
            cycle = market.cycle(entry.number)
            path, price = _path(market, cycle, moved), prices[cycle.token]
            found = weigh(cycle, path, policy, price, market.bearable(path)) if path and price is not None else None
            if found is not None:
                queue.push(_Entry(-float(found.worth), -market.priority(cycle), entry.number, found, len(chosen)))
        return levelled(market, policy, chosen, prices)


class _Entry(NamedTuple):
    """A cycle in the queue.

    Attributes:
        debt: Less than nothing by what it is worth, or at most: the least comes first.
        rank: Less than nothing by the priority of its venues: of two that are worth the same, the least comes first.
        number: Of the cycle.
        found: What has been found out; None where only its bound is known.
        turn: How many trades had been chosen then.
    """

    debt: float
    rank: int
    number: int
    found: Opportunity | None = None
    turn: int = 0


class _Queue:
    """Cycles by what they are worth: bounds in a row, sorted once, and beside them what has been found out since.

    Args:
        worths: What cycles are worth at most, in wei.
        ranks: Less than nothing by the priorities of their venues.
        numbers: Of those cycles.
    """

    def __init__(self, worths: npt.NDArray[np.float64], ranks: Numbers, numbers: Numbers) -> None:
        order = np.lexsort((ranks, -worths))
        self._debts, self._numbers = -worths[order], numbers[order]
        self._next = 0
        self._found: list[_Entry] = []

    def push(self, entry: _Entry) -> None:
        """Put in what has been found out."""
        heappush(self._found, entry)

    def pop(self) -> _Entry | None:
        """Take out what is worth most."""
        if self._next == len(self._debts) or (self._found and self._found[0].debt <= self._debts[self._next]):
            return heappop(self._found) if self._found else None
        self._next += 1
        return _Entry(float(self._debts[self._next - 1]), 0, int(self._numbers[self._next - 1]))


def _queue(market: Market, policy: Policy, prices: Mapping[str, Fraction | None]) -> _Queue:
    """Return the cycles that may pay what they cost, by what they are worth with a loan that costs nothing."""
    paying = market.paying({token: policy.cap(token) for token in market.bases})
    each = np.array([float(prices[token] or 0) for token in market.bases])[paying.bases]
    kept = np.array([1 - policy.tip(token) / BPS for token in market.bases])[paying.bases]
    costs = paying.gas * float(policy.gas_price) + paying.sizes * float(policy.data_price) + float(policy.data_cost)
    worths = paying.profits * each * kept - costs
    worth_it = np.flatnonzero(worths > costs * policy.margin_bps / BPS * NEARLY)
    numbers = paying.numbers[worth_it]
    return _Queue(worths[worth_it], _ranks(market, numbers), numbers)


def _ranks(market: Market, numbers: Numbers) -> Numbers:
    """Return less than nothing by the priorities of cycles."""
    if not market.ranked:
        return np.zeros(len(numbers), np.int32)
    return np.array([-market.priority(market.cycle(number)) for number in numbers], np.int32)


def _spoiled(entry: _Entry, chosen: list[Opportunity]) -> bool:
    """Tell whether a trade chosen since then has moved one of its pools."""
    assert entry.found is not None  # noqa: S101
    mine = {edge.pool for edge in entry.found.cycle.edges}
    return any(edge.pool in mine for one in chosen[entry.turn :] for edge in one.cycle.edges)


def _path(market: Market, cycle: Cycle, moved: Mapping[str, Pool | None]) -> Path | None:
    """Return a cycle on the states that the trades chosen leave, or None where one of them is not known."""
    states = {edge.pool: moved.get(edge.pool, market.pools[edge.pool]) for edge in cycle.edges}
    known = {address: pool for address, pool in states.items() if pool is not None}
    return cycle.bind(known) if len(known) == len(states) else None
