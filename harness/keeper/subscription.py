"""What a node tells by itself over a websocket, which may die without a word."""

import json
import threading
import time
from abc import ABC, abstractmethod
from typing import Any, Final

from tenacity import RetryCallState, Retrying, stop_when_event_set, wait_random_exponential
from tenacity.nap import sleep_using_event
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.sync.connection import Connection

from harness.errors import MillraceError

OPENING: Final = 5.0
"""Seconds that a connection may take to open, and a subscription to be confirmed."""
PING: Final = 5.0
"""Seconds between two pings, and that each may go unanswered."""
CLOSING: Final = 1.0
"""Seconds that the other side is given to agree that a connection ends."""
LONGEST_WAIT: Final = 30.0
"""Seconds between two tries to connect."""


class AnnouncementError(MillraceError):
    """What came over the websocket is not what was asked for."""


class Subscription(ABC):
    """Listens in a thread of its own, and connects again whenever the connection is lost.

    Args:
        url: A ws or wss endpoint, possibly with a key in it.
        wanted: What is subscribed to, as `eth_subscribe` takes it.

    Attributes:
        news: Set whenever there is something new.
        since: When the subscription in force was confirmed, by the monotonic clock; None without one.
        trouble: What is wrong, in a word and without the URL; empty from the first that a connection tells on.
    """

    def __init__(self, url: str, *wanted: object) -> None:
        self._url, self._wanted = url, wanted
        self.news = threading.Event()
        self.since: float | None = None
        self.trouble = ""
        self._connection: Connection | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name=type(self).__name__.lower(), daemon=True)
        self._thread.start()

    @abstractmethod
    def heard(self, told: Any) -> None:  # noqa: ANN401 - whatever a node tells
        """Take in what was told, in the thread of the subscription.

        Raises:
            AnnouncementError: It is not what was asked for.
        """

    def renew(self, trouble: str) -> None:
        """Give the connection up for what is wrong with it, and open another one."""
        self.trouble, self.since = trouble, None
        if (connection := self._connection) is not None:
            threading.Thread(target=connection.close, daemon=True).start()

    def close(self) -> None:
        """End the thread."""
        self._closed.set()
        self.renew("closed")
        self._thread.join(OPENING)

    def _run(self) -> None:
        while not self._closed.is_set():
            tries = Retrying(
                wait=wait_random_exponential(0.1, LONGEST_WAIT),
                stop=stop_when_event_set(self._closed),
                sleep=sleep_using_event(self._closed),
                after=self._failed,
                retry_error_callback=lambda _: None,
            )
            tries(self._listen)
            self._closed.wait(0.1)

    def _listen(self) -> None:
        """Take in what is told until a connection that has served ends; raise where it never did."""
        served = False
        try:
            with connect(
                self._url, open_timeout=OPENING, ping_interval=PING, ping_timeout=PING, close_timeout=CLOSING
            ) as connection:
                self._connection = connection
                self._subscribe(connection)
                self.since = time.monotonic()
                for message in connection:
                    self.heard(_told(message))
                    self.trouble, served = "", True
                    self.news.set()
        except (OSError, WebSocketException, MillraceError) as error:
            if not served:
                raise
            self.trouble = self.trouble or type(error).__name__
        finally:
            self._connection = self.since = None
        self.trouble = self.trouble or "closed"
        self.news.set()

    def _subscribe(self, connection: Connection) -> None:
        connection.send(json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": self._wanted}))
        if not isinstance(_object(connection.recv(OPENING)).get("result"), str):
            raise AnnouncementError("the node does not tell what was asked for; give another websocket")

    def _failed(self, state: RetryCallState) -> None:
        """Keep the class of a failure, for its text may hold the URL."""
        error = state.outcome.exception() if state.outcome else None
        self.trouble = type(error).__name__
        self.news.set()


def _told(message: str | bytes) -> Any:  # noqa: ANN401 - whatever a node tells
    try:
        return _object(message)["params"]["result"]
    except (KeyError, TypeError):
        raise AnnouncementError("the node told something that was not asked for; give another websocket") from None


def _object(message: str | bytes) -> dict[str, Any]:
    try:
        value = json.loads(message)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise AnnouncementError("the node said over its websocket what is no answer; give another one")
    return value
