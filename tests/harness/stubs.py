"""A real HTTP server on this machine that answers JSON-RPC as a test tells it to: odd nodes, relays and signers."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Stub:
    """A server and what it was asked.

    Attributes:
        url: Its address, with a key in it that nobody may show.
        requests: Bodies as they came.
        headers: Of each.
    """

    url: str = ""
    requests: list[bytes] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def asked(self) -> list[tuple[str, list[Any]]]:
        """Method and parameters of each request."""
        read = [json.loads(body) for body in self.requests]
        return [(body["method"], body["params"]) for body in read]


@dataclass(frozen=True)
class Odd:
    """An answer of another status than its body would have."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Reply = Callable[[str, list[Any]], object]
"""From method and parameters: a result; bytes or `Odd` to send as they are; an exception's text as a JSON-RPC error."""


@contextmanager
def serving(reply: Reply) -> Iterator[Stub]:
    """Serve until the end of the `with`."""
    stub = Stub()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            stub.requests.append(body)
            stub.headers.append(dict(self.headers))
            asked = json.loads(body)
            answer = _answer(reply, asked)
            with suppress(OSError):  # who asked may have gone
                self._send(answer)

        def _send(self, answer: Odd) -> None:
            self.send_response(answer.status)
            for name, value in (answer.headers | {"Content-Length": str(len(answer.body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    stub.url = f"http://127.0.0.1:{server.server_port}/v1/secret-key"
    try:
        yield stub
    finally:
        server.shutdown()
        server.server_close()


def _answer(reply: Reply, asked: dict[str, Any]) -> Odd:
    try:
        result = reply(asked["method"], asked["params"])
    except ValueError as error:
        result = failing(str(error))
    if isinstance(result, Odd):
        return result
    body = result if isinstance(result, bytes) else _json(result=result)
    return Odd(200 if body.startswith(b"{") else 502, body)


def failing(text: str) -> bytes:
    """An error as JSON-RPC has it."""
    return _json(error={"code": -32000, "message": text})


def _json(**members: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, **members}).encode()
