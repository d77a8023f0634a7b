"""Random states of DODO's pools, and what the model of their code and ours make of them."""

from collections.abc import Iterator
from random import Random

from evm_dodo_v2 import DodoOnChain
from exact_draws import spread

from harness.market.legs import DodoKind
from harness.market.pools.dodo_v2 import DodoV2Pool, R

ONE = 10**18
TOKENS = ("0x" + "11" * 20, "0x" + "22" * 20)
Answer = tuple[int, DodoV2Pool] | None


def pool(rng: Random) -> DodoV2Pool:
    """Return a pool of tokens of 0 to 18 decimals, of any slope, in and out of balance."""
    while True:
        base, guide = spread(rng, 2, 28), spread(rng, 5, 31)
        quote = min(10**30, base * guide // ONE * rng.randint(1, 300) // 100)
        slope = rng.choice((0, ONE, 10**14, 10**17, spread(rng, 0, 18), rng.randint(1, ONE)))
        fees = rng.choice((0, 10**14, 3 * 10**15)), rng.choice((0, 2 * 10**13, spread(rng, 0, 17)))
        kind, r = rng.choice(list(DodoKind)), rng.choice(list(R))
        targets = _targets(rng, r, base, quote)
        if kind is DodoKind.DVM:
            targets, r = (0, 0), R.ABOVE
        found = DodoV2Pool("pool", TOKENS, kind, (base, quote), targets, r, guide, slope, *fees)
        if found.problem() is None:
            return found


def _targets(rng: Random, r: R, base: int, quote: int) -> tuple[int, int]:
    """Return targets that a pool might have: short of base it has more quote than its target, and so on."""
    if r is R.ONE:
        return base + rng.choice((0, 0, 1, -1, base // 7)), quote + rng.choice((0, 0, 1))
    whole = rng.choice((10**3, 10**6))
    short, ample = rng.randint(1, 20), rng.randint(whole // 100, whole)
    return (base * short, quote * ample // whole) if r is R.ABOVE else (base * ample // whole, quote * short)


def amount(rng: Random, found: DodoV2Pool, i: int) -> int:
    """Return an amount to sell: of any magnitude, or where the pool is about to be back at its targets."""
    back = found.missing(i)
    if back and rng.random() < 0.2:
        return max(1, back + rng.randint(-2, 2))
    return spread(rng, 0, 34) if rng.random() < 0.05 else max(1, int(found.reserves[i] * 10 ** rng.uniform(-9, 2)))


def answer(found: DodoV2Pool, i: int, amount_in: int) -> Answer:
    """Return what our arithmetic says is paid, and the state left."""
    paid = found.amount_out(i, 1 - i, amount_in)
    return None if paid is None else (paid, found.after(i, 1 - i, amount_in))


def cases(seed: int, count: int) -> Iterator[tuple[str, Answer, Answer]]:
    """Yield `count` swaps: where, what the model says, what we say."""
    rng, chain = Random(seed), DodoOnChain()
    for _ in range(count):
        found, i = pool(rng), rng.randrange(2)
        sold = amount(rng, found, i)
        yield f"{found} sells {sold} of {i}", chain.trade(found, i, sold), answer(found, i, sold)
