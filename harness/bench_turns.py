"""Blocks at a replica with a crowd of pools, and a keeper at work on them: what each takes it, and what it asks.

The keeper is one like any other: its record on the disk, a websocket for heads, a real node and a real signature. In
every block some pools have moved and one gap pays, and what the keeper sends is in the next.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from eth_account.signers.local import LocalAccount

from harness import replica
from harness.bench import BenchError
from harness.crowd import crowd, stir
from harness.demo import deploy_to
from harness.devchain import BASE_FEE, DevChain
from harness.keeper.events import Asked, Event, HeadSeen, Stepped
from harness.keeper.run import Runner
from harness.keeper.signers import LocalSigner
from harness.keeper.start import Plan, assembled
from harness.keeper.transaction import Transaction
from harness.keeper.ways import Node
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.node import connect
from harness.orderflow import Order, fund, place, units
from harness.replica import Replica
from harness.settings import KEEPER, dev_account
from harness.store import Found, SignedTransaction, Store

CHAIN: Final = "ethereum"
TRADER: Final = 6
GAP: Final = "uniswap-v2:USDC/WETH"
DOLLARS: Final = 200_000
"""That somebody sells in each block, of one token and the other in turn: about a fiftieth of what the pair holds."""
SEED: Final = 20201003
PATIENCE: Final = 300.0
"""Seconds that a block may take, the first with all that is compiled in it."""
SETTLED: Final = 0.02
"""Seconds in which the node has let go of what it was told for the next block."""

STATES: Final = 16
"""That the node keeps: each is of all accounts."""

HEAD, LOGS, RECEIPT = "eth_getBlockByHash", "eth_getLogs", "eth_getTransactionReceipt"
HANDED: Final = "eth_sendRawTransaction"
WITH: Final = " + "
"""Between the methods of one request."""


@dataclass
class Turn:
    """What a keeper has made of one block; all times in seconds, by the clock of the machine unless said otherwise.

    Attributes:
        there: When the block was there: mined, or asked for because it was announced.
        handed: When the node had taken the signed transaction; 0 where none was sent.
        processor: What the keeper's thread has used of a processor by then, since it saw the block.
        asked: Requests, by method; one that asks for several answers by the methods of all of them.
        steps: Of each step, those within others among them.
    """

    there: float = 0.0
    handed: float = 0.0
    processor: float = 0.0
    asked: Counter[str] = field(default_factory=Counter)
    steps: dict[str, float] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """From the block to the transaction."""
        return self.handed - self.there


class Watcher:
    """Hears a keeper, and notes what it makes of each block."""

    def __init__(self) -> None:
        self.turn = Turn()
        self.done = threading.Event()
        self._before = 0.0

    def __call__(self, chain: str, event: Event) -> None:  # noqa: ARG002 - there is one
        """Take the time of what matters."""
        now = time.perf_counter()
        if isinstance(event, Asked):
            self._asked(event, now)
        elif isinstance(event, HeadSeen):
            self._before = time.thread_time()
            self.turn.steps["head"] = now
        elif isinstance(event, Stepped):
            self.turn.steps |= event.seconds
            self.done.set()

    def _asked(self, event: Asked, now: float) -> None:
        turn = self.turn
        turn.asked[WITH.join(event.calls) or event.method] += 1
        turn.steps[event.method] = turn.steps.get(event.method, 0.0) + event.seconds
        if event.method == HEAD and not turn.there:
            turn.there = now - event.seconds
        if event.method == HANDED:
            turn.handed, turn.processor = now, time.thread_time() - self._before


class TimedSigner(LocalSigner):
    """A signer whose time is taken."""

    def __init__(self, account: LocalAccount, watcher: Watcher) -> None:
        super().__init__(account)
        self._watcher = watcher

    def sign(self, transaction: Transaction) -> bytes:
        """Sign, and take the time."""
        start = time.perf_counter()
        signed = super().sign(transaction)
        self._watcher.turn.steps["sign"] = time.perf_counter() - start
        return signed


class TimedStore(Store):
    """A record whose time is taken, as far as one has to wait for it."""

    watcher: Watcher

    def signed(self, transaction: SignedTransaction, lease: int, found: Found | None = None) -> int | None:
        """Note, and take the time."""
        start = time.perf_counter()
        attempt = super().signed(transaction, lease, found)
        self.watcher.turn.steps["record"] = time.perf_counter() - start
        return attempt


class Theatre:
    """A replica with a crowd, and a keeper that runs in a thread of its own, as in service.

    Args:
        served: The replica.
        folder: For the record.
        pools: How many pairs there are beside the chain file's pools.
    """

    def __init__(self, served: Replica, folder: str, pools: int) -> None:
        self._chain, self._random = served.chain, Random(SEED)  # noqa: S311 - it is to be the same every time
        deployment = deploy_to(served)
        self.node = DevChain(served.web3, int(served.chain.block_time))
        fund(self.node, served.chain, [dev_account(TRADER)])
        self._places = crowd(served, pools)
        store = TimedStore(f"sqlite:///{folder}/record.db")
        store.migrate()
        self.watcher = store.watcher = Watcher()
        plan = Plan(
            served.chain,
            deployment,
            [connect(served.chain, served.url)],
            ws=served.url.replace("http", "ws", 1),
            signer=TimedSigner(dev_account(KEEPER), self.watcher),
            ways=(Node("node", served.url),),
            places=self._places,
        )
        self.runner: Runner = assembled(plan, store, [self.watcher])
        self._number = 0

    @contextmanager
    def playing(self) -> Iterator[Turn]:
        """Let the keeper run as long as a `with` lasts; yield what it made of the first block."""
        stop = threading.Event()
        thread = threading.Thread(target=self.runner.run, args=(stop,), name="keeper")
        thread.start()
        try:
            yield self._awaited()
        finally:
            stop.set()
            thread.join()

    def block(self, touched: int, *, gap: bool = True) -> Turn:
        """Mine a block in which so many pairs of the crowd have moved; return what the keeper made of it."""
        self.watcher.turn = Turn()
        self._number += 1
        states = self.runner.keeper.market.pools
        moved = [states[place.address] for place in self._random.sample(self._places, touched)]
        stir(self.node, [pool for pool in moved if isinstance(pool, UniswapV2Pool)], self._number)
        if gap:
            self._trade()
            time.sleep(SETTLED)
        seconds = int(self.node.web3.eth.get_block("latest")["timestamp"]) + int(self._chain.block_time)
        self.node.rpc("anvil_setNextBlockBaseFeePerGas", hex(BASE_FEE))
        self.node.rpc("evm_mine", seconds)
        mined = time.perf_counter()
        turn = self._awaited()
        turn.there = min(turn.there or mined, mined)
        turn.steps["head"] -= turn.there
        return turn

    def _trade(self) -> None:
        """Let somebody open a gap."""
        pool = self._chain.pool(GAP)
        sold, bought = pool.tokens if self._number % 2 else pool.tokens[::-1]
        order = Order(pool, sold, bought, units(self._chain, sold, DOLLARS))
        place(self.node, self._chain, order, dev_account(TRADER))

    def _awaited(self) -> Turn:
        """Return what the keeper made of a block, once it has seen to everything.

        Raises:
            BenchError: It does not come to an end with it.
        """
        if not self.watcher.done.wait(PATIENCE):
            raise BenchError(f"the keeper has not finished a block in {PATIENCE:.0f} s")
        self.watcher.done.clear()
        return self.watcher.turn


@contextmanager
def theatre(pools: int) -> Iterator[Theatre]:
    """Yield a replica with so many pairs and a keeper for it."""
    with replica.serve(CHAIN, kept=STATES) as served, TemporaryDirectory() as folder:
        yield Theatre(served, folder, pools)
