"""A replica with everything deployed and governed as chores need it: a stage for their tests, and for the report's."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from tempfile import TemporaryDirectory
from typing import Any

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hexbytes import HexBytes
from reader import Reader
from web3.types import TxReceipt

from harness import replica
from harness.chains import Chain
from harness.demo import deploy_to
from harness.deployments import Deployment
from harness.devchain import DevChain
from harness.keeper.abi import calldata
from harness.keeper.chores.chore import Chore, Policy, Task
from harness.keeper.chores.chores import Chores
from harness.keeper.chores.convert import ways
from harness.keeper.events import Event
from harness.keeper.feeds.place import Place
from harness.keeper.heads import Head, head_of
from harness.keeper.rpc import Rpc
from harness.keeper.signers import LocalSigner
from harness.keeper.start import Plan, assembled
from harness.keeper.ways import Node
from harness.orderflow import Order, fund, place, units
from harness.settings import GOVERNANCE, KEEPER, OUT, dev_account
from harness.store import Store

TRADER, STAKER, ANYONE = 5, 6, 7
ETHER = 10**18
DAY = 86_400
BENEFICIARY = to_checksum_address("0x" + "be" * 20)


@dataclass
class Stage:
    """A replica with everything deployed, a trader with money, and whoever else is needed."""

    chain: Chain
    node: DevChain
    url: str
    deployment: Deployment
    places: tuple[Place, ...] = ()
    heard: list[Event] = field(default_factory=list)

    def at(self, contract: str) -> str:
        """Address of one of our contracts."""
        return self.deployment.address(contract)

    def token(self, symbol: str) -> str:
        """Address of a token."""
        return self.chain.token(symbol).address

    def pool(self, name: str) -> Place:
        """A pool of the chain file."""
        return next(one for one in self.places if one.name == name)

    def rpc(self) -> Rpc:
        """The node."""
        return Rpc([self.node.web3], self.heard.append)

    def chores(
        self, policy: Policy | None = None, further: Sequence[Chore] = (), moves: Sequence[Chore] = ()
    ) -> Chores:
        """Chores with nothing remembered."""
        through, say = ways(self.places, self.token("WETH")), self.heard.append
        more: Any = {"through": through, "moves": moves, "further": further}
        return Chores(self.chain, self.rpc(), self.deployment, policy, say, **more)

    def head(self) -> Head:
        """The newest block."""
        return head_of(Rpc([self.node.web3]).ask("eth_getBlockByNumber", "latest", False))

    def send(self, task: Task) -> TxReceipt:
        """Have the keeper send a task in a block of its own; its receipt."""
        sent = self.node.send(dev_account(KEEPER), task.to, task.data)
        self.node.mine()
        return self.node.web3.eth.get_transaction_receipt(HexBytes(sent))

    def do_all(self, chores: Chores, most: int = 40) -> list[Task]:
        """Do what is due until nothing is, and return it."""
        done: list[Task] = []
        for _ in range(most):
            task = chores.run(self.head(), self.send)
            if task is None:
                return done
            done.append(task)
        raise AssertionError([(task.kind, task.target) for task in done])

    def gap(self, name: str = "uniswap-v2:USDC/WETH", dollars: float = 400_000) -> None:
        """Somebody sells a pool's first token for the other, and moves its price."""
        pool = self.chain.pool(name)
        sold, bought = pool.tokens
        self.order(name, sold, bought, dollars)

    def order(self, name: str, sold: str, bought: str, dollars: float) -> None:
        """Somebody trades."""
        order = Order(self.chain.pool(name), sold, bought, units(self.chain, sold, dollars))
        sent = place(self.node, self.chain, order, dev_account(TRADER))
        self.node.mine()
        self.node.receipt(sent)

    def there_and_back(self, name: str, dollars: float) -> dict[str, int]:
        """Somebody sells both tokens of a pool, one after the other; units of each that the pool was paid."""
        first, second = self.chain.pool(name).tokens
        self.order(name, first, second, dollars)
        self.order(name, second, first, dollars)
        return {symbol: units(self.chain, symbol, dollars) for symbol in (first, second)}

    def trade(self) -> int:
        """The keeper closes the best gap; the profit in units of the token earned."""
        plan = Plan(
            self.chain,
            self.deployment,
            [self.node.web3],
            signer=LocalSigner(dev_account(KEEPER)),
            ways=(Node("node", self.url),),
            most_out=1,
        )
        with TemporaryDirectory() as folder:
            store = Store(f"sqlite:///{folder}/record.db")
            store.migrate()
            runner = assembled(plan, store)
            attempt = runner.turn(self.head())[-1]
            assert attempt.sent, attempt.refusal
            self.node.mine()
            runner.ready(self.head())
            runner.settle()
        assert attempt.outcome is not None
        assert attempt.outcome.profit is not None
        return attempt.outcome.profit

    def earned(self, dollars: float = 400_000, name: str = "uniswap-v2:USDC/WETH") -> int:
        """A gap opens and is closed."""
        self.gap(name, dollars)
        return self.trade()

    def govern(self, *calls: tuple[str, bytes]) -> None:
        """Governance announces calls, waits, and makes them; the feeds speak again afterwards."""
        governance, manager = dev_account(GOVERNANCE), self.at("manager")
        announced = [self.node.send(governance, manager, _scheduled("schedule", *call)) for call in calls]
        self.node.mine()
        self.node.mine(2 * DAY + 60)
        made = [self.node.send(governance, manager, _scheduled("execute", *call)) for call in calls]
        self.node.mine()
        for sent in (*announced, *made):
            self.node.receipt(sent)
        self.feeds()

    def feeds(self) -> None:
        """Every feed repeats its answer."""
        for feed in self.chain.feeds.values():
            teller = to_checksum_address(f"{self.node.view(feed.address, 'transmitter()'):#042x}")
            answer = self.node.view(feed.address, "latestAnswer()")
            self.node.rpc("anvil_impersonateAccount", teller)
            self.node.rpc("anvil_setBalance", teller, hex(ETHER))
            data = "0x" + calldata("transmit(int256)", answer).hex()
            self.node.rpc("eth_sendTransaction", {"from": teller, "to": feed.address, "data": data, "gas": hex(10**6)})
        self.node.mine()

    def deploy(self, source: str, *arguments: tuple[str, object]) -> str:
        """Deploy a contract of tests/mocks, or of ours; its address."""
        code = json.loads((OUT / f"{source}.sol" / f"{source}.json").read_text())["bytecode"]["object"]
        data = bytes.fromhex(code[2:]) + encode([kind for kind, _ in arguments], [value for _, value in arguments])
        account = dev_account(ANYONE)
        transaction: Any = {
            "chainId": self.chain.chain_id,
            "nonce": self.node.web3.eth.get_transaction_count(account.address, "pending"),
            "data": data,
            "value": 0,
            "gas": 5_000_000,
            "maxFeePerGas": 10**9,
            "maxPriorityFeePerGas": 0,
        }
        sent = self.node.web3.eth.send_raw_transaction(account.sign_transaction(transaction).raw_transaction)
        self.node.mine()
        return str(self.node.receipt(sent.to_0x_hex())["contractAddress"])

    def grant(self, symbol: str, recipient: str, amount: int) -> None:
        """Give somebody a token."""
        holder = str((self.chain.replica.model_extra or {})["holder"])
        self.node.grant(self.token(symbol), holder, {recipient: amount})

    def stake(self, amount: int) -> None:
        """Somebody stakes."""
        staker, weth, vault = dev_account(STAKER), self.token("WETH"), self.at("vault")
        self.node.do(staker, weth, "deposit()", value=amount)
        self.node.do(staker, weth, "approve(address,uint256)", vault, amount)
        self.node.do(staker, vault, "deposit(uint256,address)", amount, staker.address)

    def bucket(self, pool: str, symbol: str) -> int:
        """What a pool's bucket holds."""
        return self.node.view(
            self.at("reserve"), "poolBucket(address,address)", self.pool(pool).address, self.token(symbol)
        )


