"""Camelot V3's pools against a model of them, and both against the arithmetic that another publishes.

camelot_v3_vectors.json has what @paraswap/dex-lib 5.0.6 (build/dex/algebra/lib/AlgebraMath.js, of a state with a fee
each way and a map with a bit for every tick, as it reads Camelot's) answers for random states. An amount below zero is
one to buy, and its answer what that costs.
"""

import json
from pathlib import Path

import pytest
from evm_concentrated import CamelotV3OnChain
from exact_algebra_fee import Paid
from exact_camelot_v3 import cases
from exact_concentrated import TOKENS, ours
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.market.pools.algebra import AlgebraPool
from harness.market.pools.concentrated import Swapped

VECTORS = Path(__file__).with_name("camelot_v3_vectors.json")
Recorded = tuple[AlgebraPool, bool, int, int]
"""A state, whether token0 is sold, the amount, and the answer."""


@pytest.fixture(scope="module")
def on_chain() -> CamelotV3OnChain:
    return CamelotV3OnChain()


def recorded() -> list[Recorded]:
    found = []
    for one in json.loads(VECTORS.read_text()):
        ticks, net = zip(*one["ticks"], strict=True)
        here = one["price"], one["tick"], one["liquidity"]
        fee, other = one["fees"]
        pool = AlgebraPool("pool", TOKENS, fee, 1, *here, ticks, net, fee_of_token1=other)
        found.append((pool, one["zeroForOne"], one["amount"], one["answer"]))
    return found


def answer(swapped: Swapped | None, amount: int) -> int | None:
    """What a swap pays, or what it costs where something is bought."""
    if swapped is None:
        return None
    return swapped.amount_out if amount > 0 else swapped.amount_in


def test_the_model_and_ours_answer_what_another_publishes(on_chain: CamelotV3OnChain) -> None:
    vectors = recorded()
    assert len(vectors) == 250
    assert {(zero_for_one, amount > 0) for _, zero_for_one, amount, _ in vectors} == {
        (way, sold) for way in (True, False) for sold in (True, False)
    }
    crossed = 0
    for pool, zero_for_one, amount, said in vectors:
        assert pool.problem() is None
        on_chain.put(pool)
        theirs, us = on_chain.swap(zero_for_one, amount), ours(pool, zero_for_one, amount)
        assert (answer(theirs, amount), answer(us, amount)) == (said, said), f"{pool} {zero_for_one} {amount}"
        crossed += us is not None and us.liquidity != pool.liquidity
    assert crossed > 50


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**63))
def test_a_swap_ends_to_the_wei_as_the_models_with_fees_that_stand_and_in_lives(seed: int) -> None:
    for where, theirs, us in cases(seed, 40):
        assert theirs == us, where


def test_the_cases_show_both_fees_apart_and_both_keepers_timepoints() -> None:
    found = [theirs for _, theirs, _ in cases(5, 800)]
    lived = [one for one in found if isinstance(one, Paid)]
    assert sum(isinstance(one, Swapped) for one in found) > 330
    assert len(lived) > 330
    assert len({one.fees for one in lived}) > 40
    assert sum(one.fees[0] != one.fees[1] for one in lived) > 250
    assert all(len(one.newest) == 2 for one in lived)
