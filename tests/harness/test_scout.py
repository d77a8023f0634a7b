"""A keeper on a replica finds pools while it runs, trades on the honest ones, and knows them again after a restart."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
import tokens
from tokens import ETHER, TAXED, Counting
from web3 import Web3

from harness import replica
from harness.demo import deploy_to
from harness.deployments import Deployment
from harness.devchain import DevChain
from harness.keeper import discover, scout
from harness.keeper.cursor import Cursor
from harness.keeper.events import Event, Excluded, Recovered, Trouble
from harness.keeper.heads import Head, head_of
from harness.keeper.report import Attempt
from harness.keeper.run import Runner
from harness.keeper.scout import Search
from harness.keeper.signers import LocalSigner
from harness.keeper.start import Plan, assembled
from harness.keeper.ways import Node
from harness.settings import KEEPER, dev_account
from harness.store import Store

SEARCH = Search(("uniswap-v2", "sushi-v2"), 5 * ETHER)
TURNS = 12
"""So many blocks find whatever is there."""


@dataclass
class Stage(tokens.Stage):
    """A replica with everything deployed, and somebody who makes tokens and pools."""

    deployment: Deployment | None = None
    url: str = ""
    folder: Path = Path()
    heard: list[Event] = field(default_factory=list)

    def store(self) -> Store:
        """A record that is still empty."""
        store = Store(f"sqlite:///{self.folder}/{uuid4()}.db")
        store.migrate()
        return store

    def keeper(self, store: Store, search: Search = SEARCH) -> Runner:
        """A keeper that looks for pools."""
        assert self.deployment is not None
        signer, ways = LocalSigner(dev_account(KEEPER)), (Node("node", self.url),)
        plan = Plan(self.chain, self.deployment, [Web3(self.provider)], signer=signer, ways=ways, search=search)
        return assembled(plan, store, [lambda _, event: self.heard.append(event)])

    def head(self) -> Head:
        """The newest block's header."""
        return head_of(self.node.rpc("eth_getBlockByNumber", "latest", False))

    def turns(self, runner: Runner, turns: int = TURNS) -> list[Attempt]:
        """Let blocks pass, and a keeper do everything for each."""
        tried = []
        for _ in range(turns):
            self.node.mine()
            tried += runner.turn(self.head())
        return tried

    def market(self, token: str) -> tuple[str, str]:
        """Two pairs of a token, alike."""
        return self.pair(token), self.pair(token, venue="sushi-v2")

    def gap(self, token: str, pair: str) -> None:
        """Somebody gives a pair more of a token, so that it is cheaper there."""
        self.do(token, "transfer(address,uint256)", pair, 10 * ETHER)
        self.do(pair, "sync()")


