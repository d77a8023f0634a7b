"""`millrace config`: whether a chain is set as its file says, and what makes it so."""

import os
import sys

import click

from harness import chains
from harness.deploying import script
from harness.deploying.configuration import Drift, drift, write_batches
from harness.deploying.order import DeployError, Order
from harness.deployments import load_deployment
from harness.node import connect, is_development
from harness.signer import Sender


@click.group()
def command() -> None:
    """Compare chains with their files."""


@command.command("check")
@click.option("--chain", "name", required=True, help="Which of chains/*.json.")
@click.option("--rpc", "url", help="Endpoint; else the chain's variable, such as ETHEREUM_RPC_URL.")
def check_command(name: str, url: str | None) -> None:
    """Say what differs from the chain's file; exit code 1 if anything does."""
    found = compared(name, url)
    click.echo("\n".join(found.lines()) or f"{name} is set as its file says")
    sys.exit(1 if found.lines() else 0)


@command.command("apply")
@click.option("--chain", "name", required=True, help="Which of chains/*.json.")
@click.option("--rpc", "url", help="Endpoint; else the chain's variable, such as ETHEREUM_RPC_URL.")
def apply_command(name: str, url: str | None) -> None:
    """Show what differs, and write the batches by which governance's Safe makes the chain like its file."""
    found = compared(name, url)
    if found.missing:
        raise DeployError(f"{name}: {', '.join(found.missing)} not deployed yet; run `millrace deploy` first")
    if not found.changes:
        click.echo(f"{name} is set as its file says; there is nothing to do")
        return
    click.echo("\n".join(found.lines()))
    if not found.mendable:
        raise DeployError(f"{name}: governance can mend nothing of this as it stands")
    announce, act = write_batches(found)
    click.echo(f"for the Safe's transaction builder: {announce} now, {act} when governance's delay has passed")


def compared(name: str, url: str | None) -> Drift:
    """Compare a chain with its file.

    Raises:
        MillraceError: Nothing is deployed there, or it cannot be asked.
    """
    chain = chains.load(name)
    url = url or os.environ.get(chain.rpc_variable)
    if not url:
        raise DeployError(f"no endpoint of {name} is given; give --rpc or set {chain.rpc_variable}")
    web3 = connect(chain, url)
    local = is_development(web3)
    deployment = load_deployment(chain.chain_id, local=local)
    deployer = deployment.contracts["manager"].deployer
    script.compile_for([chain])
    order = Order(chain, url, deployment.roles, Sender(deployer), local)
    return drift(order, web3, deployment)
