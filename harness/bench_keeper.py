"""The keeper's table: from a block to a signed transaction, what that asks of the node, and memory over many blocks.

`make bench` runs this last: it prints the table and writes snapshots/keeper.json and keeper.md. With
`--check` it writes nothing and says instead whether requests and trades are what stands there; times and memory are the
machine's affair. Each of the two parts runs in a process of its own, so that the memory is its own.
"""

import json
import os
import subprocess
import sys
import time
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from statistics import median, quantiles
from typing import Any, Final

from psutil import Process  # type: ignore[import-untyped]

from harness.bench import README, SNAPSHOTS, BenchError, with_table
from harness.bench_turns import HANDED, LOGS, WITH, Turn, theatre
from harness.errors import MillraceError

MEASURED: Final = SNAPSHOTS / "keeper.json"
TABLE: Final = SNAPSHOTS / "keeper.md"
COUNTED: Final = ("pools", "touched", "requests", "trades")
"""What does not depend on the machine."""

POOLS, TOUCHED, BLOCKS, WARM = 10_000, 200, 250, 20
MANY, FEW, LONG = 50_000, 4, 10_000
EARLY: Final = 10
"""Memory is read first when one part in so many of the blocks is done: until then caches fill."""
MILLI, MEGA = 1e3, 1e6

STEPS: Final = {
    "head": "the block's header",
    "logs": "its logs",
    "pools": "the pools' new states, and the market's",
    "watch": "what of ours is in it",
    "decide": "deciding",
    "simulate": "simulating",
    "record": "trade and transaction in the record",
    "sign": "signing",
    "hand": "handing over, until the node has answered",
    "rest": "limits, and what lies between",
}

Snapshot = dict[str, Any]


def main() -> None:
    """Measure, print the table, and write or check what is committed.

    Raises:
        BenchError: With `--check`: requests or trades are not as they are committed.
    """
    parser = ArgumentParser(description="Writes the keeper's table.")
    parser.add_argument("--check", action="store_true", help="write nothing, and fail where a count differs")
    parser.add_argument("--part", choices=("blocks", "memory"), help="print the figures of one part as JSON")
    parser.add_argument("--size", type=int, nargs=3, metavar=("POOLS", "TOUCHED", "BLOCKS"), help="of that part")
    given = parser.parse_args()
    if given.part:
        measure, size = PARTS[given.part]
        print(json.dumps(measure(*(given.size or size))))
        return
    now = {"blocks": apart("blocks"), "memory": apart("memory")}
    print(table(now))
    if given.check:
        if found := list(differences(json.loads(MEASURED.read_text()), now)):
            raise BenchError("\n".join(found))
        return
    MEASURED.write_text(json.dumps(now, indent=2, sort_keys=True) + "\n")
    TABLE.write_text(table(now) + "\n")
    README.write_text(with_table(README.read_text(), table(now), "keeper"))


def apart(part: str) -> Snapshot:
    """Return the figures of a part, measured in a process of its own."""
    run = subprocess.run(
        [sys.executable, "-m", "harness.bench_keeper", "--part", part], text=True, stdout=subprocess.PIPE, check=True
    )
    found: Snapshot = json.loads(run.stdout.splitlines()[-1])
    return found


def blocks(pools: int, touched: int, count: int) -> Snapshot:
    """Let blocks touch so many of so many pools, a gap in each; return what the keeper took, in seconds.

    Returns:
        Counts, which the machine has no part in, but for "load", what it was busy with; under "seconds" median and
        99th percentile from the block to the transaction, under "processor" likewise of the keeper's thread, under
        "steps" the medians, under "first" how long it took to start, with all pools read.
    """
    with theatre(pools) as stage:
        start = time.perf_counter()
        with stage.playing():
            first = time.perf_counter() - start
            turns = [stage.block(touched) for _ in range(WARM + count)][WARM:]
    sent = [turn for turn in turns if turn.handed]
    return {
        "pools": pools,
        "touched": touched,
        "trades": len(sent),
        "requests": requests(turns),
        "load": os.getloadavg()[0],
        "first": first,
        "seconds": figures([turn.seconds for turn in sent]),
        "processor": figures([turn.processor for turn in sent]),
        "steps": {step: median(parts(turn)[step] for turn in sent) for step in STEPS},
    }


