"""Curve's stable pools, against the sUSD pool's code, recorded answers of the 3pool, and the new ones' code."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import exact_curve_ng
import exact_curve_stable
import pytest
from evm_curve import ModelNGOnChain, NGOnChain, SusdOnChain
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from harness.market import legs
from harness.market.pools.curve_ng import CurveNGPool
from harness.market.pools.curve_stable import FACTORY, FIRST, GUARDED, SECOND, THIRD, CurveStablePool
from harness.market.pools.errors import LiquidityExhaustedError

DATA = Path(__file__).parents[3] / "shared" / "data"
RECORDED = DATA / "curve-3pool.state.json"
POOL = "0x" + "ab" * 20
ONE = 10**18

Stable = CurveStablePool | CurveNGPool

seeds = st.integers(0, 2**32 - 1)
amounts = st.integers(0, 40).flatmap(lambda digits: st.integers(0, 10**digits))
balances = st.integers(0, 30).flatmap(lambda digits: st.integers(1, 10**digits))
rates = st.integers(12, 36).flatmap(lambda digits: st.integers(10**digits * 9 // 10, 10**digits * 3))


@pytest.fixture(scope="module")
def susd() -> SusdOnChain:
    return SusdOnChain()


@pytest.fixture(scope="module")
def fresh() -> NGOnChain:
    return NGOnChain()


@pytest.fixture(scope="module")
def model() -> ModelNGOnChain:
    return ModelNGOnChain()


def agree(cases: Iterator[tuple[str, object, object]]) -> None:
    for what, expected, got in cases:
        assert got == expected, what


@settings(max_examples=150, deadline=None)
@given(seeds)
def test_old_pools_pay_quote_and_are_left_to_the_wei(susd: SusdOnChain, seed: int) -> None:
    agree(exact_curve_stable.of(Random(seed), susd))


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_new_pools_pay_and_are_left_to_the_wei(fresh: NGOnChain, seed: int) -> None:
    agree(exact_curve_ng.of(Random(seed), fresh, 3))


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_later_pools_pay_as_the_model(model: ModelNGOnChain, seed: int) -> None:
    random = Random(seed)
    drawn = exact_curve_ng.pool(random, model.coins)
    count, multiplier = len(drawn.tokens), drawn.offpeg_multiplier
    drawn = replace(drawn, address=model.deploy(count, drawn.amp // 100, drawn.fee, multiplier))
    for _ in range(3):
        pool = exact_curve_ng.filled(random, drawn)
        i, j = random.sample(range(count), 2)
        amount = int(pool.balances[i] * 10 ** random.uniform(-7, 0)) + 1
        out = pool.amount_out(i, j, amount)
        model.put(pool)
        assert pool.problem() is not None or not out or model.quoted(pool, i, j, amount) == out


def test_later_pools_are_left_as_the_model(model: ModelNGOnChain) -> None:
    world = model.world
    address = model.deploy(3, 200, 4_000_000, 2 * 10**10)
    world.stock(address, model.coins[:3])
    held = (10**24, 2 * 10**24, 7 * 10**23)
    pool = CurveNGPool(address, model.coins[:3], held, (ONE,) * 3, 20_000, 4_000_000, 2 * 10**10)
    model.put(pool)
    for index, coin in enumerate(pool.tokens):
        world.write(coin, world.held_at(address), held[index])
    for i, j, amount in ((0, 1, 10**22), (1, 2, 12_345_678_901), (2, 0, 10**23 + 7)):
        before = world.owned(pool.tokens[j])
        world.call(address, "exchange(int128,int128,uint256,uint256)", i, j, amount, 0)
        assert world.owned(pool.tokens[j]) - before == pool.amount_out(i, j, amount)
        pool = pool.after(i, j, amount)
        left = (world.call(address, "balances(uint256)", index, returns=("uint256",))[0] for index in range(3))
        assert tuple(left) == pool.balances


@st.composite
def old(draw: st.DrawFn) -> CurveStablePool:
    rules = draw(st.sampled_from((FIRST, SECOND, THIRD, GUARDED, FACTORY)))
    count, precision = draw(st.integers(2, 5)), rules.rounding.precision
    return CurveStablePool(
        POOL,
        tuple(f"token{index}" for index in range(count)),
        tuple(draw(balances) for _ in range(count)),
        tuple(draw(rates) for _ in range(count)),
        draw(st.integers(precision, 10**5 * precision)),
        draw(st.integers(0, 5 * 10**9)),
        draw(st.integers(0, 10**10)),
        rules,
    )


@st.composite
def new(draw: st.DrawFn) -> CurveNGPool:
    count = draw(st.integers(2, 8))
    return CurveNGPool(
        POOL,
        tuple(f"token{index}" for index in range(count)),
        tuple(draw(balances) for _ in range(count)),
        tuple(draw(rates) for _ in range(count)),
        draw(st.integers(100, 10**7)),
        draw(st.integers(0, 10**8)),
        draw(st.integers(0, 10**11)),
    )


pools = old() | new()


@settings(max_examples=300, deadline=None)
@given(pools, amounts, seeds)
def test_whatever_is_asked_the_answer_is_a_number_or_none(pool: Stable, amount: int, seed: int) -> None:
    assume(pool.problem() is None)
    i, j = Random(seed).sample(range(len(pool.tokens)), 2)
    out, least = pool.amount_out(i, j, amount), pool.amount_in(i, j, amount)
    assert out is None or out >= 0
    assert least is None or least >= 0
    assert 0 <= pool.rate(i, j, amount) < float("inf")
    assert pool.product(i, j) is None
    if out is None:
        with pytest.raises(LiquidityExhaustedError):
            pool.after(i, j, amount)
    else:
        assert min(pool.after(i, j, amount).balances) >= 0
    if least and amount:
        paid, before = pool.amount_out(i, j, least), pool.amount_out(i, j, least - 1)
        assert paid is not None
        assert before is not None
        assert paid >= amount > before


@settings(max_examples=60, deadline=None)
@given(pools, seeds)
def test_the_rate_is_what_the_next_units_bring(pool: Stable, seed: int) -> None:
    count = len(pool.tokens)
    held = tuple(Random(seed).randint(10**26, 10**28) for _ in range(count))
    pool = replace(pool, balances=held, rates=(ONE,) * count)
    i, j = Random(seed).sample(range(count), 2)
    step = pool.balances[i] // 10**6
    for amount in (0, pool.balances[i] // 20):
        low, high = pool.amount_out(i, j, amount), pool.amount_out(i, j, amount + step)
        assert low is not None
        assert high is not None
        assert (high - low) / step == pytest.approx(pool.rate(i, j, amount + step // 2), rel=1e-3)


def test_trying_every_amount_finds_no_lesser_input() -> None:
    held, worth = (3_000 * 10**6, 2_500), (ONE, 10**24)
    for pool in (
        CurveStablePool(POOL, ("0", "1"), held, worth, 100, 4_000_000, 0, SECOND),
        CurveNGPool(POOL, ("0", "1"), held, worth, 10_000, 4_000_000, 2 * 10**10),
    ):
        out = [pool.amount_out(1, 0, amount) or 0 for amount in range(4_000)]
        for wanted in range(1, max(out), 997_331):
            enough = next(amount for amount, paid in enumerate(out) if paid >= wanted)
            assert pool.amount_in(1, 0, wanted) == enough
        for wanted in range(1, 2_000, 97):
            least = pool.amount_in(0, 1, wanted)
            assert least is not None
            near = range(max(0, least - 2_000), least)
            assert all((pool.amount_out(0, 1, amount) or 0) < wanted for amount in near)
            assert (pool.amount_out(0, 1, least) or 0) >= wanted


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded chain answers are not beside the checkout")
def test_answers_what_the_chain_answered() -> None:
    state = json.loads(RECORDED.read_text())
    symbols = [token["symbol"] for token in state["tokens"]]
    pool = CurveStablePool(
        address=state["address"],
        tokens=tuple(token["address"] for token in state["tokens"]),
        balances=tuple(state["balances"]),
        rates=tuple(10 ** (36 - token["decimals"]) for token in state["tokens"]),
        amp=state["a_coefficient"],
        fee=state["fee"],
        admin_fee=state["admin_fee"],
        rules=SECOND,
    )
    assert pool.problem() is None
    quotes = json.loads((DATA / "curve-3pool.quotes.json").read_text())["entries"]
    assert len(quotes) == 18
    for key, answer in quotes.items():
        _, method, pair, amount = key.split("|")
        assert method == "get_dy"
        i, j = (symbols.index(symbol) for symbol in pair.split("->"))
        assert pool.quoted(i, j, int(amount)) == answer["value"], key


def test_new_pools_answer_what_was_recorded() -> None:
    """Pools on Arbitrum, as an exchange aggregator's public tests record them (kyberswap-dex-lib, curve/stable-ng)."""
    dollars = CurveNGPool(
        "0xDc40D14ACcD5629BBFa65D057F175871628d13c7",
        ("USDT", "USDC.e"),
        (50980, 75958),
        (10**30, 10**30),
        20_000,
        4_000_000,
        2 * 10**10,
    )
    crv = CurveNGPool(
        "0x3aDf984c937FA6846E5a24E0A68521Bdaf767cE1",
        ("crvUSD", "USDC.e"),
        (8994725349517509957774712, 1568153728639),
        (10**18, 10**30),
        100_000,
        1_000_000,
        5 * 10**10,
    )
    for pool, i, j, amount, answer in (
        (dollars, 0, 1, 5_000_000, 75900),
        (dollars, 0, 1, 50_000_001, 75897),
        (dollars, 0, 1, 500_000_012, 75897),
        (dollars, 1, 0, 500_000_012, 50939),
        (dollars, 1, 0, 50_000_001, 50939),
        (dollars, 1, 0, 5_000_000, 50940),
        (crv, 0, 1, 50000000000000000, 49719),
        (crv, 0, 1, 500000000000000001, 497190),
        (crv, 0, 1, 5000000000000000012, 4971903),
        (crv, 1, 0, 5_000_001, 5026592848229394394),
        (crv, 1, 0, 500_000, 502659192342457080),
        (crv, 1, 0, 50_000, 50265919315764975),
        (crv, 1, 0, 5_000, 5026591932391690),
    ):
        assert pool.amount_out(i, j, amount) == answer
    after = replace(crv, balances=(8262422587316288724376566, 1219069890648))
    for i, j, amount, answer in (
        (0, 1, 50000000000000000, 49625),
        (0, 1, 500000000000000001, 496251),
        (0, 1, 5000000000000000012, 4962511),
        (1, 0, 5_000_001, 5035968519257369998),
        (1, 0, 500_000, 503596734266597847),
        (1, 0, 50_000, 50359673256255325),
        (1, 0, 5_000, 5035967323921488),
    ):
        assert after.amount_out(i, j, amount) == answer
        after = after.after(i, j, amount)


