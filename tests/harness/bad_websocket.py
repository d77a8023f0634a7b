"""A websocket on loopback that announces blocks, or whatever a test has it say."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from web3 import Web3
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import Server, ServerConnection, serve


@contextmanager
def websocket(talk: Callable[[ServerConnection], None]) -> Iterator[str]:
    """A websocket of one's own: confirms a subscription, then talks as told."""

    def handle(connection: ServerConnection) -> None:
        request = json.loads(connection.recv())
        connection.send(json.dumps({"jsonrpc": "2.0", "id": request["id"], "result": "0x1"}))
        with suppress(ConnectionClosed):
            talk(connection)

    server: Server
    with serve(handle, "127.0.0.1", 0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"ws://user:secret@127.0.0.1:{server.socket.getsockname()[1]}/key"


def announcement(web3: Web3) -> str:
    """What a node says of its newest block."""
    block = web3.eth.get_block("latest")
    result = {"number": hex(block["number"]), "hash": block["hash"].to_0x_hex()}
    return json.dumps({"method": "eth_subscription", "params": {"result": result}})
