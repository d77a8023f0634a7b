"""The record: what is written is there to the wei, what is out is never forgotten, and trouble has a name."""

import multiprocessing
import os
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pgserver
import pytest
import records
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from records import CHAIN, GWEI, MOST, SENDER, TOKEN
from sqlalchemy import insert, text

from harness.record.database import config
from harness.record.tables import Incident
from harness.store import (
    LeaseLostError,
    NonceTakenError,
    Shares,
    State,
    Store,
    StoreError,
    StoreUrlError,
    StoreVersionError,
    UnknownTransactionError,
)

FORK = multiprocessing.get_context("fork")
"""Everything is imported already."""
BLOCK = "0xb1"
AGO, LATER = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def state(store: Store, hash: str) -> State:
    row = store.transaction(hash)
    assert row is not None
    return row.state


def attempt_states(store: Store) -> list[State]:
    return [tried.state for tried, _ in store.attempts(CHAIN, AGO, LATER)]


# what is written


def test_an_attempt_stands_as_written(store: Store) -> None:
    number = records.attempt(store)
    [(tried, found)] = store.attempts(CHAIN, AGO, LATER)
    assert (tried.id, tried.calldata, tried.simulated, tried.refusal, tried.state) == (
        number,
        b"\x01\x02",
        7,
        "",
        "paper",
    )
    assert (found.amount, found.expected, found.worth, found.gas) == (MOST, 5, -3, 200_000)
    assert (found.block, found.block_hash, found.token, found.route) == (100, "0xb10c", TOKEN, "a > b")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(amount=st.integers(-MOST, MOST))
def test_every_amount_of_256_bits_is_exact(store: Store, amount: int) -> None:
    found = store.attempts(abs(amount) % 2**60, AGO, LATER)
    store.tried(records.found(abs(amount) % 2**60, amount=amount, simulated=amount))
    tried, seen = store.attempts(abs(amount) % 2**60, AGO, LATER)[len(found)]
    assert (seen.amount, tried.simulated) == (amount, amount)


@pytest.mark.parametrize("amount", [10**78, 1.0])
def test_what_is_no_exact_integer_is_refused(store: Store, amount: int) -> None:
    with pytest.raises(Exception, match="is no integer of at most 78 digits"):
        records.attempt(store, amount=amount)


def test_times_are_in_utc(database: str) -> None:
    clock = datetime(2026, 3, 1, 12, tzinfo=UTC)
    store = Store(database, clock.astimezone)
    store.migrate()
    records.attempt(store)
    [(tried, _)] = store.attempts(CHAIN, clock, clock + timedelta(seconds=1))
    assert (tried.at, tried.at.utcoffset()) == (clock, timedelta(0))
    assert store.attempts(CHAIN, clock - timedelta(1), clock) == []


# a transaction's life


def test_a_transaction_goes_from_signed_to_a_block(store: Store) -> None:
    number = records.attempt(store)
    noted = records.signed(store, 4, number)
    assert attempt_states(store) == ["signed"]
    store.sent(noted.hash, ["node", "relay"])
    store.sent(noted.hash, ["node", "private"])
    [row] = store.open_transactions(CHAIN, SENDER)
    assert (row.state, row.ways, row.raw, row.nonce, row.until_block) == (
        "sent",
        "node,private,relay",
        noted.raw,
        4,
        110,
    )
    assert store.included(noted.hash, 105, BLOCK, True, 150_000, 20 * GWEI)
    assert store.open_transactions(CHAIN, SENDER) == []
    [row] = store.included_since(CHAIN, 105)
    assert (row.state, row.block, row.block_hash, row.gas_cost) == ("included", 105, BLOCK, 150_000 * 20 * GWEI)
    assert attempt_states(store) == ["included"]


def test_nothing_is_sent_that_was_not_noted(store: Store) -> None:
    for act in (store.given_up, store.orphaned, lambda hash: store.sent(hash, ["node"])):
        with pytest.raises(UnknownTransactionError, match="0xdead"):
            act("0xdead")


def test_a_transaction_is_noted_once(store: Store) -> None:
    noted = records.signed(store, 0, records.attempt(store))
    store.signed(noted, records.lead(store))
    assert len(store.open_transactions(CHAIN)) == 1


