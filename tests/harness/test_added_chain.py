"""A chain that nobody has heard of, with forks of venues at addresses of their own, comes from a file alone."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from chainfiles import address

from harness import chains, settings
from harness.node import free_port

pytestmark = pytest.mark.long

NAME = "atoll"
POOLS: list[dict[str, Any]] = [
    {"venue": "pairs", "tokens": ["USD", "WATOL"]},
    {"venue": "fork-of-pairs", "tokens": ["USD", "WATOL"]},
    {"venue": "ranges", "tokens": ["USD", "WATOL"], "fee": 500},
    {"venue": "fork-of-slipstream", "tokens": ["USD", "WATOL"], "family": "slipstream", "tickSpacing": 100},
    {"venue": "fork-of-solidly", "tokens": ["USD", "WATOL"]},
]


def made_up() -> dict[str, Any]:
    """Return the file: its executor is composed as another chain's, of the kinds that it needs."""
    executor = chains.load("base").executor
    pools = [chains.Pool.model_validate(pool) for pool in POOLS]
    return {
        "name": NAME,
        "chainId": 424_242,
        "blockTime": 3,
        "fees": {"model": "eip1559", "leastTip": 7},
        "hardFork": "prague",
        "finality": 12,
        "deployers": {"create2": "0x4e59b44847b379578588920cA78FbF26c0B4956C"},
        "rpcVariable": "ATOLL_RPC_URL",
        "pinned": {"block": 90_000, "timestamp": 1_744_590_299},
        "native": {"symbol": "ATOL", "wrapped": "WATOL"},
        "tokens": {
            "WATOL": {"address": address("WATOL"), "decimals": 18, "name": "Wrapped Atol"},
            "USD": {"address": address("USD of the atoll"), "decimals": 6, "name": "Dollar", "symbol": "USD.a"},
        },
        "venues": {
            "pairs": {"kind": "uniswap-v2", "factory": address("pairs"), "router": address("router"), "feeBps": 30},
            "fork-of-pairs": {"kind": "uniswap-v2", "factory": address("fork of pairs"), "feeBps": 30},
            "ranges": {"kind": "uniswap-v3", "factory": address("ranges")},
            "fork-of-slipstream": {"kind": "uniswap-v3", "factory": address("fork of Slipstream")},
            "fork-of-solidly": {"kind": "solidly", "factory": address("fork of Solidly")},
        },
        "lenders": {"morpho": {"kind": "morpho", "address": address("Morpho of the atoll")}},
        "executor": executor.model_dump(by_alias=True),
        "feeds": {
            "ATOL": {"address": address("ATOL / USD"), "decimals": 8, "heartbeat": 3600, "tokens": ["WATOL"]},
            "USD": {"address": address("USD / USD"), "decimals": 8, "heartbeat": 86400, "tokens": ["USD"]},
        },
        "contracts": chains.load("base").contracts,
        "pools": POOLS,
        "profitTokens": ["WATOL", "USD"],
        "replica": {
            "holder": address("holder of the atoll"),
            "history": {"blocks": 28_800, "seconds": 86_400},
            "observations": 48,
            "supplies": {"WATOL": 10_000_000, "USD": 100_000_000},
            "prices": {"WATOL": "2500000000", "USD": "100000000"},
            "answers": {"ATOL": "WATOL", "USD": "USD"},
            "depths": {pool.name: 400_000 for pool in pools},
            "lent": {"morpho": {"WATOL": 1_000_000, "USD": 1_000_000}},
        },
    }


def run(folder: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `millrace` on the chain files of another folder."""
    return subprocess.run(
        [sys.executable, "-c", "from harness.cli import main; main()", *arguments],
        cwd=settings.ROOT,
        env={**os.environ, "MILLRACE_CHAINS": folder},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def folder() -> Iterator[str]:
    """Write the file into a folder of its own, below build/, where scripts may read."""
    place = settings.BUILD / "added" / str(os.getpid())
    place.mkdir(parents=True)
    (place / f"{NAME}.json").write_text(json.dumps(made_up(), indent=2))
    yield str(place.relative_to(settings.ROOT))
    shutil.rmtree(place)
    shutil.rmtree(settings.BUILD / "replica" / NAME, ignore_errors=True)


@contextmanager
def served(folder: str) -> Iterator[str]:
    """Serve the chain's replica from a process that knows of nothing but the file."""
    port = free_port()
    command = [sys.executable, "-u", "-c", "from harness.cli import main; main()", "replica", "--chain", NAME]
    environment = {**os.environ, "MILLRACE_CHAINS": folder}
    with subprocess.Popen(
        [*command, "--port", str(port)], cwd=settings.ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            said = []
            for line in iter(process.stdout.readline, ""):
                said.append(line)
                if "Ctrl-C" in line:
                    break
            assert any("ATOL" in line or NAME in line for line in said), "".join(said)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def test_a_chain_is_added_by_a_file(folder: str) -> None:
    checked = run(folder, "chains", "check")
    assert (checked.returncode, checked.stdout) == (0, f"{NAME}: chain id 424242, 2 tokens, 5 pools\n")
    built = run(folder, "replica", "--chain", NAME, "--state-only")
    assert built.returncode == 0, built.stderr
    with served(folder) as url:
        verified = run(folder, "chains", "verify", "--chain", NAME, "--rpc", url)
        planned = run(folder, "deploy", "--chain", NAME, "--rpc", url)
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert "0 differs" in verified.stdout
    for at, venue in enumerate(pool["venue"] for pool in POOLS):
        assert f"pools.{at}: {venue}:USD/WATOL" in verified.stdout
    assert "confirmed           tokens.USD.symbol: USD.a" in verified.stdout
    assert planned.returncode == 0, planned.stderr
    assert "ATOL" in planned.stdout
    assert "executor" in planned.stdout


def test_a_wrong_file_is_refused_before_anything_is_built(folder: str) -> None:
    path = settings.ROOT / folder / f"{NAME}.json"
    right = path.read_text()
    wrong = json.loads(right)
    wrong["venues"]["fork-of-pairs"]["factory"] = wrong["venues"]["pairs"]["factory"]
    wrong["fees"]["model"] = "op-stack"
    path.write_text(json.dumps(wrong))
    try:
        refused = run(folder, "replica", "--chain", NAME, "--state-only")
    finally:
        path.write_text(right)
    assert refused.returncode == 1
    assert "venues.fork-of-pairs.factory: is that of venues.pairs too" in refused.stderr
    assert "sequencer: is missing" in refused.stderr


def test_without_the_folder_there_is_no_such_chain(tmp_path: Path) -> None:
    assert NAME not in chains.names()
    with pytest.raises(chains.UnknownChainError):
        chains.load(NAME, tmp_path)
