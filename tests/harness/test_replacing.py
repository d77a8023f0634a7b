"""A better trade takes the nonce of one that is out; what it costs and what stands meanwhile; requests on the wire."""

from dataclasses import replace as changed
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import bad_node as nodes
import pytest
from bad_node import BadNode, bad_node
from eth_abi.abi import decode as abi_decode
from hexbytes import HexBytes
from keeper_stage import TRADER, At, Stage, deployed, stage

from harness.keeper import rivals
from harness.keeper.events import Event, LimitReached, Outdated
from harness.keeper.fees import FeePolicy, next_base_fee
from harness.keeper.heads import Head
from harness.keeper.limits import Limits
from harness.keeper.report import Attempt
from harness.keeper.settings import Settings
from harness.keeper.simulate import Simulated, SimulationError, Simulator, StaleError
from harness.market.decide import decide
from harness.market.opportunity import Opportunity
from harness.market.route import Route, decode
from harness.node import NodeError
from harness.orderflow import Order, place, units
from harness.settings import dev_account
from harness.store import SignedTransaction

__all__ = ["deployed", "stage"]

GWEI = 10**9
EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
PAIR, OTHER = "uniswap-v2:USDC/WETH", "uniswap-v2:XAUt/USDT"
PATIENT = Settings(FeePolicy(tip=GWEI, blocks_to_live=20))


def passed_by(stage: Stage, attempt: Attempt, *orders: tuple[str, str, str, float]) -> None:
    """Let a block come with orders and without what is out, which the node still has afterwards."""
    raw = str(stage.node.rpc("eth_getRawTransactionByHash", attempt.sent))
    stage.node.rpc("anvil_dropTransaction", attempt.sent)
    for name, sold, bought, dollars in orders:
        order = Order(stage.chain.pool(name), sold, bought, units(stage.chain, sold, dollars))
        place(stage.node, stage.chain, order, dev_account(TRADER))
    stage.node.mine()
    stage.node.rpc("eth_sendRawTransaction", raw)


def sent(stage: Stage, attempt: Attempt) -> dict[str, Any]:
    """An attempt's transaction, as the node has it."""
    return dict(stage.node.web3.eth.get_transaction(HexBytes(attempt.sent)))


def route_of(attempt: Attempt) -> Route:
    """What an attempt executes."""
    return decode(abi_decode(["bytes"], attempt.data[4:])[0])


def states(at: At) -> list[tuple[str, str]]:
    """Of every attempt in the record what became of it, and why."""
    return [(attempt.state, attempt.refusal) for attempt, _ in at.store.attempts(1, *EVER)]


@pytest.fixture
def out(stage: Stage) -> tuple[At, Attempt]:
    """A keeper with one trade out."""
    stage.gap()
    at = stage.keeper(settings=PATIENT)
    return at, at.one()


MORE = (PAIR, "USDC", "WETH", 400_000)
"""The same gap, wider."""
BACK = (PAIR, "WETH", "USDC", 1_000_000)
"""A gap the other way."""


def test_a_better_trade_takes_the_nonce_and_whichever_is_in_a_block_is_booked(
    stage: Stage, out: tuple[At, Attempt]
) -> None:
    at, first = out
    before = sent(stage, first)
    passed_by(stage, first, MORE)
    (better,) = at.turn()
    assert better.state == first.state == "sent"
    assert better.opportunity.worth > first.opportunity.worth * 11 // 10
    paid, row = sent(stage, better), at.store.transaction(better.sent)
    assert row is not None
    assert (paid["nonce"], row.replaces) == (before["nonce"], first.sent)
    assert paid["maxPriorityFeePerGas"] == GWEI * 11 // 10 + 1
    assert paid["maxFeePerGas"] * 10 > before["maxFeePerGas"] * 11
    at.settled()
    assert (first.state, better.state) == ("refused", "earned")
    assert at.told == [first, better]
    assert states(at) == [("replaced", ""), ("included", "")]
    assert [trade.attempt_id for trade in at.store.trades(1, *EVER)] == [better.id]
    assert at.store.open_transactions(1) == []
    assert stage.nonce() == before["nonce"] + 1
    assert at.store.standing(1, 0).failures == 0


def test_the_first_may_still_win(stage: Stage, out: tuple[At, Attempt]) -> None:
    at, first = out
    raw = stage.node.rpc("eth_getRawTransactionByHash", first.sent)
    passed_by(stage, first, MORE)
    (better,) = at.turn()
    stage.node.rpc("anvil_dropTransaction", better.sent)
    stage.node.rpc("eth_sendRawTransaction", raw)
    at.settled()
    assert (first.state, better.state) == ("earned", "refused")
    assert states(at) == [("included", ""), ("replaced", "")]
    assert [trade.attempt_id for trade in at.store.trades(1, *EVER)] == [first.id]