@pytest.fixture(scope="module")
def deployed(built: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:  # noqa: ARG001 - artifacts
    with replica.serve("ethereum") as served:
        deployment = deploy_to(served)
        node, folder = DevChain(served.web3, 12), tmp_path_factory.mktemp("records")
        yield Stage(served.chain, node, Counting(served.url), (), [], deployment, served.url, folder)


@pytest.fixture
def stage(deployed: Stage) -> Iterator[Stage]:
    """The same for every test: what a test does is undone."""
    before = deployed.node.rpc("evm_snapshot")
    deployed.heard.clear()
    deployed.provider.asked.clear()
    yield deployed
    deployed.provider.instead = {}
    deployed.node.rpc("anvil_dropAllTransactions")
    deployed.node.rpc("evm_revert", before)


def watched(runner: Runner) -> set[str]:
    return {place.address for place in runner.keeper.picture.places}


def pools(attempts: list[Attempt]) -> set[frozenset[str]]:
    return {frozenset(edge.pool for edge in attempt.opportunity.cycle.edges) for attempt in attempts}


def test_pairs_made_during_the_run_are_found_and_their_gap_is_closed(stage: Stage) -> None:
    runner = stage.keeper(stage.store())
    stage.turns(runner)
    token = stage.token()
    pairs = stage.market(token)
    assert not watched(runner) & set(pairs)
    assert stage.turns(runner) == []
    assert watched(runner) >= set(pairs)
    stage.gap(token, pairs[0])
    (attempt,) = stage.turns(runner, 1)
    assert pools([attempt]) == {frozenset(pairs)}
    stage.turns(runner, 1)
    assert attempt.state == "earned"
    assert attempt.outcome is not None
    assert attempt.outcome.profit == attempt.simulated


def test_a_taxed_token_s_pairs_are_refused_and_never_traded(stage: Stage) -> None:
    runner = stage.keeper(stage.store())
    stage.turns(runner)
    token = stage.token()
    pairs = stage.market(token)
    stage.trap(token, pairs[0], sale=TAXED, passage=TAXED)
    stage.gap(token, pairs[0])
    assert stage.turns(runner) == []
    assert {event.pool for event in stage.heard if isinstance(event, Excluded)} == set(pairs)
    assert not watched(runner) & set(pairs)


def test_after_a_restart_it_goes_on_where_it_was(stage: Stage) -> None:
    store = stage.store()
    runner = stage.keeper(store)
    stage.turns(runner)
    token = stage.token()
    pairs = stage.market(token)
    stage.turns(runner)
    runner.release()
    other = stage.token()
    later = stage.market(other)
    stage.wait(40)
    again = stage.keeper(store)
    again.turn(stage.head())
    assert watched(again) >= set(pairs), "at once"
    stage.gap(token, pairs[0])
    (attempt,) = stage.turns(again, 1)
    assert pools([attempt]) == {frozenset(pairs)}
    stage.turns(again)
    assert watched(again) >= set(later), "made while no keeper ran"


def test_how_far_it_has_come_is_noted_now_and_then_without_any_news(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = stage.store()
    runner = stage.keeper(store)
    stage.turns(runner)
    before = store.cursor(1)
    assert before is not None
    stage.wait(scout.NOTED)
    stage.turns(runner)
    after = store.cursor(1)
    assert after is not None
    assert Cursor.load(after).block >= Cursor.load(before).block + scout.NOTED
    monkeypatch.setattr(scout, "NOTED", 10_000)
    stage.wait(50)
    stage.turns(runner)
    assert store.cursor(1) == after


def test_what_stands_in_the_record_and_is_no_cursor_is_told_of_and_passed_over(stage: Stage) -> None:
    store = stage.store()
    store.keep_cursor(1, '{"block": 1, "taken": [{"venue": "nowhere"}]}')
    runner = stage.keeper(store)
    stage.turns(runner, 2)
    told = [(type(event), event.where) for event in stage.heard if isinstance(event, Trouble | Recovered)]
    assert told == [(Trouble, "discovery"), (Recovered, "discovery")]
    pairs = stage.market(stage.token())
    stage.turns(runner)
    assert watched(runner) >= set(pairs)


def test_pools_of_factories_that_are_not_searched_are_not_watched(stage: Stage) -> None:
    store = stage.store()
    runner = stage.keeper(store)
    stage.turns(runner)
    pair, other = stage.market(stage.token())
    stage.turns(runner)
    assert watched(runner) >= {pair, other}
    runner.release()
    again = stage.keeper(store, Search(("uniswap-v2",), 5 * ETHER))
    stage.turns(again)
    assert watched(again) & {pair, other} == {pair}


def test_a_token_that_turns_bad_is_left_and_no_log_or_reorg_brings_it_back(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discover, "AGAIN", 20)
    runner = stage.keeper(stage.store())
    stage.turns(runner)
    token = stage.token()
    pairs = stage.market(token)
    stage.turns(runner)
    assert watched(runner) >= set(pairs)
    stage.trap(token, pairs[0], sale=TAXED, passage=TAXED)
    fork = stage.node.rpc("evm_snapshot")
    stage.wait(25)
    stage.gap(token, pairs[0])
    runner.keeper.follow(stage.head())
    assert runner.keeper.market.pools.keys() >= set(pairs)
    runner.tend(stage.head())
    stage.turns(runner, 20)
    assert not watched(runner) & set(pairs)
    stage.gap(token, pairs[1])
    assert stage.turns(runner) == []
    stage.node.rpc("evm_revert", fork)
    stage.node.rpc("anvil_mine", hex(80))
    stage.gap(token, pairs[0])
    assert stage.turns(runner) == []
    assert not (runner.keeper.market.pools.keys() | runner.keeper.picture.pools.keys()) & set(pairs)


def test_where_there_is_nothing_to_do_it_asks_every_so_many_blocks(stage: Stage) -> None:
    runner = stage.keeper(stage.store())
    stage.turns(runner)
    stage.turns(runner, 3 * scout.EVERY)
    stage.provider.asked.clear()
    stage.turns(runner, 2 * scout.EVERY)
    logs = stage.provider.asked.count("eth_getLogs")
    assert logs == 2 * scout.EVERY + 2, "one of every block for the pools, and one of ten for the factories"


def test_without_a_search_nothing_is_looked_for(stage: Stage) -> None:
    assert stage.deployment is not None
    plan = Plan(stage.chain, stage.deployment, [Web3(stage.provider)])
    runner = assembled(plan, stage.store())
    pairs = stage.market(stage.token())
    stage.turns(runner)
    assert not watched(runner) & set(pairs)
