"""How much to trade along a cycle: the integer amount of most profit.

Profit along a cycle of concave pools is concave in real numbers, and a sawtooth in integers, because every pool rounds
in units of its tokens. So the real optimum is found first, by what one more unit would bring and never by comparing
profits, which the teeth would mislead: in closed form over constant products, by a search along lines otherwise. From
there the amounts of each token in turn, the coarsest as well as the finest, are varied around the optimum; the least
input for such an amount is found backwards, and the outcome forwards.
"""

from dataclasses import dataclass
from functools import cache
from itertools import count
from math import inf, isfinite, isqrt, sqrt

from harness.market.board import plain, size_plain
from harness.market.cycles import Path
from harness.market.legs import BPS

RADIUS = 8
DOUBLINGS = 8
COARSE, FINER = 8, 8
"""From which share of an amount on, as a power of two, steps are tried, and how many times finer the next are."""

NEAR = 8
"""Where amounts are only ranked, the search ends as soon as it is as near as this share, as a power of two."""

STRAIGHT = 3
"""Every so many steps the search halves what is left, instead of going along a line."""

ROUNDS = 100
"""How often the search may move to a better neighbour; it takes a few, and must end on any pool whatever."""

MAX_AMOUNT = (1 << 112) - 1


@dataclass(frozen=True, slots=True)
class Sizing:
    """An amount and what comes of it.

    Attributes:
        profit: Units of the first token gained, the loan's fee paid.
        amounts: What enters the first pool, and what leaves each pool, in units of their tokens.
    """

    profit: int
    amounts: tuple[int, ...]

    @property
    def amount_in(self) -> int:
        """Units of the first token to borrow."""
        return self.amounts[0]


