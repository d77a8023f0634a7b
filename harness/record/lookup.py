"""What is out, what is in a block, and what it cost, as the record has it."""

from sqlalchemy import select

from harness.record.database import Database
from harness.record.tables import FINAL, LIVE, Transaction


class Lookup(Database):
    """Questions about transactions."""

    def transaction(self, hash: str) -> Transaction | None:
        """Return what is known of one; None where it is none of ours."""
        with self._reading() as session:
            return session.scalar(select(Transaction).where(Transaction.hash == hash))

    def open_transactions(self, chain_id: int, sender: str = "") -> list[Transaction]:
        """Return what can still enter a block, by nonce, then as signed; of all senders where none is named."""
        wanted = select(Transaction).where(Transaction.chain_id == chain_id, Transaction.state.in_(LIVE))
        if sender:
            wanted = wanted.where(Transaction.sender == sender)
        with self._reading() as session:
            return list(session.scalars(wanted.order_by(Transaction.nonce, Transaction.id)))

    def of_nonce(self, chain_id: int, sender: str, nonce: int) -> list[Transaction]:
        """Return whatever was signed with a nonce, in the order of signing."""
        same = select(Transaction).where(
            Transaction.chain_id == chain_id, Transaction.sender == sender, Transaction.nonce == nonce
        )
        with self._reading() as session:
            return list(session.scalars(same.order_by(Transaction.id)))

    def included_since(self, chain_id: int, block: int) -> list[Transaction]:
        """Return what is in a block of that number or a later one: what a reorg can orphan."""
        wanted = select(Transaction).where(
            Transaction.chain_id == chain_id, Transaction.block >= block, Transaction.state.in_(FINAL)
        )
        with self._reading() as session:
            return list(session.scalars(wanted.order_by(Transaction.block, Transaction.nonce)))

    def gas_spent(self, chain_id: int, since_block: int) -> int:
        """Return wei paid for gas from a block on; blocks are counted and not hours, for a clock can be wrong."""
        wanted = select(Transaction.gas_used, Transaction.price).where(
            Transaction.chain_id == chain_id, Transaction.block >= since_block, Transaction.state.in_(FINAL)
        )
        with self._reading() as session:
            return sum((used or 0) * (price or 0) for used, price in session.execute(wanted))
