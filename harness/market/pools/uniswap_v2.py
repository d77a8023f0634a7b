"""Uniswap V2 and its forks: a constant product of two reserves, the fee taken from the input."""

from dataclasses import dataclass, replace

from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.pool import Quote

BPS = 10_000
MAX_RESERVE = (1 << 112) - 1


@dataclass(frozen=True, slots=True)
class UniswapV2Pool:
    """State of a pair at one block.

    Attributes:
        address: Checksummed address of the pair.
        token0: Checksummed address of the token that sorts first.
        token1: Checksummed address of the other.
        reserve0: Units of token0 that the pair accounts for.
        reserve1: Units of token1 that the pair accounts for.
        fee_bps: Fee in basis points of the input.
    """

    address: str
    token0: str
    token1: str
    reserve0: int
    reserve1: int
    fee_bps: int = 30

    def reserves(self, zero_for_one: bool) -> tuple[int, int]:
        """Return the reserves of the token sold to the pool and of the token bought from it, in that order."""
        return (self.reserve0, self.reserve1) if zero_for_one else (self.reserve1, self.reserve0)

    def amount_out(self, zero_for_one: bool, amount_in: int) -> int | None:
        """Return the units that the pair pays for `amount_in`, rounded down as the pair's own check demands.

        Args:
            zero_for_one: Whether token0 is sold to the pair.
            amount_in: Units of the token sold.

        Returns:
            Units of the token bought; None where the reserve would outgrow its 112 bits.
        """
        reserve_in, reserve_out = self.reserves(zero_for_one)
        if amount_in <= 0:
            return 0
        if reserve_in + amount_in > MAX_RESERVE:
            return None
        net = amount_in * (BPS - self.fee_bps)
        return net * reserve_out // (reserve_in * BPS + net)

    def amount_in(self, zero_for_one: bool, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none."""
        reserve_in, reserve_out = self.reserves(zero_for_one)
        if amount_out <= 0:
            return 0
        if amount_out >= reserve_out:
            return None
        least = -(-reserve_in * amount_out * BPS // ((reserve_out - amount_out) * (BPS - self.fee_bps)))
        return least if reserve_in + least <= MAX_RESERVE else None

    def quote(self, zero_for_one: bool, amount_in: int) -> Quote | None:
        """Return what is paid for `amount_in` and the marginal rate there; None as with `amount_out`."""
        paid = self.amount_out(zero_for_one, amount_in)
        if paid is None:
            return None
        reserve_in, reserve_out = self.reserves(zero_for_one)
        kept = BPS - self.fee_bps
        return Quote(paid, kept * BPS * reserve_in * reserve_out, (reserve_in * BPS + kept * amount_in) ** 2)

    def after(self, zero_for_one: bool, amount_in: int) -> "UniswapV2Pool":
        """Return the state that a swap of `amount_in` leaves behind.

        Raises:
            LiquidityExhaustedError: The pair cannot take that much.
        """
        paid = self.amount_out(zero_for_one, amount_in)
        if paid is None:
            raise LiquidityExhaustedError(f"the pair {self.address} cannot take {amount_in}; trade less")
        if zero_for_one:
            return replace(self, reserve0=self.reserve0 + amount_in, reserve1=self.reserve1 - paid)
        return replace(self, reserve0=self.reserve0 - paid, reserve1=self.reserve1 + amount_in)

    def price(self) -> float:
        """Return units of token1 for one unit of token0, at the margin, without the fee; for screening."""
        return self.reserve1 / self.reserve0
