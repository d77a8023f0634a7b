"""Sending on a real chain: one nonce one meaning, nothing lost or repeated by a kill, a reorg, a lying node [K4]."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bad_node as nodes
import pytest
from bad_node import BadNode, bad_node
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from stubs import serving

from harness import replica
from harness.keeper.events import Event, GivenUp, Included, LimitReached, Orphaned, Sent, Trouble
from harness.keeper.fees import FeePolicy, Fees
from harness.keeper.heads import Head, head_of
from harness.keeper.limits import GasPriceTooHighError
from harness.keeper.outbox import Order, SameAgainError
from harness.keeper.receipts import EXECUTED, Receipt
from harness.keeper.rpc import Rpc
from harness.keeper.send import BusyError, NotOutError, NotReadyError, Sender
from harness.keeper.signers import LocalSigner
from harness.keeper.transaction import Transaction
from harness.keeper.ways import Bundles, Node, Ways
from harness.node import NodeError
from harness.settings import KEEPER, dev_account
from harness.store import Found, LeaseLostError, NonceTakenError, State, Store, StoreError

KEY = dev_account(KEEPER)
TOKEN = "0x" + "11" * 20
GWEI = 10**9
LIVE = ("signed", "sent")
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


# the plain way


def test_a_trade_is_signed_sent_included_and_booked_once(scene: Scene) -> None:
    sender = scene.sender()
    before = scene.nonce()
    sent = sender.send(scene.order())
    assert (scene.state(sent), [out.hash for out in sender.out], sender.busy) == ("sent", [sent], True)
    head = scene.mine(sender, sender)
    assert (scene.state(sent), sender.out, scene.trades()) == ("included", (), [EARNED - 7])
    (told,) = scene.heard(Included)
    receipt = scene.rpc.ask("eth_getTransactionReceipt", sent)
    cost = int(receipt["gasUsed"], 16) * int(receipt["effectiveGasPrice"], 16)
    assert (told.block, told.token.lower(), told.profit, told.gas_cost) == (head.number, TOKEN, EARNED - 7, cost)
    assert [event.ways for event in scene.heard(Sent)] == [("node",)]
    assert scene.nonce() == before + 1
    assert sender.send(scene.order()) != sent
    assert sender.out[0].nonce == before + 1


def test_watching_asks_nothing_unless_one_of_ours_is_in_the_block(scene: Scene) -> None:
    asked = Asking(scene.rpc)
    sender = scene.sender(rpc=asked)
    sender.send(scene.order(blocks=9))
    scene.drop()
    asked.methods.clear()
    for _ in range(3):
        scene.mine(sender)
    assert asked.methods == []
    scene.rpc.ask("eth_sendRawTransaction", "0x" + sender.out[0].raw.hex())
    scene.mine(sender)
    assert asked.methods == ["eth_getTransactionReceipt"]


def test_sending_asks_nothing_but_to_take_the_transaction(scene: Scene) -> None:
    asked = Asking(scene.rpc)
    sender = scene.sender(rpc=asked)
    asked.methods.clear()
    sender.send(scene.order())
    assert asked.methods == []


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


def test_a_revert_is_booked_with_its_cost_and_no_trade(scene: Scene) -> None:
    sender = scene.sender()
    sent = sender.send(scene.order(REVERTER))
    scene.mine(sender)
    assert (scene.state(sent), scene.trades()) == ("reverted", [])
    (told,) = scene.heard(Included)
    assert (told.profit, told.error, told.gas_cost > 0) == (None, "reverted without a reason", True)


def test_why_a_chore_reverted_is_noted_by_whoever_looks_it_up(scene: Scene) -> None:
    chore = scene.store.chore(1, "inject", "a pool", "due", expected=5)
    sender = scene.sender()
    sender.send(scene.order(REVERTER, attempt_id=None, chore_id=chore))
    scene.mine(scene.sender())
    (row,) = scene.store.chores(1, datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    assert (row.state, row.refusal, row.realised) == ("reverted", "reverted without a reason", None)


def test_only_so_many_are_out_at_once_with_nonces_in_a_row(scene: Scene) -> None:
    sender = scene.sender(most=2)
    first = scene.nonce()
    sender.send(scene.order())
    sender.send(scene.order())
    assert [out.nonce for out in sender.out] == [first, first + 1]
    with pytest.raises(BusyError, match="2 of 2"):
        sender.send(scene.order())
    scene.mine(sender)
    assert not sender.busy


def test_what_a_block_names_is_out_of_the_way_at_once_and_booked_when_there_is_time(scene: Scene) -> None:
    def fail(_: object) -> object:
        raise AssertionError("a new block makes no request")

    node = Asking(scene.rpc)
    sender = scene.sender(rpc=node)
    first = scene.nonce()
    sent = sender.send(scene.order())
    node._answers |= dict.fromkeys(("eth_getTransactionReceipt", "eth_getTransactionCount"), fail)
    scene.mine()
    sender.follow(scene.head())
    assert (scene.state(sent), sender.waiting, sender.unsettled, sender.busy) == ("sent", (), 1, False)
    with pytest.raises(NotOutError):
        sender.replace(sent, scene.order())
    second = sender.send(scene.order())
    assert [out.nonce for out in sender.out] == [first, first + 1]
    assert [out.hash for out in sender.waiting] == [second]
    node._answers.clear()
    sender.settle()
    assert (scene.state(sent), scene.trades(), sender.unsettled) == ("included", [770], 0)
    assert [out.hash for out in sender.out] == [second]
    scene.mine(sender)
    assert (sender.out, scene.trades()) == ((), [770, 770])


def test_a_block_that_is_orphaned_before_it_is_settled_leaves_it_out(scene: Scene) -> None:
    sender = scene.sender()
    sent = sender.send(scene.order(blocks=20))
    scene.mine()
    sender.follow(scene.head())
    scene.rpc.ask("anvil_reorg", 1, [])
    scene.drop()
    scene.mine()
    sender.follow(scene.head())
    assert (sender.unsettled, [out.hash for out in sender.waiting]) == (0, [sent])
    sender.settle()
    assert (scene.state(sent), scene.trades()) == ("sent", [])


def test_nothing_is_sent_before_the_record_is_compared_with_the_chain(scene: Scene) -> None:
    sender = Sender(1, scene.rpc, LocalSigner(KEY), scene.ways(), scene.store, fees=scene.policy, lease=scene.lease)
    with pytest.raises(NotReadyError):
        sender.send(scene.order())


def test_what_a_limit_forbids_is_neither_signed_nor_noted(scene: Scene) -> None:
    def forbid(transaction: Transaction, replaces: str) -> None:
        assert (transaction.to, replaces) == (EARNER, "")
        raise GasPriceTooHighError("too dear")

    sender = scene.sender(check=forbid, signer=Killing(LocalSigner(KEY), [1], ("sign",)))
    with pytest.raises(GasPriceTooHighError):
        sender.send(scene.order())
    assert scene.store.open_transactions(1) == []


def test_without_the_lease_nothing_leaves(scene: Scene) -> None:
    sender = scene.sender()
    order = scene.order()
    sender._outbox._lease = lambda: 99
    with pytest.raises(LeaseLostError):
        sender.send(order)
    assert sender.out == ()
    assert scene.rpc.ask("eth_getBlockByNumber", "pending", False)["transactions"] == []


# replaced, cancelled, given up


def test_a_better_trade_takes_the_nonce_and_the_other_is_replaced(scene: Scene) -> None:
    sender = scene.sender()
    first = sender.send(scene.order())
    better = sender.replace(first, scene.order())
    assert {out.nonce for out in sender.out} == {scene.nonce()}
    worse, paid = (scene.store.transaction(hash_) for hash_ in (first, better))
    assert worse is not None
    assert paid is not None
    assert (paid.max_fee, paid.tip) == (22 * GWEI + 1, 11 * GWEI // 10 + 1)
    scene.mine(sender)
    assert (scene.state(first), scene.state(better), scene.trades()) == ("replaced", "included", [770])
    assert [event.hash for event in scene.heard(GivenUp)] == [first]
    with pytest.raises(NotOutError):
        sender.replace(first, scene.order())


REFUSALS = {
    "replacement transaction underpriced": "signed",
    "transaction underpriced": "signed",
    "nonce too low": "signed",
    "already known": "sent",
    "ALREADY_EXISTS: already known": "sent",
}


@pytest.mark.parametrize("wins", ["first", "better"])
@pytest.mark.parametrize("said", REFUSALS)
def test_what_is_out_stands_whatever_a_node_says_of_its_replacement(scene: Scene, said: str, wins: str) -> None:
    def refused(_node: BadNode, request: Any) -> bytes:  # noqa: ANN401
        return nodes.ok({"jsonrpc": "2.0", "id": request["id"], "error": {"code": -32000, "message": said}})

    with bad_node(scene.url) as node:
        sender = scene.sender(ways=Ways([Node("node", node.url)], scene.said.append, 5.0))
        before = scene.nonce()
        first = sender.send(scene.order(blocks=20))
        node.weather = refused
        better = sender.replace(first, scene.order(blocks=20))
        assert [(out.hash, out.nonce) for out in sender.out] == [(first, before), (better, before)]
        assert (scene.state(first), scene.state(better)) == ("sent", REFUSALS[said])
        if wins == "better":
            scene.drop()
            scene.rpc.ask("eth_sendRawTransaction", "0x" + sender.out[1].raw.hex())
        scene.mine(sender)
    lost = better if wins == "first" else first
    assert (scene.state(first if wins == "first" else better), scene.state(lost)) == ("included", "replaced")
    assert (scene.trades(), sender.out, scene.nonce()) == ([770], (), before + 1)
    assert not scene.heard(Trouble)


def test_what_a_limit_forbids_leaves_what_is_out_as_it_is(scene: Scene) -> None:
    def forbid(_: Transaction, replaces: str) -> None:
        if replaces:
            raise GasPriceTooHighError("too dear")

    sender = scene.sender(check=forbid)
    first = sender.send(scene.order(blocks=20))
    with pytest.raises(GasPriceTooHighError):
        sender.replace(first, scene.order())
    assert [out.hash for out in sender.out] == [first]
    scene.mine(sender)
    assert (scene.state(first), scene.trades()) == ("included", [770])


def test_what_is_late_is_cancelled_at_a_higher_price(scene: Scene) -> None:
    sender = scene.sender()
    first = sender.send(scene.order(blocks=1))
    scene.drop()
    scene.mine(sender)
    (_, cancel) = sender.out
    assert (cancel.nonce, cancel.attempt_id, cancel.replaces) == (scene.nonce(), None, first)
    assert cancel.max_fee > 22 * GWEI
    before = scene.nonce()
    scene.mine(sender)
    assert (scene.nonce(), sender.out, scene.trades()) == (before + 1, (), [])
    assert (scene.state(first), scene.state(cancel.hash)) == ("replaced", "included")


def test_the_late_trade_may_still_win_the_race_against_its_cancellation(scene: Scene) -> None:
    sender = scene.sender()
    first = sender.send(scene.order(blocks=1))
    scene.drop()
    scene.mine(sender)
    (trade, cancel) = sender.out
    scene.drop()
    scene.rpc.ask("eth_sendRawTransaction", "0x" + trade.raw.hex())
    scene.mine(sender)
    assert (scene.state(first), scene.state(cancel.hash), scene.trades()) == ("included", "replaced", [770])
    assert sender.out == ()


def test_a_cancellation_never_costs_more_than_the_limit(scene: Scene) -> None:
    sender = scene.sender(fees=FeePolicy(tip=GWEI, limit=21 * GWEI))
    sent = sender.send(scene.order(blocks=1))
    scene.drop()
    scene.mine(sender)
    assert [out.hash for out in sender.out] == [sent]
    assert scene.heard(LimitReached)
    scene.mine(sender)
    assert scene.state(sent) == "included", "the very bytes were handed over again"


def test_what_only_relays_had_is_given_up_without_a_cancellation_and_the_nonce_used_again(scene: Scene) -> None:
    with serving(lambda *_: {"bundleHash": "0x01"}) as relay:
        ways = Ways([Bundles("relay", relay.url, dev_account(9))], scene.said.append, 5.0)
        sender = scene.sender(ways=ways)
        first = sender.send(scene.order(blocks=2))
        raw = sender.out[0].raw
        targets = [scene.head().number + 1]
        scene.mine(sender)
        targets.append(scene.head().number + 1)
        scene.mine(sender)
        assert [int(asked[0]["blockNumber"], 16) for _, asked in relay.asked()] == targets
        assert (sender.out, scene.state(first)) == ((), "given-up")
        with pytest.raises(SameAgainError):
            sender.send(replace(scene.order(), until=0))
        second = sender.send(replace(scene.order(blocks=2), data=b"\x01"))
        assert sender.out[0].nonce == scene.nonce()
        scene.rpc.ask("eth_sendRawTransaction", "0x" + raw.hex())  # a relay that keeps no word
        scene.mine(sender)
    assert (scene.state(first), scene.state(second), scene.trades()) == ("included", "replaced", [770])


def test_a_nonce_that_somebody_else_has_used_is_believed_only_after_some_blocks(scene: Scene) -> None:
    sender = scene.sender()
    sent = sender.send(scene.order(blocks=1))
    scene.drop()
    foreign = LocalSigner(KEY).sign(Transaction(1, scene.nonce(), KEY.address, b"", 21_000, 90 * GWEI, GWEI))
    scene.rpc.ask("eth_sendRawTransaction", "0x" + foreign.hex())
    scene.mine(sender)
    assert scene.state(sent) == "sent"
    scene.mine(sender)
    scene.mine(sender)
    assert (scene.state(sent), sender.out) == ("given-up", ())
    assert [event.kind for event in scene.heard(Trouble)] == ["nonce"]
    sender.send(scene.order())
    scene.mine(sender)
    assert scene.trades() == [770]


# reorgs and nodes that contradict themselves


@pytest.mark.parametrize("depth", [1, 3])
def test_a_trade_in_an_orphaned_block_is_sent_again_and_booked_once(scene: Scene, depth: int) -> None:
    sender = scene.sender()
    sent = sender.send(scene.order(blocks=20))
    scene.mine(sender)
    for _ in range(depth - 1):
        scene.mine(sender)
    assert scene.trades() == [770]
    scene.rpc.ask("anvil_reorg", depth, [])
    scene.drop()
    sender.watch(scene.head())
    assert (scene.state(sent), scene.trades(), len(sender.out)) == ("sent", [], 1)
    assert [event.hash for event in scene.heard(Orphaned)] == [sent]
    scene.mine(sender)
    assert (scene.state(sent), scene.trades(), sender.out) == ("included", [770], ())
    assert scene.nonce() == sender._outbox.count


def test_a_reorg_while_the_keeper_was_away_is_found_out_at_start(scene: Scene) -> None:
    sender = scene.sender()
    sent = sender.send(scene.order(blocks=20))
    scene.mine(sender)
    scene.mine(sender)
    scene.rpc.ask("anvil_reorg", 2, [])
    scene.drop()
    again = scene.sender()
    assert (scene.state(sent), scene.trades(), len(again.out)) == ("sent", [], 1)
    scene.mine(again)
    assert (scene.state(sent), scene.trades()) == ("included", [770])


def test_blocks_that_were_missed_are_read(scene: Scene) -> None:
    sender = scene.sender()
    sent = sender.send(scene.order(blocks=20))
    for _ in range(5):
        scene.mine()
    scene.mine(sender)
    assert (scene.state(sent), scene.trades()) == ("included", [770])


def test_a_long_gap_is_settled_by_hash(scene: Scene) -> None:
    sender = scene.sender()
    sent = sender.send(scene.order(blocks=200))
    scene.rpc.ask("anvil_mine", hex(100))
    sender.watch(scene.head())
    assert (scene.state(sent), scene.trades()) == ("included", [770])


def test_receipts_that_have_come_along_count_for_the_block_that_they_were_asked_at(scene: Scene) -> None:
    sender = scene.sender()
    sent = sender.send(scene.order(blocks=20))
    raw = "0x" + sender.out[0].raw.hex()
    scene.mine()
    sender.follow(scene.head())
    sender.inquire()
    scene.rpc.ask("eth_chainId")
    scene.rpc.ask("anvil_reorg", 1, [[raw, 0]])
    sender.follow(scene.head())
    sender.settle()
    assert (scene.state(sent), scene.trades(), scene.heard(Trouble)) == ("included", [770], [])


@pytest.mark.parametrize("lie", [lambda told: {**told, "blockHash": "0x" + "ab" * 32}, lambda _: None])
def test_a_receipt_that_contradicts_the_chain_books_nothing_until_it_agrees(
    scene: Scene, lie: Callable[[Any], Any]
) -> None:
    node = Asking(scene.rpc, eth_getTransactionReceipt=lie)
    sender = scene.sender(rpc=node)
    sent = sender.send(scene.order(blocks=1))
    scene.mine(sender)
    scene.mine(sender)
    assert (scene.state(sent), scene.trades(), len(sender.out)) == ("sent", [], 1), "neither booked nor cancelled"
    node._answers.clear()
    scene.mine(sender)
    assert (scene.state(sent), scene.trades()) == ("included", [770])


def test_a_receipt_of_another_transaction_is_no_receipt() -> None:
    answers: list[Any] = [{"transactionHash": "0x02", "blockHash": "0x03"}, "0x", []]
    for answer in answers:
        with pytest.raises(NodeError):
            Receipt.read(answer, "0x01")
    assert Receipt.read(None, "0x01") is Receipt.read({"blockHash": None}, "0x01") is None


def test_a_node_that_fails_while_watching_is_settled_by_the_next_block(scene: Scene) -> None:
    def fail(_: object) -> object:
        raise NodeError("away")

    node = Asking(scene.rpc)
    sender = scene.sender(rpc=node)
    sent = sender.send(scene.order(blocks=20))
    node._answers["eth_getTransactionReceipt"] = fail
    with suppress(NodeError):
        scene.mine(sender)
    with pytest.raises(NotReadyError):
        sender.send(scene.order())
    node._answers.clear()
    scene.mine(sender)
    assert (scene.state(sent), scene.trades()) == ("included", [770])


def test_a_way_without_an_answer_leaves_it_perhaps_out(scene: Scene) -> None:
    with serving(lambda *_: b"<html>") as odd:
        sender = scene.sender(ways=Ways([Node("odd", odd.url)], scene.said.append, 5.0))
        sent = sender.send(scene.order(blocks=20))
    assert (scene.state(sent), len(sender.out)) == ("signed", 1)
    again = scene.sender()
    assert (scene.state(sent), again.out[0].hash) == ("sent", sent)
    scene.mine(again)
    assert scene.trades() == [770]


def test_what_may_be_written_is_read_before_anything_else_is_sent(scene: Scene) -> None:
    class Losing:  # a fake: the database writes, and its answer is lost
        def __getattr__(self, name: str) -> Any:  # noqa: ANN401
            return getattr(scene.store, name)

        def signed(self, *given: Any) -> None:  # noqa: ANN401
            scene.store.signed(*given)
            raise StoreError("gone", "here")

    record = Losing()
    sender = scene.sender(record=record)
    with pytest.raises(StoreError):
        sender.send(scene.order(blocks=20))
    with pytest.raises(NotReadyError):
        sender.send(scene.order(blocks=20))
    scene.mine(sender)
    (out,) = sender.out
    scene.mine(sender)
    assert (scene.state(out.hash), scene.trades()) == ("included", [770])


def test_a_nonce_that_an_old_block_made_seem_free_does_not_stop_it(scene: Scene) -> None:
    node = Asking(scene.rpc)
    first = scene.sender()
    first.send(scene.order(blocks=20))
    scene.mine(first)
    node._answers["eth_getTransactionCount"] = lambda count: hex(int(count, 16) - 1)
    sender = scene.sender(rpc=node)
    with pytest.raises(NonceTakenError):
        sender.send(scene.order(blocks=20, fees=Fees(30 * GWEI, GWEI)))
    node._answers.clear()
    scene.mine(sender)
    sent = sender.send(scene.order(blocks=20))
    scene.mine(sender)
    assert (scene.state(sent), scene.trades()) == ("included", [770, 770])


# killed between any two steps

RECORDED = ("signed", "sent", "included", "orphaned", "given_up")


@pytest.mark.parametrize("better", [False, True], ids=["one", "and a better one"])
@pytest.mark.parametrize("lost", [False, True], ids=["kept", "dropped"])
def test_a_kill_between_any_two_steps_neither_loses_nor_repeats(scene: Scene, lost: bool, better: bool) -> None:
    steps = 0
    while True:
        steps += 1
        goals = [scene.attempt() for _ in range(2 if better else 1)]
        first, before = scene.nonce(), len(scene.trades())
        ended = killed_at(scene, steps, goals, lost=lost)
        rows = [row for row in scene.store.included_since(1, 0) if row.attempt_id in goals]
        assert len(rows) == 1, steps
        assert rows[0].state == State.INCLUDED
        assert len(scene.trades()) == before + 1
        assert scene.nonce() == first + 1, "one transaction, no hole"
        assert scene.store.open_transactions(1) == []
        if ended == "done":
            assert rows[0].attempt_id == goals[-1]
            break
    assert steps > (13 if better else 8)


def killed_at(scene: Scene, step: int, goals: list[int], *, lost: bool) -> str:
    """Kill one keeper at a step, then let another go on until all is done."""
    done = len(scene.trades())
    ended = story_of(scene, [step], goals, done)
    if ended == "killed":
        if lost:
            scene.drop()
        assert story_of(scene, [-1], goals, done) == "done"
    return ended


def story_of(scene: Scene, clock: list[int], goals: list[int], done: int) -> str:
    """What a keeper does, started anew: see what is out, send unless one has earned, then the better, watch."""
    record = Killing(scene.store, clock, RECORDED)
    signer, ways = Killing(LocalSigner(KEY), clock, ("sign",)), Killing(scene.ways(), clock, ("hand",))
    try:
        sender = scene.sender(record, ways, signer)
        if not sender.out and len(scene.trades()) == done:
            sender.send(scene.order(attempt_id=goals[0], blocks=20))
        if len(goals) > len(sender.out) == 1:
            sender.replace(sender.out[0].hash, scene.order(attempt_id=goals[1], blocks=20))
        scene.mine(sender)
        scene.mine(sender)
    except KillSwitch:
        return "killed"
    return "done"
