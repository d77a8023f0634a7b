"""The same fork tests on the replica and on an endpoint: only the URL differs."""

import json
import os
import subprocess
from typing import Any

from harness import settings
from harness.replica import Replica

VARIABLE = "ETHEREUM_RPC_URL"


def outcomes(url: str | None) -> dict[str, str]:
    """Run the fork tests, with the chain's variable set to `url` or not at all, and return each test's status."""
    env = {name: value for name, value in os.environ.items() if name != VARIABLE}
    env |= {VARIABLE: url} if url else {}
    command = [settings.tool("forge"), "test", "--match-path", "tests/fork/*", "--json"]
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
    assert len(alone) > 0
    assert set(alone.values()) == {"Success"}, {test: status for test, status in alone.items() if status != "Success"}
    assert forked == alone
