"""The tables of the first record."""

import sqlalchemy as sa
from alembic import op

from harness.record.columns import Id, Utc, Wei

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

STATES = ("paper", "refused", "signed", "sent", "included", "reverted", "given-up", "replaced")
STATE = sa.Enum(*STATES, name="state", native_enum=False, length=16)


def upgrade() -> None:
    """Make them."""
    _chores()
    _halts()
    _incidents()
    _leases()
    _opportunities()
    _pulses()
    _attempts()
    _trades()
    _transactions()


def _chores() -> None:
    op.create_table(
        "chores",
        sa.Column("id", Id, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("expected", Wei(), nullable=True),
        sa.Column("realised", Wei(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chores"),
    )
    op.create_index("ix_chores_chain_id", "chores", ["chain_id"], unique=False)


def _halts() -> None:
    op.create_table(
        "halts",
        sa.Column("id", Id, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("ended", Utc(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("last_attempt", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_halts"),
    )
    op.create_index("ix_halts_chain_id", "halts", ["chain_id"], unique=False)


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", Id, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("where", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("since", Utc(), nullable=False),
        sa.Column("until", Utc(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_incidents"),
    )
    op.create_index(
        "uq_incidents_open",
        "incidents",
        ["chain_id", "where", "kind"],
        unique=True,
        sqlite_where=sa.text("until is null"),
        postgresql_where=sa.text("until is null"),
    )


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("chain_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("until_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", name="pk_leases"),
    )


def _opportunities() -> None:
    op.create_table(
        "opportunities",
        sa.Column("id", Id, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("block_hash", sa.String(length=66), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("token", sa.String(length=42), nullable=False),
        sa.Column("amount", Wei(), nullable=False),
        sa.Column("expected", Wei(), nullable=False),
        sa.Column("worth", Wei(), nullable=False),
        sa.Column("gas", sa.BigInteger(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_opportunities"),
    )
    op.create_index("ix_opportunities_chain_id", "opportunities", ["chain_id"], unique=False)


def _pulses() -> None:
    op.create_table(
        "pulses",
        sa.Column("chain_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("lag", sa.Double(), nullable=False),
        sa.Column("day_blocks", sa.BigInteger(), nullable=False),
        sa.Column("balance", Wei(), nullable=True),
        sa.Column("runway_days", sa.Double(), nullable=True),
        sa.Column("gas_a_day", Wei(), nullable=True),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", name="pk_pulses"),
    )


def _attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", Id, nullable=False),
        sa.Column("opportunity_id", Id, nullable=False),
        sa.Column("calldata", sa.LargeBinary(), nullable=False),
        sa.Column("simulated", Wei(), nullable=True),
        sa.Column("refusal", sa.Text(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["opportunity_id"], ["opportunities.id"], name="fk_attempts_opportunity_id"),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
    )
    op.create_index("ix_attempts_opportunity_id", "attempts", ["opportunity_id"], unique=False)


def _trades() -> None:
    op.create_table(
        "trades",
        sa.Column("id", Id, nullable=False),
        sa.Column("attempt_id", Id, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("token", sa.String(length=42), nullable=False),
        sa.Column("simulated", Wei(), nullable=False),
        sa.Column("realised", Wei(), nullable=False),
        sa.Column("gas_cost", Wei(), nullable=False),
        sa.Column("pools", Wei(), nullable=True),
        sa.Column("vault", Wei(), nullable=True),
        sa.Column("beneficiaries", Wei(), nullable=True),
        sa.Column("at", Utc(), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name="fk_trades_attempt_id"),
        sa.PrimaryKeyConstraint("id", name="pk_trades"),
        sa.UniqueConstraint("attempt_id", name="uq_trades_attempt_id"),
    )
    op.create_index("ix_trades_chain_id_at", "trades", ["chain_id", "at"], unique=False)


def _transactions() -> None:
    op.create_table(
        "transactions",
        sa.Column("id", Id, nullable=False),
        sa.Column("attempt_id", Id, nullable=True),
        sa.Column("chore_id", Id, nullable=True),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("sender", sa.String(length=42), nullable=False),
        sa.Column("nonce", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=66), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("max_fee", Wei(), nullable=False),
        sa.Column("tip", Wei(), nullable=False),
        sa.Column("gas_limit", sa.BigInteger(), nullable=False),
        sa.Column("until_block", sa.BigInteger(), nullable=False),
        sa.Column("lease", sa.BigInteger(), nullable=False),
        sa.Column("state", STATE, nullable=False),
        sa.Column("ways", sa.Text(), nullable=False),
        sa.Column("replaces", sa.String(length=66), nullable=True),
        sa.Column("replaced_by", sa.String(length=66), nullable=True),
        sa.Column("block", sa.BigInteger(), nullable=True),
        sa.Column("block_hash", sa.String(length=66), nullable=True),
        sa.Column("gas_used", sa.BigInteger(), nullable=True),
        sa.Column("price", Wei(), nullable=True),
        sa.Column("signed_at", Utc(), nullable=False),
        sa.Column("changed_at", Utc(), nullable=False),
        sa.CheckConstraint("attempt_id is null or chore_id is null", name="ck_transactions_one_purpose"),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempts.id"], name="fk_transactions_attempt_id"),
        sa.ForeignKeyConstraint(["chore_id"], ["chores.id"], name="fk_transactions_chore_id"),
        sa.PrimaryKeyConstraint("id", name="pk_transactions"),
        sa.UniqueConstraint("hash", name="uq_transactions_hash"),
    )
    op.create_index("ix_transactions_attempt_id", "transactions", ["attempt_id"], unique=False)
    op.create_index("ix_transactions_block", "transactions", ["chain_id", "block"], unique=False)
    op.create_index("ix_transactions_chore_id", "transactions", ["chore_id"], unique=False)
    op.create_index("ix_transactions_nonce", "transactions", ["chain_id", "sender", "nonce"], unique=False)
    op.create_index("ix_transactions_state", "transactions", ["chain_id", "state"], unique=False)
