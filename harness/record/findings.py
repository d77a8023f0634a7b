"""What was found, tried and looked after, and what went wrong, in the record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from harness.record.database import Database
from harness.record.tables import Attempt, Chore, Cursor, Incident, Opportunity, Pulse, State

INSERTS: Final[Mapping[str, Callable[..., Any]]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
"""Insertions that may come upon what is there already."""


@dataclass(frozen=True, slots=True)
class Found:
    """What is worth trying at a block, and what its simulation with the very calldata said.

    Attributes:
        chain_id: The chain's.
        block: Number of the block on whose state it was found.
        block_hash: Its hash.
        route: What names the route.
        token: Checksummed address of the token that is earned.
        amount: Units of it that go in.
        expected: Units of it that come of it.
        worth: What that is less gas, in wei of native coin.
        gas: Units of gas.
        calldata: What was simulated and may be sent.
        simulated: Units of profit; None where it would revert.
        refusal: Why it is not sent; empty where it may be.
    """

    chain_id: int
    block: int
    block_hash: str
    route: str
    token: str
    amount: int
    expected: int
    worth: int
    gas: int
    calldata: bytes
    simulated: int | None
    refusal: str = ""


OF_OPPORTUNITY: Final = tuple(each.name for each in fields(Found))[: -len(("calldata", "simulated", "refusal"))]


def note(session: Session, found: Found, state: State, at: datetime) -> int:
    """Write what was found and tried; return the attempt's id."""
    connection = session.connection()
    values = {name: getattr(found, name) for name in OF_OPPORTUNITY}
    opportunity = connection.execute(insert(Opportunity), {**values, "at": at}).inserted_primary_key
    tried = {"calldata": found.calldata, "simulated": found.simulated, "refusal": found.refusal}
    row = {"opportunity_id": _id(opportunity), **tried, "state": state, "at": at}
    return _id(connection.execute(insert(Attempt), row).inserted_primary_key)


def _id(key: Any) -> int:  # noqa: ANN401 - a row of one column
    return int(key[0])


