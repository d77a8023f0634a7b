"""Ways: all at once, none holding up another, and what they say means what it means."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from eth_utils.crypto import keccak
from stubs import Reply, Stub, serving

from harness.keeper.events import Asked, Event, Recovered, Trouble
from harness.keeper.signers import LocalSigner
from harness.keeper.transaction import Transaction, hash_of
from harness.keeper.ways import Bundles, Node, Parcel, Private, Verdict, Way, Ways, taken, verdict
from harness.replica import Replica
from harness.settings import KEEPER, dev_account

KEY, REPUTATION = dev_account(KEEPER), dev_account(9)
RAW = LocalSigner(KEY).sign(Transaction(1, 0, KEY.address, b"", 21_000, 10**10, 0))
PARCEL = Parcel(RAW, 100, 102)


class Scene:
    """Servers, and what was said."""

    def __init__(self, stack: ExitStack) -> None:
        self.stack, self.said = stack, list[Event]()

    def serve(self, reply: Reply) -> Stub:
        """One more server."""
        return self.stack.enter_context(serving(reply))

    def ways(self, *ways: Way, patience: float = 2.0) -> Ways:
        """All of them, closed at the end."""
        made = Ways(ways, self.said.append, patience)
        self.stack.callback(made.close)
        return made

    def heard(self, kind: type) -> list[Any]:
        """The events of a kind."""
        return [event for event in self.said if isinstance(event, kind)]


@pytest.fixture
def scene() -> Iterator[Scene]:
    with ExitStack() as stack:
        yield Scene(stack)


def accepting(method: str, parameters: list[Any]) -> object:
    """A fake node or relay that takes everything."""
    return hash_of(bytes.fromhex(parameters[0][2:])) if method == "eth_sendRawTransaction" else {"bundleHash": "0x01"}


def hanging(*_: object) -> object:
    time.sleep(1.5)
    return {}


def refusing(text: str) -> Reply:
    def reply(*_: object) -> object:
        raise ValueError(text)

    return reply


def broken(*_: object) -> object:
    return b"no"


def scripted(replies: list[Reply]) -> Reply:
    """One reply after the other."""

    def reply(method: str, parameters: list[Any]) -> object:
        return replies.pop(0)(method, parameters)

    return reply


def test_a_real_node_takes_it_and_knows_it_again(scene: Scene, node: Replica) -> None:
    node.web3.provider.make_request("evm_setAutomine", [False])  # type: ignore[arg-type]
    ways = scene.ways(Node("node", node.url))
    assert ways.hand(PARCEL)["node"].verdict is Verdict.TAKEN
    again = ways.hand(PARCEL)
    assert again["node"].verdict is Verdict.KNOWN
    assert taken(again) == ("node",)
    other = LocalSigner(KEY).sign(Transaction(1, 0, KEY.address, b"\x01", 30_000, 10**10, 0))
    assert ways.hand(Parcel(other, 100, 102))["node"].verdict is Verdict.UNDERPRICED
    node.web3.provider.make_request("evm_mine", [])  # type: ignore[arg-type]
    late = LocalSigner(KEY).sign(Transaction(1, 0, KEY.address, b"\x02", 30_000, 10**11, 0))
    assert ways.hand(Parcel(late, 101, 102))["node"].verdict is Verdict.NONCE_USED


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("already known", Verdict.KNOWN),
        ("AlreadyKnown", Verdict.KNOWN),
        ("call failed: AlreadyKnown", Verdict.KNOWN),
        ("Known transaction", Verdict.KNOWN),
        ("transaction already imported", Verdict.KNOWN),
        ("INTERNAL_ERROR: existing tx with same hash", Verdict.KNOWN),
        ("tx already in mempool", Verdict.KNOWN),
        ("nonce too low: next nonce 8, tx nonce 7", Verdict.NONCE_USED),
        ("Nonce too low", Verdict.NONCE_USED),
        ("OldNonce, Current nonce: 8, nonce of rejected tx: 7", Verdict.NONCE_USED),
        ("replacement transaction underpriced", Verdict.UNDERPRICED),
        ("transaction underpriced: gas tip cap 0, minimum needed 1", Verdict.UNDERPRICED),
        ("INTERNAL_ERROR: could not replace existing tx", Verdict.UNDERPRICED),
        ("INTERNAL_ERROR: fee too low", Verdict.UNDERPRICED),
        ("FeeTooLowToCompete", Verdict.UNDERPRICED),
        ("ReplacementNotAllowed", Verdict.UNDERPRICED),
        ("OwnNonceAlreadyUsed", Verdict.UNDERPRICED),
        ("max fee per gas less than block base fee", Verdict.UNDERPRICED),
        ("insufficient funds for gas * price + value", Verdict.REFUSED),
        ("unknown transaction type", Verdict.REFUSED),
        ("nonce too high", Verdict.REFUSED),
        ("", Verdict.REFUSED),
    ],
)
def test_every_node_s_words_mean_what_they_mean(text: str, meant: Verdict) -> None:
    assert verdict(text) is meant


def test_one_way_that_hangs_holds_up_no_other(scene: Scene) -> None:
    slow, quick = scene.serve(hanging), scene.serve(accepting)
    ways = scene.ways(Private("slow", slow.url), Node("quick", quick.url), patience=0.2)
    for _ in range(4):
        answers = ways.hand(PARCEL)
        assert taken(answers) == ("quick",)
        assert answers["slow"].verdict is Verdict.SILENT
    assert len(quick.requests) == 4
    assert len(slow.requests) <= 2, "what hangs is not asked without end"
    assert [event.where for event in scene.heard(Trouble)] == ["relay"], "once"


def test_one_request_that_hangs_does_not_hold_up_the_next_at_the_same_way(scene: Scene) -> None:
    arrived, free = threading.Event(), threading.Event()
    scene.stack.callback(free.set)

    def held(*_: object) -> object:
        arrived.set()
        free.wait(30)
        return {}

    relay = Private("relay", scene.serve(scripted([held, accepting])).url, timeout=60.0)
    ways = scene.ways(relay, patience=1.0)
    assert ways.hand(PARCEL)["relay"].verdict is Verdict.SILENT
    assert arrived.wait(10)
    ways._patience = 10.0
    assert ways.hand(PARCEL)["relay"].verdict is Verdict.TAKEN


def test_ways_that_fail_or_lie_are_told_apart_and_show_no_secret(scene: Scene) -> None:
    told = {
        "html": lambda *_: b"<html>429</html>",
        "empty": lambda *_: b"{}",
        "wrong-hash": lambda *_: "0x" + "ab" * 32,
        "poor": refusing("insufficient funds at https://relay.example/secret-key"),
        "used": refusing("nonce too low"),
        "good": accepting,
    }
    ways = scene.ways(
        *(Node(name, scene.serve(reply).url) for name, reply in told.items()),
        Node("gone", "http://127.0.0.1:1/secret-key"),
    )
    answers = ways.hand(PARCEL)
    assert {name: answer.verdict for name, answer in answers.items()} == {
        "html": Verdict.SILENT,
        "empty": Verdict.SILENT,
        "wrong-hash": Verdict.SILENT,
        "poor": Verdict.REFUSED,
        "used": Verdict.NONCE_USED,
        "good": Verdict.TAKEN,
        "gone": Verdict.SILENT,
    }
    assert taken(answers) == ("good",)
    assert "secret" not in repr(answers) + repr(scene.said)
    outcomes = sorted(event.outcome for event in scene.heard(Asked))
    assert outcomes == ["error"] * 2 + ["failed"] * 4 + ["ok"]


def test_what_works_again_is_told_when_all_of_its_kind_work(scene: Scene) -> None:
    scripts: list[list[Reply]] = [
        [accepting, broken, broken, accepting, accepting],
        [accepting, broken, broken, broken, accepting],
    ]
    nodes = [Node(f"node-{i}", scene.serve(scripted(script)).url) for i, script in enumerate(scripts)]
    ways, told = scene.ways(*nodes), []
    for _ in range(5):
        scene.said.clear()
        ways.hand(PARCEL)
        told.append([type(event) for event in scene.said if not isinstance(event, Asked)])
    assert told == [[], [Trouble], [], [], [Recovered]]


def test_a_private_transaction_says_how_long_it_is_wanted(scene: Scene) -> None:
    stub = scene.serve(accepting)
    assert taken(scene.ways(Private("private", stub.url)).hand(PARCEL)) == ("private",)
    assert stub.asked() == [("eth_sendPrivateTransaction", [{"tx": PARCEL.text, "maxBlockNumber": hex(102)}])]


def test_a_bundle_is_for_the_next_block_and_signed_by_the_reputation_s_key(scene: Scene) -> None:
    stub = scene.serve(accepting)
    ways = scene.ways(Bundles("relay", stub.url, REPUTATION))
    for block in (100, 101, 102):
        ways.hand(Parcel(RAW, block, 102), again=True)
    targets = [parameters[0] for _, parameters in stub.asked()]
    assert targets == [{"txs": [PARCEL.text], "blockNumber": hex(block)} for block in (101, 102)]
    for body, headers in zip(stub.requests, stub.headers, strict=True):
        address, signature = headers["X-Flashbots-Signature"].split(":")
        text = "0x" + keccak(body).hex()
        assert address == REPUTATION.address
        assert Account.recover_message(encode_defunct(text=text), signature=signature) == REPUTATION.address


def test_what_comes_behind_another_goes_only_to_those_that_keep_the_two_together(scene: Scene) -> None:
    node, private, relay = (scene.serve(accepting) for _ in range(3))
    ways = scene.ways(Node("node", node.url), Private("private", private.url), Bundles("relay", relay.url, REPUTATION))
    for again in (False, True):
        assert set(ways.hand(Parcel(RAW, 100, 101, before=b"\x02theirs"), again=again)) == {"relay"}
    assert node.requests == private.requests == []
    bundle = {"txs": ["0x02" + b"theirs".hex(), PARCEL.text], "blockNumber": hex(101)}
    assert relay.asked() == [("eth_sendBundle", [bundle])] * 2


def test_only_relays_are_told_again_in_every_block(scene: Scene) -> None:
    node, relay = scene.serve(accepting), scene.serve(accepting)
    ways = scene.ways(Node("node", node.url), Bundles("relay", relay.url, REPUTATION))
    ways.hand(PARCEL)
    assert set(ways.hand(PARCEL, again=True)) == {"relay"}
    assert (len(node.requests), len(relay.requests)) == (1, 2)


def test_only_ways_that_forget_by_themselves_are_bounded(scene: Scene) -> None:
    url = "http://127.0.0.1:1"
    relays = (Private("private", url), Bundles("relay", url, REPUTATION))
    assert scene.ways(*relays).bounded
    assert not scene.ways(*relays, Node("node", url)).bounded


def test_an_answer_without_a_message_is_still_a_refusal(scene: Scene) -> None:
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "error": "rate limited"}).encode()
    ways = scene.ways(Node("node", scene.serve(lambda *_: body).url))
    answer = ways.hand(PARCEL)["node"]
    assert answer.verdict is Verdict.REFUSED
    assert "rate limited" in answer.text
