"""The keeper proves what has left a rollup of the OP stack for our inboxes, waits, and has it arrive: by either portal.

A look of a keeper that has just been started learns where inboxes are; the second one finds what is due.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from bad_node import Answer, BadNode, Request, Weather, bad_node, busy, dropped, fair, page, truncated
from op_relay import CHALLENGE, Gamer, Proposer, gone_down, gone_up, origin, portal_of
from two_chains import (
    AMOUNT,
    HERE,
    Two,
    both_undone,
    done_by,
    failures,
    held,
    in_bucket,
    opened,
    standing,
    stranger,
)

from harness.deployments import DeploymentError
from harness.keeper.abi import calldata
from harness.keeper.chores.chore import Policy, Task
from harness.keeper.chores.chores import Chores
from harness.keeper.chores.portal_claims import MOST_GAS, ClaimWithdrawals
from harness.keeper.chores.portal_games import FINALISE_BY, GAMES
from harness.keeper.chores.rollup import Departure, Output, Rollup
from harness.keeper.chores.withdrawals import PASSER, Withdrawal
from harness.keeper.config import Bridge, ChainPart
from harness.keeper.origins import origins_of
from harness.keeper.signers import LocalSigner
from harness.keeper.start import Plan, assembled
from harness.settings import KEEPER, dev_account
from harness.store import Store

POLICY = Policy(enabled=frozenset(("inbox", "claim")), every=1)
KINDS: dict[str, type[Proposer]] = {"oracle": Proposer, "games": Gamer}


@pytest.fixture(scope="module")
def deployed(both_chains: Two) -> Iterator[Two]:
    with standing(both_chains) as two:
        opened(two.below, HERE)
        gone_up(two)
        yield two


@pytest.fixture(scope="module", params=KINDS)
def relay(deployed: Two, request: pytest.FixtureRequest) -> Iterator[Proposer]:
    with both_undone(deployed) as two:
        yield KINDS[request.param](two.below, two.above, "base")


@pytest.fixture
def two(deployed: Two, relay: Proposer) -> Iterator[Two]:  # noqa: ARG001 - the portal is part of the stage
    with both_undone(deployed) as two:
        yield two


def claiming(two: Two, url: str = "") -> ClaimWithdrawals:
    """The chore, with nothing remembered."""
    below = two.below
    rollup = Rollup(origin(two.above, url), below.chain.chain_id)
    return ClaimWithdrawals("base", rollup, portal_of(below, "base"), below.heard.append, below.chain.finality)


def keeping(two: Two, url: str = "", blocks: int = 4) -> list[str]:
    """What a keeper of the chain below that has just been started does in so many blocks."""
    return done_by(two.below, two.below.chores(POLICY, [claiming(two, url)]), blocks)


def found(two: Two, chores: Chores) -> Task:
    """What is to be done next by a keeper that has just been started."""
    for _ in range(2):
        task = chores.look(two.below.head())
        two.below.node.mine()
    assert task is not None
    return task


def finalisation(relay: Proposer, sent: Withdrawal, prover: str) -> bytes:
    """Calldata by which anybody carries out what somebody has proven."""
    if isinstance(relay, Gamer):
        return calldata(FINALISE_BY, sent.fields, prover)
    return relay.finalise(sent)


def proven_by(relay: Proposer, sent: Withdrawal, output: Output) -> None:
    """A stranger proves a withdrawal."""
    relay.do(stranger(), relay.prove(sent, relay.evidence(output, sent)))


def nonce(two: Two) -> int:
    return two.below.node.web3.eth.get_transaction_count(dev_account(KEEPER).address)


def came(two: Two) -> int:
    """Of dai, what has come to the pool's bucket since the stage was set."""
    return in_bucket(two.below, HERE, two.below.token("DAI")) - AMOUNT


# home


