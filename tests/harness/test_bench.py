"""The gas table: what counts as a regression, and how rows are ordered, marked and judged."""

import json
from pathlib import Path

import pytest

from harness import bench, chains
from harness.bench import BenchError, Row

ROOM = 1_024
"""Bytes that an executor stays below the limits."""
ARGUMENTS = 3 * 32
"""Bytes of the executor's constructor arguments."""

CELL = {"floor": 100_000, "ours": 130_000, "routers": 200_000, "withoutPayout": 105_000}
PLAIN = {"ours": 38_000, "openZeppelin": 34_000, "solady": 33_000}
GAS = {
    "nothing": {"V2, V2": {"flash swap": {"ours": 44_999}}},
    "routes": {
        "V2, V3": {"flash swap": CELL, "Balancer V2": CELL},
        "Curve, V2": {"Morpho": CELL},
        "V2, V2": {"x": CELL},
    },
    "vault": {"deposit": PLAIN, "withdraw": PLAIN},
    "reserve": {"one-sided injection, V2": {"ours": 230_000}},
}


def moved(ours: int) -> list[str]:
    return list(bench.differences({"a": {"ours": 10_000}}, {"a": {"ours": ours}}))


def test_a_hundredth_more_or_less_is_no_regression() -> None:
    assert moved(10_000) == moved(10_100) == moved(9_900) == []


def test_beyond_a_hundredth_the_figure_is_named() -> None:
    assert moved(10_101) == ["a: ours is 10,101; snapshots/ has 10,000."]
    assert moved(9_899) == ["a: ours is 9,899; snapshots/ has 10,000."]


def test_rows_that_come_and_go_are_named() -> None:
    assert list(bench.differences({"a": {}}, {"b": {}})) == [
        "a was not measured.",
        "b is new; `make bench` commits it to snapshots/.",
    ]


def test_aims_are_met_to_the_unit() -> None:
    row = Row("V2, V2", "flash swap", 130_000, 105_000, 100_000, 173_334)
    assert (row.payout, row.near_floor, row.pays_cheaply, row.saves_enough) == (25_000, True, True, True)
    row = Row("V2, V2", "flash swap", 130_002, 105_001, 100_000, 173_335)
    assert (row.payout, row.near_floor, row.pays_cheaply, row.saves_enough) == (25_001, False, False, False)


def test_the_vault_stands_beside_plain_ones() -> None:
    text = bench.table(GAS)
    assert "| deposit | 38,000 | 34,000 | 33,000 |" in text
    assert "at most 38,000 each: met" in text
    dear = {**GAS, "vault": {"deposit": PLAIN, "withdraw": {**PLAIN, "ours": 38_001}}}
    assert "at most 38,000 each: missed" in bench.table(dear)


def test_an_injection_is_held_to_its_aim() -> None:
    assert "| one-sided injection, V2 | 230,000 |" in bench.table(GAS)
    assert "at most 230,000: met" in bench.table(GAS)
    dear = {**GAS, "reserve": {"one-sided injection, V2": {"ours": 230_001}}}
    assert "at most 230,000: missed" in bench.table(dear)


def test_rows_stand_in_order() -> None:
    assert [(row.route, row.lender) for row in bench.rows(GAS)] == [
        ("V2, V2", "x"),
        ("V2, V3", "flash swap"),
        ("V2, V3", "Balancer V2"),
        ("Curve, V2", "Morpho"),
    ]


def test_the_table_says_what_it_meets() -> None:
    text = bench.table(GAS)
    assert "| V2 → V3 | flash swap | 105,000 | 100,000 | 1.050 | 25,000 | 130,000 | 200,000 | 35 % |" in text
    assert "at most 1.05 of the floor, 4 of 4; a payout of at most 25,000, 4 of 4" in text
    assert "under 45,000: met." in text


def test_the_table_goes_between_its_markers() -> None:
    begin, end = bench.BEGIN.format(part=bench.GAS), bench.END.format(part=bench.GAS)
    text = f"before\n{begin}\nold\n{end}\nafter\n"
    once = bench.with_table(text, "new")
    assert once == f"before\n{begin}\n\nnew\n\n{end}\nafter\n"
    assert bench.with_table(once, "new") == once


def test_a_missing_marker_is_named() -> None:
    with pytest.raises(BenchError, match="gas: end"):
        bench.with_table(bench.BEGIN.format(part=bench.GAS), "new")


def test_what_forge_wrote_is_read(tmp_path: Path) -> None:
    routes = {"kind": "routes", "route": "V2, V3", "lender": "flash swap", **CELL}
    nothing = {"kind": "nothing", "route": "V2, V2", "lender": "flash swap", "ours": 44_999}
    vault = {"kind": "vault", "call": "deposit", **PLAIN}
    injection = {"kind": "reserve", "call": "one-sided injection, V2", "ours": 230_000}
    for name, item in {"a": routes, "b": nothing, "c": vault, "d": injection}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(item))
    assert bench.measured(tmp_path) == {
        "nothing": GAS["nothing"],
        "routes": {"V2, V3": {"flash swap": CELL}},
        "vault": {"deposit": PLAIN},
        "reserve": GAS["reserve"],
    }


def test_nothing_measured_is_said(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="make bench"):
        bench.measured(tmp_path)


def test_what_is_committed_agrees_with_itself() -> None:
    gas = json.loads((bench.SNAPSHOTS / "gas.json").read_text())
    assert list(bench.stale(gas)) == []


def test_every_chain_s_executor_fits_a_chain_with_room() -> None:
    sizes = json.loads((bench.SNAPSHOTS / "sizes.json").read_text())
    for name in chains.names():
        executor = sizes[chains.load(name).executor.contract]
        assert executor["runtime"] <= bench.SIZE_LIMIT - ROOM
        assert executor["init"] + ARGUMENTS <= 2 * bench.SIZE_LIMIT - ROOM
