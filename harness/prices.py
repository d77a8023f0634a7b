"""`millrace prices`: what a token costs on every chain that has it, and what it costs to carry it across."""

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from itertools import permutations

import click
from rich.console import Console
from rich.table import Table
from web3 import Web3

from harness import chains
from harness.chains import Chain
from harness.crossings import Crossing, End, crossings
from harness.errors import MillraceError
from harness.keeper.datafee import DataFees
from harness.keeper.multicall import Multicall
from harness.node import connect
from harness.quotes import Quote, Reading

BPS, MINUTE, DAY = 10_000, 60, 86_400
WIDTH = 200
"""Characters of a line that nobody looks at on a terminal."""


class UnknownTokenError(MillraceError):
    """No chain file has a token of that name."""


@dataclass(frozen=True, slots=True)
class Row:
    """A chain: its price, or why there is none; and whose token it has by that name, where there are several."""

    chain: str
    quote: Quote | None
    missing: str = ""
    project: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """What is earned, before trades' own costs, by buying a token on one chain and selling it on another.

    Attributes:
        bps: By how much dearer it is there, in basis points; below zero where it is cheaper.
        crossing: The cheapest way; None where no bridge carries it.
        cost_bps: What the way costs of the sum carried.
    """

    source: str
    target: str
    bps: Decimal
    crossing: Crossing | None
    cost_bps: Decimal | None


@click.command()
@click.argument("symbol")
@click.option(
    "--dollars", type=click.IntRange(1), default=1_000, show_default=True, help="Sum that is carried, in USD."
)
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(symbol: str, dollars: int, as_json: bool) -> None:
    """Show a token's price on every chain that has it, and what bridging costs.

    Tokens of one name that are of several projects are shown apart and never compared.

    Nodes are those of each chain's variable, such as BASE_RPC_URL.
    """
    rows, ends = read(symbol)
    found = gaps(symbol, rows, ends, dollars)
    if as_json:
        whole = {"symbol": symbol, "dollars": dollars, "prices": rows, "gaps": found}
        click.echo(json.dumps(whole, default=lambda one: str(one) if isinstance(one, Decimal) else asdict(one)))
    else:
        _print(symbol, rows, found, dollars)


def read(symbol: str) -> tuple[list[Row], dict[int, End]]:
    """Ask every chain whose file has the token; return what each says, and those that answer by their ids.

    Raises:
        UnknownTokenError: None has it.
        ChainFileError: A file is wrong.
    """
    known = [chain for chain in map(chains.load, chains.names()) if symbol in chain.tokens]
    if not known:
        raise UnknownTokenError(f"no chain file has a token called {symbol!r}; add it to one, see docs/CHAINS.md")
    rows: list[Row] = []
    ends: dict[int, End] = {}
    for chain in known:
        row, end = _asked(chain, symbol)
        rows.append(replace(row, project=chain.tokens[symbol].project))
        ends |= {chain.chain_id: end} if end else {}
    return rows, ends


def gaps(symbol: str, rows: list[Row], ends: dict[int, End], dollars: int) -> list[Gap]:
    """Return how far prices of one token are apart, in either direction, and what the way costs."""
    ways: dict[tuple[str, str], Crossing] = {}
    for way in sorted(crossings(symbol, ends), key=lambda one: -one.dollars):
        ways[way.source, way.target] = way
    found = []
    for here, there in permutations(rows, 2):
        if here.quote is None or there.quote is None or here.project != there.project:
            continue
        crossing = ways.get((here.chain, there.chain))
        cost = crossing.dollars * BPS / dollars if crossing else None
        dearer = there.quote.price / here.quote.price - 1
        found.append(Gap(here.chain, there.chain, dearer * BPS, crossing, cost))
    return found


def _asked(chain: Chain, symbol: str) -> tuple[Row, End | None]:
    url = os.environ.get(chain.rpc_variable, "")
    if not url:
        return Row(chain.name, None, f"no endpoint; set {chain.rpc_variable}"), None
    try:
        web3 = connect(chain, url)
        reading = Reading(chain, web3)
        quote = reading.quote(symbol)
    except MillraceError as error:
        return Row(chain.name, None, str(error)), None
    missing = "" if quote else "no pool of the file has it beside a token that a feed prices"
    try:
        return Row(chain.name, quote, missing), _end(reading, web3)
    except MillraceError as error:
        return Row(chain.name, quote, str(error)), None


def _end(reading: Reading, web3: Web3) -> End | None:
    """Return what it costs to do something on a chain; None where no feed prices its coin.

    Raises:
        MillraceError: Its node does not say.
    """
    chain, coin = reading.chain, reading.dollars.get(reading.chain.native.wrapped)
    data = DataFees(chain, Multicall(web3, chain.contracts["multicall3"])).at(reading.number)
    return None if coin is None else End(chain, int(web3.eth.gas_price), coin, data)


def _print(symbol: str, rows: list[Row], found: list[Gap], dollars: int) -> None:
    console = Console() if Console().is_terminal else Console(width=WIDTH)
    projects = list(dict.fromkeys(row.project for row in rows))
    if len(projects) > 1:
        console.print(f"{symbol} is the name of {len(projects)} tokens, which are not compared: {', '.join(projects)}")
    for project in projects:
        table = _of_prices(symbol, project, (row for row in rows if row.project == project))
        if table.row_count:
            console.print(table)
    for row in rows:
        if row.missing:
            console.print(f"{row.chain}: {row.missing}", soft_wrap=True, markup=False)
    if found:
        console.print(_of_gaps(found, dollars))


def _of_prices(symbol: str, project: str, rows: Iterable[Row]) -> Table:
    title = f"{symbol} of {project}" if project else symbol
    table = Table("chain", "USD", "one percent deep, USD", "by", title=title, title_justify="left")
    for row in rows:
        if row.quote:
            table.add_row(row.chain, f"{row.quote.price:,.6f}", f"{row.quote.depth:,.0f}", row.quote.pool)
    return table


def _of_gaps(found: list[Gap], dollars: int) -> Table:
    title = f"carrying {dollars:,} USD"
    table = Table("from", "to", "dearer there, bps", "bridge", "costs, USD", "costs, bps", "takes", title=title)
    for gap in found:
        cells = ("no bridge carries it", "", "", "")
        if gap.crossing:
            way = gap.crossing
            cells = (way.bridge, f"{way.dollars:,.4f}", f"{gap.cost_bps:,.1f}", _lasts(way.seconds))
        table.add_row(gap.source, gap.target, f"{gap.bps:+,.1f}", *cells)
    return table


def _lasts(seconds: int | None) -> str:
    if seconds is None:
        return "the file does not say"
    return f"{seconds / DAY:.0f} days" if seconds >= DAY else f"{seconds / MINUTE:.0f} minutes"
