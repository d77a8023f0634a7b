"""The market's table: what cycles of recorded pairs bring beside degenbot, and what cycles, blocks and swaps take.

`make bench` runs this after the gas table: it prints the table and writes snapshots/market.json and market.md. With
`--check` it writes nothing and says instead whether counts and profits are what stands there; times are the machine's
affair. `python -m harness.bench_market exact` compares every family of pools with the code of its contracts, case by
case, and writes snapshots/exact.json, which the table tells too. All times are of a processor, the threads of an engine
together: what else the machine does hardly touches them.
"""

import importlib
import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, Final

from harness import bench_blocks, bench_pairs, bench_swaps
from harness.bench import README, SNAPSHOTS, BenchError, with_table
from harness.bench_pairs import RECORDED, Beside, Solved
from harness.bench_peer import PYTHON
from harness.errors import MillraceError
from harness.settings import ROOT

MEASURED: Final = SNAPSHOTS / "market.json"
EXACT: Final = SNAPSHOTS / "exact.json"
TABLE: Final = SNAPSHOTS / "market.md"
TESTS: Final = ROOT / "tests" / "harness"
COUNTED: Final = ("cycles", "ours", "degenbot", "beside")
"""What does not depend on the machine."""

MANY: Final = 50_000
CASES: Final = 100_000
SEED: Final = 5
MILLI, MICRO, MEGA = 1e3, 1e6, 1e6
ETHER: Final = 10**18

SWAPS: Final = {
    "across": "ours in bulk, in arrays",
    "withIntegers": "ours in bulk, from and to Python's integers",
    "within": "the same without a tick in between, in arrays",
    "degenbot": "degenbot 0.6.0a17, from and to Python's integers, one by one",
    "python": "ours in plain Python, one by one",
}

Snapshot = dict[str, Any]
Cases = Callable[[int, int], Iterable[tuple[str, object, object]]]


def main() -> None:
    """Measure, print the table, and write or check what is committed.

    Raises:
        BenchError: With `--check`: a count or a profit is not as it is committed.
    """
    parser = ArgumentParser(description="Writes the market's table.")
    parser.add_argument("what", nargs="?", choices=("speed", "exact"), default="speed")
    parser.add_argument("--check", action="store_true", help="write nothing, and fail where counts or profits differ")
    parser.add_argument("--cases", type=int, default=CASES, help="how many cases a family, of exact")
    parser.add_argument("--family", action="append", help="only this one, of exact, as the table names it")
    given = parser.parse_args()
    if given.what == "exact":
        _exact(given.cases, given.family or ())
    elif not RECORDED.exists():
        print("The recorded pools are not beside the checkout: the market is not measured.")
    else:
        _speed(given.check)


def _speed(check: bool) -> None:
    now = measured()
    exact = json.loads(EXACT.read_text()) if EXACT.exists() else {}
    print(table(now, exact))
    if check:
        if found := list(differences(json.loads(MEASURED.read_text()), now)):
            raise BenchError("\n".join(found))
    elif "degenbot" not in now:
        print("degenbot was not measured: snapshots/ stay as they are.")
    else:
        MEASURED.write_text(json.dumps(now, indent=2, sort_keys=True) + "\n")
        _write(now, exact)


def _write(now: Snapshot, exact: Mapping[str, Snapshot]) -> None:
    """Write the table to where it stands."""
    TABLE.write_text(table(now, exact) + "\n")
    README.write_text(with_table(README.read_text(), table(now, exact), "market"))


def measured() -> Snapshot:
    """Measure everything; without a Python that degenbot runs on, all but degenbot's side."""
    pairs = bench_pairs.recorded()
    cycles = bench_pairs.cycles_of(pairs)
    found, unproven = bench_pairs.ours(pairs, cycles)
    now: Snapshot = {
        "cycles": {"pairs": len(pairs), "two": sum(len(cycle.edges) == 2 for cycle in cycles), "all": len(cycles)},  # noqa: PLR2004
        "ours": {**_told(found), "unproven": unproven},
        "seconds": {"ours": found.seconds},
        "blocks": [bench_blocks.measure(count) for count in (len(pairs), MANY)],
        "ranged": bench_blocks.measure(bench_blocks.RANGED),
        "swaps": bench_swaps.measure(),
    }
    peer = bench_pairs.theirs(pairs, cycles)
    if peer is None:
        print(f"There is no Python {PYTHON} here, which degenbot needs: it is left out.")
        return now
    now["degenbot"], now["seconds"]["degenbot"] = _told(peer), peer.seconds
    now["beside"] = _compared(bench_pairs.beside(pairs, cycles, found.answers, peer.answers))
    return now


def _told(solved: Solved) -> Snapshot:
    return {"paying": len(solved.answers), "profit": solved.profit}


def _compared(beside: Beside) -> Snapshot:
    return {
        "wins": beside.wins,
        "ties": beside.ties,
        "losses": beside.losses,
        "missed": beside.missed,
        "misstated": beside.misstated,
    }


