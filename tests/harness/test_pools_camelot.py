"""Camelot V2's pairs against a model of them, and both against the arithmetic that another publishes.

camelot_vectors.json has what @paraswap/dex-lib 5.0.6 (build/dex/camelot, by solidly-stable-pool.js and
uniswap-v2-constant-product-pool.js, of 100,000 parts) answers for random states.
"""

import json
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest
from evm_camelot import CamelotOnChain, Pair
from exact_camelot import TOKENS, cases, ours, spread, stable, theirs, volatile
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.market.costs import FLASH_SWAP
from harness.market.cycles import Hop
from harness.market.legs import Leg, Venue
from harness.market.pools.camelot import CamelotStablePool, CamelotVolatilePool
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.uniswap_v2 import UniswapV2Pool

VECTORS = Path(__file__).with_name("camelot_vectors.json")
MAKERS: dict[bool, Callable[[Random], Pair]] = {False: volatile, True: stable}

randoms = st.integers(0, 2**63).map(Random)
curves = st.booleans()


@pytest.fixture(scope="module")
def on_chain() -> CamelotOnChain:
    return CamelotOnChain()


def recorded() -> list[tuple[Pair, int, int, int]]:
    found: list[tuple[Pair, int, int, int]] = []
    for one in json.loads(VECTORS.read_text()):
        reserves, fees, decimals = ((one[key][0], one[key][1]) for key in ("reserves", "fees", "decimals"))
        pair: Pair = CamelotVolatilePool("pair", TOKENS, reserves, fees)
        if one["stable"]:
            pair = CamelotStablePool("pair", TOKENS, reserves, fees, decimals)
        found.append((pair, one["i"], one["amount"], one["out"]))
    return found


def test_it_pays_to_the_unit_what_the_pair_pays() -> None:
    differences = [(what, chain, said) for what, chain, said in cases(seed=11, count=10_000) if chain != said]
    assert differences == []


def test_the_model_and_ours_answer_what_another_publishes(on_chain: CamelotOnChain) -> None:
    vectors = recorded()
    assert len(vectors) == 400
    assert {isinstance(pair, CamelotStablePool) for pair, *_ in vectors} == {False, True}
    for pair, i, sold, out in vectors:
        on_chain.put(pair)
        assert (on_chain.quote(i, sold), pair.quoted(i, sold)) == (out, out), f"{pair} sells {sold} of {i}"


