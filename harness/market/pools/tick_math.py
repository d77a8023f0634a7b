"""Prices of ticks, and what moves between two prices, with the protocol's own roundings.

A square-root price is in Q96: sqrt(token1 / token0) * 2**96. Sources: the Uniswap V3 core whitepaper, sections 6.1 to
6.3, and the arithmetic documented in the protocol's TickMath and SqrtPriceMath.
"""

from decimal import Decimal, localcontext
from functools import lru_cache
from math import log

MIN_TICK, MAX_TICK = -887_272, 887_272
Q32, Q96, Q128 = 1 << 32, 1 << 96, 1 << 128
MAX_UINT = (1 << 256) - 1
MAX_PRICE_BITS = 160
LOG_BASE = log(1.0001)


def _factors() -> tuple[int, ...]:
    """Return 1.0001 ** -(2**i / 2) in Q128 for i = 0 to 19, to the nearest: what each bit of a tick multiplies by."""
    with localcontext() as context:
        context.prec = 100
        root = Decimal("1.0001").sqrt()
        return tuple(int((Q128 / root ** (1 << bit)).to_integral_value()) for bit in range(20))


FACTORS = _factors()


@lru_cache(maxsize=1 << 18)
def sqrt_price_at(tick: int) -> int:
    """Return the square-root price of a tick in Q96, rounded up.

    Raises:
        ValueError: The tick lies beyond `MIN_TICK` or `MAX_TICK`.
    """
    if not MIN_TICK <= tick <= MAX_TICK:
        raise ValueError(f"tick {tick} lies beyond {MIN_TICK} and {MAX_TICK}")
    ratio = Q128
    for bit, factor in enumerate(FACTORS):
        if abs(tick) >> bit & 1:
            ratio = ratio * factor >> 128
    if tick > 0:
        ratio = MAX_UINT // ratio
    return -(-ratio // Q32)


MIN_SQRT_PRICE, MAX_SQRT_PRICE = sqrt_price_at(MIN_TICK), sqrt_price_at(MAX_TICK)


def tick_at(sqrt_price: int) -> int:
    """Return the greatest tick whose price is not above `sqrt_price` (Q96).

    A logarithm in floating point lands next to it, exact prices decide.
    """
    tick = int(2 * (log(sqrt_price) - log(Q96)) / LOG_BASE)
    tick = max(MIN_TICK, min(MAX_TICK, tick))
    while sqrt_price_at(tick) > sqrt_price:
        tick -= 1
    while tick < MAX_TICK and sqrt_price_at(tick + 1) <= sqrt_price:
        tick += 1
    return tick


def amount0_between(low: int, high: int, liquidity: int, round_up: bool) -> int:
    """Return units of token0 between two square-root prices (Q96), `low` not above `high`."""
    numerator = (liquidity << 96) * (high - low)
    if round_up:
        divided = -(-numerator // high)
        return -(-divided // low)
    return numerator // high // low


def amount1_between(low: int, high: int, liquidity: int, round_up: bool) -> int:
    """Return units of token1 between two square-root prices (Q96), `low` not above `high`."""
    product = liquidity * (high - low)
    return -(-product >> 96) if round_up else product >> 96


def price_after_input(price: int, liquidity: int, amount: int, zero_for_one: bool) -> int:
    """Return the price that `amount` of the token sold moves to; rounded so that the pool never gains too little."""
    if zero_for_one:
        return _price_with_amount0(price, liquidity, amount)
    return price + (amount << 96) // liquidity


def price_after_output(price: int, liquidity: int, amount: int, zero_for_one: bool) -> int | None:
    """Return the price that paying out `amount` moves to, or None where the liquidity does not hold that much."""
    if zero_for_one:
        moved = price - -(-(amount << 96) // liquidity)
        return moved if moved > 0 else None
    product, held = amount * price, liquidity << 96
    if product > MAX_UINT or held <= product:
        return None
    moved = -(-held * price // (held - product))
    return moved if moved >> MAX_PRICE_BITS == 0 else None


def _price_with_amount0(price: int, liquidity: int, amount: int) -> int:
    """Add token0; where the exact product does not fit a word of the chain, the protocol divides first."""
    if amount == 0:
        return price
    held, product = liquidity << 96, amount * price
    if product <= MAX_UINT and held + product <= MAX_UINT:
        return -(-held * price // (held + product))
    return -(-held // (held // price + amount))
