"""What is signed and may be out: one nonce, one meaning; in the record before anything leaves [K4]."""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from dataclasses import replace as changed
from typing import Any, Protocol

from harness.errors import MillraceError
from harness.keeper.events import Emit, GivenUp, Orphaned, Sent, nowhere
from harness.keeper.fees import Fees
from harness.keeper.receipts import Receipt
from harness.keeper.signers import Signer
from harness.keeper.trail import DEPTH
from harness.keeper.transaction import AccessList, Transaction, hash_of
from harness.keeper.ways import Parcel, Ways, taken
from harness.store import Found, SignedTransaction, State

KEPT = 256
"""Transactions that are looked for in blocks after they were given up or replaced."""


class NonceHeldError(MillraceError):
    """The nonce of a transaction that is to be replaced is not free to be given away."""


class SameAgainError(MillraceError):
    """The very bytes were out before."""


class Record(Protocol):
    """What sending needs of `harness.store.Store`, which says what each function does."""

    def signed(self, transaction: SignedTransaction, lease: int, found: Found | None = None) -> int | None: ...  # noqa: D102
    def sent(self, hash: str, ways: Iterable[str]) -> None: ...  # noqa: D102
    def included(  # noqa: D102, PLR0917
        self,
        hash: str,
        block: int,
        block_hash: str,
        ok: bool,
        gas_used: int,
        price: int,
        earned: tuple[str, int] | None = None,
    ) -> bool: ...
    def orphaned(self, hash: str) -> None: ...  # noqa: D102
    def given_up(self, hash: str) -> None: ...  # noqa: D102
    def refused(self, attempt: int, refusal: str) -> None: ...  # noqa: D102
    def chore_refused(self, chore: int, refusal: str) -> None: ...  # noqa: D102
    def open_transactions(self, chain_id: int, sender: str = "") -> Sequence[Any]: ...  # noqa: D102
    def included_since(self, chain_id: int, block: int) -> Sequence[Any]: ...  # noqa: D102
    def of_nonce(self, chain_id: int, sender: str, nonce: int) -> Sequence[Any]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be sent.

    Attributes:
        to: Checksummed address.
        data: Calldata.
        gas: Units of gas that it may use.
        fees: What a unit may cost.
        until: Number of the last block in which it is wanted.
        found: The trade that it is for, not in the record yet; None for a chore or to give a nonce away.
        attempt_id: The attempt that it is for, where that is in the record.
        chore_id: The chore that it is for.
        value: Wei of native coin.
        access_list: What it touches.
        before: Bytes of somebody's transaction that it has to come right behind.
    """

    to: str
    data: bytes
    gas: int
    fees: Fees
    until: int
    found: Found | None = None
    attempt_id: int | None = None
    chore_id: int | None = None
    value: int = 0
    access_list: AccessList = ()
    before: bytes = b""


Check = Callable[[Transaction, str], None]
"""Refuses a transaction that a limit forbids by a MillraceError; its second argument is the hash that it replaces."""


def unlimited(transaction: Transaction, replaces: str) -> None:
    """Allow everything."""


class Outbox:
    """The transactions of one account on one chain; the record has all that stands here, and before it does.

    Args:
        chain_id: The chain's.
        signer: Whoever signs.
        ways: Where transactions go.
        record: Where they are noted.
        lease: Returns the number of the lease under which is sent.
        check: The limits.
        emit: Hears of what happens.

    Attributes:
        open: What can still enter a block, by hash, in the order of signing.
        past: What was given up, replaced, or is in a block, by hash.
        homes: Number and hash of the block that one is in, by its own.
        doubtful: Hashes of those that no way may have; they are handed over again.
        orphans: Block up to which nothing is replaced, for what was undone may build on each other.
        count: The nonce of the first transaction that is in no block, as far as is known.
    """

    def __init__(
        self,
        chain_id: int,
        signer: Signer,
        ways: Ways,
        record: Record,
        *,
        lease: Callable[[], int],
        check: Check = unlimited,
        emit: Emit = nowhere,
    ) -> None:
        self._chain_id, self._signer, self._ways, self._record = chain_id, signer, ways, record
        self._lease, self._check, self._emit = lease, check, emit
        self.open: dict[str, SignedTransaction] = {}
        self.past: dict[str, SignedTransaction] = {}
        self.homes: dict[str, tuple[int, str]] = {}
        self.doubtful: set[str] = set()
        self.orphans = 0
        self.count = 0
        self._begun = 0.0

    def load(self, block: int) -> None:
        """Read the record: what is open, and what is in blocks from a number on."""
        rows = self._record.open_transactions(self._chain_id, self._signer.address)
        final = self._record.included_since(self._chain_id, block)
        ours = [row for row in final if row.sender == self._signer.address]
        self.open = {row.hash: _signed(row) for row in rows}
        self.doubtful |= {row.hash for row in rows if row.state == State.SIGNED}
        self.homes = {row.hash: (row.block, row.block_hash) for row in ours}
        kept = {hash_: was for hash_, was in list(self.past.items())[-KEPT:] if hash_ not in self.open}
        self.past = kept | {row.hash: _signed(row) for row in ours}

    def nonces(self) -> dict[int, list[SignedTransaction]]:
        """Return what is open by nonce; of each the last is what is wanted now."""
        found: dict[int, list[SignedTransaction]] = {}
        for out in self.open.values():
            found.setdefault(out.nonce, []).append(out)
        return found

    def next_nonce(self) -> int:
        """Return the first nonce that is neither used nor taken."""
        nonce, held = self.count, {out.nonce for out in self.open.values()}
        while nonce in held:
            nonce += 1
        return nonce

    def unplaced(self, nonce: int) -> list[SignedTransaction]:
        """Return everything that was ever signed with a nonce, given up or not; nothing where one is in a block."""
        rows = self._record.of_nonce(self._chain_id, self._signer.address, nonce)
        return [] if any(row.block is not None for row in rows) else [_signed(row) for row in rows]

    def put(self, order: Order, block: int, nonce: int | None = None) -> str:
        """Sign, note and hand over, as `sign` and `give` do; return the hash."""
        out = self.sign(order, nonce)
        self.give(out, block)
        return out.hash

    def sign(self, order: Order, nonce: int | None = None) -> SignedTransaction:
        """Sign and note, in the record first; nothing leaves.

        Args:
            order: What is to be sent.
            nonce: One that is taken by something open, which is then replaced; without it the next that is free.

        Raises:
            MillraceError: The check, the signer or the record refuses.
        """
        self._begun = time.perf_counter()
        held = [] if nonce is None else self.nonces().get(nonce, [])
        if nonce is not None and not held:
            raise NonceHeldError(f"nothing that is open has nonce {nonce}; send it as something new")
        replaces = held[-1].hash if held else ""
        transaction = self._transaction(order, self.next_nonce() if nonce is None else nonce)
        self._check(transaction, replaces)
        raw = self._signer.sign(transaction)
        if hash_of(raw) in self.past:
            raise SameAgainError(f"{hash_of(raw)} was sent and given up; the same once more is not a new transaction")
        return self._noted(order, transaction, raw, replaces)

    def give(self, out: SignedTransaction, block: int) -> None:
        """Hand over what was signed last.

        Args:
            out: What is noted.
            block: Number of the newest block.
        """
        ways = self.hand(out, block)
        self._emit(Sent(out.attempt_id or 0, out.hash, out.nonce, ways, time.perf_counter() - self._begun))

    def hand(self, out: SignedTransaction, block: int, *, again: bool = False) -> tuple[str, ...]:
        """Hand the very bytes over, `again` to those ways only that want them in each block; return who has them."""
        answers = self._ways.hand(Parcel(out.raw, block, out.until_block, out.before or b""), again=again)
        names = taken(answers)
        if names and out.hash in self.doubtful:
            self._record.sent(out.hash, names)
            self.doubtful.discard(out.hash)
        return names

    def book(self, out: SignedTransaction, receipt: Receipt) -> bool:
        """Note the block that a transaction is in; others of its nonce are out of the race. Return whether it is news.

        The block has to be one of the chain's.
        """
        earned = (receipt.token, receipt.profit) if receipt.token and out.attempt_id is not None else None
        news = self._record.included(
            out.hash, receipt.block, receipt.block_hash, receipt.ok, receipt.gas_used, receipt.price, earned
        )
        for other in self.nonces().get(out.nonce, []):
            self._leave(other)
            if other.hash != out.hash:
                self._emit(GivenUp(other.attempt_id or 0, other.hash))
        self.past[out.hash], self.homes[out.hash] = out, (receipt.block, receipt.block_hash)
        self.count = max(self.count, out.nonce + 1)
        return news

    def orphan(self, out: SignedTransaction) -> None:
        """Note that the block of a transaction is out of the chain: it, and what it has replaced, can enter another."""
        block, _ = self.homes[out.hash]
        self._record.orphaned(out.hash)
        self.orphans = max(self.orphans, block + DEPTH)
        self._emit(Orphaned(out.attempt_id or 0, out.hash, block))
        self.count = min(self.count, out.nonce)
        self.load(block - DEPTH)
        self.doubtful.add(out.hash)

    def give_up(self, out: SignedTransaction) -> None:
        """Note that nobody waits for a transaction any more; it is still looked for."""
        self._record.given_up(out.hash)
        self._leave(out)
        self._emit(GivenUp(out.attempt_id or 0, out.hash))

    def refused(self, out: SignedTransaction, error: str) -> None:
        """Note what an attempt or a chore reverted with."""
        if out.attempt_id is not None:
            self._record.refused(out.attempt_id, error)
        if out.chore_id is not None:
            self._record.chore_refused(out.chore_id, error)

    def _transaction(self, order: Order, nonce: int) -> Transaction:
        return Transaction(
            chain_id=self._chain_id,
            nonce=nonce,
            to=order.to,
            data=order.data,
            gas=order.gas,
            max_fee=order.fees.max_fee,
            tip=order.fees.tip,
            value=order.value,
            access_list=order.access_list,
        )

    def _noted(self, order: Order, transaction: Transaction, raw: bytes, replaces: str) -> SignedTransaction:
        """Write it down, in the record first."""
        out = SignedTransaction(
            chain_id=self._chain_id,
            sender=self._signer.address,
            nonce=transaction.nonce,
            hash=hash_of(raw),
            raw=raw,
            max_fee=transaction.max_fee,
            tip=transaction.tip,
            gas_limit=transaction.gas,
            until_block=order.until,
            attempt_id=order.attempt_id,
            chore_id=order.chore_id,
            replaces=replaces or None,
            before=order.before or None,
        )
        out = changed(out, attempt_id=self._record.signed(out, self._lease(), order.found))
        self.open[out.hash] = out
        self.doubtful.add(out.hash)
        return out

    def _leave(self, out: SignedTransaction) -> None:
        self.open.pop(out.hash, None)
        self.doubtful.discard(out.hash)
        self.past[out.hash] = out


def _signed(row: Any) -> SignedTransaction:  # noqa: ANN401 - a row of the record
    return SignedTransaction(**{each.name: getattr(row, each.name) for each in fields(SignedTransaction)})
