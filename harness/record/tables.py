"""The tables of the record. `harness/migrations` makes them; a test compares the two.

Amounts are units of a token, or wei of native coin where that is said. Hashes are 0x and hexadecimal digits.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Enum, ForeignKey, Index, MetaData, String, Text
from sqlalchemy import text as sql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from harness.record.columns import Id, Utc, Wei


class State(StrEnum):
    """How far an attempt, a transaction or a chore has got."""

    PAPER = "paper"
    REFUSED = "refused"
    SIGNED = "signed"
    SENT = "sent"
    INCLUDED = "included"
    REVERTED = "reverted"
    GIVEN_UP = "given-up"
    REPLACED = "replaced"


LIVE = (State.SIGNED, State.SENT)
"""It can still enter a block."""

FINAL = (State.INCLUDED, State.REVERTED)
"""It is in a block."""


def _spelled(states: type[StrEnum]) -> Sequence[str]:
    return [state.value for state in states]


class Base(DeclarativeBase):
    """All tables; constraints have names, so that a migration can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: Utc(),
        str: Text(),
        State: Enum(State, native_enum=False, length=16, values_callable=_spelled),
    }


class Opportunity(Base):
    """A trade that pays by the market's reckoning on the state of one block: profit in units, worth in wei."""

    __tablename__ = "opportunities"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chain_id: Mapped[int] = mapped_column(BigInteger, index=True)
    block: Mapped[int] = mapped_column(BigInteger)
    block_hash: Mapped[str] = mapped_column(String(66))
    route: Mapped[str]
    token: Mapped[str] = mapped_column(String(42))
    amount: Mapped[int] = mapped_column(Wei)
    expected: Mapped[int] = mapped_column(Wei)
    worth: Mapped[int] = mapped_column(Wei)
    gas: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


class Attempt(Base):
    """An opportunity simulated with its very calldata, and how far it got."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunities.id"), index=True)
    calldata: Mapped[bytes]
    simulated: Mapped[int | None] = mapped_column(Wei)
    refusal: Mapped[str]
    state: Mapped[State]
    at: Mapped[datetime]


class Chore(Base):
    """Something that was due, what it was to bring and what it brought."""

    __tablename__ = "chores"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chain_id: Mapped[int] = mapped_column(BigInteger, index=True)
    kind: Mapped[str]
    target: Mapped[str]
    reason: Mapped[str]
    expected: Mapped[int | None] = mapped_column(Wei)
    realised: Mapped[int | None] = mapped_column(Wei)
    refusal: Mapped[str]
    state: Mapped[State]
    at: Mapped[datetime]


class Transaction(Base):
    """The very bytes signed, and what became of them; fees in wei a unit of gas.

    One that neither an attempt nor a chore stands beside gives the nonce of another one away. At most one transaction
    of a nonce is live or in a block, not counting those that replace each other.
    """

    __tablename__ = "transactions"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    attempt_id: Mapped[int | None] = mapped_column(ForeignKey("attempts.id"), index=True)
    chore_id: Mapped[int | None] = mapped_column(ForeignKey("chores.id"), index=True)
    chain_id: Mapped[int] = mapped_column(BigInteger)
    sender: Mapped[str] = mapped_column(String(42))
    nonce: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str] = mapped_column(String(66), unique=True)
    raw: Mapped[bytes]
    max_fee: Mapped[int] = mapped_column(Wei)
    tip: Mapped[int] = mapped_column(Wei)
    gas_limit: Mapped[int] = mapped_column(BigInteger)
    until_block: Mapped[int] = mapped_column(BigInteger)
    lease: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[State]
    ways: Mapped[str]
    replaces: Mapped[str | None] = mapped_column(String(66))
    replaced_by: Mapped[str | None] = mapped_column(String(66))
    block: Mapped[int | None] = mapped_column(BigInteger)
    block_hash: Mapped[str | None] = mapped_column(String(66))
    gas_used: Mapped[int | None] = mapped_column(BigInteger)
    price: Mapped[int | None] = mapped_column(Wei)
    before: Mapped[bytes | None]
    signed_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (
        CheckConstraint("attempt_id is null or chore_id is null", name="one_purpose"),
        Index("ix_transactions_nonce", "chain_id", "sender", "nonce"),
        Index("ix_transactions_block", "chain_id", "block"),
        Index("ix_transactions_state", "chain_id", "state"),
    )

    @property
    def gas_cost(self) -> int | None:
        """Wei of native coin paid for gas; None as long as it is in no block."""
        return None if self.gas_used is None or self.price is None else self.gas_used * self.price


class Trade(Base):
    """What an attempt earned: units of the token, gas in wei, and where the profit went as far as that is known."""

    __tablename__ = "trades"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempts.id"), unique=True)
    chain_id: Mapped[int] = mapped_column(BigInteger)
    block: Mapped[int] = mapped_column(BigInteger)
    token: Mapped[str] = mapped_column(String(42))
    simulated: Mapped[int] = mapped_column(Wei)
    realised: Mapped[int] = mapped_column(Wei)
    gas_cost: Mapped[int] = mapped_column(Wei)
    pools: Mapped[int | None] = mapped_column(Wei)
    vault: Mapped[int | None] = mapped_column(Wei)
    beneficiaries: Mapped[int | None] = mapped_column(Wei)
    at: Mapped[datetime]

    __table_args__ = (Index("ix_trades_chain_id_at", "chain_id", "at"),)


class Incident(Base):
    """Something that went wrong from one moment to another, and how often it was said; open without an end."""

    __tablename__ = "incidents"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chain_id: Mapped[int] = mapped_column(BigInteger)
    where: Mapped[str]
    kind: Mapped[str]
    text: Mapped[str]
    count: Mapped[int] = mapped_column(BigInteger)
    since: Mapped[datetime]
    until: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_incidents_open",
            "chain_id",
            "where",
            "kind",
            unique=True,
            sqlite_where=sql("until is null"),
            postgresql_where=sql("until is null"),
        ),
    )


class Lease(Base):
    """Who sends on a chain: the number grows with each new holder; ended at a millisecond of the database's clock."""

    __tablename__ = "leases"

    chain_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    holder: Mapped[str]
    number: Mapped[int] = mapped_column(BigInteger)
    until_ms: Mapped[int] = mapped_column(BigInteger)


class Halt(Base):
    """Why nothing is sent on a chain: `breaker` or `pause`. Failures up to the last attempt at its end are forgiven."""

    __tablename__ = "halts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    chain_id: Mapped[int] = mapped_column(BigInteger, index=True)
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str]
    by: Mapped[str]
    since: Mapped[datetime]
    ended: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    last_attempt: Mapped[int | None] = mapped_column(BigInteger)


class Cursor(Base):
    """How far discovery has come on a chain, as `harness.keeper.discover.Cursor` writes it."""

    __tablename__ = "cursors"

    chain_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    text: Mapped[str]
    at: Mapped[datetime]


class Pulse(Base):
    """What a keeper saw last on its chain, and its limits, for whoever asks how it is; money in wei of native coin."""

    __tablename__ = "pulses"

    chain_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    name: Mapped[str]
    block: Mapped[int] = mapped_column(BigInteger)
    lag: Mapped[float]
    day_blocks: Mapped[int] = mapped_column(BigInteger)
    balance: Mapped[int | None] = mapped_column(Wei)
    runway_days: Mapped[float | None]
    gas_a_day: Mapped[int | None] = mapped_column(Wei)
    failures: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
