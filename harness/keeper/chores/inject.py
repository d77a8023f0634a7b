"""Injections: what a pool's bucket holds becomes liquidity, as far as the pool's terms allow."""

from dataclasses import replace

from eth_abi.abi import decode
from eth_utils.crypto import keccak

from harness.keeper.abi import Call, calldata
from harness.keeper.chores.chore import Chore, Group, Task, Trial, Try, View
from harness.keeper.chores.convert import pool_bucket
from harness.keeper.chores.known import DeepPool, Known
from harness.keeper.chores.look import single
from harness.keeper.deepen import PROVIDE, SLACK

TOO_MUCH = keccak(b"LiquidityTooMuch(uint256,uint256)")[:4]
TRIALS = 4
"""Of an injection that is more than the pool's terms allow at a time."""


class Inject(Chore):
    """Deepens pools that the upkeep contract says are due, and those whose buckets have waited too long.

    Args:
        reserve: Its address.
        upkeep: Its address.
    """

    kind = "inject"

    def __init__(self, reserve: str, upkeep: str) -> None:
        self._reserve, self._upkeep = reserve, upkeep

    def asks(self, known: Known) -> list[Group]:
        """Ask whether pools are due, and what their buckets hold."""
        return [(call,) for pool in known.pools.values() for call in (self._is_due(pool), *self._buckets(pool))]

    def due(self, view: View, now: int) -> list[Task]:  # noqa: ARG002
        """Return a task for every pool."""
        return [task for pool in view.known.pools.values() for task in self._of(view, pool)]

    def fit(self, task: Task, trial: Try) -> Task | Trial:
        """Return the injection in the size that the terms allow, with the least liquidity that is to come of it."""
        pool, amount0, amount1, _ = decode(["address", "uint256", "uint256", "uint256"], task.data[4:])
        seen = Trial(None)
        for _ in range(TRIALS):
            seen = trial(task.to, calldata(PROVIDE, pool, amount0, amount1, 0))
            if seen.value:
                return replace(task, data=calldata(PROVIDE, pool, amount0, amount1, seen.value - seen.value // SLACK))
            if seen.revert[:4] != TOO_MUCH:
                break
            wanted, most = decode(["uint256", "uint256"], seen.revert[4:])
            amount0, amount1 = (amount * most * 99 // (wanted * 100) for amount in (amount0, amount1))
        return replace(seen, value=None)

    def _of(self, view: View, pool: DeepPool) -> list[Task]:
        answer = view.of(self._is_due(pool))
        held = tuple(view.number(bucket) for bucket in self._buckets(pool))
        worth = [view.worth(token, amount) for token, amount in zip((pool.token0, pool.token1), held, strict=True)]
        if answer is None or not any(held) or None in worth:
            return []
        is_due, amount0, amount1 = answer
        late = any(
            view.known.waits_too_long((pool.address, token), amount)
            for token, amount in zip((pool.token0, pool.token1), held, strict=True)
        )
        if not is_due and not late:
            return []
        amounts = (amount0, amount1) if is_due else held
        worth = [view.worth(token, amount) for token, amount in zip((pool.token0, pool.token1), amounts, strict=True)]
        reason = f"{amounts[0]} of {pool.token0} and {amounts[1]} of {pool.token1} are due"
        data = calldata(PROVIDE, pool.address, *amounts, 0)
        total = sum(part or 0 for part in worth)
        return [Task(self.kind, pool.address, self._reserve, data, reason, total, anyway=late and total > 0)]

    def _is_due(self, pool: DeepPool) -> Call:
        return single(self._upkeep, "due(address)", pool.address, returns=("bool", "uint256", "uint256"))

    def _buckets(self, pool: DeepPool) -> tuple[Call, Call]:
        return (
            pool_bucket(self._reserve, pool, pool.token0),
            pool_bucket(self._reserve, pool, pool.token1),
        )
