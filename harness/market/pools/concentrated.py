"""Liquidity in ranges of ticks, the fee taken from the input: the arithmetic of Uniswap V3, its forks and V4.

The swap walks as the pool's own code does: from one initialised tick to the next, stopping at each end of a 256-tick
word of its bitmap on the way, because every stop rounds. Families differ in the fee of a direction, in where a swap
stops and in how wide an amount can be. Source: the whitepaper's section 6.2 and the protocol's documented SwapMath.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import accumulate, chain, pairwise
from math import sqrt
from typing import ClassVar, NamedTuple, Self

from harness.market.pools.checks import pair_problem
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.pool import Product
from harness.market.pools.search import least
from harness.market.pools.tick_math import (
    MAX_SQRT_PRICE,
    MAX_TICK,
    MIN_SQRT_PRICE,
    MIN_TICK,
    Q96,
    amount0_between,
    amount1_between,
    price_after_input,
    price_after_output,
    sqrt_price_at,
    tick_at,
)

PIPS = 1_000_000
WORD = 256
MAX_LIQUIDITY = (1 << 128) - 1
MAX_TICK_SPACING = 32_767
MAX_INT = (1 << 255) - 1


@dataclass(frozen=True, slots=True)
class Swapped:
    """What a swap took and paid, and where it ended.

    Attributes:
        amount_in: Units taken, the fee among them.
        amount_out: Units paid.
        sqrt_price_x96: Square-root price left behind, Q96.
        tick: Tick left behind.
        liquidity: Liquidity in range left behind.
    """

    amount_in: int
    amount_out: int
    sqrt_price_x96: int
    tick: int
    liquidity: int


@dataclass(frozen=True, slots=True)
class ConcentratedPool:
    """State of a pool at one block; each family adds what it is called by.

    Attributes:
        address: Checksummed address of the pool.
        tokens: Checksummed addresses of token0 and token1.
        fee: Fee in pips (millionths) of the input.
        tick_spacing: Distance of the ticks that can be initialised.
        sqrt_price_x96: Square root of the price token1 / token0, Q96.
        tick: Tick of that price, as the pool stores it.
        liquidity: Liquidity in range.
        ticks: The initialised ticks, ascending.
        liquidity_net: For each of them, what crossing it upwards adds to the liquidity in range.
        lowest: Ticks below this one are not known, and no swap is computed past it.
        highest: Ticks above this one are not known, and no swap is computed past it.
        MAX_AMOUNT: The most of either token that a swap can move in the chain's words.
        STOPS_AT_WORDS: Whether a swap stops at the ends of words of the bitmap too.
    """

    MAX_AMOUNT: ClassVar[int] = MAX_INT
    STOPS_AT_WORDS: ClassVar[bool] = True

    address: str
    tokens: tuple[str, str]
    fee: int
    tick_spacing: int
    sqrt_price_x96: int
    tick: int
    liquidity: int
    ticks: tuple[int, ...]
    liquidity_net: tuple[int, ...]
    lowest: int = MIN_TICK
    highest: int = MAX_TICK

    def problem(self) -> str | None:
        """Return why the state cannot be traded on, or None."""
        if not MIN_SQRT_PRICE <= self.sqrt_price_x96 < MAX_SQRT_PRICE:
            return f"the square-root price {self.sqrt_price_x96} lies beyond the protocol's ends"
        for fee in (self.fee_of(zero_for_one=True), self.fee_of(zero_for_one=False)):
            if not 0 <= fee < PIPS:
                return f"a fee of {fee} millionths takes all of the input"
        if not 0 <= self.liquidity <= MAX_LIQUIDITY:
            return f"liquidity {self.liquidity} is not within 0 and 2**128 - 1"
        return self._tick_problem() or pair_problem(self.tokens)

    def fee_of(self, zero_for_one: bool) -> int:  # noqa: ARG002 - one fee both ways, unless a family has two
        """Return the fee of a direction in pips of the input."""
        return self.fee

    def _tick_problem(self) -> str | None:
        if not 0 < self.tick_spacing <= MAX_TICK_SPACING:
            return f"a tick spacing of {self.tick_spacing} is not within 1 and {MAX_TICK_SPACING}"
        if not self._tick_fits():
            return f"tick {self.tick} is not that of the price"
        if len(self.ticks) != len(self.liquidity_net):
            return f"{len(self.ticks)} ticks have {len(self.liquidity_net)} changes of liquidity"
        if any(low >= high for low, high in pairwise(self.ticks)):
            return "the ticks are not in ascending order, each once"
        if any(tick % self.tick_spacing or not MIN_TICK <= tick <= MAX_TICK for tick in self.ticks):
            return f"a tick is no multiple of {self.tick_spacing}, or beyond the protocol's ends"
        return self._liquidity_problem()

    def _tick_fits(self) -> bool:
        """Tell whether the tick is the price's, or the one below, where a swap downwards has ended on a tick itself."""
        known = tick_at(self.sqrt_price_x96)
        below = sqrt_price_at(known) == self.sqrt_price_x96 and known > MIN_TICK
        return self.tick == known or (below and self.tick == known - 1)

    def _liquidity_problem(self) -> str | None:
        """Walk the known ticks from the price both ways: the liquidity never falls below nothing."""
        here = bisect_right(self.ticks, self.tick)
        above = accumulate(self.liquidity_net[here:], initial=self.liquidity)
        below = accumulate((-net for net in reversed(self.liquidity_net[:here])), initial=self.liquidity)
        whole = all(0 <= liquidity <= MAX_LIQUIDITY for liquidity in chain(above, below))
        return None if whole else "crossing the known ticks leaves less liquidity than nothing"

    def amount_out(self, i: int, j: int, amount_in: int) -> int | None:  # noqa: ARG002 - the other one
        """Return the units that the pool pays for `amount_in`.

        Args:
            i: Index of the token sold to the pool.
            j: Index of the token bought.
            amount_in: Units of the token sold.

        Returns:
            Units of the token bought; None where the known liquidity cannot take the whole amount.
        """
        if amount_in <= 0:
            return 0
        walked = self._walk(i == 0, amount_in, _step_in)
        return walked.paid if walked is not None and walked.taken == amount_in else None

    def amount_in(self, i: int, j: int, amount_out: int) -> int | None:  # noqa: ARG002 - the other one
        """Return the least input for which at least `amount_out` is paid, or None where there is none.

        A swap for an exact output rounds against the trader at every stop, so that its input can be more than the
        least. All of its spans but the last are crossed whole by any input that is enough; in the last the least is
        searched for from where it ended.
        """
        if amount_out <= 0:
            return 0
        last: list[tuple[_Span, int]] = []

        def step(span: _Span, left: int) -> _Stepped:
            last[:] = [(span, left)]
            return _step_out(span, left)

        walked = self._walk(i == 0, amount_out, step)
        if walked is None or walked.paid < amount_out:
            return None
        span, left = last[0]
        taken = _step_out(span, left).taken
        inside = least(lambda amount: _step_in(span, amount).paid >= left, taken)
        paid = walked.paid - left + _step_in(span, inside).paid
        return walked.taken - taken + inside if paid <= self.MAX_AMOUNT else None

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:  # noqa: ARG002 - the other one
        """Return the price reached after `amount_in`, less the fee; 0 where the known liquidity takes no more."""
        price = self.sqrt_price_x96
        if amount_in > 0:
            walked = self._walk(i == 0, amount_in, _step_in)
            if walked is None or walked.taken != amount_in:
                return 0.0
            price = walked.price
        ratio = (price / Q96) ** 2
        return (ratio if i == 0 else 1 / ratio) * (PIPS - self.fee_of(i == 0)) / PIPS

    def takes(self, i: int, j: int, rate: float) -> int:
        """Return about what the pool takes before one more unit brings less than `rate`; 0 where too little is known.

        A pool takes, fee and all, what moves its price to the one at which the rate, the fee taken off, is reached.
        """
        kept = 1 - self.fee_of(i == 0) / PIPS
        goal = int(Q96 * sqrt(rate / kept if i == 0 else kept / rate))
        walked = self._walk(i == 0, 1, _step_to(goal)) if rate < self.rate(i, j) else None
        return walked.taken if walked is not None else 0

    def product(self, i: int, j: int) -> Product | None:  # noqa: ARG002 - it is one within a range alone
        """Return None."""
        return None

    def after(self, i: int, j: int, amount_in: int) -> Self:  # noqa: ARG002 - the other one
        """Return the state that a swap of `amount_in` leaves behind.

        Raises:
            LiquidityExhaustedError: The pool cannot take that much, or too little is known of it.
        """
        if amount_in <= 0:
            return self
        swapped = self.swap(i == 0, amount_in)
        if swapped is None or swapped.amount_in < amount_in:
            raise LiquidityExhaustedError(
                f"the pool {self.address} cannot take {amount_in}; trade less or read more ticks"
            )
        return self.moved(swapped)

    def moved(self, swapped: Swapped) -> Self:
        """Return this state where `swapped` ended."""
        return replace(self, sqrt_price_x96=swapped.sqrt_price_x96, tick=swapped.tick, liquidity=swapped.liquidity)

    def swap(self, zero_for_one: bool, amount_in: int) -> Swapped | None:
        """Sell `amount_in`, or as much of it as the pool can take before its price limit.

        Returns:
            What happened, or None where the swap would pass the ticks that are known, or the chain refuses it: at the
            end of all prices, or for an amount too wide for its words.
        """
        return _ended(self._walk(zero_for_one, amount_in, _step_in))

    def swap_for(self, zero_for_one: bool, amount_out: int) -> Swapped | None:
        """Buy `amount_out` exactly, or as much of it as the pool has; None as with `swap`."""
        return _ended(self._walk(zero_for_one, amount_out, _step_out))

    def _walk(self, zero_for_one: bool, wanted: int, step: "Callable[[_Span, int], _Stepped]") -> "_Walked | None":
        price, tick, liquidity, fee = self.sqrt_price_x96, self.tick, self.liquidity, self.fee_of(zero_for_one)
        limit = MIN_SQRT_PRICE + 1 if zero_for_one else MAX_SQRT_PRICE - 1
        if wanted > MAX_INT or (price <= limit if zero_for_one else price >= limit):
            return None
        taken = paid = 0
        moved = False
        while wanted and price != limit:
            following = self._next_stop if liquidity and self.STOPS_AT_WORDS else self._next_initialised
            stop, initialised = following(tick, zero_for_one)
            if not self.lowest <= stop <= self.highest:
                return None
            end = sqrt_price_at(stop)
            target = max(end, limit) if zero_for_one else min(end, limit)
            start = price
            price, wanted, amount_in, amount_out = step(_Span(price, target, liquidity, fee, zero_for_one), wanted)
            taken, paid = taken + amount_in, paid + amount_out
            if price != end:
                moved = price != start
                break
            liquidity += self._crossed(stop, zero_for_one) if initialised else 0
            tick = stop - 1 if zero_for_one else stop
        fits = taken <= self.MAX_AMOUNT and paid <= self.MAX_AMOUNT
        return _Walked(taken, paid, price, None if moved else tick, liquidity) if fits else None

    def _next_stop(self, tick: int, zero_for_one: bool) -> tuple[int, bool]:
        """Return the next tick at which the pool's own code stops, and whether it is initialised."""
        slot = tick // self.tick_spacing
        if zero_for_one:
            edge = slot // WORD * WORD * self.tick_spacing
            at = bisect_right(self.ticks, tick) - 1
            found = at >= 0 and self.ticks[at] >= edge
        else:
            edge = ((slot + 1) // WORD * WORD + WORD - 1) * self.tick_spacing
            at = bisect_right(self.ticks, tick)
            found = at < len(self.ticks) and self.ticks[at] <= edge
        if found:
            return self.ticks[at], True
        return max(MIN_TICK, min(MAX_TICK, edge)), False

    def _next_initialised(self, tick: int, zero_for_one: bool) -> tuple[int, bool]:
        """Return the next initialised tick, or the end of all prices: without liquidity stops between round nothing."""
        above = bisect_right(self.ticks, tick)
        if zero_for_one:
            return (self.ticks[above - 1], True) if above > 0 else (MIN_TICK, False)
        return (self.ticks[above], True) if above < len(self.ticks) else (MAX_TICK, False)

    def _crossed(self, tick: int, zero_for_one: bool) -> int:
        """Return the change of the liquidity in range on crossing an initialised tick."""
        net = self.liquidity_net[bisect_left(self.ticks, tick)]
        return -net if zero_for_one else net


class _Walked(NamedTuple):
    """What was taken and paid, and where it ended; no tick where the price lies within a span and is yet to tell."""

    taken: int
    paid: int
    price: int
    tick: int | None
    liquidity: int


def _ended(walked: _Walked | None) -> Swapped | None:
    if walked is None:
        return None
    taken, paid, price, tick, liquidity = walked
    return Swapped(taken, paid, price, tick_at(price) if tick is None else tick, liquidity)


class _Span(NamedTuple):
    """One stretch of constant liquidity, from `price` towards `target`."""

    price: int
    target: int
    liquidity: int
    fee: int
    zero_for_one: bool

    def taken(self, moved: int) -> int:
        """Return the input, without the fee, that moves the price to `moved`; rounded up."""
        if self.zero_for_one:
            return amount0_between(moved, self.price, self.liquidity, round_up=True)
        return amount1_between(self.price, moved, self.liquidity, round_up=True)

    def paid(self, moved: int) -> int:
        """Return the output that moving the price to `moved` frees; rounded down."""
        if self.zero_for_one:
            return amount1_between(moved, self.price, self.liquidity, round_up=False)
        return amount0_between(self.price, moved, self.liquidity, round_up=False)

    def with_fee(self, net: int) -> int:
        """Return `net` and the fee on top of it; rounded up."""
        return net - (-net * self.fee // (PIPS - self.fee))


class _Stepped(NamedTuple):
    """The price reached, what is left to do, what was taken and what was paid."""

    price: int
    left: int
    taken: int
    paid: int


def _step_in(span: _Span, left: int) -> _Stepped:
    """Sell up to `left` within one span."""
    net = left * (PIPS - span.fee) // PIPS
    to_target = span.taken(span.target)
    if net >= to_target:
        moved, taken = span.target, span.with_fee(to_target)
    else:
        moved, taken = price_after_input(span.price, span.liquidity, net, span.zero_for_one), left
    return _Stepped(moved, left - taken, taken, span.paid(moved))


def _step_to(goal: int) -> Callable[[_Span, int], _Stepped]:
    """Return a step that ends at a price, whatever it takes."""

    def step(span: _Span, left: int) -> _Stepped:
        moved = max(span.target, goal) if span.zero_for_one else min(span.target, goal)
        return _Stepped(moved, 0 if moved == goal else left, span.with_fee(span.taken(moved)), span.paid(moved))

    return step


def _step_out(span: _Span, left: int) -> _Stepped:
    """Buy up to `left` within one span; to its end where the chain's words would be too short to tell."""
    moved = span.target
    if left < span.paid(span.target):
        moved = price_after_output(span.price, span.liquidity, left, span.zero_for_one) or moved
    paid = min(left, span.paid(moved))
    return _Stepped(moved, left - paid, span.with_fee(span.taken(moved)), paid)