def test_an_inclusion_is_news_once(store: Store) -> None:
    noted = records.signed(store, 0, records.attempt(store))
    assert store.included(noted.hash, 105, BLOCK, True, 1, 1)
    assert not store.included(noted.hash, 105, BLOCK, True, 1, 1)
    assert store.included(noted.hash, 106, "0xother", True, 1, 1)
    assert store.included(noted.hash, 106, "0xother", False, 1, 1)
    assert attempt_states(store) == ["reverted"]


def test_what_is_in_a_block_is_not_out_again_by_being_handed_over(store: Store) -> None:
    noted = records.signed(store, 0, records.attempt(store))
    store.included(noted.hash, 105, BLOCK, True, 1, 1)
    store.sent(noted.hash, ["late relay"])
    store.given_up(noted.hash)
    store.replaced(noted.hash, "0xother")
    assert state(store, noted.hash) == "included"


def test_one_nonce_is_one_transactions(store: Store) -> None:
    first = records.signed(store, 0, records.attempt(store))
    with pytest.raises(NonceTakenError, match=first.hash):
        records.signed(store, 0, records.attempt(store), raw=b"another")
    records.signed(store, 0, records.attempt(store), raw=b"another account's", sender="0x" + "0A" * 20)
    records.signed(store, 0, records.attempt(store), raw=b"another chain's", chain_id=1)
    store.included(first.hash, 105, BLOCK, True, 1, 1)
    with pytest.raises(NonceTakenError, match="used up"):
        records.signed(store, 0, records.attempt(store), raw=b"another", replaces=first.hash)


def test_a_nonce_given_up_is_free(store: Store) -> None:
    first = records.signed(store, 0, records.attempt(store))
    store.given_up(first.hash)
    second = records.signed(store, 0, records.attempt(store), raw=b"another")
    assert [row.hash for row in store.open_transactions(CHAIN)] == [second.hash]
    assert attempt_states(store) == ["given-up", "signed"]


def test_only_the_newest_of_a_nonce_can_be_replaced(store: Store) -> None:
    first = records.signed(store, 0, records.attempt(store))
    second = records.signed(store, 0, records.attempt(store), raw=b"two", replaces=first.hash)
    with pytest.raises(NonceTakenError, match=second.hash):
        records.signed(store, 0, raw=b"three", replaces=first.hash)
    assert [row.hash for row in store.open_transactions(CHAIN)] == [first.hash, second.hash]


@pytest.mark.parametrize("winner", [0, 1])
def test_of_those_that_replace_each_other_one_ends_in_a_block(store: Store, winner: int) -> None:
    first = records.signed(store, 0, records.attempt(store))
    second = records.signed(store, 0, raw=b"gives the nonce away", replaces=first.hash)
    won, lost = (first, second) if winner == 0 else (second, first)
    store.included(won.hash, 105, BLOCK, True, 1, 1)
    assert (state(store, won.hash), state(store, lost.hash)) == ("included", "replaced")
    assert attempt_states(store) == ["included" if winner == 0 else "replaced"]
    store.orphaned(won.hash)
    assert [row.state for row in store.open_transactions(CHAIN)] == ["sent", "sent"]
    store.included(lost.hash, 106, BLOCK, True, 1, 1)
    assert (state(store, won.hash), state(store, lost.hash)) == ("replaced", "included")


def test_what_was_given_up_stays_so_whatever_becomes_of_its_nonce(store: Store) -> None:
    gone = records.signed(store, 0, records.attempt(store))
    store.given_up(gone.hash)
    other = records.signed(store, 0, raw=b"takes the nonce")
    store.included(other.hash, 105, BLOCK, True, 1, 1)
    assert state(store, gone.hash) == "given-up"
    store.orphaned(gone.hash)
    store.orphaned(other.hash)
    assert (state(store, gone.hash), state(store, other.hash)) == ("given-up", "sent")


