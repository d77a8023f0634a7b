"""The metrics: everything said is counted, in base units, and no label holds what it must not."""

import math
import re
import urllib.request
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import generate_latest
from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families
from said import ALL, ETHER, EXAMPLES, HASH, POOL

from harness import chains
from harness.keeper import events as said
from harness.metrics import MOST_WORDS, Metrics, MetricsError, serve
from harness.node import free_port

ETHEREUM = chains.load("ethereum")
CHAIN = ETHEREUM.name
LABELS = {"chain", "venue", "token", "kind", "method", "outcome", "step", "le"}
UNITS = ("_seconds", "_bytes", "_coins", "_tokens", "_blocks")
BARE = {"millrace_head_block", "millrace_pools", "millrace_breaker_open", "millrace_halted", "millrace_leading"}
BARE |= {"millrace_trouble"}
"""Gauges that are a number of nothing, or 0 and 1."""


@pytest.fixture
def metrics() -> Metrics:
    return Metrics([ETHEREUM])


def shown(metrics: Metrics) -> list[Metric]:
    """The metrics as a scraper reads them."""
    return list(text_string_to_metric_families(generate_latest(metrics.registry).decode()))


def value(metrics: Metrics, name: str, **labels: str) -> float | None:
    return metrics.registry.get_sample_value(f"millrace_{name}", {"chain": CHAIN, **labels})


def full() -> Metrics:
    """Metrics that have heard everything."""
    metrics = Metrics([ETHEREUM])
    for event in EXAMPLES.values():
        metrics(CHAIN, event)
    return metrics


def test_there_is_an_example_of_everything_that_is_said() -> None:
    assert set(EXAMPLES) == set(ALL)


@pytest.mark.parametrize("event", EXAMPLES.values(), ids=lambda event: type(event).__name__)
def test_everything_that_is_said_is_counted(metrics: Metrics, event: said.Event) -> None:
    if isinstance(event, said.Recovered):
        metrics(CHAIN, said.Trouble(event.where, "", ""))
    before = _ours(metrics)
    metrics(CHAIN, event)
    assert _ours(metrics) != before
    assert "misheard_total{" not in _ours(metrics)


def _ours(metrics: Metrics) -> str:
    lines = generate_latest(metrics.registry).decode().splitlines()
    return "\n".join(line for line in lines if line.startswith("millrace_") and "_created" not in line)


def test_what_is_no_event_is_counted_as_misheard(metrics: Metrics) -> None:
    metrics(CHAIN, "nonsense")  # type: ignore[arg-type]
    metrics(CHAIN, said.Included(1, HASH, 2, POOL, 5, 6))
    assert value(metrics, "misheard_total", kind="str") == 1
    assert value(metrics, "misheard_total", kind="Included") == 1


def test_names_and_labels_follow_the_conventions() -> None:
    for family in shown(full()):
        if family.name.startswith(("process_", "python_")):
            continue
        assert re.fullmatch(r"millrace_[a-z][a-z_]*", family.name)
        assert family.documentation
        assert {label for sample in family.samples for label in sample.labels} <= LABELS
        if family.type == "counter":
            assert all(sample.name.endswith("_total") for sample in family.samples if "_created" not in sample.name)
        elif not family.name.endswith("_created"):
            assert family.name.endswith(UNITS) or family.name in BARE, family.name


def test_the_process_is_measured(metrics: Metrics) -> None:
    assert metrics.registry.get_sample_value("process_resident_memory_bytes")


