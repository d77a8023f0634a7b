"""Cycles: which there are, and that none uses a pool or a token twice."""

from itertools import pairwise

from harness.market.cycles import Edge, find_cycles
from harness.market.pools.uniswap_v2 import UniswapV2Pool

POOLS = [
    UniswapV2Pool("AB1", "A", "B", 1, 1),
    UniswapV2Pool("AB2", "A", "B", 1, 1),
    UniswapV2Pool("BC", "B", "C", 1, 1),
    UniswapV2Pool("AC", "A", "C", 1, 1),
    UniswapV2Pool("CD", "C", "D", 1, 1),
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
    assert cycle.edges == (Edge("AC", True, "A", "C"), Edge("BC", False, "C", "B"), Edge("AB1", False, "B", "A"))
    path = cycle.bind(pools)
    assert [hop.pool.address for hop in path] == ["AC", "BC", "AB1"]
    assert [hop.zero_for_one for hop in path] == [True, False, False]
