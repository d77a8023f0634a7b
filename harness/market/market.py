"""Pools, the cycles through them, and what trading along them would bring: kept up to date, block after block."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
import numpy.typing as npt

from harness.market.board import Board, Numbers, longer_by
from harness.market.costs import Policy, market_price
from harness.market.cycles import Cycle, Path
from harness.market.graph import Graph, PoolKnownError
from harness.market.kernels import words
from harness.market.legs import BPS
from harness.market.opportunity import bytes_of, gas_of
from harness.market.pools.pool import Pool
from harness.market.pools.registry import Terms
from harness.market.pools.search import least
from harness.market.sizing import MAX_AMOUNT, forward, size

DEFAULTS: Final = Terms()

FEW_TRIES: Final = 4
"""Steps of the search while cycles are only ranked: those that are chosen are sized to the last unit."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All pools at one block.

    Attributes:
        block: Its number.
        timestamp: Its Unix second.
        pools: States by address.
    """

    block: int
    timestamp: int
    pools: Mapping[str, Pool]


class Market:
    """Pools by address, cycles by number, and of each cycle the profit of its best amount.

    Only cycles through a pool that has changed are looked at again: rates screen them, and what is left is sized by
    compiled code or, where it does not know a pool's curve, by a search.

    Args:
        bases: Checksummed addresses of the tokens that cycles start and end in.
        max_legs: Most pools in a cycle, 2 to 4.
        terms: What may be traded at the venue of a pool, by the pool's address; no entry, the venue's defaults.
        native: Checksummed address of the wrapped native coin, in which terms say how deep a pool has to be.

    Attributes:
        bases: As given, each once.
        ranked: Whether any terms give a priority.
        pools: States by address.
        excluded: Why a pool is not traded on, by its address.

    Raises:
        LegsOutOfRangeError: `max_legs` is not 2 to 4.
    """

    def __init__(
        self, bases: Iterable[str], max_legs: int = 3, terms: Mapping[str, Terms] | None = None, native: str = ""
    ) -> None:
        self._graph, self._board = Graph(bases, max_legs), Board()
        self._terms, self._native, self.ranked = dict[str, Terms](), native, False
        self.allow(terms or {})
        self._fresh: dict[str, None] = {}
        self.bases = self._graph.bases
        self.pools: dict[str, Pool] = {}
        self.excluded: dict[str, str] = {}
        self._slots: dict[str, int] = {}
        self._free: list[int] = []
        self._dirty: set[int] = set()
        self._caps: dict[str, int] = {}
        self._cost = _Columns()

    def update(self, changed: Iterable[Pool], gone: Iterable[str] = ()) -> None:
        """Take in the newest states of pools, new ones among them, and forget those that are gone.

        A state that cannot be traded on is kept, with the reason in `excluded`, until the next one comes.

        Raises:
            PoolKnownError: A pool is listed twice.
        """
        for address in gone:
            self._forget(address)
        seen: set[str] = set()
        for pool in changed:
            if pool.address in seen:
                raise PoolKnownError(f"the pool {pool.address} is listed twice; remove one")
            seen.add(pool.address)
            self._take(pool)

    def allow(self, terms: Mapping[str, Terms]) -> None:
        """Take in what may be traded at the venues of pools that are still to come, by their addresses."""
        self._terms = {**self._terms, **terms}
        self.ranked = self.ranked or any(one.priority for one in terms.values())

    def cycle(self, number: int) -> Cycle:
        """Return a cycle.

        Raises:
            KeyError: There is none of that number.
        """
        found = self._graph.cycles[number]
        if found is None:
            raise KeyError(number)
        return found

    def terms(self, pool: str) -> Terms:
        """Return what may be traded at a pool's venue, by the pool's address."""
        return self._terms.get(pool, DEFAULTS)

    def priority(self, cycle: Cycle) -> int:
        """Return the priority of a cycle's venues, the least of them."""
        return min(self.terms(edge.pool).priority for edge in cycle.edges)

    def prices(self, policy: Policy) -> dict[str, Fraction | None]:
        """Return wei of native coin for a unit of each base, by the policy, else by the market; None where unknown."""
        native = policy.native
        return {
            token: policy.prices.get(token) or market_price(token, native, self.between(token, native))
            for token in self.bases
        }

    def bearable(self, path: Path) -> int:
        """Return the largest input for which no leg of `path` moves its pool's rate further than its terms allow."""
        terms = [self.terms(hop.pool.address) for hop in path]
        if all(one.most_slippage_bps >= BPS for one in terms):
            return MAX_AMOUNT

        def too_much(amount_in: int) -> bool:
            amounts = forward(path, amount_in) if amount_in <= MAX_AMOUNT else None
            legs = zip(path, terms, amounts or (), strict=False)
            return amounts is None or not all(one.bear(hop.pool, hop.i, hop.j, amount) for hop, one, amount in legs)

        return least(too_much, 1) - 1

    def between(self, sold: str, bought: str) -> list[Pool]:
        """Return the pools that pay one token for another, those that are not traded on left out."""
        return [self.pools[pool] for pool in self._graph.between(sold, bought) if pool not in self.excluded]

    def paying(self, caps: Mapping[str, int]) -> "Paying":
        """Return the cycles that bring anything, their inputs bounded by `caps`, by token."""
        for address in self._fresh:
            self._sound(address)
        self._fresh.clear()
        if caps != self._caps:
            self._caps = dict(caps)
            self._dirty = {number for number, cycle in enumerate(self._graph.cycles) if cycle is not None}
        self._size(np.fromiter(self._dirty, np.int32, len(self._dirty)))
        self._dirty.clear()
        return self._cost.paying()

    def _size(self, cycles: Numbers) -> None:
        """Find out anew what cycles bring."""
        self._cost.profits[cycles] = 0.0
        cycles = self._board.paying(cycles)
        plain = self._board.plain(cycles)
        several = cycles[plain]
        caps = np.array([words.packed(self._caps[token]) for token in self.bases], np.uint64).reshape(-1, 2)
        self._cost.profits[several] = self._board.size(several, caps[self._cost.bases[several]], FEW_TRIES).floats()
        for number in cycles[~plain]:
            cycle = self.cycle(number)
            sizing = size(cycle.bind(self.pools), cap=self._caps[cycle.token], radius=0)
            self._cost.profits[number] = float(sizing.profit) if sizing is not None else 0.0

    def _take(self, pool: Pool) -> None:
        known = self.pools.get(pool.address)
        if known is not None and known.tokens != pool.tokens:
            self._forget(pool.address)
        self.pools[pool.address] = pool
        if pool.address not in self._slots:
            self._slots[pool.address] = self._free.pop() if self._free else len(self._slots)
            for number in self._graph.add(pool):
                self._place(number)
        self._exclude(pool, pool.problem() or self._off(pool))
        if self._terms:
            self._fresh[pool.address] = None

    def _off(self, pool: Pool) -> str | None:
        """Return why its venue's terms forbid a pool of its family, or None."""
        allowed = self.terms(pool.address).allow(pool)
        return None if allowed else "its venue is switched off, or not verified and not switched on"

    def _sound(self, address: str) -> None:
        """Exclude a pool that is not as deep as its terms ask: once the others are there, by which it is priced."""
        pool, terms = self.pools[address], self.terms(address)
        if terms.least_liquidity and address not in self.excluded and not terms.deep(pool, self._prices(pool.tokens)):
            self._exclude(pool, f"it cannot pay {terms.least_liquidity} wei's worth of each of its tokens")

    def _prices(self, tokens: Iterable[str]) -> dict[str, Fraction]:
        found = {token: market_price(token, self._native, self.between(token, self._native)) for token in tokens}
        return {token: price for token, price in found.items() if price is not None}

    def _exclude(self, pool: Pool, problem: str | None) -> None:
        """Write a pool into the arrays, or take it out of them and keep the reason."""
        self.excluded.pop(pool.address, None)
        if problem is not None:
            self.excluded[pool.address] = problem
        self._board.put_pool(self._slots[pool.address], pool if problem is None else None)
        self._dirty.update(self._graph.of(pool.address))

    def _place(self, number: int) -> None:
        """Write a new cycle into the arrays."""
        cycle = self.cycle(number)
        self._board.put_cycle(number, cycle, [self._slots[edge.pool] for edge in cycle.edges])
        path = cycle.bind(self.pools)
        self._cost.put(number, gas_of(path), bytes_of(path), self.bases.index(cycle.token))

    def _forget(self, address: str) -> None:
        if address not in self._slots:
            return
        for number in self._graph.remove(address):
            self._cost.profits[number] = 0.0
            self._dirty.discard(number)
        self._board.put_pool(self._slots[address], None)
        self._free.append(self._slots.pop(address))
        self.excluded.pop(address, None)
        self._fresh.pop(address, None)
        del self.pools[address]


