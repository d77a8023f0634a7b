"""Lives of pools of Algebra 1.9, second by second, and what the pool's own code and ours make of their fees."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from random import Random
from typing import ClassVar, NamedTuple

from eth_utils.address import to_checksum_address
from evm_code import create, creation
from evm_concentrated import CORE, FEES, INT24, INT128, AlgebraOnChain, OnChain
from exact_concentrated import algebra, amount
from market_evm import MODULES, OWNER, Chain, Reverted
from pyrevm import EVM, BlockEnv, CfgEnv, Env

from harness.market.pools.algebra import AlgebraPool
from harness.market.pools.algebra_fee import (
    DULLED,
    MOST,
    Configuration,
    Timepoint,
    Timepoints,
    fee_of,
    volume_of,
)
from harness.market.pools.concentrated import Swapped

CHANGE = "changeFeeConfiguration((uint16,uint16,uint32,uint32,uint16,uint16,uint32,uint16,uint16))"
USUAL = Configuration(2_900, 12_000, 360, 60_000, 59, 8_500, 0, 10, 100)
SWAPS_A_STATE = 12
LARGEST = (1 << 16) - 1
BEGINNING = 1 << 30
CALM = 300
"""Ticks from the middle that most states are within, so that volatility is what the sigmoids can tell apart."""


class Paid(NamedTuple):
    """What the first swap of a second has left: the fees that it has set, and the timepoint of each keeper."""

    fees: tuple[int, ...]
    newest: tuple[Timepoint, ...]
    volume: int
    swapped: Swapped


class OperatorOnChain:
    """The keeper of a pool's timepoints, whose pool is the owner."""

    def __init__(self, chain: Chain | None = None, address: str = "") -> None:
        path = MODULES / "@cryptoalgebra/core" / CORE / "DataStorageOperator.sol/DataStorageOperator.json"
        self.chain = chain or Chain(EVM(env=Env(cfg=CfgEnv(limit_contract_code_size=1 << 20)), gas_limit=1 << 40))
        self.address = address or create(self.chain, creation(path, ("address", OWNER)))

    def configure(self, configuration: Configuration) -> None:
        """Change what the fee is made of."""
        self.chain.call(self.address, CHANGE, configuration)

    def fee(self, time: int, place: int) -> int:
        """Return the fee of a second whose timepoint stands at a place."""
        [fee] = self.chain.call(
            self.address, "getFee(uint32,int24,uint16,uint128)", time, 0, place, 0, returns=("uint16",)
        )
        return int(fee)

    def volume(self, liquidity: int, amounts: tuple[int, int]) -> int:
        """Return what a swap counts for."""
        signature = "calculateVolumePerLiquidity(uint128,int256,int256)"
        [volume] = self.chain.call(self.address, signature, liquidity, *amounts, returns=("uint128",))
        return int(volume)

    def timepoint(self, place: int) -> Timepoint:
        """Read a timepoint from storage."""
        low, high = (int(self.chain.evm.storage(self.address, 2 * place + at)) for at in (0, 1))
        ticks, mean = low >> 40 & (1 << 56) - 1, high >> 88 & INT24 - 1
        return Timepoint(
            low >> 8 & (1 << 32) - 1,
            ticks - (ticks >> 55 << 56),
            high & (1 << 88) - 1,
            mean - (mean >> 23 << 24),
            high >> 112,
        )

    def plant(self, place: int, point: Timepoint) -> None:
        """Write a timepoint there."""
        low = 1 | point.time << 8 | (point.ticks % (1 << 56)) << 40
        high = point.volatility | (point.mean % INT24) << 88 | point.volume << 112
        self.chain.write(self.address, 2 * place, low)
        self.chain.write(self.address, 2 * place + 1, high)


class Moving(OnChain[AlgebraPool]):
    """A pool with the timepoints of its own life, whose price, ticks and volume can be set.

    Attributes:
        operators: What keeps its timepoints, one for each of its fees.
        now: The second.
        volume: What is put above the liquidity, as swapped since the newest timepoint.
    """

    LAST: ClassVar[int]
    """Bits below the place of the newest timepoint, in the word that has the price."""
    operators: tuple[OperatorOnChain, ...]
    now, volume = BEGINNING, 0

    def liquidity_word(self, pool: AlgebraPool) -> int:
        """Return the liquidity, and above it the volume since the newest timepoint."""
        return pool.liquidity | self.volume << 128

    @property
    def last(self) -> int:
        """Place of the newest timepoint."""
        return self._word(self.LAYOUT.price) >> self.LAST & LARGEST

    @property
    def fees(self) -> tuple[int, ...]:
        """The fees that the last swap has set."""
        word = self._word(self.LAYOUT.price) >> FEES
        return tuple(word >> 16 * at & LARGEST for at in range(len(self.operators)))

    def pass_to(self, time: int) -> None:
        """Let time pass."""
        self.now = time
        self.chain.evm.set_block_env(BlockEnv(timestamp=time))

    def live(self, zero_for_one: bool, quantity: int) -> Paid | None:
        """Swap for good; None where it reverts."""
        try:
            taken, paid = self._swap(zero_for_one, quantity)
        except Reverted:
            return None
        price = self._word(self.LAYOUT.price)
        tick = price >> 160 & INT24 - 1
        volume, liquidity = divmod(self._word(self.LAYOUT.liquidity), INT128)
        taken, paid = (taken, paid) if zero_for_one else (paid, taken)
        left = Swapped(taken, -paid, price % (1 << 160), tick - (tick >> 23 << 24), liquidity)
        return Paid(self.fees, tuple(each.timepoint(self.last) for each in self.operators), volume, left)

    def operator(self, keeper: str, view: str) -> OperatorOnChain:
        """Return what somebody names as keeping timepoints."""
        [address] = self.chain.call(keeper, view, returns=("address",))
        return OperatorOnChain(self.chain, to_checksum_address(address))

    def _word(self, slot: int) -> int:
        return int(self.chain.evm.storage(self.address, slot))


