"""Pairs of Uniswap V2, its forks, and PancakeSwap V2: each change ends by a `Sync` with both reserves."""

from dataclasses import replace
from typing import Any, ClassVar

from harness import chains
from harness.keeper.abi import Call
from harness.keeper.feeds.feed import Feed, Held, Log, Steps, ask, topic
from harness.keeper.feeds.place import Place
from harness.market.pools.pancake_v2 import PancakeV2Pool
from harness.market.pools.uniswap_v2 import UniswapV2Pool

SYNC = topic("Sync(uint112,uint112)")


class UniswapV2Feed(Feed):
    """Pairs of the factory of one venue."""

    POOL: ClassVar[type[Any]] = UniswapV2Pool
    TOPICS = frozenset({SYNC})

    def find(self, pool: chains.Pool) -> Steps[Place]:
        """Ask the factory."""
        venue = self.chain.venues[self.venue]
        assert isinstance(venue, chains.UniswapV2 | chains.PancakeV2)  # noqa: S101 - the registry goes by the kind
        [(address,)] = yield from ask(
            [Call(venue.factory, "getPair(address,address)", self.tokens(pool), ("address",))]
        )
        return self.place(pool, address, fee_bps=venue.fee_bps)

    def read(self, place: Place, held: Held | None = None) -> Steps[Held]:  # noqa: ARG002 - nothing is left to know
        """Read the reserves."""
        view = Call(place.address, "getReserves()", (), ("uint112", "uint112", "uint32"))
        [(reserve0, reserve1, _)] = yield from ask([view])
        return Held(self.POOL(place.address, (place.token0, place.token1), (reserve0, reserve1), place.fee_bps))

    def heard(self, place: Place, held: Held, log: Log) -> Held | None:  # noqa: ARG002 - a log is all
        """Take the reserves of a `Sync`."""
        return Held(replace(held.pool, reserves=(log.word(0), log.word(1))))  # type: ignore[type-var]


class PancakeV2Feed(UniswapV2Feed):
    """Pairs of PancakeSwap."""

    POOL = PancakeV2Pool
