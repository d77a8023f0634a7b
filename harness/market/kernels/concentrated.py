"""Swaps through pools of liquidity in ranges, many at once, equal to `ConcentratedPool.swap` to the last unit.

The pools lie in arrays: their states side by side, their ticks one pool's after the other's, with the price of each
initialised tick. A swap walks as the pool's own code does, in whole numbers of as many words as they need. Where there
is no liquidity it walks from one initialised tick to the next: the stops between round nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from math import log
from typing import Any, Final, NamedTuple

import numpy as np

from harness.market.kernels import longs
from harness.market.kernels.longs import Long
from harness.market.kernels.words import MASK, ONE, RADIX, SIGN, WORD_BITS, ZERO, kernel, multiply
from harness.market.pools.concentrated import PIPS, ConcentratedPool, Swapped
from harness.market.pools.concentrated import WORD as TICKS_OF_A_WORD
from harness.market.pools.tick_math import (
    FACTORS,
    LOG_BASE,
    MAX_SQRT_PRICE,
    MAX_TICK,
    MIN_SQRT_PRICE,
    MIN_TICK,
    sqrt_price_at,
)

Array = Any
"""An array of numpy's, of the kind and shape that stands beside it."""

PRICE_WORDS, LIQUIDITY_WORDS, AMOUNT_WORDS = 3, 2, 4

LARGEST_AMOUNT: Final = (1 << 256) - 1
"""More than any pool takes, so that what is more is taken for this."""

DOUBT: Final = 1e-3
"""How near to a whole tick a logarithm in floating point decides nothing. It is exact to some 1e-5."""

LOG_Q96: Final = 96 * log(2)
PART: Final = np.uint64(PIPS)
SHIFT: Final = 96
ROUNDED_BITS: Final = 32
"""Bits of the finer price of a tick that the protocol rounds away."""


def _laid_out(*words: int) -> Iterator[Long]:
    """Yield where numbers of so many words stand, one after the other."""
    starts = accumulate(words, initial=0)
    return zip(starts, words, strict=False)


(
    _LEFT,
    _PAID,
    _NET,
    _NEEDED,
    _EXTRA,
    _STEP,
    _HELD,
    _FINE,
    _MOST,
    _GIVEN,
    _PRICE,
    _END,
    _TARGET,
    _MOVED,
    _LIMIT,
    _SPAN,
    _LIQUIDITY,
    _CHANGE,
    _PART,
    _WITH_PART,
    _ACROSS,
    _LIFTED,
    _BELOW,
    _QUOTIENT,
    _SPACE,
) = _laid_out(
    *(AMOUNT_WORDS,) * 10,
    *(PRICE_WORDS,) * 6,
    *(LIQUIDITY_WORDS,) * 2,
    1,
    AMOUNT_WORDS + 1,
    LIQUIDITY_WORDS + PRICE_WORDS,
    *(AMOUNT_WORDS + PRICE_WORDS,) * 3,
    longs.DIVISION,
)
"""Where the numbers stand in the array that a swap works in."""

_ROOM: Final = sum(_SPACE)


class Pools(NamedTuple):
    """States of pools, as arrays; numbers of several words have the low one first.

    Attributes:
        price: Square-root price, Q96, 3 words.
        liquidity: Liquidity in range, 2 words.
        tick: Tick of the price, as the pool stores it.
        fee: Fees in pips of the input, of token1 sold and of token0 sold.
        most: The most of either token that a swap can move in the chain's words, 4 words.
        words: Whether a swap stops at the ends of words too.
        spacing: Distance of the ticks that can be initialised.
        lowest: Ticks below this one are not known.
        highest: Ticks above this one are not known.
        first: Where a pool's ticks begin; one entry more than there are pools.
        ticks: The initialised ticks of the pools, ascending in each.
        net: What crossing each upwards adds to the liquidity in range, 2 words in two's complement.
        tick_price: The price of each, 3 words.
    """

    price: Array
    liquidity: Array
    tick: Array
    fee: Array
    most: Array
    words: Array
    spacing: Array
    lowest: Array
    highest: Array
    first: Array
    ticks: Array
    net: Array
    tick_price: Array


