"""Cycles of constant products, sized to the unit, many at once.

Along a cycle the real outcome of an input x is K*x / (1 + N*x). The real optimum follows in closed form and bounds what
any whole amount can bring. Whole amounts lose against it twice: every pool rounds against the trader, by up to one unit
of what it pays, and an amount beside the optimum loses by the curve. So the amounts tried are those of the token with
the coarsest units, outwards from its real optimum: each with the least input that buys it, found backwards, and what
it brings, found forwards. The search ends where the curve alone loses more than the best has lost, which includes that
the best is less than one unit below the real optimum: nothing better is left then. Headroom is how far below the real
optimum an answer is; where the search was cut short, no other amount brings more than that beyond it.

A search may need thousands of steps, and most amounts are passed over: what the pool after an amount rounds off, and
what the one before it rounds up, are shares of a unit which go on from one amount to the next by the slopes of their
curves, modulo one. Such a glide starts from an exact remainder and is bounded by the third power that it leaves out;
an amount is tried only if by its glides and the curve it could still be better than the best.
"""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from harness.market.kernels.words import (
    ONE,
    SIGN,
    ZERO,
    Wide,
    add,
    float_wide,
    kernel,
    less,
    multiply_divide,
    subtract,
    times_word,
    wide_float,
)

Array = npt.NDArray[Any]

Book = tuple[Array, Array, Array]
"""All pairs: reserves as words [pool, token, 2], what is left of an input, and of what whole, both [pool]."""

Where = tuple[Array, Array, Array]
"""Cycles: index of the pair at each leg and of the token sold to it, [cycle, leg], and how many legs, [cycle]."""

Found = tuple[Array, Array, Array]
"""Of each cycle: its input and profit as words, [cycle, 2], profit 0 where nothing pays; and its headroom, [cycle]."""

Cycle = tuple[Book, Array, Array, int, np.uint64, Wide, int, Array, Array]
"""Book, pairs and sides by leg, number of legs, the loan's fee, the largest input, steps of a search, and room for real
amounts and rates by leg."""

Parts = tuple[float, float, float, float, float]
"""K and N of the legs before the token searched, what is owed taken in, and after it; what a unit less of input loses
where the cap binds."""

BPS: Final = np.uint64(10_000)
HALF: Final = np.uint64(5_000)
MAX_RESERVE: Final = (np.uint64((1 << 48) - 1), np.uint64((1 << 64) - 1))
"""2**112 - 1: what a pair's reserve may grow to."""

TRIES: Final = 1 << 16
"""Steps to either side, at most. Of 3,049 recorded cycles 255 need more than 4, and 6 over 4,096."""

ROUNDING: Final = 1e-6
"""What floats may get wrong in a bound on losses, as a share of it, and in units."""

FEW, MARGIN, PRECISION = float(1 << 20), 2.0**-16, 2.0**-48
"""Below how many units the roundings' losses are not told by rates alone; what rates get wrong above; and floats."""

BLUR: Final = 2.0**-10
"""What a glide may get wrong in a share of a unit."""

STEEP, LONGEST, SHALLOW = float(1 << 27), 1 << 10, 16.0
"""Glides: the steepest, the longest, and of which part of a pool's depth it is the third power that they leave out."""

FIRST: Final = 8
"""Steps that are taken one by one."""

QUARTER: Final = 0.25

Best = tuple[Wide, Wide, float]
"""Input, profit and headroom."""

Glide = tuple[float, float, float, float, float]
"""A share of a unit, how it goes on with each step and its square, what a unit is worth, and the depth of the pool."""

FLAT: Final = (0.0, 0.0, 0.0, 0.0, np.inf)
"""A glide that tells nothing."""

Reach = tuple[int, int, int, float]
"""First step, the one behind the last, 1 upwards or -1 downwards, and what the curve loses there at least."""

Trial = tuple[bool, Wide, Wide, float]
"""Whether the pools can take it, what goes in, what comes out, and what the roundings lost, in units of the token."""


