"""`millrace deploy`: runs script/Deploy.s.sol, checks what came of it, and keeps the record.

Nothing is sent before a dry run has gone through and the sender's balance covers it. What stands recorded and unchanged
on the chain is not deployed again.
"""

import fcntl
import json
import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
from eth_utils.address import is_checksum_address, to_checksum_address
from eth_utils.crypto import keccak
from hexbytes import HexBytes
from web3 import Web3

from harness import artifacts, chains
from harness.chains import Chain
from harness.deployments import (
    CONTRACTS,
    CREATED_INSIDE,
    DeployedContract,
    Deployment,
    Roles,
    load_deployment,
    record_path,
    save_deployment,
)
from harness.errors import MillraceError
from harness.keeper.abi import Call
from harness.node import connect, is_development, redacted
from harness.settings import (
    BUILD,
    DEPLOYMENTS,
    GOVERNANCE,
    GUARDIAN,
    KEEPER,
    ROOT,
    SCRIPT_OUT,
    dev_account,
    script_environment,
    tool,
)
from harness.signer import Sender, sender_of, signing

SCRIPT: Final = "script/Deploy.s.sol"
SIGNATURE: Final = "run(string,address,address,address)"
ADMIN_ROLE: Final = 0


class DeployError(MillraceError):
    """The deployment cannot be made, or is not what it should be; the message says why and what to do."""


@dataclass(frozen=True)
class Order:
    """What is to be deployed where.

    Attributes:
        chain: The chain.
        url: Its endpoint.
        roles: Who holds which role afterwards.
        sender: Who signs.
        local: Whether it is a development node.
        folder: Where the records lie.
    """

    chain: Chain
    url: str
    roles: Roles
    sender: Sender
    local: bool
    folder: Path = DEPLOYMENTS


@dataclass(frozen=True)
class Script:
    """What the script has written: addresses by name, what was left out and why, and governance's delay in seconds."""

    contracts: dict[str, str]
    left_out: tuple[str, ...]
    governance_delay: int

    def names(self) -> list[str]:
        """Return the names, `CONTRACTS` first."""
        return [*CONTRACTS, *sorted(set(self.contracts) - set(CONTRACTS))]


@dataclass(frozen=True)
class Rehearsal:
    """What a deployment comes to.

    Attributes:
        count: How many transactions.
        cost: The most wei that they may cost.
        script: What the script says of it.
    """

    count: int
    cost: int
    script: Script


def standing(order: Order, web3: Web3) -> Deployment | None:
    """Return the recorded deployment if it stands on the chain as the sources have it.

    On a development node whatever else is found counts as nothing, for such nodes come and go.

    Raises:
        DeployError: A real chain has something else than the record or the sources say, or it stands with other roles.
    """
    path = record_path(order.chain.chain_id, local=order.local, folder=order.folder)
    if not path.is_file():
        return None
    found = load_deployment(order.chain.chain_id, local=order.local, folder=order.folder)
    if problem := mismatch(found, web3):
        if order.local:
            return None
        raise DeployError(f"{path.name} does not agree with the chain: {problem}; check out commit {found.commit}")
    if found.roles != order.roles:
        raise DeployError(
            f"{order.chain.name} has a deployment with other roles ({found.roles}); roles are changed by governance"
        )
    return found


def mismatch(deployment: Deployment, web3: Web3) -> str:
    """Say which contract's code on chain is not forge's; empty where all agree."""
    for key, contract in deployment.contracts.items():
        code = bytes(web3.eth.get_code(to_checksum_address(contract.address)))
        if not code:
            return f"{key} has no code at {contract.address}"
        if changed := artifacts.artifact(contract.name, SCRIPT_OUT).differences(code):
            return f"{key} at {contract.address} differs from {contract.name} in {len(changed)} bytes"
    return ""


def unsettled(deployment: Deployment, web3: Web3) -> str:
    """Say what is wrong with the hand-over to governance; empty where it alone is admin, with the delay on record."""
    manager = deployment.contracts["manager"]
    wanted = {manager.deployer: (False, 0), deployment.roles.governance: (True, deployment.governance_delay)}
    for account, right in wanted.items():
        if (found := _membership(web3, manager.address, account)) != right:
            return f"{account} is admin and waits: {found}, not {right}"
    return ""


def _membership(web3: Web3, manager: str, account: str) -> tuple[bool, int]:
    call = Call(manager, "hasRole(uint64,address)", (ADMIN_ROLE, account), ("bool", "uint32"))
    answer = web3.eth.call({"to": to_checksum_address(manager), "data": HexBytes(call.data())})
    member, delay = call.read(bytes(answer)) or (False, 0)
    return bool(member), int(delay)


