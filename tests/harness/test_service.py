"""Keepers by keeper.toml: from the file to trades in the record, and to an orderly end."""

import json
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from eth_account import Account
from keeper_stage import Stage, deployed, stage

from harness.keeper import command, configfile, plans
from harness.keeper.events import Asked, Event
from harness.keeper.plans import ReputationError, plan_of
from harness.keeper.service import keep, listening
from harness.keeper.start import assembled
from harness.keeper.ways import Bundles, Node, Private
from harness.settings import KEEPER, dev_account
from harness.store import Store

__all__ = ["deployed", "stage"]

EVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
PATIENCE = 30.0
"""Seconds after which a test gives up."""
PASSPHRASE = "correct horse"  # noqa: S105 - of a development account


@pytest.fixture
def toml(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration of a keeper that signs with an account of ape's, whose passphrase the environment has."""
    accounts = tmp_path / "ape" / "accounts"
    accounts.mkdir(parents=True)
    keyfile = Account.encrypt(dev_account(KEEPER).key, PASSPHRASE, iterations=2)
    (accounts / "keeper.json").write_text(json.dumps(keyfile))
    monkeypatch.setenv("APE_DATA_FOLDER", str(tmp_path / "ape"))
    monkeypatch.setenv("PASSPHRASE", PASSPHRASE)
    monkeypatch.setattr(plans, "load_deployment", lambda *_, **__: stage.deployment)
    path = tmp_path / "keeper.toml"
    path.write_text(
        f"""
database = "sqlite:///{tmp_path}/record.db"
metrics.port = 0

[chains.ethereum]
rpc = ["{stage.url}"]

[chains.ethereum.signer]
kind = "ape"
alias = "keeper"
passphrase = "env:PASSPHRASE"
"""
    )
    return path


def test_a_configured_keeper_trades_and_its_record_has_it(stage: Stage, toml: Path) -> None:
    stage.gap()
    with mining(stage):
        result = CliRunner().invoke(command.keeper, ["--config", str(toml), "--once"])
    assert result.exit_code == 0, result.output
    assert PASSPHRASE not in result.output
    store = Store(f"sqlite:///{toml.with_name('record.db')}")
    trades = store.trades(1, *EVER)
    assert trades
    assert all(trade.realised == trade.simulated > 0 for trade in trades)
    assert store.open_transactions(1) == []


def test_a_keeper_without_a_signer_says_why_it_sends_nothing(stage: Stage, toml: Path) -> None:
    stage.gap()
    text = toml.read_text()
    toml.write_text(text[: text.index("[chains.ethereum.signer]")])
    result = CliRunner().invoke(command.keeper, ["--config", str(toml), "--once"])
    assert result.exit_code == 0, result.output
    assert "ethereum: paper trading: chains.ethereum.signer is missing" in result.output
    store = Store(f"sqlite:///{toml.with_name('record.db')}")
    assert {attempt.state for attempt, _ in store.attempts(1, *EVER)} == {"paper"}


def test_a_keeper_ends_in_order_on_sigterm_and_lets_another_lead(toml: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    config = configfile.load(toml)
    plan, why = plan_of(config, "ethereum", send=False)
    assert why == ""
    store = Store(config.database_url)
    store.migrate()
    with listening(config, [plan]) as listeners:
        runner = assembled(plan, store, listeners)
        ending = threading.Thread(target=ended_once_noted, args=(store,))
        ending.start()
        keep([runner])
        ending.join()
    assert store.leader(1) is None
    assert store.pulses()[0].name == "ethereum"
    assert signal.getsignal(signal.SIGTERM) is before


def ended_once_noted(store: Store) -> None:
    """SIGTERM, as soon as the keeper has noted how things stand."""
    came_about(store.pulses)
    os.kill(os.getpid(), signal.SIGTERM)


def test_told_to_stop_it_does_not_wait_for_a_block(toml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("harness.keeper.run.IDLE", 10**6)
    config = configfile.load(toml)
    store = Store(config.database_url)
    store.migrate()
    asked, stop = Counter[str](), threading.Event()

    def hear(chain: str, event: Event) -> None:  # noqa: ARG001
        if isinstance(event, Asked):
            asked[event.method] += 1

    runner = assembled(plan_of(config, "ethereum", send=False)[0], store, [hear])
    thread = threading.Thread(target=runner.run, args=(stop,), daemon=True)
    thread.start()
    came_about(store.pulses)
    asked.clear()
    came_about(lambda: asked["eth_getBlockByNumber"] > 1)  # it waits
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


def came_about(done: Callable[[], object]) -> None:
    """Wait until something has come about, not for ever."""
    end = time.monotonic() + PATIENCE
    while not done() and time.monotonic() < end:
        time.sleep(0.01)


def test_the_ways_are_those_configured(toml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEY", "0x" + "11" * 32)
    text = toml.read_text().replace(
        "\n[chains.ethereum.signer]", 'private = ["http://127.0.0.1:1"]\n\n[chains.ethereum.signer]'
    )
    relays = '\n[[chains.ethereum.relays]]\nurl = "http://127.0.0.1:2"\nreputation = "env:KEY"\n'
    for public, kinds in ((True, [Node, Private, Bundles]), (False, [Private, Bundles])):
        toml.write_text(text.replace("private =", f"public = {str(public).lower()}\nprivate =") + relays)
        plan, _ = plan_of(configfile.load(toml), "ethereum", send=False)
        assert [type(way) for way in plan.ways] == kinds
    monkeypatch.setenv("KEY", "no key")
    with pytest.raises(ReputationError, match="env:KEY is no private key") as caught:
        plan_of(configfile.load(toml), "ethereum", send=False)
    assert "no key" not in str(caught.value).replace("is no private key", "")


@contextmanager
def mining(stage: Stage) -> Iterator[None]:
    """A block comes whenever a transaction waits for one, and every two seconds."""
    over = threading.Event()

    def mine() -> None:
        due = time.monotonic()
        while not over.wait(0.02):
            if time.monotonic() > due or stage.node.rpc("txpool_status")["pending"] != "0x0":  # type: ignore[index]
                stage.node.mine()
                due = time.monotonic() + 2

    thread = threading.Thread(target=mine)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
