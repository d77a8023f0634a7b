"""Logs of the chain, read backwards in windows that nodes answer."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from eth_utils.address import to_checksum_address
from hexbytes import HexBytes
from web3 import Web3
from web3.exceptions import Web3Exception
from web3.types import FilterParams, LogReceipt

from harness.node import NodeError

WINDOW: Final = 10_000
"""Blocks asked about at once to begin with: twice as many while the node answers, half as many where it refuses."""

Topics = list[Any]


def backwards(
    web3: Web3, address: str, topics: Topics, until: Callable[[], bool], first: int = 0
) -> Iterator[LogReceipt]:
    """Yield a contract's logs, the newest window first, until `until()` or down to block `first`.

    Raises:
        NodeError: The node does not answer, or refuses even a single block.
    """
    end, window, refused = int(web3.eth.block_number), WINDOW, False
    while end >= first and not until():
        start = max(first, end - window + 1)
        asked: FilterParams = {
            "address": to_checksum_address(address),
            "topics": topics,
            "fromBlock": start,
            "toBlock": end,
        }
        try:
            found = web3.eth.get_logs(asked)
        except Web3Exception as error:
            if window == 1:
                raise NodeError(f"the node refuses the logs of block {end}: {error}; try another endpoint") from None
            window, refused = max(1, window // 2), True
            continue
        yield from reversed(found)
        end, window = start - 1, window if refused else 2 * window


def everything(web3: Web3, address: str, first: int, topics: Topics | None = None) -> list[LogReceipt]:
    """Return all logs of a contract since block `first`, or those with such topics, the oldest first."""
    return list(backwards(web3, address, topics or [], lambda: False, first))[::-1]


def address_in(topic: HexBytes) -> str:
    """Return the address in an indexed argument."""
    return to_checksum_address(topic[-20:])
