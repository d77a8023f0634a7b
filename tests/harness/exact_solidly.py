"""Random states of Solidly's pools, and what the chain's code and ours make of them."""

from collections.abc import Iterator
from random import Random

from evm_solidly import Solidly, SolidlyOnChain

from harness.market.pools.solidly import SolidlyStablePool, SolidlyVolatilePool

TOKENS = ("0x" + "11" * 20, "0x" + "22" * 20)
SWAPS_A_STATE = 5
Answer = tuple[int | None, tuple[int, int] | None]


def spread(rng: Random, low: float, high: float) -> int:
    """Return a whole number between powers of ten, uniform in its logarithm."""
    return int(10 ** rng.uniform(low, high))


def volatile(rng: Random) -> SolidlyVolatilePool:
    """Return a pool of anything up to what a word of the chain takes."""
    reserves = (spread(rng, 0, 38), spread(rng, 0, 38))
    return SolidlyVolatilePool("pool", TOKENS, reserves, rng.choice((0, 1, 5, 30, 100, 300, 9_999)))


def stable(rng: Random) -> SolidlyStablePool:
    """Return a pool near or far from its peg, from dust to more than the curve's words take."""
    decimals = (rng.choice((0, 2, 6, 8, 18, 18, 20, 24)), rng.choice((0, 2, 6, 8, 18, 18, 20, 24)))
    while True:
        whole = rng.uniform(-3, 10.5)
        shares = (whole, whole + rng.choice((0.0, rng.uniform(-0.3, 0.3), rng.uniform(-4, 4))))
        reserves = tuple(max(1, int(10 ** (share + d))) for share, d in zip(shares, decimals, strict=True))
        fee = rng.choice((0, 1, 5, 30, 300, 9_999))
        pool = SolidlyStablePool("pool", TOKENS, (reserves[0], reserves[1]), fee, decimals)
        if pool.problem() is None:
            return pool


def amount(rng: Random, pool: Solidly, i: int) -> int:
    """Return an amount to sell: mostly of the reserve's order, now and then absurd."""
    reserve = pool.reserves[i]
    if rng.random() < 0.05:
        return spread(rng, 0, 76)
    return max(1, int(reserve * 10 ** rng.uniform(-9, 1.5)))


def answer(pool: Solidly, i: int, amount_in: int) -> Answer:
    """Return what our arithmetic says is paid, and the reserves left."""
    paid = pool.amount_out(i, 1 - i, amount_in)
    return (paid, pool.after(i, 1 - i, amount_in).reserves) if paid else (paid, None)


def cases(seed: int, count: int) -> Iterator[tuple[str, Answer, Answer]]:
    """Yield `count` swaps, half of each curve: where, what the chain says, what we say."""
    rng = Random(seed)
    chains = {False: SolidlyOnChain(stable=False), True: SolidlyOnChain(stable=True)}
    for number in range(count):
        if number % SWAPS_A_STATE == 0:
            is_stable = number // SWAPS_A_STATE % 2 == 1
            pool: Solidly = stable(rng) if is_stable else volatile(rng)
            chain = chains[is_stable]
            chain.put(pool)
        i = rng.randrange(2)
        sold = amount(rng, pool, i)
        yield f"{pool} sells {sold} of {i}", chain.trade(i, sold), answer(pool, i, sold)
