"""From days to blocks."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from harness.errors import MillraceError
from harness.keeper.rpc import Rpc


class PeriodError(MillraceError):
    """There is nothing to report of a period: it is reversed, lies ahead, or ends before the deployment."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, UTC.

    Attributes:
        since: The first day.
        until: The last one, included.
        first: The first block, not before the deployment's first.
        last: The last one.
    """

    since: date
    until: date
    first: int
    last: int


def period_of(rpc: Rpc, since: date, until: date, deployed: int) -> Period:
    """Find the blocks of a period, in some twenty requests for each end.

    Args:
        rpc: The chain's nodes.
        since: The first day.
        until: The last one.
        deployed: Number of the deployment's first block.

    Raises:
        PeriodError: There are no blocks to report of.
        NodeError: No node has answered.
    """
    if until < since:
        raise PeriodError(f"the period ends on {until}, before it begins on {since}; swap --from and --to")
    newest = int(rpc.ask("eth_blockNumber"), 16)
    if _time(rpc, newest) < _start(since):
        raise PeriodError(f"there is no block of {since} or later yet; give an earlier --from")
    first = _first_at(rpc, _start(since), deployed, newest)
    last = _first_at(rpc, _start(until + timedelta(days=1)), deployed, newest + 1) - 1
    if last < first:
        raise PeriodError(f"nothing was deployed until {until}; the deployment's first block is {deployed}")
    return Period(since, until, first, last)


def _first_at(rpc: Rpc, moment: int, low: int, high: int) -> int:
    """Return the first block from `low` to `high` that is not before a Unix second; `high` where there is none."""
    while low < high:
        middle = (low + high) // 2
        if _time(rpc, middle) < moment:
            low = middle + 1
        else:
            high = middle
    return low


def _time(rpc: Rpc, block: int) -> int:
    return int(rpc.ask("eth_getBlockByNumber", hex(block), False)["timestamp"], 16)


def _start(day: date) -> int:
    return int(datetime.combine(day, time(), UTC).timestamp())
