"""The executor's sizing, compiled and run in an EVM, against the harness's exact integer answer.

The chain answers in closed form, for one range of a concentrated pool; the harness looks among whole numbers. Between
them lies what is rounded, at the prices of the legs after it: a unit of each leg's input and one of its output; where a
pool is concentrated, also a step of its price, a unit for its fee and, at the end of its range, four units of input.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from eth_abi.abi import decode, encode
from eth_utils.crypto import keccak
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from market_evm import OWNER, WORD
from pyrevm import EVM

from harness.market.cycles import Hop, Path
from harness.market.pools.concentrated import PIPS
from harness.market.pools.tick_math import MAX_TICK, MIN_TICK, sqrt_price_at, tick_at
from harness.market.pools.uniswap_v2 import BPS, MAX_RESERVE, UniswapV2Pool
from harness.market.pools.uniswap_v3 import UniswapV3Pool
from harness.market.sizing import Sizing, backward, forward, loan_fee, size
from harness.settings import ROOT, tool

pytestmark = pytest.mark.long

MOCK = "SizingExposed"
LEG = "(uint256,uint256,uint256,uint256)"
CAP = (1 << 112) - 1
Q96 = 1 << 96

Leg = tuple[int, int, int, int]


class Sizer:
    """The libraries behind tests/mocks/SizingExposed.sol."""

    def __init__(self, code: bytes) -> None:
        self.evm = EVM(gas_limit=1 << 40)
        self.address = self.evm.deploy(OWNER, code)

    def optimum(self, legs: list[Leg], fee_bps: int, cap: int) -> int:
        """Return the input that the chain finds best."""
        return int(self._call("optimum", (f"{LEG}[]", "uint256", "uint256"), ("uint256",), legs, fee_bps, cap)[0])

    def sqrt_price_at(self, tick: int) -> int:
        """Return the price of a tick."""
        return int(self._call("sqrtPriceAt", ("int24",), ("uint160",), tick)[0])

    def leg(self, hop: Hop) -> Leg:
        """Return the constant product of a pool, a concentrated one's as the chain puts it together."""
        pool = hop.pool
        if isinstance(pool, UniswapV2Pool):
            reserve_in, reserve_out = pool.reserves[hop.i], pool.reserves[hop.j]
            return reserve_in, reserve_out, pool.fee_bps * PIPS // BPS, MAX_RESERVE - reserve_in
        assert isinstance(pool, UniswapV3Pool)
        where = (pool.tick, pool.tick_spacing, hop.i == 0)
        position = self._call("wordPosition", ("int24", "int24", "bool"), ("int16",), *where)[0]
        kinds = ("uint160", "int24", "uint128", "int24", "(bool,uint256)", "uint256")
        state = (pool.sqrt_price_x96, pool.tick, pool.liquidity, pool.tick_spacing, (hop.i == 0, pool.fee))
        answer: Leg = self._call("range", kinds, (LEG,), *state, bitmap_word(pool, position))[0]
        return answer

    def _call(self, name: str, kinds: tuple[str, ...], returns: tuple[str, ...], *values: object) -> tuple[Any, ...]:
        selector = keccak(f"{name}({','.join(kinds)})".encode())[:4]
        answer = self.evm.message_call(OWNER, self.address, selector + encode(kinds, values))
        return decode(returns, bytes(answer))