def test_the_funnel_is_counted(metrics: Metrics) -> None:
    for event in (
        said.HeadSeen(5, HASH, 1_700_000_000, 0.4),
        said.Synced(5, 7, 120, 3),
        said.Decided(5, 4, ETHER // 2),
        said.Simulated(1, 5, "WETH", None, "NotProfitable(3, 5)"),
        said.Simulated(2, 5, "WETH", None, "NotProfitable(4, 5)"),
        said.Simulated(3, 5, "WETH", 9),
        said.Sent(3, HASH, 5, ("node",), 0.021),
        said.Included(3, HASH, 6, "WETH", 9, ETHER),
        said.Included(4, HASH, 6, "WETH", None, ETHER, "Expired(5)"),
        said.GivenUp(4, HASH),
        said.Orphaned(3, HASH, 6),
    ):
        metrics(CHAIN, event)
    assert value(metrics, "blocks_total") == 1
    assert value(metrics, "head_block") == 5
    assert value(metrics, "head_timestamp_seconds") == 1_700_000_000
    assert value(metrics, "changed_pools_total") == 7
    assert (value(metrics, "pools", kind="watched"), value(metrics, "pools", kind="excluded")) == (120, 3)
    assert (value(metrics, "trades_found_total"), value(metrics, "best_trade_coins")) == (4, 0.5)
    assert value(metrics, "simulations_total", outcome="NotProfitable") == 2
    assert value(metrics, "simulations_total", outcome="ok") == 1
    transactions = {one: value(metrics, "transactions_total", outcome=one) for one in ("sent", "included", "reverted")}
    assert transactions == {"sent": 1, "included": 1, "reverted": 1}
    assert value(metrics, "transactions_total", outcome="given-up") == 1
    assert value(metrics, "transactions_total", outcome="orphaned") == 1
    assert value(metrics, "reverts_total", kind="Expired") == 1
    assert value(metrics, "submission_seconds_sum") == 0.021


def test_money_is_counted_in_whole_coins_and_tokens(metrics: Metrics) -> None:
    usdt = ETHEREUM.token("USDT").address
    metrics(CHAIN, said.Included(1, HASH, 2, usdt, 12_500_000, ETHER // 4))
    metrics(CHAIN, said.Included(2, HASH, 2, "USDT", 500_000, ETHER // 4))
    metrics(CHAIN, said.Included(3, HASH, 2, "WETH", None, ETHER))
    metrics(CHAIN, said.ChoreDone("inject", POOL, HASH, 2 * ETHER))
    metrics(CHAIN, said.Balance(3 * ETHER, 2))
    profit = [value(metrics, "profit_tokens_total", token=symbol) for symbol in ("USDT", "WETH")]
    assert profit == [13, 0]
    gas = [value(metrics, "gas_cost_coins_total", kind=kind) for kind in ("trade", "revert", "chore")]
    assert gas == [0.5, 1, 2]
    assert (value(metrics, "balance_coins"), value(metrics, "runway_seconds")) == (3, 172_800)
    metrics(CHAIN, said.Balance(3 * ETHER, None))
    assert value(metrics, "runway_seconds") == math.inf


def test_halting_shows_until_it_is_over(metrics: Metrics) -> None:
    metrics(CHAIN, said.BreakerOpened("failures"))
    metrics(CHAIN, said.Halted(True, "failures"))
    assert (value(metrics, "breaker_open"), value(metrics, "halted")) == (1, 1)
    metrics(CHAIN, said.Halted(False))
    assert (value(metrics, "breaker_open"), value(metrics, "halted")) == (0, 0)
    assert value(metrics, "breaker_openings_total") == 1


def test_trouble_shows_until_it_is_over(metrics: Metrics) -> None:
    assert value(metrics, "trouble", kind="database") == 0
    metrics(CHAIN, said.Trouble("database", "gone", ""))
    metrics(CHAIN, said.Trouble("database", "gone", ""))
    assert (value(metrics, "trouble", kind="database"), value(metrics, "troubles_total", kind="database")) == (1, 2)
    metrics(CHAIN, said.Recovered("database", 60))
    assert (value(metrics, "trouble", kind="database"), value(metrics, "troubles_total", kind="database")) == (0, 2)


def test_reorganisations_are_counted_by_depth(metrics: Metrics) -> None:
    for depth in (1, 2, 17):
        metrics(CHAIN, said.Reorged(depth, 5))
    assert (value(metrics, "reorg_depth_blocks_count"), value(metrics, "reorg_depth_blocks_sum")) == (3, 20)
    assert value(metrics, "reorg_depth_blocks_bucket", le="16.0") == 2


def test_requests_are_counted_by_method_and_outcome(metrics: Metrics) -> None:
    metrics(CHAIN, said.Asked("eth_getLogs", 0.004, "ok"))
    metrics(CHAIN, said.Asked("eth_getLogs", 4.0, "failed"))
    assert value(metrics, "request_seconds_bucket", method="eth_getLogs", outcome="ok", le="0.005") == 1
    assert value(metrics, "request_seconds_count", method="eth_getLogs", outcome="failed") == 1


def test_a_batch_is_one_request_and_counts_what_is_in_it(metrics: Metrics) -> None:
    metrics(CHAIN, said.Asked("eth_call", 0.004, "ok"))
    metrics(
        CHAIN, said.Asked("batch", 0.004, "ok", ("eth_call", "eth_getTransactionReceipt", "eth_getTransactionReceipt"))
    )
    assert value(metrics, "request_seconds_count", method="batch", outcome="ok") == 1
    assert value(metrics, "request_seconds_count", method="eth_call", outcome="ok") == 1
    assert value(metrics, "calls_total", method="eth_call") == 2
    assert value(metrics, "calls_total", method="eth_getTransactionReceipt") == 2


def test_a_head_from_the_future_has_no_lag(metrics: Metrics) -> None:
    metrics(CHAIN, said.HeadSeen(5, HASH, 1_700_000_000, -3.0))
    assert value(metrics, "head_lag_seconds_sum") == 0


def test_labels_are_words_and_few(metrics: Metrics) -> None:
    metrics(CHAIN, said.Drifted(POOL, "a venue that nobody knows", 5))
    assert value(metrics, "drifts_total", venue="other") == 1
    metrics(CHAIN, said.Simulated(1, 5, "WETH", None, f"unknown error {POOL}"))
    metrics(CHAIN, said.Simulated(1, 5, "WETH", None, POOL))
    assert value(metrics, "simulations_total", outcome="unknown error") == 1
    assert value(metrics, "simulations_total", outcome="other") == 1
    for number in range(2 * MOST_WORDS):
        metrics(CHAIN, said.Simulated(1, 5, "WETH", None, "Error" + chr(97 + number % 26) * (1 + number // 26)))
    family = next(one for one in shown(metrics) if one.name == "millrace_simulations")
    assert len({sample.labels["outcome"] for sample in family.samples}) <= MOST_WORDS + 2


TEXTS = st.one_of(st.text(max_size=60), st.sampled_from([POOL, HASH, f"https://me:{POOL}@host/{POOL}", f"x {HASH}"]))


@given(TEXTS, TEXTS, st.integers(0, 2**256))
def test_no_label_holds_an_address_or_a_url(text: str, other: str, units: int) -> None:
    metrics = Metrics([ETHEREUM])
    for event in (
        said.Excluded(text, other, text),
        said.Drifted(text, other, 1),
        said.Simulated(1, 1, text, None, other),
        said.Included(1, text, 1, other, None, units, text),
        said.Included(1, text, 1, other, units, units),
        said.ChoreDone(text, other, text, units),
        said.ChoreFailed(other, text, text),
        said.LimitReached(text, other),
        said.HistoryRead(text, 1, 2),
        said.Trouble(text, other, other),
        said.Asked(text, 0.1, "ok"),
        said.Stepped(1, {text: 0.1, other: 0.2}),
    ):
        metrics(CHAIN, event)
    labels = {label for family in shown(metrics) for sample in family.samples for label in sample.labels.values()}
    assert not [label for label in labels if "0x" in label or "/" in label or "@" in label or len(label) > 49]


@pytest.fixture
def served(metrics: Metrics) -> Iterator[int]:
    port = free_port()
    server, thread = serve(metrics.registry, port)
    yield port
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_endpoint_shows_them(metrics: Metrics, served: int) -> None:
    metrics(CHAIN, said.HeadSeen(5, HASH, 1_700_000_000, 0.4))
    with urllib.request.urlopen(f"http://127.0.0.1:{served}/metrics") as answer:
        assert f'millrace_head_block{{chain="{CHAIN}"}} 5.0' in answer.read().decode().splitlines()


def test_a_port_that_is_taken_is_named(metrics: Metrics, served: int) -> None:
    with pytest.raises(MetricsError, match=f"port {served} of 127.0.0.1 is taken by another program; give another one"):
        serve(metrics.registry, served)


def test_a_host_that_is_not_ours_is_named(metrics: Metrics) -> None:
    with pytest.raises(MetricsError, match=r"of 192\.0\.2\.1 cannot be listened on"):
        serve(metrics.registry, free_port(), "192.0.2.1")


def test_alerts_are_counted(metrics: Metrics) -> None:
    metrics.alerted("failed")
    assert metrics.registry.get_sample_value("millrace_alerts_total", {"outcome": "failed"}) == 1
