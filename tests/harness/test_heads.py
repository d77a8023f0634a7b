"""New blocks of a real node, over http and over websockets that fail in every way, and reorgs told from old answers."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from bad_websocket import announcement, websocket
from hexbytes import HexBytes
from hypothesis import given, settings
from hypothesis import strategies as st
from web3 import HTTPProvider, Web3
from websockets.sync.server import ServerConnection

from harness import replica
from harness.chains import Chain
from harness.devchain import DevChain
from harness.keeper import heads as at_work
from harness.keeper.branch import SHRUNK, SURE, Branch
from harness.keeper.events import Asked, Event, HeadSeen, Recovered, Trouble
from harness.keeper.heads import BlockUnreadableError, Heads, head_of
from harness.keeper.rpc import Rpc
from harness.node import Provider
from harness.settings import dev_account

PATIENCE = 20.0
"""Seconds after which a test gives up."""
MOMENT = 0.3
"""Seconds in which nothing is expected to happen."""


@pytest.fixture(scope="module")
def served() -> Iterator[replica.Replica]:
    with replica.serve("ethereum") as it:
        yield it


@pytest.fixture
def chain(served: replica.Replica) -> DevChain:
    return DevChain(served.web3, 12)


@pytest.fixture
def own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time that passes where heads wait, and nowhere else."""
    now = [0.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    clock = SimpleNamespace(time=time.time, monotonic=lambda: now[0], sleep=sleep)
    monkeypatch.setattr(at_work, "time", clock)


def paced(served: replica.Replica, block_time: float) -> Chain:
    """The replica's chain file with another block time."""
    return served.chain.model_copy(update={"block_time": block_time})


class Heard(list[Event]):
    """What was said, without the requests; those are counted."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, event: Event) -> None:
        """Hear something."""
        if isinstance(event, Asked):
            self.asked.append(event.method)
        else:
            self.append(event)

    def of(self, kind: type[Event]) -> list[Any]:
        """Events of a kind."""
        return [event for event in self if isinstance(event, kind)]


Answer = Callable[[dict[str, Any], Any], Any]
"""Turns a request and the node's result into another result; an exception closes the connection."""


@contextmanager
def proxy(url: str, answer: Answer) -> Iterator[Web3]:
    """A node of one's own in front of a real one, which is no development node as far as it says."""
    behind = HTTPProvider(url)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            reply = {"jsonrpc": "2.0", "id": request["id"]}
            if request["method"].startswith("anvil_"):
                reply["error"] = {"code": -32601, "message": "unknown method"}
            else:
                result = behind.make_request(request["method"], request["params"]).get("result")
                reply["result"] = answer(request, result)
            body = json.dumps(reply).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}"
        yield Web3(Provider(url, exception_retry_configuration=None))
    finally:
        server.shutdown()
        server.server_close()


def until(heads: Heads, done: Callable[[], object]) -> None:
    """Go on taking heads until something has come about."""
    end = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < end, "it never came about"
        heads.next(0.05)


def block_hash(served: replica.Replica, number: int) -> str:
    """The hash of a block of the node's chain."""
    return HexBytes(served.web3.eth.get_block(number)["hash"]).to_0x_hex()


# what a head is


def test_a_head_is_what_the_node_says_of_its_block(served: replica.Replica, chain: DevChain) -> None:
    sent = served.web3.eth.send_transaction({"from": dev_account(6).address, "to": dev_account(7).address})
    chain.mine()
    head = Heads(served.chain, Rpc([served.web3])).next(PATIENCE)
    block = served.web3.eth.get_block("latest")
    assert head is not None
    assert (head.number, head.timestamp) == (block["number"], block["timestamp"])
    assert (head.hash, head.parent) == (block["hash"].to_0x_hex(), block["parentHash"].to_0x_hex())
    assert (head.base_fee, head.gas_used) == (block["baseFeePerGas"], block["gasUsed"])
    assert head.gas_limit == block["gasLimit"]
    assert head.transactions == frozenset([sent.to_0x_hex()])


