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


Reply = Callable[[str, list[Any]], object]
"""From method and parameters: a result; bytes to send as they are; an exception's text as a JSON-RPC error."""


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

        def _send(self, answer: bytes) -> None:
            self.send_response(200 if answer.startswith(b"{") else 502)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

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


def _answer(reply: Reply, asked: dict[str, Any]) -> bytes:
    try:
        result = reply(asked["method"], asked["params"])
    except ValueError as error:
        return json.dumps({"jsonrpc": "2.0", "id": 1, "error": {"code": -32000, "message": str(error)}}).encode()
    if isinstance(result, bytes):
        return result
    return json.dumps({"jsonrpc": "2.0", "id": 1, "result": result}).encode()
