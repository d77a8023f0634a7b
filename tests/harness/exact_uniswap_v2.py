"""Random states of pairs: what ours says is paid the pair's own code pays, and not a unit more."""

from collections.abc import Iterator
from random import Random

from market_evm import PairOnChain, Reverted

from harness.market.pools.uniswap_v2 import MAX_RESERVE, UniswapV2Pool

LEAST, MOST = 3, 33
"""Powers of ten of a reserve: what a pair locks for ever at the least, and nearly all of its 112 bits."""

Outcome = tuple[tuple[int, int] | None, tuple[int, int] | None]
"""Reserves after paying what ours says, and after a unit more; None where the pair refuses."""


def pays(chain: PairOnChain, pool: UniswapV2Pool, i: int, amount_in: int, amount_out: int) -> tuple[int, int] | None:
    """Return the reserves that the pair has left, or None where it refuses."""
    try:
        return chain.swap(pool, i, amount_in, amount_out)
    except Reverted:
        return None


def cases(seed: int, count: int) -> Iterator[tuple[str, Outcome, Outcome]]:
    """Yield `count` swaps: where, what the chain does, what ours says."""
    rng, chain = Random(seed), PairOnChain()
    for _ in range(count):
        reserves = (int(10 ** rng.uniform(LEAST, MOST)), int(10 ** rng.uniform(LEAST, MOST)))
        pool, i = UniswapV2Pool("pair", ("token0", "token1"), reserves), rng.randrange(2)
        amount_in = min(max(1, int(reserves[i] * 10 ** rng.uniform(-9, 1))), MAX_RESERVE - reserves[i])
        paid = pool.amount_out(i, 1 - i, amount_in) or 0
        ours = pool.after(i, 1 - i, amount_in).reserves if paid else None
        outcome = pays(chain, pool, i, amount_in, paid), pays(chain, pool, i, amount_in, paid + 1)
        yield f"{amount_in} of {i} into {pool}", outcome, (ours, None)
