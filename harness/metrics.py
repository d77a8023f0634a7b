"""What a keeper says, as Prometheus metrics, and the endpoint that shows them.

Base units: seconds, bytes, blocks; `coins` is the chain's native coin and `tokens` a token's, both whole. A label never
holds an address, a hash or a URL, and takes few values.
"""

import errno
import math
import re
from collections.abc import Iterable
from functools import singledispatchmethod
from threading import Thread
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.process_collector import ProcessCollector

from harness.chains import Chain
from harness.errors import MillraceError
from harness.keeper import events as said

SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Upper ends of the buckets of steps, requests and lag."""

DEPTHS = (1, 2, 4, 8, 16, 32, 64)
MOST_WORDS = 200
"""So many values may labels take together that are not known beforehand; what comes then is `other`."""

DAY = 86_400
COIN = 10**18
TROUBLES = ("node", "heads", "chain", "database", "relay", "signer", "clock", "disk", "executor", "keeper")
OUTCOMES = ("sent", "included", "reverted", "given-up", "orphaned")
"""What becomes of transactions."""


class MetricsError(MillraceError):
    """The metrics cannot be shown where the configuration wants them."""


class Metrics:
    """Counts what keepers say.

    Args:
        chains: Those that have a keeper here.

    Attributes:
        registry: Holds the metrics, and those of the process.
    """

    def __init__(self, chains: Iterable[Chain]) -> None:
        self._chains = {chain.name: chain for chain in chains}
        self._words: set[str] = set()
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._define_picture()
        self._define_funnel()
        self._define_money()
        self._define_health()
        for name in self._chains:
            self._begin(name)

    def __call__(self, chain: str, event: said.Event) -> None:
        """Count what the keeper of a chain says; what cannot be counted is counted as such."""
        try:
            self._hear(event, chain)
        except Exception:  # a listener must not raise, whatever it is told
            self.misheard.labels(chain, type(event).__name__).inc()

    def alerted(self, outcome: str) -> None:
        """Count an alert by what became of it: `delivered`, `failed` or `dropped`."""
        self.alerts.labels(outcome).inc()

    def _define_picture(self) -> None:
        self.head = self._gauge("head_block", "Number of the newest block seen")
        self.head_time = self._gauge("head_timestamp_seconds", "Unix time of the newest block seen")
        self.lag = self._histogram("head_lag_seconds", "Age of a block when it was seen")
        self.blocks = self._counter("blocks_total", "New blocks seen")
        self.pools = self._gauge("pools", "Pools by `kind`: watched, or excluded from trading", "kind")
        self.changed = self._counter("changed_pools_total", "Pools changed by blocks")
        self.exclusions = self._counter("exclusions_total", "Pools excluded from trading", "venue")
        self.drifts = self._counter("drifts_total", "Pools whose state was not the chain's", "venue")
        self.reorgs = self._histogram("reorg_depth_blocks", "Blocks that a reorganisation undid", buckets=DEPTHS)

    def _define_funnel(self) -> None:
        self.found = self._counter("trades_found_total", "Trades that pay, found")
        self.best = self._gauge("best_trade_coins", "What the best trade of the newest block is worth")
        self.outdated = self._counter("outdated_decisions_total", "Decisions dropped for a newer block")
        self.simulations = self._counter("simulations_total", "Simulations, `ok` or by the class of refusal", "outcome")
        self.transactions = self._counter("transactions_total", "Transactions, by what became of them", "outcome")
        self.reverts = self._counter("reverts_total", "Transactions that reverted in a block, by error", "kind")
        self.submission = self._histogram("submission_seconds", "From a block seen to a transaction handed over")

    def _define_money(self) -> None:
        self.profit = self._counter("profit_tokens_total", "Profit paid to the reserve", "token")
        self.gas = self._counter("gas_cost_coins_total", "Gas paid, for trades, reverts and chores", "kind")
        self.balance = self._gauge("balance_coins", "What the keeper's account holds")
        self.runway = self._gauge("runway_seconds", "How long the balance lasts; infinite where nothing is spent")
        self.chores = self._counter("chores_total", "Chores, done or failed", "kind", "outcome")

    def _define_health(self) -> None:
        self.limits = self._counter("limits_reached_total", "What was not done because of a limit", "kind")
        self.breaker = self._gauge("breaker_open", "1 while the breaker is open")
        self.openings = self._counter("breaker_openings_total", "Openings of the breaker")
        self.halted = self._gauge("halted", "1 while nothing is sent, by the breaker or by hand")
        self.leading = self._gauge("leading", "1 while this keeper is the one that sends")
        self.trouble = self._gauge("trouble", "1 while something outside fails: `kind` says what", "kind")
        self.troubles = self._counter("troubles_total", "Failures of something outside", "kind")
        self.requests = self._histogram("request_seconds", "Requests to nodes", "method", "outcome")
        self.calls = self._counter("calls_total", "Answers asked for by those requests, several by a batch", "method")
        self.steps = self._histogram("step_seconds", "Steps of a block", "step")
        self.left = self._gauge("history_left_blocks", "Blocks left to be read since a start, by whose", "kind")
        self.misheard = self._counter("misheard_total", "Events that could not be counted, by class", "kind")
        self.alerts = Counter("millrace_alerts_total", "Alerts by outcome", ["outcome"], registry=self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"millrace_{name}", text, ["chain", *labels], registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"millrace_{name}", text, ["chain", *labels], registry=self.registry)

    def _histogram(self, name: str, text: str, *labels: str, buckets: tuple[float, ...] = SECONDS) -> Histogram:
        return Histogram(f"millrace_{name}", text, ["chain", *labels], registry=self.registry, buckets=buckets)

    def _begin(self, chain: str) -> None:
        """Show what is known beforehand from the start, at 0: a rate then sees the first time too."""
        for outcome in OUTCOMES:
            self.transactions.labels(chain, outcome)
        for where in TROUBLES:
            self.trouble.labels(chain, where)
            self.troubles.labels(chain, where)
        for token in self._chains[chain].profit_tokens:
            self.profit.labels(chain, token)
        for kind in ("trade", "revert", "chore"):
            self.gas.labels(chain, kind)
        for one in (self.blocks, self.changed, self.reorgs, self.found, self.outdated, self.openings, self.submission):
            one.labels(chain)
        self.simulations.labels(chain, "ok")
        for gauge in (self.breaker, self.halted, self.leading):
            gauge.labels(chain)

    def _word(self, text: str) -> str:
        """Return the class of a text as a label: its first letters, up to a parenthesis or a figure."""
        match = re.match(r"[A-Za-z][A-Za-z_. -]{0,48}", text)
        word = match[0].strip() if match else "other"
        if word not in self._words:
            if len(self._words) >= MOST_WORDS:
                return "other"
            self._words.add(word)
        return word

    def _venue(self, chain: str, venue: str) -> str:
        return venue if venue in self._chains[chain].venues else "other"

    @singledispatchmethod
    def _hear(self, event: object, chain: str) -> None:  # noqa: ARG002
        raise TypeError(type(event).__name__)

    @_hear.register
    def _(self, event: said.HeadSeen, chain: str) -> None:
        self.blocks.labels(chain).inc()
        self.head.labels(chain).set(event.block)
        self.head_time.labels(chain).set(event.timestamp)
        self.lag.labels(chain).observe(max(0.0, event.lag))

    @_hear.register
    def _(self, event: said.Synced, chain: str) -> None:
        self.changed.labels(chain).inc(event.changed)
        self.pools.labels(chain, "watched").set(event.pools)
        self.pools.labels(chain, "excluded").set(event.excluded)

    @_hear.register
    def _(self, event: said.Excluded, chain: str) -> None:
        self.exclusions.labels(chain, self._venue(chain, event.venue)).inc()

    @_hear.register
    def _(self, event: said.Reorged, chain: str) -> None:
        self.reorgs.labels(chain).observe(event.depth)

    @_hear.register
    def _(self, event: said.Drifted, chain: str) -> None:
        self.drifts.labels(chain, self._venue(chain, event.venue)).inc()

    @_hear.register
    def _(self, event: said.Decided, chain: str) -> None:
        self.found.labels(chain).inc(event.found)
        self.best.labels(chain).set(event.worth / COIN)

    @_hear.register
    def _(self, event: said.Outdated, chain: str) -> None:  # noqa: ARG002
        self.outdated.labels(chain).inc()

    @_hear.register
    def _(self, event: said.Simulated, chain: str) -> None:
        self.simulations.labels(chain, self._word(event.refusal) if event.refusal else "ok").inc()

    @_hear.register
    def _(self, event: said.Sent, chain: str) -> None:
        self.transactions.labels(chain, "sent").inc()
        self.submission.labels(chain).observe(event.seconds)

    @_hear.register
    def _(self, event: said.Included, chain: str) -> None:
        reverted = event.profit is None
        self.transactions.labels(chain, "reverted" if reverted else "included").inc()
        self.gas.labels(chain, "revert" if reverted else "trade").inc(event.gas_cost / COIN)
        if event.profit is None:
            self.reverts.labels(chain, self._word(event.error)).inc()
        else:
            symbol, units = self._tokens(chain, event.token, event.profit)
            self.profit.labels(chain, symbol).inc(units)

    def _tokens(self, chain: str, token: str, units: int) -> tuple[str, float]:
        """Return a token's symbol and an amount of it in whole ones; `token` is an address or a symbol."""
        tokens = self._chains[chain].tokens
        symbol = next(name for name, one in tokens.items() if token in (name, one.address))
        return symbol, units / 10 ** tokens[symbol].decimals

    @_hear.register
    def _(self, event: said.GivenUp, chain: str) -> None:  # noqa: ARG002
        self.transactions.labels(chain, "given-up").inc()

    @_hear.register
    def _(self, event: said.Orphaned, chain: str) -> None:  # noqa: ARG002
        self.transactions.labels(chain, "orphaned").inc()

    @_hear.register
    def _(self, event: said.ChoreDone, chain: str) -> None:
        self.chores.labels(chain, self._word(event.kind), "done").inc()
        self.gas.labels(chain, "chore").inc(event.gas_cost / COIN)

    @_hear.register
    def _(self, event: said.ChoreFailed, chain: str) -> None:
        self.chores.labels(chain, self._word(event.kind), "failed").inc()

    @_hear.register
    def _(self, event: said.LimitReached, chain: str) -> None:
        self.limits.labels(chain, self._word(event.limit)).inc()

    @_hear.register
    def _(self, event: said.BreakerOpened, chain: str) -> None:  # noqa: ARG002
        self.breaker.labels(chain).set(1)
        self.openings.labels(chain).inc()

    @_hear.register
    def _(self, event: said.HistoryRead, chain: str) -> None:
        self.left.labels(chain, self._word(event.of)).set(event.newest - event.block)

    @_hear.register
    def _(self, event: said.Halted, chain: str) -> None:
        self.halted.labels(chain).set(event.on)
        if not event.on:
            self.breaker.labels(chain).set(0)

    @_hear.register
    def _(self, event: said.Led, chain: str) -> None:
        self.leading.labels(chain).set(event.leading)

    @_hear.register
    def _(self, event: said.Trouble, chain: str) -> None:
        self.trouble.labels(chain, self._word(event.where)).set(1)
        self.troubles.labels(chain, self._word(event.where)).inc()

    @_hear.register
    def _(self, event: said.Recovered, chain: str) -> None:
        self.trouble.labels(chain, self._word(event.where)).set(0)

    @_hear.register
    def _(self, event: said.Asked, chain: str) -> None:
        self.requests.labels(chain, self._word(event.method), event.outcome).observe(event.seconds)
        for method in event.calls or (event.method,):
            self.calls.labels(chain, self._word(method)).inc()

    @_hear.register
    def _(self, event: said.Stepped, chain: str) -> None:
        for step, seconds in event.seconds.items():
            self.steps.labels(chain, self._word(step)).observe(seconds)

    @_hear.register
    def _(self, event: said.Balance, chain: str) -> None:
        self.balance.labels(chain).set(event.wei / COIN)
        self.runway.labels(chain).set(math.inf if event.days is None else event.days * DAY)


def serve(registry: CollectorRegistry, port: int, host: str = "127.0.0.1") -> tuple[WSGIServer, Thread]:
    """Show metrics at http://host:port/metrics, from a thread of its own.

    Returns:
        The server, which `shutdown` ends, and its thread.

    Raises:
        MetricsError: The port is taken, or the host is not this machine's.
    """
    try:
        return start_http_server(port, addr=host, registry=registry)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
    why = "is taken by another program" if taken else "cannot be listened on"
    raise MetricsError(f"port {port} of {host} {why}; give another one under [metrics] in the configuration")
