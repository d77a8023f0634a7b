"""Deployments that fail: at every transaction in turn, before and after it has reached the node, and then go on."""

import os
from pathlib import Path

import pytest
from flaky_node import Mode, flaky

from harness import deploy, replica
from harness.deploying import gas
from harness.deploying.order import DeployError, Order
from harness.deployments import load_deployment
from harness.node import connect
from harness.settings import DEPLOYER, dev_account
from harness.signer import Sender

pytestmark = pytest.mark.long

STEPS = 18
POINTS = range(1, STEPS + 1) if os.environ.get("FAILURES") == "all" else (1, 5, 11, STEPS)
"""Which transaction of the whole deployment fails; FAILURES=all, as in `make test-long`, for each."""


@pytest.mark.parametrize("mode", ["before", "after"])
def test_a_deployment_goes_on_after_any_failure_as_if_there_had_been_none(mode: Mode, tmp_path: Path) -> None:
    sender = dev_account(DEPLOYER).address
    with replica.serve("ethereum") as served, flaky(served.url, mode) as proxy:
        web3 = connect(served.chain, proxy.url)
        order = Order(served.chain, proxy.url, gas.ROLES, Sender(sender), local=True, folder=tmp_path)
        for point in POINTS:
            proxy.fails_at = point
            with pytest.raises(DeployError, match=r"^ethereum, step \d+ of \d+, .*; nothing is lost: run the same"):
                deploy.carry_out(order, web3, sends=True)
            reached = point if mode == "after" else point - 1
            assert served.web3.eth.get_transaction_count(sender) == reached
        deploy.carry_out(order, web3, sends=True)
        done = load_deployment(1, local=True, folder=tmp_path)
        assert proxy.sent == STEPS  # each was sent once
        assert deploy.mismatch(done, served.web3) == deploy.unsettled(done, served.web3) == ""
        assert deploy.carry_out(order, web3, sends=True).startswith("ethereum is deployed already, nothing was sent:")