class Trades(NamedTuple):
    """Swaps to make.

    Attributes:
        index: Place of the pool.
        zero_for_one: Whether token0 is sold.
        amount: Units sold, 4 words, at most `LARGEST_AMOUNT`.
    """

    index: Array
    zero_for_one: Array
    amount: Array


class Outcomes(NamedTuple):
    """What swaps took and paid and where they ended, an entry a swap.

    Attributes:
        known: Whether there is an answer, as `ConcentratedPool.swap` has one; where not, the rest has no meaning.
        left: Units that the pool did not take, 4 words.
        paid: Units paid, 4 words.
        price: Price left behind, 3 words.
        liquidity: Liquidity in range left behind, 2 words.
        tick: Tick left behind.
    """

    known: Array
    left: Array
    paid: Array
    price: Array
    liquidity: Array
    tick: Array


class ConcentratedSwaps:
    """Pools at one block, ready for swaps in bulk."""

    def __init__(self, pools: Sequence[ConcentratedPool]) -> None:
        """Lay the pools out; each has no problem, and is known afterwards by its place in `pools`."""
        ticks = [tick for pool in pools for tick in pool.ticks]
        self._ticks = [(pool.ticks, pool.liquidity_net) for pool in pools]
        self.pools = Pools(
            price=_words((pool.sqrt_price_x96 for pool in pools), PRICE_WORDS),
            liquidity=_words((pool.liquidity for pool in pools), LIQUIDITY_WORDS),
            tick=_numbers(pool.tick for pool in pools),
            fee=_numbers(pool.fee_of(down) for pool in pools for down in (False, True)).reshape(-1, 2),
            most=_words((pool.MAX_AMOUNT for pool in pools), AMOUNT_WORDS),
            words=np.array([pool.STOPS_AT_WORDS for pool in pools], np.bool_),
            spacing=_numbers(pool.tick_spacing for pool in pools),
            lowest=_numbers(pool.lowest for pool in pools),
            highest=_numbers(pool.highest for pool in pools),
            first=_numbers(accumulate((len(pool.ticks) for pool in pools), initial=0)),
            ticks=_numbers(ticks),
            net=_words((net for pool in pools for net in pool.liquidity_net), LIQUIDITY_WORDS),
            tick_price=_words(map(sqrt_price_at, ticks), PRICE_WORDS),
        )

    def put(self, index: int, pool: ConcentratedPool) -> None:
        """Set the price, tick and liquidity in range of a pool.

        Raises:
            ValueError: Its ticks have changed, which takes new arrays.
        """
        if (pool.ticks, pool.liquidity_net) != self._ticks[index]:
            raise ValueError(f"the ticks of {pool.address} have changed; lay the pools out anew")
        self.pools.price[index] = _words([pool.sqrt_price_x96], PRICE_WORDS)[0]
        self.pools.liquidity[index] = _words([pool.liquidity], LIQUIDITY_WORDS)[0]
        self.pools.tick[index] = pool.tick

    def swap(self, trades: Sequence[tuple[int, bool, int]]) -> list[Swapped | None]:
        """Return what `ConcentratedPool.swap` returns for each.

        Args:
            trades: Place of the pool, whether token0 is sold, units sold.
        """
        out = self._run(trades)
        wide = zip(*map(_joined, (out.left, out.paid, out.price, out.liquidity)), strict=True)
        return [
            Swapped(amount - left, paid, price, tick, liquidity) if known else None
            for (_, _, amount), known, tick, (left, paid, price, liquidity) in zip(
                trades, out.known.tolist(), out.tick.tolist(), wide, strict=True
            )
        ]

    def amounts_out(self, trades: Sequence[tuple[int, bool, int]]) -> list[int | None]:
        """Return the units paid for each; None where the known liquidity cannot take the whole amount."""
        out = self._run(trades)
        whole = (out.known & ~out.left.any(axis=1)).tolist()
        return [paid if took else None for took, paid in zip(whole, _joined(out.paid), strict=True)]

    def _run(self, trades: Sequence[tuple[int, bool, int]]) -> Outcomes:
        return run(
            self.pools,
            Trades(
                _numbers(index for index, _, _ in trades),
                np.array([zero_for_one for _, zero_for_one, _ in trades], np.bool_),
                _words((min(amount, LARGEST_AMOUNT) for _, _, amount in trades), AMOUNT_WORDS),
            ),
        )