@kernel
def reserve(book: Book, pool: int, token: int) -> Wide:
    """Return a pair's reserve of a token, 0 or 1."""
    return book[0][pool, token, 0], book[0][pool, token, 1]


@kernel
def sell(book: Book, pool: int, i: int, amount: Wide) -> tuple[bool, Wide, float]:
    """Return whether a pair can take an amount, what it pays for it, and the share of a unit that rounding keeps."""
    reserve_in = reserve(book, pool, i)
    net = times_word(amount, book[1][pool])
    divisor = add(times_word(reserve_in, book[2][pool]), net)
    paid, left = multiply_divide(net, reserve(book, pool, 1 - i), divisor)
    return not less(MAX_RESERVE, add(reserve_in, amount)), paid, wide_float(left) / wide_float(divisor)


@kernel
def buy(book: Book, pool: int, i: int, wanted: Wide) -> tuple[bool, Wide, float]:
    """Return whether a pair can pay an amount, the least input for it, and the share of a unit that rounding adds."""
    reserve_in, reserve_out = reserve(book, pool, i), reserve(book, pool, 1 - i)
    if not less(wanted, reserve_out):
        return False, wanted, 0.0
    divisor = times_word(subtract(reserve_out, wanted), book[1][pool])
    whole = times_word(reserve_in, book[2][pool])
    if wide_float(whole) * wide_float(wanted) >= wide_float(divisor) * wide_float(MAX_RESERVE):
        return False, wanted, 0.0
    least, left = multiply_divide(whole, wanted, divisor)
    if left[0] | left[1] == ZERO:
        return True, least, 0.0
    return True, add(least, (ZERO, ONE)), 1.0 - wide_float(left) / wide_float(divisor)


@kernel
def real(book: Book, pool: int, i: int) -> tuple[float, float, float]:
    """Return what a pair keeps of a unit, and its reserves, sold and bought."""
    kept = float(book[1][pool]) / float(book[2][pool])
    return kept, wide_float(reserve(book, pool, i)), wide_float(reserve(book, pool, 1 - i))


@kernel
def curve(book: Book, pools: Array, sides: Array, start: int, end: int) -> tuple[float, float]:
    """Return K and N of the legs from `start` to before `end`, whose outcome is K*x / (1 + N*x)."""
    k, n = 1.0, 0.0
    for leg in range(start, end):
        kept, reserve_in, reserve_out = real(book, pools[leg], sides[leg])
        n += kept * k / reserve_in
        k *= kept * reserve_out / reserve_in
    return k, n


@kernel
def follow(cycle: Cycle, x: float) -> None:
    """Write the real amounts before each leg and after the last, and what one more unit of the first brings of each."""
    book, pools, sides, legs, _, _, _, amounts, rates = cycle
    amounts[0], rates[0] = x, 1.0
    for leg in range(legs):
        net, reserve_in, reserve_out = real(book, pools[leg], sides[leg])
        deep = reserve_in + net * amounts[leg]
        amounts[leg + 1] = net * amounts[leg] * reserve_out / deep
        rates[leg + 1] = rates[leg] * net * reserve_in * reserve_out / (deep * deep)


@kernel
def loan_fee(amount: Wide, fee_bps: np.uint64) -> Wide:
    """Return a lender's fee, rounded half up as `sizing.loan_fee` is."""
    if fee_bps == ZERO:
        return ZERO, ZERO
    fee, left = multiply_divide(amount, (ZERO, fee_bps), (ZERO, BPS))
    return add(fee, (ZERO, np.uint64(left[1] >= HALF)))


@kernel
def half_up(fee_bps: np.uint64) -> float:
    """Return what a lender's rounding can give away, in units."""
    return 0.5 if fee_bps else 0.0


