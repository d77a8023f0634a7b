"""Weighted pools of Balancer V2 and V3: a product of balances, each to the power of its weight, that does not fall.

Source: Balancer's documentation of weighted math; the order of fee, scaling and rounding is that of `onSwap` in the
pools of V2, and of the vault's `swap` and the pool's `onSwap` in V3.
"""

import math
from dataclasses import dataclass, replace
from typing import ClassVar, Final, NamedTuple, Self

from harness.market import legs
from harness.market.legs import Leg, Venue
from harness.market.pools.checks import pair_problem, pool_id_problem
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.fixed_point import (
    FOUR,
    ONE,
    TWO,
    complement,
    div_down,
    div_up,
    mul_down,
    mul_up,
    pow_up,
    power,
)
from harness.market.pools.pool import Product
from harness.market.pools.search import least_up_to

MOST_TOKENS: Final = 8
LEAST_WEIGHT: Final = ONE // 100
MOST_FEE: Final = ONE // 10
MOST_RATIO: Final = 3 * ONE // 10
"""Share of a balance that a swap may bring or take, at 18 decimals."""

SCALINGS: Final = frozenset(10**missing for missing in range(19))
MOST_BALANCE_V2: Final = (1 << 112) - 1
MOST_BALANCE_V3: Final = (1 << 128) - 1
LEAST_TRADE_V3: Final = 10**6
"""Least amount at 18 decimals, in or out, that the vault of V3 swaps, as it is deployed."""

LEAST_RATE: Final = ONE // 1000
MOST_RATE: Final = 1000 * ONE