def test_what_is_in_a_block_is_replaced_by_nothing_and_what_is_orphaned_has_cost_nothing(store: Store) -> None:
    first = records.signed(store, 0, records.attempt(store))
    second = records.signed(store, 0, raw=b"takes the nonce", replaces=first.hash)
    for won in (second, first):
        store.included(won.hash, 105, BLOCK, True, 7, 9)
        row = store.transaction(won.hash)
        assert row is not None
        assert (row.replaced_by, row.gas_used, row.price) == (None, 7, 9)
    store.orphaned(first.hash)
    row = store.transaction(first.hash)
    assert row is not None
    assert (row.block, row.gas_used, row.price) == (None, None, None)


def test_an_attempt_that_is_in_a_block_has_gone_well_whatever_else_was_sent_for_it(store: Store) -> None:
    number = records.attempt(store)
    store.included(records.signed(store, 0, number).hash, 105, BLOCK, True, 1, 1)
    store.sent(records.signed(store, 1, number).hash, ["node"])
    assert attempt_states(store) == ["included"]


def test_a_dearer_copy_in_a_block_is_the_attempts_success(store: Store) -> None:
    number = records.attempt(store)
    first = records.signed(store, 0, number)
    second = records.signed(store, 0, number, raw=b"dearer", replaces=first.hash)
    store.included(second.hash, 105, BLOCK, True, 1, 1)
    assert attempt_states(store) == ["included"]


def test_what_was_given_up_and_is_in_a_block_all_the_same_counts(store: Store) -> None:
    first = records.signed(store, 0, records.attempt(store))
    store.given_up(first.hash)
    second = records.signed(store, 0, records.attempt(store), raw=b"another")
    store.included(first.hash, 105, BLOCK, True, 1, 1)
    assert attempt_states(store) == ["included", "replaced"]
    assert store.open_transactions(CHAIN) == []
    assert state(store, second.hash) == "replaced"


def test_a_trade_is_booked_once_and_unbooked_when_its_block_is_orphaned(store: Store) -> None:
    number = records.attempt(store)
    noted = records.signed(store, 0, number)
    for block, block_hash in ((105, BLOCK), (106, "0xother")):
        store.included(noted.hash, block, block_hash, True, 1, 1)
        assert store.trade(number, TOKEN, MOST, gas_cost=3, block=block)
        assert not store.trade(number, TOKEN, 1, gas_cost=1, block=block, shares=Shares(1, 2, 3))
        [trade] = store.trades(CHAIN, AGO, LATER)
        assert (trade.block, trade.simulated, trade.realised, trade.gas_cost) == (block, 7, MOST, 3)
        assert (trade.pools, trade.vault, trade.beneficiaries) == (1, 2, 3)
        store.orphaned(noted.hash)
        store.orphaned(noted.hash)
        assert store.trades(CHAIN, AGO, LATER) == []
        assert attempt_states(store) == ["sent"]


def test_what_a_block_earned_is_booked_with_it(store: Store) -> None:
    number = records.attempt(store)
    noted = records.signed(store, 0, number)
    for block, block_hash in ((105, BLOCK), (106, "0xother")):
        assert store.included(noted.hash, block, block_hash, True, 2, 3, (TOKEN, block))
        [trade] = store.trades(CHAIN, AGO, LATER)
        assert (trade.attempt_id, trade.block, trade.realised, trade.gas_cost) == (number, block, block, 6)
    assert [row.hash for row in store.of_nonce(CHAIN, SENDER, 0)] == [noted.hash]


def test_a_trade_is_unbooked_when_another_of_its_nonce_is_in_the_chain(store: Store) -> None:
    number = records.attempt(store)
    first = records.signed(store, 0, number)
    second = records.signed(store, 0, raw=b"gives the nonce away", replaces=first.hash)
    store.included(first.hash, 105, BLOCK, True, 1, 1)
    store.trade(number, TOKEN, 1, block=105, gas_cost=1)
    store.included(second.hash, 105, "0xother", True, 1, 1)
    assert store.trades(CHAIN, AGO, LATER) == []
    assert [row.hash for row in store.included_since(CHAIN, 0)] == [second.hash]


# figures


