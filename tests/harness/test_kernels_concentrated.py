"""The kernel for swaps in ranges against the pool that it must equal, and its wide numbers against Python's."""

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
import pytest
from exact_concentrated_kernel import Trade, cases, random_amount, random_pool
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.market.kernels import longs
from harness.market.kernels.concentrated import LARGEST_AMOUNT, ConcentratedSwaps
from harness.market.kernels.longs import Long, Words
from harness.market.pools.concentrated import ConcentratedPool
from harness.market.pools.tick_math import MAX_SQRT_PRICE, MAX_TICK, MIN_SQRT_PRICE, MIN_TICK, sqrt_price_at
from harness.market.pools.uniswap_v3 import UniswapV3Pool

DATA = Path(__file__).parents[3] / "shared" / "data"
RECORDED = DATA / "uniswap-v3-wbtc-weth.state.json"
RADIX = 1 << 64


def narrow(lowest: int = MIN_TICK, highest: int = MAX_TICK) -> UniswapV3Pool:
    ends, net = (-600, 600), (10**18, -(10**18))
    return UniswapV3Pool("pool", ("0", "1"), 3000, 60, 1 << 96, 0, 10**18, ends, net, lowest, highest)


def assert_equal(pools: Sequence[ConcentratedPool], trades: list[Trade]) -> None:
    swaps = ConcentratedSwaps(pools)
    expected = [pools[at].swap(zero_for_one, amount) for at, zero_for_one, amount in trades]
    assert swaps.swap(trades) == expected
    outs = [pools[at].amount_out(1 - zero, zero, amount) for at, zero, amount in trades if amount]
    assert swaps.amounts_out([trade for trade in trades if trade[2]]) == outs


@pytest.mark.long
@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**64))
def test_any_swap_equals_the_pools(seed: int) -> None:
    random = Random(seed)
    pools = [random_pool(random) for _ in range(3)]
    assert all(pool.problem() is None for pool in pools)
    assert_equal(pools, [(at, zero, random_amount(random)) for at in range(3) for zero in (False, True)])


def test_a_thousand_cases_of_the_benchmark_are_equal() -> None:
    assert [what for what, expected, got in cases(1, 1_000) if expected != got] == []


def test_every_tick_is_found_from_its_own_price_and_the_one_below() -> None:
    """Without liquidity a swap ends at the last price, and its tick is read off that."""
    prices = [sqrt_price_at(tick) + by for tick in range(MIN_TICK + 1, MAX_TICK, 997) for by in (-1, 0, 1)]
    pools = [
        UniswapV3Pool("p", ("0", "1"), 0, 1, price, narrow_tick(price), 1 << 100, (), ())
        for price in prices
        if MIN_SQRT_PRICE + 2 < price < MAX_SQRT_PRICE - 1
    ]
    assert_equal(pools, [(at, at % 2 == 0, 1) for at in range(len(pools))])


def narrow_tick(price: int) -> int:
    """Return the tick of a price by looking at all prices, those of `sqrt_price_at` being ascending."""
    low, high = MIN_TICK, MAX_TICK
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if sqrt_price_at(middle) <= price else (low, middle)
    return low


def test_extremes() -> None:
    liquidity = (1 << 128) - 1
    ends, net = (-887_220, 887_220), (liquidity, -liquidity)
    prices = [
        MIN_SQRT_PRICE,
        MIN_SQRT_PRICE + 1,
        sqrt_price_at(-887_000),
        1 << 96,
        sqrt_price_at(887_000),
        MAX_SQRT_PRICE - 2,
    ]
    pools = [
        UniswapV3Pool("p", ("0", "1"), fee, 60, price, tick, liquidity if -887_220 <= tick < 887_220 else 0, ends, net)
        for price in prices
        for tick in [narrow_tick(price)]
        for fee in (0, 999_999)
    ]
    amounts = [0, 1, 2**64 - 1, 2**64, 2**128 - 1, 2**128, 2**191, 2**212, 2**255 - 1, LARGEST_AMOUNT]
    assert_equal(pools, [(at, zero, a) for at in range(len(pools)) for zero in (True, False) for a in amounts])


def test_more_than_the_chain_knows_is_refused() -> None:
    amounts = [(1 << 255) - 1, 1 << 255, LARGEST_AMOUNT, 1 << 300]
    assert_equal([narrow()], [(0, zero, amount) for zero in (True, False) for amount in amounts])
    got = ConcentratedSwaps([narrow()]).swap([(0, True, amount) for amount in amounts])
    assert [one is None for one in got] == [False, True, True, True]


def test_nothing_past_the_known_ticks() -> None:
    pools = [narrow(), narrow(lowest=-500, highest=500), narrow(lowest=-600, highest=600)]
    got = ConcentratedSwaps(pools).amounts_out([(at, True, 10**15) for at in range(3)])
    assert got[0] == got[2] == narrow().amount_out(0, 1, 10**15)
    assert got[1] is None


