"""WooFi's pool against a model of its code in an EVM, and against answers that others recorded."""

from dataclasses import replace
from random import Random

import pytest
from evm_woofi import WooFiOnChain
from exact_draws import way as draw_way
from exact_woofi import QUOTE, TOKENS, amount, answer, cases, pool
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.market.legs import Leg, Venue
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.woofi import MAX_PRICE, MAX_RESERVE, ONE, WooAsset, WooFiPool

randoms = st.integers(0, 2**63).map(Random)


def wide(bits: int) -> st.SearchStrategy[int]:
    """Return whole numbers of any magnitude up to a width."""
    return st.integers(0, bits).flatmap(lambda some: st.integers(0, (1 << some) - 1))


@pytest.fixture(scope="module")
def on_chain() -> WooFiOnChain:
    return WooFiOnChain()


@settings(max_examples=300, deadline=None)
@given(randoms)
def test_it_pays_to_the_unit_what_the_pool_pays_and_leaves_its_state(on_chain: WooFiOnChain, rng: Random) -> None:
    found, (i, j) = pool(rng), draw_way(rng, len(TOKENS))
    sold = amount(rng, found, i, j)
    assert answer(found, i, j, sold) == on_chain.trade(found, i, j, sold)


@settings(max_examples=300, deadline=None)
@given(randoms)
def test_the_least_input_pays_enough_and_no_lesser_one_near_it(on_chain: WooFiOnChain, rng: Random) -> None:
    found, (i, j) = pool(rng), draw_way(rng, len(TOKENS))
    paid = found.amount_out(i, j, amount(rng, found, i, j)) or 1
    wanted = max(1, paid + rng.randint(-1, 1))
    least = found.amount_in(i, j, wanted)
    if least is None:
        assert paid < wanted or not found.amount_out(i, j, 1)
        return
    assert (on_chain.trade(found, i, j, least) or (0,))[0] >= wanted
    for less in [*range(max(1, least - 30), least), *(rng.randint(1, least) for _ in range(5))]:
        assert less == least or (found.amount_out(i, j, less) or 0) < wanted


assets = st.builds(
    WooAsset,
    st.integers(0, 19), wide(192), st.integers(0, 65_535), wide(128), wide(128), wide(192),
    wide(128), wide(64), wide(64), wide(128), wide(128),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.tuples(assets, assets, assets), randoms, st.one_of(wide(192), st.integers(0, 1 << 300)))
def test_nothing_is_raised_and_nothing_negative(
    on_chain: WooFiOnChain, three: tuple[WooAsset, ...], rng: Random, quantity: int
) -> None:
    found, (i, j) = WooFiPool("pool", TOKENS, three, QUOTE), draw_way(rng, len(TOKENS))
    if found.problem() is not None:
        found = pool(rng)
    paid, least = found.amount_out(i, j, quantity), found.amount_in(i, j, quantity)
    assert paid is None or paid >= 0
    assert least is None or (found.amount_out(i, j, least) or 0) >= quantity
    assert 0 <= found.rate(i, j, quantity) < float("inf")
    if 0 < quantity <= MAX_RESERVE:
        assert answer(found, i, j, quantity) == on_chain.trade(found, i, j, quantity)


@settings(max_examples=100, deadline=None)
@given(randoms)
def test_the_rate_is_what_a_little_more_brings(rng: Random) -> None:
    found, (i, j) = ARBITRUM, draw_way(rng, 3)
    least = (10**17, 10**9, 10**6)[i]
    sold, more = int(least * 10 ** rng.uniform(0, 2)), least // 50
    before, after = (found.amount_out(i, j, quantity) for quantity in (sold, sold + more))
    assert before is not None
    assert after is not None
    assert found.rate(i, j, sold) == pytest.approx((after - before) / more, rel=1e-2)


def test_mixed_cases_agree() -> None:
    assert all(chain == ours for _, chain, ours in cases(seed=3, count=500))


def asset(decimals: int, reserve: int, price: int, spread: int, coeff: int) -> WooAsset:
    """Return a base token with the caps of the pools that are recorded."""
    return WooAsset(decimals, reserve, 25, 3 * 10**15, 10**12, price=price, spread=spread, coeff=coeff)


ARBITRUM = WooFiPool(
    "pool",
    TOKENS,
    (
        asset(18, 577793740802601114533, 232859000000, 912000000000000, 10**9),
        WooAsset(6, 891772605638, 5),
        asset(8, 6771775566, 5524710000000, 904000000000000, 10**9),
    ),
    QUOTE,
)
SELLS_BASE = WooFiPool(
    "pool",
    TOKENS[:2],
    (asset(18, 305740102740733506649, 159709047746, 270000000000000, 1550000000), WooAsset(8, 403770676421)),
    QUOTE,
)
SELLS_QUOTE = WooFiPool(
    "pool",
    TOKENS[:2],
    (asset(18, 306097831372356871541, 159714000000, 250000000000000, 1550000000), WooAsset(6, 403206543738)),
    QUOTE,
)
BASE_FOR_BASE = WooFiPool(
    "pool",
    TOKENS,
    (
        asset(18, 307599458320800914127, 159801975726, 479000000000000, 1550000000),
        WooAsset(6, 422309249032),
        asset(8, 1761585197, 2662094951911, 250000000000000, 4920000000),
    ),
    QUOTE,
)


