"""The record of a deployment, made of what the chain itself says; and whether the two agree."""

import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from eth_abi.abi import decode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hexbytes import HexBytes
from web3 import Web3

from harness import artifacts
from harness.deploying import events, rights
from harness.deploying.order import DeployError, Order, Site
from harness.deploying.script import Made, Script
from harness.deployments import (
    CONTRACTS,
    CREATED_INSIDE,
    DeployedContract,
    Deployment,
    load_deployment,
    record_path,
    save_deployment,
)
from harness.settings import ROOT, SCRIPT_OUT

DEPLOYED: Final = HexBytes(keccak(text="Deployed(address,bytes32,address,bytes32)"))


@dataclass(frozen=True)
class Creation:
    """How a contract came to be, as the factory's event tells it."""

    transaction: str
    block: int
    init_code_hash: str


@cache
def built(name: str) -> artifacts.Artifact:
    """Return what forge built for the scripts, read once: it is large.

    Raises:
        ArtifactError: It is not built, or a source of it has changed since.
    """
    return artifacts.artifact(name, SCRIPT_OUT)


def path_of(order: Order) -> Path:
    """Return where the record of an order's chain stands."""
    return record_path(order.chain.chain_id, local=order.local, folder=order.folder)


def creations(site: Site, said: Script) -> dict[str, Creation]:
    """Return how the deployer's contracts were created, by role; those that do not stand are missing."""
    wanted = {HexBytes(made.salt): made.role for made in said.contracts}
    standing = {made.role for made in said.contracts if site.web3.eth.get_code(to_checksum_address(made.address))}
    found: dict[str, Creation] = {}
    topics = [DEPLOYED, HexBytes(to_checksum_address(site.order.sender.address)).rjust(32, b"\0")]
    for log in events.backwards(site.web3, said.factory, topics, lambda: standing <= set(found)):
        if role := wanted.get(log["topics"][2]):
            found[role] = Creation(log["transactionHash"].to_0x_hex(), log["blockNumber"], log["data"].to_0x_hex())
    return found


def require_ours(site: Site, said: Script) -> None:
    """Make sure that what stands was made of these sources and arguments.

    Raises:
        DeployError: Something stands that was not.
    """
    found = creations(site, said)
    for made in said.contracts:
        if made.role in found and found[made.role].init_code_hash != made.init_code_hash:
            raise DeployError(
                f"{made.role} at {made.address} is of other sources or arguments than these; check out the commit that "
                "it was deployed from, or raise VERSION in script/deployment/Creating.sol to deploy anew beside it"
            )


def written(site: Site, said: Script) -> Deployment:
    """Compare the code on chain with forge's and the rights with the plan, and write the record.

    Raises:
        DeployError: Something differs; then nothing is recorded.
    """
    order = site.order
    found = creations(site, said)
    contracts = {made.role: _contract(order, said, made, found[made.role]) for made in said.contracts}
    encoded = {made.role: bytes.fromhex(made.arguments.removeprefix("0x")) for made in said.contracts}
    contracts["injection"] = _inside("injection", said.injection, contracts["reserve"], encoded["reserve"][: 3 * 32])
    contracts["sizer"] = _inside("sizer", said.sizer, contracts["executor"], b"")
    names = [*CONTRACTS, *sorted(set(contracts) - set(CONTRACTS))]
    deployment = Deployment(
        chain=order.chain.name,
        chain_id=order.chain.chain_id,
        commit=_commit(),
        roles=order.roles,
        governance_delay=said.governance_delay,
        factory=said.factory,
        contracts={name: contracts[name] for name in names},
    )
    if problem := mismatch(deployment, site.web3):
        raise DeployError(f"{site.name}: what was deployed is not what forge built: {problem}; do not use it")
    if problem := unsettled(deployment, site.web3):
        raise DeployError(f"{site.name}: what was deployed is not governance's alone: {problem}; do not use it")
    save_deployment(deployment, local=order.local, folder=order.folder)
    return deployment


def standing(order: Order, web3: Web3) -> Deployment | None:
    """Return the recorded deployment if it stands on the chain as the sources have it.

    On a development node whatever else is found counts as nothing, for such nodes come and go.

    Raises:
        DeployError: A real chain has something else than the record or the sources say.
    """
    path = path_of(order)
    if not path.is_file():
        return None
    found = load_deployment(order.chain.chain_id, local=order.local, folder=order.folder)
    if problem := mismatch(found, web3):
        if order.local:
            return None
        raise DeployError(f"{path.name} does not agree with the chain: {problem}; check out commit {found.commit}")
    return found


def mismatch(deployment: Deployment, web3: Web3) -> str:
    """Say which contract's code on chain is not forge's; empty where all agree."""
    for key, contract in deployment.contracts.items():
        code = bytes(web3.eth.get_code(to_checksum_address(contract.address)))
        if not code:
            return f"{key} has no code at {contract.address}"
        if changed := built(contract.name).differences(code):
            return f"{key} at {contract.address} differs from {contract.name} in {len(changed)} bytes"
    return ""


def unsettled(deployment: Deployment, web3: Web3) -> str:
    """Say what is wrong with the hand-over to governance; empty where it alone is admin, with the delay on record."""
    manager = deployment.contracts["manager"]
    wanted = {deployment.roles.governance: deployment.governance_delay}
    found = rights.members(web3, manager.address, manager.block).get(rights.ADMIN, {})
    return "" if found == wanted else f"admins and their delays are {found}, not {wanted}"


def _contract(order: Order, said: Script, made: Made, creation: Creation) -> DeployedContract:
    return DeployedContract(
        name=made.name,
        address=made.address,
        transaction=creation.transaction,
        block=creation.block,
        deployer=order.sender.address,
        creator=said.factory,
        salt=made.salt,
        arguments=arguments_of(made),
        init_code_hash=creation.init_code_hash,
    )


def _inside(role: str, address: str, creator: DeployedContract, arguments: bytes) -> DeployedContract:
    """Return what another contract's constructor created, the reserve's with the first of its arguments."""
    name = CREATED_INSIDE[role]
    code = built(name).init_code
    return creator.model_copy(
        update={
            "name": name,
            "address": to_checksum_address(address),
            "creator": creator.address,
            "salt": "",
            "arguments": (),
            "init_code_hash": "0x" + keccak(code + arguments).hex(),
        }
    )


def arguments_of(made: Made) -> tuple[str, ...]:
    """Return a constructor's arguments as people read them."""
    entries: list[dict[str, Any]] = built(made.name).abi
    inputs: list[dict[str, Any]] = next((entry["inputs"] for entry in entries if entry["type"] == "constructor"), [])
    values = decode([_type(item) for item in inputs], bytes.fromhex(made.arguments.removeprefix("0x")))
    return tuple(_shown(item["type"], value) for item, value in zip(inputs, values, strict=True))


def _type(item: dict[str, Any]) -> str:
    if not item["type"].startswith("tuple"):
        return str(item["type"])
    return f"({','.join(_type(part) for part in item['components'])}){item['type'].removeprefix('tuple')}"


def _shown(kind: str, value: object) -> str:
    if kind == "address":
        return to_checksum_address(str(value))
    return f"({', '.join(str(part) for part in value)})" if isinstance(value, tuple) else str(value)


def _commit() -> str:
    """Return the commit that the sources are of, `-dirty` where contracts or scripts differ from it."""
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    status = ["git", "status", "--porcelain", "contracts", "script", "chains", "foundry.toml", "package-lock.json"]
    changed = subprocess.run(status, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return (commit.stdout.strip() or "unknown") + ("-dirty" if changed else "")
