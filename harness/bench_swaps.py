"""Swaps across ticks in bulk: what one takes in compiled code, and what in the pool's own Python."""

import json
import time
from collections.abc import Sequence
from random import Random
from statistics import median
from typing import Any, Final

import numpy as np

from harness import chains
from harness.bench_pairs import DATA, best_of
from harness.bench_peer import ask
from harness.market.kernels.concentrated import ConcentratedSwaps, Trades, run
from harness.market.pools.uniswap_v3 import UniswapV3Pool

RECORDED: Final = DATA / "uniswap-v3-wbtc-weth.state.json"
COUNT: Final = 20_000
SEED: Final = 24407242
MOST_CROSSED: Final = 20

Trade = tuple[int, bool, int]


def measure() -> dict[str, Any]:
    """Return how many swaps there are, how many ticks they cross, and seconds of a processor a swap.

    Amounts are uniform in their logarithm; those are left out that stay within a range, which is faster, and that cross
    more than `MOST_CROSSED` ticks, which nobody trades.
    """
    pool, random = recorded(), Random(SEED)  # noqa: S311 - it is to be the same every time
    swaps = ConcentratedSwaps([pool])
    drawn = [_trade(random) for _ in range(COUNT)]
    crossed = [_crossed(pool, swapped.tick) if swapped else 0 for swapped in swaps.swap(drawn)]
    within = [trade for trade, count in zip(drawn, crossed, strict=True) if count == 0]
    across = [trade for trade, count in zip(drawn, crossed, strict=True) if 1 <= count <= MOST_CROSSED]
    answers = swaps.amounts_out(across)
    start = time.process_time()
    expected = [pool.amount_out(1 - zero_for_one, int(zero_for_one), amount) for _, zero_for_one, amount in across]
    python = (time.process_time() - start) / len(across)
    figures = {
        "swaps": len(across),
        "crossed": int(median(count for count in crossed if 1 <= count <= MOST_CROSSED)),
        "different": _different(answers, expected),
        "within": _seconds(swaps, within),
        "across": _seconds(swaps, across),
        "withIntegers": best_of(lambda: swaps.amounts_out(across))[0] / len(across),
        "python": python,
    }
    if theirs := _theirs(across):
        figures["degenbot"] = theirs["seconds"] / len(across)
        figures["degenbotDifferent"] = _different(theirs["answers"], expected)
    return figures


def recorded() -> UniswapV3Pool:
    """Return the recorded pool of WBTC and WETH, with all its ticks."""
    state = json.loads(RECORDED.read_text())
    ticks = sorted((int(tick), values[1]) for tick, values in state["tick_data"].items())
    now = state["scalars"]
    return UniswapV3Pool(
        address=state["pool"],
        tokens=("WBTC", "WETH"),
        fee=now["fee"],
        tick_spacing=now["tick_spacing"],
        sqrt_price_x96=now["sqrt_price_x96"],
        tick=now["tick"],
        liquidity=now["liquidity"],
        ticks=tuple(tick for tick, _ in ticks),
        liquidity_net=tuple(net for _, net in ticks),
    )


def _theirs(trades: list[Trade]) -> dict[str, Any] | None:
    """Have degenbot make the same swaps, one by one, or return None where it cannot be had."""
    state = json.loads(RECORDED.read_text())
    chain, now = chains.load("ethereum"), state["scalars"]
    venue, tokens = chain.venues["uniswap-v3"], (chain.token("WBTC").address, chain.token("WETH").address)
    assert isinstance(venue, chains.UniswapV3)  # noqa: S101 - the chain file's own
    price = (now["sqrt_price_x96"], now["liquidity"], now["tick"])
    return ask(
        pool=(state["pool"], *tokens, now["fee"], now["tick_spacing"], venue.factory, *price),
        ticks=[(int(tick), *values[:2]) for tick, values in state["tick_data"].items()],
        swaps=[(zero_for_one, amount) for _, zero_for_one, amount in trades],
    )


def _different(answers: Sequence[int | None], others: Sequence[int | None]) -> int:
    return sum(answer != other for answer, other in zip(answers, others, strict=True))


def _trade(random: Random) -> Trade:
    zero_for_one = random.random() < 0.5  # noqa: PLR2004 - one way or the other
    return 0, zero_for_one, int(10 ** (random.uniform(2, 11) if zero_for_one else random.uniform(12, 22)))


def _crossed(pool: UniswapV3Pool, tick: int) -> int:
    """Return how many initialised ticks lie between the pool's and where a swap ended."""
    low, high = min(pool.tick, tick), max(pool.tick, tick)
    return sum(low < one <= high for one in pool.ticks)


def _seconds(swaps: ConcentratedSwaps, trades: list[Trade]) -> float:
    """Return seconds a swap, everything being in arrays already."""
    given = Trades(
        np.array([index for index, _, _ in trades]),
        np.array([zero_for_one for _, zero_for_one, _ in trades]),
        np.array([(amount & (1 << 64) - 1, amount >> 64, 0, 0) for _, _, amount in trades], np.uint64),
    )
    return best_of(lambda: run(swaps.pools, given))[0] / len(trades)
