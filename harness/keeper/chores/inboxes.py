"""What has come from other chains: it lies at a pool's inbox until somebody has it credited. Anyone may."""

from eth_utils.address import to_checksum_address

from harness.keeper.abi import Call, calldata
from harness.keeper.chores.chore import Chore, Group, Task, View
from harness.keeper.chores.known import Known
from harness.keeper.chores.look import single


class Inboxes(Chore):
    """Credits what has arrived, over whichever bridge; opens an inbox first that has none of its code yet.

    Args:
        reserve: Its address.
    """

    kind = "inbox"

    def __init__(self, reserve: str) -> None:
        self._reserve = reserve

    def asks(self, known: Known) -> list[Group]:
        """Ask where inboxes are that are not known yet, and what lies at the others; an address never changes."""
        return [
            group
            for pool in sorted(known.registered)
            for group in ([(self._where(pool),)] if pool not in known.inboxes else self._views(known, pool))
        ]

    def due(self, view: View, now: int) -> list[Task]:  # noqa: ARG002
        """Return a task for every token at an inbox."""
        known = view.known
        tasks = [task for pool in known.inboxes if pool in known.registered for task in self._of(view, pool)]
        for pool in known.registered - known.inboxes.keys():
            found = view.of(self._where(pool))
            if found:
                known.inboxes[pool] = to_checksum_address(found[0])
        return tasks

    def _of(self, view: View, pool: str) -> list[Task]:
        inbox = view.known.inboxes[pool]
        opened = bool(int(str((view.of(self._pool_of(inbox)) or ["0x0"])[0]), 16))
        amounts = ((token, view.number(_held(token, inbox))) for token in sorted(view.known.listed))
        return [self._task(view, pool, token, amount, opened=opened) for token, amount in amounts if amount]

    def _task(self, view: View, pool: str, token: str, amount: int, *, opened: bool) -> Task:
        flush = view.known.inboxes[pool], calldata("flush(address)", token)
        to, data = flush if opened else (self._reserve, calldata("openInbox(address)", pool))
        return Task(
            kind=self.kind,
            target=f"{pool} in {token}",
            to=to,
            data=data,
            reason=f"{amount} units of {token} have arrived{'' if opened else ', and the inbox is not open'}",
            worth_wei=view.worth(view.known.stands_for(token), amount),
        )

    def _views(self, known: Known, pool: str) -> list[Group]:
        inbox = known.inboxes[pool]
        return [(self._pool_of(inbox),), *((_held(token, inbox),) for token in sorted(known.listed))]

    def _where(self, pool: str) -> Call:
        return single(self._reserve, "inboxOf(address)", pool, returns=("address",))

    def _pool_of(self, inbox: str) -> Call:
        return single(self._reserve, "poolOfInbox(address)", inbox, returns=("address",))


def _held(token: str, inbox: str) -> Call:
    return single(token, "balanceOf(address)", inbox)
