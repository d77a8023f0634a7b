"""New blocks as a node announces them over a websocket."""

from dataclasses import dataclass
from typing import Any, Final

from harness.keeper.subscription import AnnouncementError, Subscription

HASH_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class Announced:
    """A block that a node says is its newest: number and hash."""

    number: int
    hash: str


class Announcements(Subscription):
    """The newest block announced.

    Args:
        url: A ws or wss endpoint, possibly with a key in it.

    Attributes:
        newest: The newest announcement that has not been taken.
    """

    def __init__(self, url: str) -> None:
        self.newest: Announced | None = None
        super().__init__(url, "newHeads")

    def take(self) -> Announced | None:
        """Return the newest announcement, once."""
        self.news.clear()
        newest, self.newest = self.newest, None
        return newest

    def heard(self, told: Any) -> None:  # noqa: ANN401 - whatever a node tells
        """Keep a block that was announced."""
        try:
            number, block_hash = int(told["number"], 16), str(told["hash"])
            known = len(bytes.fromhex(block_hash.removeprefix("0x"))) == HASH_BYTES
        except (KeyError, TypeError, ValueError):
            known = False
        if not known:
            raise AnnouncementError("the node announced something that is no block; give another websocket")
        self.newest = Announced(number, block_hash)
