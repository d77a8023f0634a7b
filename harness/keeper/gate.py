"""The one way to a signature: trades, chores, replacements and what gives a nonce away all pass here [K5]."""

import math
from collections.abc import Iterable
from typing import Protocol

from eth_abi.abi import decode as abi_decode
from eth_abi.exceptions import DecodingError

from harness.chains import Chain
from harness.keeper.abi import calldata
from harness.keeper.events import BreakerOpened, Emit, Halted, LimitReached, nowhere
from harness.keeper.limits import LimitError, Limits, NotSimulatedError, Outlay, Standing
from harness.market.route import Route, decode
from harness.store import Store

DAY = 86_400
EXECUTE = calldata("execute(bytes)", b"")[:4]


class Unsigned(Outlay, Protocol):
    """A transaction that is about to be signed: beside what it can cost, whom it calls and with what."""

    @property
    def to(self) -> str: ...  # noqa: D102
    @property
    def data(self) -> bytes: ...  # noqa: D102


class Gate:
    """Refuses what the limits forbid, and opens the breaker when something has to be looked at.

    Args:
        limits: The configured limits.
        store: The record: halts, failures and gas are counted there, so that a start resets nothing.
        chain: The chain.
        executor: Checksummed address of the executor.
        holder: What the keeper calls itself, for the record.
        emit: Hears what is refused, of the breaker, and of pauses.
    """

    def __init__(  # noqa: PLR0917 - all of them are needed
        self, limits: Limits, store: Store, chain: Chain, executor: str, holder: str, emit: Emit = nowhere
    ) -> None:
        self.limits, self._store, self._chain_id, self._executor = limits, store, chain.chain_id, executor
        self._holder, self._emit = holder, emit
        self.day_blocks = math.ceil(DAY / chain.block_time)
        """How many blocks count as a day: gas is counted by blocks, for clocks can be wrong."""
        self._block, self._balance = 0, 0
        self._halted = False
        self._failures = 0
        self._simulated: dict[bytes, int] = {}
        self._known: frozenset[str] = frozenset()

    def watch(self, known: Iterable[str]) -> None:
        """Let routes go through these pools, by address, and no others."""
        self._known = frozenset(known)

    def look(self, block: int, balance: int) -> bool:
        """See how things stand at a new block; what was simulated before it is forgotten.

        Args:
            block: Its number.
            balance: Wei of native coin that the account holds.

        Returns:
            Whether anything may be sent.

        Raises:
            StoreError: The database is in trouble; nothing may be.
        """
        self._block, self._balance = block, balance
        self._simulated.clear()
        standing = self.standing()
        if not standing.halts:
            try:
                self.limits.check_standing(standing)
            except LimitError as error:
                self._open(str(error))
                standing = self.standing()
        self._failures = standing.failures
        if bool(standing.halts) is not self._halted:
            self._halted = bool(standing.halts)
            self._emit(Halted(self._halted, "; ".join(standing.halts)))
        return not standing.halts

    def hinges(self, unknown: int) -> bool:
        """Tell whether the breaker would open if so many transactions more had failed than were known at `look`."""
        return self._failures + unknown >= self.limits.max_failures

    def simulated(self, data: bytes, profit: int) -> None:
        """Remember that this very calldata has succeeded on the newest state, and how many units it has earned."""
        self._simulated[data] = profit

    def __call__(self, transaction: Unsigned, replaces: str = "") -> None:
        """Refuse a transaction before it is signed.

        Args:
            transaction: What is to be signed.
            replaces: Hash of the transaction whose nonce it takes.

        Raises:
            LimitError: A limit forbids it; says which.
            StoreError: The database is in trouble; nothing may be sent.
        """
        try:
            self.limits.check_transaction(transaction, self.standing(replaces))
            route = self._route(transaction)
            if route is not None:
                self.limits.check(route, self._known, transaction.max_fee)
                self.limits.check_slippage(route, self._profit(transaction.data))
        except LimitError as error:
            self._emit(LimitReached(error.limit, str(error)))
            raise

    def standing(self, replaces: str = "") -> Standing:
        """Return how things stand, without a transaction that is about to be replaced."""
        read = self._store.standing(self._chain_id, self._block - self.day_blocks + 1, but=replaces)
        return Standing(read.halts, read.failures, read.gas_spent, read.gas_out, self._balance)

    def _profit(self, data: bytes) -> int:
        if data not in self._simulated:
            raise NotSimulatedError("a route was not simulated on the newest state; simulate its very calldata first")
        return self._simulated[data]

    def _route(self, transaction: Unsigned) -> Route | None:
        """Return the route that a transaction executes, from its very bytes; None where it executes none."""
        if transaction.to != self._executor or transaction.data[:4] != EXECUTE:
            return None
        try:
            return decode(abi_decode(["bytes"], transaction.data[4:])[0])
        except DecodingError:
            raise NotSimulatedError("a call of the executor has no route in it; encode it again") from None

    def _open(self, reason: str) -> None:
        if self._store.halt(self._chain_id, "breaker", reason, self._holder):
            self._emit(BreakerOpened(reason))
