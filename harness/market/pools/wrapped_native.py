"""The wrapped native coin, which is deposited and withdrawn one to one."""

from dataclasses import dataclass, replace
from typing import ClassVar

from harness.market import legs
from harness.market.legs import NATIVE, Leg, Venue
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.pool import Product

MAX_UINT = (1 << 256) - 1


@dataclass(frozen=True, slots=True)
class WrappedNative:
    """State at one block.

    Attributes:
        address: Checksummed address of the wrapped coin.
        held: Wei of native coin that it holds: the most that can be unwrapped.
    """

    VENUE: ClassVar[Venue] = Venue.WRAPPED_NATIVE
    GAS: ClassVar[int] = 35_000

    address: str
    held: int

    @property
    def tokens(self) -> tuple[str, str]:
        """Native coin and its wrapped form."""
        return NATIVE, self.address

    def problem(self) -> str | None:
        """Return why the state cannot be traded on, or None."""
        if self.address == NATIVE:
            return "native coin does not wrap itself"
        return None if 0 <= self.held <= MAX_UINT else f"{self.held} wei are no amount of native coin"

    def amount_out(self, i: int, j: int, amount_in: int) -> int | None:  # noqa: ARG002 - the other one
        """Return the same amount; None where there is not as much.

        Args:
            i: 0 to wrap, 1 to unwrap.
            j: The other one.
            amount_in: Wei.
        """
        if amount_in <= 0:
            return 0
        return amount_in if amount_in <= (MAX_UINT - self.held if i == 0 else self.held) else None

    def amount_in(self, i: int, j: int, amount_out: int) -> int | None:
        """Return the same amount; None where there is not as much."""
        return self.amount_out(i, j, amount_out)

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:
        """Return 1; 0 where there is no more."""
        return 0.0 if self.amount_out(i, j, amount_in + 1) is None else 1.0

    def product(self, i: int, j: int) -> Product | None:  # noqa: ARG002 - it is none
        """Return None: the rate does not move."""
        return None

    def after(self, i: int, j: int, amount_in: int) -> "WrappedNative":
        """Return the state that wrapping or unwrapping leaves behind.

        Raises:
            LiquidityExhaustedError: There is not as much.
        """
        amount = self.amount_out(i, j, amount_in)
        if amount is None:
            raise LiquidityExhaustedError(f"{self.address} does not hold {amount_in} wei; trade less")
        return replace(self, held=self.held + amount if i == 0 else self.held - amount)

    def leg(self, i: int, j: int) -> Leg:  # noqa: ARG002 - what is given is what the leg before it pays
        """Return the executor's leg."""
        return legs.wrapped_native(self.address, self.tokens[j])
