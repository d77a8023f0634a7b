"""Builds what the tests need, and gives ape's mainnet-fork a replica to fork where no endpoint is set."""

import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import ape
import pgserver
import psycopg
import pytest
import quick
import structlog
from ape.logging import LogLevel, logger
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from harness import artifacts, chains, replica, settings
from harness.store import Store

if TYPE_CHECKING:
    from ape_foundry.provider import FoundryForkProvider
    from op_relay import Proposer
    from two_chains import Two

FORK = "-fork"
ROOMY = 4 * 2**30
"""Bytes."""
RECORD = "record"
"""A database that one test after the other has for itself."""
STACK = pytest.StashKey[ExitStack]()

# No test fails because a machine is slow.
hypothesis_settings.register_profile("timeless", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("timeless")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let `make quick` leave out what takes long."""
    parser.addoption(
        "--quick", action="store_true", help="only what takes a moment and needs neither node nor database"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Point ape's forks at the chain's endpoint if its variable is set, else at a replica of this session's own."""
    logger.set_level(LogLevel.WARNING)
    if config.getoption("quick", False):
        quick.refuse_programs()
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # where anvil is
    stack = config.stash[STACK] = ExitStack()
    if config.option.basetemp is None and memory() is not None:  # a worker is told of it
        folder = TemporaryDirectory(prefix="millrace-tests-", dir=memory(), ignore_cleanup_errors=True)
        config.option.basetemp = Path(stack.enter_context(folder), "pytest")
    ecosystem, _, network = (config.getoption("network", None) or "").partition(":")
    if FORK in network and ecosystem in chains.names():
        chain = chains.load(ecosystem)
        url = os.environ.get(chain.rpc_variable) or stack.enter_context(replica.serve(chain.name)).url
        point_ape_at(chain, url, network.split(FORK)[0])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put what takes long first, so that it is not what one process is left with; leave it out where quick is asked."""
    if config.getoption("quick", False):
        config.hook.pytest_deselected(items=[item for item in items if not quick.is_quick(item)])
        items[:] = [item for item in items if quick.is_quick(item)]
    long = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in long)


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the replica, if this session had one."""
    config.stash[STACK].close()


def point_ape_at(chain: chains.Chain, url: str, network: str) -> None:
    """Make ape fork `url` at the chain's pinned block: ape-config.yaml takes the URL from the chain's variable."""
    from ape_foundry.provider import FoundryForkProvider  # noqa: PLC0415 - takes seconds, and few need it

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(chain.rpc_variable, url)
        ape.project.reload_config()
        ape.config.get_config("node")
    fork = ape.config.get_config("foundry").fork[chain.name][network]
    fork.block_number = chain.pinned.block
    FoundryForkProvider.build_command = uncached(FoundryForkProvider.build_command)


def uncached(build: Callable[["FoundryForkProvider"], list[str]]) -> Callable[["FoundryForkProvider"], list[str]]:
    """Keep anvil from its cache: keyed by chain and block alone, it mixes up replicas and the real chain."""
    return lambda provider: [*build(provider), "--no-storage-caching"]


@pytest.fixture(scope="session")
def built() -> None:
    """Build the contracts, unless forge finds them built, and hand them to ape."""
    forge = [settings.tool("forge"), "build", "contracts", "--quiet"]
    result = subprocess.run(forge, cwd=settings.ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    artifacts.publish()


@pytest.fixture(scope="session")
def ethereum() -> chains.Chain:
    """The chain file of Ethereum."""
    return chains.load("ethereum")


@pytest.fixture
def node(ethereum: chains.Chain) -> Iterator[replica.Replica]:
    """A replica of Ethereum of this test's own."""
    with replica.serve(ethereum.name) as served:
        yield served


@pytest.fixture(scope="session")
def both_chains(built: None) -> Iterator["Two"]:  # noqa: ARG001 - errors are named after the artifacts
    """Replicas of Ethereum and Base with everything deployed; whoever does something there undoes it."""
    from two_chains import both  # noqa: PLC0415 - few need it

    with both() as two:
        yield two


@pytest.fixture(scope="session")
def moving_chains(built: None) -> Iterator["Two"]:  # noqa: ARG001 - errors are named after the artifacts
    """Replicas of Ethereum, where a profit waits, and OP Mainnet; whoever does something there undoes it."""
    from move_stage import moving  # noqa: PLC0415 - few need it

    with moving() as two:
        yield two


@pytest.fixture(scope="module")
def gone_both_ways(both_chains: "Two") -> Iterator["Two"]:
    """Both with dai that has gone up to the rollup, and a pool there that has some."""
    from portal_stage import sent_up  # noqa: PLC0415

    with sent_up(both_chains) as two:
        yield two


@pytest.fixture(scope="module", params=["oracle", "games"])
def relay(gone_both_ways: "Two", request: pytest.FixtureRequest) -> Iterator["Proposer"]:
    """Who proposes the rollup's outputs at a portal, of each kind in turn."""
    from portal_stage import relayed  # noqa: PLC0415

    with relayed(gone_both_ways, request.param) as relay:
        yield relay


@pytest.fixture
def two(gone_both_ways: "Two", relay: "Proposer") -> Iterator["Two"]:  # noqa: ARG001 - the portal is part of the stage
    """Both with that portal; what a test does is undone."""
    from two_chains import both_undone  # noqa: PLC0415

    with both_undone(gone_both_ways) as two:
        yield two


@pytest.fixture
def restored_logging() -> Iterator[None]:
    """Logging as pytest has it, after a test that has set it up another way."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.contextvars.clear_contextvars()
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgres() -> Iterator[pgserver.PostgresServer]:
    """A real Postgres of this session's own, on a socket; not in pytest's folder, whose rights another run resets."""
    with TemporaryDirectory(prefix="millrace-postgres-", dir=memory(), ignore_cleanup_errors=True) as folder:
        yield from served_from(folder)


def memory() -> Path | None:
    """A folder in memory, where there is plenty and programs may lie: nothing there waits for a disk."""
    shared = Path("/dev/shm")  # noqa: S108 - what is made there has a name of its own
    fits = shared.is_dir() and not os.statvfs(shared).f_flag & os.ST_NOEXEC
    return shared if fits and shutil.disk_usage(shared).free > ROOMY else None


def served_from(folder: str) -> Iterator[pgserver.PostgresServer]:
    """Serve a Postgres from a folder."""
    server = pgserver.get_server(folder, cleanup_mode=None)
    for command in ("alter system set fsync = off", "select pg_reload_conf()", f"create database {RECORD}"):
        server.psql(command)
    yield server
    pgserver.pg_ctl(["stop", "-m", "immediate"], pgdata=server.pgdata, user=server.system_user)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'record.db'}"
    server: pgserver.PostgresServer = request.getfixturevalue("postgres")
    return emptied(server.get_uri(database=RECORD))


def emptied(url: str) -> str:
    """Take a database of Postgres from whoever uses it still, with all that is in it: faster than making another."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
        connection.execute("drop schema public cascade")
        connection.execute("create schema public")
    return url


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty record in SQLite, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "record.db"
    with closing(Store(f"sqlite:///{path}")) as made:
        made.migrate()
    return path


@pytest.fixture
def store(database: str, migrated: Path, tmp_path: Path) -> Iterator[Store]:
    """An empty record in either kind of database."""
    if database.startswith("sqlite"):
        shutil.copyfile(migrated, tmp_path / "record.db")
    opened = Store(database)
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of half a megabyte."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("only root can mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)
