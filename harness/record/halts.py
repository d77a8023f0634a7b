"""Who sends on a chain, and whether anybody may: leases and halts in the record."""

from collections.abc import Sequence
from typing import Literal

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from harness.record.database import CLOCKS, Database, clock_ms
from harness.record.tables import Attempt, Halt, Lease, Opportunity

HaltKind = Literal["breaker", "pause"]


class Halts(Database):
    """Leases and halts."""

    def hold_lease(self, chain_id: int, holder: str, seconds: float) -> int | None:
        """Take the lease of a chain, or make one's own last longer, by the database's clock.

        Args:
            chain_id: The chain's.
            holder: Whoever asks; no two processes may call themselves alike.
            seconds: For how long.

        Returns:
            Its number, one more than that of the holder before; None where somebody else has it.
        """
        with self._writing() as session:
            clock = CLOCKS[session.get_bind().dialect.name].removeprefix("select ")
            taken = text(
                "insert into leases (chain_id, holder, number, until_ms) "  # noqa: S608 - our own text
                f"values (:chain, :holder, 1, {clock} + :ms) "
                "on conflict (chain_id) do update set "
                "number = leases.number + case when leases.holder = excluded.holder then 0 else 1 end, "
                f"holder = excluded.holder, until_ms = {clock} + :ms "
                f"where leases.holder = excluded.holder or leases.until_ms <= {clock} returning number"
            )
            found = session.execute(taken, {"chain": chain_id, "holder": holder, "ms": int(seconds * 1000)})
            return found.scalar_one_or_none()

    def release_lease(self, chain_id: int, holder: str) -> None:
        """Let somebody else have the lease at once; nothing happens where it is somebody else's."""
        with self._writing() as session:
            held = session.get(Lease, chain_id, with_for_update=True)
            if held is not None and held.holder == holder:
                held.until_ms = 0

    def leader(self, chain_id: int) -> str | None:
        """Return who has the lease of a chain; None where nobody has."""
        with self._reading() as session:
            held = session.get(Lease, chain_id)
            return held.holder if held is not None and held.until_ms > clock_ms(session.connection()) else None

    def halt(self, chain_id: int, kind: HaltKind, reason: str, by: str) -> bool:
        """Let nothing be sent on a chain until somebody resumes.

        Returns:
            Whether that is news; false where a halt of that kind is on, whose reason stays.
        """
        with self._writing() as session:
            if any(row.kind == kind for row in _open(session, chain_id)):
                return False
            session.add(Halt(chain_id=chain_id, kind=kind, reason=reason, by=by, since=self._now()))
        return True

    def resume(self, chain_id: int, by: str) -> Sequence[Halt]:
        """End all halts of a chain and forgive the failures up to now; return the halts ended."""
        newest = select(func.max(Attempt.id)).join(Opportunity, Attempt.opportunity_id == Opportunity.id)
        with self._writing() as session:
            ended = _open(session, chain_id)
            last = session.scalar(newest.where(Opportunity.chain_id == chain_id))
            for row in ended:
                row.ended, row.ended_by, row.last_attempt = self._now(), by, last or 0
        return ended

    def halts(self, chain_id: int) -> Sequence[Halt]:
        """Return why nothing is sent on a chain; empty where something may be."""
        with self._reading() as session:
            return _open(session, chain_id)


def _open(session: Session, chain_id: int) -> Sequence[Halt]:
    return session.scalars(select(Halt).where(Halt.chain_id == chain_id, Halt.ended.is_(None)).order_by(Halt.id)).all()
