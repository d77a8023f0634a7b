"""Transactions in the record, from their signing to the block that they are in.

One that is signed can be out, whatever happened after; so what can still enter a block is never forgotten: of all
that have the same nonce one ends in a block, and then the others are `replaced`, until that block is orphaned.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Final

from sqlalchemy import Connection, bindparam, insert, select
from sqlalchemy.orm import Session

from harness.errors import MillraceError
from harness.record.database import Database, clock_ms
from harness.record.findings import Found, note
from harness.record.tables import FINAL, LIVE, Attempt, Chore, Lease, State, Trade, Transaction
from harness.record.trades import book

SETTLED = (State.INCLUDED, State.REVERTED, State.SENT, State.SIGNED, State.GIVEN_UP, State.REPLACED)
"""Of several transactions of one attempt, the one whose state comes first here tells the attempt's."""

PASSED_OVER: Final = "its transaction was in no block in time"
"""Why a chore came to nothing that is neither done nor reverted."""

HELD: Final = select(Lease.number, Lease.until_ms).where(Lease.chain_id == bindparam("chain")).with_for_update()
KNOWN: Final = select(Transaction.attempt_id).where(Transaction.hash == bindparam("hash"))
OF_NONCE: Final = (
    select(Transaction.hash, Transaction.state)
    .where(
        Transaction.chain_id == bindparam("chain"),
        Transaction.sender == bindparam("sender"),
        Transaction.nonce == bindparam("nonce"),
    )
    .order_by(Transaction.id)
)


class NonceTakenError(MillraceError):
    """A nonce belongs to another transaction that is out, or in a block."""


class LeaseLostError(MillraceError):
    """Somebody else sends on this chain, or the lease has run out; hold it again before anything is signed."""


class UnknownTransactionError(MillraceError):
    """The record has no transaction of that hash, so it is none of ours."""


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """What is signed and about to be sent.

    Attributes:
        chain_id: The chain's.
        sender: Checksummed address.
        nonce: The sender's.
        hash: Computed from `raw`.
        raw: The very bytes.
        max_fee: Wei a unit of gas, at most.
        tip: Of that, the most to the block's producer.
        gas_limit: Units of gas, at most.
        until_block: The last block in which it is of use.
        attempt_id: The attempt that it is for; None where it is for a chore, or only gives a nonce away.
        chore_id: The chore that it is for.
        replaces: Hash of the transaction whose nonce it takes.
        before: The very bytes of somebody's transaction that it has to come right behind; None for any other.
    """

    chain_id: int
    sender: str
    nonce: int
    hash: str
    raw: bytes = field(repr=False)
    max_fee: int
    tip: int
    gas_limit: int
    until_block: int
    attempt_id: int | None = None
    chore_id: int | None = None
    replaces: str | None = None
    before: bytes | None = field(default=None, repr=False)


class Transactions(Database):
    """What is signed, sent, and in a block."""

    def signed(self, transaction: SignedTransaction, lease: int, found: Found | None = None) -> int | None:
        """Note a transaction before anything of it leaves this machine, and with it the attempt that it is for.

        Args:
            transaction: What is signed. The same once more changes nothing.
            lease: Number of the lease under which it is sent.
            found: What it is for, where that is not in the record yet.

        Returns:
            The attempt's id; None for what is no trade.

        Raises:
            LeaseLostError: The chain's lease has another number, or has run out.
            NonceTakenError: Another transaction has this nonce and does not say that it is replaced.
            StoreError: The database is in trouble; nothing may be sent.
        """
        with self._writing() as session:
            connection = session.connection()
            _fence(connection, transaction.chain_id, lease)
            known = connection.execute(KNOWN, {"hash": transaction.hash}).one_or_none()
            if known is not None:
                return known[0]
            _require_free(connection, transaction)
            if found is not None:
                transaction = replace(transaction, attempt_id=note(session, found, State.SIGNED, self._now()))
            connection.execute(insert(Transaction), self._row(transaction, lease))
            if found is None:
                _settle(session, [transaction.attempt_id], [transaction.chore_id])
            return transaction.attempt_id

    def sent(self, hash: str, ways: Iterable[str]) -> None:
        """Note by which ways it was handed over; further ways are added, and what is already in a block stays so.

        Raises:
            UnknownTransactionError: It was not noted as signed.
        """
        with self._writing() as session:
            row = _found(session, hash)
            row.ways = ",".join(sorted({*row.ways.split(","), *ways} - {""}))
            if row.state is State.SIGNED:
                self._move(session, row, State.SENT)

    def included(  # noqa: PLR0917 - as a receipt has it
        self,
        hash: str,
        block: int,
        block_hash: str,
        ok: bool,
        gas_used: int,
        price: int,
        earned: tuple[str, int] | None = None,
    ) -> bool:
        """Note the block that it is in, and what it earned there; all others of its nonce are replaced by it.

        Args:
            hash: The transaction's.
            block: Number of the block.
            block_hash: Its hash.
            ok: Whether it did what it was to do; else it reverted.
            gas_used: Units of gas.
            price: Wei paid for each.
            earned: Checksummed address of a token, and units of it that its attempt has brought.

        Returns:
            Whether that is news: false where it stands so already, so that nothing is booked twice.

        Raises:
            UnknownTransactionError: It was not noted as signed.
        """
        state = State.INCLUDED if ok else State.REVERTED
        with self._writing() as session:
            row = _found(session, hash)
            if row.state is state and row.block_hash == block_hash:
                return False
            for other in _of_nonce(session, row):
                if other.hash != hash and other.state in (*LIVE, *FINAL):
                    _unbook(session, other)
                    other.replaced_by = hash
                    self._move(session, other, State.REPLACED)
            _unbook(session, row)
            row.block, row.block_hash, row.gas_used, row.price = block, block_hash, gas_used, price
            row.replaced_by = None
            self._move(session, row, state)
            if earned is not None and row.attempt_id is not None:
                book(session, row.attempt_id, self._now(), earned, gas_used * price, block)
        return True

    def orphaned(self, hash: str) -> None:
        """Note that the block it was in is not in the chain: it can enter another one, and so can what it replaced.

        Raises:
            UnknownTransactionError: It was not noted as signed.
        """
        with self._writing() as session:
            row = _found(session, hash)
            if row.state not in FINAL:
                return
            _unbook(session, row)
            for other in _of_nonce(session, row):
                if other.replaced_by == hash:
                    other.replaced_by = None
                    self._move(session, other, State.SENT)
            self._move(session, row, State.SENT)

    def given_up(self, hash: str) -> None:
        """Note that it cannot enter a block any more, or that nobody waits for it.

        Raises:
            UnknownTransactionError: It was not noted as signed.
        """
        with self._writing() as session:
            row = _found(session, hash)
            if row.state in LIVE:
                self._move(session, row, State.GIVEN_UP)

    def replaced(self, hash: str, by: str) -> None:
        """Note that another one has taken its nonce for good.

        Args:
            hash: The one that cannot enter a block any more.
            by: Hash of the other one; may be one that is not ours.

        Raises:
            UnknownTransactionError: It was not noted as signed.
        """
        with self._writing() as session:
            row = _found(session, hash)
            if row.state in LIVE:
                row.replaced_by = by
                self._move(session, row, State.REPLACED)

    def _row(self, given: SignedTransaction, lease: int) -> dict[str, Any]:
        now = self._now()
        noted = {"lease": lease, "state": State.SIGNED, "ways": "", "signed_at": now, "changed_at": now}
        return {each.name: getattr(given, each.name) for each in fields(given)} | noted

    def _move(self, session: Session, row: Transaction, state: State) -> None:
        row.state, row.changed_at = state, self._now()
        session.flush()
        _settle(session, [row.attempt_id], [row.chore_id])