@kernel
def attempt(cycle: Cycle, at: int, amount: Wide) -> Trial:
    """Try an amount of the token before leg `at`: its least input, and its outcome."""
    book, pools, sides, legs, _, _, _, _, rates = cycle
    taken, paid, lost = amount, amount, 0.0
    for leg in range(at - 1, -1, -1):
        can, taken, share = buy(book, pools[leg], sides[leg], taken)
        if not can:
            return False, taken, paid, lost
        lost += share * rates[legs] / rates[leg]
    for leg in range(at, legs):
        can, paid, share = sell(book, pools[leg], sides[leg], paid)
        if not can:
            return False, taken, paid, lost
        lost += share * rates[legs] / rates[leg + 1]
    return True, taken, paid, lost


@kernel
def glide_ahead(cycle: Cycle, at: int, amount: Wide, way: int) -> Glide:
    """Return how what the pool after an amount rounds off goes on from there, up or down."""
    book, pools, sides, legs, _, _, _, _, rates = cycle
    net, reserve_in, reserve_out = real(book, pools[at], sides[at])
    can, _, share = sell(book, pools[at], sides[at], amount)
    deep = reserve_in / net + wide_float(amount)
    slope = reserve_in / net * reserve_out / (deep * deep)
    return share, way * slope, -slope / deep, rates[legs] / rates[at + 1] if can and slope < STEEP else 0.0, deep


@kernel
def glide_behind(cycle: Cycle, at: int, amount: Wide, way: int) -> Glide:
    """Return how what the pool before an amount rounds up goes on from there, up or down."""
    book, pools, sides, legs, _, _, _, _, rates = cycle
    if at == 0:
        return 0.0, 0.0, 0.0, 0.0, np.inf
    net, reserve_in, reserve_out = real(book, pools[at - 1], sides[at - 1])
    can, _, share = buy(book, pools[at - 1], sides[at - 1], amount)
    deep = reserve_out - wide_float(amount)
    slope = reserve_in / net * reserve_out / (deep * deep)
    return share, -way * slope, -slope / deep, rates[legs] / rates[at - 1] if can and slope < STEEP else 0.0, deep


@kernel
def straight(glide: Glide) -> int:
    """Return for how many steps a glide tells shares to less than `BLUR`, of which the third power is a third."""
    _, slope, _, worth, deep = glide
    if worth == 0.0:
        return LONGEST
    return int(max(1.0, min(float(LONGEST), np.cbrt(BLUR / 4.0 * deep * deep / abs(slope)), deep / SHALLOW)))


@kernel
def toll(glide: Glide, steps: int) -> float:
    """Return what a rounding loses, at least, so many steps on."""
    start, slope, curved, worth, _ = glide
    share = start + steps * (slope + steps * curved)
    share -= np.floor(share)
    return (share - BLUR) * worth if BLUR < share < 1.0 - BLUR else 0.0


@kernel
def signed_less(a: Wide, b: Wide) -> bool:
    """Tell whether a < b, both in two's complement."""
    return less((a[0] ^ SIGN, a[1]), (b[0] ^ SIGN, b[1]))


@kernel
def signed_float(a: Wide) -> float:
    """Return a number in two's complement as a float."""
    return -wide_float(subtract((ZERO, ZERO), a)) if a[0] & SIGN else wide_float(a)


@kernel
def gain(taken: Wide, paid: Wide, fee_bps: np.uint64) -> Wide:
    """Return the profit, in two's complement."""
    return subtract(subtract(paid, taken), loan_fee(taken, fee_bps))


@kernel
def coarsest(rates: Array, legs: int) -> int:
    """Return the leg before which a unit is worth most."""
    best = 0
    for leg in range(1, legs):
        if rates[leg] < rates[best]:
            best = leg
    return best


@kernel
def bend(parts: Parts, optimum: float, distance: float) -> float:
    """Return what an amount loses by the curve, at a distance from the real optimum, whole roundings aside.

    The outcome K*a / (1 + N*a) of `a` falls behind its tangent by K*N*d**2 / ((1 + N*a)**2 * (1 + N*(a + d))), and the
    input for it, a / (k - n*a), runs ahead of its own likewise: no differences of near numbers.
    """
    before_k, before_n, after_k, after_n, slope = parts
    here, there = 1.0 + after_n * optimum, 1.0 + after_n * (optimum + distance)
    behind = after_k * after_n / (here * here * there)
    here, there = before_k - before_n * optimum, before_k - before_n * (optimum + distance)
    ahead = before_k * before_n / (here * here * there) if there > 0.0 else np.inf
    return slope * abs(distance) + (behind + ahead) * distance * distance


