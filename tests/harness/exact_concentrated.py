"""Random states of pools of concentrated liquidity, and what the chain's code and ours make of them."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

from evm_concentrated import (
    AlgebraIntegralOnChain,
    AlgebraOnChain,
    OnChain,
    PancakeV3OnChain,
    SlipstreamOnChain,
    UniswapV3OnChain,
    UniswapV4OnChain,
)

from harness.market.legs import pool_of
from harness.market.legs import uniswap_v4 as uniswap_v4_leg
from harness.market.pools.algebra import AlgebraIntegralPool, AlgebraPool
from harness.market.pools.concentrated import ConcentratedPool, Swapped
from harness.market.pools.pancake_v3 import PancakeV3Pool
from harness.market.pools.slipstream import SlipstreamPool
from harness.market.pools.tick_math import MAX_TICK, MIN_TICK, sqrt_price_at
from harness.market.pools.uniswap_v3 import UniswapV3Pool
from harness.market.pools.uniswap_v4 import UniswapV4Pool

TOKENS = ("0x" + "11" * 20, "0x" + "22" * 20)
MANAGER = "0x" + "44" * 20
SWAPS_A_STATE = 8
DENSE = 50
State = dict[str, Any]


def state(rng: Random, fee: int, spacing: int) -> State:
    """Return the fields of a pool of one to eight positions around a random price, or none at the price itself."""
    reach = rng.choice((2_000, 200_000, MAX_TICK - 1))
    tick = rng.randint(-reach, reach)
    low, high = sqrt_price_at(tick), sqrt_price_at(tick + 1)
    price = rng.choice((low, high - 1, rng.randint(low, high - 1)))
    if price == low and tick > MIN_TICK and rng.random() < 0.5:
        tick -= 1
    net: dict[int, int] = {}
    size = rng.uniform(0, 28)
    for _ in range(rng.randint(1, 8)):
        bottom, top = _range(rng, tick, spacing)
        amount = max(1, int(10 ** (size + rng.uniform(-3, 1))))
        net[bottom] = net.get(bottom, 0) + amount
        net[top] = net.get(top, 0) - amount
    ticks = tuple(sorted(at for at, change in net.items() if change))
    return {
        "address": "pool",
        "tokens": TOKENS,
        "fee": fee,
        "tick_spacing": spacing,
        "sqrt_price_x96": price,
        "tick": tick,
        "liquidity": sum(net[at] for at in ticks if at <= tick),
        "ticks": ticks,
        "liquidity_net": tuple(net[at] for at in ticks),
    }


def _range(rng: Random, tick: int, spacing: int) -> tuple[int, int]:
    """Return the ends of a position: around the price, beside it, or the whole range, slow where ticks are dense."""
    last = MAX_TICK // spacing
    if rng.random() < (0.1 if spacing >= DENSE else 0.005):
        return -last * spacing, last * spacing
    width = int(10 ** rng.uniform(0, 3))
    bottom = tick // spacing + (rng.randint(-width, width) if rng.random() < 0.7 else rng.randint(-900, 900))
    bottom = max(-last, min(last - 1, bottom))
    return bottom * spacing, min(last, bottom + width) * spacing


class Family(NamedTuple):
    """A family on chain and the maker of its states.

    Attributes:
        protocol: What it is called.
        chain: Deploys it.
        make: Returns a random state.
        tier: The fee, where a pool's code has it.
    """

    protocol: str
    chain: Callable[[], OnChain[Any]]
    make: Callable[[Random], ConcentratedPool]
    tier: int = 0

    @property
    def name(self) -> str:
        """Return protocol and fee."""
        return f"{self.protocol} {self.tier}".removesuffix(" 0")


def uniswap_v3(fee: int) -> Family:
    """Return Uniswap V3 at a fee."""
    spacing = UniswapV3OnChain.SPACINGS[fee]
    return Family(
        "Uniswap V3", lambda: UniswapV3OnChain(fee), lambda rng: UniswapV3Pool(**state(rng, fee, spacing)), fee
    )


def pancake_v3(fee: int) -> Family:
    """Return PancakeSwap V3 at a fee."""
    spacing = PancakeV3OnChain.SPACINGS[fee]
    return Family(
        "Pancake V3", lambda: PancakeV3OnChain(fee), lambda rng: PancakeV3Pool(**state(rng, fee, spacing)), fee
    )


def slipstream(rng: Random) -> SlipstreamPool:
    """Return a state of Slipstream."""
    return SlipstreamPool(**state(rng, rng.choice((100, 501, 3_000, 99_999)), rng.choice((1, 50, 100, 200, 2_000))))


def algebra(rng: Random) -> AlgebraPool:
    """Return a state of Algebra 1.9."""
    return AlgebraPool(**state(rng, rng.choice((0, 100, 2_999, 65_535)), 60))


def integral(rng: Random) -> AlgebraIntegralPool:
    """Return a state of Algebra Integral."""
    return AlgebraIntegralPool(**state(rng, rng.choice((0, 100, 2_999, 50_000)), rng.choice((1, 5, 60, 500))))


def uniswap_v4(rng: Random) -> UniswapV4Pool:
    """Return a state of Uniswap V4, with a fee of the protocol's either way."""
    fees = (rng.choice((0, 1, 250, 1_000)), rng.choice((0, 1, 333, 1_000)))
    fee, spacing = rng.choice((0, 1, 500, 3_000, 123_456, 998_000)), rng.choice((1, 10, 60, 200, 32_767))
    address = pool_of(uniswap_v4_leg(MANAGER, TOKENS[1], fee, spacing), TOKENS[0])
    fields = state(rng, fee, spacing) | {"address": address}
    return UniswapV4Pool(**fields, manager=MANAGER, protocol_fees=fees)


