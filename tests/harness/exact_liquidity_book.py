"""Random states of Liquidity Book's pairs, and what the model of their code and ours make of them."""

from collections.abc import Iterator
from random import Random

from evm_liquidity_book import LiquidityBookOnChain
from exact_draws import spread

from harness.market.pools.liquidity_book import ID_OF_ONE, LBFees, LBVolatility, LiquidityBookPair, price_of

TOKENS = ("0x" + "11" * 20, "0x" + "22" * 20)
THEN = 1_700_000_000
Answer = tuple[int, LiquidityBookPair] | None


def pair(rng: Random) -> LiquidityBookPair:
    """Return a pair of bins near and far apart, of tokens of any decimals, that has moved long ago or just now."""
    while True:
        step = rng.choice((1, 2, 5, 10, 15, 20, 25, 50, 100, 200))
        reach = min(400_000, 400_000 // step)
        active = ID_OF_ONE + rng.choice((0, rng.randint(-100, 100), rng.randint(-reach, reach)))
        ids = {
            active + rng.choice((-1, 1)) * rng.randint(1, rng.choice((3, 30, 900))) for _ in range(rng.randint(1, 12))
        }
        bins = tuple(sorted(ids if rng.random() < 0.2 else ids | {active}))
        size = rng.choice((3, 9, 18, 26))
        x = tuple(spread(rng, 0, size) if _holds(rng, at - active) else 0 for at in bins)
        y = tuple(_worth(rng, at, step, size) if _holds(rng, active - at) else 0 for at in bins)
        fees, waiting = terms(rng), (rng.randint(0, 10**6), rng.randint(0, 10**6))
        moved = rng.randint(0, fees.max_volatility)
        volatility = LBVolatility(moved, rng.randint(0, moved), active + rng.randint(-50, 50), THEN)
        now = THEN + rng.choice((0, 1, fees.filter_period, fees.decay_period, rng.randint(0, 2_000)))
        bounded = rng.random() < 0.7
        state = (step, active, bins, x, y, fees, volatility, now, waiting, bounded)
        found = LiquidityBookPair("pair", TOKENS, *state)
        if found.problem() is None:
            return found


def terms(rng: Random) -> LBFees:
    """Return fees from none to more than a pair may charge."""
    filtered = rng.choice((0, 10, 30, 300))
    return LBFees(
        rng.choice((0, 2_500, 5_000, 8_000, 8_000, 10_000, rng.randint(0, 65_535))),
        filtered,
        filtered + rng.choice((0, 90, 900)),
        rng.choice((5_000, rng.randint(0, 10_000))),
        rng.choice((0, 7_500, 7_500, 40_000, 40_000, rng.randint(0, (1 << 24) - 1))),
        rng.choice((0, 1_000, 2_500)),
        rng.choice((100_000, 350_000, (1 << 20) - 1)),
    )


def _holds(rng: Random, beyond: int) -> bool:
    """Return whether a bin on one side holds what that side does; the active one may."""
    return beyond > 0 or (beyond == 0 and rng.random() < 0.8)


def _worth(rng: Random, bin_id: int, step: int, size: int) -> int:
    """Return units of Y that are worth about as much as a bin of X would be."""
    return max(1, min(10**30, spread(rng, 0, size) * (price_of(bin_id, step) or 1) >> 128))


def amount(rng: Random, found: LiquidityBookPair, i: int) -> int:
    """Return an amount to sell: of any magnitude, or about what takes a bin to its last unit."""
    reserves = found.reserves_y if i == 0 else found.reserves_x
    some = (
        sum(reserves[rng.randrange(len(reserves)) :]) if i == 1 else sum(reserves[: rng.randrange(len(reserves)) + 1])
    )
    exact = found.amount_in(i, 1 - i, some or sum(reserves) or 1) or 1
    if rng.random() < 0.3:
        return max(1, exact + rng.randint(-1, 1))
    return spread(rng, 0, 39) if rng.random() < 0.1 else max(1, int(exact * 10 ** rng.uniform(-4, 0.2)))


def answer(found: LiquidityBookPair, i: int, amount_in: int) -> Answer:
    """Return what our arithmetic says is paid, and the state left; None also for nothing, on which a pair reverts."""
    paid = found.amount_out(i, 1 - i, amount_in)
    return (paid, found.after(i, 1 - i, amount_in)) if paid else None


def cases(seed: int, count: int) -> Iterator[tuple[str, Answer, Answer]]:
    """Yield `count` swaps: where, what the model says, what we say."""
    rng, chain = Random(seed), LiquidityBookOnChain()
    for _ in range(count):
        found, i = pair(rng), rng.randrange(2)
        sold = amount(rng, found, i)
        yield f"{found} sells {sold} of {i}", chain.trade(found, i, sold), answer(found, i, sold)
