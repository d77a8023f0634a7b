"""Ordinary people trading: seeded random swaps through the protocols' own routers.

An order takes a random pool that a router reaches, a direction, and a size that is a share of the pool's depth drawn
from a log-normal distribution. Moods come and go: for a spell of some blocks, most orders are in one random pair of
tokens, the same way. No order looks at prices, at other pools or at any route: the gaps are what such trading leaves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from eth_abi.abi import encode
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from harness import chains
from harness.chains import Chain
from harness.devchain import DevChain
from harness.keeper.abi import calldata

MEDIAN_SHARE, SPREAD, LARGEST_SHARE = 0.004, 0.9, 0.04
"""An order's size as a share of its pool's depth: median, standard deviation of the logarithm, and cap."""

MOOD_SHARE, MOOD_LASTS = 0.85, (4, 9)
"""How many of the orders follow the mood, and how many blocks it lasts, from and to."""

PURSE = 5_000_000
"""USD of every token that a trader starts with, or as much as there is for each."""

FOREVER = 1 << 40
MAX_UINT = (1 << 256) - 1
PAIR_SWAP = "swapExactTokensForTokens(uint256,uint256,address[],address,uint256)"
SOLIDLY_SWAP = "swapExactTokensForTokens(uint256,uint256,(address,address,bool,address)[],address,uint256)"
POOL_SWAP = "exactInputSingle((address,address,uint24,address,uint256,uint256,uint256,uint160))"
POOL_SWAP_02 = "exactInputSingle((address,address,uint24,address,uint256,uint256,uint160))"
"""The same without a deadline, of SwapRouter02."""


@dataclass(frozen=True, slots=True)
class Order:
    """One swap.

    Attributes:
        pool: From the chain file.
        sold: Symbol of the token sold.
        bought: Symbol of the token bought.
        amount: Units sold.
    """

    pool: chains.Pool
    sold: str
    bought: str
    amount: int


class OrderFlow:
    """An endless row of orders, the same for the same seed.

    Args:
        chain: Whose pools are traded; its replica's prices and depths give sizes their scale.
        seed: Any number.
    """

    def __init__(self, chain: Chain, seed: int) -> None:
        self._chain = chain
        self._random = Random(seed)  # noqa: S311 - repeatable is what it has to be, and nothing secret hangs on it
        self._pools = [pool for pool in chain.pools if router(chain, pool)]
        self._mood: tuple[str, str] = ("", "")
        self._left = 0

    def block(self, most: int) -> list[Order]:
        """Draw the orders of one block, from 1 to `most`."""
        if self._left == 0:
            self._mood = self._direction(self._random.choice(self._pools))
            self._left = self._random.randint(*MOOD_LASTS)
        self._left -= 1
        return [self._order() for _ in range(self._random.randint(1, most))]

    def _order(self) -> Order:
        moody = self._random.random() < MOOD_SHARE
        pools = [pool for pool in self._pools if not moody or set(pool.tokens) == set(self._mood)]
        pool = self._random.choice(pools)
        sold, bought = self._mood if moody else self._direction(pool)
        share = min(LARGEST_SHARE, MEDIAN_SHARE * self._random.lognormvariate(0, SPREAD))
        dollars = share * self._chain.replica.depths[pool.name]
        return Order(pool, sold, bought, max(1, units(self._chain, sold, dollars)))

    def _direction(self, pool: chains.Pool) -> tuple[str, str]:
        sold, bought = self._random.sample(pool.tokens, 2)
        return sold, bought

    def trader(self, traders: Sequence[LocalAccount]) -> LocalAccount:
        """Draw who trades."""
        return self._random.choice(traders)


def router(chain: Chain, pool: chains.Pool) -> str:
    """Return the router that reaches a pool, or nothing where the chain file has none."""
    venue = chain.venues[pool.venue]
    if isinstance(venue, chains.UniswapV3):
        return (not pool.family and (venue.router or venue.router02)) or ""
    known = isinstance(venue, chains.UniswapV2 | chains.PancakeV2 | chains.Solidly) and venue.router
    return known or ""


def units(chain: Chain, symbol: str, dollars: float) -> int:
    """Return how many units of a token so many USD are at the replica's prices."""
    return int(dollars * 10 ** (8 + chain.token(symbol).decimals) / int(chain.replica.prices[symbol]))


def swap(chain: Chain, order: Order, trader: str) -> tuple[str, bytes]:
    """Return the router and the calldata of an order, at whatever price it gets."""
    venue = chain.venues[order.pool.venue]
    tokens = [chain.token(order.sold).address, chain.token(order.bought).address]
    if isinstance(venue, chains.UniswapV3):
        key, amounts = (*tokens, order.pool.fee, trader), (order.amount, 0, 0)
        data = (
            _single(POOL_SWAP, (*key, FOREVER, *amounts)) if venue.router else _single(POOL_SWAP_02, (*key, *amounts))
        )
    elif isinstance(venue, chains.Solidly):
        step = (*tokens, order.pool.family == "stable", venue.factory)
        types = ["uint256", "uint256", "(address,address,bool,address)[]", "address", "uint256"]
        data = keccak(SOLIDLY_SWAP.encode())[:4] + encode(types, [order.amount, 0, [step], trader, FOREVER])
    else:
        data = calldata(PAIR_SWAP, order.amount, 0, tokens, trader, FOREVER)
    return router(chain, order.pool), data


def _single(signature: str, struct: tuple[object, ...]) -> bytes:
    """Return the calldata of a function that takes one struct."""
    return keccak(signature.encode())[:4] + encode([signature[signature.index("(") + 1 : -1]], [struct])


def place(node: DevChain, chain: Chain, order: Order, trader: LocalAccount, tip: int = 0) -> str:
    """Send an order; return the hash of its transaction."""
    to, data = swap(chain, order, trader.address)
    return node.send(trader, to, data, tip=tip)


def fund(node: DevChain, chain: Chain, traders: Sequence[LocalAccount]) -> None:
    """Give traders a purse of every token traded, from the replica's holder, and let the routers spend it."""
    holder = str((chain.replica.model_extra or {})["holder"])
    pools = [pool for pool in chain.pools if router(chain, pool)]
    symbols = sorted({symbol for pool in pools for symbol in pool.tokens})
    for symbol in symbols:
        token = chain.token(symbol).address
        there_is = node.view(token, "balanceOf(address)", holder)
        purse = min(units(chain, symbol, PURSE), there_is // len(traders))
        node.grant(token, holder, dict.fromkeys((one.address for one in traders), purse))
    sent = []
    for spender in sorted({router(chain, pool) for pool in pools}):
        approval = calldata("approve(address,uint256)", spender, MAX_UINT)
        sent += [node.send(one, chain.token(symbol).address, approval) for one in traders for symbol in symbols]
    node.mine()
    for one in sent:
        node.receipt(one)
