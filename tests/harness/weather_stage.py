"""A keeper at work on a replica that it takes for a real chain, and the weather that it is made to bear."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from bad_node import BadNode, bad_node

from harness.alerts import Alert, Alerts
from harness.chains import Chain
from harness.deployments import Deployment
from harness.devchain import DevChain
from harness.keeper import heads, lease
from harness.keeper.chores.chore import Policy
from harness.keeper.chores.chores import Chores
from harness.keeper.events import Event, Included, Sent, Stepped
from harness.keeper.fees import FeePolicy
from harness.keeper.heads import head_of
from harness.keeper.limits import Limits
from harness.keeper.receipts import Receipt
from harness.keeper.rpc import Rpc
from harness.keeper.run import Runner
from harness.keeper.settings import Settings
from harness.keeper.signers import LocalSigner
from harness.keeper.start import Plan, assembled
from harness.keeper.ways import Node
from harness.metrics import Metrics
from harness.node import connect
from harness.orderflow import Order, place, units
from harness.settings import KEEPER, dev_account
from harness.store import Store

TRADER = 5
OWN = dev_account(KEEPER)
EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
PACE = 0.075
"""Seconds between two blocks, as the keeper's chain file has it."""
SECONDS = 0.25
"""The same on the chain."""
TURN = 0.3
"""Seconds that a keeper has for a block before the next comes in any case."""
ANSWER = 5.0
"""Seconds that the keeper gives its node to answer."""
PATIENCE = 30.0
"""Seconds after which a test gives up."""
POOLS = ("uniswap-v2:USDC/WETH", "uniswap-v2:USDT/WETH", "uniswap-v2:DAI/WETH")
EXECUTE = "0x09c5eabe"


