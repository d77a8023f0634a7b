"""Sizing of constant products by compiled code: against trying every amount, and against the pools' own arithmetic."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.market.board import Board, size_plain
from harness.market.cycles import Cycle, Edge, Hop, Path
from harness.market.kernels import constant_product, words
from harness.market.pools.uniswap_v2 import MAX_RESERVE, UniswapV2Pool
from harness.market.sizing import MAX_AMOUNT, backward, forward, loan_fee, size

pytestmark = pytest.mark.long

FEES = st.sampled_from([0, 1, 5, 9, 30])


def path_of(sides: list[tuple[int, int]], fees: list[int]) -> Path:
    states = enumerate(zip(sides, fees, strict=False))
    return tuple(Hop(UniswapV2Pool(str(n), ("0", "1"), side, fee), 0, 1) for n, (side, fee) in states)


def profit(path: Path, amount: int, fee_bps: int) -> int:
    amounts = forward(path, amount)
    return -1 if amounts is None else amounts[-1] - amount - loan_fee(amount, fee_bps)


small = st.integers(1, 1_000)
fees = st.lists(st.sampled_from([0, 5, 25, 30, 100]), min_size=4, max_size=4)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(small, small), min_size=2, max_size=4), fees, FEES, st.integers(1, 1_500))
def test_nothing_among_all_amounts_is_better(
    sides: list[tuple[int, int]], pair_fees: list[int], fee_bps: int, cap: int
) -> None:
    path = path_of(sides, pair_fees)
    best = max(profit(path, amount, fee_bps) for amount in range(cap + 1))
    amount_in, found = size_plain(path, fee_bps, cap)
    assert found == max(0, best)
    assert amount_in <= cap
    assert found == 0 or profit(path, amount_in, fee_bps) == found


def reserves(bits: int) -> st.SearchStrategy[int]:
    return st.integers(1, bits).flatmap(lambda length: st.integers(1, (1 << length) - 1))


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(reserves(112), reserves(112)), min_size=2, max_size=4), fees, FEES, reserves(112))
def test_any_reserves_whatever_are_sized_and_the_profit_is_the_pools_own(
    sides: list[tuple[int, int]], pair_fees: list[int], fee_bps: int, cap: int
) -> None:
    path = path_of(sides, pair_fees)
    amount_in, found = size_plain(path, fee_bps, cap)
    assert 0 <= amount_in <= cap
    assert found == (profit(path, amount_in, fee_bps) if amount_in else 0)
    assert found >= 0


ETHER, COARSE = 10**18, 10**8


@st.composite
def coarse(draw: st.DrawFn) -> Path:
    """Ether to a token of few decimals, perhaps on to another, and back, with some gap between the pools."""
    gap, depth = draw(st.floats(1.001, 1.3)), draw(st.integers(10**20, 10**23))
    middle = draw(st.integers(10**4, 10**11))
    if draw(st.booleans()):
        sides = [(depth, middle), (middle, int(depth * gap))]
    else:
        other = draw(st.integers(10**4, 10**12))
        sides = [(depth, middle), (middle, other), (other, int(depth * gap))]
    return path_of(sides, [draw(st.sampled_from([0, 5, 30])) for _ in range(3)])


@settings(max_examples=200, deadline=None)
@given(coarse(), st.sampled_from([0, 5]), st.data())
def test_no_other_amount_of_any_token_brings_more_than_the_headroom(
    path: Path, fee_bps: int, data: st.DataObject
) -> None:
    found = size(path, fee_bps)
    best, amounts = (found.profit, found.amounts) if found else (0, (1,) * len(path))
    for leg in range(len(path)):
        for _ in range(30):
            near = data.draw(st.integers(-400, 400) | st.integers(-(10**6), 10**6))
            amount = backward(path[:leg], max(1, amounts[leg] + near))
            assert amount is None or profit(path, amount, fee_bps) <= best + 1e-9 * best


def test_a_bulk_of_cycles_is_sized_as_each_alone() -> None:
    random = np.random.default_rng(7)
    board, paths = Board(), []
    for number in range(200):
        sides = [(int(random.integers(10**6, 10**18)), int(random.integers(10**6, 10**18))) for _ in range(2)]
        path = path_of(sides, [30, 25])
        for leg, hop in enumerate(path):
            board.put_pool(2 * number + leg, hop.pool)
        edges = tuple(Edge(str(leg), 0, 1, "0", "1") for leg in range(2))
        board.put_cycle(number, Cycle("0", edges), [2 * number, 2 * number + 1])
        paths.append(path)
    everything = np.arange(200, dtype=np.int32)
    paying = board.paying(everything)
    sized = board.size(paying, np.array([words.packed(MAX_AMOUNT)] * len(paying), np.uint64))
    found = {int(number): words.joined(one) for number, one in zip(paying, sized.profits, strict=True)}
    for number, path in enumerate(paths):
        assert size_plain(path, 0, MAX_AMOUNT)[1] == found.get(number, 0)
    assert (sized.headrooms < 1).mean() > 0.9
    assert (sized.headrooms < 10).all()
    assert board.plain(everything).all()


def test_a_pool_taken_out_pays_nothing() -> None:
    board = Board()
    for leg, hop in enumerate(path_of([(10**6, 2 * 10**6), (10**6, 10**6)], [30, 30])):
        board.put_pool(leg, hop.pool)
    board.put_cycle(0, Cycle("0", (Edge("0", 0, 1, "0", "1"), Edge("1", 0, 1, "1", "0"))), [0, 1])
    all_ = np.zeros(1, np.int32)
    assert list(board.paying(all_)) == [0]
    board.put_pool(1, None)
    assert list(board.paying(all_)) == []


def test_a_full_pair_takes_no_more() -> None:
    full = path_of([(MAX_RESERVE, MAX_RESERVE), (10**6, 10**9)], [0, 0])
    assert size_plain(full, 0, MAX_AMOUNT) == (0, 0)
    assert size(full) is None


def everything(path: Path, fee_bps: int, most: int) -> int:
    """Return the most that any input up to `most` brings; reserves are small enough for words of 64 bits."""
    start = paid = np.arange(most + 1)
    for hop in path:
        assert isinstance(hop.pool, UniswapV2Pool)
        (reserve_in, reserve_out), net = hop.pool.reserves, paid * (10_000 - hop.pool.fee_bps)
        paid = net * reserve_out // (reserve_in * 10_000 + net)
    return int((paid - start - (start * fee_bps + 5_000) // 10_000).max())


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_nothing_among_all_amounts_is_better_after_a_long_search(data: st.DataObject) -> None:
    """Two tokens of coarse units between, so that the search goes on for thousands of steps by glides."""
    depth, gap = data.draw(st.integers(10**6, 2 * 10**7)), data.draw(st.floats(1.01, 1.5))
    one, other = data.draw(st.integers(10**4, 10**6)), data.draw(st.integers(10**4, 10**6))
    path = path_of(
        [(depth, one), (one, other), (other, int(depth * gap))], [data.draw(st.sampled_from([0, 5, 30]))] * 3
    )
    fee_bps = data.draw(st.sampled_from([0, 5]))
    assert size_plain(path, fee_bps, 2 * 10**6)[1] == max(0, everything(path, fee_bps, 2 * 10**6))


def test_a_glide_never_tells_more_than_what_is_lost() -> None:
    random, told = Random(5), 0
    for _ in range(5_000):
        reserve_in, reserve_out, amount = (int(2 ** random.uniform(0, 112)) for _ in range(3))
        fee, way = random.choice((0, 5, 30)), random.choice((-1, 1))
        net, board = 10_000 - fee, Board()
        for leg, hop in enumerate(path_of([(reserve_in, reserve_out)] * 2, [fee] * 2)):
            board.put_pool(leg, hop.pool)
        one = np.ones(5)
        cycle = board.book, np.arange(2), np.zeros(2, np.int8), 2, np.uint64(0), words.packed(MAX_AMOUNT), 0, one, one
        ahead = constant_product.glide_ahead(cycle, 1, words.packed(amount), way)
        for on in steps(random, ahead, amount if way < 0 else MAX_RESERVE):
            sold = amount + way * on
            lost = Fraction(sold * net * reserve_out, reserve_in * 10_000 + sold * net) % 1
            assert constant_product.toll(ahead, on) <= lost
            told += constant_product.toll(ahead, on) > 0
        if amount >= reserve_out:
            continue
        behind = constant_product.glide_behind(cycle, 1, words.packed(amount), way)
        for on in steps(random, behind, amount if way < 0 else reserve_out - amount):
            bought = amount + way * on
            lost = -Fraction(reserve_in * 10_000 * bought, net * (reserve_out - bought)) % 1
            assert constant_product.toll(behind, on) <= lost
            told += constant_product.toll(behind, on) > 0
    assert told > 5_000


def steps(random: Random, glide: constant_product.Glide, below: int) -> set[int]:
    length = min(constant_product.straight(glide), below)
    return {0, length - 1, *(random.randrange(length) for _ in range(4))}
