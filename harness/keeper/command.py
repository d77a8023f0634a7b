"""`millrace keeper`."""

import os
from decimal import Decimal, InvalidOperation

import click
from rich.console import Console

from harness import chains
from harness.chains import Chain
from harness.deployments import load_deployment
from harness.errors import MillraceError
from harness.keeper import configfile
from harness.keeper.limits import GWEI, Limits
from harness.keeper.loop import Keeper, Settings
from harness.keeper.signers import ApeSigner, LocalSigner, Signer
from harness.node import connect, is_development
from harness.settings import ACCOUNTS, dev_account


class KeeperOptionError(MillraceError):
    """Options that do not go together, or one that cannot be read."""


@click.group(invoke_without_command=True)
@click.option("--chain", "name", default="ethereum", show_default=True, help="Which of chains/*.json.")
@click.option("--rpc", default="", help="An endpoint; without it, the one in the chain's environment variable.")
@click.option("--account", "alias", default="", help="Alias of one of ape's accounts, see `ape accounts list`.")
@click.option("--dev-account", "index", type=click.IntRange(0, ACCOUNTS - 1), help="Development account on a replica.")
@click.option("--send", is_flag=True, help="Really send; needed on every node that is not of one's own making.")
@click.option("--once", is_flag=True, help="Look at the newest block and stop.")
@click.option("--parent-hash", is_flag=True, help="Routes run only on top of the block that they were computed on.")
@click.option("--max-loan", "loans", multiple=True, metavar="SYMBOL=AMOUNT", help="Largest loan of a token.")
@click.option("--max-gas-price", default=100.0, show_default=True, help="Gwei a unit of gas.")
@click.option("--max-failures", default=5, show_default=True, help="Stop after so many failed attempts in a row.")
def keeper(
    *,
    name: str,
    rpc: str,
    alias: str,
    index: int | None,
    send: bool,
    once: bool,
    parent_hash: bool,
    loans: tuple[str, ...],
    max_gas_price: float,
    max_failures: int,
) -> None:
    """Watch a chain's pools and close their gaps. Without an account: paper trading, which does everything but send."""
    if click.get_current_context().invoked_subcommand:
        return
    chain = chains.load(name)
    limits = Limits(max_loans(chain, loans), int(max_gas_price * GWEI), max_failures)
    settings = Settings(limits=limits, parent_hash=parent_hash)
    web3 = connect(chain, endpoint(chain, rpc))
    local = is_development(web3)
    chosen = signer(alias, index, send=send, local=local)
    executor = load_deployment(chain.chain_id, local=local).address("executor")
    console = Console(soft_wrap=True)
    console.print(_greeting(chain, executor, chosen))
    watching = Keeper(chain, web3, executor, signer=chosen, settings=settings, console=console)
    if not once:
        watching.run()
    elif watching.step(web3.eth.get_block("latest")) is None:
        console.print("no gap is worth its gas")


keeper.add_command(configfile.command, "check")


def endpoint(chain: Chain, rpc: str) -> str:
    """Return the endpoint given, else the environment's.

    Raises:
        KeeperOptionError: There is neither.
    """
    found = rpc or os.environ.get(chain.rpc_variable, "")
    if not found:
        raise KeeperOptionError(f"no endpoint for {chain.name}: give --rpc or set {chain.rpc_variable}")
    return found


def signer(alias: str, index: int | None, *, send: bool, local: bool) -> Signer | None:
    """Return who signs, or None for paper trading.

    Args:
        alias: Of an account of ape's; may be empty.
        index: Of a development account.
        send: Whether sending was asked for.
        local: Whether the node is of one's own making.

    Raises:
        KeeperOptionError: Two accounts, a development account on a real chain, or sending without an account.
    """
    if alias and index is not None:
        raise KeeperOptionError("--account and --dev-account are two accounts; give one")
    if index is not None and not local:
        raise KeeperOptionError("--dev-account is for replicas: its key is public; give --account")
    if send and not alias and index is None:
        raise KeeperOptionError("--send needs an account; give --account")
    if not local and not send:
        return None
    if index is not None:
        return LocalSigner(dev_account(index))
    return ApeSigner(alias, lambda: _prompted(alias)) if alias else None


def _prompted(alias: str) -> str:
    return str(click.prompt(f"passphrase of {alias}", hide_input=True, err=True))


def max_loans(chain: Chain, given: tuple[str, ...]) -> dict[str, int]:
    """Return the largest loans in units by token address, from `SYMBOL=AMOUNT`.

    Raises:
        KeeperOptionError: One of them is not of that form.
        UnknownKeyError: The chain has no such token.
    """
    limits = {}
    for text in given:
        symbol, _, amount = text.partition("=")
        token = chain.token(symbol)
        try:
            limits[token.address] = int(Decimal(amount).scaleb(token.decimals))
        except (InvalidOperation, ValueError, OverflowError):
            raise KeeperOptionError(f"--max-loan {text}: write SYMBOL=AMOUNT, for instance WETH=250") from None
    return limits


def _greeting(chain: Chain, executor: str, chosen: Signer | None) -> str:
    who = f"account {chosen.address}" if chosen else "paper trading: nothing is sent"
    return f"keeper on {chain.name}, executor {executor}, {who}"
