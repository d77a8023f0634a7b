"""Curve's stable pools of the new generation against their own code: what a swap pays, and the administrator's part.

The published code is an early version's; later ones round the invariant otherwise.
"""

from collections.abc import Iterator
from dataclasses import replace
from random import Random

from evm_curve import NGOnChain
from exact_draws import amount, decimals, paid, spread, way

from harness.market.pools.curve_ng import EARLY, CurveNGPool
from harness.market.pools.stableswap import FEE_OF

Case = tuple[str, object, object]
STATES_A_POOL = 40


def cases(seed: int, count: int) -> Iterator[Case]:
    """Yield `count` comparisons as what, the pool's answer and ours."""
    random, chain, made = Random(seed), NGOnChain(), 0
    while made < count:
        for case in of(random, chain, STATES_A_POOL):
            yield case
            made += 1
            if made == count:
                return


def of(random: Random, chain: NGOnChain, states: int) -> Iterator[Case]:
    """Yield comparisons with a new pool over a number of states."""
    drawn = pool(random, chain.coins)
    drawn = replace(drawn, rounding=EARLY, address=chain.deploy(drawn))
    for _ in range(states):
        drawn = filled(random, drawn)
        i, j = way(random, len(drawn.tokens))
        given = amount(random, drawn.balances[i], 1.5)
        expected, out = chain.exchange(drawn, i, j, given), None
        if drawn.problem() is None:
            out = paid(None if expected is None else expected[0], drawn.amount_out(i, j, given))
        got = None if out is None else (out, kept(drawn, i, j, given))
        yield f"{given} of {i} for {j} in {drawn}", expected, got


def pool(random: Random, coins: tuple[str, ...]) -> CurveNGPool:
    """Return a pool of random terms, with nothing in it."""
    count, amp = random.randint(2, 8), spread(random, 0, 5.5)
    fee = random.choice((0, 1_000_000, 4_000_000, spread(random, 4, 8.5)))
    multiplier = random.choice((0, FEE_OF, 2 * FEE_OF, 5 * FEE_OF, random.randint(FEE_OF, 10 * FEE_OF)))
    wholes = (10 ** (36 - decimals(random)) for _ in range(count))
    rates = tuple(whole * random.choice((1000, random.randint(900, 1_200))) // 1000 for whole in wholes)
    return CurveNGPool("", coins[:count], (0,) * count, rates, amp * 100, fee, multiplier)


def filled(random: Random, empty: CurveNGPool) -> CurveNGPool:
    """Return a pool with random balances, of one size or far from it."""
    whole, off = random.uniform(18, 30), random.choice((0.1, 1, 3))
    worths = (spread(random, whole - off, whole + off) for _ in empty.rates)
    balances = (max(1, worth * 10**18 // rate) for worth, rate in zip(worths, empty.rates, strict=True))
    return replace(empty, balances=tuple(balances))


def kept(before: CurveNGPool, i: int, j: int, given: int) -> int:
    """Return what a swap takes out of the balance bought beside what it pays."""
    return before.balances[j] - before.after(i, j, given).balances[j] - (before.amount_out(i, j, given) or 0)
