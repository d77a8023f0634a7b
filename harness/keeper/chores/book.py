"""Booking: what cycles have earned becomes buckets. Anyone may."""

from harness.keeper.abi import Call, calldata
from harness.keeper.chores.chore import Chore, Group, Task, View
from harness.keeper.chores.known import Entry, Known
from harness.keeper.chores.look import single


class Book(Chore):
    """Books entries of the reserve's journal.

    Args:
        reserve: Its address.
    """

    kind = "book"

    def __init__(self, reserve: str) -> None:
        self._reserve = reserve

    def asks(self, known: Known) -> list[Group]:
        """Ask what each entry holds."""
        return [(self._pending(entry),) for entry in known.entries.values()]

    def due(self, view: View, now: int) -> list[Task]:  # noqa: ARG002
        """Return a task for every entry that holds something."""
        amounts = ((entry, view.number(self._pending(entry))) for entry in view.known.entries.values())
        return [self._task(view, entry, amount) for entry, amount in amounts if amount]

    def _task(self, view: View, entry: Entry, amount: int) -> Task:
        return Task(
            kind=self.kind,
            target=f"entry {entry.id[:16]}",
            to=self._reserve,
            data=calldata("book(uint256,address,address[])", entry.epoch, entry.token, entry.pools),
            reason=f"{amount} units of {entry.token} lie in the journal",
            worth_wei=view.worth(entry.token, amount),
            anyway=view.known.waits_too_long((entry.id, ""), amount),
        )

    def _pending(self, entry: Entry) -> Call:
        return single(self._reserve, "pending(uint256,address,address[])", entry.epoch, entry.token, entry.pools)
