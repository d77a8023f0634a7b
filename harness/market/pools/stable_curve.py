"""The curve x**3 * y + y**3 * x of stable pairs, in 18 decimals, with the fee taken from the input first.

Solidly's code and its forks have it alike; what they differ in is how they find the way along it, and the fee.
"""

from dataclasses import dataclass, replace
from typing import Self

from harness.market.pools.checks import pair_problem
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.pool import Product
from harness.market.pools.search import least, least_up_to

MAX_UINT = (1 << 256) - 1
UNIT = 10**18
MAX_DECIMALS = 30
POWERS = tuple(int(10**decimals) for decimals in range(MAX_DECIMALS + 1))
TRIES = 32
WIDER = (10**14, 10**11, 10**8, 10**5, 100, 1)
SAFE = 10**28
"""Amounts in 18 decimals up to which no product on the way to the curve outgrows a word of the chain."""


@dataclass(frozen=True, slots=True)
class FeeFirstPool:
    """State of a pair at one block, of whose input a fee is taken first; curve and fee are the subclass's.

    Attributes:
        address: Checksummed address of the pool.
        tokens: Checksummed addresses of token0 and token1.
        reserves: Units of each that the pool accounts for.
    """

    address: str
    tokens: tuple[str, str]
    reserves: tuple[int, int]

    def problem(self) -> str | None:
        """Return why the state cannot be traded on, or None."""
        if not all(0 < reserve <= MAX_UINT for reserve in self.reserves):
            return f"reserves {self.reserves} are not within 1 and 2**256 - 1"
        return self._fee_problem() or self._curve_problem() or pair_problem(self.tokens)

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
        net = self._net(i, amount_in)
        if amount_in * max(1, self._fee(i)[0]) > MAX_UINT:
            return None
        paid = self._paid(i, net)
        return None if paid and (amount_in - net) * UNIT > MAX_UINT else paid

    def after(self, i: int, j: int, amount_in: int) -> Self:
        """Return the state that a swap of `amount_in` leaves behind.

        Raises:
            LiquidityExhaustedError: The pool cannot take that much.
        """
        if amount_in <= 0:
            return self
        paid = self.amount_out(i, j, amount_in)
        if paid is None:
            raise LiquidityExhaustedError(f"the pool {self.address} cannot take {amount_in}; trade less")
        stays, (left, right) = self._stays(i, amount_in), self.reserves
        return replace(self, reserves=(left + stays, right - paid) if i == 0 else (left - paid, right + stays))

    def _net(self, i: int, amount_in: int) -> int:
        """Return what the fee, rounded down, leaves of an input."""
        taken, of = self._fee(i)
        return amount_in - amount_in * taken // of

    def _gross(self, i: int, net: int) -> int:
        """Return the least input of which the fee leaves `net`, 1 or more."""
        taken, of = self._fee(i)
        return (net - 1) * of // (of - taken) + 1

    def _kept(self, i: int) -> float:
        taken, of = self._fee(i)
        return (of - taken) / of

    def _stays(self, i: int, amount_in: int) -> int:
        """Return what of an input is in the reserve afterwards: where the fee leaves the pool, what it left."""
        return self._net(i, amount_in)

    def _fee(self, i: int) -> tuple[int, int]:
        """Return what part of an input the fee is: so many of how many."""
        raise NotImplementedError

    def _fee_problem(self) -> str | None:
        raise NotImplementedError

    def _curve_problem(self) -> str | None:
        raise NotImplementedError

    def _paid(self, i: int, net: int) -> int | None:
        """Return what is paid for `net`, the fee already off."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class StableCurve(FeeFirstPool):
    """A pair on the curve.

    The chain's iteration can fail at an input and succeed at its neighbours, the more often the less the pool holds:
    what is paid is no monotone function of the input to the last unit.
    """

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
            amount = self._gross(i, net)
            if self._pays(i, amount, amount_out):
                return amount
            net = max(net + 1, self._raw(i, self._scaled(i, net) + 1))
        start = self._gross(i, net)
        wider = (start + start // part for part in WIDER)
        found = (least_up_to(lambda amount: self._pays(i, amount, amount_out), most, most) for most in wider)
        return next((amount for amount in found if amount is not None), None)

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:
        """Return what one more unit after `amount_in` brings, the fee taken off; 0 where the pool takes no more."""
        paid = self.amount_out(i, j, amount_in)
        if paid is None:
            return 0.0
        x = (self.reserves[i] + self._net(i, max(amount_in, 0))) / self._whole(i)
        y = (self.reserves[j] - paid) / self._whole(j)
        ratio = y / x
        slope = ratio * (3 + ratio * ratio) / (1 + 3 * ratio * ratio)
        return self._kept(i) * slope * self._whole(j) / self._whole(i)

    def product(self, i: int, j: int) -> Product | None:  # noqa: ARG002 - it is none
        """Return None."""
        return None

    def _whole(self, side: int) -> int:
        """Return the units of a whole token."""
        raise NotImplementedError

    def _solve(self, x: int, k: int, y: int) -> int | None:
        """Return the other reserve at which the curve is at `k`, from the guess `y`: the protocol's `_get_y`.

        Returns:
            The reserve in 18 decimals; None where the chain overflows, divides by zero or gives up.
        """
        raise NotImplementedError

    def _pays(self, i: int, amount_in: int, wanted: int) -> bool:
        return (self.amount_out(i, 1 - i, amount_in) or 0) >= wanted

    def _least_net(self, i: int, left: int) -> int:
        """Return the least net input at which the curve allows the other reserve, in 18 decimals, to fall to `left`."""
        k, held = self._k(*self.reserves), self._scaled(i, self.reserves[i])
        about = self._solve(left, k, held) or held
        return max(1, self._raw(i, least(lambda x: curve(x, left) >= k, about)) - self.reserves[i])

    def _paid(self, i: int, net: int) -> int | None:
        """Return what `getAmountOut` answers, if `swap` grants it."""
        k = self._k(*self.reserves)
        paid = self._quoted(i, net, k)
        return paid if not paid or self._granted(i, net, paid, k) else None

    def _quoted(self, i: int, net: int, k: int) -> int | None:
        """Return what `getAmountOut` answers where the curve is at `k`; None where it fails."""
        held = self._scaled(1 - i, self.reserves[1 - i])
        rest = self._solve(self._scaled(i, self.reserves[i]) + self._scaled(i, net), k, held)
        return None if rest is None or rest > held else (held - rest) * self._whole(1 - i) // UNIT

    def _granted(self, i: int, net: int, paid: int, k: int) -> bool:
        """Tell whether `swap` lets `paid` go: the curve must not fall, and some of the reserve must stay."""
        left = self.reserves[1 - i] - paid
        x, y = self._scaled(i, self.reserves[i] + net), self._scaled(1 - i, left)
        return left > 0 and curve_fits(x, y) and curve(x, y) >= k

    def _scaled(self, side: int, amount: int) -> int:
        """Return an amount in 18 decimals, rounded down."""
        return amount * UNIT // self._whole(side)

    def _raw(self, side: int, scaled: int) -> int:
        """Return the least amount that is `scaled` in 18 decimals."""
        return -(-scaled * self._whole(side) // UNIT)

    def _k(self, x: int, y: int) -> int:
        return curve(self._scaled(0, x), self._scaled(1, y))


def curve(x: int, y: int) -> int:
    """Return x**3 * y + y**3 * x with the protocols' roundings, all in 18 decimals."""
    return (x * y // UNIT) * (x * x // UNIT + y * y // UNIT) // UNIT


def curve_fits(x: int, y: int) -> bool:
    """Tell whether no product of the curve outgrows a word of the chain."""
    if x <= SAFE and y <= SAFE:
        return True
    if max(x, y) >> 128:
        return False
    return (x * y // UNIT) * (x * x // UNIT + y * y // UNIT) <= MAX_UINT
