"""Looks at what is due every so often, and says what is to be done next; the loop sends it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from eth_abi.exceptions import DecodingError

from harness.chains import Chain
from harness.deployments import Deployment
from harness.errors import MillraceError
from harness.keeper.abi import error_name
from harness.keeper.chores.book import Book
from harness.keeper.chores.chore import Chore, Policy, Task, Trial, View
from harness.keeper.chores.convert import ConvertPools, ConvertStakers, Ways
from harness.keeper.chores.fees import CollectFees
from harness.keeper.chores.inboxes import Inboxes
from harness.keeper.chores.inject import Inject
from harness.keeper.chores.known import Known
from harness.keeper.chores.look import Rates, ask
from harness.keeper.chores.observe import Observe
from harness.keeper.chores.payouts import PayBeneficiaries, PayKeepers, PayVault
from harness.keeper.chores.reports import Report
from harness.keeper.events import ChoreDone, ChoreFailed, Emit, HistoryRead, nowhere
from harness.keeper.multicall import refuses_block
from harness.keeper.rpc import Rpc, RpcError
from harness.keeper.simulate import StaleError, revert_data
from harness.node import NodeError, redacted

NONSENSE = (DecodingError, ValueError, TypeError, AttributeError, LookupError)
"""What comes of reading an answer that is none."""
ROUGH_GAS = 60_000
"""Units that a chore of a kind is taken to need until one has been simulated."""
TRIED = 5
"""The most tasks that are simulated in one look."""
LONGEST_REST = 24 * 3600
"""Seconds that a chore rests at most after failures in a row."""


class Head(Protocol):
    """The newest block."""

    @property
    def number(self) -> int:
        """Its number."""

    @property
    def hash(self) -> str:
        """Its hash."""

    @property
    def timestamp(self) -> int:
        """Its Unix second."""

    @property
    def base_fee(self) -> int:
        """Wei a unit of gas that it burns."""


@dataclass(slots=True)
class Rest:
    """How often a chore has failed in a row, and the Unix second until which it rests."""

    failures: int
    until: float


class Chores:
    """The chores of one chain.

    Nothing that decides is kept here between two looks but what rests after failures and the task that is out; so a
    keeper that starts anew finds due what is due on the chain. The log of what there is to look after is read from the
    deployment on, in a few requests a look.

    Args:
        chain: The chain file.
        rpc: Its nodes.
        deployment: Of the contracts.
        policy: When a chore is worth its gas.
        emit: Hears of failures, and of what was done.
        through: The ways to sell a token for another; without it nothing is converted.
        moves: Chores that come before buckets are converted and injected.
        further: Chores beside the ones here, bridge claims for instance.
    """

    def __init__(
        self,
        chain: Chain,
        rpc: Rpc,
        deployment: Deployment,
        policy: Policy | None = None,
        emit: Emit = nowhere,
        *,
        through: Ways = lambda _sold, _bought: (),
        moves: Sequence[Chore] = (),
        further: Sequence[Chore] = (),
    ) -> None:
        self._rpc, self._emit, self.policy = rpc, emit, policy or Policy()
        self._keeper, self._chain = deployment.roles.keeper, chain.name
        self._multicall, self._block_time = chain.contracts["multicall3"], chain.block_time
        self.chores = _enabled([*_chores(chain, deployment, through, moves), *further], self.policy)
        self._known = _known(chain, rpc, deployment, self.policy)
        self._rates = Rates(deployment.address("guard"), chain.token(chain.native.wrapped).address)
        self._resting: dict[tuple[str, str], Rest] = {}
        self._gas: dict[str, int] = {}
        self._out: Task | None = None
        self._next = 0

    def look(self, head: Head) -> Task | None:
        """Return what is to be done next; None where nothing is due and worth its gas, or it is not time to look yet.

        As long as a task is out, for which `done` has not been called, there is no other one.

        Raises:
            MillraceError: The node does not do its part; the next block is looked at again.
        """
        if self._out is not None or head.number < self._next:
            return None
        before, self._next = self._next, head.number + self.policy.every
        try:
            self._out = self._found(head)
        except MillraceError:
            self._next = before
            raise
        except NONSENSE as error:
            self._next = before
            text = redacted(str(error))
            raise NodeError(f"chores cannot be looked for: a node answered with nonsense ({text})") from None
        return self._out

    def forget(self) -> None:
        """Take in that nobody knows what became of the task that is out: the chain tells, with the next look."""
        self._out, self._next = None, 0

    def done(self, task: Task, receipt: Mapping[str, Any] | None, now: int) -> None:
        """Take in what became of a task; what comes after it is looked for with the next block.

        Args:
            task: As `look` returned it.
            receipt: Of its transaction, as the node or web3 has it; None where none is in a block.
            now: The newest block's Unix second.
        """
        if receipt is None:
            self.failed(task, "its transaction is in no block", now)
        elif not _number(receipt["status"]):
            self.failed(task, "its transaction reverted", now)
        else:
            cost = _number(receipt["gasUsed"]) * _number(receipt["effectiveGasPrice"])
            self.succeeded(task, _hash(receipt["transactionHash"]), cost)

    def succeeded(self, task: Task, hash_: str, gas_cost: int) -> None:
        """Take in that a task is done, by which transaction and for how many wei."""
        self._out, self._next = None, 0
        self._resting.pop(task.key, None)
        self._emit(ChoreDone(task.kind, task.target, hash_, gas_cost))

    def failed(self, task: Task, reason: str, now: int) -> None:
        """Take in that a task has not been done, and why, at a Unix second; it rests for a while."""
        self._out, self._next = None, 0
        self._fail(task, reason, now)

    def run(self, head: Head, send: Callable[[Task], Mapping[str, Any] | None]) -> Task | None:
        """Look, have what is due sent and waited for, and take in what became of it; return it."""
        task = self.look(head)
        if task is not None:
            self.done(task, send(task), head.timestamp)
        return task

    def _found(self, head: Head) -> Task | None:
        gas_price = head.base_fee + self.policy.tip
        if gas_price > self.policy.max_gas_price:
            return None
        if not self._known.follow(head.number):
            self._emit(HistoryRead(self._chain, self._known.reached, head.number))
            self._next = 0
            return None
        view = self._view(head, gas_price)
        if any(chore.behind for chore in self.chores):
            self._next = 0
        candidates = self._candidates(view, head.timestamp)
        for chore, task in candidates[:TRIED]:
            fitted = self._fitted(chore, task, head.timestamp)
            if fitted is not None and self._worth_it(view, fitted):
                return fitted
        if len(candidates) > TRIED:
            self._next = 0
        return None

    def _view(self, head: Head, gas_price: int) -> View:
        """Read what all chores ask, of this very block: another branch may lack what ours has done.

        Raises:
            StaleError: The block is gone.
        """
        known = self._known
        asked = [*self._rates.asks(known), *(group for chore in self.chores for group in chore.asks(known))]
        try:
            answers = ask(self._rpc, self._multicall, asked, head.hash)
        except RpcError as error:
            if refuses_block(error):
                raise StaleError(f"block {head.number} is gone; what is due is looked for at the next") from None
            raise
        return View(head.number, gas_price, self.policy, answers, known, self._rates.read(known, answers))

    def _candidates(self, view: View, now: int) -> list[tuple[Chore, Task]]:
        """Return what may be worth doing: what cannot wait, then what others build on, then what is worth most."""
        found = [
            (not task.anyway, place, -(task.worth_wei or 0), chore, task)
            for place, chore in enumerate(self.chores)
            for task in chore.due(view, now)
            if not self._rests(task, now)
            and self._worth_it(view, replace(task, gas=self._gas.get(task.kind, ROUGH_GAS)))
        ]
        return [(chore, task) for *_, chore, task in sorted(found, key=lambda one: one[:3])]

    def _fitted(self, chore: Chore, task: Task, now: int) -> Task | None:
        """Return a task as it is to be sent, with the gas that it takes; None where it is refused, or not due."""
        fitted = chore.fit(task, lambda to, data: self._try(to, data, task.tried_as))
        if isinstance(fitted, Trial):
            self._fail(task, fitted.error or "it would do nothing", now)
        if fitted is None or isinstance(fitted, Trial):
            return None
        try:
            gas = int(self._rpc.ask("eth_estimateGas", self._call(fitted.to, fitted.data, task.tried_as)), 16)
        except RpcError as error:
            self._fail(task, error_name(_revert(error)), now)
            return None
        self._gas[task.kind] = gas
        return replace(fitted, gas=gas)

    def _worth_it(self, view: View, task: Task) -> bool:
        return task.anyway or view.pays(task.worth_wei, task.gas)

    def _try(self, to: str, data: bytes, sender: str = "") -> Trial:
        """Simulate a call on the newest state.

        Raises:
            SimulationError: The node answers with something else than an outcome.
        """
        try:
            answer = self._rpc.ask("eth_call", self._call(to, data, sender), "latest")
        except RpcError as error:
            revert = _revert(error)
            return Trial(None, error_name(revert), revert)
        word = bytes.fromhex(answer.removeprefix("0x"))[:32]
        return Trial(int.from_bytes(word))

    def _call(self, to: str, data: bytes, sender: str) -> dict[str, str]:
        return {"from": sender or self._keeper, "to": to, "data": "0x" + data.hex()}

    def _rests(self, task: Task, now: int) -> bool:
        rest = self._resting.get(task.key)
        return rest is not None and now < rest.until

    def _fail(self, task: Task, reason: str, now: int) -> None:
        """Say why, and rest: twice as long with every failure in a row."""
        known = self._resting.get(task.key)
        failures = known.failures + 1 if known else 1
        seconds = min(2**failures * self.policy.every * self._block_time, LONGEST_REST)
        self._resting[task.key] = Rest(failures, now + seconds)
        self._emit(ChoreFailed(task.kind, task.target, reason))


def _chores(chain: Chain, deployment: Deployment, through: Ways, moves: Sequence[Chore]) -> list[Chore]:
    """Return all chores: first what others build on, last those whose questions change what is asked."""
    reserve, vault = deployment.address("reserve"), deployment.address("vault")
    wrapped, multicall = chain.token(chain.native.wrapped).address, chain.contracts["multicall3"]
    return [
        PayKeepers(reserve, multicall),
        Inboxes(reserve),
        Book(reserve),
        *moves,
        ConvertStakers(reserve, vault, wrapped, through),
        ConvertPools(reserve, through),
        Inject(reserve, deployment.address("upkeep")),
        PayVault(reserve, vault, wrapped),
        PayBeneficiaries(reserve),
        Report(vault),
        CollectFees(reserve),
        Observe(deployment.address("guard")),
    ]


def _enabled(chores: Sequence[Chore], policy: Policy) -> tuple[Chore, ...]:
    return tuple(chore for chore in chores if policy.enabled is None or chore.kind in policy.enabled)


def _known(chain: Chain, rpc: Rpc, deployment: Deployment, policy: Policy) -> Known:
    addresses = tuple(deployment.address(name) for name in ("vault", "reserve", "executor", "guard"))
    start = min(contract.block for contract in deployment.contracts.values())
    window = 0 if policy.deadline is None else max(1, int(policy.deadline / chain.block_time))
    return Known(rpc, addresses, start, window)


def _revert(error: RpcError) -> bytes:
    """Return what a call reverted with.

    Raises:
        SimulationError: It did not even run.
    """
    return revert_data({"code": error.code, "data": error.data, "message": error.message})


def _number(value: str | int) -> int:
    return int(value, 16) if isinstance(value, str) else int(value)


def _hash(value: str | bytes) -> str:
    return value if isinstance(value, str) else "0x" + bytes(value).hex()