@kernel
def apart(optimum: float, step: int) -> float:
    """Return how far from the real optimum an amount is at least, so many steps from the whole one next to it."""
    return max(0.0, step - 0.5 - optimum * PRECISION)


@kernel
def near(parts: Parts, optimum: float, step: int, capped: bool) -> float:
    """Return the least that any amount a step away or further loses by the curve."""
    distance = apart(optimum, step)
    below = bend(parts, optimum, -distance) if distance < optimum else np.inf
    return below if capped else min(below, bend(parts, optimum, distance))


@kernel
def stray(parts: Parts, optimum: float, distance: float) -> float:
    """Return by which share of itself any real amount of the path differs, at most, so far from the real optimum.

    Of all amounts the input strays furthest, as what it buys grows ever more slowly; and upwards more than downwards.
    """
    before_k, before_n, _, _, _ = parts
    here = before_k - before_n * optimum
    there = here - before_n * distance
    return (1.0 + distance / optimum) * here / there - 1.0 if there > 0.0 else np.inf


@kernel
def headroom(cycle: Cycle, parts: Parts, at: int, amount: Wide, profit: Wide, lost: float, ideal: float) -> float:
    """Return how far a profit is below the real optimum, or slightly more.

    Where the amounts are large, what the roundings have lost tells it to a fraction of a unit, which floats of their
    size cannot: rates are squares of what strays, and 1 / (1 - s)**2 is below 1 + 4*s up to a quarter. Elsewhere the
    difference itself does.
    """
    _, _, _, legs, fee_bps, _, _, amounts, _ = cycle
    distance = abs(wide_float(amount) - amounts[at]) + amounts[at] * PRECISION
    astray = stray(parts, amounts[at], distance)
    if amounts[: legs + 1].min() < FEW or astray > QUARTER:
        return float(ideal - signed_float(profit) + amounts[legs] * PRECISION)
    curved = max(bend(parts, amounts[at], distance), bend(parts, amounts[at], -distance))
    return lost * (1.0 + MARGIN + 4.0 * astray) + half_up(fee_bps) + curved


@kernel
def moved(centre: Wide, way: int, steps: int) -> Wide:
    """Return an amount so many units above another or, where `way` is negative, below it; in two's complement."""
    offset = (ZERO, np.uint64(steps))
    return add(centre, offset) if way > 0 else subtract(centre, offset)


@kernel
def improved(cycle: Cycle, parts: Parts, at: int, amount: Wide, ideal: float, best: Best) -> Best:
    """Try one amount; return the better of what it brings and the best so far."""
    can, taken, paid, lost = attempt(cycle, at, amount)
    profit = gain(taken, paid, cycle[4])
    if can and not less(cycle[5], taken) and signed_less(best[1], profit):
        return taken, profit, headroom(cycle, parts, at, amount, profit, lost, ideal)
    return best


@kernel
def stretch(cycle: Cycle, parts: Parts, at: int, centre: Wide, ideal: float, reach: Reach, best: Best) -> Best:
    """Try the amounts of a stretch; those whose roundings next to them lose too much are passed over at a glance.

    From an exact share a glide tells the next ones in a few operations. Rates are squares of what strays: where that is
    below a half, so that the amounts stay above 0 as well, they keep to 1 - 2*s of what they are at the optimum.
    """
    step, end, way, nearest = reach
    sure = 1.0 - MARGIN - 2.0 * stray(parts, cycle[7][at], float(end))
    ahead, behind, length = FLAT, FLAT, 1
    while step < end:
        amount = moved(centre, way, step)
        if amount[0] & SIGN or amount[0] | amount[1] == ZERO:
            break
        if sure > 0.0:
            ahead, behind = glide_ahead(cycle, at, amount, way), glide_behind(cycle, at, amount, way)
            length = min(end - step, straight(ahead), straight(behind))
        for on in range(length):
            if (toll(ahead, on) + toll(behind, on)) * sure <= best[2] - 1.0 - nearest:
                best = improved(cycle, parts, at, moved(centre, way, step + on), ideal, best)
        step += length
    return best


