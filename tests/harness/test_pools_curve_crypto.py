"""Curve's crypto pools: their code as far as it is published, recorded answers, and an independent simulator."""

import json
from dataclasses import replace
from random import Random

import exact_curve_crypto
import pytest
from exact_curve_crypto import ETH_PLUS, EURS, TRICRYPTO
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from harness.market import legs
from harness.market.pools.cryptoswap import ONE, Solver, ThreeFirst, ThreeNG, TwoFirst, TwoNG, cube_root
from harness.market.pools.curve_crypto import CurveCryptoPool, Peg, StateUnknownError
from harness.market.pools.errors import LiquidityExhaustedError

SOLVERS: tuple[type[Solver], ...] = (TwoFirst, TwoNG, ThreeFirst, ThreeNG)

seeds = st.integers(0, 2**32 - 1)
amounts = st.integers(0, 40).flatmap(lambda digits: st.integers(0, 10**digits))


def test_answers_what_others_answered() -> None:
    compared = 0
    for what, expected, got in exact_curve_crypto.recorded():
        assert got == expected, what
        compared += 1
    assert compared >= 190


def test_answers_what_the_contracts_answer() -> None:
    for what, expected, got in exact_curve_crypto.cases(7, 3_000):
        assert got == expected, what


@st.composite
def pools(draw: st.DrawFn) -> CurveCryptoPool:
    solver = draw(st.sampled_from(SOLVERS))
    count = solver.COINS
    whole = draw(st.integers(18, 30).flatmap(lambda digits: st.integers(10**digits, 10 ** (digits + 1))))
    precisions = tuple(10 ** draw(st.integers(0, 18)) for _ in range(count))
    prices = tuple(10 ** draw(st.integers(0, 30)) * draw(st.integers(1, 9)) for _ in range(count - 1))
    shares = tuple(draw(st.integers(1, 1_000)) for _ in range(count))
    each = (share * whole // 1_000 * ONE // price for share, price in zip(shares, (ONE, *prices), strict=True))
    balances = tuple(max(1, value // precision) for value, precision in zip(each, precisions, strict=True))
    mid = draw(st.integers(0, 10**9))
    oracle = tuple(max(1, price * draw(st.integers(900, 1_100)) // 1_000) for price in prices)
    supply, step = draw(st.integers(1, 10**27)), draw(st.integers(0, 10**16))
    peg = Peg(supply, draw(st.integers(1, 2 * ONE)), ONE, oracle, draw(st.integers(0, 10**13)), step)
    return CurveCryptoPool(
        "0x" + "cc" * 20,
        tuple(f"token{index}" for index in range(count)),
        balances,
        precisions,
        prices,
        draw(st.integers(*solver.AMPS)),
        draw(st.integers(10**10, solver.MOST_GAMMA)),
        whole * sum(shares) // 1_000 * draw(st.integers(800, 1_000)) // 1_000,
        mid,
        draw(st.integers(mid, 10**10)),
        draw(st.integers(1, ONE)),
        solver,
        draw(st.none() | st.just(peg)),
    )


@settings(max_examples=300, deadline=None)
@given(pools(), amounts, seeds)
def test_whatever_is_asked_the_answer_is_a_number_or_none(pool: CurveCryptoPool, amount: int, seed: int) -> None:
    assume(pool.problem() is None)
    i, j = Random(seed).sample(range(len(pool.tokens)), 2)
    out, least = pool.amount_out(i, j, amount), pool.amount_in(i, j, amount)
    assert out is None or out >= 0
    assert least is None or least >= 0
    assert 0 <= pool.rate(i, j, amount) < float("inf")
    assert pool.product(i, j) is None
    try:
        left = pool.after(i, j, amount)
    except LiquidityExhaustedError:
        assert out is None or out > 0
    else:
        assert out is not None
        assert left.balances[j] == pool.balances[j] - out
    if least and amount:
        paid, before = pool.amount_out(i, j, least), pool.amount_out(i, j, least - 1)
        assert paid is not None
        assert paid >= amount
        assert before is not None
        assert before < amount


@pytest.mark.parametrize("pool", [ETH_PLUS, EURS, TRICRYPTO])
def test_the_least_input_comes_back_but_for_what_the_solver_wobbles(pool: CurveCryptoPool) -> None:
    random = Random(5)
    for _ in range(200):
        i, j = random.sample(range(len(pool.tokens)), 2)
        amount = int(pool.balances[i] * 10 ** random.uniform(-5, -0.5))
        out = pool.amount_out(i, j, amount)
        assert out is not None
        least = pool.amount_in(i, j, out)
        assert least is not None
        assert least <= amount + max(2, pool.balances[i] // 10**16)
        assert (pool.amount_out(i, j, least) or 0) >= out > (pool.amount_out(i, j, least - 1) or 0)


@pytest.mark.parametrize("pool", [ETH_PLUS, TRICRYPTO])
def test_the_rate_is_what_the_next_units_bring(pool: CurveCryptoPool) -> None:
    for i, j in ((0, 1), (1, 0)):
        for amount in (0, pool.balances[i] // 50):
            step = pool.balances[i] // 10**5
            low, high = pool.amount_out(i, j, amount), pool.amount_out(i, j, amount + step)
            assert low is not None
            assert high is not None
            assert (high - low) / step == pytest.approx(pool.rate(i, j, amount), rel=1e-3)


def test_three_coins_of_either_generation_are_on_one_curve() -> None:
    """The closed form and Newton's method differ by a few units at 18 decimals."""
    vectors = json.loads(exact_curve_crypto.VECTORS.read_text())
    for vector in (one for one in vectors if one["coins"] == 3):
        pool = exact_curve_crypto.pool_of(vector)
        i, j, amount = vector["i"], vector["j"], vector["amount"]
        newer, older = pool.amount_out(i, j, amount), replace(pool, solver=ThreeFirst).amount_out(i, j, amount)
        assert newer is not None
        assert older == pytest.approx(newer, rel=1e-6, abs=10)


def test_two_coins_of_either_generation_are_on_one_curve() -> None:
    """The closed form and Newton's method differ by a few units at 18 decimals."""
    vectors = json.loads(exact_curve_crypto.VECTORS.read_text())
    for vector in (one for one in vectors if one["coins"] == 2 and one["gamma"] <= TwoNG.MOST_GAMMA):
        pool = exact_curve_crypto.pool_of(vector)
        if not TwoNG.AMPS[0] <= pool.amp <= TwoNG.AMPS[1]:
            continue
        i, j, amount = vector["i"], vector["j"], vector["amount"]
        newer = replace(pool, solver=TwoNG).amount_out(i, j, amount)
        older = pool.amount_out(i, j, amount)
        assert older is not None
        assert newer == pytest.approx(older, rel=1e-9, abs=10)
        xp = (10**24, 2 * 10**24)
        assert TwoNG.invariant(pool.amp, pool.gamma, xp) == pytest.approx(
            TwoFirst.invariant(pool.amp, pool.gamma, xp), rel=1e-13
        )


def test_the_price_scale_moves_as_recorded() -> None:
    start, swaps = exact_curve_crypto.SEQUENCES[2]
    pool = start
    for i, j, amount, _ in swaps:
        pool = pool.after(i, j, amount)
    assert pool.price_scale[0] < start.price_scale[0]


def test_what_follows_is_refused_where_it_is_not_known() -> None:
    unknown = replace(ETH_PLUS, peg=None)
    with pytest.raises(StateUnknownError, match="trade there once"):
        unknown.after(0, 1, ONE)
    with pytest.raises(StateUnknownError):
        replace(ETH_PLUS, solver=TwoFirst).after(0, 1, ONE)
    assert unknown.after(0, 1, 0) is unknown
    assert TRICRYPTO.peg is not None
    losing = replace(TRICRYPTO, peg=replace(TRICRYPTO.peg, supply=2 * TRICRYPTO.peg.supply))
    with pytest.raises(LiquidityExhaustedError, match="would lose"):
        losing.after(0, 1, 10**21)
    with pytest.raises(LiquidityExhaustedError, match="trade less"):
        TRICRYPTO.after(2, 0, 10**24)


def test_cube_roots() -> None:
    for x in (1, 27 * ONE, 10**40, 10**60, 10**75, 2**255):
        assert cube_root(x) == pytest.approx((x / ONE) ** (1 / 3) * ONE, rel=1e-11)
    assert cube_root(0) == 0


def test_what_is_wrong_with_a_state_is_named() -> None:
    assert ETH_PLUS.problem() is None
    assert ETH_PLUS.peg is not None
    wrong = {
        "2 coins": replace(ETH_PLUS, tokens=("0", "1", "2")),
        "amplification": replace(ETH_PLUS, amp=10),
        "gamma": replace(ETH_PLUS, gamma=10**18),
        "fees": replace(ETH_PLUS, mid_fee=10**9),
        "precisions": replace(ETH_PLUS, precisions=(3, 1)),
        "prices": replace(ETH_PLUS, price_scale=(0,)),
        "an invariant": replace(ETH_PLUS, d=10),
        "balances": replace(ETH_PLUS, balances=(0, 1)),
        "hundred times": replace(ETH_PLUS, balances=(10**30, ONE)),
        "too low": replace(ETH_PLUS, price_scale=(1,), balances=(10**32, 10**50), d=10**33),
        "profits": replace(ETH_PLUS, peg=replace(ETH_PLUS.peg, supply=0)),
        "both sides": replace(ETH_PLUS, tokens=("0", "0")),
    }
    for said, bad in wrong.items():
        assert said in (bad.problem() or ""), bad


def test_legs_name_the_coins_by_index() -> None:
    assert TRICRYPTO.leg(2, 1) == legs.curve_crypto(TRICRYPTO.address, "tBTC", 2, 1)
