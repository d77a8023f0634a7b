"""What a token costs on one chain: by its deepest pool there and the chain's feeds, all at one block."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from typing import Final

from web3 import Web3

from harness import chains
from harness.chains import Chain, Feed, Token
from harness.keeper.abi import Call
from harness.keeper.feeds.feed import UnreadableError
from harness.keeper.feeds.place import Place
from harness.keeper.feeds.registry import feed_for, find
from harness.keeper.feeds.steps import walk
from harness.keeper.multicall import Multicall
from harness.keeper.rpc import Rpc
from harness.market.pools.pool import Pool

FALL: Final = 0.99
"""A pool is as deep as what it takes until it pays so much of what it paid for the first unit."""
LARGEST: Final = 1 << 112
ROUND: Final = "latestRoundData()"
ROUND_TYPES: Final = ("uint80", "int256", "uint256", "uint256", "uint80")


@dataclass(frozen=True, slots=True)
class Quote:
    """A token's price on a chain.

    Attributes:
        price: USD for a whole token, between what the pool pays and what it asks.
        depth: USD of it that the pool takes until it pays one percent less.
        pool: The deepest of those whose other token a feed prices, by its name in the chain file.
    """

    price: Decimal
    depth: Decimal
    pool: str


class Reading:
    """The pools of a token and the feeds of a chain at its newest block.

    Args:
        chain: The chain file.
        nodes: The chain's, or a connection to one.

    Attributes:
        number: The block's.
        time: Its Unix second.
        dollars: USD for whole tokens by symbol, of those that a feed prices.

    Raises:
        RpcError: The node refuses.
        NodeError: No node has answered.
    """

    def __init__(self, chain: Chain, nodes: Rpc | Web3) -> None:
        rpc = nodes if isinstance(nodes, Rpc) else Rpc([nodes])
        block = rpc.ask("eth_getBlockByNumber", "latest", False)
        self.chain, self.number, self.time = chain, int(block["number"], 16), int(block["timestamp"], 16)
        self._multicall = Multicall(rpc, chain.contracts["multicall3"])
        self.dollars = self._dollars()

    def quote(self, symbol: str) -> Quote | None:
        """Return the price by the deepest pool; None where no pool has the token beside one that a feed prices."""
        return max(self._quotes(symbol), key=lambda one: one.depth, default=None)

    def by(self, symbol: str, name: str) -> tuple[Place, Quote] | None:
        """Return where a pool of the file is, and the price by it; None where it says none."""
        for place, pool in self._pools([self.chain.pool(name)]):
            quote = max(self._by(symbol, place, pool), key=lambda one: one.depth, default=None)
            return None if quote is None else (place, quote)
        return None

    def _quotes(self, symbol: str) -> Iterable[Quote]:
        for place, pool in self._pools([pool for pool in self.chain.pools if symbol in pool.tokens]):
            yield from self._by(symbol, place, pool)

    def _by(self, symbol: str, place: Place, pool: Pool) -> Iterable[Quote]:
        """Yield the price by each of a pool's other tokens that a feed prices."""
        token = self.chain.token(symbol)
        symbols = {one.address: name for name, one in self.chain.tokens.items()}
        for other in pool.tokens:
            dollars = self.dollars.get(symbols.get(other, ""))
            if other != token.address and token.address in pool.tokens and dollars is not None:
                found = quoted(pool, (token, self.chain.token(symbols[other])), dollars, place.name)
                if found is not None:
                    yield found

    def _pools(self, listed: Sequence[chains.Pool]) -> Iterable[tuple[Place, Pool]]:
        """Yield those that can be read; a pool that cannot is no reason to be silent of the others."""
        places = find(self.chain, listed, lambda calls: self._multicall.try_read(calls, self.number))
        jobs = {place.address: feed_for(self.chain, place.venue, place.family).read(place) for place in places}
        found = walk(jobs, lambda calls: self._multicall.try_read(calls, self.number))
        for place in places:
            held = found[place.address]
            if not isinstance(held, UnreadableError) and held.pool.problem() is None:
                yield place, held.pool

    def _dollars(self) -> dict[str, Decimal]:
        """Return USD for whole tokens by symbol, where a feed has spoken within its heartbeat."""
        feeds = list(self.chain.feeds.values())
        calls = [Call(feed.address, ROUND, (), ROUND_TYPES) for feed in feeds]
        answers = self._multicall.try_read(calls, self.number)
        return {
            symbol: Decimal(answer[1]).scaleb(-feed.decimals)
            for feed, answer in zip(feeds, answers, strict=True)
            if answer is not None and self._speaks(feed, answer[1], answer[3])
            for symbol in feed.tokens
        }

    def _speaks(self, feed: Feed, answer: int, at: int) -> bool:
        return answer > 0 and self.time - at <= feed.heartbeat


def quoted(pool: Pool, tokens: tuple[Token, Token], dollars: Decimal, name: str) -> Quote | None:
    """Return what a pool says of a token, by the price of another one there; None where it takes nothing.

    Args:
        pool: At some block.
        tokens: The token, and the other one.
        dollars: USD for a whole one of the other.
        name: The pool's.
    """
    i, j = (pool.tokens.index(token.address) for token in tokens)
    pays, asks = pool.rate(i, j), pool.rate(j, i)
    if not pays or not asks:
        return None
    units = Decimal(sqrt(pays / asks))
    price = units.scaleb(tokens[0].decimals - tokens[1].decimals) * dollars
    return Quote(price, Decimal(taken(pool, i, j)).scaleb(-tokens[0].decimals) * price, name)


def taken(pool: Pool, i: int, j: int) -> int:
    """Return the most units that a pool takes of a token before it pays one percent less for the next one."""
    least = pool.rate(i, j) * FALL
    low, high = 0, 1
    while high < LARGEST and pool.rate(i, j, high) >= least:
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if pool.rate(i, j, middle) >= least else (low, middle)
    return low
