"""What a chore is: something that is due now and then, and is done by a single call.

What takes several calls is several tasks: after each, what is next is asked of the chain anew, so that a keeper that
was killed in between goes on where the chain is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from harness.keeper.abi import Call
from harness.keeper.chores.known import Known

BPS = 10_000
RATE_OF = 10**24
"""Units of a token that a rate is of: so many that a rate is exact enough for a token with few decimals."""


@dataclass(frozen=True, slots=True)
class Policy:
    """When a chore is worth its gas.

    Attributes:
        every: Blocks from one look to the next.
        gas_share_bps: The most of what a chore is worth that its gas may cost, in basis points.
        deadline: Seconds after which what waits is moved whatever its gas costs; None for never.
        tip: Wei a unit of gas that the block's producer is paid.
        max_gas_price: Wei a unit of gas above which nothing is done, whatever its deadline.
        refill_below: Wei; a keeper's account that holds less is paid at once what the reserve has set aside for gas.
        enabled: Kinds of chores that are done; None for all.
    """

    every: int = 25
    gas_share_bps: int = 500
    deadline: int | None = 7 * 24 * 3600
    tip: int = 10**8
    max_gas_price: int = 100 * 10**9
    refill_below: int = 10**17
    enabled: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One call that is due.

    Attributes:
        kind: The chore's.
        target: What it is done to, in words: a pool, a token, an account.
        to: Checksummed address to call.
        data: The very calldata.
        reason: Why it is due, in words.
        worth_wei: What it moves, in wei of native coin; None where nobody can say.
        gas: Units that it takes, by simulation; 0 as long as it has not been simulated.
        anyway: To be done whatever its gas costs, as it has waited too long or its own rule has weighed the gas.
        choices: Other calldata for the same; the one whose simulation returns most is sent.
        tried_as: Address in whose name it is simulated; empty for the keeper's.
    """

    kind: str
    target: str
    to: str
    data: bytes
    reason: str
    worth_wei: int | None = None
    gas: int = 0
    anyway: bool = False
    choices: tuple[bytes, ...] = field(default=(), repr=False)
    tried_as: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What is backed off when it fails."""
        return self.kind, self.target


@dataclass(frozen=True, slots=True)
class Trial:
    """What a call would do.

    Attributes:
        value: The number that it returns; None where it would revert, 0 where it returns nothing.
        error: The contract's error where it would revert, else empty.
        revert: What it would revert with.
    """

    value: int | None
    error: str = ""
    revert: bytes = b""


Try = Callable[[str, bytes], Trial]
"""Simulates a call, by address and calldata, on the newest state in the task's name."""

Group = tuple[Call, ...]
"""Calls that are made one after the other, on the state that the one before leaves."""


@dataclass(frozen=True, slots=True)
class View:
    """What the chores have asked, all at one block.

    Attributes:
        block: Its number.
        gas_price: Wei a unit of gas, as the next block will about charge it.
        policy: When a chore is worth its gas.
        answers: By what was asked; of each call its values, or None where it failed.
        known: What there is to look after.
        rates: Wei of native coin for `RATE_OF` units, by token; of those that the guard has a price of.
    """

    block: int
    gas_price: int
    policy: Policy
    answers: dict[Group, tuple[tuple[Any, ...] | None, ...]]
    known: Known
    rates: dict[str, int]

    def number(self, call: Call) -> int:
        """Return the number that a view has answered with; 0 where it failed."""
        values = self.answers[(call,)][0]
        return int(values[0]) if values else 0

    def of(self, call: Call) -> tuple[Any, ...] | None:
        """Return what a view has answered; None where it failed."""
        return self.answers[(call,)][0]

    def worth(self, token: str, amount: int) -> int | None:
        """Return what an amount is worth in wei, rounded down; None where the guard has no price."""
        rate = self.rates.get(token)
        return None if rate is None else amount * rate // RATE_OF

    def pays(self, worth: int | None, gas: int) -> bool:
        """Tell whether so many units of gas may be spent on what is worth so many wei."""
        return worth is not None and gas * self.gas_price * BPS <= worth * self.policy.gas_share_bps


class Chore(Protocol):
    """One kind of work.

    Attributes:
        kind: Its name, in the configuration, in events and in metrics.
        behind: Whether it has more to read than it could in a look, so that the next block is looked at too.
    """

    kind: str
    behind: bool = False

    def asks(self, known: Known) -> Iterable[Group]:
        """Return what has to be read to tell whether it is due; what changes something is asked by the last chores."""

    def due(self, view: View, now: int) -> list[Task]:
        """Return what is due.

        Args:
            view: With an answer to all that was asked.
            now: The block's Unix second.
        """

    def fit(self, task: Task, trial: Try) -> Task | Trial | None:
        """Return the task with the calldata to be sent, as simulated; or the trial that says why there is none.

        None is returned where a closer look has shown that there is nothing to be done.
        """
        best, refusal = None, Trial(None)
        for data in (task.data, *task.choices):
            seen = trial(task.to, data)
            if seen.value is None:
                refusal = seen
            elif best is None or seen.value > best[0]:
                best = (seen.value, data)
        return refusal if best is None else replace(task, data=best[1], choices=())
