"""Sending on a real chain: one nonce one meaning, in the record first, booked once [K4]."""

from datetime import UTC, datetime

import pytest
from send_stage import EARNED, EARNER, KEY, REVERTER, TOKEN, Asking, Killing, Scene, scene, served

from harness.keeper.events import Included, Sent
from harness.keeper.limits import GasPriceTooHighError
from harness.keeper.send import BusyError, NotOutError, NotReadyError, Sender
from harness.keeper.signers import LocalSigner
from harness.keeper.transaction import Transaction
from harness.store import LeaseLostError

__all__ = ["scene", "served"]


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


def test_a_revert_is_booked_with_its_cost_and_no_trade(scene: Scene) -> None:
    sender = scene.sender()
    sent = sender.send(scene.order(REVERTER))
    scene.mine(sender)
    assert (scene.state(sent), scene.trades()) == ("reverted", [])
    (told,) = scene.heard(Included)
    assert (told.profit, told.error, told.gas_cost > 0) == (None, "reverted without a reason", True)
    ((attempt, _),) = scene.store.attempts(1, datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
    assert (attempt.state, attempt.refusal) == ("reverted", "reverted without a reason")


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
