"""A keeper among bad nodes, reorgs, databases that go and clocks that are wrong: it never sends wrongly [K6].

When the weather is fair again it trades by itself; somebody was told once of each trouble and once of its end.
"""

import secrets
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from functools import partial
from pathlib import Path

import bad_node as nodes
import pgserver
import pytest
from bad_node import Weather, bursts, every, lagging, only, slow
from bad_websocket import announcement, websocket
from weather_stage import PACE, SECONDS, TRADER, Watched, World, watched
from web3 import HTTPProvider, Web3
from websockets.sync.server import ServerConnection

from harness import replica
from harness.demo import deploy_to
from harness.devchain import DevChain
from harness.keeper.chores.chore import Policy
from harness.keeper.events import ChoreDone, Orphaned, Sent, Synced, Trouble
from harness.keeper.rpc import Rpc
from harness.node import free_port
from harness.orderflow import fund
from harness.settings import dev_account, tool

pytestmark = pytest.mark.long

BAD = 8
"""Blocks that bad weather lasts."""
HOUR = 3_600
PLACES = ("node", "heads", "chain", "database", "disk", "clock", "keeper")

Fault = Callable[[Watched], AbstractContextManager[None]]
"""What goes wrong for the length of a `with`."""


@pytest.fixture(scope="module")
def world(
    built: None,  # noqa: ARG001 - errors' names
    postgres: pgserver.PostgresServer,  # noqa: ARG001 - ape begins anew where a session's fixture comes later
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    with replica.serve("ethereum") as served:
        deployment = deploy_to(served)
        node = DevChain(served.web3, SECONDS)
        fund(node, served.chain, [dev_account(TRADER)])
        chain = served.chain.model_copy(update={"block_time": PACE})
        yield World(chain, node, served.url, deployment, tmp_path_factory.mktemp("records"), Rpc([served.web3]))


@pytest.fixture
def keeper(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    with watched(world, monkeypatch) as it:
        yield it


def outlives(keeper: Watched, fault: Fault, *where: str, trading: bool = False) -> None:
    """Let a keeper trade in fair weather, in bad, and in fair again.

    Args:
        keeper: Which.
        fault: What goes wrong.
        where: Where trouble has to be told of, once, and once that it is over.
        trading: Whether it goes on trading meanwhile.
    """
    keeper.trades()
    with fault(keeper):
        keeper.live(BAD)
        for place in where:
            keeper.until(partial(keeper.trouble, place), f"no trouble with {place} is told")
        keeper.pass_time()
        if trading:
            keeper.trades()
    keeper.trades()
    keeper.until(lambda: not any(map(keeper.trouble, PLACES)), "some trouble is never over", orders=False)
    keeper.settle()
    keeper.agree()
    keeper.pass_time()
    ends = {row.where: (row.since, row.until) for row in keeper.store.incidents(1)}
    assert set(where) <= ends.keys(), "it is on record"
    assert all(until is not None and since < until for since, until in ends.values())
    if where:
        assert keeper.alerted() == [(place, level) for level in ("FAILURE", "SUCCESS") for place in where]


def node(weather: Weather) -> Fault:
    """The node has bad weather."""

    @contextmanager
    def fault(keeper: Watched) -> Iterator[None]:
        keeper.bad.weather = weather
        yield
        keeper.bad.weather = nodes.fair

    return fault


SEND = {"eth_sendRawTransaction"}
RECEIPTS = {"eth_getTransactionReceipt"}
LOGS = {"eth_getLogs"}
READS = {"eth_call", "eth_simulateV1"}
ALWAYS: dict[str, Weather] = {
    "dropped": nodes.dropped,
    "deaf": nodes.deaf,
    "busy": nodes.busy,
    "page": nodes.page,
    "truncated": nodes.truncated,
}


@pytest.mark.parametrize("weather", ALWAYS.values(), ids=ALWAYS)
def test_a_node_that_is_bad_all_the_time_is_told_of(keeper: Watched, weather: Weather) -> None:
    outlives(keeper, node(weather), "node")


def test_a_node_that_is_slow_all_the_time_is_told_of(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with watched(world, monkeypatch, answer=0.4) as keeper:
        outlives(keeper, node(slow(0.6)), "node")


@pytest.mark.parametrize("methods", [SEND, LOGS, READS], ids=["sending", "logs", "reads"])
@pytest.mark.parametrize("weather", [nodes.deaf, nodes.busy], ids=["deaf", "busy"])
def test_a_node_that_is_bad_at_some_requests_is_told_of(keeper: Watched, methods: set[str], weather: Weather) -> None:
    outlives(keeper, node(only(methods, weather)), "node")


@pytest.mark.parametrize(
    "weather",
    [
        slow(0.05),
        every(3, nodes.dropped),
        every(4, nodes.deaf),
        bursts(0.4, nodes.busy),
        bursts(0.4, nodes.truncated),
        only(RECEIPTS, nodes.dropped),
        lagging(1),
        lagging(20),
        nodes.no_batches,
        nodes.one_missing,
    ],
    ids=[
        *("slow", "dropped", "deaf", "busy", "truncated", "receipts", "a block behind", "20 behind"),
        *("no batches", "one of a batch missing"),
    ],
)
def test_a_node_that_is_bad_now_and_then_is_borne(keeper: Watched, weather: Weather) -> None:
    outlives(keeper, node(weather))


def test_a_trouble_is_not_over_before_a_block_has_gone_well(keeper: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.keeper.run.IDLE", 0.05)
    keeper.bad.weather = only(LOGS, nodes.busy)
    keeper.until(partial(keeper.trouble, "node"), "no trouble is told")
    time.sleep(6 * PACE)
    assert keeper.trouble("node")
    keeper.bad.weather = nodes.fair
    keeper.until(lambda: not keeper.trouble("node"), "it is never over")


def test_receipts_that_contradict_the_chain_are_not_booked_and_told_of(keeper: Watched) -> None:
    outlives(keeper, node(nodes.contradicting), "node")


def test_answers_of_a_batch_in_each_others_places_are_not_believed_and_told_of(keeper: Watched) -> None:
    outlives(keeper, node(nodes.mixed_up), "node")


# another chain


@contextmanager
def elsewhere(number: int, timestamp: int, folder: Path) -> Iterator[str]:
    """Serve another chain, that begins at a block and a Unix second; its URL."""
    port, log = free_port(), folder / f"anvil-{number}.log"
    command = [tool("anvil"), "--chain-id", "8453", "--port", str(port), "--number", str(number)]
    command += ["--timestamp", str(timestamp)]
    with log.open("w") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        while "Listening" not in log.read_text():
            assert process.poll() is None, log.read_text()
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize("number", [7, 10**8])
def test_another_chain_is_never_traded_on(keeper: Watched, number: int, tmp_path: Path) -> None:
    @contextmanager
    def fault(keeper: Watched) -> Iterator[None]:
        time.sleep(4 * PACE)  # between two blocks
        keeper.bad.upstream = other
        yield
        keeper.bad.upstream = keeper.world.url

    with elsewhere(number, keeper.world.timestamp(), tmp_path) as other:
        outlives(keeper, fault, "chain")
    assert next(event.kind for event in keeper.heard(Trouble)) == "WrongChainError"


def test_an_endpoint_that_now_and_then_asks_another_chain_is_borne(keeper: Watched, tmp_path: Path) -> None:
    with elsewhere(7, keeper.world.timestamp(), tmp_path) as other, nodes.bad_node(other) as wrong:
        outlives(keeper, node(every(4, lambda _, request: nodes.fair(wrong, request))))


# websockets


class Announcer:
    """Says of every block what its mood has it say."""

    def __init__(self, web3: Web3) -> None:
        self.web3, self.mood = web3, "fair"

    def __call__(self, connection: ServerConnection) -> None:
        """Talk to one keeper."""
        said = ""
        while self.mood != "closing":
            told = "<html>" if self.mood == "garbage" else announcement(self.web3)
            if self.mood != "silent" and told != said:
                connection.send(told)
                said = told
            time.sleep(0.02)


@pytest.mark.parametrize("mood", ["silent", "closing", "garbage"])
def test_with_a_bad_websocket_it_goes_on_trading(world: World, monkeypatch: pytest.MonkeyPatch, mood: str) -> None:
    announcer = Announcer(Web3(HTTPProvider(world.url)))

    @contextmanager
    def fault(_: Watched) -> Iterator[None]:
        announcer.mood = mood
        yield
        announcer.mood = "fair"

    with websocket(announcer) as ws, watched(world, monkeypatch, ws=ws) as keeper:
        outlives(keeper, fault, "heads", trading=True)


# reorgs


@pytest.mark.parametrize("fate", ["forgotten", "included again"])
@pytest.mark.parametrize("depth", [1, 2, 17, 64])
def test_trades_in_orphaned_blocks_are_undone_and_booked_once(keeper: Watched, depth: int, fate: str) -> None:
    world = keeper.world
    keeper.trades()
    keeper.settle()
    if depth > 20:
        world.rpc.ask("anvil_mine", hex(depth), "0x1")
    keeper.until(lambda: world.ours("latest"), "nothing of ours is in the newest block")
    for _ in range(min(depth, 20) - 1):
        keeper.block()
    keeper.until(lambda: keeper.booked() == world.hashes(), "a trade is not booked", orders=False)
    newest = world.node.web3.eth.block_number
    orphans = {sent["hash"] for number in range(newest - depth + 1, newest + 1) for sent in world.ours(hex(number))}
    assert orphans
    world.reorganise(depth, orphans if fate == "included again" else set())
    time.sleep(4 * PACE)
    keeper.trades()
    keeper.settle()
    keeper.agree()
    assert {event.hash for event in keeper.heard(Orphaned)} == orphans
    keeper.pass_time()
    assert [alert.kind for alert in keeper.told if alert.kind == "reorg"] == ["reorg"] * (depth >= 8)


# the record


def test_a_database_that_is_gone_is_told_of_and_nothing_is_sent_meanwhile(
    world: World, postgres: pgserver.PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def fault(_: Watched) -> Iterator[None]:
        pgserver.pg_ctl(["stop", "-m", "immediate"], pgdata=postgres.pgdata, user=postgres.system_user)
        yield
        postgres.ensure_postgres_running()

    name = f"weather_{secrets.token_hex(4)}"
    postgres.psql(f"create database {name}")
    with watched(world, monkeypatch, postgres.get_uri(database=name)) as keeper:
        outlives(keeper, fault, "database")


def test_a_disk_that_is_full_is_told_of(world: World, small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def fault(_: Watched) -> Iterator[None]:
        with suppress(OSError), (small_disk / "rubbish").open("wb", buffering=0) as file:
            while file.write(b"0" * 4096):
                pass
        yield
        (small_disk / "rubbish").unlink()

    subprocess.run(["mount", "-o", "remount,size=8m", small_disk], check=True)
    with watched(world, monkeypatch, f"sqlite:///{small_disk}/record.db") as keeper:
        outlives(keeper, fault, "disk")


def test_a_database_that_somebody_locks_is_told_of(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @contextmanager
    def fault(_: Watched) -> Iterator[None]:
        with closing(sqlite3.connect(tmp_path / "record.db", isolation_level=None)) as other:
            other.execute("begin immediate")
            yield

    monkeypatch.setattr("harness.record.database.BUSY", 0.5)
    with watched(world, monkeypatch, f"sqlite:///{tmp_path}/record.db") as keeper:
        outlives(keeper, fault, "database")


# the clock


@pytest.mark.parametrize("shift", [HOUR, -HOUR], ids=["ahead", "behind"])
def test_with_a_wrong_clock_it_goes_on_trading(keeper: Watched, shift: int) -> None:
    @contextmanager
    def fault(keeper: Watched) -> Iterator[None]:
        keeper.shift[0] = shift
        yield
        keeper.shift[0] = 0

    outlives(keeper, fault, "clock", trading=True)


# chores

OFTEN = Policy(every=2, enabled=frozenset({"book", "inject", "pay-vault", "pay-beneficiary"}))


@pytest.fixture
def caretaker(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    with watched(world, monkeypatch, chores=OFTEN) as it:
        it.until(it.chore_is_out, "no chore is begun")
        yield it


@pytest.mark.parametrize(
    "weather",
    [nodes.busy, nodes.page, nodes.deaf, lagging(20), only(RECEIPTS, nodes.page), only(READS, nodes.busy)],
    ids=["busy", "page", "deaf", "20 behind", "receipts", "reads"],
)
def test_a_chore_that_is_out_in_bad_weather_is_done_once(caretaker: Watched, weather: Weather) -> None:
    with node(weather)(caretaker):
        caretaker.live(BAD)
    caretaker.trades()
    caretaker.agree_on_chores(OFTEN)


@pytest.mark.parametrize("fate", ["included again", "gone"])
def test_a_chore_in_an_orphaned_block_is_done_once(caretaker: Watched, fate: str) -> None:
    world = caretaker.world
    done = partial(caretaker.heard, ChoreDone)
    caretaker.until(done, "no chore is done", orders=False)
    sent = world.rpc.ask("eth_getTransactionByHash", done()[-1].hash)
    depth = world.node.web3.eth.block_number - int(sent["blockNumber"], 16) + 1
    world.reorganise(depth, {sent["hash"]} if fate == "included again" else set())
    caretaker.until(lambda: sent["hash"] in {event.hash for event in caretaker.heard(Orphaned)}, "it is not noticed")
    caretaker.trades()
    caretaker.agree_on_chores(OFTEN)


# several keepers


def test_a_keeper_whose_node_is_down_lets_another_one_lead(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = f"sqlite:///{tmp_path}/record.db"
    monkeypatch.setattr("harness.keeper.run.IDLE", 0.2)
    with watched(world, monkeypatch, database, lease=2.0) as first:
        first.trades()
        start = world.start
        with watched(world, monkeypatch, database, lease=2.0) as second:
            world.start = start
            first.bad.weather = nodes.dropped
            second.trades()
            first.bad.weather = nodes.fair
            since = len(first.said)
            first.until(lambda: first.heard(Synced, since), "it follows no more")
            second.trades()
            second.settle()
            second.agree()
            assert not first.heard(Sent, since)
