"""What goes wrong is on record, even where the record was what went wrong."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from harness.keeper import incidents
from harness.keeper.events import BreakerOpened, HeadSeen, Recovered, Trouble
from harness.keeper.incidents import Incidents
from harness.store import Store

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
GONE = Trouble("database", "gone", "it does not answer")
Row = tuple[str, int, int | None]


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A record that waits for nobody."""
    monkeypatch.setattr("harness.record.database.BUSY", 0.05)
    found = Store(f"sqlite:///{tmp_path}/record.db")
    found.migrate()
    return found


@pytest.fixture
def listener(store: Store) -> Incidents:
    """Its clock goes a second further each time that it is asked."""
    seconds = count()
    return Incidents(store, 1, lambda: NOON + timedelta(seconds=next(seconds)))


def rows(store: Store) -> list[Row]:
    """Where, and from which second to which, the oldest first."""

    def second(at: datetime | None) -> int | None:
        return None if at is None else int((at - NOON).total_seconds())

    return [(row.where, int((row.since - NOON).total_seconds()), second(row.until)) for row in store.incidents(1)][::-1]


def test_troubles_are_noted_as_they_begin_and_end(store: Store, listener: Incidents) -> None:
    for event in (Trouble("node", "no answer", "x"), HeadSeen(1, "0x", 1, 0.0), BreakerOpened("too many"), GONE):
        listener("ethereum", event)
    listener("ethereum", Recovered("node", 1.0))
    assert rows(store) == [("node", 0, 3), ("breaker", 1, 1), ("database", 2, None)]


def test_what_happens_while_the_record_is_locked_is_noted_as_of_its_time(
    store: Store, listener: Incidents, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "record.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        for event in (GONE, Trouble("node", "no answer", "x"), BreakerOpened("too many"), Recovered("node", 1.0)):
            listener("ethereum", event)
    assert rows(store) == []
    listener("ethereum", Recovered("database", 4.0))
    assert rows(store) == [("database", 0, 4), ("node", 1, 3), ("breaker", 2, 2)]
    listener("ethereum", GONE)
    assert rows(store)[3:] == [("database", 5, None)], "nothing is noted twice"


def test_of_too_much_that_cannot_be_noted_the_oldest_is_forgotten(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(incidents, "REMEMBERED", 3)
    listener = Incidents(store, 1)
    with closing(sqlite3.connect(tmp_path / "record.db", isolation_level=None)) as other:
        other.execute("begin immediate")
        for at in range(5):
            listener("ethereum", Trouble(f"place {at}", "no answer", "x"))
    listener("ethereum", GONE)
    assert [row.where for row in store.incidents(1)][::-1] == ["place 3", "place 4", "database"]
