"""The replica: a fork that needs no network. Builds its state with forge and serves it with anvil.

The state of chain <name> lies in build/replica/<name>/: alloc.json as script/Replica.s.sol dumps it, genesis.json for
`anvil --init` with the pinned block's number and time, build.log and anvil.log.
"""

import fcntl
import hashlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TextIO

import click
from web3 import Web3
from web3.types import RPCEndpoint

from harness import chains
from harness.chains import Chain
from harness.errors import MillraceError
from harness.genesis import block_zero, genesis
from harness.node import connect
from harness.settings import (
    ACCOUNTS,
    BALANCE,
    BUILD,
    CHAINS,
    MNEMONIC,
    PARTS,
    ROOT,
    dev_account,
    script_environment,
    tool,
)

AERODROME = "node_modules/sphere-mezo-solidity-files/domains/aerodrome/contracts"
PATIENCE = 60
"""Seconds that anvil may take to listen."""

SCRIPTS_AT_ONCE = 2
OWN = ("replica.py", "genesis.py")

PEERS = {
    "morpho": ("peers",),
    "solidly": ("aerodrome", f"{AERODROME}/Pool.sol", f"{AERODROME}/factories/PoolFactory.sol"),
    "slipstream": ("slipstream",),
}
"""Protocols that are published as source alone, by kind or family: the profile that compiles them, and what of it."""


class ReplicaError(MillraceError):
    """The replica cannot be built or served; the message says why."""


@dataclass(frozen=True)
class Replica:
    """A replica that is being served.

    Attributes:
        chain: The chain that it stands for.
        url: Its endpoint.
        web3: A connection to it.
        process: The anvil behind it.
        log: What anvil says.
    """

    chain: Chain
    url: str
    web3: Web3
    process: subprocess.Popen[bytes]
    log: Path


def build(name: str) -> Path:
    """Build the state of a chain's replica unless it is there already, and return the genesis file.

    Raises:
        UnknownChainError: There is no such chain.
        ChainFileError: Its file is wrong.
        ReplicaError: forge failed; build.log has what it said.
    """
    return build_all([name])[0]


