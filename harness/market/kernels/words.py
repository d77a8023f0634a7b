"""Whole numbers wider than the machine's, for compiled code: one of 128 bits is a pair of words, the high one first.

Quotients are estimated in floating point and mended by exact remainders, which takes two rounds where the quotient has
no more than 100 bits. Nothing here checks for overflow; each function says what its arguments must keep to.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

Wide = tuple[np.uint64, np.uint64]
Wider = tuple[np.uint64, np.uint64, np.uint64, np.uint64]

WORD_BITS: Final = 64
MASK: Final = (1 << WORD_BITS) - 1
RADIX: Final = float(1 << WORD_BITS)
RADIX2: Final = RADIX * RADIX
ZERO, ONE = np.uint64(0), np.uint64(1)
SIGN: Final = np.uint64(1 << 63)

F = TypeVar("F", bound=Callable[..., Any])


def kernel(function: F) -> F:
    """Compile a function on its first call, and keep it on disk; it divides as numpy does."""
    return cast(F, njit(cache=True, error_model="numpy")(function))


@intrinsic
def high(context: Any, a: Any, b: Any) -> Any:  # noqa: ANN401, ARG001 - numba's own shapes
    """Return the high word of the product of two words."""

    def generate(_context: Any, builder: Any, _signature: Any, values: Any) -> Any:  # noqa: ANN401
        double = ir.IntType(2 * WORD_BITS)
        product = builder.mul(*(builder.zext(value, double) for value in values))
        return builder.trunc(builder.lshr(product, ir.Constant(double, WORD_BITS)), ir.IntType(WORD_BITS))

    return types.uint64(types.uint64, types.uint64), generate


@kernel
def wide_float(a: Wide) -> float:
    """Return a number as the nearest float, or next to it."""
    return float(np.float64(a[0]) * RADIX + np.float64(a[1]))


@kernel
def float_wide(value: float) -> Wide:
    """Return the whole part of a float from 0 to below 2**128."""
    top = np.uint64(value / RADIX)
    return top, np.uint64(value - np.float64(top) * RADIX)


@kernel
def add(a: Wide, b: Wide) -> Wide:
    """Return a + b, modulo 2**128."""
    low = a[1] + b[1]
    return a[0] + b[0] + np.uint64(low < a[1]), low


@kernel
def subtract(a: Wide, b: Wide) -> Wide:
    """Return a - b, modulo 2**128: in two's complement where b is larger."""
    return a[0] - b[0] - np.uint64(a[1] < b[1]), a[1] - b[1]


@kernel
def less(a: Wide, b: Wide) -> bool:
    """Tell whether a < b."""
    return bool(a[0] < b[0] or (a[0] == b[0] and a[1] < b[1]))


@kernel
def times_word(a: Wide, b: np.uint64) -> Wide:
    """Return a * b, modulo 2**128."""
    return a[0] * b + high(a[1], b), a[1] * b


@kernel
def multiply(a: Wide, b: Wide) -> Wider:
    """Return a * b, whole."""
    low = a[1] * b[1]
    first = high(a[1], b[1])
    across, over = a[1] * b[0], high(a[1], b[0])
    first += across
    second = over + np.uint64(first < across)
    across, over = a[0] * b[1], high(a[0], b[1])
    first += across
    over += np.uint64(first < across)
    second += over
    third = np.uint64(second < over)
    across = a[0] * b[0]
    second += across
    third += high(a[0], b[0]) + np.uint64(second < across)
    return third, second, first, low


@kernel
def subtract_wider(a: Wider, b: Wider) -> Wider:
    """Return a - b, modulo 2**256."""
    low = a[3] - b[3]
    borrow = np.uint64(a[3] < b[3])
    first = a[2] - b[2] - borrow
    borrow = np.uint64(a[2] < b[2] or (a[2] == b[2] and borrow == ONE))
    second = a[1] - b[1] - borrow
    borrow = np.uint64(a[1] < b[1] or (a[1] == b[1] and borrow == ONE))
    return a[0] - b[0] - borrow, second, first, low


@kernel
def wider_float(a: Wider) -> float:
    """Return a number in two's complement as a float."""
    if a[0] & SIGN:
        negated = subtract_wider((ZERO, ZERO, ZERO, ZERO), a)
        return float(-(wide_float((negated[0], negated[1])) * RADIX2 + wide_float((negated[2], negated[3]))))
    return float(wide_float((a[0], a[1])) * RADIX2 + wide_float((a[2], a[3])))


@kernel
def multiply_divide(a: Wide, b: Wide, divisor: Wide) -> tuple[Wide, Wide]:
    """Return quotient and remainder of a * b by `divisor`.

    The product keeps to 255 bits, quotient and divisor to 127, and the divisor is not 0.
    """
    product, by = multiply(a, b), wide_float(divisor)
    quotient = float_wide(wide_float(a) * wide_float(b) / by)
    while True:
        left = subtract_wider(product, multiply(quotient, divisor))
        if left[0] & SIGN:
            step = float_wide(-wider_float(left) / by)
            quotient = subtract(quotient, step if step[0] | step[1] else (ZERO, ONE))
        elif left[0] == ZERO and left[1] == ZERO and less((left[2], left[3]), divisor):
            return quotient, (left[2], left[3])
        else:
            step = float_wide(wider_float(left) / by)
            quotient = add(quotient, step if step[0] | step[1] else (ZERO, ONE))


def packed(value: int) -> Wide:
    """Return a number below 2**128 as a pair of words."""
    return np.uint64(value >> WORD_BITS), np.uint64(value & MASK)


def joined(words: Any) -> int:  # noqa: ANN401 - a row of an array
    """Return the number of a pair of words."""
    return int(words[0]) << WORD_BITS | int(words[1])


def joined_signed(words: Any) -> int:  # noqa: ANN401 - a row of an array
    """Return the number of a pair of words in two's complement."""
    value = joined(words)
    return value - (1 << 2 * WORD_BITS) if value >> (2 * WORD_BITS - 1) else value
