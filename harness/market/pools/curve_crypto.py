"""Curve's pools for volatile coins: two and three coins of the first and the new generation.

Source: the whitepaper "Automatic market-making with dynamic peg" and Curve's documentation of its pools. Checked
against the code of the pools of two coins of 2021 and that of the mathematics of the new pools of three; the rest of
these, and the new pools of two, against recorded answers of pools on chain and an independent simulator.
"""

from dataclasses import dataclass, replace
from math import isqrt
from typing import ClassVar, Final

from harness.market import legs
from harness.market.legs import Leg, Venue
from harness.market.pools.checks import pair_problem
from harness.market.pools.cryptoswap import LEAST_D, LEAST_GAMMA, MOST_D, ONE, WORD, Solver
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.pool import Product
from harness.market.pools.search import least_input

FEE_OF: Final = 10**10
"""The whole of which fees are parts."""

MOST_PRICE: Final = 10**36
PRECISIONS: Final = frozenset(10**missing for missing in range(19))
STEP: Final = 10**6
"""Part of an amount or of a balance by which a rate is measured."""


class StateUnknownError(LiquidityExhaustedError):
    """What a swap leaves behind does not follow from what is known of the pool."""


@dataclass(frozen=True, slots=True)
class Peg:
    """What decides how a swap moves the price scale, at 18 decimals.

    Attributes:
        supply: The pool's shares.
        virtual_price: Worth of a share.
        profit: The pool's profit counter, `xcp_profit`.
        oracle: The price oracle of each coin but the first, as the view answers at the time of the swap.
        extra_profit: Profit above which the price scale moves, `allowed_extra_profit`.
        step: Least distance between oracle and price scale at which it moves, `adjustment_step`.
        ramping: Whether amplification or gamma are ramping, during which a loss is let pass.
    """

    supply: int
    virtual_price: int
    profit: int
    oracle: tuple[int, ...]
    extra_profit: int
    step: int
    ramping: bool = False


