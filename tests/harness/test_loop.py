"""What a keeper makes of the trades that a block offers: the market is real, and everybody around it a fake."""

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.chains import Chain
from harness.keeper import loop
from harness.keeper.costs import Costs
from harness.keeper.datafee import DataFee
from harness.keeper.events import Decided, Event, GivenUp, Outdated
from harness.keeper.fees import FeePolicy, next_base_fee
from harness.keeper.heads import Head
from harness.keeper.limits import Limits
from harness.keeper.loop import Keeper
from harness.keeper.settings import Settings
from harness.keeper.simulate import StaleError
from harness.market.costs import Policy
from harness.market.decide import decide
from harness.market.market import Market
from harness.market.opportunity import Opportunity
from harness.market.pools.uniswap_v2 import UniswapV2Pool

ETHER = 10**18
WETH, USDT = "0x" + "c" * 40, "0x" + "d" * 40
HEAD = Head(100, "0x" + "ab" * 32, "0x" + "aa" * 32, 1_000, 10**9, 10**7, 3 * 10**7, None)


def market(*pools: int) -> Market:
    """Pairs of these numbers, each with a price of its own."""
    found = Market((WETH,))
    amounts = {pool: (1_000 * ETHER, 2_000_000 + 50_000 * pool) for pool in pools}
    found.update([UniswapV2Pool("0x" + f"{pool}" * 40, (WETH, USDT), held) for pool, held in amounts.items()])
    return found


def between(one: int, other: int) -> Opportunity:
    """What closes the gap between two pairs."""
    return decide(market(one, other), Policy(native=WETH, gas_price=1))[0]


@dataclass
class Scene:
    """A keeper that is offered some trades."""

    keeper: Keeper
    said: list[Event]
    offered: list[Opportunity]
    tried: list[Opportunity] = field(default_factory=list)
    stale: bool = False

    def acts(self, **more: Any) -> list[Opportunity]:  # noqa: ANN401
        """What it tries for a block."""
        self.tried.clear()
        self.keeper.act(HEAD, **more)
        return self.tried

    def try_(self, _: Head, trade: Opportunity, instead: str = "") -> object:
        """Take a trade in."""
        assert instead == ""
        self.tried.append(trade)
        if self.stale:
            raise StaleError("newer")
        return SimpleNamespace(sent="")


@pytest.fixture
def scene(ethereum: Chain, monkeypatch: pytest.MonkeyPatch) -> Scene:
    gate = SimpleNamespace(limits=Limits())
    said: list[Event] = []
    none = cast(Any, None)
    keeper = Keeper(ethereum, WETH, picture=none, simulator=none, store=none, gate=cast(Any, gate), emit=said.append)
    keeper.market, keeper.offers = market(1, 2, 3), ()
    found = Scene(keeper, said, [])
    monkeypatch.setattr(loop, "decide", lambda *_: found.offered)
    monkeypatch.setattr(keeper.trader, "tried", found.try_)
    return found


def test_of_trades_that_share_a_pool_the_better_one_is_tried(scene: Scene) -> None:
    best, shared, apart = between(1, 2), between(2, 3), between(3, 4)
    scene.offered = [best, shared, apart]
    assert scene.acts() == [best], "what moves with a trade that waits is not where it was computed to be either"
    scene.offered = [best, apart]
    assert scene.acts() == [best, apart]
    assert [event for event in scene.said if isinstance(event, Decided)] == [
        Decided(100, count, best.worth) for count in (3, 2)
    ]


def test_a_trade_that_rests_still_holds_its_pools(scene: Scene) -> None:
    best, shared, apart = between(1, 2), between(2, 3), between(4, 5)
    scene.offered = [best, shared, apart]
    scene.keeper.trader.rests.begin(best, HEAD.number)
    assert scene.acts() == [apart]


def test_what_is_not_sent_when_a_newer_block_is_known_is_dropped(scene: Scene) -> None:
    scene.offered = [between(1, 2), between(3, 4)]
    assert scene.acts(newer=lambda: bool(scene.tried)) == scene.offered[:1]
    assert scene.said[-1] == Outdated(100, 101)


def test_the_rest_is_dropped_when_the_node_is_further(scene: Scene) -> None:
    scene.offered, scene.stale = [between(1, 2), between(3, 4)], True
    assert scene.acts() == scene.offered[:1]
    assert scene.said[-1] == Outdated(100, 101)


@pytest.mark.parametrize("sure", [False, True])
def test_nothing_is_tried_before_it_is_known_what_is_out(scene: Scene, sure: bool) -> None:
    scene.keeper.sender = cast(Any, SimpleNamespace(sure=sure))
    scene.offered = [between(1, 2)]
    assert len(scene.acts()) == int(sure)


def test_what_happens_on_another_chain_is_none_of_its_trades(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Event] = []
    monkeypatch.setattr(scene.keeper.trader, "hear", heard.append)
    for chain in ("base", "ethereum"):
        scene.keeper.hear(chain, GivenUp(1, chain))
    assert heard == [GivenUp(1, "ethereum")]


def test_the_breaker_hinges_only_on_what_is_not_settled(scene: Scene) -> None:
    assert not scene.keeper.hinges, "on paper nothing does"
    scene.keeper.gate.hinges = lambda unknown: unknown in (0, 2)  # type: ignore[method-assign]
    for unsettled, hinges in ((0, False), (1, False), (2, True)):
        scene.keeper.sender = cast(Any, SimpleNamespace(unsettled=unsettled))
        assert scene.keeper.hinges is hinges


# what it costs


class Told:
    """Tips or what data costs, as they are at a block; counts who asks."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def tip(self, block: int) -> int:
        """Wei a unit."""
        self.asked.append(block)
        return 77

    def at(self, block: int) -> DataFee:
        """Ask what data costs."""
        self.asked.append(block)
        return DataFee(3, 5)

    def last(self, _: int) -> DataFee:
        """What was said last."""
        return DataFee(3, 5)


def test_a_decision_reckons_with_the_next_base_fee_and_all_that_is_set() -> None:
    settings = Settings(FeePolicy(tip=9), margin_bps=123, tip_bps=45)
    policy = Costs(WETH, settings, {WETH: 6}).policy(HEAD, ())
    base = next_base_fee(settings.fees, HEAD)
    assert base != HEAD.base_fee
    assert (policy.native, policy.gas_price, policy.caps) == (WETH, base + 9, {WETH: 6})
    assert (policy.margin_bps, policy.tip_bps, policy.data_price, policy.data_cost) == (123, 45, 0, 0)


def test_what_others_tip_and_what_data_costs_is_learnt_while_there_is_time() -> None:
    settings, tips, data = Settings(FeePolicy(tip=9)), Told(), Told()
    costs = Costs(WETH, settings, {}, cast(Any, tips), cast(Any, data))
    before = costs.policy(HEAD, ())
    assert tips.asked == data.asked == []
    costs.learn(HEAD)
    after = costs.policy(HEAD, ())
    assert tips.asked == data.asked == [HEAD.number]
    assert after.gas_price - before.gas_price == 77 - 9
    assert (after.data_price, after.data_cost) == (3, 5)
    assert costs.fees(HEAD).tip == 77