class Findings(Database):
    """Opportunities, attempts, chores and incidents."""

    def tried(self, found: Found) -> int:
        """Note what is worth trying at a block and a simulation of it; return the attempt's id.

        It is `refused` where there is a refusal, else `paper` until it is signed.
        """
        state = State.REFUSED if found.refusal else State.PAPER
        with self._writing() as session:
            return note(session, found, state, self._now())

    def refused(self, attempt: int, refusal: str) -> None:
        """Note why an attempt came to nothing: what a limit said before it was signed, or what it reverted with."""
        with self._writing() as session:
            row = session.get_one(Attempt, attempt)
            row.refusal = refusal
            row.state = State.REFUSED if row.state is State.PAPER else row.state

    def chore(
        self, chain_id: int, kind: str, target: str, reason: str, *, expected: int | None = None, refusal: str = ""
    ) -> int:
        """Note that something is due, and what it should bring; return its id.

        Args:
            chain_id: The chain's.
            kind: Which chore.
            target: On what: the name or address of a pool, a strategy, a token.
            reason: Why it is due.
            expected: What it is worth in wei of native coin; None where nobody can say.
            refusal: Why it is not done; empty where it may be.
        """
        with self._writing() as session:
            row = Chore(
                chain_id=chain_id,
                kind=kind,
                target=target,
                reason=reason,
                expected=expected,
                refusal=refusal,
                state=State.REFUSED if refusal else State.PAPER,
                at=self._now(),
            )
            session.add(row)
        return row.id

    def chore_refused(self, chore: int, refusal: str) -> None:
        """Note why a chore came to nothing: what a limit said before it was signed, or what it reverted with.

        What one that is done has brought stands beside its transaction's block.
        """
        with self._writing() as session:
            row = session.get_one(Chore, chore)
            row.refusal = refusal
            row.state = State.REFUSED if row.state is State.PAPER else row.state

    def incident(self, chain_id: int, where: str, kind: str, text: str, at: datetime | None = None) -> int:
        """Note trouble, since `at` or now; return its id. What is open already is counted again, under the new text.

        Keepers that watch the same chain meet the same trouble at the same moment.
        """
        since = at or self._now()
        with self._writing() as session:
            said = INSERTS[session.get_bind().dialect.name](Incident).values(
                chain_id=chain_id, where=where, kind=kind, text=text, count=1, since=since, until=None
            )
            noted = said.on_conflict_do_update(
                index_elements=[Incident.chain_id, Incident.where, Incident.kind],
                index_where=Incident.until.is_(None),
                set_={"text": text, "count": Incident.count + 1},
            )
            return int(session.execute(noted.returning(Incident.id)).scalar_one())

    def incident_over(self, chain_id: int, where: str, at: datetime | None = None) -> None:
        """Note that what was in trouble works again, since `at` or now."""
        ended = update(Incident).where(Incident.chain_id == chain_id, Incident.where == where, Incident.until.is_(None))
        with self._writing() as session:
            session.execute(ended.values(until=at or self._now()))

    def chores(self, chain_id: int, since: datetime, until: datetime) -> Sequence[Chore]:
        """Return what was looked after from one moment up to another, the oldest first."""
        wanted = select(Chore).where(Chore.chain_id == chain_id, Chore.at >= since, Chore.at < until)
        with self._reading() as session:
            return session.scalars(wanted.order_by(Chore.id)).all()

    def attempts(self, chain_id: int, since: datetime, until: datetime) -> Sequence[tuple[Attempt, Opportunity]]:
        """Return what was tried from one moment up to another, the oldest first, and what it was expected to be."""
        wanted = (
            select(Attempt, Opportunity)
            .join(Opportunity, Attempt.opportunity_id == Opportunity.id)
            .where(Opportunity.chain_id == chain_id, Attempt.at >= since, Attempt.at < until)
        )
        with self._reading() as session:
            return [(attempt, found) for attempt, found in session.execute(wanted.order_by(Attempt.id))]

    def incidents(self, chain_id: int, only_open: bool = False, most: int = 100) -> Sequence[Incident]:
        """Return what went wrong, the newest first."""
        wanted = select(Incident).where(Incident.chain_id == chain_id)
        if only_open:
            wanted = wanted.where(Incident.until.is_(None))
        with self._reading() as session:
            return session.scalars(wanted.order_by(Incident.id.desc()).limit(most)).all()

    def cursor(self, chain_id: int) -> str | None:
        """Return how far discovery has come on a chain, as it was told; None where it has not begun."""
        with self._reading() as session:
            return session.scalar(select(Cursor.text).where(Cursor.chain_id == chain_id))

    def keep_cursor(self, chain_id: int, text: str) -> None:
        """Note how far discovery has come on a chain."""
        with self._writing() as session:
            session.merge(Cursor(chain_id=chain_id, text=text, at=self._now()))

    def pulse(
        self,
        chain_id: int,
        name: str,
        *,
        block: int,
        lag: float,
        day_blocks: int,
        failures: int,
        gas_a_day: int | None = None,
        balance: int | None = None,
        runway_days: float | None = None,
    ) -> None:
        """Note what the keeper sees, for `millrace status`.

        Args:
            chain_id: The chain's.
            name: Of its chain file.
            block: The newest.
            lag: Seconds that it was old when it was seen.
            day_blocks: How many blocks count as a day.
            failures: The limit of failures in a row.
            gas_a_day: The limit of gas a day, in wei.
            balance: Wei of native coin that the account holds.
            runway_days: For how many days that lasts.
        """
        row = Pulse(
            chain_id=chain_id,
            name=name,
            block=block,
            lag=lag,
            day_blocks=day_blocks,
            failures=failures,
            gas_a_day=gas_a_day,
            balance=balance,
            runway_days=runway_days,
            at=self._now(),
        )
        with self._writing() as session:
            session.merge(row)

    def pulses(self) -> Sequence[Pulse]:
        """Return what was seen last on each chain."""
        with self._reading() as session:
            return session.scalars(select(Pulse).order_by(Pulse.name)).all()
