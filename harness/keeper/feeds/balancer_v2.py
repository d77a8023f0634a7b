"""Weighted and stable pools of Balancer's V2 vault, which tells every swap and every join of all of them.

A swap of a weighted pool moves its balances by just what it says. A stable pool's tokens have rates, which a swap can
renew: it is read again.
"""

from dataclasses import replace
from typing import Any, NamedTuple

from eth_utils.address import to_checksum_address

from harness import chains
from harness.keeper.abi import Call
from harness.keeper.feeds.feed import Feed, Held, Log, Steps, UnreadableError, ask, checksummed, topic
from harness.keeper.feeds.place import Place, PoolMissingError
from harness.market.pools.balancer_stable import AMP_PRECISION, BalancerV2StablePool
from harness.market.pools.balancer_weighted import BalancerV2WeightedPool

SWAP = topic("Swap(bytes32,address,address,uint256,uint256)")
JOINED = topic("PoolBalanceChanged(bytes32,address,address[],int256[],uint256[])")
MANAGED = topic("PoolBalanceManaged(bytes32,address,address,int256,int256)")
FEE = topic("SwapFeePercentageChanged(uint256)")
RATE = topic("TokenRateCacheUpdated(uint256,uint256)")
RATE_OF = topic("TokenRateCacheUpdated(address,uint256)")
RAMPS = topic("AmpUpdateStarted(uint256,uint256,uint256,uint256)")
RAMPED = topic("AmpUpdateStopped(uint256)")


class Facts(NamedTuple):
    """What never changes of a weighted pool.

    Attributes:
        decimals: Of each token.
        weights: Share of each, at 18 decimals.
        whole_powers: Whether exponents of exactly one, two and four are multiplied out.
    """

    decimals: tuple[int, ...]
    weights: tuple[int, ...]
    whole_powers: bool


class BalancerV2Feed(Feed):
    """Pools of the vault of one venue."""

    @property
    def vault(self) -> str:
        """Checksummed address of the vault."""
        venue = self.chain.venues[self.venue]
        assert isinstance(venue, chains.BalancerV2)  # noqa: S101 - the registry goes by the kind
        return venue.vault

    def find(self, pool: chains.Pool) -> Steps[Place]:
        """Ask the vault whether it knows the pool's id."""
        if pool.pool_id is None:
            raise PoolMissingError(f"{pool.name} has no poolId, by which the vault knows it; add it")
        call = Call(self.vault, "getPool(bytes32)", (bytes.fromhex(pool.pool_id[2:]),), ("address", "uint8"))
        [answer] = yield [call]
        return self.place(pool, None if answer is None else answer[0], pool_id=pool.pool_id.lower())

    def keys(self, place: Place) -> tuple[str, ...]:
        """Return the vault's with the pool's id, and the pool's own."""
        return self.vault.lower() + place.pool_id, place.address.lower()

    def holdings(self, place: Place) -> Call:
        """Return the view of a pool's tokens and balances."""
        pool_id = bytes.fromhex(place.pool_id[2:])
        return Call(self.vault, "getPoolTokens(bytes32)", (pool_id,), ("address[]", "uint256[]", "uint256"))


class BalancerV2WeightedFeed(BalancerV2Feed):
    """Weighted pools; `Held.beside` is what never changes."""

    POOL = BalancerV2WeightedPool
    TOPICS = frozenset({SWAP, JOINED, MANAGED, FEE})

    def read(self, place: Place, held: Held | None = None) -> Steps[Held]:
        """Read balances and fee, and what never changes if that is not known."""
        fee_call = Call(place.address, "getSwapFeePercentage()", (), ("uint256",))
        [(found, balances, _), (fee,)] = yield from ask([self.holdings(place), fee_call])
        tokens = checksummed(found)
        facts: Facts = held.beside if held is not None else (yield from _facts(place, tokens))
        pool = BalancerV2WeightedPool(
            address=place.address,
            vault=self.vault,
            tokens=tokens,
            balances=tuple(balances),
            weights=facts.weights,
            scaling=tuple(10 ** (18 - decimals) for decimals in facts.decimals),
            fee=fee,
            pool_id=place.pool_id,
            whole_powers=facts.whole_powers,
        )
        return Held(pool, facts)

    def heard(self, place: Place, held: Held, log: Log) -> Held | None:  # noqa: ARG002 - a log is all
        """Take what a swap has moved."""
        if log.topics[0] != SWAP:
            return None
        pool: Any = held.pool
        balances = list(pool.balances)
        sold, bought = (pool.tokens.index(to_checksum_address("0x" + at[26:])) for at in log.topics[2:4])
        balances[sold] += log.word(0)
        balances[bought] -= log.word(1)
        return Held(replace(pool, balances=tuple(balances)), held.beside)


class BalancerV2StableFeed(BalancerV2Feed):
    """Stable pools; `Held.beside` is the place of the pool's own share among its tokens, or None, and its generation.

    That the invariant is rounded up is told by the share token: composable pools have one among theirs and round down.
    """

    POOL = BalancerV2StablePool
    TOPICS = frozenset({SWAP, JOINED, MANAGED, FEE, RATE, RATE_OF, RAMPS, RAMPED})

    def read(self, place: Place, held: Held | None = None) -> Steps[Held]:  # noqa: ARG002 - one round is enough
        """Read balances, scaling factors with the rates in them, amplification and fee."""
        calls = [
            self.holdings(place),
            Call(place.address, "getScalingFactors()", (), ("uint256[]",)),
            Call(place.address, "getAmplificationParameter()", (), ("uint256", "bool", "uint256")),
            Call(place.address, "getSwapFeePercentage()", (), ("uint256",)),
        ]
        [(found, balances, _), (factors,), (amp, _, precision), (fee,)] = yield from ask(calls)
        if precision != AMP_PRECISION or len(factors) != len(found):
            raise UnreadableError(f"{place.address} has {len(factors)} factors and amplification in 1/{precision}")
        tokens = checksummed(found)
        kept = [at for at, token in enumerate(tokens) if token != place.address]
        pool = BalancerV2StablePool(
            address=place.address,
            vault=self.vault,
            pool_id=place.pool_id,
            tokens=tuple(tokens[at] for at in kept),
            balances=tuple(balances[at] for at in kept),
            factors=tuple(factors[at] for at in kept),
            amp=amp,
            fee=fee,
            rounds_up=len(kept) == len(tokens),
        )
        return Held(pool)


def _facts(place: Place, tokens: tuple[str, ...]) -> Steps[Facts]:
    """Ask for decimals and weights.

    Factories since 2022 multiply out whole powers; what tells them is that their pools know a recovery mode.
    """
    weights_call = Call(place.address, "getNormalizedWeights()", (), ("uint256[]",))
    decimals = [Call(token, "decimals()", (), ("uint8",)) for token in tokens]
    recovery = Call(place.address, "inRecoveryMode()", (), ("bool",))
    weights, *places, mode = yield [weights_call, *decimals, recovery]
    if weights is None or any(answer is None or answer[0] > 18 for answer in places):  # noqa: PLR2004 - the pool's own
        raise UnreadableError(f"{place.address} tells no weights, or a token of it has no decimals up to 18")
    return Facts(tuple(answer[0] for answer in places if answer), tuple(weights[0]), mode is not None)
