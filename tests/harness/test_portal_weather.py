"""What the keeper leaves alone of what has left a rollup, and what the rollup's node cannot make it do."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from bad_node import Answer, BadNode, Request, Weather, bad_node, busy, dropped, fair, page, truncated
from op_relay import CHALLENGE, Proposer, gone_down, origin
from portal_stage import LEAST_GAS, POLICY, came, claiming, found, keeping, nonce
from two_chains import AMOUNT, HERE, Two, done_by, failures, opened, stranger

from harness.crossings import PROVING
from harness.keeper.abi import calldata
from harness.keeper.chores.portal_claims import MOST_GAS
from harness.keeper.chores.rollup import REREAD, Departure, Rollup
from harness.keeper.chores.withdrawals import PASSER
from harness.keeper.events import HistoryRead

# what is not ours, or not worth it


def test_it_has_to_be_worth_the_gas_of_both_steps(two: Two, relay: Proposer) -> None:
    """The proof alone would be worth it."""
    gone_down(two, 12 * 10**18)
    relay.propose()
    assert keeping(two) == []
    chore = claiming(two)
    chore._pays = lambda *_: True  # type: ignore[method-assign]
    task = found(two, two.below.chores(POLICY, [chore]))
    assert task.worth_wei is not None
    price = two.below.head().base_fee + POLICY.tip
    assert task.gas * price <= task.worth_wei * POLICY.gas_share_bps // 10_000 < PROVING * price
    assert failures(two.below) == []


def test_dust_and_what_the_guard_cannot_price_waits(two: Two, relay: Proposer) -> None:
    gone_down(two, 10**18)
    gone_down(two, AMOUNT // 2)
    relay.propose()
    two.below.node.mine(30 * CHALLENGE)
    assert keeping(two) == []
    two.below.feeds()
    assert keeping(two) == ["claim"]


def test_nothing_is_done_for_what_goes_elsewhere_or_wants_too_much_gas(two: Two, relay: Proposer) -> None:
    sent = gone_down(two)
    relay.propose()
    chore = claiming(two)
    mine, theirs = (one[2:].lower() for one in (opened(two.below, HERE), stranger().address))
    elsewhere = replace(sent, data=bytes.fromhex(sent.data.hex().replace(mine, theirs)))
    chore._rollup.departures = {
        one.digest: Departure(one, 0) for one in (elsewhere, replace(sent, gas=MOST_GAS + 1), replace(sent, value=1))
    }
    chore._rollup.follow = lambda: None  # type: ignore[method-assign]
    assert done_by(two.below, two.below.chores(POLICY, [chore])) == []
    assert chore._found == []
    assert failures(two.below) == []


def test_a_bridge_that_is_none_holds_nothing_else_up(two: Two) -> None:
    gone_down(two)
    two.below.grant("DAI", opened(two.below, HERE), 100 * 10**18)
    chore = claiming(two)
    chore._portal._bridge = two.below.token("WETH")
    assert done_by(two.below, two.below.chores(POLICY, [chore])) == ["inbox"]
    assert "messenger()" in failures(two.below)[0]


# the rollup's node


@contextmanager
def behind(two: Two, weather: Weather) -> Iterator[BadNode]:
    with bad_node(two.above.url) as node:
        node.weather = weather
        yield node


Proofs = dict[str, Any]
Bend = Callable[[Request, Any], object]


def lying(method: str, bend: Bend) -> Weather:
    """Bend what a node answers to a method."""

    def weather(node: BadNode, request: Request) -> bytes:
        answer: Answer = node.passed(request)
        if request["method"] == method:
            answer["result"] = bend(request, answer["result"])
        return _replied(answer)

    return weather


def _replied(answer: Answer) -> bytes:
    body = json.dumps(answer).encode()
    return f"HTTP/1.1 200 -\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _flipped(text: str) -> str:
    return text[:-1] + ("0" if text[-1] != "0" else "1")


def _another_root(_: Request, found: Proofs) -> Proofs:
    return {**found, "storageHash": _flipped(found["storageHash"])}


def _bent_node(_: Request, found: Proofs) -> Proofs:
    (shown,) = found["storageProof"]
    *first, last = shown["proof"]
    return {**found, "storageProof": [{**shown, "proof": [*first, _flipped(last)]}]}


def _nothing_there(_: Request, found: Proofs) -> Proofs:
    return {**found, "storageProof": [{**found["storageProof"][0], "value": "0x0"}]}


def _more(request: Request, found: list[Proofs]) -> list[Proofs]:
    """A thousandfold of what was sent, with the hash that belongs to that."""
    if request["params"][0]["address"] != [PASSER]:
        return found
    for log in found:
        data = bytes.fromhex(log["data"][2:])
        true = AMOUNT.to_bytes(32)
        log["data"] = "0x" + data.replace(true, (1_000 * AMOUNT).to_bytes(32)).hex()
    return found


LIES: dict[str, tuple[Weather, str]] = {
    "another storage": (lying("eth_getProof", _another_root), "another state than the last outputs"),
    "bent proof": (lying("eth_getProof", _bent_node), "MerkleTrie"),
    "not in the state": (lying("eth_getProof", _nothing_there), "does not know it any more"),
    "another state root": (
        lying("eth_getBlockByNumber", lambda _, block: {**block, "stateRoot": _flipped(block["stateRoot"])}),
        "another state than the last outputs",
    ),
    "another block": (
        lying("eth_getBlockByNumber", lambda _, block: {**block, "hash": _flipped(block["hash"])}),
        "another state than the last outputs",
    ),
    "no block": (lying("eth_getBlockByNumber", lambda *_: None), "another state than the last outputs"),
    "another chain": (lying("eth_chainId", lambda *_: hex(10)), "answers with chain id 10"),
    "another amount": (lying("eth_getLogs", _more), "answers with nonsense"),
    "nonsense": (lying("eth_getProof", lambda *_: {"storageHash": 7}), "answers with nonsense"),
    "a proof of less": (lying("eth_getProof", lambda _, one: {**one, "storageProof": []}), "answers with nonsense"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_node_that_lies_moves_nothing(two: Two, relay: Proposer, lie: str) -> None:
    weather, said = LIES[lie]
    gone_down(two)
    relay.propose()
    before = nonce(two)
    with behind(two, weather) as node:
        assert keeping(two, node.url) == []
    assert nonce(two) == before
    assert any(said in one for one in failures(two.below)), failures(two.below)
    assert keeping(two) == ["claim"]


def refusing(_: BadNode, request: Request) -> bytes:
    """Answer with an error of JSON-RPC's."""
    return _replied({"jsonrpc": "2.0", "id": request["id"], "error": {"code": -32000, "message": "not today"}})


