"""Many views in one request, all at one block."""

from collections.abc import Sequence
from typing import Any

from eth_abi.abi import decode, encode
from eth_typing import ChecksumAddress
from eth_utils.crypto import keccak
from web3 import Web3
from web3.types import BlockIdentifier

from harness.errors import MillraceError
from harness.keeper.abi import Call

AGGREGATE = keccak(b"aggregate3((address,bool,bytes)[])")[:4]
BATCH = 1_000


class CallFailedError(MillraceError):
    """A view that has to answer reverted, or answered with other types than expected."""


class Multicall:
    """The Multicall3 of a chain.

    Args:
        web3: Connected to that chain.
        address: Checksummed address of Multicall3.
    """

    def __init__(self, web3: Web3, address: str) -> None:
        self._web3, self._address = web3, ChecksumAddress(address)  # type: ignore[arg-type]

    def read(self, calls: Sequence[Call], block: BlockIdentifier) -> list[tuple[Any, ...]]:
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

    def try_read(self, calls: Sequence[Call], block: BlockIdentifier) -> list[tuple[Any, ...] | None]:
        """Return the values of every call, in order; None for one that failed."""
        batches = (calls[start : start + BATCH] for start in range(0, len(calls), BATCH))
        return [answer for batch in batches for answer in self._aggregate(batch, block)]

    def _aggregate(self, calls: Sequence[Call], block: BlockIdentifier) -> list[tuple[Any, ...] | None]:
        wanted = [(call.to, True, call.data()) for call in calls]
        data = AGGREGATE + encode(["(address,bool,bytes)[]"], [wanted])
        answer = self._web3.eth.call({"to": self._address, "data": "0x" + data.hex()}, block)  # type: ignore[typeddict-item]
        results: Sequence[tuple[bool, bytes]] = decode(["(bool,bytes)[]"], answer)[0]
        pairs = zip(calls, results, strict=True)
        return [call.read(returned) if success else None for call, (success, returned) in pairs]
