"""The lease: of several keepers on one chain exactly one sends, and another one as soon as that is dead."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from types import SimpleNamespace

import pytest
import records
from records import CHAIN

from harness.keeper.events import Event, Led
from harness.keeper.lease import Lease, own_name
from harness.store import LeaseLostError, Store

SECONDS = 1.5
FORK = multiprocessing.get_context("fork")
"""Everything is imported already."""


class Process:
    """A keeper in a process of its own, that does as it is told."""

    def __init__(self, url: str, wrong_clock: bool = False) -> None:
        self.connection, theirs = FORK.Pipe()
        self.process = FORK.Process(target=keep, args=(theirs, url, wrong_clock), daemon=True)
        self.process.start()
        theirs.close()

    def tell(self, order: str) -> str:
        """Let it hold the lease, or sign with a nonce; return what it says."""
        self.connection.send(order)
        return self.said()

    def said(self) -> str:
        """Return the next that it says."""
        return str(self.connection.recv())

    def end(self) -> None:
        """Kill it."""
        self.process.kill()
        self.process.join()


def keep(told: Connection, url: str, wrong_clock: bool) -> None:
    """Be that keeper."""
    if wrong_clock:
        time.time = lambda: 4e9
    store = Store(url, *([lambda: datetime(2099, 1, 1, tzinfo=UTC)] if wrong_clock else []))
    lease = Lease(store, CHAIN, seconds=SECONDS)
    told.send("ready")
    while True:
        order = told.recv()
        if order == "hold":
            told.send(str(lease.hold()))
            continue
        try:
            store.signed(records.transaction(int(order)), lease.number or 0)
            told.send("noted")
        except LeaseLostError:
            told.send("refused")


Start = Callable[..., list[Process]]


@pytest.fixture
def start(store: Store, database: str) -> Iterator[Start]:  # noqa: ARG001 - the tables are there
    with ExitStack() as stack:

        def started(*clocks_wrong: bool) -> list[Process]:
            processes = [Process(database, wrong) for wrong in clocks_wrong]
            for process in processes:
                stack.callback(process.end)
            assert [process.said() for process in processes] == ["ready"] * len(processes)
            return processes

        yield started


def taken_over(keeper: Process) -> str:
    """Ask for the lease until it is there."""
    return next(said for said in iter(lambda: keeper.tell("hold"), "") if said != "None")


def test_one_leads_and_when_it_is_killed_the_other_does(start: Start) -> None:
    one, other = start(False, False)
    said = [(one.tell("hold"), other.tell("hold")) for _ in range(5)]
    assert set(said) == {("1", "None")}
    assert (one.tell("0"), other.tell("1")) == ("noted", "refused")
    one.end()
    assert taken_over(other) == "2"
    assert other.tell("1") == "noted"


def test_who_slept_through_its_lease_notes_nothing(start: Start) -> None:
    one, other = start(False, False)
    assert one.tell("hold") == "1"
    assert taken_over(other) == "2"
    assert one.tell("0") == "refused"
    assert one.tell("hold") == "None"
    assert (one.tell("0"), other.tell("0")) == ("refused", "noted")


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)  # SQLite has no clock but the machine's
def test_a_wrong_clock_changes_nothing(start: Start) -> None:
    right, wrong = start(False, True)
    assert [right.tell("hold"), wrong.tell("hold"), right.tell("hold")] == ["1", "None", "1"]
    assert taken_over(wrong) == "2"
    assert right.tell("hold") == "None"
    assert (right.tell("0"), wrong.tell("0")) == ("refused", "noted")


def test_a_lease_that_has_run_out_is_held_again_before_anything_is_noted(store: Store) -> None:
    gone, kept = Lease(store, CHAIN, "me", seconds=0), Lease(store, CHAIN, "me")
    number = gone.hold()
    assert number == 1
    with pytest.raises(LeaseLostError, match="has run out"):
        store.signed(records.transaction(0), number)
    assert kept.hold() == 1
    store.signed(records.transaction(0), number)


def test_a_lease_given_back_is_free_at_once(store: Store) -> None:
    said: list[Event] = []
    one, other = Lease(store, CHAIN, emit=said.append), Lease(store, CHAIN)
    assert (one.hold(), one.hold(), other.hold()) == (1, 1, None)
    assert store.leader(CHAIN) == one.holder
    other.release()
    assert store.leader(CHAIN) == one.holder
    one.release()
    assert store.leader(CHAIN) is None
    assert (other.hold(), one.hold()) == (2, None)
    assert said == [Led(leading=True), Led(leading=False)]


def test_a_lease_is_asked_for_again_when_a_third_of_it_has_passed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, asked = [0.0], list[float]()
    monkeypatch.setattr("harness.keeper.lease.time", SimpleNamespace(monotonic=lambda: now[0]))
    hold = store.hold_lease

    def noting(chain_id: int, holder: str, seconds: float) -> int | None:
        asked.append(now[0])
        return hold(chain_id, holder, seconds)

    monkeypatch.setattr(store, "hold_lease", noting)
    lease = Lease(store, CHAIN, "a", 6.0)
    for second in (0.0, 0.0, 1.9, 2.0, 3.9, 4.1):
        now[0] = second
        assert lease.current() == 1
    assert asked == [0.0, 2.0, 4.1]
    other = Lease(store, CHAIN, "b", 6.0)
    assert [other.current(), other.current()] == [None, None]
    assert asked[3:] == [4.1, 4.1], "whoever does not lead asks each time"


def test_a_lease_lasts_from_when_it_was_asked_for_however_late_the_answer(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    now, asked = [0.0], list[float]()
    monkeypatch.setattr("harness.keeper.lease.time", SimpleNamespace(monotonic=lambda: now[0]))
    hold = store.hold_lease

    def late(chain_id: int, holder: str, seconds: float) -> int | None:
        asked.append(now[0])
        now[0] += 1.5
        return hold(chain_id, holder, seconds)

    monkeypatch.setattr(store, "hold_lease", late)
    lease = Lease(store, CHAIN, "a", 6.0)
    lease.current()
    now[0] = 2.0
    lease.current()
    assert asked == [0.0, 2.0]


def test_every_chain_has_its_own_lease(store: Store) -> None:
    assert (Lease(store, CHAIN).hold(), Lease(store, 1).hold()) == (1, 1)


def test_no_two_keepers_call_themselves_alike() -> None:
    assert own_name() != own_name()


def test_an_older_number_is_refused_though_its_holder_leads_again(store: Store) -> None:
    one, other = Lease(store, CHAIN, seconds=0), Lease(store, CHAIN, seconds=0)
    assert [lease.hold() for lease in (one, other, one)] == [1, 2, 3]
    Lease(store, CHAIN, one.holder).hold()
    with pytest.raises(LeaseLostError, match="lease 1 of chain 31337 is not in force, 3 is"):
        store.signed(records.transaction(0), 1)
    store.signed(records.transaction(0), 3)


def test_the_record_works_by_its_own_clock(database: str) -> None:
    store = Store(database, lambda: datetime(2099, 1, 1, tzinfo=UTC))
    store.migrate()
    assert Lease(store, CHAIN, "one").hold() == 1
    assert Lease(Store(database), CHAIN, "other").hold() is None
