"""The same fork tests on the replica and on an endpoint: only the URL differs."""

import json
import os
import subprocess
from typing import Any

import pytest

from harness import settings
from harness.replica import Replica

pytestmark = pytest.mark.long

VARIABLE = "ETHEREUM_RPC_URL"
TESTS = settings.ROOT / "tests"
OTHERS = sorted({path.relative_to(TESTS).parts[0] for path in TESTS.rglob("*.t.sol")} - {"fork"})
"""Folders of tests that are left out. Told what to run instead, forge has the compiler read every source beforehand."""


def outcomes(url: str | None) -> dict[str, str]:
    """Run the fork tests, with the chain's variable set to `url` or not at all, and return each test's status."""
    env = {name: value for name, value in os.environ.items() if name != VARIABLE}
    env |= {VARIABLE: url} if url else {}
    left_out = [argument for folder in OTHERS for argument in ("--skip", f"tests/{folder}/**/*.t.sol")]
    command = [settings.tool("forge"), "test", *left_out, "--json"]
    result = subprocess.run(command, cwd=settings.ROOT, env=env, capture_output=True, text=True, check=False)
    assert result.stdout.startswith("{"), result.stdout + result.stderr
    suites: dict[str, dict[str, Any]] = json.loads(result.stdout)
    return {
        f"{suite}.{test}": outcome["status"]
        for suite, body in suites.items()
        for test, outcome in body["test_results"].items()
    }


def test_an_endpoint_gives_the_results_of_the_replica(node: Replica) -> None:
    alone = outcomes(None)
    asked = "eth_getStorageAt"
    assert asked not in node.log.read_text()
    forked = outcomes(node.url)
    assert asked in node.log.read_text(), "the tests did not ask the endpoint"
    assert {test.split("/")[1] for test in alone} == {"fork"}
    assert set(alone.values()) == {"Success"}, {test: status for test, status in alone.items() if status != "Success"}
    assert forked == alone