def differences(committed: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    """Yield a sentence for every count or profit that is not as it is committed; what was not measured is no fault."""
    for part in COUNTED:
        for key, value in now.get(part, {}).items():
            if committed.get(part, {}).get(key) != value:
                yield f"{part}: {key} is {value}; snapshots/ has {committed.get(part, {}).get(key)}."


def table(now: Snapshot, exact: Mapping[str, Snapshot]) -> str:
    """Return the tables as Markdown."""
    blocks = [*_blocks(now["blocks"]), "", _ranged(now["ranged"])]
    return "\n".join([*_cycles(now), "", *blocks, "", *_swaps(now["swaps"]), "", *_exactness(exact)])


def _cycles(now: Snapshot) -> Iterator[str]:
    cycles = now["cycles"]
    yield f"All {cycles['all']:,} cycles of two and three of {cycles['pairs']:,} recorded pairs, on one processor:"
    yield ""
    yield "| engine | cycles that pay | profit, ETH | time, ms |"
    yield "|---|---:|---:|---:|"
    for name, label in (("ours", "ours, to the wei"), ("degenbot", "degenbot 0.6.0a17")):
        if name in now:
            part = now[name]
            time_ = now["seconds"][name] * MILLI
            yield f"| {label} | {part['paying']:,} | {part['profit'] / ETHER:,.6f} | {time_:,.1f} |"
    if "beside" in now:
        beside = now["beside"]
        yield ""
        yield (
            f"Cycle by cycle: {beside['wins']:,} wins, {beside['ties']:,} ties, {len(beside['losses'])} losses, "
            f"{beside['missed']} missed. That nothing better is left is proven for "
            f"{cycles['all'] - now['ours']['unproven']:,} of {cycles['all']:,}."
        )
        yield from (f"- {loss}" for loss in beside["losses"])


def _blocks(blocks: list[Snapshot]) -> Iterator[str]:
    yield f"A block that touches {bench_blocks.TOUCHED} pools, from new states to ranked trades:"
    yield ""
    yield "| pools | touched | median, ms | 99th percentile, ms | memory of all, MB |"
    yield "|---:|---|---:|---:|---:|"
    for part in blocks:
        for name, label in (("any", "any"), ("all", f"those on cycles, {part['onCycles']:,}")):
            figures, memory = part[name], part["bytes"] / MEGA
            fast, slow = figures["median"] * MILLI, figures["percentile99"] * MILLI
            yield f"| {part['pools']:,} | {label} | {fast:.2f} | {slow:.2f} | {memory:,.0f} |"


def _ranged(ranged: Snapshot) -> str:
    return (
        f"With {ranged['pools']:,} pools of Uniswap V3 beside these pairs, a block that touches {bench_blocks.TOUCHED} "
        f"of them takes {ranged['median'] * MILLI:,.0f} ms in the median: a cycle that pays is sized in plain Python, "
        f"in {ranged['cycle'] * MICRO:,.0f} µs."
    )


def _swaps(swaps: Snapshot) -> Iterator[str]:
    yield f"A swap in a recorded pool of Uniswap V3: {swaps['swaps']:,}, across {swaps['crossed']} ticks in the median;"
    yield f"{swaps['different']} of ours differ from the pool in plain Python."
    yield ""
    yield "| engine | µs |"
    yield "|---|---:|"
    for name, label in SWAPS.items():
        if name in swaps:
            yield f"| {label} | {swaps[name] * MICRO:.2f} |"


def _exactness(exact: Mapping[str, Snapshot]) -> Iterator[str]:
    if exact:
        yield "Random states and amounts, each answer beside that of the contract's own code or of its labelled model;"
        yield "the kernel's beside the pool in plain Python:"
        yield ""
        yield "| family | cases | differences |"
        yield "|---|---:|---:|"
    for family, part in sorted(exact.items()):
        yield f"| {family} | {part['cases']:,} | {part['differences']:,} |"


def _exact(count: int, wanted: Collection[str]) -> None:
    """Compare families, print as it goes, and write the counts of each as soon as it is done.

    Raises:
        BenchError: Something differs.
    """
    families = _families()
    if unknown := [one for one in wanted if one not in families]:
        raise BenchError(f"there is no family {unknown[0]!r}; there are {', '.join(families)}")
    differing = 0
    for family in wanted or families:
        part = _compare(family, families[family](SEED, count))
        differing += part["differences"]
        found = {**(json.loads(EXACT.read_text()) if EXACT.exists() else {}), family: part}
        EXACT.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n")
    if MEASURED.exists():
        _write(json.loads(MEASURED.read_text()), json.loads(EXACT.read_text()))
    if differing:
        raise BenchError("a family differs from the code of its contracts")


def _families() -> dict[str, Cases]:
    """Return what compares each family, by the name that the table gives it."""
    sys.path.insert(0, str(TESTS))
    found = {}
    for path in sorted(TESTS.glob("exact_*.py")):
        module = importlib.import_module(path.stem)
        if hasattr(module, "cases"):
            found[path.stem.removeprefix("exact_").replace("_", " ")] = module.cases
    return found


def _compare(family: str, cases: Iterable[tuple[str, object, object]]) -> Snapshot:
    start, compared, differing = time.monotonic(), 0, 0
    for what, expected, got in cases:
        compared += 1
        if expected != got:
            differing += 1
            print(f"{what}: {got}, not {expected}")
    print(f"{family}: {compared:,} cases, {differing} differences, {time.monotonic() - start:.0f} s", flush=True)
    return {"cases": compared, "differences": differing}


if __name__ == "__main__":
    try:
        main()
    except MillraceError as error:
        sys.exit(str(error))
