"""Tokens are bought, passed on and sold on a replica, and judged by what came of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from eth_utils.address import to_checksum_address
from reader import Reader
from tokens import ETHER, EXECUTOR, Counting, Stage

from harness import replica
from harness.devchain import DevChain
from harness.keeper.probe import Hop, Manner, ProbeError, Step, Trade, Trial, hop_on
from harness.settings import KEEPER, dev_account


@pytest.fixture(scope="module")
def world(built: None) -> Iterator[Stage]:  # noqa: ARG001 - trials run an artifact
    with replica.serve("ethereum") as served:
        node = DevChain(served.web3, 12)
        yield Stage(served.chain, node, Counting(served.url), Reader(served.chain, served.web3).places)


@pytest.fixture
def stage(world: Stage) -> Iterator[Stage]:
    """The same for every test: what a test does is undone."""
    before = world.node.rpc("evm_snapshot")
    world.said.clear()
    world.provider.instead = {}
    world.provider.asked.clear()
    yield world
    world.node.rpc("evm_revert", before)


def test_a_trial_tells_what_each_step_brought(stage: Stage) -> None:
    token = stage.token()
    pair = stage.pair(token)
    hop = Hop(Manner.PAIR, pair, stage.address("WETH"), token, 30)
    trial = stage.prober.probe([hop], ETHER // 100, stage.block)
    assert (trial.failed, trial.reason, trial.held, trial.objection()) == (Step.NONE, b"", 20 * ETHER, "")
    bought = trial.steps[Step.BUY]
    taken = ETHER // 100 * 997
    assert bought.promised == bought.received == taken * 20 * ETHER // (20 * ETHER * 1_000 + taken)
    assert stage.node.web3.eth.get_code(to_checksum_address(EXECUTOR)) == b"", "nothing stays"


def test_a_token_sees_who_would_really_trade_it(stage: Stage) -> None:
    token, seen = stage.token(), list[Any]()
    hop = Hop(Manner.PAIR, stage.pair(token), stage.address("WETH"), token, 30)
    stage.provider.instead = {"eth_call": seen.append}
    stage.prober.probe([hop], ETHER // 100, stage.block)
    ((call, *_),) = seen
    assert (call["from"], call["to"]) == (dev_account(KEEPER).address, EXECUTOR)


def test_a_trial_through_another_base_goes_through_a_known_pool(stage: Stage) -> None:
    token = stage.token()
    pair = stage.pair(token, "USDT")
    weth, usdt = stage.address("WETH"), stage.address("USDT")
    first = next(place for place in stage.known if {place.token0, place.token1} == {weth, usdt})
    hop = hop_on(stage.chain, first, weth)
    assert hop is not None
    trial = stage.prober.probe([hop, Hop(Manner.PAIR, pair, usdt, token, 30)], ETHER, stage.block)
    assert trial.objection() == ""
    assert trial.steps[Step.BUY].given > 1_000 * 10**6


def test_a_trial_that_cannot_be_funded_says_nothing(stage: Stage) -> None:
    token = stage.token()
    pair = stage.pair(token)
    dead = Hop(Manner.PAIR, EXECUTOR, stage.address("WETH"), stage.address("USDT"), 30)
    trial = stage.prober.probe([dead, Hop(Manner.PAIR, pair, stage.address("USDT"), token)], ETHER, stage.block)
    assert (trial.failed, trial.inconclusive) == (Step.FUND, True)


def test_a_shallow_concentrated_pool_says_nothing(stage: Stage) -> None:
    token = stage.token()
    pool = Hop(Manner.CONCENTRATED, stage.pool(token), stage.address("WETH"), token)
    stage.node.rpc("anvil_setBalance", stage.address("WETH"), hex(10**45))
    trial = stage.prober.probe([pool], 10**40, stage.block)
    assert trial.inconclusive


def test_what_a_pool_held_at_the_end_of_a_block_has_that_blocks_transfers_in_it(stage: Stage) -> None:
    token, holder = stage.token(), EXECUTOR
    stage.do(token, "transfer(address,uint256)", holder, 70)
    before = stage.block, stage.node.view(token, "balanceOf(address)", holder)
    stage.do(token, "transfer(address,uint256)", holder, 5)
    now = stage.block, stage.node.view(token, "balanceOf(address)", holder)
    assert (before[1], now[1]) == (70, 75)
    assert stage.prober.unexplained(token, holder, before, now) == 0
    assert stage.prober.unexplained(token, holder, before, (now[0], 77)) == 2


FAIR = Trade(100, 50, 50, 1)


@pytest.mark.parametrize(
    ("step", "trade", "said"),
    [
        (Step.BUY, Trade(100, 1_000, 999, 1), "brings less than it should when it is bought, by 0.1 %"),
        (Step.SELL, Trade(100, 1_000, 1_001, 1), "brings more than it should when it is sold, by 0.1 %"),
        (Step.RECALL, Trade(100, 0, 1, 1), "brings more than it should when it is sent by another, by 100 %"),
        (Step.BUY, Trade(1, 1, 1, 600_001), "takes 600001 units of gas when it is bought"),
        (Step.BUY, Trade(1, 1, 1, 600_000), ""),
        (Step.PASS, Trade(1, 1, 1, 200_001), "takes 200001 units of gas when it is sent"),
        (Step.RECALL, Trade(1, 1, 1, 200_000), ""),
        (Step.RECALL, Trade(1, 1, 1, 200_001), "takes 200001 units of gas when it is sent by another"),
    ],
)
def test_what_is_objected_to(step: Step, trade: Trade, said: str) -> None:
    steps = dict.fromkeys((Step.BUY, Step.PASS, Step.RECALL, Step.SELL), FAIR) | {step: trade}
    objection = Trial(Step.NONE, b"", 0, steps).objection()
    assert objection.startswith(said)
    assert bool(objection) == bool(said)


@pytest.mark.parametrize("answer", [None, "0x", "0x12", 7, "0x" + "ff" * 1_000])
def test_an_answer_that_is_no_trials_is_an_error(stage: Stage, answer: object) -> None:
    stage.provider.instead["eth_call"] = lambda _: {"result": answer}
    with pytest.raises(ProbeError):
        stage.prober.probe([Hop(Manner.PAIR, EXECUTOR, EXECUTOR, EXECUTOR)], 1, stage.block)
