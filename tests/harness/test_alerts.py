"""Alerts: somebody is told once, at the right time, and once more when it is over; by channels that hold up nobody."""

import io
import json
import logging
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from apprise import Apprise
from said import EXAMPLES, HASH, POOL
from tenacity import wait_none

from harness import chains
from harness.alerts import Alert, Alerts, Level, Rules
from harness.channels import ATTEMPTS, WAITING, ChannelError, Channels
from harness.keeper import events as said
from harness.logs import log_to

ETHEREUM = chains.load("ethereum")
CHAIN = ETHEREUM.name
PATIENCE = Rules().patience * ETHEREUM.block_time
HOUR = Rules().repeat
BREAKER = said.BreakerOpened("5 failures in a row")


class Watch:
    """Alerts with a clock that is set by hand, and what they have told."""

    def __init__(self) -> None:
        self.now, self.told = 1_000.0, list[Alert]()
        self.alerts = Alerts([ETHEREUM], self.told.append, clock=lambda: self.now)

    def hear(self, event: said.Event, times: int = 1, chain: str = CHAIN) -> list[Alert]:
        """What is told on hearing an event so many times."""
        before = len(self.told)
        for _ in range(times):
            self.alerts(chain, event)
        return self.told[before:]

    def wait(self, seconds: float) -> list[Alert]:
        """What is told after some time."""
        before = len(self.told)
        self.now += seconds
        self.alerts.tick()
        return self.told[before:]


@pytest.fixture
def watch() -> Watch:
    return Watch()


def texts(alerts: list[Alert]) -> list[str]:
    return [alert.text for alert in alerts]


def test_most_of_what_is_said_wakes_nobody(watch: Watch) -> None:
    waking = {said.BreakerOpened, said.Drifted}
    assert {kind for kind, event in EXAMPLES.items() if watch.hear(event)} == waking


def test_an_open_breaker_is_told_once_and_its_closing_once(watch: Watch) -> None:
    (alert,) = watch.hear(BREAKER, times=3)
    assert alert.level is Level.FAILURE
    assert alert.title == "millrace on ethereum: breaker"
    assert alert.text == "Nothing is sent any more: 5 failures in a row. Find out why, then `millrace resume`."
    assert watch.hear(said.Halted(True, "5 failures in a row")) == []
    (over,) = watch.hear(said.Halted(False))
    assert (over.level, over.title) == (Level.SUCCESS, "millrace on ethereum: breaker is over")
    assert watch.hear(said.Halted(False)) == []
    assert len(watch.hear(BREAKER)) == 1


def test_a_pause_by_hand_wakes_nobody(watch: Watch, caplog: pytest.LogCaptureFixture) -> None:
    assert watch.hear(said.Halted(True, "by hand")) == watch.hear(said.Halted(False)) == []
    assert caplog.text == ""


def test_chains_are_told_apart(watch: Watch) -> None:
    assert len(watch.hear(BREAKER)) == len(watch.hear(BREAKER, chain="base")) == 1


@pytest.mark.parametrize("where", ["node", "heads", "database", "relay"])
def test_a_trouble_is_told_once_it_has_lasted_some_blocks(watch: Watch, where: str) -> None:
    trouble = said.Trouble(where, "timeout", "host did not answer")
    assert watch.hear(trouble, times=2) == []
    assert watch.wait(PATIENCE - 1) == []
    (alert,) = watch.wait(1)
    assert (alert.level, alert.kind, alert.subject) == (Level.FAILURE, "trouble", where)
    assert alert.text == "timeout: host did not answer"
    assert watch.wait(PATIENCE) == []
    (over,) = watch.hear(said.Recovered(where, 72.4))
    assert (over.level, over.text) == (Level.SUCCESS, "Works again after 72 s.")
    assert watch.wait(HOUR) == []


def test_a_trouble_that_goes_on_is_told_by_the_next_failure_too(watch: Watch) -> None:
    watch.hear(said.Trouble("node", "timeout", "x"))
    watch.now += PATIENCE
    assert len(watch.hear(said.Trouble("node", "timeout", "x"))) == 1


def test_a_short_trouble_wakes_nobody(watch: Watch) -> None:
    assert watch.hear(said.Trouble("node", "timeout", "x")) == []
    assert watch.wait(PATIENCE - 1) == []
    assert watch.hear(said.Recovered("node", PATIENCE - 1)) == []
    assert watch.wait(HOUR) == []


@pytest.mark.parametrize(
    ("where", "kind"),
    [("chain", "other"), ("clock", "ahead"), ("disk", "full"), ("signer", "locked"), ("node", "another chain id")],
)
def test_what_does_not_pass_by_itself_is_told_at_once(watch: Watch, where: str, kind: str) -> None:
    assert len(watch.hear(said.Trouble(where, kind, "x"))) == 1


def test_a_trouble_of_which_nothing_more_is_said_is_told_once(watch: Watch) -> None:
    watch.hear(said.Trouble("node", "timeout", "x"))
    assert texts(watch.wait(PATIENCE)) == ["timeout: x"]
    assert watch.wait(HOUR) == watch.wait(HOUR) == []


