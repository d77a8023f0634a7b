"""What the guardian does: calls that are planned, tried and then sent at once, one failing or not [K7].

It takes a node and the guardian's account, on the guardian's own machine: neither a database nor a keeper nor a
configuration.
"""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar, cast

import click
from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address
from hexbytes import HexBytes
from web3 import Web3
from web3.exceptions import TimeExhausted, Web3Exception
from web3.types import Nonce, TxParams, Wei

from harness import chains
from harness.chains import Chain
from harness.deployments import Deployment, load_deployment
from harness.errors import MillraceError
from harness.keeper.abi import error_name
from harness.keeper.simulate import SimulationError, revert_data
from harness.node import NodeError, connect, is_development
from harness.settings import GUARDIAN, dev_account
from harness.signer import sender_of

PATIENCE = 180
"""Seconds until a transaction counts as late."""
HEADROOM = 150
"""Percent of the estimated gas that a step may use."""
LEAST_TIP = 2 * 10**9
"""Wei a unit of gas: who stops does not haggle."""
HURRY = 3
"""Times the base fee that is offered."""
Command = TypeVar("Command", bound=Callable[..., Any])


class GuardianError(MillraceError):
    """Not everything is done; says what is not."""


@dataclass(frozen=True, slots=True)
class Step:
    """One call of the guardian's.

    Attributes:
        what: What it does, in words.
        to: Checksummed address of the contract.
        data: Calldata.
        problem: Why it would fail; empty where it would not.
    """

    what: str
    to: str
    data: bytes
    problem: str = ""


@dataclass(frozen=True)
class Post:
    """Where the guardian stands.

    Attributes:
        chain: The chain file.
        web3: A connection to its node.
        deployment: Of the contracts.
        address: The guardian's.
        account: The guardian's, to sign; None where nothing is to be sent.
    """

    chain: Chain
    web3: Web3
    deployment: Deployment
    address: str
    account: LocalAccount | None

    def act(self, steps: Sequence[Step]) -> None:
        """Say what there is to do, and do it where it is to be sent.

        Raises:
            GuardianError: Not all of it could be done.
        """
        steps = tried(self.web3, self.address, steps)
        for step in steps:
            click.echo(f"  {step.what}" + (f": WOULD FAIL, {step.problem}" if step.problem else ""))
        if self.account is None:
            calls = "1 call" if len(steps) == 1 else f"{len(steps)} calls"
            click.echo(f"{calls} by {self.address}; nothing was sent, --broadcast sends")
            return
        for line in carry_out(self.web3, self.account, steps):
            click.echo(line)


def options(command: Command) -> Command:
    """Give a command of the guardian's its options."""
    given = (
        click.option("--chain", "name", required=True, help="Which of chains/*.json."),
        click.option("--rpc", "url", default="", help="Endpoint; else the chain's variable, such as ETHEREUM_RPC_URL."),
        click.option("--account", "alias", help="The guardian's account in ape's keystore; not needed on a replica."),
        click.option("--broadcast", is_flag=True, help="Really send; without it the plan is shown."),
    )
    for option in reversed(given):
        command = option(command)
    return command


def post(name: str, url: str, alias: str | None, *, broadcast: bool) -> Post:
    """Return the guardian's post at a chain.

    Raises:
        GuardianError: No endpoint is given, or nobody to sign.
        DeploymentError: Nothing is deployed there.
        SignerError: There is no such account, or the password is wrong.
    """
    chain = chains.load(name)
    url = url or os.environ.get(chain.rpc_variable, "")
    if not url:
        raise GuardianError(f"no endpoint of {name} is given; give --rpc or set {chain.rpc_variable}")
    web3 = connect(chain, url)
    local = is_development(web3)
    deployment = load_deployment(chain.chain_id, local=local)
    address, account = _guardian(web3, alias, deployment, local=local, unlock=broadcast)
    return Post(chain, web3, deployment, address, account)


