"""Algebra's pools of the generation 1.9: Uniswap V3's logs, and a fee that moves with volatility and volume.

The first swap of a second sets the fee anew and pays it. It follows from timepoints, which are views, and from what
was swapped since the newest of them, which logs tell, and at first a word of the pool's storage. So it is known a block
ahead, to the millionth if that block comes when it is due. That the reckoning is the pool's own is seen when it is
read, by what its last swap has paid, and at every later one.

Camelot's have a fee each way, of a configuration each, and a map with a bit for every tick.
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
FEES = topic("Fee(uint16,uint16)")
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
        configurations: Of the fee, or of that of either direction.
        timepoints: As far as the next fees follow from them.
        volume: What was swapped since the newest.
        odd: Fees in pips that have been set where this makes others.
    """

    operator: str
    configurations: tuple[Configuration, ...]
    timepoints: Timepoints
    volume: int
    odd: tuple[int, ...] | None = None

    def due(self, timepoints: Timepoints) -> tuple[int, ...]:
        """Return what swaps pay in the second of the newest timepoint."""
        return tuple(fee_of(configuration, timepoints) for configuration in self.configurations)


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
    STATE: ClassVar[tuple[str, ...]] = ("uint160", "int24", "uint16", "uint16")
    CONFIGURATIONS: ClassVar[tuple[str, ...]] = ("feeConfig()",)
    AGEING: ClassVar[bool] = True

    def slot(self, answers: Sequence[tuple[Any, ...]]) -> Slot:
        """Read them."""
        (price, tick, *_), (liquidity,) = answers
        return Slot(price, tick, liquidity, {})

    def read(self, place: Place, held: Held | None = None) -> Steps[Held]:
        """Read what the fee follows from, and what every pool has.

        Raises:
            UnreadableError: It does not make the fee that the last swap has paid.
        """
        known = None if held is None else _fees(held)
        fees, due = yield from self._fees_of(place)
        if known is not None and known.odd is not None and known.configurations == fees.configurations:
            raise UnreadableError(
                f"a swap has paid {_said(known.odd)} millionths where its timepoints make another fee"
            )
        pool, gross = yield from super().read(place, held)
        return self._paying(Held(pool, gross), fees, due)

    def _fees_of(self, place: Place) -> Steps[tuple[Fees, int]]:
        """Return what the fee follows from, and when the next block is expected."""
        state = Call(place.address, "globalState()", (), self.STATE)
        now = Call(self.chain.contracts["multicall3"], "getCurrentBlockTimestamp()", (), ("uint256",))
        operator = Call(place.address, "dataStorageOperator()", (), ("address",))
        in_range = Call(place.address, "liquidity()", (), ("uint128",))
        [(of,), (time,), (_, _, *paid, last), (liquidity,), (word,)] = yield from ask(
            [operator, now, state, in_range, Word(place.address, IN_RANGE)]
        )
        volume, stored = divmod(word, 1 << LIQUIDITY_BITS)
        if stored != liquidity:
            raise UnreadableError(f"{place.address} keeps its volume elsewhere than Algebra's published code does")
        configured = yield from ask(self._configuration_calls(of))
        due = self.chain.due(time)
        then, timepoints = yield from read_timepoints(place.address, last, due)
        fees = Fees(of, tuple(Configuration(*each) for each in configured), timepoints, volume)
        wanted = fees.due(then) if last else tuple(paid)
        if wanted != tuple(paid):
            raise UnreadableError(f"its last swap has paid {_said(paid)} millionths, not the {_said(wanted)} due")
        return fees, due

    def beside_calls(self, place: Place, held: Held) -> Sequence[Call]:
        """Return the place of the newest timepoint, what is known as the newest, and the fee's configuration."""
        fees = _fees(held)
        return (
            Call(place.address, "globalState()", (), self.STATE),
            timepoint_call(place.address, fees.timepoints.last),
            *self._configuration_calls(fees.operator),
        )

    def beside_differs(self, held: Held, answers: Sequence[tuple[Any, ...]]) -> bool:
        """Compare them."""
        fees, (state, newest, *configured) = _fees(held), answers
        here = fees.timepoints.last, fees.timepoints.newest, fees.configurations
        return here != (state[-1], timepoint_of(newest), tuple(configured))

    def heard(self, place: Place, held: Held, log: Log) -> Held | None:
        """Take the fee of a second's first swap; where a swap has ended; what liquidity came or went."""
        fees = _fees(held)
        if log.topics[0] in (FEE, FEES):
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
        paid = _fields(fees.due(timepoints.written(due, pool.tick, fees.volume)))
        if timepoints is not fees.timepoints:
            fees = replace(fees, timepoints=timepoints)
        moved = any(getattr(pool, name) != fee for name, fee in paid.items())
        if not moved and getattr(held.beside, "fees", None) is fees:
            return held
        return _with(Held(replace(pool, **paid), held.beside) if moved else held, fees)

    def _configuration_calls(self, operator: str) -> list[Call]:
        """Return the views of what the fees are made of."""
        return [Call(operator, view, (), FEE_CONFIG) for view in self.CONFIGURATIONS]


class CamelotV3Feed(AlgebraFeed):
    """Pools of Camelot's, whose fees are set together."""

    TOPICS = frozenset({SWAP, MINT, BURN, FEES})
    STATE = ("uint160", "int24", "uint16", "uint16", "uint16")
    CONFIGURATIONS = ("feeConfigZto()", "feeConfigOtz()")
    AROUND = 12

    def grain(self, place: Place) -> int:  # noqa: ARG002 - whatever its spacing is, which can change
        """Return 1: the map has a bit for every tick."""
        return 1


def _set(held: Held, fees: Fees, log: Log) -> Held | None:
    """Return the state once the fee of a second has been set; None where the second is not known.

    Raises:
        LookupError: Timepoints are needed that are not known.
    """
    pool: Any = held.pool
    if not log.time:
        return None
    timepoints = fees.timepoints.written(log.time, pool.tick, fees.volume)
    paid = tuple(log.word(at) for at in range(len(fees.configurations)))
    odd = None if fees.due(timepoints) == paid else paid
    fresh = replace(fees, timepoints=timepoints, volume=0, odd=odd)
    return _with(Held(replace(pool, **_fields(paid)), held.beside), fresh)


def _fees(held: Held) -> Fees:
    """Return what a pool's fee follows from."""
    fees: Fees = held.beside.fees
    return fees


def _with(held: Held, fees: Fees) -> Held:
    """Return the state with what its fee follows from."""
    known = Known(held.beside)
    known.fees = fees
    return Held(held.pool, known)


def _fields(paid: Sequence[int]) -> dict[str, int]:
    """Return fees as a pool has them: one, or that of either direction."""
    return dict(zip(("fee", "fee_of_token1"), paid, strict=False))


def _said(paid: Sequence[int]) -> str:
    return " and ".join(str(fee) for fee in paid)