def test_a_trouble_that_turns_worse_is_told_at_once(watch: Watch) -> None:
    assert watch.hear(said.Trouble("node", "timeout", "x")) == []
    (alert,) = watch.hear(said.Trouble("node", "another chain id", "5 instead of 1"))
    assert alert.text == "another chain id: 5 instead of 1"


def test_a_trouble_that_lasts_is_told_again_each_interval_and_not_counted(watch: Watch) -> None:
    trouble = said.Trouble("disk", "full", "x")
    watch.hear(trouble)
    assert watch.hear(trouble, times=9) == watch.wait(HOUR - 1) == []
    watch.now += 1
    assert texts(watch.hear(trouble)) == ["full: x"]


def test_drift_is_told_with_the_number_of_times_since(watch: Watch) -> None:
    drift = said.Drifted(POOL, "uniswap-v3", 5)
    first = f"Pool {POOL} (uniswap-v3) was not as the chain has it at block 5; read again."
    assert texts(watch.hear(drift)) == [first]
    assert watch.wait(1) == watch.hear(drift, times=7) == watch.wait(1) == []
    watch.now += HOUR
    assert texts(watch.hear(drift)) == [first + " (7 more since)"]


def test_what_has_happened_since_is_told_without_another(watch: Watch) -> None:
    watch.hear(said.Drifted(POOL, "uniswap-v3", 5), times=3)
    watch.hear(said.Drifted(POOL, "uniswap-v3", 7))
    (alert,) = watch.wait(HOUR)
    assert alert.text.endswith("at block 7; read again. (2 more since)")
    assert watch.wait(HOUR) == []
    assert texts(watch.hear(said.Drifted(POOL, "uniswap-v3", 6)))[0].endswith("block 6; read again.")


def test_a_deep_reorganisation_is_told(watch: Watch) -> None:
    assert watch.hear(said.Reorged(7, 5), times=20) == []
    (alert,) = watch.hear(said.Reorged(8, 5))
    assert alert.text == "8 blocks are not in the chain any more; block 5 stands."


def test_a_low_balance_is_told_until_it_is_filled(watch: Watch) -> None:
    assert watch.hear(said.Balance(1, 3)) == watch.hear(said.Balance(1, None)) == []
    (alert,) = watch.hear(said.Balance(1, 2.94), times=300)
    assert alert.text == "The gas in the keeper's account lasts 2.9 days; send it some."
    (over,) = watch.hear(said.Balance(1, 3))
    assert (over.level, over.text) == (Level.SUCCESS, "The account holds enough again.")


def test_a_chore_that_keeps_failing_is_told(watch: Watch) -> None:
    failed, done = said.ChoreFailed("report", POOL, "NotDue()"), said.ChoreDone("report", POOL, HASH, 1)
    assert watch.hear(failed, times=2) == watch.hear(done) == watch.hear(failed, times=2) == []
    assert watch.hear(said.ChoreFailed("inject", POOL, "x")) == []
    (alert,) = watch.hear(failed)
    assert (alert.subject, alert.text) == ("report", f"3 failures in a row, the last on {POOL}: NotDue().")
    watch.hear(failed, times=4)
    assert texts(watch.hear(done)) == ["Done again. (4 more since)"]


def test_transactions_given_up_in_a_row_are_told(watch: Watch) -> None:
    given_up, included = said.GivenUp(1, HASH), EXAMPLES[said.Included]
    assert watch.hear(given_up, times=4) == watch.hear(included) == watch.hear(given_up, times=4) == []
    (alert,) = watch.hear(given_up)
    assert alert.text.startswith("5 transactions in a row entered no block in time")
    assert texts(watch.hear(included)) == ["Transactions enter blocks again."]


def test_no_url_is_told(watch: Watch) -> None:
    (alert,) = watch.hear(said.Trouble("disk", "full", "at https://me:s3cretkey@host/s3cretkey"))
    assert alert.text == "full: at https://host"


def test_what_cannot_be_told_raises_nothing(caplog: pytest.LogCaptureFixture) -> None:
    def broken(alert: Alert) -> None:
        raise RuntimeError(alert.title)

    alerts = Alerts([ETHEREUM], broken)
    alerts(CHAIN, BREAKER)
    assert "an alert could not be told" in caplog.text


def test_it_looks_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.alerts.TICK", 0.01)
    told, done = list[Alert](), threading.Event()

    def send(alert: Alert) -> None:
        told.append(alert)
        done.set()

    alerts = Alerts([ETHEREUM], send, Rules(patience=0.001))
    alerts(CHAIN, said.Trouble("node", "timeout", "x"))
    assert told == []
    alerts.start()
    assert done.wait(10)
    alerts.close()
    assert [alert.subject for alert in told] == ["node"]


