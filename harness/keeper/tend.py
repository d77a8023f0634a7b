"""What a keeper sees to once a block's trades are out: pools compared with the chain, lenders, its balance, chores."""

from harness.errors import MillraceError
from harness.keeper.abi import Call
from harness.keeper.chores.chore import Task
from harness.keeper.chores.chores import Chores
from harness.keeper.events import Balance, Emit, Event, GivenUp, Included
from harness.keeper.fees import price
from harness.keeper.heads import Head
from harness.keeper.limits import LimitError
from harness.keeper.loop import Keeper
from harness.keeper.outbox import Order
from harness.keeper.send import Sender
from harness.keeper.simulate import StaleError
from harness.keeper.trader import HEADROOM
from harness.keeper.troubles import Troubles
from harness.store import Store

CHORE_LIVES = 20
"""Blocks for which a chore's transaction is wanted; nobody races for it."""


class Tending:
    """Sees to it: by one request a block, and those of the chores every so often.

    Args:
        keeper: Whose pools, lenders and limits these are.
        address: Checksummed address of its account, or of that in whose name it simulates.
        store: The record.
        chores: What is due now and then; None for nothing.
        emit: Hears of it; what it hears has to come back by `hear`.
        troubles: Those of the keeper: with `executor`.

    Attributes:
        balance: Wei of native coin that the account holds, as last seen.
        allowed: Whether the executor takes the account's calls, as last seen.
        days: For how many days the balance lasts at the pace of the last; None where nothing was spent.
    """

    def __init__(  # noqa: PLR0917 - all of them are needed
        self, keeper: Keeper, address: str, store: Store, chores: Chores | None, emit: Emit, troubles: Troubles
    ) -> None:
        self._keeper, self._store, self._chores = keeper, store, chores
        self._emit, self._troubles = emit, troubles
        multicall = keeper.chain.contracts["multicall3"]
        self._calls = (
            Call(multicall, "getEthBalance(address)", (address,), ("uint256",)),
            Call(keeper.executor, "canExecute(address)", (address,), ("bool",)),
        )
        self._out: tuple[Task, str] | None = None
        self._ended: Included | GivenUp | None = None
        self.balance, self.allowed = 0, True
        self.days: float | None = None

    def compare(self, head: Head) -> None:
        """Compare pools with the chain, and see what the account may and has."""
        balance, allowed = self._keeper.compare(head, self._calls)
        self.balance = self.balance if balance is None else int(balance[0])
        self.allowed = allowed is not None and bool(allowed[0])
        if self.allowed:
            self._troubles.end("executor")
        else:
            text = "the executor does not take this account's calls: not a keeper there, or paused; see setKeeper"
            self._troubles.begin("executor", "refuses", text)
        self.days = self._days(head)
        self._emit(Balance(self.balance, self.days))

    def chores(self, head: Head) -> None:
        """Finish what was begun, and begin what is due.

        Raises:
            NodeError: No node has answered.
            StoreError: The record is in trouble.
        """
        sender = self._keeper.sender
        if self._chores is None or sender is None:
            return
        self._finish(self._chores, head)
        if self._out is None and not sender.busy and not any(out.chore_id for out in sender.out):
            task = self._looked(self._chores, head)
            if task is not None:
                self._begin(self._chores, sender, task, head)

    def hear(self, chain: str, event: Event) -> None:
        """Take in what became of a chore's transaction."""
        mine = chain == self._keeper.chain.name and isinstance(event, Included | GivenUp) and self._out is not None
        if mine and event.hash == self._out[1]:  # type: ignore[index,union-attr]
            self._ended = event  # type: ignore[assignment]

    @staticmethod
    def _looked(chores: Chores, head: Head) -> Task | None:
        """Return what is due; nothing where a newer block has come, after which it is looked for again."""
        try:
            return chores.look(head)
        except StaleError:
            return None

    def _begin(self, chores: Chores, sender: Sender, task: Task, head: Head) -> None:
        """Note and send a task; where that fails halfway, the chain tells later what became of it."""
        try:
            sent = self._sent(chores, sender, task, head)
        except MillraceError:
            chores.forget()
            raise
        self._out = (task, sent) if sent else None

    def _sent(self, chores: Chores, sender: Sender, task: Task, head: Head) -> str:
        """Return the hash of a task's transaction; none where a limit forbids it."""
        chain_id = self._keeper.chain.chain_id
        noted = self._store.chore(chain_id, task.kind, task.target, task.reason, expected=task.worth_wei)
        try:
            fees = price(self._keeper.settings.fees, head)
            limit, until = task.gas * HEADROOM // 100, head.number + CHORE_LIVES
            return sender.send(Order(task.to, task.data, limit, fees, until, chore_id=noted))
        except LimitError as error:
            self._store.chore_refused(noted, str(error))
            chores.failed(task, str(error), head.timestamp)
            return ""

    def _finish(self, chores: Chores, head: Head) -> None:
        if self._out is None or self._ended is None:
            return
        (task, _), ended = self._out, self._ended
        if isinstance(ended, Included) and not ended.error:
            chores.succeeded(task, ended.hash, ended.gas_cost)
        else:
            reason = ended.error if isinstance(ended, Included) else "its transaction was in no block in time"
            chores.failed(task, reason, head.timestamp)
        self._out = self._ended = None

    def _days(self, head: Head) -> float | None:
        """Return for how many days the balance lasts at the pace of the last; None where nothing was spent."""
        spent = self._store.gas_spent(self._keeper.chain.chain_id, head.number - self._keeper.gate.day_blocks + 1)
        return self.balance / spent if spent else None
