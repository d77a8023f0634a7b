"""Whole numbers of any number of words, for compiled code: stretches of one array of words, the low word first.

A number is told by where it starts in the array `w` and how many words it has. What a function writes may lie exactly
on what it reads only where the function says so. Nothing here checks for overflow: what does not fit is dropped.
"""

from typing import Any

import numpy as np

from harness.market.kernels.words import MASK, ONE, RADIX, WORD_BITS, ZERO, high, kernel

Words = Any
"""An array of unsigned 64-bit words, in one dimension."""

Long = tuple[int, int]
"""Where a number starts, and its words."""

HALF = np.uint64(WORD_BITS // 2)
HALF_MASK = np.uint64((1 << WORD_BITS // 2) - 1)
ALL_ONES = np.uint64(MASK)
LARGEST_FLOAT = float(MASK - (1 << 11) + 1)
"""The largest float that a word holds."""

SHY = 0.25
"""By how much an estimate is lowered, that no rounding lifts it beyond what a word holds."""

DIVISION = 24
"""Words of working space in which `divide` divides up to 14 words by up to 7."""


@kernel
def copy(w: Words, a: Long, out: Long) -> None:
    """Write a, filled up with zeros or cut off."""
    for i in range(out[1]):
        w[out[0] + i] = w[a[0] + i] if i < a[1] else ZERO


@kernel
def clear(w: Words, out: Long) -> None:
    """Write 0."""
    for i in range(out[1]):
        w[out[0] + i] = ZERO


@kernel
def length(w: Words, a: Long) -> int:
    """Return how many words are left without the zeros at the top."""
    n = a[1]
    while n > 0 and w[a[0] + n - 1] == ZERO:
        n -= 1
    return n


@kernel
def compare(w: Words, a: Long, b: Long) -> int:
    """Return -1, 0 or 1 as a is less than b, of as many words, equal or more."""
    for i in range(a[1] - 1, -1, -1):
        left, right = w[a[0] + i], w[b[0] + i]
        if left != right:
            return -1 if left < right else 1
    return 0


@kernel
def add(w: Words, a: Long, b: Long, out: Long) -> np.uint64:
    """Write a + b, neither of fewer words than `out`, over either or elsewhere; return the carry."""
    carry = ZERO
    for i in range(out[1]):
        left = w[a[0] + i]
        total = left + w[b[0] + i]
        over = np.uint64(total < left)
        total += carry
        over += np.uint64(total < carry)
        w[out[0] + i] = total
        carry = over
    return carry


@kernel
def subtract(w: Words, a: Long, b: Long, out: Long) -> np.uint64:
    """Write a - b, neither of fewer words than `out`, over either or elsewhere; return the borrow."""
    borrow = ZERO
    for i in range(out[1]):
        left, right = w[a[0] + i], w[b[0] + i]
        rest = left - right
        under = np.uint64(left < right) + np.uint64(rest < borrow)
        w[out[0] + i] = rest - borrow
        borrow = under
    return borrow


@kernel
def increase(w: Words, a: Long) -> None:
    """Add one, in place."""
    for i in range(a[1]):
        w[a[0] + i] += ONE
        if w[a[0] + i] != ZERO:
            break


@kernel
def multiply(w: Words, a: Long, b: Long, out: Long) -> None:
    """Write a * b, which takes as many words as both together."""
    clear(w, out)
    for i in range(a[1]):
        by, carry = w[a[0] + i], ZERO
        if by == ZERO:
            continue
        for j in range(b[1]):
            low, over = by * w[b[0] + j], high(by, w[b[0] + j])
            low += carry
            over += np.uint64(low < carry)
            low += w[out[0] + i + j]
            over += np.uint64(low < w[out[0] + i + j])
            w[out[0] + i + j] = low
            carry = over
        w[out[0] + i + b[1]] = carry


@kernel
def shift_left(w: Words, a: Long, bits: int, out: Long) -> None:
    """Write a * 2**bits, which takes bits // 64 + 1 words more."""
    clear(w, out)
    start, bits = out[0] + bits // WORD_BITS, bits % WORD_BITS
    up, down, carry = np.uint64(bits), np.uint64(WORD_BITS - bits), ZERO
    for i in range(a[1]):
        word = w[a[0] + i]
        w[start + i] = word << up | carry
        carry = word >> down if bits else ZERO
    w[start + a[1]] = carry


@kernel
def shift_right(w: Words, a: Long, bits: int, out: Long) -> bool:
    """Write a // 2**bits, bits being no multiple of 64; tell whether there is a rest."""
    words, bits = bits // WORD_BITS, bits % WORD_BITS
    down, up = np.uint64(bits), np.uint64(WORD_BITS - bits)
    start, last = a[0] + words, a[0] + a[1] - 1
    rest = w[start] << up
    for i in range(a[0], start):
        rest |= w[i]
    clear(w, out)
    for i in range(last - start):
        w[out[0] + i] = w[start + i] >> down | w[start + i + 1] << up
    w[out[0] + last - start] = w[last] >> down
    return bool(rest != ZERO)


@kernel
def divide_small(w: Words, a: Long, divisor: np.uint64, out: Long) -> bool:
    """Write a // divisor, over a or elsewhere, the divisor below 2**32 and not 0; tell whether there is a rest."""
    left = ZERO
    for i in range(a[1] - 1, -1, -1):
        word = w[a[0] + i]
        part = left << HALF | word >> HALF
        upper = part // divisor
        part = (part - upper * divisor) << HALF | word & HALF_MASK
        lower = part // divisor
        left = part - lower * divisor
        if i < out[1]:
            w[out[0] + i] = upper << HALF | lower
    return bool(left != ZERO)


@kernel
def divide(w: Words, a: Long, b: Long, out: Long, space: int) -> bool:
    """Write a // b, b not being 0; tell whether there is a rest.

    Knuth's algorithm D, digits of a word, each from the three upper words by the two upper ones of the divisor.
    Source: Möller and Granlund, Improved division by invariant integers (2011), algorithms 4 and 5.

    Args:
        w: The words.
        a: What is divided.
        b: What it is divided by.
        out: Where the quotient goes, which must fit.
        space: Where `DIVISION` words are free.
    """
    clear(w, out)
    n, m = length(w, a), length(w, b)
    if n < m:
        return bool(n > 0)
    lift = 1 if m == 1 else 0
    bits = _leading_zeros(w[b[0] + m - 1])
    divisor, rest = (space, m + lift), space + DIVISION // 3
    w[space], w[rest] = ZERO, ZERO
    shift_left(w, (b[0], m), bits, (space + lift, m + 1))
    shift_left(w, (a[0], n), bits, (rest + lift, n + 1))
    upper = (w[space + divisor[1] - 1], w[space + divisor[1] - 2])
    inverse = _inverse(upper)
    for at in range(n - m, -1, -1):
        digit = _digit(w, rest + at, divisor, inverse)
        if digit != ZERO:
            w[out[0] + at] = digit
    return bool(length(w, (rest, divisor[1])) > 0)


@kernel
def _digit(w: Words, rest: int, divisor: Long, inverse: np.uint64) -> np.uint64:
    """Return one digit of a quotient, and leave in `rest`, of a word more than the divisor, what it does not cover."""
    start, m = divisor
    upper = (w[start + m - 1], w[start + m - 2])
    over = (w[rest + m], w[rest + m - 1], w[rest + m - 2])
    digit = ALL_ONES if over[0] == upper[0] and over[1] == upper[1] else _three_by_two(over, upper, inverse)
    if digit == ZERO:
        return digit
    carry = ZERO
    for i in range(m):
        low, above = digit * w[start + i], high(digit, w[start + i])
        low += carry
        above += np.uint64(low < carry)
        above += np.uint64(w[rest + i] < low)
        w[rest + i] -= low
        carry = above
    short = w[rest + m] < carry
    w[rest + m] -= carry
    if short:
        digit -= ONE
        w[rest + m] += add(w, (rest, m), divisor, (rest, m))
    return digit


@kernel
def _three_by_two(
    over: tuple[np.uint64, np.uint64, np.uint64], upper: tuple[np.uint64, np.uint64], inverse: np.uint64
) -> np.uint64:
    """Return the quotient of three words by two, of which the upper has its highest bit set; high words first."""
    low, quotient = inverse * over[0], high(inverse, over[0])
    low += over[1]
    quotient += over[0] + np.uint64(low < over[1])
    left, last = over[1] - quotient * upper[0], over[2]
    below, above = upper[1] * quotient, high(upper[1], quotient)
    left -= above + np.uint64(last < below)
    last -= below
    left -= upper[0] + np.uint64(last < upper[1])
    last -= upper[1]
    quotient += ONE
    if left >= low:
        quotient -= ONE
        last += upper[1]
        left += upper[0] + np.uint64(last < upper[1])
    if left > upper[0] or (left == upper[0] and last >= upper[1]):
        quotient += ONE
    return np.uint64(quotient)


@kernel
def _inverse(upper: tuple[np.uint64, np.uint64]) -> np.uint64:
    """Return (2**192 - 1) // divisor - 2**64 for a divisor of two words, the high one first, its highest bit set."""
    inverse = _inverse_of_word(upper[0])
    rest = upper[0] * inverse + upper[1]
    if rest < upper[1]:
        inverse -= ONE
        if rest >= upper[0]:
            inverse -= ONE
            rest -= upper[0]
        rest -= upper[0]
    below, above = inverse * upper[1], high(inverse, upper[1])
    rest += above
    if rest < above:
        inverse -= ONE
        if rest > upper[0] or (rest == upper[0] and below >= upper[1]):
            inverse -= ONE
    return np.uint64(inverse)


@kernel
def _inverse_of_word(upper: np.uint64) -> np.uint64:
    """Return (2**128 - 1) // upper - 2**64, the highest bit of `upper` being set.

    A float gives some 50 bits of it; the error that an exact product shows gives the rest, or one less.
    """
    about = (RADIX / np.float64(upper) - 1) * RADIX
    inverse = np.uint64(about if about < LARGEST_FLOAT else LARGEST_FLOAT)
    low, above = _left_of_inverse(upper, inverse)
    error = np.float64(np.int64(above)) * RADIX + np.float64(low)
    inverse += np.uint64(np.int64(np.floor(error / np.float64(upper) - SHY)))
    low, above = _left_of_inverse(upper, inverse)
    while np.int64(above) < 0:
        inverse -= ONE
        above += np.uint64(low + upper < low)
        low += upper
    while above != ZERO or low >= upper:
        inverse += ONE
        above -= np.uint64(low < upper)
        low -= upper
    return inverse


@kernel
def _left_of_inverse(upper: np.uint64, inverse: np.uint64) -> tuple[np.uint64, np.uint64]:
    """Return 2**128 - 1 - (2**64 + inverse) * upper in two's complement, the low word first."""
    return ~(inverse * upper), ~(high(inverse, upper) + upper)


@kernel
def _leading_zeros(word: np.uint64) -> int:
    """Return how many bits above the highest one set are not; the word is not 0."""
    count = 0
    for step in (32, 16, 8, 4, 2, 1):
        if word >> np.uint64(WORD_BITS - step) == ZERO:
            count += step
            word <<= np.uint64(step)
    return count