def test_what_is_wrong_with_a_state_is_named() -> None:
    state = CurveStablePool(POOL, ("0", "1"), (ONE, ONE), (ONE, ONE), 10_000, 4_000_000, 0, THIRD)
    fresh = CurveNGPool(POOL, ("0", "1"), (ONE, ONE), (ONE, ONE), 10_000, 4_000_000, 2 * 10**10)
    for pool in (state, fresh):
        assert pool.problem() is None
        wrong = {
            "2 to 8 coins": replace(pool, tokens=("0",)),
            "not as many": replace(pool, rates=(ONE,)),
            "amplification": replace(pool, amp=99),
            "a fee of": replace(pool, fee=10**10),
            "rates": replace(pool, rates=(0, ONE)),
            "balances": replace(pool, balances=(0, ONE)),
            "10**18 whole": replace(pool, balances=(10**37, ONE)),
            "converge": replace(pool, balances=(1, 10**36)),
            "both sides": replace(pool, tokens=("0", "0")),
        }
        for said, bad in wrong.items():
            assert said in (bad.problem() or ""), bad
    assert "amplification" in (replace(state, amp=10**9).problem() or "")
    assert "multiplier" in (replace(fresh, offpeg_multiplier=10**14).problem() or "")


def test_legs_name_the_coins_by_index() -> None:
    state = CurveStablePool(POOL, ("0", "1"), (ONE, ONE), (ONE, ONE), 10_000, 4_000_000, 0, THIRD)
    assert state.leg(1, 0) == legs.curve(POOL, "0", 1, 0)
    fresh = CurveNGPool(POOL, ("0", "1"), (ONE, ONE), (ONE, ONE), 10_000, 4_000_000, 2 * 10**10)
    assert fresh.leg(0, 1) == legs.curve_ng(POOL, "1", 0, 1)
