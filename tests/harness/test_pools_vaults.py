"""ERC-4626 vaults against OpenZeppelin's, Solady's and our own in an EVM; the wrapped native coin against WETH9."""

from dataclasses import replace
from functools import cache
from random import Random

import pytest
from evm_vaults import CODE, OURS, VaultOnChain, WrappedNativeOnChain
from exact_vaults import KINDS, SWAPS_A_STATE, TOKENS, VAULT, amount, answer, cases, spread, vault
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.market.legs import NATIVE, Venue
from harness.market.pools.erc4626 import MAX_UINT, ERC4626Vault
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.wrapped_native import WrappedNative

randoms = st.integers(0, 2**63).map(Random)
kinds = pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=pytest.mark.skipif(kind not in KINDS, reason=f"{kind}'s vault is built by make bench"))
        for kind in CODE
    ],
)
ways = st.sampled_from([(0, 1), (1, 0)])


@cache
def on_chain(kind: str) -> VaultOnChain:
    return VaultOnChain(kind)


@kinds
@settings(max_examples=100, deadline=None)
@given(randoms)
def test_it_pays_to_the_unit_what_the_vault_pays(kind: str, rng: Random) -> None:
    chain = on_chain(kind)
    pool = chain.put(vault(rng, kind))
    assert pool.problem() is None
    for _ in range(SWAPS_A_STATE):
        i = rng.randrange(2)
        given_ = amount(rng, pool, i)
        assert chain.trade(i, given_) == answer(pool, i, given_)


@kinds
@settings(max_examples=60, deadline=None)
@given(randoms)
def test_the_least_input_pays_enough_and_one_unit_less_does_not(kind: str, rng: Random) -> None:
    chain, i = on_chain(kind), rng.randrange(2)
    pool = chain.put(vault(rng, kind))
    wanted = amount(rng, pool, 1 - i)
    least = pool.amount_in(i, 1 - i, wanted)
    if least is None:
        return
    enough, less = chain.trade(i, least), chain.trade(i, least - 1)
    assert enough is not None
    assert enough[0] >= wanted
    assert less is None or less[0] < wanted


@given(randoms, ways, st.integers(0, 2**300))
def test_nothing_is_raised_and_nothing_negative(rng: Random, way: tuple[int, int], anything: int) -> None:
    pool = replace(vault(rng, OURS), max_deposit=spread(rng, 0, 40), max_redeem=spread(rng, 0, 40))
    for quantity in (anything, spread(rng, 0, 80), 0):
        for found in (pool.amount_out(*way, quantity), pool.amount_in(*way, quantity)):
            assert found is None or found >= 0
        assert 0 <= pool.rate(*way, quantity) < float("inf")


def test_mixed_cases_agree() -> None:
    assert all(chain == ours for _, chain, ours in cases(seed=5, count=300))


def test_a_rate_has_nothing_virtual() -> None:
    staked = ERC4626Vault(VAULT, TOKENS, 12 * 10**18, 10**19, virtual_assets=0, virtual_shares=0)
    assert staked.amount_out(0, 1, 10**18) == 10**18 * 10 // 12
    assert staked.amount_out(1, 0, 10**18) == 12 * 10**17
    assert staked.rate(1, 0) == 1.2


def test_limits_bind_and_shrink() -> None:
    pool = ERC4626Vault(VAULT, TOKENS, 10**6, 10**6, max_deposit=500, max_redeem=300)
    assert pool.amount_out(0, 1, 501) is None
    assert pool.amount_out(1, 0, 301) is None
    assert pool.amount_in(0, 1, 501) is None
    assert pool.rate(0, 1, 500) == 0
    assert pool.after(0, 1, 200).amount_out(0, 1, 301) is None
    assert pool.after(1, 0, 200).max_redeem == 100
    assert replace(pool, max_deposit=MAX_UINT).after(0, 1, 200).max_deposit == MAX_UINT
    with pytest.raises(LiquidityExhaustedError):
        pool.after(0, 1, 501)


def test_a_vaults_leg_names_what_it_pays() -> None:
    pool = ERC4626Vault(VAULT, TOKENS, 10**6, 10**6)
    assert pool.leg(0, 1).token_out == pool.leg(0, 1).target == VAULT
    assert pool.leg(1, 0).token_out == TOKENS[0]
    assert pool.leg(1, 0).venue is Venue.ERC4626


def test_what_is_no_vault_is_named() -> None:
    pool = ERC4626Vault(VAULT, TOKENS, 10**6, 10**6)
    assert "not the vault" in (replace(pool, address=TOKENS[0]).problem() or "")
    assert "empty" in (replace(pool, shares=0).problem() or "")
    assert "virtual" in (replace(pool, virtual_shares=-1).problem() or "")
    assert "most" in (replace(pool, max_redeem=-1).problem() or "")
    assert "both sides" in (replace(pool, tokens=(VAULT, VAULT)).problem() or "")


@pytest.fixture(scope="module")
def weth() -> WrappedNativeOnChain:
    return WrappedNativeOnChain()


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10**27), ways, st.integers(1, 10**28))
def test_the_wrapped_coin_wraps_and_unwraps_as_weth9(
    weth: WrappedNativeOnChain, held: int, way: tuple[int, int], quantity: int
) -> None:
    coin = WrappedNative(weth.address, held)
    assert coin.problem() is None
    assert coin.amount_in(*way, quantity) == coin.amount_out(*way, quantity)
    left = weth.trade(coin, way[0], quantity)
    if left is None:
        assert coin.amount_out(*way, quantity) is None
        with pytest.raises(LiquidityExhaustedError):
            coin.after(*way, quantity)
    else:
        assert coin.amount_out(*way, quantity) == quantity
        assert coin.after(*way, quantity).held == left


def test_the_wrapped_coins_edges() -> None:
    coin = WrappedNative(VAULT, 10)
    assert coin.tokens == (NATIVE, VAULT)
    assert (coin.rate(0, 1), coin.rate(1, 0, 9), coin.rate(1, 0, 10)) == (1, 1, 0)
    assert coin.product(0, 1) is None
    assert coin.leg(1, 0).token_out == NATIVE
    assert "itself" in (WrappedNative(NATIVE, 10).problem() or "")
    assert "wei" in (WrappedNative(VAULT, -1).problem() or "")
