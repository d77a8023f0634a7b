"""A chain whose blocks come when told, and what a keeper has sent there: the stage of all tests of sending."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address

from harness import replica
from harness.keeper.events import Event
from harness.keeper.fees import FeePolicy, Fees
from harness.keeper.heads import Head, head_of
from harness.keeper.outbox import Order
from harness.keeper.receipts import EXECUTED
from harness.keeper.rpc import Rpc
from harness.keeper.send import Sender
from harness.keeper.signers import LocalSigner
from harness.keeper.ways import Node, Ways
from harness.settings import KEEPER, dev_account
from harness.store import Found, Store

KEY = dev_account(KEEPER)
TOKEN = "0x" + "11" * 20
GWEI = 10**9
EARNER, REVERTER = (to_checksum_address("0x" + digits * 20) for digits in ("E0", "E1"))
EARNED = 777
"""What a call of `EARNER` earns by its event, less a tip of 7."""


def earner() -> str:
    """Code that says `Executed(0, TOKEN, 0, 1, EARNED, 7)` and nothing else."""
    data = encode(["uint256"] * 3, [1, EARNED, 7])
    stored = "".join(f"7f{data[at : at + 32].hex()}60{at:02x}52" for at in (0, 32, 64))
    topics = f"5f73{TOKEN[2:]}5f7f{EXECUTED[2:]}"
    return "0x" + stored + topics + "60605fa400"


class KillSwitch(BaseException):
    """The process is gone."""


class Killing:
    """Anything, whose n-th call of all those counted is not made, or made and never returned from."""

    def __init__(self, real: Any, clock: list[int], methods: tuple[str, ...]) -> None:  # noqa: ANN401
        self._real, self._clock, self._methods = real, clock, methods

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401
        real = getattr(self._real, name)
        if name not in self._methods:
            return real

        def watched(*given: object, **named: object) -> object:
            self._tick()
            answer = real(*given, **named)
            self._tick()
            return answer

        return watched

    def _tick(self) -> None:
        self._clock[0] -= 1
        if self._clock[0] == 0:
            raise KillSwitch


@dataclass
class Scene:
    """A chain whose blocks come when told, and the record of a keeper there."""

    rpc: Rpc
    url: str
    store: Store
    said: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chain = 1
        self.policy = FeePolicy(tip=GWEI, limit=1_000 * GWEI)

    def sender(self, record: Any = None, ways: Any = None, signer: Any = None, rpc: Any = None, **more: Any) -> Sender:  # noqa: ANN401
        """A keeper's sender, started anew, with the record and the chain as they are."""
        made = Sender(
            self.chain,
            rpc or self.rpc,
            signer or LocalSigner(KEY),
            ways or self.ways(),
            record or self.store,
            fees=more.pop("fees", self.policy),
            lease=self.lease,
            emit=self.said.append,
            **more,
        )
        made.watch(self.head())
        return made

    def lease(self) -> int:
        """The lease, held anew each time."""
        number = self.store.hold_lease(self.chain, "the only keeper", 60)
        assert number is not None
        return number

    def ways(self) -> Ways:
        """The node alone."""
        return Ways([Node("node", self.url)], self.said.append, 5.0)

    def head(self, which: str = "latest") -> Head:
        """A block."""
        return head_of(self.rpc.ask("eth_getBlockByNumber", which, False))

    def mine(self, *senders: Sender) -> Head:
        """One more block, which senders watch."""
        self.rpc.ask("evm_mine")
        head = self.head()
        for sender in senders:
            sender.watch(head)
        return head

    def attempt(self) -> int:
        """One more attempt in the record."""
        return self.store.tried(self.found())

    def found(self) -> Found:
        """A trade, simulated."""
        return Found(self.chain, 1, "0x01", "a > b", TOKEN, 1, 770, 1, 1, b"\x01", 770)

    def order(self, to: str = EARNER, blocks: int = 3, **more: Any) -> Order:  # noqa: ANN401
        """A trade."""
        given: dict[str, Any] = {"attempt_id": self.attempt(), "fees": Fees(20 * GWEI, GWEI)} | more
        return Order(to, b"", 100_000, until=self.head().number + blocks, **given)

    def state(self, hash_: str) -> str:
        """What the record says of a transaction."""
        row = self.store.transaction(hash_)
        assert row is not None
        return str(row.state)

    def trades(self) -> list[int]:
        """What the record says was earned."""
        rows = self.store.trades(self.chain, datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
        return [row.realised for row in rows]

    def heard(self, kind: type) -> list[Any]:
        """The events of a kind."""
        return [event for event in self.said if isinstance(event, kind)]

    def nonce(self) -> int:
        """How many transactions of the account are in blocks."""
        return int(self.rpc.ask("eth_getTransactionCount", KEY.address, "latest"), 16)

    def drop(self) -> None:
        """The node forgets what is in no block."""
        self.rpc.ask("anvil_dropAllTransactions")


@pytest.fixture(scope="module")
def served() -> Iterator[replica.Replica]:
    with replica.serve("ethereum") as node:
        rpc = Rpc([node.web3])
        rpc.ask("evm_setAutomine", False)
        rpc.ask("anvil_setCode", EARNER, earner())
        rpc.ask("anvil_setCode", REVERTER, "0x" + "5f5ffd")
        for _ in range(5):
            rpc.ask("evm_mine")
        yield node


@pytest.fixture
def scene(served: replica.Replica, tmp_path: Path) -> Scene:
    rpc = Rpc([served.web3])
    rpc.ask("anvil_dropAllTransactions")
    store = Store(f"sqlite:///{tmp_path / 'record.db'}")
    store.migrate()
    return Scene(rpc, served.url, store)


class Asking:
    """A node, and what it was asked; it may answer otherwise as told."""

    def __init__(self, rpc: Rpc, **answers: Callable[[Any], Any]) -> None:
        self._rpc, self._answers, self.methods = rpc, answers, list[str]()

    def ask(self, method: str, *parameters: object) -> Any:  # noqa: ANN401
        """Ask the real one."""
        self.methods.append(method)
        answer = self._rpc.ask(method, *parameters)
        return self._answers.get(method, lambda same: same)(answer)

    def later(self, method: str, *parameters: object) -> Any:  # noqa: ANN401
        """Ask when wanted."""
        return SimpleNamespace(get=lambda: self.ask(method, *parameters))