class Sides(NamedTuple):
    """A direction as the pool's formula sees it, at 18 decimals."""

    balance_in: int
    balance_out: int
    weight_in: int
    weight_out: int
    whole: bool

    def paid(self, net: int) -> int:
        """Return what `net`, the fee taken off, pays; all at 18 decimals."""
        base = div_up(self.balance_in, self.balance_in + net)
        return mul_down(self.balance_out, complement(self._lowered(base)))

    def needed(self, wanted: int) -> int | None:
        """Return the least net input that pays `wanted`, or None where the largest does not; all at 18 decimals.

        The formula sees an input only as the share that it takes off a ratio of balances, in steps of 1e-18: the least
        such share is found first, starting from the inverse power.
        """
        most_left = ONE - div_up(wanted, self.balance_out)
        if most_left <= 0:
            return None
        most = mul_down(self.balance_in, MOST_RATIO)
        most_share = ONE - div_up(self.balance_in, self.balance_in + most)
        share = least_up_to(
            lambda share: self._lowered(ONE - share) <= most_left, most_share, max(1, ONE - self._raised(most_left))
        )
        if share is None:
            return None
        net = -(-self.balance_in * ONE // (ONE - share)) - self.balance_in
        return net if net <= most else None

    def asked(self, out: int) -> int:
        """Return the net input that the pool asks for exactly `out`; all at 18 decimals."""
        base = div_up(self.balance_out, self.balance_out - out)
        ratio = pow_up(base, div_up(self.weight_out, self.weight_in), self.whole) - ONE
        return mul_up(self.balance_in, ratio)

    def _lowered(self, base: int) -> int:
        return pow_up(base, div_down(self.weight_in, self.weight_out), self.whole)

    def _raised(self, left: int) -> int:
        """Return about the ratio of balances at which `left` of the other is left."""
        exponent = div_down(self.weight_in, self.weight_out)
        if self.whole and exponent == ONE:
            return left
        if not (self.whole and exponent in (TWO, FOUR)):
            left = max(1, left - left // 10**14 - 1)
        return power(left, ONE * self.weight_out // self.weight_in)


@dataclass(frozen=True, slots=True)
class WeightedPool:
    """State of a pool at one block; V2 and V3 add how amounts are scaled and where the fee comes off.

    Attributes:
        address: Checksummed address of the pool.
        vault: Checksummed address of the vault that swaps there.
        tokens: Checksummed addresses of the tokens, in the pool's order.
        balances: Units of each that the vault accounts to the pool.
        weights: Share of each in the pool's value, at 18 decimals.
        scaling: For each, what a unit counts for at 18 decimals: 10 to the power of 18 less its decimals.
        fee: Fee of the input at 18 decimals.
    """

    LEAST_TRADE: ClassVar[int] = 0

    address: str
    vault: str
    tokens: tuple[str, ...]
    balances: tuple[int, ...]
    weights: tuple[int, ...]
    scaling: tuple[int, ...]
    fee: int

    def problem(self) -> str | None:
        """Return why the state cannot be traded on, or None."""
        count = len(self.tokens)
        if not 2 <= count <= MOST_TOKENS:  # noqa: PLR2004 - a pair at least
            return f"a weighted pool has 2 to {MOST_TOKENS} tokens, not {count}"
        if not len(self.balances) == len(self.weights) == len(self.scaling) == count:
            return "the tokens, balances, weights and scaling factors are not as many"
        if any(factor not in SCALINGS for factor in self.scaling):
            return f"scaling factors {self.scaling} are not those of 0 to 18 decimals"
        if min(self.weights) < LEAST_WEIGHT or sum(self.weights) != ONE:
            return f"weights {self.weights} are not a hundredth each at least, and one together"
        if not 0 <= self.fee <= MOST_FEE:
            return f"a fee of {self.fee} is not within nothing and a tenth"
        return self._balance_problem() or pair_problem(self.tokens)

    def amount_out(self, i: int, j: int, amount_in: int) -> int | None:
        """Return the units that the pool pays for `amount_in`.

        Args:
            i: Index of the token sold to the pool.
            j: Index of the token bought.
            amount_in: Units of the token sold.

        Returns:
            Units of the token bought; 0 also for less than the vault swaps at all; None for more than three tenths of
            the balance, or than can be accounted for.
        """
        if amount_in <= 0:
            return 0
        sides = self._sides(i, j)
        net = self._net(i, amount_in)
        if net > mul_down(sides.balance_in, MOST_RATIO) or not self._can_hold(i, amount_in):
            return None
        out = sides.paid(net) if net >= self.LEAST_TRADE else 0
        if out < self.LEAST_TRADE:
            return 0
        return self._unscaled(j, out) if self._can_spare(i, j, out) else None

    def amount_in(self, i: int, j: int, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none."""
        if amount_out <= 0:
            return 0
        net = self._sides(i, j).needed(max(self.LEAST_TRADE, self._least_scaled(j, amount_out)))
        if net is None:
            return None
        least = self._gross(i, max(self.LEAST_TRADE, net))
        return None if self.amount_out(i, j, least) is None else least

    def asked(self, i: int, j: int, amount_out: int) -> int | None:
        """Return what the pool asks for exactly `amount_out` of it, 1 or more, or None where it refuses.

        It can be more than `amount_in`, as it is rounded against the trader at every step.
        """
        sides, out = self._sides(i, j), self._scaled_out(j, amount_out)
        if out > mul_down(sides.balance_out, MOST_RATIO) or out < self.LEAST_TRADE:
            return None
        asked = sides.asked(out)
        if asked < self.LEAST_TRADE or not self._can_spare(i, j, out):
            return None
        amount = self._with_fee(i, asked)
        return amount if self._can_hold(i, amount) else None

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:
        """Return what one more unit after `amount_in` brings; 0 where the pool takes no more."""
        sides, net = self._sides(i, j), self._net(i, amount_in)
        if net > mul_down(sides.balance_in, MOST_RATIO):
            return 0.0
        exponent = sides.weight_in / sides.weight_out
        left = sides.balance_in / (sides.balance_in + net)
        marginal = sides.balance_out * exponent * math.pow(left, exponent) / (sides.balance_in + net)
        return marginal * self._unit(i) / self._unit(j) * (1 - self.fee / ONE)

    def product(self, i: int, j: int) -> Product | None:  # noqa: ARG002 - for any two tokens
        """Return None: even with equal weights it is one within three tenths of a balance alone."""
        return None

    def after(self, i: int, j: int, amount_in: int) -> Self:
        """Return the state that a swap of `amount_in` leaves behind; this one where it pays nothing: nobody swaps so.

        Raises:
            LiquidityExhaustedError: The pool cannot take that much.
        """
        paid = self.amount_out(i, j, amount_in)
        if paid is None:
            raise LiquidityExhaustedError(f"the pool {self.address} cannot take {amount_in}; trade less")
        if paid == 0:
            return self
        balances = list(self.balances)
        balances[i] += amount_in - self._kept_by_protocol(i, amount_in)
        balances[j] -= paid
        return replace(self, balances=tuple(balances))

    def _balance_problem(self) -> str | None:
        raise NotImplementedError

    def _sides(self, i: int, j: int) -> Sides:
        raise NotImplementedError

    def _net(self, i: int, amount_in: int) -> int:
        """Return what the formula sees of an input, at 18 decimals."""
        raise NotImplementedError

    def _gross(self, i: int, net: int) -> int:
        """Return the least input of which the formula sees `net`, at 18 decimals."""
        raise NotImplementedError

    def _with_fee(self, i: int, asked: int) -> int:
        """Return the units that the vault takes where the formula asks for `asked`."""
        raise NotImplementedError

    def _unscaled(self, j: int, out: int) -> int:
        """Return the units paid where the formula pays `out`."""
        raise NotImplementedError

    def _least_scaled(self, j: int, amount_out: int) -> int:
        """Return the least the formula must pay for `amount_out` units to come of it."""
        raise NotImplementedError

    def _scaled_out(self, j: int, amount_out: int) -> int:
        """Return what the formula sees of an output that is asked for."""
        raise NotImplementedError

    def _unit(self, i: int) -> float:
        """Return about what a unit counts for at 18 decimals."""
        raise NotImplementedError

    def _can_hold(self, i: int, amount_in: int) -> bool:
        raise NotImplementedError

    def _can_spare(self, i: int, j: int, out: int) -> bool:
        raise NotImplementedError

    def _kept_by_protocol(self, i: int, amount_in: int) -> int:
        """Return how much of an input leaves the pool's balance at once."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class BalancerV2WeightedPool(WeightedPool):
    """A pool of the V2 vault; of any factory, as they differ in `whole_powers` alone.

    Attributes:
        pool_id: The vault's id of the pool, 32 bytes in hex.
        whole_powers: Whether exponents of exactly one, two and four are multiplied out: true of factories since 2022.
    """

    VENUE: ClassVar[Venue] = Venue.BALANCER_V2
    GAS: ClassVar[int] = 100_000

    pool_id: str
    whole_powers: bool

    def leg(self, i: int, j: int) -> Leg:  # noqa: ARG002 - what is sold is what the leg before it pays
        """Return the executor's leg for a swap here."""
        return legs.balancer_v2(self.vault, self.tokens[j], self.pool_id)

    def _balance_problem(self) -> str | None:
        whole = all(0 < balance <= MOST_BALANCE_V2 for balance in self.balances)
        return pool_id_problem(self.pool_id) if whole else f"balances {self.balances} are not within 1 and 2**112 - 1"

    def _sides(self, i: int, j: int) -> Sides:
        balance_in, balance_out = self.balances[i] * self.scaling[i], self.balances[j] * self.scaling[j]
        return Sides(balance_in, balance_out, self.weights[i], self.weights[j], self.whole_powers)

    def _net(self, i: int, amount_in: int) -> int:
        return (amount_in - mul_up(amount_in, self.fee)) * self.scaling[i]

    def _gross(self, i: int, net: int) -> int:
        return self._with_fee(i, net)

    def _with_fee(self, i: int, asked: int) -> int:
        return div_up(-(-asked // self.scaling[i]), ONE - self.fee)

    def _unscaled(self, j: int, out: int) -> int:
        return out // self.scaling[j]

    def _least_scaled(self, j: int, amount_out: int) -> int:
        return amount_out * self.scaling[j]

    def _scaled_out(self, j: int, amount_out: int) -> int:
        return amount_out * self.scaling[j]

    def _unit(self, i: int) -> float:
        return float(self.scaling[i])

    def _can_hold(self, i: int, amount_in: int) -> bool:
        return self.balances[i] + amount_in <= MOST_BALANCE_V2

    def _can_spare(self, i: int, j: int, out: int) -> bool:  # noqa: ARG002 - three tenths are the only limit
        return True

    def _kept_by_protocol(self, i: int, amount_in: int) -> int:  # noqa: ARG002 - it takes its part when shares are made
        return 0


@dataclass(frozen=True, slots=True)
class BalancerV3WeightedPool(WeightedPool):
    """A pool of the V3 vault without hooks that change amounts, of the factory that gives each token a least balance.

    Attributes:
        rates: Worth of each token at 18 decimals, as its rate provider says; one where it has none.
        least_balances: For each token, the least that the pool may be left with, at 18 decimals.
        protocol_share: Share of the fee, at 18 decimals, that leaves the pool's balance at once: the pool's aggregate
            swap fee percentage.
    """

    VENUE: ClassVar[Venue] = Venue.BALANCER_V3
    GAS: ClassVar[int] = 130_000
    LEAST_TRADE: ClassVar[int] = LEAST_TRADE_V3

    rates: tuple[int, ...]
    least_balances: tuple[int, ...]
    protocol_share: int = 0

    def leg(self, i: int, j: int) -> Leg:  # noqa: ARG002 - what is sold is what the leg before it pays
        """Return the executor's leg for a swap here."""
        return legs.balancer_v3(self.vault, self.tokens[j], self.address)

    def _balance_problem(self) -> str | None:
        count = len(self.tokens)
        if not len(self.rates) == len(self.least_balances) == count:
            return "the tokens, rates and least balances are not as many"
        if not all(LEAST_RATE <= rate <= MOST_RATE for rate in self.rates):
            return f"rates {self.rates} are not within a thousandth and a thousand"
        if not 0 <= self.protocol_share <= ONE:
            return f"the protocol's share {self.protocol_share} is more than the fee"
        if not all(self._live(at) > 0 and self._can_hold(at, 0) for at in range(count)):
            return f"balances {self.balances} are zero, or beyond 128 bits"
        return None

    def _live(self, i: int, more: int = 0) -> int:
        """Return a balance at 18 decimals and worth its rate."""
        return mul_down((self.balances[i] + more) * self.scaling[i], self.rates[i])

    def _sides(self, i: int, j: int) -> Sides:
        return Sides(self._live(i) + 1, self._live(j), self.weights[i], self.weights[j], True)

    def _net(self, i: int, amount_in: int) -> int:
        given = mul_down(amount_in * self.scaling[i], self.rates[i])
        return given - mul_up(given, self.fee)

    def _gross(self, i: int, net: int) -> int:
        return div_up(div_up(net, ONE - self.fee), self.scaling[i] * self.rates[i])

    def _with_fee(self, i: int, asked: int) -> int:
        fee = -(-asked * self.fee // (ONE - self.fee))
        return div_up(asked + fee, self.scaling[i] * self.rates[i])

    def _unscaled(self, j: int, out: int) -> int:
        return div_down(out, self.scaling[j] * self._rate_up(j))

    def _least_scaled(self, j: int, amount_out: int) -> int:
        return mul_up(amount_out, self.scaling[j] * self._rate_up(j))

    def _scaled_out(self, j: int, amount_out: int) -> int:
        return mul_up(amount_out * self.scaling[j], self._rate_up(j))

    def _rate_up(self, j: int) -> int:
        return self.rates[j] + (self.rates[j] % ONE > 0)

    def _unit(self, i: int) -> float:
        return self.scaling[i] * self.rates[i] / ONE

    def _can_hold(self, i: int, amount_in: int) -> bool:
        return self.balances[i] + amount_in <= MOST_BALANCE_V3 and self._live(i, amount_in) <= MOST_BALANCE_V3

    def _can_spare(self, i: int, j: int, out: int) -> bool:
        return self._live(i) + 1 >= self.least_balances[i] and self._live(j) - out >= self.least_balances[j]

    def _kept_by_protocol(self, i: int, amount_in: int) -> int:
        fee = mul_up(mul_down(amount_in * self.scaling[i], self.rates[i]), self.fee)
        return mul_down(div_down(fee, self.scaling[i] * self.rates[i]), self.protocol_share)
