"""Curve's stable pools of the new generation: rates of the coins, and a fee that grows off the peg.

Source: Curve's documentation of Stableswap-NG and the StableSwap paper. Checked against the code of an early version,
which a package publishes. Later ones round the invariant otherwise, which is checked against recorded answers of two
pools and our own model alone.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from harness.market import legs
from harness.market.legs import Leg, Venue
from harness.market.pools.checks import pair_problem
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.pool import Product
from harness.market.pools.search import least_input
from harness.market.pools.stableswap import (
    FEE_OF,
    MOST_AMP,
    MOST_FEE,
    WORD,
    Coins,
    Rounding,
    balance_for,
    coins_problem,
    invariant,
    marginal,
)

PRECISION: Final = 10**18
HALF: Final = 128
"""Bits of a price or an invariant in the pool's oracles."""

A_PRECISION: Final = 100
ROUNDING: Final = Rounding(A_PRECISION, 0, True, True)
EARLY: Final = Rounding(A_PRECISION, 0, False, True)
"""The published version's: it divides by the number of coins at every balance."""


@dataclass(frozen=True, slots=True)
class CurveNGPool:
    """State of a plain pool without rebasing coins at one block.

    Attributes:
        address: Checksummed address of the pool.
        tokens: Checksummed addresses of the coins, in the pool's order.
        balances: Units of each that belong to the pool, without the administrator's.
        rates: For each, what 10**18 units are worth at 18 decimals, as the pool's `stored_rates` says.
        amp: Amplification in hundredths, as the pool uses it at the block.
        fee: Fee of the output at equal balances, in parts of 10**10.
        offpeg_multiplier: By how much the fee is multiplied far off the peg, in parts of 10**10.
        admin_fee: Share of the fee that leaves the pool's balances, in parts of 10**10.
        rounding: How the pool's version rounds its invariant, `EARLY` or later.
    """

    VENUE: ClassVar[Venue] = Venue.CURVE_NG
    GAS: ClassVar[int] = 130_000

    address: str
    tokens: tuple[str, ...]
    balances: tuple[int, ...]
    rates: tuple[int, ...]
    amp: int
    fee: int
    offpeg_multiplier: int
    admin_fee: int = FEE_OF // 2
    rounding: Rounding = ROUNDING

    def problem(self) -> str | None:
        """Return why the state cannot be traded on, or None."""
        if not A_PRECISION <= self.amp <= MOST_AMP * A_PRECISION:
            return f"an amplification of {self.amp} in parts of {A_PRECISION} is not within 1 and a million"
        coins = Coins(self.balances, self.rates, self._scaled, self._invariant, self.fee, self.admin_fee)
        return coins_problem(len(self.tokens), coins) or self._fee_problem() or pair_problem(self.tokens)

    def _fee_problem(self) -> str | None:
        if not 0 <= self.offpeg_multiplier * self.fee <= MOST_FEE * FEE_OF:
            return f"a multiplier of {self.offpeg_multiplier} makes the fee more than a half"
        return None

    def amount_out(self, i: int, j: int, amount_in: int) -> int | None:
        """Return the units that the pool pays for `amount_in`.

        Args:
            i: Index of the coin sold to the pool.
            j: Index of the coin bought.
            amount_in: Units of the coin sold.

        Returns:
            Units of the coin bought, 0 also for too little to pay for, which the pool refuses; None where the
            contract's 256 bits do not hold it.
        """
        bought = self._bought(i, j, amount_in) if amount_in > 0 else (0, 0)
        return None if bought is None else (bought[0] - bought[1]) * PRECISION // self.rates[j]

    def amount_in(self, i: int, j: int, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none."""
        if amount_out <= 0:
            return 0
        net = -(-amount_out * self.rates[j] // PRECISION)
        scaled, d, fee = self._scaled(), self._invariant(), self.fee
        start = 1
        for _ in range(3):
            left = scaled[j] - 1 + net * -FEE_OF // (FEE_OF - fee)
            if left <= 0 or d is None:
                break
            others = [left if at == j else balance for at, balance in enumerate(scaled) if at != i]
            reached = balance_for(others, self.amp, self.rounding, d)
            if reached is None:
                break
            start = (reached - scaled[i]) * PRECISION // self.rates[i]
            fee = self._fee((scaled[i] + reached) // 2, (scaled[j] + left) // 2) or self.fee
        return least_input(lambda amount: self.amount_out(i, j, amount), amount_out, start)

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:
        """Return what one more unit after `amount_in` brings; 0 where the pool takes no more."""
        scaled, d = self._scaled(), self._invariant()
        bought = self._bought(i, j, amount_in)
        if bought is None or d is None:
            return 0.0
        x, y = float(scaled[i]), float(scaled[j])
        scaled[i] += amount_in * self.rates[i] // PRECISION
        scaled[j] = max(1, scaled[j] - bought[0])
        slope = marginal(scaled, i, j, self.amp / A_PRECISION * len(scaled), d)
        x, y = (x + scaled[i]) / 2, (y + scaled[j]) / 2
        fee, growth = self._fee_about(x, y, slope)
        net = max(0.0, slope * (1 - fee) - bought[0] * growth)
        return net * (self.rates[i] / self.rates[j])

    def product(self, i: int, j: int) -> Product | None:  # noqa: ARG002 - for any two coins
        """Return None."""
        return None

    def after(self, i: int, j: int, amount_in: int) -> "CurveNGPool":
        """Return the state that a swap of `amount_in` leaves behind; this one where it pays nothing: nobody swaps so.

        Raises:
            LiquidityExhaustedError: The pool cannot take that much.
        """
        bought = self._bought(i, j, amount_in) if amount_in > 0 else (0, 0)
        if bought is None:
            raise LiquidityExhaustedError(f"the pool {self.address} cannot take {amount_in}; trade less")
        out, fee = bought
        paid = (out - fee) * PRECISION // self.rates[j]
        if paid == 0:
            return self
        balances = list(self.balances)
        balances[i] += amount_in
        balances[j] -= paid + fee * self.admin_fee // FEE_OF * PRECISION // self.rates[j]
        return replace(self, balances=tuple(balances))

    def leg(self, i: int, j: int) -> Leg:
        """Return the executor's leg for a swap here."""
        return legs.curve_ng(self.address, self.tokens[j], i, j)

    def _bought(self, i: int, j: int, amount_in: int) -> tuple[int, int] | None:
        """Return what an input buys before the fee, and the fee, at 18 decimals."""
        scaled, d = self._scaled(), self._invariant()
        if amount_in * self.rates[i] >= WORD or d is None:
            return None
        x, y = scaled[i], scaled[j]
        scaled[i] = reached = x + amount_in * self.rates[i] // PRECISION
        del scaled[j]
        left = balance_for(scaled, self.amp, self.rounding, d)
        if left is None or not self._priced([*scaled[:j], left, *scaled[j:]], d):
            return None
        out, fee = max(0, y - left - 1), self._fee((x + reached) // 2, (y + left) // 2)
        return None if fee is None else (out, out * fee // FEE_OF)

    def _priced(self, scaled: list[int], d: int) -> bool:
        """Tell whether the pool's oracles hold the prices of the balances that a swap leaves; else the pool reverts."""
        count, share = len(scaled), d // len(scaled) ** len(scaled)
        for balance in scaled:
            if balance == 0 or share * d >= WORD:
                return False
            share = share * d // balance
        even = self.amp * count * scaled[0] // A_PRECISION
        tops = [PRECISION * (even + share * scaled[0] // balance) for balance in scaled[1:]]
        held = share * scaled[0] < WORD and max(tops) < WORD and even + share > 0
        return bool(held and max(tops) // (even + share) < 1 << HALF)

    def _fee(self, x: int, y: int) -> int | None:
        """Return the fee in parts of 10**10 between two balances at 18 decimals, or None where it reverts."""
        more = self.offpeg_multiplier - FEE_OF
        if more <= 0:
            return self.fee
        if max((x + y) ** 2, more * 4 * x * y) >= WORD:
            return None
        return self.offpeg_multiplier * self.fee // (more * 4 * x * y // (x + y) ** 2 + FEE_OF)

    def _fee_about(self, x: float, y: float, slope: float) -> tuple[float, float]:
        """Return the fee as a share, and by how much it grows for one more at 18 decimals of the coin sold."""
        multiplier, fee = self.offpeg_multiplier / FEE_OF, self.fee / FEE_OF
        if multiplier <= 1:
            return fee, 0.0
        near = 4 * x * y / (x + y) ** 2
        turn = 2 * ((y - x * slope) * (x + y) - 2 * x * y * (1 - slope)) / (x + y) ** 3
        scale = (multiplier - 1) * near + 1
        return multiplier * fee / scale, -multiplier * fee * (multiplier - 1) * turn / scale**2

    def _scaled(self) -> list[int]:
        return [rate * balance // PRECISION for rate, balance in zip(self.rates, self.balances, strict=True)]

    def _invariant(self) -> int | None:
        d = invariant(tuple(self._scaled()), self.amp, self.rounding)
        return None if d is None or d >> HALF else d
