"""Curve's pools of the new generation against our own model of them, which proves less than their code would."""

from collections.abc import Iterator
from random import Random

from evm_curve import ModelNGOnChain
from exact_draws import amount, decimals, paid, spread, way

from harness.market.pools.curve_ng import CurveNGPool
from harness.market.pools.stableswap import FEE_OF

Case = tuple[str, object, object]
STATES_A_POOL = 40


def cases(seed: int, count: int) -> Iterator[Case]:
    """Yield `count` comparisons as what, the model's answer and ours."""
    random, chain, made = Random(seed), ModelNGOnChain(), 0
    while made < count:
        for case in of(random, chain, STATES_A_POOL):
            yield case
            made += 1
            if made == count:
                return


def of(random: Random, chain: ModelNGOnChain, states: int) -> Iterator[Case]:
    """Yield comparisons with a new pool over a number of states."""
    count, amp = random.randint(2, 8), spread(random, 0, 5.5)
    fee = random.choice((0, 1_000_000, 4_000_000, spread(random, 4, 8.5)))
    multiplier = random.choice((0, FEE_OF, 2 * FEE_OF, 5 * FEE_OF, random.randint(FEE_OF, 10 * FEE_OF)))
    address = chain.deploy(count, amp, fee, multiplier)
    for _ in range(states):
        places = tuple(decimals(random) for _ in range(count))
        rates = tuple(
            10 ** (36 - place) * random.choice((1000, random.randint(900, 1_200))) // 1000 for place in places
        )
        whole, off = random.uniform(0, 12), random.choice((0.1, 1, 3))
        balances = tuple(spread(random, whole + place - off, whole + place + off) for place in places)
        pool = CurveNGPool(address, chain.coins[:count], balances, rates, amp * 100, fee, multiplier)
        chain.put(pool)
        i, j = way(random, count)
        given = amount(random, balances[i], 1.5)
        expected = chain.quoted(pool, i, j, given)
        got = None if pool.problem() is not None else paid(expected, pool.amount_out(i, j, given))
        yield f"{given} of {i} for {j} in {pool}", expected, got