class Inbox(ThreadingHTTPServer):
    """A real server that takes alerts, or answers as it is told to."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.got, self.answers = list[dict[str, Any]](), list[int]()
        self.arrived, self.free = threading.Semaphore(0), threading.Event()
        self.free.set()

    @property
    def url(self) -> str:
        """Where apprise finds it."""
        return f"json://me:s3cretkey@127.0.0.1:{self.server_port}/s3cretkey"


class Handler(BaseHTTPRequestHandler):
    """Answers with the next of the inbox's answers, else 200."""

    server: Inbox

    def do_POST(self) -> None:
        """Take one."""
        self.server.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.server.arrived.release()
        self.server.free.wait(10)
        self.send_response(self.server.answers.pop(0) if self.server.answers else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[Inbox]:
    with Inbox() as inbox:
        thread = threading.Thread(target=inbox.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield inbox
        finally:
            inbox.free.set()
            inbox.shutdown()
            thread.join()


@pytest.fixture
def inbox() -> Iterator[Inbox]:
    with serving() as one:
        yield one


@pytest.fixture
def other() -> Iterator[Inbox]:
    with serving() as one:
        yield one


ALERT = Alert(CHAIN, "breaker", "", "Nothing is sent any more.", Level.FAILURE)


def test_an_alert_arrives(inbox: Inbox) -> None:
    counted: Counter[str] = Counter()
    channels = Channels([inbox.url], lambda outcome: counted.update([outcome]))
    channels(ALERT)
    channels.close()
    (got,) = inbox.got
    assert (got["title"], got["message"], got["type"]) == (ALERT.title, ALERT.text, "failure")
    assert counted == {"delivered": 1}


def test_a_channel_that_fails_once_is_tried_again(inbox: Inbox) -> None:
    counted: Counter[str] = Counter()
    inbox.answers = [500, 429]
    channels = Channels([inbox.url], lambda outcome: counted.update([outcome]), wait_none())
    channels(ALERT)
    channels.close()
    assert (len(inbox.got), counted) == (3, {"delivered": 1})


def test_a_channel_that_fails_does_not_stop_others(inbox: Inbox, other: Inbox) -> None:
    counted: Counter[str] = Counter()
    inbox.answers = [500] * ATTEMPTS
    channels = Channels([inbox.url, other.url], lambda outcome: counted.update([outcome]), wait_none())
    channels(ALERT)
    channels.close()
    assert (len(inbox.got), len(other.got)) == (ATTEMPTS, 1)
    assert counted == {"failed": 1, "delivered": 1}


def test_a_plugin_that_raises_ends_no_channel(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    counted: Counter[str] = Counter()
    notify, raised = Apprise.notify, [RuntimeError("odd")] * ATTEMPTS

    def raising(service: Apprise, **given: Any) -> object:  # noqa: ANN401
        if raised:
            raise raised.pop()
        return notify(service, **given)

    monkeypatch.setattr(Apprise, "notify", raising)
    channels = Channels([inbox.url], lambda outcome: counted.update([outcome]), wait_none())
    channels(ALERT)
    channels(ALERT)
    channels.close()
    assert (len(inbox.got), counted) == (1, {"failed": 1, "delivered": 1})


def test_a_channel_that_hangs_holds_up_nobody_and_drops_what_is_too_much(inbox: Inbox, other: Inbox) -> None:
    counted: Counter[str] = Counter()
    inbox.free.clear()
    hanging, quick = Channels([inbox.url], lambda outcome: counted.update([outcome])), Channels([other.url])
    hanging(ALERT)
    assert inbox.arrived.acquire(timeout=10)
    for _ in range(WAITING + 3):
        hanging(ALERT)
    quick(ALERT)
    assert other.arrived.acquire(timeout=10)
    assert counted == {"dropped": 3}
    quick.close()
    hanging.close(patience=0)


def test_a_url_that_is_not_understood_is_named_by_its_place() -> None:
    with pytest.raises(ChannelError, match="alert channel 2 is no URL that apprise understands") as caught:
        Channels(["json://127.0.0.1:1", "nonsense://s3cretkey"])
    assert "s3cretkey" not in str(caught.value)


def test_no_url_is_logged(inbox: Inbox, restored_logging: None) -> None:  # noqa: ARG001
    written = io.StringIO()
    log_to(written, level=logging.DEBUG)
    inbox.answers = [500] * ATTEMPTS
    channels = Channels([inbox.url], pause=wait_none())
    channels(ALERT)
    channels.close()
    with pytest.raises(ChannelError):
        Channels(["json://s3cretkey:x:y"])
    assert len(inbox.got) == ATTEMPTS
    logging.getLogger("alerts").info("done")
    assert "done" in written.getvalue()
    assert "s3cretkey" not in written.getvalue()


def test_apprise_itself_logs_nothing() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    logging.getLogger("apprise").addHandler(handler)
    with pytest.raises(ChannelError):
        Channels(["nonsense://s3cretkey"])
    logging.getLogger("apprise").removeHandler(handler)
    assert written.getvalue() == ""
