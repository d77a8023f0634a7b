"""What contracts have logged over a range of blocks, asked for in ranges that nodes answer."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

from eth_abi.abi import decode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from harness.errors import MillraceError
from harness.keeper.rpc import Rpc, RpcError
from harness.node import NodeError

SPAN = 10_000
"""Blocks asked for at once, to begin with."""
PATIENCE = 16
"""Answers after a refusal before more is asked for again."""
QUICK = 1.0
"""Seconds within which a node has to have answered to be asked for more at once."""

Progress = Callable[[int], None]


class HistoryError(MillraceError):
    """A node does not hand out logs."""


@dataclass(frozen=True, slots=True)
class Log:
    """One log.

    Attributes:
        address: Who has logged it, checksummed.
        topics: 32 bytes each.
        data: What is not indexed.
        block: Number of its block.
        index: Its place among the block's logs.
        transaction: Hash, with 0x.
    """

    address: str
    topics: tuple[bytes, ...]
    data: bytes
    block: int
    index: int
    transaction: str


@dataclass(frozen=True)
class Kind:
    """A kind of event.

    Attributes:
        name: The event's.
        indexed: Types of the indexed arguments.
        plain: Types of the others.
        types: Of all, where the indexed ones do not come first.
    """

    name: str
    indexed: tuple[str, ...]
    plain: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    @property
    def topic(self) -> bytes:
        """The first topic of every such log."""
        return keccak(f"{self.name}({','.join(self.types or (*self.indexed, *self.plain))})".encode())

    def read(self, log: Log) -> tuple[Any, ...]:
        """Return a log's arguments, the indexed ones first; addresses checksummed where they stand by themselves."""
        values = [decode([kind], topic)[0] for kind, topic in zip(self.indexed, log.topics[1:], strict=True)]
        values += decode(self.plain, log.data)
        kinds = (*self.indexed, *self.plain)
        return tuple(
            to_checksum_address(value) if kind == "address" else value
            for kind, value in zip(kinds, values, strict=True)
        )


class Stride:
    """How many blocks a node is asked for at once: twice as many after a quick answer, half as many after none.

    After a refusal so many as were answered are asked for some times before more are tried again.

    Attributes:
        span: So many.
    """

    def __init__(self) -> None:
        self.span, self._wait = SPAN, 0

    def read(
        self, rpc: Rpc, addresses: Sequence[str], kinds: Sequence[Kind], first: int, last: int
    ) -> tuple[list[Log], int]:
        """Return the logs from block `first` on by one request, and the block it reaches, `first - 1` where refused.

        Raises:
            HistoryError: The node refuses even a single block.
            NodeError: No node has answered.
        """
        if last < first:
            return [], last
        end, start = min(first + self.span - 1, last), monotonic()
        try:
            found = _asked(rpc, addresses, kinds, first, end)
        except RpcError as error:
            self._shorten(end - first + 1)
            if first == end:
                raise _refusal(first, error) from None
            return [], first - 1
        except NodeError:
            self._shorten(end - first + 1)
            raise
        if end - first + 1 == self.span and not self._wait and monotonic() - start < QUICK:
            self.span *= 2
        self._wait = max(0, self._wait - 1)
        return found, end

    def _shorten(self, asked: int) -> None:
        self.span, self._wait = max(1, asked // 2), PATIENCE


def logs(rpc: Rpc, addresses: Sequence[str], kinds: Sequence[Kind], first: int, last: int) -> list[Log]:
    """Return the logs of these contracts and kinds in the blocks from `first` to `last`, in their order.

    Raises:
        HistoryError: The node refuses even a single block.
        NodeError: No node has answered.
    """
    if last < first:
        return []
    try:
        return _asked(rpc, addresses, kinds, first, last)
    except RpcError as error:
        if first == last:
            raise _refusal(first, error) from None
    middle = (first + last) // 2
    return logs(rpc, addresses, kinds, first, middle) + logs(rpc, addresses, kinds, middle + 1, last)


def history(
    rpc: Rpc,
    addresses: Sequence[str],
    kinds: Sequence[Kind],
    blocks: tuple[int, int],
    progress: Progress = lambda _: None,
) -> Iterator[Log]:
    """Yield the logs of a long range, block after block.

    Args:
        rpc: The chain's nodes.
        addresses: Who has logged.
        kinds: What.
        blocks: The first and the last.
        progress: Told how many blocks have been read, each time some more have.

    Raises:
        HistoryError: The node hands out no logs.
        NodeError: No node has answered.
    """
    stride, (first, last) = Stride(), blocks
    while first <= last:
        found, end = stride.read(rpc, addresses, kinds, first, last)
        yield from found
        progress(end - first + 1)
        first = end + 1


def _asked(rpc: Rpc, addresses: Sequence[str], kinds: Sequence[Kind], first: int, last: int) -> list[Log]:
    wanted = {
        "address": list(addresses),
        "topics": [["0x" + kind.topic.hex() for kind in kinds]],
        "fromBlock": hex(first),
        "toBlock": hex(last),
    }
    return [_log(raw) for raw in rpc.ask("eth_getLogs", wanted)]


def _refusal(block: int, error: RpcError) -> HistoryError:
    return HistoryError(f"the node hands out no logs of block {block}: {error}; use another endpoint")


def _log(raw: dict[str, Any]) -> Log:
    return Log(
        to_checksum_address(raw["address"]),
        tuple(_bytes(topic) for topic in raw["topics"]),
        _bytes(raw["data"]),
        _number(raw["blockNumber"]),
        _number(raw["logIndex"]),
        "0x" + _bytes(raw["transactionHash"]).hex(),
    )


def _bytes(value: str | bytes) -> bytes:
    return bytes.fromhex(value.removeprefix("0x")) if isinstance(value, str) else bytes(value)


def _number(value: str | int) -> int:
    return int(value, 16) if isinstance(value, str) else value
