"""Troubles go into the record too, for whoever looks at it later."""

import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from harness.keeper.events import BreakerOpened, Event, Recovered, Trouble
from harness.store import Store, StoreError

REMEMBERED: Final = 1_000
"""Of what could not be noted at once, how much is kept; the oldest is forgotten."""


class Incidents:
    """Listens to one keeper and notes what goes wrong, and when it is over, as of the time when it was said.

    While the record is itself in trouble nothing can be noted: that is done with the next thing to note, in order.

    Args:
        store: The record.
        chain_id: The chain's.
        clock: Tells the time.
    """

    def __init__(self, store: Store, chain_id: int, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._chain_id, self._clock = store, chain_id, clock
        self._waiting: deque[tuple[Event, datetime]] = deque(maxlen=REMEMBERED)
        self._one_at_a_time = threading.Lock()

    def __call__(self, chain: str, event: Event) -> None:  # noqa: ARG002
        """Note it."""
        if not isinstance(event, Trouble | Recovered | BreakerOpened):
            return
        with self._one_at_a_time:
            self._waiting.append((event, self._clock()))
            try:
                while self._waiting:
                    self._note(*self._waiting[0])
                    self._waiting.popleft()
            except StoreError:
                return

    def _note(self, event: Event, at: datetime) -> None:
        if isinstance(event, Trouble):
            self._store.incident(self._chain_id, event.where, event.kind, event.text, at)
        elif isinstance(event, Recovered):
            self._store.incident_over(self._chain_id, event.where, at)
        elif isinstance(event, BreakerOpened):
            self._store.incident(self._chain_id, "breaker", "opened", event.reason, at)
            self._store.incident_over(self._chain_id, "breaker", at)
