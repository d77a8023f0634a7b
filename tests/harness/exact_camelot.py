"""Random states of Camelot V2's pairs, and what the model of their code and ours make of them."""

from collections.abc import Iterator
from random import Random

from evm_camelot import CamelotOnChain, Pair

from harness.market.pools.camelot import CamelotStablePool, CamelotVolatilePool
from harness.market.pools.stable_curve import SAFE, UNIT

TOKENS = ("0x" + "11" * 20, "0x" + "22" * 20)
SWAPS_A_STATE = 5
MOST_FEE = 2_000
MOST_BITS = 112
Answer = tuple[int | None, int | None, tuple[int, int] | None]
"""What `getAmountOut` says; what the executor's leg asks for and gets; the reserves that it leaves."""


def spread(rng: Random, low: float, high: float) -> int:
    """Return a whole number between powers of ten, uniform in its logarithm."""
    return int(10 ** rng.uniform(low, high))


def fees(rng: Random) -> tuple[int, int]:
    """Return fees up to the highest that an owner can set, often of whole basis points."""
    one, other = (rng.choice((10, 40, 200, 300, 1_000, rng.randint(1, MOST_FEE))) for _ in range(2))
    return one, other


def volatile(rng: Random) -> CamelotVolatilePool:
    """Return a pair with any reserves that fit, but for the largest."""
    return CamelotVolatilePool("pair", TOKENS, (spread(rng, 1, 32), spread(rng, 1, 32)), fees(rng))


def stable(rng: Random) -> CamelotStablePool:
    """Return a pair near or far from its peg, from dust to all that is answered."""
    decimals = (rng.choice((0, 2, 6, 8, 18, 18)), rng.choice((0, 2, 6, 8, 18, 18)))
    while True:
        whole = rng.uniform(-3, 9.9)
        shares = (whole, whole + rng.choice((0.0, rng.uniform(-0.3, 0.3), rng.uniform(-4, 4))))
        reserves = tuple(max(1, int(10 ** (share + d))) for share, d in zip(shares, decimals, strict=True))
        share = rng.choice((0, 50_000, 100_000, rng.randint(0, 100_000)))
        pair = CamelotStablePool("pair", TOKENS, (reserves[0], reserves[1]), fees(rng), decimals, share)
        if pair.problem() is None:
            return pair


def amount(rng: Random, pair: Pair, i: int) -> int:
    """Return an amount to sell: of any size up to more than the reserve, within what is answered."""
    reserve, most = pair.reserves[i], 1 << 105
    if isinstance(pair, CamelotStablePool):
        most = SAFE * 10 ** pair.decimals[i] // UNIT - reserve
    return max(1, min(most, int(reserve * 10 ** rng.uniform(-9, 1.5))))


def ours(pair: Pair, i: int, sold: int) -> Answer:
    """Return what our arithmetic says."""
    paid = pair.amount_out(i, 1 - i, sold)
    return pair.quoted(i, sold), paid, pair.after(i, 1 - i, sold).reserves if paid else None


def theirs(chain: CamelotOnChain, pair: Pair, i: int, sold: int) -> Answer:
    """Return what the pair says and does; a number that has run over, as that of a pair of dust can, says nothing."""
    said = chain.quote(i, sold)
    said = None if said is not None and said >> MOST_BITS else said
    asked = pair.amount_out(i, 1 - i, sold) if isinstance(pair, CamelotVolatilePool) else said
    left = chain.swap(i, sold, asked) if asked else None
    return said, (None if left is None else asked) if asked else asked, left


def cases(seed: int, count: int) -> Iterator[tuple[str, Answer, Answer]]:
    """Yield `count` swaps, half of each curve: where, what the model says, what we say."""
    rng, chain = Random(seed), CamelotOnChain()
    for number in range(count):
        if number % SWAPS_A_STATE == 0:
            pair: Pair = (volatile, stable)[number // SWAPS_A_STATE % 2](rng)
            chain.put(pair)
        i = rng.randrange(2)
        sold = amount(rng, pair, i)
        yield f"{pair} sells {sold} of {i}", theirs(chain, pair, i, sold), ours(pair, i, sold)
