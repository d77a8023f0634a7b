"""What a trade costs and how it may borrow, rule by rule; legs are fakes where only their venue counts."""

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.market.costs import FLASH_SWAP, Net, Offer, Policy, market_price, net
from harness.market.cycles import Cycle, Edge, Path
from harness.market.decide import decide
from harness.market.legs import Venue
from harness.market.market import Market
from harness.market.opportunity import Opportunity, after_costs, gas_of, weigh
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.market.route import Lender
from harness.market.sizing import MAX_AMOUNT, size

ETHER = 10**18
WETH, USDT = "0x" + "c" * 40, "0x" + "d" * 40
A, B, LENDER = ("0x" + digit * 40 for digit in "123")
EVERYTHING = {WETH: 10**30}
FREE = Offer(Lender.BALANCER_V2, LENDER, 0, 40_000, EVERYTHING)
DEAR = Offer(Lender.AAVE_V3, LENDER, 5, 80_000, EVERYTHING)
POLICY = Policy(native=WETH, gas_price=10**9)

# what it costs


def test_gas_and_data_and_what_a_transaction_costs_beside_are_paid() -> None:
    policy = replace(POLICY, gas_price=3, data_price=5, data_cost=7, margin_bps=0)
    assert net(policy, WETH, Fraction(1), 1_000, gas=10, size=20) == Net(137, 137, 1_000 - 137)


@pytest.mark.parametrize(("margin", "least"), [(0, 1_000), (2_000, 1_200), (1, 1_001)])
def test_the_least_profit_has_the_margin_on_its_costs_rounded_up_and_worth_has_not(margin: int, least: int) -> None:
    policy = replace(POLICY, gas_price=1, margin_bps=margin)
    assert net(policy, WETH, Fraction(1), 5_000, gas=1_000, size=0) == Net(1_000, least, 4_000)


def test_a_tip_leaves_less_of_a_profit_in_native_coin_and_of_no_other() -> None:
    policy = replace(POLICY, gas_price=1, margin_bps=0, tip_bps=2_500)
    assert net(policy, WETH, Fraction(1), 4_000, gas=300, size=0) == Net(300, 400, 3_000 - 300)
    assert net(policy, USDT, Fraction(1), 4_000, gas=300, size=0) == Net(300, 300, 4_000 - 300)


def test_another_token_is_weighed_by_its_price() -> None:
    policy = replace(POLICY, gas_price=1, margin_bps=0)
    assert net(policy, USDT, Fraction(1, 3), 3_000, gas=100, size=0) == Net(100, 300, 900)
    assert net(policy, USDT, Fraction(3), 50, gas=100, size=0) == Net(100, 34, 50)


def test_something_is_demanded_even_where_nothing_costs_anything() -> None:
    assert net(replace(POLICY, gas_price=0), WETH, Fraction(1), 5, gas=100, size=9) == Net(0, 1, 5)


def pair(address: str, wei: int, units: int) -> UniswapV2Pool:
    return UniswapV2Pool(address, (WETH, USDT), (wei, units))


def test_a_token_is_worth_the_median_of_its_pools_and_native_coin_itself() -> None:
    pools = [pair(A, ETHER, 10**6), pair(B, 2 * ETHER, 10**6), pair(LENDER, 900 * ETHER, 10**6)]
    price = market_price(USDT, WETH, pools)
    assert price == pools[1].rate(1, 0)
    assert market_price(USDT, WETH, pools[:2]) == pools[0].rate(1, 0), "the lower of two"
    assert market_price(WETH, WETH, []) == 1
    assert market_price(USDT, WETH, []) is None


def test_a_pool_without_a_price_is_not_counted() -> None:
    dead: Any = SimpleNamespace(tokens=(WETH, USDT), rate=lambda *_: Fraction(0))
    assert market_price(USDT, WETH, [dead]) is None
    assert market_price(USDT, WETH, [dead, pair(B, ETHER, 10**6)]) == pair(B, ETHER, 10**6).rate(1, 0)


def test_caps_and_tips_are_by_token() -> None:
    policy = replace(POLICY, caps={WETH: 5}, tip_bps=7)
    assert (policy.cap(WETH), policy.cap(USDT)) == (5, MAX_AMOUNT)
    assert replace(policy, caps={WETH: MAX_AMOUNT + 1}).cap(WETH) == MAX_AMOUNT
    assert (policy.tip(WETH), policy.tip(USDT)) == (7, 0)


# loans


def legs(*venues: str) -> Path:
    """Legs through venues; a name with a minus is of a pool that cannot lend."""
    pools = [SimpleNamespace(VENUE=Venue[name.lstrip("-")], LENDS=not name.startswith("-")) for name in venues]
    hops = [SimpleNamespace(pool=pool, leg=lambda at=at: SimpleNamespace(target=(A, B)[at])) for at, pool in
            enumerate(pools)]  # fmt: skip
    return cast(Path, tuple(hops))


@pytest.mark.parametrize(
    ("venues", "lends"),
    [
        (("UNISWAP_V2", "CURVE"), True),
        (("CURVE", "UNISWAP_V2"), False),
        (("WOOFI", "UNISWAP_V3"), True),
        (("WOOFI", "CURVE"), False),
        (("UNISWAP_V2", "-SOLIDLY"), False),
        (("-SOLIDLY", "UNISWAP_V2"), True),
        (("UNISWAP_V3", "-SOLIDLY"), True),
    ],
)
def test_a_flash_swap_is_the_last_legs_that_can_be_quoted_up_to_if_that_lends(
    venues: tuple[str, ...], lends: bool
) -> None:
    assert FLASH_SWAP.serves(legs(*venues)) is lends


