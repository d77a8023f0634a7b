"""The screen: what it shows of the metrics, the record and the chain, that it says what is old, and how it looks."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from prometheus_client import generate_latest
from said import HASH, POOL
from textual.pilot import Pilot
from textual.widgets import Static

from harness import chains, cli
from harness.errors import MillraceError
from harness.keeper import events as said
from harness.keeper import panels
from harness.keeper.events import Event
from harness.keeper.reading import EndpointError, Reading, fetch, read
from harness.keeper.watch import Screen
from harness.keeper.watcher import Holdings, Seen, Watcher, bank
from harness.metrics import Metrics, serve
from harness.node import free_port
from harness.store import Found, Store

ETHEREUM = chains.load("ethereum")
CHAIN = ETHEREUM.name
WETH = ETHEREUM.token("WETH").address
ETHER = 10**18
NOW = 1_700_000_016.0
STORY: tuple[Event, ...] = (
    said.Led(True),
    *(said.HeadSeen(21_000_000 + n, HASH, 1_700_000_000 + 12 * n, 0.4) for n in (0, 1)),
    said.Synced(21_000_001, 13, 1_204, 3),
    said.Decided(21_000_001, 4, ETHER // 2),
    said.Simulated(1, 21_000_001, "WETH", None, "NotProfitable(3, 5)"),
    said.Simulated(2, 21_000_001, "WETH", None, "NotProfitable(3, 5)"),
    said.Simulated(3, 21_000_001, "WETH", None, "Expired(5)"),
    said.Simulated(4, 21_000_001, "WETH", ETHER // 4),
    said.Sent(4, HASH, 5, ("node",), 0.021),
    said.Included(4, HASH, 21_000_001, "WETH", ETHER // 4, ETHER // 100),
    said.Included(5, HASH, 21_000_001, "USDT", 12_500_000, ETHER // 100),
    said.Included(6, HASH, 21_000_001, "WETH", None, ETHER // 200, "Expired(5)"),
    said.GivenUp(7, HASH),
    said.ChoreDone("inject", POOL, HASH, ETHER // 1_000),
    said.ChoreFailed("report", POOL, "NotDue()"),
    said.Drifted(POOL, "uniswap-v3", 21_000_001),
    said.Reorged(2, 20_999_999),
    said.LimitReached("gas_a_day", "0.5 of 0.5 ETH"),
    *(said.Asked(method, 0.004, "ok") for method in ("eth_getBlockByNumber", "eth_getLogs", "eth_call") * 3),
    said.Asked("eth_call", 3.0, "failed"),
    said.Balance(2 * ETHER, 12.5),
)
HALTED: tuple[Event, ...] = (
    said.BreakerOpened("5 failures in a row"),
    said.Halted(True, "5 failures in a row"),
    said.Led(False),
    said.Trouble("node", "timeout", "x"),
    said.Trouble("database", "gone", "x"),
)
HOLDINGS = Holdings(
    {"WETH": Decimal("12.5"), "USDT": Decimal("840.25")},
    {"WETH": Decimal("8.75"), "USDT": Decimal(0)},
    Decimal("104.125"),
    Decimal("0.5"),
    Decimal("1.002300001"),
)
ATTEMPTS = ("21000001 included 0.250000 WETH", "21000001 refused Expired", "20999998 paper 0.031250 WETH")
INCIDENTS = ("14:03 node timeout (3, open)", "13:30 relay silent (1)")


def heard(*events: Event) -> Metrics:
    metrics = Metrics([ETHEREUM])
    for event in events:
        metrics(CHAIN, event)
    return metrics


def reading(*events: Event) -> Reading:
    """What a scraper reads of metrics that have heard some events."""
    return read(generate_latest(heard(*events).registry).decode())[CHAIN]


def seen(*events: Event, **more: Any) -> Seen:  # noqa: ANN401
    return Seen(CHAIN, "127.0.0.1:9464", reading(*events), NOW - 2, **more)


FULL = seen(*STORY, attempts=ATTEMPTS, incidents=INCIDENTS, holdings=HOLDINGS)
PROBLEM = (
    "http://127.0.0.1:9464 does not answer (ConnectionRefusedError); is the keeper running, and its [metrics] there?"
)
SCENES: dict[str, list[Seen]] = {
    "well": [FULL, replace(FULL, chain="base")],
    "metrics_alone": [seen(*STORY)],
    "halted": [seen(*STORY, *HALTED, attempts=ATTEMPTS, incidents=INCIDENTS, holdings=HOLDINGS)],
    "stale": [replace(FULL, at=NOW - 200, problems=(PROBLEM,))],
    "down": [Seen("", "127.0.0.1:9464", problems=(PROBLEM,))],
}


def screen(scene: str) -> Screen:
    return Screen(lambda: SCENES[scene], clock=lambda: NOW)


async def settled(pilot: Pilot[None]) -> None:
    """Wait until what was looked at is shown."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


