"""A move as a keeper does it: on record, within limits, in the reports of both chains, in what the reserve shows."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from chore_stage import Stage
from move_stage import HERE, ONLY, THERE, amount, keeper, looked, together, up
from op_relay import delivered, deposits
from two_chains import Two, both_undone, done_by, in_bucket, in_flight, kept, turned

from harness import reserve
from harness.earnings.report import Report, report_on
from harness.keeper.abi import calldata
from harness.keeper.chores.chore import Policy
from harness.keeper.chores.moves import MoveReserves
from harness.keeper.limits import Limits
from harness.keeper.run import Runner
from harness.store import Store

EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@pytest.fixture
def two(moving_chains: Two, monkeypatch: pytest.MonkeyPatch) -> Iterator[Two]:
    with both_undone(moving_chains) as two:
        monkeypatch.setenv(two.above.chain.rpc_variable, two.above.url)
        together(two)
        yield two


@pytest.fixture
def record(tmp_path: Path) -> Store:
    store = Store(f"sqlite:///{tmp_path}/record.db")
    store.migrate()
    return store


def runner(stage: Stage, record: Store, **more: Any) -> Runner:  # noqa: ANN401 - of a plan
    return kept(stage, record, chores=ONLY, **more)


def test_a_keeper_sends_it_once_and_has_it_on_record(two: Two, record: Store) -> None:
    below, above, usdt = two.below, two.above, two.below.token("USDT")
    expected = looked(below, up(two))
    bucket = in_bucket(below, HERE, usdt)
    turned(below, runner(below, record, moves=(up(two),)))
    assert in_flight(below, above, usdt) == amount(expected) == bucket - in_bucket(below, HERE, usdt)
    (row,) = record.chores(1, *EVER)
    assert expected is not None
    assert (row.kind, row.target, row.state) == ("move", expected.target, "included")
    assert row.realised == row.expected == expected.worth_wei


def test_a_keepers_limits_hold_for_it(two: Two, record: Store) -> None:
    turned(two.below, runner(two.below, record, moves=(up(two),), limits=Limits(gas_a_day=1)))
    assert in_flight(two.below, two.above, two.below.token("USDT")) == 0
    (row,) = record.chores(1, *EVER)
    assert row.state == "refused"


def test_without_a_table_or_a_signer_nothing_is_moved(two: Two, record: Store) -> None:
    turned(two.below, runner(two.below, record))
    turned(two.below, runner(two.below, record, moves=(up(two),), signer=None))
    assert in_flight(two.below, two.above, two.below.token("USDT")) == 0
    assert record.chores(1, *EVER) == []


def test_it_comes_before_the_bucket_is_converted_and_injected(two: Two) -> None:
    kinds = [chore.kind for chore in keeper(two.below, up(two), policy=Policy()).chores]
    assert kinds.index("book") < kinds.index("move") < kinds.index("convert") < kinds.index("inject")


def moved(two: Two) -> int:
    """What has been sent, delivered and credited."""
    task = looked(two.below, up(two))
    assert task is not None
    (deposit,) = deposits(two.below.send(task))
    delivered(two.above.node, deposit)
    assert done_by(two.above, two.above.chores(Policy(enabled=frozenset(("inbox",)), every=1))) == ["inbox"]
    return amount(task)


def report(stage: Stage) -> Report:
    """Of the stage's today."""
    day = datetime.fromtimestamp(stage.head().timestamp, UTC).date()
    names = {place.address: place.name for place in stage.places}
    return report_on(stage.chain, stage.rpc(), stage.deployment, (day, day), names=names)


def test_the_reports_of_both_chains_book_it_and_add_up(two: Two) -> None:
    units = Decimal(moved(two)).scaleb(-6)
    for stage, pool, name in (
        (two.below, HERE, "sent to other chains"),
        (two.above, THERE, "received from other chains"),
    ):
        found = report(stage)
        assert found.problems == []
        (row,) = [one for one in found.figures if one.section == "chains"]
        assert (row.subject, row.name, row.token, row.amount) == (pool, name, "USDT", units)


def test_what_is_in_flight_is_shown_until_it_is_confirmed(two: Two) -> None:
    below, units = two.below, moved(two)

    def flying() -> list[tuple[str, str, Decimal]]:
        end, known = reserve.read(below.chain, below.rpc(), below.deployment)
        found = reserve.holdings(below.chain, end, known, {})
        return [(one.of, one.token, one.amount) for one in found if one.what == "in flight"]

    assert flying() == [("under way to optimism", "USDT", Decimal(units).scaleb(-6))]
    confirm = calldata("confirmArrival(uint256,address,uint256)", 10, below.token("USDT"), units)
    below.govern((below.at("reserve"), confirm))
    assert flying() == []


def test_a_sending_is_counted_once_however_often_its_logs_are_read_and_not_once_it_is_undone(two: Two) -> None:
    below = two.below
    before = below.node.rpc("evm_snapshot")
    chores = keeper(below, up(two))
    task = chores.look(below.head())
    assert task is not None
    below.send(task)
    chores.forget()
    for _ in range(3):
        chores.look(below.head())
        below.node.mine()
    sent = [(one.token, one.chain_id, one.amount) for one in chores._known.sent]
    assert sent == [(below.token("USDT"), 10, amount(task))]
    below.node.rpc("evm_revert", before)
    below.node.rpc("anvil_mine", hex(8), hex(12))
    together(two)
    again = chores.look(below.head())
    assert list(chores._known.sent) == []
    assert again is None  # the other chain was asked just now
    assert amount(looked(below, up(two))) == amount(task)


def test_no_place_no_question(two: Two) -> None:
    """A pool that the picture does not have yet is not asked for."""
    below = two.below
    chore = MoveReserves(below.chain, below.rpc(), below.at("reserve"), [up(two)], tuple)
    assert chore.asks(below.chores()._known) == []