@contextmanager
def deployed_to(name: str) -> Iterator[Stage]:
    """Serve a replica and deploy to it."""
    with replica.serve(name) as served:
        deployment = deploy_to(served)
        stage = Stage(served.chain, DevChain(served.web3, served.chain.block_time), served.url, deployment)
        stage.places = Reader(served.chain, served.web3).places
        yield stage


@contextmanager
def staged() -> Iterator[Stage]:
    """The replica of Ethereum, where governance has set a gas budget and a beneficiary of a tenth."""
    with deployed_to("ethereum") as stage:
        fund(stage.node, stage.chain, [dev_account(TRADER)])
        stage.stake(100 * ETHER)
        reserve = stage.at("reserve")
        stage.govern((reserve, split(2_000, 7_000, [(BENEFICIARY, 1_000)])))
        yield stage


@contextmanager
def undone(stage: Stage) -> Iterator[Stage]:
    """Undo what happens on a stage."""
    before = stage.node.rpc("evm_snapshot")
    stage.heard.clear()
    yield stage
    stage.node.rpc("anvil_dropAllTransactions")
    stage.node.rpc("evm_revert", before)


def split(pools: int, vault: int, shares: Sequence[tuple[str, int]]) -> bytes:
    """Calldata of a split."""
    types = ["uint16", "uint16", "(address,uint16)[]"]
    selector = keccak(b"setSplit(uint16,uint16,(address,uint16)[])")[:4]
    return selector + encode(types, [pools, vault, shares])


def inbox_of(stage: Stage, pool: str) -> str:
    """Where what is sent to a pool arrives."""
    return to_checksum_address(f"{stage.node.view(stage.at('reserve'), 'inboxOf(address)', pool):#042x}")


def _scheduled(what: str, target: str, data: bytes) -> bytes:
    if what == "schedule":
        return calldata("schedule(address,bytes,uint48)", target, data, 0)
    return calldata("execute(address,bytes)", target, data)
