"""Cycles of constant products, sized to the unit, many at once.

Along a cycle the real outcome of an input x is K*x / (1 + N*x). The real optimum follows in closed form and bounds what
any whole amount can bring. Whole amounts lose against it twice: every pool rounds against the trader, by up to one unit
of what it pays, and an amount beside the optimum loses by the curve. So the amounts tried are those of the token with
the coarsest units, outwards from its real optimum: each with the least input that buys it, found backwards, and what
it brings, found forwards. The search ends where the curve alone loses more than the best has lost, which includes that
the best is less than one unit below the real optimum: nothing better is left then. Headroom is how far below the real
optimum an answer is; where the search was cut short, no other amount brings more than that beyond it.
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

TRIES: Final = 256
"""Steps that the search goes to either side."""

ROUNDING: Final = 1e-6
"""What floats may get wrong in a bound on losses, as a share of it, and in units."""

FINE, BLUR = float(1 << 40), 2.0**-10
"""Up to how many units a float tells a share of one, and from which share on."""

FEW, MARGIN, PRECISION = float(1 << 20), 2.0**-16, 2.0**-48
"""Below how many units the roundings' losses are not told by rates alone; what rates get wrong above; and floats."""

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
def rounded_away(cycle: Cycle, at: int, amount: float) -> float:
    """Return what an amount loses, at least, by the roundings of the legs next to it: a glance, before it is tried."""
    book, pools, sides, legs, _, _, _, amounts, rates = cycle
    lost = 0.0
    if amounts[at + 1] < FINE:
        net, reserve_in, reserve_out = real(book, pools[at], sides[at])
        paid = net * amount * reserve_out / (reserve_in + net * amount)
        lost += certain(paid - np.floor(paid)) * rates[legs] / rates[at + 1]
    if at > 0 and amounts[at - 1] < FINE:
        net, reserve_in, reserve_out = real(book, pools[at - 1], sides[at - 1])
        taken = reserve_in * amount / (net * (reserve_out - amount))
        lost += certain(np.ceil(taken) - taken) * rates[legs] / rates[at - 1]
    return lost


@kernel
def certain(share: float) -> float:
    """Return a share of a unit as far as floats below `FINE` can tell it from none."""
    return share - BLUR if BLUR < share < 1.0 - BLUR else 0.0


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
def search(cycle: Cycle, parts: Parts, capped: bool, at: int, centre: Wide, ideal: float) -> tuple[Wide, Wide, float]:
    """Try amounts from `centre` outwards; return the best input, its profit and its headroom."""
    _, _, _, _, fee_bps, cap, tries, amounts, _ = cycle
    best_in, best, left = (ZERO, ZERO), (ZERO, ZERO), ideal
    for step in range(tries + 1):
        nearest = bend(parts, amounts[at], -max(0.0, step - 0.5)) if capped else near(parts, amounts[at], step)
        if nearest > (left - 1.0) * (1.0 + ROUNDING) + ROUNDING:
            return best_in, best, 0.0
        for way in range(1 if capped or step == 0 else 2):
            offset = (ZERO, np.uint64(step))
            amount = add(centre, offset) if way == 1 else subtract(centre, offset)
            if amount[0] & SIGN or amount[0] | amount[1] == ZERO:
                continue
            if rounded_away(cycle, at, wide_float(amount)) > left:
                continue
            can, taken, paid, lost = attempt(cycle, at, amount)
            profit = gain(taken, paid, fee_bps)
            if can and not less(cap, taken) and signed_less(best, profit):
                best_in, best = taken, profit
                left = headroom(cycle, parts, at, amount, profit, lost, ideal)
    return best_in, best, left


@kernel
def near(parts: Parts, optimum: float, step: int) -> float:
    """Return the least that any amount a step away or further loses by the curve."""
    distance = max(0.0, step - 0.5)
    above = bend(parts, optimum, distance)
    return min(above, bend(parts, optimum, -distance)) if distance < optimum else above


@kernel
def headroom(cycle: Cycle, parts: Parts, at: int, amount: Wide, profit: Wide, lost: float, ideal: float) -> float:
    """Return how far a profit is below the real optimum, or slightly more.

    Where the amounts are large, what the roundings have lost tells it to a fraction of a unit, which floats of their
    size cannot; where one of them is small, the difference itself does.
    """
    _, _, _, legs, fee_bps, _, _, amounts, _ = cycle
    if amounts[: legs + 1].min() < FEW:
        return float(ideal - signed_float(profit) + amounts[legs] * PRECISION)
    return lost * (1.0 + MARGIN) + half_up(fee_bps) + bend(parts, amounts[at], wide_float(amount) - amounts[at])


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
