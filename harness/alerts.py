"""Which of what a keeper says wakes somebody, how often, and in which words.

What goes on is told once, again at most once an interval with the number of times it has happened since, and once more
when it is over. harness/channels.py takes it to people.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import Enum
from functools import singledispatchmethod
from threading import Event, Lock, Thread

from harness.chains import Chain
from harness.keeper import events as said
from harness.node import redacted

AT_ONCE = frozenset({"chain", "clock", "disk", "signer"})
"""Troubles that do not pass by themselves."""

COUNTED = frozenset({"drift", "reorg", "chore", "given up"})
"""Kinds of which each is one more; the others last."""

log = logging.getLogger(__name__)

TICK = 1.0
"""Seconds between two looks at what has come to last too long."""


class Level(Enum):
    """How bad it is; the values are apprise's."""

    FAILURE = "failure"
    WARNING = "warning"
    SUCCESS = "success"


@dataclass(frozen=True, slots=True)
class Alert:
    """A message to whoever watches over a keeper.

    Attributes:
        chain: Which keeper's.
        kind: `breaker`, `trouble`, `balance`, `drift`, `reorg`, `chore` or `given up`.
        subject: What of that kind: where the trouble is, which chore.
        text: What is the matter and what to do; no URL in it but for its host.
        level: How bad it is.
    """

    chain: str
    kind: str
    subject: str
    text: str
    level: Level

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two alerts the same."""
        return self.chain, self.kind, self.subject

    @property
    def title(self) -> str:
        """One line, for a phone's screen."""
        over = " is over" if self.level is Level.SUCCESS else ""
        return f"millrace on {self.chain}: {' '.join(filter(None, (self.kind, self.subject)))}{over}"


@dataclass(frozen=True, slots=True)
class Rules:
    """When somebody is told.

    Attributes:
        patience: Blocks that a trouble may last.
        reorg: Depth of a reorganisation, blocks.
        runway: Days of gas that the balance should last.
        chores: Failures in a row of one kind of chore.
        given_up: Transactions in a row that did not enter a block.
        repeat: Seconds between two messages about the same.
    """

    patience: float = 3
    reorg: int = 8
    runway: float = 3
    chores: int = 3
    given_up: int = 5
    repeat: float = 3_600


@dataclass(slots=True)
class Told:
    """What has been told: when last, in which words, and how often it has happened since."""

    at: float
    alert: Alert
    more: int = 0


