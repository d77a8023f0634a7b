"""PancakeSwap V2: Uniswap V2 with a callback and a fee of its own."""

from dataclasses import dataclass
from typing import ClassVar

from harness.market import legs
from harness.market.legs import Leg, Venue
from harness.market.pools.uniswap_v2 import UniswapV2Pool


@dataclass(frozen=True, slots=True)
class PancakeV2Pool(UniswapV2Pool):
    """State of a pair at one block."""

    VENUE: ClassVar[Venue] = Venue.PANCAKE_V2

    fee_bps: int = 25

    def leg(self, i: int, j: int) -> Leg:  # noqa: ARG002 - what is sold is what the leg before it pays
        """Return the executor's leg for a swap here."""
        return legs.pancake_v2(self.address, self.tokens[j], self.fee_bps)
