"""A keeper that is killed at any instant and started again neither loses nor repeats anything [K4].

KILLS=100 in the environment for as many as that; there are fewer otherwise.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from hexbytes import HexBytes
from records import lapsed

from harness import replica
from harness.chains import Chain
from harness.demo import deploy_to
from harness.deployments import Deployment
from harness.devchain import DevChain
from harness.keeper.receipts import Receipt
from harness.keeper.rpc import Rpc
from harness.orderflow import Order, fund, place, units
from harness.settings import KEEPER, ROOT, dev_account
from harness.store import Store

pytestmark = pytest.mark.long

KILLS = int(os.environ.get("KILLS", "12"))
STEPS = ("signing", "signed", "handed", "sent", "included")
POINTS = [(when, step) for step in STEPS for when in ("before", "after")]
PACE = 0.15
"""Seconds between two blocks."""
LONGEST = 10
"""Seconds that a keeper lives at most."""
TRADER = 5
OWN = dev_account(KEEPER).address
EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass
class World:
    """A replica with order flow, and keepers on it that are killed."""

    chain: Chain
    node: DevChain
    rpc: Rpc
    url: str
    deployment: Deployment
    forker: subprocess.Popen[str]
    store: Store
    database: str
    start: int

    def keeper(self, cut: tuple[str, str, int] | None = None) -> int:
        """Start a keeper; its process id."""
        assert self.forker.stdin is not None
        assert self.forker.stdout is not None
        told = {"url": self.url, "deployment": self.deployment.model_dump_json(by_alias=True)}
        self.forker.stdin.write(json.dumps({**told, "database": self.database, "cut": cut}) + "\n")
        self.forker.stdin.flush()
        return int(self.forker.stdout.readline())

    def live(self, seconds: float, chance: random.Random, over: Callable[[], bool] = lambda: False) -> None:
        """Let blocks come for a while or until it is over, some with an order that opens a gap."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and not over():
            if chance.random() < 0.5:
                self.order(chance)
            self.node.mine()
            block = time.monotonic() + PACE
            while time.monotonic() < block and not over():
                time.sleep(0.01)

    def order(self, chance: random.Random) -> None:
        """Somebody trades, one way or the other."""
        pool = self.chain.pool(chance.choice(["uniswap-v2:USDC/WETH", "uniswap-v2:USDT/WETH", "uniswap-v2:DAI/WETH"]))
        sold, bought = chance.sample(pool.tokens, 2)
        order = Order(pool, sold, bought, units(self.chain, sold, chance.randint(50, 200) * 1_000))
        place(self.node, self.chain, order, dev_account(TRADER))

    def tried(self) -> int:
        """How many attempts are in the record."""
        return len(self.store.attempts(1, *EVER))

    def tries_above(self, before: int) -> bool:
        """Whether there are more by now."""
        return self.tried() > before

    def mined(self) -> list[str]:
        """Hashes of the keeper's transactions in the chain, by their nonces."""
        found = {}
        for number in range(self.start, self.node.web3.eth.block_number + 1):
            for sent in self.rpc.ask("eth_getBlockByNumber", hex(number), True)["transactions"]:
                if sent["from"].lower() == OWN.lower():
                    found[int(sent["nonce"], 16)] = sent["hash"]
        return [found[nonce] for nonce in range(len(found))]


