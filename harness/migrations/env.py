"""What alembic runs for every command: always on the connection, and in the transaction, of `Database.migrate`."""

from alembic import context

from harness.record.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