BLOCK: dict[str, Any] = {
    "number": "0x2",
    "hash": "0x" + "22" * 32,
    "parentHash": "0x" + "11" * 32,
    "timestamp": "0x5",
    "gasUsed": "0x6",
    "gasLimit": "0x7",
    "transactions": ["0xaa"],
}


def test_a_chain_without_a_base_fee_has_none() -> None:
    assert head_of(BLOCK).base_fee == 0
    assert head_of({**BLOCK, "baseFeePerGas": None}).base_fee == 0
    assert head_of({**BLOCK, "baseFeePerGas": "0x9"}).base_fee == 9


def test_transactions_in_full_are_not_taken_for_hashes() -> None:
    assert head_of({**BLOCK, "transactions": [{"hash": "0xaa"}]}).transactions is None


@pytest.mark.parametrize("key", [key for key in BLOCK if key != "transactions"])
@pytest.mark.parametrize("value", [None, 7, "0xzz", "", []])
def test_what_is_no_block_is_refused(key: str, value: object) -> None:
    with pytest.raises(BlockUnreadableError):
        head_of({**BLOCK, key: value})


@settings(max_examples=30)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda s: st.lists(s) | st.dictionaries(st.text(), s)
    )
)
def test_nonsense_is_refused(answer: object) -> None:
    with pytest.raises(BlockUnreadableError):
        head_of(answer)


# asking


@pytest.mark.usefixtures("own_time")
def test_the_newest_block_is_returned_once_and_what_came_between_is_skipped(
    served: replica.Replica, chain: DevChain
) -> None:
    heads = Heads(served.chain, Rpc([served.web3]))
    first = heads.next(PATIENCE)
    assert first is not None
    assert heads.next(MOMENT) is None
    for _ in range(3):
        chain.mine()
    last = heads.next(PATIENCE)
    assert last is not None
    assert last.number == first.number + 3
    assert heads.next(MOMENT) is None
    assert heads.newest == last


@pytest.mark.usefixtures("own_time")
def test_a_node_is_asked_little_before_a_block_is_due(served: replica.Replica, chain: DevChain) -> None:
    heard = Heard()
    with proxy(served.url, lambda _, result: result) as web3:
        heads = Heads(paced(served, 1.0), Rpc([web3], heard), emit=heard)
        for _ in range(3):
            assert heads.next(PATIENCE) is not None
            heard.asked.clear()
            assert heads.next(0.8) is None
            assert heard.asked == []
            chain.mine()
        assert heads.next(PATIENCE) is not None
        assert len(heard.asked) <= 2


@pytest.mark.usefixtures("own_time")
def test_blocks_of_a_tenth_of_a_second_are_all_seen(served: replica.Replica, chain: DevChain) -> None:
    with proxy(served.url, lambda _, result: result) as web3:
        heads = Heads(paced(served, 0.1), Rpc([web3]))
        first = heads.next(PATIENCE)
        assert first is not None
        for i in range(1, 6):
            chain.mine()
            head = heads.next(PATIENCE)
            assert head is not None
            assert head.number == first.number + i


@pytest.mark.usefixtures("own_time")
def test_a_node_that_fails_is_told_once_and_asked_again(served: replica.Replica, chain: DevChain) -> None:
    broken = [True]

    def answer(_: object, result: object) -> object:
        return "no block" if broken[0] else result

    heard = Heard()
    with proxy(served.url, answer) as web3:
        heads = Heads(paced(served, 0.1), Rpc([web3]), emit=heard)
        assert heads.next(1.0) is None
        assert [event.where for event in heard.of(Trouble)] == ["node"]
        broken[0] = False
        assert heads.next(PATIENCE) is not None
        assert [type(event) for event in heard[:2]] == [Trouble, Recovered]
        chain.mine()
    assert heads.next(0.1) is None
    assert [event.where for event in heard.of(Trouble) if event.where != "clock"] == ["node", "node"]


# reorgs and old answers


