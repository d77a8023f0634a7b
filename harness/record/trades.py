"""What attempts have earned, in the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from harness.record.database import Database
from harness.record.tables import Attempt, Opportunity, Trade


@dataclass(frozen=True, slots=True)
class Shares:
    """Where a profit went, in units of its token."""

    pools: int
    vault: int
    beneficiaries: int


class Trades(Database):
    """What was earned."""

    def trade(
        self, attempt: int, token: str, realised: int, *, gas_cost: int, block: int, shares: Shares | None = None
    ) -> bool:
        """Book what an attempt earned, once; of one that is booked already only the shares are written.

        Args:
            attempt: Its id.
            token: Checksummed address of the token earned.
            realised: Units of it paid to the reserve.
            gas_cost: Wei of native coin.
            block: Number of the block.
            shares: Where it went, where that is known.

        Returns:
            Whether it is news.
        """
        with self._writing() as session:
            row = session.scalar(select(Trade).where(Trade.attempt_id == attempt).with_for_update())
            known = row is not None
            row = row or book(session, attempt, self._now(), (token, realised), gas_cost, block)
            if shares is not None:
                row.pools, row.vault, row.beneficiaries = shares.pools, shares.vault, shares.beneficiaries
        return not known

    def trades(self, chain_id: int, since: datetime, until: datetime) -> Sequence[Trade]:
        """Return what was earned from one moment up to another, the oldest first."""
        wanted = select(Trade).where(Trade.chain_id == chain_id, Trade.at >= since, Trade.at < until)
        with self._reading() as session:
            return session.scalars(wanted.order_by(Trade.id)).all()


def book(  # noqa: PLR0917 - a row
    session: Session, attempt: int, at: datetime, earned: tuple[str, int], gas_cost: int, block: int
) -> Trade:
    """Write what an attempt earned: a token's address and units of it."""
    tried = session.get_one(Attempt, attempt)
    row = Trade(
        attempt_id=attempt,
        chain_id=session.get_one(Opportunity, tried.opportunity_id).chain_id,
        block=block,
        token=earned[0],
        simulated=tried.simulated or 0,
        realised=earned[1],
        gas_cost=gas_cost,
        at=at,
    )
    session.add(row)
    return row
