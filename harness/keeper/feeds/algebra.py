"""Algebra's pools, 1.9 and Integral: Uniswap V3's logs, and fees that move.

A pool of 1.9 sets its fee anew at the first swap of a block, by a volume that no view tells: it is followed where its
configuration says that nothing moves its fee. Integral leaves the fee to a plugin: one that changes it before a swap
says by a view what it is now. It moves with the seconds too and is asked for at every block; by the next one it can be
some millionths off, which simulation sees. A plugin whose swaps pay another fee than it tells is not followed.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final

from harness import chains
from harness.keeper.abi import Call
from harness.keeper.feeds.concentrated import ConcentratedFeed, Slot, provided, swapped
from harness.keeper.feeds.feed import Held, Log, Steps, UnreadableError, ask, signed, topic
from harness.keeper.feeds.place import NOWHERE, Place, PoolMissingError
from harness.keeper.feeds.uniswap_v3 import BURN, LIQUIDITY, MINT, PRICE, SWAP, TICK
from harness.market.pools.algebra import AlgebraIntegralPool, AlgebraPool

FEE = topic("Fee(uint16)")
PLUGIN = topic("Plugin(address)")
CONFIG = topic("PluginConfig(uint8)")
SWAP_FEE = topic("SwapFee(address,uint24,uint24)")
FEE_CONFIG = ("uint16", "uint16", "uint32", "uint32", "uint16", "uint16", "uint32", "uint16", "uint16")
"""Two sigmoids' heights, shifts and stretches, those of the volume's, and the base."""

BEFORE_SWAP: Final = 1
"""The flag of a plugin that is called before a swap, and may give it any fee."""
MOVES_FEE: Final = 1 << 7
"""The flag of a plugin that tells by a view what the fee is now."""


class AlgebraFeed(ConcentratedFeed):
    """Pools of 1.9 whose fee stays; that its configuration has changed is told by the next swap."""

    POOL: ClassVar[type[Any]] = AlgebraPool
    TOPICS = frozenset({SWAP, MINT, BURN, FEE})
    STATE: ClassVar[tuple[str, ...]] = ("uint160", "int24", "uint16")

    def find(self, pool: chains.Pool) -> Steps[Place]:
        """Ask the factory for the pool, and the pool for its tick spacing."""
        venue = self.chain.venues[self.venue]
        assert isinstance(venue, chains.Algebra)  # noqa: S101 - the registry goes by the kind
        [(address,)] = yield from ask(
            [Call(venue.factory, "poolByPair(address,address)", tuple(self.tokens(pool)), ("address",))]
        )
        if address == NOWHERE:
            raise PoolMissingError(f"{pool.name} does not exist on this chain; take it off the chain file's pools")
        [(spacing,)] = yield from ask([Call(address, "tickSpacing()", (), ("int24",))])
        return self.place(pool, address, tick_spacing=spacing)

    def read(self, place: Place, held: Held | None = None) -> Steps[Held]:
        """Read the fee's configuration, and what every pool has.

        Raises:
            UnreadableError: It lets the fee move.
        """
        [(operator,)] = yield from ask([Call(place.address, "dataStorageOperator()", (), ("address",))])
        [(alpha1, alpha2, *_, base)] = yield from ask([Call(operator, "feeConfig()", (), FEE_CONFIG)])
        if alpha1 or alpha2:
            raise UnreadableError(f"{place.address} sets its fee by a volume that no view tells")
        pool, beside = yield from super().read(place, held)
        return _paying(Held(pool, beside), base)

    def slot_calls(self, place: Place) -> Sequence[Call]:
        """Return price and tick, and liquidity."""
        return (
            Call(place.address, "globalState()", (), self.STATE),
            Call(place.address, "liquidity()", (), ("uint128",)),
        )

    def slot(self, answers: Sequence[tuple[Any, ...]]) -> Slot:
        """Read them."""
        (price, tick, _), (liquidity,) = answers
        return Slot(price, tick, liquidity, {})

    def word_call(self, place: Place, word: int) -> Call:
        """Return the view of a word of the map."""
        return Call(place.address, "tickTable(int16)", (word,), ("uint256",))

    def tick_call(self, place: Place, tick: int) -> Call:
        """Return the view of a tick."""
        return Call(place.address, "ticks(int24)", (tick,), ("uint128", "int128"))

    def heard(self, place: Place, held: Held, log: Log) -> Held | None:  # noqa: ARG002 - a log is all
        """Take where a swap has ended, or what liquidity came or went; another fee has another configuration."""
        pool: Any = held.pool
        if log.topics[0] == FEE:
            return held if log.word(0) == pool.fee else None
        if log.topics[0] == SWAP:
            return swapped(held, log.word(PRICE), log.signed(TICK), log.word(LIQUIDITY))
        lower, upper = (signed(int(tick, 16)) for tick in log.topics[2:4])
        return provided(held, lower, upper, log.word(1) if log.topics[0] == MINT else -log.word(0))


class Gross(tuple[int, ...]):
    """Gross liquidity of each known tick.

    Attributes:
        told: Fee in pips that a log has named as the last swap's since the fee was read; None where none has.
    """

    told: int | None = None


class AlgebraIntegralFeed(AlgebraFeed):
    """Pools of Integral without a plugin that swaps ask, or with one that tells their fee."""

    POOL = AlgebraIntegralPool
    TOPICS = frozenset({SWAP, MINT, BURN, FEE, PLUGIN, CONFIG, SWAP_FEE})
    STATE = ("uint160", "int24", "uint16", "uint8")
    RESTLESS: ClassVar[bool] = True
    AROUND = 12

    def grain(self, place: Place) -> int:  # noqa: ARG002 - whatever its spacing is, which can change
        """Return 1: the map has a bit for every tick."""
        return 1

    def read(self, place: Place, held: Held | None = None) -> Steps[Held]:
        """Read what every pool has.

        Raises:
            UnreadableError: Its plugin may give each swap a fee of its own.
        """
        return (yield from ConcentratedFeed.read(self, place, held))

    def stirred(self, place: Place, held: Held) -> Steps[Held]:
        """Read the slot, for the fee in it; all of it where the logs have not told how the rest came about.

        Raises:
            UnreadableError: Its last swap has paid another fee, or each may.
        """
        pool: Any = held.pool
        slot = self.slot((yield from ask(self.slot_calls(place))))
        fee, told = slot.more["fee"], getattr(held.beside, "told", None)
        if told not in (None, fee):
            raise UnreadableError(f"a swap has paid {told} millionths where the plugin tells {fee}")
        if (slot.sqrt_price_x96, slot.tick, slot.liquidity) != (pool.sqrt_price_x96, pool.tick, pool.liquidity):
            return (yield from self.read(place))
        return held if told is None and fee == pool.fee else _paying(Held(pool, tuple(held.beside)), fee)

    def slot_calls(self, place: Place) -> Sequence[Call]:
        """Return price, tick, fee and flags, liquidity, and what the fee is now."""
        return (*super().slot_calls(place), Call(place.address, "fee()", (), ("uint16",)))

    def slot(self, answers: Sequence[tuple[Any, ...]]) -> Slot:
        """Read them.

        Raises:
            UnreadableError: Its plugin may give each swap a fee of its own.
        """
        (price, tick, last, flags), (liquidity,), (now,) = answers
        if flags & BEFORE_SWAP and not flags & MOVES_FEE:
            raise UnreadableError("its plugin is asked before swaps and tells no fee: each may get one of its own")
        return Slot(price, tick, liquidity, {"fee": now if flags & BEFORE_SWAP else last})

    def heard(self, place: Place, held: Held, log: Log) -> Held | None:
        """Take where a swap has ended, its fee, or what liquidity came or went; another plugin is to be asked."""
        pool: Any = held.pool
        if log.topics[0] in (PLUGIN, CONFIG):
            return None
        if log.topics[0] == FEE:
            return _paying(held, log.word(0))
        if log.topics[0] == SWAP_FEE:
            fee = (log.word(0) or pool.fee) + log.word(1)
            return _paying(_told(held, fee), fee)
        after = super().heard(place, held, log)
        return after and _told(after, getattr(held.beside, "told", None))


def _told(held: Held, fee: int | None) -> Held:
    """Return the state, with the fee in pips that the last swap has paid."""
    gross = Gross(held.beside)
    gross.told = fee
    return Held(held.pool, gross)


def _paying(held: Held, fee: int) -> Held:
    """Return the state with another fee, in pips."""
    return Held(replace(held.pool, fee=fee), held.beside)  # type: ignore[type-var]
