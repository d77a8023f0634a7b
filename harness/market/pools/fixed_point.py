"""Balancer's fixed-point arithmetic: numbers of 18 decimals, and powers of them, rounded as its contracts round.

Powers go by the natural logarithm and the exponential function, both in integers: the argument is taken apart into
powers of e whose exponents are powers of two, and the rest, which is small, goes into a series. Source: Balancer's
documentation of its weighted math and the constants of its published LogExpMath.

A weighted pool asks for powers of 0.7 to 1.5 with exponents of 0.01 to 99, for which neither the contracts' bounds on
logarithms nor their 256 bits are ever reached.
"""

from typing import Final

ONE: Final = 10**18
TWO: Final = 2 * ONE
FOUR: Final = 4 * ONE

_E20: Final = 10**20
_E36: Final = 10**36
_POW_ERROR: Final = 10_000
"""Relative error that a power is given, 1e-14, at 18 decimals."""

_WHOLE: Final = (
    (128 * ONE, 38877084059945950922200000000000000000000000000000000000),
    (64 * ONE, 6235149080811616882910000000),
)
"""Exponents at 18 decimals, and e to each as whole numbers."""

_PARTS: Final = (
    (3200000000000000000000, 7896296018268069516100000000000000),
    (1600000000000000000000, 888611052050787263676000000),
    (800000000000000000000, 298095798704172827474000),
    (400000000000000000000, 5459815003314423907810),
    (200000000000000000000, 738905609893065022723),
    (100000000000000000000, 271828182845904523536),
    (50000000000000000000, 164872127070012814685),
    (25000000000000000000, 128402541668774148407),
    (12500000000000000000, 113314845306682631683),
    (6250000000000000000, 106449445891785942956),
)
"""Exponents 2**5 to 2**-4 at 20 decimals, and e to each at 20 decimals."""

_EXP_PARTS: Final = _PARTS[:8]
_EXP_TERMS: Final = range(2, 13)
_LN_ODD: Final = (3, 5, 7, 9, 11)
_LN_ODD_NEAR_ONE: Final = (3, 5, 7, 9, 11, 13, 15)
_NEAR_ONE: Final = (ONE - ONE // 10, ONE + ONE // 10)


def mul_down(a: int, b: int) -> int:
    """Return the product of two numbers of 18 decimals, rounded down."""
    return a * b // ONE


def mul_up(a: int, b: int) -> int:
    """Return the product of two numbers of 18 decimals, rounded up."""
    return -(-a * b // ONE)


def div_down(a: int, b: int) -> int:
    """Return the ratio of two numbers of 18 decimals, rounded down."""
    return a * ONE // b


def div_up(a: int, b: int) -> int:
    """Return the ratio of two numbers of 18 decimals, rounded up."""
    return -(-a * ONE // b)


def complement(x: int) -> int:
    """Return one less `x`, or 0 where `x` is more than one."""
    return max(0, ONE - x)


def pow_up(x: int, y: int, whole: bool) -> int:
    """Return `x` to the power of `y`, 18 decimals each, rounded up by more than the error of `power`.

    Args:
        x: The base.
        y: The exponent.
        whole: Whether exponents of exactly one, two and four are multiplied out, as the later pools do.
    """
    if whole and y in (ONE, TWO, FOUR):
        square = x if y == ONE else mul_up(x, x)
        return mul_up(square, square) if y == FOUR else square
    raw = power(x, y)
    return raw + mul_up(raw, _POW_ERROR) + 1


def power(x: int, y: int) -> int:
    """Return `x` to the power of `y`, 18 decimals each and positive, with the contract's own error."""
    if _NEAR_ONE[0] < x < _NEAR_ONE[1]:
        size, negative = _ln_near_one(x)
        exponent = (size // ONE * y + size % ONE * y // ONE) // ONE
    else:
        size, negative = _ln(x)
        exponent = size * y // ONE
    return exp(-exponent if negative else exponent)


def exp(x: int) -> int:
    """Return e to the power of `x`, 18 decimals each, for `x` between -41 and 130."""
    rest, whole = abs(x), 1
    for exponent, value in _WHOLE:
        if rest >= exponent:
            rest, whole = rest - exponent, value
            break
    rest *= 100
    product = _E20
    for exponent, value in _EXP_PARTS:
        if rest >= exponent:
            rest -= exponent
            product = product * value // _E20
    series, term = _E20 + rest, rest
    for n in _EXP_TERMS:
        term = term * rest // _E20 // n
        series += term
    result = product * series // _E20 * whole // 100
    return _E36 // result if x < 0 else result


def _ln(x: int) -> tuple[int, bool]:
    """Return the size of the natural logarithm of `x`, 18 decimals each, and whether it is negative."""
    negative = x < ONE
    rest, total = _E36 // x if negative else x, 0
    for exponent, value in _WHOLE:
        if rest >= value * ONE:
            rest, total = rest // value, total + exponent
    rest, total = rest * 100, total * 100
    for exponent, value in _PARTS:
        if rest >= value:
            rest, total = rest * _E20 // value, total + exponent
    return (total + _twice_artanh(rest - _E20, rest + _E20, _E20, _LN_ODD)) // 100, negative


def _ln_near_one(x: int) -> tuple[int, bool]:
    """Return the size, at 36 decimals, of the natural logarithm of `x`, of 18 decimals, and whether it is negative."""
    x *= ONE
    return _twice_artanh(abs(x - _E36), x + _E36, _E36, _LN_ODD_NEAR_ONE), x < _E36


def _twice_artanh(above: int, below: int, unit: int, odd: tuple[int, ...]) -> int:
    """Return twice the series of artanh(above / below), a term for each odd power from the first, in `unit`."""
    term = above * unit // below
    square = term * term // unit
    series = term
    for n in odd:
        term = term * square // unit
        series += term // n
    return 2 * series