@pytest.fixture(scope="module")
def world(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:  # noqa: ARG001
    database = f"sqlite:///{tmp_path_factory.mktemp('kill')}/record.db"
    command = [sys.executable, str(Path(__file__).with_name("keeper_process.py"))]
    forker = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    with replica.serve("ethereum") as served:
        deployment = deploy_to(served)
        node = DevChain(served.web3, 12)
        fund(node, served.chain, [dev_account(TRADER)])
        store = Store(database)
        store.migrate()
        start = served.web3.eth.block_number
        rpc = Rpc([served.web3])
        try:
            yield World(served.chain, node, rpc, served.url, deployment, forker, store, database, start)
        finally:
            os.killpg(forker.pid, signal.SIGKILL)
            forker.wait()


def test_killed_at_any_instant_nothing_is_lost_and_nothing_done_twice(world: World) -> None:
    chance = random.Random(6)
    cuts = [(when, point, 1 + (turn // len(POINTS)) % 2) for turn, (when, point) in enumerate(POINTS * 5)]
    for turn in range(KILLS):
        if turn % 2:
            keeper = world.keeper(cuts[turn // 2 % len(cuts)])
            world.live(LONGEST, chance, partial(ended, keeper))
        else:
            keeper = world.keeper()
            world.live(LONGEST, chance, partial(world.tries_above, world.tried()))
            world.live(chance.uniform(0, 0.5), chance)
        kill(world, keeper)
        world.live(chance.choice([0.0, 0.2]), chance)
    last = world.keeper()
    try:
        wait_until_quiet(world)
    finally:
        kill(world, last)
    check(world)


CHORES = [(when, step, 1) for step in ("chore", "chore signed", "chore included") for when in ("before", "after")]


def test_killed_while_a_chore_is_under_way_it_is_neither_lost_nor_done_twice(world: World) -> None:
    chance = random.Random(7)
    for cut in CHORES:
        keeper = world.keeper(cut)
        world.live(3 * LONGEST, chance, partial(ended, keeper))
        assert ended(keeper), f"it never came to {cut}"
        lapsed(world.store, 1)
    keeper = world.keeper()
    world.live(3 * LONGEST, chance, lambda: any(out.chore_id for out in world.store.open_transactions(1)))
    kill(world, keeper)
    world.live(1.0, chance)
    last = world.keeper()
    try:
        wait_until_quiet(world)
    finally:
        kill(world, last)
    check(world)
    done = {row.chore_id: row.hash for row in world.store.included_since(1, world.start) if row.chore_id}
    assert len(done) >= len(CHORES) // 2
    for hash_ in done.values():
        receipt = world.rpc.ask("eth_getTransactionReceipt", hash_)
        assert (receipt["status"], bool(receipt["logs"])) == ("0x1", True), "what is done again does nothing"
    chores = {chore.id: chore for chore in world.store.chores(1, *EVER)}
    assert {number for number, chore in chores.items() if chore.state == "included"} == done.keys()
    for number, chore in chores.items():
        assert chore.realised == (chore.expected if number in done else None), "who was killed has it booked too"


def ended(process: int) -> bool:
    """Whether a process is no more."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def kill(world: World, process: int) -> None:
    """SIGKILL, if it has not ended itself so; another one may lead as soon as it is no more."""
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    while not ended(process):
        time.sleep(0.005)
    lapsed(world.store, 1)


def wait_until_quiet(world: World) -> None:
    """Let blocks come without orders until the last keeper has nothing out and all is in the record."""
    quiet = 0
    for _ in range(400):
        world.node.mine()
        time.sleep(0.1)
        out = world.store.open_transactions(1)
        pending = world.rpc.ask("eth_getBlockByNumber", "pending", False)["transactions"]
        quiet = quiet + 1 if not out and not pending else 0
        if quiet == 20:
            return
    raise AssertionError(f"still out: {world.store.open_transactions(1)}")


def check(world: World) -> None:
    """Chain and record say the same, and nothing happened twice."""
    mined = world.mined()
    receipts = {hash_: world.rpc.ask("eth_getTransactionReceipt", hash_) for hash_ in mined}
    booked = world.store.included_since(1, world.start)
    assert Counter(row.hash for row in booked) == Counter(mined), "the record has what the chain has, once"
    assert len(mined) >= KILLS // 4, "something was traded meanwhile"
    sent = [world.rpc.ask("eth_getTransactionByHash", hash_)["input"] for hash_ in mined]
    executed = [data for data in sent if data.startswith("0x09c5eabe")]
    assert len(executed) == len(set(executed)), "no route was executed twice"
    earned = {}
    for row in booked:
        receipt = Receipt.read(receipts[row.hash], row.hash)
        assert receipt is not None
        assert (row.block, row.block_hash, row.gas_used) == (receipt.block, receipt.block_hash, receipt.gas_used)
        if row.attempt_id is not None and receipt.ok:
            earned[row.attempt_id] = receipt.profit
    trades = world.store.trades(1, *EVER)
    assert {trade.attempt_id: trade.realised for trade in trades} == earned, "each profit is booked, once"
    assert len(trades) == len(earned)
    assert HexBytes(mined[-1])
