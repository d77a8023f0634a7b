"""Solidly's pools as Velodrome V2 and Aerodrome have them: volatile and stable, the fee taken from the input first.

Source: the protocols' documented Pool, Aerodrome's as deployed on Base, which is Velodrome V2's. Solidly's own first
code and its early forks end Newton's iteration elsewhere and round the curve otherwise: their stable pools are not
answered here to the unit; Camelot's have a file of their own.
"""

from dataclasses import dataclass
from typing import ClassVar

from harness.market import legs
from harness.market.legs import BPS, Leg, Venue
from harness.market.pools.pool import Product
from harness.market.pools.stable_curve import (
    MAX_DECIMALS,
    MAX_UINT,
    POWERS,
    UNIT,
    FeeFirstPool,
    StableCurve,
    curve,
    curve_fits,
)

MIN_K = 10**10
ROUNDS = 255


@dataclass(frozen=True, slots=True)
class SolidlyVolatilePool(FeeFirstPool):
    """State at one block of a pool on the constant product, without a bound of 112 bits; the fee leaves the pool.

    Attributes:
        fee_bps: What the factory's `getFee` answers for the pool, in basis points of the input.
    """

    VENUE: ClassVar[Venue] = Venue.SOLIDLY
    GAS: ClassVar[int] = 127_000

    fee_bps: int

    def leg(self, i: int, j: int) -> Leg:  # noqa: ARG002 - what is sold is what the leg before it pays
        """Return the executor's leg for a swap here."""
        return legs.solidly(self.address, self.tokens[j])

    def amount_in(self, i: int, j: int, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none."""
        reserve_in, reserve_out = self.reserves[i], self.reserves[j]
        if amount_out <= 0:
            return 0
        if amount_out >= reserve_out:
            return None
        least = self._gross(i, -(-amount_out * reserve_in // (reserve_out - amount_out)))
        return least if self.amount_out(i, j, least) is not None else None

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:
        """Return what one more unit after `amount_in` brings, the fee taken off; 0 where the pool takes no more."""
        if self.amount_out(i, j, amount_in) is None:
            return 0.0
        reserve_in, reserve_out = self.reserves[i], self.reserves[j]
        reached = reserve_in + self._net(i, max(amount_in, 0))
        return self._kept(i) * (reserve_out / reached) * (reserve_in / reached)

    def product(self, i: int, j: int) -> Product | None:
        """Return the pool's constant product."""
        return Product(self.reserves[i], self.reserves[j], BPS - self.fee_bps, BPS)

    def _fee(self, i: int) -> tuple[int, int]:  # noqa: ARG002 - the same each way
        return self.fee_bps, BPS

    def _fee_problem(self) -> str | None:
        return fee_problem(self.fee_bps)

    def _curve_problem(self) -> str | None:
        fits = self.reserves[0] * self.reserves[1] <= MAX_UINT
        return None if fits else f"the product of the reserves {self.reserves} does not fit a word of the chain"

    def _paid(self, i: int, net: int) -> int | None:
        reserve_in, reserve_out = self.reserves[i], self.reserves[1 - i]
        paid = net * reserve_out // (reserve_in + net)
        widest = max(net * reserve_out, (reserve_in + net) * (reserve_out - paid))
        return paid if widest <= MAX_UINT else None


@dataclass(frozen=True, slots=True)
class SolidlyStablePool(StableCurve):
    """State at one block of a pool on x**3 * y + y**3 * x, in 18 decimals; the fee leaves the pool.

    Attributes:
        fee_bps: What the factory's `getFee` answers for the pool, in basis points of the input.
        decimals: Decimals of token0 and token1.
    """

    VENUE: ClassVar[Venue] = Venue.SOLIDLY
    GAS: ClassVar[int] = 170_000

    fee_bps: int
    decimals: tuple[int, int]

    def leg(self, i: int, j: int) -> Leg:  # noqa: ARG002 - what is sold is what the leg before it pays
        """Return the executor's leg for a swap here."""
        return legs.solidly(self.address, self.tokens[j])

    def _whole(self, side: int) -> int:
        return POWERS[self.decimals[side]]

    def _fee(self, i: int) -> tuple[int, int]:  # noqa: ARG002 - the same each way
        return self.fee_bps, BPS

    def _fee_problem(self) -> str | None:
        return fee_problem(self.fee_bps)

    def _curve_problem(self) -> str | None:
        if not all(0 <= decimals <= MAX_DECIMALS for decimals in self.decimals):
            return f"decimals {self.decimals} are not within 0 and {MAX_DECIMALS}"
        x, y = (self._scaled(side, self.reserves[side]) for side in (0, 1))
        if not curve_fits(x, y):
            return f"the curve at reserves {self.reserves} does not fit a word of the chain"
        if curve(x, y) < MIN_K:
            return f"reserves {self.reserves} are less than the protocol lets a stable pool begin with"
        return None

    def _solve(self, x: int, k: int, y: int) -> int | None:
        """Return the other reserve at which the curve is at `k`, from the guess `y`: the protocol's `_get_y`.

        One of its exits scales by the decimals what is scaled already, as is mirrored here.

        Returns:
            The reserve in 18 decimals; None where the chain overflows, divides by zero or gives up.
        """
        for _ in range(ROUNDS):
            slope = _slope(x, y) if y >= 0 and curve_fits(x, y) else 0
            if slope == 0:
                return None
            at = curve(x, y)
            step = abs(k - at) * UNIT // slope
            if at < k:
                if step == 0:
                    beyond = self._scaled(0, x), self._scaled(1, y + 1)
                    if not curve_fits(*beyond):
                        return None
                    if curve(*beyond) > k:
                        return y + 1
                y += step or 1
            else:
                if step == 0 and (at == k or curve(x, y - 1) < k):
                    return y
                y -= step or 1
        return None


def fee_problem(fee_bps: int) -> str | None:
    """Return why no pool has such a fee, or None."""
    return None if 0 <= fee_bps < BPS else f"a fee of {fee_bps} basis points takes all of the input"


def _slope(x: int, y: int) -> int:
    """Return the curve's slope in `y`, 3 * x * y**2 + x**3 as the protocol rounds it; 0 where a product overflows."""
    left, right = 3 * x * (y * y // UNIT), x * x // UNIT * x
    return left // UNIT + right // UNIT if max(left, right) <= MAX_UINT else 0