@pytest.mark.parametrize("weather", [dropped, busy, page, truncated, refusing])
def test_a_node_that_is_down_is_told_of_and_holds_nothing_up(two: Two, relay: Proposer, weather: Weather) -> None:
    gone_down(two)
    relay.propose()
    with behind(two, weather) as node:
        chores = two.below.chores(POLICY, [claiming(two, f"{node.url}/secret-key")])
        two.below.grant("DAI", opened(two.below, HERE), 100 * 10**18)
        assert done_by(two.below, chores, 3) == ["inbox"]
        assert sum(node.asked.values()) == 3  # once a look
        assert len(failures(two.below)) == 3
        assert all(node.url in said and "secret" not in said for said in failures(two.below))
        node.weather = fair
        assert done_by(two.below, chores, 2) == ["claim"]
        relay.age()
        node.weather = weather  # what is proven needs it no more
        node.asked.clear()
        assert done_by(two.below, chores, 3) == ["claim", "inbox"]
        assert sum(node.asked.values()) == 3
    assert came(two) == AMOUNT + 100 * 10**18


def test_a_node_whose_chain_becomes_another_is_left(two: Two, relay: Proposer) -> None:
    gone_down(two)
    with behind(two, fair) as node:
        chores = two.below.chores(POLICY, [claiming(two, node.url)])
        assert done_by(two.below, chores, 2) == []
        relay.propose()
        node.weather = lying("eth_chainId", lambda *_: "0xa")
        assert done_by(two.below, chores, 2) == []
        assert all("answers for another chain than base" in said for said in failures(two.below))