@pytest.mark.usefixtures("own_time")
def test_a_reorg_of_the_same_height_is_a_new_head(served: replica.Replica, chain: DevChain) -> None:
    heads = Heads(served.chain, Rpc([served.web3]))
    for _ in range(4):
        chain.mine()
    old = heads.next(PATIENCE)
    chain.rpc("anvil_reorg", 3, [])
    new = heads.next(PATIENCE)
    assert old is not None
    assert new is not None
    assert new.number == old.number
    assert new.hash != old.hash
    assert new.hash == block_hash(served, new.number)
    assert heads.next(MOMENT) is None


@pytest.mark.usefixtures("own_time")
def test_a_chain_that_has_become_shorter_is_a_new_head(served: replica.Replica, chain: DevChain) -> None:
    heads = Heads(served.chain, Rpc([served.web3]))
    before = heads.next(PATIENCE)
    snapshot = chain.rpc("evm_snapshot")
    for _ in range(3):
        chain.mine()
        assert heads.next(PATIENCE) is not None
    chain.rpc("evm_revert", snapshot)
    assert heads.next(PATIENCE) == before


@pytest.mark.usefixtures("own_time")
def test_a_node_that_lags_is_not_a_reorg(served: replica.Replica, chain: DevChain) -> None:
    lag = [0]
    behind = HTTPProvider(served.url)

    def answer(request: dict[str, Any], result: Any) -> Any:  # noqa: ANN401 - a node's
        if not lag[0]:
            return result
        number = hex(int(result["number"], 16) - lag[0])
        return behind.make_request(request["method"], [number, False])["result"]

    with proxy(served.url, answer) as web3:
        heads = Heads(paced(served, 0.5), Rpc([web3]))
        for _ in range(3):
            chain.mine()
            assert heads.next(PATIENCE) is not None
        newest = heads.newest
        assert newest is not None
        for k in (1, 2, 1):
            lag[0] = k
            assert heads.next(1.0) is None
            lag[0] = 0
            assert heads.next(MOMENT) is None
        lag[0] = 2
        shorter = heads.next(PATIENCE)
        assert shorter is not None
        assert shorter.number == newest.number - 2


H = [bytes([i]).hex() * 32 for i in range(256)]
"""Hashes."""


def passed(count: int, patience: float = 1.0) -> Branch:
    """A branch that has gone from block 1 to `count`."""
    branch = Branch(patience)
    assert all(branch.takes(i, H[i], H[i - 1], 0.0) for i in range(1, count + 1))
    return branch


def test_a_block_of_another_branch_is_taken_the_second_time() -> None:
    for number in (3, 4, 5):
        branch = passed(5)
        assert [branch.takes(number, H[99], H[98], 0.0) for _ in range(SURE)] == [False] * (SURE - 1) + [True]
        assert not branch.takes(number, H[99], H[98], 0.0)
        assert branch.takes(number + 1, H[97], H[99], 0.0)


def test_an_answer_in_between_begins_the_count_anew() -> None:
    branch = passed(5)
    for _ in range(10):
        assert not branch.takes(5, H[99], H[98], 0.0)
        assert not branch.takes(5, H[5], H[4], 0.0)


def test_a_block_passed_already_needs_many_answers_and_time() -> None:
    branch = passed(5)
    assert not any(branch.takes(3, H[3], H[2], 2.0) for _ in range(100))
    assert branch.takes(3, H[3], H[2], 3.0)
    branch = passed(5, 0.0)
    assert [branch.takes(4, H[4], H[3], 0.0) for _ in range(SHRUNK)] == [False] * (SHRUNK - 1) + [True]


def test_a_parent_counts_as_passed_and_an_orphan_does_not() -> None:
    branch = Branch(1.0)
    assert branch.takes(9, H[9], H[8], 0.0)
    assert not any(branch.takes(8, H[8], H[7], 0.0) for _ in range(SHRUNK))
    assert branch.takes(10, H[10], H[9], 0.0)
    assert not branch.takes(9, H[90], H[8], 0.0)
    assert branch.takes(9, H[90], H[8], 0.0)
    assert branch.takes(10, H[91], H[90], 0.0)
    assert not branch.takes(10, H[10], H[9], 0.0)


