"""A replica that has been deployed to and handed over, and governance that acts there as a Safe would."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from harness import chains, deploy, replica
from harness.chains import Chain
from harness.deploying import configuration, gas
from harness.deploying.configuration import Drift
from harness.deploying.order import Order
from harness.deployments import Deployment, load_deployment
from harness.devchain import DevChain
from harness.keeper.abi import calldata
from harness.replica import Replica
from harness.settings import BUILD, CHAINS, DEPLOYER, GOVERNANCE, GUARDIAN, ROOT, dev_account
from harness.signer import Sender

DELAY = 2 * 86_400


class Stage:
    """A replica with a deployment, and governance that acts there as a Safe would."""

    def __init__(self, served: Replica, order: Order) -> None:
        self.served, self.order = served, order
        chain_id = order.chain.chain_id
        self.deployment: Deployment = load_deployment(chain_id, local=True, folder=order.folder)
        self.node = DevChain(served.web3, 12)

    def drift(self, chain: Chain | None = None) -> Drift:
        """Compare the chain with its file, or with another one."""
        order = replace(self.order, chain=chain) if chain else self.order
        return configuration.drift(order, self.served.web3, self.deployment)

    def guard(self, *calls: tuple[str, bytes]) -> None:
        """Make calls as the guardian, at once."""
        for target, call in calls:
            self.send(target, call, GUARDIAN)

    def apply(self, found: Drift, folder: Path) -> None:
        """Make the chain like its file by the batches of `millrace config apply`, as the Safe would."""
        announce, act = configuration.write_batches(found, folder)
        self.send_batch(announce)
        self.node.mine(DELAY)
        self.send_batch(act)

    def govern(self, *calls: tuple[str, bytes]) -> None:
        """Announce calls, wait, and make them."""
        manager = self.deployment.address("manager")
        for target, call in calls:
            self.send(manager, calldata("schedule(address,bytes,uint48)", target, call, 0))
        self.node.mine(DELAY)
        for target, call in calls:
            self.send(manager, calldata("execute(address,bytes)", target, call))

    def send_batch(self, path: Path) -> None:
        """Make the transactions of a file of the Safe's transaction builder."""
        batch = json.loads(path.read_text())
        assert (batch["version"], batch["chainId"]) == ("1.0", "1")
        for transaction in batch["transactions"]:
            assert (transaction["value"], transaction["contractMethod"]) == ("0", None)
            self.send(transaction["to"], bytes.fromhex(transaction["data"][2:]))

    def send(self, to: str, data: bytes, who: int = GOVERNANCE) -> None:
        """Make one transaction, as governance unless it is said who."""
        sent = self.node.send(dev_account(who), to, data)
        self.node.mine()
        self.node.receipt(sent)


@contextmanager
def settled(name: str, folder: Path, chain: Chain | None = None) -> Iterator[Stage]:
    """Serve a chain's replica, and deploy to it, by another file of it where one is given."""
    with replica.serve(name) as served:
        sender = Sender(dev_account(DEPLOYER).address)
        order = Order(chain or served.chain, served.url, gas.ROLES, sender, local=True, folder=folder)
        deploy.carry_out(order, served.web3, sends=True)
        yield Stage(served, order)


@contextmanager
def taken_back(stage: Stage) -> Iterator[None]:
    """Take back at the end what happens meanwhile."""
    request = stage.served.web3.provider.make_request
    state, record = request("evm_snapshot", [])["result"], stage.deployment  # type: ignore[arg-type]
    yield
    stage.deployment = record
    request("evm_revert", [state])  # type: ignore[arg-type]


@contextmanager
def filed(terms: dict[str, object], confirmed: str = "") -> Iterator[Chain]:
    """Yield Ethereum's file with other terms, in a folder where forge may read.

    Args:
        terms: All of them.
        confirmed: Name of a bridge that is unconfirmed no more.
    """
    data = json.loads((CHAINS / "ethereum.json").read_text()) | {"terms": terms}
    if confirmed:
        del data["bridges"][confirmed]["unconfirmed"]
        data["unconfirmed"] = [what for what in data["unconfirmed"] if not what.startswith(f"bridges.{confirmed}")]
    with TemporaryDirectory(dir=BUILD) as folder, pytest.MonkeyPatch.context() as patch:
        (Path(folder) / "ethereum.json").write_text(json.dumps(data))
        patch.setenv("MILLRACE_CHAINS", str(Path(folder).relative_to(ROOT)))
        yield chains.load("ethereum", Path(folder))