def test_gas_is_counted_by_chain_and_block(store: Store) -> None:
    for nonce, (block, ok) in enumerate([(99, True), (100, True), (101, False)]):
        noted = records.signed(store, nonce)
        store.included(noted.hash, block, BLOCK, ok, 10**6, MOST // 10**7)
    other = records.signed(store, 0, chain_id=1, raw=b"elsewhere")
    store.included(other.hash, 100, BLOCK, True, 1, 1)
    assert store.gas_spent(CHAIN, 100) == 2 * 10**6 * (MOST // 10**7)
    assert store.gas_spent(1, 0) == 1


def test_gas_that_is_out_counts_a_nonce_once(store: Store) -> None:
    first = records.signed(store, 0, max_fee=10)
    records.signed(store, 0, max_fee=20, replaces=first.hash)
    third = records.signed(store, 1, max_fee=5)
    assert store.standing(CHAIN, 0).gas_out == 300_000 * 25
    assert store.standing(CHAIN, 0, but=third.hash).gas_out == 300_000 * 20


def test_failures_in_a_row_are_counted_to_the_last_success(store: Store) -> None:
    for nonce, ok in enumerate([False, True, False]):
        store.included(records.signed(store, nonce, records.attempt(store)).hash, 100, BLOCK, ok, 1, 1)
    records.attempt(store, "NotProfitable()")
    records.attempt(store)
    records.attempt(store, "elsewhere", chain_id=1)
    store.given_up(records.signed(store, 9, records.attempt(store)).hash)
    assert store.standing(CHAIN, 0).failures == 1
    assert store.standing(1, 0).failures == 0
    store.included(records.signed(store, 3, records.attempt(store)).hash, 100, BLOCK, False, 1, 1)
    assert store.standing(CHAIN, 0).failures == 2


def test_a_refusal_is_noted_beside_the_attempt(store: Store) -> None:
    number, sent = records.attempt(store), records.attempt(store)
    store.included(records.signed(store, 0, sent).hash, 100, BLOCK, False, 1, 1)
    store.refused(number, "gas too dear")
    store.refused(sent, "NotProfitable()")
    rows = [(tried.state, tried.refusal) for tried, _ in store.attempts(CHAIN, AGO, LATER)]
    assert rows == [("refused", "gas too dear"), ("reverted", "NotProfitable()")]


def test_chores_stand_with_what_they_brought(store: Store) -> None:
    def stand() -> list[tuple[str, int | None, int | None, str]]:
        return [(row.state, row.expected, row.realised, row.refusal) for row in store.chores(CHAIN, AGO, LATER)]

    done, reverted, late = (store.chore(CHAIN, "inject", name, "due for a day", expected=5) for name in "abc")
    refused = store.chore(CHAIN, "report", "lido", "due")
    sent = [records.signed(store, nonce, chore_id=chore) for nonce, chore in enumerate((done, reverted, late))]
    store.included(sent[0].hash, 100, BLOCK, True, 1, 1)
    store.included(sent[1].hash, 100, BLOCK, False, 1, 1)
    store.chore_refused(reverted, "Paused()")
    store.given_up(sent[2].hash)
    store.chore_refused(refused, "TooSoon()")
    assert stand() == [
        ("included", 5, 5, ""),
        ("reverted", 5, None, "Paused()"),
        ("given-up", 5, None, "its transaction was in no block in time"),
        ("refused", None, None, "TooSoon()"),
    ]
    store.orphaned(sent[0].hash)
    store.included(sent[2].hash, 101, BLOCK, True, 1, 1)
    assert stand()[::2] == [("sent", 5, None, ""), ("included", 5, 5, "")]


def test_an_incident_is_counted_until_it_is_over(store: Store) -> None:
    for said in ("timeout", "HTTP 429"):
        store.incident(CHAIN, "node", "no answer", said)
    store.incident(CHAIN, "relay", "no answer", "down")
    store.incident_over(CHAIN, "node")
    store.incident(CHAIN, "node", "no answer", "timeout")
    rows = [(row.where, row.text, row.count, row.until is None) for row in store.incidents(CHAIN)]
    assert rows == [("node", "timeout", 1, True), ("relay", "down", 1, True), ("node", "HTTP 429", 2, False)]
    assert len(store.incidents(CHAIN, only_open=True)) == 2


def test_keepers_that_meet_the_same_trouble_at_once_note_it_once(store: Store, database: str) -> None:
    waiting = "select count(*) from pg_locks where not granted"
    with closing(Store(database)) as second, ThreadPoolExecutor() as pool:
        with second._engine.begin() as other:
            row = {"chain_id": CHAIN, "where": "node", "kind": "no", "text": "x", "count": 1, "since": AGO}
            other.execute(insert(Incident).values(row))
            later = pool.submit(store.incident, CHAIN, "node", "no", "y")
            while database.startswith("postgresql") and not (later.done() or other.execute(text(waiting)).scalar_one()):
                time.sleep(0.01)
        later.result()
    assert [(row.text, row.count, row.until) for row in store.incidents(CHAIN)] == [("y", 2, None)]


def test_how_far_discovery_has_come_is_kept_by_chain(store: Store) -> None:
    assert store.cursor(CHAIN) is None
    store.keep_cursor(CHAIN, "first")
    store.keep_cursor(CHAIN, "second")
    store.keep_cursor(CHAIN + 1, "another")
    assert (store.cursor(CHAIN), store.cursor(CHAIN + 1)) == ("second", "another")


# migrations


def test_the_tables_are_those_of_the_models(store: Store) -> None:
    with store._engine.begin() as connection:
        command.check(config(connection))


@pytest.mark.parametrize("revision", ["base", "0001", "0002", "0003"])
def test_every_revision_is_brought_up_to_date(database: str, revision: str) -> None:
    store = Store(database)
    if revision != "base":
        with store._engine.begin() as connection:
            command.upgrade(config(connection), revision)
    if revision == "base":
        with pytest.raises(StoreVersionError, match="tables of revision none, which are older"):
            store.check()
    store.migrate()
    store.migrate()
    store.check()
    assert records.attempt(store) == 1


def test_a_newer_database_is_refused(store: Store) -> None:
    with store._engine.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))
    for act in (store.migrate, store.check):
        with pytest.raises(StoreVersionError, match="revision 9999, which this version does not know"):
            act()


