"""A pool of the chain file, or one discovered, and where it is."""

from dataclasses import dataclass

from harness.errors import MillraceError

NOWHERE = "0x" + "00" * 20


class PoolMissingError(MillraceError):
    """The chain file lists a pool that its factory has not made, or of a kind that is not traded."""


@dataclass(frozen=True, slots=True)
class Place:
    """A pool and where it is.

    Attributes:
        name: `<venue>:<A>/<B>`, with `:<fee>` where there is a fee.
        venue: Key under `venues`.
        address: Checksummed address by which routes know the pool.
        token0: Checksummed address of the token that sorts first.
        token1: Checksummed address of the other; of a pool of more than two, the one that sorts second.
        fee_bps: Fee of a constant-product pair in basis points; 0 for others.
        fee: Fee of a concentrated pool in pips; 0 for others.
        tick_spacing: Of a concentrated pool; 0 for others.
        family: Which of the families of the venue's kind, as a chain file names it; empty for the first.
        pool_id: 32 bytes in hex by which a vault or manager knows the pool; empty for a pool that is its own contract.
    """

    name: str
    venue: str
    address: str
    token0: str
    token1: str
    fee_bps: int = 0
    fee: int = 0
    tick_spacing: int = 0
    family: str = ""
    pool_id: str = ""
