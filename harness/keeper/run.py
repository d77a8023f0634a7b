"""Block after block: the keeper of one chain at work, whatever the weather [K6]."""

import threading
import time
from typing import Final

from harness.errors import MillraceError
from harness.keeper.backrun import Backrun
from harness.keeper.events import Emit, Stepped
from harness.keeper.heads import Head, Heads
from harness.keeper.lease import Lease
from harness.keeper.limits import LimitError
from harness.keeper.loop import Keeper
from harness.keeper.report import Attempt
from harness.keeper.rpc import Rpc
from harness.keeper.scout import Scout
from harness.keeper.tend import Tending
from harness.keeper.troubles import Troubles
from harness.node import WrongChainError, redacted
from harness.signer import SignerError
from harness.store import LeaseLostError, Store, StoreError

IDLE: Final = 2.0
"""Seconds after which the lease is renewed where no block comes: a third of its length."""
GLANCE: Final = 0.02
"""Seconds for which a block is waited for until the next look at pending transactions."""
LOOK: Final = 0.1
"""Seconds for which a block is waited for, where nothing else is done meanwhile, until the keeper sees that it is to
stop."""
PAUSE: Final = 0.25
"""Seconds until the next try after something has failed."""
PULSE: Final = 5.0
"""Seconds from one note for `millrace status` to the next."""

PLACES: Final = (
    (LeaseLostError, "database"),
    (SignerError, "signer"),
    (LimitError, "limits"),
    (WrongChainError, "chain"),
    (MillraceError, "node"),
    (Exception, "keeper"),
)
"""Where the trouble is, by the error that tells of it; the first that fits."""
ALL: Final = frozenset({"disk", *(place for _, place in PLACES)})
"""Where there can be trouble."""


def place_of(error: Exception) -> str:
    """Return where the trouble is that an error tells of."""
    if isinstance(error, StoreError):
        return "disk" if error.kind == "full" else "database"
    return next(place for kind, place in PLACES if isinstance(error, kind))


