"""How things stand on a chain when something is about to be signed: one question to the database, asked every block."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    bindparam,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from harness.record.columns import Wei
from harness.record.database import Database
from harness.record.tables import FINAL, LIVE, Attempt, Halt, Opportunity, State, Transaction

MOST_FAILURES: Final = 100
"""As far as failures in a row are counted."""

NOTHING, NO_NUMBER, NO_WEI = cast(null(), Text), cast(null(), BigInteger), cast(null(), Wei)
CHAIN = bindparam("chain", type_=BigInteger)

Row = Sequence[Any]
Rows = Select[str, str, str, str, int | None, int | None, int | None]


@dataclass(frozen=True, slots=True)
class Reading:
    """What the record says of a chain.

    Attributes:
        halts: Why nothing may be sent, the oldest first.
        failures: How many of the newest transactions of trades reverted, none of them having earned since.
        gas_spent: Wei paid for gas from a block on.
        gas_out: The most wei of gas that what is out may still cost; of those that share a nonce, the dearest.
    """

    halts: tuple[str, ...]
    failures: int
    gas_spent: int
    gas_out: int


def _one_of(state: Any, states: Iterable[State]) -> ColumnElement[bool]:  # noqa: ANN401 - a column
    """Return a condition whose text is the same every time, which a list's would not be."""
    return or_(*(state == one for one in states))


def _halts() -> Rows:
    rows = select(literal("halt"), Halt.kind, Halt.by, Halt.reason, Halt.id, NO_NUMBER, NO_WEI)
    return rows.where(Halt.chain_id == CHAIN, Halt.ended.is_(None))


def _ended() -> Rows:
    """The newest trades that are in blocks; those up to the end of the last halt are forgiven.

    What was refused before it was sent does not count: otherwise a pool that lies to simulations could stop the keeper
    for nothing.
    """
    forgiven = select(func.max(Halt.last_attempt)).where(Halt.chain_id == CHAIN).scalar_subquery()
    newest = (
        select(Attempt.id, type_coerce(Attempt.state, Text).label("state"))
        .join(Opportunity, Attempt.opportunity_id == Opportunity.id)
        .where(Opportunity.chain_id == CHAIN, _one_of(Attempt.state, FINAL), Attempt.id > func.coalesce(forgiven, 0))
        .order_by(Attempt.id.desc())
        .limit(MOST_FAILURES)
        .subquery()
    )
    return select(literal("ended"), newest.c.state, NOTHING, NOTHING, newest.c.id, NO_NUMBER, NO_WEI)


def _spent() -> Rows:
    rows = select(literal("spent"), NOTHING, NOTHING, NOTHING, Transaction.gas_used, NO_NUMBER, Transaction.price)
    since = bindparam("since", type_=BigInteger)
    return rows.where(Transaction.chain_id == CHAIN, Transaction.block >= since, _one_of(Transaction.state, FINAL))


def _out() -> Rows:
    limits = Transaction.nonce, Transaction.gas_limit, Transaction.max_fee
    rows = select(literal("out"), Transaction.sender, Transaction.hash, NOTHING, *limits)
    return rows.where(Transaction.chain_id == CHAIN, _one_of(Transaction.state, LIVE))


QUESTION: Final = union_all(_halts(), _ended(), _spent(), _out())


class Standings(Database):
    """What limits are about."""

    def standing(self, chain_id: int, since_block: int, but: str = "") -> Reading:
        """Return how things stand on a chain.

        Args:
            chain_id: The chain's.
            since_block: From which on gas is counted; blocks and not hours, for a clock can be wrong.
            but: Hash of a transaction that is about to be replaced: it and its nonce are not counted as out.
        """
        of: dict[str, list[Row]] = {"halt": [], "ended": [], "spent": [], "out": []}
        with self._reading() as session:
            for row in session.connection().execute(QUESTION, {"chain": chain_id, "since": since_block}):
                of[row[0]].append(row)
        return Reading(
            halts=tuple(f"{kind} by {by}: {reason}" for _, kind, by, reason, *_ in sorted(of["halt"], key=_by_id)),
            failures=_failures(of["ended"]),
            gas_spent=sum((used or 0) * (price or 0) for *_, used, _, price in of["spent"]),
            gas_out=_dearest(of["out"], but),
        )


def _by_id(row: Row) -> int:
    return int(row[4])


def _failures(rows: list[Row]) -> int:
    newest = sorted(rows, key=_by_id, reverse=True)
    return sum(1 for _ in takewhile(lambda row: row[1] == State.REVERTED, newest))


def _dearest(rows: Iterable[Row], but: str) -> int:
    """Add up the dearest of each nonce."""
    rows = list(rows)
    leaving = {(row[1], row[4]) for row in rows if row[2] == but}
    dearest: dict[tuple[str, int], int] = {}
    for _, sender, _, _, nonce, gas, fee in rows:
        dearest[sender, nonce] = max(dearest.get((sender, nonce), 0), gas * fee)
    return sum(cost for key, cost in dearest.items() if key not in leaving)