@dataclass(frozen=True, slots=True)
class Paying:
    """Cycles that bring anything, as arrays of one length.

    Attributes:
        numbers: Of the cycles.
        profits: What each brings at most, about, in units of its token, costs and loan aside.
        gas: About how much each costs, in units of gas.
        sizes: About how many bytes of calldata each takes.
        bases: Index of each one's token among the market's bases.
    """

    numbers: Numbers
    profits: npt.NDArray[np.float64]
    gas: npt.NDArray[np.int64]
    sizes: npt.NDArray[np.int64]
    bases: Numbers


class _Columns:
    """What is known of each cycle, by its number."""

    def __init__(self) -> None:
        self.profits = np.zeros(0)
        self._gas, self._sizes = np.zeros(0, np.int64), np.zeros(0, np.int64)
        self.bases = np.zeros(0, np.int32)

    def put(self, number: int, gas: int, size: int, base: int) -> None:
        """Write what a new cycle costs."""
        if number >= len(self.profits):
            longer = max(number + 1, 2 * len(self.profits)) - len(self.profits)
            self.profits, self._gas = longer_by(self.profits, longer), longer_by(self._gas, longer)
            self._sizes, self.bases = longer_by(self._sizes, longer), longer_by(self.bases, longer)
        self.profits[number], self._gas[number], self._sizes[number], self.bases[number] = 0.0, gas, size, base

    def paying(self) -> Paying:
        """Return those that bring anything."""
        numbers = np.flatnonzero(self.profits != 0).astype(np.int32)
        return Paying(numbers, self.profits[numbers], self._gas[numbers], self._sizes[numbers], self.bases[numbers])
