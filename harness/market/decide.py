"""From a snapshot of the pools to ranked opportunities, and from an opportunity to its route."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import nlargest
from math import ceil
from typing import NamedTuple

from harness.errors import MillraceError
from harness.market.cycles import Cycle, Path
from harness.market.legs import BPS
from harness.market.pools.pool import Pool
from harness.market.route import Lender, Route
from harness.market.sizing import MAX_AMOUNT, RADIUS, Sizing, pays_at_all, size

GAS_OF_EXECUTION = 150_000


class UnpricedTokenError(MillraceError):
    """No pool says what a profit token is worth in native coin, so that no trade can be weighed against its gas."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All pools at one block.

    Attributes:
        block: Its number.
        timestamp: Its Unix second.
        pools: States by checksummed address.
    """

    block: int
    timestamp: int
    pools: Mapping[str, Pool]


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to borrow.

    Attributes:
        lender: Kind of lender.
        address: Its checksummed address; empty for a flash swap.
        fee_bps: Its fee in basis points of the loan.
        gas: What it costs beyond a flash swap, in units of gas.
        available: The most it lends, in units, by token; what is not named it does not lend.
    """

    lender: Lender
    address: str = ""
    fee_bps: int = 0
    gas: int = 0
    available: Mapping[str, int] = field(default_factory=dict)

    def limit(self, token: str) -> int:
        """Return the most that can be borrowed of `token`; a flash swap is limited by its pool alone."""
        return MAX_AMOUNT if self.lender is Lender.NONE else self.available.get(token, 0)


FLASH_SWAP = Offer(Lender.NONE)


@dataclass(frozen=True, slots=True)
class Policy:
    """What the keeper may do and what things cost it.

    Attributes:
        native: Checksummed address of the wrapped native coin.
        gas_price: Wei a unit of gas.
        offers: The ways to borrow among which the most profitable is chosen; a flash swap works with every pool.
        caps: The largest loan, in units, by token; no entry, no cap.
        margin_bps: By how much a profit must exceed the gas it costs, in basis points of that gas.
        refined: How many of the best cycles are returned, sized to the last unit.
    """

    native: str
    gas_price: int
    offers: tuple[Offer, ...] = (FLASH_SWAP,)
    caps: Mapping[str, int] = field(default_factory=dict)
    margin_bps: int = 2_000
    refined: int = 4


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A trade that pays more than its gas and margin.

    Attributes:
        cycle: Where it goes.
        path: The states that it was computed on.
        offer: How it borrows.
        sizing: Amounts and profit, the lender's fee paid, in units of the cycle's token.
        gas: Estimated units of gas.
        min_profit: What covers gas and margin, in units of the token: the least that is worth having on chain.
        worth: Profit less gas, in wei of native coin: what opportunities are ranked by.
    """

    cycle: Cycle
    path: Path
    offer: Offer
    sizing: Sizing
    gas: int
    min_profit: int
    worth: int

    @property
    def gap_bps(self) -> float:
        """How much the first unit would bring beyond itself, the pools' fees taken off, in basis points."""
        product = 1.0
        for hop in self.path:
            product *= hop.rate()
        return (product - 1) * BPS

    def route(self, deadline: int, parent_hash: bytes = b"") -> Route:
        """Return the route to execute.

        Args:
            deadline: Last Unix second at which it may run.
            parent_hash: Hash of the block that it must build on; empty for any.
        """
        return Route(
            token=self.cycle.token,
            amount_in=self.sizing.amount_in,
            min_profit=self.min_profit,
            deadline=deadline,
            legs=tuple(hop.leg() for hop in self.path),
            lender=self.offer.lender,
            lender_address=self.offer.address,
            max_fee_bps=self.offer.fee_bps,
            parent_hash=parent_hash,
        )


def decide(snapshot: Snapshot, cycles: Iterable[Cycle], policy: Policy) -> list[Opportunity]:
    """Return the `policy.refined` best opportunities of a snapshot, the best first, each sized to the last unit.

    Raises:
        UnpricedTokenError: A cycle's token has no pool with the native coin.
    """
    cycles = tuple(cycles)
    rates = native_rates(snapshot.pools.values(), {cycle.token for cycle in cycles}, policy.native)
    rough: list[tuple[Opportunity, _Bound]] = []
    for cycle in cycles:
        bound = _Bound(cycle, cycle.bind(snapshot.pools), rates[cycle.token])
        if pays_at_all(bound.path):
            weighed = (_weigh(bound, offer, policy) for offer in policy.offers)
            rough += nlargest(1, ((one, bound) for one in weighed if one is not None), key=lambda pair: pair[0].worth)
    chosen = nlargest(policy.refined, rough, key=lambda pair: pair[0].worth)
    best = (_weigh(bound, one.offer, policy, RADIUS) or one for one, bound in chosen)
    return sorted(best, key=lambda one: one.worth, reverse=True)


class _Bound(NamedTuple):
    """A cycle with its states, and wei of native coin for a unit of its token."""

    cycle: Cycle
    path: Path
    rate: Fraction


def native_rates(pools: Iterable[Pool], tokens: Iterable[str], native: str) -> dict[str, Fraction]:
    """Return wei of native coin for a unit of each token: the median over their pools, fees taken off.

    Raises:
        UnpricedTokenError: A token has no pool with the native coin.
    """
    pools = tuple(pools)
    return {token: Fraction(1) if token == native else _median_rate(pools, token, native) for token in tokens}


def _median_rate(pools: tuple[Pool, ...], token: str, native: str) -> Fraction:
    rates = []
    for pool in pools:
        if token in pool.tokens and native in pool.tokens:
            rates += [Fraction(pool.rate(pool.tokens.index(token), pool.tokens.index(native)))]
    if not rates:
        raise UnpricedTokenError(f"no pool of {token} with the native coin: list one, or take it off the profit tokens")
    return sorted(rates)[(len(rates) - 1) // 2]


def _weigh(bound: _Bound, offer: Offer, policy: Policy, radius: int = 0) -> Opportunity | None:
    """Size a cycle with one way to borrow; None where it does not cover gas and margin."""
    cycle, path, rate = bound
    cap = min(policy.caps.get(cycle.token, MAX_AMOUNT), offer.limit(cycle.token))
    sizing = size(path, offer.fee_bps, cap, radius) if cap > 0 else None
    if sizing is None:
        return None
    gas = GAS_OF_EXECUTION + offer.gas + sum(hop.pool.GAS for hop in path)
    cost = gas * policy.gas_price
    least = max(1, ceil(Fraction(cost * (BPS + policy.margin_bps), BPS) / rate))
    if sizing.profit < least:
        return None
    return Opportunity(cycle, path, offer, sizing, gas, least, int(sizing.profit * rate) - cost)