class MovingOnChain(Moving, AlgebraOnChain):
    """A pool of 1.9."""

    LAST = 200

    def deployed(self) -> str:
        """Deploy the protocol and a pool."""
        pool = AlgebraOnChain.deployed(self)
        self.operators = (self.operator(pool, "dataStorageOperator()"),)
        return pool

    def price_word(self, pool: AlgebraPool) -> int:
        """Return price, tick and what shares their word, the place of the newest timepoint among it."""
        return AlgebraOnChain.price_word(self, pool) | self.last << self.LAST


def configuration(rng: Random, volatility: int, passed: int) -> Configuration:
    """Return the usual one, any that may be set, or one whose sigmoids are not at their ends at present."""
    if rng.random() < 0.2:
        return USUAL
    alpha1, alpha2 = (rng.randint(0, 30_000) for _ in range(2))
    base = rng.randint(0, LARGEST - alpha1 - alpha2)
    stretches = [int(2 ** rng.uniform(0, 16)) for _ in range(3)]
    if rng.random() < 0.3:
        middles = [int(2 ** rng.uniform(0, 32)) - 1 for _ in stretches]
    else:
        near = zip((volatility, volatility, passed), stretches, strict=True)
        middles = [max(0, min(at + rng.randint(-7 * far, 7 * far), (1 << 32) - 1)) for at, far in near]
    (beta1, beta2, passes), (gamma1, gamma2, wide) = middles, stretches
    return Configuration(alpha1, alpha2, beta1, beta2, gamma1, gamma2, passes, wide, base)


def seconds(rng: Random) -> int:
    """Return for how long nothing happens."""
    return int(2 ** rng.uniform(0, rng.choice((2, 6, 12, 18))))


def volume(rng: Random) -> int:
    """Return what may have been swapped since the newest timepoint: mostly nothing, or what one swap adds, or more."""
    return rng.choice(
        (0, 0, int(2 ** rng.uniform(48, 81)), int(2 ** rng.uniform(60, 74)), rng.choice((MOST, 3 * MOST)))
    )


class Life:
    """A pool on chain, and what is known of it."""

    def __init__(self, chain: Moving) -> None:
        self.chain = chain
        self.points = Timepoints(chain.last, 0, {0: chain.operators[0].timepoint(0)})
        self.configurations, self.averages = (USUAL,) * len(chain.operators), (0, 0)

    def configure(self, rng: Random) -> None:
        """Change what each fee is made of."""
        volatility, passed = self.averages
        self.configurations = tuple(configuration(rng, volatility // DULLED, passed) for _ in self.chain.operators)
        for operator, made in zip(self.chain.operators, self.configurations, strict=True):
            operator.configure(made)

    def put(self, pool: AlgebraPool, swapped: int) -> None:
        """Set the pool's state."""
        self.chain.volume = swapped
        self.chain.put(pool)

    def case(self, pool: AlgebraPool, swapped: int, zero_for_one: bool, quantity: int) -> tuple[object, object]:
        """Return what the chain makes of the first swap of a second, and what we do."""
        time = self.chain.now
        self.points = self.points.advanced(time)
        points = self.points.written(time, pool.tick, swapped)
        fees = tuple(fee_of(made, points) for made in self.configurations)
        paying = replace(pool, fee=fees[0], fee_of_token1=fees[-1])
        ours = paying.swap(zero_for_one, quantity) if quantity > 0 else paying.swap_for(zero_for_one, -quantity)
        theirs = self.chain.live(zero_for_one, quantity)
        if ours is None or theirs is None:
            return theirs, ours
        self.points, self.averages = points, points.averages()
        amounts = (ours.amount_in, -ours.amount_out)
        added = volume_of(ours.liquidity, *(amounts if zero_for_one else amounts[::-1]))
        kept = 0 if points.newest.time == time else swapped
        return theirs, Paid(fees, (points.newest,) * len(fees), kept + added, ours)


def lives(
    chain: Moving, make: Callable[[Random], AlgebraPool], rng: Random, count: int
) -> Iterator[tuple[str, object, object]]:
    """Yield `count` first swaps of a second: where, what the chain says, what we say."""
    life = Life(chain)
    for number in range(count):
        if number % SWAPS_A_STATE == 0:
            pool = make(rng)
            while abs(pool.tick) > CALM and rng.random() < 0.95:
                pool = make(rng)
            life.configure(rng)
        swapped, zero_for_one, bought = volume(rng), rng.random() < 0.5, rng.random() < 0.25
        life.chain.pass_to(life.chain.now + seconds(rng))
        life.put(pool, swapped)
        quantity = amount(rng, pool, zero_for_one, bought) * (-1 if bought else 1)
        theirs, ours = life.case(pool, swapped, zero_for_one, quantity)
        yield f"{pool} {life.configurations} {swapped} {zero_for_one} {quantity}", theirs, ours
        if isinstance(theirs, Paid) and rng.random() < 0.8:
            left = theirs.swapped
            pool = replace(pool, sqrt_price_x96=left.sqrt_price_x96, tick=left.tick, liquidity=left.liquidity)


def cases(seed: int, count: int) -> Iterator[tuple[str, object, object]]:
    """Yield `count` swaps of pools of 1.9."""
    return lives(MovingOnChain(), algebra, Random(seed), count)
