"""A proxy that behaves as bad nodes do: what passes goes to a real node, the weather is made here."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import requests

Request = Any
"""A request as it came, or a list of them: a batch."""
Answer = Any
Weather = Callable[["BadNode", Request], bytes | None]
"""What is answered to a request, in bytes, with the HTTP status before them; None for nothing: the line is cut."""

SECONDS = 30
HTML = b"<html><body><h1>502 Bad Gateway</h1></body></html>"


class BadNode:
    """An endpoint on loopback that passes requests on to a node, as its weather has it.

    Attributes:
        upstream: URL of the node behind it; may be changed.
        weather: How it behaves; may be changed while it serves.
        real: Whether it knows nothing of what only development nodes do.
        asked: How often each method was asked, within a batch or by itself.
        requests: How many requests came.
    """

    def __init__(self, upstream: str, *, real: bool = False) -> None:
        self.upstream, self.real = upstream, real
        self.weather: Weather = fair
        self.asked: Counter[str] = Counter()
        self.requests = 0
        self._session = threading.local()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def passed(self, request: Request) -> Answer:
        """Return what the node behind it answers."""
        if self.real and isinstance(request, dict) and request["method"].startswith("anvil_"):
            return {"jsonrpc": "2.0", "id": request["id"], "error": {"code": -32601, "message": "method not found"}}
        if not hasattr(self._session, "http"):
            self._session.http = requests.Session()
        answer: Answer = self._session.http.post(self.upstream, json=request, timeout=SECONDS).json()
        return answer


@contextmanager
def bad_node(upstream: str, *, real: bool = False) -> Iterator[BadNode]:
    """Serve one for the length of a `with`; fair to begin with."""
    node = BadNode(upstream, real=real)
    try:
        yield node
    finally:
        node.close()


def fair(node: BadNode, request: Request) -> bytes:
    """Pass all on."""
    return ok(node.passed(request))


def slow(seconds: float) -> Weather:
    """Answer late."""

    def weather(node: BadNode, request: Request) -> bytes:
        time.sleep(seconds)
        return fair(node, request)

    return weather


def dropped(_node: BadNode, _request: Request) -> None:
    """Cut the line without an answer; what was asked is not passed on."""


def deaf(node: BadNode, request: Request) -> None:
    """Pass on what was asked, and cut the line without an answer."""
    node.passed(request)


def busy(_node: BadNode, _request: Request) -> bytes:
    """Answer 429."""
    return reply(429, b'{"error":"too many requests"}')


def page(_node: BadNode, _request: Request) -> bytes:
    """Answer with a web page, and 200."""
    return reply(200, HTML)


def truncated(node: BadNode, request: Request) -> bytes:
    """Answer with half of a body that says it is whole."""
    whole = json.dumps(node.passed(request)).encode()
    return reply(200, whole[: len(whole) // 2])


def lagging(blocks: int) -> Weather:
    """Answer for the newest block with one that is some blocks older."""

    def weather(node: BadNode, request: Request) -> bytes:
        if methods_of(request) == ["eth_getBlockByNumber"] and request["params"][0] == "latest":
            newest = int(node.passed({**request, "method": "eth_blockNumber", "params": []})["result"], 16)
            return fair(node, {**request, "params": [hex(newest - blocks), *request["params"][1:]]})
        return fair(node, request)

    return weather


def contradicting(node: BadNode, request: Request) -> bytes:
    """Give receipts of another block, and of another outcome."""
    answers = node.passed(request)
    for method, answer in zip(methods_of(request), answers if isinstance(answers, list) else [answers], strict=True):
        if method == "eth_getTransactionReceipt" and answer.get("result"):
            receipt = answer["result"]
            receipt["blockHash"] = "0x" + "ab" * 32
            receipt["status"] = "0x0" if receipt["status"] == "0x1" else "0x1"
    return ok(answers)


def no_batches(node: BadNode, request: Request) -> bytes:
    """Refuse batches, as some nodes do."""
    return reply(400, b"") if isinstance(request, list) else fair(node, request)


def one_missing(node: BadNode, request: Request) -> bytes:
    """Leave one answer out of each batch."""
    answers = node.passed(request)
    return ok(answers[:-1] if isinstance(request, list) else answers)


def mixed_up(node: BadNode, request: Request) -> bytes:
    """Give the answers of a batch the ids of the ones after them."""
    answers = node.passed(request)
    if isinstance(request, list):
        ids = [one["id"] for one in answers]
        answers = [one | {"id": other} for one, other in zip(answers, ids[1:] + ids[:1], strict=True)]
    return ok(answers)


def only(methods: set[str], weather: Weather) -> Weather:
    """Be bad for some methods alone, and for the batches that they are in."""

    def mixed(node: BadNode, request: Request) -> bytes | None:
        return weather(node, request) if methods & set(methods_of(request)) else fair(node, request)

    return mixed


def every(nth: int, weather: Weather) -> Weather:
    """Be bad each time that so many requests have come."""
    count = iter(range(1, 10**9))

    def mixed(node: BadNode, request: Request) -> bytes | None:
        return weather(node, request) if next(count) % nth == 0 else fair(node, request)

    return mixed


def bursts(seconds: float, weather: Weather) -> Weather:
    """Be bad for some seconds, then fair for as many, and so on."""

    def mixed(node: BadNode, request: Request) -> bytes | None:
        return weather(node, request) if time.monotonic() // seconds % 2 else fair(node, request)

    return mixed


def methods_of(request: Request) -> list[str]:
    """What is asked for."""
    return [one["method"] for one in (request if isinstance(request, list) else [request])]


def ok(answer: Answer) -> bytes:
    """Answer so, and 200."""
    return reply(200, json.dumps(answer).encode())


def reply(status: int, body: bytes) -> bytes:
    """Answer so."""
    head = f"HTTP/1.1 {status} -\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def _handler(node: BadNode) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            node.asked.update(methods_of(request))
            node.requests += 1
            answer = node.weather(node, request)
            if answer is None:
                self.close_connection = True
                return
            self.wfile.write(answer)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    return Handler