@dataclass(frozen=True, slots=True)
class CurveCryptoPool:
    """State of a pool at one block.

    Attributes:
        address: Checksummed address of the pool.
        tokens: Checksummed addresses of the coins, in the pool's order.
        balances: Units of each that the pool accounts for.
        precisions: For each, what a unit counts for at 18 decimals: 10 to the power of 18 less its decimals.
        price_scale: For each coin but the first, the price around which liquidity is concentrated, at 18 decimals.
        amp: A * n**n in parts of 10,000, as the pool's `A` says at the block.
        gamma: Gamma at 18 decimals at the block.
        d: The invariant that the pool has stored; while it ramps, that of its balances.
        mid_fee: Fee of the output at balance, in parts of 10**10.
        out_fee: Fee far off it.
        fee_gamma: How fast the one turns into the other, at 18 decimals.
        solver: The pool's generation.
        peg: What decides the next state; None where it is not known.
    """

    VENUE: ClassVar[Venue] = Venue.CURVE_CRYPTO
    GAS: ClassVar[int] = 240_000

    address: str
    tokens: tuple[str, ...]
    balances: tuple[int, ...]
    precisions: tuple[int, ...]
    price_scale: tuple[int, ...]
    amp: int
    gamma: int
    d: int
    mid_fee: int
    out_fee: int
    fee_gamma: int
    solver: type[Solver]
    peg: Peg | None = None

    def problem(self) -> str | None:
        """Return why the state cannot be traded on, or None."""
        count = self.solver.COINS
        if not len(self.tokens) == len(self.balances) == len(self.precisions) == len(self.price_scale) + 1 == count:
            return f"the coins, balances, precisions and prices are not those of a pool of {count} coins"
        low, high = self.solver.AMPS
        if not low <= self.amp <= high:
            return f"an amplification of {self.amp} is not within {low} and {high}"
        if not LEAST_GAMMA <= self.gamma <= self.solver.MOST_GAMMA:
            return f"gamma {self.gamma} is not within 10**10 and {self.solver.MOST_GAMMA}"
        if not 0 <= self.mid_fee <= self.out_fee <= FEE_OF or not 0 < self.fee_gamma <= ONE:
            return f"fees {self.mid_fee} to {self.out_fee} by {self.fee_gamma} are not those of a pool"
        return self._value_problem() or self._peg_problem() or pair_problem(self.tokens)

    def _value_problem(self) -> str | None:
        if any(precision not in PRECISIONS for precision in self.precisions):
            return f"precisions {self.precisions} are not those of 0 to 18 decimals"
        if not all(0 < price <= MOST_PRICE for price in self.price_scale):
            return f"prices {self.price_scale} are not within 1 and 10**36"
        if not LEAST_D <= self.d <= MOST_D:
            return f"an invariant of {self.d} is not within 10**17 and 10**33"
        if min(self.balances) <= 0 or not all(0 < x <= 100 * self.d for x in self._priced(self.balances)):
            return f"balances {self.balances} are zero, or worth more than a hundred times the invariant"
        return None

    def _peg_problem(self) -> str | None:
        if self._worth(self.d, self.price_scale, 1) is None:
            return f"prices {self.price_scale} are too low for the pool to reckon what it is worth"
        if self.peg is not None and (
            min(self.peg.supply, self.peg.virtual_price, self.peg.profit, *self.peg.oracle) <= 0
            or len(self.peg.oracle) != len(self.price_scale)
        ):
            return f"shares, prices and profits of {self.peg} are not those of a pool"
        return None

    def amount_out(self, i: int, j: int, amount_in: int) -> int | None:
        """Return the units that the pool pays for `amount_in`.

        A pool also refuses a swap that would leave a share worth less, which roundings can do to the very smallest.

        Args:
            i: Index of the coin sold to the pool.
            j: Index of the coin bought.
            amount_in: Units of the coin sold.

        Returns:
            Units of the coin bought, 0 also for too little to pay for; None where the pool would get too far out of
            balance to compute with.
        """
        if amount_in <= 0:
            return 0
        swapped = self._swap(i, j, amount_in)
        return None if swapped is None else swapped[0]

    def amount_in(self, i: int, j: int, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none.

        The pool's solvers find balances to about 1e-18 of the invariant, and what they pay wobbles by as much between
        neighbouring inputs: one unit less than the answer pays less, but some input a little below that may not.
        """
        if amount_out <= 0:
            return 0
        if amount_out >= self.balances[j]:
            return None
        held, start = self._priced(self.balances), 1
        fee = self._fee(held)
        for _ in range(3):
            gross = -(-amount_out * FEE_OF // (FEE_OF - fee)) if fee < FEE_OF else self.balances[j]
            if gross >= self.balances[j]:
                break
            left = list(self.balances)
            left[j] -= gross
            xp = self._priced(left)
            solved = self.solver.balance(self.amp, self.gamma, xp, self.d, i)
            if solved is None:
                break
            xp[i] = solved[0]
            start, fee = self._unpriced(i, solved[0] - held[i]), self._fee(xp)
        return least_input(lambda amount: self.amount_out(i, j, amount), amount_out, start)

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:
        """Return what one more unit after `amount_in` brings; 0 where the pool takes no more."""
        step = max(1, self.balances[i] // STEP, self._unpriced(i, self.d) // STEP, amount_in // STEP)
        low, high = self._paid(i, j, amount_in), self._paid(i, j, amount_in + step)
        return 0.0 if low is None or high is None else max(0.0, (high - low) / step)

    def product(self, i: int, j: int) -> Product | None:  # noqa: ARG002 - for any two coins
        """Return None."""
        return None

    def after(self, i: int, j: int, amount_in: int) -> "CurveCryptoPool":
        """Return the state that a swap of `amount_in` leaves behind; this one where it pays nothing: nobody swaps so.

        Balances, invariant and price scale are the pool's; the oracle stays as it is, as it does within a block.

        Raises:
            LiquidityExhaustedError: The pool cannot take that much.
            StateUnknownError: `peg` is not known, or the pool is of the first generation.
        """
        if amount_in <= 0:
            return self
        swapped = self._swap(i, j, amount_in)
        if swapped is None:
            raise LiquidityExhaustedError(f"the pool {self.address} cannot take {amount_in}; trade less")
        paid, hint = swapped
        if paid == 0:
            return self
        if self.peg is None or not self.solver.KNOWN_AFTER:
            raise StateUnknownError(f"how the pool {self.address} moves its prices is not known; trade there once")
        balances = list(self.balances)
        balances[i] += amount_in
        balances[j] -= paid
        moved = self._credited(self.peg, tuple(balances), hint)
        if moved is None:
            raise LiquidityExhaustedError(f"the pool {self.address} would lose by {amount_in}; trade more")
        return moved

    def leg(self, i: int, j: int) -> Leg:
        """Return the executor's leg for a swap here."""
        return legs.curve_crypto(self.address, self.tokens[j], i, j)

    def _swap(self, i: int, j: int, amount_in: int) -> tuple[int, int] | None:
        """Return what is paid, and the solver's hint."""
        held = list(self.balances)
        held[i] += amount_in
        xp = self._priced(held)
        if xp[i] * ONE >= WORD:
            return None
        solved = self.solver.balance(self.amp, self.gamma, xp, self.d, j)
        if solved is None:
            return None
        bought = xp[j] - solved[0] - 1
        xp[j] = solved[0]
        units = self._unpriced(j, max(0, bought))
        return units - self._fee(xp) * units // FEE_OF, solved[1]

    def _paid(self, i: int, j: int, amount_in: int) -> float | None:
        """Return about what is paid, with the part of a unit that is rounded off."""
        if amount_in <= 0:
            return 0.0
        held = list(self.balances)
        held[i] += amount_in
        xp = self._priced(held)
        solved = None if xp[i] * ONE >= WORD else self.solver.balance(self.amp, self.gamma, xp, self.d, j)
        if solved is None:
            return None
        bought, xp[j] = max(0, xp[j] - solved[0]), solved[0]
        return bought / self._price(j) / self.precisions[j] * (1 - self._fee(xp) / FEE_OF)

    def _credited(self, peg: Peg, balances: tuple[int, ...], hint: int) -> "CurveCryptoPool | None":
        """Return the state with these balances, its price scale moved where the pool moves it; None for a loss."""
        xp = self._priced(balances)
        d = self.solver.invariant(self.amp, self.gamma, xp, hint)
        worth = None if d is None else self._worth(d, self.price_scale, peg.supply)
        if d is None or worth is None or (worth <= peg.virtual_price and not peg.ramping):
            return None
        profit = peg.profit * worth // peg.virtual_price
        still = replace(self, balances=balances, d=d, peg=replace(peg, virtual_price=worth, profit=profit))
        prices = self._moved_prices(peg) if 2 * worth - ONE > profit + 2 * peg.extra_profit else None
        return still if prices is None else still._repegged(prices, xp)

    def _repegged(self, prices: tuple[int, ...], xp: list[int]) -> "CurveCryptoPool | None":
        """Return this state at other prices if the pool can afford them, else this; None where the pool reverts."""
        peg = self.peg
        there = [x * new // old for x, new, old in zip(xp[1:], prices, self.price_scale, strict=True)]
        d = self.solver.invariant(self.amp, self.gamma, [xp[0], *there])
        if d is None or peg is None:
            return None
        worth = self._worth(d, prices, peg.supply)
        if worth is None:
            return None
        if worth <= ONE or 2 * worth - ONE <= peg.profit:
            return self
        return replace(self, d=d, price_scale=prices, peg=replace(peg, virtual_price=worth))

    def _moved_prices(self, peg: Peg) -> tuple[int, ...] | None:
        """Return the price scale a step nearer to the oracle, or None where they are too near for a step."""
        pairs = tuple(zip(self.price_scale, peg.oracle, strict=True))
        norm = isqrt(sum((oracle * ONE // price - ONE) ** 2 for price, oracle in pairs))
        step = max(peg.step, norm // 5)
        if norm <= step:
            return None
        return tuple((price * (norm - step) + step * oracle) // norm for price, oracle in pairs)

    def _worth(self, d: int, prices: tuple[int, ...], supply: int) -> int | None:
        """Return the worth of a share were the pool in balance at these prices; None where it outgrows the chain."""
        count = self.solver.COINS
        mean = self.solver.mean([d // count, *(d * ONE // (count * price) for price in prices)])
        return None if mean is None else ONE * mean // supply

    def _fee(self, xp: list[int]) -> int:
        """Return the fee in parts of 10**10 at these balances."""
        count, total = self.solver.COINS, sum(xp)
        if count == 2:  # noqa: PLR2004 - two coins are multiplied by four at once
            balance = 4 * ONE * xp[0] // total * xp[1] // total
        else:
            balance = ONE
            for x in xp:
                balance = balance * count * x // total
        near = self.fee_gamma * ONE // (self.fee_gamma + ONE - balance)
        return (self.mid_fee * near + self.out_fee * (ONE - near)) // ONE

    def _priced(self, balances: tuple[int, ...] | list[int]) -> list[int]:
        """Return balances at 18 decimals, each times its price."""
        first, *others = (balance * precision for balance, precision in zip(balances, self.precisions, strict=True))
        return [first, *(x * price // ONE for x, price in zip(others, self.price_scale, strict=True))]

    def _unpriced(self, j: int, value: int) -> int:
        """Return the units of a value at 18 decimals and times its price."""
        return (value if j == 0 else value * ONE // self.price_scale[j - 1]) // self.precisions[j]

    def _price(self, j: int) -> float:
        return 1.0 if j == 0 else self.price_scale[j - 1] / ONE
