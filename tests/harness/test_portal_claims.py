"""The keeper proves what has left a rollup of the OP stack for our inboxes, waits, and has it arrive: by either portal.

A look of a keeper that has just been started learns where inboxes are; the second one finds what is due.
"""

from dataclasses import replace
from tempfile import TemporaryDirectory

import pytest
from op_relay import Proposer, delivered, deposits, gone_down, origin
from portal_stage import (
    LEAST_GAS,
    POLICY,
    came,
    claiming,
    finalisation,
    found,
    keeping,
    proven_by,
)
from two_chains import AMOUNT, HERE, THERE, Two, done_by, failures, held, in_bucket, opened, sent, stranger

from harness.crossings import PROVING
from harness.deployments import DeploymentError
from harness.devchain import BASE_FEE
from harness.keeper.config import Bridge, ChainPart
from harness.keeper.events import ChoreDone
from harness.keeper.origins import origins_of
from harness.keeper.signers import LocalSigner
from harness.keeper.start import Plan, assembled
from harness.settings import KEEPER, dev_account
from harness.store import Store

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


def test_a_keeper_on_each_side_takes_it_up_and_home_again(two: Two, relay: Proposer) -> None:
    below, above = two.below, two.above
    (deposit,) = deposits(sent(below, HERE, below.token("DAI"), AMOUNT // 2, (above, THERE)))
    assert delivered(above.node, deposit)["status"] == 1
    assert done_by(above, above.chores(POLICY)) == ["inbox"]
    assert in_bucket(above, THERE, above.token("DAI")) == AMOUNT + AMOUNT // 2
    gone_down(two, AMOUNT + AMOUNT // 2)
    relay.propose()
    assert keeping(two) == ["claim"]
    relay.age()
    assert keeping(two) == ["claim", "inbox"]
    assert came(two) == AMOUNT
    assert done_by(above, above.chores(POLICY)) == []


def test_both_steps_take_no_more_gas_than_prices_say(two: Two, relay: Proposer) -> None:
    gone_down(two)
    relay.propose()
    keeping(two)
    relay.age()
    keeping(two)
    steps = [event for event in two.below.heard if isinstance(event, ChoreDone) and event.kind == "claim"]
    assert len(steps) == 2
    assert sum(event.gas_cost for event in steps) // BASE_FEE <= PROVING


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
    left = gone_down(two)
    proven_by(relay, left, relay.propose())
    assert keeping(two) == ([] if type(relay) is Proposer else ["claim"])  # a game's proof is whose it is
    relay.age()
    assert keeping(two) == ["claim", "inbox"]
    assert came(two) == AMOUNT
    assert failures(two.below) == []


def test_a_keeper_that_comes_late_uses_the_proof_of_a_stranger(two: Two, relay: Proposer) -> None:
    left = gone_down(two)
    proven_by(relay, left, relay.propose())
    relay.age()
    assert keeping(two) == ["claim", "inbox"]
    assert came(two) == AMOUNT


def test_what_a_stranger_has_carried_out_is_credited_alone(two: Two, relay: Proposer) -> None:
    left = gone_down(two)
    proven_by(relay, left, relay.propose())
    relay.age()
    relay.do(stranger(), finalisation(relay, left, stranger().address))
    assert keeping(two) == ["inbox"]
    assert came(two) == AMOUNT
    assert failures(two.below) == []


def test_a_stranger_who_is_faster_between_look_and_block_costs_gas_alone(two: Two, relay: Proposer) -> None:
    left = gone_down(two)
    relay.propose()
    assert keeping(two) == ["claim"]
    relay.age()
    chores = two.below.chores(POLICY, [claiming(two)])
    task = found(two, chores)
    relay.do(stranger(), finalisation(relay, left, dev_account(KEEPER).address))
    receipt = two.below.send(task)
    assert receipt["status"] == 0
    chores.done(task, receipt, two.below.head().timestamp)
    assert done_by(two.below, chores) == ["inbox"]
    assert came(two) == AMOUNT


def test_what_failed_when_a_stranger_carried_it_out_is_tried_again(two: Two, relay: Proposer) -> None:
    """The bridge has not got the money at that time; the messenger notes the failure, and anybody tries again."""
    below, dai = two.below, two.below.token("DAI")
    bridge = below.chain.bridges["base"].address
    left = gone_down(two)
    proven_by(relay, left, relay.propose())
    keeping(two)
    relay.age()
    below.node.rpc("anvil_setBalance", bridge, hex(10**18))
    below.node.grant(dai, bridge, {stranger().address: held(below, dai, bridge)})
    assert keeping(two) == []
    assert failures(below)
    relay.do(stranger(), finalisation(relay, left, stranger().address))
    assert held(below, dai, opened(below, HERE)) == 0
    below.node.do(stranger(), dai, "transfer(address,uint256)", bridge, AMOUNT)
    again = found(two, below.chores(POLICY, [claiming(two)]))
    assert again.to == relay.messenger
    assert again.gas > LEAST_GAS  # with less the messenger would note another failure, and succeed
    assert keeping(two) == ["claim", "inbox"]
    assert came(two) == AMOUNT
