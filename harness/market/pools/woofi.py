"""WooFi: a pool that sells at its own oracle's price, less a spread and a slippage that grows with the amount.

An amount worth `q` of the quote token moves the price by `gamma = coeff * q`; base is bought and sold for
`1 - gamma - spread` of the price, and base for base by way of quote. Source: WOOFi's documentation of its sPMM, and for
the order of the roundings WooPPV2 in the version that caps a swap (0x5520385bFcf07Ec87C4c53A7d8d65595Dff69FA4 and
others) with WooracleV2_2 (woonetwork/WooPoolV2; the Sherlock contest 2024-03-woofi-swap quotes the formulas). No
package carries their code: this is checked against a model only, and against answers that others recorded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isqrt
from typing import ClassVar, NamedTuple

from harness.market import legs
from harness.market.legs import Leg, Venue
from harness.market.pools.checks import pair_problem
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.pool import Product

ONE = 10**18
FEE_UNIT = 10**5
PRICE_UNIT = 10**8
MAX_UINT = (1 << 256) - 1
MAX_FEE_RATE = (1 << 16) - 1
MAX_RATE = (1 << 64) - 1
MAX_PRICE = (1 << 128) - 1
MAX_RESERVE = (1 << 192) - 1
MAX_DECIMALS = 19
MOST_STRETCHES = 64
"""How many stretches of equal rounding `amount_in` looks through; a few suffice but at the peak of a curve."""


class WooAsset(NamedTuple):
    """A token of the pool, with what its oracle says of it.

    Attributes:
        decimals: The token's.
        reserve: Units that the pool accounts for.
        fee_rate: Part of the quote that changes hands, in parts of 100,000. The quote token's own is not used.
        max_gamma: The largest slippage of a swap, 18 decimals.
        max_notional: The largest swap, in units of the quote token.
        cap: The most that the pool may hold.
        price: Units of quote for one of base, 8 decimals; the oracle's own, not Chainlink's in its place.
        spread: 18 decimals.
        coeff: Slippage for a unit of quote, 18 decimals.
        low: The least price that the oracle takes for feasible: within its bound of Chainlink's, and above its range.
        high: The highest such price; below `low` where the oracle is stale or the pool paused.
    """

    decimals: int
    reserve: int
    fee_rate: int = 0
    max_gamma: int = MAX_PRICE
    max_notional: int = MAX_PRICE
    cap: int = MAX_RESERVE
    price: int = 0
    spread: int = 0
    coeff: int = 0
    low: int = 1
    high: int = MAX_PRICE

    @property
    def feasible(self) -> bool:
        """Whether base can be traded at its price."""
        return self.price > 0 and self.low <= self.price <= self.high

    def widths(self) -> bool:
        """Return whether every value fits the chain's word for it."""
        return (
            0 <= self.decimals <= MAX_DECIMALS
            and 0 <= self.reserve <= MAX_RESERVE
            and 0 <= self.cap <= MAX_RESERVE
            and 0 <= self.fee_rate <= MAX_FEE_RATE
            and 0 <= self.spread <= MAX_RATE
            and 0 <= self.coeff <= MAX_RATE
            and all(0 <= value <= MAX_PRICE for value in (self.max_gamma, self.max_notional, self.price))
        )

    def posted(self, price: int, widens: bool) -> "WooAsset":
        """Return the asset with the price that a swap has posted; the spread covers what it moved."""
        price &= MAX_PRICE
        if not widens or price == 0 or self.spread >= ONE:
            return self._replace(price=price)
        rest = ONE * ONE * min(price, self.price) // max(price, self.price) // (ONE - self.spread)
        return self._replace(price=price, spread=max(self.spread, ONE - rest))


