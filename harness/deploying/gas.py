"""The gas of a full deployment on each chain's replica: `python -m harness.deploying.gas` writes it to snapshots/."""

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

from eth_utils.address import to_checksum_address
from web3 import Web3

from harness import chains, deploy, replica
from harness.deploying.order import Order, Site
from harness.deployments import Roles
from harness.settings import DEPLOYER, GOVERNANCE, GUARDIAN, KEEPER, ROOT, dev_account
from harness.signer import Sender

SNAPSHOT: Final = ROOT / "snapshots" / "deployment.json"
ROLES: Final = Roles(
    governance=dev_account(GOVERNANCE).address,
    guardian=dev_account(GUARDIAN).address,
    keeper=dev_account(KEEPER).address,
)


@contextmanager
def replicas(names: Sequence[str], folder: Path) -> Iterator[list[Site]]:
    """Serve the replicas of several chains, each with an order of the development accounts."""
    replica.build_all(names)
    with ExitStack() as stack:
        served = [stack.enter_context(replica.serve(name)) for name in names]
        sender = Sender(dev_account(DEPLOYER).address)
        yield [Site(Order(one.chain, one.url, ROLES, sender, local=True, folder=folder), one.web3) for one in served]


def used(web3: Web3, sender: str) -> dict[str, int]:
    """Return how many transactions a sender has made on a replica, and the gas of them all."""
    count, block, gas = int(web3.eth.get_transaction_count(to_checksum_address(sender))), int(web3.eth.block_number), 0
    left = count
    while left:
        for transaction in web3.eth.get_block(block)["transactions"]:
            receipt = web3.eth.get_transaction_receipt(transaction)  # type: ignore[arg-type]
            if receipt["from"] == sender:
                gas, left = gas + int(receipt["gasUsed"]), left - 1
        block -= 1
    return {"transactions": count, "gas": gas}


def measured(sites: Sequence[Site]) -> dict[str, dict[str, int]]:
    """Return what the deployments took, by chain."""
    return {site.name: used(site.web3, site.order.sender.address) for site in sites}


def main() -> None:
    """Deploy to every chain's replica, and write what it took."""
    with tempfile.TemporaryDirectory() as folder, replicas(chains.names(), Path(folder)) as sites:
        deploy.carry_out_all(sites, sends=True)
        SNAPSHOT.write_text(json.dumps(measured(sites), indent=2) + "\n")


if __name__ == "__main__":
    main()
