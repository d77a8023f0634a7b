"""Cycles: which there are, none using a pool or a token twice. Decisions: which trade, borrowed where, and why."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import ceil

import pytest
from eth_utils.address import to_checksum_address

from harness.market.cycles import Edge, find_cycles
from harness.market.decide import (
    FLASH_SWAP,
    GAS_OF_EXECUTION,
    Offer,
    Opportunity,
    Policy,
    Snapshot,
    UnpricedTokenError,
    decide,
    native_rates,
)
from harness.market.legs import uniswap_v2, uniswap_v3
from harness.market.pools.pool import Pool
from harness.market.pools.tick_math import tick_at
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.market.pools.uniswap_v3 import UniswapV3Pool
from harness.market.route import Lender, decode, encode
from harness.market.sizing import size

POOLS = [
    UniswapV2Pool("AB1", ("A", "B"), (1, 1)),
    UniswapV2Pool("AB2", ("A", "B"), (1, 1)),
    UniswapV2Pool("BC", ("B", "C"), (1, 1)),
    UniswapV2Pool("AC", ("A", "C"), (1, 1)),
    UniswapV2Pool("CD", ("C", "D"), (1, 1)),
]


def routes(bases: list[str], max_legs: int = 3) -> set[tuple[str, ...]]:
    return {tuple(edge.pool for edge in cycle.edges) for cycle in find_cycles(POOLS, bases, max_legs)}


def test_all_cycles_of_two_and_three_pools_in_both_directions() -> None:
    two = {("AB1", "AB2"), ("AB2", "AB1")}
    three = {("AB1", "BC", "AC"), ("AC", "BC", "AB1"), ("AB2", "BC", "AC"), ("AC", "BC", "AB2")}
    assert routes(["A"]) == two | three
    assert routes(["A"], max_legs=2) == two
    assert routes(["D"]) == set()


def test_a_cycle_through_two_bases_is_found_from_each() -> None:
    assert sorted(cycle.token for cycle in find_cycles(POOLS, ["A", "B"], 2)) == ["A", "A", "B", "B"]


def test_every_cycle_is_closed_and_uses_nothing_twice() -> None:
    for cycle in find_cycles(POOLS, ["A", "B", "C"]):
        assert cycle.edges[0].token_in == cycle.edges[-1].token_out == cycle.token
        assert all(here.token_out == after.token_in for here, after in pairwise(cycle.edges))
        assert len({edge.pool for edge in cycle.edges}) == len(cycle.edges)
        assert len({edge.token_out for edge in cycle.edges}) == len(cycle.edges)


def test_directions_and_states_belong_to_the_edges() -> None:
    pools = {pool.address: pool for pool in POOLS}
    cycle = next(c for c in find_cycles(POOLS, ["A"]) if [e.pool for e in c.edges] == ["AC", "BC", "AB1"])
    assert cycle.edges == (Edge("AC", 0, 1, "A", "C"), Edge("BC", 1, 0, "C", "B"), Edge("AB1", 1, 0, "B", "A"))
    path = cycle.bind(pools)
    assert [hop.pool.address for hop in path] == ["AC", "BC", "AB1"]
    assert [(hop.i, hop.j) for hop in path] == [(0, 1), (1, 0), (1, 0)]


ETHER = 10**18
WETH, USDT, OTHER = "0x" + "c" * 40, "0x" + "d" * 40, "0x" + "e" * 40
A, B, C, D, LENDER = ("0x" + digit * 40 for digit in "12345")


def market() -> dict[str, Pool]:
    """Two pairs of ether and dollars 3 % apart, and a concentrated pool and a pair of ether and another token, 1 %."""
    price, wide = tick_at(1 << 96), (-6_000, 6_000)
    pools: list[Pool] = [
        UniswapV2Pool(A, (WETH, USDT), (1_000 * ETHER, 2_000_000 * 10**6)),
        UniswapV2Pool(B, (WETH, USDT), (1_000 * ETHER, 2_060_000 * 10**6)),
        UniswapV3Pool(C, (WETH, OTHER), 500, 10, 1 << 96, price, 10**22, wide, (10**22, -(10**22))),
        UniswapV2Pool(D, (WETH, OTHER), (500 * ETHER, 505 * ETHER)),
    ]
    return {pool.address: pool for pool in pools}


def found(policy: Policy, bases: tuple[str, ...] = (WETH, USDT)) -> list[Opportunity]:
    pools = market()
    return decide(Snapshot(1, 100, pools), find_cycles(pools.values(), bases), policy)


POLICY = Policy(native=WETH, gas_price=10**9)


def test_the_best_trade_comes_first_and_goes_the_paying_way() -> None:
    ranked = found(POLICY)
    assert [one.worth for one in ranked] == sorted((one.worth for one in ranked), reverse=True)
    dollars = next(one for one in ranked if one.cycle.token == WETH and one.path[0].pool.address in (A, B))
    assert [hop.pool.address for hop in dollars.path] == [B, A]
    assert dollars.sizing == size(dollars.path)
    assert 236 < dollars.gap_bps < 239
    other = next(one for one in ranked if {hop.pool.address for hop in one.path} == {C, D})
    assert [hop.pool.address for hop in other.path] == [D, C]


def test_gas_is_weighed_in_the_token_of_the_profit() -> None:
    dollars = next(one for one in found(POLICY) if one.cycle.token == USDT)
    gas = GAS_OF_EXECUTION + 2 * UniswapV2Pool.GAS
    assert dollars.gas == gas
    rate = native_rates(market().values(), [USDT], WETH)[USDT]
    assert float(rate) == pytest.approx(
        9_970 * 10_000 * 1_000 * ETHER * 2_060_000 * 10**6, (2_060_000 * 10**6 * 10_000) ** 2
    )
    assert dollars.worth == int(dollars.sizing.profit * rate) - gas * 10**9
    assert dollars.min_profit == ceil(gas * 10**9 * Fraction(12, 10) / rate)


def test_nothing_is_worth_doing_that_does_not_pay_its_gas_and_margin() -> None:
    best = found(POLICY)[0]
    all_of_it = best.sizing.profit * 10_000 // (best.gas * 12_000)
    assert found(replace(POLICY, gas_price=all_of_it))[0].sizing.profit == best.sizing.profit
    assert found(replace(POLICY, gas_price=all_of_it * 101 // 100), bases=(WETH,)) == []


def test_a_token_without_a_price_is_refused_by_name() -> None:
    pools = {pool.address: pool for pool in market().values() if USDT in pool.tokens}
    with pytest.raises(UnpricedTokenError):
        decide(Snapshot(1, 1, pools), find_cycles(pools.values(), [USDT]), replace(POLICY, native=OTHER))


def test_the_cheapest_way_to_borrow_is_chosen() -> None:
    everything = {WETH: 10**30, USDT: 10**30}
    balancer = Offer(Lender.BALANCER_V2, LENDER, 0, 40_000, everything)
    aave = Offer(Lender.AAVE_V3, LENDER, 5, 80_000, everything)
    assert all(one.offer is FLASH_SWAP for one in found(replace(POLICY, offers=(aave, balancer, FLASH_SWAP))))
    assert {one.offer.lender for one in found(replace(POLICY, offers=(aave, balancer)))} == {Lender.BALANCER_V2}
    dear = found(replace(POLICY, offers=(aave,)), bases=(WETH,))[0]
    assert dear.sizing == size(dear.path, fee_bps=5)
    assert dear.sizing.profit < found(POLICY, bases=(WETH,))[0].sizing.profit


def test_caps_and_what_a_lender_has_bound_the_loan() -> None:
    assert all(one.sizing.amount_in <= ETHER for one in found(replace(POLICY, caps={WETH: ETHER}), bases=(WETH,)))
    poor = Offer(Lender.BALANCER_V2, LENDER, 0, 0, {WETH: 2 * ETHER})
    ranked = found(replace(POLICY, offers=(poor,)))
    assert {one.cycle.token for one in ranked} == {WETH}
    assert max(one.sizing.amount_in for one in ranked) <= 2 * ETHER


def test_an_opportunity_becomes_the_route_of_its_cycle() -> None:
    aave = Offer(Lender.AAVE_V3, LENDER, 5, 0, {WETH: 10**30})
    ranked = found(replace(POLICY, offers=(aave,)), bases=(WETH,))
    other = next(one for one in ranked if one.path[0].pool.address == D)
    route = decode(encode(other.route(deadline=77, parent_hash=b"\x01" * 32)))
    assert route.legs == (
        uniswap_v2(D, to_checksum_address(OTHER), 30),
        uniswap_v3(C, route.token),
    )
    assert (route.amount_in, route.min_profit) == (other.sizing.amount_in, other.min_profit)
    assert (route.lender, route.lender_address, route.max_fee_bps) == (Lender.AAVE_V3, LENDER, 5)
    assert (route.deadline, route.parent_hash) == (77, b"\x01" * 32)
