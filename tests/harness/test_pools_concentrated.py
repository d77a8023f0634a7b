"""Forks of Uniswap V3, and V4, against their protocols' own code in an EVM."""

from dataclasses import replace
from functools import cache
from random import Random
from typing import Any

import pytest
from evm_concentrated import AnyPool, OnChain
from exact_camelot_v3 import CAMELOT_V3
from exact_concentrated import FAMILIES, MANAGER, TOKENS, Family, amount, ours, slipstream, state, swaps, uniswap_v4
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.market.legs import NATIVE, Venue, pool_of
from harness.market.pools.algebra import AlgebraIntegralPool, AlgebraPool
from harness.market.pools.pancake_v3 import PancakeV3Pool
from harness.market.pools.tick_math import MAX_TICK, MIN_TICK, sqrt_price_at
from harness.market.pools.uniswap_v3 import UniswapV3Pool
from harness.market.pools.uniswap_v4 import UniswapV4Pool

randoms = st.integers(0, 2**63).map(Random)
EVERY = (*FAMILIES, CAMELOT_V3)
families = pytest.mark.parametrize("family", EVERY, ids=[family.name for family in EVERY])


@cache
def on_chain(name: str) -> OnChain[Any]:
    return next(family.chain() for family in EVERY if family.name == name)


@families
def test_swaps_end_to_the_wei_as_on_chain(family: Family) -> None:
    seed = sum(family.name.encode())
    for where, chain, us in swaps(family, Random(seed), count=240):
        assert chain == us, where


@families
@settings(max_examples=25, deadline=None)
@given(randoms)
def test_a_swap_either_way_ends_to_the_wei_as_on_chain(family: Family, rng: Random) -> None:
    pool, chain = family.make(rng), on_chain(family.name)
    assert pool.problem() is None
    chain.put(pool)
    for zero_for_one in (True, False):
        for sign in (1, -1):
            quantity = sign * amount(rng, pool, zero_for_one, bought=sign < 0)
            assert chain.swap(zero_for_one, quantity) == ours(pool, zero_for_one, quantity)


@families
@settings(max_examples=25, deadline=None)
@given(randoms)
def test_the_least_input_pays_enough_and_one_unit_less_does_not(family: Family, rng: Random) -> None:
    pool, chain, zero_for_one = family.make(rng), on_chain(family.name), rng.random() < 0.5
    way = (0, 1) if zero_for_one else (1, 0)
    wanted = amount(rng, pool, zero_for_one, bought=True)
    least = pool.amount_in(*way, wanted)
    if least is None:
        return
    chain.put(pool)
    enough = chain.swap(zero_for_one, least)
    assert enough is not None
    assert enough.amount_out >= wanted
    if least > 1:
        less = chain.swap(zero_for_one, least - 1)
        assert less is None or less.amount_out < wanted


@families
@settings(max_examples=20, deadline=None)
@given(randoms, st.integers(0, 2**300))
def test_nothing_is_raised_and_nothing_negative(family: Family, rng: Random, anything: int) -> None:
    pool = family.make(rng)
    for way in ((0, 1), (1, 0)):
        for quantity in (0, 1, int(10 ** rng.uniform(0, 40)), anything):
            for found in (pool.amount_out(*way, quantity), pool.amount_in(*way, quantity)):
                assert found is None or found >= 0
            assert 0 <= pool.rate(*way, quantity) < float("inf")


@settings(max_examples=40, deadline=None)
@given(randoms)
def test_the_state_after_a_swap_is_the_chains(rng: Random) -> None:
    pool = slipstream(rng)
    chain, quantity = on_chain("Slipstream"), amount(rng, pool, zero_for_one=True, bought=False)
    chain.put(pool)
    said = chain.swap(zero_for_one=True, amount=quantity)
    assert said is not None
    if pool.amount_out(0, 1, quantity) is not None:
        after = pool.after(0, 1, quantity)
        assert (after.sqrt_price_x96, after.tick, after.liquidity) == (said.sqrt_price_x96, said.tick, said.liquidity)


def plain(kind: type[AnyPool], fee: int = 3_000, **more: object) -> AnyPool:
    return kind(**state(Random(1), fee, 60) | more)


@pytest.mark.parametrize("price", [sqrt_price_at(MIN_TICK), sqrt_price_at(MIN_TICK) + 1])
def test_at_the_end_of_all_prices_the_swap_is_refused(price: int) -> None:
    pool = UniswapV3Pool("pool", TOKENS, 3_000, 60, price, MIN_TICK, 10**18, (), ())
    assert pool.problem() is None
    assert pool.swap(zero_for_one=True, amount_in=10**18) is None
    assert pool.amount_out(0, 1, 10**18) is None
    assert pool.swap(zero_for_one=False, amount_in=10**18) is not None
    top = sqrt_price_at(MAX_TICK) - 1
    assert replace(pool, sqrt_price_x96=top, tick=MAX_TICK - 1).amount_out(1, 0, 1) is None