class Alerts:
    """Listens to keepers and says what somebody should know.

    Args:
        chains: Those that have a keeper here.
        send: Takes an alert at once, as `channels.Channels` does.
        rules: When.
        clock: Seconds that never run backwards.
    """

    def __init__(
        self,
        chains: Iterable[Chain],
        send: Callable[[Alert], None],
        rules: Rules | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._block_times = {chain.name: chain.block_time for chain in chains}
        self._send, self._rules, self._clock = send, rules or Rules(), clock
        self._told: dict[tuple[str, str, str], Told] = {}
        self._troubles: dict[tuple[str, str, str], tuple[float, Alert]] = {}
        self._in_a_row: Counter[tuple[str, str]] = Counter()
        self._lock, self._over = Lock(), Event()

    def __call__(self, chain: str, event: said.Event) -> None:
        """Hear what the keeper of a chain says."""
        try:
            with self._lock:
                self._hear(event, chain)
        except Exception:  # a listener must not raise, whatever it is told
            log.exception("an alert could not be told")

    def tick(self) -> None:
        """Tell what has come to last too long, and what has happened again since it was told."""
        now = self._clock()
        with self._lock:
            for due, alert in list(self._troubles.values()):
                if now >= due and alert.key not in self._told:
                    self._tell(alert)
            for told in list(self._told.values()):
                if told.more and now - told.at >= self._rules.repeat:
                    self._tell(told.alert, again=False)

    def start(self) -> None:
        """Look by itself from now on, every `TICK` seconds."""
        Thread(target=self._look, name="alerts", daemon=True).start()

    def close(self) -> None:
        """Look no more."""
        self._over.set()

    def _look(self) -> None:
        while not self._over.wait(TICK):
            try:
                self.tick()
            except Exception:  # the next look may go well
                log.exception("alerts could not be looked through")

    def _tell(self, alert: Alert, *, again: bool = True) -> None:
        """Send an alert unless the same was sent lately; then it is counted.

        Args:
            alert: What to tell.
            again: Whether it has just happened; else it is the last of those counted.
        """
        now, told = self._clock(), self._told.get(alert.key)
        if told and now - told.at < self._rules.repeat:
            told.alert, told.more = alert, told.more + (alert.kind in COUNTED)
            return
        more = told.more if told else 0
        self._told[alert.key] = Told(now, alert)
        self._send(replace(alert, text=redacted(alert.text) + _more(more if again else more - 1)))

    def _clear(self, chain: str, kind: str, subject: str, text: str) -> None:
        """Say that something is over, if it was told."""
        told = self._told.pop((chain, kind, subject), None)
        if told:
            self._send(Alert(chain, kind, subject, text + _more(told.more), Level.SUCCESS))

    @singledispatchmethod
    def _hear(self, event: object, chain: str) -> None:
        """Nobody is woken by anything else."""

    @_hear.register
    def _(self, event: said.BreakerOpened, chain: str) -> None:
        text = f"Nothing is sent any more: {event.reason}. Find out why, then `millrace resume`."
        self._tell(Alert(chain, "breaker", "", text, Level.FAILURE))

    @_hear.register
    def _(self, event: said.Halted, chain: str) -> None:
        if not event.on:
            self._clear(chain, "breaker", "", "The breaker is closed; the keeper sends again.")

    @_hear.register
    def _(self, event: said.Trouble, chain: str) -> None:
        alert = Alert(chain, "trouble", event.where, f"{event.kind}: {event.text}", Level.FAILURE)
        at_once = event.where in AT_ONCE or "chain" in event.kind.lower()
        wait = 0.0 if at_once else self._rules.patience * self._block_times.get(chain, 0)
        due = min(self._clock() + wait, self._troubles.get(alert.key, (float("inf"), alert))[0])
        self._troubles[alert.key] = due, alert
        if self._clock() >= due:
            self._tell(alert)

    @_hear.register
    def _(self, event: said.Recovered, chain: str) -> None:
        self._troubles.pop((chain, "trouble", event.where), None)
        self._clear(chain, "trouble", event.where, f"Works again after {event.seconds:.0f} s.")

    @_hear.register
    def _(self, event: said.Drifted, chain: str) -> None:
        text = f"Pool {event.pool} ({event.venue}) was not as the chain has it at block {event.block}; read again."
        self._tell(Alert(chain, "drift", "", text, Level.WARNING))

    @_hear.register
    def _(self, event: said.Reorged, chain: str) -> None:
        if event.depth >= self._rules.reorg:
            text = f"{event.depth} blocks are not in the chain any more; block {event.block} stands."
            self._tell(Alert(chain, "reorg", "", text, Level.WARNING))

    @_hear.register
    def _(self, event: said.Balance, chain: str) -> None:
        if event.days is not None and event.days < self._rules.runway:
            text = f"The gas in the keeper's account lasts {event.days:.1f} days; send it some."
            self._tell(Alert(chain, "balance", "", text, Level.WARNING))
        else:
            self._clear(chain, "balance", "", "The account holds enough again.")

    @_hear.register
    def _(self, event: said.ChoreFailed, chain: str) -> None:
        self._in_a_row[chain, event.kind] += 1
        if self._in_a_row[chain, event.kind] >= self._rules.chores:
            text = f"{self._in_a_row[chain, event.kind]} failures in a row, the last on {event.target}: {event.reason}."
            self._tell(Alert(chain, "chore", event.kind, text, Level.WARNING))

    @_hear.register
    def _(self, event: said.ChoreDone, chain: str) -> None:
        self._in_a_row.pop((chain, event.kind), None)
        self._clear(chain, "chore", event.kind, "Done again.")

    @_hear.register
    def _(self, event: said.GivenUp, chain: str) -> None:  # noqa: ARG002
        self._in_a_row[chain, "given up"] += 1
        if self._in_a_row[chain, "given up"] >= self._rules.given_up:
            row = self._in_a_row[chain, "given up"]
            text = f"{row} transactions in a row entered no block in time; are the tip and the ways right?"
            self._tell(Alert(chain, "given up", "", text, Level.WARNING))

    @_hear.register
    def _(self, event: said.Included, chain: str) -> None:  # noqa: ARG002
        self._in_a_row.pop((chain, "given up"), None)
        self._clear(chain, "given up", "", "Transactions enter blocks again.")


def _more(count: int) -> str:
    return f" ({count} more since)" if count > 0 else ""
