"""The least of a range of amounts, where a pool's own formula cannot be turned around exactly."""

from collections.abc import Callable


def least(enough: Callable[[int], bool], start: int) -> int:
    """Return the least amount that is enough, given that `enough` is monotone and true somewhere.

    Args:
        enough: Whether an amount, 1 or more, is enough.
        start: Where it is about; the search takes steps in the logarithm of its distance from the answer.
    """
    low, high, stride = start, start, 1
    while not enough(high):
        low, high, stride = high, high + stride, stride * 2
    stride = 1
    while low > 0 and enough(low):
        low, high, stride = max(0, low - stride), low, stride * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def least_up_to(enough: Callable[[int], bool], most: int, start: int = 1) -> int | None:
    """Return the least amount up to `most` that is enough, or None where `most` is not.

    Args:
        enough: Whether an amount, 1 or more, is enough; monotone.
        most: The largest amount that makes sense.
        start: Where the answer is about.
    """
    return least(lambda amount: amount >= most or enough(amount), min(start, most)) if enough(most) else None


def least_input(amount_out: Callable[[int], int | None], wanted: int, start: int) -> int | None:
    """Return the least input that pays at least `wanted`, or None where the pool cannot take so much.

    Args:
        amount_out: What an input of 1 or more pays; rising, and None for all that is too large, of which there is some.
        wanted: What it has to pay.
        start: Where the answer is about.
    """

    def enough(amount: int) -> bool:
        paid = amount_out(amount)
        return paid is None or paid >= wanted

    found = least(enough, max(1, start))
    return None if amount_out(found) is None else found