def tried(web3: Web3, guardian: str, steps: Sequence[Step]) -> list[Step]:
    """Return the steps, each with why it would fail."""
    return [replace(step, problem=_problem(web3, guardian, step)) for step in steps]


def carry_out(web3: Web3, guardian: LocalAccount, steps: Sequence[Step]) -> list[str]:
    """Send all steps at once, one failing or not, and wait for them; return a line for each.

    Raises:
        GuardianError: Not all of them have succeeded; says what has and what has not.
    """
    nonce = int(web3.eth.get_transaction_count(guardian.address, "pending"))
    said, sent, failed = [], [], False
    for step in steps:
        try:
            hash_ = _send(web3, guardian, step, nonce)
        except (NodeError, Web3Exception) as error:
            said.append(f"{step.what}: NOT SENT, {step.problem or error}")
            failed = True
        else:
            sent.append((step, hash_))
            nonce += 1
    for step, hash_ in sent:
        outcome = _outcome(web3, hash_)
        said.append(f"{step.what}: {outcome}, {hash_.to_0x_hex()}")
        failed |= outcome != "done"
    if failed:
        raise GuardianError("not everything is done; run the same command again:\n  " + "\n  ".join(said))
    return said


def _send(web3: Web3, guardian: LocalAccount, step: Step, nonce: int) -> HexBytes:
    base = web3.eth.get_block("latest").get("baseFeePerGas", Wei(0))
    tip = max(LEAST_TIP, web3.eth.max_priority_fee)
    transaction: TxParams = {
        "from": guardian.address,
        "to": to_checksum_address(step.to),
        "data": HexBytes(step.data),
        "value": Wei(0),
        "nonce": Nonce(nonce),
        "chainId": web3.eth.chain_id,
        "maxFeePerGas": Wei(HURRY * base + tip),
        "maxPriorityFeePerGas": Wei(tip),
    }
    transaction["gas"] = web3.eth.estimate_gas(transaction) * HEADROOM // 100
    return web3.eth.send_raw_transaction(guardian.sign_transaction(cast(dict[str, Any], transaction)).raw_transaction)


def _outcome(web3: Web3, hash_: HexBytes) -> str:
    try:
        receipt = web3.eth.wait_for_transaction_receipt(hash_, PATIENCE, 0.2)
    except TimeExhausted:
        return f"NOT IN A BLOCK after {PATIENCE} s"
    return "done" if receipt["status"] == 1 else "REVERTED"


def _problem(web3: Web3, guardian: str, step: Step) -> str:
    """Say why a step would fail; empty where it would not."""
    call = {"from": guardian, "to": step.to, "data": "0x" + step.data.hex()}
    answer = web3.provider.make_request("eth_call", [call, "latest"])  # type: ignore[arg-type]
    if "error" not in answer:
        return ""
    try:
        return f"{error_name(revert_data(dict(answer['error'])))}; is {guardian} the guardian?"
    except SimulationError as error:
        return str(error)


def _guardian(
    web3: Web3, alias: str | None, deployment: Deployment, *, local: bool, unlock: bool
) -> tuple[str, LocalAccount | None]:
    """Return the guardian's address and, where it is to sign, its account: ape's, or on a replica the development one.

    Raises:
        SignerError: There is no such account, or the password is wrong.
        GuardianError: There is none to sign with.
    """
    if alias is None and local:
        developer = dev_account(GUARDIAN)
        return developer.address, developer if unlock else None
    if alias is None:
        if unlock:
            raise GuardianError("--broadcast needs the guardian's account; give --account, see `ape accounts list`")
        return deployment.roles.guardian, None
    sender = sender_of(web3, alias, local=local, sign=unlock)
    if sender.keystore is None or not unlock:
        return sender.address, None
    return sender.address, Account.from_key(Account.decrypt(json.loads(sender.keystore.read_text()), sender.password))
