"""A node behind a proxy that loses transactions, before they have reached it or once they are in a block."""

import json
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Literal

SENDING = ("eth_sendRawTransaction", "eth_sendTransaction")
Mode = Literal["before", "after"]


class Flaky:
    """Hands everything on to a node, and fails the transaction that `fails_at` counts to.

    Args:
        node: The node's endpoint.
        mode: Whether the transaction that fails is lost, or in a block of which nobody is told.
    """

    def __init__(self, node: str, mode: Mode) -> None:
        self.node, self.mode = node, mode
        self.sent = 0
        self.fails_at = 0
        self.url = ""

    def answer(self, body: bytes) -> bytes | None:
        """Return the node's answer; None to hang up."""
        asked: Any = json.loads(body)
        if isinstance(asked, dict) and asked["method"] in SENDING:
            fails = self.sent + 1 == self.fails_at
            if fails and self.mode == "before":
                self.fails_at = 0
                return None
            self.sent += 1
            answer = self._hand_on(body)
            if fails:
                self.fails_at = 0
                self._wait_for(json.loads(answer)["result"])
                return None
            return answer
        return self._hand_on(body)

    def _wait_for(self, transaction: str) -> None:
        asked = {"jsonrpc": "2.0", "id": 1, "method": "eth_getTransactionReceipt", "params": [transaction]}
        for _ in range(3_000):
            if json.loads(self._hand_on(json.dumps(asked).encode()))["result"]:
                return
            time.sleep(0.01)
        raise TimeoutError(f"{transaction} is in no block after 30 s")

    def _hand_on(self, body: bytes) -> bytes:
        request = urllib.request.Request(self.node, body, {"Content-Type": "application/json"})  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return bytes(answer.read())


@contextmanager
def flaky(node: str, mode: Mode) -> Iterator[Flaky]:
    """Serve such a proxy on this machine."""
    proxy = Flaky(node, mode)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1

        def do_POST(self) -> None:
            """Hand one request on."""
            answer = proxy.answer(self.rfile.read(int(self.headers["Content-Length"])))
            if answer is None:
                self.close_connection = True
                return
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
