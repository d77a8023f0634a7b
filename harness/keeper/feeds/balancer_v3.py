"""Weighted pools of Balancer's V3 vault, which tells every swap and every change of all of them.

A swap moves a pool's balances by just what it says, less what the protocol keeps of the fee. Where a token has a rate
the pool is read at every block: rates move by themselves, and the vault takes its part of what they bring. Hooks that
have a word in swaps are not followed.
"""

from dataclasses import replace
from typing import Any, ClassVar, Final, NamedTuple

from eth_utils.address import to_checksum_address

from harness import chains
from harness.keeper.abi import Call
from harness.keeper.feeds.feed import Feed, Held, Log, Steps, UnreadableError, ask, checksummed, padded, topic
from harness.keeper.feeds.place import NOWHERE, Place, PoolMissingError
from harness.market.pools.balancer_weighted import LEAST_TRADE_V3, BalancerV3WeightedPool
from harness.market.pools.fixed_point import mul_down

SWAP = topic("Swap(address,address,address,uint256,uint256,uint256,uint256)")
PAID, BOUGHT, FEE_PAID = 0, 1, 3
"""Words of a swap's data."""

CHANGES = (
    "LiquidityAdded(address,address,uint8,uint256,uint256[],uint256[])",
    "LiquidityRemoved(address,address,uint8,uint256,uint256[],uint256[])",
    "SwapFeePercentageChanged(address,uint256)",
    "AggregateSwapFeePercentageChanged(address,uint256)",
    "AggregateYieldFeePercentageChanged(address,uint256)",
    "PoolPausedStateChanged(address,bool)",
    "PoolRecoveryModeStateChanged(address,bool)",
    "PoolInitialized(address)",
)
"""What else the vault says of a pool: it is read again."""

DATA = "(bytes32,address[],(uint8,address,bool)[],uint256[],uint256[],uint256[],uint256[])"
CONFIG = (*("bool",) * 4, *("uint256",) * 3, "uint40", "uint32", *("bool",) * 4)
FEE, SHARE, PAUSED = 4, 5, 11
"""Places in it."""

HOOKS = (*("bool",) * 10, "address")
IN_SWAPS: Final = {0: "change amounts", 3: "set the fee", 4: "run before a swap", 5: "run after a swap"}
"""What hooks may do, by its place among their flags, that a quote does not know of."""


class Facts(NamedTuple):
    """What never changes of a pool: its weights and least balances, both at 18 decimals, and whether it has rates."""

    weights: tuple[int, ...]
    least_balances: tuple[int, ...]
    rated: bool


class BalancerV3WeightedFeed(Feed):
    """Pools of the vault of one venue; `Held.beside` is what never changes."""

    POOL = BalancerV3WeightedPool
    TOPICS = frozenset({SWAP, *(topic(change) for change in CHANGES)})
    RESTLESS: ClassVar[bool] = True

    @property
    def vault(self) -> str:
        """Checksummed address of the vault."""
        venue = self.chain.venues[self.venue]
        assert isinstance(venue, chains.BalancerV3)  # noqa: S101 - the registry goes by the kind
        return venue.vault

    def find(self, pool: chains.Pool) -> Steps[Place]:
        """Ask the vault for the tokens of the pool at the address of the chain file."""
        if pool.address is None:
            raise PoolMissingError(f"{pool.name} has no address, by which the vault knows it; add it")
        call = Call(self.vault, "getPoolTokens(address)", (pool.address,), ("address[]",))
        [answer] = yield [call]
        there = answer is not None and set(self.tokens(pool)) == set(checksummed(answer[0]))
        return self.place(pool, pool.address if there else NOWHERE)

    def keys(self, place: Place) -> tuple[str, ...]:
        """Return the vault's with the pool."""
        return (self.vault.lower() + padded(place.address),)

    def read(self, place: Place, held: Held | None = None) -> Steps[Held]:
        """Read balances, rates and fees; what never changes too, if it is not known.

        Raises:
            UnreadableError: It is paused, or its hooks have a word in swaps.
        """
        calls = [
            Call(self.vault, "getPoolData(address)", (place.address,), (DATA,)),
            Call(self.vault, "getPoolConfig(address)", (place.address,), CONFIG),
            Call(self.vault, "getHooksConfig(address)", (place.address,), HOOKS),
            Call(self.vault, "isVaultPaused()", (), ("bool",)),
        ]
        [((_, found, infos, raw, _, rates, scaling),), config, hooks, (stopped,)] = yield from ask(calls)
        _swappable(place, config, hooks, stopped=stopped)
        facts: Facts = held.beside if held is not None else (yield from self._facts(place, infos))
        pool = BalancerV3WeightedPool(
            address=place.address,
            vault=self.vault,
            tokens=checksummed(found),
            balances=tuple(raw),
            weights=facts.weights,
            scaling=tuple(scaling),
            fee=config[FEE],
            rates=tuple(rates),
            least_balances=facts.least_balances,
            protocol_share=config[SHARE],
        )
        return Held(pool, facts)

    def stirred(self, place: Place, held: Held) -> Steps[Held]:
        """Read a pool with rates; of another the logs have told all."""
        return (yield from self.read(place, held)) if held.beside.rated else held

    def heard(self, place: Place, held: Held, log: Log) -> Held | None:  # noqa: ARG002 - a log is all
        """Take what a swap has moved."""
        if log.topics[0] != SWAP:
            return None
        pool: Any = held.pool
        balances = list(pool.balances)
        sold, bought = (pool.tokens.index(to_checksum_address("0x" + at[26:])) for at in log.topics[2:4])
        balances[sold] += log.word(PAID) - mul_down(log.word(FEE_PAID), pool.protocol_share)
        balances[bought] -= log.word(BOUGHT)
        return Held(replace(pool, balances=tuple(balances)), held.beside)

    def _facts(self, place: Place, infos: tuple[tuple[int, str, bool], ...]) -> Steps[Facts]:
        calls = [
            Call(place.address, "getNormalizedWeights()", (), ("uint256[]",)),
            Call(place.address, "getMinTokenBalances()", (), ("uint256[]",)),
            Call(self.vault, "getMinimumTradeAmount()", (), ("uint256",)),
        ]
        [(weights,), (least,), (smallest,)] = yield from ask(calls)
        if smallest != LEAST_TRADE_V3:
            raise UnreadableError(f"the vault {self.vault} swaps {smallest} at least, not {LEAST_TRADE_V3}")
        return Facts(tuple(weights), tuple(least), any(provider != NOWHERE for _, provider, _ in infos))


def _swappable(place: Place, config: tuple[Any, ...], hooks: tuple[Any, ...], *, stopped: bool) -> None:
    """Let pools pass that swap by their own formula.

    Raises:
        UnreadableError: It is paused, or its hooks have a word in swaps.
    """
    if stopped or config[PAUSED]:
        raise UnreadableError(f"{place.address} is paused")
    words = ", ".join(what for at, what in IN_SWAPS.items() if hooks[at])
    if words:
        raise UnreadableError(f"the hooks of {place.address}, {to_checksum_address(hooks[10])}, {words}")
