"""Blocks that touch pools, from new states to a ranked decision: how long each takes, and how much memory it all needs.

Runs in a process of its own, so that the memory is its own: `python -m harness.bench_blocks COUNT`.
"""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from random import Random
from statistics import median, quantiles
from typing import Any, Final

from harness.bench_pairs import copied, cycles_of, recorded, wrapped
from harness.market.costs import Policy
from harness.market.decide import decide
from harness.market.market import Market
from harness.market.pools.uniswap_v2 import UniswapV2Pool

TOUCHED: Final = 200
BLOCKS: Final = 300
WARM: Final = 20
GAS_PRICE: Final = 20 * 10**9
KIB: Final = 1024
SEED: Final = 20201003

Figures = dict[str, Any]


def measure(count: int) -> Figures:
    """Return the figures of `count` pools, measured in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "harness.bench_blocks", str(count)], text=True, stdout=subprocess.PIPE, check=True
    )
    figures: Figures = json.loads(run.stdout)
    return figures


def main() -> None:
    """Print the figures as JSON."""
    print(json.dumps(_figures(int(sys.argv[1]))))


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


def _traded(random: Random, pool: object) -> UniswapV2Pool:
    """Return a pair after somebody has traded up to a hundredth of it, one way or the other."""
    assert isinstance(pool, UniswapV2Pool)  # noqa: S101 - there are no others here
    i = random.randrange(2)
    amount = int(pool.reserves[i] * 10 ** random.uniform(-5, -2))
    return pool.after(i, 1 - i, amount)


if __name__ == "__main__":
    main()
