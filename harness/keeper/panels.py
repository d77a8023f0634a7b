"""What was seen of a keeper, in lines for the screen. Every state is a word; colour only repeats it."""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from rich.text import Text

from harness.keeper.reading import Reading
from harness.keeper.watcher import Seen

STALE = 15.0
"""Seconds after which what was seen is old."""

DAY = 86_400
GOOD, BAD, DIM = "green", "bold white on red", "dim"
NAME = 14
"""Columns of a line's name."""


def head(seen: Seen, now: float) -> Text:
    """Return the chain, where it was seen and how long ago; marked once that is too long."""
    if seen.reading is None:
        return Text(f"{seen.endpoint}: nothing seen yet", BAD)
    age = now - seen.at
    clock = f"{datetime.fromtimestamp(now, UTC):%H:%M:%S} UTC"
    if age > STALE:
        return Text(f"{seen.chain}  {seen.endpoint}  {clock}  STALE: seen {_ago(age)} ago", BAD)
    return Text(f"{seen.chain}  {seen.endpoint}  {clock}  seen {_ago(age)} ago")


def funnel(one: Reading) -> Text:
    """Return how much gets how far, since the keeper started."""
    blocks = one.sum("blocks_total")
    refused = {kind: count for kind, count in one.by("simulations_total", "outcome").items() if kind != "ok"}
    chores = one.by("chores_total", "outcome")
    return _lines(
        ("blocks", f"{blocks:,.0f}"),
        ("pools changed", _each(one.sum("changed_pools_total"), blocks)),
        ("trades found", f"{one.sum('trades_found_total'):,.0f}"),
        ("simulated", f"{one.sum('simulations_total'):,.0f}"),
        ("refused", _counts(refused)),
        ("sent", f"{one.sum('transactions_total', outcome='sent'):,.0f}"),
        ("included", f"{one.sum('transactions_total', outcome='included'):,.0f}"),
        ("reverted", _counts(one.by("reverts_total", "kind"))),
        ("given up", f"{one.sum('transactions_total', outcome='given-up'):,.0f}"),
        ("chores", f"{chores.get('done', 0):,.0f} done, {chores.get('failed', 0):,.0f} failed"),
    )


def health(one: Reading, now: float) -> Text:
    """Return how it does, and whether it sends."""
    blocks, requests = one.sum("blocks_total"), one.sum("request_seconds_count")
    failed = requests - one.sum("request_seconds_count", outcome="ok")
    age = now - (one.value("head_timestamp_seconds") or now)
    trouble = ", ".join(sorted(one.by("trouble", "kind")))
    watched, excluded = one.sum("pools", kind="watched"), one.sum("pools", kind="excluded")
    return _lines(
        ("newest block", f"{one.value('head_block') or 0:,.0f}, {_ago(age)} old"),
        ("lag", _quantiles(one, "head_lag_seconds")),
        ("block to send", _quantiles(one, "submission_seconds")),
        ("requests", f"{_each(requests, blocks)}, {failed:,.0f} failed"),
        ("pools", f"{watched:,.0f}, {excluded:,.0f} excluded"),
        ("drift, reorgs", f"{one.sum('drifts_total'):,.0f}, {one.sum('reorg_depth_blocks_count'):,.0f}"),
        ("sending", _sending(one)),
        ("breaker", Text("OPEN", BAD) if one.value("breaker_open") else Text("closed", GOOD)),
        ("trouble", Text(trouble, BAD) if trouble else Text("none", GOOD)),
        ("gas left", _gas_left(one)),
    )


def money(one: Reading, seen: Seen) -> Text:
    """Return what was earned and spent since the start, and what reserve and vault hold."""
    held = seen.holdings
    rest: list[tuple[str, str | Text]] = [("reserve", Text("give --rpc to see it", DIM))]
    if held is not None:
        rest = [
            *_amounts("reserve", held.reserve),
            *_amounts("of stakers", held.stakers),
            ("vault", f"{held.assets:,.4f}, {held.locked:,.4f} locked"),
            ("a share", f"{held.share:.9f}"),
        ]
    limits = one.by("limits_reached_total", "kind")
    return _lines(
        *_amounts("profit", one.by("profit_tokens_total", "token")),
        ("gas paid", f"{one.sum('gas_cost_coins_total'):,.6f}"),
        *rest,
        ("limits hit", _counts(limits)),
    )


def record(seen: Seen) -> Text:
    """Return the last attempts and incidents."""
    if seen.attempts is None or seen.incidents is None:
        return Text("give --database to see attempts\nand incidents", DIM)
    open_ones = [Text(line, BAD if line.endswith("open)") else "") for line in seen.incidents[:3]]
    lines = [*open_ones, *(Text(line) for line in seen.attempts)]
    return Text("\n").join(lines) if lines else Text("nothing of late", DIM)


def _lines(*pairs: tuple[str, str | Text]) -> Text:
    return Text("\n").join(Text(f"{name:<{NAME}}").append_text(_text(value)) for name, value in pairs)


def _text(value: str | Text) -> Text:
    return Text(value) if isinstance(value, str) else value


def _each(count: float, blocks: float) -> str:
    return f"{count / blocks:,.1f} a block" if blocks else f"{count:,.0f}"


def _counts(counts: Mapping[str, float]) -> str:
    """Return a sum, and what of."""
    of = ", ".join(f"{name} {count:,.0f}" for name, count in counts.items())
    return f"{sum(counts.values()):,.0f}" + (f": {of}" if of else "")


def _amounts(name: str, amounts: Mapping[str, float] | Mapping[str, Decimal]) -> list[tuple[str, str | Text]]:
    """Return a line for each token."""
    return [(name, f"{amount:,.4f} {symbol}") for symbol, amount in amounts.items()] or [(name, "0")]


def _quantiles(one: Reading, name: str) -> str:
    median, most = one.quantile(name, 0.5), one.quantile(name, 0.99)
    return "-" if median is None or most is None else f"{_seconds(median)}, 99 % in {_seconds(most)}"


def _seconds(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1_000:.0f} ms"


def _sending(one: Reading) -> Text:
    """Return whether it sends, and where it does not, why."""
    for name, wanted, why in (("halted", 0, "no: HALTED"), ("leading", 1, "no: does not lead")):
        if (one.value(name) or 0) != wanted:
            return Text(why, BAD)
    return Text("yes", GOOD)


def _gas_left(one: Reading) -> str:
    coins, runway = one.value("balance_coins"), one.value("runway_seconds")
    if coins is None:
        return "-"
    return f"{coins:,.4f}" + ("" if runway is None or math.isinf(runway) else f", {runway / DAY:,.1f} days")


def _ago(seconds: float) -> str:
    """Return a time that has passed, in its two largest units at most."""
    steps: tuple[tuple[float, Callable[[float], str]], ...] = (
        (120, lambda s: f"{s:.0f} s"),
        (7_200, lambda s: f"{s // 60:.0f} min"),
        (math.inf, lambda s: f"{s // 3_600:.0f} h"),
    )
    return next(say(max(seconds, 0)) for most, say in steps if seconds < most)
