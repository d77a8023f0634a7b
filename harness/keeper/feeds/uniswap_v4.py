"""Uniswap V4 without hooks: all pools on the books of one manager, whose logs carry the pool's id."""

from collections.abc import Sequence
from typing import Any

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from harness import chains
from harness.keeper.abi import Call
from harness.keeper.feeds.concentrated import ConcentratedFeed, Slot, provided, swapped
from harness.keeper.feeds.feed import Held, Log, Steps, topic
from harness.keeper.feeds.place import NOWHERE, Place, PoolMissingError
from harness.market.legs import NATIVE
from harness.market.pools.uniswap_v4 import UniswapV4Pool

SWAP = topic("Swap(bytes32,address,int128,int128,uint160,uint128,int24,uint24)")
MODIFY = topic("ModifyLiquidity(bytes32,address,int24,int24,int256,bytes32)")
FEE = topic("ProtocolFeeUpdated(bytes32,uint24)")
KEY = ("address", "address", "uint24", "int24", "address")
PRICE, LIQUIDITY, TICK = 2, 3, 4
"""Words of a swap's data."""
HALF = 12
"""Bits of the protocol's fee of one direction."""


class UniswapV4Feed(ConcentratedFeed):
    """Pools of one manager, read through its lens."""

    POOL = UniswapV4Pool
    TOPICS = frozenset({SWAP, MODIFY, FEE})

    def find(self, pool: chains.Pool) -> Steps[Place]:
        """Compute the pool's id, and see whether it has a price."""
        if pool.fee is None or not pool.tick_spacing:
            raise PoolMissingError(f"{pool.name} needs a fee and a tickSpacing, which are part of its id; add them")
        tokens = sorted(self.tokens(pool), key=str.lower)
        pool_id = "0x" + keccak(encode(KEY, (*tokens, pool.fee, pool.tick_spacing, NATIVE))).hex()
        [answer] = yield [self._view("getSlot0", pool_id, "", (), ("uint160",))]
        there = to_checksum_address(pool_id[:42]) if answer is not None and answer[0] else NOWHERE
        return self.place(pool, there, fee=pool.fee, tick_spacing=pool.tick_spacing, pool_id=pool_id)

    def keys(self, place: Place) -> tuple[str, ...]:
        """Return the manager's with the pool's id."""
        return (self._venue().pool_manager.lower() + place.pool_id,)

    def slot_calls(self, place: Place) -> Sequence[Call]:
        """Return price, tick and fees, and liquidity."""
        return (
            self._view("getSlot0", place.pool_id, "", (), ("uint160", "int24", "uint24", "uint24")),
            self._view("getLiquidity", place.pool_id, "", (), ("uint128",)),
        )

    def slot(self, answers: Sequence[tuple[Any, ...]]) -> Slot:
        """Read them."""
        (price, tick, protocol, fee), (liquidity,) = answers
        more = {"manager": self._venue().pool_manager, "protocol_fees": _fees(protocol), "fee": fee}
        return Slot(price, tick, liquidity, more)

    def word_call(self, place: Place, word: int) -> Call:
        """Return the view of a word of the map."""
        return self._view("getTickBitmap", place.pool_id, ",int16", (word,), ("uint256",))

    def tick_call(self, place: Place, tick: int) -> Call:
        """Return the view of a tick."""
        return self._view("getTickLiquidity", place.pool_id, ",int24", (tick,), ("uint128", "int128"))

    def heard(self, place: Place, held: Held, log: Log) -> Held | None:  # noqa: ARG002 - a log is all
        """Take where a swap has ended, or what liquidity came or went."""
        if log.topics[0] == SWAP:
            return swapped(held, log.word(PRICE), log.signed(TICK), log.word(LIQUIDITY))
        if log.topics[0] == MODIFY:
            return provided(held, log.signed(0), log.signed(1), log.signed(2))
        return None

    def _view(self, name: str, pool_id: str, types: str, more: tuple[int, ...], returns: tuple[str, ...]) -> Call:
        lens = self._venue().state_view
        if lens is None:
            raise PoolMissingError(f"venues.{self.venue} has no stateView, through which its pools are read; add it")
        return Call(lens, f"{name}(bytes32{types})", (bytes.fromhex(pool_id[2:]), *more), returns)

    def _venue(self) -> chains.UniswapV4:
        venue = self.chain.venues[self.venue]
        assert isinstance(venue, chains.UniswapV4)  # noqa: S101 - the registry goes by the kind
        return venue


def _fees(protocol: int) -> tuple[int, int]:
    """Return the protocol's fee on sales of token0 and of token1, in pips."""
    return protocol & (1 << HALF) - 1, protocol >> HALF
