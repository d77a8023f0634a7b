"""Curve's old pools against the code of the sUSD pool: what `exchange` pays and leaves, and what `get_dy` says."""

from collections.abc import Iterator
from random import Random

from evm_curve import SusdOnChain
from exact_draws import amount, paid, spread, way

from harness.market.pools.curve_stable import FIRST, CurveStablePool
from harness.market.pools.stableswap import FEE_OF

Case = tuple[str, object, object]
RATES = tuple(10 ** (36 - places) for places in SusdOnChain.DECIMALS)


def cases(seed: int, count: int) -> Iterator[Case]:
    """Yield `count` comparisons as what, the contract's answer and ours."""
    random, chain, made = Random(seed), SusdOnChain(), 0
    while made < count:
        for case in of(random, chain):
            yield case
            made += 1
            if made == count:
                return


def of(random: Random, chain: SusdOnChain) -> Iterator[Case]:
    """Yield comparisons in one random state."""
    whole, off = random.uniform(0, 12), random.choice((0.1, 1, 3))
    balances = tuple(spread(random, whole + places - off, whole + places + off) for places in chain.DECIMALS)
    amp, admin_fee = spread(random, 0, 5.5), random.choice((0, FEE_OF // 2, random.randint(0, FEE_OF)))
    fee = random.choice((0, 4_000_000, spread(random, 4, 9.5)))
    pool = CurveStablePool(chain.address, chain.coins, balances, RATES, amp, fee, admin_fee, FIRST)
    chain.put(pool)
    i, j = way(random, len(balances))
    given = amount(random, balances[i], 1.5)
    refused = pool.problem() is not None
    expected = chain.quoted(i, j, given)
    yield f"get_dy of {given} of {i} for {j} in {pool}", expected, _ours(refused, expected, pool.quoted(i, j, given))
    expected = chain.exchange(i, j, given)
    yield f"{given} of {i} for {j} in {pool}", expected, _ours(refused, expected, pool.amount_out(i, j, given))
    if expected and not refused:
        yield f"after {given} of {i} for {j} in {pool}", chain.balances(), pool.after(i, j, given).balances


def _ours(refused: bool, expected: int | None, got: int | None) -> int | None:
    return None if refused else paid(expected, got)
