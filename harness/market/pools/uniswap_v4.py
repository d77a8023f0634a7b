"""Uniswap V4 without hooks: V3's swap on a manager's books, with a fee of the protocol's before the pool's.

Source: the protocol's documented Pool, SwapMath and ProtocolFeeLibrary.
"""

from dataclasses import dataclass
from typing import ClassVar

from eth_utils.address import to_canonical_address

from harness.errors import MillraceError
from harness.market import legs
from harness.market.legs import Leg, Venue
from harness.market.pools.concentrated import PIPS, ConcentratedPool

MAX_PROTOCOL_FEE = 1_000


@dataclass(frozen=True, slots=True)
class UniswapV4Pool(ConcentratedPool):
    """State of a pool at one block.

    Its `address` is the first 20 bytes of its id; `legs.NATIVE` stands for native coin among its tokens; its `fee` is
    that of its key, which without hooks never changes. A pool whose fee takes all of the input can be swapped on, and
    pays nothing: it is refused.

    Attributes:
        manager: Checksummed address of the pool manager.
        protocol_fees: The protocol's fee in pips on a sale of token0 and of token1; it comes off first.
    """

    VENUE: ClassVar[Venue] = Venue.UNISWAP_V4
    GAS: ClassVar[int] = 80_000
    MAX_AMOUNT: ClassVar[int] = (1 << 127) - 1

    manager: str = ""
    protocol_fees: tuple[int, int] = (0, 0)

    def problem(self) -> str | None:
        """Return why the state cannot be traded on, or None."""
        if not all(0 <= fee <= MAX_PROTOCOL_FEE for fee in self.protocol_fees):
            return f"protocol fees {self.protocol_fees} are not within 0 and {MAX_PROTOCOL_FEE} millionths"
        return ConcentratedPool.problem(self) or self._key_problem()

    def fee_of(self, zero_for_one: bool) -> int:
        """Return what protocol and pool take together of a direction's input, in pips; rounded up."""
        before = self.protocol_fees[0 if zero_for_one else 1]
        return before + self.fee - before * self.fee // PIPS

    def leg(self, i: int, j: int) -> Leg:  # noqa: ARG002 - what is sold is what the leg before it pays
        """Return the executor's leg for a swap here."""
        return legs.uniswap_v4(self.manager, self.tokens[j], self.fee, self.tick_spacing)

    def _key_problem(self) -> str | None:
        try:
            to_canonical_address(self.manager)
            first, second = (to_canonical_address(token) for token in self.tokens)
            known = legs.pool_of(self.leg(0, 1), self.tokens[0])
        except (ValueError, MillraceError):
            return "manager and tokens are not all addresses"
        if first >= second:
            return "the tokens are not in the order of their addresses"
        return None if known == self.address else f"the id of such a pool begins with {known}, not {self.address}"