@dataclass
class World:
    """A replica with everything deployed, and people who trade there."""

    chain: Chain
    node: DevChain
    url: str
    deployment: Deployment
    folder: Path
    rpc: Rpc
    start: int = 0
    chance: Random = field(default_factory=lambda: Random(6))

    def mine(self) -> int:
        """One more block."""
        return self.node.mine()

    def order(self) -> None:
        """Somebody trades, and a gap opens."""
        pool = self.chain.pool(self.chance.choice(POOLS))
        sold, bought = self.chance.sample(pool.tokens, 2)
        order = Order(pool, sold, bought, units(self.chain, sold, self.chance.randint(100, 300) * 1_000))
        place(self.node, self.chain, order, dev_account(TRADER))

    def timestamp(self) -> int:
        """The newest block's."""
        return int(self.rpc.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def ours(self, block: str) -> list[dict[str, Any]]:
        """The keeper's transactions in a block, by number or tag."""
        sent = self.rpc.ask("eth_getBlockByNumber", block, True)["transactions"]
        return [one for one in sent if one["from"].lower() == OWN.address.lower()]

    def mined(self) -> list[dict[str, Any]]:
        """The keeper's transactions in the chain."""
        numbers = range(self.start, self.node.web3.eth.block_number + 1)
        return [sent for number in numbers for sent in self.ours(hex(number))]

    def hashes(self) -> set[str]:
        """Theirs."""
        return {sent["hash"] for sent in self.mined()}

    def reorganise(self, depth: int, kept: set[str]) -> None:
        """Put as many other blocks in the place of the newest; of what was in them only some is in the first again."""
        raws = [self.rpc.ask("eth_getRawTransactionByHash", hash_) for hash_ in sorted(kept)]
        self.rpc.ask("anvil_reorg", depth, [[raw, 0] for raw in raws])
        self.rpc.ask("anvil_dropAllTransactions")


@dataclass
class Watched:
    """A keeper that runs in a thread, and everything that it says."""

    world: World
    bad: BadNode
    runner: Runner
    store: Store
    said: list[Event]
    alerts: Alerts
    metrics: Metrics
    told: list[Alert]
    now: list[float]
    shift: list[int]

    def heard(self, kind: type, since: int = 0) -> list[Any]:
        """The events of a kind."""
        return [event for event in self.said[since:] if isinstance(event, kind)]

    def trades(self) -> None:
        """Let blocks come, some with orders, until it has sent a trade anew that earned."""
        since = len(self.said)

        def done() -> bool:
            sent = {event.hash for event in self.heard(Sent, since)}
            return any(event.hash in sent and event.profit is not None for event in self.heard(Included, since))

        self.until(done, "it trades no more")

    def until(self, done: Callable[[], object], what: str, *, orders: bool = True) -> None:
        """Let blocks come until something has come about."""
        end = time.monotonic() + PATIENCE
        turn = 0
        while not done():
            assert time.monotonic() < end, f"{what}: {self.said[-30:]}"
            if orders and turn % 2 == 0:
                self.world.order()
            turn += 1
            self.block()

    def live(self, blocks: int) -> None:
        """Let so many blocks come, every other one with an order."""
        for turn in range(blocks):
            if turn % 2 == 0:
                self.world.order()
            self.block(2 * PACE)

    def block(self, within: float = TURN) -> None:
        """One more block, and some time for the keeper to see it through."""
        number = self.world.mine()
        end = time.monotonic() + within
        while time.monotonic() < end:
            if any(event.block >= number for event in self.heard(Stepped)[-1:]):
                return
            time.sleep(0.01)

    def booked(self) -> set[str]:
        """Hashes of what the record says is in blocks."""
        return {row.hash for row in self.store.included_since(1, self.world.start)}

    def trouble(self, where: str) -> float:
        """What the metric of a trouble shows."""
        labels = {"chain": self.world.chain.name, "kind": where}
        return self.metrics.registry.get_sample_value("millrace_trouble", labels) or 0.0

    def alerted(self) -> list[tuple[str, str]]:
        """Of which troubles somebody was told, and how."""
        return [(alert.subject, alert.level.name) for alert in self.told if alert.kind == "trouble"]

    def pass_time(self) -> None:
        """Let so much time pass that what lasts is told."""
        self.now[0] += 60
        self.alerts.tick()

    def settle(self) -> None:
        """Let blocks come without orders until nothing of the keeper's is out."""
        self.until(lambda: not self.store.open_transactions(1), "something stays out", orders=False)
        self.until(lambda: not self.store.open_transactions(1), "something stays out", orders=False)

    def agree(self) -> None:
        """Make sure that chain and record say the same, and that nothing was sent twice or unseen."""
        mined = self.world.mined()
        receipts = {sent["hash"]: self.world.rpc.ask("eth_getTransactionReceipt", sent["hash"]) for sent in mined}
        booked = {row.hash: row for row in self.store.included_since(1, self.world.start)}
        assert booked.keys() == receipts.keys(), "the record has what the chain has"
        executed = [sent["input"] for sent in mined if sent["input"].startswith(EXECUTE)]
        assert max(Counter(executed).values(), default=0) <= 1, "no route is executed twice"
        tried = [attempt for attempt, _ in self.store.attempts(1, *EVER)]
        seen = {"0x" + attempt.calldata.hex() for attempt in tried if attempt.simulated is not None}
        assert set(executed) <= seen, "nothing is sent that was not simulated"
        earned = {}
        for hash_, row in booked.items():
            receipt = Receipt.read(receipts[hash_], hash_)
            assert receipt is not None
            assert (row.block, row.block_hash, row.gas_used) == (receipt.block, receipt.block_hash, receipt.gas_used)
            assert row.state == ("included" if receipt.ok else "reverted")
            if row.attempt_id is not None and receipt.ok:
                earned[row.attempt_id] = receipt.profit
        trades = self.store.trades(1, *EVER)
        assert {trade.attempt_id: trade.realised for trade in trades} == earned, "each profit is booked"
        assert len(trades) == len(earned), "and once"

    def chore_is_out(self) -> bool:
        """Whether a transaction of a chore is."""
        return any(out.chore_id for out in self.store.open_transactions(1))

    def agree_on_chores(self, policy: Policy) -> None:
        """Make sure that each chore is done once, and that none which is due is lost."""

        def due() -> object:
            head = head_of(self.world.rpc.ask("eth_getBlockByNumber", "latest", False))
            return Chores(self.world.chain, self.world.rpc, self.world.deployment, policy).look(head)

        self.until(lambda: not due(), "a chore is lost", orders=False)
        self.settle()
        self.agree()
        included = {row.chore_id: row for row in self.store.included_since(1, self.world.start) if row.chore_id}
        assert included, "chores were done"
        for row in included.values():
            receipt = self.world.rpc.ask("eth_getTransactionReceipt", row.hash)
            assert (receipt["status"], bool(receipt["logs"])) == ("0x1", True), "what is done again does nothing"
        states = {row.id: row.state for row in self.store.chores(1, *EVER)}
        assert {chore for chore, state in states.items() if state == "included"} == included.keys()


@contextmanager
def watched(
    world: World,
    patch: pytest.MonkeyPatch,
    database: str = "",
    *,
    ws: str | None = None,
    chores: Policy | None = None,
    answer: float = ANSWER,
    lease: float = lease.SECONDS,
) -> Iterator[Watched]:
    """Run a keeper for the length of a `with`; nothing that it has out is left behind.

    It is patient with its node, and leads for long, where nothing else is said: no machine is so slow that it meets
    with other trouble than it is made to.
    """
    before = world.node.rpc("evm_snapshot")
    world.start = world.node.web3.eth.block_number
    shift = [0]
    clock = SimpleNamespace(time=lambda: world.timestamp() + shift[0], monotonic=time.monotonic, sleep=time.sleep)
    patch.setattr(heads, "time", clock)
    store = Store(
        database or f"sqlite:///{world.folder}/{uuid4()}.db",
        lambda: datetime.now(UTC) + timedelta(seconds=shift[0]),
    )
    store.migrate()
    with bad_node(world.url, real=True) as bad:
        plan = Plan(
            world.chain,
            world.deployment,
            [connect(world.chain, bad.url, answer)],
            ws=ws,
            signer=LocalSigner(OWN),
            ways=(Node("node", bad.url, answer),),
            limits=Limits(max_failures=50),
            settings=Settings(FeePolicy(blocks_to_live=20)),
            lease=lease,
            chores=chores,
        )
        told: list[Alert] = []
        said: list[Event] = []
        now = [0.0]
        alerts, metrics = Alerts([world.chain], told.append, clock=lambda: now[0]), Metrics([world.chain])
        runner = assembled(plan, store, [lambda _, event: said.append(event), alerts, metrics])
        stop = threading.Event()
        thread = threading.Thread(target=runner.run, args=(stop,))
        thread.start()
        try:
            yield Watched(world, bad, runner, store, said, alerts, metrics, told, now, shift)
        finally:
            stop.set()
            world.mine()
            thread.join(PATIENCE)
            store.close()
            world.node.rpc("anvil_dropAllTransactions")
            world.node.rpc("evm_revert", before)
            assert not thread.is_alive()
