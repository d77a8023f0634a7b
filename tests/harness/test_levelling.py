"""When levelling takes the place of a pair's cycles, and with which trades, rule by rule."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from harness.market.costs import FLASH_SWAP, Offer, Policy
from harness.market.cycles import Cycle, Edge
from harness.market.levelling import levelled
from harness.market.market import Market
from harness.market.opportunity import Opportunity, weigh
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.registry import Terms
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.market.route import Lender

ETHER = 10**18
BASE, TOKEN, OTHER, THIRD = ("0x" + digit * 40 for digit in "cdef")
LENDER = "0x" + "9" * 40
POLICY = Policy(native=BASE, gas_price=0, most=50)


def pair(number: int, base: int, units: int, tokens: tuple[str, str] = (BASE, TOKEN)) -> UniswapV2Pool:
    return UniswapV2Pool(f"0x{number:040x}", tokens, (base * ETHER, units * ETHER))


PAIR = [pair(1, 100, 90), pair(2, 100, 104), pair(3, 100, 107), pair(4, 100, 110)]
"""Three that sell the token cheaper than the first buys it."""
BESIDE = [pair(5, 100, 100, (BASE, OTHER)), pair(6, 100, 110, (BASE, OTHER))]


def market_of(*pools: UniswapV2Pool) -> Market:
    market = Market([BASE])
    market.update(pools)
    return market


MARKET = market_of(*PAIR, *BESIDE)


def slight(market: Market, *numbers: int, tokens: Sequence[str] = (BASE, TOKEN)) -> Opportunity:
    """A small trade through pools, by their numbers."""
    ends = zip(tokens, (*tokens[1:], tokens[0]), strict=True)
    pools = [market.pools[f"0x{number:040x}"] for number in numbers]
    edges = [
        Edge(pool.address, pool.tokens.index(sold), pool.tokens.index(bought), sold, bought)
        for pool, (sold, bought) in zip(pools, ends, strict=True)
    ]
    cycle, price = Cycle(tokens[0], tuple(edges)), market.prices(POLICY)[BASE]
    assert price is not None
    found = weigh(cycle, cycle.bind(market.pools), POLICY, price, ETHER // 1_000)
    assert found is not None
    return found


def after(chosen: list[Opportunity], policy: Policy = POLICY, market: Market = MARKET) -> list[Opportunity]:
    return levelled(market, policy, chosen, market.prices(policy))


ELSEWHERE = slight(MARKET, 6, 5, tokens=(BASE, OTHER))
TWO = [slight(MARKET, 4, 1), slight(MARKET, 3, 1)]


def test_trades_that_level_come_where_the_first_cycle_of_the_pair_was() -> None:
    first, *levelling = after([ELSEWHERE, *TWO])
    assert first == ELSEWHERE
    assert {one.cycle.edges[0].pool for one in levelling} == {pool.address for pool in PAIR[1:]}
    assert {one.cycle.edges[1].pool for one in levelling} == {PAIR[0].address}
    assert sum(one.worth for one in levelling) > sum(one.worth for one in TWO)
    *levelling_too, last = after([*TWO, ELSEWHERE])
    assert (levelling_too, last) == (levelling, ELSEWHERE)


def test_one_cycle_of_a_pair_is_left() -> None:
    assert after(TWO[:1]) == TWO[:1]


def test_two_pools_are_left_to_cycles() -> None:
    market = market_of(PAIR[0], PAIR[3])
    chosen = [slight(market, 4, 1)] * 2
    assert after(chosen, market=market) == chosen


def test_a_pair_of_which_another_trade_moves_a_pool_is_left() -> None:
    market = market_of(*PAIR, pair(7, 100, 110, (TOKEN, THIRD)), pair(8, 100, 110, (THIRD, BASE)))
    chosen = [*TWO, slight(market, 4, 7, 8, tokens=(BASE, TOKEN, THIRD))]
    assert after(chosen, market=market) == chosen


def test_cycles_that_are_worth_no_less_are_left() -> None:
    worth = sum(one.worth for one in after(TWO))
    level, better = ([replace(one, worth=half) for one in TWO] for half in (-(-worth // 2), worth))
    assert after(level) == level
    assert after(better) == better


def test_there_are_no_more_trades_than_may_be_sent_those_of_other_pairs_among_them() -> None:
    assert len(after([ELSEWHERE, *TWO])) == 4
    assert len(after([ELSEWHERE, *TWO], replace(POLICY, most=3))) == 3
    assert len(after(TWO, replace(POLICY, most=2))) == 2


def test_no_trade_is_above_the_cap() -> None:
    amounts = [one.sizing.amount_in for one in after(TWO)]
    most = max(amounts)
    assert [one.sizing.amount_in for one in after(TWO, replace(POLICY, caps={BASE: most}))] == amounts
    assert max(one.sizing.amount_in for one in after(TWO, replace(POLICY, caps={BASE: most - 1}))) < most


def test_no_pools_rate_is_moved_further_than_its_terms_allow() -> None:
    bound = Market([BASE], terms={PAIR[1].address: Terms(most_slippage_bps=10)})
    bound.update([*PAIR, *BESIDE])
    moved = [{edge.pool for edge in one.cycle.edges} for one in after(TWO, market=bound)]
    assert len(moved) == 2
    assert not any(PAIR[1].address in pools for pools in moved)


def test_nothing_is_traded_on_a_state_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    known = UniswapV2Pool.after

    def left(pool: UniswapV2Pool, i: int, j: int, amount_in: int) -> UniswapV2Pool:
        if pool.address == PAIR[0].address:
            raise LiquidityExhaustedError
        return known(pool, i, j, amount_in)

    monkeypatch.setattr(UniswapV2Pool, "after", left)
    assert len(after(TWO)) == 1


FREE, CHEAPER = (Offer(Lender.BALANCER_V2, LENDER, 0, gas, {BASE: 10**30}) for gas in (40_000, 30_000))


@pytest.mark.parametrize(
    "poor",
    [
        pytest.param(replace(FREE, fee_bps=1, gas=0), id="with a fee"),
        pytest.param(replace(FREE, gas=0, available={BASE: 1}), id="too little"),
        pytest.param(replace(FREE, gas=0, address=PAIR[0].address), id="of a pool that is a leg"),
    ],
)
def test_levelling_borrows_without_a_fee_what_it_takes_from_none_of_its_own_pools(poor: Offer) -> None:
    assert after(TWO, replace(POLICY, offers=(poor,))) == TWO
    found = after(TWO, replace(POLICY, offers=(poor, FREE)))
    assert [one.offer for one in found] == [FREE] * 3


def test_of_loans_without_a_fee_the_one_of_least_gas_is_taken() -> None:
    assert [one.offer for one in after(TWO, replace(POLICY, offers=(FREE, CHEAPER)))] == [CHEAPER] * 3
    assert [one.offer for one in after(TWO, replace(POLICY, offers=(FREE, FLASH_SWAP)))] == [FLASH_SWAP] * 3
