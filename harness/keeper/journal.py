"""What the pools were before each of the last blocks, so that blocks can be undone."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

from harness.keeper.feeds.feed import Held

KEPT = 128
"""Blocks that can be undone."""


class Head(Protocol):
    """A block's header, as far as it matters here."""

    @property
    def number(self) -> int:
        """Its number."""

    @property
    def hash(self) -> str:
        """Its hash, hexadecimal."""

    @property
    def parent(self) -> str:
        """Its parent's."""

    @property
    def timestamp(self) -> int:
        """Unix seconds; 0 where that is not known."""


class Block(NamedTuple):
    """A block by number, hash, parent's hash and time."""

    number: int
    hash: str
    parent: str
    timestamp: int = 0


class Entry(NamedTuple):
    """A block, and the states before it of the pools that it changed; None for one that was not known."""

    block: Block
    before: dict[str, Held | None]


class Undone(NamedTuple):
    """What undoing blocks gives.

    Attributes:
        depth: How many blocks.
        states: The states of the pools that those had changed.
        unknown: Pools whose states at that time are not known.
    """

    depth: int
    states: dict[str, Held | None]
    unknown: frozenset[str]


class Journal:
    """The last blocks of the chain followed, by hash.

    Args:
        root: The block that all is known at; it cannot be undone itself.
    """

    def __init__(self, root: Block) -> None:
        self._entries: OrderedDict[str, Entry] = OrderedDict({root.hash: Entry(root, {})})
        self._unknown: dict[str, tuple[int, int]] = {}

    def __contains__(self, block: str) -> bool:
        """Tell whether a hash is one of these blocks'."""
        return block in self._entries

    @property
    def newest(self) -> Block:
        """The block that the chain followed ends in."""
        return self._entries[next(reversed(self._entries))].block

    @property
    def oldest(self) -> Block:
        """The block down to which blocks can be undone."""
        return self._entries[next(iter(self._entries))].block

    def undone(self, ancestor: str) -> Undone:
        """Return what undoing all blocks after one of these would give; nothing is undone yet."""
        states: dict[str, Held | None] = {}
        depth = 0
        for block, entry in reversed(self._entries.items()):
            if block == ancestor:
                break
            states |= entry.before
            depth += 1
        number = self._entries[ancestor].block.number
        lost = [address for address, (first, until) in self._unknown.items() if first <= number < until]
        lost += [address for address, held in states.items() if held is None]
        return Undone(depth, states, frozenset(lost) if depth else frozenset())

    def add(self, ancestor: str, entries: Iterable[Entry]) -> None:
        """Undo all blocks after one of these, and put others on top of it."""
        while self.newest.hash != ancestor:
            self._entries.popitem()
        self._entries.update({entry.block.hash: entry for entry in entries})
        while len(self._entries) > KEPT + 1:
            self._entries.popitem(last=False)
        oldest = self.oldest.number
        self._unknown = {address: span for address, span in self._unknown.items() if span[1] > oldest}

    def lose(self, since: Mapping[str, int]) -> None:
        """Note that pools were not known from a block on until the newest."""
        until = self.newest.number
        for address, first in since.items():
            known = self._unknown.get(address, (first, until))
            self._unknown[address] = (min(first, known[0]), until)
