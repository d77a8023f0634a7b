"""Fees of positions that lie at the pools, and come into the pools' buckets when they are collected. Anyone may."""

from harness.keeper.abi import calldata
from harness.keeper.chores.chore import Chore, Group, Task, View
from harness.keeper.chores.known import TOUCHED, DeepPool, Known
from harness.keeper.chores.look import single


class CollectFees(Chore):
    """Collects what pools owe.

    Args:
        reserve: Its address.
    """

    kind = "collect-fees"

    def __init__(self, reserve: str) -> None:
        self._reserve = reserve

    def asks(self, known: Known) -> list[Group]:
        """Ask what the buckets hold, and what they would hold afterwards."""
        before = [group for pool in known.pools.values() for group in buckets(self._reserve, pool)]
        return before + [collected(self._reserve, pool) for pool in known.pools.values()]

    def due(self, view: View, now: int) -> list[Task]:  # noqa: ARG002
        """Return a task for every pool that owes something."""
        return [task for pool in view.known.pools.values() for task in self._of(view, pool)]

    def _of(self, view: View, pool: DeepPool) -> list[Task]:
        answers = view.answers[collected(self._reserve, pool)]
        if any(answer is None for answer in answers):
            return []
        before = [view.number(group[0]) for group in buckets(self._reserve, pool)]
        fees = [int(after[0]) - had for after, had in zip(answers[1:], before, strict=True) if after]
        if not any(fees):
            return []
        worth = [view.worth(token, fee) or 0 for token, fee in zip((pool.token0, pool.token1), fees, strict=True)]
        late = view.known.rests((pool.address, TOUCHED))
        reason = f"{fees[0]} of {pool.token0} and {fees[1]} of {pool.token1} in fees"
        data = calldata("collectFees(address)", pool.address)
        return [Task(self.kind, pool.address, self._reserve, data, reason, sum(worth), anyway=late)]


def buckets(reserve: str, pool: DeepPool) -> tuple[Group, Group]:
    """Return the questions what a pool's bucket holds of either token."""
    view = "poolBucket(address,address)"
    return (single(reserve, view, pool.address, pool.token0),), (single(reserve, view, pool.address, pool.token1),)


def collected(reserve: str, pool: DeepPool) -> Group:
    """Return the question what the bucket would hold once fees are collected: the collection, and then both views."""
    after = buckets(reserve, pool)
    return (single(reserve, "collectFees(address)", pool.address, returns=()), after[0][0], after[1][0])
