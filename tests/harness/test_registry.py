"""Every family of pools is in the registry, under a kind that the executor has code for; terms say what is traded."""

import importlib
from fractions import Fraction
from pathlib import Path

import pytest

from harness import chains, compose
from harness.market import pools
from harness.market.legs import Leg, Venue
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.pancake_v2 import PancakeV2Pool
from harness.market.pools.registry import FAMILIES, KINDS, FamilyUnknownError, Terms, family_of
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.market.pools.woofi import WooAsset, WooFiPool

NATIVE, TOKEN = "native", "token"
PAIR = UniswapV2Pool("pair", (NATIVE, TOKEN), (10**20, 10**11))
WOO = WooFiPool("pool", (NATIVE, TOKEN), (WooAsset(18, 10**20, price=10**11), WooAsset(6, 10**11)), 1)


def test_the_market_trades_where_the_executor_does() -> None:
    assert set(KINDS) == set(compose.VENUES)
    for kind, (_, names) in compose.VENUES.items():
        assert {family.pool.VENUE.name for family in FAMILIES if family.kind == kind} <= set(names)


def test_chain_files_can_have_a_venue_of_every_kind() -> None:
    schema = chains.Chain.model_json_schema()["properties"]["venues"]["additionalProperties"]
    assert set(schema["discriminator"]["mapping"]) == set(KINDS)


def test_every_class_of_pools_is_registered() -> None:
    """A family that is not a base of others and says its venue is one that the market can meet."""
    modules = [path.stem for path in Path(pools.__file__).parent.glob("*.py") if path.stem not in ("__init__", "pool")]
    found = {
        thing
        for name in modules
        for thing in vars(importlib.import_module(f"harness.market.pools.{name}")).values()
        if isinstance(thing, type) and isinstance(getattr(thing, "VENUE", None), Venue) and hasattr(thing, "GAS")
    }
    assert {family.pool for family in FAMILIES} == found


def test_a_pool_has_a_family() -> None:
    assert family_of(PAIR).kind == "uniswap-v2"
    assert family_of(WOO).unverified
    with pytest.raises(FamilyUnknownError, match="object is no family of pools; there are UniswapV2Pool, "):
        family_of(object())  # type: ignore[arg-type]


def test_what_is_checked_against_models_only_is_off_by_default() -> None:
    assert Terms().allow(PAIR)
    assert not Terms().allow(WOO)
    assert Terms(enabled=True).allow(WOO)
    assert not Terms(enabled=False).allow(PAIR)


def test_a_pool_must_be_able_to_pay_enough_of_each_of_its_tokens() -> None:
    rates = {NATIVE: Fraction(1), TOKEN: Fraction(10**9)}
    assert Terms().deep(PAIR, {})
    assert Terms(least_liquidity=10**20 - 10**9).deep(PAIR, rates)
    assert not Terms(least_liquidity=10**20).deep(PAIR, rates)
    assert not Terms(least_liquidity=10**20 - 10**9).deep(PAIR, rates | {TOKEN: Fraction(10**8)})
    assert Terms(least_liquidity=10**20 - 10**9).deep(PAIR, {NATIVE: Fraction(1)})
    assert Terms(least_liquidity=10**18).deep(PAIR, {NATIVE: Fraction(0)})


def test_a_leg_may_move_a_pool_only_so_far() -> None:
    assert Terms().bear(PAIR, 0, 1, 10**20)
    tight = Terms(most_slippage_bps=100)
    assert tight.bear(PAIR, 0, 1, 5 * 10**17)
    assert not tight.bear(PAIR, 0, 1, 6 * 10**17)


def test_a_pair_of_pancake_is_one_of_uniswap_by_another_name() -> None:
    pair = PancakeV2Pool("pair", (NATIVE, TOKEN), (10**20, 10**11))
    assert pair.amount_out(0, 1, 10**18) == UniswapV2Pool("pair", PAIR.tokens, PAIR.reserves, 25).amount_out(
        0, 1, 10**18
    )
    assert pair.leg(0, 1) == Leg(Venue.PANCAKE_V2, "pair", TOKEN, 25)
    assert isinstance(pair.after(0, 1, 10**18), PancakeV2Pool)
    with pytest.raises(LiquidityExhaustedError):
        pair.after(0, 1, 1 << 112)
