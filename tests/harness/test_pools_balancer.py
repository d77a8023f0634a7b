"""Weighted and stable pools of Balancer against its own code in an EVM, and against answers recorded from the chain."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import exact_balancer_stable
import exact_balancer_weighted
import pytest
from evm_balancer import ONE, BalancerV2OnChain, BalancerV3OnChain
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from market_evm import OWNER

from harness.market import legs
from harness.market.pools.balancer_stable import BalancerV2StablePool
from harness.market.pools.balancer_weighted import BalancerV2WeightedPool, BalancerV3WeightedPool
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.fixed_point import pow_up
from harness.market.pools.stableswap import marginal

DATA = Path(__file__).parents[3] / "shared" / "data"
RECORDED = DATA / "balancer-weighted-usdt-weth.state.json"
VAULT, POOL = "0x" + "ba" * 20, "0x" + "ab" * 20
ID = POOL + "00" * 12

seeds = st.integers(0, 2**32 - 1)
balances = st.integers(1, 34).flatmap(lambda digits: st.integers(1, min(10**digits, 2**112 - 1)))
amounts = st.integers(0, 36).flatmap(lambda digits: st.integers(0, 10**digits))
scalings = st.integers(0, 18).map(lambda missing: 10**missing)
fees = st.integers(0, 10**17)
rates = st.just(ONE) | st.integers(10**15, 10**21)


@pytest.fixture(scope="module")
def v2() -> BalancerV2OnChain:
    return BalancerV2OnChain()


@pytest.fixture(scope="module")
def v3() -> BalancerV3OnChain:
    return BalancerV3OnChain()


def agree(cases: Iterator[tuple[str, object, object]]) -> None:
    for what, expected, got in cases:
        assert got == expected, what


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_weighted_pools_of_v2_answer_to_the_wei(v2: BalancerV2OnChain, seed: int) -> None:
    agree(exact_balancer_weighted.of_v2(Random(seed), v2, 4))


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_weighted_pools_of_v3_answer_to_the_wei_and_leave_the_same(v3: BalancerV3OnChain, seed: int) -> None:
    agree(exact_balancer_weighted.of_v3(Random(seed), v3, 4))


@settings(max_examples=100, deadline=None)
@given(seeds, st.sampled_from(exact_balancer_stable.GENERATIONS))
def test_stable_pools_answer_to_the_wei(v2: BalancerV2OnChain, seed: int, generation: str) -> None:
    agree(exact_balancer_stable.of(Random(seed), v2, generation, 4))


@st.composite
def weighted(draw: st.DrawFn) -> BalancerV2WeightedPool | BalancerV3WeightedPool:
    shares = exact_balancer_weighted.weights(Random(draw(seeds)))
    count = len(shares)
    tokens = tuple(f"token{index}" for index in range(count))
    held = tuple(draw(balances) for _ in shares)
    scaling = tuple(draw(scalings) for _ in shares)
    common = (POOL, VAULT, tokens, held, shares, scaling, draw(fees))
    if draw(st.booleans()):
        return BalancerV2WeightedPool(*common, ID, draw(st.booleans()))
    worth = tuple(draw(rates) for _ in shares)
    return BalancerV3WeightedPool(*common, worth, tuple(max(10**6, one) for one in scaling), draw(st.integers(0, ONE)))


@st.composite
def stable(draw: st.DrawFn) -> BalancerV2StablePool:
    count = draw(st.integers(2, 5))
    worth = tuple(draw(scalings) * draw(rates) for _ in range(count))
    held = tuple(draw(balances) for _ in range(count))
    amp = draw(st.integers(1_000, 5_000_000))
    tokens = tuple(f"token{index}" for index in range(count))
    return BalancerV2StablePool(POOL, VAULT, ID, tokens, held, worth, amp, draw(fees), draw(st.booleans()))


pools = weighted() | stable()


@settings(max_examples=300, deadline=None)
@given(pools, amounts, seeds)
def test_whatever_is_asked_the_answer_is_a_number_or_none(
    pool: BalancerV2WeightedPool | BalancerV3WeightedPool | BalancerV2StablePool, amount: int, seed: int
) -> None:
    assume(pool.problem() is None)
    i, j = Random(seed).sample(range(len(pool.tokens)), 2)
    out, least, asked = (ask(i, j, amount) for ask in (pool.amount_out, pool.amount_in, pool.asked))
    assert all(answer is None or answer >= 0 for answer in (out, least, asked))
    assert 0 <= pool.rate(i, j, amount) < float("inf")
    assert pool.product(i, j) is None
    if out is None:
        with pytest.raises(LiquidityExhaustedError):
            pool.after(i, j, amount)
    else:
        left = pool.after(i, j, amount).balances
        assert left[j] == pool.balances[j] - out
        assert min(left) >= 0
    if least and amount:
        paid, before = pool.amount_out(i, j, least), pool.amount_out(i, j, least - 1)
        assert paid is not None
        assert paid >= amount
        assert before is not None
        assert before < amount


@settings(max_examples=100, deadline=None)
@given(seeds)
def test_the_least_input_for_what_an_input_pays_is_no_more_than_it(seed: int) -> None:
    random = Random(seed)
    tokens, scaling, held = ("0", "1"), (10**12, 1), (random.randint(10**8, 10**15), random.randint(10**18, 10**27))
    shares = random.choice(((ONE // 5, 4 * ONE // 5), (ONE // 2, ONE // 2)))
    pools = (
        BalancerV2WeightedPool(POOL, VAULT, tokens, held, shares, scaling, 10**15, ID, True),
        BalancerV2StablePool(POOL, VAULT, ID, tokens, held, (10**30, ONE), 200_000, 10**14),
    )
    for pool in pools:
        for i, j in ((0, 1), (1, 0)):
            amount = random.randint(1, held[i] // 5)
            out = pool.amount_out(i, j, amount)
            assert out is not None
            least = pool.amount_in(i, j, out)
            assert least is not None
            assert least <= amount
            assert pool.amount_out(i, j, least) == out or out == 0


def small() -> BalancerV2WeightedPool:
    """A pool of so few units that every amount can be tried."""
    return BalancerV2WeightedPool(
        POOL, VAULT, ("0", "1"), (3_000, 5_000), (ONE // 5, 4 * ONE // 5), (10**12, 1), 10**15, ID, False
    )


@pytest.mark.parametrize("pool", [small(), replace(small(), scaling=(1, 1)), replace(small(), scaling=(ONE, ONE))])
def test_trying_every_amount_finds_no_lesser_input(pool: BalancerV2WeightedPool) -> None:
    for i, j in ((0, 1), (1, 0)):
        out = [pool.amount_out(i, j, amount) for amount in range(1_600)]
        for wanted in range(1, 1_200):
            enough = [amount for amount, paid in enumerate(out) if paid is not None and paid >= wanted]
            assert pool.amount_in(i, j, wanted) == (enough[0] if enough else None)


@settings(max_examples=100, deadline=None)
@given(pools, seeds)
def test_the_rate_is_what_the_next_units_bring(
    pool: BalancerV2WeightedPool | BalancerV3WeightedPool | BalancerV2StablePool, seed: int
) -> None:
    count = len(pool.tokens)
    scale = (10**12,) * count
    held = tuple(Random(seed).randint(10**26, 10**28) for _ in range(count))
    if isinstance(pool, BalancerV2StablePool):
        pool = replace(pool, balances=held, factors=(ONE,) * count)
    else:
        pool = replace(pool, balances=tuple(one // 10**12 for one in held), scaling=scale)
    i, j = Random(seed).sample(range(count), 2)
    step = pool.balances[i] // 10**5
    for amount in (0, pool.balances[i] // 50):
        low, high = pool.amount_out(i, j, amount), pool.amount_out(i, j, amount + step)
        assert low is not None
        assert high is not None
        middle = pool.rate(i, j, amount + step // 2)
        assert (high - low) / step == pytest.approx(middle, rel=1e-4)


def test_a_swap_through_the_vault_leaves_what_we_say(v2: BalancerV2OnChain) -> None:
    world = v2.world
    tokens, places = world.tokens((18, 6, 8))
    shares, fee = (ONE // 2, ONE // 4, ONE // 4), 3 * 10**15
    address, identity = v2.weighted(tokens, shares, fee, False)
    held = tuple(1_000 * 10**place for place in places)
    for token in tokens:
        world.call(token, "mint(address,uint256)", OWNER, 10**30)
        world.call(token, "approve(address,uint256)", v2.vault, 1 << 255)
    join = "joinPool(bytes32,address,address,(address[],uint256[],bytes,bool))"
    world.ask(OWNER, v2.vault, join, (identity, OWNER, OWNER, (tokens, held, v2.opening(held), False)), ())
    scaling = tuple(10 ** (18 - place) for place in places)
    pool = BalancerV2WeightedPool(address, v2.vault, tokens, held, shares, scaling, fee, identity.hex(), False)
    signature = "swap((bytes32,uint8,address,address,uint256,bytes),(address,bool,address,bool),uint256,uint256)"
    for i, j, amount in ((0, 1, held[0] // 100), (1, 2, held[1] // 7 + 1), (2, 0, held[2] // 1_000 + 7)):
        single = (identity, 0, tokens[i], tokens[j], amount, b"")
        answer = world.ask(OWNER, v2.vault, signature, (single, (OWNER, False, OWNER, False), 0, 1 << 60))
        assert answer[0] == pool.amount_out(i, j, amount)
        pool = pool.after(i, j, amount)
        left = world.call(v2.vault, "getPoolTokens(bytes32)", identity, returns=("address[]", "uint256[]", "uint256"))
        assert left[1] == pool.balances


@pytest.mark.skipif(not RECORDED.exists(), reason="the recorded chain answers are not beside the checkout")
def test_answers_what_the_chain_answered() -> None:
    state = json.loads(RECORDED.read_text())
    symbols = [token["symbol"] for token in state["tokens"]]
    parts, whole = (int(number) for number in state["fee"].split("/"))
    pool = BalancerV2WeightedPool(
        address=state["address"],
        vault=state["vault"],
        tokens=tuple(token["address"] for token in state["tokens"]),
        balances=tuple(state["balances"]),
        weights=tuple(state["weights"]),
        scaling=tuple(10 ** (18 - token["decimals"]) for token in state["tokens"]),
        fee=ONE * parts // whole,
        pool_id=state["pool_id"],
        whole_powers=state["pow_version"] != "v1",
    )
    assert pool.problem() is None
    quotes = json.loads((DATA / "balancer-weighted-usdt-weth.quotes.json").read_text())["entries"]
    assert len(quotes) == 18
    for key, answer in quotes.items():
        _, _, kind, pair, amount = key.split("|")
        assert kind == "GIVEN_IN"
        i, j = (symbols.index(symbol) for symbol in pair.split("->"))
        assert pool.amount_out(i, j, int(amount)) == answer["value"], key


def test_powers_known_values() -> None:
    assert pow_up(ONE // 2, 2 * ONE, True) == ONE // 4
    assert pow_up(ONE // 2, 4 * ONE, True) == ONE // 16
    assert pow_up(ONE // 2, ONE, True) == ONE // 2
    assert abs(pow_up(ONE // 2, ONE // 2, True) - 707106781186547524) < 10**4


def test_stable_pools_at_balance_have_a_rate_of_one() -> None:
    assert marginal([10**24, 10**24, 10**24], 0, 1, 600.0, 3 * 10**24) == pytest.approx(1)


def test_what_is_wrong_with_a_state_is_named() -> None:
    pool = small()
    assert pool.problem() is None
    wrong = {
        "2 to 8 tokens": replace(pool, tokens=("0",)),
        "not as many": replace(pool, balances=(1, 2, 3)),
        "scaling": replace(pool, scaling=(7, 1)),
        "2**112": replace(pool, balances=(0, 1)),
        "weights": replace(pool, weights=(ONE, 0)),
        "pool id": replace(pool, pool_id="0x12"),
        "fee": replace(pool, fee=ONE),
        "both sides": replace(pool, tokens=("0", "0")),
    }
    for said, state in wrong.items():
        assert said in (state.problem() or ""), state
    stable = BalancerV2StablePool(POOL, VAULT, ID, ("0", "1"), (10**18, 10**18), (ONE, ONE), 200_000, 10**14)
    assert stable.problem() is None
    wrong_stable = {
        "2 to 5 tokens": replace(stable, tokens=("0",)),
        "not as many": replace(stable, factors=(ONE,)),
        "2**112": replace(stable, balances=(1 << 112, 1)),
        "scaling": replace(stable, factors=(0, ONE)),
        "amplification": replace(stable, amp=999),
        "32 bytes": replace(stable, pool_id="zz" * 32),
        "fee": replace(stable, fee=-1),
        "converge": replace(stable, balances=(1, 10**33)),
        "both sides": replace(stable, tokens=("0", "0")),
    }
    for said, state_of in wrong_stable.items():
        assert said in (state_of.problem() or ""), state_of
    third = BalancerV3WeightedPool(
        POOL, VAULT, ("0", "1"), (10**18,) * 2, (ONE // 2,) * 2, (1, 1), 10**15, (ONE, ONE), (10**6, 10**6)
    )
    assert third.problem() is None
    assert "rates" in (replace(third, rates=(0, ONE)).problem() or "")
    assert "not as many" in (replace(third, rates=(ONE,)).problem() or "")
    assert "128 bits" in (replace(third, balances=(1 << 128, 1)).problem() or "")
    assert "protocol" in (replace(third, protocol_share=2 * ONE).problem() or "")


def test_legs_name_the_vault() -> None:
    assert small().leg(0, 1) == legs.balancer_v2(VAULT, "1", ID)
    third = BalancerV3WeightedPool(
        POOL, VAULT, ("0", "1"), (10**18,) * 2, (ONE // 2,) * 2, (1, 1), 10**15, (ONE, ONE), (10**6, 10**6)
    )
    assert third.leg(1, 0) == legs.balancer_v3(VAULT, "0", POOL)
