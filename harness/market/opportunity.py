"""A trade that pays more than it costs: how it borrows, how much, and what of it is left."""

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from harness.market.costs import GAS_OF_EXECUTION, Offer, Policy, net
from harness.market.cycles import Cycle, Path
from harness.market.legs import BPS, PARAMS
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.pool import Pool
from harness.market.route import Route
from harness.market.sizing import MAX_AMOUNT, Sizing, size

BYTES_OF_ROUTE: Final = 160
"""Of calldata around a route's legs, about."""

BYTES_OF_LEG: Final = 41
"""Of a leg without its params: venue, target and token."""


@dataclass(frozen=True, slots=True)
class Opportunity:
    """A trade that pays more than it costs and its margin.

    Attributes:
        cycle: Where it goes.
        path: The states that it was computed on: those that the trades before it leave.
        offer: How it borrows.
        sizing: Amounts and profit, the lender's fee paid, in units of the cycle's token.
        gas: Estimated units of gas.
        min_profit: What covers costs and margin, in units of the token: the least that is worth having on chain.
        worth: Profit less costs, in wei of native coin: what opportunities are ranked by.
        tip_bps: The builder's share of the profit, in basis points.
    """

    cycle: Cycle
    path: Path
    offer: Offer
    sizing: Sizing
    gas: int
    min_profit: int
    worth: int
    tip_bps: int = 0

    @property
    def gap_bps(self) -> float:
        """How much the first unit brings beyond itself, the pools' fees taken off, in basis points."""
        product = 1.0
        for hop in self.path:
            product *= hop.rate()
        return (product - 1) * BPS

    def left_behind(self) -> dict[str, Pool | None]:
        """Return the states that the trade leaves, by address; None where that is more than is known of a pool."""
        left: dict[str, Pool | None] = {}
        for hop, amount in zip(self.path, self.sizing.amounts, strict=False):
            try:
                left[hop.pool.address] = hop.after(amount).pool
            except LiquidityExhaustedError:
                left[hop.pool.address] = None
        return left

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
            tip_bps=self.tip_bps,
        )


def gas_of(path: Path) -> int:
    """Return about how much gas a trade along `path` costs that borrows by flash swap."""
    return GAS_OF_EXECUTION + sum(hop.pool.GAS for hop in path)


def bytes_of(path: Path) -> int:
    """Return about how many bytes of calldata a trade along `path` takes."""
    return BYTES_OF_ROUTE + sum(BYTES_OF_LEG + PARAMS[hop.pool.VENUE] for hop in path)


def weigh(cycle: Cycle, path: Path, policy: Policy, price: Fraction, most: int = MAX_AMOUNT) -> Opportunity | None:
    """Return the best trade along a cycle, or None where it does not pay its costs and margin.

    Args:
        cycle: Where it goes.
        path: The cycle on the states to trade on.
        policy: How it may borrow, and what things cost.
        price: Wei of native coin for a unit of the cycle's token.
        most: The largest input, in units of that token.
    """
    most = min(most, policy.cap(cycle.token))
    best: Opportunity | None = None
    for offer in sorted(policy.offers, key=lambda one: (one.fee_bps, one.gas)):
        cap = min(most, offer.limit(cycle.token))
        if cap <= 0 or not offer.serves(path) or (best is not None and _no_better(offer, best)):
            continue
        if (sizing := size(path, offer.fee_bps, cap)) is None:
            continue
        found = after_costs(Opportunity(cycle, path, offer, sizing, 0, 0, 0), policy, price)
        if found is not None and (best is None or found.worth > best.worth):
            best = found
    return best


def _no_better(offer: Offer, than: Opportunity) -> bool:
    """Tell whether a loan that costs no less in fee costs no less gas either, for a trade that was not cut short.

    One that was takes a little less than there is, as a last unit of a token in between would cost more than is left.
    """
    return offer.gas >= than.offer.gas and than.sizing.amount_in <= than.offer.limit(than.cycle.token) // 2


def after_costs(trade: Opportunity, policy: Policy, price: Fraction) -> Opportunity | None:
    """Return a trade with what it costs taken in, or None where that is more than it brings."""
    profit, token = trade.sizing.profit, trade.cycle.token
    gas = gas_of(trade.path) + trade.offer.gas
    left = net(policy, token, price, profit, gas=gas, size=bytes_of(trade.path))
    if profit < left.least:
        return None
    return replace(trade, gas=gas, min_profit=left.least, worth=left.worth, tip_bps=policy.tip(token))
