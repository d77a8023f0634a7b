"""Who sends on a chain, where several keepers watch it: the one that holds the lease in their common record."""

import os
import secrets
import socket
import time

from harness.keeper.events import Emit, Led, nowhere
from harness.store import Store

SECONDS = 6.0
"""How long a lease lasts that nobody renews."""


def own_name() -> str:
    """Return a name that no other process has: machine, process, and a few random digits."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


class Lease:
    """The lease of one chain, as one keeper sees it.

    Args:
        store: The record.
        chain_id: The chain's.
        holder: What the keeper calls itself; no other process may call itself so.
        seconds: For how long the lease lasts, by the database's clock. `hold` has to be called about three times as
            often, whether blocks come or not.
        emit: Hears when this keeper begins to lead, and when it does not any more.
    """

    def __init__(
        self, store: Store, chain_id: int, holder: str = "", seconds: float = SECONDS, emit: Emit = nowhere
    ) -> None:
        self.holder = holder or own_name()
        self._store, self._chain_id, self._seconds, self._emit = store, chain_id, seconds, emit
        self._held = 0.0
        self.number: int | None = None
        """Of the lease held when it was last asked for; None where another one leads."""

    def hold(self) -> int | None:
        """Take the lease or renew it.

        Returns:
            Its number, under which `Store.signed` takes transactions; None where another keeper leads.

        Raises:
            StoreError: The database is in trouble; then nobody may send.
        """
        before, asked = self.number, time.monotonic()
        self.number = self._store.hold_lease(self._chain_id, self.holder, self._seconds)
        self._held = asked
        if (before is None) != (self.number is None):
            self._emit(Led(self.number is not None))
        return self.number

    def current(self) -> int | None:
        """Return the lease's number as `hold` does, asking only where a third of its length has passed.

        Raises:
            StoreError: The database is in trouble; then nobody may send.
        """
        fresh = self.number is not None and time.monotonic() - self._held < self._seconds / 3
        return self.number if fresh else self.hold()

    def release(self) -> None:
        """Let another keeper lead at once."""
        self._store.release_lease(self._chain_id, self.holder)
        if self.number is not None:
            self._emit(Led(leading=False))
        self.number = None