def test_a_pair_pays_hardly_more_for_its_fee_is_rounded_down(on_chain: CamelotOnChain) -> None:
    rng = Random(5)
    for _ in range(300):
        reserves = spread(rng, 20, 30), spread(rng, 20, 30)
        pair, i = CamelotVolatilePool("pair", TOKENS, reserves, (rng.randint(1, 2_000), rng.randint(1, 2_000))), 1
        sold = reserves[i] // rng.randint(2, 10**4)
        said = pair.quoted(i, sold) or 0
        on_chain.put(pair)
        assert on_chain.swap(i, sold, said) is not None
        assert on_chain.swap(i, sold, said + said // 10**9 + 1) is None


def test_a_fee_that_is_no_whole_basis_point_is_asked_with_as_the_next_higher_one(on_chain: CamelotOnChain) -> None:
    pair = CamelotVolatilePool("pair", TOKENS, (10**24, 10**24), (291, 40))
    on_chain.put(pair)
    asked = pair.amount_out(0, 1, 10**20)
    assert asked == UniswapV2Pool("pair", TOKENS, pair.reserves, 30).amount_out(0, 1, 10**20)
    assert asked == 99690060900928177460
    assert pair.quoted(0, 10**20) == 99699059106515548441
    assert theirs(on_chain, pair, 0, 10**20)[1:] == (asked, pair.after(0, 1, 10**20).reserves)
    assert pair.leg(0, 1) == Leg(Venue.UNISWAP_V2, "pair", TOKENS[1], 30)
    assert pair.leg(1, 0) == Leg(Venue.UNISWAP_V2, "pair", TOKENS[0], 4)
    assert pair.product(1, 0) == (10**24, 10**24, 9_996, 10_000)
    assert pair.quoted(1, 10**20) == pair.amount_out(1, 0, 10**20)


@settings(max_examples=200, deadline=None)
@given(curves, randoms)
def test_the_least_input_pays_enough_and_one_unit_less_does_not(is_stable: bool, rng: Random) -> None:
    pair, i = MAKERS[is_stable](rng), rng.randrange(2)
    wanted = max(1, int(pair.reserves[1 - i] * 10 ** rng.uniform(-9, 0)))
    least = pair.amount_in(i, 1 - i, wanted)
    if least is None:
        return
    assert (pair.amount_out(i, 1 - i, least) or 0) >= wanted
    if least > 1:
        assert (pair.amount_out(i, 1 - i, least - 1) or 0) < wanted


@settings(max_examples=200, deadline=None)
@given(curves, randoms, st.integers(0, 2**300))
def test_nothing_is_raised_and_nothing_negative(is_stable: bool, rng: Random, anything: int) -> None:
    pair, i = MAKERS[is_stable](rng), rng.randrange(2)
    for quantity in (anything, spread(rng, 0, 80), 0):
        for found in (pair.amount_out(i, 1 - i, quantity), pair.amount_in(i, 1 - i, quantity)):
            assert found is None or found >= 0
        assert 0 <= pair.rate(i, 1 - i, quantity) < float("inf")


@settings(max_examples=100, deadline=None)
@given(curves, randoms)
def test_the_rate_is_what_a_little_more_brings(is_stable: bool, rng: Random) -> None:
    reserves = (int(10 ** rng.uniform(22, 24)), int(10 ** rng.uniform(22, 24)))
    pair: Pair = CamelotVolatilePool("pair", TOKENS, reserves, (300, 40))
    if is_stable:
        pair = CamelotStablePool("pair", TOKENS, reserves, (40, 300), (18, 18), 50_000)
    i, sold = rng.randrange(2), int(10 ** rng.uniform(18, 22))
    before, after = pair.amount_out(i, 1 - i, sold), pair.amount_out(i, 1 - i, sold + 10**16)
    assert before is not None
    assert after is not None
    assert pair.rate(i, 1 - i, sold) == pytest.approx((after - before) / 10**16, rel=1e-4)


def test_a_stable_pair_takes_no_more_than_its_reserves_have_bits_for(on_chain: CamelotOnChain) -> None:
    full = CamelotStablePool("pair", TOKENS, (5 * 10**33, 5 * 10**33), (40, 40), (24, 24))
    on_chain.put(full)
    for sold in (10**32, 3 * 10**32):
        assert theirs(on_chain, full, 0, sold) == ours(full, 0, sold)
    assert full.amount_out(0, 1, 10**32) == 99959600642831040807333008000000
    assert full.amount_out(0, 1, 3 * 10**32) is None


def test_of_a_stable_pair_what_is_above_ten_billion_whole_tokens_is_not_answered(on_chain: CamelotOnChain) -> None:
    pair = CamelotStablePool("pair", TOKENS, (10**27, 10**27), (40, 40), (18, 18))
    on_chain.put(pair)
    assert theirs(on_chain, pair, 0, 8 * 10**27) == ours(pair, 0, 8 * 10**27)
    assert pair.quoted(0, 8 * 10**27) is not None
    assert (pair.quoted(0, 10**28), pair.amount_out(0, 1, 10**28)) == (None, None)


def test_where_no_neighbour_of_the_curves_input_pays_enough_one_further_off_is_found(on_chain: CamelotOnChain) -> None:
    reserves = (19498603008718364, 23313916678824280)
    pair = CamelotStablePool("pair", TOKENS, reserves, (1_835, 1_994), (18, 18), 100_000)
    assert pair.amount_in(1, 0, 2725362938556) == 2784759801932
    on_chain.put(pair)
    assert theirs(on_chain, pair, 1, 2784759801932)[1] == 2725362938565


def test_of_the_neighbours_of_the_curves_input_the_least_that_pays_enough_is_found(on_chain: CamelotOnChain) -> None:
    pair = CamelotStablePool("pair", TOKENS, (58227538421078712, 3340517), (200, 1_000), (18, 8), 58_548)
    assert pair.amount_in(0, 1, 3333510) == 442782786363514826
    on_chain.put(pair)
    assert theirs(on_chain, pair, 0, 442782786363514826)[1] == 3333510


def test_nothing_is_paid_for_nothing() -> None:
    rng = Random(7)
    for make in MAKERS.values():
        for pair in (make(rng) for _ in range(200)):
            assert [pair.amount_out(i, 1 - i, sold) for i in (0, 1) for sold in (0, -1)] == [0] * 4


def test_of_a_stable_pairs_fee_the_owners_share_leaves() -> None:
    pair = CamelotStablePool("pair", TOKENS, (10**24, 10**24), (40, 300), (18, 18), 50_000)
    paid = pair.amount_out(1, 0, 10**20)
    assert paid is not None
    assert pair.after(1, 0, 10**20).reserves == (10**24 - paid, 10**24 + 10**20 - 15 * 10**16)
    assert pair.leg(1, 0) == Leg(Venue.SOLIDLY, "pair", TOKENS[0])
    assert pair.product(0, 1) is None


def test_a_stable_pair_does_not_lend_for_it_calls_back_by_another_name() -> None:
    lent = CamelotStablePool("stable", TOKENS, (10**24, 10**24), (40, 40), (18, 18))
    pair = CamelotVolatilePool("volatile", TOKENS, (10**24, 10**24), (300, 300))
    plain = UniswapV2Pool("plain", TOKENS, (10**24, 10**24))
    assert not FLASH_SWAP.serves((Hop(plain, 0, 1), Hop(lent, 1, 0)))
    assert FLASH_SWAP.serves((Hop(lent, 0, 1), Hop(pair, 1, 0)))
    assert FLASH_SWAP.serves((Hop(lent, 0, 1), Hop(plain, 1, 0)))


def test_what_cannot_be_traded_on_is_named() -> None:
    def problem(pair: Pair) -> str:
        return pair.problem() or ""

    assert "reserves" in problem(CamelotVolatilePool("pair", TOKENS, (0, 1), (300, 300)))
    assert "takes all" in problem(CamelotVolatilePool("pair", TOKENS, (1, 1), (300, 99_991)))
    assert "both sides" in problem(CamelotVolatilePool("pair", ("same", "same"), (1, 1), (300, 300)))
    assert "reserves" in problem(CamelotStablePool("pair", TOKENS, (1, 0), (40, 40), (18, 18)))
    assert "takes all" in problem(CamelotStablePool("pair", TOKENS, (1, 1), (100_000, 40), (18, 18)))
    assert "decimals" in problem(CamelotStablePool("pair", TOKENS, (1, 1), (40, 40), (18, 31)))
    assert "share" in problem(CamelotStablePool("pair", TOKENS, (1, 1), (40, 40), (18, 18), 100_001))
    assert "too large" in problem(CamelotStablePool("pair", TOKENS, (10**29, 1), (40, 40), (18, 18)))
    assert "too large" in problem(CamelotStablePool("pair", TOKENS, (1 << 112, 10**24), (40, 40), (24, 24)))


def test_a_pair_refuses_more_than_it_takes() -> None:
    pairs = (
        CamelotVolatilePool("pair", TOKENS, (10**20, 10**20), (300, 300)),
        CamelotStablePool("pair", TOKENS, (10**20, 10**20), (40, 40), (18, 18)),
    )
    for pair in pairs:
        with pytest.raises(LiquidityExhaustedError):
            pair.after(0, 1, 1 << 112)
        assert pair.after(0, 1, 0) == pair
        assert pair.amount_in(0, 1, 10**20) is None