def test_no_trade_is_no_answer() -> None:
    assert ConcentratedSwaps([narrow()]).swap([]) == []
    assert ConcentratedSwaps([]).amounts_out([]) == []


def test_a_pool_can_move() -> None:
    swaps = ConcentratedSwaps([narrow(), narrow()])
    moved = narrow().after(0, 1, 10**15)
    swaps.put(1, moved)
    assert swaps.amounts_out([(0, True, 10**9), (1, True, 10**9)]) == [
        narrow().amount_out(0, 1, 10**9),
        moved.amount_out(0, 1, 10**9),
    ]


def test_a_pool_whose_ticks_change_is_refused() -> None:
    other = UniswapV3Pool("pool", ("0", "1"), 3000, 60, 1 << 96, 0, 0, (), ())
    with pytest.raises(ValueError, match="anew"):
        ConcentratedSwaps([narrow()]).put(0, other)


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded chain answers are not beside the checkout")
def test_the_kernel_answers_what_the_chain_answered() -> None:
    state = json.loads(RECORDED.read_text())
    ticks = sorted((int(tick), values[1]) for tick, values in state["tick_data"].items())
    names = ("fee", "tick_spacing", "sqrt_price_x96", "tick", "liquidity")
    fee, spacing, price, tick, liquidity = (state["scalars"][name] for name in names)
    at, nets = zip(*ticks, strict=True)
    pool = UniswapV3Pool(state["pool"], ("WBTC", "WETH"), fee, spacing, price, tick, liquidity, at, nets)
    quotes = json.loads((DATA / "uniswap-v3-wbtc-weth.quotes.json").read_text())["entries"]
    asked = [(*key.split("|")[1:], answer["value"]) for key, answer in quotes.items()]
    exact = [
        (pair == "WBTC->WETH", int(amount), value)
        for method, pair, amount, value in asked
        if method == "quoteExactInputSingle"
    ]
    assert len(exact) == 40
    got = ConcentratedSwaps([pool]).swap([(0, zero, amount) for zero, amount, _ in exact])
    assert [one and one.amount_out for one in got] == [value for _, _, value in exact]


A, B, C, SPACE = (0, 7), (8, 7), (16, 15), 32


def words(*values: int) -> Words:
    """Return numbers, eight words each, and as much room again."""
    flat = [value >> 64 * at & RADIX - 1 for value in values for at in range(8)]
    return np.array(flat + [0] * (64 - len(flat)), np.uint64)


def number(w: Words, a: Long = C) -> int:
    return sum(int(w[a[0] + i]) << 64 * i for i in range(a[1]))


shapes = st.integers(0, 448).flatmap(
    lambda bits: st.one_of(st.integers(0, 1 << bits), st.just((1 << bits) - 1), st.just(1 << bits))
)


@settings(max_examples=1_000, deadline=None)
@given(shapes, shapes, st.integers(0, 130), st.integers(1, 2**32 - 1))
def test_wide_numbers_reckon_as_pythons(a: int, b: int, bits: int, small: int) -> None:
    a, b = a % RADIX**7, b % RADIX**6
    w = words(a, b)
    longs.multiply(w, A, (8, 6), C)
    assert number(w) == a * b
    if b:
        assert longs.divide(w, A, B, C, SPACE) == (a % b != 0)
        assert number(w) == a // b
    longs.shift_left(w, A, bits, C)
    assert number(w) == a << bits
    if bits % 64:
        assert longs.shift_right(w, A, bits, C) == (a % (1 << bits) != 0)
        assert number(w) == a >> bits
    assert longs.divide_small(w, A, np.uint64(small), A) == (a % small != 0)
    assert number(w, A) == a // small


@settings(max_examples=1_000, deadline=None)
@given(shapes, shapes)
def test_wide_numbers_add_up_as_pythons(a: int, b: int) -> None:
    a, b = a % RADIX**7, b % RADIX**7
    w, out = words(a, b), (16, 7)
    carry = int(longs.add(w, A, B, out))
    assert number(w, out) + (carry << 448) == a + b
    borrow = int(longs.subtract(w, A, B, out))
    assert number(w, out) - (borrow << 448) == a - b
    assert longs.compare(w, A, B) == (a > b) - (a < b)
    assert longs.length(w, A) == -(-a.bit_length() // 64)
    longs.increase(w, (0, 8))
    assert number(w, (0, 8)) == a + 1
    longs.copy(w, (0, 8), C)
    assert number(w) == a + 1


@pytest.mark.parametrize("upper", [RADIX // 2, RADIX // 2 + 1, RADIX - 1, RADIX - 2, 0xAAAA << 48, (1 << 63) + 2**11])
@pytest.mark.parametrize("lower", [0, 1, RADIX - 1, RADIX // 2])
def test_divisors_at_their_ends(upper: int, lower: int) -> None:
    for above in ((RADIX**3 - 1) << 64, (upper << 128) + (lower << 64) - 1, upper << 192):
        w = words(above, (upper << 64) + lower)
        longs.divide(w, A, B, C, SPACE)
        assert number(w) == above // ((upper << 64) + lower)
