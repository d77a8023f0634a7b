"""Pool arithmetic against the protocols' own bytecode in an EVM, and against answers recorded from the chain."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from market_evm import ConcentratedOnChain, PairOnChain, Reverted

from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.tick_math import MAX_TICK, MIN_TICK, sqrt_price_at, tick_at
from harness.market.pools.uniswap_v2 import MAX_RESERVE, UniswapV2Pool
from harness.market.pools.uniswap_v3 import UniswapV3Pool

SPACING = {500: 10, 3000: 60, 10_000: 200}
DATA = Path(__file__).parents[3] / "shared" / "data"
RECORDED = DATA / "uniswap-v3-wbtc-weth.state.json"

reserves = st.integers(10**3, 10**30)
directions = st.booleans()
ways = st.sampled_from([(0, 1), (1, 0)])


def pair(reserve0: int, reserve1: int) -> UniswapV2Pool:
    return UniswapV2Pool("pair", ("token0", "token1"), (reserve0, reserve1))


@pytest.fixture(scope="module")
def pair_on_chain() -> PairOnChain:
    return PairOnChain()


@pytest.fixture(scope="module", params=sorted(SPACING))
def concentrated_on_chain(request: pytest.FixtureRequest) -> ConcentratedOnChain:
    return ConcentratedOnChain(request.param)


@settings(max_examples=150, deadline=None)
@given(reserves, reserves, ways, st.integers(1, 10**30))
def test_v2_pays_to_the_wei_what_the_pair_allows(
    pair_on_chain: PairOnChain, reserve0: int, reserve1: int, way: tuple[int, int], amount: int
) -> None:
    pool = pair(reserve0, reserve1)
    out = pool.amount_out(*way, amount)
    assert out is not None
    if out > 0:
        after = pool.after(*way, amount)
        assert pair_on_chain.swap(pool, way[0], amount, out) == after.reserves
    with pytest.raises(Reverted):
        pair_on_chain.swap(pool, way[0], amount, out + 1)


@settings(max_examples=150, deadline=None)
@given(reserves, reserves, ways, st.integers(1, 10**29))
def test_v2_takes_the_least_that_the_pair_accepts(
    pair_on_chain: PairOnChain, reserve0: int, reserve1: int, way: tuple[int, int], wanted: int
) -> None:
    pool = pair(reserve0, reserve1)
    least = pool.amount_in(*way, wanted)
    assume(least is not None)
    assert least is not None
    pair_on_chain.swap(pool, way[0], least, wanted)
    with pytest.raises(Reverted):
        pair_on_chain.swap(pool, way[0], least - 1, wanted)


def test_v2_known_values() -> None:
    pool = pair(5 * 10**18, 10 * 10**18)
    assert pool.amount_out(0, 1, 10**18) == 1662497915624478906
    assert pool.amount_in(0, 1, 1662497915624478906) == 10**18
    assert UniswapV2Pool("p", ("0", "1"), (10**6, 10**6), 25).amount_out(1, 0, 10**4) == 9876


def test_v2_beyond_its_limits() -> None:
    pool = pair(MAX_RESERVE - 5, 10**18)
    assert pool.amount_out(0, 1, 5) is not None
    assert pool.amount_out(0, 1, 6) is None
    assert pool.amount_in(0, 1, 10**18) is None
    assert pool.amount_in(0, 1, 0) == 0
    with pytest.raises(LiquidityExhaustedError):
        pool.after(0, 1, 6)


@st.composite
def concentrated(draw: st.DrawFn, fee: int) -> UniswapV3Pool:
    """A pool of one to six positions around a random price, never without liquidity at the price itself."""
    spacing = SPACING[fee]
    tick = draw(st.integers(-200_000, 200_000))
    low, high = sqrt_price_at(tick), sqrt_price_at(tick + 1)
    price = draw(st.integers(low, high - 1))
    net: dict[int, int] = {}
    liquidity = 0
    for around in [True, *draw(st.lists(st.booleans(), max_size=5))]:
        start, width = draw(st.integers(-600, -1)), draw(st.integers(1, 1_200))
        bottom = tick // spacing + (start if around else -start)
        top = max(bottom + width, tick // spacing + 1) if around else bottom + width
        amount = draw(st.integers(1, 10 ** draw(st.integers(3, 24))))
        net[bottom * spacing] = net.get(bottom * spacing, 0) + amount
        net[top * spacing] = net.get(top * spacing, 0) - amount
        liquidity += amount if bottom * spacing <= tick < top * spacing else 0
    ticks = tuple(sorted(at for at, change in net.items() if change))
    nets = tuple(net[at] for at in ticks)
    return UniswapV3Pool("pool", ("token0", "token1"), fee, spacing, price, tick, liquidity, ticks, nets)


def way(zero_for_one: bool) -> tuple[int, int]:
    return (0, 1) if zero_for_one else (1, 0)


amounts = st.integers(0, 30).flatmap(lambda digits: st.integers(1, 10**digits))


@settings(max_examples=120, deadline=None)
@given(st.data(), directions, amounts)
def test_v3_swaps_to_the_wei_as_the_pool(
    concentrated_on_chain: ConcentratedOnChain, data: st.DataObject, zero_for_one: bool, amount: int
) -> None:
    pool = data.draw(concentrated(concentrated_on_chain.fee))
    concentrated_on_chain.put(pool)
    swapped = pool.swap(zero_for_one, amount)
    assert swapped is not None
    assert concentrated_on_chain.swap(zero_for_one, amount) == (swapped.amount_in, swapped.amount_out)
    assert concentrated_on_chain.state() == (swapped.sqrt_price_x96, swapped.tick, swapped.liquidity)
    exhausted = swapped.amount_in < amount
    assert pool.amount_out(*way(zero_for_one), amount) == (None if exhausted else swapped.amount_out)


@settings(max_examples=80, deadline=None)
@given(st.data(), directions, amounts)
def test_v3_buys_exactly_as_the_pool(
    concentrated_on_chain: ConcentratedOnChain, data: st.DataObject, zero_for_one: bool, wanted: int
) -> None:
    pool = data.draw(concentrated(concentrated_on_chain.fee))
    bought = pool.swap_for(zero_for_one, wanted)
    assume(bought is not None and bought.amount_out == wanted)
    assert bought is not None
    concentrated_on_chain.put(pool)
    assert concentrated_on_chain.swap(zero_for_one, wanted, exact_output=True) == (bought.amount_in, wanted)
    assert concentrated_on_chain.state() == (bought.sqrt_price_x96, bought.tick, bought.liquidity)


@settings(max_examples=80, deadline=None)
@given(st.data(), directions, amounts)
def test_v3_least_input_pays_enough_and_one_wei_less_does_not(
    concentrated_on_chain: ConcentratedOnChain, data: st.DataObject, zero_for_one: bool, wanted: int
) -> None:
    pool = data.draw(concentrated(concentrated_on_chain.fee))
    least = pool.amount_in(*way(zero_for_one), wanted)
    assume(least is not None)
    assert least is not None
    concentrated_on_chain.put(pool)
    assert concentrated_on_chain.swap(zero_for_one, least)[1] >= wanted
    if least > 1:
        concentrated_on_chain.put(pool)
        assert concentrated_on_chain.swap(zero_for_one, least - 1)[1] < wanted


@given(st.integers(MIN_TICK, MAX_TICK - 1), st.integers(0, 2**64))
def test_the_tick_of_a_price_is_the_greatest_not_above_it(tick: int, share: int) -> None:
    low, high = sqrt_price_at(tick), sqrt_price_at(tick + 1)
    assert low < high
    assert tick_at(low) == tick
    assert tick_at(high - 1) == tick
    assert tick_at(low + (high - 1 - low) * share // 2**64) == tick


def test_prices_at_the_ends_are_the_protocols() -> None:
    assert sqrt_price_at(MIN_TICK) == 4295128739
    assert sqrt_price_at(MAX_TICK) == 1461446703485210103287273052203988822378723970342
    assert sqrt_price_at(0) == 1 << 96
    with pytest.raises(ValueError, match="887273"):
        sqrt_price_at(MAX_TICK + 1)


def narrow(lowest: int = MIN_TICK, highest: int = MAX_TICK) -> UniswapV3Pool:
    """A single position between the ticks -600 and 600, at price one."""
    ends, net = (-600, 600), (10**18, -(10**18))
    return UniswapV3Pool("pool", ("0", "1"), 3000, 60, 1 << 96, 0, 10**18, ends, net, lowest, highest)


def test_v3_says_so_when_its_liquidity_is_exhausted() -> None:
    pool = narrow()
    assert pool.amount_out(0, 1, 10**18) is None
    assert pool.amount_in(0, 1, 10**18) is None
    assert pool.amount_out(1, 0, 0) == 0
    with pytest.raises(LiquidityExhaustedError):
        pool.after(0, 1, 10**18)


def test_v3_never_computes_past_the_ticks_it_knows() -> None:
    whole, part = narrow(), narrow(lowest=-500, highest=500)
    assert whole.amount_out(0, 1, 10**15) is not None
    assert part.amount_out(0, 1, 10**15) is None
    assert part.amount_out(1, 0, 10**15) is None
    inside = narrow(lowest=-600, highest=600)
    assert inside.amount_out(0, 1, 10**15) == whole.amount_out(0, 1, 10**15)


def test_v3_swaps_add_up_in_state() -> None:
    pool = narrow()
    there = pool.after(0, 1, 10**16)
    assert there.sqrt_price_x96 < pool.sqrt_price_x96
    assert there.rate(0, 1) < pool.rate(0, 1) == 0.997
    assert there.after(1, 0, 10**10).sqrt_price_x96 > there.sqrt_price_x96


def recorded_pool() -> UniswapV3Pool:
    state = json.loads(RECORDED.read_text())
    scalars: dict[str, Any] = state["scalars"]
    ticks = sorted((int(tick), values[1]) for tick, values in state["tick_data"].items())
    return UniswapV3Pool(
        address=state["pool"],
        tokens=("WBTC", "WETH"),
        fee=scalars["fee"],
        tick_spacing=scalars["tick_spacing"],
        sqrt_price_x96=scalars["sqrt_price_x96"],
        tick=scalars["tick"],
        liquidity=scalars["liquidity"],
        ticks=tuple(tick for tick, _ in ticks),
        liquidity_net=tuple(net for _, net in ticks),
    )


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded chain answers are not beside the checkout")
def test_v3_answers_what_the_chain_answered() -> None:
    pool = recorded_pool()
    quotes = json.loads((DATA / "uniswap-v3-wbtc-weth.quotes.json").read_text())["entries"]
    assert len(quotes) == 80
    for key, answer in quotes.items():
        _, method, pair_name, amount = key.split("|")
        zero_for_one, exact_input = pair_name == "WBTC->WETH", method == "quoteExactInputSingle"
        swapped = (pool.swap if exact_input else pool.swap_for)(zero_for_one, int(amount))
        assert swapped is not None
        assert answer["value"] == (swapped.amount_out if exact_input else swapped.amount_in), key
