"""Curve's stable invariant, solved by Newton's method in integers, rounded as each generation of its pools rounds.

Source: the StableSwap paper. With S and P the sum and the product of the n balances, A * n**n * S + D =
A * D * n**n + D**(n + 1) / (n**n * P). What follows the contracts' own order of operations is so on purpose; where a
product outgrows 256 bits the contract reverts and the answer is None.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

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
