"""Solidly's pools, volatile and stable, as Velodrome V2 and Aerodrome have them.

Each change ends by a `Sync` with both reserves. The fee is the factory's, which says so when a pool is given one of its
own, and says nothing of the pool when it gives all of them another: that is found when the pool is compared.
"""

from dataclasses import replace
from typing import Any, ClassVar

from harness import chains
from harness.keeper.abi import Call
from harness.keeper.feeds.feed import Feed, Held, Log, Steps, ask, checksummed, padded, topic
from harness.keeper.feeds.place import Place
from harness.market.pools.pool import Pool
from harness.market.pools.solidly import SolidlyStablePool, SolidlyVolatilePool

SYNC = topic("Sync(uint256,uint256)")
FEE = topic("SetCustomFee(address,uint256)")
METADATA = ("uint256", "uint256", "uint256", "uint256", "bool", "address", "address")
State = tuple[str, tuple[str, str], tuple[int, int], int]
"""Address, tokens, reserves and fee."""


class SolidlyVolatileFeed(Feed):
    """Volatile pools of the factory of one venue."""

    POOL: ClassVar[type[Any]] = SolidlyVolatilePool
    STABLE: ClassVar[bool] = False
    TOPICS = frozenset({SYNC, FEE})

    @property
    def factory(self) -> str:
        """Checksummed address of the factory."""
        venue = self.chain.venues[self.venue]
        assert isinstance(venue, chains.Solidly)  # noqa: S101 - the registry goes by the kind
        return venue.factory

    def find(self, pool: chains.Pool) -> Steps[Place]:
        """Ask the factory."""
        arguments = (*self.tokens(pool), self.STABLE)
        [(address,)] = yield from ask([Call(self.factory, "getPool(address,address,bool)", arguments, ("address",))])
        return self.place(pool, address)

    def keys(self, place: Place) -> tuple[str, ...]:
        """Return the pool's own, and the factory's with the pool."""
        return place.address.lower(), self.factory.lower() + padded(place.address)

    def read(self, place: Place, held: Held | None = None) -> Steps[Held]:  # noqa: ARG002 - one round is enough
        """Read reserves, decimals and fee."""
        views = [
            Call(place.address, "metadata()", (), METADATA),
            Call(self.factory, "getFee(address,bool)", (place.address, self.STABLE), ("uint256",)),
        ]
        [(unit0, unit1, reserve0, reserve1, _, token0, token1), (fee,)] = yield from ask(views)
        token0, token1 = checksummed((token0, token1))
        decimals = len(str(unit0)) - 1, len(str(unit1)) - 1
        return Held(self._pool((place.address, (token0, token1), (reserve0, reserve1), fee), decimals))

    def heard(self, place: Place, held: Held, log: Log) -> Held | None:  # noqa: ARG002 - a log is all
        """Take the reserves of a `Sync`, or the fee."""
        if log.topics[0] == SYNC:
            return Held(replace(held.pool, reserves=(log.word(0), log.word(1))))  # type: ignore[type-var]
        return None

    def _pool(self, state: State, decimals: tuple[int, int]) -> Pool:  # noqa: ARG002 - the stable curve's alone
        return SolidlyVolatilePool(*state)


class SolidlyStableFeed(SolidlyVolatileFeed):
    """Stable pools of the factory of one venue."""

    POOL = SolidlyStablePool
    STABLE = True

    def _pool(self, state: State, decimals: tuple[int, int]) -> Pool:
        return SolidlyStablePool(*state, decimals)
