"""What every family of pools answers, so that nothing outside this folder needs to know which family it is."""

from typing import NamedTuple, Protocol


class Quote(NamedTuple):
    """A swap's output, and what one more unit of input would bring, as an exact ratio.

    Attributes:
        amount_out: Units paid.
        numerator: Of the marginal rate, units out per unit in, the fee taken off.
        denominator: Of the marginal rate.
    """

    amount_out: int
    numerator: int
    denominator: int


class Pool(Protocol):
    """State of one pool at one block; immutable."""

    @property
    def address(self) -> str:
        """Checksummed address."""

    @property
    def token0(self) -> str:
        """Checksummed address of the token that sorts first."""

    @property
    def token1(self) -> str:
        """Checksummed address of the other token."""

    def amount_out(self, zero_for_one: bool, amount_in: int) -> int | None:
        """Return what is paid for `amount_in`, or None where the pool cannot take it."""

    def amount_in(self, zero_for_one: bool, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none."""

    def quote(self, zero_for_one: bool, amount_in: int) -> Quote | None:
        """Return what is paid for `amount_in` and the marginal rate there, or None where the pool cannot take it."""

    def after(self, zero_for_one: bool, amount_in: int) -> "Pool":
        """Return the state that a swap of `amount_in` leaves behind."""

    def price(self) -> float:
        """Return units of token1 for one unit of token0, at the margin, without the fee; for screening."""
