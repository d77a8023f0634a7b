"""Sending on a real chain through reorgs, gaps, and nodes that fail or contradict themselves [K4, K6]."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from send_stage import GWEI, Asking, Scene, scene, served
from stubs import serving

from harness.keeper.events import Included, Orphaned, Trouble
from harness.keeper.fees import Fees
from harness.keeper.receipts import Receipt
from harness.keeper.send import NotReadyError
from harness.keeper.signers import LocalSigner
from harness.keeper.ways import Bundles, Node, Ways
from harness.node import NodeError
from harness.settings import dev_account
from harness.store import NonceTakenError, StoreError

__all__ = ["scene", "served"]


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


def test_what_was_seen_in_a_block_that_is_gone_after_a_long_gap_is_out_again(scene: Scene) -> None:
    sender = scene.sender()
    sent = sender.send(scene.order(blocks=300))
    scene.mine()
    sender.follow(scene.head())
    assert (sender.unsettled, sender.waiting) == (1, ())
    scene.rpc.ask("anvil_reorg", 1, [])
    scene.drop()
    scene.rpc.ask("anvil_mine", hex(100))
    sender.follow(scene.head())
    assert (sender.unsettled, [out.hash for out in sender.waiting]) == (0, [sent])


def test_where_a_node_does_not_say_what_is_in_a_block_it_is_asked_for_each(scene: Scene) -> None:
    sender = scene.sender()
    sent = sender.send(scene.order())
    sender.watch(replace(scene.mine(), transactions=None))
    assert (scene.state(sent), scene.trades()) == ("included", [770])


def test_what_is_booked_is_said_once_however_often_it_is_looked_up(scene: Scene) -> None:
    sender = scene.sender()
    sent = sender.send(scene.order())
    scene.mine(sender)
    sender._inclusion.look_up(sender._outbox.past[sent])
    assert [event.hash for event in scene.heard(Included)] == [sent]
    assert scene.trades() == [770]


def test_at_a_start_a_receipt_of_a_block_that_is_not_the_chains_books_nothing(scene: Scene) -> None:
    sent = scene.sender().send(scene.order(blocks=20))
    scene.mine()
    node = Asking(scene.rpc, eth_getTransactionReceipt=lambda told: {**told, "blockHash": "0x" + "ab" * 32})
    sender = scene.sender(rpc=node)
    assert (scene.state(sent), scene.trades(), len(sender.out)) == ("sent", [], 1)


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


@pytest.mark.parametrize("blocks", [1, 20])
def test_what_a_block_names_is_waited_for_until_there_is_a_receipt(scene: Scene, blocks: int) -> None:
    node = Asking(scene.rpc, eth_getTransactionReceipt=lambda _: None)
    sender = scene.sender(rpc=node)
    sent = sender.send(scene.order(blocks=blocks))
    for _ in range(5):
        scene.mine(sender)
        assert (scene.state(sent), sender.unsettled) == ("sent", 1)
    node._answers.clear()
    scene.mine(sender)
    assert (scene.state(sent), scene.trades(), scene.heard(Trouble)) == ("included", [770], [])


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


def test_all_that_entered_a_block_while_nobody_looked_is_booked_at_the_start(scene: Scene) -> None:
    sender = scene.sender(most=2)
    sent = [sender.send(scene.order(blocks=20)) for _ in range(2)]
    scene.mine()
    scene.mine()
    assert scene.sender(most=2).out == ()
    assert ([scene.state(one) for one in sent], scene.trades()) == (["included"] * 2, [770] * 2)


def test_what_was_given_up_and_entered_a_block_while_nobody_looked_is_booked_at_the_start(scene: Scene) -> None:
    with serving(lambda *_: {"bundleHash": "0x01"}) as relay:
        sender = scene.sender(ways=Ways([Bundles("relay", relay.url, dev_account(9))], scene.said.append, 5.0))
        sent = sender.send(scene.order(blocks=1))
        raw = sender.out[0].raw
        scene.mine(sender)
    assert scene.state(sent) == "given-up"
    scene.rpc.ask("eth_sendRawTransaction", "0x" + raw.hex())
    scene.mine()
    scene.sender()
    assert (scene.state(sent), scene.trades()) == ("included", [770])


def test_what_is_in_a_block_is_handed_to_no_relay_again(scene: Scene) -> None:
    with serving(lambda *_: {"bundleHash": "0x01"}) as relay:
        sender = scene.sender(ways=Ways([Bundles("relay", relay.url, dev_account(9))], scene.said.append, 5.0))
        sender.send(scene.order(blocks=9))
        scene.rpc.ask("eth_sendRawTransaction", "0x" + sender.out[0].raw.hex())
        scene.mine()
        sender.follow(scene.head())
        assert (sender.unsettled, len(relay.requests)) == (1, 1)


def test_a_start_asks_nothing_about_what_the_record_has_in_a_block(scene: Scene) -> None:
    first = scene.sender()
    first.send(scene.order())
    scene.mine(first)
    node = Asking(scene.rpc)
    scene.sender(rpc=node)
    assert "eth_getTransactionReceipt" not in node.methods


def test_what_another_account_has_sent_is_left_alone(scene: Scene) -> None:
    """Of two accounts on a chain, as after a key was changed, each is followed by whoever has its key."""
    other = scene.sender(signer=LocalSigner(dev_account(8)))
    gone = other.send(scene.order(blocks=20))
    scene.mine(other)
    scene.rpc.ask("anvil_reorg", 1, [])
    scene.drop()
    out = other.send(scene.order(blocks=1))
    sender = scene.sender()
    assert sender.out == ()
    scene.mine(sender)
    scene.mine(sender)
    assert (sender.out, sender._outbox.count) == ((), scene.nonce())
    assert (scene.state(gone), scene.state(out)) == ("included", "sent")
