"""The vault's reports: when a strategy's gain is worth booking, by the rule of contracts/staking/ReportPolicy.sol."""

from math import isqrt

from harness.keeper.abi import Call, calldata
from harness.keeper.chores.chore import Chore, Group, Task, View
from harness.keeper.chores.known import Known
from harness.keeper.chores.look import single

REPORT_GAS = 200_000


def gain_due(debt: int, cost: int) -> int:
    """Return the gain in wei at which a report is due: √(2 · cost · debt), and `cost` at the least.

    Reports every T seconds cost cost/T a second in gas and y²·D·T/2 in yield on what waits; the sum is least where
    √(2 · cost · D) has been gained, whatever the yield y. See the contract's head.

    Args:
        debt: What the strategy owes, in wei.
        cost: Of a report, in wei.
    """
    return max(isqrt(2 * cost * debt), cost)


class Report(Chore):
    """Reports strategies: gains that are worth it, and losses at once.

    Args:
        vault: Its address.
    """

    kind = "report"

    def __init__(self, vault: str) -> None:
        self._vault = vault

    def asks(self, known: Known) -> list[Group]:
        """Ask what each strategy owes and is worth."""
        return [(call,) for strategy in sorted(known.strategies) for call in self._views(strategy)]

    def due(self, view: View, now: int) -> list[Task]:
        """Return a task for every strategy that has gained enough, has lost, or was not reported for too long."""
        return [task for one in sorted(view.known.strategies) for task in self._of(view, one, now)]

    def _of(self, view: View, strategy: str, now: int) -> list[Task]:
        loan, worth = (view.of(call) for call in self._views(strategy))
        if loan is None or worth is None or worth[0] == loan[0]:
            return []
        gain, debt, reported = worth[0] - loan[0], loan[0], loan[2]
        late = view.policy.deadline is not None and reported and now - reported > view.policy.deadline
        if 0 < gain < gain_due(debt, REPORT_GAS * view.gas_price) and not late:
            return []
        reason = f"{'gained' if gain > 0 else 'lost'} {abs(gain)} wei of {debt}"
        data = calldata("report(address)", strategy)
        return [Task(self.kind, strategy, self._vault, data, reason, abs(gain), anyway=True)]

    def _views(self, strategy: str) -> tuple[Call, Call]:
        numbers = ("uint256", "uint256", "uint256")
        return single(self._vault, "strategyOf(address)", strategy, returns=numbers), single(strategy, "worth()")
