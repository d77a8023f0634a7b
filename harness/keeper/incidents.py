"""Troubles go into the record too, for whoever looks at it later."""

from harness.keeper.events import BreakerOpened, Event, Recovered, Trouble
from harness.store import Store, StoreError


class Incidents:
    """Listens to one keeper and notes what goes wrong, and when it is over.

    Args:
        store: The record; while it is itself in trouble nothing can be noted.
        chain_id: The chain's.
    """

    def __init__(self, store: Store, chain_id: int) -> None:
        self._store, self._chain_id = store, chain_id

    def __call__(self, chain: str, event: Event) -> None:  # noqa: ARG002
        """Note it."""
        try:
            self._note(event)
        except StoreError:
            return

    def _note(self, event: Event) -> None:
        if isinstance(event, Trouble):
            self._store.incident(self._chain_id, event.where, event.kind, event.text)
        elif isinstance(event, Recovered):
            self._store.incident_over(self._chain_id, event.where)
        elif isinstance(event, BreakerOpened):
            self._store.incident(self._chain_id, "breaker", "opened", event.reason)
            self._store.incident_over(self._chain_id, "breaker")
