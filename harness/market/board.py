"""Pools and cycles as arrays, so that thousands of cycles are screened and sized at once.

Rates screen: a cycle whose rates multiply to no more than one pays nothing. Cycles of constant products are sized to
the unit by compiled code.
"""

from collections.abc import Sequence
from itertools import permutations
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from harness.market.cycles import Cycle, Path
from harness.market.graph import MAX_LEGS
from harness.market.kernels import words
from harness.market.kernels.constant_product import TRIES, Book, Where, solve
from harness.market.legs import BPS
from harness.market.pools.pool import Pool
from harness.market.pools.uniswap_v2 import UniswapV2Pool

Numbers = npt.NDArray[np.int32]

SLACK: Final = 1e-12
"""What floats may get wrong in a product of rates; sizing decides on what lies that near to one."""

SIDES: Final = 2


class Sized(NamedTuple):
    """What a search has found, for one cycle after the other.

    Attributes:
        inputs: As words, [cycle, 2].
        profits: As words, [cycle, 2]; 0 where nothing pays.
        headrooms: How much more another amount could bring; below 1 where nothing better is left.
    """

    inputs: npt.NDArray[np.uint64]
    profits: npt.NDArray[np.uint64]
    headrooms: npt.NDArray[np.float64]

    def floats(self) -> npt.NDArray[np.float64]:
        """Return the profits, rounded to floats."""
        return self.profits[:, 0] * words.RADIX + self.profits[:, 1]


class Board:
    """All pools by number and all cycles by number; grows as they come.

    Attributes:
        rates: What a unit sold for another token brings at the margin, [pool, token sold, token bought]; 0 where the
            pool is not to be traded on.
    """

    def __init__(self) -> None:
        self.rates = np.zeros((0, SIDES, SIDES))
        self._reserves = np.zeros((0, SIDES, 2), np.uint64)
        self._kept, self._of = np.zeros(0, np.uint64), np.zeros(0, np.uint64)
        self._plain = np.zeros(0, np.bool_)
        self._pools = np.zeros((0, MAX_LEGS), np.int32)
        self._sold, self._bought = np.zeros((0, MAX_LEGS), np.int8), np.zeros((0, MAX_LEGS), np.int8)
        self._legs = np.zeros(0, np.int8)

    @property
    def book(self) -> Book:
        """The constant products, as compiled code takes them."""
        return self._reserves, self._kept, self._of

    def put_pool(self, number: int, pool: Pool | None) -> None:
        """Write a pool's state; None takes it out of all trading."""
        tokens = len(pool.tokens) if pool is not None else SIDES
        self._grow_pools(number + 1, tokens)
        self.rates[number], self._plain[number] = 0.0, False
        if isinstance(pool, UniswapV2Pool):
            self._put_product(number, pool)
        elif pool is not None:
            for i, j in permutations(range(tokens), 2):
                self.rates[number, i, j] = pool.rate(i, j)

    def _put_product(self, number: int, pool: UniswapV2Pool) -> None:
        (reserve0, reserve1), kept = pool.reserves, BPS - pool.fee_bps
        self._reserves[number] = (
            (reserve0 >> words.WORD_BITS, reserve0 & words.MASK),
            (reserve1 >> words.WORD_BITS, reserve1 & words.MASK),
        )
        self._kept[number], self._of[number], self._plain[number] = kept, BPS, True
        price = reserve1 / reserve0
        self.rates[number, 0, 1], self.rates[number, 1, 0] = price * kept / BPS, kept / BPS / price

    def put_cycle(self, number: int, cycle: Cycle, pools: Sequence[int]) -> None:
        """Write a cycle, given the numbers of its pools."""
        self._grow_cycles(number + 1)
        legs = len(cycle.edges)
        self._legs[number] = legs
        self._pools[number, :legs] = pools
        self._sold[number, :legs] = [edge.i for edge in cycle.edges]
        self._bought[number, :legs] = [edge.j for edge in cycle.edges]

    def paying(self, cycles: Numbers) -> Numbers:
        """Return the cycles whose first unit brings more than itself, or so nearly that floats cannot tell."""
        rates = self.rates[self._pools[cycles], self._sold[cycles], self._bought[cycles]]
        product = np.where(self._used(cycles), rates, 1.0).prod(axis=1)
        return np.asarray(cycles[product > 1.0 - SLACK])

    def plain(self, cycles: Numbers) -> npt.NDArray[np.bool_]:
        """Tell which of the cycles compiled code can size: those of constant products alone."""
        return np.asarray((self._plain[self._pools[cycles]] | ~self._used(cycles)).all(axis=1))

    def size(self, cycles: Numbers, caps: npt.NDArray[np.uint64], tries: int = TRIES) -> Sized:
        """Size cycles of constant products with a loan that costs nothing, each to the unit.

        Args:
            cycles: Their numbers.
            caps: The largest input of each, in units of its token, below 2**112; as words, [cycle, 2].
            tries: Steps of a search to either side of the real optimum.
        """
        where = self._pools[cycles], self._sold[cycles], self._legs[cycles]
        return _solve(self.book, where, caps, 0, tries)

    def _used(self, cycles: Numbers) -> npt.NDArray[np.bool_]:
        """Tell which of the legs there are."""
        return np.asarray(np.arange(MAX_LEGS) < self._legs[cycles, None])

    def _grow_pools(self, count: int, tokens: int) -> None:
        if tokens > self.rates.shape[1]:
            wider = np.zeros((len(self.rates), tokens, tokens))
            wider[:, : self.rates.shape[1], : self.rates.shape[1]] = self.rates
            self.rates = wider
        if count > len(self._kept):
            more = max(count, 2 * len(self._kept)) - len(self._kept)
            self.rates, self._reserves = longer_by(self.rates, more), longer_by(self._reserves, more)
            self._kept, self._of = longer_by(self._kept, more), longer_by(self._of, more)
            self._plain = longer_by(self._plain, more)

    def _grow_cycles(self, count: int) -> None:
        if count > len(self._legs):
            more = max(count, 2 * len(self._legs)) - len(self._legs)
            self._pools, self._legs = longer_by(self._pools, more), longer_by(self._legs, more)
            self._sold, self._bought = longer_by(self._sold, more), longer_by(self._bought, more)