def test_a_node_that_was_ahead_of_its_chain_is_read_anew(two: Two, relay: Proposer) -> None:
    ahead = lying("eth_blockNumber", lambda *_: hex(10**9))
    empty = lying("eth_getLogs", lambda *_: [])
    with behind(two, lambda node, one: (ahead if one["method"] == "eth_blockNumber" else empty)(node, one)) as node:
        chores = two.below.chores(POLICY, [claiming(two, node.url)])
        assert done_by(two.below, chores, 2) == []
        gone_down(two)
        for _ in range(2 * REREAD):
            two.above.node.mine()
        relay.propose()
        node.weather = fair
        assert done_by(two.below, chores) == ["claim"]


def test_what_leaves_in_place_of_blocks_that_are_no_more_is_found(two: Two, relay: Proposer) -> None:
    above = two.above.node
    rollup = Rollup(origin(two.above), two.below.chain.chain_id)
    before = above.rpc("evm_snapshot")
    first = gone_down(two)
    for _ in range(REREAD // 2):
        above.mine()
    rollup.follow()
    above.rpc("evm_revert", before)
    above.mine()
    second = gone_down(two, AMOUNT // 2)
    for _ in range(REREAD):
        above.mine()
    rollup.follow()
    assert set(rollup.departures) == {first.digest, second.digest}
    evidence = rollup.evidence([relay.propose()], [first, second])
    assert set(evidence.nodes) == {second.digest}


def test_what_others_send_in_the_same_block_is_none_of_ours(two: Two) -> None:
    above = two.above
    dai, bridge = above.token("DAI"), above.chain.bridges["ethereum"].address
    above.grant("DAI", stranger().address, AMOUNT)
    signature = "bridgeERC20To(address,address,address,uint256,uint32,bytes)"
    inbox = opened(two.below, HERE)
    data = calldata(signature, dai, two.below.token("DAI"), inbox, AMOUNT, LEAST_GAS, b"")
    above.node.send(stranger(), bridge, data)
    ours = gone_down(two, AMOUNT // 2)
    rollup = Rollup(origin(above), two.below.chain.chain_id)
    rollup.follow()
    assert set(rollup.departures) == {ours.digest}


def test_the_rest_of_a_long_history_is_read_with_the_next_looks(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    module = "harness.keeper.chores.rollup"
    gone_down(two)
    rollup = Rollup(origin(two.above), two.below.chain.chain_id)
    newest = two.above.head().number
    monkeypatch.setattr("harness.history.QUICK", -1)
    rollup._stride.span = 2
    monkeypatch.setattr(f"{module}.REQUESTS", 3)
    looks = 0
    while rollup._next <= newest and not rollup.departures:
        rollup.follow()
        looks += 1
    first = two.above.deployment.contracts["reserve"].block
    assert looks == pytest.approx((newest - first) / 6, abs=1)
    assert len(rollup.departures) == 1


def test_while_a_rollup_has_been_read_in_part_each_block_is_looked_at_and_it_is_told(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = two.below
    monkeypatch.setattr("harness.keeper.chores.rollup.REQUESTS", 3)
    monkeypatch.setattr("harness.history.SPAN", 2)
    chores = below.chores(replace(POLICY, every=1_000), [claiming(two)])
    below.heard.clear()
    for _ in range(6):
        chores.look(below.head())
        below.node.mine()
    told = [event for event in below.heard if isinstance(event, HistoryRead) and event.of == "base"]
    newest = two.above.head().number
    assert len(told) > 1
    assert {event.newest for event in told} == {newest}
    blocks = [event.block for event in told]
    assert blocks == sorted(set(blocks))
    assert blocks[-1] == newest


def test_what_goes_to_another_chain_is_none_of_ours(two: Two) -> None:
    gone_down(two)
    rollup = Rollup(origin(two.above), 10)
    rollup.follow()
    assert rollup.departures == {}
