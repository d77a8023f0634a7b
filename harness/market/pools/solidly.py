"""Solidly's pools as Velodrome V2 and Aerodrome have them: volatile and stable, the fee taken from the input first.

Source: the protocols' documented Pool, Aerodrome's as deployed on Base, which is Velodrome V2's. Solidly's own first
code and its early forks end Newton's iteration elsewhere and round the curve otherwise: their stable pools are not
answered here to the unit.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from harness.market import legs
from harness.market.legs import Leg, Venue
from harness.market.pools.checks import pair_problem
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.pool import Product
from harness.market.pools.search import least, least_up_to

BPS = 10_000
MAX_UINT = (1 << 256) - 1
UNIT = 10**18
MIN_K = 10**10
MAX_DECIMALS = 30
POWERS = tuple(int(10**decimals) for decimals in range(MAX_DECIMALS + 1))
ROUNDS = 255
TRIES = 32
WIDER = (10**14, 10**11, 10**8, 10**5, 100, 1)
SAFE = 10**28
"""Amounts in 18 decimals up to which no product on the way to the curve outgrows a word of the chain."""


@dataclass(frozen=True, slots=True)
class SolidlyPool:
    """State of a pool at one block; the curve is the subclass's.

    Attributes:
        address: Checksummed address of the pool.
        tokens: Checksummed addresses of token0 and token1.
        reserves: Units of each that the pool accounts for.
        fee_bps: What the factory's `getFee` answers for the pool, in basis points of the input.
    """

    VENUE: ClassVar[Venue] = Venue.SOLIDLY

    address: str
    tokens: tuple[str, str]
    reserves: tuple[int, int]
    fee_bps: int

    def problem(self) -> str | None:
        """Return why the state cannot be traded on, or None."""
        if not all(0 < reserve <= MAX_UINT for reserve in self.reserves):
            return f"reserves {self.reserves} are not within 1 and 2**256 - 1"
        if not 0 <= self.fee_bps < BPS:
            return f"a fee of {self.fee_bps} basis points takes all of the input"
        return self._curve_problem() or pair_problem(self.tokens)

    def amount_out(self, i: int, j: int, amount_in: int) -> int | None:  # noqa: ARG002 - the other one
        """Return what the pool's `getAmountOut` answers for `amount_in`, where its `swap` then grants it.

        Args:
            i: Index of the token sold to the pool.
            j: Index of the token bought.
            amount_in: Units of the token sold.

        Returns:
            Units of the token bought; None where a word of the chain overflows, Newton's iteration does not end, or
            the pool's own check refuses what its quote said.
        """
        if amount_in <= 0:
            return 0
        net = self._net(amount_in)
        if amount_in * max(1, self.fee_bps) > MAX_UINT:
            return None
        paid = self._paid(i, net)
        return None if paid and (amount_in - net) * UNIT > MAX_UINT else paid

    def after(self, i: int, j: int, amount_in: int) -> Self:
        """Return the state that a swap of `amount_in` leaves behind; the fee has left the pool.

        Raises:
            LiquidityExhaustedError: The pool cannot take that much.
        """
        if amount_in <= 0:
            return self
        paid = self.amount_out(i, j, amount_in)
        if paid is None:
            raise LiquidityExhaustedError(f"the pool {self.address} cannot take {amount_in}; trade less")
        net, (left, right) = self._net(amount_in), self.reserves
        return replace(self, reserves=(left + net, right - paid) if i == 0 else (left - paid, right + net))

    def leg(self, i: int, j: int) -> Leg:  # noqa: ARG002 - what is sold is what the leg before it pays
        """Return the executor's leg for a swap here."""
        return legs.solidly(self.address, self.tokens[j])

    def _net(self, amount_in: int) -> int:
        """Return what the fee, rounded down, leaves of an input."""
        return amount_in - amount_in * self.fee_bps // BPS

    def _gross(self, net: int) -> int:
        """Return the least input of which the fee leaves `net`, 1 or more."""
        return (net - 1) * BPS // (BPS - self.fee_bps) + 1

    def _kept(self) -> float:
        return (BPS - self.fee_bps) / BPS

    def _curve_problem(self) -> str | None:
        raise NotImplementedError

    def _paid(self, i: int, net: int) -> int | None:
        """Return what is paid for `net`, the fee already off."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class SolidlyVolatilePool(SolidlyPool):
    """A pool on the constant product, without a bound of 112 bits."""

    GAS: ClassVar[int] = 127_000

    def amount_in(self, i: int, j: int, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none."""
        reserve_in, reserve_out = self.reserves[i], self.reserves[j]
        if amount_out <= 0:
            return 0
        if amount_out >= reserve_out:
            return None
        least = self._gross(-(-amount_out * reserve_in // (reserve_out - amount_out)))
        return least if self.amount_out(i, j, least) is not None else None

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:
        """Return what one more unit after `amount_in` brings, the fee taken off; 0 where the pool takes no more."""
        if self.amount_out(i, j, amount_in) is None:
            return 0.0
        reserve_in, reserve_out = self.reserves[i], self.reserves[j]
        reached = reserve_in + self._net(max(amount_in, 0))
        return self._kept() * (reserve_out / reached) * (reserve_in / reached)

    def product(self, i: int, j: int) -> Product | None:
        """Return the pool's constant product."""
        return Product(self.reserves[i], self.reserves[j], BPS - self.fee_bps, BPS)

    def _curve_problem(self) -> str | None:
        fits = self.reserves[0] * self.reserves[1] <= MAX_UINT
        return None if fits else f"the product of the reserves {self.reserves} does not fit a word of the chain"

    def _paid(self, i: int, net: int) -> int | None:
        reserve_in, reserve_out = self.reserves[i], self.reserves[1 - i]
        paid = net * reserve_out // (reserve_in + net)
        widest = max(net * reserve_out, (reserve_in + net) * (reserve_out - paid))
        return paid if widest <= MAX_UINT else None


@dataclass(frozen=True, slots=True)
class SolidlyStablePool(SolidlyPool):
    """A pool on x**3 * y + y**3 * x, in 18 decimals.

    The chain's iteration can fail at an input and succeed at its neighbours, the more often the less the pool holds:
    what is paid is no monotone function of the input to the last unit.

    Attributes:
        decimals: Decimals of token0 and token1.
    """

    GAS: ClassVar[int] = 170_000

    decimals: tuple[int, int]

    def amount_in(self, i: int, j: int, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none.

        Below the input at which the curve itself allows `amount_out` nothing pays that much, and rarely is more needed:
        where Newton's iteration ends beside the curve or not at all. In pools of less than a whole token a side that
        can be far off; there it is the least of its neighbourhood.
        """
        if amount_out <= 0:
            return 0
        left = self._scaled(j, self.reserves[j] - amount_out)
        if left <= 0:
            return None
        net = self._least_net(i, left)
        for _ in range(TRIES):
            amount = self._gross(net)
            if self._pays(i, amount, amount_out):
                return amount
            net = max(net + 1, self._raw(i, self._scaled(i, net) + 1))
        start = self._gross(net)
        wider = (start + start // part for part in WIDER)
        found = (least_up_to(lambda amount: self._pays(i, amount, amount_out), most, most) for most in wider)
        return next((amount for amount in found if amount is not None), None)

    def _pays(self, i: int, amount_in: int, wanted: int) -> bool:
        return (self.amount_out(i, 1 - i, amount_in) or 0) >= wanted

    def _least_net(self, i: int, left: int) -> int:
        """Return the least net input at which the curve allows the other reserve, in 18 decimals, to fall to `left`."""
        k, held = self._k(*self.reserves), self._scaled(i, self.reserves[i])
        about = self._solve(left, k, held) or held
        return max(1, self._raw(i, least(lambda x: _curve(x, left) >= k, about)) - self.reserves[i])

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:
        """Return what one more unit after `amount_in` brings, the fee taken off; 0 where the pool takes no more."""
        paid = self.amount_out(i, j, amount_in)
        if paid is None:
            return 0.0
        x = (self.reserves[i] + self._net(max(amount_in, 0))) / POWERS[self.decimals[i]]
        y = (self.reserves[j] - paid) / POWERS[self.decimals[j]]
        ratio = y / x
        slope = ratio * (3 + ratio * ratio) / (1 + 3 * ratio * ratio)
        return self._kept() * slope * POWERS[self.decimals[j]] / POWERS[self.decimals[i]]

    def product(self, i: int, j: int) -> Product | None:  # noqa: ARG002 - it is none
        """Return None."""
        return None

    def _curve_problem(self) -> str | None:
        if not all(0 <= decimals <= MAX_DECIMALS for decimals in self.decimals):
            return f"decimals {self.decimals} are not within 0 and {MAX_DECIMALS}"
        x, y = (self._scaled(side, self.reserves[side]) for side in (0, 1))
        if not _curve_fits(x, y):
            return f"the curve at reserves {self.reserves} does not fit a word of the chain"
        if _curve(x, y) < MIN_K:
            return f"reserves {self.reserves} are less than the protocol lets a stable pool begin with"
        return None

    def _paid(self, i: int, net: int) -> int | None:
        """Return what `getAmountOut` answers, if `swap` grants it."""
        j, k = 1 - i, self._k(*self.reserves)
        held = self._scaled(j, self.reserves[j])
        rest = self._solve(self._scaled(i, self.reserves[i]) + self._scaled(i, net), k, held)
        if rest is None or rest > held:
            return None
        paid = (held - rest) * POWERS[self.decimals[j]] // UNIT
        return paid if paid == 0 or self._granted(i, net, paid, k) else None

    def _granted(self, i: int, net: int, paid: int, k: int) -> bool:
        """Tell whether `swap` lets `paid` go: the curve must not fall, and some of the reserve must stay."""
        left = self.reserves[1 - i] - paid
        x, y = self._scaled(i, self.reserves[i] + net), self._scaled(1 - i, left)
        return left > 0 and _curve_fits(x, y) and _curve(x, y) >= k

    def _scaled(self, side: int, amount: int) -> int:
        """Return an amount in 18 decimals, rounded down."""
        return amount * UNIT // POWERS[self.decimals[side]]

    def _raw(self, side: int, scaled: int) -> int:
        """Return the least amount that is `scaled` in 18 decimals."""
        return -(-scaled * POWERS[self.decimals[side]] // UNIT)

    def _k(self, x: int, y: int) -> int:
        return _curve(self._scaled(0, x), self._scaled(1, y))

    def _solve(self, x: int, k: int, y: int) -> int | None:
        """Return the other reserve at which the curve is at `k`, from the guess `y`: the protocol's `_get_y`.

        One of its exits scales by the decimals what is scaled already, as is mirrored here.

        Returns:
            The reserve in 18 decimals; None where the chain overflows, divides by zero or gives up.
        """
        for _ in range(ROUNDS):
            slope = _slope(x, y) if y >= 0 and _curve_fits(x, y) else 0
            if slope == 0:
                return None
            at = _curve(x, y)
            step = abs(k - at) * UNIT // slope
            if at < k:
                if step == 0:
                    beyond = self._scaled(0, x), self._scaled(1, y + 1)
                    if not _curve_fits(*beyond):
                        return None
                    if _curve(*beyond) > k:
                        return y + 1
                y += step or 1
            else:
                if step == 0 and (at == k or _curve(x, y - 1) < k):
                    return y
                y -= step or 1
        return None


def _curve(x: int, y: int) -> int:
    """Return x**3 * y + y**3 * x with the protocol's roundings, all in 18 decimals."""
    return (x * y // UNIT) * (x * x // UNIT + y * y // UNIT) // UNIT


def _curve_fits(x: int, y: int) -> bool:
    """Tell whether no product of the curve outgrows a word of the chain."""
    if x <= SAFE and y <= SAFE:
        return True
    if max(x, y) >> 128:
        return False
    return (x * y // UNIT) * (x * x // UNIT + y * y // UNIT) <= MAX_UINT


def _slope(x: int, y: int) -> int:
    """Return the curve's slope in `y`, 3 * x * y**2 + x**3 as the protocol rounds it; 0 where a product overflows."""
    left, right = 3 * x * (y * y // UNIT), x * x // UNIT * x
    return left // UNIT + right // UNIT if max(left, right) <= MAX_UINT else 0
