"""The pools of a chain file at any block, read anew each time; `picture` follows them."""

from web3 import Web3
from web3.types import BlockData

from harness.chains import Chain
from harness.keeper.feeds.feed import Held, UnreadableError
from harness.keeper.feeds.place import Place, PoolMissingError
from harness.keeper.feeds.registry import feed_for, find
from harness.keeper.feeds.steps import walk
from harness.keeper.multicall import Multicall
from harness.market.market import Snapshot

__all__ = ["Place", "PoolMissingError", "Reader"]


class Reader:
    """Reads the pools of one chain; a few requests a snapshot, however many pools there are.

    Args:
        chain: The chain file.
        web3: Connected to that chain.

    Raises:
        PoolMissingError: A pool of the chain file is not there.
    """

    def __init__(self, chain: Chain, web3: Web3) -> None:
        self._chain = chain
        self.multicall = multicall = Multicall(web3, chain.contracts["multicall3"])
        block = web3.eth.block_number
        self.places: tuple[Place, ...] = find(chain, chain.pools, lambda calls: multicall.try_read(calls, block))

    def snapshot(self, block: BlockData) -> Snapshot:
        """Return all pools as they stood at the end of `block`.

        Raises:
            UnreadableError: One of them does not answer as it should.
        """
        number = block["number"]
        jobs = {place.address: feed_for(self._chain, place.venue, place.family).read(place) for place in self.places}
        found = walk(jobs, lambda calls: self.multicall.try_read(calls, number))
        return Snapshot(number, block["timestamp"], {address: _whole(held).pool for address, held in found.items()})


def _whole(held: Held | UnreadableError) -> Held:
    if isinstance(held, UnreadableError):
        raise held
    return held
