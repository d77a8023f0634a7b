"""The cycles through pools: each once, none missing, as pools come and go."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise, permutations
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.market.cycles import Cycle, Edge
from harness.market.graph import Graph, LegsOutOfRangeError, PoolKnownError
from harness.market.pools.uniswap_v2 import UniswapV2Pool


def pool(address: str, *tokens: str) -> UniswapV2Pool:
    """A pool of any number of tokens, of which nothing else is looked at."""
    return UniswapV2Pool(address, cast(tuple[str, str], tokens), (1, 1))


POOLS = [pool("AB1", "A", "B"), pool("AB2", "A", "B"), pool("BC", "B", "C"), pool("AC", "A", "C"), pool("CD", "C", "D")]


def graph(pools: Iterable[UniswapV2Pool], bases: Iterable[str], max_legs: int = 3) -> Graph:
    made = Graph(bases, max_legs)
    for one in pools:
        made.add(one)
    return made


def cycles(made: Graph) -> set[Cycle]:
    there = [cycle for cycle in made.cycles if cycle is not None]
    assert len(set(there)) == len(there)
    return set(there)


def brute(pools: Iterable[UniswapV2Pool], bases: Iterable[str], max_legs: int) -> set[Cycle]:
    """Try every row of edges."""
    leaving: dict[str, list[Edge]] = defaultdict(list)
    for one in pools:
        for (i, sold), (j, bought) in permutations(enumerate(one.tokens), 2):
            leaving[sold].append(Edge(one.address, i, j, sold, bought))

    def extend(base: str, edges: tuple[Edge, ...]) -> Iterator[Cycle]:
        at = edges[-1].token_out if edges else base
        for edge in leaving[at]:
            if edge.pool in {one.pool for one in edges} or edge.token_out in {one.token_out for one in edges}:
                continue
            if edge.token_out == base:
                yield Cycle(base, (*edges, edge))
            elif len(edges) + 1 < max_legs:
                yield from extend(base, (*edges, edge))

    return {cycle for base in bases for cycle in extend(base, ()) if len(cycle.edges) > 1}


def routes(bases: list[str], max_legs: int = 3) -> set[tuple[str, ...]]:
    return {tuple(edge.pool for edge in cycle.edges) for cycle in cycles(graph(POOLS, bases, max_legs))}


def test_all_cycles_of_two_and_three_pools_in_both_directions() -> None:
    two = {("AB1", "AB2"), ("AB2", "AB1")}
    three = {("AB1", "BC", "AC"), ("AC", "BC", "AB1"), ("AB2", "BC", "AC"), ("AC", "BC", "AB2")}
    assert routes(["A"]) == two | three
    assert routes(["A"], max_legs=2) == two
    assert routes(["D"]) == set()


def test_a_square_is_a_cycle_of_four_in_whatever_order_its_sides_come() -> None:
    sides = [pool(name, *name) for name in ("AB", "BC", "CD", "DA")]
    for order in permutations(sides):
        found = {tuple(edge.pool for edge in cycle.edges) for cycle in cycles(graph(list(order), ["A"], 4))}
        assert found == {("AB", "BC", "CD", "DA"), ("DA", "CD", "BC", "AB")}


def test_a_base_that_is_named_twice_is_one() -> None:
    made = graph(POOLS, ["A", "B", "A"])
    assert made.bases == ("A", "B")
    assert len([cycle for cycle in made.cycles if cycle is not None]) == len(cycles(made))


def test_numbers_of_cycles_that_have_ended_are_used_again() -> None:
    made = graph(POOLS, ["A"])
    ended, count = {*made.remove(POOLS[0].address)}, len(made.cycles)
    assert {*made.add(POOLS[0])} == ended
    assert len(made.cycles) == count


def test_a_cycle_through_two_bases_is_found_from_each() -> None:
    assert sorted(cycle.token for cycle in cycles(graph(POOLS, ["A", "B"], 2))) == ["A", "A", "B", "B"]


def test_every_cycle_is_closed_and_uses_nothing_twice() -> None:
    for cycle in cycles(graph(POOLS, ["A", "B", "C"], 4)):
        assert cycle.edges[0].token_in == cycle.edges[-1].token_out == cycle.token
        assert all(here.token_out == after.token_in for here, after in pairwise(cycle.edges))
        assert len({edge.pool for edge in cycle.edges}) == len(cycle.edges)
        assert len({edge.token_out for edge in cycle.edges}) == len(cycle.edges)


def test_directions_belong_to_the_edges() -> None:
    cycle = next(c for c in cycles(graph(POOLS, ["A"])) if [e.pool for e in c.edges] == ["AC", "BC", "AB1"])
    assert cycle.edges == (Edge("AC", 0, 1, "A", "C"), Edge("BC", 1, 0, "C", "B"), Edge("AB1", 1, 0, "B", "A"))
    path = cycle.bind({one.address: one for one in POOLS})
    assert [(hop.pool.address, hop.i, hop.j) for hop in path] == [("AC", 0, 1), ("BC", 1, 0), ("AB1", 1, 0)]


tokens = st.lists(st.sampled_from("ABCDE"), min_size=2, max_size=4, unique=True)


@settings(max_examples=150, deadline=None)
@given(st.lists(tokens, max_size=8), st.lists(st.sampled_from("ABC"), unique=True), st.integers(2, 4), st.data())
def test_whatever_comes_and_goes_the_cycles_are_those_of_what_is_there(
    baskets: list[list[str]], bases: list[str], max_legs: int, data: st.DataObject
) -> None:
    pools = [pool(str(number), *basket) for number, basket in enumerate(baskets)]
    made = graph(pools, bases, max_legs)
    assert cycles(made) == brute(pools, bases, max_legs)
    gone = data.draw(st.lists(st.sampled_from(pools), unique=True)) if pools else []
    for one in gone:
        ended = set(made.of(one.address))
        assert set(made.remove(one.address)) == ended
        assert one.address not in made
    assert cycles(made) == brute([one for one in pools if one not in gone], bases, max_legs)
    for one in gone:
        assert {made.cycles[number] for number in made.add(one)} <= cycles(made)
    assert cycles(made) == brute(pools, bases, max_legs)
    for one in pools:
        assert {made.cycles[number] for number in made.of(one.address)} == {
            cycle for cycle in cycles(made) if one.address in {edge.pool for edge in cycle.edges}
        }


def test_a_pool_twice_and_too_many_legs_are_refused() -> None:
    made = graph(POOLS, ["A"])
    with pytest.raises(PoolKnownError, match="AB1"):
        made.add(POOLS[0])
    for legs in (1, 5):
        with pytest.raises(LegsOutOfRangeError):
            Graph(["A"], legs)


def test_a_token_on_both_sides_makes_no_cycle() -> None:
    assert cycles(graph([pool("1", "A", "A"), pool("2", "A", "A")], ["A"])) == set()


def test_between_two_tokens_that_all_are_traded_against_nothing_is_looked_for_in_vain(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = graph([pool(f"{base}{token}", base, f"T{token}") for token in range(100) for base in "AB"], ["A", "B"])
    asked: list[tuple[str, str, int]] = []
    paths = Graph._paths

    def noted(self: Graph, start: str, end: str, legs: int) -> Iterator[tuple[Edge, ...]]:
        for path in paths(self, start, end, legs):
            asked.append((start, end, legs))
            yield path

    monkeypatch.setattr(Graph, "_paths", noted)
    assert len(made.add(pool("another", "A", "T0"))) == 2, "with the other pool of that pair, from either side"
    assert len(asked) < 50
