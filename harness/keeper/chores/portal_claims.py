"""What has left a rollup of the OP stack for our inboxes: proven at its portal, and carried out once that has aged.

Anyone may do either. What somebody else has done meanwhile is not done again, and the chain tells how far each is, so
that a keeper which was killed in between goes on there.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from harness.crossings import PROVING
from harness.keeper.chores.chore import Chore, Group, Task, View
from harness.keeper.chores.known import Known
from harness.keeper.chores.portal import Portal, Progress, Step
from harness.keeper.chores.rollup import Rollup, RollupError
from harness.keeper.chores.withdrawals import Arrival, Withdrawal
from harness.keeper.events import ChoreFailed, Emit, HistoryRead
from harness.keeper.multicall import CallFailedError

ESTIMATOR: Final = "0x0000000000000000000000000000000000000001"
"""In its name portal and messenger revert where the message that they carry out fails; else they only note that."""
MOST_GAS: Final = 1_000_000
"""Units that a message may ask for itself; the reserve's bridge asks for half as much."""


class ClaimWithdrawals(Chore):
    """Brings home what the reserve on a rollup has sent to an inbox here, where the guard has a price of it.

    Args:
        name: The bridge's, in the chain file.
        rollup: Where it comes from.
        portal: Where it arrives.
        emit: Hears where the rollup's node does not do its part.
        finality: Blocks after which nothing is taken back here.
    """

    kind = "claim"

    def __init__(self, name: str, rollup: Rollup, portal: Portal, emit: Emit, finality: int) -> None:
        self._name, self._rollup, self._portal, self._emit, self._finality = name, rollup, portal, emit, finality
        self._found: list[Progress] = []
        self._over: dict[bytes, int] = {}

    def asks(self, known: Known) -> list[Group]:
        """See what has left the rollup and how far it is; the chores' own questions have no part in it."""
        self._found = []
        try:
            self._rollup.follow()
        except RollupError as error:
            self.behind = False
            self._fail(self._name, str(error))
        else:
            if self._rollup.behind or self.behind:
                self._emit(HistoryRead(self._name, self._rollup.read, self._rollup.newest))
            self.behind = self._rollup.behind
        try:
            wanted = list(self._ours(set(known.inboxes.values())))
            self._found = self._portal.progress(wanted) if wanted else []
        except CallFailedError as error:
            self._fail(self._name, str(error))
        return []

    def due(self, view: View, now: int) -> list[Task]:  # noqa: ARG002
        """Return a task for each that can go a step further."""
        self._forget(view.block)
        ready = [self._task(view, one) for one in self._found if one.step in (Step.FINALISE, Step.REPLAY)]
        unproven = [one for one in self._found if one.step is Step.PROVE and self._pays(view, one.arrival)]
        try:
            return ready + (list(self._proofs(view, unproven)) if unproven else [])
        except (RollupError, CallFailedError) as error:
            self._fail(self._name, str(error))
            return ready

    def _ours(self, inboxes: set[str]) -> Iterator[tuple[Withdrawal, Arrival]]:
        for departure in self._rollup.departures.values():
            brings = self._portal.arrival(departure.withdrawal)
            if brings is not None and brings.inbox in inboxes and departure.withdrawal.gas <= MOST_GAS:
                yield departure.withdrawal, brings

    def _proofs(self, view: View, unproven: Sequence[Progress]) -> Iterator[Task]:
        """Yield the proofs that there can be: by outputs of blocks that come after the withdrawals'."""
        left = {one.withdrawal.digest: self._rollup.departures[one.withdrawal.digest].block for one in unproven}
        outputs = [one for one in self._portal.proofs().outputs() if one.block >= min(left.values())]
        if not outputs:
            return
        evidence = self._rollup.evidence(outputs, [one.withdrawal for one in unproven])
        for one in unproven:
            if one.withdrawal.digest in evidence.nodes:
                data = self._portal.prove(one.withdrawal, evidence)
                yield self._task(view, Progress(one.withdrawal, one.arrival, Step.PROVE, self._portal.address, data))
            elif left[one.withdrawal.digest] <= evidence.output.block:
                self._fail(_target(one), f"the node of {self._name} does not know it any more")

    def _pays(self, view: View, brings: Arrival) -> bool:
        """Tell whether it is worth the gas of both steps."""
        return view.pays(self._worth(view, brings), PROVING)

    def _task(self, view: View, one: Progress) -> Task:
        brings = one.arrival
        return Task(
            kind=self.kind,
            target=_target(one),
            to=one.to,
            data=one.data,
            reason=f"{brings.amount} units of {brings.token} have left {self._name} for {brings.inbox}",
            worth_wei=self._worth(view, brings),
            tried_as="" if one.step is Step.PROVE else ESTIMATOR,
        )

    @staticmethod
    def _worth(view: View, brings: Arrival) -> int | None:
        return view.worth(view.known.stands_for(brings.token), brings.amount)

    def _forget(self, block: int) -> None:
        """Look no more after what has been over for so long that it stays so."""
        over = {one.withdrawal.digest for one in self._found if one.step is Step.NOTHING}
        self._over = {digest: self._over.get(digest, block) for digest in over}
        for digest, since in self._over.items():
            if block - since >= self._finality:
                del self._rollup.departures[digest]

    def _fail(self, target: str, reason: str) -> None:
        self._emit(ChoreFailed(self.kind, target, reason))


def _target(one: Progress) -> str:
    return f"withdrawal 0x{one.withdrawal.digest.hex()}, to {one.step.value}"