@kernel
def enough(best: Best, nearest: float) -> bool:
    """Tell whether nothing that loses at least `nearest` by the curve can be better than the best."""
    return nearest > (best[2] - 1.0) * (1.0 + ROUNDING) + ROUNDING


@kernel
def search(cycle: Cycle, parts: Parts, capped: bool, at: int, centre: Wide, ideal: float) -> Best:
    """Try amounts from `centre` outwards, one by one and then in stretches as long as the way so far."""
    tries, optimum, best = cycle[6], cycle[7][at], ((ZERO, ZERO), (ZERO, ZERO), ideal)
    for step in range(min(tries + 1, FIRST)):
        if enough(best, near(parts, optimum, step, capped)):
            return best[0], best[1], 0.0
        for way in range(-1, 0 if capped or step == 0 else 2, 2):
            amount = moved(centre, way, step)
            if not (amount[0] & SIGN or amount[0] | amount[1] == ZERO):
                best = improved(cycle, parts, at, amount, ideal, best)
    step = FIRST
    while step <= tries:
        nearest = near(parts, optimum, step, capped)
        if enough(best, nearest):
            return best[0], best[1], 0.0
        end = min(tries + 1, 2 * step)
        for way in range(-1, 0 if capped else 2, 2):
            best = stretch(cycle, parts, at, centre, ideal, (step, end, way, nearest), best)
        step = end
    return best


@kernel
def solve_one(cycle: Cycle) -> tuple[Wide, Wide, float]:
    """Size one cycle; return input, profit and headroom; profit 0 where nothing pays, below 0 never."""
    book, pools, sides, legs, fee_bps, cap, _, amounts, rates = cycle
    k, n = curve(book, pools, sides, 0, legs)
    owed = 1.0 + float(fee_bps) / float(BPS)
    if not k > owed:
        return (ZERO, ZERO), (ZERO, ZERO), 0.0
    optimum = (np.sqrt(k / owed) - 1.0) / n
    capped = optimum > wide_float(cap)
    follow(cycle, min(optimum, wide_float(cap)))
    at = 0 if capped else coarsest(rates, legs)
    before, after = curve(book, pools, sides, 0, at), curve(book, pools, sides, at, legs)
    slope = max(0.0, rates[legs] - owed) if capped else 0.0
    parts = before[0] / owed, before[1] / owed, after[0], after[1], slope
    centre = cap if capped else float_wide(max(1.0, np.rint(amounts[at])))
    return search(cycle, parts, capped, at, centre, amounts[legs] - amounts[0] * owed + half_up(fee_bps))


@kernel
def solve(book: Book, where: Where, caps: Array, fee_bps: np.uint64, tries: int, found: Found) -> None:
    """Size cycles one by one.

    Args:
        book: All pairs.
        where: The cycles.
        caps: The largest input, as words, [cycle, 2].
        fee_bps: The lender's fee.
        tries: Steps of a search to either side.
        found: Written to.
    """
    pools, sides, lengths = where
    taken, profit, left = found
    amounts, rates = np.empty(pools.shape[1] + 1), np.empty(pools.shape[1] + 1)
    for one in range(pools.shape[0]):
        cap = caps[one, 0], caps[one, 1]
        cycle = book, pools[one], sides[one], lengths[one], fee_bps, cap, tries, amounts, rates
        outcome = solve_one(cycle)
        taken[one, 0], taken[one, 1] = outcome[0]
        profit[one, 0], profit[one, 1] = outcome[1]
        left[one] = outcome[2]
