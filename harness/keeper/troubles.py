"""What is in trouble, said once when it begins and once when it is over, however many parts of a keeper meet it."""

import time

from harness.keeper.events import Emit, Recovered, Trouble


class Troubles:
    """Says of each trouble once that it has begun, and once that it is over: when nobody meets it any more."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._since: dict[str, float] = {}
        self._met: dict[str, set[str]] = {}

    def begin(self, where: str, kind: str, text: str, by: str = "") -> bool:
        """Note that somebody meets it, and say so unless it has been said; return whether it is news of them."""
        met = self._met.setdefault(where, set())
        news = by not in met
        if not met:
            self._since[where] = time.monotonic()
            self._emit(Trouble(where, kind, text))
        met.add(by)
        return news

    def meets(self, where: str, by: str = "") -> bool:
        """Tell whether somebody meets it."""
        return by in self._met.get(where, ())

    def end(self, where: str, by: str = "") -> None:
        """Note that somebody does not meet it any more, and say that it is over if they were the last."""
        met = self._met.get(where, set())
        if by in met:
            met.remove(by)
            if not met:
                self._emit(Recovered(where, time.monotonic() - self._since.pop(where)))
