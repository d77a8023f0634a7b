"""Wide numbers in compiled code against Python's own."""

from hypothesis import given, settings
from hypothesis import strategies as st
from numba import config

from harness.market.kernels import version, words

BITS_OF_PRODUCT, BITS_OF_QUOTIENT = 255, 127


def up_to(bits: int) -> st.SearchStrategy[int]:
    """Numbers of every length up to `bits`, the round ones and their neighbours among them."""
    lengths = st.integers(0, bits)
    around = st.tuples(lengths, st.integers(-2, 2)).map(
        lambda pair: min(max(0, (1 << pair[0]) + pair[1]), (1 << bits) - 1)
    )
    return st.one_of(lengths.flatmap(lambda length: st.integers(0, (1 << length) - 1 if length else 0)), around)


wide = up_to(128)


@settings(deadline=None)
@given(wide, wide)
def test_sums_differences_and_order(a: int, b: int) -> None:
    x, y = words.packed(a), words.packed(b)
    assert words.joined(words.add(x, y)) == (a + b) % 2**128
    assert words.joined(words.subtract(x, y)) == (a - b) % 2**128
    assert words.joined_signed(words.subtract(x, y)) == (a - b + 2**127) % 2**128 - 2**127
    assert words.less(x, y) == (a < b)


@settings(deadline=None)
@given(wide, wide)
def test_products_are_whole(a: int, b: int) -> None:
    product = words.multiply(words.packed(a), words.packed(b))
    assert words.joined(product[:2]) << 128 | words.joined(product[2:]) == a * b
    assert words.joined(words.times_word(words.packed(a), words.packed(b)[1])) == a * (b % 2**64) % 2**128


@settings(deadline=None)
@given(up_to(127), up_to(127), up_to(126))
def test_quotients_and_remainders(a: int, b: int, divisor: int) -> None:
    divisor = max(1, divisor, (a * b >> BITS_OF_QUOTIENT) + 1)
    assert a * b < 1 << BITS_OF_PRODUCT
    quotient, left = words.multiply_divide(words.packed(a), words.packed(b), words.packed(divisor))
    assert (words.joined(quotient), words.joined(left)) == divmod(a * b, divisor)


@settings(deadline=None)
@given(wide)
def test_floats_are_next_to_the_number(a: int) -> None:
    assert abs(words.wide_float(words.packed(a)) - a) <= a / 2**52
    assert words.joined(words.float_wide(float(a >> 1))) == int(float(a >> 1))


def test_compiled_code_is_kept_by_the_version_of_all_sources() -> None:
    assert version() in str(config.CACHE_DIR)