def run(pools: Pools, trades: Trades) -> Outcomes:
    """Make each swap by itself."""
    count = len(trades.index)
    out = Outcomes(
        np.empty(count, np.bool_),
        np.empty((count, AMOUNT_WORDS), np.uint64),
        np.empty((count, AMOUNT_WORDS), np.uint64),
        np.empty((count, PRICE_WORDS), np.uint64),
        np.empty((count, LIQUIDITY_WORDS), np.uint64),
        np.empty(count, np.int64),
    )
    _swap_all(pools, trades, out)
    return out


def _numbers(values: Iterable[int]) -> Array:
    return np.array(list(values), np.int64)


def _words(values: Iterable[int], count: int) -> Array:
    """Return numbers as rows of words, the negative ones in two's complement."""
    size = count * WORD_BITS // 8
    mask = (1 << count * WORD_BITS) - 1
    packed = b"".join((value & mask).to_bytes(size, "little") for value in values)
    return np.frombuffer(bytearray(packed), "<u8").astype(np.uint64).reshape(-1, count)


def _joined(rows: Array) -> list[int]:
    """Return the numbers that are rows of words."""
    packed, size = rows.astype("<u8").tobytes(), rows.shape[1] * WORD_BITS // 8
    return [int.from_bytes(packed[at : at + size], "little") for at in range(0, len(packed), size)]


def _constant(value: int, count: int) -> Array:
    return np.array([value >> WORD_BITS * at & MASK for at in range(count)], np.uint64)


_ENDS = np.stack([_constant(MAX_SQRT_PRICE - 1, PRICE_WORDS), _constant(MIN_SQRT_PRICE + 1, PRICE_WORDS)])
"""The last price on the way up, and on the way down."""

_FACTORS = np.stack([_constant(factor, 2) for factor in FACTORS])


@kernel
def _swap_all(pools: Pools, trades: Trades, out: Outcomes) -> None:
    w = np.zeros(_ROOM, np.uint64)
    for at in range(len(trades.index)):
        _load(w, trades.amount, at, _LEFT)
        out.known[at], out.tick[at] = _swap(pools, trades.index[at], bool(trades.zero_for_one[at]), w)
        _store(w, _LEFT, out.left, at)
        _store(w, _PAID, out.paid, at)
        _store(w, _PRICE, out.price, at)
        _store(w, _LIQUIDITY, out.liquidity, at)


@kernel
def _load(w: Array, rows: Array, at: int, out: Long) -> None:
    for i in range(out[1]):
        w[out[0] + i] = rows[at, i]


@kernel
def _store(w: Array, a: Long, rows: Array, at: int) -> None:
    for i in range(a[1]):
        rows[at, i] = w[a[0] + i]


@kernel
def _swap(pools: Pools, pool: int, down: bool, w: Array) -> tuple[bool, int]:
    """Sell what stands in `_LEFT`; tell whether there is an answer, and the tick left behind."""
    begin, end = pools.first[pool], pools.first[pool + 1]
    way = 1 if down else 0
    tick, fee = pools.tick[pool], np.uint64(pools.fee[pool, way])
    _load(w, pools.price, pool, _PRICE)
    _load(w, pools.liquidity, pool, _LIQUIDITY)
    _load(w, pools.most, pool, _MOST)
    _load(w, _ENDS, way, _LIMIT)
    longs.clear(w, _PAID)
    longs.copy(w, _LEFT, _GIVEN)
    too_wide = w[_LEFT[0] + _LEFT[1] - 1] & SIGN != ZERO
    if too_wide or longs.compare(w, _PRICE, _LIMIT) != (1 if down else -1):
        return False, tick
    above = _bisect(pools.ticks, begin, end, tick)
    while longs.length(w, _LEFT) > 0 and longs.compare(w, _PRICE, _LIMIT) != 0:
        at = above - 1 if down else above
        words = pools.words[pool] and longs.length(w, _LIQUIDITY) > 0
        stop = _edge(tick, pools.spacing[pool], down, words)
        initialised = begin <= at < end and (pools.ticks[at] >= stop if down else pools.ticks[at] <= stop)
        if initialised:
            stop = pools.ticks[at]
            _load(w, pools.tick_price, at, _END)
        else:
            _price_at(w, stop, _END)
        if not pools.lowest[pool] <= stop <= pools.highest[pool]:
            return False, tick
        beyond = longs.compare(w, _END, _LIMIT) == (-1 if down else 1)
        longs.copy(w, _LIMIT if beyond else _END, _TARGET)
        _step(w, fee, down)
        moved = longs.compare(w, _PRICE, _MOVED) != 0
        longs.copy(w, _MOVED, _PRICE)
        if longs.compare(w, _PRICE, _END) == 0:
            tick = stop - 1 if down else stop
            if initialised:
                above = at if down else at + 1
                _load(w, pools.net, at, _CHANGE)
                _cross(w, down)
        elif moved:
            tick = _tick_at(w)
    longs.subtract(w, _GIVEN, _LEFT, _NEEDED)
    return longs.compare(w, _NEEDED, _MOST) <= 0 and longs.compare(w, _PAID, _MOST) <= 0, tick


