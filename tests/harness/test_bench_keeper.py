"""The keeper's table: what a block asks and brings, what counts as a difference, and that steps make up the whole."""

import json
from typing import Any

import pytest

from harness import bench_keeper
from harness.bench import README
from harness.bench_turns import HANDED, HEAD, LOGS, RECEIPT, WITH, theatre

FIVE = {HEAD: 1, LOGS: 1, "eth_simulateV1": 1, HANDED: 1, WITH.join(("eth_call", RECEIPT)): 1}
"""The block, its logs, the simulation, the next, and one multicall with what became of the last transaction."""

NOW: dict[str, Any] = {
    "blocks": {
        "pools": 10_000,
        "touched": 200,
        "trades": 250,
        "requests": FIVE,
        "load": 0.5,
        "first": 9.0,
        "seconds": {"median": 0.02, "percentile99": 0.05},
        "processor": {"median": 0.01, "percentile99": 0.02},
        "steps": dict.fromkeys(bench_keeper.STEPS, 0.002),
    },
    "memory": {"pools": 50_000, "touched": 4, "blocks": 10_000, "early": 600_000_000, "late": 601_000_000},
}


def test_each_block_brings_a_trade_and_asks_as_much_whatever_the_number_of_pools(
    built: None,  # noqa: ARG001 - the contracts are deployed
) -> None:
    with theatre(60) as stage, stage.playing():
        turns = [stage.block(5) for _ in range(6)]
        quiet = [stage.block(50, gap=False) for _ in range(4)]
    assert all(turn.handed for turn in turns)
    assert bench_keeper.requests(turns[1:]) == FIVE
    assert bench_keeper.requests(quiet[2:]) == {HEAD: 1, LOGS: 1, "eth_call": 1}
    assert not any(turn.handed for turn in quiet[1:])
    for turn in turns:
        parts = bench_keeper.parts(turn)
        assert parts.keys() == bench_keeper.STEPS.keys()
        assert sum(parts.values()) == pytest.approx(turn.seconds)
        assert min(parts[step] for step in parts if step not in ("watch", "rest")) > 0


def test_requests_and_trades_that_differ_are_named_and_times_are_not() -> None:
    slower = {**NOW["blocks"], "seconds": {"median": 1.0, "percentile99": 2.0}, "load": 9.0, "trades": 249}
    assert list(bench_keeper.differences(NOW, {**NOW, "blocks": slower})) == [
        "blocks: trades is 249; snapshots/ has 250."
    ]
    assert list(bench_keeper.differences(NOW, NOW)) == []


def test_the_table_tells_all() -> None:
    text = bench_keeper.table(NOW)
    assert "| in all | 20.0 | 50.0 |" in text
    assert "| of a processor, in the keeper | 10.0 | 20.0 |" in text
    assert all(f"| {label} | 2.0 | |" in text for label in bench_keeper.STEPS.values())
    assert "Requests in such a block: 5, for 6 answers" in text
    assert "`eth_call` with `eth_getTransactionReceipt`." in text
    assert "600 MB after 1,000 blocks,\n601 MB after 10,000." in text


@pytest.mark.skipif(not bench_keeper.MEASURED.exists(), reason="the keeper has not been measured yet")
def test_what_is_committed_agrees_with_itself() -> None:
    text = bench_keeper.table(json.loads(bench_keeper.MEASURED.read_text()))
    assert bench_keeper.TABLE.read_text() == text + "\n"
    assert text in README.read_text()