class _Ramp(NamedTuple):
    """What a pool pays for `x`: `x * by // over * (whole - gamma) // ONE // unit`, gamma being `x * steep // flat`.

    Attributes:
        by: Numerator of what `x` is worth.
        over: Denominator of it.
        unit: What the worth is in, further than that.
        steep: Numerator of gamma.
        flat: Denominator of gamma.
        whole: One less the spread, 18 decimals.
        most: The largest `x` that no limit forbids.
    """

    by: int
    over: int
    unit: int
    steep: int
    flat: int
    whole: int
    most: int

    def gamma(self, x: int) -> int:
        """Return the slippage of `x`, 18 decimals."""
        return x * self.steep // self.flat

    def paid(self, x: int) -> int | None:
        """Return what is paid for `x`, or None where the pool reverts."""
        if x > self.most:
            return None
        product = x * self.by // self.over * (self.whole - self.gamma(x))
        return product // ONE // self.unit if product <= MAX_UINT else None

    def marginal(self, x: int) -> float:
        """Return what one more unit after `x` brings; 0 where it brings nothing or takes something away."""
        if x >= self.most:
            return 0.0
        return max(0.0, (self.whole - 2 * self.gamma(x)) / ONE * (self.by / (self.over * self.unit)))

    def payers(self, wanted: int, lowest: int = 1) -> Iterator[tuple[int, int]]:
        """Yield first and last of those that pay at least `wanted`, in each stretch of one gamma, from `lowest` on.

        Within a stretch what is paid only grows. It begins where it would without roundings: nothing less pays enough.
        """
        earliest = self._earliest(wanted)
        start = self.most + 1 if earliest is None else max(lowest, earliest)
        for _ in range(MOST_STRETCHES):
            if start > self.most or self.whole <= self.gamma(start):
                return
            end, first = self.end(start), self.least(wanted, start)
            if first <= end:
                yield first, end
            start = first if first > end else end + 1

    def least(self, wanted: int, start: int) -> int:
        """Return the least from `start` on that would pay `wanted` if gamma stayed as it is there, and was not all."""
        worth = -(-wanted * ONE * self.unit // (self.whole - self.gamma(start)))
        return max(start, -(-worth * self.over // self.by))

    def end(self, start: int) -> int:
        """Return the last `x` with the gamma of `start`."""
        return min(self.most, ((self.gamma(start) + 1) * self.flat - 1) // self.steep) if self.steep else self.most

    def _earliest(self, wanted: int) -> int | None:
        """Return an `x` not above the least that pays `wanted`: with gamma less by one, and nothing rounded."""
        square, linear = self.by * self.steep, (self.whole + 1) * self.by * self.flat
        constant = wanted * ONE * self.unit * self.over * self.flat
        if square == 0:
            return max(1, constant // linear)
        inner = linear**2 - 4 * square * constant
        return None if inner < 0 else max(1, (linear - isqrt(inner) - 1) // (2 * square))


@dataclass(frozen=True, slots=True)
class WooFiPool:
    """State of the pool and its oracle at one block.

    Attributes:
        address: Checksummed address of the pool.
        tokens: Checksummed addresses of the tokens, in any order.
        assets: What is known of each, in the same order.
        quote: Index of the quote token.
        widens: Whether the oracle widens the spread by what a swap moves the price, as WooracleV2_2 does.
    """

    VENUE: ClassVar[Venue] = Venue.WOOFI
    GAS: ClassVar[int] = 150_000

    address: str
    tokens: tuple[str, ...]
    assets: tuple[WooAsset, ...]
    quote: int
    widens: bool = True

    def problem(self) -> str | None:
        """Return why the state cannot be traded on, or None."""
        if len(self.assets) != len(self.tokens) or not 0 <= self.quote < len(self.tokens):
            return f"{len(self.tokens)} tokens, {len(self.assets)} assets and the quote token {self.quote} do not agree"
        if not all(asset.widths() for asset in self.assets):
            return "a value does not fit the chain's word for it"
        if not any(asset.feasible for at, asset in enumerate(self.assets) if at != self.quote):
            return "the oracle has no feasible price"
        return pair_problem(self.tokens)

    def amount_out(self, i: int, j: int, amount_in: int) -> int | None:
        """Return the units that the pool pays for `amount_in`, its fee taken off.

        Args:
            i: Index of the token sold to the pool.
            j: Index of the token bought.
            amount_in: Units of the token sold.

        Returns:
            Units of the token bought; None where the pool would revert, as for a price that is not feasible.
        """
        if amount_in <= 0:
            return 0
        amounts = self._amounts(i, j, amount_in)
        return amounts[2] if amounts else None

    def amount_in(self, i: int, j: int, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none.

        The slippage is rounded down, so that the output falters by a few units wherever it takes a step; the least is
        looked for stretch by stretch.
        """
        if amount_out <= 0:
            return 0
        if not self._feasible(i, j):
            return None
        if i == self.quote:
            found = self._least_quote(j, amount_out)
        elif j == self.quote:
            found, _ = next(self._sold(i, j).payers(self._gross(amount_out, self._fee_rate(i, j))), (None, 0))
        else:
            found = self._least_base_for_base(i, j, amount_out)
        paid = None if found is None else self.amount_out(i, j, found)
        return found if paid is not None and paid >= amount_out else None

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:
        """Return what one more unit after `amount_in` brings; 0 where the pool takes no more."""
        amount_in = max(0, amount_in)
        amounts = self._amounts(i, j, amount_in + 1)
        if amounts is None:
            return 0.0
        rate = 1 - self._fee_rate(i, j) / FEE_UNIT
        if i != self.quote:
            rate *= self._sold(i, j).marginal(amount_in)
        if j != self.quote:
            rate *= self._bought(i, j).marginal(amounts[0] - amounts[1])
        return rate

    def product(self, i: int, j: int) -> Product | None:  # noqa: ARG002 - the same for all
        """Return None: the price falls by a share of the amount, not as a product's does."""
        return None

    def after(self, i: int, j: int, amount_in: int) -> "WooFiPool":
        """Return the state that a swap of `amount_in` leaves behind, its prices as they are posted.

        Raises:
            LiquidityExhaustedError: The pool cannot take that much.
        """
        if amount_in <= 0:
            return self
        amounts = self._amounts(i, j, amount_in)
        if amounts is None:
            raise LiquidityExhaustedError(f"the pool {self.address} cannot take {amount_in}; trade less")
        quoted, fee, paid = amounts
        assets = list(self.assets)
        if i != self.quote:
            price = (ONE - self._sold(i, j).gamma(amount_in)) * assets[i].price // ONE
            assets[i] = assets[i].posted(price, self.widens)
        if j != self.quote:
            price = ONE * assets[j].price // (ONE - self._bought(i, j).gamma(quoted - fee))
            assets[j] = assets[j].posted(price, self.widens)
        for at, change in ((i, amount_in), (j, -paid), (self.quote, -fee)):
            assets[at] = assets[at]._replace(reserve=assets[at].reserve + change)
        return replace(self, assets=tuple(assets))

    def leg(self, i: int, j: int) -> Leg:  # noqa: ARG002 - what is sold is what the leg before it pays
        """Return the executor's leg for a swap here."""
        return legs.woofi(self.address, self.tokens[j])

    # What a swap goes through

    def _amounts(self, i: int, j: int, amount_in: int) -> tuple[int, int, int] | None:
        """Return the quote that changes hands, the fee of it, and what is paid; None where the pool reverts."""
        sold, bought, quote = self.assets[i], self.assets[j], self.assets[self.quote]
        if sold.reserve + amount_in > sold.cap or not self._feasible(i, j):
            return None
        quoted = amount_in if i == self.quote else self._sold(i, j).paid(amount_in)
        if quoted is None or quoted * self._fee_rate(i, j) > MAX_UINT:
            return None
        fee = quoted * self._fee_rate(i, j) // FEE_UNIT
        paid = quoted - fee if j == self.quote else self._bought(i, j).paid(quoted - fee)
        spent = fee + (paid or 0) if j == self.quote else fee if i != self.quote else 0
        if paid is None or paid > bought.reserve or spent > quote.reserve:
            return None
        return quoted, fee, paid

    def _feasible(self, i: int, j: int) -> bool:
        """Return whether the oracle has a price for each base token of a swap."""
        return all(self.assets[at].feasible for at in (i, j) if at != self.quote)

    def _fee_rate(self, i: int, j: int) -> int:
        """Return the fee of a swap in parts of 100,000: the higher of the base tokens'."""
        return max(self.assets[at].fee_rate for at in (i, j) if at != self.quote)

    def _spread(self, i: int, j: int) -> int:
        """Return the spread of a swap; two base tokens pay half of the wider one each."""
        spread = max(self.assets[at].spread for at in (i, j) if at != self.quote)
        return spread if self.quote in (i, j) else spread // 2

    def _sold(self, i: int, j: int) -> _Ramp:
        """Return what the base token at `i` brings in quote."""
        base, unit, quote = self.assets[i], 10 ** self.assets[i].decimals, 10 ** self.assets[self.quote].decimals
        by, steep, flat, whole = (
            base.price * quote,
            base.price * base.coeff,
            PRICE_UNIT * unit,
            ONE - self._spread(i, j),
        )
        notional = ((base.max_notional + 1) * flat - 1) // by
        most = min(notional, _most(base.max_gamma, whole, steep, flat), MAX_UINT // by)
        return _Ramp(by, PRICE_UNIT, unit, steep, flat, whole, most)

    def _bought(self, i: int, j: int) -> _Ramp:
        """Return what quote brings in the base token at `j`."""
        base, unit, quote = self.assets[j], 10 ** self.assets[j].decimals, 10 ** self.assets[self.quote].decimals
        by, whole = unit * PRICE_UNIT, ONE - self._spread(i, j)
        # A price that divides by nothing left of one reverts.
        most = min(base.max_notional, _most(min(base.max_gamma, ONE - 1), whole, base.coeff, quote), MAX_UINT // by)
        return _Ramp(by, base.price, quote, base.coeff, quote, whole, most)

    # The least input

    def _least_quote(self, j: int, wanted: int) -> int | None:
        """Return the least quote that brings at least `wanted` of the base token at `j`, its fee included."""
        net, _ = next(self._bought(self.quote, j).payers(wanted), (None, 0))
        return None if net is None else self._gross(net, self._fee_rate(self.quote, j))

    def _least_base_for_base(self, i: int, j: int, wanted: int) -> int | None:
        """Return the least of one base token that brings at least `wanted` of another.

        Within a stretch of the first curve the quote only grows, and is tried wherever the second may pay for it.
        """
        first, second, rate = self._sold(i, j), self._bought(i, j), self._fee_rate(i, j)
        net, _ = next(second.payers(wanted), (None, 0))
        if net is None:
            return None
        for start, last in first.payers(self._gross(net, rate)):
            x = start
            while x <= last:
                quoted = first.paid(x) or 0
                reached = quoted - quoted * rate // FEE_UNIT
                if (second.paid(reached) or 0) >= wanted:
                    return x
                target, _ = next(second.payers(wanted, reached + 1), (None, 0))
                if target is None:
                    break
                x = first.least(self._gross(target, rate), x)
        return None

    @staticmethod
    def _gross(net: int, rate: int) -> int:
        """Return the least quote of which `net` is left when its fee is off."""
        return (net - 1) * FEE_UNIT // (FEE_UNIT - rate) + 1 if net > 0 else 0


def _most(max_gamma: int, whole: int, steep: int, flat: int) -> int:
    """Return the largest amount whose slippage is allowed, leaves something of the price, and fits a word."""
    if whole < 0:
        return -1
    if steep == 0:
        return MAX_UINT
    return min(((min(max_gamma, whole) + 1) * flat - 1) // steep, MAX_UINT // steep)
