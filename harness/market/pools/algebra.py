"""Algebra: Uniswap V3's swap with fees that move.

Source: the protocol's documented PriceMovementMath, TickTable (1.9) and TickManagement (Integral). Community fees and
fees of plugins divide what a swap pays; they do not change it.
"""

from dataclasses import dataclass
from typing import ClassVar

from harness.market import legs
from harness.market.legs import Leg, Venue
from harness.market.pools.concentrated import ConcentratedPool


@dataclass(frozen=True, slots=True)
class AlgebraPool(ConcentratedPool):
    """State at one block of a pool of Algebra 1.9, QuickSwap's code, or of Camelot's, which has a fee each way.

    Swaps stop at the ends of words of the tick table, as Uniswap's do. The first swap of a block sets the fee anew from
    the volatility before it: `fee` is to be what that swap will pay, not what the last one paid.

    Attributes:
        fee_of_token1: Fee in pips of a sale of token1, where `fee` is that of token0 alone; None where they are one.
    """

    VENUE: ClassVar[Venue] = Venue.ALGEBRA
    GAS: ClassVar[int] = 120_000

    fee_of_token1: int | None = None

    def fee_of(self, zero_for_one: bool) -> int:
        """Return the fee of a direction in pips of the input."""
        return self.fee if zero_for_one or self.fee_of_token1 is None else self.fee_of_token1

    def leg(self, i: int, j: int) -> Leg:  # noqa: ARG002 - what is sold is what the leg before it pays
        """Return the executor's leg for a swap here."""
        return legs.algebra(self.address, self.tokens[j])


@dataclass(frozen=True, slots=True)
class AlgebraIntegralPool(AlgebraPool):
    """State at one block of a pool of Algebra Integral, whose initialised ticks are linked: a swap stops at no other.

    A fee is all that a plugin makes a swap of that direction pay, its own fee among it.
    """

    GAS: ClassVar[int] = 140_000
    STOPS_AT_WORDS: ClassVar[bool] = False
    MAX_AMOUNT: ClassVar[int] = (1 << 127) - 1
    """What always fits beside a reserve of the pool's, which has 128 bits."""