def test_it_is_proven_once_there_is_an_output_and_carried_out_once_that_has_aged(two: Two, relay: Proposer) -> None:
    dai = two.below.token("DAI")
    gone_down(two, AMOUNT // 4)
    assert keeping(two) == []
    relay.propose()
    assert keeping(two) == ["claim"]
    assert keeping(two) == []
    assert came(two) == 0
    relay.age()
    assert keeping(two) == ["claim", "inbox"]
    assert came(two) == AMOUNT // 4
    assert held(two.below, dai, opened(two.below, HERE)) == 0
    assert in_bucket(two.below, "uniswap-v2:DAI/WETH", dai) == 0
    assert keeping(two) == []
    assert failures(two.below) == []


def test_one_keeper_brings_home_several_and_then_looks_after_them_no_more(two: Two, relay: Proposer) -> None:
    chore = claiming(two)
    chores = two.below.chores(POLICY, [chore])
    for _ in range(2):
        gone_down(two, AMOUNT // 4)
    relay.propose()
    assert done_by(two.below, chores) == ["claim", "claim"]
    gone_down(two, AMOUNT // 4)
    relay.age()
    assert done_by(two.below, chores) == ["claim", "claim", "inbox"] or came(two) == AMOUNT // 2
    relay.propose()
    assert done_by(two.below, chores) == ["claim"]
    relay.age()
    assert done_by(two.below, chores) == ["claim", "inbox"]
    assert came(two) == AMOUNT * 3 // 4
    assert len(chore._rollup.departures) == 3
    for _ in range(two.below.chain.finality):
        two.below.node.mine()
    assert done_by(two.below, chores, 1) == []
    assert chore._rollup.departures == {}
    assert failures(two.below) == []


def test_each_keeper_goes_on_where_the_one_before_it_was_killed(two: Two, relay: Proposer) -> None:
    """Whatever a keeper had in mind, the next one does the same: nothing is remembered that decides."""
    gone_down(two)
    relay.propose()
    for _ in range(2):  # killed before it was sent
        assert found(two, two.below.chores(POLICY, [claiming(two)])).to == relay.address
    assert keeping(two) == ["claim"]
    relay.age()
    for _ in range(2):
        assert found(two, two.below.chores(POLICY, [claiming(two)])).to == relay.address
    assert keeping(two, blocks=2) == ["claim"]  # killed before it was credited
    assert keeping(two) == ["inbox"]
    assert came(two) == AMOUNT


def test_an_assembled_keeper_does_it_where_the_rollup_is_named(two: Two, relay: Proposer) -> None:
    below = two.below
    plan = Plan(
        below.chain, below.deployment, [below.node.web3], signer=LocalSigner(dev_account(KEEPER)), chores=POLICY
    )
    gone_down(two)
    relay.propose()
    for origins, done in (({}, []), ({"base": origin(two.above)}, ["claim"])):
        with TemporaryDirectory() as folder:
            store = Store(f"sqlite:///{folder}/record.db")
            store.migrate()
            chores = assembled(replace(plan, origins=origins), store).tending._chores
        assert chores is not None
        assert done_by(below, chores) == done


def test_what_is_known_of_a_rollup_is_in_files_alone(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    part = ChainPart(rpc=["http://127.0.0.1:9"], bridges={"base": Bridge()})
    monkeypatch.setenv("BASE_RPC_URL", two.above.url)
    with pytest.raises(DeploymentError, match="nothing is deployed on chain 8453"):
        origins_of(part, two.below.chain, local=False)
    monkeypatch.setattr("harness.keeper.origins.load_deployment", lambda _, local: local and two.above.deployment)
    assert origins_of(part, two.below.chain, local=True) == {"base": origin(two.above)}
    assert two.above.url not in repr(origin(two.above))


# somebody else


def test_what_a_stranger_has_proven_is_carried_out_once_it_has_aged(two: Two, relay: Proposer) -> None:
    sent = gone_down(two)
    proven_by(relay, sent, relay.propose())
    assert keeping(two) == ([] if type(relay) is Proposer else ["claim"])  # a game's proof is whose it is
    relay.age()
    assert keeping(two) == ["claim", "inbox"]
    assert came(two) == AMOUNT
    assert failures(two.below) == []


def test_what_a_stranger_has_carried_out_is_credited_alone(two: Two, relay: Proposer) -> None:
    sent = gone_down(two)
    proven_by(relay, sent, relay.propose())
    relay.age()
    relay.do(stranger(), finalisation(relay, sent, stranger().address))
    assert keeping(two) == ["inbox"]
    assert came(two) == AMOUNT


def test_a_stranger_who_is_faster_between_look_and_block_costs_gas_alone(two: Two, relay: Proposer) -> None:
    sent = gone_down(two)
    relay.propose()
    assert keeping(two) == ["claim"]
    relay.age()
    chores = two.below.chores(POLICY, [claiming(two)])
    task = found(two, chores)
    relay.do(stranger(), finalisation(relay, sent, dev_account(KEEPER).address))
    receipt = two.below.send(task)
    assert receipt["status"] == 0
    chores.done(task, receipt, two.below.head().timestamp)
    assert done_by(two.below, chores) == ["inbox"]
    assert came(two) == AMOUNT


def test_what_failed_when_a_stranger_carried_it_out_is_tried_again(two: Two, relay: Proposer) -> None:
    """The bridge has not got the money at that time; the messenger notes the failure, and anybody tries again."""
    below, dai = two.below, two.below.token("DAI")
    bridge = below.chain.bridges["base"].address
    sent = gone_down(two)
    proven_by(relay, sent, relay.propose())
    keeping(two)
    relay.age()
    below.node.rpc("anvil_setBalance", bridge, hex(10**18))
    below.node.grant(dai, bridge, {stranger().address: held(below, dai, bridge)})
    assert keeping(two) == []
    assert failures(below)
    relay.do(stranger(), finalisation(relay, sent, stranger().address))
    assert held(below, dai, opened(below, HERE)) == 0
    below.node.do(stranger(), dai, "transfer(address,uint256)", bridge, AMOUNT)
    assert keeping(two) == ["claim", "inbox"]
    assert came(two) == AMOUNT


# outputs that do not hold


def test_a_proof_whose_output_is_undone_is_made_anew(two: Two, relay: Proposer) -> None:
    gone_down(two)
    first = relay.propose()
    assert keeping(two) == ["claim"]
    relay.undo(first)
    assert keeping(two) == []
    relay.propose()
    assert keeping(two) == ["claim"]
    assert keeping(two) == []
    relay.age()
    assert keeping(two) == ["claim", "inbox"]
    assert came(two) == AMOUNT
    assert failures(two.below) == []


def test_nothing_is_proven_against_an_output_that_is_not_the_rollups(two: Two, relay: Proposer) -> None:
    gone_down(two)
    wrong = relay.propose(b"\x77" * 32)
    before = nonce(two)
    assert keeping(two) == []
    assert nonce(two) == before
    assert "another state than the last outputs" in failures(two.below)[0]
    if type(relay) is Proposer:
        relay.undo(wrong)
    relay.propose()
    assert keeping(two) == ["claim"]


of_games = pytest.mark.parametrize("relay", ["games"], indirect=True)


@of_games
def test_wrong_games_beside_the_right_one_do_no_harm(two: Two, relay: Gamer) -> None:
    gone_down(two)
    relay.propose()
    for place in range(3):
        relay.propose(bytes([place + 1]) * 32)
    assert keeping(two) == ["claim"]
    for place in range(GAMES):
        relay.propose(bytes([place + 9]) * 32)
    assert keeping(two) == []
    relay.age()
    assert keeping(two) == ["claim", "inbox"]


@of_games
def test_a_proof_by_a_game_that_was_lost_is_made_anew(two: Two, relay: Gamer) -> None:
    gone_down(two)
    game = relay.propose()
    assert keeping(two) == ["claim"]
    relay.contradict(game)
    relay.resolve()
    two.below.feeds()
    assert keeping(two) == []
    relay.propose()
    assert keeping(two) == ["claim"]
    relay.age()
    assert keeping(two) == ["claim", "inbox"]


@of_games
def test_a_proof_by_a_game_of_before_the_guardian_spoke_is_made_anew(two: Two, relay: Gamer) -> None:
    gone_down(two)
    relay.propose()
    assert keeping(two) == ["claim"]
    relay.retire()
    assert keeping(two) == []
    relay.propose()
    assert keeping(two) == ["claim"]
    relay.age()
    assert keeping(two) == ["claim", "inbox"]


# what is not ours, or not worth it


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
        body = json.dumps(answer).encode()
        return f"HTTP/1.1 200 -\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body

    return weather


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


@pytest.mark.parametrize("weather", [dropped, busy, page, truncated])
def test_a_node_that_is_down_is_told_of_and_holds_nothing_up(two: Two, relay: Proposer, weather: Weather) -> None:
    gone_down(two)
    relay.propose()
    with behind(two, weather) as node:
        chores = two.below.chores(POLICY, [claiming(two, f"{node.url}/secret-key")])
        two.below.grant("DAI", opened(two.below, HERE), 100 * 10**18)
        assert done_by(two.below, chores, 3) == ["inbox"]
        assert failures(two.below)
        assert all(node.url in said and "secret" not in said for said in failures(two.below))
        node.weather = fair
        assert done_by(two.below, chores, 2) == ["claim"]
        relay.age()
        node.weather = weather  # what is proven needs it no more
        assert done_by(two.below, chores, 3) == ["claim", "inbox"]
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
        relay.propose()
        node.weather = fair
        assert done_by(two.below, chores) == ["claim"]


def test_the_rest_of_a_long_history_is_read_with_the_next_looks(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    module = "harness.keeper.chores.rollup"
    gone_down(two)
    rollup = Rollup(origin(two.above), two.below.chain.chain_id)
    newest = two.above.head().number
    monkeypatch.setattr(f"{module}.SPAN", 2)
    monkeypatch.setattr(f"{module}.REQUESTS", 3)
    looks = 0
    while rollup._next <= newest and not rollup.departures:
        rollup.follow()
        looks += 1
    first = two.above.deployment.contracts["reserve"].block
    assert looks == pytest.approx((newest - first) / 6, abs=1)
    assert len(rollup.departures) == 1


def test_what_goes_to_another_chain_is_none_of_ours(two: Two) -> None:
    gone_down(two)
    rollup = Rollup(origin(two.above), 10)
    rollup.follow()
    assert rollup.departures == {}