def _fence(connection: Connection, chain_id: int, lease: int) -> None:
    """Refuse whoever does not lead; nobody else can take the lease before this transaction ends."""
    held = connection.execute(HELD, {"chain": chain_id}).one_or_none()
    if held is None or held.number != lease:
        raise LeaseLostError(
            f"lease {lease} of chain {chain_id} is not in force, {held.number if held else 'none'} is; "
            "another keeper sends there now"
        )
    if held.until_ms <= clock_ms(connection):
        raise LeaseLostError(f"lease {lease} of chain {chain_id} has run out; hold it again first")


def _require_free(connection: Connection, given: SignedTransaction) -> None:
    """Refuse a nonce that another transaction has, unless that is replaced, and by nothing else."""
    same = {"chain": given.chain_id, "sender": given.sender, "nonce": given.nonce}
    rows = [row for row in connection.execute(OF_NONCE, same) if row.state in (*LIVE, *FINAL)]
    if any(row.state in FINAL for row in rows):
        raise NonceTakenError(f"nonce {given.nonce} of {given.sender} is used up in a block; take the next one")
    if rows and rows[-1].hash != given.replaces:
        raise NonceTakenError(
            f"nonce {given.nonce} of {given.sender} belongs to {rows[-1].hash}, which is out; replace that, or wait"
        )


def _found(session: Session, hash: str) -> Transaction:
    row = session.scalar(select(Transaction).where(Transaction.hash == hash).with_for_update())
    if row is None:
        raise UnknownTransactionError(f"the record has no transaction {hash}; note it as signed first")
    return row


def _unbook(session: Session, row: Transaction) -> None:
    """Forget the block that a transaction was in, and what it earned there."""
    row.block = row.block_hash = row.gas_used = row.price = None
    for trade in session.scalars(select(Trade).where(Trade.attempt_id == row.attempt_id)):
        session.delete(trade)
    session.flush()


def _of_nonce(session: Session, row: Transaction) -> Sequence[Transaction]:
    same = select(Transaction).where(
        Transaction.chain_id == row.chain_id, Transaction.sender == row.sender, Transaction.nonce == row.nonce
    )
    return session.scalars(same.order_by(Transaction.id).with_for_update()).all()


def _settle(session: Session, attempts: Iterable[int | None], chores: Iterable[int | None]) -> None:
    """Let attempts and chores stand as their transactions do."""
    for model, key, ids in ((Attempt, Transaction.attempt_id, attempts), (Chore, Transaction.chore_id, chores)):
        for found in (session.get(model, number) for number in ids if number is not None):
            if isinstance(found, Attempt | Chore):
                states = set(session.scalars(select(Transaction.state).where(key == found.id)))
                found.state = next(state for state in SETTLED if state in states)
            if isinstance(found, Chore):
                found.realised = found.expected if found.state is State.INCLUDED else None
                found.refusal = PASSED_OVER if found.state in (State.GIVEN_UP, State.REPLACED) else ""