Snap = Callable[..., bool]


@pytest.mark.parametrize("scene", SCENES)
def test_it_looks_as_it_did(snap_compare: Snap, scene: str) -> None:
    assert snap_compare(screen(scene), terminal_size=(80, 24), run_before=settled)


def test_it_looks_as_it_did_on_a_large_terminal(snap_compare: Snap) -> None:
    assert snap_compare(screen("well"), terminal_size=(132, 40), run_before=settled)


def test_it_looks_as_it_did_without_colour(snap_compare: Snap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert snap_compare(screen("halted"), terminal_size=(80, 24), run_before=settled)


def test_the_command_to_pause_is_shown_on_p(snap_compare: Snap) -> None:
    assert snap_compare(screen("well"), terminal_size=(80, 24), press=["p"], run_before=settled)


def lines(text: object) -> dict[str, str]:
    """A panel's lines, by their names; those of one name joined."""
    found: dict[str, str] = {}
    for line in str(text).splitlines():
        name, value = line[: panels.NAME].strip(), line[panels.NAME :]
        found[name] = f"{found[name]} and {value}" if name in found else value
    return found


async def panel(pilot: Pilot[None], name: str) -> str:
    await settled(pilot)
    return str(pilot.app.query_one(f"#{name}", Static).content)


def run(coroutine: Any) -> None:  # noqa: ANN401
    """Run a test of the screen."""
    asyncio.run(coroutine)


def test_the_screen_shows_the_chain_and_turns_to_the_next() -> None:
    async def story() -> None:
        async with screen("well").run_test(size=(80, 24)) as pilot:
            assert await panel(pilot, "head") == "ethereum  127.0.0.1:9464  22:13:36 UTC  seen 2 s ago  [1 of 2]"
            await pilot.press("tab")
            assert (await panel(pilot, "head")).startswith("base ")
            await pilot.press("tab")
            assert (await panel(pilot, "head")).startswith("ethereum ")
            await pilot.press("shift+tab")
            assert (await panel(pilot, "head")).startswith("base ")

    run(story())


def test_p_shows_the_command_and_hides_it_and_q_quits() -> None:
    async def story() -> None:
        async with screen("well").run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            await pilot.press("p")
            assert await panel(pilot, "pause") == "on the keeper's machine: millrace pause --chain ethereum"
            assert pilot.app.query_one("#pause").display
            await pilot.press("p")
            assert not pilot.app.query_one("#pause").display
            await pilot.press("q")
        assert pilot.app.return_code == 0

    run(story())


def test_nothing_seen_yet_is_said_and_keys_do_no_harm() -> None:
    async def story() -> None:
        async with Screen(list, clock=lambda: NOW).run_test(size=(80, 24)) as pilot:
            await pilot.press("tab", "p")
            assert await panel(pilot, "head") == "looking ..."
            assert await panel(pilot, "pause") == "on the keeper's machine: millrace pause --chain <name>"

    run(story())


def test_a_chain_that_vanishes_leaves_the_first() -> None:
    scene = list(SCENES["well"])

    async def story() -> None:
        async with Screen(lambda: scene, clock=lambda: NOW).run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            await pilot.press("tab")
            scene.pop()
            app = pilot.app
            assert isinstance(app, Screen)
            app.look()
            assert (await panel(pilot, "head")).startswith("ethereum ")

    run(story())


def test_the_funnel() -> None:
    assert lines(panels.funnel(reading(*STORY))) == {
        "blocks": "2",
        "pools changed": "6.5 a block",
        "trades found": "4",
        "simulated": "4",
        "refused": "3: NotProfitable 2, Expired 1",
        "sent": "1",
        "included": "2",
        "reverted": "1: Expired 1",
        "given up": "1",
        "chores": "1 done, 1 failed",
    }


def test_the_health() -> None:
    assert lines(panels.health(reading(*STORY), NOW)) == {
        "newest block": "21,000,001, 4 s old",
        "lag": "375 ms, 99 % in 498 ms",
        "block to send": "18 ms, 99 % in 25 ms",
        "requests": "5.0 a block, 1 failed",
        "pools": "1,204, 3 excluded",
        "drift, reorgs": "1, 1",
        "sending": "yes",
        "breaker": "closed",
        "trouble": "none",
        "gas left": "2.0000, 12.5 days",
    }


def test_the_health_of_a_keeper_that_is_halted() -> None:
    shown = lines(panels.health(reading(*STORY, *HALTED), NOW))
    assert (shown["sending"], shown["breaker"], shown["trouble"]) == ("no: HALTED", "OPEN", "database, node")
    over = reading(*STORY, *HALTED, said.Halted(False))
    assert lines(panels.health(over, NOW))["sending"] == "no: does not lead"


def test_a_keeper_that_has_just_started_shows_no_figures_it_has_not() -> None:
    new = reading()
    assert lines(panels.funnel(new))["pools changed"] == "0"
    shown = lines(panels.health(new, NOW))
    assert (shown["lag"], shown["gas left"], shown["requests"]) == ("-", "-", "0, 0 failed")
    assert lines(panels.health(reading(said.Balance(ETHER, None)), NOW))["gas left"] == "1.0000"


def test_the_money() -> None:
    assert lines(panels.money(reading(*STORY), FULL)) == {
        "profit": "12.5000 USDT and 0.2500 WETH",
        "gas paid": "0.026000",
        "reserve": "12.5000 WETH and 840.2500 USDT",
        "of stakers": "8.7500 WETH and 0.0000 USDT",
        "vault": "104.1250, 0.5000 locked",
        "a share": "1.002300001",
        "limits hit": "1: gas_a_day 1",
    }


def test_what_needs_an_option_says_which() -> None:
    assert lines(panels.money(reading(), seen()))["reserve"] == "give --rpc to see it"
    assert str(panels.record(seen())).startswith("give --database")


def test_open_incidents_come_before_attempts() -> None:
    assert str(panels.record(FULL)).splitlines() == [*INCIDENTS, *ATTEMPTS]
    many = tuple(f"22:13 node timeout ({count})" for count in range(9))
    assert str(panels.record(seen(attempts=ATTEMPTS, incidents=many))).splitlines() == [*many[:3], *ATTEMPTS]
    assert str(panels.record(seen(attempts=(), incidents=()))) == "nothing of late"


AGES = {15: "seen 15 s ago", 16: "STALE: seen 16 s ago", 7_300: "STALE: seen 2 h ago"}


@pytest.mark.parametrize(("age", "shown"), AGES.items())
def test_what_is_old_is_marked(age: float, shown: str) -> None:
    assert str(panels.head(replace(FULL, at=NOW - age), NOW)).endswith(f"22:13:36 UTC  {shown}")


def test_what_is_old_is_dimmed() -> None:
    async def story(scene: str, dim: bool) -> None:
        async with screen(scene).run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            assert pilot.app.query_one("#money").styles.text_style.dim is (dim or None)

    run(story("stale", True))
    run(story("well", False))


def test_quantiles_are_as_prometheus_estimates_them() -> None:
    lags = [said.HeadSeen(1, HASH, 1, lag) for lag in (0.3, 0.3, 0.3, 0.8)]
    one = reading(*lags, said.HeadSeen(1, HASH, 1, 90.0))
    assert one.quantile("head_lag_seconds", 0.5) == pytest.approx(0.25 + 0.25 * 2.5 / 3)
    assert one.quantile("head_lag_seconds", 0.99) == 60
    assert one.quantile("nothing", 0.5) is None


class Endpoint:
    """A real endpoint that can go away and come back."""

    def __init__(self) -> None:
        self.metrics, self.port = heard(*STORY), free_port()
        self.url = f"http://127.0.0.1:{self.port}/metrics"

    @contextmanager
    def up(self) -> Iterator[None]:
        """Let it answer."""
        server, thread = serve(self.metrics.registry, self.port)
        try:
            yield
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def test_what_was_seen_stays_while_the_endpoint_is_down_and_goes_on_afterwards() -> None:
    endpoint, now = Endpoint(), [NOW]
    watcher = Watcher([endpoint.url], clock=lambda: now[0])
    (before,) = watcher.look()
    assert (before.reading, before.chain) == (None, "")
    assert before.problems == (PROBLEM.replace("9464", str(endpoint.port)),)
    assert str(panels.head(before, NOW)) == f"127.0.0.1:{endpoint.port}: nothing seen yet"
    with endpoint.up():
        (well,) = watcher.look()
    assert (well.chain, well.at, well.problems) == (CHAIN, NOW, ())
    now[0] += 100
    (down,) = watcher.look()
    assert (down.reading, down.at) == (well.reading, NOW)
    assert "does not answer" in down.problems[0]
    with endpoint.up():
        assert watcher.look()[0].at == NOW + 100


def test_an_endpoint_that_is_no_keepers_is_named_without_its_key() -> None:
    with Endpoint().up():
        pass
    other = Endpoint()
    other.metrics = Metrics([])
    with other.up(), pytest.raises(EndpointError, match=r"^http://127\.0\.0\.1:\d+ shows no chain of a keeper; is the"):
        fetch(other.url)
    with pytest.raises(EndpointError) as caught:
        fetch("http://me:s3cretkey@127.0.0.1:1/s3cretkey")
    assert "s3cretkey" not in str(caught.value)


@pytest.mark.parametrize("text", ["<html>", "millrace_x{", "a b c d", ""])
def test_what_are_no_metrics_is_refused_or_empty(text: str) -> None:
    try:
        assert read(text) == {}
    except ValueError as error:
        assert str(error)


class Record:
    """Stands in for the record: the rows of harness/store.py that the screen reads."""

    def __init__(self, failing: bool = False) -> None:
        self.failing = failing

    def attempts(self, chain_id: int, since: datetime, until: datetime) -> list[tuple[Any, Any]]:
        """Two attempts."""
        if self.failing:
            raise MillraceError("the database at host is gone; start it")
        assert chain_id == 1
        assert since < datetime.fromtimestamp(NOW, UTC) < until
        found = SimpleNamespace(block=21_000_001, token=WETH, expected=ETHER // 4)
        first = SimpleNamespace(id=1, simulated=None, refusal="NotProfitable(3, 5)", state="refused")
        other = SimpleNamespace(id=2, simulated=ETHER // 8, refusal="", state="included")
        return [(first, found), (other, found)]

    def incidents(self, chain_id: int, only_open: bool = False, most: int = 100) -> list[Any]:
        """One that goes on, and one that is over."""
        assert (chain_id, only_open, most > 1) == (1, False, True)
        at = datetime.fromtimestamp(NOW, UTC)
        row = {"where": "node", "kind": "timeout", "count": 3, "since": at}
        return [SimpleNamespace(**row, until=None), SimpleNamespace(**row, until=at + timedelta(1))]


def test_the_record_is_shown_in_words() -> None:
    endpoint = Endpoint()
    with endpoint.up():
        (one,) = Watcher([endpoint.url], Record(), clock=lambda: NOW).look()
    assert one.attempts == ("21000001 included 0.125000 WETH", "21000001 refused NotProfitable")
    assert one.incidents == ("22:13 node timeout (3, open)", "22:13 node timeout (3)")


def test_the_record_itself_is_read(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path}/record.db")
    store.migrate()
    store.tried(Found(1, 21_000_001, HASH, "x", WETH, 1, ETHER // 4, 1, 1, b"", None, "NotProfitable(3, 5)"))
    store.incident(1, "node", "timeout", "x")
    endpoint = Endpoint()
    with endpoint.up():
        (one,) = Watcher([endpoint.url], store).look()
    assert one.problems == ()
    assert one.attempts == ("21000001 refused NotProfitable",)
    assert one.incidents is not None
    assert one.incidents[0].endswith("node timeout (1, open)")


def test_a_record_or_a_node_in_trouble_is_a_problem_in_words() -> None:
    def failing() -> Holdings:
        raise MillraceError("the node does not answer; is it up?")

    endpoint = Endpoint()
    with endpoint.up():
        (one,) = Watcher([endpoint.url], Record(failing=True), {CHAIN: failing}, lambda: NOW).look()
    assert one.problems == ("the database at host is gone; start it", "the node does not answer; is it up?")
    assert one.reading is not None


class Views:
    """Stands in for a chain's multicall: answers each view with a figure of its own."""

    def __init__(self) -> None:
        self.asked = 0

    def read(self, calls: list[Any], block: str) -> list[tuple[int]]:
        """Answer, all at once."""
        self.asked += 1
        assert block == "latest"
        decimals = {token.address: token.decimals for token in ETHEREUM.tokens.values()}
        figures = {"accounted(address)": 5, "vaultBucket(address)": 3, "totalAssets()": 7, "lockedProfit()": 2}
        return [
            (figures.get(call.signature, 1) * 10 ** decimals.get(next(iter(call.arguments), ""), 18),) for call in calls
        ]


def test_reserve_and_vault_are_read_in_one_request() -> None:
    views = Views()
    held = bank(ETHEREUM, views, WETH, POOL)()  # type: ignore[arg-type]
    assert held.reserve == dict.fromkeys(ETHEREUM.profit_tokens, 5)
    assert held.stakers == dict.fromkeys(ETHEREUM.profit_tokens, 3)
    assert [held.assets, held.locked, held.share] == [7, 2, 1]
    assert views.asked == 1


@pytest.mark.parametrize(
    ("options", "said_so"),
    [
        (["--metrics", "ftp://me:s3cretkey@host/x"], "--metrics ftp://host: give an http or https URL"),
        (["--rpc", "https://host/s3cretkey"], "--rpc: write CHAIN=URL, for instance ethereum=http://127.0.0.1:8545"),
        (["--rpc", "https://host/?x=s3cretkey"], "--rpc: write CHAIN=URL"),
        (["--rpc", "goerli=http://host"], "unknown chain 'goerli'"),
    ],
)
def test_options_that_cannot_be_read_are_named(options: list[str], said_so: str) -> None:
    result = CliRunner().invoke(cli.main, ["watch", *options])
    assert result.exit_code == 1
    assert said_so in result.output
    assert "s3cretkey" not in result.output
