"""Many views in one request, all at one block."""

from collections.abc import Sequence
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.crypto import keccak
from web3 import Web3

from harness.errors import MillraceError
from harness.keeper.abi import Call, Word
from harness.keeper.rpc import Rpc, RpcError
from harness.node import NodeError

AGGREGATE = keccak(b"aggregate3((address,bool,bytes)[])")[:4]
BATCH = 500
"""Calls in a request: what a node lets a call spend is often as much gas as a block has."""

HASH = 66
"""Characters of a block's hash."""

SPENT = ("gas", "revert", "timeout", "too large", "too big", "limit exceeded", "size")
"""In what nodes say where a request was too much for them."""
UNKNOWN = ("not found", "unknown block", "missing trie", "header not", "block not", "unknown header", "not available")
"""In what nodes say where they do not have a block."""


class CallFailedError(MillraceError):
    """A view that has to answer reverted, or answered with other types than expected."""


class BlockGoneError(MillraceError):
    """The node does not have a block that it told of; its chain has become another meanwhile."""


class Multicall:
    """The Multicall3 of a chain.

    Args:
        nodes: The chain's, or a connection to one.
        address: Checksummed address of Multicall3.
    """

    def __init__(self, nodes: Rpc | Web3, address: str) -> None:
        self._rpc, self._address = nodes if isinstance(nodes, Rpc) else Rpc([nodes]), address

    def read(self, calls: Sequence[Call], block: int | str) -> list[tuple[Any, ...]]:
        """Return the values of every call, in order.

        Raises:
            CallFailedError: One of them failed; names it.
        """
        answers = self.try_read(calls, block)
        for call, answer in zip(calls, answers, strict=True):
            if answer is None:
                raise CallFailedError(
                    f"{call.signature} of {call.to} failed at block {block!r}; is it what it should be?"
                )
        return [answer for answer in answers if answer is not None]

    def try_read(self, calls: Sequence[Call | Word], block: int | str) -> list[tuple[Any, ...] | None]:
        """Return the values of every call, in order; None for one that failed.

        Args:
            calls: Any number; a request takes `BATCH` of them, or fewer where those are too much for the node. A word
                of storage is a request of its own.
            block: A number, a hash, or a tag such as `latest`.

        Raises:
            BlockGoneError: The node does not have the block.
            CallFailedError: Multicall3 is not there.
            NodeError: No node has answered, or with nonsense.
            RpcError: The node refuses even a single call.
        """
        views = [call for call in calls if isinstance(call, Call)]
        batches = (views[start : start + BATCH] for start in range(0, len(views), BATCH))
        told = iter([answer for batch in batches for answer in self._halving(batch, block)])
        return [next(told) if isinstance(call, Call) else self._word(call, block) for call in calls]

    def _word(self, word: Word, block: int | str) -> tuple[int] | None:
        """Ask for a word of storage."""
        try:
            return (int(self._rpc.ask("eth_getStorageAt", word.to, hex(word.slot), block_named(block)), 16),)
        except RpcError as error:
            if refuses_block(error):
                raise BlockGoneError(f"the node does not have block {block}; ask for the newest") from None
            return None
        except (TypeError, ValueError):
            raise NodeError("a node answered eth_getStorageAt with something that is no word") from None

    def _halving(self, calls: Sequence[Call], block: int | str) -> list[tuple[Any, ...] | None]:
        """Ask; where it was too much for the node, ask for half of it, and for the other half."""
        try:
            return self._aggregate(calls, block)
        except RpcError as error:
            if refuses_block(error):
                raise BlockGoneError(f"the node does not have block {block}; ask for the newest") from None
            if not any(word in error.message.lower() for word in SPENT):
                raise
        if len(calls) == 1:
            return [None]
        half = len(calls) // 2
        return [*self._halving(calls[:half], block), *self._halving(calls[half:], block)]

    def _aggregate(self, calls: Sequence[Call], block: int | str) -> list[tuple[Any, ...] | None]:
        wanted = [(call.to, True, call.data()) for call in calls]
        data = AGGREGATE + encode(["(address,bool,bytes)[]"], [wanted])
        answer = self._rpc.ask("eth_call", {"to": self._address, "data": "0x" + data.hex()}, block_named(block))
        pairs = zip(calls, self._results(answer, len(calls)), strict=True)
        return [call.read(returned) if success else None for call, (success, returned) in pairs]

    def _results(self, answer: object, count: int) -> Sequence[tuple[bool, bytes]]:
        if answer == "0x":
            raise CallFailedError(f"there is no Multicall3 at {self._address}; is contracts.multicall3 right?")
        try:
            results: Sequence[tuple[bool, bytes]] = decode(["(bool,bytes)[]"], bytes.fromhex(str(answer)[2:]))[0]
        except (ValueError, DecodingError):
            results = ()
        if len(results) != count:
            raise NodeError("a node answered eth_call with something that is no answer of Multicall3's")
        return results


def refuses_block(error: RpcError) -> bool:
    """Tell whether a node refuses because it does not have the block."""
    return any(words in error.message.lower() for words in UNKNOWN)


def block_named(block: int | str) -> object:
    """Return a block as JSON-RPC takes it."""
    if isinstance(block, int):
        return hex(block)
    return {"blockHash": block} if len(block) == HASH else block
