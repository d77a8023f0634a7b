"""What differs between a chain and its file, and the batches by which governance's Safe mends it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from eth_utils.address import to_checksum_address
from web3 import Web3

from harness.chains import Chain
from harness.deploying import rights, script
from harness.deploying.order import Order
from harness.deploying.script import Change, Script
from harness.deployments import Deployment
from harness.keeper.abi import calldata
from harness.settings import BUILD

FOLDER: Final = BUILD / "config"
ROLES: Final = {1: "guardian", 2: "reserve", 4: "vault keeper", 5: "withdrawer"}
"""Roles whose members the plan fixes, by number at the manager; the converters are governance's to name."""


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

    def lines(self) -> list[str]:
        """Return a line for each difference: what, as it is, as it would be."""
        shown = [f"{self.chain.name}: {what} is not deployed; `millrace deploy` deploys it" for what in self.missing]
        for change in self.changes:
            line = f"{self.chain.name}: {change.contract}, {change.what}: is {change.found}, would be {change.wanted}"
            shown.append(self._named(line))
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
    changes = (*said.changes, *_strays(order, web3, deployment, said))
    return Drift(order.chain, deployment.address("manager"), missing, changes)


def _strays(order: Order, web3: Web3, deployment: Deployment, said: Script) -> list[Change]:
    """Return who holds a role and should not: that the script cannot ask, for the manager has no list."""
    manager = deployment.contracts["manager"]
    found, wanted = rights.members(web3, manager.address, manager.block), _wanted(order, said)
    return [
        Change(
            contract="manager",
            what=f"{name} {account}",
            found="at once" if not delay else f"after {delay} s",
            wanted="no",
            to=manager.address,
            call="0x" + calldata("revokeRole(uint64,address)", role, account).hex(),
        )
        for role, name in ROLES.items()
        for account, delay in found.get(role, {}).items()
        if account not in wanted[role]
    ]


def _wanted(order: Order, said: Script) -> dict[int, set[str]]:
    terms, roles = order.chain.terms, order.roles
    return {
        1: set(terms.guardians or [roles.guardian]),
        2: {said.addresses()["reserve"]},
        4: set(terms.keepers or [roles.keeper]),
        5: {roles.governance},
    }


def write_batches(found: Drift, folder: Path = FOLDER) -> tuple[Path, Path]:
    """Write what the Safe announces, and what it does when its delay has passed; return the two files."""
    folder.mkdir(parents=True, exist_ok=True)
    announced = [calldata("schedule(address,bytes,uint48)", change.to, _bytes(change), 0) for change in found.changes]
    done = [calldata("execute(address,bytes)", change.to, _bytes(change)) for change in found.changes]
    paths = []
    for act, calls in (("announce", announced), ("act", done)):
        path = folder / f"{found.chain.name}-{act}.json"
        path.write_text(json.dumps(_batch(found, act, calls), indent=2) + "\n")
        paths.append(path)
    return paths[0], paths[1]


def _bytes(change: Change) -> bytes:
    return bytes.fromhex(change.call.removeprefix("0x"))


def _batch(found: Drift, act: str, calls: list[bytes]) -> dict[str, Any]:
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
