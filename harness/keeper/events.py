"""What a keeper has to say, as data: what happens is told once, and whoever wants to listens.

The record, the metrics, the alerts, the log and the screen are listeners; the loop knows none of them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class HeadSeen:
    """A new newest block: its number, hash and Unix second, and how many seconds old it was when it was seen."""

    block: int
    hash: str
    timestamp: int
    lag: float


@dataclass(frozen=True, slots=True)
class Synced:
    """The pools stand as at the end of a block: how many have changed, are watched, and are not traded on."""

    block: int
    changed: int
    pools: int
    excluded: int


@dataclass(frozen=True, slots=True)
class Excluded:
    """A pool is not traded on any more, and why."""

    pool: str
    venue: str
    reason: str


@dataclass(frozen=True, slots=True)
class Reorged:
    """Blocks that had been seen are not in the chain: how many, and the newest block that stands."""

    depth: int
    block: int


@dataclass(frozen=True, slots=True)
class Drifted:
    """A pool's state was not the chain's; it has been read again."""

    pool: str
    venue: str
    block: int


@dataclass(frozen=True, slots=True)
class Decided:
    """Trades that pay at a block, and what the best is worth in wei of native coin; 0 where there is none."""

    block: int
    found: int
    worth: int


@dataclass(frozen=True, slots=True)
class Outdated:
    """A decision was dropped because a newer block had come."""

    block: int
    newer: int


@dataclass(frozen=True, slots=True)
class Simulated:
    """An attempt was simulated: its id in the record, the token, units of profit, the refusal where there is one."""

    attempt: int
    block: int
    token: str
    profit: int | None
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """A transaction was handed over: of which attempt or chore, by which ways, seconds after its block was seen."""

    attempt: int
    hash: str
    nonce: int
    ways: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Included:
    """A transaction is in a block: units of profit or None where it reverted, wei of gas, the error's name."""

    attempt: int
    hash: str
    block: int
    token: str
    profit: int | None
    gas_cost: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A transaction did not enter a block in time, and a replacement has taken its nonce or its deadline is over."""

    attempt: int
    hash: str


@dataclass(frozen=True, slots=True)
class Orphaned:
    """The block that a transaction was in is not in the chain any more."""

    attempt: int
    hash: str
    block: int


@dataclass(frozen=True, slots=True)
class ChoreDone:
    """A chore's transaction succeeded: which kind, on what, wei of gas."""

    kind: str
    target: str
    hash: str
    gas_cost: int


@dataclass(frozen=True, slots=True)
class ChoreFailed:
    """A chore was due and could not be done, and why."""

    kind: str
    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class HistoryRead:
    """What the contracts of a chain, by its or its bridge's name, did before has been read up to a block of so many."""

    of: str
    block: int
    newest: int


@dataclass(frozen=True, slots=True)
class LimitReached:
    """Something was not done because of a limit: its key in the configuration, and the figures."""

    limit: str
    text: str


@dataclass(frozen=True, slots=True)
class BreakerOpened:
    """Nothing is sent until somebody closes the breaker, and why."""

    reason: str


@dataclass(frozen=True, slots=True)
class Halted:
    """Nothing is sent: somebody has paused the keeper, or the breaker is open; or, when `on` is false, it goes on."""

    on: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Led:
    """This keeper sends for its chain from now on, or another one does."""

    leading: bool


@dataclass(frozen=True, slots=True)
class Trouble:
    """Trouble with one of these, no secrets in it; it is told once, until `Recovered`.

    `node`, `heads`, `chain` (the node's is another), `database`, `disk`, `relay`, `signer`, `clock`, `probe`,
    `discovery`, `pending`, `executor` (it takes no calls), `limits`, `keeper` (a defect).
    """

    where: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Recovered:
    """What was in trouble works again, after so many seconds."""

    where: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to a node: method, seconds, and `ok`, `error` (the node's own answer) or `failed` (no answer).

    Where it asks for several answers the method is `batch`, and `calls` are those within.
    """

    method: str
    seconds: float
    outcome: str
    calls: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stepped:
    """How many seconds each step of a block took, by its name."""

    block: int
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Balance:
    """Wei of native coin that the keeper's account holds, and days of gas that they last at the pace of the last."""

    wei: int
    days: float | None


Event = (
    HeadSeen
    | Synced
    | Excluded
    | Reorged
    | Drifted
    | Decided
    | Outdated
    | Simulated
    | Sent
    | Included
    | GivenUp
    | Orphaned
    | ChoreDone
    | ChoreFailed
    | HistoryRead
    | LimitReached
    | BreakerOpened
    | Halted
    | Led
    | Trouble
    | Recovered
    | Asked
    | Stepped
    | Balance
)
"""Anything that a keeper says."""

Emit = Callable[[Event], None]
"""Says something."""


class Listener(Protocol):
    """Whoever wants to know; it must not raise, and must not take long."""

    def __call__(self, chain: str, event: Event) -> None:
        """Hear what the keeper of a chain says."""


def nowhere(event: Event) -> None:
    """Say it to nobody."""


def emitter(chain: str, listeners: Iterable[Listener]) -> Emit:
    """Return what says something of one chain to all listeners, those too that are added to a list of them later."""

    def emit(event: Event) -> None:
        for listener in listeners:
            listener(chain, event)

    return emit