def test_a_tick_that_is_not_the_prices_is_named() -> None:
    edge = UniswapV3Pool("pool", TOKENS, 3_000, 60, sqrt_price_at(60), 60, 0, (), ())
    assert edge.problem() is None
    assert replace(edge, tick=59).problem() is None
    for wrong in (
        replace(edge, tick=58),
        replace(edge, tick=61),
        replace(edge, tick=59, sqrt_price_x96=edge.sqrt_price_x96 + 1),
    ):
        assert "not that of the price" in (wrong.problem() or "")


def test_legs_name_their_venues() -> None:
    assert plain(PancakeV3Pool).leg(0, 1).venue is Venue.PANCAKE_V3
    assert plain(AlgebraPool).leg(0, 1).venue is Venue.ALGEBRA
    assert plain(AlgebraIntegralPool).leg(1, 0).token_out == TOKENS[0]
    assert slipstream(Random(1)).leg(0, 1).venue is Venue.UNISWAP_V3


def test_a_pool_of_camelots_has_a_fee_each_way() -> None:
    both, dear = plain(AlgebraPool, fee=500, fee_of_token1=9_000), plain(AlgebraPool, fee=9_000)
    cheap = plain(AlgebraPool, fee=500)
    assert both.swap(True, 10**9) == cheap.swap(True, 10**9)
    assert both.swap(False, 10**9) == dear.swap(False, 10**9)
    assert both.rate(1, 0) == dear.rate(1, 0)
    assert "fee" in (plain(AlgebraPool, fee_of_token1=10**6).problem() or "")


def test_integral_stops_at_initialised_ticks_alone() -> None:
    wide: dict[str, Any] = {"ticks": (-600_000, 600_000), "liquidity_net": (10**9, -(10**9)), "liquidity": 10**9}
    here: dict[str, Any] = wide | {"fee": 100, "sqrt_price_x96": 1 << 96, "tick": 0}
    words, linked = plain(AlgebraPool, **here), plain(AlgebraIntegralPool, **here)
    assert (words.amount_out(0, 1, 10**16) or 0) < (linked.amount_out(0, 1, 10**16) or 0)
    assert words.amount_out(0, 1, 10**3) == linked.amount_out(0, 1, 10**3)


def test_a_fee_of_the_protocols_comes_before_the_pools() -> None:
    pool = replace(uniswap_v4(Random(1)), fee=3_000, protocol_fees=(1_000, 250))
    assert pool.fee_of(zero_for_one=True) == 3_997
    assert pool.fee_of(zero_for_one=False) == 3_250
    assert replace(pool, protocol_fees=(0, 0)).fee_of(zero_for_one=True) == 3_000


def test_a_swap_too_wide_for_the_chains_words_is_refused() -> None:
    wide = replace(plain(UniswapV3Pool), liquidity=(1 << 128) - 1, ticks=(), liquidity_net=(), sqrt_price_x96=1 << 150)
    narrow = UniswapV4Pool(**{name: getattr(wide, name) for name in state(Random(1), 1, 1)})
    assert (wide.amount_out(0, 1, 1 << 110) or 0) > narrow.MAX_AMOUNT
    assert narrow.amount_out(0, 1, 1 << 110) is None
    assert wide.amount_out(0, 1, 1 << 255) is None


def test_what_is_no_pool_of_v4_is_named() -> None:
    pool = uniswap_v4(Random(1))
    assert pool.problem() is None
    assert pool.leg(0, 1).target == MANAGER
    assert pool_of(pool.leg(1, 0), TOKENS[1]) == pool.address
    assert "begins with" in (replace(pool, address=TOKENS[0]).problem() or "")
    assert "begins with" in (replace(pool, fee=pool.fee + 1).problem() or "")
    assert "order" in (replace(pool, tokens=TOKENS[::-1]).problem() or "")
    assert "addresses" in (replace(pool, manager="nowhere").problem() or "")
    assert "protocol fees" in (replace(pool, protocol_fees=(0, 1_001)).problem() or "")
    assert "takes all" in (replace(pool, fee=999_999, protocol_fees=(1_000, 0)).problem() or "")


def test_native_coin_is_a_token_of_v4() -> None:
    pool = uniswap_v4(Random(1))
    native = UniswapV4Pool(**state(Random(1), 500, 10) | {"tokens": (NATIVE, TOKENS[1])}, manager=MANAGER)
    known = pool_of(native.leg(0, 1), NATIVE)
    assert replace(native, address=known).problem() is None
    assert native.leg(1, 0).token_out == NATIVE
    assert known != pool.address
