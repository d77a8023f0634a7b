"""What a family of pools says of itself: how one is found and read, and what its logs mean.

Whatever asks the chain is written as steps: a generator that yields calls, is sent their answers in order, None for a
call that failed, and returns what it made of them. So any number of pools is asked in the same few requests.
"""

from abc import ABC, abstractmethod
from collections.abc import Generator, Sequence
from typing import Any, ClassVar, NamedTuple, TypeVar

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from harness import chains
from harness.chains import Chain
from harness.errors import MillraceError
from harness.keeper.abi import Call, Word
from harness.keeper.feeds.place import NOWHERE, Place, PoolMissingError
from harness.market.legs import NATIVE
from harness.market.pools.pool import Pool

Made = TypeVar("Made")
Answer = tuple[Any, ...] | None
Steps = Generator[Sequence[Call | Word], Sequence[Answer], Made]

WORD = 64
"""Hexadecimal digits of a word."""


class UnreadableError(MillraceError):
    """A pool does not answer as one of its family; the message says what it did instead."""


class Held(NamedTuple):
    """What is known of a pool at a block.

    Attributes:
        pool: Its state.
        beside: What its feed must know to follow it and the state does not say.
    """

    pool: Pool
    beside: Any = None


class Log(NamedTuple):
    """A log as a node gives it: hexadecimal, `0x` in front.

    Attributes:
        topics: The event's topic, then its indexed arguments.
        data: The others.
        time: Unix seconds of its block; 0 where that is not known.
    """

    topics: Sequence[str]
    data: str
    time: int = 0

    def word(self, at: int) -> int:
        """Return a word of the data.

        Raises:
            ValueError: There are not as many.
        """
        start = 2 + at * WORD
        digits = self.data[start : start + WORD]
        if len(digits) < WORD:
            raise ValueError(self.data)
        return int(digits, 16)

    def signed(self, at: int) -> int:
        """Return a word of the data in two's complement."""
        return signed(self.word(at))


class Feed(ABC):
    """A family of pools at one venue; it keeps nothing of any pool.

    Args:
        chain: The chain file.
        venue: Key under `venues`.

    Attributes:
        POOL: The family's arithmetic.
        TOPICS: The logs that tell of a change.
        RESTLESS: Whether its state moves by itself, so that it is read at every block.
        AGEING: Whether its state moves with the seconds alone, so that nothing need be asked to know it.
    """

    POOL: ClassVar[type[Any]]
    TOPICS: ClassVar[frozenset[str]]
    RESTLESS: ClassVar[bool] = False
    AGEING: ClassVar[bool] = False

    def __init__(self, chain: Chain, venue: str) -> None:
        self.chain, self.venue = chain, venue

    @abstractmethod
    def find(self, pool: chains.Pool) -> Steps[Place]:
        """Return where a pool of the chain file is.

        Raises:
            PoolMissingError: It is not there, or the chain file does not say enough.
        """

    @abstractmethod
    def read(self, place: Place, held: Held | None = None) -> Steps[Held]:
        """Return all of a pool's state.

        Args:
            place: The pool.
            held: What was known of it; what never changes need not be asked again.

        Raises:
            UnreadableError: It does not answer as it should.
        """

    def stirred(self, place: Place, held: Held) -> Steps[Held]:
        """Return the state of a pool that moves by itself at a later block, whose logs have been heard."""
        return (yield from self.read(place, held))

    def aged(self, place: Place, held: Held, time: int) -> Held | None:  # noqa: ARG002 - those that do not age
        """Return the state for the block after one of `time`, or None where the pool is to be read again."""
        return held

    def keys(self, place: Place) -> Sequence[str]:
        """Return by what logs are known to be the pool's, in lower case.

        That is the emitter; of a contract that speaks for many pools, followed by the log's first argument.
        """
        return (place.address.lower(),)

    def heard(self, place: Place, held: Held, log: Log) -> Held | None:  # noqa: ARG002 - those that tell too little
        """Return the state after a log, or None where it does not tell enough, and the pool is to be read again.

        Raises:
            ValueError: The log has not the shape expected.
        """
        return None

    def differs(self, place: Place, held: Held) -> Steps[bool]:
        """Tell whether a pool is not as it is held, by calls of one round; as much of it as is worth asking."""
        fresh = yield from self.read(place, held)
        return fresh.pool != held.pool

    def place(self, pool: chains.Pool, address: str | None, **more: Any) -> Place:  # noqa: ANN401 - of Place
        """Return the place of a pool of the chain file.

        Raises:
            PoolMissingError: `address` is nowhere.
        """
        if address is None or address == NOWHERE:
            raise PoolMissingError(f"{pool.name} does not exist on this chain; take it off the chain file's pools")
        token0, token1, *_ = sorted(self.tokens(pool), key=str.lower)
        return Place(pool.name, pool.venue, to_checksum_address(address), token0, token1, family=pool.family, **more)

    def tokens(self, pool: chains.Pool) -> tuple[str, ...]:
        """Return the addresses of a pool's tokens; the zero address for native coin."""
        native = self.chain.native.symbol
        return tuple(NATIVE if symbol == native else self.chain.token(symbol).address for symbol in pool.tokens)


def whole(answers: Sequence[Answer], calls: Sequence[Call | Word]) -> list[tuple[Any, ...]]:
    """Return the answers.

    Raises:
        UnreadableError: One of the calls has failed.
    """
    for answer, call in zip(answers, calls, strict=True):
        if answer is None:
            raise UnreadableError(f"{call.to} does not answer {call.signature} as it should")
    return [answer for answer in answers if answer is not None]


def checksummed(addresses: Sequence[str]) -> tuple[str, ...]:
    """Return addresses as the chain file writes them."""
    return tuple(str(to_checksum_address(address)) for address in addresses)


def ask(calls: Sequence[Call | Word]) -> Steps[list[tuple[Any, ...]]]:
    """Ask for what has to be answered.

    Raises:
        UnreadableError: One of the calls has failed.
    """
    return whole((yield calls), calls)


def topic(signature: str) -> str:
    """Return the topic of an event."""
    return "0x" + keccak(signature.encode()).hex()


def signed(word: int) -> int:
    """Return a word's value in two's complement."""
    return word - (1 << 256) if word >> 255 else word


def padded(address: str) -> str:
    """Return an address as the topic of an indexed argument, in lower case."""
    return "0x" + address[2:].lower().rjust(WORD, "0")