@kernel
def _bisect(ticks: Array, low: int, high: int, tick: int) -> int:
    """Return the place of the first tick above `tick`."""
    while low < high:
        middle = (low + high) // 2
        if ticks[middle] > tick:
            high = middle
        else:
            low = middle + 1
    return low


@kernel
def _edge(tick: int, spacing: int, down: bool, words: bool) -> int:
    """Return the tick of the next end of a word, or the last there is where those stop nothing."""
    slot = tick // spacing
    if down:
        return max(MIN_TICK, slot // TICKS_OF_A_WORD * TICKS_OF_A_WORD * spacing) if words else MIN_TICK
    word = (slot + 1) // TICKS_OF_A_WORD
    return min(MAX_TICK, ((word + 1) * TICKS_OF_A_WORD - 1) * spacing) if words else MAX_TICK


@kernel
def _cross(w: Array, down: bool) -> None:
    """Change the liquidity in range by what crossing a tick upwards adds."""
    if down:
        longs.subtract(w, _LIQUIDITY, _CHANGE, _LIQUIDITY)
    else:
        longs.add(w, _LIQUIDITY, _CHANGE, _LIQUIDITY)


@kernel
def _step(w: Array, fee: np.uint64, down: bool) -> None:
    """Sell what is left on the way from `_PRICE` to `_TARGET`, and write how far it goes to `_MOVED`."""
    w[_PART[0]] = PART - fee
    longs.multiply(w, _LEFT, _PART, _WITH_PART)
    longs.divide_small(w, _WITH_PART, PART, _NET)
    _stretch(w, _TARGET, down)
    if down:
        _amount0(w, _TARGET, True, _NEEDED)
    else:
        _amount1(w, True, _NEEDED)
    if longs.compare(w, _NET, _NEEDED) >= 0:
        longs.copy(w, _TARGET, _MOVED)
        _add_fee(w, fee)
        longs.subtract(w, _LEFT, _NEEDED, _LEFT)
    else:
        if down:
            _move_down(w)
        else:
            _move_up(w)
        longs.clear(w, _LEFT)
        _stretch(w, _MOVED, down)
    if down:
        _amount1(w, False, _STEP)
    else:
        _amount0(w, _MOVED, False, _STEP)
    longs.add(w, _PAID, _STEP, _PAID)


@kernel
def _add_fee(w: Array, fee: np.uint64) -> None:
    """Add to `_NEEDED` the fee on top of it, rounded up."""
    w[_PART[0]] = fee
    longs.multiply(w, _NEEDED, _PART, _WITH_PART)
    if longs.divide_small(w, _WITH_PART, PART - fee, _EXTRA):
        longs.increase(w, _EXTRA)
    longs.add(w, _NEEDED, _EXTRA, _NEEDED)


@kernel
def _stretch(w: Array, to: Long, down: bool) -> None:
    """Write liquidity times the way from `_PRICE` to `to`."""
    if down:
        longs.subtract(w, _PRICE, to, _SPAN)
    else:
        longs.subtract(w, to, _PRICE, _SPAN)
    longs.multiply(w, _LIQUIDITY, _SPAN, _ACROSS)


@kernel
def _amount0(w: Array, to: Long, round_up: bool, out: Long) -> None:
    """Write the units of token0 between `_PRICE` and `to`, whose stretch is written.

    Dividing by one price and then by the other rounds as dividing by their product does.
    """
    longs.shift_left(w, _ACROSS, SHIFT, _LIFTED)
    longs.multiply(w, _PRICE, to, _BELOW)
    if longs.divide(w, _LIFTED, _BELOW, out, _SPACE[0]) and round_up:
        longs.increase(w, out)


@kernel
def _amount1(w: Array, round_up: bool, out: Long) -> None:
    """Write the units of token1 on a stretch that is written."""
    if longs.shift_right(w, _ACROSS, SHIFT, out) and round_up:
        longs.increase(w, out)


@kernel
def _move_up(w: Array) -> None:
    """Write to `_MOVED` the price that `_NET` of token1 moves to, which is short of the target."""
    longs.shift_left(w, _NET, SHIFT, _LIFTED)
    longs.divide(w, _LIFTED, _LIQUIDITY, _QUOTIENT, _SPACE[0])
    longs.add(w, _PRICE, _QUOTIENT, _MOVED)


@kernel
def _move_down(w: Array) -> None:
    """Write to `_MOVED` the price that `_NET` of token0 moves to, which is short of the target.

    Where the exact product does not fit a word of the chain, of 256 bits, the protocol divides first.
    """
    longs.shift_left(w, _LIQUIDITY, SHIFT, _HELD)
    longs.multiply(w, _NET, _PRICE, _BELOW)
    fits = longs.length(w, _BELOW) <= AMOUNT_WORDS
    if fits and longs.add(w, _HELD, _BELOW, (_BELOW[0], AMOUNT_WORDS)) == ZERO:
        longs.multiply(w, _HELD, _PRICE, _LIFTED)
        rest = longs.divide(w, _LIFTED, _BELOW, _MOVED, _SPACE[0])
    else:
        longs.divide(w, _HELD, _PRICE, _FINE, _SPACE[0])
        longs.add(w, _FINE, _NET, _FINE)
        rest = longs.divide(w, _HELD, _FINE, _MOVED, _SPACE[0])
    if rest:
        longs.increase(w, _MOVED)


@kernel
def _price_at(w: Array, tick: int, out: Long) -> None:
    """Write the square-root price of a tick, as `sqrt_price_at` has it."""
    ratio, whole = (ZERO, ZERO), True
    for bit in range(len(_FACTORS)):
        if abs(tick) >> bit & 1:
            factor = (_FACTORS[bit, 1], _FACTORS[bit, 0])
            product = multiply(ratio, factor)
            ratio, whole = factor if whole else (product[0], product[1]), False
    longs.clear(w, _FINE)
    w[_FINE[0]], w[_FINE[0] + 1], w[_FINE[0] + 2] = ratio[1], ratio[0], ONE if whole else ZERO
    if tick > 0:
        for i in range(AMOUNT_WORDS):
            w[_HELD[0] + i] = longs.ALL_ONES
        longs.divide(w, _HELD, _FINE, _QUOTIENT, _SPACE[0])
        longs.copy(w, _QUOTIENT, _FINE)
    if longs.shift_right(w, _FINE, ROUNDED_BITS, _QUOTIENT):
        longs.increase(w, _QUOTIENT)
    longs.copy(w, _QUOTIENT, out)


@kernel
def _tick_at(w: Array) -> int:
    """Return the greatest tick whose price is not above `_PRICE`, as `tick_at` has it; it uses `_TARGET`."""
    low, middle, high = w[_PRICE[0]], w[_PRICE[0] + 1], w[_PRICE[0] + 2]
    value = (np.float64(high) * RADIX + np.float64(middle)) * RADIX + np.float64(low)
    about = 2 * (np.log(value) - LOG_Q96) / LOG_BASE
    nearest = int(np.rint(about))
    if abs(about - nearest) > DOUBT:
        return int(np.floor(about))
    nearest = max(MIN_TICK, min(MAX_TICK, nearest))
    _price_at(w, nearest, _TARGET)
    return nearest - 1 if longs.compare(w, _PRICE, _TARGET) < 0 else nearest
