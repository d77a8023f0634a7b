"""`millrace report`."""

import csv
import io
import json
from datetime import date, datetime
from decimal import Decimal

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from harness import chains
from harness.deployments import load_deployment
from harness.earnings.report import Report, report_on
from harness.errors import MillraceError
from harness.keeper.command import endpoint
from harness.keeper.feeds.registry import find
from harness.keeper.multicall import Multicall
from harness.keeper.rpc import Rpc
from harness.node import connect, is_development
from harness.store import Store

COLUMNS = ("chain", "from", "to", "section", "subject", "figure", "token", "amount", "native", "usd")
WIDTH = 160
"""Of a table that is not printed to a terminal."""
DAY = click.DateTime(["%Y-%m-%d"])


class BooksError(MillraceError):
    """A report's figures do not add up; the message has each of them."""


@click.command()
@click.option("--chain", "name", default="ethereum", show_default=True, help="Which of chains/*.json.")
@click.option("--from", "since", type=DAY, required=True, help="The first day, UTC, as 2026-01-31.")
@click.option("--to", "until", type=DAY, required=True, help="The last day, UTC, included.")
@click.option("--rpc", default="", help="An archive node; without it, the one in the chain's environment variable.")
@click.option("--database", default="", help="URL of the keeper's record, for transactions that no contract logs.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV: " + ", ".join(COLUMNS) + ".")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    *, name: str, since: datetime, until: datetime, rpc: str, database: str, as_csv: bool, as_json: bool
) -> None:
    """Report what a deployment has earned: profit, gas, split, depth added to pools and what became of it."""
    if as_csv and as_json:
        raise click.UsageError("--csv and --json are two forms; give one")
    report = _report(name, (since.date(), until.date()), rpc, database)
    if as_csv or as_json:
        click.echo(as_text(report) if as_csv else as_object(report), nl=False)
    else:
        (Console() if Console().is_terminal else Console(width=WIDTH)).print(as_table(report))
    if report.problems:
        raise BooksError("the books do not add up; look into each of these:\n  " + "\n  ".join(report.problems))


def _report(name: str, days: tuple[date, date], url: str, database: str) -> Report:
    chain = chains.load(name)
    web3 = connect(chain, endpoint(chain, url))
    deployment = load_deployment(chain.chain_id, local=is_development(web3))
    record = Store(database) if database else None
    multicall = Multicall(web3, chain.contracts["multicall3"])
    places = find(chain, chain.pools, lambda calls: multicall.try_read(calls, "latest"))
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading blocks", total=None)
        return report_on(
            chain,
            Rpc([web3]),
            deployment,
            days,
            record=record,
            names={place.address: place.name for place in places},
            progress=lambda blocks: bar.advance(task, blocks),
        )


def as_table(report: Report) -> Table:
    """Return a report as a table."""
    period = report.period
    title = f"{report.chain}, {period.since} to {period.until}, blocks {period.first} to {period.last}"
    table = Table(title=title, title_justify="left")
    for column in ("", "of", "figure"):
        table.add_column(column)
    for column in ("amount", "in native coin", "USD"):
        table.add_column(column, justify="right")
    section = ""
    for row in report.figures:
        cells = [f"{row.amount:,.6f} {row.token}".rstrip(), _shown(row.native, 6), _shown(row.usd, 2)]
        table.add_row("" if row.section == section else row.section, row.subject, row.name, *cells)
        section = row.section
    return table


def as_text(report: Report) -> str:
    """Return a report as CSV, in columns that stay as they are."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    head = report.chain, report.period.since, report.period.until
    for row in report.figures:
        amounts = (_plain(row.amount), _plain(row.native), _plain(row.usd))
        writer.writerow((*head, row.section, row.subject, row.name, row.token, *amounts))
    return out.getvalue()


def as_object(report: Report) -> str:
    """Return a report as JSON; amounts are strings, as they are exact."""
    period = report.period
    rows = [
        {
            "section": row.section,
            "subject": row.subject,
            "figure": row.name,
            "token": row.token,
            "amount": _plain(row.amount),
            "native": _plain(row.native) or None,
            "usd": _plain(row.usd) or None,
        }
        for row in report.figures
    ]
    head = {"chain": report.chain, "from": str(period.since), "to": str(period.until)}
    blocks = {"firstBlock": period.first, "lastBlock": period.last}
    return json.dumps(head | blocks | {"figures": rows, "problems": report.problems}, indent=2) + "\n"


def _shown(amount: Decimal | None, digits: int) -> str:
    return "" if amount is None else f"{amount:,.{digits}f}"


def _plain(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:f}"
