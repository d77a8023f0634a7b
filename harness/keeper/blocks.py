"""Headers and logs from the nodes: which blocks lead from those known to a new head, and what happened in them."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from harness.keeper.journal import KEPT, Block, Head, Journal
from harness.keeper.multicall import BlockGoneError, refuses_block
from harness.keeper.rpc import Rpc, RpcError
from harness.node import NodeError

BY_HASH = 8
"""So many blocks are asked for their logs one by one; more of them by their numbers."""
RANGE = 100
"""Blocks in one request by numbers."""
GAP = 2_000
"""Blocks that may be missing; after more the pools are read anew."""

RawLog = Mapping[str, Any]


class Way(NamedTuple):
    """How a head is reached.

    Attributes:
        ancestor: Hash of the known block that it builds on; of the newest one where those between are not all known.
        skipped: The blocks between that are known by number alone.
        path: Those up to the head that are known by hash, ascending.
    """

    ancestor: str
    skipped: range
    path: tuple[Block, ...]


class Blocks:
    """The blocks of a chain, as its nodes tell them.

    Args:
        rpc: The nodes.
    """

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc

    def way(self, head: Head, journal: Journal) -> Way | None:
        """Return how a head is reached from the blocks known, or None where it is too far.

        Raises:
            BlockGoneError: A block on the way is not at the node any more.
        """
        if head.hash in journal:
            return Way(head.hash, range(0), ())
        path = [Block(head.number, head.hash, head.parent, head.timestamp)]
        while path[-1].parent not in journal:
            if path[-1].number - 1 <= journal.oldest.number or len(path) == KEPT:
                return self._over_gap(tuple(reversed(path)), journal.newest)
            path.append(self._header(path[-1]))
        return Way(path[-1].parent, range(0), tuple(reversed(path)))

    def logs(self, way: Way, topics: Sequence[str]) -> list[tuple[Block | None, list[RawLog]]]:
        """Return the logs with any of the topics on the way, block by block; None for the skipped blocks together.

        Raises:
            BlockGoneError: The node does not have one of the blocks any more.
        """
        if not way.skipped and len(way.path) <= BY_HASH:
            return [(block, self._logs_of(block, topics)) for block in way.path]
        skipped = list(self._between(way.skipped, topics))
        numbers = range(way.path[0].number, way.path[-1].number + 1)
        by_hash: dict[str, list[RawLog]] = {block.hash: [] for block in way.path}
        for log in self._between(numbers, topics):
            if log["blockHash"] not in by_hash:
                raise BlockGoneError(f"block {log['blockHash']} is not the one that was followed; ask for the newest")
            by_hash[log["blockHash"]].append(log)
        self.require(way.path[-1])
        found: list[tuple[Block | None, list[RawLog]]] = [(block, by_hash[block.hash]) for block in way.path]
        return [(None, skipped), *found] if way.skipped else found

    def require(self, block: Block) -> None:
        """Make sure that a block is in the node's chain.

        Raises:
            BlockGoneError: It is not.
        """
        if not self.stands(block):
            raise BlockGoneError(f"block {block.hash} is not in the node's chain any more; ask for the newest")

    def stands(self, block: Block) -> bool:
        """Tell whether a block is in the node's chain."""
        found = self._rpc.ask("eth_getBlockByNumber", hex(block.number), False)
        return isinstance(found, dict) and found.get("hash") == block.hash

    def _over_gap(self, path: tuple[Block, ...], newest: Block) -> Way | None:
        skipped = range(newest.number + 1, path[0].number)
        if not 0 < len(skipped) <= GAP or not self.stands(newest):
            return None
        return Way(newest.hash, skipped, path)

    def _header(self, child: Block) -> Block:
        found = self._rpc.ask("eth_getBlockByHash", child.parent, False)
        if found is None:
            raise BlockGoneError(f"the node does not have block {child.parent}; ask for the newest")
        number, block, parent = int(found["number"], 16), str(found["hash"]), str(found["parentHash"])
        if number != child.number - 1 or block != child.parent:
            raise NodeError("a node answered eth_getBlockByHash with another block; is the endpoint right?")
        return Block(number, block, parent, int(found["timestamp"], 16))

    def _logs_of(self, block: Block, topics: Sequence[str]) -> list[RawLog]:
        logs = self._ask({"blockHash": block.hash, "topics": [list(topics)]})
        if any(log["blockHash"] != block.hash for log in logs):
            raise NodeError("a node answered eth_getLogs with logs of another block; is the endpoint right?")
        return logs

    def _between(self, numbers: range, topics: Sequence[str]) -> Iterator[RawLog]:
        for first in numbers[::RANGE]:
            last = min(first + RANGE, numbers.stop) - 1
            yield from self._ask({"fromBlock": hex(first), "toBlock": hex(last), "topics": [list(topics)]})

    def _ask(self, wanted: Mapping[str, object]) -> list[RawLog]:
        """Return logs in the order in which they happened.

        Raises:
            BlockGoneError: The node does not have the block.
            NodeError: What it answers are no logs.
        """
        try:
            logs: list[RawLog] = self._rpc.ask("eth_getLogs", wanted)
            return sorted(logs, key=lambda log: (int(log["blockNumber"], 16), int(log["logIndex"], 16)))
        except RpcError as error:
            if refuses_block(error):
                gone = wanted.get("blockHash", "one of the blocks followed")
                raise BlockGoneError(f"the node does not have {gone}; ask for the newest block") from None
            raise
        except (TypeError, KeyError, ValueError):
            raise NodeError("a node answered eth_getLogs with something that are no logs") from None
