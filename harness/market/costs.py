"""What a trade costs beyond its pools: the loan, gas, the rollup's data, the builder's tip."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from statistics import median_low
from typing import Final

from harness.market.cycles import Path
from harness.market.legs import BPS, FLASH, QUOTABLE
from harness.market.pools.pool import Pool
from harness.market.route import CREDITORS, Lender
from harness.market.sizing import MAX_AMOUNT

GAS_OF_EXECUTION: Final = 110_000
"""Units of gas that a trade costs beside its legs and its loan, the payout to the reserve among them: about 80,000 by
the README's table, and what the first of its kind writes into the reserve's journal."""


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

    def serves(self, path: Path) -> bool:
        """Tell whether the executor takes the loan: what lends is no leg, unless legs run on its credit."""
        if self.lender is Lender.NONE:
            return _lends_itself(path)
        return self.lender in CREDITORS or all(hop.leg().target != self.address for hop in path)


FLASH_SWAP: Final = Offer(Lender.NONE)


def _lends_itself(path: Path) -> bool:
    """Tell whether the leg that the executor has lend, the last that it can quote up to, calls back as it expects."""
    lends = False
    for hop in path:
        if hop.pool.VENUE in FLASH:
            lends = getattr(hop.pool, "LENDS", True)
        if hop.pool.VENUE not in QUOTABLE:
            break
    return lends


@dataclass(frozen=True, slots=True)
class Policy:
    """What the keeper may do and what things cost it.

    Attributes:
        native: Checksummed address of the wrapped native coin.
        gas_price: Wei a unit of gas.
        offers: The ways to borrow among which the most profitable is chosen.
        caps: The largest loan, in units, by token; no entry, no cap.
        margin_bps: By how much a profit must exceed what it costs, in basis points of that.
        most: How many trades are returned.
        data_price: Wei a byte of calldata costs on top, on rollups.
        data_cost: Wei that a transaction costs there on top, beside its calldata.
        tip_bps: The builder's share of a profit in wrapped native coin, in basis points.
        prices: Wei of native coin for a unit of a token, by a feed; others are priced by the market.
    """

    native: str
    gas_price: int
    offers: tuple[Offer, ...] = (FLASH_SWAP,)
    caps: Mapping[str, int] = field(default_factory=dict)
    margin_bps: int = 2_000
    most: int = 4
    data_price: int = 0
    data_cost: int = 0
    tip_bps: int = 0
    prices: Mapping[str, Fraction] = field(default_factory=dict)

    def cap(self, token: str) -> int:
        """Return the largest loan of a token, in units."""
        return min(self.caps.get(token, MAX_AMOUNT), MAX_AMOUNT)

    def tip(self, token: str) -> int:
        """Return the builder's share of a profit in a token, in basis points."""
        return self.tip_bps if token == self.native else 0


@dataclass(frozen=True, slots=True)
class Net:
    """What a profit leaves.

    Attributes:
        cost: Wei of native coin for gas and data.
        least: The least profit, in units of the token, that pays them, the tip and the margin.
        worth: Wei of native coin left of the profit after all of them but the margin.
    """

    cost: int
    least: int
    worth: int


def net(policy: Policy, token: str, price: Fraction, profit: int, *, gas: int, size: int) -> Net:
    """Weigh a profit.

    Args:
        policy: What things cost.
        token: The token earned.
        price: Wei of native coin for a unit of it.
        profit: Units of it, the lender's fee paid.
        gas: Units of gas.
        size: Bytes of calldata.
    """
    cost = gas * policy.gas_price + size * policy.data_price + policy.data_cost
    kept = BPS - policy.tip(token)
    wanted = Fraction(cost * (BPS + policy.margin_bps), kept) / price
    least = max(1, -(-wanted.numerator // wanted.denominator))
    return Net(cost, least, int(profit * kept * price) // BPS - cost)


def market_price(token: str, native: str, pools: Iterable[Pool]) -> Fraction | None:
    """Return wei of native coin for a unit of a token: the median over their pools, fees taken off; None without any.

    The median, so that no single pool that somebody has bent decides.
    """
    if token == native:
        return Fraction(1)
    rates = [pool.rate(pool.tokens.index(token), pool.tokens.index(native)) for pool in pools]
    known = [rate for rate in rates if rate > 0]
    return Fraction(median_low(known)) if known else None
