"""Stable pools of Balancer V2: an invariant between sum and product of the balances, each worth its rate.

Source: Balancer's documentation of stable math, and the StableSwap paper for the invariant, A * n**n * S + D =
A * D * n**n + D**(n + 1) / (n**n * P), S and P being sum and product of the balances; each iteration rounds as the
pool's own does. Two generations of pools round it differently.

A composable pool has its own share token among the vault's tokens of the pool. It is left out here: a swap of it is a
join or an exit, by other formulas, and not among the legs of an arbitrage.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar, Final

from harness.market import legs
from harness.market.legs import Leg, Venue
from harness.market.pools.checks import pair_problem, pool_id_problem
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.fixed_point import ONE, div_down, div_up, mul_down, mul_up
from harness.market.pools.pool import Product
from harness.market.pools.search import least_input
from harness.market.pools.stableswap import ROUNDS, WORD, marginal

MOST_TOKENS: Final = 5
AMP_PRECISION: Final = 1_000
MOST_AMP: Final = 5_000 * AMP_PRECISION
MOST_FEE: Final = ONE // 10
MOST_BALANCE: Final = (1 << 112) - 1
LEAST_FACTOR: Final = ONE // 1_000
MOST_FACTOR: Final = 1_000 * ONE * ONE


@dataclass(frozen=True, slots=True)
class BalancerV2StablePool:
    """State of a pool at one block.

    Attributes:
        address: Checksummed address of the pool.
        vault: Checksummed address of the vault that swaps there.
        pool_id: The vault's id of the pool, 32 bytes in hex.
        tokens: Checksummed addresses of the tokens, in the pool's order, without its own share token.
        balances: Units of each that the vault accounts to the pool.
        factors: For each, what a unit is worth, at 18 decimals and counted in 18 decimals: the pool's scaling factor
            with its rate in it. At its next swap the pool may fetch a newer rate, where its cache has run out.
        amp: Amplification in thousandths, A * n**(n - 1) of the paper.
        fee: Fee of the input at 18 decimals.
        rounds_up: Whether the invariant is rounded up, as pools did before composable ones of 2022.
    """

    VENUE: ClassVar[Venue] = Venue.BALANCER_V2
    GAS: ClassVar[int] = 130_000

    address: str
    vault: str
    pool_id: str
    tokens: tuple[str, ...]
    balances: tuple[int, ...]
    factors: tuple[int, ...]
    amp: int
    fee: int
    rounds_up: bool = False

    def problem(self) -> str | None:
        """Return why the state cannot be traded on, or None."""
        count = len(self.tokens)
        if not 2 <= count <= MOST_TOKENS:  # noqa: PLR2004 - a pair at least
            return f"a stable pool has 2 to {MOST_TOKENS} tokens, not {count}"
        if not len(self.balances) == len(self.factors) == count:
            return "the tokens, balances and scaling factors are not as many"
        if not all(0 < balance <= MOST_BALANCE for balance in self.balances):
            return f"balances {self.balances} are not within 1 and 2**112 - 1"
        if not all(LEAST_FACTOR <= factor <= MOST_FACTOR for factor in self.factors):
            return f"scaling factors {self.factors} are not those of 0 to 18 decimals and a sensible rate"
        if not AMP_PRECISION <= self.amp <= MOST_AMP:
            return f"an amplification of {self.amp} thousandths is not within 1 and 5,000"
        return self._value_problem() or pair_problem(self.tokens)

    def _value_problem(self) -> str | None:
        if not 0 <= self.fee <= MOST_FEE:
            return f"a fee of {self.fee} is not within nothing and a tenth"
        if not all(self._scaled()) or self._invariant() is None:
            return f"the invariant of the balances {self.balances} does not converge in 256 bits"
        return pool_id_problem(self.pool_id)

    def amount_out(self, i: int, j: int, amount_in: int) -> int | None:
        """Return the units that the pool pays for `amount_in`.

        Args:
            i: Index of the token sold to the pool.
            j: Index of the token bought.
            amount_in: Units of the token sold.

        Returns:
            Units of the token bought, 0 also for too little to pay for, which the pool refuses; None where the
            contract's 256 bits, or the 112 of a balance, do not hold it.
        """
        if amount_in <= 0:
            return 0
        if self.balances[i] + amount_in > MOST_BALANCE:
            return None
        balances = self._scaled()
        held = balances[j]
        balances[i] += mul_down(amount_in - mul_up(amount_in, self.fee), self.factors[i])
        left = self._balance(balances, j)
        return None if left is None else max(0, div_down(held - left - 1, self.factors[j]))

    def amount_in(self, i: int, j: int, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none."""
        if amount_out <= 0:
            return 0
        balances = self._scaled()
        held, left = balances[i], balances[j] - 1 - mul_up(amount_out, self.factors[j])
        if left <= 0:
            return None
        balances[j] = left
        reached = self._balance(balances, i)
        start = 1 if reached is None else self._with_fee(i, max(0, reached - held))
        return least_input(lambda amount: self.amount_out(i, j, amount), amount_out, start)

    def asked(self, i: int, j: int, amount_out: int) -> int | None:
        """Return what the pool asks for exactly `amount_out` of it, 1 or more, or None where it refuses.

        It can be more than `amount_in`, as it is rounded against the trader at every step.
        """
        balances = self._scaled()
        held, left = balances[i], balances[j] - mul_down(amount_out, self.factors[j])
        if left <= 0 or amount_out > self.balances[j]:
            return None
        balances[j] = left
        reached = self._balance(balances, i)
        if reached is None or reached + 1 < held:
            return None
        amount = self._with_fee(i, reached - held + 1)
        return amount if self.balances[i] + amount <= MOST_BALANCE else None

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:
        """Return what one more unit after `amount_in` brings; 0 where the pool takes no more."""
        if self.amount_out(i, j, amount_in) is None:
            return 0.0
        balances = self._scaled()
        balances[i] += mul_down(amount_in - mul_up(amount_in, self.fee), self.factors[i])
        left, invariant = self._balance(balances, j), self._invariant()
        if left is None or invariant is None:
            return 0.0
        balances[j] = left
        slope = marginal(balances, i, j, self.amp / AMP_PRECISION * len(balances), invariant)
        return slope * self.factors[i] / self.factors[j] * (1 - self.fee / ONE)

    def product(self, i: int, j: int) -> Product | None:  # noqa: ARG002 - for any two tokens
        """Return None."""
        return None

    def after(self, i: int, j: int, amount_in: int) -> "BalancerV2StablePool":
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
        balances[i] += amount_in
        balances[j] -= paid
        return replace(self, balances=tuple(balances))

    def leg(self, i: int, j: int) -> Leg:  # noqa: ARG002 - what is sold is what the leg before it pays
        """Return the executor's leg for a swap here."""
        return legs.balancer_v2(self.vault, self.tokens[j], self.pool_id)

    def _scaled(self) -> list[int]:
        return [mul_down(balance, factor) for balance, factor in zip(self.balances, self.factors, strict=True)]

    def _invariant(self) -> int | None:
        find = invariant_rounded_up if self.rounds_up else invariant_rounded_down
        return find(tuple(self._scaled()), self.amp)

    def _balance(self, balances: list[int], index: int) -> int | None:
        invariant = self._invariant()
        return None if invariant is None else balance_for(balances, self.amp, invariant, index)

    def _with_fee(self, i: int, net: int) -> int:
        """Return the units to pay for `net` at 18 decimals to come in."""
        return div_up(div_up(net, self.factors[i]), ONE - self.fee)


