"""Liquidity Book's pairs against a model of their code in an EVM, and against an answer of the chain."""

from dataclasses import replace
from random import Random

import pytest
from evm_liquidity_book import LiquidityBookOnChain
from exact_liquidity_book import THEN, TOKENS, amount, answer, cases, pair
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.market.legs import Leg, Venue
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.liquidity_book import (
    ID_OF_ONE,
    MAX_AMOUNT,
    MAX_ID,
    MAX_LIQUIDITY,
    ROOM,
    LBFees,
    LBVolatility,
    LiquidityBookPair,
    price_of,
)

X_FOR_Y, Y_FOR_X = (0, 1), (1, 0)
FEES = LBFees(5_000, 30, 600, 5_000, 40_000, 1_000, 350_000)
randoms = st.integers(0, 2**63).map(Random)


@pytest.fixture(scope="module")
def on_chain() -> LiquidityBookOnChain:
    return LiquidityBookOnChain()


@settings(max_examples=300, deadline=None)
@given(randoms)
def test_it_pays_to_the_unit_what_the_pair_pays_and_leaves_its_state(
    on_chain: LiquidityBookOnChain, rng: Random
) -> None:
    found, i = pair(rng), rng.randrange(2)
    sold = amount(rng, found, i)
    assert answer(found, i, sold) == on_chain.trade(found, i, sold)


@settings(max_examples=300, deadline=None)
@given(randoms)
def test_the_least_input_pays_enough_and_one_unit_less_does_not(on_chain: LiquidityBookOnChain, rng: Random) -> None:
    found, i = pair(rng), rng.randrange(2)
    paid = found.amount_out(i, 1 - i, amount(rng, found, i)) or 1
    wanted = max(1, paid + rng.randint(-1, 1))
    least = found.amount_in(i, 1 - i, wanted)
    if least is None:
        assert paid < wanted or not found.amount_out(i, 1 - i, 1)
        return
    assert (on_chain.trade(found, i, least) or (0,))[0] >= wanted
    assert least == 1 or (found.amount_out(i, 1 - i, least - 1) or 0) < wanted


