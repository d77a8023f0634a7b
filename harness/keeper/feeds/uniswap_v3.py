"""Uniswap V3, its forks, PancakeSwap V3 and Slipstream: every change of a pool is told by its logs."""

from collections.abc import Sequence
from typing import Any, ClassVar

from harness import chains
from harness.keeper.abi import Call
from harness.keeper.feeds.concentrated import ConcentratedFeed, Slot, provided, swapped
from harness.keeper.feeds.feed import Held, Log, Steps, ask, signed, topic
from harness.keeper.feeds.place import NOWHERE, Place, PoolMissingError
from harness.market.pools.pancake_v3 import PancakeV3Pool
from harness.market.pools.slipstream import SlipstreamPool
from harness.market.pools.uniswap_v3 import UniswapV3Pool

SWAP = topic("Swap(address,address,int256,int256,uint160,uint128,int24)")
SWAP_OF_PANCAKE = topic("Swap(address,address,int256,int256,uint160,uint128,int24,uint128,uint128)")
MINT = topic("Mint(address,address,int24,int24,uint128,uint256,uint256)")
BURN = topic("Burn(address,int24,int24,uint128,uint256,uint256)")
PRICE, LIQUIDITY, TICK = 2, 3, 4
"""Words of a swap's data."""


class UniswapV3Feed(ConcentratedFeed):
    """Pools of the factory of one venue."""

    POOL: ClassVar[type[Any]] = UniswapV3Pool
    SWAP: ClassVar[str] = SWAP
    TOPICS = frozenset({SWAP, MINT, BURN})

    def find(self, pool: chains.Pool) -> Steps[Place]:
        """Ask the factory for the pool, and for the tick spacing of its fee."""
        if pool.fee is None:
            raise PoolMissingError(f"{pool.name} has no fee, by which its factory knows it; add it")
        arguments = (*self.tokens(pool), pool.fee)
        [(address,), (spacing,)] = yield from ask(
            [
                Call(self.factory, "getPool(address,address,uint24)", arguments, ("address",)),
                Call(self.factory, "feeAmountTickSpacing(uint24)", (pool.fee,), ("int24",)),
            ]
        )
        return self.place(pool, address, fee=pool.fee, tick_spacing=spacing)

    @property
    def factory(self) -> str:
        """Checksummed address of the factory."""
        venue = self.chain.venues[self.venue]
        assert isinstance(venue, chains.UniswapV3 | chains.PancakeV3)  # noqa: S101 - the registry goes by the kind
        return venue.factory

    def slot_calls(self, place: Place) -> Sequence[Call]:
        """Return price and tick, and liquidity."""
        return (
            Call(place.address, "slot0()", (), ("uint160", "int24")),
            Call(place.address, "liquidity()", (), ("uint128",)),
        )

    def slot(self, answers: Sequence[tuple[Any, ...]]) -> Slot:
        """Read them."""
        (price, tick), (liquidity,) = answers
        return Slot(price, tick, liquidity, {})

    def word_call(self, place: Place, word: int) -> Call:
        """Return the view of a word of the map."""
        return Call(place.address, "tickBitmap(int16)", (word,), ("uint256",))

    def tick_call(self, place: Place, tick: int) -> Call:
        """Return the view of a tick."""
        return Call(place.address, "ticks(int24)", (tick,), ("uint128", "int128"))

    def heard(self, place: Place, held: Held, log: Log) -> Held | None:  # noqa: ARG002 - a log is all
        """Take where a swap has ended, or what liquidity came or went."""
        if log.topics[0] == self.SWAP:
            return swapped(held, log.word(PRICE), log.signed(TICK), log.word(LIQUIDITY))
        lower, upper = (signed(int(tick, 16)) for tick in log.topics[2:4])
        return provided(held, lower, upper, log.word(1) if log.topics[0] == MINT else -log.word(0))


class PancakeV3Feed(UniswapV3Feed):
    """Pools of PancakeSwap, whose swaps tell the protocol's fees as well."""

    POOL = PancakeV3Pool
    SWAP = SWAP_OF_PANCAKE
    TOPICS = frozenset({SWAP_OF_PANCAKE, MINT, BURN})


class SlipstreamFeed(UniswapV3Feed):
    """Pools of Slipstream, known by tick spacing, whose fee a module may change with every swap."""

    POOL = SlipstreamPool

    def find(self, pool: chains.Pool) -> Steps[Place]:
        """Ask the factory."""
        if not pool.tick_spacing:
            raise PoolMissingError(f"{pool.name} has no tickSpacing, by which its factory knows it; add it")
        arguments = (*self.tokens(pool), pool.tick_spacing)
        [(address,)] = yield from ask([Call(self.factory, "getPool(address,address,int24)", arguments, ("address",))])
        return self.place(pool, NOWHERE if address is None else address, tick_spacing=pool.tick_spacing)

    def slot_calls(self, place: Place) -> Sequence[Call]:
        """Return price and tick, liquidity, and the fee."""
        return (*super().slot_calls(place), Call(place.address, "fee()", (), ("uint24",)))

    def slot(self, answers: Sequence[tuple[Any, ...]]) -> Slot:
        """Read them."""
        (price, tick), (liquidity,), (fee,) = answers
        return Slot(price, tick, liquidity, {"fee": fee})

    def heard(self, place: Place, held: Held, log: Log) -> Held | None:
        """Take what liquidity came or went; after a swap the fee may be another."""
        return None if log.topics[0] == SWAP else super().heard(place, held, log)