def memory(pools: int, touched: int, count: int) -> Snapshot:
    """Let many blocks touch a few of very many pools; return bytes of memory early on and at the end."""
    with theatre(pools) as stage, stage.playing():
        found: Snapshot = {"pools": pools, "touched": touched, "blocks": count}
        for number in range(1, count + 1):
            stage.block(touched, gap=False)
            if number == count // EARLY:
                found["early"] = Process().memory_info().rss
        return {**found, "late": Process().memory_info().rss}


def requests(turns: Sequence[Turn]) -> dict[str, int]:
    """Return the requests that most blocks take, by method or methods."""
    most, _ = Counter(tuple(sorted(turn.asked.items())) for turn in turns).most_common(1)[0]
    return dict(most)


def figures(seconds: Sequence[float]) -> dict[str, float]:
    """Return median and 99th percentile."""
    return {"median": median(seconds), "percentile99": quantiles(seconds, n=100)[-1]}


def parts(turn: Turn) -> dict[str, float]:
    """Return the seconds of each step, each second once."""
    steps = turn.steps
    named = {
        "head": steps["head"],
        "logs": steps.get(LOGS, 0.0),
        "pools": steps["sync"] - steps.get(LOGS, 0.0),
        "hand": steps.get(HANDED, 0.0),
        **{step: steps.get(step, 0.0) for step in ("watch", "decide", "simulate", "record", "sign")},
    }
    return {**named, "rest": turn.seconds - sum(named.values())}


def differences(committed: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for every count that is not as it is committed."""
    for part, found in now.items():
        for key in COUNTED:
            if found.get(key) != committed[part].get(key):
                yield f"{part}: {key} is {found.get(key)}; snapshots/ has {committed[part].get(key)}."


def table(now: Snapshot) -> str:
    """Return the tables as Markdown."""
    return "\n".join([*_blocks(now["blocks"]), "", *_requests(now["blocks"]), "", *_memory(now["memory"])])


def _blocks(part: Snapshot) -> Iterator[str]:
    taken, used = part["seconds"], part["processor"]
    yield f"From a block that has touched {part['touched']:,} of {part['pools']:,} pools to a signed transaction that"
    yield f"the node has taken, {part['trades']:,} times, on a machine with a load of {part['load']:.1f}:"
    yield ""
    yield "| | median, ms | 99th percentile, ms |"
    yield "|---|---:|---:|"
    yield f"| in all | {taken['median'] * MILLI:.1f} | {taken['percentile99'] * MILLI:.1f} |"
    yield f"| of a processor, in the keeper | {used['median'] * MILLI:.1f} | {used['percentile99'] * MILLI:.1f} |"
    yield from (f"| {label} | {part['steps'][step] * MILLI:.1f} | |" for step, label in STEPS.items())
    yield ""
    yield f"To start, with all pools read, took {part['first']:.1f} s."


def _requests(part: Snapshot) -> Iterator[str]:
    asked = part["requests"]
    calls = sum(len(methods.split(WITH)) * count for methods, count in asked.items())
    yield f"Requests in such a block: {sum(asked.values())}, for {calls} answers, none of which grows with the pools:"
    yield ", ".join(_named(methods, count) for methods, count in asked.items()) + "."


def _named(methods: str, count: int) -> str:
    """Return the methods of one request, and how often it is made where that is more than once."""
    names = " with ".join(f"`{method}`" for method in methods.split(WITH))
    return f"{names} {count} times" if count > 1 else names


def _memory(part: Snapshot) -> Iterator[str]:
    early, late = (part[when] / MEGA for when in ("early", "late"))
    yield f"Memory at {part['pools']:,} pools: {early:,.0f} MB after {part['blocks'] // EARLY:,} blocks,"
    yield f"{late:,.0f} MB after {part['blocks']:,}."


PARTS: Final = {"blocks": (blocks, (POOLS, TOUCHED, BLOCKS)), "memory": (memory, (MANY, FEW, LONG))}


if __name__ == "__main__":
    try:
        main()
    except MillraceError as error:
        sys.exit(str(error))
