"""Uniswap V3 and the forks that share its callback, as Sushi's."""

from dataclasses import dataclass
from typing import ClassVar

from harness.market import legs
from harness.market.legs import Leg, Venue
from harness.market.pools.concentrated import ConcentratedPool


@dataclass(frozen=True, slots=True)
class UniswapV3Pool(ConcentratedPool):
    """State of a pool at one block."""

    VENUE: ClassVar[Venue] = Venue.UNISWAP_V3
    GAS: ClassVar[int] = 100_000

    def leg(self, i: int, j: int) -> Leg:  # noqa: ARG002 - what is sold is what the leg before it pays
        """Return the executor's leg for a swap here."""
        return legs.uniswap_v3(self.address, self.tokens[j])