def test_blocks_that_the_chain_has_left_behind_are_forgotten() -> None:
    branch = passed(8, 0.0)
    assert [branch.takes(3, H[93], H[92], 0.0) for _ in range(SURE)][-1]
    assert branch.takes(8, H[98], H[97], 0.0)
    assert not any(branch.takes(5, H[95], H[94], 0.0) for _ in range(SURE)), "of which nothing is known any more"


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 3)), max_size=60))
def test_a_higher_block_is_always_taken_and_the_newest_never_again(answers: list[tuple[int, int]]) -> None:
    branch, newest = Branch(1.0), -1
    for number, fork in answers:
        taken = branch.takes(number, f"{number}-{fork}", f"{number - 1}-{fork}", 0.0)
        assert taken or number <= newest
        if taken:
            newest = number
            assert not branch.takes(number, f"{number}-{fork}", f"{number - 1}-{fork}", 0.0)


# the clock


@pytest.mark.parametrize(("shift", "kind"), [(60, "ahead"), (-3_600, "behind")])
def test_a_clock_that_is_wrong_is_told(served: replica.Replica, chain: DevChain, shift: int, kind: str) -> None:
    apart = [shift]

    def answer(_: object, result: dict[str, Any]) -> dict[str, Any]:
        return {**result, "timestamp": hex(int(time.time()) + apart[0])}

    heard = Heard()
    with proxy(served.url, answer) as web3:
        heads = Heads(paced(served, 0.1), Rpc([web3]), emit=heard)
        assert heads.next(PATIENCE) is not None
        seen = heard.of(HeadSeen)[0]
        assert seen.lag == pytest.approx(-shift, abs=5)
        apart[0] = 0
        chain.mine()
        assert heads.next(PATIENCE) is not None
    assert [(event.where, event.kind) for event in heard.of(Trouble)] == [("clock", kind)]
    assert [event.where for event in heard.of(Recovered)] == ["clock"]


def test_a_development_nodes_time_is_its_own(served: replica.Replica) -> None:
    heard = Heard()
    assert Heads(served.chain, Rpc([served.web3]), emit=heard).next(PATIENCE) is not None
    assert [type(event) for event in heard] == [HeadSeen]


# websockets


def test_blocks_are_announced_with_one_request_each(served: replica.Replica, chain: DevChain) -> None:
    heard = Heard()
    with closing(Heads(served.chain, Rpc([served.web3], heard), served.url.replace("http", "ws"), heard)) as heads:
        assert heads.next(PATIENCE) is not None
        until(heads, lambda: heads._announcements is not None and heads._announcements.since)
        heard.asked.clear()
        for _ in range(5):
            number = chain.mine()
            head = heads.next(PATIENCE)
            assert head is not None
            assert head.number == number
            assert head.transactions is not None
        assert heard.asked == ["eth_getBlockByHash"] * 5
        assert heads.next(MOMENT) is None
        assert heard.of(Trouble) == []


def test_an_announced_block_supersedes_the_last(served: replica.Replica, chain: DevChain) -> None:
    with closing(Heads(served.chain, Rpc([served.web3]), served.url.replace("http", "ws"))) as heads:
        head = heads.next(PATIENCE)
        assert head is not None
        assert heads._announcements is not None
        until(heads, lambda: heads._announcements is not None and heads._announcements.since)
        assert not heads.superseded(head)
        chain.mine()
        assert heads._announcements.news.wait(PATIENCE)
        assert heads.superseded(head)


def test_a_reorg_is_announced(served: replica.Replica, chain: DevChain) -> None:
    for _ in range(4):
        chain.mine()
    with closing(Heads(paced(served, 0.3), Rpc([served.web3]), served.url.replace("http", "ws"))) as heads:
        old = heads.next(PATIENCE)
        until(heads, lambda: heads._announcements is not None and heads._announcements.since)
        chain.rpc("anvil_reorg", 2, [])
        new = heads.next(PATIENCE)
        assert old is not None
        assert new is not None
        assert (new.number, new.hash == old.hash) == (old.number, False)


