"""The token that wraps the chain's own coin, which tells what is wrapped and unwrapped."""

from typing import Any

from harness import chains
from harness.keeper.abi import Call
from harness.keeper.feeds.feed import Feed, Held, Log, Steps, ask, topic
from harness.keeper.feeds.place import Place
from harness.market.legs import NATIVE
from harness.market.pools.wrapped_native import WrappedNative

DEPOSIT = topic("Deposit(address,uint256)")
WITHDRAWAL = topic("Withdrawal(address,uint256)")


class WrappedNativeFeed(Feed):
    """The chain file's wrapped coin."""

    POOL = WrappedNative
    TOPICS = frozenset({DEPOSIT, WITHDRAWAL})

    def find(self, pool: chains.Pool) -> Steps[Place]:
        """Take it, if these are its tokens."""
        yield []
        wrapped = self.chain.token(self.chain.native.wrapped).address
        return self.place(pool, wrapped if set(self.tokens(pool)) == {NATIVE, wrapped} else None)

    def read(self, place: Place, held: Held | None = None) -> Steps[Held]:  # noqa: ARG002 - nothing is left to know
        """Read what it holds."""
        call = Call(self.chain.contracts["multicall3"], "getEthBalance(address)", (place.address,), ("uint256",))
        [(wei,)] = yield from ask([call])
        return Held(WrappedNative(place.address, wei))

    def heard(self, place: Place, held: Held, log: Log) -> Held | None:
        """Take what came or went."""
        pool: Any = held.pool
        change = log.word(0) if log.topics[0] == DEPOSIT else -log.word(0)
        return Held(WrappedNative(place.address, pool.held + change))
