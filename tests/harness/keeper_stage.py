"""A replica with everything deployed, somebody who opens gaps there, and keepers that are told block by block."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from rich.console import Console
from web3.types import BlockData

from harness import chains, replica
from harness.chains import Chain
from harness.demo import deploy_to
from harness.deployments import Deployment
from harness.devchain import DevChain
from harness.keeper.heads import Head, head_of
from harness.keeper.limits import Limits
from harness.keeper.report import Attempt, Reporter
from harness.keeper.rpc import Rpc
from harness.keeper.run import Runner
from harness.keeper.settings import Settings
from harness.keeper.signers import LocalSigner, Signer
from harness.keeper.start import MOST_OUT, Plan, assembled
from harness.keeper.ways import Node
from harness.node import connect
from harness.orderflow import Order, fund, place, units
from harness.settings import KEEPER, dev_account
from harness.store import Store

TRADER = 5
ETHER = 10**18
OWN = LocalSigner(dev_account(KEEPER))


@dataclass(frozen=True)
class Stage:
    """A replica with everything deployed, and a trader with money."""

    chain: Chain
    node: DevChain
    url: str
    deployment: Deployment
    folder: Path

    @property
    def executor(self) -> str:
        """Its address."""
        return self.deployment.address("executor")

    @property
    def reserve(self) -> str:
        """Its address."""
        return self.deployment.address("reserve")

    def store(self) -> Store:
        """A record that is still empty."""
        store = Store(f"sqlite:///{self.folder}/{uuid4()}.db")
        store.migrate()
        return store

    def keeper(
        self,
        signer: Signer | None = OWN,
        settings: Settings | None = None,
        limits: Limits | None = None,
        store: Store | None = None,
        *,
        url: str = "",
        most_out: int = MOST_OUT,
    ) -> "At":
        """A keeper with its own account and the node itself, unless told otherwise, at the newest block."""
        plan = Plan(
            self.chain,
            self.deployment,
            [connect(self.chain, url or self.url)],
            signer=signer,
            ways=(Node("node", url or self.url),),
            settings=settings or Settings(),
            limits=limits or Limits(),
            most_out=most_out,
        )
        told: list[Attempt] = []
        record = store or self.store()
        return At(self, assembled(plan, record, tell=told.append), record, told)

    def gap(self, name: str = "uniswap-v2:USDC/WETH", dollars: float = 400_000) -> None:
        """Somebody sells a token of a pool for the other, and moves its price."""
        pool = self.chain.pool(name)
        sold, bought = pool.tokens
        order = Order(pool, sold, bought, units(self.chain, sold, dollars))
        sent = place(self.node, self.chain, order, dev_account(TRADER))
        self.node.mine()
        self.node.receipt(sent)

    def credit(self, symbol: str, amount: int) -> None:
        """Uniswap V4's pool manager comes to hold a token, which it then lends."""
        venue = self.chain.venues["uniswap-v4"]
        assert isinstance(venue, chains.UniswapV4)
        holder = str((self.chain.replica.model_extra or {})["holder"])
        self.node.grant(self.chain.token(symbol).address, holder, {venue.pool_manager: amount})

    def head(self) -> Head:
        """The newest block's header."""
        return head_of(Rpc([self.node.web3]).ask("eth_getBlockByNumber", "latest", False))

    def newest(self) -> BlockData:
        """The newest block."""
        return self.node.web3.eth.get_block("latest")

    def nonce(self) -> int:
        """How many transactions the keeper's account has sent."""
        return self.node.web3.eth.get_transaction_count(dev_account(KEEPER).address, "pending")


@dataclass(frozen=True)
class At:
    """A keeper on a stage."""

    stage: Stage
    runner: Runner
    store: Store
    told: list[Attempt]

    def turn(self, head: Head | None = None) -> list[Attempt]:
        """Let it do everything for the newest block, or another."""
        return self.runner.turn(head or self.stage.head())

    def one(self) -> Attempt:
        """Let it do everything for the newest block; the first of what it has tried."""
        return self.turn()[0]

    def settled(self) -> None:
        """Mine, and let it see what became of what it has sent."""
        self.stage.node.mine()
        self.runner.ready(self.stage.head())
        self.runner.settle()

    def line(self, attempt: Attempt) -> str:
        """How an attempt is told of."""
        places = self.runner.keeper.picture.places
        return str(Reporter(self.stage.chain, places, Console()).line(attempt))


@pytest.fixture(scope="module")
def deployed(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:  # noqa: ARG001 - errors' names
    """Serve one for a module."""
    with replica.serve("ethereum") as served:
        deployment = deploy_to(served)
        node = DevChain(served.web3, 12)
        fund(node, served.chain, [dev_account(TRADER)])
        yield Stage(served.chain, node, served.url, deployment, tmp_path_factory.mktemp("records"))


@pytest.fixture
def stage(deployed: Stage) -> Iterator[Stage]:
    """The same for every test: what a test does is undone."""
    before = deployed.node.rpc("evm_snapshot")
    yield deployed
    deployed.node.rpc("anvil_dropAllTransactions")
    deployed.node.rpc("evm_revert", before)
