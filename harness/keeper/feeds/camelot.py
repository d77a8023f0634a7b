"""Pairs of Camelot V2: each change of reserves ends by a `Sync`, and their owner's settings have logs of their own.

No package carries their code. So a pair is followed only if it answers what its state makes: it is asked both ways, for
a sale of some size and one of a few units, whenever it is read. The owner's share of the fees is the factory's, which
says nothing when it is changed: only a stable pair's reserves hang on it, and these the next `Sync` tells.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar, Final

from harness import chains
from harness.keeper.abi import Call
from harness.keeper.feeds.feed import Feed, Held, Log, Steps, UnreadableError, ask, topic
from harness.keeper.feeds.place import NOWHERE, Place
from harness.keeper.feeds.uniswap_v2 import SYNC
from harness.market.pools.camelot import WHOLE, CamelotStablePool, CamelotVolatilePool

FEES = topic("FeePercentUpdated(uint16,uint16)")
CURVE = topic("SetStableSwap(bool,bool)")
RESERVES = ("uint112", "uint112", "uint16", "uint16")
ANSWER = "getAmountOut(uint256,address)"
SHARES: Final = (1, 1_000, 100_000)
"""Parts of a reserve that are sold to see whether a pair answers as it should."""

Pair = CamelotVolatilePool | CamelotStablePool


class CamelotFeed(Feed):
    """Pairs of the factory of one venue, on whichever curve."""

    POOL: ClassVar[type[Any]] = CamelotVolatilePool
    TOPICS = frozenset({SYNC, FEES, CURVE})

    @property
    def factory(self) -> str:
        """Checksummed address of the factory."""
        venue = self.chain.venues[self.venue]
        assert isinstance(venue, chains.UniswapV2)  # noqa: S101 - the registry goes by the kind
        return venue.factory

    def find(self, pool: chains.Pool) -> Steps[Place]:
        """Ask the factory."""
        arguments = self.tokens(pool)
        [(address,)] = yield from ask([Call(self.factory, "getPair(address,address)", arguments, ("address",))])
        return self.place(pool, address)

    def read(self, place: Place, held: Held | None = None) -> Steps[Held]:  # noqa: ARG002 - one round is enough
        """Read reserves, fees and curve, and compare what they make with what the pair answers.

        Raises:
            UnreadableError: It answers something else, or the chain's executor has no leg for its curve.
        """
        pair = yield from self._state(place)
        if pair.problem() is None:
            yield from self._compared(place, pair)
        return Held(pair)

    def differs(self, place: Place, held: Held) -> Steps[bool]:
        """Tell whether the state is another; what it answers has been compared."""
        return (yield from self._state(place)) != held.pool

    def heard(self, place: Place, held: Held, log: Log) -> Held | None:  # noqa: ARG002 - a log is all
        """Take the reserves of a `Sync`, or the fees; a pair whose curve has changed is read again."""
        words = log.word(0), log.word(1)
        if log.topics[0] == CURVE:
            return None
        changed = {"reserves": words} if log.topics[0] == SYNC else {"fees": words}
        return Held(replace(held.pool, **changed))  # type: ignore[type-var]

    def _state(self, place: Place) -> Steps[Pair]:
        """Read a pair."""
        views = [
            Call(place.address, "getReserves()", (), RESERVES),
            Call(place.address, "stableSwap()", (), ("bool",)),
            Call(place.address, "FEE_DENOMINATOR()", (), ("uint256",)),
            Call(place.address, "precisionMultiplier0()", (), ("uint256",)),
            Call(place.address, "precisionMultiplier1()", (), ("uint256",)),
            Call(self.factory, "feeInfo()", (), ("uint256", "address")),
        ]
        [(*words,), (stable,), (whole,), (unit0,), (unit1,), (share, owner)] = yield from ask(views)
        if whole != WHOLE:
            raise UnreadableError(f"{place.address} reckons fees in parts of {whole}")
        tokens, reserves, fees = (place.token0, place.token1), (words[0], words[1]), (words[2], words[3])
        if not stable:
            return CamelotVolatilePool(place.address, tokens, reserves, fees)
        if "solidly" not in self.chain.executor.venues:
            raise UnreadableError(f"{place.address} is on the stable curve, for which the executor here has no leg")
        decimals = len(str(unit0)) - 1, len(str(unit1)) - 1
        return CamelotStablePool(place.address, tokens, reserves, fees, decimals, 0 if owner == NOWHERE else share)

    def _compared(self, place: Place, pair: Pair) -> Steps[None]:
        """Sell it some of either token.

        Raises:
            UnreadableError: It answers something else than its state makes.
        """
        sales = list(_sales(pair))
        answers = yield from ask([Call(place.address, ANSWER, sale, ("uint256",)) for sale in sales])
        for (sold, token), (answer,) in zip(sales, answers, strict=True):
            if answer != pair.quoted(pair.tokens.index(token), sold):
                raise UnreadableError(f"{place.address} pays {answer} for {sold} of {token}, not what its state makes")


def _sales(pair: Pair) -> Iterator[tuple[int, str]]:
    for token, reserve in zip(pair.tokens, pair.reserves, strict=True):
        yield from ((max(1, reserve // part), token) for part in SHARES)
