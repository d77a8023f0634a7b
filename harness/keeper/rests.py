"""Cycles that are left alone for a while: what is refused in simulation is mostly refused again."""

from dataclasses import dataclass

from harness.market.opportunity import Opportunity

REST, LONGEST_REST = 8, 4_096
"""Blocks for which a cycle is left alone once its trade was refused in simulation: twice as many each time in a row."""


@dataclass(slots=True)
class Rest:
    """How often in a row a cycle's trade was refused, and the block from which on it is tried again."""

    times: int
    until: int


class Rests:
    """Which cycles rest."""

    def __init__(self) -> None:
        self._resting: dict[tuple[str, ...], Rest] = {}

    def holds(self, trade: Opportunity, block: int) -> bool:
        """Tell whether a trade's cycle rests at a block."""
        rest = self._resting.get(key_of(trade))
        return rest is not None and block < rest.until

    def begin(self, trade: Opportunity, block: int) -> None:
        """Let a trade's cycle rest from a block on, longer than the last time."""
        times = self._resting[key_of(trade)].times + 1 if key_of(trade) in self._resting else 1
        self._resting[key_of(trade)] = Rest(times, block + min(REST * 2 ** (times - 1), LONGEST_REST))

    def end(self, trade: Opportunity) -> None:
        """Let a trade's cycle rest no more; the next time is a first one."""
        self._resting.pop(key_of(trade), None)


def key_of(trade: Opportunity) -> tuple[str, ...]:
    """Return what tells a trade's cycle from all others."""
    return trade.cycle.token, *(edge.pool for edge in trade.cycle.edges)
