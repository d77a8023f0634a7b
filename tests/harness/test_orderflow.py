"""Order flow: repeatable, ordinary, blind to prices; and a rival's arithmetic."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from reader import Reader

from harness.chains import Chain
from harness.devchain import DevChain
from harness.market.costs import Policy
from harness.market.decide import decide
from harness.market.market import Market
from harness.market.opportunity import Opportunity
from harness.market.pools.pool import Pool
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.market.sizing import forward
from harness.orderflow import LARGEST_SHARE, Order, OrderFlow, fund, place, router, units
from harness.replica import Replica
from harness.rival import outrun
from harness.settings import dev_account

TRADER = 4
ETHER = 10**18


def orders(chain: Chain, seed: int, blocks: int = 40) -> list[list[Order]]:
    flow = OrderFlow(chain, seed)
    return [flow.block(3) for _ in range(blocks)]


def test_the_same_seed_is_the_same_flow_and_another_is_another(ethereum: Chain) -> None:
    assert orders(ethereum, 7) == orders(ethereum, 7)
    assert orders(ethereum, 7) != orders(ethereum, 8)


@settings(max_examples=20)
@given(seed=st.integers(0, 10**6))
def test_orders_are_ordinary(ethereum: Chain, seed: int) -> None:
    for block in orders(ethereum, seed):
        assert 1 <= len(block) <= 3
        for order in block:
            assert order.pool in ethereum.pools
            assert router(ethereum, order.pool)
            assert {order.sold, order.bought} == set(order.pool.tokens)
            most = units(ethereum, order.sold, LARGEST_SHARE * ethereum.replica.depths[order.pool.name])
            assert 0 < order.amount <= most


def test_orders_spread_over_pools_and_both_directions(ethereum: Chain) -> None:
    flow = [order for block in orders(ethereum, 1, 400) for order in block]
    reachable = {pool.name for pool in ethereum.pools if router(ethereum, pool)}
    assert {order.pool.name for order in flow} == reachable
    bought = sum(order.bought == "WETH" for order in flow)
    sold = sum(order.sold == "WETH" for order in flow)
    assert 0.5 < bought / sold < 2


def test_dollars_become_units_at_the_replicas_prices(ethereum: Chain) -> None:
    assert units(ethereum, "USDC", 2.5) == 2_500_000
    assert units(ethereum, "WETH", 1_600) * int(ethereum.replica.prices["WETH"]) == 1_600 * 10**8 * ETHER


def test_an_order_trades_through_its_pool_exactly_as_computed(node: Replica, ethereum: Chain) -> None:
    chain = DevChain(node.web3, 12)
    trader = dev_account(TRADER)
    fund(chain, ethereum, [trader])
    reader = Reader(ethereum, node.web3)
    by_name = {place.name: place for place in reader.places}
    for name in ("uniswap-v2:USDC/WETH", "uniswap-v3:USDC/WETH:500"):
        place_of, order = by_name[name], Order(ethereum.pool(name), "USDC", "WETH", 10**11)
        before = reader.snapshot(node.web3.eth.get_block("latest")).pools[place_of.address]
        weth = ethereum.token("WETH").address
        held = chain.view(weth, "balanceOf(address)", trader.address)
        sent = place(chain, ethereum, order, trader)
        chain.mine()
        chain.receipt(sent)
        after = reader.snapshot(node.web3.eth.get_block("latest")).pools[place_of.address]
        way = (0, 1) if place_of.token0 != weth else (1, 0)
        assert after == before.after(*way, 10**11)
        got = chain.view(weth, "balanceOf(address)", trader.address) - held
        assert got == before.amount_out(*way, 10**11)


NATIVE, DOLLAR, A, B = "0x" + "1" * 40, "0x" + "2" * 40, "0x" + "a" * 40, "0x" + "b" * 40


def found() -> Opportunity:
    """A gap of two percent between two pairs."""
    pools: dict[str, Pool] = {
        A: UniswapV2Pool(A, (NATIVE, DOLLAR), (1_000 * ETHER, 2_000_000 * 10**6)),
        B: UniswapV2Pool(B, (NATIVE, DOLLAR), (1_000 * ETHER, 2_040_000 * 10**6)),
    }
    policy = Policy(native=NATIVE, gas_price=10**9)
    market = Market([NATIVE])
    market.update(pools.values())
    return decide(market, policy)[0]


def test_a_rival_leaves_us_less_than_our_least_profit_and_takes_no_more_than_that() -> None:
    ours = found()
    for reachable in ({A}, {B}):
        raid = outrun(ours, reachable)
        assert raid is not None
        assert ours.path[raid.leg].pool.address in reachable
        left = []
        for amount in (raid.amount, raid.amount - 1):
            path = list(ours.path)
            hop = path[raid.leg]
            path[raid.leg] = hop.after(amount)
            amounts = forward(tuple(path), ours.sizing.amount_in)
            assert amounts is not None
            left.append(amounts[-1] - amounts[0])
        assert 0 < left[0] < ours.min_profit <= left[1]


def test_a_rival_who_reaches_none_of_our_pools_or_cannot_outrun_us_stays_away() -> None:
    assert outrun(found(), set()) is None
    assert outrun(replace(found(), min_profit=0), {A, B}) is None
