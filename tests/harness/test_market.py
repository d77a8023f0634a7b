"""Decisions: which trades, borrowed where, and why; none spoils another, and whatever a pool says, none fails."""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from math import ceil
from random import Random
from typing import cast

import pytest
from eth_utils.address import to_checksum_address
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.market import cyclic
from harness.market.costs import FLASH_SWAP, GAS_OF_EXECUTION, Offer, Policy, market_price
from harness.market.cycles import Hop
from harness.market.decide import decide
from harness.market.graph import PoolKnownError
from harness.market.legs import uniswap_v2, uniswap_v3
from harness.market.market import Market
from harness.market.opportunity import Opportunity, bytes_of
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.pool import Pool
from harness.market.pools.registry import Terms
from harness.market.pools.tick_math import sqrt_price_at, tick_at
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.market.pools.uniswap_v3 import UniswapV3Pool
from harness.market.route import Lender, decode, encode
from harness.market.sizing import forward, size

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
    return decide(of(market().values(), bases), policy)


def of(pools: Iterable[Pool], bases: tuple[str, ...] = (WETH, USDT), max_legs: int = 3) -> Market:
    made = Market(bases, max_legs)
    made.update(pools)
    return made


POLICY = Policy(native=WETH, gas_price=10**9)


def test_the_best_trade_comes_first_and_goes_the_paying_way() -> None:
    ranked = found(POLICY)
    assert [one.worth for one in ranked] == sorted((one.worth for one in ranked), reverse=True)
    dollars = ranked[0]
    assert [hop.pool.address for hop in dollars.path] in ([B, A], [A, B])
    assert dollars.sizing == size(dollars.path)
    assert 236 < dollars.gap_bps < 239
    other = next(one for one in ranked if {hop.pool.address for hop in one.path} == {C, D})
    assert [hop.pool.address for hop in other.path] == [D, C]


def test_gas_is_weighed_in_the_token_of_the_profit() -> None:
    dollars = found(POLICY, bases=(USDT,))[0]
    gas = GAS_OF_EXECUTION + 2 * UniswapV2Pool.GAS
    assert dollars.gas == gas
    price = market_price(USDT, WETH, of(market().values()).between(USDT, WETH))
    assert price is not None
    assert float(price) == pytest.approx(0.997 * 1_000 * ETHER / (2_060_000 * 10**6), rel=1e-12)
    assert dollars.worth == int(dollars.sizing.profit * price) - gas * 10**9
    assert dollars.min_profit == ceil(gas * 10**9 * Fraction(12, 10) / price)


def test_a_feeds_price_and_the_data_of_a_rollup_count() -> None:
    plain, priced = (
        found(replace(POLICY, data_price=price, prices=prices), bases=(USDT,))[0]
        for price, prices in ((0, {}), (10**9, {USDT: Fraction(10**9, 2)}))
    )
    assert priced.sizing == plain.sizing
    size = bytes_of(priced.path)
    assert priced.worth == priced.sizing.profit * 10**9 // 2 - (priced.gas + size) * 10**9
    assert size >= len(encode(priced.route(deadline=1))) > size // 2
    beside = found(replace(POLICY, data_cost=10**12), bases=(USDT,))[0]
    assert beside.sizing == plain.sizing
    assert beside.worth == plain.worth - 10**12