@lru_cache(1 << 14)
def invariant_rounded_down(balances: tuple[int, ...], amp: int) -> int | None:
    """Return the invariant as composable pools compute it, or None where they revert.

    Args:
        balances: The balances at 18 decimals.
        amp: Amplification in thousandths.
    """
    count, total = len(balances), sum(balances)
    ann, invariant = amp * count, total
    for _ in range(ROUNDS):
        share = invariant
        for balance in balances:
            if share * invariant >= WORD:
                return None
            share = share * invariant // (balance * count)
        last = invariant
        above = (ann * total // AMP_PRECISION + share * count) * invariant
        if above >= WORD:
            return None
        invariant = above // ((ann - AMP_PRECISION) * invariant // AMP_PRECISION + (count + 1) * share)
        if abs(invariant - last) <= 1:
            return invariant
    return None


@lru_cache(1 << 14)
def invariant_rounded_up(balances: tuple[int, ...], amp: int) -> int | None:
    """Return the invariant as pools before the composable ones compute it, or None where they revert; as the other."""
    count, total = len(balances), sum(balances)
    ann, invariant = amp * count, total
    for _ in range(ROUNDS):
        share = balances[0] * count
        for balance in balances[1:]:
            if share * balance * count >= WORD:
                return None
            share = -(-share * balance * count // invariant)
        last = invariant
        above = count * invariant * invariant - (-ann * total * share // AMP_PRECISION)
        if ann * total * share >= WORD or above >= WORD:
            return None
        invariant = -(-above // ((count + 1) * invariant + (ann - AMP_PRECISION) * share // AMP_PRECISION))
        if abs(invariant - last) <= 1:
            return invariant
    return None


def balance_for(balances: list[int], amp: int, invariant: int, index: int) -> int | None:
    """Return the balance at `index` that keeps the invariant, rounded up, or None where the pool reverts.

    Args:
        balances: The balances at 18 decimals; that at `index` is any guess.
        amp: Amplification in thousandths.
        invariant: The invariant.
        index: Which balance is sought.
    """
    count = len(balances)
    ann, share = amp * count, balances[0] * count
    for balance in balances[1:]:
        if share * balance * count >= WORD:
            return None
        share = share * balance * count // invariant
    square = invariant * invariant
    if share == 0 or max(square, ann * share) >= WORD:
        return None
    c = -(-square // (ann * share)) * AMP_PRECISION * balances[index]
    b = sum(balances) - balances[index] + invariant // ann * AMP_PRECISION
    if square + c >= WORD:
        return None
    found = -(-(square + c) // (invariant + b))
    for _ in range(ROUNDS):
        last = found
        above, below = found * found + c, 2 * found + b - invariant
        if above >= WORD or below <= 0:
            return None
        found = -(-above // below)
        if abs(found - last) <= 1:
            return found
    return None
