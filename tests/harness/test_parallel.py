"""Parallel pools: the best split, against trying all and against a solver; levelling, against the same."""

from dataclasses import replace
from itertools import permutations, product
from random import Random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from harness.market.costs import Policy
from harness.market.cycles import Hop
from harness.market.decide import decide
from harness.market.levelling import level
from harness.market.market import Market
from harness.market.opportunity import Opportunity
from harness.market.parallel import paid, split
from harness.market.pools.pool import Pool
from harness.market.pools.solidly import SolidlyStablePool
from harness.market.pools.tick_math import tick_at
from harness.market.pools.uniswap_v2 import MAX_RESERVE, UniswapV2Pool
from harness.market.pools.uniswap_v3 import UniswapV3Pool

BASE, TOKEN, ETHER = "0x" + "1" * 40, "0x" + "2" * 40, 10**18


def pair(number: int, reserve0: int, reserve1: int, fee_bps: int = 30) -> UniswapV2Pool:
    return UniswapV2Pool(f"0x{number:040x}", (BASE, TOKEN), (reserve0, reserve1), fee_bps)


def concentrated(number: int, liquidity: int, ratio: float) -> UniswapV3Pool:
    price = int(ratio**0.5 * 2**96)
    at = tick_at(price)
    wide = (at // 10 * 10 - 6_000, at // 10 * 10 + 6_000)
    nets = (liquidity, -liquidity)
    return UniswapV3Pool(f"0x{number:040x}", (BASE, TOKEN), 500, 10, price, at, liquidity, wide, nets)


small = st.tuples(st.integers(20, 400), st.integers(20, 400), st.sampled_from([0, 30]))


@settings(max_examples=60, deadline=None)
@given(st.lists(small, min_size=1, max_size=3), st.integers(1, 120))
def test_on_small_pools_no_split_pays_more_than_a_rounding_more(sides: list[tuple[int, int, int]], amount: int) -> None:
    hops = [Hop(pair(n, *side), 0, 1) for n, side in enumerate(sides)]
    parts = split(hops, amount)
    assert parts is not None
    assert sum(parts) == amount
    assert min(parts) >= 0
    others = (one for one in product(range(amount + 1), repeat=len(hops) - 1) if sum(one) <= amount)
    best = max(paid(hops, (*one, amount - sum(one))) or 0 for one in others)
    assert best - len(hops) < (paid(hops, parts) or 0) <= best


@pytest.mark.parametrize("seed", range(5))
def test_a_split_pays_what_a_solver_finds(seed: int) -> None:
    random = Random(seed)
    pools: list[Pool] = [
        pair(1, 100 * ETHER, random.randint(90, 110) * ETHER),
        pair(2, 300 * ETHER, random.randint(280, 320) * ETHER, 5),
        concentrated(3, 900 * ETHER, random.uniform(0.95, 1.05)),
    ]
    hops, amount = [Hop(pool, 0, 1) for pool in pools], 20 * ETHER
    parts = split(hops, amount)
    assert parts is not None

    def lost(shares: npt.NDArray[np.float64]) -> float:
        whole = [max(0, int(share * amount)) for share in shares]
        return -float(paid(hops, [*whole, max(0, amount - sum(whole))]) or 0) / amount

    found = minimize(lost, [1 / 3, 1 / 3], bounds=[(0, 0.6), (0, 0.4)], method="Nelder-Mead", options={"fatol": 1e-14})
    assert (paid(hops, parts) or 0) / amount >= -found.fun - 1e-12
    rates = [hop.rate(part) for hop, part in zip(hops, parts, strict=True) if part]
    assert max(rates) / min(rates) < 1 + 1e-9


@pytest.mark.parametrize(
    ("sides", "amount"),
    [
        ([(97, 222, 0), (57, 294, 0), (207, 318, 0)], 117),
        ([(239, 267, 0), (125, 256, 30)], 106),
        ([(208, 321, 0), (135, 283, 30)], 62),
    ],
)
def test_no_unit_brings_more_in_another_pool(sides: list[tuple[int, int, int]], amount: int) -> None:
    hops = [Hop(pair(n, *side), 0, 1) for n, side in enumerate(sides)]
    parts = split(hops, amount)
    assert parts is not None
    for source, sink in permutations(range(len(hops)), 2):
        moved = [part + (at == sink) - (at == source) for at, part in enumerate(parts)]
        assert (paid(hops, moved) or 0) <= (paid(hops, parts) or 0)


def test_of_pools_at_one_flat_rate_the_first_take_no_less_than_nothing() -> None:
    pools = [SolidlyStablePool(f"0x{n:040x}", (BASE, TOKEN), (10**24, 10**24), 0, (18, 18)) for n in range(3)]
    hops = [Hop(pool, 0, 1) for pool in pools]
    parts = split(hops, 10**6)
    assert parts is not None
    assert (min(parts) >= 0, sum(parts)) == (True, 10**6)


def test_what_pools_cannot_take_together_is_refused() -> None:
    full = [Hop(pair(n, MAX_RESERVE - 5, 10**18), 0, 1) for n in range(2)]
    assert split(full, 10) == (5, 5)
    assert split(full, 11) is None
    assert split([], 1) is None
    assert paid(full, (5, 5)) == 0
    assert paid(full, (6, 4)) is None


def prices(hops: list[Hop]) -> list[float]:
    return [hop.rate() for hop in hops]


def many(seed: int) -> list[Pool]:
    random = Random(seed)
    pools: list[Pool] = [pair(n, 100 * ETHER, random.randint(90, 110) * ETHER) for n in range(1, 5)]
    return [*pools, concentrated(5, 900 * ETHER, random.uniform(0.95, 1.05))]


@pytest.mark.parametrize("seed", range(5))
def test_levelled_pools_sell_what_they_buy_and_leave_nothing_to_gain(seed: int) -> None:
    pools = {pool.address: pool for pool in many(seed)}
    sold, bought = level(list(pools.values()), BASE, TOKEN)
    assert sold
    assert bought
    assert not {one.pool for one in sold} & {one.pool for one in bought}
    assert sum(one.amount for one in sold) == pytest.approx(sum(one.amount for one in bought), rel=1e-9)
    for one in sold:
        pools[one.pool] = pools[one.pool].after(0, 1, pools[one.pool].amount_in(0, 1, one.amount) or 0)
    for one in bought:
        pools[one.pool] = pools[one.pool].after(1, 0, one.amount)
    best_in = max(Hop(pool, 0, 1).rate() for pool in pools.values())
    best_out = max(Hop(pool, 1, 0).rate() for pool in pools.values())
    assert best_in * best_out < 1 + 1e-4


@pytest.mark.parametrize("seed", range(5))
def test_levelling_takes_the_place_of_cycles_where_it_brings_more(seed: int) -> None:
    market, policy = Market([BASE]), Policy(native=BASE, gas_price=0, most=50)
    market.update(many(seed))
    cycles = _alone(market, policy)
    trades = decide(market, policy)
    states = dict(market.pools)
    for one in trades:
        assert one.path == one.cycle.bind(states)
        for hop, amount in zip(one.path, one.sizing.amounts, strict=False):
            states[hop.pool.address] = hop.after(amount).pool
    assert sum(one.sizing.profit for one in trades) >= sum(one.sizing.profit for one in cycles)


def test_levelling_costs_gas_for_every_trade_and_is_left_where_that_is_too_much() -> None:
    market = Market([BASE])
    market.update(many(1))
    dear = Policy(native=BASE, gas_price=10**12, most=50)
    assert all(one.sizing.profit >= one.min_profit for one in decide(market, dear))
    assert decide(market, Policy(native=BASE, gas_price=10**15, most=50)) == []


def _alone(market: Market, policy: Policy) -> list[Opportunity]:
    """Return the trades of cycles, one after the other, with nothing levelled."""
    chosen, made = [], Market(market.bases)
    made.update(market.pools.values())
    while found := decide(made, replace(policy, most=1)):
        chosen += found
        made.update(pool for pool in found[0].left_behind().values() if pool is not None)
    return chosen
