"""The limits: every transaction passes one gate, what has to be looked at stops everything, and no restart forgets."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import records
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from harness.chains import Chain
from harness.keeper.events import BreakerOpened, Event, Halted, LimitReached, nowhere
from harness.keeper.gate import Gate
from harness.keeper.limits import (
    BalanceTooLowError,
    BreakerOpenError,
    GasBudgetError,
    GasPriceTooHighError,
    HaltedError,
    LimitError,
    Limits,
    LoanTooLargeError,
    NotSimulatedError,
    SlippageError,
    Standing,
    UnknownPoolError,
)
from harness.keeper.simulate import execution
from harness.market.legs import uniswap_v2, uniswap_v3
from harness.market.route import Route, encode
from harness.record.standing import MOST_FAILURES
from harness.store import Attempt, Reading, State, Store

A, B, TOKEN, OTHER, EXECUTOR, ELSEWHERE = ("0x" + digit * 40 for digit in "123456")
ROUTE = Route(TOKEN, 100, 90, 1, (uniswap_v2(A, OTHER), uniswap_v3(B, TOKEN)))
DATA = execution(encode(ROUTE))
ETHER = 10**18
WEI = st.integers(0, 2**200)


@dataclass(frozen=True)
class Unsigned:
    """A transaction that is about to be signed: the route's, unless told otherwise."""

    to: str = EXECUTOR
    data: bytes = DATA
    gas: int = 100
    max_fee: int = 10
    value: int = 0


RICH = Standing(balance=10**9)


@pytest.fixture
def database(tmp_path: Path) -> str:
    """SQLite will do: the two kinds are compared elsewhere."""
    return f"sqlite:///{tmp_path / 'record.db'}"


def gate(store: Store, ethereum: Chain, said: list[Event] | None = None, **limits: Any) -> Gate:  # noqa: ANN401
    """A gate that has seen a block and the route's simulation."""
    chain = ethereum.model_copy(update={"chain_id": records.CHAIN})
    made = Gate(Limits(**limits), store, chain, EXECUTOR, "me", nowhere if said is None else said.append)
    made.watch([A, B])
    made.look(8000, 10**9)
    made.simulated(DATA, 100)
    return made


# one transaction


@given(spent=WEI, out=WEI, gas=WEI, fee=WEI, limit=WEI)
def test_a_days_gas_stays_within_its_limit(spent: int, out: int, gas: int, fee: int, limit: int) -> None:
    limits = Limits(max_gas_price=2**200, gas_a_day=limit)
    standing = Standing(gas_spent=spent, gas_out=out, balance=2**500)
    fits = spent + out + gas * fee <= limit and spent < limit
    try:
        limits.check_transaction(Unsigned(gas=gas, max_fee=fee), standing)
    except GasBudgetError:
        assert not fits
    else:
        assert fits


@given(balance=WEI, out=WEI, value=WEI, least=WEI, days=st.integers(0, 9), spent=WEI)
def test_the_balance_keeps_its_least(*, balance: int, out: int, value: int, least: int, days: int, spent: int) -> None:
    limits = Limits(least_balance=least, runway_days=days)
    standing = Standing(gas_spent=spent, gas_out=out, balance=balance)
    fits = balance - out - value - 1000 >= max(least, days * spent)
    try:
        limits.check_transaction(Unsigned(value=value), standing)
    except BalanceTooLowError:
        assert not fits
    else:
        assert fits


def test_without_limits_a_day_may_cost_what_it_does() -> None:
    Limits().check_transaction(Unsigned(), replace(RICH, gas_spent=10**30))


@pytest.mark.parametrize(
    ("limits", "standing", "error"),
    [
        (Limits(), replace(RICH, halts=("pause by me: lunch",)), HaltedError),
        (Limits(max_failures=3), replace(RICH, failures=3), BreakerOpenError),
        (Limits(max_gas_price=9), RICH, GasPriceTooHighError),
        (Limits(gas_a_day=999), RICH, GasBudgetError),
        (Limits(least_balance=10**9 - 999), RICH, BalanceTooLowError),
    ],
)
def test_every_limit_refuses_by_its_name(limits: Limits, standing: Standing, error: type[LimitError]) -> None:
    with pytest.raises(error):
        limits.check_transaction(Unsigned(), standing)


def test_just_within_its_limits_a_transaction_goes() -> None:
    limits = Limits(max_failures=3, max_gas_price=10, gas_a_day=1000, least_balance=10**9 - 1000)
    limits.check_transaction(Unsigned(), replace(RICH, failures=2))


# the gate


