"""Cycles of pools, and what crossing one of their pools brings."""

from collections.abc import Mapping
from dataclasses import dataclass

from harness.market.legs import Leg
from harness.market.pools.pool import Pool


@dataclass(frozen=True, slots=True)
class Edge:
    """A pool crossed in one direction.

    Attributes:
        pool: Address by which the pool is known.
        i: Index of the token sold to it.
        j: Index of the token bought from it.
        token_in: Checksummed address of the token sold.
        token_out: Checksummed address of the token bought.
    """

    pool: str
    i: int
    j: int
    token_in: str
    token_out: str


@dataclass(frozen=True, slots=True)
class Hop:
    """An edge with the pool's state at one block."""

    pool: Pool
    i: int
    j: int

    def amount_out(self, amount_in: int) -> int | None:
        """Return what is paid for `amount_in`, or None where the pool cannot take it."""
        return self.pool.amount_out(self.i, self.j, amount_in)

    def amount_in(self, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none."""
        return self.pool.amount_in(self.i, self.j, amount_out)

    def rate(self, amount_in: int = 0) -> float:
        """Return what one more unit after `amount_in` brings; 0 where the pool takes no more."""
        return self.pool.rate(self.i, self.j, amount_in)

    def after(self, amount_in: int) -> "Hop":
        """Return the hop on the state that a swap of `amount_in` leaves behind.

        Raises:
            LiquidityExhaustedError: The pool cannot take that much.
        """
        return Hop(self.pool.after(self.i, self.j, amount_in), self.i, self.j)

    def leg(self) -> Leg:
        """Return the executor's leg."""
        return self.pool.leg(self.i, self.j)


Path = tuple[Hop, ...]


@dataclass(frozen=True, slots=True)
class Cycle:
    """Edges from a token back to it; no pool and no token in between occurs twice."""

    token: str
    edges: tuple[Edge, ...]

    def bind(self, pools: Mapping[str, Pool]) -> Path:
        """Return the cycle with the states in `pools`, by address."""
        return tuple(Hop(pools[edge.pool], edge.i, edge.j) for edge in self.edges)
