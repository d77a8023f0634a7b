"""The last blocks of the chain that a keeper follows, each on top of the one before."""

from collections.abc import Callable
from dataclasses import dataclass

from harness.errors import MillraceError
from harness.keeper.heads import Head
from harness.node import NodeError

DEPTH = 128
"""Blocks that are remembered."""
LONGEST_GAP = 64
"""Blocks that are asked for one by one; after a longer gap one starts anew."""


class GapError(MillraceError):
    """A block lies too far from those that are known; start anew from it."""


@dataclass(frozen=True, slots=True)
class Step:
    """How the chain went on: blocks that are out of it, the newest first, and those that are in, the oldest first."""

    orphaned: tuple[Head, ...] = ()
    added: tuple[Head, ...] = ()


class Trail:
    """The last blocks of the chain that a keeper follows.

    Args:
        fetch: Returns a block by its hash, or raises.
    """

    def __init__(self, fetch: Callable[[str], Head]) -> None:
        self._fetch = fetch
        self._heads: dict[int, Head] = {}

    def restart(self, block: Head) -> None:
        """Forget everything but one block."""
        self._heads = {block.number: block}

    def holds(self, number: int, hash_: str) -> bool:
        """Tell whether a block is in the chain as far as it is remembered."""
        return number in self._heads and self._heads[number].hash == hash_

    def follow(self, block: Head) -> Step:
        """Go on to a new newest block; one that is known already changes nothing.

        Raises:
            GapError: It does not build on anything that is remembered, or lies too far away.
            MillraceError: A block between cannot be had; nothing has changed.
        """
        if self.holds(block.number, block.hash):
            return Step()
        added = self._missing(block)
        orphaned = [self._heads[at] for at in sorted(self._heads, reverse=True) if at >= added[0].number]
        for gone in orphaned:
            del self._heads[gone.number]
        self._heads |= {new.number: new for new in added}
        for old in [at for at in self._heads if at <= block.number - DEPTH]:
            del self._heads[old]
        return Step(tuple(orphaned), tuple(added))

    def _missing(self, block: Head) -> list[Head]:
        """Return the blocks from the first that is not remembered up to `block`."""
        lowest, path = min(self._heads, default=0), [block]
        while not self.holds(path[-1].number - 1, path[-1].parent):
            if path[-1].number <= lowest + 1 or len(path) > LONGEST_GAP or not self._heads:
                raise GapError(f"block {block.number} does not build on a block that is remembered; start anew from it")
            path.append(self._parent(path[-1]))
        return path[::-1]

    def _parent(self, block: Head) -> Head:
        """Return the block below.

        Raises:
            NodeError: The node answers with another.
        """
        found = self._fetch(block.parent)
        if (found.number, found.hash) != (block.number - 1, block.parent):
            raise NodeError(f"the node answered with another block than the parent of {block.number}; ask again")
        return found
