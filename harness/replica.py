"""The replica: a fork that needs no network. Builds its state with forge and serves it with anvil.

The state of chain <name> lies in build/replica/<name>/: alloc.json as script/Replica.s.sol dumps it, genesis.json for
`anvil --init` with the pinned block's number and time, build.log and anvil.log.
"""

import fcntl
import gzip
import hashlib
import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from web3 import Web3
from web3.types import RPCEndpoint

from harness import chains
from harness.chains import Chain
from harness.errors import MillraceError
from harness.node import connect
from harness.settings import ACCOUNTS, BALANCE, BUILD, CHAINS, MNEMONIC, ROOT, tool

HARDFORK = "cancun"
BASE_FEE = 1_000_000_000
"""Wei per gas of the genesis block."""

PATIENCE = 60
"""Seconds that anvil may take to listen."""

BLOCK_ZERO = {
    "parentHash": "0x" + "00" * 32,
    "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
    "miner": "0x" + "00" * 20,
    "stateRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    "transactionsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    "receiptsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    "logsBloom": "0x" + "00" * 256,
    "difficulty": "0x0",
    "number": "0x0",
    "gasLimit": "0x1c9c380",
    "gasUsed": "0x0",
    "timestamp": "0x0",
    "extraData": "0x",
    "mixHash": "0x" + "00" * 32,
    "nonce": "0x" + "00" * 8,
}
"""An empty first block. The replica begins at the pinned number, yet ape asks every node for block 0."""


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
    """

    chain: Chain
    url: str
    web3: Web3
    process: subprocess.Popen[bytes]


def build(name: str) -> Path:
    """Build the state of a chain's replica unless it is there already, and return the genesis file.

    Only one process builds at a time; the others wait and then find it built.

    Raises:
        UnknownChainError: There is no such chain.
        ChainFileError: Its file is wrong.
        ReplicaError: forge failed; build.log has what it said.
    """
    chain = chains.load(name)
    folder = BUILD / "replica" / name
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp, digest = folder / "stamp", _digest(name)
        if not stamp.is_file() or stamp.read_text() != digest:
            stamp.unlink(missing_ok=True)
            _dump(name, folder)
            (folder / "genesis.json").write_text(json.dumps(genesis(chain, folder / "alloc.json")))
            stamp.write_text(digest)
    return folder / "genesis.json"


def genesis(chain: Chain, alloc: Path) -> dict[str, object]:
    """Return the genesis block that carries the state in `alloc` at the chain's pinned block."""
    return {
        "config": {"chainId": chain.chain_id},
        "number": hex(chain.pinned.block),
        "timestamp": hex(chain.pinned.timestamp),
        "baseFeePerGas": hex(BASE_FEE),
        "gasLimit": BLOCK_ZERO["gasLimit"],
        "nonce": "0x0",
        "difficulty": "0x0",
        "mixHash": BLOCK_ZERO["mixHash"],
        "coinbase": BLOCK_ZERO["miner"],
        "alloc": json.loads(alloc.read_text()),
    }


@contextmanager
def serve(name: str, port: int = 0) -> Iterator[Replica]:
    """Serve a chain's replica on this machine for the length of a `with`; its anvil ends with it, also on SIGTERM.

    Args:
        name: The chain's.
        port: 0 for one that is free.

    Raises:
        ReplicaError: The port is taken, or anvil did not start.
        WrongChainError: Whoever answers there is not the replica.
    """
    genesis_file = build(name)
    chain = chains.load(name)
    log = genesis_file.with_name("anvil.log" if port else f"anvil-{time.time_ns()}.log")
    with _terminable(), _anvil(chain, genesis_file, port, log) as process:
        url = f"http://127.0.0.1:{_listening(process, log)}"
        web3 = connect(chain, url)
        web3.provider.make_request(RPCEndpoint("anvil_loadState"), [_block_zero()])
        yield Replica(chain, url, web3, process)
    if not port:
        log.unlink(missing_ok=True)


def _dump(name: str, folder: Path) -> None:
    """Run the forge script that writes alloc.json."""
    print(f"replica: building the state of {name} ...", file=sys.stderr)
    command = [tool("forge"), "script", "script/Replica.s.sol", "--sig", "run(string)", name]
    with (folder / "build.log").open("w") as log:
        status = subprocess.run(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, check=False).returncode
    if status != 0 or not (folder / "alloc.json").is_file():
        raise ReplicaError(f"the replica of {name} could not be built; see {_shown(folder / 'build.log')}")


def _digest(name: str) -> str:
    """Hash everything that the state is made from."""
    files = [ROOT / "foundry.toml", ROOT / "package-lock.json", CHAINS / f"{name}.json", Path(__file__)]
    for folder in (ROOT / "script", ROOT / "tests" / "mocks"):
        files += sorted(path for path in folder.rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()


@contextmanager
def _anvil(chain: Chain, genesis_file: Path, port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    _refuse_taken(port)
    command = [tool("anvil"), "--init", str(genesis_file), "--host", "127.0.0.1", "--port", str(port)]
    command += ["--chain-id", str(chain.chain_id), "--hardfork", HARDFORK]
    command += ["--number", str(chain.pinned.block), "--timestamp", str(chain.pinned.timestamp)]
    command += ["--mnemonic", MNEMONIC, "--accounts", str(ACCOUNTS), "--balance", str(BALANCE)]
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


def _block_zero() -> str:
    """Return a state that holds nothing but block 0, in the form that anvil_loadState takes."""
    block = {"header": BLOCK_ZERO, "transactions": [], "ommers": []}
    nothing = {"block": None, "best_block_number": None, "historical_states": None}
    state: dict[str, object] = {**nothing, "accounts": {}, "transactions": [], "blocks": [block]}
    return "0x" + gzip.compress(json.dumps(state).encode(), mtime=0).hex()


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
