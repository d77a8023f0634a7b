"""`millrace roles`: who can do what on a chain, with which delay, from the chain itself."""

import os
from datetime import UTC, datetime

import click

from harness import chains
from harness.deploying import rights
from harness.deploying.order import DeployError
from harness.deploying.rights import Right, Rights
from harness.deployments import Deployment, load_deployment
from harness.node import connect, is_development

DAY = 86_400


@click.command()
@click.option("--chain", "names", required=True, help="Which of chains/*.json; several as a,b,c.")
@click.option("--rpc", "url", help="Endpoint; else the chain's variable, such as ETHEREUM_RPC_URL.")
def command(names: str, url: str | None) -> None:
    """Print who can do what, as the chain has it."""
    for name in names.split(","):
        chain = chains.load(name)
        endpoint = url or os.environ.get(chain.rpc_variable)
        if not endpoint:
            raise DeployError(f"no endpoint of {name} is given; give --rpc or set {chain.rpc_variable}")
        web3 = connect(chain, endpoint)
        deployment = load_deployment(chain.chain_id, local=is_development(web3))
        click.echo(f"{name}, chain id {chain.chain_id}, block {web3.eth.block_number}:")
        click.echo("\n".join(lines(rights.read(web3, deployment), deployment)))


def lines(found: Rights, deployment: Deployment) -> list[str]:
    """Return a paragraph for each role: its holders and what they may call; then the contracts' own lists."""
    names = {item.address: key for key, item in deployment.contracts.items()}
    said = [line for right in found.roles for line in _role(right, names)]
    for who, accounts in found.lists.items():
        said += [f"  {who}", *(f"    {_named(account, names)}" for account in accounts)]
    for item in found.announced:
        when = datetime.fromtimestamp(item.ready_at, UTC).strftime("%Y-%m-%d %H:%M UTC")
        target = _named(item.target, names)
        said.append(f"  announced by {item.caller}, possible from {when}: {target} {item.call[:10]}...")
    return said


def _role(right: Right, names: dict[str, str]) -> list[str]:
    held = [f"    {_named(account, names)}, {_wait(delay)}" for account, delay in right.holders.items()]
    may = f"    may call {', '.join(right.functions) or 'nothing of ours'}"
    return [f"  {right.name}", *(held or ["    nobody"]), may]


def _named(account: str, names: dict[str, str]) -> str:
    return f"{account} ({names[account]})" if account in names else account


def _wait(delay: int) -> str:
    return "at once" if delay == 0 else f"{delay / DAY:g} days after announcing it"
