"""The demo's figures, for a treasurer."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from harness.keeper.report import Reporter, lender_name

if TYPE_CHECKING:
    from harness.accounting import Figures
    from harness.demo import Result, Trade
    from harness.keeper.report import Attempt

USD_DECIMALS = 8


def print_statement(result: Result, reporter: Reporter, console: Console) -> None:
    """Print every trade, where its profit went, and reserve and vault before and after."""
    console.print(_trades(result, reporter))
    console.print(_holdings(result, reporter))
    console.print(_injections(result, reporter))
    for name, reason in result.resting.items():
        console.print(f"the bucket of {name} waits: {reason}")
    profit = sum((_dollars(result, trade.profit, trade.token) for trade in result.trades), Decimal())
    done = [one for one in [*(trade.attempt for trade in result.trades), *result.refused] if one.outcome]
    gas = sum((_gas(result, one) for one in done), Decimal())
    console.print(
        f"{result.orders} orders of ordinary people, {len(result.trades)} gaps closed between {len(result.pairs)} "
        f"pairs of venues, {len(result.refused)} race lost: profit ${profit:,.2f}, gas ${gas:,.2f}"
    )


def _trades(result: Result, reporter: Reporter) -> Table:
    table = Table(title="Trades", title_justify="left", expand=False)
    for name in ("gap", "route", "lender"):
        table.add_column(name)
    for name in ("borrowed", "expected", "realised", "gas", "to the pools' buckets", "to the stakers"):
        table.add_column(name, justify="right")
    rows = [(trade.attempt, trade) for trade in result.trades] + [(one, None) for one in result.refused]
    for attempt, trade in sorted(rows, key=lambda row: row[0].outcome.block if row[0].outcome else 0):
        table.add_row(*_row(result, reporter, attempt, trade), style="" if trade else "yellow")
    return table


def _row(result: Result, reporter: Reporter, attempt: Attempt, trade: Trade | None) -> list[str]:
    found, token = attempt.opportunity, attempt.opportunity.cycle.token
    row = [
        f"{found.gap_bps:.0f} bps",
        reporter.route(found),
        lender_name(found),
        reporter.money(found.sizing.amount_in, token),
        reporter.money(attempt.simulated or 0, token),
        reporter.money(trade.profit, token) if trade else f"refused: {attempt.refusal.split('(')[0]}",
        f"${_gas(result, attempt):.2f}",
    ]
    if trade is None:
        return [*row, "", ""]
    pools = " + ".join(f"{reporter.number(amount, token)}" for _, amount in trade.split.pools)
    return [*row, pools, reporter.number(trade.split.vault, token)]


def _injections(result: Result, reporter: Reporter) -> Table:
    table = Table(title="Pools deepened", title_justify="left", expand=False)
    table.add_column("pool")
    for name in ("out of the bucket, net", "liquidity"):
        table.add_column(name, justify="right")
    for one in result.injections:
        changes = ((one.place.token0, one.change0), (one.place.token1, one.change1))
        used = " + ".join(reporter.money(-change, token) for token, change in changes if change)
        table.add_row(one.place.name, used, f"{one.liquidity:,}")
    return table


def _holdings(result: Result, reporter: Reporter) -> Table:
    table = Table(title="Reserve and vault", title_justify="left", expand=False)
    table.add_column("")
    for name in ("before", "after"):
        table.add_column(name, justify="right")
    before, after = _lines(result, reporter, result.before), _lines(result, reporter, result.after)
    for name, value in before.items():
        table.add_row(name, value, after[name])
    return table


def _lines(result: Result, reporter: Reporter, figures: Figures) -> dict[str, str]:
    lines = {}
    for symbol in result.chain.profit_tokens:
        token = result.chain.token(symbol).address
        lines[f"reserve: buckets of the pools, {symbol}"] = reporter.money(figures.pooled(token), token)
        lines[f"reserve: bucket of the stakers, {symbol}"] = reporter.money(figures.stakers[token], token)
    native = result.chain.token(result.chain.native.wrapped).address
    lines["vault: worth of all shares"] = reporter.money(figures.assets, native)
    lines["vault: profit not yet streamed"] = reporter.money(figures.locked, native)
    lines["vault: one share"] = f"{Decimal(figures.share_price).scaleb(-18):.9f} {result.chain.native.wrapped}"
    return lines


def _gas(result: Result, attempt: Attempt) -> Decimal:
    """Return what an attempt's gas cost in USD."""
    native = result.chain.token(result.chain.native.wrapped).address
    return _dollars(result, attempt.outcome.gas_cost if attempt.outcome else 0, native)


def _dollars(result: Result, units: int, token: str) -> Decimal:
    """Return what units of a token are worth in USD, at the replica's prices."""
    symbol = next(name for name, known in result.chain.tokens.items() if known.address == token)
    price = Decimal(result.chain.replica.prices[symbol]).scaleb(-USD_DECIMALS)
    return Decimal(units).scaleb(-result.chain.token(symbol).decimals) * price
