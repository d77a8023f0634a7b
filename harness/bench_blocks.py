"""Blocks that touch pools, from new states to a ranked decision: how long each takes, and how much memory it all needs.

Runs in a process of its own, so that the memory is its own: `python -m harness.bench_blocks COUNT`.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from math import isqrt, prod
from random import Random
from statistics import median, quantiles
from typing import Any, Final

from harness.bench_pairs import copied, cycles_of, recorded, wrapped
from harness.market.costs import Policy
from harness.market.decide import decide
from harness.market.market import Market
from harness.market.pools.tick_math import tick_at
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.market.pools.uniswap_v3 import UniswapV3Pool
from harness.market.sizing import size

TOUCHED: Final = 200
BLOCKS: Final = 300
WARM: Final = 20
GAS_PRICE: Final = 20 * 10**9
KIB: Final = 1024
FEW: Final = 10
"""Blocks of pools with ranges: they take long."""

BESIDE: Final = 1_000
RANGES: Final = ((5, 2), (20, 2), (100, 1))
"""Ranges around the price: spacings of ticks to either side, and liquidity in that of the pair."""

SPACING, FEE = 60, 3_000
LEAST, MOST = 10**6, 10**30
"""Of the reserves of the pairs beside which they stand."""

SIZED: Final = 2_000
"""Cycles of which those that pay are sized one by one."""
SEED: Final = 20201003

RANGED: Final = "ranged"

Figures = dict[str, Any]


def measure(what: int | str) -> Figures:
    """Return the figures of so many pools, or of those with ranges, measured in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "harness.bench_blocks", str(what)], text=True, stdout=subprocess.PIPE, check=True
    )
    figures: Figures = json.loads(run.stdout)
    return figures


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(_ranged() if sys.argv[1] == RANGED else _figures(int(sys.argv[1]))))


def _figures(count: int) -> Figures:
    pools = copied(recorded(), count)
    on_cycles = sorted({edge.pool for cycle in cycles_of(pools) for edge in cycle.edges})
    market = Market([wrapped()])
    market.update(pools)
    return {
        "pools": len(pools),
        "onCycles": len(on_cycles),
        "any": _blocks(market, [pool.address for pool in pools]),
        "all": _blocks(market, on_cycles),
        "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KIB,
    }


def _blocks(market: Market, among: Sequence[str]) -> Figures:
    """Let blocks touch some of the pools; return the seconds of a processor that one takes, and the trades found."""
    policy, random = Policy(native=wrapped(), gas_price=GAS_PRICE), Random(SEED)  # noqa: S311 - it is to be the same every time
    seconds, trades = [], 0
    for block in range(WARM + BLOCKS):
        changed = [_traded(random, market.pools[address]) for address in random.sample(among, TOUCHED)]
        start = time.process_time()
        market.update(changed)
        found = decide(market, policy)
        if block >= WARM:
            seconds.append(time.process_time() - start)
            trades += len(found)
    return {"median": median(seconds), "percentile99": quantiles(seconds, n=100)[-1], "trades": trades}


def _ranged() -> Figures:
    """Return what a block takes that touches pools with ranges beside pairs on cycles, and what sizing a cycle does."""
    pairs, random = recorded(), Random(SEED)  # noqa: S311 - it is to be the same every time
    on_cycles = {edge.pool for cycle in cycles_of(pairs) for edge in cycle.edges}
    deep = [pair for pair in pairs if pair.address in on_cycles and all(LEAST < one < MOST for one in pair.reserves)]
    ranged = {pool.address: pool for pool in map(_beside, random.sample(deep, BESIDE))}
    policy, market, seconds = Policy(native=wrapped(), gas_price=GAS_PRICE), Market([wrapped()]), []
    market.update([*pairs, *ranged.values()])
    decide(market, policy)
    for _ in range(FEW):
        changed = [_shifted(random, market.pools[address]) for address in random.sample(list(ranged), TOUCHED)]
        start = time.process_time()
        market.update(changed)
        decide(market, policy)
        seconds.append(time.process_time() - start)
    through = [one for one in cycles_of([*pairs, *ranged.values()]) if any(edge.pool in ranged for edge in one.edges)]
    paths = [cycle.bind(market.pools) for cycle in random.sample(through, SIZED)]
    start = time.process_time()
    paying = [size(path, radius=0) for path in paths if prod(hop.rate() for hop in path) > 1.0]
    return {"pools": BESIDE, "median": median(seconds), "cycle": (time.process_time() - start) / len(paying)}


def _beside(pair: UniswapV2Pool) -> UniswapV3Pool:
    """Return a pool with ranges of the same tokens at the same price."""
    price, liquidity = isqrt((pair.reserves[1] << 192) // pair.reserves[0]), isqrt(prod(pair.reserves))
    tick, nets = tick_at(price), dict[int, int]()
    at = tick // SPACING * SPACING
    for spacings, times in RANGES:
        for end, sign in ((at - spacings * SPACING, 1), (at + (spacings + 1) * SPACING, -1)):
            nets[end] = nets.get(end, 0) + sign * times * liquidity
    ticks, total = tuple(sorted(nets)), liquidity * sum(times for _, times in RANGES)
    nets_in_order = tuple(nets[end] for end in ticks)
    return UniswapV3Pool(f"{pair.address}/3", pair.tokens, FEE, SPACING, price, tick, total, ticks, nets_in_order)


def _shifted(random: Random, pool: object) -> UniswapV3Pool:
    """Return a pool with ranges after somebody has traded up to a hundredth of its depth, one way or the other."""
    assert isinstance(pool, UniswapV3Pool)  # noqa: S101 - there are no others here
    i = random.randrange(2)
    depth = pool.liquidity * pool.sqrt_price_x96 >> 96 if i else (pool.liquidity << 96) // pool.sqrt_price_x96
    left = pool.after(i, 1 - i, max(1, int(depth * 10 ** random.uniform(-5, -2))))
    assert isinstance(left, UniswapV3Pool)  # noqa: S101 - as it was
    return left


def _traded(random: Random, pool: object) -> UniswapV2Pool:
    """Return a pair after somebody has traded up to a hundredth of it, one way or the other."""
    assert isinstance(pool, UniswapV2Pool)  # noqa: S101 - there are no others here
    i = random.randrange(2)
    amount = int(pool.reserves[i] * 10 ** random.uniform(-5, -2))
    return pool.after(i, 1 - i, amount)


if __name__ == "__main__":
    main()
