"""Algebra's pools of the generation 1.9: Uniswap V3's logs, and a fee that moves with volatility and volume.

The first swap of a second sets the fee anew and pays it. It follows from timepoints, which are views, and from what
was swapped since the newest of them, which logs tell, and at first a word of the pool's storage. So it is known a block
ahead, to the millionth if that block comes when it is due. That the reckoning is the pool's own is seen when it is
read, by what its last swap has paid, and at every later one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Final

from harness import chains
from harness.keeper.abi import Call, Word
from harness.keeper.feeds.concentrated import ConcentratedFeed, Slot, provided, swapped
from harness.keeper.feeds.feed import Held, Log, Steps, UnreadableError, ask, signed, topic
from harness.keeper.feeds.place import NOWHERE, Place, PoolMissingError
from harness.keeper.feeds.timepoints import RUN, read_timepoints, timepoint_call, timepoint_of
from harness.keeper.feeds.uniswap_v3 import BURN, LIQUIDITY, MINT, PRICE, SWAP, TICK
from harness.market.pools.algebra import AlgebraPool
from harness.market.pools.algebra_fee import Configuration, Timepoints, fee_of, volume_of

FEE = topic("Fee(uint16)")
STATE = ("uint160", "int24", "uint16", "uint16")
FEE_CONFIG = ("uint16", "uint16", "uint32", "uint32", "uint16", "uint16", "uint32", "uint16", "uint16")
"""Two sigmoids' heights, shifts and stretches, those of the volume's, and the base."""

IN_RANGE: Final = 3
"""The slot of the liquidity in range, with what was swapped since the newest timepoint above it."""
LIQUIDITY_BITS: Final = 128
MOST: Final = 4 * RUN
"""Timepoints that are kept; of a pool that has more it is worth reading again which are needed."""


@dataclass(frozen=True, slots=True)
class Fees:
    """What a pool's fee follows from.

    Attributes:
        operator: Checksummed address of what keeps the timepoints.
        configuration: Of the fee.
        timepoints: As far as the next fees follow from them.
        volume: What was swapped since the newest.
        odd: A fee in pips that a swap has paid where this makes another.
    """

    operator: str
    configuration: Configuration
    timepoints: Timepoints
    volume: int
    odd: int | None = None


class Known(tuple[int, ...]):
    """Gross liquidity of each known tick.

    Attributes:
        fees: What the fee follows from.
    """

    fees: Fees


class AlgebraPlaces(ConcentratedFeed):
    """What both generations have in common: where pools are, and their views and logs of liquidity."""

    POOL: ClassVar[type[Any]]
    TOPICS: ClassVar[frozenset[str]]
    STATE: ClassVar[tuple[str, ...]]

    def find(self, pool: chains.Pool) -> Steps[Place]:
        """Ask the factory for the pool, and the pool for its tick spacing."""
        venue = self.chain.venues[self.venue]
        assert isinstance(venue, chains.Algebra)  # noqa: S101 - the registry goes by the kind
        if venue.generation == "camelot":
            raise PoolMissingError(f"{pool.name} is not followed: no package has Camelot's code, which sets two fees")
        [(address,)] = yield from ask(
            [Call(venue.factory, "poolByPair(address,address)", tuple(self.tokens(pool)), ("address",))]
        )
        if address == NOWHERE:
            raise PoolMissingError(f"{pool.name} does not exist on this chain; take it off the chain file's pools")
        [(spacing,)] = yield from ask([Call(address, "tickSpacing()", (), ("int24",))])
        return self.place(pool, address, tick_spacing=spacing)

    def slot_calls(self, place: Place) -> Sequence[Call]:
        """Return price and tick, and liquidity."""
        return (
            Call(place.address, "globalState()", (), self.STATE),
            Call(place.address, "liquidity()", (), ("uint128",)),
        )

    def word_call(self, place: Place, word: int) -> Call:
        """Return the view of a word of the map."""
        return Call(place.address, "tickTable(int16)", (word,), ("uint256",))

    def tick_call(self, place: Place, tick: int) -> Call:
        """Return the view of a tick."""
        return Call(place.address, "ticks(int24)", (tick,), ("uint128", "int128"))

    def heard(self, place: Place, held: Held, log: Log) -> Held | None:  # noqa: ARG002 - a log is all
        """Take where a swap has ended, or what liquidity came or went."""
        if log.topics[0] == SWAP:
            return swapped(held, log.word(PRICE), log.signed(TICK), log.word(LIQUIDITY))
        lower, upper = (signed(int(tick, 16)) for tick in log.topics[2:4])
        return provided(held, lower, upper, log.word(1) if log.topics[0] == MINT else -log.word(0))


class AlgebraFeed(AlgebraPlaces):
    """Pools of 1.9; `Held.beside` has what their fee follows from as well."""

    POOL = AlgebraPool
    TOPICS = frozenset({SWAP, MINT, BURN, FEE})
    STATE = STATE
    AGEING: ClassVar[bool] = True

    def slot(self, answers: Sequence[tuple[Any, ...]]) -> Slot:
        """Read them."""
        (price, tick, _, _), (liquidity,) = answers
        return Slot(price, tick, liquidity, {})

    def read(self, place: Place, held: Held | None = None) -> Steps[Held]:
        """Read what the fee follows from, and what every pool has.

        Raises:
            UnreadableError: It does not make the fee that the last swap has paid.
        """
        known = None if held is None else _fees(held)
        fees, due = yield from self._fees_of(place)
        if known is not None and known.odd is not None and known.configuration == fees.configuration:
            raise UnreadableError(f"a swap has paid {known.odd} millionths where its timepoints make another fee")
        pool, gross = yield from super().read(place, held)
        return self._paying(Held(pool, gross), fees, due)

    def _fees_of(self, place: Place) -> Steps[tuple[Fees, int]]:
        """Return what the fee follows from, and when the next block is expected."""
        state = Call(place.address, "globalState()", (), STATE)
        now = Call(self.chain.contracts["multicall3"], "getCurrentBlockTimestamp()", (), ("uint256",))
        operator = Call(place.address, "dataStorageOperator()", (), ("address",))
        in_range = Call(place.address, "liquidity()", (), ("uint128",))
        [(of,), (time,), (_, _, fee, last), (liquidity,), (word,)] = yield from ask(
            [operator, now, state, in_range, Word(place.address, IN_RANGE)]
        )
        volume, stored = divmod(word, 1 << LIQUIDITY_BITS)
        if stored != liquidity:
            raise UnreadableError(f"{place.address} keeps its volume elsewhere than Algebra's published code does")
        [configured] = yield from ask([_configuration_call(of)])
        configuration, due = Configuration(*configured), self.chain.due(time)
        paid, timepoints = yield from read_timepoints(place.address, last, due)
        if last and fee_of(configuration, paid) != fee:
            raise UnreadableError(f"its last swap has paid {fee} millionths, not the {fee_of(configuration, paid)} due")
        return Fees(of, configuration, timepoints, volume), due

    def beside_calls(self, place: Place, held: Held) -> Sequence[Call]:
        """Return the place of the newest timepoint, what is known as the newest, and the fee's configuration."""
        fees = _fees(held)
        return (
            Call(place.address, "globalState()", (), STATE),
            timepoint_call(place.address, fees.timepoints.last),
            _configuration_call(fees.operator),
        )

    def beside_differs(self, held: Held, answers: Sequence[tuple[Any, ...]]) -> bool:
        """Compare them."""
        fees, (state, newest, configured) = _fees(held), answers
        here = fees.timepoints.last, fees.timepoints.newest, fees.configuration
        return here != (state[3], timepoint_of(newest), configured)

    def heard(self, place: Place, held: Held, log: Log) -> Held | None:
        """Take the fee of a second's first swap; where a swap has ended; what liquidity came or went."""
        fees = _fees(held)
        if log.topics[0] == FEE:
            return _set(held, fees, log)
        after = super().heard(place, held, log)
        if log.topics[0] == SWAP:
            volume = fees.volume + volume_of(log.word(LIQUIDITY), log.signed(0), log.signed(1))
            fees = replace(fees, volume=volume)
        return after and _with(after, fees)

    def aged(self, place: Place, held: Held, time: int) -> Held | None:  # noqa: ARG002 - what is held is enough
        """Return the state with the fee of the next block; None where timepoints are needed that are not known."""
        fees = _fees(held)
        if fees.odd is not None or len(fees.timepoints.known) > MOST:
            return None
        try:
            return self._paying(held, fees, self.chain.due(time))
        except LookupError:
            return None

    def _paying(self, held: Held, fees: Fees, due: int) -> Held:
        """Return the state with the fee that swaps pay at a second.

        Raises:
            LookupError: Timepoints are needed that are not known.
        """
        pool: Any = held.pool
        timepoints = fees.timepoints.advanced(due)
        fee = fee_of(fees.configuration, timepoints.written(due, pool.tick, fees.volume))
        if timepoints is not fees.timepoints:
            fees = replace(fees, timepoints=timepoints)
        if fee == pool.fee and getattr(held.beside, "fees", None) is fees:
            return held
        return _with(held, fees) if fee == pool.fee else _with(Held(replace(pool, fee=fee), held.beside), fees)


def _set(held: Held, fees: Fees, log: Log) -> Held | None:
    """Return the state once the fee of a second has been set; None where the second is not known.

    Raises:
        LookupError: Timepoints are needed that are not known.
    """
    pool: Any = held.pool
    if not log.time:
        return None
    paid, timepoints = log.word(0), fees.timepoints.written(log.time, pool.tick, fees.volume)
    odd = None if fee_of(fees.configuration, timepoints) == paid else paid
    return _with(Held(replace(pool, fee=paid), held.beside), replace(fees, timepoints=timepoints, volume=0, odd=odd))


def _fees(held: Held) -> Fees:
    """Return what a pool's fee follows from."""
    fees: Fees = held.beside.fees
    return fees


def _with(held: Held, fees: Fees) -> Held:
    """Return the state with what its fee follows from."""
    known = Known(held.beside)
    known.fees = fees
    return Held(held.pool, known)


def _configuration_call(operator: str) -> Call:
    """Return the view of the fee's configuration."""
    return Call(operator, "feeConfig()", (), FEE_CONFIG)
