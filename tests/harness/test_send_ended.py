"""What was sent on a real chain and is replaced, cancelled or given up: of one nonce one ends in a block [K4]."""

from dataclasses import replace
from typing import Any

import bad_node as nodes
import pytest
from bad_node import BadNode, bad_node
from send_stage import GWEI, KEY, Scene, scene, served
from stubs import serving

from harness.keeper.events import GivenUp, LimitReached, Trouble
from harness.keeper.fees import FeePolicy
from harness.keeper.limits import GasPriceTooHighError
from harness.keeper.outbox import SameAgainError
from harness.keeper.overdue import LOST
from harness.keeper.send import NotOutError
from harness.keeper.signers import LocalSigner
from harness.keeper.transaction import Transaction
from harness.keeper.ways import Bundles, Node, Ways
from harness.settings import dev_account

__all__ = ["scene", "served"]


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


def test_what_replaces_something_replaced_pays_more_than_the_last(scene: Scene) -> None:
    sender = scene.sender()
    first = sender.send(scene.order())
    better = sender.replace(first, scene.order())
    best = sender.replace(first, scene.order())
    (_, second, third) = sender.out
    assert (second.hash, third.hash, third.replaces) == (better, best, better)
    assert third.max_fee > second.max_fee * 11 // 10
    scene.mine(sender)
    assert [scene.state(one) for one in (first, better, best)] == ["replaced", "replaced", "included"]


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


def test_a_cancellation_that_is_late_itself_gives_the_nonce_to_a_dearer_one(scene: Scene) -> None:
    sender = scene.sender(fees=FeePolicy(tip=GWEI, limit=1_000 * GWEI, blocks_to_live=1))
    first = sender.send(scene.order(blocks=1))
    for _ in range(2):
        scene.drop()
        scene.mine(sender)
    (_, cancel, dearer) = sender.out
    assert (cancel.replaces, dearer.replaces) == (first, cancel.hash)
    assert dearer.max_fee > cancel.max_fee
    scene.mine(sender)
    assert [scene.state(out) for out in (first, cancel.hash, dearer.hash)] == ["replaced", "replaced", "included"]


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


def test_a_nonce_that_seems_lost_was_used_by_what_was_given_up(scene: Scene) -> None:
    with serving(lambda *_: {"bundleHash": "0x01"}) as relay:
        sender = scene.sender(ways=Ways([Bundles("relay", relay.url, dev_account(9))], scene.said.append, 5.0))
        first = sender.send(scene.order(blocks=1))
        raw = sender.out[0].raw
        scene.mine(sender)
        second = sender.send(replace(scene.order(blocks=1), data=b"\x01"))
        scene.rpc.ask("eth_sendRawTransaction", "0x" + raw.hex())
        sender.watch(replace(scene.mine(), transactions=None))
    assert (scene.state(first), scene.state(second), scene.trades()) == ("included", "replaced", [770])


def test_a_nonce_that_somebody_else_has_used_is_believed_only_after_some_blocks(scene: Scene) -> None:
    sender = scene.sender()
    sent = sender.send(scene.order(blocks=1))
    scene.drop()
    foreign = LocalSigner(KEY).sign(Transaction(1, scene.nonce(), KEY.address, b"", 21_000, 90 * GWEI, GWEI))
    scene.rpc.ask("eth_sendRawTransaction", "0x" + foreign.hex())
    for _ in range(LOST - 1):
        scene.mine(sender)
        assert scene.state(sent) == "sent"
    scene.mine(sender)
    assert (LOST, scene.state(sent), sender.out) == (3, "given-up", ())
    assert [event.kind for event in scene.heard(Trouble)] == ["nonce"]
    sender.send(scene.order())
    scene.mine(sender)
    assert scene.trades() == [770]
