"""The record of what a keeper does, in SQLite or Postgres [K4]: the one way in."""

from harness.record.database import StoreError, StoreUrlError, StoreVersionError
from harness.record.findings import Findings, Found
from harness.record.halts import Halts
from harness.record.lookup import Lookup
from harness.record.standing import Reading, Standings
from harness.record.tables import (
    Attempt,
    Chore,
    Halt,
    Incident,
    Opportunity,
    Pulse,
    State,
    Trade,
    Transaction,
)
from harness.record.trades import Shares, Trades
from harness.record.transactions import (
    LeaseLostError,
    NonceTakenError,
    SignedTransaction,
    Transactions,
    UnknownTransactionError,
)

__all__ = [
    "Attempt",
    "Chore",
    "Found",
    "Halt",
    "Incident",
    "LeaseLostError",
    "NonceTakenError",
    "Opportunity",
    "Pulse",
    "Reading",
    "Shares",
    "SignedTransaction",
    "State",
    "Store",
    "StoreError",
    "StoreUrlError",
    "StoreVersionError",
    "Trade",
    "Transaction",
    "UnknownTransactionError",
]


class Store(Transactions, Lookup, Standings, Trades, Findings, Halts):
    """The record: each of its functions is one short transaction, written whole or not at all.

    Every function raises `StoreError` where the database is in trouble. Call `migrate` once before the others.

    Args:
        url: `sqlite:///<path>` or `postgresql://...`.
        clock: Tells the time that is noted beside what happens; nothing is decided by it.
    """