def test_who_lends_is_no_leg_unless_legs_run_on_its_credit() -> None:
    path = legs("UNISWAP_V2", "CURVE")
    assert not replace(FREE, address=A).serves(path)
    assert not replace(FREE, address=B).serves(path)
    assert FREE.serves(path)
    assert replace(FREE, lender=Lender.UNISWAP_V4, address=A).serves(path)


def test_a_lender_lends_what_it_has_and_a_flash_swap_what_its_pool_has() -> None:
    assert (FREE.limit(WETH), FREE.limit(USDT), FLASH_SWAP.limit(USDT)) == (10**30, 0, MAX_AMOUNT)


# which loan


CYCLE = Cycle(WETH, (Edge(B, 0, 1, WETH, USDT), Edge(A, 1, 0, USDT, WETH)))
PATH = CYCLE.bind({A: pair(A, 1_000 * ETHER, 2_000_000 * 10**6), B: pair(B, 1_000 * ETHER, 2_060_000 * 10**6)})


def weighed(*offers: Offer, gas_price: int = 10**9, most: int = MAX_AMOUNT) -> Opportunity:
    found = weigh(CYCLE, PATH, replace(POLICY, offers=offers, gas_price=gas_price), Fraction(1), most)
    assert found is not None
    return found


def nearly(trade: Opportunity, amount: int) -> bool:
    """Whether it takes so much, less what would buy not a unit more."""
    return amount - 10**10 < trade.sizing.amount_in <= amount


def test_the_loan_that_leaves_most_is_taken() -> None:
    assert weighed(DEAR, FREE).offer is FREE
    assert weighed(FREE, replace(FREE, gas=10)).offer.gas == 10
    cheap = replace(DEAR, gas=0)
    assert weighed(FREE, cheap, gas_price=1).offer is FREE
    assert weighed(FREE, cheap, gas_price=10**11).offer is cheap, "gas can be dearer than a fee"


def test_a_loan_with_a_fee_is_taken_where_one_without_is_too_small() -> None:
    small = replace(FREE, available={WETH: ETHER // 2})
    assert weighed(small, DEAR).offer is DEAR
    assert nearly(weighed(small), ETHER // 2)


def test_the_loan_is_bounded_by_caps_pools_and_lenders() -> None:
    assert nearly(weighed(FREE, most=ETHER // 2), ETHER // 2)
    bounded = weigh(CYCLE, PATH, replace(POLICY, offers=(FREE,), caps={WETH: ETHER}), Fraction(1))
    assert bounded is not None
    assert nearly(bounded, ETHER)


def test_what_does_not_serve_or_lend_the_token_is_passed_over() -> None:
    none = (replace(FREE, address=A), replace(FREE, available={USDT: 10**30}))
    assert weigh(CYCLE, PATH, replace(POLICY, offers=none), Fraction(1)) is None


def test_a_trade_pays_for_its_loans_gas_and_what_just_pays_is_worth_doing() -> None:
    trade = weighed(DEAR)
    assert trade.gas == gas_of(PATH) + DEAR.gas
    assert trade.sizing == size(PATH, 5, MAX_AMOUNT)
    assert trade.worth == trade.sizing.profit - trade.gas * POLICY.gas_price
    just = replace(trade.sizing, profit=trade.min_profit)
    policy: Any = replace(POLICY, offers=(DEAR,))
    assert after_costs(replace(trade, sizing=just), policy, Fraction(1)) is not None
    less = replace(just, profit=just.profit - 1)
    assert after_costs(replace(trade, sizing=less), policy, Fraction(1)) is None


def test_a_route_grants_its_lender_no_more_than_its_fee() -> None:
    route = weighed(DEAR).route(77, b"\x01" * 32)
    assert (route.max_fee_bps, route.lender, route.lender_address) == (5, Lender.AAVE_V3, LENDER)
    assert (route.deadline, route.parent_hash, route.min_profit) == (77, b"\x01" * 32, weighed(DEAR).min_profit)


def test_what_a_trade_leaves_is_known_unless_it_takes_more_than_is_known_of_a_pool() -> None:
    class Thin:  # a fake: of a pool so much is known that nobody can say what a trade leaves
        address = LENDER

    def exhausted(_: int) -> None:
        raise LiquidityExhaustedError

    trade = weighed(FREE)
    thin: Any = SimpleNamespace(pool=Thin, after=exhausted)
    assert replace(trade, path=(PATH[0], thin)).left_behind()[LENDER] is None
    left = trade.left_behind()
    first, second = trade.sizing.amounts[0], trade.sizing.amounts[1]
    assert left[B] == PATH[0].after(first).pool
    assert left[A] == PATH[1].after(second).pool


def test_no_more_trades_are_offered_than_are_asked_for() -> None:
    tokens = ["0x" + digit * 40 for digit in "789"]
    market = Market((WETH,))
    market.update(
        UniswapV2Pool("0x" + f"{at}{end}" * 20, (WETH, token), (1_000 * ETHER, 2_000_000 * 10**6 + end * 10**11))
        for at, token in enumerate(tokens)
        for end in (0, 1)
    )
    assert [len(decide(market, replace(POLICY, most=most))) for most in (1, 2, 4)] == [1, 2, 3]
