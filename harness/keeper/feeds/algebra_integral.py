"""Algebra Integral's pools, whose fee a plugin moves.

A plugin that changes the fee before a swap says by a view what it is now. It moves with the seconds too and is asked
for at every block; by the next one it can be some millionths off, which simulation sees. A plugin whose swaps pay
another fee than it tells is not followed.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, ClassVar, Final

from harness.keeper.abi import Call
from harness.keeper.feeds.algebra import FEE, AlgebraPlaces
from harness.keeper.feeds.concentrated import Slot
from harness.keeper.feeds.feed import Held, Log, Steps, UnreadableError, ask, topic
from harness.keeper.feeds.place import Place
from harness.keeper.feeds.uniswap_v3 import BURN, MINT, SWAP
from harness.market.pools.algebra import AlgebraIntegralPool

PLUGIN = topic("Plugin(address)")
CONFIG = topic("PluginConfig(uint8)")
SWAP_FEE = topic("SwapFee(address,uint24,uint24)")

BEFORE_SWAP: Final = 1
"""The flag of a plugin that is called before a swap, and may give it any fee."""
MOVES_FEE: Final = 1 << 7
"""The flag of a plugin that tells by a view what the fee is now."""


class Gross(tuple[int, ...]):
    """Gross liquidity of each known tick.

    Attributes:
        told: Fee in pips that a log has named as the last swap's since the fee was read; None where none has.
    """

    told: int | None = None


class AlgebraIntegralFeed(AlgebraPlaces):
    """Pools of Integral without a plugin that swaps ask, or with one that tells their fee."""

    POOL = AlgebraIntegralPool
    TOPICS = frozenset({SWAP, MINT, BURN, FEE, PLUGIN, CONFIG, SWAP_FEE})
    STATE = ("uint160", "int24", "uint16", "uint8")
    RESTLESS: ClassVar[bool] = True
    AROUND = 12

    def grain(self, place: Place) -> int:  # noqa: ARG002 - whatever its spacing is, which can change
        """Return 1: the map has a bit for every tick."""
        return 1

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
