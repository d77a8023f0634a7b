"""Takes alerts to people by apprise, each channel in a thread of its own: one that fails or hangs holds up nobody."""

import logging
import queue
from collections.abc import Callable, Sequence
from threading import Thread

from apprise import Apprise, NotifyType
from tenacity import Retrying, retry_if_result, stop_after_attempt, wait_exponential
from tenacity.wait import wait_base

from harness.alerts import Alert
from harness.errors import MillraceError

WAITING = 100
"""So many alerts may wait for a channel; what comes then is dropped, and counted."""

ATTEMPTS = 3
PAUSE = wait_exponential(multiplier=2, max=30)
"""Between two attempts at one alert."""

logging.getLogger("apprise").disabled = True  # it writes URLs, which are secrets


class ChannelError(MillraceError):
    """A channel's URL is none that apprise understands; the message has its place and never the URL."""


class Channels:
    """Sends alerts everywhere.

    Args:
        urls: As apprise writes them, `tgram://token/chat` for instance; secrets.
        counted: Hears of what became of an alert in one channel: `delivered`, `failed` or `dropped`.
        pause: Between two attempts.

    Raises:
        ChannelError: One of them is not understood.
    """

    def __init__(
        self, urls: Sequence[str], counted: Callable[[str], None] = lambda _: None, pause: wait_base = PAUSE
    ) -> None:
        self._channels = [Channel(_service(url, place), counted, pause) for place, url in enumerate(urls, 1)]

    def __call__(self, alert: Alert) -> None:
        """Hand an alert to every channel; returns at once."""
        for channel in self._channels:
            channel.put(alert)

    def close(self, patience: float = 5.0) -> None:
        """Let the channels finish what waits, for so many seconds each."""
        for channel in self._channels:
            channel.close(patience)


class Channel:
    """One way to people.

    Args:
        service: With the one URL.
        counted: Hears what became of an alert.
        pause: Between two attempts.
    """

    def __init__(self, service: Apprise, counted: Callable[[str], None], pause: wait_base) -> None:
        self._service, self._counted, self._pause = service, counted, pause
        self._waiting: queue.Queue[Alert | None] = queue.Queue(WAITING)
        self._thread = Thread(target=self._work, name="alert channel", daemon=True)
        self._thread.start()

    def put(self, alert: Alert) -> None:
        """Let an alert wait for its turn, or drop it where too many do."""
        try:
            self._waiting.put_nowait(alert)
        except queue.Full:
            self._counted("dropped")

    def close(self, patience: float) -> None:
        """Finish what waits, and end."""
        try:
            self._waiting.put(None, timeout=patience)
        except queue.Full:
            return
        self._thread.join(patience)

    def _work(self) -> None:
        while alert := self._waiting.get():
            self._counted("delivered" if self._delivered(alert) else "failed")

    def _delivered(self, alert: Alert) -> bool:
        again = Retrying(
            retry=retry_if_result(lambda delivered: not delivered),
            stop=stop_after_attempt(ATTEMPTS),
            wait=self._pause,
            retry_error_callback=lambda _: False,
        )
        return bool(again(self._once, alert))

    def _once(self, alert: Alert) -> bool:
        try:
            return bool(
                self._service.notify(title=alert.title, body=alert.text, notify_type=NotifyType(alert.level.value))
            )
        except Exception:  # whatever a plugin of apprise raises: the thread must live, and the text may hold the URL
            return False


def _service(url: str, place: int) -> Apprise:
    service = Apprise()
    if not service.add(url):
        raise ChannelError(f"alert channel {place} is no URL that apprise understands; see its list of services")
    return service
