"""A database under the record: SQLite or Postgres, short transactions, and its troubles by name."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg import OperationalError, errors
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from harness.errors import MillraceError

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
BUSY = 5
"""Seconds to wait for somebody else's transaction."""
CONNECT = 3
"""Seconds to wait for a connection."""
MIGRATING = 7_214_603
"""Postgres' advisory lock under which tables are changed."""

Kind = Literal["gone", "full", "locked"]
ADVICE: dict[Kind, str] = {
    "gone": "does not answer; is it up, and its address right?",
    "full": "has no room left; free some of its disk",
    "locked": "is locked by somebody else; find out by whom, if it lasts",
}
CLOCKS = {
    "sqlite": "select cast((julianday('now') - 2440587.5) * 86400000 as integer)",
    "postgresql": "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)",
}
"""The database's own clock, in milliseconds since 1970."""


class StoreError(MillraceError):
    """The database is in trouble: nothing may be sent until it is back; what was to be written may be written or not.

    Attributes:
        kind: `gone`, `full` or `locked`.
    """

    def __init__(self, kind: Kind, where: str) -> None:
        self.kind = kind
        super().__init__(f"the database {where} {ADVICE[kind]}")


class StoreUrlError(MillraceError):
    """A database's URL cannot be read, or is of a kind that the record does not know."""


class StoreVersionError(MillraceError):
    """The database's tables are not those of this version of Millrace."""


class Database:
    """A database and its transactions.

    Args:
        url: `sqlite:///<path>` or `postgresql://...`.
        clock: Tells the time to be noted beside what happens; nothing is decided by it.

    Raises:
        StoreUrlError: The URL is of another kind.
    """

    def __init__(self, url: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        parsed = _parsed(url)
        self._shown = parsed.database or "" if parsed.get_backend_name() == "sqlite" else f"{parsed.host}"
        self._clock = clock
        self._engine = _sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgres(parsed)
        self._reader = self._engine.execution_options(millrace_reads=True)

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    def migrate(self) -> None:
        """Bring the tables up to this version; where they are, nothing happens.

        Raises:
            StoreVersionError: They are of a newer version.
            StoreError: The database is in trouble.
        """
        with self._named_troubles(), self._engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
            self._refuse_newer(connection)
            command.upgrade(config(connection), "head")

    def check(self) -> None:
        """Make sure that the tables are those of this version, without touching them.

        Raises:
            StoreVersionError: They are not.
            StoreError: The database is in trouble.
        """
        with self._named_troubles(), self._reader.begin() as connection:
            found = self._refuse_newer(connection)
        if found != ScriptDirectory.from_config(config()).get_current_head():
            raise StoreVersionError(
                f"the database {self._shown} has tables of revision {found or 'none'}, which are older than this "
                "version's; start the keeper of this version once, or give the right database"
            )

    def _refuse_newer(self, connection: Connection) -> str | None:
        """Return the revision of the tables.

        Raises:
            StoreVersionError: It is one that this version does not know.
        """
        found = MigrationContext.configure(connection).get_current_revision()
        known = {script.revision for script in ScriptDirectory.from_config(config()).walk_revisions()}
        if found is not None and found not in known:
            raise StoreVersionError(
                f"the database {self._shown} has tables of revision {found}, which this version does not know; "
                "run the version of Millrace that made them, or a newer one"
            )
        return found

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC)

    @contextmanager
    def _writing(self) -> Iterator[Session]:
        """One transaction that is written whole or not at all."""
        with self._within(self._engine) as session:
            yield session

    @contextmanager
    def _reading(self) -> Iterator[Session]:
        """One transaction that writes nothing and keeps no writer waiting."""
        with self._within(self._reader) as session:
            yield session

    @contextmanager
    def _within(self, engine: Engine) -> Iterator[Session]:
        with self._named_troubles(), Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def _named_troubles(self) -> Iterator[None]:
        """Raise a `StoreError` for what the database cannot help; its text and cause may hold passwords."""
        try:
            yield
        except PoolTimeoutError:
            raise StoreError("locked", self._shown) from None
        except DBAPIError as error:
            kind = trouble(error.orig)
            if kind is None:
                raise
            raise StoreError(kind, self._shown) from None


def clock_ms(connection: Connection) -> int:
    """Return milliseconds since 1970 by the database's clock, at this very moment."""
    return int(connection.exec_driver_sql(CLOCKS[connection.dialect.name]).scalar_one())


def config(connection: Connection | None = None) -> Config:
    """Return what alembic needs to know, without a file of its own."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


def trouble(error: BaseException | None) -> Kind | None:
    """Return which trouble of the database an error of its driver is; None for a defect of ours."""
    if isinstance(error, sqlite3.DatabaseError):
        return _sqlite_trouble(getattr(error, "sqlite_errorname", "") or "")
    if isinstance(error, errors.DiskFull):
        return "full"
    if isinstance(error, errors.LockNotAvailable | errors.DeadlockDetected | errors.QueryCanceled):
        return "locked"
    return "gone" if isinstance(error, OperationalError) else None


def _sqlite_trouble(name: str) -> Kind | None:
    if name in ("SQLITE_FULL", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_WRITE"):
        return "full"
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return "locked"
    gone = ("SQLITE_IOERR", "SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_PERM")
    return "gone" if name.startswith(gone) else None


def _parsed(url: str) -> URL:
    """Read a URL; what is wrong with it is said without showing it."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            return parsed.set(drivername="postgresql+psycopg")
        if parsed.drivername == "sqlite" and parsed.database and parsed.database != ":memory:":
            return parsed
    except (ArgumentError, NoSuchModuleError, ValueError):
        pass
    raise StoreUrlError(
        "that is no database for the record; give sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE"
    )


def _postgres(url: URL) -> Engine:
    waits = f"-c statement_timeout={BUSY * 1000} -c lock_timeout={BUSY * 1000} -c timezone=UTC"
    arguments = {"connect_timeout": CONNECT, "tcp_user_timeout": BUSY * 1000, "options": waits}
    return create_engine(url, connect_args=arguments, hide_parameters=True, pool_timeout=BUSY, pool_size=3)


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, connect_args={"timeout": BUSY}, hide_parameters=True, pool_timeout=BUSY)
    event.listen(engine, "connect", _durable)
    event.listen(engine, "begin", _begin)
    return engine


def _durable(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's
    """Let a commit be on the disk when it returns, readers not wait for the writer, and Python begin nothing itself."""
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Take the write lock at once: a transaction that reads before it writes could be refused it later."""
    reads = connection.get_execution_options().get("millrace_reads", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
