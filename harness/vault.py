"""`millrace vault`: how the stakers' vault stands, and the guardian's emergency exit of a strategy."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

import click
from eth_utils.address import to_checksum_address
from rich.console import Console
from rich.table import Table

from harness import chains
from harness.accounting import ONE_SHARE
from harness.chains import NATIVE_DECIMALS, Chain
from harness.deployments import Deployment, load_deployment
from harness.errors import MillraceError
from harness.guardian import Step, options, post
from harness.keeper.abi import Call, calldata
from harness.keeper.chores.look import single
from harness.keeper.command import endpoint
from harness.keeper.multicall import Multicall
from harness.node import connect, is_development

DEPOSITS: Final = ("open", "stopped by the guardian", "shut down for good")
"""What becomes of deposits, by the contract's Status."""


class VaultError(MillraceError):
    """There is no such strategy."""


@dataclass(frozen=True, slots=True)
class Strategy:
    """One of the vault's.

    Attributes:
        name: As the deployment's record calls it, or its address.
        debt: What it owes, in whole coins.
        worth: What it says that it is worth; None where it cannot say.
        cap: The most that it may owe.
        reported: When it last reported; None if it never has.
    """

    name: str
    debt: Decimal
    worth: Decimal | None
    cap: Decimal
    reported: datetime | None


@dataclass(frozen=True, slots=True)
class Vault:
    """The vault at the newest block; money in whole coins.

    Attributes:
        assets: What all shares are worth together.
        share: What one share is worth.
        idle: Of the assets, what can leave at once.
        locked: Profit taken in and not yet streamed.
        stream_end: When all of it will be.
        deposits: One of `DEPOSITS`.
        strategies: What works elsewhere.
    """

    assets: Decimal
    share: Decimal
    idle: Decimal
    locked: Decimal
    stream_end: datetime | None
    deposits: str
    strategies: tuple[Strategy, ...]


@click.group()
def command() -> None:
    """Show how the vault stands, and have a strategy left."""


@command.command()
@click.option("--chain", "name", required=True, help="Which of chains/*.json.")
@click.option("--rpc", default="", help="Endpoint; else the chain's variable, such as ETHEREUM_RPC_URL.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def show(name: str, rpc: str, as_json: bool) -> None:
    """Show assets, the price of a share, the stream and the strategies."""
    chain = chains.load(name)
    web3 = connect(chain, endpoint(chain, rpc))
    deployment = load_deployment(chain.chain_id, local=is_development(web3))
    found = read(Multicall(web3, chain.contracts["multicall3"]), deployment)
    if as_json:
        click.echo(json.dumps(asdict(found), default=str, indent=2))
    else:
        Console(soft_wrap=True).print(_table(chain, found))


@command.command("exit")
@click.argument("strategy")
@options
def exit_command(strategy: str, name: str, url: str, alias: str | None, broadcast: bool) -> None:
    """Have a strategy release all that it can into the vault. STRATEGY by its name in the record, or its address.

    For the guardian.
    """
    guardian = post(name, url, alias, broadcast=broadcast)
    deployment, multicall = guardian.deployment, Multicall(guardian.web3, guardian.chain.contracts["multicall3"])
    address = deployment.contracts[strategy].address if strategy in deployment.contracts else strategy
    if address not in _strategies(multicall, deployment):
        raise VaultError(f"{strategy} is no strategy of the vault's; `millrace vault show` names those that there are")
    data = calldata("emergencyExit(address,bytes)", address, b"")
    guardian.act([Step(f"vault: leave {strategy}", deployment.address("vault"), data)])


def read(multicall: Multicall, deployment: Deployment) -> Vault:
    """Read how the vault stands at the newest block.

    Raises:
        CallFailedError: What stands at the vault's address is no vault.
        NodeError: The node does not answer.
    """
    vault, addresses = deployment.address("vault"), _strategies(multicall, deployment)
    asks = [
        single(vault, "totalAssets()"),
        single(vault, "convertToAssets(uint256)", ONE_SHARE),
        single(vault, "idleAssets()"),
        single(vault, "lockedProfit()"),
        single(vault, "streamEnd()"),
        single(vault, "status()", returns=("uint8",)),
        *(_terms(vault, one) for one in addresses),
    ]
    assets, share, idle, locked, end, status, *terms = multicall.read(asks, "latest")
    worths = multicall.try_read([single(one, "worth()") for one in addresses], "latest")
    names = {contract.address: name for name, contract in deployment.contracts.items()}
    return Vault(
        assets=_coins(assets[0]),
        share=_coins(share[0]),
        idle=_coins(idle[0]),
        locked=_coins(locked[0]),
        stream_end=_time(end[0]) if locked[0] else None,
        deposits=DEPOSITS[status[0]],
        strategies=tuple(
            Strategy(names.get(one, one), _coins(debt), _coins(worth[0]) if worth else None, _coins(cap), _time(at))
            for one, (debt, cap, at), worth in zip(addresses, terms, worths, strict=True)
        ),
    )


def _strategies(multicall: Multicall, deployment: Deployment) -> Sequence[str]:
    [(found,)] = multicall.read([single(deployment.address("vault"), "strategies()", returns=("address[]",))], "latest")
    return tuple(to_checksum_address(one) for one in found)


def _terms(vault: str, strategy: str) -> Call:
    return single(vault, "strategyOf(address)", strategy, returns=("uint256", "uint256", "uint256"))


def _table(chain: Chain, found: Vault) -> Table:
    table = Table("", "", title=f"the vault on {chain.name}, in {chain.native.symbol}", title_justify="left")
    table.add_row("assets", f"{found.assets:f}")
    table.add_row("a share", f"{found.share:f}")
    table.add_row("idle", f"{found.idle:f}")
    until = f" until {found.stream_end:%Y-%m-%d %H:%M} UTC" if found.stream_end else ""
    table.add_row("being streamed", f"{found.locked:f}{until}")
    table.add_row("deposits", found.deposits)
    for one in found.strategies:
        worth = "it cannot say what it is worth" if one.worth is None else f"worth {one.worth:f}"
        told = f"{one.reported:%Y-%m-%d %H:%M} UTC" if one.reported else "never"
        table.add_row(one.name, f"owes {one.debt:f} of {one.cap:f}, {worth}, reported {told}")
    return table


def _coins(wei: int) -> Decimal:
    return Decimal(wei).scaleb(-NATIVE_DECIMALS)


def _time(seconds: int) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None
