"""Curve's invariant for volatile coins, and its solvers, in integers and rounded as three generations of pools round.

Source: the whitepaper "Automatic market-making with dynamic peg". With n balances x, each times its price, K0 = n**n *
prod(x) / D**n and K = A * n**n * K0 * (gamma / (gamma + 1 - K0))**2, the invariant D is where K * D**(n - 1) * sum(x) +
prod(x) = K * D**n + (D / n)**n. The first pools solve for a balance by Newton's method; the new generation solves a
cubic in closed form, and falls back on Newton's method. What follows the contracts' own order of operations is so on
purpose. Within the limits that the contracts set, and `CurveCryptoPool.problem` with them, only means outgrow 256 bits.

`ann` is A * n**n in parts of 10,000; the other numbers have 18 decimals. Answers are None where a contract reverts.
"""

from collections.abc import Sequence
from math import isqrt
from typing import ClassVar, Final, Protocol

ONE: Final = 10**18
A_PRECISION: Final = 10_000
LEAST_GAMMA: Final = 10**10
LEAST_D: Final = 10**17
MOST_D: Final = 10**33
ROUNDS: Final = 255
WORD: Final = 1 << 256

_SHARES: Final = (ONE // 100, 100 * ONE)
"""Least and most that a balance may be of the invariant."""

_GAMMA_OF_FULL_RANGE: Final = 2 * 10**16
_CUBE: Final = 115792089237316195423570985008687907853269
"""Below this, and below 10**18 times this, the cube root is taken with more decimals."""

_NEAR: Final = 10**14
_TWO_DIVIDERS: Final = ((48, 30), (46, 28), (44, 26), (42, 24), (40, 22), (38, 20), (36, 18), (34, 16), (32, 14))
_TWO_DIVIDERS_BELOW: Final = ((30, 12), (28, 10), (26, 8), (24, 6), (20, 2))
_THREE_DIVIDERS: Final = ((48, 30), (44, 26), (40, 22), (36, 18), (32, 14), (28, 10), (24, 6), (20, 2))
"""By how many digits the coefficients of a cubic are cut where a number has more digits than the first."""

_THREE_SCALES: Final = ((10**36, 10**36, 10**12), (10**24, 10**24, 10**6), (0, ONE, 1))
"""Above which sum of balances a product is divided by what, and its cube root's argument multiplied by what."""


class Solver(Protocol):
    """How a generation of pools computes.

    Attributes:
        COINS: Number of coins.
        MOST_GAMMA: The largest gamma that it computes with.
        AMPS: The least and the largest `ann`.
        KNOWN_AFTER: Whether the state after a swap follows from what the pool's state here holds.
    """

    COINS: ClassVar[int]
    MOST_GAMMA: ClassVar[int]
    AMPS: ClassVar[tuple[int, int]]
    KNOWN_AFTER: ClassVar[bool]

    @staticmethod
    def balance(ann: int, gamma: int, xp: Sequence[int], d: int, j: int) -> tuple[int, int] | None:
        """Return the balance at `j` that goes with the others, and a hint for `invariant`, 0 where there is none."""

    @staticmethod
    def invariant(ann: int, gamma: int, xp: Sequence[int], hint: int = 0) -> int | None:
        """Return the invariant of the balances."""

    @staticmethod
    def mean(xp: Sequence[int]) -> int | None:
        """Return the geometric mean of the balances."""


class TwoFirst:
    """Pools of two coins since 2021, and those of their factory."""

    COINS: ClassVar[int] = 2
    MOST_GAMMA: ClassVar[int] = 2 * 10**16
    AMPS: ClassVar[tuple[int, int]] = (4 * A_PRECISION // 10, 4 * A_PRECISION * 100_000)
    KNOWN_AFTER: ClassVar[bool] = False

    @staticmethod
    def balance(ann: int, gamma: int, xp: Sequence[int], d: int, j: int) -> tuple[int, int] | None:
        """Return the balance at `j` by Newton's method, without a hint."""
        x = xp[1 - j]
        if not LEAST_D <= d <= MOST_D or not _within(x, d, _SHARES):
            return None
        y = newton_balance(ann, gamma, [x], d)
        return None if y is None or not _within(y, d, _SHARES) else (y, 0)

    @staticmethod
    def invariant(ann: int, gamma: int, xp: Sequence[int], hint: int = 0) -> int | None:  # noqa: ARG004 - later ones
        """Return the invariant of the balances, starting from their geometric mean."""
        mean = TwoFirst.mean(xp)
        return None if mean is None else newton_invariant(ann, gamma, xp, 2 * mean)

    @staticmethod
    def mean(xp: Sequence[int]) -> int | None:
        """Return the geometric mean by Newton's method."""
        high, low = max(xp), min(xp)
        if high * low >= WORD:
            return None
        d = high
        for _ in range(ROUNDS):
            last = d
            d = (d + high * low // d) // 2
            if abs(d - last) <= 1 or abs(d - last) * ONE < d:
                break
        return d


class TwoNG:
    """Pools of two coins of the new generation."""

    COINS: ClassVar[int] = 2
    MOST_GAMMA: ClassVar[int] = 199 * 10**15
    AMPS: ClassVar[tuple[int, int]] = (4 * A_PRECISION // 10, 4 * A_PRECISION * 1_000)
    KNOWN_AFTER: ClassVar[bool] = True

    @staticmethod
    def balance(ann: int, gamma: int, xp: Sequence[int], d: int, j: int) -> tuple[int, int] | None:
        """Return the balance at `j` by the cubic's closed form where it has one."""
        x = xp[1 - j]
        limits = TwoNG.limits(gamma)
        if not LEAST_D <= d <= MOST_D or not limits[0] <= 2 * ONE * x // d // 2 <= limits[1]:
            return None
        root = TwoNG._root(ann, gamma, x, d)
        if root is None:
            return None
        y = d * d // x * root // 4 // ONE if root else newton_balance(ann, gamma, [x], d)
        return None if y is None or not limits[0] <= y * ONE // d <= limits[1] else (y, root)

    @staticmethod
    def limits(gamma: int) -> tuple[int, int]:
        """Return the least and the most that a balance may be of the invariant: less for a large gamma."""
        most = 100 * ONE
        if gamma > _GAMMA_OF_FULL_RANGE:
            most = most * _GAMMA_OF_FULL_RANGE // gamma
        return ONE * ONE // 2 // most, most // 2

    @staticmethod
    def _root(ann: int, gamma: int, x: int, d: int) -> int | None:
        """Return the root of the cubic; 0 where it is not found so, None where the contract reverts."""
        square = ann * gamma * gamma
        a = 10**32
        b = d * square // 400_000_000 // x - 3 * 10**32 - 2 * gamma * _NEAR
        c = 3 * 10**32 + 4 * gamma * _NEAR + gamma * gamma // 10**4
        c += 4 * square // 400_000_000 * x // d - 4 * square // 400_000_000
        e = -((ONE + gamma) ** 2 // 10**4)
        if b == 0:
            return None
        delta0, delta1 = _deltas(a, b, c, e)
        cut = _cut(min(abs(delta0), abs(delta1), a), (*_TWO_DIVIDERS, *_TWO_DIVIDERS_BELOW))
        a, b, c, e = (_over(number, cut) for number in (a, b, c, e))
        if b == 0 or a == 0:
            return None
        delta0, delta1 = _deltas(a, b, c, e)
        under = delta1 * delta1 + _over(4 * delta0 * delta0, b) * delta0
        if under <= 0:
            return 0
        root = isqrt(under)
        cube = cube_root(b) if b > 0 else -cube_root(-b)
        second = cube_root((delta1 + root) // 2) if delta1 > 0 else -cube_root((root - delta1) // 2)
        c1 = _over(cube * cube // ONE * second, ONE)
        if c1 == 0:
            return None
        found = _over(ONE * c1 - ONE * b - _over(ONE * b, c1) * delta0, 3 * a)
        return found if found > 0 else None

    @staticmethod
    def invariant(ann: int, gamma: int, xp: Sequence[int], hint: int = 0) -> int | None:
        """Return the invariant of the balances, starting from the hint where there is one."""
        high, low = max(xp), min(xp)
        start = min(high + low, isqrt(4 * high * low // hint * ONE)) if hint else 2 * isqrt(high * low)
        return newton_invariant(ann, gamma, xp, start)

    @staticmethod
    def mean(xp: Sequence[int]) -> int | None:
        """Return the geometric mean."""
        product = xp[0] * xp[1]
        return isqrt(product) if product < WORD else None


class ThreeFirst:
    """Pools of three coins of 2021."""

    COINS: ClassVar[int] = 3
    MOST_GAMMA: ClassVar[int] = 5 * 10**16
    AMPS: ClassVar[tuple[int, int]] = (27 * A_PRECISION // 100, 27 * A_PRECISION * 1_000)
    KNOWN_AFTER: ClassVar[bool] = False

    @staticmethod
    def balance(ann: int, gamma: int, xp: Sequence[int], d: int, j: int) -> tuple[int, int] | None:
        """Return the balance at `j` by Newton's method, without a hint."""
        others = [x for at, x in enumerate(xp) if at != j]
        if not LEAST_D <= d <= MOST_D or not all(_within(x, d, _SHARES) for x in others):
            return None
        y = newton_balance(ann, gamma, others, d)
        return None if y is None or not _within(y, d, _SHARES) else (y, 0)

    @staticmethod
    def invariant(ann: int, gamma: int, xp: Sequence[int], hint: int = 0) -> int | None:  # noqa: ARG004 - later ones
        """Return the invariant of the balances, about: these pools start elsewhere, and say what theirs is."""
        mean = ThreeFirst.mean(xp)
        return None if mean is None else newton_invariant(ann, gamma, xp, 3 * mean)

    @staticmethod
    def mean(xp: Sequence[int]) -> int | None:
        """Return the geometric mean, about as these pools take it."""
        return ThreeNG.mean(sorted(xp, reverse=True))


class ThreeNG:
    """Pools of three coins of the new generation."""

    COINS: ClassVar[int] = 3
    MOST_GAMMA: ClassVar[int] = 5 * 10**16
    AMPS: ClassVar[tuple[int, int]] = (27 * A_PRECISION // 100, 27 * A_PRECISION * 1_000)
    KNOWN_AFTER: ClassVar[bool] = True

    @staticmethod
    def balance(ann: int, gamma: int, xp: Sequence[int], d: int, j: int) -> tuple[int, int] | None:
        """Return the balance at `j` by the cubic's closed form where it has one."""
        first, second = (x for at, x in enumerate(xp) if at != j)
        if not LEAST_D <= d <= MOST_D or not all(_within(x, d, _SHARES) for x in (first, second)):
            return None
        root = ThreeNG._root(ann, gamma, (first, second), d)
        if root is None:
            return None
        share, a = root
        if share == 0:
            y, hint = newton_balance(ann, gamma, [first, second], d), 0
        else:
            y, hint = _over(d * d // 27 // second * d // first * share, a), _over(ONE * share, a)
        if y is None or y <= 0 or hint < 0 or not ONE // 100 - 1 <= y * ONE // d <= 100 * ONE:
            return None
        return y, hint

    @staticmethod
    def _root(ann: int, gamma: int, others: tuple[int, int], d: int) -> tuple[int, int] | None:
        """Return the root of the cubic and its scale; 0 for the root where it is not found so."""
        first, second = others
        square = gamma * gamma
        a = 10**36 // 27
        b = 10**36 // 9 + 2 * ONE * gamma // 27
        b -= d * d // first * square * ann // 27**2 // A_PRECISION // second
        c = 10**36 // 9 + gamma * (gamma + 4 * ONE) // 27
        c += _over(_over(_over(square * (first + second - d), d) * ann, 27), A_PRECISION)
        e = (ONE + gamma) ** 2 // 27
        if b == 0:
            return None
        cut = _cut(abs(_over(3 * a * c, b) - b), _THREE_DIVIDERS)
        if a > abs(b):
            more = a // abs(b)
            a, b, c, e = (_over(number * more, cut) for number in (a, b, c, e))
        else:
            less = abs(b) // a
            a, b, c, e = (_over(_over(number, less), cut) for number in (a, b, c, e))
        if b == 0 or a == 0:
            return None
        product = 3 * a * c
        delta0 = _over(product, b) - b
        delta1 = _over(3 * product, b) - 2 * b - _over(_over(27 * a * a, b) * e, b)
        under = delta1 * delta1 + _over(4 * delta0 * delta0, b) * delta0
        if under <= 0:
            return 0, a
        root = isqrt(under)
        cube = cube_root(b) if b >= 0 else -cube_root(-b)
        other = cube_root((delta1 + root) // 2) if delta1 > 0 else -cube_root((root - delta1) // 2)
        c1 = _over(cube * cube // ONE * other, ONE)
        return None if c1 == 0 else (_over(b + _over(b * delta0, c1) - c1, 3), a)

    @staticmethod
    def invariant(ann: int, gamma: int, xp: Sequence[int], hint: int = 0) -> int | None:
        """Return the invariant of the balances, starting from the hint where there is one."""
        ordered = sorted(xp, reverse=True)
        if hint == 0:
            mean = ThreeNG.mean(ordered)
            return None if mean is None else newton_invariant(ann, gamma, xp, 3 * mean)
        total, (x, y, z) = sum(ordered), ordered
        cut, more = next((cut, more) for above, cut, more in _THREE_SCALES if total > above)
        product = x * y // cut * z
        cube = product // hint * 27 * more
        return newton_invariant(ann, gamma, xp, cube_root(cube)) if product < WORD > cube else None

    @staticmethod
    def mean(xp: Sequence[int]) -> int | None:
        """Return the geometric mean, the first two multiplied first."""
        x, y, z = xp
        product = x * y // ONE * z
        if max(x * y, product) >= WORD:
            return None
        return cube_root(product // ONE) if product >= ONE else 0


def newton_balance(ann: int, gamma: int, others: Sequence[int], d: int) -> int | None:
    """Return the balance that goes with the others at an invariant, by Newton's method; near it, as the contract's."""
    count, high_first = len(others) + 1, sorted(others, reverse=True)
    total, k0_others, y = sum(others), ONE, d // count
    for x in reversed(high_first):
        y = y * d // (x * count)
    for x in high_first:
        k0_others = k0_others * x * count // d
    if count == 2:  # noqa: PLR2004 - two coins start from one division
        y = d * d // (others[0] * 4)
    near = max(high_first[0] // _NEAR, d // _NEAR, 100)
    for _ in range(ROUNDS):
        last = y
        k0, s = k0_others * y * count // d, total + y
        if k0 == 0 or y == 0:
            return None
        off = abs(gamma + ONE - k0) + 1
        mul1 = ONE * d // gamma * off // gamma * off * A_PRECISION // ann
        mul2 = ONE + 2 * ONE * k0 // off
        rise = ONE * y + s * mul2 + mul1 - d * mul2
        if rise < 0:
            y = last // 2
            continue
        slope = rise // y
        if slope == 0:
            return None
        less = mul1 // slope
        more = (rise + ONE * d) // slope + less * ONE // k0
        less += ONE * s // slope
        y = last // 2 if more < less else more - less
        if abs(y - last) < max(near, y // _NEAR):
            return y
    return None


def newton_invariant(ann: int, gamma: int, xp: Sequence[int], start: int) -> int | None:
    """Return the invariant by Newton's method from `start`, or None where the contract reverts."""
    ordered, count, total, d = sorted(xp, reverse=True), len(xp), sum(xp), start
    for _ in range(ROUNDS):
        last = d
        if d <= 0:
            return None
        k0 = _k0(ordered, d)
        if k0 == 0:
            return None
        off = abs(gamma + ONE - k0) + 1
        mul1 = ONE * d // gamma * off // gamma * off * A_PRECISION // ann
        mul2 = 2 * ONE * count * k0 // off
        slope = total + total * mul2 // ONE + mul1 * count // k0 - mul2 * d // ONE
        if slope <= 0:
            return None
        more, less = d * (slope + total) // slope, d * d // slope
        if k0 < ONE:
            less += d * (mul1 // slope) // ONE * (ONE - k0) // k0
        else:
            less -= d * (mul1 // slope) // ONE * (k0 - ONE) // k0
        if less < 0:
            return None
        d = more - less if more > less else (less - more) // 2
        if abs(d - last) * _NEAR < max(10**16, d):
            return d if d > 0 and all(_within(x, d, _SHARES) for x in ordered) else None
    return None


def _k0(ordered: Sequence[int], d: int) -> int:
    """Return K0, the largest balance taken first."""
    if len(ordered) == 2:  # noqa: PLR2004 - two coins are multiplied by four at once
        return 4 * ONE * ordered[0] // d * ordered[1] // d
    k0 = ONE
    for x in ordered:
        k0 = k0 * x * 3 // d
    return k0


def cube_root(x: int) -> int:
    """Return the cube root of `x`, 18 decimals each, by seven rounds of Newton's method from a power of two."""
    if x == 0:
        return 0
    wide = x if x >= _CUBE * ONE else x * ONE if x >= _CUBE else x * ONE * ONE
    third, rest = divmod(wide.bit_length() - 1, 3)
    root: int = (1 << third) * (1, 1260, 1260 * 1260)[rest] // (1, 1000, 1000 * 1000)[rest]
    for _ in range(7):
        root = (2 * root + wide // (root * root)) // 3
    if x >= _CUBE * ONE:
        return root * 10**12
    return root * 10**6 if x >= _CUBE else root


def _deltas(a: int, b: int, c: int, e: int) -> tuple[int, int]:
    delta0 = _over(3 * a * c, b) - b
    return delta0, 3 * delta0 + b - _over(_over(27 * a * a, b) * e, b)


def _cut(number: int, dividers: Sequence[tuple[int, int]]) -> int:
    return next((10**digits for above, digits in dividers if number > 10**above), 1)


def _over(number: int, divisor: int) -> int:
    """Return the quotient rounded towards zero, as the EVM divides signed numbers."""
    quotient = abs(number) // abs(divisor)
    return quotient if (number < 0) == (divisor < 0) else -quotient


def _within(x: int, d: int, shares: tuple[int, int]) -> bool:
    return shares[0] <= x * ONE // d <= shares[1]