def test_a_silent_websocket_is_found_out_left_and_taken_up_again(
    served: replica.Replica, chain: DevChain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(at_work, "GRACE", 0.2)
    silent, connections = [True], [0]

    def talk(connection: ServerConnection) -> None:
        connections[0] += 1
        while not silent[0]:
            connection.send(announcement(served.web3))
            time.sleep(0.05)
        for _ in connection:
            pass

    heard = Heard()
    with websocket(talk) as url, closing(Heads(paced(served, 0.1), Rpc([served.web3]), url, heard)) as heads:
        assert heads.next(PATIENCE) is not None
        until(heads, lambda: heads._announcements is not None and heads._announcements.since)
        time.sleep(0.4)
        chain.mine()
        assert heads.next(PATIENCE) is not None, "a block that was not announced is asked for"
        until(heads, lambda: heard.of(Trouble))
        assert [(event.where, event.kind) for event in heard.of(Trouble)] == [("heads", "silent")]
        chain.mine()
        assert heads.next(PATIENCE) is not None
        silent[0] = False
        until(heads, lambda: heard.of(Recovered))
        assert connections[0] >= 2
        silent[0] = True


def test_a_quiet_chain_is_no_trouble(served: replica.Replica, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(at_work, "GRACE", 0.2)

    def talk(connection: ServerConnection) -> None:
        for _ in connection:
            pass

    heard = Heard()
    with websocket(talk) as url, closing(Heads(paced(served, 0.1), Rpc([served.web3]), url, heard)) as heads:
        assert heads.next(PATIENCE) is not None
        until(heads, lambda: heads._announcements is not None and heads._announcements.since)
        assert heads.next(0.8) is None
        assert heard.of(Trouble) == []


GARBAGE = ["{", "[]", "7", "{}", '{"params": {"result": {"number": "0x1", "hash": "0x2"}}}', '{"params": 1}']


@pytest.mark.parametrize("message", GARBAGE)
def test_garbage_is_left_and_blocks_are_asked_for(served: replica.Replica, chain: DevChain, message: str) -> None:
    def talk(connection: ServerConnection) -> None:
        connection.send(announcement(served.web3))
        time.sleep(0.2)
        connection.send(message)
        for _ in connection:
            pass

    heard = Heard()
    with websocket(talk) as url, closing(Heads(served.chain, Rpc([served.web3]), url, heard)) as heads:
        until(heads, lambda: heard.of(Trouble))
        trouble = heard.of(Trouble)[0]
        assert (trouble.where, trouble.kind) == ("heads", "AnnouncementError")
        chain.mine()
        assert heads.next(PATIENCE) is not None


def test_a_websocket_that_closes_is_opened_again_and_no_secret_is_told(
    served: replica.Replica, chain: DevChain
) -> None:
    def talk(connection: ServerConnection) -> None:
        connection.send(announcement(served.web3))

    heard = Heard()
    with websocket(talk) as url, closing(Heads(served.chain, Rpc([served.web3]), url, heard)) as heads:
        until(heads, lambda: len(heard.of(Recovered)) >= 2)
    with closing(Heads(served.chain, Rpc([served.web3]), url, heard)) as heads:
        before = len(heard.of(Trouble))
        until(heads, lambda: len(heard.of(Trouble)) > before)
        chain.mine()
        assert heads.next(PATIENCE) is not None
    said = " ".join(str(event) for event in heard)
    assert "ws://127.0.0.1" in said
    assert "secret" not in said
    assert "key" not in said


def test_announcements_of_another_chain_are_not_believed(served: replica.Replica, chain: DevChain) -> None:
    def talk(connection: ServerConnection) -> None:
        for number in range(10**9, 10**9 + 1000):
            result = {"number": hex(number), "hash": "0x" + "ab" * 32}
            connection.send(json.dumps({"params": {"result": result}}))
            time.sleep(0.1)

    with websocket(talk) as url, closing(Heads(paced(served, 0.1), Rpc([served.web3]), url)) as heads:
        for _ in range(3):
            number = chain.mine()
            head = heads.next(PATIENCE)
            assert head is not None
            assert head.number == number
