"""A rival: someone with money of their own who trades first where we wanted to."""

from collections.abc import Collection
from dataclasses import dataclass

from harness.market.opportunity import Opportunity
from harness.market.sizing import forward, loan_fee


@dataclass(frozen=True, slots=True)
class Raid:
    """The rival's trade.

    Attributes:
        leg: Which leg of our route it takes.
        amount: Units of that leg's input that it sells.
    """

    leg: int
    amount: int


def outrun(found: Opportunity, reachable: Collection[str]) -> Raid | None:
    """Return the smallest trade through one of our pools that leaves our route less than its least profit.

    Args:
        found: What we are about to do.
        reachable: Addresses of the pools that the rival can trade with.

    Returns:
        None where no trade up to twice the size of ours does that, or what it leaves us is a loss already.
    """
    for leg, hop in enumerate(found.path):
        if hop.pool.address in reachable:
            amount = _smallest(found, leg)
            if 0 < _left(found, leg, amount) < found.min_profit:
                return Raid(leg, amount)
    return None


def _smallest(found: Opportunity, leg: int) -> int:
    """Return the least amount after which our profit is below its minimum, by bisection: the more, the less is left."""
    low, high = 0, found.sizing.amounts[leg] * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _left(found, leg, middle) >= found.min_profit else (low, middle)
    return high


def _left(found: Opportunity, leg: int, amount: int) -> int:
    """Return our route's profit after someone has sold `amount` along one of its legs."""
    path, amount_in = list(found.path), found.sizing.amount_in
    path[leg] = path[leg].after(amount)
    amounts = forward(tuple(path), amount_in)
    return amounts[-1] - amount_in - loan_fee(amount_in, found.offer.fee_bps) if amounts else 0