def test_it_asks_for_what_it_costs_at_the_higher_price(stage: Stage, out: tuple[At, Attempt]) -> None:
    at, first = out
    passed_by(stage, first, MORE)
    (better,) = at.turn()
    keeper = at.runner.keeper
    plain = decide(keeper.market, keeper.policy(stage.head()))[0]
    assert plain.cycle == better.opportunity.cycle
    assert route_of(better).min_profit == better.opportunity.min_profit > plain.min_profit
    dearer = (GWEI // 10 + 1) * plain.gas
    assert 0 <= plain.worth - better.opportunity.worth - dearer <= 1


def test_one_that_is_not_better_by_the_margin_waits(
    stage: Stage, out: tuple[At, Attempt], monkeypatch: pytest.MonkeyPatch
) -> None:
    at, first = out
    passed_by(stage, first)
    assert at.turn() == [], "the same"
    passed_by(stage, first, MORE)
    monkeypatch.setattr(rivals, "BETTER", 10_000)
    assert at.turn() == [], "much better, and not by so much"
    assert states(at) == [("sent", "")], "what waits is not noted"
    monkeypatch.undo()
    assert len(at.turn()) == 1


def test_what_would_fail_by_now_is_replaced_by_less_than_it_was_worth(stage: Stage, out: tuple[At, Attempt]) -> None:
    at, first = out
    passed_by(stage, first, (PAIR, "WETH", "USDC", 500_000))
    (better,) = at.turn()
    assert better.opportunity.worth < first.opportunity.worth
    row = at.store.transaction(better.sent)
    assert row is not None
    assert row.replaces == first.sent
    at.settled()
    assert (first.state, better.state) == ("refused", "earned")


def test_what_a_reorg_has_put_out_again_is_not_replaced_for_a_while(stage: Stage, out: tuple[At, Attempt]) -> None:
    """What was in the undone blocks may build on it."""
    at, first = out
    before = stage.node.rpc("evm_snapshot")
    at.settled()
    assert first.state == "earned"
    stage.node.rpc("evm_revert", before)
    stage.node.rpc("anvil_dropAllTransactions")
    stage.node.rpc("anvil_mine", hex(8), hex(12))
    at.turn()
    assert [out.hash for out in at.store.open_transactions(1)] == [first.sent]
    passed_by(stage, first, MORE)
    assert at.turn() == []
    assert [out.hash for out in at.store.open_transactions(1)] == [first.sent]


def test_where_nobody_can_say_what_it_would_bring_the_other_waits(
    stage: Stage, out: tuple[At, Attempt], monkeypatch: pytest.MonkeyPatch
) -> None:
    at, first = out
    passed_by(stage, first, MORE)
    said: list[Event] = []
    monkeypatch.setattr(at.runner.keeper, "_emit", said.append)
    for error in (SimulationError, StaleError):

        def refuse(*_: object, error: type[Exception] = error, **__: object) -> object:
            raise error("no")

        monkeypatch.setattr(Simulator, "run", refuse)
        assert at.turn() == []
        assert states(at) == [("sent", "")]
        outdated = any(isinstance(event, Outdated) for event in said)
        assert outdated is (error is StaleError), "then everything that was decided is dropped"


def test_above_the_limit_of_gas_it_waits(stage: Stage) -> None:
    stage.gap()
    at = stage.keeper(settings=Settings(FeePolicy(tip=GWEI, blocks_to_live=20, limit=28 * GWEI // 10)))
    first = at.one()
    assert sent(stage, first)["maxFeePerGas"] > 25 * GWEI // 10
    passed_by(stage, first, MORE)
    assert at.turn() == []
    assert states(at) == [("sent", "")]


def test_the_limits_count_one_of_the_two(stage: Stage) -> None:
    stage.gap()
    at = stage.keeper(settings=PATIENT)
    first = at.one()
    (row,) = at.store.open_transactions(1)
    cost = row.gas_limit * row.max_fee
    passed_by(stage, first, MORE)
    at.runner.release()
    said: list[Event] = []
    for limit, goes in ((cost * 21 // 20, False), (cost * 3 // 2, True)):
        again = stage.keeper(settings=PATIENT, limits=Limits(gas_a_day=limit), store=at.store)
        again.runner.keeper.gate._emit = said.append
        (better,) = again.turn()
        assert (better.state == "sent") is goes
        assert [event.limit for event in said if isinstance(event, LimitReached)] == ["limits.gas_a_day"]
        again.runner.release()
    rows = at.store.open_transactions(1)
    assert [row.hash for row in rows] == [first.sent, better.sent]
    assert at.store.standing(1, 0).gas_out == max(row.gas_limit * row.max_fee for row in rows)


def test_a_keeper_started_again_replaces_what_another_has_sent(stage: Stage, out: tuple[At, Attempt]) -> None:
    at, first = out
    at.runner.release()
    passed_by(stage, first, MORE)
    again = stage.keeper(settings=PATIENT, store=at.store)
    (better,) = again.turn()
    row = at.store.transaction(better.sent)
    assert row is not None
    assert row.replaces == first.sent
    again.settled()
    assert states(at) == [("replaced", ""), ("included", "")]


def test_a_cancellation_gives_way_to_any_trade(stage: Stage) -> None:
    stage.gap()
    at = stage.keeper(settings=Settings(FeePolicy(tip=GWEI, blocks_to_live=1)))
    first = at.one()
    stage.node.rpc("anvil_dropTransaction", first.sent)
    stage.node.mine()
    (trade,) = at.turn()
    trade_row, cancel_row, first_row = (at.store.open_transactions(1)[place] for place in (2, 1, 0))
    assert (first_row.hash, cancel_row.attempt_id, trade_row.hash) == (first.sent, None, trade.sent)
    assert (cancel_row.replaces, trade_row.replaces) == (first.sent, cancel_row.hash)
    assert len({row.nonce for row in (first_row, cancel_row, trade_row)}) == 1
    at.settled()
    assert (first.state, trade.state) == ("refused", "earned")


def test_where_no_nonce_is_left_a_trade_elsewhere_takes_it_if_it_is_better(stage: Stage) -> None:
    stage.gap(OTHER, 3_000)
    at = stage.keeper(settings=PATIENT, most_out=1)
    first = at.one()
    passed_by(stage, first, MORE)
    (better, *_) = at.turn()
    row = at.store.transaction(better.sent)
    assert row is not None
    assert row.replaces == first.sent
    assert not set(route_of(first).pools()) & set(route_of(better).pools())
    assert len(at.store.open_transactions(1)) == 2


def test_with_a_nonce_left_a_trade_elsewhere_takes_that(stage: Stage) -> None:
    stage.gap(OTHER, 3_000)
    at = stage.keeper(settings=PATIENT)
    first = at.one()
    passed_by(stage, first, MORE)
    attempts = at.turn()
    assert attempts
    rows = {row.hash: row for row in at.store.open_transactions(1)}
    assert all(rows[one.sent].replaces is None for one in attempts)
    assert len({row.nonce for row in rows.values()}) == len(attempts) + 1


def better_at(stage: Stage, at: At) -> tuple[Head, Opportunity]:
    """The newest block, with everything but the trades done for it, and the best trade there."""
    head = stage.head()
    assert at.runner.ready(head)
    return head, at.runner.keeper._found(head)[0]


def opposed(stage: Stage, at: At, first: Attempt) -> tuple[Head, Opportunity, SignedTransaction]:
    """A block after which a better trade has come, that trade, and what is out in its way."""
    passed_by(stage, first, MORE)
    head, trade = better_at(stage, at)
    assert at.runner.keeper._rivals is not None
    (rival,) = at.runner.keeper._rivals.of(trade)
    return head, trade, rival


def test_chores_bundles_what_forgets_itself_and_what_is_new_are_not_replaced(
    stage: Stage, out: tuple[At, Attempt], monkeypatch: pytest.MonkeyPatch
) -> None:
    at, first = out
    head, trade, rival = opposed(stage, at, first)
    keeper = at.runner.keeper
    assert keeper._rivals is not None
    policy = keeper.policy(head)
    prices = keeper.market.prices(policy)
    assert keeper._place(head, trade, {first.sent}) is None, "it was sent for this very block"
    assert keeper._place(head, trade, ()) is not None
    with monkeypatch.context() as two:
        two.setattr(keeper._rivals, "of", lambda _: (rival, rival))
        assert keeper._place(head, trade, ()) is None, "two are in its way"
    assert keeper._rivals.beaten(changed(rival, chore_id=1), trade, head, policy, prices) is None
    assert keeper._rivals.beaten(changed(rival, before=b"\x01"), trade, head, policy, prices) is None
    assert keeper._rivals.beaten(rival, trade, head, policy, {}) is None, "nobody knows what it is worth"
    assert keeper._rivals.beaten(rival, trade, head, policy, prices) is not None
    with monkeypatch.context() as behind:
        waiting = (rival, changed(rival, nonce=rival.nonce + 1))
        behind.setattr(type(keeper.sender), "waiting", property(lambda _: waiting))
        assert keeper._rivals.beaten(rival, trade, head, policy, prices) is None, "something may build on it"
    monkeypatch.setattr(keeper.sender, "bounded", True)
    assert keeper._rivals.beaten(rival, trade, head, policy, prices) is None


def test_what_is_out_is_worth_what_it_would_bring_by_now_at_its_own_price_without_a_tip(
    stage: Stage, out: tuple[At, Attempt], monkeypatch: pytest.MonkeyPatch
) -> None:
    at, first = out
    head, _, rival = opposed(stage, at, first)
    keeper = at.runner.keeper
    assert keeper._rivals is not None
    token = route_of(first).token
    policy = changed(keeper.policy(head), native=token, tip_bps=5_000, data_price=0, data_cost=0, gas_price=1)
    base = next_base_fee(PATIENT.fees, head)

    def worth(seen: Simulated, *, priced: bool = True, max_fee: int = rival.max_fee) -> int | None:
        assert keeper._rivals is not None
        monkeypatch.setattr(keeper._rivals._simulator, "run", lambda *_: seen)
        prices = {token: Fraction(3)} if priced else {}
        return keeper._rivals._worth(changed(rival, max_fee=max_fee), head, policy, prices)

    assert rival.max_fee > base + rival.tip
    assert worth(Simulated(10**18, gas=1_000)) == 3 * 10**18 - 1_000 * (base + rival.tip)
    assert worth(Simulated(10**18, gas=1_000), max_fee=base + 1) == 3 * 10**18 - 1_000 * (base + 1)
    assert worth(Simulated(10**18)) == 3 * 10**18 - rival.gas_limit * (base + rival.tip), "all its gas, if nobody says"
    assert worth(Simulated(1, gas=1_000)) == 0, "it brings nothing, and costs what it costs either way"
    assert worth(Simulated(None, "no")) == 0
    assert worth(Simulated(None, "no"), priced=False) == 0
    assert worth(Simulated(1), priced=False) is None, "nobody knows"


def test_nothing_is_tried_as_long_as_it_is_not_known_what_is_out(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.gap()
    at = stage.keeper(settings=PATIENT)
    head, _ = better_at(stage, at)
    monkeypatch.setattr(at.runner.keeper.sender, "_sure", False)
    assert at.runner.keeper.act(head) == []
    assert states(at) == []


# requests


def test_what_has_ended_is_booked_though_pools_cannot_be_compared(
    stage: Stage, out: tuple[At, Attempt], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise NodeError("no")

    at, first = out
    stage.node.mine()
    monkeypatch.setattr(at.runner.tending, "compare", refuse)
    with pytest.raises(NodeError):
        at.turn()
    assert first.state == "earned"


def asked_for(stage: Stage, wire: BadNode, blocks: int) -> tuple[At, list[int], list[int]]:
    """A keeper at work on some blocks with a gap each; of each the requests on the wire, and the trades sent.

    Of several trades in a block the first is counted: each takes a simulation and a transaction.
    """
    at = stage.keeper(url=wire.url)
    at.runner.step(5.0)
    requests, trades = [], []
    for turn in range(blocks):
        stage.gap(PAIR if turn % 2 else "uniswap-v2:USDT/WETH")
        wire.requests = 0
        attempts = at.runner.step(5.0)
        assert {attempt.state for attempt in attempts} == {"sent"}
        requests.append(wire.requests - 2 * (len(attempts) - 1))
        trades.append(len(attempts))
    assert len(at.store.trades(1, *EVER)) == sum(trades[:-1]), "each is booked in the next block"
    return at, requests, trades


def test_a_block_with_a_trade_takes_five_requests_on_the_wire(stage: Stage) -> None:
    with bad_node(stage.url) as wire:
        _, requests, trades = asked_for(stage, wire, 5)
        assert wire.asked["eth_getTransactionReceipt"] == sum(trades[:-1])
    assert requests == [5] * 5


def test_where_batches_are_refused_each_receipt_is_one_more(stage: Stage) -> None:
    with bad_node(stage.url) as wire:
        wire.weather = nodes.no_batches
        _, requests, trades = asked_for(stage, wire, 6)
    tried = [0, 1, 1, 1, 0, 0]
    assert requests == [5 + more + before for more, before in zip(tried, [0, *trades[:-1]], strict=True)]