def test_what_was_simulated_and_is_within_all_limits_passes(store: Store, ethereum: Chain) -> None:
    gate(store, ethereum)(Unsigned())
    gate(store, ethereum)(Unsigned(to=ELSEWHERE, data=b"a chore's"))


@pytest.mark.parametrize("unsigned", [Unsigned(to=ELSEWHERE, data=DATA[:4]), Unsigned(data=b"skim")])
def test_only_what_executes_a_route_has_to_be_one(store: Store, ethereum: Chain, unsigned: Unsigned) -> None:
    gate(store, ethereum)(unsigned)


@pytest.mark.parametrize(
    ("limits", "unsigned", "error"),
    [
        ({"max_loan": {TOKEN: 99}}, Unsigned(), LoanTooLargeError),
        ({"slippage_bps": 999}, Unsigned(), SlippageError),
        ({}, Unsigned(data=execution(encode(replace(ROUTE, min_profit=91)))), NotSimulatedError),
        ({}, Unsigned(data=DATA[:40]), NotSimulatedError),
        ({"max_gas_price": 9}, Unsigned(to=ELSEWHERE), GasPriceTooHighError),
        ({"gas_a_day": 999}, Unsigned(to=ELSEWHERE, data=b""), GasBudgetError),
    ],
)
def test_the_gate_refuses_and_says_so(
    store: Store, ethereum: Chain, limits: dict[str, object], unsigned: Unsigned, error: type[LimitError]
) -> None:
    said: list[Event] = []
    with pytest.raises(error) as raised:
        gate(store, ethereum, said, **limits)(unsigned)
    assert said == [LimitReached(error.limit, str(raised.value))]


def test_a_route_through_an_unknown_pool_is_refused(store: Store, ethereum: Chain) -> None:
    narrow = gate(store, ethereum)
    narrow.watch([A])
    with pytest.raises(UnknownPoolError, match=B):
        narrow(Unsigned())


def test_just_within_the_slippage_a_route_goes(store: Store, ethereum: Chain) -> None:
    gate(store, ethereum, slippage_bps=1000)(Unsigned())


def test_what_was_simulated_on_an_older_block_is_refused(store: Store, ethereum: Chain) -> None:
    late = gate(store, ethereum)
    late.look(8001, 10**9)
    with pytest.raises(NotSimulatedError):
        late(Unsigned())


def test_what_is_out_counts_and_what_is_replaced_does_not(store: Store, ethereum: Chain) -> None:
    out = records.signed(store, 0, max_fee=1, gas_limit=500)
    narrow = gate(store, ethereum, gas_a_day=1499)
    with pytest.raises(GasBudgetError):
        narrow(Unsigned())
    narrow(Unsigned(), out.hash)


@pytest.mark.parametrize(("first", "second"), [(900, 500), (500, 900)])
def test_of_a_nonce_the_dearest_counts_whichever_was_signed_last(store: Store, first: int, second: int) -> None:
    out = records.signed(store, 0, max_fee=1, gas_limit=first)
    records.signed(store, 0, max_fee=1, gas_limit=second, replaces=out.hash)
    assert store.standing(records.CHAIN, 0).gas_out == 900


@pytest.mark.parametrize(("block", "counts"), [(800, False), (801, True), (8000, True)])
def test_gas_of_the_last_days_blocks_counts_whatever_was_started_again(
    store: Store, ethereum: Chain, block: int, counts: bool
) -> None:
    store.included(records.signed(store, 0).hash, block, "0xb", True, 600, 1)
    opened = gate(store, ethereum, gas_a_day=1599)
    if counts:
        with pytest.raises(GasBudgetError):
            opened(Unsigned())
    else:
        opened(Unsigned())


@pytest.mark.parametrize(("block_time", "blocks"), [(12, 7200), (7, 12343), (0.25, 345600)])
def test_a_day_has_no_fewer_blocks_than_fit_into_it(
    store: Store, ethereum: Chain, block_time: float, blocks: int
) -> None:
    assert gate(store, ethereum.model_copy(update={"block_time": block_time})).day_blocks == blocks


# the breaker


def reverted(store: Store, *nonces: int) -> None:
    """Trades are sent and revert."""
    for nonce in nonces:
        store.included(records.signed(store, nonce, records.attempt(store)).hash, 8000, "0xb", False, 0, 0)