def test_two_keepers_may_start_at_once(database: str) -> None:
    started = [FORK.Process(target=lambda: Store(database).migrate()) for _ in range(2)]
    for process in started:
        process.start()
    for process in started:
        process.join(30)
    assert [process.exitcode for process in started] == [0, 0]
    Store(database).check()


# trouble


@pytest.mark.parametrize("url", ["mysql://me:s3cret@host/x", "sqlite://", "s3cret", "sqlite+aiosqlite:///s3cret"])
def test_an_unknown_kind_of_database_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(StoreUrlError) as raised:
        Store(url)
    assert "s3cret" not in str(raised.value)


def test_a_database_that_is_not_there_is_gone_and_its_password_is_not_told() -> None:
    with pytest.raises(StoreError, match=r"the database 127\.0\.0\.1 does not answer") as raised:
        Store("postgresql://me:s3cret@127.0.0.1:1/x").migrate()
    assert raised.value.kind == "gone"
    assert raised.value.__suppress_context__


def test_a_folder_that_is_not_there_is_gone(tmp_path: Path) -> None:
    with pytest.raises(StoreError) as raised:
        Store(f"sqlite:///{tmp_path}/nowhere/record.db").migrate()
    assert raised.value.kind == "gone"


def test_postgres_stopped_and_started_again(postgres: pgserver.PostgresServer) -> None:
    store = Store(postgres.get_uri())
    store.migrate()
    first = records.attempt(store)
    pgserver.pg_ctl(["stop", "-m", "immediate"], pgdata=postgres.pgdata, user=postgres.system_user)
    for _ in range(2):
        with pytest.raises(StoreError) as raised:
            records.attempt(store)
        assert raised.value.kind == "gone"
    postgres.ensure_postgres_running()
    assert records.attempt(store) > first
    assert len(store.attempts(CHAIN, AGO, LATER)) == 2


