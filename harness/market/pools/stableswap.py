"""Curve's stable invariant, solved by Newton's method in integers, rounded as each generation of its pools rounds.

Source: the StableSwap paper. With S and P the sum and the product of the n balances, A * n**n * S + D =
A * D * n**n + D**(n + 1) / (n**n * P). What follows the contracts' own order of operations is so on purpose; where a
product outgrows 256 bits the contract reverts and the answer is None.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

FEE_OF: Final = 10**10
"""The whole of which a fee is a part."""

MOST_FEE: Final = FEE_OF // 2
MOST_AMP: Final = 10**6
MOST_TOKENS: Final = 8
MOST_RATE: Final = 10**40
MOST_SCALED: Final = 10**36
ROUNDS: Final = 255
WORD: Final = 1 << 256


class Rounding(NamedTuple):
    """In what the pools' solvers differ.

    Attributes:
        precision: Parts of one in which the amplification is counted: 1 in the first pools, 100 since.
        more: Added to the divisor where the product of the balances is taken: 1 in the first pools against a zero.
        together: Whether n**n is divided by at the end, and not n at every balance.
        insists: Whether it reverts where it has not converged in 255 rounds; else the last round is the answer.
    """

    precision: int
    more: int
    together: bool
    insists: bool


@lru_cache(1 << 14)
def invariant(balances: tuple[int, ...], amp: int, rounding: Rounding) -> int | None:
    """Return the invariant D, or None where the contract reverts.

    Args:
        balances: The balances at 18 decimals, none of them zero.
        amp: Amplification in the parts of `rounding`, A * n**(n - 1) of the paper.
        rounding: How the pool rounds.
    """
    precision, more, together, insists = rounding
    count, total = len(balances), sum(balances)
    ann, found = amp * count, total
    for _ in range(ROUNDS):
        share = found
        for balance in balances:
            if share * found >= WORD:
                return None
            share = share * found // (balance if together else balance * count + more)
        if together:
            share //= count**count
        last = found
        above = (ann * total // precision + share * count) * found
        if above >= WORD:
            return None
        found = above // ((ann - precision) * found // precision + (count + 1) * share)
        if abs(found - last) <= 1:
            return found
    return None if insists else found


def balance_for(others: Sequence[int], amp: int, rounding: Rounding, d: int) -> int | None:
    """Return the balance that goes with all the others at an invariant, or None where the contract reverts.

    Args:
        others: The other balances at 18 decimals, none of them zero.
        amp: Amplification in the parts of `rounding`, A * n**(n - 1) of the paper.
        rounding: How the pool rounds.
        d: The invariant.
    """
    precision, count = rounding.precision, len(others) + 1
    ann, c = amp * count, d
    for other in others:
        if c * d >= WORD:
            return None
        c = c * d // (other * count)
    if c * d * precision >= WORD:
        return None
    c = c * d * precision // (ann * count)
    b = sum(others) + d * precision // ann
    found = d
    for _ in range(ROUNDS):
        last = found
        above, below = found * found + c, 2 * found + b - d
        if above >= WORD or below <= 0:
            return None
        found = above // below
        if abs(found - last) <= 1:
            return found
    return None if rounding.insists else found


def marginal(balances: Sequence[int], i: int, j: int, ann: float, d: int) -> float:
    """Return about what one more of balance `i` takes off balance `j` at the same invariant.

    Args:
        balances: The balances at 18 decimals.
        i: Index of the one that rises.
        j: Index of the one that falls.
        ann: Amplification times the number of balances, as a number: A * n**n of the paper.
        d: The invariant.
    """
    share = float(d)
    for balance in balances:
        share = share * d / (balance * len(balances))
    return (ann + share / balances[i]) / (ann + share / balances[j])


class Coins(NamedTuple):
    """What pools of every generation hold.

    Attributes:
        balances: In units of each coin.
        rates: What each balance is multiplied by, and divided by 10**18, to be comparable.
        scaled: Tells the balances multiplied so.
        invariant: Tells the invariant; None where it does not converge.
        fee: In parts of `FEE_OF`.
        admin_fee: The administrator's share of it, likewise.
    """

    balances: tuple[int, ...]
    rates: tuple[int, ...]
    scaled: Callable[[], list[int]]
    invariant: Callable[[], int | None]
    fee: int
    admin_fee: int


def coins_problem(count: int, coins: Coins) -> str | None:
    """Return why no pool of so many coins is in such a state, or None."""
    if not 2 <= count <= MOST_TOKENS:  # noqa: PLR2004 - a pair at least
        return f"a stable pool has 2 to {MOST_TOKENS} coins, not {count}"
    if not len(coins.balances) == len(coins.rates) == count:
        return "the coins, balances and rates are not as many"
    if not 0 <= coins.fee <= MOST_FEE or not 0 <= coins.admin_fee <= FEE_OF:
        return f"a fee of {coins.fee}, {coins.admin_fee} of it the administrator's, is not within a half and the whole"
    return _balance_problem(coins)


def _balance_problem(coins: Coins) -> str | None:
    if not all(0 < rate <= MOST_RATE for rate in coins.rates):
        return f"rates {coins.rates} are not within 1 and 10**40"
    if min(coins.balances) <= 0 or not all(0 < scaled <= MOST_SCALED for scaled in coins.scaled()):
        return f"balances {coins.balances} are zero, or worth more than 10**18 whole coins"
    if coins.invariant() is None:
        return f"the invariant of the balances {coins.balances} does not converge in 256 bits"
    return None