@pytest.mark.parametrize(
    ("found", "way", "sold", "paid", "prices"),
    [
        (ARBITRUM, (0, 2), 100 * ONE, 420800752, {}),
        (SELLS_BASE, (0, 1), 304999404452284472, 48685801162, {0: 159708927161}),
        (SELLS_QUOTE, (1, 0), 3739458226, 2340162457578084112, {0: 159714925501}),
        (BASE_FOR_BASE, (2, 0), 195921323, 32603174295822426732, {2: 2661411836801, 0: 159814885839}),
    ],
)
def test_it_pays_and_posts_what_others_recorded(
    found: WooFiPool, way: tuple[int, int], sold: int, paid: int, prices: dict[int, int]
) -> None:
    """As KyberNetwork/kyberswap-dex-lib 0466f066 has them in its tests of woofi-v21/, of pools on Arbitrum."""
    assert found.problem() is None
    assert found.amount_out(*way, sold) == paid
    left = found.after(*way, sold)
    assert all(left.assets[at].price == price for at, price in prices.items())


def test_reserves_after_a_swap_are_those_that_others_recorded() -> None:
    """As the same tests have them."""
    left = SELLS_QUOTE.after(1, 0, 3739458226)
    assert [one.reserve for one in left.assets] == [303757668914778787429, 406945067100]
    left = BASE_FOR_BASE.after(2, 0, 195921323)
    assert [one.reserve for one in left.assets] == [274996284024978487395, 422296216472, 1957506520]


def test_a_price_that_a_swap_moves_widens_the_spread() -> None:
    assert ARBITRUM.after(0, 1, ONE).assets[0].spread == ARBITRUM.assets[0].spread
    thin = replace(ARBITRUM, assets=(ARBITRUM.assets[0]._replace(spread=10**13), *ARBITRUM.assets[1:]))
    left = thin.after(0, 1, 100 * ONE).assets[0]
    moved = 1 - left.price / thin.assets[0].price
    assert left.spread == pytest.approx((moved - 10**-5) * ONE, rel=1e-3)
    calm = replace(thin, widens=False).after(0, 1, 100 * ONE).assets[0]
    assert (calm.spread, calm.price) == (10**13, left.price)


def test_a_price_beyond_its_bounds_is_not_traded_on() -> None:
    base = ARBITRUM.assets[0]
    stale = WooFiPool("pool", TOKENS, (base._replace(high=base.price - 1), *ARBITRUM.assets[1:]), QUOTE)
    assert stale.problem() is None
    assert stale.amount_out(0, 1, ONE) is None
    assert stale.amount_in(1, 0, ONE) is None
    assert stale.rate(0, 2) == 0
    assert stale.amount_out(1, 2, 10**6) is not None


def test_caps_end_what_is_taken() -> None:
    base, quote, other = ARBITRUM.assets
    rich = replace(ARBITRUM, assets=(base, quote._replace(reserve=10**13), other))
    most = ((base.max_notional + 1) * 10**20 - 1) // base.price
    assert rich.amount_out(0, 1, most) is not None
    assert rich.amount_out(0, 1, most + 1) is None
    capped = WooFiPool("pool", TOKENS, (base._replace(cap=base.reserve + ONE), *ARBITRUM.assets[1:]), QUOTE)
    assert capped.amount_out(0, 1, ONE) is not None
    assert capped.amount_out(0, 1, ONE + 1) is None
    with pytest.raises(LiquidityExhaustedError):
        capped.after(0, 1, ONE + 1)


def test_what_cannot_be_traded_on_is_named() -> None:
    def problem(found: WooFiPool) -> str:
        return found.problem() or ""

    base, quote = SELLS_BASE.assets
    assert "agree" in problem(WooFiPool("pool", TOKENS, (base, quote), QUOTE))
    assert "agree" in problem(WooFiPool("pool", TOKENS[:2], (base, quote), 2))
    assert "word" in problem(WooFiPool("pool", TOKENS[:2], (base._replace(reserve=-1), quote), QUOTE))
    assert "word" in problem(WooFiPool("pool", TOKENS[:2], (base, quote._replace(decimals=20)), QUOTE))
    assert "feasible" in problem(WooFiPool("pool", TOKENS[:2], (base._replace(price=0), quote), QUOTE))
    assert "feasible" in problem(
        WooFiPool("pool", TOKENS[:2], (base._replace(high=MAX_PRICE, low=MAX_PRICE), quote), 1)
    )
    assert "both sides" in problem(WooFiPool("pool", TOKENS[:1] * 2, (base, quote), QUOTE))


def test_the_rest() -> None:
    assert ARBITRUM.product(0, 1) is None
    assert ARBITRUM.after(0, 1, 0) is ARBITRUM
    assert ARBITRUM.amount_in(0, 1, 0) == 0
    assert ARBITRUM.leg(0, 2) == Leg(Venue.WOOFI, "pool", TOKENS[2])
