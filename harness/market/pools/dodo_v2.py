"""DODO V2: the proactive market maker of DVM, DPP and DSP pools.

Away from its targets a unit of base costs `i * (1 - k + k * (target / reserve)**2)` where base is short, and the same
of quote, turned around, where quote is. Source: DODO's documentation of the PMM, and for the order of the roundings its
DecimalMath, DODOMath and PMMPricing (DODOEX/contractV2) in the versions deployed: DVM 1.0.2, DPP 1.0.0, DSP 1.0.1. No
package carries their code: this is checked against a model only, and against what the protocol's own tests record.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from math import isqrt
from typing import ClassVar, NamedTuple

from harness.market import legs
from harness.market.legs import DodoKind, Leg, Venue
from harness.market.pools.checks import pair_problem
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.pool import Product
from harness.market.pools.search import least

ONE, ONE2 = 10**18, 10**36
MAX_STORED = (1 << 112) - 1
WORD = 256
MOST_FEES = ONE // 2
MOST_SPANS = 4_096
"""How many stretches of equal rounding `amount_in` looks through before it settles for an input that is enough."""


class R(IntEnum):
    """Where a pool's reserves stand."""

    ONE = 0
    """At their targets."""

    ABOVE = 1
    """Short of base, whose price is above the guide price."""

    BELOW = 2
    """Short of quote."""


class _RevertedError(Exception):
    """The pool would revert. Never leaves this file."""


