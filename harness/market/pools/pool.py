"""What every family of pools answers, so that nothing outside this folder needs to know which family it is."""

from typing import ClassVar, NamedTuple, Protocol, Self

from harness.market.legs import Leg, Venue


class Product(NamedTuple):
    """A constant product: `net` of an input pays `net * reserve_out / (reserve_in + net)`.

    Attributes:
        reserve_in: Units of the token sold to the pool.
        reserve_out: Units of the token bought from it.
        kept: What is left of an input once the fee is off, in units of `of`.
        of: The whole of which `kept` is a part.
    """

    reserve_in: int
    reserve_out: int
    kept: int
    of: int


class Pool(Protocol):
    """State of one pool at one block; immutable, and every amount in it a whole number of units.

    A swap sells the token `tokens[i]` to the pool and buys `tokens[j]` from it.

    Attributes:
        VENUE: The executor's venue that swaps there.
        GAS: About how much a leg there costs, in units of gas.
    """

    VENUE: ClassVar[Venue]
    GAS: ClassVar[int]

    @property
    def address(self) -> str:
        """Checksummed address by which the reserve knows the pool, as `legs.pool_of` has it."""

    @property
    def tokens(self) -> tuple[str, ...]:
        """Checksummed addresses of the tokens, in the pool's own order."""

    def problem(self) -> str | None:
        """Return why the state cannot be traded on, or None; every other method may assume that there is none."""

    def amount_out(self, i: int, j: int, amount_in: int) -> int | None:
        """Return what is paid for `amount_in`, to the unit, or None where the pool cannot take it."""

    def amount_in(self, i: int, j: int, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none."""

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:
        """Return what one more unit after `amount_in` brings, the fee taken off; 0 where the pool takes no more.

        It screens and steers a search; what is traded is decided in whole units.
        """

    def product(self, i: int, j: int) -> Product | None:
        """Return the constant product that the pool is for any amount, roundings aside; None where it is none."""

    def after(self, i: int, j: int, amount_in: int) -> Self:
        """Return the state that a swap of `amount_in` leaves behind.

        Raises:
            LiquidityExhaustedError: The pool cannot take that much.
        """

    def leg(self, i: int, j: int) -> Leg:
        """Return the executor's leg for a swap here."""