@settings(max_examples=300, deadline=None)
@given(st.integers(0, MAX_ID), st.integers(1, 1_000))
def test_prices_are_the_pairs(on_chain: LiquidityBookOnChain, bin_id: int, bin_step: int) -> None:
    for at in (bin_id, ID_OF_ONE + (bin_id - ID_OF_ONE) // 128):
        assert price_of(at, bin_step) == on_chain.price(at, bin_step)


def test_known_prices() -> None:
    """Of traderjoe-xyz/joe-v2, test/libraries/PriceHelper.t.sol: between which bins a price lies."""
    assert price_of(ID_OF_ONE, 1) == 1 << 128
    for bin_id, bin_step, price in ((8574931, 1, 123456789), (8392773, 100, 10**18), (8389042, 1_000, 10**18)):
        low, high = price_of(bin_id - 1, bin_step), price_of(bin_id + 1, bin_step)
        assert low is not None
        assert high is not None
        assert low <= price << 128 <= high


widths = st.integers(0, 126).flatmap(lambda bits: st.integers(0, (1 << bits) - 1))


@st.composite
def wild(draw: st.DrawFn) -> LiquidityBookPair:
    """Return any pair without a problem, however absurd."""
    step = draw(st.integers(1, 65_535))
    active = ID_OF_ONE + draw(st.integers(-(1 << 20), 1 << 20)) // draw(st.sampled_from([1, step, step * 10]))
    away = draw(st.lists(st.integers(-30, 30), min_size=1, max_size=6, unique=True))
    ids = tuple(sorted(active + one for one in away))
    x = tuple(draw(widths) >> 3 if at >= active else 0 for at in ids)
    y = tuple(draw(widths) >> 3 if at <= active else 0 for at in ids)
    period = draw(st.integers(0, 4_095))
    fees = LBFees(
        draw(st.integers(0, 65_535)), draw(st.integers(0, period)), period, draw(st.integers(0, 10_000)),
        draw(st.integers(0, (1 << 24) - 1)), draw(st.integers(0, 2_500)), draw(st.integers(0, (1 << 20) - 1)),
    )  # fmt: skip
    movement = st.integers(0, (1 << 20) - 1)
    volatility = LBVolatility(draw(movement), draw(movement), draw(st.integers(0, MAX_ID)), draw(st.integers(0, THEN)))
    return LiquidityBookPair(
        "pair", TOKENS, step, active, ids, x, y, fees, volatility, THEN, bounded=draw(st.booleans())
    )


@settings(max_examples=300, deadline=None)
@given(wild(), st.integers(0, 1), st.one_of(widths, st.integers(0, 1 << 300)))
def test_nothing_is_raised_and_nothing_negative(
    on_chain: LiquidityBookOnChain, found: LiquidityBookPair, i: int, quantity: int
) -> None:
    if found.problem() is not None:
        return
    paid, least = found.amount_out(i, 1 - i, quantity), found.amount_in(i, 1 - i, quantity)
    assert paid is None or paid >= 0
    assert least is None or (found.amount_out(i, 1 - i, least) or 0) >= quantity
    assert 0 <= found.rate(i, 1 - i, quantity) < float("inf")
    if 0 < quantity <= MAX_AMOUNT:
        assert answer(found, i, quantity) == on_chain.trade(found, i, quantity)


@settings(max_examples=100, deadline=None)
@given(randoms)
def test_the_rate_is_what_a_little_more_brings(rng: Random) -> None:
    found, way = even(), rng.choice((X_FOR_Y, Y_FOR_X))
    sold = int(10 ** rng.uniform(15, 19))
    before, after = (found.amount_out(*way, quantity) for quantity in (sold, sold + 10**9))
    assert before is not None
    assert after is not None
    assert found.rate(*way, sold) == pytest.approx((after - before) / 10**9, rel=1e-6)


def test_mixed_cases_agree() -> None:
    assert all(chain == ours for _, chain, ours in cases(seed=3, count=500))


SPECIAL = (
    3106568695, 3091451537, 3076334379, 31561217221, 3046100063, 3030982905, 3015865748, 3000748590, 2985631432,
    2970514274, 2955397116, 2939989243, 2924872085, 2909754927, 2894637769, 2879520611, 2864403453, 2849286295,
    2834169137, 2819051979, 2803934821, 2788817663, 2773700505, 2758583347, 2743466189, 20125000000,
)  # fmt: skip


def test_a_pair_of_avalanche_pays_what_the_chain_answered() -> None:
    """A pair of version 2.1, 0xf9304d3e, at block 37790183; only the bins that are swept.

    State and answer of `getSwapOut` as KyberNetwork/kyberswap-dex-lib 026cd015 has them in liquiditybookv21/.
    """
    held = dict.fromkeys(range(8385571, 8385650), 125000000) | {8385575 + n: y for n, y in enumerate(SPECIAL)}
    held[8385650] = 124999994
    ids = tuple(sorted(held))
    fees = LBFees(8_000, 300, 1_200, 5_000, 7_500, 2_500, 150_000)
    moved = LBVolatility(150_000, 0, 8385766, 1699214953)
    x = tuple(38668624048405 if at == 8385650 else 0 for at in ids)
    y = tuple(held[at] for at in ids)
    found = LiquidityBookPair("pair", TOKENS, 100, 8385650, ids, x, y, fees, moved, 1700040667, bounded=False)
    assert found.problem() is None
    assert found.amount_out(*X_FOR_Y, 10**24) == 90958757972
    left = found.after(*X_FOR_Y, 10**24)
    assert sum(left.reserves_x) + left.protocol_fees[0] == sum(x) + 10**24
    assert left.volatility.time == 1700040667


def even(**changes: object) -> LiquidityBookPair:
    """Return a pair at price one: ten whole tokens in each of twenty bins on either side."""
    ids = tuple(range(ID_OF_ONE - 20, ID_OF_ONE + 21))
    x, y = (tuple(10**19 if way * (at - ID_OF_ONE) >= 0 else 0 for at in ids) for way in (1, -1))
    moved = LBVolatility(0, 0, ID_OF_ONE, THEN)
    found = LiquidityBookPair("pair", TOKENS, 10, ID_OF_ONE, ids, x, y, FEES, moved, THEN + 10)
    return replace(found, **changes)  # type: ignore[arg-type]


def test_the_fee_grows_with_the_bins_crossed_and_is_forgotten_in_time() -> None:
    calm = even()
    moved = calm.after(*X_FOR_Y, 10**20)
    assert moved.active_id < calm.active_id
    assert moved.volatility.accumulator == (calm.active_id - moved.active_id) * 10_000
    soon, later, late = (replace(moved, timestamp=moved.timestamp + seconds) for seconds in (1, 30, 600))
    assert soon.rate(*Y_FOR_X) < later.rate(*Y_FOR_X) < late.rate(*Y_FOR_X)
    assert late.after(*Y_FOR_X, 1).volatility == LBVolatility(0, 0, moved.active_id, late.timestamp)


def test_the_bins_run_out() -> None:
    found = even()
    assert found.amount_out(*X_FOR_Y, 10**21) is None
    assert found.amount_in(*X_FOR_Y, 21 * 10**19 + 1) is None
    everything = found.amount_in(*X_FOR_Y, 21 * 10**19)
    assert everything is not None
    assert found.amount_out(*X_FOR_Y, everything) == 21 * 10**19
    assert found.rate(*X_FOR_Y, everything) == 0
    assert not any(found.after(*X_FOR_Y, everything).reserves_y)
    with pytest.raises(LiquidityExhaustedError):
        found.after(*X_FOR_Y, everything + 1)


def test_a_bin_of_version_two_two_holds_only_so_much(on_chain: LiquidityBookOnChain) -> None:
    most = (MAX_LIQUIDITY >> 128) - 10**18
    full = even(ids=(ID_OF_ONE,), reserves_x=(10**18,), reserves_y=(most,))
    assert full.amount_out(*X_FOR_Y, 10**18) is None
    assert on_chain.trade(full, 0, 10**18) is None
    free = replace(full, bounded=False)
    assert free.amount_out(*X_FOR_Y, 10**18) == (on_chain.trade(free, 0, 10**18) or (0,))[0] > 0


def test_what_cannot_be_traded_on_is_named() -> None:
    def problem(**changes: object) -> str:
        return even(**changes).problem() or ""

    one = (1,)
    assert problem() == ""
    assert "no bins" in problem(ids=(), reserves_x=(), reserves_y=())
    assert "no bins" in problem(reserves_x=one)
    assert "ascend" in problem(ids=(ID_OF_ONE, ID_OF_ONE), reserves_x=(1, 1), reserves_y=(1, 1))
    assert "bin step" in problem(bin_step=0)
    assert "fees" in problem(fees=FEES._replace(filter_period=601))
    assert "prices" in problem(
        ids=(ID_OF_ONE + (1 << 20),), active_id=ID_OF_ONE + (1 << 20), reserves_x=one, reserves_y=one
    )
    assert "negative" in problem(protocol_fees=(-1, 0))
    assert "128 bits" in problem(protocol_fees=(0, MAX_AMOUNT - ROOM))
    assert "below the active one" in problem(active_id=ID_OF_ONE + 1)
    assert "movement" in problem(volatility=LBVolatility(1 << 20, 0, 0, 0))
    assert "24 bits" in problem(volatility=LBVolatility(0, 0, 1 << 24, 0))
    assert "after the block" in problem(timestamp=THEN - 1)
    assert "both sides" in problem(tokens=(TOKENS[0], TOKENS[0]))


def test_the_rest() -> None:
    found = even()
    assert found.product(*X_FOR_Y) is None
    assert found.after(*X_FOR_Y, 0) is found
    assert found.amount_in(*X_FOR_Y, 0) == 0
    assert found.leg(*X_FOR_Y) == Leg(Venue.LIQUIDITY_BOOK, "pair", TOKENS[1], 1)
    assert found.leg(*Y_FOR_X) == Leg(Venue.LIQUIDITY_BOOK, "pair", TOKENS[0], 0)
