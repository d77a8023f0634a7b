"""PancakeSwap V3: the swap of Uniswap V3; another callback, and more that is told to its farms."""

from dataclasses import dataclass
from typing import ClassVar

from harness.market import legs
from harness.market.legs import Leg, Venue
from harness.market.pools.concentrated import ConcentratedPool


@dataclass(frozen=True, slots=True)
class PancakeV3Pool(ConcentratedPool):
    """State of a pool at one block."""

    VENUE: ClassVar[Venue] = Venue.PANCAKE_V3
    GAS: ClassVar[int] = 120_000

    def leg(self, i: int, j: int) -> Leg:  # noqa: ARG002 - what is sold is what the leg before it pays
        """Return the executor's leg for a swap here."""
        return legs.pancake_v3(self.address, self.tokens[j])
