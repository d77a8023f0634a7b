"""Every directed cycle of two or three pools through given tokens."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from harness.market.pools.pool import Pool

MAX_LEGS = 3


@dataclass(frozen=True, slots=True)
class Edge:
    """A pool crossed in one direction.

    Attributes:
        pool: Checksummed address of the pool.
        zero_for_one: Whether token0 is sold to it.
        token_in: Checksummed address of the token sold.
        token_out: Checksummed address of the token bought.
    """

    pool: str
    zero_for_one: bool
    token_in: str
    token_out: str


@dataclass(frozen=True, slots=True)
class Hop:
    """An edge with the pool's state at one block."""

    pool: Pool
    zero_for_one: bool


Path = tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class Cycle:
    """Edges from a token back to it; no pool and no token in between occurs twice."""

    token: str
    edges: tuple[Edge, ...]

    def bind(self, pools: Mapping[str, Pool]) -> Path:
        """Return the cycle with the states in `pools`, by address."""
        return tuple(Hop(pools[edge.pool], edge.zero_for_one) for edge in self.edges)


def find_cycles(pools: Iterable[Pool], bases: Iterable[str], max_legs: int = MAX_LEGS) -> tuple[Cycle, ...]:
    """Return all directed cycles of 2 to `max_legs` pools that start and end in one of `bases`.

    Args:
        pools: Only their addresses and tokens are looked at.
        bases: Checksummed addresses; a cycle through two of them is found once from each.
        max_legs: At least 2.
    """
    leaving: dict[str, list[Edge]] = defaultdict(list)
    for pool in pools:
        leaving[pool.token0].append(Edge(pool.address, True, pool.token0, pool.token1))
        leaving[pool.token1].append(Edge(pool.address, False, pool.token1, pool.token0))
    return tuple(Cycle(base, edges) for base in bases for edges in _extend(leaving, base, (), max_legs))


def _extend(
    leaving: Mapping[str, list[Edge]], base: str, edges: tuple[Edge, ...], max_legs: int
) -> Iterator[tuple[Edge, ...]]:
    """Yield every way to close the cycle that `edges` has begun."""
    at = edges[-1].token_out if edges else base
    seen = {edge.token_out for edge in edges}
    used = {edge.pool for edge in edges}
    for edge in leaving.get(at, []):
        if edge.pool in used or edge.token_out in seen:
            continue
        if edge.token_out == base:
            yield (*edges, edge)
        elif len(edges) + 1 < max_legs:
            yield from _extend(leaving, base, (*edges, edge), max_legs)