FAMILIES = (
    *(uniswap_v3(fee) for fee in UniswapV3OnChain.SPACINGS),
    *(pancake_v3(fee) for fee in PancakeV3OnChain.SPACINGS),
    Family("Slipstream", SlipstreamOnChain, slipstream),
    Family("Algebra 1.9", AlgebraOnChain, algebra),
    Family("Algebra Integral", AlgebraIntegralOnChain, integral),
    Family("Uniswap V4", UniswapV4OnChain, uniswap_v4),
)


def amount(rng: Random, pool: ConcentratedPool, zero_for_one: bool, bought: bool) -> int:
    """Return an amount to sell or to buy: mostly what the liquidity at the price can take, now and then any.

    Where ticks are dense, rarely more than there is: the chain's code then reads thousands of words.
    """
    dense = pool.tick_spacing < DENSE
    if rng.random() < (0.01 if dense else 0.1):
        return max(1, int(10 ** rng.uniform(0, 33)))
    liquidity = pool.liquidity or max((abs(net) for net in pool.liquidity_net), default=1)
    root = pool.sqrt_price_x96 / 2**96
    share = 10 ** rng.uniform(-9, -2 if dense else 0)
    return max(1, int(liquidity * (root if zero_for_one == bought else 1 / root) * share))


def ours(pool: ConcentratedPool, zero_for_one: bool, quantity: int) -> Swapped | None:
    """Swap an exact input, or, if negative, for an exact output, by our arithmetic."""
    return pool.swap(zero_for_one, quantity) if quantity > 0 else pool.swap_for(zero_for_one, -quantity)


def swaps(family: Family, rng: Random, count: int) -> Iterator[tuple[str, Swapped | None, Swapped | None]]:
    """Yield `count` swaps of a family: where, what the chain says, what we say."""
    chain = family.chain()
    for number in range(count):
        if number % SWAPS_A_STATE == 0:
            pool = family.make(rng)
            chain.put(pool)
        zero_for_one, bought = rng.random() < 0.5, rng.random() < 0.25
        quantity = amount(rng, pool, zero_for_one, bought) * (-1 if bought else 1)
        said = chain.swap(zero_for_one, quantity)
        yield f"{family.name}: {pool} {zero_for_one} {quantity}", said, ours(pool, zero_for_one, quantity)


def cases(seed: int, count: int) -> Iterator[tuple[str, Swapped | None, Swapped | None]]:
    """Yield `count` swaps of each protocol, shared by its fees."""
    for family in FAMILIES:
        tiers = sum(other.protocol == family.protocol for other in FAMILIES)
        yield from swaps(family, Random(seed + family.tier), -(-count // tiers))
