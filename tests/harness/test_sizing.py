"""Sizing: equal to trying every amount on small pools, no neighbour better, and no dense grid better on large ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.market import sizing
from harness.market.cycles import Hop, Path
from harness.market.pools.solidly import SolidlyVolatilePool
from harness.market.pools.tick_math import sqrt_price_at, tick_at
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.market.pools.uniswap_v3 import UniswapV3Pool
from harness.market.sizing import backward, forward, loan_fee, pays_at_all, size

ETHER, DOLLAR, BITCOIN = 10**18, 10**6, 10**8


def pair(reserve0: int, reserve1: int, fee_bps: int = 30) -> UniswapV2Pool:
    return UniswapV2Pool("pair", ("0", "1"), (reserve0, reserve1), fee_bps)


def concentrated(ratio: float, liquidity: int, fee: int = 500) -> UniswapV3Pool:
    """A deep band around the price, and a thin one that is wider."""
    price = int(ratio**0.5 * 2**96)
    tick = tick_at(price) // 10 * 10
    edges = (tick - 6_000, tick - 150, tick + 150, tick + 6_000)
    nets = (liquidity // 5, liquidity, -liquidity, -(liquidity // 5))
    inside = liquidity + liquidity // 5
    return UniswapV3Pool("pool", ("0", "1"), fee, 10, price, tick_at(price), inside, edges, nets)


def profit(path: Path, amount: int, fee_bps: int = 0) -> int | None:
    amounts = forward(path, amount)
    return None if amounts is None else amounts[-1] - amount - loan_fee(amount, fee_bps)


def best_of(path: Path, amounts: range, fee_bps: int = 0) -> int:
    return max((p for x in amounts if (p := profit(path, x, fee_bps)) is not None), default=0)


small = st.integers(50, 3_000)


@settings(max_examples=120, deadline=None)
@given(st.lists(st.tuples(small, small), min_size=2, max_size=3), st.sampled_from([0, 5, 9]))
def test_trying_every_amount_finds_nothing_better(sides: list[tuple[int, int]], fee_bps: int) -> None:
    path = tuple(Hop(pair(*side), 0, 1) for side in sides)
    found = size(path, fee_bps, radius=250)
    brute = best_of(path, range(1, 6_000), fee_bps)
    assert (found.profit if found else 0) == max(0, brute)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(small, small), min_size=2, max_size=3))
def test_on_the_smallest_pools_the_usual_radius_misses_a_few_units_at_most(sides: list[tuple[int, int]]) -> None:
    path = tuple(Hop(pair(*side), 0, 1) for side in sides)
    found = size(path)
    assert (found.profit if found else 0) >= best_of(path, range(1, 6_000)) - 3


gaps = st.floats(1.004, 1.4)
depths = st.integers(10**20, 10**23)


@st.composite
def cycles(draw: st.DrawFn) -> Path:
    """Ether to dollars, or to bitcoin and dollars, and back; each pool of either family, and some gap between them."""
    gap, depth = draw(gaps), draw(depths)
    if draw(st.booleans()):
        rates = [2_500 * DOLLAR / ETHER * gap, ETHER / DOLLAR / 2_500]
    else:
        rates = [BITCOIN / ETHER / 40 * gap, 100_000 * DOLLAR / BITCOIN, ETHER / DOLLAR / 2_500]
    path: list[Hop] = []
    for rate in rates:
        reserve = depth if rate < 1e-6 else int(depth / rate) if rate > 1e6 else int(depth * 2.5e-11)
        family = draw(st.booleans())
        pool = (
            concentrated(rate, int((reserve * reserve * rate) ** 0.5)) if family else pair(reserve, int(reserve * rate))
        )
        path.append(Hop(pool, 0, 1))
        depth = draw(depths)
    return tuple(path)


@settings(max_examples=30, deadline=None)
@given(cycles(), st.sampled_from([0, 5, 30]))
def test_no_neighbour_and_no_grid_point_is_better(path: Path, fee_bps: int) -> None:
    found = size(path, fee_bps)
    if found is None:
        assert all((profit(path, 1 << power, fee_bps) or 0) <= 0 for power in range(80))
        return
    assert profit(path, found.amount_in, fee_bps) == found.profit
    assert best_of(path, range(max(1, found.amount_in - 8), found.amount_in + 9), fee_bps) <= found.profit
    step = max(1, found.amount_in // 100)
    assert best_of(path, range(step, 3 * found.amount_in, step), fee_bps) <= found.profit


@settings(max_examples=40, deadline=None)
@given(cycles())
def test_no_neighbouring_amount_of_a_token_in_between_is_better(path: Path) -> None:
    found = size(path)
    if found is None:
        return
    for leg in range(1, len(path)):
        for amount in range(max(1, found.amounts[leg] - 8), found.amounts[leg] + 9):
            needed = backward(path[:leg], amount)
            assert needed is None or (profit(path, needed) or 0) <= found.profit


def test_the_lattice_of_a_token_of_few_decimals_is_searched() -> None:
    path = (Hop(pair(4_000 * ETHER, 100 * BITCOIN), 0, 1), Hop(pair(100 * BITCOIN, 4_100 * ETHER), 0, 1))
    found = size(path)
    assert found is not None
    kept = 9_970
    k, m, n = kept * kept * 100 * BITCOIN * 4_100 * ETHER, 10**8 * 4_000 * ETHER * 100 * BITCOIN, 0
    n = 100 * BITCOIN * 10_000 * kept + kept * kept * 100 * BITCOIN
    real = int(((k / m) ** 0.5 - 1) * (m / n))
    assert abs(found.amount_in - real) < real // 100
    assert found.profit > (profit(path, real) or 0)
    assert backward(path[:1], found.amounts[1]) == found.amount_in


def test_a_tiny_optimum_below_one_unit_is_still_traded() -> None:
    path = (Hop(pair(10, 10**6), 0, 1), Hop(pair(10, 10**6), 0, 1))
    found = size(path)
    assert found is not None
    assert found.profit == best_of(path, range(1, 200)) > 0


def test_a_cap_binds_and_a_fee_shrinks() -> None:
    path = (Hop(pair(10**22, 10**22), 0, 1), Hop(pair(10**22, 12 * 10**21), 0, 1))
    free, capped, dear = size(path), size(path, cap=10**19), size(path, fee_bps=9)
    assert free is not None
    assert capped is not None
    assert dear is not None
    assert capped.amount_in <= 10**19 < free.amount_in
    assert dear.amount_in < free.amount_in
    assert dear.profit < free.profit - loan_fee(dear.amount_in, 9) + loan_fee(free.amount_in, 9)


def volatile(reserve0: int, reserve1: int, fee_bps: int = 30) -> SolidlyVolatilePool:
    return SolidlyVolatilePool("pool", ("0", "1"), (reserve0, reserve1), fee_bps=fee_bps)


def test_a_cap_binds_products_of_other_families_as_well() -> None:
    path = (Hop(volatile(10**22, 10**22), 0, 1), Hop(volatile(10**22, 12 * 10**21), 0, 1))
    free, fine, near = size(path), size(path, cap=10**19), size(path, cap=10**19, radius=0)
    assert free is not None
    assert fine is not None
    assert near is not None
    assert near.amount_in == 10**19 < free.amount_in
    assert 10**19 - 10 < fine.amount_in <= 10**19


def test_more_than_a_later_pool_has_cannot_be_bought() -> None:
    path = (Hop(pair(10**6, 10**6), 0, 1), Hop(pair(10**6, 10**6), 0, 1), Hop(pair(10**6, 10**3), 0, 1))
    assert backward(path, 10**3) is None
    assert backward(path, 999) is None, "no more than the pool before has"
    assert backward(path, 100) is not None


def test_what_pays_in_fractions_of_units_alone_is_left() -> None:
    path = (Hop(pair(1_000, 1_001, 0), 0, 1), Hop(pair(1_000, 1_000, 0), 0, 1))
    assert best_of(path, range(1, 1_000)) <= 0
    assert size(path) is None
    other = tuple(Hop(volatile(*reserves, 0), 0, 1) for reserves in ((1_000, 1_001), (1_000, 1_000)))
    assert size(other) is size(other, radius=0) is None


def test_a_closed_gap_and_a_fee_above_the_gap_are_refused() -> None:
    even = (Hop(pair(10**22, 10**22), 0, 1), Hop(pair(10**22, 10**22), 0, 1))
    slight = (Hop(pair(10**22, 10**22, 0), 0, 1), Hop(pair(10**22, 10**22 + 10**18, 0), 0, 1))
    assert size(even) is None
    assert size(slight) is not None
    assert size(slight, fee_bps=5) is None


def test_a_fee_as_high_as_what_the_first_unit_brings_is_known_at_once() -> None:
    path = (Hop(pair(10**22, 10**22, 0), 0, 1), Hop(pair(10**22, 10**22 + 10**19, 0), 0, 1))
    assert [pays_at_all(path, fee_bps) for fee_bps in (0, 9, 11)] == [True, True, False]


SEARCHED = (Hop(concentrated(1.207, 10**24, 100), 0, 1), Hop(pair(10**20, 10**20), 0, 1))
"""By its rates: one of its pools is no constant product."""


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(SEARCHED, id="by a search"),
        pytest.param((Hop(volatile(10**22, 10**22), 0, 1), Hop(volatile(10**22, 107 * 10**20), 0, 1)), id="by a root"),
    ],
)
def test_what_is_only_ranked_by_is_near_the_best_the_loans_fee_paid(path: Path) -> None:
    for fee_bps in (0, 100):
        near, fine = size(path, fee_bps, radius=0), size(path, fee_bps)
        assert near is not None
        assert fine is not None
        assert abs(near.amount_in - fine.amount_in) <= fine.amount_in >> 8
        assert (near.profit, near.profit <= fine.profit) == (profit(path, near.amount_in, fee_bps), True)


def test_a_search_that_the_cap_ends_answers_the_cap() -> None:
    found = size(SEARCHED, cap=10**15, radius=0)
    assert found is not None
    assert found.amount_in == 10**15


def test_a_bent_curve_is_searched_in_few_steps_and_fewer_to_rank_by(monkeypatch: pytest.MonkeyPatch) -> None:
    looks, strain = [0, 0], sizing._strain
    for place, radius in enumerate((8, 0)):

        def counted(path: Path, amount: int, fee_bps: int, place: int = place) -> float:
            looks[place] += 1
            return strain(path, amount, fee_bps)

        monkeypatch.setattr(sizing, "_strain", counted)
        assert size(SEARCHED, radius=radius) is not None
    assert looks[1] < looks[0] < 60


def test_a_path_beyond_the_known_liquidity_stops_before_it() -> None:
    thin = UniswapV3Pool("p", ("0", "1"), 500, 10, 1 << 96, 0, 10**20, (-100, 100), (10**20, -(10**20)), -100, 100)
    path = (Hop(thin, 0, 1), Hop(pair(10**22, 2 * 10**22), 0, 1))
    found = size(path)
    assert found is not None
    assert thin.after(0, 1, found.amount_in).sqrt_price_x96 >= sqrt_price_at(-100)
    assert thin.amount_out(0, 1, found.amount_in + 10**6) is None


@pytest.mark.parametrize(("amount", "fee_bps", "fee"), [(10**4, 5, 5), (999, 5, 0), (1_000, 5, 1), (10**18, 0, 0)])
def test_a_loan_costs_its_fee_rounded_half_up(amount: int, fee_bps: int, fee: int) -> None:
    assert loan_fee(amount, fee_bps) == fee
