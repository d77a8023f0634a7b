"""The market's table: what counts as a difference, how answers are compared, and how copies of pools are made."""

import json
from typing import Any

import pytest

from harness import bench_market, bench_pairs
from harness.bench_pairs import Solved, beside, copied, cycles_of, wrapped
from harness.market.cycles import Cycle
from harness.market.pools.uniswap_v2 import UniswapV2Pool

OTHER = "0x" + "22" * 20
ETHER = 10**18
NOW: dict[str, Any] = {
    "cycles": {"all": 6, "pairs": 4, "two": 2},
    "ours": {"paying": 2, "profit": 3 * ETHER, "unproven": 0},
    "degenbot": {"paying": 1, "profit": 2 * ETHER},
    "beside": {"wins": 1, "ties": 0, "losses": ["a > b: 1 wei, 2 theirs"], "missed": 0, "misstated": 0},
    "seconds": {"ours": 0.01, "degenbot": 0.1},
    "blocks": [],
    "ranged": {"pools": 2, "median": 0.5, "cycle": 1e-3},
    "swaps": {"swaps": 9, "crossed": 2, "different": 0, "within": 0, "across": 1e-6, "withIntegers": 0, "python": 0},
}


def pairs() -> list[UniswapV2Pool]:
    """Two pairs of one token, the second a tenth dearer."""
    states = ((ETHER, 10**6), (11 * ETHER // 10, 10**6))
    return [
        UniswapV2Pool(f"0x{number:040x}", (wrapped(), OTHER), reserves) for number, reserves in enumerate(states, 1)
    ]


def both() -> tuple[list[UniswapV2Pool], list[Cycle]]:
    made = pairs()
    return made, cycles_of(made)


def test_ours_finds_what_pays() -> None:
    made, cycles = both()
    assert len(cycles) == 2
    found, unproven = bench_pairs.ours(made, cycles)
    assert (len(found.answers), unproven) == (1, 0)
    compared = beside(made, cycles, found.answers, found.answers)
    assert (compared.wins, compared.ties, compared.losses, compared.missed, compared.misstated) == (0, 1, [], 0, 0)


def test_an_answer_is_worth_what_the_pairs_pay_for_its_input() -> None:
    made, cycles = both()
    found, _ = bench_pairs.ours(made, cycles)
    ((place, (amount, profit)),) = found.answers.items()
    lower = beside(made, cycles, {place: (amount // 2, profit)}, found.answers)
    assert (lower.wins, len(lower.losses), lower.misstated) == (0, 1, 0)
    boast = beside(made, cycles, found.answers, {place: (amount // 2, profit)})
    assert (boast.wins, boast.losses, boast.misstated) == (1, [], 1)


def test_what_only_they_find_is_missed() -> None:
    made, cycles = both()
    found, _ = bench_pairs.ours(made, cycles)
    assert beside(made, cycles, {}, found.answers).missed == 1
    assert beside(made, cycles, found.answers, {}).wins == 1


def test_copies_share_the_native_coin_alone() -> None:
    made = copied(pairs(), 5)
    assert len({pair.address for pair in made}) == 5
    assert {pair.tokens[0] for pair in made} == {wrapped()}
    assert len({pair.tokens[1] for pair in made}) == 3
    assert len(cycles_of(made)) == 4


def test_profits_add_up() -> None:
    assert Solved(0.1, {0: (5, 2), 3: (7, 4)}).profit == 6


def test_a_count_that_differs_is_named_and_a_time_is_not() -> None:
    other = {**NOW, "seconds": {"ours": 1.0}, "ours": {**NOW["ours"], "paying": 3}}
    assert list(bench_market.differences(NOW, other)) == ["ours: paying is 3; snapshots/ has 2."]


def test_what_was_not_measured_is_no_difference() -> None:
    alone = {part: NOW[part] for part in NOW if part not in ("degenbot", "beside")}
    assert list(bench_market.differences(NOW, alone)) == []
    assert "degenbot" not in bench_market.table(alone, {})


def test_the_table_lists_losses_and_families() -> None:
    text = bench_market.table(NOW, {"solidly": {"cases": 100_000, "differences": 0}})
    assert "| ours, to the wei | 2 | 3.000000 | 10.0 |" in text
    assert "1 wins, 0 ties, 1 losses, 0 missed" in text
    assert "- a > b: 1 wei, 2 theirs" in text
    assert "| ours in bulk, in arrays | 1.00 |" in text
    assert "| solidly | 100,000 | 0 |" in text


@pytest.mark.skipif(not bench_market.MEASURED.exists(), reason="the market has not been measured yet")
def test_what_is_committed_agrees_with_itself() -> None:
    exact = json.loads(bench_market.EXACT.read_text()) if bench_market.EXACT.exists() else {}
    text = bench_market.table(json.loads(bench_market.MEASURED.read_text()), exact)
    assert bench_market.TABLE.read_text() == text + "\n"
