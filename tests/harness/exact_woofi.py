"""Random states of WooFi's pool, and what the model of its code and ours make of them."""

from collections.abc import Iterator
from random import Random

from evm_woofi import WooFiOnChain
from exact_draws import spread, way

from harness.market.pools.woofi import MAX_PRICE, MAX_RESERVE, WooAsset, WooFiPool

TOKENS = tuple(f"0x{digit * 40}" for digit in "123")
QUOTE = 1
Answer = tuple[int, WooFiPool] | None


def pool(rng: Random) -> WooFiPool:
    """Return a pool of a quote token of 0 to 18 decimals between two base tokens, caps tight and none."""
    while True:
        decimals = rng.choice((6, 6, 18, 0))
        quote = WooAsset(decimals, spread(rng, 0, 9 + decimals))
        found = WooFiPool("pool", TOKENS, (base(rng, decimals), quote, base(rng, decimals)), QUOTE)
        if found.problem() is None:
            return found


def base(rng: Random, quote_decimals: int) -> WooAsset:
    """Return a base token, at times one whose price the oracle has just lost."""
    decimals, price = rng.choice((0, 6, 8, 18, 18)), spread(rng, 0, 15)
    near, lost = (price * 98 // 100, price * 102 // 100), (price + 1, price)
    low, high = rng.choice(((1, MAX_PRICE), *[near] * 14, (price, price), lost))
    return WooAsset(
        decimals,
        spread(rng, 0, 10 + decimals),
        rng.choice((0, 5, 25, rng.randint(0, 65_535))),
        rng.choice((10**17, 10**17, spread(rng, 14, 18), MAX_PRICE)),
        rng.choice((10 ** (6 + quote_decimals), spread(rng, 0, 27), MAX_PRICE, MAX_PRICE)),
        rng.choice((MAX_RESERVE, MAX_RESERVE, 10 ** (11 + decimals))),
        price,
        rng.choice((0, 5 * 10**13, 10**15, 10**15, spread(rng, 0, 18))),
        rng.choice((0, 10**9, 5 * 10**9, spread(rng, 0, 13))),
        low,
        high,
    )


def amount(rng: Random, found: WooFiPool, i: int, j: int) -> int:
    """Return an amount to sell, mostly of less than what the pool can pay for."""
    if rng.random() < 0.05:
        return spread(rng, 0, 60)
    sold, quote = found.assets[j if i == QUOTE else i], found.assets[QUOTE]
    unit, quote_unit = 10**sold.decimals, 10**quote.decimals
    worth = sold.reserve * sold.price * quote_unit // unit // 10**8
    if i != QUOTE:
        worth = (quote.reserve if j == QUOTE else 10 * worth) * unit * 10**8 // sold.price // quote_unit
    return max(1, int(worth * 10 ** rng.uniform(-9, 0)))


def answer(found: WooFiPool, i: int, j: int, amount_in: int) -> Answer:
    """Return what our arithmetic says is paid, and the state left."""
    paid = found.amount_out(i, j, amount_in)
    return None if paid is None else (paid, found.after(i, j, amount_in))


def cases(seed: int, count: int) -> Iterator[tuple[str, Answer, Answer]]:
    """Yield `count` swaps, a third of each kind: where, what the model says, what we say."""
    rng, chain = Random(seed), WooFiOnChain()
    for _ in range(count):
        found = pool(rng)
        i, j = way(rng, len(TOKENS))
        sold = amount(rng, found, i, j)
        yield f"{found} sells {sold} of {i} for {j}", chain.trade(found, i, j, sold), answer(found, i, j, sold)