def plain(path: Path) -> bool:
    """Tell whether compiled code can size a path: whether it is of constant products alone."""
    return all(isinstance(hop.pool, UniswapV2Pool) for hop in path)


def size_plain(path: Path, fee_bps: int, cap: int) -> tuple[int, int]:
    """Return the best input of a path of constant products, and its profit, the lender's fee paid; 0 and 0 for none."""
    board = Board()
    for number, hop in enumerate(path):
        board.put_pool(number, hop.pool)
    pools = np.arange(len(path), dtype=np.int32)[None]
    where = pools, np.array([[hop.i for hop in path]], np.int8), np.array([len(path)], np.int8)
    found = _solve(board.book, where, np.array([words.packed(cap)], np.uint64), fee_bps, TRIES)
    return words.joined(found.inputs[0]), words.joined(found.profits[0])


def longer_by(array: npt.NDArray[Any], count: int) -> npt.NDArray[Any]:
    """Return an array with so many zeros behind it."""
    return np.concatenate([array, np.zeros((count, *array.shape[1:]), array.dtype)])


def _solve(book: Book, where: Where, caps: npt.NDArray[np.uint64], fee_bps: int, tries: int) -> Sized:
    count = len(caps)
    found = Sized(np.zeros((count, 2), np.uint64), np.zeros((count, 2), np.uint64), np.zeros(count))
    solve(book, where, caps, np.uint64(fee_bps), tries, (found.inputs, found.profits, found.headrooms))
    return found