class Runner:
    """Takes one keeper from block to block, and goes on after whatever fails.

    Args:
        keeper: The keeper, not yet started.
        tending: What is seen to between trades.
        rpc: The chain's nodes.
        heads: New blocks.
        store: The record.
        lease: Under which is sent; None for paper trading, where nobody needs to lead.
        scout: Looks for further pools; None where there is nothing to look for.
        backrun: Tries what pays behind pending transactions; None to wait for blocks alone.
        emit: Hears how long a block takes.
        troubles: Those of the keeper.
    """

    def __init__(
        self,
        keeper: Keeper,
        tending: Tending,
        *,
        rpc: Rpc,
        heads: Heads,
        store: Store,
        lease: Lease | None,
        scout: Scout | None = None,
        backrun: Backrun | None = None,
        emit: Emit,
        troubles: Troubles,
    ) -> None:
        self.keeper, self._rpc, self._heads, self._store = keeper, rpc, heads, store
        self._lease, self.tending, self._emit, self._troubles = lease, tending, emit, troubles
        self._scout, self._backrun = scout, backrun
        self._last: Head | None = None
        self._acting: Head | None = None
        self._led: int | None = None
        self._noted = -PULSE

    def run(self, stop: threading.Event) -> None:
        """Go on until told to stop; then let another keeper lead."""
        try:
            while not stop.is_set():
                self.once(stop)
        finally:
            self._heads.close()
            if self._backrun is not None:
                self._backrun.close()
            self.release()

    def once(self, stop: threading.Event) -> None:
        """Wait for one block, not for ever, and do everything for it; what fails is said, and tried again."""
        try:
            head = self._awaited(stop)
            if head is not None:
                self.turn(head)
            elif not self._failing:
                self._renew()
        except Exception as error:  # not even a defect may end a keeper: its pools are read anew
            where = place_of(error)
            self._last = None if where == "keeper" else self._last
            self._troubles.begin(where, type(error).__name__, redacted(str(error)))
            stop.wait(PAUSE)
        else:
            for where in ALL if head is not None else ():  # nothing is known to work before it has been used
                self._troubles.end(where)

    @property
    def _failing(self) -> bool:
        """Whether something keeps this keeper from its work: then another one may lead."""
        return self._troubles.meets("node", "heads") or any(self._troubles.meets(where) for where in ALL)

    def _awaited(self, stop: threading.Event) -> Head | None:
        """Wait for a block, not for ever and not once told to stop; meanwhile see what others are about to do."""
        until = time.monotonic() + IDLE
        look = LOOK if self._backrun is None else GLANCE
        while (head := self._heads.next(look)) is None and time.monotonic() < until and not stop.is_set():
            if self._backrun is not None and self._acting is not None:
                self._backrun.work(self._acting)
        return head

    def step(self, patience: float, *, acting: bool = True) -> list[Attempt]:
        """Wait for one block and do everything for it, or all but to act; return the attempts.

        Args:
            patience: Seconds to wait.
            acting: Whether to act on what is found.

        Raises:
            MillraceError: Something outside fails.
        """
        head = self._heads.next(patience)
        if head is None:
            self._renew()
            return []
        if acting:
            return self.turn(head)
        self.ready(head)
        self.settle()
        return []

    def turn(self, head: Head) -> list[Attempt]:
        """Do everything for one block: first what is urgent.

        Raises:
            MillraceError: Something outside fails; the next block finds out whether it still does.
        """
        self._acting = None
        acting = self.ready(head)
        attempts = self.keeper.act(head, lambda: self._heads.superseded(head)) if acting else []
        self._look_after(head)
        self._emit(Stepped(head.number, self.keeper.laps.seconds))
        self.tend(head)
        self._acting = head if acting else None
        return attempts

    def ready(self, head: Head) -> bool:
        """Bring the pools and what is out to a block; tell whether the keeper may act on it.

        Raises:
            MillraceError: As for `turn`.
        """
        self._follow(head)
        leads = self._leads(head)
        acting = leads and self.tending.allowed and self._looks(head)
        if acting and self.keeper.hinges:
            self.settle()
            return self._looks(head)
        return acting

    def settle(self) -> None:
        """Book what became of what was sent: after what the block brings, for hardly anything hinges on it.

        Raises:
            MillraceError: As for `turn`.
        """
        if self._leading:
            self.keeper.settle()

    def tend(self, head: Head) -> None:
        """See to what is not urgent.

        Raises:
            MillraceError: As for `turn`.
        """
        if self._leading:
            self.tending.chores(head)
            self._pulse(head)
            if self._scout is not None and not self._heads.superseded(head):
                self._scout.work(head)

    def _look_after(self, head: Head) -> None:
        """Compare pools and book, by one request where the node allows; neither needs the other to go well."""
        if self._leading:
            self.keeper.inquire()
        try:
            self.tending.compare(head)
        finally:
            self.settle()

    def _looks(self, head: Head) -> bool:
        return self.keeper.gate.look(head.number, self.tending.balance)

    @property
    def _leading(self) -> bool:
        return self._lease is None or self._led is not None

    def _follow(self, head: Head) -> None:
        """Bring the pools to a block of the same chain as ever."""
        if self._last is None or head.parent != self._last.hash:
            self._require_chain()
        if self._last is None:
            self.keeper.start(head)
            self.tending.compare(head)
        else:
            self.keeper.follow(head)
        self._last = head

    def _require_chain(self) -> None:
        chain, found = self.keeper.chain, int(self._rpc.ask("eth_chainId"), 16)
        if found != chain.chain_id:
            raise WrongChainError(
                f"the node answers for chain {found} now, and not for {chain.chain_id}; is it one of {chain.name}'s?"
            )

    def _leads(self, head: Head) -> bool:
        """Tell whether this keeper acts. Who begins to lead first compares the record with the chain."""
        if self._lease is None:
            return True
        number = self._lease.current()
        if number is not None and number != self._led:
            self.keeper.reconcile(head)
        elif number is not None:
            self.keeper.watch(head)
        self._led = number
        return number is not None

    def _renew(self) -> None:
        if self._lease is not None:
            self._lease.current()

    def release(self) -> None:
        """Let another keeper lead at once."""
        if self._lease is None:
            return
        try:
            self._lease.release()
        except StoreError as error:
            self._troubles.begin("database", type(error).__name__, redacted(str(error)))

    def _pulse(self, head: Head) -> None:
        """Note every few seconds how things stand, for `millrace status`."""
        if time.monotonic() - self._noted < PULSE:
            return
        self._noted = time.monotonic()
        gate, chain = self.keeper.gate, self.keeper.chain
        self._store.pulse(
            chain.chain_id,
            chain.name,
            block=head.number,
            lag=time.time() - head.timestamp,
            day_blocks=gate.day_blocks,
            failures=gate.limits.max_failures,
            gas_a_day=gate.limits.gas_a_day,
            balance=self.tending.balance,
            runway_days=self.tending.days,
        )
