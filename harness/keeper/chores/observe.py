"""Observations of pairs whose mean price the guard reckons itself. Anyone may, eight times a window."""

from harness.keeper.abi import Call, calldata
from harness.keeper.chores.chore import Chore, Group, Task, View
from harness.keeper.chores.known import Known
from harness.keeper.chores.look import single


class Observe(Chore):
    """Keeps the guard's observations young: without them it refuses, and nothing that needs its price can be done.

    Args:
        guard: Its address.
    """

    kind = "observe"

    def __init__(self, guard: str) -> None:
        self._guard = guard

    def asks(self, known: Known) -> list[Group]:
        """Try to observe each pair; what is not due yet is refused."""
        return [(self._try(pool),) for pool in _pairs(known)]

    def due(self, view: View, now: int) -> list[Task]:  # noqa: ARG002
        """Return a task for every pair that can be observed."""
        return [
            Task(self.kind, pool, self._guard, calldata("observe(address)", pool), "is due by its window", anyway=True)
            for pool in _pairs(view.known)
            if view.of(self._try(pool)) is not None
        ]

    def _try(self, pool: str) -> Call:
        return single(self._guard, "observe(address)", pool, returns=())


def _pairs(known: Known) -> list[str]:
    return sorted(set(known.averaged.values()))