def test_a_lock_that_somebody_else_keeps_is_named(database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.record.database.BUSY", 1)
    store, other = Store(database), Store(database)
    store.migrate()
    records.lead(store)
    with other._writing() as session:
        session.execute(text("update leases set number = 7"))
        with pytest.raises(StoreError) as raised:
            records.signed(store, 0)
    assert raised.value.kind == "locked"


def test_a_full_disk_is_named_and_nothing_is_half_written(small_disk: Path) -> None:
    store = Store(f"sqlite:///{small_disk / 'record.db'}")
    store.migrate()
    written = 0
    with pytest.raises(StoreError) as raised:
        while True:
            records.attempt(store, calldata=b"\x01" * 20_000)
            written += 1
    assert raised.value.kind == "full"
    assert len(store.attempts(CHAIN, AGO, LATER)) == written > 0
    subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)
    records.attempt(store)
    assert len(store.attempts(CHAIN, AGO, LATER)) == written + 1
    store.close()


def test_a_defect_is_no_trouble_of_the_database(store: Store) -> None:
    with pytest.raises(Exception, match=r"FOREIGN KEY|foreign key") as raised:
        records.signed(store, 0, 12345)
    assert not isinstance(raised.value, StoreError)


def write(url: str, pipe: int) -> None:
    """Write into a record until killed, and say what it has."""
    store = Store(url)
    with os.fdopen(pipe, "w") as said:
        for nonce in range(10_000):
            number = records.attempt(store)
            noted = records.signed(store, nonce, number)
            print("signed", noted.hash, file=said, flush=True)
            store.sent(noted.hash, ["node"])
            store.included(noted.hash, 100 + nonce, "0xb", True, 1, 1)
            store.trade(number, records.TOKEN, 1, block=100 + nonce, gas_cost=1)
            print("booked", noted.hash, file=said, flush=True)


def test_killed_at_any_moment_it_has_what_it_said(database: str) -> None:
    store = Store(database)
    store.migrate()
    records.lead(store)
    ours, theirs = os.pipe()
    process = FORK.Process(target=write, args=(database, theirs))
    process.start()
    os.close(theirs)
    with os.fdopen(ours) as pipe:
        first = pipe.readline()
        time.sleep(0.3)
        process.kill()
        said = [line.split() for line in (first + pipe.read()).splitlines(keepends=True) if line.endswith("\n")]
    process.join()
    assert len(said) > 2
    for word, hash in said:
        row = store.transaction(hash)
        assert row is not None
        assert row.state == "included" or word == "signed"
    booked = {trade.attempt_id for trade in store.trades(CHAIN, AGO, LATER)}
    included = {row.attempt_id for row in store.included_since(CHAIN, 0)}
    assert booked <= included
    assert len(included - booked) <= 1
    records.signed(store, 10_001, records.attempt(store))


def test_no_lease_no_transaction(store: Store) -> None:
    with pytest.raises(LeaseLostError, match="lease 1 of chain 31337 is not in force, none is"):
        store.signed(records.transaction(0), 1)


def test_a_trade_and_its_transaction_are_written_whole_or_not_at_all(store: Store) -> None:
    lease = records.lead(store)
    first = records.transaction(0)
    number = store.signed(first, lease, records.found(simulated=7))
    assert number is not None
    assert [(row.hash, row.attempt_id) for row in store.open_transactions(CHAIN)] == [(first.hash, number)]
    assert store.signed(first, lease, records.found(simulated=8)) == number, "the same once more changes nothing"
    with pytest.raises(NonceTakenError):
        store.signed(records.transaction(0, raw=b"another"), lease, records.found(simulated=9))
    with pytest.raises(LeaseLostError):
        store.signed(records.transaction(1), lease + 1, records.found(simulated=10))
    with pytest.raises(Exception, match="is no integer of at most 78 digits"):
        store.signed(records.transaction(2, max_fee=10**80), lease, records.found(simulated=11))
    rows = store.attempts(CHAIN, AGO, LATER)
    assert [(tried.id, tried.state, tried.simulated, seen.route) for tried, seen in rows] == [
        (number, "signed", 7, "a > b")
    ]


def test_a_reading_keeps_no_writer_waiting(store: Store, database: str) -> None:
    other = Store(database)
    with store._reading() as session:
        assert session.execute(text("select count(*) from halts")).scalar_one() == 0
        assert other.halt(CHAIN, "pause", "a look", "somebody")
    assert store.standing(CHAIN, 0).halts == ("pause by somebody: a look",)
