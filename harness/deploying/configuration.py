"""What differs between a chain and its file, and the batches by which governance's Safe mends it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from eth_utils.address import to_checksum_address
from web3 import Web3

from harness.chains import Chain
from harness.deploying import script
from harness.deploying.compare import guard, manager, others, outposts, reserve
from harness.deploying.compare.ground import Ground
from harness.deploying.order import Order
from harness.deploying.script import Change, Script
from harness.deployments import CREATED_INSIDE, Deployment
from harness.keeper.abi import calldata
from harness.settings import BUILD

FOLDER: Final = BUILD / "config"
EXECUTE: Final = "execute(address,bytes)"


@dataclass(frozen=True)
class Drift:
    """What differs on a chain.

    Attributes:
        chain: The chain.
        manager: Its access manager.
        missing: Contracts of the file that are not deployed.
        changes: What is set otherwise.
    """

    chain: Chain
    manager: str
    missing: tuple[str, ...]
    changes: tuple[Change, ...]

    @property
    def mendable(self) -> tuple[Change, ...]:
        """Those that governance can mend as things stand."""
        return tuple(change for change in self.changes if not change.left)

    def lines(self) -> list[str]:
        """Return a line for each difference: what, as it is, as it would be."""
        shown = [f"{self.chain.name}: {what} is not deployed; `millrace deploy` deploys it" for what in self.missing]
        for change in self.changes:
            line = f"{self.chain.name}: {change.contract}, {change.what}: is {change.found}, would be {change.wanted}"
            shown.append(self._named(f"{line}; {change.left}" if change.left else line))
        return shown

    def _named(self, text: str) -> str:
        """Put symbols where the chain file's tokens are named by their addresses."""
        for symbol, token in self.chain.tokens.items():
            text = text.replace(token.address, symbol)
        return text


def drift(order: Order, web3: Web3, deployment: Deployment) -> Drift:
    """Compare a chain with its file.

    Raises:
        DeployError: The script fails; says by what.
    """
    said = script.run(order)
    missing = tuple(step.what for step in said.steps)
    addresses = {role: contract.address for role, contract in deployment.contracts.items()}
    first = deployment.contracts["manager"].block
    changes = (*said.changes, *beyond(ground_of(order, web3, said, addresses, first)))
    once = {(change.to, change.call or change.what): change for change in changes}
    return Drift(order.chain, addresses["manager"], missing, tuple(once.values()))


def ground_of(order: Order, web3: Web3, said: Script, addresses: dict[str, str], first: int) -> Ground:
    """Return what is compared beside the script: contracts at their addresses, deployed from block `first` on."""
    pools = {pool.name: address for pool, address in zip(order.chain.pools, said.pools, strict=True)}
    names = {made.role: made.name for made in said.contracts} | CREATED_INSIDE
    return Ground(order.chain, web3, addresses, names, pools, order.roles, said.governance_delay, first)


def beyond(ground: Ground) -> list[Change]:
    """Return what differs and the script does not look at, in an order in which it can be mended."""
    parts = (manager, reserve, guard, others, outposts)
    return [change for part in parts for change in part.compared(ground)]


def write_batches(found: Drift, folder: Path = FOLDER) -> tuple[Path, Path]:
    """Write what the Safe announces, and what it does when its delay has passed; return the two files."""
    folder.mkdir(parents=True, exist_ok=True)
    announced, done = zip(*(_calls(change) for change in found.mendable), strict=True)
    paths = []
    for act, calls in (("announce", announced), ("act", done)):
        path = folder / f"{found.chain.name}-{act}.json"
        path.write_text(json.dumps(_batch(found, act, calls), indent=2) + "\n")
        paths.append(path)
    return paths[0], paths[1]


def _calls(change: Change) -> tuple[bytes, bytes]:
    """Return how a change is announced, and how it is made."""
    call = bytes.fromhex(change.call.removeprefix("0x"))
    return calldata("schedule(address,bytes,uint48)", change.to, call, 0), calldata(EXECUTE, change.to, call)


def _batch(found: Drift, act: str, calls: tuple[bytes, ...]) -> dict[str, Any]:
    """Return a file of the Safe's transaction builder; it is the same for the same calls."""
    return {
        "version": "1.0",
        "chainId": str(found.chain.chain_id),
        "createdAt": 0,
        "meta": {
            "name": f"Millrace on {found.chain.name}: {act}",
            "description": "\n".join(found.lines()),
            "txBuilderVersion": "",
            "createdFromSafeAddress": "",
            "createdFromOwnerAddress": "",
        },
        "transactions": [
            {
                "to": to_checksum_address(found.manager),
                "value": "0",
                "data": "0x" + call.hex(),
                "contractMethod": None,
                "contractInputsValues": None,
            }
            for call in calls
        ],
    }
