"""`millrace pause`, `resume` and `status`: a keeper is told and asked through its record, wherever that can be read."""

import getpass
import json
import socket
from collections import Counter
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from harness import chains
from harness.chains import NATIVE_DECIMALS, Chain
from harness.keeper.configfile import load
from harness.store import Halt, Store

CONFIG = click.option(
    "--config", "path", type=click.Path(path_type=Path), default="keeper.toml", show_default=True, help="The keeper's."
)
CHAIN = click.option("--chain", "names", multiple=True, help="Which chains; all of the configuration unless given.")


@dataclass(frozen=True, slots=True)
class Status:
    """How one chain's keeper does, as the record has it; money in whole coins and tokens.

    Attributes:
        chain: The chain's name.
        leader: Who sends; empty where nobody has the lease.
        block: The newest that was seen; None where none ever was.
        lag: Seconds that it was old then.
        age: Seconds ago.
        halted: Why nothing is sent; empty where something may be.
        out: Transactions that can still enter a block.
        gas: Native coin paid for gas within a day.
        gas_limit: How much may be; None for no limit.
        failures: Attempts failed in a row.
        failures_limit: How many open the breaker.
        balance: Native coin that the account held.
        runway_days: For how many days of gas that lasts.
        profit: Earned within a day, by symbol.
        incidents: What is wrong now.
    """

    chain: str
    leader: str
    block: int | None
    lag: float | None
    age: float | None
    halted: tuple[str, ...]
    out: int
    gas: Decimal
    gas_limit: Decimal | None
    failures: int
    failures_limit: int | None
    balance: Decimal | None
    runway_days: float | None
    profit: dict[str, Decimal]
    incidents: tuple[str, ...]


@click.command()
@CONFIG
@CHAIN
@click.option("--reason", required=True, help="Why; whoever looks at the status reads it.")
def pause(path: Path, names: tuple[str, ...], reason: str) -> None:
    """Let keepers send nothing until somebody resumes. The contracts go on: see `millrace stop`."""
    store, chosen = _opened(path, names)
    for chain in chosen:
        news = store.halt(chain.chain_id, "pause", reason, _who())
        click.echo(f"{chain.name}: paused" if news else f"{chain.name}: was paused already")


@click.command()
@CONFIG
@CHAIN
def resume(path: Path, names: tuple[str, ...]) -> None:
    """Let keepers send again: ends pauses, closes breakers, forgives the failures so far."""
    store, chosen = _opened(path, names)
    for chain in chosen:
        ended = "; ".join(why(halt) for halt in store.resume(chain.chain_id, _who()))
        click.echo(f"{chain.name}: resumed; it was halted: {ended}" if ended else f"{chain.name}: was not halted")


@click.command()
@CONFIG
@CHAIN
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def status(path: Path, names: tuple[str, ...], as_json: bool) -> None:
    """Show how the keepers do."""
    store, chosen = _opened(path, names)
    found = [status_of(store, chain) for chain in chosen]
    if as_json:
        click.echo(json.dumps([asdict(each) for each in found], default=str, indent=2))
    else:
        Console(soft_wrap=True).print(table(found))


def status_of(store: Store, chain: Chain, now: datetime | None = None) -> Status:
    """Return how one chain's keeper does.

    Raises:
        StoreError: The database is in trouble.
    """
    now, number = now or datetime.now(UTC), chain.chain_id
    pulse = next((pulse for pulse in store.pulses() if pulse.chain_id == number), None)
    standing = store.standing(number, pulse.block - pulse.day_blocks + 1 if pulse else 0)
    return Status(
        chain=chain.name,
        leader=store.leader(number) or "",
        block=pulse.block if pulse else None,
        lag=pulse.lag if pulse else None,
        age=(now - pulse.at).total_seconds() if pulse else None,
        halted=tuple(why(halt) for halt in store.halts(number)),
        out=len(store.open_transactions(number)),
        gas=_coins(standing.gas_spent),
        gas_limit=None if pulse is None or pulse.gas_a_day is None else _coins(pulse.gas_a_day),
        failures=standing.failures,
        failures_limit=pulse.failures if pulse else None,
        balance=None if pulse is None or pulse.balance is None else _coins(pulse.balance),
        runway_days=pulse.runway_days if pulse else None,
        profit=_profit(store, chain, now),
        incidents=tuple(
            f"{each.where}: {each.text} ({each.count})" for each in store.incidents(number, only_open=True)
        ),
    )


def why(halt: Halt) -> str:
    """Say a halt in words."""
    return f"{halt.kind} by {halt.by} since {halt.since:%Y-%m-%d %H:%M} UTC: {halt.reason}"


def table(found: list[Status]) -> Table:
    """Return the chains side by side, a row a question."""
    shown = Table("", *(each.chain for each in found))
    rows = {
        "halted": ["\n".join(each.halted) or "no" for each in found],
        "leader": [each.leader or "nobody" for each in found],
        "newest block": [_block(each) for each in found],
        "out": [f"{each.out} transactions" for each in found],
        "gas in a day": [f"{each.gas:f}{_of(each.gas_limit)}" for each in found],
        "failures in a row": [f"{each.failures}{_of(each.failures_limit)}" for each in found],
        "balance": [_balance(each) for each in found],
        "profit in a day": [
            "\n".join(f"{most:f} {name}" for name, most in each.profit.items()) or "0" for each in found
        ],
        "wrong now": ["\n".join(each.incidents) or "nothing" for each in found],
    }
    for name, cells in rows.items():
        shown.add_row(name, *cells)
    return shown


def _block(each: Status) -> str:
    if each.block is None or each.lag is None or each.age is None:
        return "none was seen"
    return f"{each.block}, {each.lag:.1f} s old when seen, {each.age:.0f} s ago"


def _balance(each: Status) -> str:
    days = "" if each.runway_days is None else f", {each.runway_days:.1f} days of gas"
    return "unknown" if each.balance is None else f"{each.balance:f}{days}"


def _of(limit: Decimal | int | None) -> str:
    return "" if limit is None else f" of {limit:f}" if isinstance(limit, Decimal) else f" of {limit}"


def _profit(store: Store, chain: Chain, now: datetime) -> dict[str, Decimal]:
    names = {token.address: (symbol, token.decimals) for symbol, token in chain.tokens.items()}
    earned: Counter[str] = Counter()
    for trade in store.trades(chain.chain_id, now - timedelta(days=1), now + timedelta(days=1)):
        earned[trade.token] += trade.realised
    known = {token: names.get(token, (token, 0)) for token in earned}
    return {known[token][0]: Decimal(most).scaleb(-known[token][1]) for token, most in earned.items()}


def _coins(wei: int) -> Decimal:
    return Decimal(wei).scaleb(-NATIVE_DECIMALS).normalize()


def _opened(path: Path, names: tuple[str, ...]) -> tuple[Store, list[Chain]]:
    """Open the record of a configuration; the chains named have to be in it.

    Raises:
        ConfigError: The configuration is wrong.
        UnknownKeyError: It has no such chain.
        StoreVersionError: The database is another version's.
    """
    config = load(path)
    for name in names:
        if name not in config.chains:
            raise chains.UnknownKeyError(f"{path.name} has no chain {name!r}; it has {', '.join(config.chains)}")
    store = Store(config.database_url)
    store.check()
    return store, [chains.load(name) for name in names or config.chains]


def _who() -> str:
    return f"{getpass.getuser()}@{socket.gethostname()}"