def _said(order: Order) -> Script:
    data = json.loads((BUILD / "deploy" / f"{order.chain.chain_id}.json").read_text())
    return Script(data["contracts"], tuple(data["leftOut"]), int(data["governanceDelay"]))


def rehearse(order: Order, web3: Web3) -> Rehearsal:
    """Run the script without sending anything.

    Raises:
        DeployError: The script fails, or the sender holds less.
    """
    balance = web3.eth.get_balance(to_checksum_address(order.sender.address))
    _forge_script(order, [])
    sent = json.loads((_broadcasts(order) / "dry-run" / "run-latest.json").read_text())["transactions"]
    price = 2 * web3.eth.gas_price
    cost = sum(int(entry["transaction"]["gas"], 16) for entry in sent) * price
    if balance < cost:
        symbol = order.chain.native.symbol
        raise DeployError(
            f"{order.sender.address} holds {_ether(balance)} {symbol} and the deployment may cost {_ether(cost)}; "
            f"send it {_ether(cost - balance)} {symbol}"
        )
    return Rehearsal(len(sent), cost, _said(order))


def broadcast(order: Order, web3: Web3) -> Deployment:
    """Send the deployment, compare the code on chain with forge's, and write the record.

    Raises:
        DeployError: forge failed, or the code differs; then nothing is recorded.
    """
    with signing(order.sender) as flags:
        # One after the other: together they are more than a block may hold.
        _forge_script(order, ["--broadcast", "--slow", *flags])
    said = _said(order)
    log = json.loads((_broadcasts(order) / "run-latest.json").read_text())
    contracts = {key: _deployed(said.contracts[key], key, log) for key in said.names()}
    deployment = Deployment(
        chain=order.chain.name,
        chain_id=order.chain.chain_id,
        commit=_commit(),
        roles=order.roles,
        governance_delay=said.governance_delay,
        contracts=contracts,
    )
    if problem := mismatch(deployment, web3):
        raise DeployError(f"what was deployed is not what forge built: {problem}; do not use it")
    if problem := unsettled(deployment, web3):
        raise DeployError(f"what was deployed is not governance's alone: {problem}; do not use it")
    save_deployment(deployment, local=order.local, folder=order.folder)
    return deployment


@click.command()
@click.option("--chain", "name", required=True, help="Which of chains/*.json.")
@click.option("--rpc", "url", help="Endpoint; else the chain's variable, such as ETHEREUM_RPC_URL.")
@click.option("--account", "alias", help="ape account that signs; not needed on a replica.")
@click.option("--governance", help="Ends as the only admin, best a Safe; on a replica the second account.")
@click.option("--guardian", help="May pause; on a replica the third account.")
@click.option("--keeper", help="May execute routes; on a replica the fourth account.")
@click.option("--broadcast", "sends", is_flag=True, help="Send; without it the deployment is only rehearsed.")
def command(sends: bool, name: str, url: str | None, alias: str | None, **roles: str | None) -> None:
    """Deploy to a chain or a replica."""
    chain = chains.load(name)
    url = url or os.environ.get(chain.rpc_variable)
    if not url:
        raise DeployError(f"no endpoint of {name} is given; give --rpc or set {chain.rpc_variable}")
    web3 = connect(chain, url)
    local = is_development(web3)
    sender = sender_of(web3, alias, local=local, sign=sends)
    click.echo(carry_out(Order(chain, url, _roles(roles, local=local), sender, local), web3, sends=sends))


def carry_out(order: Order, web3: Web3, *, sends: bool) -> str:
    """Rehearse the deployment, send it where `sends`, and say what happened."""
    with _alone():
        _run([tool("forge"), "build", SCRIPT, *_read_sources(order.chain)], order, "")
        if found := standing(order, web3):
            return _listed(f"{order.chain.name} is deployed already, nothing was sent", found)
        plan = rehearse(order, web3)
        if not sends:
            return _rehearsed(order, plan)
        done = broadcast(order, web3)
    path = record_path(order.chain.chain_id, local=order.local, folder=order.folder)
    return _listed(f"deployed to {order.chain.name}, recorded in {path.name}", done, plan.script.left_out)


def _rehearsed(order: Order, plan: Rehearsal) -> str:
    most = f"{plan.count} transactions, at most {_ether(plan.cost)} {order.chain.native.symbol}"
    title = f"rehearsed on {order.chain.name}: {most} from {order.sender.address}; nothing was sent, --broadcast sends"
    days = plan.script.governance_delay / 86_400
    lines = [f"  {key:<20} {plan.script.contracts[key]}" for key in plan.script.names()]
    return "\n".join(
        [title, f"  governance announces {days:g} days before it acts", *lines, *_omitted(plan.script.left_out)]
    )


