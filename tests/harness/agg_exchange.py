"""What AggLayer does between its networks, in its stead: exits are collected, roots exchanged, proofs told.

The bridge is a model, tests/mocks/ModelAggLayer.sol; here are its trees, and a service that answers as AggLayer's does.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chore_stage import Stage
from eth_utils.crypto import keccak
from two_chains import stranger

from harness.keeper.chores.claims import Claim

DEPTH, MAINNET = 32, 1 << 64
ZEROS = [bytes(32)]
for _ in range(DEPTH - 1):
    ZEROS.append(keccak(ZEROS[-1] + ZEROS[-1]))


def tree(leaves: list[bytes], place: int = 0) -> tuple[bytes, tuple[bytes, ...]]:
    """The root of a tree of depth 32, and the nodes beside the way to the leaf at a place."""
    nodes, proof = list(leaves), []
    for height in range(DEPTH):
        beside = place >> height ^ 1
        proof.append(nodes[beside] if beside < len(nodes) else ZEROS[height])
        nodes += [ZEROS[height]] * (len(nodes) % 2 or (not nodes and 2) or 0)
        nodes = [keccak(nodes[i] + nodes[i + 1]) for i in range(0, len(nodes), 2)]
    return nodes[0], tuple(proof)


@dataclass(frozen=True)
class Left:
    """What has left a network."""

    origin: int
    token: str
    destination: int
    to: str
    amount: int
    metadata: bytes

    def leaf(self) -> bytes:
        """As the exit tree has it."""
        parties = (self.origin.to_bytes(4), bytes.fromhex(self.token[2:]), self.destination.to_bytes(4))
        return keccak(
            b"\0" + b"".join(parties) + bytes.fromhex(self.to[2:]) + self.amount.to_bytes(32) + keccak(self.metadata)
        )


@dataclass
class Network:
    """A chain with a bridge, by AggLayer's count; the mainnet is 0."""

    stage: Stage
    number: int
    bridge: str
    left: list[Left] = field(default_factory=list)


@dataclass
class Exchange:
    """The mainnet and one rollup.

    Attributes:
        known: The roots that were exchanged last: of the mainnet's exits, and of all rollups'; proofs are of these.
        counts: How many exits of each network they have.
    """

    mainnet: Network
    rollup: Network
    known: tuple[bytes, bytes] = (bytes(32), bytes(32))
    counts: dict[int, int] = field(default_factory=dict)

    def roots(self) -> None:
        """Let both bridges know each other's exits; the trees here are those of the chains."""
        both = (self.mainnet, self.rollup)
        self.counts = {network.number: len(network.left) for network in both}
        local = [tree([one.leaf() for one in network.left])[0] for network in both]
        for network, root in zip(both, local, strict=True):
            assert network.stage.node.view(network.bridge, "exitRoot()") == int.from_bytes(root)
        self.known = (local[0], tree(self._rollups(local[1]))[0])
        for network in both:
            signature = "acceptExitRoots(bytes32,bytes32)"
            network.stage.node.do(stranger(), network.bridge, signature, *self.known)

    def claim(self, source: Network, place: int, token: str) -> Claim:
        """The claim of an exit, at the token's address where it arrives."""
        one = source.left[place]
        leaves = [each.leaf() for each in source.left[: self.counts[source.number]]]
        local, proof = tree(leaves, place)
        above = source.number != 0
        rollup_proof = tree(self._rollups(local), source.number - 1)[1] if above else (bytes(32),) * DEPTH
        index = (source.number - 1) << 32 | place if above else MAINNET | place
        mainnet, rollups = self.known
        return Claim(
            token=token,
            local_proof=proof,
            rollup_proof=rollup_proof,
            global_index=index,
            mainnet_root=mainnet,
            rollup_root=rollups,
            origin_network=one.origin,
            origin_token=one.token,
            network=one.destination,
            inbox=one.to,
            amount=one.amount,
            metadata=one.metadata,
        )

    def _rollups(self, local: bytes) -> list[bytes]:
        """The leaves of the tree of rollups, of which the others have sent nothing."""
        return [bytes(32)] * (self.rollup.number - 1) + [local]


@dataclass
class Service:
    """A bridge service; `broken` makes it answer so instead of with what it knows."""

    exchange: Exchange
    url: str = ""
    broken: bytes | None = None
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str) -> dict[str, Any] | None:
        """What it says to a request; None for what it does not know."""
        self.asked.append(path)
        parts = urlsplit(path)
        query = {key: int(values[0]) for key, values in parse_qs(parts.query).items()}
        if parts.path.startswith("/bridges/"):
            found = [one for one in self._exits() if one["dest_addr"].lower() == parts.path[9:].lower()]
            first = query["offset"]
            return {"deposits": found[first : first + query["limit"]], "total_cnt": str(len(found))}
        if parts.path == "/merkle-proof":
            source = self._network(query["net_id"])
            claim = self.exchange.claim(source, query["deposit_cnt"], "")
            return {
                "proof": {
                    "merkle_proof": ["0x" + node.hex() for node in claim.local_proof],
                    "rollup_merkle_proof": ["0x" + node.hex() for node in claim.rollup_proof],
                    "main_exit_root": "0x" + claim.mainnet_root.hex(),
                    "rollup_exit_root": "0x" + claim.rollup_root.hex(),
                }
            }
        return None

    def _network(self, number: int) -> Network:
        return self.exchange.rollup if number else self.exchange.mainnet

    def _exits(self) -> Iterator[dict[str, Any]]:
        for network in (self.exchange.mainnet, self.exchange.rollup):
            for place, one in enumerate(network.left):
                index = MAINNET | place if network.number == 0 else (network.number - 1) << 32 | place
                yield {
                    "leaf_type": 0,
                    "orig_net": one.origin,
                    "orig_addr": one.token,
                    "amount": str(one.amount),
                    "dest_net": one.destination,
                    "dest_addr": one.to,
                    "block_num": "1",
                    "deposit_cnt": str(place),
                    "network_id": network.number,
                    "tx_hash": "0x" + "00" * 32,
                    "claim_tx_hash": "",
                    "metadata": "0x" + one.metadata.hex(),
                    "ready_for_claim": place < self.exchange.counts.get(network.number, 0),
                    "global_index": str(index),
                }


@contextmanager
def service(exchange: Exchange) -> Iterator[Service]:
    """Serve one on loopback."""
    served = Service(exchange)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = served.answer(self.path)
            body = served.broken if served.broken is not None else json.dumps(answer).encode()
            self.send_response(200 if answer is not None else 404)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    served.url = f"http://127.0.0.1:{server.server_port}"
    yield served
    server.shutdown()
    server.server_close()
