"""degenbot's side of the market's benchmark: runs in an environment of its own, with nothing of ours but this file.

Its Rust core is given pools and what to do with them from standard input as JSON, and answers on standard output what
it found and how long it took. Its engine is meant to be fed by a node; pairs enter here as in its own tests, as they
are.
"""

import json
import sys
import time
from typing import Any

from degenbot import _ffi

ROUNDS = 5
WARM = 3
FEE = (997, 1_000)
NOWHERE = "0x" + "00" * 20


def main() -> None:
    """Answer what is asked for."""
    given = json.load(sys.stdin)
    json.dump(_swapped(**given) if "swaps" in given else _solved(**given), sys.stdout)


def _solved(pairs: list[list[Any]], cycles: list[list[list[int]]]) -> dict[str, Any]:
    """Solve all cycles; the seconds are the least of `ROUNDS`, after some for warmth."""
    bot = _ffi.Bot(1)
    engine = _ffi.ArbitrageEngine(bot)
    numbers = [_register(bot, *pair) for pair in pairs]
    paths = {}
    for place, cycle in enumerate(cycles):
        number, _ = engine.register_path([(numbers[pair], bool(zero_for_one)) for pair, zero_for_one in cycle])
        paths[number] = place
    seconds = [_seconds(engine, block) for block in range(1, WARM + ROUNDS + 1)]
    flat, _ = engine.latest_results()
    answers = [(paths[number], amount, profit) for number, amount, profit, *_ in flat]
    return {"seconds": min(seconds[WARM:]), "answers": sorted(answers)}


def _swapped(pool: list[Any], ticks: list[list[int]], swaps: list[list[int]]) -> dict[str, Any]:
    """Make swaps in one pool, each a call; the seconds are those of all, the least of `ROUNDS`."""
    bot = _ffi.Bot(1)
    known = {tick: (gross, net, 0) for tick, gross, net in ticks}
    number = bot.register_v3_pool(*pool, known, 0, "tracked")
    asked = [(bool(zero_for_one), amount) for zero_for_one, amount in swaps]
    seconds, answers = [], []
    for _ in range(ROUNDS):
        start = time.process_time()
        answers = [bot.calculate_tokens_out(number, zero_for_one, amount) for zero_for_one, amount in asked]
        seconds.append(time.process_time() - start)
    return {"seconds": min(seconds), "answers": answers}


def _register(bot: "_ffi.Bot", address: str, tokens: list[str], reserves: list[int]) -> int:
    """Return the number that the engine knows a pair by."""
    fees = (*FEE, *FEE)
    return int(
        bot.register_v2_pool_test_only(
            address, *tokens, *reserves, *fees, NOWHERE, 0, "uniswap-v2", stable_swap=False, fee_denominator=None
        )
    )


def _seconds(engine: "_ffi.ArbitrageEngine", block: int) -> float:
    """Return the seconds of a processor, on all threads together, that solving every cycle takes."""
    start = time.process_time()
    engine.solve_all_paths(block)
    return time.process_time() - start


if __name__ == "__main__":
    main()