def _listed(title: str, deployment: Deployment, left_out: tuple[str, ...] = ()) -> str:
    lines = [f"  {key:<20} {item.address}  block {item.block}" for key, item in deployment.contracts.items()]
    return "\n".join([f"{title}:", *lines, *_omitted(left_out)])


def _omitted(left_out: tuple[str, ...]) -> list[str]:
    return [f"  left out: {line}" for line in left_out]


def _roles(given: dict[str, str | None], *, local: bool) -> Roles:
    """Take the roles from the options, on a replica from the development accounts."""
    chosen = {}
    for role, index in {"governance": GOVERNANCE, "guardian": GUARDIAN, "keeper": KEEPER}.items():
        address = given[role] or (dev_account(index).address if local else None)
        if address is None or not is_checksum_address(address):
            raise DeployError(f"{role} is {address or 'missing'}; give --{role} a checksummed address")
        chosen[role] = address
    return Roles(**chosen)


def _forge_script(order: Order, flags: list[str]) -> None:
    roles = (order.roles.governance, order.roles.guardian, order.roles.keeper)
    command = [tool("forge"), "script", SCRIPT, "--sig", SIGNATURE, order.chain.name, *roles]
    _run([*command, "--sender", order.sender.address, *flags], order, "is there enough ether, and the right chain?")


def _run(command: list[str], order: Order, hint: str) -> None:
    """Run forge; the endpoint goes through the environment, where the list of processes does not show it."""
    env = {**script_environment(), "FOUNDRY_ETH_RPC_URL": order.url, "NO_COLOR": "1"}
    result = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        said = re.findall(r"^Error: *(.+(?:\n\S.*)*)", result.stdout + result.stderr, re.MULTILINE)
        reason = redacted(said[-1].strip() if said else f"exit code {result.returncode}")
        raise DeployError(f"`forge {command[1]}` failed: {reason}" + (f"; {hint}" if hint else ""))


@contextmanager
def _alone() -> Iterator[None]:
    """Let one deployment run at a time, for forge's files have fixed names."""
    folder = BUILD / "deploy"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read_sources(chain: Chain) -> tuple[str, ...]:
    """Return the sources of what the script reads as forge's artifacts instead of importing it."""
    return (f"contracts/executors/{chain.executor.contract}.sol", "contracts/PriceGuard.sol")


def _broadcasts(order: Order) -> Path:
    return ROOT / "broadcast" / Path(SCRIPT).name / str(order.chain.chain_id)


def _deployed(address: str, key: str, log: dict[str, Any]) -> DeployedContract:
    """Find in forge's log of the broadcast how `address` was created.

    The receipt tells the transaction: the hashes beside the transactions can be those of others sent at the same time.
    """
    entry, inside = _creation(address, log["transactions"])
    receipt = entry and _of_address(entry["contractAddress"], log["receipts"])
    if not entry or not receipt:
        raise DeployError(f"forge's log of the broadcast does not tell how {key} at {address} was created")
    deployer = to_checksum_address(receipt["from"])
    init_code = inside["initCode"] if inside else entry["transaction"]["input"]
    return DeployedContract(
        name=CREATED_INSIDE[key] if inside else entry["contractName"],
        address=to_checksum_address(address),
        transaction=receipt["transactionHash"],
        block=int(receipt["blockNumber"], 16),
        deployer=deployer,
        creator=to_checksum_address(entry["contractAddress"]) if inside else deployer,
        arguments=() if inside else tuple(str(argument) for argument in entry["arguments"] or ()),
        init_code_hash="0x" + keccak(hexstr=init_code).hex(),
    )


def _creation(address: str, entries: list[dict[str, Any]]) -> tuple[dict[str, Any] | None, dict[str, Any] | None]:
    """Return the transaction that created `address`, and what it says of it where a constructor did so."""
    if entry := _of_address(address, entries):
        return entry, None
    for entry in entries:
        for inside in entry["additionalContracts"]:
            if inside["address"].lower() == address.lower():
                return entry, inside
    return None, None


def _of_address(address: str, entries: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the first entry that created `address`; calls to it come later and create nothing."""
    same = (entry for entry in entries if (entry["contractAddress"] or "").lower() == address.lower())
    return next((entry for entry in same if entry.get("transactionType", "CREATE") == "CREATE"), None)


def _commit() -> str:
    """Return the commit that the sources are of, `-dirty` where contracts or scripts differ from it."""
    commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False)
    status = ["git", "status", "--porcelain", "contracts", "script", "chains", "foundry.toml", "package-lock.json"]
    changed = subprocess.run(status, cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()
    return (commit.stdout.strip() or "unknown") + ("-dirty" if changed else "")


def _ether(wei: int) -> str:
    return f"{Web3.from_wei(wei, 'ether'):.6f}"
