"""Uniswap V2 and its forks: a constant product of two reserves, the fee taken from the input."""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from harness.market import legs
from harness.market.legs import Leg, Venue
from harness.market.pools.checks import pair_problem
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.pool import Product

BPS = 10_000
MAX_RESERVE = (1 << 112) - 1


@dataclass(frozen=True, slots=True)
class UniswapV2Pool:
    """State of a pair at one block.

    Attributes:
        address: Checksummed address of the pair.
        tokens: Checksummed addresses of token0 and token1.
        reserves: Units of each that the pair accounts for.
        fee_bps: Fee in basis points of the input.
    """

    VENUE: ClassVar[Venue] = Venue.UNISWAP_V2
    GAS: ClassVar[int] = 70_000

    address: str
    tokens: tuple[str, str]
    reserves: tuple[int, int]
    fee_bps: int = 30

    def problem(self) -> str | None:
        """Return why the state cannot be traded on, or None."""
        if not all(0 < reserve <= MAX_RESERVE for reserve in self.reserves):
            return f"reserves {self.reserves} are not within 1 and 2**112 - 1"
        if not 0 <= self.fee_bps < BPS:
            return f"a fee of {self.fee_bps} basis points takes all of the input"
        return pair_problem(self.tokens)

    def amount_out(self, i: int, j: int, amount_in: int) -> int | None:
        """Return the units that the pair pays for `amount_in`, rounded down as the pair's own check demands.

        Args:
            i: Index of the token sold to the pair.
            j: Index of the token bought.
            amount_in: Units of the token sold.

        Returns:
            Units of the token bought; None where the reserve would outgrow its 112 bits.
        """
        if amount_in <= 0:
            return 0
        reserve_in = self.reserves[i]
        if reserve_in + amount_in > MAX_RESERVE:
            return None
        net = amount_in * (BPS - self.fee_bps)
        return net * self.reserves[j] // (reserve_in * BPS + net)

    def amount_in(self, i: int, j: int, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none."""
        reserve_in, reserve_out = self.reserves[i], self.reserves[j]
        if amount_out <= 0:
            return 0
        if amount_out >= reserve_out:
            return None
        least = -(-reserve_in * amount_out * BPS // ((reserve_out - amount_out) * (BPS - self.fee_bps)))
        return least if reserve_in + least <= MAX_RESERVE else None

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:
        """Return what one more unit after `amount_in` brings; 0 where the pair takes no more."""
        reserve_in, reserve_out = self.reserves[i], self.reserves[j]
        if reserve_in + amount_in > MAX_RESERVE:
            return 0.0
        kept = BPS - self.fee_bps
        return kept * BPS * reserve_in * reserve_out / (reserve_in * BPS + kept * amount_in) ** 2

    def product(self, i: int, j: int) -> Product | None:
        """Return the pair's constant product."""
        return Product(self.reserves[i], self.reserves[j], BPS - self.fee_bps, BPS)

    def after(self, i: int, j: int, amount_in: int) -> Self:
        """Return the state that a swap of `amount_in` leaves behind.

        Raises:
            LiquidityExhaustedError: The pair cannot take that much.
        """
        paid = self.amount_out(i, j, amount_in)
        if paid is None:
            raise LiquidityExhaustedError(f"the pair {self.address} cannot take {amount_in}; trade less")
        left, right = self.reserves
        return replace(self, reserves=(left + amount_in, right - paid) if i == 0 else (left - paid, right + amount_in))

    def leg(self, i: int, j: int) -> Leg:  # noqa: ARG002 - what is sold is what the leg before it pays
        """Return the executor's leg for a swap here."""
        return legs.uniswap_v2(self.address, self.tokens[j], self.fee_bps)
