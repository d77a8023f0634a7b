"""How far discovery has come, for the record."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from harness.errors import MillraceError
from harness.keeper.feeds.place import Place


class CursorError(MillraceError):
    """What is to be a cursor is none."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far discovery has come: all that it needs to go on after a restart.

    Attributes:
        block: The next block whose logs are to be read.
        taken: The pools taken.
        waiting: Pools that were too shallow when they were looked at, or have not been looked at.
    """

    block: int
    taken: tuple[Place, ...] = ()
    waiting: tuple[Place, ...] = ()

    def dump(self) -> str:
        """Return it as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def load(cls, text: str) -> Self:
        """Read what `dump` has written.

        Raises:
            CursorError: It was not `dump` that has written it, or not this version's.
        """
        try:
            data = json.loads(text)
            taken, waiting = (tuple(Place(**place) for place in data[key]) for key in ("taken", "waiting"))
            return cls(int(data["block"]), taken, waiting)
        except (KeyError, TypeError, ValueError):
            raise CursorError("how far discovery had come cannot be read; it begins anew") from None