def build_all(wanted: Sequence[str]) -> list[Path]:
    """Build what is missing of several chains' states, and return their genesis files.

    What they are built with is compiled once. One process builds at a time; the others wait and then find it built.

    Raises:
        UnknownChainError: There is no such chain.
        ChainFileError: A file is wrong.
        ReplicaError: forge failed; build.log has what it said.
    """
    loaded = [chains.load(name) for name in wanted]
    base = BUILD / "replica"
    base.mkdir(parents=True, exist_ok=True)
    with (base / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        missing = [chain for chain in loaded if not _is_built(chain.name)]
        if missing:
            _compile(missing)
            with ThreadPoolExecutor(SCRIPTS_AT_ONCE) as pool:
                list(pool.map(_dump, missing))
    return [base / name / "genesis.json" for name in wanted]


def _is_built(name: str) -> bool:
    stamp = BUILD / "replica" / name / "stamp"
    return stamp.is_file() and stamp.read_text() == digest(name)


@contextmanager
def serve(
    name: str, port: int = 0, kept: int | None = None, *, paced: bool = False, any_size: bool = False
) -> Iterator[Replica]:
    """Serve a chain's replica on this machine for the length of a `with`; its anvil ends with it, also on SIGTERM.

    Args:
        name: The chain's.
        port: 0 for one that is free.
        kept: How many states it keeps, in memory; None for all of them, which fill the disk: each is the whole chain's.
        paced: Whether blocks come as often as on the chain; otherwise each transaction has its own at once.
        any_size: Whether contracts may be larger than the protocol allows, as those compiled to measure coverage are.

    Raises:
        ReplicaError: The port is taken, or anvil did not start.
        WrongChainError: Whoever answers there is not the replica.
    """
    genesis_file = build(name)
    chain = chains.load(name)
    log = genesis_file.with_name("anvil.log" if port else f"anvil-{time.time_ns()}.log")
    more = [] if kept is None else ["--prune-history", str(kept)]
    more += ["--block-time", str(chain.block_time)] if paced else []
    more += ["--disable-code-size-limit"] if any_size else []
    with _terminable(), _anvil(chain, genesis_file, port, log, more) as process:
        url = f"http://127.0.0.1:{_listening(process, log)}"
        web3 = connect(chain, url)
        web3.provider.make_request(RPCEndpoint("anvil_loadState"), [block_zero()])
        web3.provider.make_request(
            RPCEndpoint("anvil_setNextBlockBaseFeePerGas"), [hex(chain.replica.base_fee)]
        )  # else 0
        yield Replica(chain, url, web3, process, log)
    if not port:
        log.unlink(missing_ok=True)


@click.command()
@click.option(
    "--chain", "name", help="Which of chains/*.json; ethereum, or with --state-only all, where none is named."
)
@click.option("--port", default=8545, show_default=True, help="TCP port on 127.0.0.1; 0 for one that is free.")
@click.option(
    "--block-time", "paced", is_flag=True, help="A block every so many seconds as on the chain, else on demand."
)
@click.option("--state-only", is_flag=True, help="Build the state and serve nothing.")
def command(name: str | None, port: int, paced: bool, state_only: bool) -> None:
    """Serve the replica of a chain until Ctrl-C."""
    if state_only:
        wanted = [name] if name else chains.names()
        for one, built in zip(wanted, build_all(wanted), strict=True):
            click.echo(f"state of {one}: {_shown(built)}")
        return
    with serve(name or "ethereum", port, paced=paced) as replica:
        try:
            click.echo(_described(replica))
            status = replica.process.wait()
        except KeyboardInterrupt:
            return
    raise ReplicaError(f"anvil ended by itself with code {status}")


def _described(replica: Replica) -> str:
    """Say what a person needs to use the replica."""
    lines = [
        f"replica of {replica.chain.name} at {replica.url}",
        f"chain id {replica.chain.chain_id}, block {replica.web3.eth.block_number}, rules of {replica.chain.hard_fork}",
        f"{replica.chain.rpc_variable}={replica.url} makes tests and ape use it",
        f"accounts of the mnemonic `{MNEMONIC}`, {BALANCE} {replica.chain.native.symbol} each:",
    ]
    lines += [f"  {i} {dev_account(i).address} {PARTS.get(i, '')}".rstrip() for i in range(ACCOUNTS)]
    return "\n".join([*lines, "Ctrl-C ends it"])


def _compile(missing: Sequence[Chain]) -> None:
    """Compile the scripts, and beside them the protocols that come as source, as far as one of the chains has them."""
    print(f"replica: building the state of {', '.join(chain.name for chain in missing)} ...", file=sys.stderr)
    forge, log_file = tool("forge"), BUILD / "replica" / "build.log"
    with log_file.open("w") as log:
        builds = [
            _started([forge, "build", *what], {**os.environ, "FOUNDRY_PROFILE": profile}, log)
            for profile, *what in (PEERS[kind] for kind in sorted(_kinds(missing) & PEERS.keys()))
        ]
        scripts = ["script/Replica.s.sol", "script/Deploy.s.sol"]
        builds.append(_started([forge, "build", *scripts], script_environment(), log))
        if [code for build in builds if (code := build.wait())]:
            raise ReplicaError(f"what replicas are built with does not compile; see {_shown(log_file)}")


def _kinds(wanted: Sequence[Chain]) -> set[str]:
    """Return the kinds of venues and lenders that the chains have, and the families of their pools."""
    named = {venue.kind for chain in wanted for venue in chain.venues.values()}
    lent = {lender.kind for chain in wanted for lender in chain.lenders.values()}
    return named | lent | {pool.family for chain in wanted for pool in (*chain.pools, *chain.untraded)}


def _dump(chain: Chain) -> None:
    """Run the script that writes alloc.json, and put the genesis beside it."""
    folder, inputs = BUILD / "replica" / chain.name, digest(chain.name)
    folder.mkdir(parents=True, exist_ok=True)
    stamp, log_file = folder / "stamp", folder / "build.log"
    stamp.unlink(missing_ok=True)
    run = [tool("forge"), "script", "script/Replica.s.sol", "--sig", "run(string)", chain.name]
    with log_file.open("w") as log:
        if _started(run, script_environment(), log).wait():
            raise ReplicaError(f"the replica of {chain.name} could not be built; see {_shown(log_file)}")
    (folder / "genesis.json").write_text(json.dumps(genesis(chain, folder / "alloc.json")))
    stamp.write_text(inputs)


def _started(command: list[str], env: dict[str, str], log: TextIO) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log)


def digest(name: str) -> str:
    """Hash everything that the state is made from."""
    files = [
        ROOT / "foundry.toml",
        ROOT / "package-lock.json",
        CHAINS / f"{name}.json",
        *(Path(__file__).with_name(own) for own in OWN),
    ]
    for folder in (ROOT / "script", ROOT / "tests" / "mocks"):
        files += sorted(path for path in folder.rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()


@contextmanager
def _anvil(
    chain: Chain, genesis_file: Path, port: int, log: Path, more: Sequence[str]
) -> Iterator[subprocess.Popen[bytes]]:
    _refuse_taken(port)
    command = [tool("anvil"), "--init", str(genesis_file), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--chain-id", str(chain.chain_id), "--hardfork", chain.hard_fork]
    command += ["--number", str(chain.pinned.block), "--timestamp", str(chain.pinned.timestamp)]
    command += ["--mnemonic", MNEMONIC, "--accounts", str(ACCOUNTS), "--balance", str(BALANCE)]
    command += more
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise ReplicaError(f"port {port} is taken; stop what listens there or give another with --port") from None


def _listening(process: subprocess.Popen[bytes], log: Path) -> int:
    """Wait until anvil listens and return its port."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        said = log.read_text(errors="replace")
        if found := re.search(r"^Listening on 127\.0\.0\.1:(\d+)", said, re.MULTILINE):
            return int(found[1])
        if process.poll() is not None:
            reason = next((line for line in reversed(said.splitlines()) if line.strip()), "it said nothing")
            raise ReplicaError(f"anvil did not start: {reason}; see {_shown(log)}")
        time.sleep(0.01)
    raise ReplicaError(f"anvil does not listen after {PATIENCE} s; see {_shown(log)}")


@contextmanager
def _terminable() -> Iterator[None]:
    """Let SIGTERM unwind the stack, so that the anvil below it is ended too, unless someone handles it already."""
    ours = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if ours:
        signal.signal(signal.SIGTERM, _leave)
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))
