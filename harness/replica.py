"""The replica: a fork that needs no network. harness/replicastate.py builds its state; here anvil serves it."""

import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import click
from web3 import Web3
from web3.types import RPCEndpoint

from harness import chains
from harness.chains import Chain
from harness.genesis import block_zero
from harness.node import connect
from harness.replicastate import ReplicaError, build, build_all, shown
from harness.settings import (
    ACCOUNTS,
    BALANCE,
    MNEMONIC,
    PARTS,
    ROOT,
    dev_account,
    tool,
)

__all__ = ["Replica", "ReplicaError", "build", "build_all", "command", "serve"]

PATIENCE = 60
"""Seconds that anvil may take to listen."""


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
            click.echo(f"state of {one}: {shown(built)}")
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
            raise ReplicaError(f"anvil did not start: {reason}; see {shown(log)}")
        time.sleep(0.01)
    raise ReplicaError(f"anvil does not listen after {PATIENCE} s; see {shown(log)}")


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
