"""Keepers as a service: one thread a chain, one record, and whoever listens to them."""

import logging
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from harness.alerts import Alerts, Rules
from harness.channels import Channels
from harness.keeper.config import Config
from harness.keeper.events import Listener
from harness.keeper.run import Runner
from harness.keeper.secrets import resolve
from harness.keeper.start import Plan
from harness.logs import Log, log_to
from harness.metrics import Metrics, serve

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
MINUTE = 60
LOOK = 0.5
"""Seconds between two looks at threads, in which signals are heard."""


@contextmanager
def listening(config: Config, plans: Sequence[Plan]) -> Iterator[tuple[Listener, ...]]:
    """Yield those who listen to keepers: log, metrics and alerts, as configured.

    Raises:
        MetricsError: The port is taken.
        ChannelError: An alert's URL is none.
        SecretError: It is not where it should be.
    """
    known, level = [plan.chain for plan in plans], LEVELS[config.log.level]
    log_to(json=config.log.as_json, level=level)
    with ExitStack() as stack:
        metrics = Metrics(known)
        server, _ = serve(metrics.registry, config.metrics.port, config.metrics.host)
        stack.callback(server.shutdown)
        channels = Channels([resolve(url) for url in config.alerts.urls], metrics.alerted)
        stack.callback(channels.close)
        alerts = Alerts(known, channels, Rules(repeat=config.alerts.repeat_minutes * MINUTE))
        alerts.start()
        stack.callback(alerts.close)
        yield Log(level), metrics, alerts


def keep(runners: Sequence[Runner]) -> None:
    """Run all until SIGTERM or Ctrl-C; each finishes its block and lets another keeper lead."""
    stop = threading.Event()
    with _ending(stop):
        threads = [
            threading.Thread(target=runner.run, args=(stop,), name=runner.keeper.chain.name) for runner in runners
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            while thread.is_alive():
                thread.join(LOOK)


@contextmanager
def _ending(stop: threading.Event) -> Iterator[None]:
    """Set an event on the signals that end a process."""
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
