"""Builds the states of replicas with forge.

The state of chain <name> lies in build/replica/<name>/: alloc.json as script/Replica.s.sol dumps it, genesis.json for
`anvil --init` with the pinned block's number and time, build.log, and anvil.log of who serves it.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TextIO

from harness import chains
from harness.chains import Chain
from harness.errors import MillraceError
from harness.genesis import genesis
from harness.settings import BUILD, CHAINS, ROOT, tool

DOMAINS = "node_modules/sphere-mezo-solidity-files/domains"
AERODROME, SLIPSTREAM = f"{DOMAINS}/aerodrome/contracts", f"{DOMAINS}/aerodrome-slipstream/contracts"
SCRIPTS_AT_ONCE = 2
SCRIPT = "script/Replica.s.sol"
OWN = ("replicastate.py", "genesis.py")
DEPLOYMENT = ROOT / "script" / "deployment"
"""Scripts that no state is made by."""

PEERS = {
    "morpho": ("peers",),
    "solidly": ("aerodrome", *(f"{AERODROME}/{name}.sol" for name in ("Pool", "Router", "factories/PoolFactory"))),
    "slipstream": (
        "slipstream",
        *(f"{SLIPSTREAM}/{name}.sol" for name in ("core/CLFactory", "core/CLPool")),
        *(f"{SLIPSTREAM}/periphery/{name}.sol" for name in ("SwapRouter", "lens/QuoterV2")),
    ),
}
"""Protocols that are published as source alone, by kind or family: the profile that compiles them, and what of it."""


class ReplicaError(MillraceError):
    """The replica cannot be built or served; the message says why."""


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


def _compile(missing: Sequence[Chain]) -> None:
    """Compile the script, and beside them the protocols that come as source, as far as one of the chains has them."""
    print(f"replica: building the state of {', '.join(chain.name for chain in missing)} ...", file=sys.stderr)
    forge, log_file = tool("forge"), BUILD / "replica" / "build.log"
    with log_file.open("w") as log:
        builds = [
            _started([forge, "build", *what], {**os.environ, "FOUNDRY_PROFILE": profile}, log)
            for profile, *what in (PEERS[kind] for kind in sorted(_kinds(missing) & PEERS.keys()))
        ]
        builds.append(_started([forge, "build", SCRIPT], _environment(), log))
        if [code for build in builds if (code := build.wait())]:
            raise ReplicaError(f"what replicas are built with does not compile; see {shown(log_file)}")


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
    run = [tool("forge"), "script", SCRIPT, "--sig", "run(string)", chain.name]
    with log_file.open("w") as log:
        if _started(run, _environment(), log).wait():
            raise ReplicaError(f"the replica of {chain.name} could not be built; see {shown(log_file)}")
    (folder / "genesis.json").write_text(json.dumps(genesis(chain, folder / "alloc.json")))
    stamp.write_text(inputs)


def _environment() -> dict[str, str]:
    """Return the environment of the script, which needs none of our contracts: forge compiles all sources beside it."""
    own = BUILD / "replica" / "script"
    paths = {"SRC": "script/replica", "OUT": str(own / "out"), "CACHE_PATH": str(own / "cache")}
    environment = {f"FOUNDRY_{name}": value for name, value in paths.items()}
    return {**os.environ, **environment, "FOUNDRY_DYNAMIC_TEST_LINKING": "false"}


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
        files += sorted(path for path in folder.rglob("*") if path.is_file() and path.parent != DEPLOYMENT)
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(ROOT)}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def shown(path: Path) -> str:
    """Return a path below the clone as people read it."""
    return str(path.relative_to(ROOT))
