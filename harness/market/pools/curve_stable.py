"""Curve's stable pools of before the new generation, whose `exchange` takes indices of type int128.

Source: the StableSwap paper and Curve's documentation of its pools. What `exchange` pays is what counts here: the view
`get_dy` takes the fee after the change of units where `exchange` takes it before, and can differ by a unit or two.
Checked against the code of the sUSD pool, and against recorded answers of the 3pool.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Final, NamedTuple

from harness.market import legs
from harness.market.legs import Leg, Venue
from harness.market.pools.checks import pair_problem
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.pool import Product
from harness.market.pools.search import least_input
from harness.market.pools.stableswap import (
    FEE_OF,
    MOST_AMP,
    WORD,
    Coins,
    Rounding,
    balance_for,
    coins_problem,
    invariant,
    marginal,
)

PRECISION: Final = 10**18


class Rules(NamedTuple):
    """In what pools differ.

    Attributes:
        rounding: How the invariant is rounded.
        spare: What is kept back of an output at 18 decimals, against rounding.
        by_value: Whether the balances are set anew from values at 18 decimals, and not by what came and went.
    """

    rounding: Rounding
    spare: int
    by_value: bool


FIRST: Final = Rules(Rounding(1, 1, False, False), 0, True)
"""sUSD, y, Compound, USDT, BUSD, PAX."""

SECOND: Final = Rules(Rounding(1, 0, False, False), 1, False)
"""3pool, ren, sBTC, hBTC."""

THIRD: Final = Rules(Rounding(100, 0, False, False), 1, False)
"""Pools and metapools with an amplification in hundredths."""

GUARDED: Final = Rules(Rounding(100, 1, False, False), 1, False)
"""As the third, with a divisor that cannot be zero: stETH."""

FACTORY: Final = Rules(Rounding(100, 0, True, True), 1, False)
"""Plain pools of the factory."""


@dataclass(frozen=True, slots=True)
class CurveStablePool:
    """State of a pool at one block.

    Attributes:
        address: Checksummed address of the pool.
        tokens: Checksummed addresses of the coins, in the pool's order.
        balances: Units of each that the pool accounts for.
        rates: For each, what 10**18 units are worth at 18 decimals: 10**(36 - decimals), times the rate of a coin that
            has one.
        amp: Amplification as the pool uses it at the block, in hundredths where its rules are so; while it ramps,
            that is another one at every time.
        fee: Fee of the output in parts of 10**10.
        admin_fee: Share of the fee that leaves the pool's balances, in parts of 10**10.
        rules: The pool's generation.
    """

    VENUE: ClassVar[Venue] = Venue.CURVE
    GAS: ClassVar[int] = 115_000

    address: str
    tokens: tuple[str, ...]
    balances: tuple[int, ...]
    rates: tuple[int, ...]
    amp: int
    fee: int
    admin_fee: int
    rules: Rules

    def problem(self) -> str | None:
        """Return why the state cannot be traded on, or None."""
        precision = self.rules.rounding.precision
        if not precision <= self.amp <= MOST_AMP * precision:
            return f"an amplification of {self.amp} in parts of {precision} is not within 1 and a million"
        coins = Coins(self.balances, self.rates, self._scaled, self._invariant, self.fee, self.admin_fee)
        return coins_problem(len(self.tokens), coins) or pair_problem(self.tokens)

    def amount_out(self, i: int, j: int, amount_in: int) -> int | None:
        """Return the units that the pool's `exchange` pays for `amount_in`.

        Args:
            i: Index of the coin sold to the pool.
            j: Index of the coin bought.
            amount_in: Units of the coin sold.

        Returns:
            Units of the coin bought, 0 also for too little to pay for, which pools refuse; None where the contract's
            256 bits do not hold it.
        """
        if amount_in <= 0:
            return 0
        bought = self._bought(i, j, amount_in)
        return None if bought is None else max(0, bought - bought * self.fee // FEE_OF) * PRECISION // self.rates[j]

    def quoted(self, i: int, j: int, amount_in: int) -> int | None:
        """Return what the pool's view `get_dy` says of an amount of 1 or more; None or 0 as `amount_out`."""
        bought = self._bought(i, j, amount_in)
        if bought is None:
            return None
        units = max(0, bought) * PRECISION // self.rates[j]
        return units - units * self.fee // FEE_OF

    def amount_in(self, i: int, j: int, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none."""
        if amount_out <= 0:
            return 0
        net = -(-amount_out * self.rates[j] // PRECISION)
        scaled, d = self._scaled(), self._invariant()
        left = scaled[j] - self.rules.spare + net * -FEE_OF // (FEE_OF - self.fee)
        if left <= 0 or d is None:
            return None
        others = [left if at == j else balance for at, balance in enumerate(scaled) if at != i]
        reached = balance_for(others, self.amp, self.rules.rounding, d)
        start = 1 if reached is None else (reached - scaled[i]) * PRECISION // self.rates[i]
        return least_input(lambda amount: self.amount_out(i, j, amount), amount_out, start)

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:
        """Return what one more unit after `amount_in` brings; 0 where the pool takes no more."""
        scaled, d = self._scaled(), self._invariant()
        bought = self._bought(i, j, amount_in)
        if bought is None or d is None:
            return 0.0
        scaled[i] += amount_in * self.rates[i] // PRECISION
        scaled[j] = max(1, scaled[j] - bought)
        slope = marginal(scaled, i, j, self.amp / self.rules.rounding.precision * len(scaled), d)
        return slope * (self.rates[i] / self.rates[j]) * (1 - self.fee / FEE_OF)

    def product(self, i: int, j: int) -> Product | None:  # noqa: ARG002 - for any two coins
        """Return None."""
        return None

    def after(self, i: int, j: int, amount_in: int) -> "CurveStablePool":
        """Return the state that a swap of `amount_in` leaves behind; this one where it pays nothing: nobody swaps so.

        Raises:
            LiquidityExhaustedError: The pool cannot take that much.
        """
        paid, bought = self.amount_out(i, j, amount_in), self._bought(i, j, amount_in)
        if paid is None or bought is None:
            raise LiquidityExhaustedError(f"the pool {self.address} cannot take {amount_in}; trade less")
        if paid == 0:
            return self
        fee = bought * self.fee // FEE_OF
        admin_fee = fee * self.admin_fee // FEE_OF
        balances, scaled = list(self.balances), self._scaled()
        if self.rules.by_value:
            value = scaled[i] + amount_in * self.rates[i] // PRECISION
            balances[i] = value * PRECISION // self.rates[i]
            balances[j] = (scaled[j] - bought + fee - admin_fee) * PRECISION // self.rates[j]
        else:
            balances[i] += amount_in
            balances[j] -= paid + admin_fee * PRECISION // self.rates[j]
        return replace(self, balances=tuple(balances))

    def leg(self, i: int, j: int) -> Leg:
        """Return the executor's leg for a swap here."""
        return legs.curve(self.address, self.tokens[j], i, j)

    def _bought(self, i: int, j: int, amount_in: int) -> int | None:
        """Return what an input buys before the fee, at 18 decimals; below 0 where it is too little."""
        scaled, d = self._scaled(), self._invariant()
        if amount_in * self.rates[i] >= WORD or d is None:
            return None
        held = scaled[j]
        scaled[i] += amount_in * self.rates[i] // PRECISION
        del scaled[j]
        left = balance_for(scaled, self.amp, self.rules.rounding, d)
        return None if left is None else held - left - self.rules.spare

    def _scaled(self) -> list[int]:
        return [rate * balance // PRECISION for rate, balance in zip(self.rates, self.balances, strict=True)]

    def _invariant(self) -> int | None:
        return invariant(tuple(self._scaled()), self.amp, self.rules.rounding)
