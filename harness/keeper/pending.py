"""Transactions that are in no block yet, as a node shows them whole: those that may touch the pools watched."""

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import rlp
from eth_utils.crypto import keccak

from harness.keeper.feeds.place import NOWHERE, Place
from harness.keeper.subscription import Subscription

KEPT: Final = 256
"""Transactions that wait; the oldest are forgotten."""
LONGEST: Final = 16_384
"""Bytes of calldata that are searched."""
ADDRESS_BYTES: Final = 20

LAYOUTS: Final[Mapping[int, str]] = {
    0: "nonce gasPrice gas to value input v r s",
    1: "chainId nonce gasPrice gas to value input accessList yParity r s",
    2: "chainId nonce maxPriorityFeePerGas maxFeePerGas gas to value input accessList yParity r s",
    4: "chainId nonce maxPriorityFeePerGas maxFeePerGas gas to value input accessList authorizationList yParity r s",
}
"""What is signed of a transaction, by its type, as nodes name it; of one with blobs a node does not show all."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A transaction that is in no block yet.

    Attributes:
        hash: Its hash.
        raw: Its very bytes.
        call: What it calls, as a simulation takes it.
    """

    hash: str
    raw: bytes = field(repr=False)
    call: Mapping[str, str] = field(repr=False)


class Mempool(Subscription):
    """Pending transactions whose target or calldata names an address that is watched.

    Args:
        url: A ws or wss endpoint, possibly with a key in it.
    """

    def __init__(self, url: str) -> None:
        self._waiting: deque[Pending] = deque(maxlen=KEPT)
        self._watched: frozenset[bytes] = frozenset()
        super().__init__(url, "newPendingTransactions", True)

    def watch(self, places: Iterable[Place]) -> None:
        """Take in what names one of these pools or its tokens, and nothing else."""
        named = {address for place in places for address in (place.address, place.token0, place.token1)}
        self._watched = frozenset(bytes.fromhex(address[2:]) for address in named - {NOWHERE})

    def take(self) -> Pending | None:
        """Return the next one, once; None where none waits."""
        return self._waiting.popleft() if self._waiting else None

    def heard(self, told: Any) -> None:  # noqa: ANN401 - whatever a node tells
        """Keep a transaction that names what is watched; what is told without a body, or is not understood, is not."""
        if isinstance(told, dict) and self._named(told) and (one := pending_of(told)) is not None:
            self._waiting.append(one)

    def _named(self, body: Mapping[str, Any]) -> bool:
        watched = self._watched
        try:
            data = bytes.fromhex(body["input"][2 : 2 + 2 * LONGEST])
            if bytes.fromhex((body["to"] or "0x")[2:]) in watched:
                return True
        except (KeyError, TypeError, ValueError):
            return False
        return any(data[at : at + ADDRESS_BYTES] in watched for at in range(len(data) - ADDRESS_BYTES + 1))


def pending_of(body: Mapping[str, Any]) -> Pending | None:
    """Read a transaction as nodes show it; None where its bytes cannot be told from that, by its own hash."""
    try:
        kind = int(body["type"], 16)
        layout, prefix = LAYOUTS[kind], bytes([kind]) if kind else b""
        raw = prefix + rlp.encode([_part(name, body[name]) for name in layout.split()])
        call = {"from": str(body["from"]), "data": str(body["input"]), "value": str(body["value"]), "gas": body["gas"]}
        call |= {"to": body["to"]} if body["to"] else {}
        return Pending(str(body["hash"]), raw, call) if "0x" + keccak(raw).hex() == body["hash"] else None
    except (KeyError, TypeError, ValueError, AttributeError, rlp.exceptions.RLPException):
        return None


def _part(name: str, value: Any) -> Any:  # noqa: ANN401 - as many types as there are fields
    """Return a field as it is signed."""
    if name == "accessList":
        return [[bytes.fromhex(one["address"][2:]), [_bytes(key) for key in one["storageKeys"]]] for one in value]
    if name == "authorizationList":
        order = ["chainId", "address", "nonce", "yParity", "r", "s"]
        return [[_part("to" if key == "address" else key, one[key]) for key in order] for one in value]
    if name in ("to", "input"):
        return _bytes(value or "0x")
    number = int(value, 16)
    return number.to_bytes((number.bit_length() + 7) // 8)


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text[2:])
