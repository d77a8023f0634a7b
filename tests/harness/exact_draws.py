"""Random numbers for the comparisons of pools with their contracts, and how a refusal is compared."""

from random import Random

ONE = 10**18


def spread(random: Random, low: float, high: float) -> int:
    """Return a whole number whose logarithm to the base of ten is anywhere between two."""
    return max(1, int(10 ** random.uniform(low, high)))


def decimals(random: Random) -> int:
    """Return decimals of a token up to 18, the usual ones more often."""
    return random.choice((18, 18, 6, 8, random.randint(0, 18)))


def amount(random: Random, balance: int, share: float) -> int:
    """Return an amount of any size, more often of up to 10**`share` of the balance."""
    if random.random() < 0.2:
        return spread(random, 0, 26)
    return int(balance * 10 ** random.uniform(-7, share)) + 1


def way(random: Random, count: int) -> tuple[int, int]:
    """Return two indices that differ."""
    i, j = random.sample(range(count), 2)
    return i, j


def paid(expected: int | None, got: int | None) -> int | None:
    """Return what the pool says, its 0 for too little taken as the contract's refusal where that refuses."""
    return None if expected is None and got == 0 else got
