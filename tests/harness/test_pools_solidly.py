"""Solidly's pools against Aerodrome's own code in an EVM, and against answers recorded from the chain."""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from evm_solidly import Solidly, SolidlyOnChain
from exact_solidly import SWAPS_A_STATE, TOKENS, amount, answer, cases, spread, stable, volatile
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.market.legs import Leg, Venue
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.solidly import SolidlyStablePool, SolidlyVolatilePool
from harness.market.pools.stable_curve import MAX_UINT

DATA = Path(__file__).parents[3] / "shared" / "data"
RECORDED = DATA / "aerodrome-volatile-tbtc-weth.state.json"
MAKERS: dict[bool, Callable[[Random], Solidly]] = {False: volatile, True: stable}

randoms = st.integers(0, 2**63).map(Random)
curves = st.booleans()


@pytest.fixture(scope="module")
def on_chain() -> dict[bool, SolidlyOnChain]:
    return {is_stable: SolidlyOnChain(is_stable) for is_stable in (False, True)}


@settings(max_examples=200, deadline=None)
@given(curves, randoms)
def test_it_pays_to_the_wei_what_the_pool_pays(
    on_chain: dict[bool, SolidlyOnChain], is_stable: bool, rng: Random
) -> None:
    pool, chain = MAKERS[is_stable](rng), on_chain[is_stable]
    chain.put(pool)
    for _ in range(SWAPS_A_STATE):
        i = rng.randrange(2)
        sold = amount(rng, pool, i)
        assert chain.trade(i, sold) == answer(pool, i, sold)


@settings(max_examples=100, deadline=None)
@given(randoms)
def test_a_volatile_pool_pays_not_a_unit_more(on_chain: dict[bool, SolidlyOnChain], rng: Random) -> None:
    pool, chain, i = volatile(rng), on_chain[False], rng.randrange(2)
    chain.put(pool)
    sold = amount(rng, pool, i)
    paid = pool.amount_out(i, 1 - i, sold)
    if paid is not None:
        assert chain.swap(i, sold, paid + 1) is None


@settings(max_examples=200, deadline=None)
@given(curves, randoms)
def test_the_least_input_pays_enough_and_one_unit_less_does_not(
    on_chain: dict[bool, SolidlyOnChain], is_stable: bool, rng: Random
) -> None:
    pool, chain, i = MAKERS[is_stable](rng), on_chain[is_stable], rng.randrange(2)
    wanted = max(1, int(pool.reserves[1 - i] * 10 ** rng.uniform(-9, 0)))
    least = pool.amount_in(i, 1 - i, wanted)
    if least is None:
        return
    chain.put(pool)
    assert (chain.trade(i, least)[0] or 0) >= wanted
    if least > 1:
        assert (chain.trade(i, least - 1)[0] or 0) < wanted


@settings(max_examples=200, deadline=None)
@given(curves, randoms, st.integers(0, 2**300))
def test_nothing_is_raised_and_nothing_negative(is_stable: bool, rng: Random, anything: int) -> None:
    pool, i = MAKERS[is_stable](rng), rng.randrange(2)
    for quantity in (anything, spread(rng, 0, 80), 0):
        for found in (pool.amount_out(i, 1 - i, quantity), pool.amount_in(i, 1 - i, quantity)):
            assert found is None or found >= 0
        assert 0 <= pool.rate(i, 1 - i, quantity) < float("inf")


@settings(max_examples=100, deadline=None)
@given(curves, randoms)
def test_the_rate_is_what_a_little_more_brings(is_stable: bool, rng: Random) -> None:
    reserves = (int(10 ** rng.uniform(22, 24)), int(10 ** rng.uniform(22, 24)))
    pool: Solidly = SolidlyVolatilePool("pool", TOKENS, reserves, 30)
    if is_stable:
        pool = SolidlyStablePool("pool", TOKENS, reserves, 5, (18, 18))
    i, sold = rng.randrange(2), int(10 ** rng.uniform(18, 22))
    before, after = pool.amount_out(i, 1 - i, sold), pool.amount_out(i, 1 - i, sold + 10**16)
    assert before is not None
    assert after is not None
    assert pool.rate(i, 1 - i, sold) == pytest.approx((after - before) / 10**16, rel=1e-4)


def test_mixed_cases_agree() -> None:
    assert all(chain == ours for _, chain, ours in cases(seed=3, count=500))


def test_known_values() -> None:
    pool = SolidlyStablePool("pool", TOKENS, (10**12, 10**24), 5, (6, 18))
    assert 999.4999 < (pool.amount_out(0, 1, 10**9) or 0) / 10**18 < 999.5
    assert pool.leg(0, 1) == Leg(Venue.SOLIDLY, "pool", TOKENS[1])
    assert pool.product(0, 1) is None
    product = SolidlyVolatilePool("pool", TOKENS, (10**6, 10**7), 30)
    assert product.amount_out(0, 1, 10_000) == 9_970 * 10**7 // (10**6 + 9_970)
    assert product.product(1, 0) == (10**7, 10**6, 9_970, 10_000)


def test_what_cannot_be_traded_on_is_named() -> None:
    def problem(pool: Solidly) -> str:
        return pool.problem() or ""

    assert "reserves" in problem(SolidlyVolatilePool("pool", TOKENS, (0, 1), 30))
    assert "fee" in problem(SolidlyVolatilePool("pool", TOKENS, (1, 1), 10_000))
    assert "product" in problem(SolidlyVolatilePool("pool", TOKENS, (1 << 128, 1 << 128), 30))
    assert "both sides" in problem(SolidlyVolatilePool("pool", ("same", "same"), (1, 1), 30))
    assert "decimals" in problem(SolidlyStablePool("pool", TOKENS, (10**20, 10**20), 5, (18, 31)))
    assert "curve" in problem(SolidlyStablePool("pool", TOKENS, (10**30, 10**30), 5, (18, 18)))
    assert "begin" in problem(SolidlyStablePool("pool", TOKENS, (10**15, 10**15), 5, (18, 18)))


def test_a_pool_refuses_what_its_fee_cannot_be_reckoned_of(on_chain: dict[bool, SolidlyOnChain]) -> None:
    pool, most = SolidlyVolatilePool("pool", TOKENS, (1, 1), 30), MAX_UINT // 30
    on_chain[False].put(pool)
    assert (on_chain[False].quote(0, most), pool.amount_out(0, 1, most)) == (0, 0)
    assert (on_chain[False].quote(0, most + 1), pool.amount_out(0, 1, most + 1)) == (None, None)


def test_a_pool_refuses_more_than_its_words_take() -> None:
    pool = SolidlyVolatilePool("pool", TOKENS, (10**20, 10**20), 30)
    with pytest.raises(LiquidityExhaustedError):
        pool.after(0, 1, 1 << 250)
    assert pool.after(0, 1, 0) == pool
    assert pool.amount_in(0, 1, 10**20) is None


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded chain answers are not beside the checkout")
def test_a_volatile_pool_answers_what_the_chain_answered() -> None:
    state = json.loads(RECORDED.read_text())
    names = [state[token]["symbol"] for token in ("token0", "token1")]
    reserves = (state["reserves_token0"], state["reserves_token1"])
    pool = SolidlyVolatilePool(state["pool"], TOKENS, reserves, state["fee_raw"])
    quotes = json.loads((DATA / "aerodrome-volatile-tbtc-weth.quotes.json").read_text())["entries"]
    assert quotes
    for key, recorded in quotes.items():
        _, _, way, sold = key.split("|")
        i = names.index(way.split("->")[0])
        assert pool.amount_out(i, 1 - i, int(sold)) == recorded["value"], key