def bitmap_word(pool: UniswapV3Pool, position: int) -> int:
    """Return a word of the bitmap that a pool keeps of its initialised ticks."""
    slots = (divmod(tick // pool.tick_spacing, WORD) for tick in pool.ticks)
    return sum(1 << bit for word, bit in slots if word == position)


@pytest.fixture(scope="module")
def sizer() -> Iterator[Sizer]:
    """Build the mock beside the other artifacts, and deploy it."""
    out = ROOT / "build" / "sizing"
    forge = [tool("forge"), "build", f"tests/mocks/{MOCK}.sol", "--out", str(out), "--cache-path", str(out / "cache")]
    result = subprocess.run(forge, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    artifact = json.loads((out / f"{MOCK}.sol" / f"{MOCK}.json").read_text())
    yield Sizer(bytes.fromhex(artifact["bytecode"]["object"].removeprefix("0x")))


def pair(reserve0: int, reserve1: int, fee_bps: int) -> Hop:
    return Hop(UniswapV2Pool("pair", ("0", "1"), (reserve0, reserve1), fee_bps), 0, 1)


def concentrated(reserve_in: int, reserve_out: int, fee: int, width: int, zero_for_one: bool) -> Hop:
    """A pool of these virtual reserves with a deep band around the price, inside a thin one that is wider."""
    reserve0, reserve1 = (reserve_in, reserve_out) if zero_for_one else (reserve_out, reserve_in)
    price = int(Fraction(reserve1, reserve0) ** 0.5 * Q96)
    tick, liquidity = tick_at(price), int((reserve0 * reserve1) ** 0.5)
    low, high = (tick // 10 - width) * 10, (tick // 10 + 1 + width) * 10
    edges = (low - 6_000, low, high, high + 6_000)
    thin = liquidity // 5
    nets = (thin, liquidity - thin, thin - liquidity, -thin)
    return Hop(
        UniswapV3Pool("pool", ("0", "1"), fee, 10, price, tick, liquidity, edges, nets),
        *((0, 1) if zero_for_one else (1, 0)),
    )


def within_range(hop: Hop) -> Hop:
    """Return the hop on a pool of which nothing is known beyond the end of its range, where the chain stops too."""
    pool = hop.pool
    if not isinstance(pool, UniswapV3Pool):
        return hop
    end, _ = pool._next_stop(pool.tick, hop.i == 0)
    known = replace(pool, lowest=end) if hop.i == 0 else replace(pool, highest=end)
    return Hop(known, hop.i, hop.j)


def outcome(path: Path, amount_in: int, fee_bps: int) -> Sizing:
    amounts = forward(path, amount_in)
    assert amounts is not None, "the chain's amount goes beyond a range"
    return Sizing(amounts[-1] - amount_in - loan_fee(amount_in, fee_bps), amounts)


def rounded_away(path: Path, amounts: tuple[int, ...]) -> Fraction:
    """Return what roundings can take along `path`, in units of the last token."""
    lost = Fraction(0)
    for hop, amount in zip(path, amounts, strict=False):
        rate, own = Fraction(hop.rate(amount)), Fraction(1)
        lost += 1
        if isinstance(hop.pool, UniswapV3Pool):
            lost += 5
            price, liquidity = hop.pool.sqrt_price_x96, hop.pool.liquidity
            own += Fraction(liquidity, Q96) if hop.i == 0 else Fraction(liquidity * Q96, price * price)
        lost = lost * rate + own
    return lost


def assert_near(sizer: Sizer, path: Path, fee_bps: int, cap: int = CAP) -> int:
    """Assert that chain and harness differ in profit by no more than roundings; return the chain's amount."""
    path = tuple(within_range(hop) for hop in path)
    amount_in = sizer.optimum([sizer.leg(hop) for hop in path], fee_bps, cap)
    best = size(path, fee_bps, cap) or Sizing(0, (0,) * (len(path) + 1))
    found = outcome(path, amount_in, fee_bps) if amount_in else Sizing(0, best.amounts)
    assert amount_in <= cap
    allowed = 2 + rounded_away(path, found.amounts)
    assert found.profit >= -allowed
    assert abs(best.profit - found.profit) <= allowed
    return amount_in


fees = st.sampled_from([0, 5, 25, 30, 100])
loans = st.sampled_from([0, 5, 9])
gaps = st.floats(0.97, 1.3)
ETHER = 10**18


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(10**18, 10**26), gaps, fees), min_size=2, max_size=5), loans)
def test_pairs_of_tokens_of_one_worth_differ_by_two_units_a_leg_at_most(
    sizer: Sizer, drawn: list[tuple[int, float, int]], fee_bps: int
) -> None:
    path = tuple(pair(reserve, int(reserve * gap), fee) for reserve, gap, fee in drawn)
    assert_near(sizer, path, fee_bps)


@st.composite
def markets(draw: st.DrawFn) -> Path:
    """Two to four pools of either kind between tokens of 2 to 24 decimals, more or less in line."""
    decimals = draw(st.lists(st.integers(2, 24), min_size=2, max_size=4))
    units = [10**places for places in decimals]
    path = []
    for unit_in, unit_out in zip(units, units[1:] + units[:1], strict=True):
        depth, gap = draw(st.integers(10**5, 10**9)), draw(gaps)
        reserve_in, reserve_out = depth * unit_in, int(depth * gap * 10**6) * unit_out // 10**6
        if draw(st.booleans()):
            width = draw(st.sampled_from([0, 3, 40, 200]))
            path.append(
                concentrated(
                    reserve_in, reserve_out, draw(st.sampled_from([100, 500, 3_000])), width, draw(st.booleans())
                )
            )
        else:
            path.append(pair(reserve_in, reserve_out, draw(fees)))
    return tuple(path)


@settings(max_examples=250, deadline=None)
@given(markets(), loans, st.one_of(st.just(CAP), st.integers(1, 10**24)))
def test_the_chain_earns_what_the_harness_does_but_for_roundings(
    sizer: Sizer, path: Path, fee_bps: int, cap: int
) -> None:
    assert_near(sizer, path, fee_bps, cap)


@settings(max_examples=100, deadline=None)
@given(markets(), loans)
def test_what_the_harness_finds_worth_a_trade_the_chain_does_not_pass_by(
    sizer: Sizer, path: Path, fee_bps: int
) -> None:
    path = tuple(within_range(hop) for hop in path)
    best = size(path, fee_bps)
    assume(best is not None)
    assert best is not None
    worth_it = best.profit > 2 + rounded_away(path, best.amounts)
    assert not worth_it or sizer.optimum([sizer.leg(hop) for hop in path], fee_bps, CAP) > 0


def test_ether_and_dollars_to_a_few_millionths_of_a_dollar(sizer: Sizer) -> None:
    """A concentrated pool sells dollars of six decimals, a pair buys them: the answers differ by less than 3 units."""
    narrow = concentrated(8_000 * ETHER, 24_400_000 * 10**6, 500, 200, True)
    path = (narrow, pair(29_000_000 * 10**6, 10_000 * ETHER, 30))
    amount_in = assert_near(sizer, path, 5)
    best = size(path, 5)
    assert best is not None
    assert best.profit > ETHER // 10
    assert best.profit - outcome(path, amount_in, 5).profit < 3 * ETHER // (2_900 * 10**6)


def test_a_range_that_ends_early_bounds_the_trade(sizer: Sizer) -> None:
    path = (concentrated(10**24, 10**24, 500, 0, True), pair(10**24, 12 * 10**23, 30))
    leg = sizer.leg(path[0])
    assert sizer.optimum([leg, sizer.leg(path[1])], 0, CAP) == leg[3]
    beyond = (leg[0], leg[1], leg[2], (1 << 256) - 1)
    assert sizer.optimum([beyond, sizer.leg(path[1])], 0, CAP) > 100 * leg[3]
    later = (pair(10**24, 12 * 10**23, 30), path[0])
    amount_in = sizer.optimum([sizer.leg(hop) for hop in later], 0, CAP)
    into_range = later[0].pool.amount_out(0, 1, amount_in)
    assert into_range is not None
    assert leg[3] - 2 <= into_range <= leg[3]
    assert backward(later[:1], leg[3]) in range(amount_in - 2, amount_in + 3)


@settings(max_examples=300, deadline=None)
@given(st.integers(MIN_TICK, MAX_TICK))
def test_prices_of_ticks_are_the_harnesss(sizer: Sizer, tick: int) -> None:
    assert sizer.sqrt_price_at(tick) == sqrt_price_at(tick)