def loan_fee(amount: int, fee_bps: int) -> int:
    """Return a lender's fee on `amount`, rounded half up as Aave V3 rounds it."""
    return (amount * fee_bps + BPS // 2) // BPS


def forward(path: Path, amount_in: int) -> tuple[int, ...] | None:
    """Return `amount_in` and what leaves each pool, or None where a pool cannot take what it is given."""
    amounts = [amount_in]
    for hop in path:
        out = hop.amount_out(amounts[-1])
        if out is None:
            return None
        amounts.append(out)
    return tuple(amounts)


def backward(path: Path, amount_out: int) -> int | None:
    """Return the least input of the first pool for which the last pays at least `amount_out`, or None."""
    amount = amount_out
    for hop in reversed(path):
        least = hop.amount_in(amount)
        if least is None:
            return None
        amount = least
    return amount


def size(path: Path, fee_bps: int = 0, cap: int = MAX_AMOUNT, radius: int = RADIUS) -> Sizing | None:
    """Return the most profitable integer amount for `path`.

    No input, and no amount of a token in between, within `radius` of the answer's is better. Where every pool is so
    small that the roundings of all of them outweigh its curve over more than `radius` units, the answer can miss the
    optimum by less than those few units.

    Args:
        path: A cycle, bound to states.
        fee_bps: The lender's fee in basis points of the loan.
        cap: The largest input, in units of the first token.
        radius: How many units around each amount are tried; with 0 the answer is only near the best, to rank by.

    Returns:
        None where no amount up to `cap` pays.
    """
    if not pays_at_all(path, fee_bps):
        return None
    if plain(path):
        amount_in, profit = size_plain(path, fee_bps, min(cap, MAX_AMOUNT))
        return _outcome(path, amount_in, fee_bps) if profit else None
    start = _closed_form(path, fee_bps)
    if start is None:
        start = _last_paying(path, fee_bps, cap, nearly=not radius)
    best = _outcome(path, max(1, min(start, cap)), fee_bps)
    if radius and best is not None:
        settled = _settled(path, best, fee_bps, cap, radius)
        climbed = _climbed(path, settled, fee_bps, cap)
        best = settled if climbed is settled else _settled(path, climbed, fee_bps, cap, radius)
    return best if best is not None and best.profit > 0 else None


def _settled(path: Path, best: Sizing, fee_bps: int, cap: int, radius: int) -> Sizing:
    """Move on to the best neighbour as long as one is better."""
    tried = set[int]()
    for _ in range(ROUNDS):
        improved = _improved(path, best, fee_bps, cap, radius, tried)
        if improved is best:
            break
        best = improved
    return best


def pays_at_all(path: Path, fee_bps: int = 0) -> bool:
    """Tell whether the first, infinitely small unit brings back more than itself and the loan's fee."""
    return _rate(path, 0) * BPS > BPS + fee_bps


def _closed_form(path: Path, fee_bps: int) -> int | None:
    """Return the real optimum, rounded down, where every pool is a constant product; else None.

    With out(x) = K * x / (M + N * x) composed over the pools, the last unit that pays is where K * M / (M + N * x)**2
    equals one plus the loan's fee.
    """
    k = m = 1
    n = 0
    for hop in path:
        product = hop.pool.product(hop.i, hop.j)
        if product is None:
            return None
        reserve_in, reserve_out, kept, of = product
        k, m, n = kept * reserve_out * k, reserve_in * of * m, reserve_in * of * n + kept * k
    return (isqrt(k * m * BPS // (BPS + fee_bps)) - m) // n


def _last_paying(path: Path, fee_bps: int, cap: int, nearly: bool) -> int:
    """Return the last amount up to `cap` after which one more unit still pays, by the marginal rate.

    The strain is a straight line or nearly one, so the search goes where the line between its ends is one (regula
    falsi), and a little beyond, to close in from both sides; in every third step it halves what is left, lest the bend
    of a curve keep it for long. `nearly` stops where what is left to gain is far less than what gas costs.
    """
    low, high, below, above = 0, cap, _strain(path, 0, fee_bps), _strain(path, cap, fee_bps)
    if above < 1:
        return cap
    for step in count(1):
        if high - low <= (max(1, low >> NEAR) if nearly else 1):
            break
        if step % STRAIGHT and isfinite(above):
            middle = _beyond(low, high, (1 - below) / (above - below))
        else:
            middle = _halfway(low, high)
        found = _strain(path, middle, fee_bps)
        if found < 1:
            low, below = middle, found
        else:
            high, above = middle, found
    return low


def _beyond(low: int, high: int, share: float) -> int:
    """Return an amount at a share of the way, or a little further from the nearer end; neither end itself."""
    aim = low + int((high - low) * share)
    further = max(1, min(aim, high - low) >> NEAR + 2)
    return min(max(aim + (further if share < 1 / 2 else -further), low + 1), high - 1)


def _halfway(low: int, high: int) -> int:
    """Return an amount in the middle, by its length in bits where they are far apart."""
    bits = low.bit_length() + high.bit_length()
    return 1 << bits // 2 if high.bit_length() > low.bit_length() + 2 else (low + high) // 2


def _strain(path: Path, amount: int, fee_bps: int) -> float:
    """Return how much more the loan costs than one more unit after `amount` brings, as a root; below one it pays.

    Over constant products it is a straight line.
    """
    rate = _rate(path, amount)
    return sqrt((BPS + fee_bps) / BPS / rate) if rate > 0 else inf


def _rate(path: Path, amount: int) -> float:
    """Return what one more unit after `amount` brings; 0 where a pool takes no more."""
    rate = 1.0
    for hop in path[:-1]:
        rate *= hop.rate(amount)
        out = hop.amount_out(amount)
        if out is None:
            return 0.0
        amount = out
    return rate * path[-1].rate(amount)


def _outcome(path: Path, amount_in: int, fee_bps: int) -> Sizing | None:
    amounts = forward(path, amount_in)
    if amounts is None:
        return None
    return Sizing(amounts[-1] - amount_in - loan_fee(amount_in, fee_bps), amounts)


def _climbed(path: Path, best: Sizing, fee_bps: int, cap: int) -> Sizing:
    """Return what is best on the way up from there in steps ever finer.

    Where a family knows its marginal rate only nearly, the search by rates ends beside the optimum.
    """
    step = best.amount_in >> COARSE
    while step > RADIUS:
        beside = (best.amount_in + step, best.amount_in - step)
        tried = [_outcome(path, amount, fee_bps) for amount in beside if 0 < amount <= cap]
        better = max((one for one in tried if one is not None), key=lambda one: one.profit, default=best)
        if better.profit > best.profit:
            best = better
        else:
            step //= FINER
    return best


@cache
def _offsets(radius: int) -> tuple[int, ...]:
    """Return every distance up to `radius` either way, then its doublings.

    A concentrated pool rounds its fee too, which makes a second sawtooth with teeth as wide as one unit of fee lasts;
    the doublings climb those in a few steps.
    """
    near = range(-radius, radius + 1)
    far = [radius << shift for shift in range(1, DOUBLINGS + 1)] if radius else []
    return (*near, *far, *(-distance for distance in far))


def _improved(  # noqa: PLR0917 - all of them are needed
    path: Path, around: Sizing, fee_bps: int, cap: int, radius: int, tried: set[int]
) -> Sizing:
    """Return the best outcome among the neighbours of every amount of `around`; what was tried is not tried again."""
    best = around
    for leg, centre in enumerate(around.amounts[:-1]):
        for offset in _offsets(radius):
            amount_in = backward(path[:leg], max(1, centre + offset))
            if amount_in is None or not 0 < amount_in <= cap or amount_in in tried:
                continue
            tried.add(amount_in)
            outcome = _outcome(path, amount_in, fee_bps)
            if outcome is not None and outcome.profit > best.profit:
                best = outcome
    return best
