"""From one reserve to the other over the OP stack's own contracts: two replicas, and a stand-in for its nodes."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from op_relay import CHALLENGE, Proposer, acted, aliased, delivered, deposits, gone_down, gone_up
from two_chains import (
    AMOUNT,
    HERE,
    OTHER,
    SEND,
    THERE,
    Two,
    both_undone,
    flushed,
    held,
    in_bucket,
    in_flight,
    listed,
    opened,
    refusal,
    sent,
    standing,
    stranger,
)

from harness.keeper.abi import calldata
from harness.settings import GUARDIAN, KEEPER, dev_account


@pytest.fixture(scope="module")
def deployed(both_chains: Two) -> Iterator[Two]:
    with standing(both_chains) as two:
        yield two


@pytest.fixture
def two(deployed: Two) -> Iterator[Two]:
    with both_undone(deployed) as two:
        yield two


@pytest.fixture
def portal(two: Two) -> Proposer:
    return Proposer(two.below, two.above, "base")


def test_reserve_and_inboxes_have_one_address_on_both_chains(two: Two) -> None:
    assert two.below.at("reserve") == two.above.at("reserve")
    pool = two.above.pool(THERE).address
    answers = {stage.node.view(stage.at("reserve"), "inboxOf(address)", pool) for stage in (two.below, two.above)}
    assert len(answers) == 1


# from the chain below to the rollup


def test_what_is_sent_up_arrives_by_itself_and_is_credited_to_its_pool_alone(two: Two) -> None:
    below, above = two.below, two.above
    receipt = sent(below, HERE, below.token("DAI"), AMOUNT, (above, THERE))
    inbox, dai = opened(above, THERE), above.token("DAI")
    assert in_bucket(below, HERE, below.token("DAI")) == AMOUNT
    assert in_flight(below, above, below.token("DAI")) == AMOUNT
    assert held(above, dai, inbox) == 0
    (deposit,) = deposits(receipt)
    assert delivered(above.node, deposit)["status"] == 1
    assert held(above, dai, inbox) == AMOUNT
    flushed(above, inbox, dai)
    assert in_bucket(above, THERE, dai) == AMOUNT
    assert in_bucket(above, OTHER, dai) == 0
    assert held(above, dai, inbox) == 0


def test_what_has_been_delivered_is_not_delivered_again(two: Two) -> None:
    (deposit,) = deposits(sent(two.below, HERE, two.below.token("DAI"), AMOUNT, (two.above, THERE)))
    assert delivered(two.above.node, deposit)["status"] == 1
    assert delivered(two.above.node, deposit)["status"] == 0
    assert held(two.above, two.above.token("DAI"), opened(two.above, THERE)) == AMOUNT
    flushed(two.above, opened(two.above, THERE), two.above.token("DAI"))
    inbox = opened(two.above, THERE)
    again = calldata("flush(address)", two.above.token("DAI"))
    assert refusal(two.above, stranger().address, inbox, again).startswith("NothingArrived")


def test_nobody_but_the_messenger_below_delivers(two: Two) -> None:
    (deposit,) = deposits(sent(two.below, HERE, two.below.token("DAI"), AMOUNT, (two.above, THERE)))
    other = aliased(Proposer(two.below, two.above, "op-mainnet").messenger)
    for sender in (stranger().address, other):
        assert acted(two.above.node, sender, deposit.to, deposit.data)["status"] == 0
    assert held(two.above, two.above.token("DAI"), opened(two.above, THERE)) == 0
    assert delivered(two.above.node, deposit)["status"] == 1


def test_what_arrives_before_its_token_is_listed_waits_and_goes_to_the_same_pool(two: Two) -> None:
    above, dai = two.above, two.above.token("DAI")
    above.govern((above.at("reserve"), calldata("listToken(address,bool)", dai, False)))
    (deposit,) = deposits(sent(two.below, HERE, two.below.token("DAI"), AMOUNT, (above, THERE)))
    delivered(above.node, deposit)
    inbox, flush = opened(above, THERE), calldata("flush(address)", dai)
    assert refusal(above, stranger().address, inbox, flush).startswith("TokenNotListed")
    assert held(above, dai, inbox) == AMOUNT
    above.govern(listed(above, dai))
    flushed(above, inbox, dai)
    assert in_bucket(above, THERE, dai) == AMOUNT


@pytest.mark.parametrize(
    ("what", "error"),
    [("chain", "DestinationUnconfirmed"), ("pool", "DestinationUnconfirmed"), ("token", "NoBridge")],
)
def test_nothing_leaves_for_where_governance_has_not_looked(two: Two, what: str, error: str) -> None:
    below, above = two.below, two.above
    token = below.token("WETH" if what == "token" else "DAI")
    chain_id = 10 if what == "chain" else above.chain.chain_id
    target = above.pool(OTHER if what == "pool" else THERE).address
    data = calldata(SEND, below.pool(HERE).address, token, 1, chain_id, target)
    assert refusal(below, dev_account(KEEPER).address, below.at("reserve"), data).startswith(error)


def test_only_keepers_send_and_nobody_once_the_guardian_has_stopped_it(two: Two) -> None:
    below, above, dai = two.below, two.above, two.below.token("DAI")
    data = calldata(SEND, below.pool(HERE).address, dai, 1, above.chain.chain_id, above.pool(THERE).address)
    keeper, reserve = dev_account(KEEPER).address, below.at("reserve")
    assert refusal(below, stranger().address, reserve, data).startswith("NotInjector")
    assert refusal(below, keeper, reserve, data) == ""
    below.node.do(dev_account(GUARDIAN), reserve, "stopSending(address)", dai)
    assert refusal(below, keeper, reserve, data).startswith("AboveLargest")


# and back


def test_what_is_sent_down_is_proven_and_finalised_by_a_stranger_and_credited_to_its_pool(
    two: Two, portal: Proposer
) -> None:
    below, above = two.below, two.above
    gone_up(two)
    passed = gone_down(two)
    proof = portal.evidence(portal.propose(), passed)
    portal.do(stranger(), portal.prove(passed, proof))
    assert portal.refusal(stranger(), portal.finalise(passed)) == (
        "Error(OptimismPortal: proven withdrawal finalization period has not elapsed)"
    )
    below.node.mine(CHALLENGE + 60)
    portal.do(stranger(), portal.finalise(passed))
    inbox, dai = opened(below, HERE), below.token("DAI")
    assert held(below, dai, inbox) == AMOUNT
    flushed(below, inbox, dai)
    assert in_bucket(below, HERE, dai) == 2 * AMOUNT
    assert held(above, above.token("DAI"), above.at("reserve")) == 0
    assert portal.refusal(stranger(), portal.finalise(passed)) == (
        "Error(OptimismPortal: withdrawal has already been finalized)"
    )


def test_a_wrong_proof_and_another_withdrawal_are_refused(two: Two, portal: Proposer) -> None:
    gone_up(two)
    passed = gone_down(two)
    proof = portal.evidence(portal.propose(), passed)
    inbox, mine = (one[2:].lower() for one in (opened(two.below, HERE), stranger().address))
    robbed = replace(passed, data=bytes.fromhex(passed.data.hex().replace(inbox, mine)))
    assert robbed != passed
    nodes = proof.nodes[passed.digest]
    bent = bytearray(nodes[0])
    bent[-1] ^= 1
    wrong = [
        portal.prove(robbed, replace(proof, nodes={robbed.digest: nodes})),
        portal.prove(passed, replace(proof, nodes={passed.digest: (bytes(bent), *nodes[1:])})),
        portal.prove(passed, replace(proof, parts=(bytes(32), bytes(32), *proof.parts[2:]))),
    ]
    assert [portal.refusal(stranger(), data) == "" for data in wrong] == [False] * 3
    assert portal.refusal(stranger(), portal.prove(passed, proof)) == ""
    two.below.node.mine(CHALLENGE + 60)
    assert portal.refusal(stranger(), portal.finalise(passed)) == (
        "Error(OptimismPortal: withdrawal has not been proven yet)"
    )
