"""What is in trouble, said once when it begins and once when it is over."""

import time

from harness.keeper.events import Emit, Recovered, Trouble


class Troubles:
    """Says of each trouble once that it has begun and once that it is over."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._since: dict[str, float] = {}

    def begin(self, where: str, kind: str, text: str) -> bool:
        """Say so unless it has been said; return whether it is new."""
        if where in self._since:
            return False
        self._since[where] = time.monotonic()
        self._emit(Trouble(where, kind, text))
        return True

    def end(self, where: str) -> None:
        """Say so where there was trouble."""
        if where in self._since:
            self._emit(Recovered(where, time.monotonic() - self._since.pop(where)))
