"""Which of a node's answers is the newest block: a lower one may be a reorg, or a node that lags."""

from typing import Final

REMEMBERED: Final = 128
"""Blocks whose hashes are kept."""
SURE: Final = 2
"""Answers in a row that make a block of another branch the newest."""
SHRUNK: Final = 5
"""Answers in a row that make a block that has been passed already the newest again."""


class Branch:
    """The blocks that have been gone on with, by number.

    A higher block is always taken. One that is not higher and was not among those passed belongs to another branch: it
    is taken when the node says so twice in a row. One that has been passed is an old answer, unless the node has
    nothing newer for many answers and longer than nodes lag: then the chain has become shorter.

    Args:
        patience: Seconds for which a node may lag.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._hashes: dict[int, str] = {}
        self._newest = -1
        self._doubts, self._since = 0, 0.0

    def takes(self, number: int, block: str, parent: str, now: float) -> bool:
        """Tell whether a block that a node calls its newest is to be gone on with, and if so go on with it.

        Args:
            number: The block's.
            block: Its hash.
            parent: Its parent's hash.
            now: Seconds by a clock that never goes back.
        """
        if block == self._hashes.get(self._newest):
            self._doubts = 0
            return False
        if number <= self._newest and not self._certain(number, block, now):
            return False
        self._doubts, self._newest = 0, number
        kept = {at: known for at, known in self._hashes.items() if number - REMEMBERED < at < number - 1}
        self._hashes = {**kept, number - 1: parent, number: block}
        return True

    def _certain(self, number: int, block: str, now: float) -> bool:
        """Count an answer that is not higher; tell whether there were enough of them."""
        self._since = self._since if self._doubts else now
        self._doubts += 1
        if self._hashes.get(number, block) != block:
            return self._doubts >= SURE
        return self._doubts >= SHRUNK and now - self._since >= self._patience
