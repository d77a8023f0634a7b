"""Every directed cycle of pools through given tokens, kept up to date as pools come and go.

A cycle is found when the last of its pools comes, by the paths that lead from a base to the pool and back. Cycles
have numbers, which arrays elsewhere use as indices; numbers are used again.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import permutations

from harness.errors import MillraceError
from harness.market.cycles import Cycle, Edge
from harness.market.pools.pool import Pool

MIN_LEGS, MAX_LEGS = 2, 4


class LegsOutOfRangeError(MillraceError):
    """Cycles of so many legs are not looked for."""


class PoolKnownError(MillraceError):
    """A pool is listed twice."""


class Graph:
    """Pools, and the cycles through them.

    Args:
        bases: Checksummed addresses of tokens; a cycle through two of them is found once from each.
        max_legs: Most pools in a cycle, 2 to 4.

    Attributes:
        cycles: By number; None where there is none any more.

    Raises:
        LegsOutOfRangeError: `max_legs` is not 2 to 4.
    """

    def __init__(self, bases: Iterable[str], max_legs: int = 3) -> None:
        if not MIN_LEGS <= max_legs <= MAX_LEGS:
            raise LegsOutOfRangeError(f"cycles have {MIN_LEGS} to {MAX_LEGS} legs, not {max_legs}")
        self.bases, self.max_legs = tuple(dict.fromkeys(bases)), max_legs
        self.cycles: list[Cycle | None] = []
        self._free: list[int] = []
        self._between: dict[tuple[str, str], list[Edge]] = defaultdict(list)
        self._beside: dict[str, dict[str, None]] = defaultdict(dict)
        self._of: dict[str, dict[int, None]] = {}
        self._tokens: dict[str, tuple[str, ...]] = {}

    def __contains__(self, pool: str) -> bool:
        return pool in self._of

    def of(self, pool: str) -> Iterable[int]:
        """Return the numbers of the cycles that use a pool, by its address."""
        return self._of[pool]

    def between(self, sold: str, bought: str) -> list[str]:
        """Return the addresses of the pools that pay one token for another."""
        return [edge.pool for edge in self._between.get((sold, bought), ())]

    def add(self, pool: Pool) -> Sequence[int]:
        """Take in a pool; return the numbers of the cycles that it closes. Only its address and tokens are looked at.

        Raises:
            PoolKnownError: It is there already.
        """
        if pool.address in self._of:
            raise PoolKnownError(f"the pool {pool.address} is listed twice; remove one")
        self._of[pool.address], self._tokens[pool.address] = {}, pool.tokens
        edges = _edges(pool.address, pool.tokens)
        added = [self._number(cycle) for edge in edges for base in self.bases for cycle in self._through(base, edge)]
        for edge in edges:
            self._between[edge.token_in, edge.token_out].append(edge)
            self._beside[edge.token_in][edge.token_out] = None
        return added

    def remove(self, pool: str) -> Sequence[int]:
        """Forget a pool, by its address; return the numbers of the cycles that end with it."""
        ended = tuple(self._of[pool])
        for number in ended:
            cycle = self.cycles[number]
            assert cycle is not None, "a pool's cycles are there as long as it is"  # noqa: S101 - for the reader
            for edge in cycle.edges:
                self._of[edge.pool].pop(number, None)
            self.cycles[number] = None
        self._free += ended
        del self._of[pool]
        for edge in _edges(pool, self._tokens.pop(pool)):
            pair = edge.token_in, edge.token_out
            self._between[pair].remove(edge)
            if not self._between[pair]:
                del self._between[pair], self._beside[pair[0]][pair[1]]
        return ended

    def _number(self, cycle: Cycle) -> int:
        """Keep a cycle."""
        number = self._free.pop() if self._free else len(self.cycles)
        if number == len(self.cycles):
            self.cycles.append(cycle)
        else:
            self.cycles[number] = cycle
        for edge in cycle.edges:
            self._of[edge.pool][number] = None
        return number

    def _through(self, base: str, edge: Edge) -> Iterator[Cycle]:
        """Yield every cycle from `base` that the edge closes, of the pools that are there."""
        for ahead, behind in self._sides(base, edge):
            for before in self._paths(base, edge.token_in, ahead):
                for after in self._paths(edge.token_out, base, behind):
                    edges = (*before, edge, *after)
                    if _simple(edges):
                        yield Cycle(base, edges)

    def _sides(self, base: str, edge: Edge) -> Iterator[tuple[int, int]]:
        """Yield how many pools can stand before and behind the edge: none just where it leaves or reaches `base`.

        Between two tokens that everything is traded against there are thousands of paths: none is looked at in vain.
        """
        for ahead in range(self.max_legs):
            for behind in range(self.max_legs - ahead):
                if (ahead == 0) == (edge.token_in == base) and (behind == 0) == (edge.token_out == base):
                    yield ahead, behind

    def _paths(self, start: str, end: str, legs: int) -> Iterator[tuple[Edge, ...]]:
        """Yield the paths of so many pools from a token to another."""
        if legs == 0:
            yield ()
        elif legs == 1:
            yield from ((edge,) for edge in self._between.get((start, end), ()))
        else:
            yield from self._longer(start, end, legs)

    def _longer(self, start: str, end: str, legs: int) -> Iterator[tuple[Edge, ...]]:
        """Yield the paths of two pools or more, a step taken first at the end where there are fewer."""
        here, there = self._beside.get(start, {}), self._beside.get(end, {})
        ahead = len(here) < len(there)
        few, many = (here, there) if ahead else (there, here)
        for middle in [one for one in few if one not in (start, end) and (legs > MIN_LEGS or one in many)]:
            if ahead:
                rests = list(self._paths(middle, end, legs - 1))
                yield from ((first, *rest) for first in self._between[start, middle] for rest in rests)
            else:
                rests = list(self._paths(start, middle, legs - 1))
                yield from ((*rest, last) for last in self._between[middle, end] for rest in rests)


def _edges(pool: str, tokens: tuple[str, ...]) -> list[Edge]:
    """Return every way to cross a pool."""
    ways = permutations(enumerate(tokens), 2)
    return [Edge(pool, i, j, sold, bought) for (i, sold), (j, bought) in ways if sold != bought]


def _simple(edges: tuple[Edge, ...]) -> bool:
    """Tell whether no pool and no token occurs twice."""
    count = len(edges)
    return len({edge.pool for edge in edges}) == count and len({edge.token_out for edge in edges}) == count