def test_failures_in_a_row_open_the_breaker_until_somebody_resumes(store: Store, ethereum: Chain) -> None:
    said: list[Event] = []
    opened = gate(store, ethereum, said, max_failures=2)
    reverted(store, 10, 11)
    assert not opened.look(8001, 10**9)
    assert not opened.look(8002, 10**9)
    reason = "2 attempts in a row have failed; find out why, then resume"
    assert said == [BreakerOpened(reason), Halted(True, f"breaker by me: {reason}")]
    store.included(records.signed(store, 0, records.attempt(store)).hash, 8000, "0xb", True, 1, 1)
    again = gate(store, ethereum, max_failures=2)
    with pytest.raises(HaltedError, match="2 attempts in a row"):
        again(Unsigned())
    reverted(store, 12, 13)
    assert [halt.kind for halt in store.resume(records.CHAIN, "op")] == ["breaker"]
    assert again.look(8003, 10**9)
    assert opened.look(8003, 10**9)
    assert said[2:] == [Halted(False, "")]


@pytest.mark.parametrize("limits", [{"gas_a_day": 600}, {"least_balance": 10**9 + 1}, {"runway_days": 10**7}])
def test_a_days_gas_and_a_low_balance_open_the_breaker(store: Store, ethereum: Chain, limits: dict[str, Any]) -> None:
    store.included(records.signed(store, 0).hash, 8000, "0xb", True, 600, 1)
    gate(store, ethereum, **limits)
    assert [halt.kind for halt in store.halts(records.CHAIN)] == ["breaker"]


def test_with_just_its_least_left_the_breaker_stays_closed(store: Store, ethereum: Chain) -> None:
    gate(store, ethereum, least_balance=10**9)
    assert store.halts(records.CHAIN) == []


def test_the_breaker_hinges_on_as_many_more_as_would_open_it(store: Store, ethereum: Chain) -> None:
    reverted(store, 10)
    narrow = gate(store, ethereum, max_failures=3)
    assert [narrow.hinges(unknown) for unknown in (0, 1, 2)] == [False, False, True]


def test_to_resume_forgives_the_very_last_failure(store: Store, ethereum: Chain) -> None:
    reverted(store, 10)
    opened = gate(store, ethereum, max_failures=1)
    store.resume(records.CHAIN, "op")
    assert opened.look(8001, 10**9)


def test_failures_are_counted_from_the_newest_however_many_trades_there_were(store: Store) -> None:
    for _ in range(MOST_FAILURES + 1):
        records.attempt(store)
    with store._writing() as session:
        session.execute(update(Attempt).values(state=State.INCLUDED))
    reverted(store, 10, 11)
    assert store.standing(records.CHAIN, 0).failures == 2


def test_no_breaker_opens_while_somebody_has_paused_it(store: Store, ethereum: Chain) -> None:
    said: list[Event] = []
    reverted(store, 10, 11)
    assert store.halt(records.CHAIN, "pause", "lunch", "op")
    gate(store, ethereum, said, max_failures=2)
    assert said == [Halted(True, "pause by op: lunch")]
    assert [halt.kind for halt in store.halts(records.CHAIN)] == ["pause"]


def test_of_several_halts_the_oldest_is_told_first(store: Store) -> None:
    store.halt(records.CHAIN, "breaker", "5 failures", "op")
    store.halt(records.CHAIN, "pause", "lunch", "op")
    assert store.standing(records.CHAIN, 0).halts == ("breaker by op: 5 failures", "pause by op: lunch")


def test_what_happens_on_another_chain_neither_counts_nor_halts_nor_forgives(store: Store, ethereum: Chain) -> None:
    reverted(store, 10, 11)
    records.attempt(store, chain_id=1)
    store.included(records.signed(store, 0, chain_id=1).hash, 8000, "0xb", True, 600, 1)
    records.signed(store, 1, chain_id=1)
    assert store.standing(records.CHAIN, 0) == Reading((), 2, 0, 0)
    assert store.halt(1, "pause", "lunch", "op")
    assert gate(store, ethereum, max_failures=3).look(8001, 10**9)
    store.resume(1, "op")
    assert not gate(store, ethereum, max_failures=2).look(8001, 10**9)


def test_a_pause_stops_every_kind_of_transaction(store: Store, ethereum: Chain) -> None:
    running = gate(store, ethereum)
    assert store.halt(records.CHAIN, "pause", "lunch", "op")
    assert not store.halt(records.CHAIN, "pause", "dinner", "op")
    for unsigned in (Unsigned(), Unsigned(to=ELSEWHERE, data=b"a chore's"), Unsigned(data=b"")):
        with pytest.raises(HaltedError, match="pause by op: lunch"):
            running(unsigned)
    assert not running.look(8001, 10**9)
    assert store.halts(1) == []
