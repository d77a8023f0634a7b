"""Cases of the kernel for swaps in ranges, beside the pool that it must equal."""

from collections.abc import Iterator
from random import Random

from harness.market.kernels.concentrated import ConcentratedSwaps
from harness.market.pools.algebra import AlgebraIntegralPool, AlgebraPool
from harness.market.pools.concentrated import MAX_LIQUIDITY, PIPS, ConcentratedPool, Swapped
from harness.market.pools.tick_math import MAX_SQRT_PRICE, MAX_TICK, MIN_SQRT_PRICE, MIN_TICK, sqrt_price_at, tick_at
from harness.market.pools.uniswap_v3 import UniswapV3Pool

FEES = (0, 1, 100, 500, 2_500, 3_000, 10_000, 333_333, PIPS - 1)
SPACINGS = (1, 2, 10, 60, 200, 1_000, 16_384, 32_767)
BATCH = 200
TRADES = 5

Trade = tuple[int, bool, int]


def cases(seed: int, count: int) -> Iterator[tuple[str, Swapped | None, Swapped | None]]:
    """Yield what it is, what the pool answers, and what the kernel answers."""
    random = Random(seed)
    while count > 0:
        pools = [random_pool(random) for _ in range(BATCH)]
        trades = [(at, random.random() < 0.5, random_amount(random)) for at in range(BATCH) for _ in range(TRADES)]
        trades = trades[:count]
        for (at, zero_for_one, amount), got in zip(trades, ConcentratedSwaps(pools).swap(trades), strict=True):
            yield f"{amount} {zero_for_one} {pools[at]}", pools[at].swap(zero_for_one, amount), got
        count -= len(trades)


def random_amount(random: Random) -> int:
    """Return an amount of any size that the chain knows, the smaller sizes more often."""
    return random.getrandbits(random.choice((random.randrange(1, 130), random.randrange(1, 256))))


def random_pool(random: Random) -> ConcentratedPool:
    """Return a pool of some positions anywhere, most of them around its price; without liquidity now and then."""
    spacing, price = random.choice(SPACINGS), _price(random)
    tick = tick_at(price)
    net: dict[int, int] = {}
    liquidity, rest = 0, MAX_LIQUIDITY
    for _ in range(random.randrange(0, 8)):
        low, high = _range(random, tick, spacing)
        amount = min(rest, random.getrandbits(random.randrange(1, 129)))
        rest -= amount
        net[low], net[high] = net.get(low, 0) + amount, net.get(high, 0) - amount
        liquidity += amount if low <= tick < high else 0
    ticks = tuple(sorted(at for at, change in net.items() if change))
    nets = tuple(net[at] for at in ticks)
    if price == sqrt_price_at(tick) and tick > MIN_TICK and random.random() < 0.5:
        tick, liquidity = tick - 1, liquidity - net.get(tick, 0)
    fee = random.choice(FEES)
    ends = (MIN_TICK, MAX_TICK) if random.random() < 0.7 else (tick - _distance(random), tick + _distance(random))
    state = ("pool", ("0", "1"), fee, spacing, price, tick, liquidity, ticks, nets, *ends)
    if random.random() < 0.4:
        return UniswapV3Pool(*state)
    return random.choice((AlgebraPool, AlgebraIntegralPool))(*state, random.choice(FEES))


def _price(random: Random) -> int:
    """Return a price: anywhere, at a tick, or at the protocol's ends."""
    tick = random.choice((random.randrange(MIN_TICK, MAX_TICK), random.randrange(-100_000, 100_000)))
    low, high = sqrt_price_at(tick), sqrt_price_at(tick + 1)
    ends = (MIN_SQRT_PRICE, MIN_SQRT_PRICE + 1, MIN_SQRT_PRICE + 2, MAX_SQRT_PRICE - 2, MAX_SQRT_PRICE - 1)
    return random.choice((random.randrange(low, high), random.randrange(low, high), low, high - 1, random.choice(ends)))


def _distance(random: Random) -> int:
    return 1 << random.randrange(1, 18)


def _range(random: Random, tick: int, spacing: int) -> tuple[int, int]:
    """Return the ends of a position: around the price, above it or below it, as far as the protocol's ticks go."""
    least, most = -(-MIN_TICK // spacing), MAX_TICK // spacing
    low = max(least, min(most - 1, tick // spacing + random.choice((-1, -1, 1)) * (random.getrandbits(9) >> 1)))
    high = max(low + 1, min(most, low + 1 + random.getrandbits(random.randrange(1, 11))))
    return low * spacing, high * spacing