class _Side(NamedTuple):
    """A pool as one direction of trade sees it; amounts in units, `price` and `k` with 18 decimals.

    Attributes:
        short: Whether the pool is short of what is sold to it; the first `back` units bring it to its targets.
        back: Units of what is sold that are missing.
        surplus: Units of what is bought that it holds for them.
        target_in: Target of what is sold.
        reserve_in: Reserve of what is sold.
        target: Target of what is bought.
        reserve: What is bought starts from here: the reserve, or the target once the pool is back at it.
        price: Units bought for a unit sold.
        k: Slope.
    """

    short: bool
    back: int
    surplus: int
    target_in: int
    reserve_in: int
    target: int
    reserve: int
    price: int
    k: int

    def gross(self, paid: int) -> int:
        """Return what `paid` brings before fees."""
        if not self.short:
            return self.drawn(paid)
        if paid > self.back:
            return self.surplus + self.drawn(paid - self.back)
        if paid == self.back:
            return self.surplus
        return min(self.released(paid), self.surplus)

    def released(self, paid: int) -> int:
        """Return what `paid` releases on the way back to the targets: DODOMath's general integral."""
        fair = _word(self.price * paid)
        return fair // ONE if self.k == 0 else _word((ONE - self.k + self.penalty(paid)) * fair) // ONE2

    def penalty(self, paid: int) -> int:
        """Return k * target**2 / (high * low), which shrinks in steps as `paid` grows."""
        if self.target_in == 0 or self.reserve_in == 0:
            raise _RevertedError
        ratio = _word(_word(self.target_in**2) // (self.reserve_in + paid) * ONE) // self.reserve_in
        return _word(self.k * ratio) // ONE

    def drawn(self, paid: int) -> int:
        """Return what `paid` draws from the reserve: DODOMath's quadratic equation for a trade."""
        if self.target == 0:
            raise _RevertedError
        if paid == 0:
            return 0
        fair = _word(self.price * paid)
        if self.k == 0:
            return min(fair // ONE, self.reserve)
        if self.k == ONE:
            share = self._share(paid, fair)
            return _word(self.reserve * share) // _word(share + ONE)
        constant, root = self._constants()
        moved = _word(constant + fair) - _word((ONE - self.k) * self.reserve)
        b = moved // ONE if moved > 0 else -(-moved // ONE)
        root = _sqrt(_word(b * b + root))
        if (
            root == b and moved > 0
        ):  # Later deployments revert; earlier ones pay the whole reserve, which no trade is worth.
            raise _RevertedError
        left = -(-_word((root - b) * ONE) // ((ONE - self.k) * 2))
        return max(0, self.reserve - left)

    def drawn_for(self, wanted: int) -> int | None:
        """Return the least that draws at least `wanted`, 1 or more, or None where nothing does."""
        kept = self.reserve - wanted
        if kept < 0 or self.target == 0:
            return None
        if self.k == 0:
            return -(-wanted * ONE // self.price)
        if self.k == ONE:
            if kept == 0:
                return None
            about = -(-(-(-wanted * ONE // kept) * self.target**2) // (self.price * self.reserve))
        else:
            about = self._quadratic_for(kept)
        about = max(1, about)
        if self.drawn(about) >= wanted and (about == 1 or self.drawn(about - 1) < wanted):
            return about
        return least(lambda paid: self.drawn(paid) >= wanted, about)

    def _quadratic_for(self, kept: int) -> int:
        """Return the least that leaves at most `kept`: root - b <= most, solved for b."""
        most = kept * (ONE - self.k) * 2 // ONE
        constant, root = self._constants()
        b = (root - (most + 1) ** 2) // (2 * (most + 1)) + 1
        moved = b * ONE if b > 0 else (b - 1) * ONE + 1
        return -(-(moved + (ONE - self.k) * self.reserve - constant) // self.price)

    def _constants(self) -> tuple[int, int]:
        """Return k * target**2 / reserve with 18 decimals, and 4 * k * (1 - k) * target**2."""
        if self.reserve == 0:
            raise _RevertedError
        constant = _word(_word(self.k * self.target) // self.reserve * self.target)
        squared = _word(_word(self.k * self.target) // ONE * self.target)
        return constant, _word((ONE - self.k) * 4 * squared) // ONE

    def _share(self, paid: int, fair: int) -> int:
        """Return paid * price * reserve / target**2; divided first where the chain's words are too short."""
        if fair * self.reserve >> WORD == 0:
            return fair * self.reserve // _word(self.target**2)
        return _word(_word(paid * self.reserve) // self.target * self.price) // self.target


@dataclass(frozen=True, slots=True)
class DodoV2Pool:
    """State of a pool at one block; rates have 18 decimals.

    Attributes:
        address: Checksummed address of the pool.
        tokens: Checksummed addresses of base and quote.
        kind: Which of the three it is; a DVM has no targets of its own and is always short of base.
        reserves: Units of base and quote that the pool accounts for.
        targets: Units of base and quote that it would rest at, as stored; zeros for a DVM.
        r: Where the reserves stand to the targets.
        i: Guide price: units of quote for a unit of base.
        k: Slope, from 0, a fixed price, to 1, a constant product.
        lp_fee: What stays in the pool of an output.
        mt_fee: What the maintainer takes of an output, as its fee model has it for the trader.
    """

    VENUE: ClassVar[Venue] = Venue.DODO_V2
    GAS: ClassVar[int] = 105_000

    address: str
    tokens: tuple[str, str]
    kind: DodoKind
    reserves: tuple[int, int]
    targets: tuple[int, int]
    r: R
    i: int
    k: int
    lp_fee: int
    mt_fee: int

    def problem(self) -> str | None:
        """Return why the state cannot be traded on, or None."""
        if not all(0 <= amount <= MAX_STORED for amount in (*self.reserves, *self.targets)):
            return f"reserves {self.reserves} or targets {self.targets} are not within 0 and 2**112 - 1"
        if not any(self.reserves):
            return "both reserves are zero"
        if not 0 < self.i <= ONE2 or not 0 <= self.k <= ONE:
            return f"a guide price of {self.i} or a slope of {self.k} is out of range"
        if min(self.lp_fee, self.mt_fee) < 0 or self.lp_fee + self.mt_fee > MOST_FEES:
            return f"fees of {self.lp_fee} and {self.mt_fee} take more than half of the output"
        return self._standing_problem() or pair_problem(self.tokens)

    def _standing_problem(self) -> str | None:
        """Return what is wrong between reserves and targets, or None."""
        if self.kind is DodoKind.DVM and (self.r is not R.ABOVE or any(self.targets)):
            return "a DVM is always short of base and has no targets"
        if self.r is R.ABOVE and self.reserves[1] < self.targets[1]:
            return "the pool is short of quote, though it says of base"
        if self.r is R.BELOW and self.reserves[0] < self.targets[0]:
            return "the pool is short of base, though it says of quote"
        return None

    def amount_out(self, i: int, j: int, amount_in: int) -> int | None:
        """Return the units that the pool pays for `amount_in`, its fees taken off.

        Args:
            i: Index of the token sold to the pool.
            j: Index of the token bought.
            amount_in: Units of the token sold.

        Returns:
            Units of the token bought; None where the pool would revert.
        """
        if amount_in <= 0:
            return 0
        try:
            due, mt_fee, _ = self._sold(i, amount_in)
        except _RevertedError:
            return None
        return due if due + mt_fee <= self.reserves[j] else None

    def amount_in(self, i: int, j: int, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none.

        On the way back to the targets the roundings make the output falter by a few units, so that the least is looked
        for stretch by stretch. A pool so far out of balance that this takes thousands gets an input that is enough.
        """
        if amount_out <= 0:
            return 0
        try:
            found = self._least(self._side(i), amount_out)
        except _RevertedError:
            return None
        if found is None:
            return None
        paid = self.amount_out(i, j, found)
        return found if paid is not None and paid >= amount_out else None

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:
        """Return what one more unit after `amount_in` brings; 0 where the pool takes no more."""
        amount_in = max(0, amount_in)
        if self.amount_out(i, j, amount_in + 1) is None:
            return 0.0
        try:
            side = self._side(i)
            kept = 1 - (self.lp_fee + self.mt_fee) / ONE
            if side.short and amount_in < side.back:
                stretch = side.target_in / (side.reserve_in + amount_in)
                return side.price / ONE * kept * (1 - side.k / ONE + side.k / ONE * stretch**2)
            left = side.reserve - side.drawn(amount_in - side.back)
        except _RevertedError:
            return 0.0
        if left <= 0:
            return 0.0
        return side.price / ONE * kept / (1 - side.k / ONE + side.k / ONE * (side.target / left) ** 2)

    def missing(self, i: int) -> int:
        """Return how much of the token at `i` the pool is short of, by its targets as a sale reckons with them."""
        try:
            return self._side(i).back
        except _RevertedError:
            return 0

    def product(self, i: int, j: int) -> Product | None:  # noqa: ARG002 - the same for both
        """Return None: the curve bends differently on either side of the targets."""
        return None

    def after(self, i: int, j: int, amount_in: int) -> "DodoV2Pool":
        """Return the state that a swap of `amount_in` leaves behind.

        Raises:
            LiquidityExhaustedError: The pool cannot take that much.
        """
        if amount_in <= 0:
            return self
        if self.amount_out(i, j, amount_in) is None:
            raise LiquidityExhaustedError(f"the pool {self.address} cannot take {amount_in}; trade less")
        due, mt_fee, r = self._sold(i, amount_in)
        reserves, targets = list(self.reserves), list(self.targets)
        reserves[i] += amount_in
        reserves[j] -= due + mt_fee
        if r is not self.r:
            targets[i] = self._adjusted()[i]
        return replace(self, reserves=(reserves[0], reserves[1]), targets=(targets[0], targets[1]), r=r)

    def leg(self, i: int, j: int) -> Leg:
        """Return the executor's leg for a swap here."""
        return legs.dodo_v2(self.address, self.tokens[j], i == 0, self.kind)

    # What a sale reckons with

    def _side(self, i: int) -> _Side:
        """Return the pool as a sale of the token at `i` sees it."""
        targets, j = self._adjusted(), 1 - i
        price = self.i if i == 0 else ONE2 // self.i
        short = self.r is (R.ABOVE if i == 0 else R.BELOW)
        if not short:
            reserve = targets[j] if self.r is R.ONE else self.reserves[j]
            return _Side(False, 0, 0, targets[i], self.reserves[i], targets[j], reserve, price, self.k)
        back, surplus = targets[i] - self.reserves[i], self.reserves[j] - targets[j]
        return _Side(True, back, surplus, targets[i], self.reserves[i], targets[j], targets[j], price, self.k)

    def _adjusted(self) -> tuple[int, int]:
        """Return the targets that a sale reckons with: that of what is short follows the reserves."""
        (base, quote), (base_target, quote_target) = self.reserves, self.targets
        if self.r is R.ABOVE:
            base_target = _target(base, quote - quote_target, ONE2 // self.i, self.k)
        if self.r is R.BELOW:
            quote_target = _target(quote, base - base_target, self.i, self.k)
        return base_target, quote_target

    def _sold(self, i: int, amount_in: int) -> tuple[int, int, R]:
        """Return what is due for `amount_in`, the maintainer's part, and where that leaves the reserves."""
        if self.reserves[i] + amount_in > MAX_STORED:
            raise _RevertedError
        side = self._side(i)
        r = self._r_after(i, amount_in, side)
        if r is not self.r and side.target_in > MAX_STORED:
            raise _RevertedError
        return (*self._fees(side.gross(amount_in)), r)

    def _r_after(self, i: int, amount_in: int, side: _Side) -> R:
        """Return where a sale leaves the reserves; a DVM does not keep it."""
        if self.kind is DodoKind.DVM:
            return self.r
        beyond = R.BELOW if i == 0 else R.ABOVE
        if not side.short or amount_in > side.back:
            return beyond
        return R.ONE if amount_in == side.back else self.r

    def _fees(self, paid: int) -> tuple[int, int]:
        """Return what is due of an output, and the maintainer's part."""
        mt_fee = _word(paid * self.mt_fee) // ONE
        return paid - _word(paid * self.lp_fee) // ONE - mt_fee, mt_fee

    def _due(self, paid: int) -> int:
        return self._fees(paid)[0]

    # The least input

    def _least(self, side: _Side, wanted: int) -> int | None:
        """Return the least input for which `wanted` is due, or None. Two fees rounded apart make what is due falter."""
        lowest = max(1, (wanted - 2) * ONE // (ONE - self.lp_fee - self.mt_fee))
        while self._due(lowest) < wanted:
            lowest += 1
        if side.short:
            found = self._least_back(side, lowest, wanted)
            if found is not None:
                return found
        paid = lowest - side.surplus
        while True:
            beyond = side.drawn_for(paid) if paid > 0 else 1
            if beyond is None or beyond > MAX_STORED:
                return None
            gross = side.surplus + side.drawn(beyond)
            if self._due(gross) >= wanted:
                return side.back + beyond
            paid = gross + 1 - side.surplus

    def _least_back(self, side: _Side, lowest: int, wanted: int) -> int | None:
        """Return the least input up to `side.back` for which `wanted` is due, or None."""
        if side.back == 0 or side.surplus < lowest:
            return None
        for first, last, factor in _spans(side, lowest):
            found = self._least_of_span(side, (first, last, factor), lowest, wanted)
            if found is not None:
                return found
        return side.back if self._due(side.surplus) >= wanted else None

    def _least_of_span(self, side: _Side, span: tuple[int, int, int], lowest: int, wanted: int) -> int | None:
        """Return the least input of a stretch in which `factor * paid` is released, or None."""
        first, last, factor = span
        gross = lowest
        while True:
            paid = max(first, -(-gross * ONE2 // factor))
            if paid > last:
                return None
            released = factor * paid // ONE2
            if self._due(min(released, side.surplus)) >= wanted:
                return paid
            if released >= side.surplus:
                return None
            gross = released + 1


def _spans(side: _Side, gross: int) -> Iterator[tuple[int, int, int]]:
    """Yield first and last input of each stretch with one and the same penalty, and what a unit releases in it (1e36).

    They begin where the penalty without roundings would release `gross`, which is never above what is needed.
    """
    at = max(1, _released_for(side, gross))
    for _ in range(MOST_SPANS):
        if at >= side.back:
            return
        penalty = 0 if side.k == 0 else side.penalty(at)
        last = side.back - 1
        if penalty:
            ratio = -(-(-(-penalty * ONE // side.k) * side.reserve_in) // ONE)
            last = min(last, side.target_in**2 // ratio - side.reserve_in)
        factor = side.price * (ONE - side.k + penalty)
        if factor:
            yield at, last, factor
        at = last + 1
    enough = least(lambda paid: paid >= side.back or side.released(paid) >= gross, at)
    if enough < side.back:
        yield enough, enough, side.price * (ONE - side.k + side.penalty(enough))


def _released_for(side: _Side, gross: int) -> int:
    """Return an input that is not above the least that releases `gross`: the integral without roundings, solved."""
    wanted, a, low = gross * ONE2 // side.price, ONE - side.k, side.reserve_in
    if low == 0:
        raise _RevertedError
    square, linear = a * low, a * low**2 + side.k * side.target_in**2 - wanted * low
    if square == 0:
        return wanted * low**2 // linear if linear > 0 else side.back
    return (isqrt(linear**2 + 4 * square * wanted * low**2) - linear) // (2 * square)


def _target(reserve: int, surplus: int, price: int, k: int) -> int:
    """Return the target of a reserve for which `surplus` of the other side was paid: DODOMath's equation for it."""
    if reserve == 0:
        return 0
    if k == 0:
        return _word(reserve + _word(price * surplus) // ONE)
    steep = _word(4 * k * price)
    part = steep * surplus // reserve if steep * surplus >> WORD == 0 else _word(steep // reserve * surplus)
    root = _sqrt(_word(part + ONE2))
    return _word(reserve * (_word((root - ONE) * ONE) // (k * 2) + ONE)) // ONE


def _sqrt(value: int) -> int:
    """Return the square root rounded down, as the protocol's SafeMath finds it: it takes that of 2 to be 2."""
    return 2 if value == 2 else isqrt(value)  # noqa: PLR2004


def _word(value: int) -> int:
    """Return a value that fits a word of the chain."""
    if value >> WORD:
        raise _RevertedError
    return value