def test_what_data_costs_beside_decides_whether_a_trade_pays() -> None:
    worth = found(POLICY, bases=(USDT,))[0].worth
    assert found(replace(POLICY, margin_bps=0, data_cost=worth * 9 // 10), bases=(USDT,))
    assert not found(replace(POLICY, margin_bps=0, data_cost=worth * 11 // 10), bases=(USDT,))


def test_a_tip_is_taken_from_profit_in_native_coin_alone() -> None:
    tipping = replace(POLICY, tip_bps=5_000)
    plain, tipped = found(POLICY, bases=(WETH,))[0], found(tipping, bases=(WETH,))[0]
    cost = plain.sizing.profit - plain.worth
    assert tipped.sizing == plain.sizing
    assert tipped.worth == plain.sizing.profit // 2 - cost
    assert tipped.min_profit == pytest.approx(2 * plain.min_profit, abs=1)
    assert tipped.route(deadline=1).tip_bps == 5_000
    assert found(tipping, bases=(USDT,)) == found(POLICY, bases=(USDT,))


def test_nothing_is_worth_doing_that_does_not_pay_its_gas_and_margin() -> None:
    best = found(POLICY)[0]
    all_of_it = best.sizing.profit * 10_000 // (best.gas * 12_000)
    assert found(replace(POLICY, gas_price=all_of_it))[0].sizing.profit == best.sizing.profit
    assert found(replace(POLICY, gas_price=all_of_it * 101 // 100), bases=(WETH,)) == []


def test_a_token_without_a_price_is_not_traded() -> None:
    pools = [pool for pool in market().values() if USDT in pool.tokens]
    assert decide(of(pools, (USDT,)), replace(POLICY, native=OTHER)) == []


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


def crowd(seed: int, count: int = 14) -> list[Pool]:
    """Pairs, with a concentrated pool among every four, between five tokens of one price, some per cent apart."""
    random, tokens = Random(seed), ["0x" + str(digit) * 40 for digit in range(1, 6)]
    pools: list[Pool] = []
    for number in range(count):
        first, second = sorted(random.sample(tokens, 2))
        depth, ratio = random.randint(10**20, 10**22), 1 + random.gauss(0, 0.02)
        address = f"0x{number + 1:040x}"
        if number % 4 == 3:
            price = int(ratio**0.5 * 2**96)
            at = tick_at(price)
            wide = (at // 10 * 10 - 6_000, at // 10 * 10 + 6_000)
            pools.append(
                UniswapV3Pool(address, (first, second), 500, 10, price, at, 5 * depth, wide, (5 * depth, -5 * depth))
            )
        else:
            pools.append(UniswapV2Pool(address, (first, second), (depth, int(depth * ratio))))
    return pools


NATIVE = "0x" + "1" * 40
CROWD = Policy(native=NATIVE, gas_price=10**7, most=20)


@pytest.mark.parametrize("seed", range(8))
def test_trades_can_be_executed_one_after_the_other_each_to_the_wei(seed: int) -> None:
    market = of(crowd(seed), (NATIVE, "0x" + "2" * 40))
    states = dict(market.pools)
    trades = decide(market, CROWD)
    assert len(trades) > 1
    shared = [edge.pool for one in trades for edge in one.cycle.edges]
    assert len(shared) > len(set(shared))
    for one in trades:
        path = one.cycle.bind(states)
        assert path == one.path
        assert forward(path, one.sizing.amount_in) == one.sizing.amounts
        assert one.sizing.profit == one.sizing.amounts[-1] - one.sizing.amount_in >= one.min_profit
        for hop, amount in zip(path, one.sizing.amounts, strict=False):
            states[hop.pool.address] = hop.after(amount).pool
    assert market.pools == of(crowd(seed), (NATIVE,)).pools


def test_the_first_trade_is_the_best_of_all_and_none_that_pays_is_left() -> None:
    market = of(crowd(3), (NATIVE,))
    trades = decide(market, replace(CROWD, most=1_000))
    alone = [size(cycle.bind(market.pools)) for cycle in market._graph.cycles if cycle is not None]
    assert trades[0].sizing.profit == max(one.profit for one in alone if one is not None)
    states = dict(market.pools)
    for one in trades:
        for hop, amount in zip(one.cycle.bind(states), one.sizing.amounts, strict=False):
            states[hop.pool.address] = hop.after(amount).pool
    left = decide(of(states.values(), (NATIVE,)), CROWD)
    assert sum(one.worth for one in left) < sum(one.worth for one in trades) / 20


@pytest.mark.parametrize("seed", range(5))
def test_block_after_block_the_answer_is_that_of_a_market_made_anew(seed: int) -> None:
    random, pools = Random(seed), {pool.address: pool for pool in crowd(seed)}
    market = of(pools.values(), (NATIVE,))
    for _ in range(6):
        decide(market, CROWD)
        changed = []
        for address in random.sample(sorted(pools), 3):
            pool = pools[address]
            pools[address] = pool.after(*random.choice([(0, 1), (1, 0)]), random.randint(10**17, 10**20))
            changed.append(pools[address])
        gone = random.sample(sorted(pools), random.choice([0, 0, 1]))
        for address in gone:
            del pools[address]
        market.update([pool for pool in changed if pool.address in pools], gone)
        assert decide(market, CROWD) == decide(of(pools.values(), (NATIVE,)), CROWD)


def test_a_state_that_is_wrong_is_left_out_with_the_reason_until_it_is_right_again() -> None:
    pools = market()
    traded = of(pools.values())
    whole = decide(traded, POLICY)
    wrong = replace(cast(UniswapV2Pool, pools[A]), reserves=(0, 0))
    traded.update([wrong])
    assert "reserves" in traded.excluded[A]
    assert all(edge.pool != A for one in decide(traded, POLICY) for edge in one.cycle.edges)
    traded.update([pools[A]])
    assert traded.excluded == {}
    assert decide(traded, POLICY) == whole


def test_a_pool_listed_twice_is_refused_and_one_that_is_gone_forgotten() -> None:
    pools = list(market().values())
    with pytest.raises(PoolKnownError, match=pools[0].address):
        Market([WETH]).update([*pools, pools[0]])
    traded = of(pools)
    traded.update([], gone=[A, B, "0x" + "9" * 40])
    assert decide(traded, POLICY) == decide(of(pools[2:]), POLICY)


def test_what_lends_is_no_leg() -> None:
    pools = market()
    loan = Offer(Lender.UNISWAP_V3, C, 5, 0, {WETH: 10**30})
    ranked = found(replace(POLICY, offers=(loan,)), bases=(WETH,))
    assert ranked
    assert all(edge.pool != C for one in ranked for edge in one.cycle.edges)
    assert any(edge.pool == C for one in found(POLICY, bases=(WETH,)) for edge in one.cycle.edges)
    assert not loan.serves((Hop(pools[C], 0, 1), Hop(pools[D], 1, 0)))


absurd = st.sampled_from([0, 1, -1, 2**112 - 1, 2**112, 2**256]) | st.integers(0, 2**120)
A_TOKEN = st.sampled_from([WETH, USDT, OTHER])


@st.composite
def broken(draw: st.DrawFn) -> Pool:
    """A pool of either family in any state whatever."""
    address, tokens = draw(st.sampled_from([A, B, C, D])), (draw(A_TOKEN), draw(A_TOKEN))
    if draw(st.booleans()):
        return UniswapV2Pool(
            address, tokens, (draw(absurd), draw(absurd)), draw(st.sampled_from([0, 30, 9_999, 10**4]))
        )
    ticks = tuple(draw(st.lists(st.integers(-(10**6), 10**6), max_size=4)))
    nets = tuple(draw(st.lists(absurd | absurd.map(lambda net: -net), max_size=4)))
    price, tick = draw(st.integers(0, 2**161)), draw(st.integers(-(10**6), 10**6))
    if draw(st.booleans()):
        tick = draw(st.integers(-887_272, 887_271))
        price = sqrt_price_at(tick)
        ticks, nets = tuple(sorted(one // 10 * 10 for one in ticks)), nets[: len(ticks)]
    return UniswapV3Pool(
        address, tokens, draw(st.sampled_from([0, 500, 10**6])), draw(st.sampled_from([0, 1, 10])), price, tick,
        draw(absurd), ticks, nets,
    )  # fmt: skip


@pytest.mark.long
@settings(max_examples=300, deadline=None)
@given(st.lists(broken(), max_size=4, unique_by=lambda pool: pool.address), st.sampled_from([0, 1, 10**9]))
def test_whatever_a_pool_says_deciding_does_not_fail(pools: list[Pool], gas_price: int) -> None:
    traded = of([pool for pool in market().values() if pool.address not in {one.address for one in pools}])
    traded.update(pools)
    for one in decide(traded, replace(POLICY, gas_price=gas_price)):
        assert one.sizing.profit >= one.min_profit > 0
        assert all(amount > 0 for amount in one.sizing.amounts)
        assert not {edge.pool for edge in one.cycle.edges} & set(traded.excluded)


def terms_of(**terms: Terms) -> Market:
    made = Market((WETH,), 3, {{"A": A, "B": B, "C": C, "D": D}[name]: one for name, one in terms.items()}, WETH)
    made.update(market().values())
    return made


def test_a_venue_that_is_switched_off_or_too_thin_is_not_traded() -> None:
    off = terms_of(A=Terms(enabled=False))
    assert {edge.pool for one in decide(off, POLICY) for edge in one.cycle.edges} == {C, D}
    assert "switched off" in off.excluded[A]
    thin = terms_of(D=Terms(least_liquidity=501 * ETHER), A=Terms(least_liquidity=900 * ETHER))
    assert {edge.pool for one in decide(thin, POLICY) for edge in one.cycle.edges} == {A, B}
    assert "501000000000000000000 wei" in thin.excluded[D]


def pools_of(trade: Opportunity) -> list[str]:
    return [edge.pool for edge in trade.cycle.edges]


def test_a_leg_moves_its_pool_no_further_than_its_terms_allow() -> None:
    free, bound = terms_of(), terms_of(A=Terms(most_slippage_bps=50))
    loose, tight = (next(one for one in decide(made, POLICY) if A in pools_of(one)) for made in (free, bound))
    assert tight.sizing.amount_in < loose.sizing.amount_in
    leg = next(n for n, hop in enumerate(tight.path) if hop.pool.address == A)
    hop, amount = tight.path[leg], tight.sizing.amounts[leg]
    assert 0.995 <= hop.rate(amount) / hop.rate() < 0.99501
    assert loose.path[leg].rate(loose.sizing.amounts[leg]) / hop.rate() < 0.995


def test_of_two_trades_worth_the_same_that_of_the_venue_with_priority_goes_first() -> None:
    twins: list[Pool] = [
        UniswapV2Pool("0x" + digit * 40, (WETH, token), (1_000 * ETHER, reserve * ETHER))
        for token, pair in ((USDT, "67"), (OTHER, "89"))
        for digit, reserve in zip(pair, (1_000, 1_030), strict=True)
    ]
    for favoured in (USDT, OTHER):
        terms = {pool.address: Terms(priority=7) for pool in twins if favoured in pool.tokens}
        made = Market((WETH,), 3, terms, WETH)
        made.update(twins)
        first, second = decide(made, POLICY)[:2]
        assert first.worth == second.worth
        assert first.cycle.edges[0].token_out == favoured


def test_of_trades_worth_the_same_after_another_that_of_the_venue_with_priority_goes_first() -> None:
    cheap, dear, *twins = (
        UniswapV2Pool("0x" + digit * 40, (WETH, USDT), (1_000 * ETHER, reserve * ETHER))
        for digit, reserve in zip("6789", (1_100, 900, 940, 940), strict=True)
    )
    paid = replace(POLICY, gas_price=0, offers=(Offer(Lender.AAVE_V3, LENDER, 1, 0, {WETH: 10**30}),))
    for favoured in twins:
        made = Market((WETH,), 2, {pool.address: Terms(priority=7) for pool in (cheap, dear, favoured)}, WETH)
        made.update([cheap, dear, *twins])
        first, second = decide(made, paid)[:2]
        assert pools_of(first) == [cheap.address, dear.address]
        assert pools_of(second) == [cheap.address, favoured.address]


def test_pools_of_one_pair_are_levelled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    pools = [
        UniswapV2Pool("0x" + digit * 40, (WETH, USDT), (100 * ETHER, reserve * ETHER))
        for digit, reserve in zip("6789", (90, 104, 107, 110), strict=True)
    ]
    trades = decide(of(pools, (WETH,)), replace(POLICY, gas_price=0))
    assert sorted(pools_of(one)[0] for one in trades) == [pool.address for pool in pools[1:]]
    assert {pools_of(one)[1] for one in trades} == {pools[0].address}
    monkeypatch.setattr(cyclic, "levelled", lambda *given: given[2])
    alone = decide(of(pools, (WETH,)), replace(POLICY, gas_price=0))
    gained, before = (sum(one.sizing.profit for one in each) for each in (trades, alone))
    assert gained > before > 0, "cycles one after the other leave something"


def test_nothing_goes_through_a_pool_again_of_which_nobody_knows_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    known = UniswapV2Pool.after

    def left(pool: UniswapV2Pool, i: int, j: int, amount_in: int) -> UniswapV2Pool:
        if pool.address == A:
            raise LiquidityExhaustedError
        return known(pool, i, j, amount_in)

    pools = list(market().values())
    third = UniswapV2Pool(LENDER, (WETH, USDT), (1_000 * ETHER, 2_050_000 * 10**6))
    through = [pools_of(one) for one in decide(of([*pools, third], (WETH,)), POLICY)]
    assert sum(A in each for each in through) > 1
    monkeypatch.setattr(UniswapV2Pool, "after", left)
    through = [pools_of(one) for one in decide(of([*pools, third], (WETH,)), POLICY)]
    assert sum(A in each for each in through) == 1
