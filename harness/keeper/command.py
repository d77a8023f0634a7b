"""`millrace keeper`."""

import logging
import os
import time
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from rich.console import Console

from harness import chains
from harness.chains import NATIVE_DECIMALS, Chain
from harness.deployments import load_deployment
from harness.errors import MillraceError
from harness.keeper import configfile
from harness.keeper.fees import FeePolicy
from harness.keeper.limits import GWEI, Limits
from harness.keeper.moving import endpoint_problems
from harness.keeper.plans import plan_of
from harness.keeper.report import Attempt, Reporter
from harness.keeper.rpc import TIMEOUT
from harness.keeper.run import Runner
from harness.keeper.service import keep, listening
from harness.keeper.settings import Settings
from harness.keeper.signers import ApeSigner, LocalSigner, Signer
from harness.keeper.start import Plan, assembled
from harness.keeper.ways import Node
from harness.logs import Log, log_to
from harness.node import connect, is_development
from harness.settings import ACCOUNTS, dev_account
from harness.store import Store

PATIENCE = 120.0
"""Seconds that `--once` waits for a block, and for what it has sent."""


class KeeperOptionError(MillraceError):
    """Options that do not go together, or one that cannot be read."""


@click.group(invoke_without_command=True)
@click.option(
    "--config", "path", type=click.Path(path_type=Path), help="keeper.toml; all options but --send and --once are its."
)
@click.option("--chain", "name", default="ethereum", show_default=True, help="Which of chains/*.json.")
@click.option("--rpc", default="", help="An endpoint; without it, the one in the chain's environment variable.")
@click.option("--account", "alias", default="", help="Alias of one of ape's accounts, see `ape accounts list`.")
@click.option("--dev-account", "index", type=click.IntRange(0, ACCOUNTS - 1), help="Development account on a replica.")
@click.option("--send", is_flag=True, help="Really send; needed on every node that is not of one's own making.")
@click.option("--once", is_flag=True, help="Look at the newest block and stop.")
@click.option("--parent-hash", is_flag=True, help="Routes run only on top of the block that they were computed on.")
@click.option("--max-loan", "loans", multiple=True, metavar="SYMBOL=AMOUNT", help="Largest loan of a token.")
@click.option("--max-gas-price", default=100.0, show_default=True, help="Gwei a unit of gas.")
@click.option("--gas-a-day", default="", metavar="AMOUNT", help="Native coin that a day's gas may cost.")
@click.option("--max-failures", default=5, show_default=True, help="So many failed attempts in a row open the breaker.")
@click.option("--database", default="", help="The record, sqlite:///PATH; without it one that is forgotten at the end.")
def keeper(path: Path | None, **options: Any) -> None:  # noqa: ANN401 - click's own
    """Watch chains' pools and close their gaps. Without an account: paper trading, which does everything but send."""
    if click.get_current_context().invoked_subcommand:
        return
    if path is None:
        Quick(**options).run()
    else:
        configured(path, send=options["send"], once=options["once"])


@dataclass(frozen=True)
class Quick:
    """A keeper of one chain by options alone; each line tells of an attempt."""

    name: str
    rpc: str
    alias: str
    index: int | None
    send: bool
    once: bool
    parent_hash: bool
    loans: tuple[str, ...]
    max_gas_price: float
    gas_a_day: str
    max_failures: int
    database: str

    def run(self) -> None:
        """Run it until Ctrl-C, or for one block."""
        plan = self.plan()
        console = Console(soft_wrap=True)
        console.print(_greeting(plan))
        log_to(level=logging.WARNING)
        with TemporaryDirectory() as folder:
            store = Store(self.database or f"sqlite:///{folder}/record.db")
            store.migrate()

            def tell(attempt: Attempt) -> None:
                Reporter(plan.chain, runner.keeper.picture.places, console).show(attempt)

            runner = assembled(plan, store, [Log(logging.WARNING)], tell)
            if not self.once:
                keep([runner])
            elif not look(runner):
                console.print("no gap is worth its gas")

    def plan(self) -> Plan:
        """Return what it is to be.

        Raises:
            KeeperOptionError: Options do not go together, or cannot be read.
        """
        chain = chains.load(self.name)
        url = endpoint(chain, self.rpc)
        web3 = connect(chain, url, TIMEOUT)
        local = is_development(web3)
        chosen = signer(self.alias, self.index, send=self.send, local=local)
        limits = Limits(
            max_loans(chain, self.loans),
            int(self.max_gas_price * GWEI),
            self.max_failures,
            gas_a_day=amount("--gas-a-day", self.gas_a_day, NATIVE_DECIMALS) if self.gas_a_day else None,
        )
        if chosen is not None and not local:
            self._require_care(limits)
        fees = FeePolicy(limit=limits.max_gas_price).on(chain)
        return Plan(
            chain,
            load_deployment(chain.chain_id, local=local),
            [web3],
            signer=chosen,
            ways=(Node("public", url),),
            limits=limits,
            settings=Settings(fees, parent_hash=self.parent_hash),
        )

    def _require_care(self, limits: Limits) -> None:
        """Refuse to send on a real chain without limits, or with a record that a restart forgets [K3, K4].

        Raises:
            KeeperOptionError: Something is missing.
        """
        if limits.gas_a_day is None or not limits.max_loan:
            raise KeeperOptionError("--send on a real chain needs limits too: give --gas-a-day and --max-loan")
        if not self.database:
            raise KeeperOptionError("--send on a real chain needs a record that lasts: give --database")


def configured(path: Path, *, send: bool, once: bool) -> None:
    """Run the keepers of a configuration."""
    config = configfile.load(path)
    if wrong := endpoint_problems(config):
        raise configfile.ConfigError(path.name, wrong)
    found = {name: plan_of(config, name, send=send) for name in config.chains}
    plans = [plan for plan, _ in found.values()]
    for name, (_, paper) in found.items():
        click.echo(f"{name}: " + (f"paper trading: {paper}" if paper else "sends"), err=True)
    store = Store(config.database_url)
    store.migrate()
    with listening(config, plans) as listeners:
        runners = [assembled(plan, store, listeners) for plan in plans]
        if not once:
            keep(runners)
        for runner in runners if once else ():
            look(runner)


def look(runner: Runner) -> list[Attempt]:
    """Let a keeper look at the newest block; wait until what it has sent is in a block, or given up."""
    until = time.monotonic() + PATIENCE
    attempts = runner.step(PATIENCE)
    while any(attempt.id in runner.keeper.trader.attempts for attempt in attempts) and time.monotonic() < until:
        runner.step(1.0, acting=False)
    return attempts


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
        symbol, _, most = text.partition("=")
        token = chain.token(symbol)
        limits[token.address] = amount(f"--max-loan {symbol}=", most, token.decimals)
    return limits


def amount(option: str, text: str, decimals: int) -> int:
    """Return an amount in units.

    Raises:
        KeeperOptionError: It is no number.
    """
    try:
        return int(Decimal(text).scaleb(decimals))
    except (InvalidOperation, ValueError, OverflowError):
        raise KeeperOptionError(f"{option}{text}: write an amount, such as 250 or WETH=250") from None


def _greeting(plan: Plan) -> str:
    who = f"account {plan.signer.address}" if plan.signer else "paper trading: nothing is sent"
    return f"keeper on {plan.chain.name}, executor {plan.deployment.address('executor')}, {who}"
