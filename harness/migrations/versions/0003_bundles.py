"""Whose transaction one of ours has to come behind."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make a column for its bytes."""
    with op.batch_alter_table("transactions") as table:
        table.add_column(sa.Column("before", sa.LargeBinary(), nullable=True))
