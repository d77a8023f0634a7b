"""Trades behind pending transactions on a replica: bundles of both, in order, for relays alone."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from eth_account import Account
from stubs import Stub, serving
from tokens import Counting
from web3 import Web3

from harness import replica
from harness.chains import Chain
from harness.demo import deploy_to
from harness.deployments import Deployment
from harness.devchain import DevChain
from harness.keeper import backrun
from harness.keeper.events import Event, GivenUp, Included, Recovered, Trouble
from harness.keeper.pending import Mempool, pending_of
from harness.keeper.run import Runner
from harness.keeper.signers import LocalSigner
from harness.keeper.start import Plan, assembled
from harness.keeper.transaction import hash_of
from harness.keeper.ways import Bundles, Node
from harness.market.decide import decide
from harness.orderflow import Order, fund, place, units
from harness.settings import KEEPER, dev_account
from harness.store import Store

TRADER, STRANGER, REPUTATION = dev_account(5), dev_account(6), dev_account(9)
OWN = dev_account(KEEPER)
NEVER = threading.Event()
PATIENCE = 30.0
"""Seconds after which a test gives up."""
FIRST = 10**10
"""A tip by which a transaction goes first."""


@dataclass
class Stage:
    """A replica with everything deployed, a trader with money, and a relay that takes everything, for nothing."""

    chain: Chain
    node: DevChain
    provider: Counting
    deployment: Deployment
    url: str
    folder: Path
    relay: Stub
    heard: list[Event] = field(default_factory=list)

    def store(self) -> Store:
        """A record that is still empty."""
        store = Store(f"sqlite:///{self.folder}/{uuid4()}.db")
        store.migrate()
        return store

    def keeper(self, store: Store) -> Runner:
        """A keeper at the newest block that sees pending transactions."""
        runner = assembled(
            Plan(
                self.chain,
                self.deployment,
                [Web3(self.provider)],
                ws=self.url.replace("http", "ws"),
                signer=LocalSigner(OWN),
                ways=(Node("node", self.url), Bundles("relay", self.relay.url, REPUTATION)),
                backrun=True,
            ),
            store,
            [lambda _, event: self.heard.append(event)],
        )
        self.until(runner, lambda: mempool_of(runner)._watched and mempool_of(runner).since is not None)
        return runner

    def until(self, runner: Runner, done: Callable[[], object]) -> None:
        """Let a keeper work until something is so."""
        end = time.monotonic() + PATIENCE
        while not done():
            assert time.monotonic() < end, self.heard[-10:]
            runner.once(NEVER)

    def order(self, tip: int = FIRST) -> str:
        """Somebody is about to sell so much that a gap will open; the hash."""
        pool = self.chain.pool("uniswap-v2:USDC/WETH")
        order = Order(pool, "USDC", "WETH", units(self.chain, "USDC", 400_000))
        return place(self.node, self.chain, order, TRADER, tip=tip)

    def bundles(self) -> list[dict[str, Any]]:
        """What the relay was handed."""
        return [parameters[0] for method, parameters in self.relay.asked() if method == "eth_sendBundle"]

    def known(self, hash_: str) -> bool:
        """Whether the node has a transaction, in a block or not."""
        return self.node.rpc("eth_getTransactionByHash", hash_) is not None

    def mined(self, runner: Runner) -> None:
        """A block, and the keeper sees it."""
        self.node.mine()
        newest = self.node.web3.eth.block_number
        self.until(runner, lambda: runner._acting is not None and runner._acting.number == newest)


@pytest.fixture(scope="module")
def deployed(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:  # noqa: ARG001 - errors' names
    with replica.serve("ethereum") as served, serving(lambda *_: {"bundleHash": "0x01"}) as relay:
        deployment = deploy_to(served)
        node = DevChain(served.web3, 12)
        fund(node, served.chain, [TRADER])
        folder = tmp_path_factory.mktemp("records")
        yield Stage(served.chain, node, Counting(served.url), deployment, served.url, folder, relay)


@pytest.fixture
def stage(deployed: Stage) -> Iterator[Stage]:
    """The same for every test: what a test does is undone."""
    before = deployed.node.rpc("evm_snapshot")
    deployed.heard.clear()
    deployed.relay.requests.clear()
    yield deployed
    deployed.node.rpc("anvil_dropAllTransactions")
    deployed.node.rpc("evm_revert", before)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.keeper.run.IDLE", 0.1)


@pytest.fixture
def keeping(stage: Stage) -> Iterator[tuple[Runner, Store]]:
    """A keeper that waits, and its record."""
    store = stage.store()
    runner = stage.keeper(store)
    yield runner, store
    ended(runner)


def mempool_of(runner: Runner) -> Mempool:
    """Where pending transactions wait for a keeper."""
    assert runner._backrun is not None
    return runner._backrun._mempool


def waiting(runner: Runner, count: int) -> None:
    """Wait until the node has shown a keeper so many transactions that name what is watched."""
    end = time.monotonic() + PATIENCE
    while len(mempool_of(runner)._waiting) < count:
        assert time.monotonic() < end, "the node does not show them"
        time.sleep(0.01)


def ended(runner: Runner) -> None:
    stop = threading.Event()
    stop.set()
    runner.run(stop)


def heard(stage: Stage, kind: type) -> list[Any]:
    return [event for event in stage.heard if isinstance(event, kind)]


def test_what_pays_behind_a_pending_transaction_goes_to_relays_as_a_bundle_of_both(
    stage: Stage, keeping: tuple[Runner, Store]
) -> None:
    runner, store = keeping
    market, states = runner.keeper.market, dict(runner.keeper.picture.pools)
    offered = dict(market.pools)
    theirs = stage.order()
    stage.until(runner, stage.bundles)
    (out,) = store.open_transactions(1)
    head = stage.node.web3.eth.block_number
    (bundle,) = stage.bundles()
    first, second = (bytes.fromhex(raw[2:]) for raw in bundle["txs"])
    assert (hash_of(first), hash_of(second)) == (theirs, out.hash)
    assert int(bundle["blockNumber"], 16) == out.until_block == head + 1
    assert not stage.known(out.hash), "it is in no public mempool"
    assert (dict(runner.keeper.picture.pools), dict(market.pools)) == (states, offered)
    assert decide(market, runner.keeper.policy(runner._acting)) == []  # type: ignore[arg-type]
    stage.node.rpc("eth_sendRawTransaction", bundle["txs"][1])  # the relay's part
    stage.mined(runner)
    (included,) = heard(stage, Included)
    ((attempt, _),) = store.attempts(1, out.signed_at.replace(year=2000), out.signed_at.replace(year=2100))
    assert (included.hash, included.profit, attempt.state) == (out.hash, attempt.simulated, "included")


def test_a_bundle_that_enters_no_block_is_given_up_and_nothing_is_paid(
    stage: Stage, keeping: tuple[Runner, Store]
) -> None:
    runner, store = keeping
    before = stage.node.web3.eth.get_balance(OWN.address)
    stage.node.rpc("anvil_dropTransaction", stage.order())
    stage.until(runner, stage.bundles)
    (out,) = store.open_transactions(1)
    for _ in range(3):
        stage.mined(runner)
    assert [event.hash for event in heard(stage, GivenUp)] == [out.hash]
    assert store.open_transactions(1) == []
    assert not stage.known(out.hash)
    assert stage.node.web3.eth.get_transaction_count(OWN.address, "pending") == out.nonce
    assert stage.node.web3.eth.get_balance(OWN.address) == before


def test_after_a_kill_it_is_handed_again_to_relays_alone(stage: Stage, keeping: tuple[Runner, Store]) -> None:
    runner, store = keeping
    stage.node.rpc("anvil_dropTransaction", stage.order())
    stage.until(runner, stage.bundles)
    (out,) = store.open_transactions(1)
    runner.release()  # as if it had died, and its lease run out
    again = stage.keeper(store)
    ended(again)
    first, second = stage.bundles()
    assert first == second
    assert not stage.known(out.hash)


def test_what_names_nothing_that_is_watched_costs_no_simulation(stage: Stage, keeping: tuple[Runner, Store]) -> None:
    runner, _ = keeping
    call = {"from": STRANGER.address, "to": TRADER.address, "value": "0x1", "gas": hex(21_000)}
    stage.node.rpc("eth_sendTransaction", call)
    stage.provider.asked.clear()
    weth = stage.chain.token("WETH").address
    stage.node.rpc("eth_sendTransaction", call | {"to": weth, "gas": hex(60_000)})
    waiting(runner, 1)  # the node shows one after the other
    assert [one.call["to"] for one in mempool_of(runner)._waiting] == [weth.lower()]
    stage.until(runner, lambda: not mempool_of(runner)._waiting)
    runner.once(NEVER)
    assert stage.provider.asked.count("eth_simulateV1") == 1
    assert stage.bundles() == []


def test_simulations_keep_their_pace(
    stage: Stage, keeping: tuple[Runner, Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    runner, _ = keeping
    monkeypatch.setattr(backrun, "PACE", 3_600)
    call = {"from": STRANGER.address, "to": stage.chain.token("WETH").address, "value": "0x1", "gas": hex(60_000)}
    stage.provider.asked.clear()
    for _ in range(3):
        stage.node.rpc("eth_sendTransaction", call)
    waiting(runner, 3)
    for _ in range(3):
        runner.once(NEVER)
    assert stage.provider.asked.count("eth_simulateV1") == 1


def test_nothing_is_tried_while_something_is_out(stage: Stage, keeping: tuple[Runner, Store]) -> None:
    runner, store = keeping
    stage.node.rpc("anvil_dropTransaction", stage.order())
    stage.until(runner, stage.bundles)
    stage.node.rpc("anvil_dropTransaction", stage.order(FIRST + 1))
    waiting(runner, 1)
    for _ in range(3):
        runner.once(NEVER)
    assert len(stage.bundles()) == len(store.open_transactions(1)) == 1


def test_a_transaction_that_cannot_be_run_is_passed_over(stage: Stage, keeping: tuple[Runner, Store]) -> None:
    runner, _ = keeping
    stage.provider.instead["eth_simulateV1"] = lambda _: {"error": {"code": -32000, "message": "insufficient funds"}}
    stage.order()
    stage.provider.asked.clear()
    stage.until(runner, lambda: "eth_simulateV1" in stage.provider.asked)
    runner.once(NEVER)
    stage.provider.instead.clear()
    assert stage.provider.asked.count("eth_simulateV1") == 1
    assert heard(stage, Trouble) == []


def test_a_websocket_that_shows_nothing_is_told_of(stage: Stage) -> None:
    runner = stage.keeper(stage.store())
    runner._backrun._mempool.renew("silent")  # type: ignore[union-attr]
    call = {"from": STRANGER.address, "to": TRADER.address, "value": "0x1", "gas": hex(21_000)}
    stage.until(runner, lambda: heard(stage, Recovered) or not stage.node.rpc("eth_sendTransaction", call))
    assert [event.where for event in (*heard(stage, Trouble), *heard(stage, Recovered))] == ["pending"] * 2
    ended(runner)


# bytes


BODIES: list[dict[str, Any]] = [
    {"gasPrice": 10**9},
    {"gasPrice": 10**9, "chainId": 1},
    {"gasPrice": 10**9, "chainId": 1, "accessList": [{"address": "0x" + "ab" * 20, "storageKeys": ["0x" + "01" * 32]}]},
    {"maxFeePerGas": 10**9, "maxPriorityFeePerGas": 0, "chainId": 1, "accessList": []},
]


@pytest.mark.parametrize("more", BODIES)
def test_the_very_bytes_are_told_from_what_a_node_shows(stage: Stage, more: dict[str, Any]) -> None:
    wanted = {"nonce": 0, "gas": 60_000, "to": stage.chain.token("WETH").address, "value": 7, "data": "0x1234", **more}
    raw = bytes(Account.sign_transaction(wanted, STRANGER.key).raw_transaction)
    stage.node.rpc("eth_sendRawTransaction", "0x" + raw.hex())
    shown: Any = stage.node.rpc("eth_getTransactionByHash", hash_of(raw))
    found = pending_of(shown)
    assert found is not None
    assert (found.raw, found.hash) == (raw, hash_of(raw))
    assert pending_of(shown | {"value": "0x8"}) is None, "bytes of another transaction are of no use"
    for name in ("type", "input", "r"):
        assert pending_of({key: value for key, value in shown.items() if key != name}) is None


def test_hashes_and_odd_things_are_passed_over(stage: Stage) -> None:
    mempool = Mempool("ws://127.0.0.1:1")
    mempool.watch([])
    for odd in ("0x" + "12" * 32, None, {}, {"input": 7, "to": "0x"}, {"input": "0x12", "to": "no"}):
        mempool.heard(odd)
    assert mempool.take() is None
    mempool.close()
    assert stage.heard == []
