"""The fee of Algebra 1.9, which the first swap of each second sets anew and pays itself, as do all after it.

That swap, or a change of the liquidity in range, first writes a timepoint: of the tick that stood since the last one,
and of what has been swapped since. The fee follows from the volatility and the volume of the last day's timepoints.

Source: the protocol's published DataStorage and AdaptiveFee. None of the sums here wraps within centuries.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt
from typing import Final, NamedTuple

WINDOW: Final = 86_400
"""Seconds that volatility and volume are looked at."""
PLACES: Final = 1 << 16
"""Timepoints that are kept, in a ring."""
DULLED: Final = 15
"""Volatility is divided by it before it is judged."""
UNIT: Final = 57
"""Bits by which a volume is shifted before it is judged."""
VOLUME_BITS: Final = 64
"""Bits after the point of a volume per liquidity."""
MOST: Final = 100_000 << VOLUME_BITS
"""The most that one swap counts for."""
LARGEST: Final = 1 << 16
SATURATED: Final = 6
"""Stretches from its middle at which a sigmoid has come to its end."""


class Timepoint(NamedTuple):
    """Sums since the pool began, at one second.

    Attributes:
        time: Unix seconds.
        ticks: Ticks times seconds.
        volatility: Squares of the distance between tick and mean tick, times seconds.
        mean: Tick, averaged over the window before.
        volume: Geometric mean of both amounts swapped, per liquidity, as 64 fractional bits.
    """

    time: int
    ticks: int
    volatility: int
    mean: int
    volume: int


class Configuration(NamedTuple):
    """What a fee is made of: two sigmoids of the volatility, and one of the volume that their sum is let through by.

    Attributes:
        alpha1: The first one's height, pips.
        alpha2: The second's.
        beta1: Where the first one's middle is.
        beta2: The second's.
        gamma1: How far the first is stretched.
        gamma2: The second.
        volume_beta: The volume's middle.
        volume_gamma: How far it is stretched.
        base: The least fee, pips.
    """

    alpha1: int
    alpha2: int
    beta1: int
    beta2: int
    gamma1: int
    gamma2: int
    volume_beta: int
    volume_gamma: int
    base: int


@dataclass(frozen=True, slots=True)
class Timepoints:
    """Of a pool's timepoints those that its next fees follow from.

    What is looked up and not among them is a LookupError: read them again.

    Attributes:
        last: Place of the newest.
        start: Place of one that is no newer than the window before the newest; of the oldest where there is none.
        known: By place; each from `start` on for a while, the newest, the one before it, and the oldest.
        full: Whether all places have been written.
    """

    last: int
    start: int
    known: Mapping[int, Timepoint]
    full: bool = False

    @property
    def newest(self) -> Timepoint:
        """The one written last."""
        return self.known[self.last]

    def written(self, time: int, tick: int, volume: int) -> "Timepoints":
        """Return them with one for `time`, unless that second has one.

        Args:
            time: Unix seconds.
            tick: Where the pool has stood since the newest.
            volume: What has been swapped since, as `volume_of` has it.
        """
        newest = self.newest
        if newest.time == time:
            return self
        seconds, mean = time - newest.time, self._mean(time, tick)
        before = tick if self.last == self._oldest() else self._mean_before()
        fresh = Timepoint(
            time,
            newest.ticks + tick * seconds,
            newest.volatility + _volatility(seconds, before, tick, newest.mean, mean),
            mean,
            newest.volume + volume,
        )
        place = (self.last + 1) % PLACES
        return Timepoints(place, self.start, {**self.known, place: fresh}, self.full or place == PLACES - 1)

    def advanced(self, time: int) -> "Timepoints":
        """Return them with `start` as late as it can be at `time`; what is known from before it is left out."""
        start = self._start(time - WINDOW)
        if start == self.start:
            return self
        passed = {(self.start + step) % PLACES for step in range((start - self.start) % PLACES)}
        passed -= {self._oldest(), (self.last - 1) % PLACES, self.last}
        kept = {place: point for place, point in self.known.items() if place not in passed}
        return Timepoints(self.last, start, kept, self.full)

    def averages(self) -> tuple[int, int]:
        """Return volatility a second and volume per liquidity of the window before the newest."""
        if self.last == self._oldest():
            return 0, 0
        end, since = self.newest, self.newest.time - WINDOW
        begun = self._at(since) if self._reaches(since) else self.known[self._oldest()]
        return (end.volatility - begun.volatility) // (end.time - begun.time), end.volume - begun.volume >> UNIT

    def _oldest(self) -> int:
        """Return the place of the oldest: the one that is written over next, once all have been written."""
        return (self.last + 1) % PLACES if self.full else 0

    def _mean(self, time: int, tick: int) -> int:
        """Return the mean tick of the window before `time`, as far as timepoints tell."""
        if self.last == self._oldest():
            return tick
        newest, since = self.newest, time - WINDOW
        if newest.time <= since:
            return self._mean_before()
        begun = self._at(since) if self._reaches(since) else self.known[self._oldest()]
        return _quotient(newest.ticks - begun.ticks, newest.time - begun.time)

    def _mean_before(self) -> int:
        """Return the mean tick between the newest and the one before it."""
        newest, before = self.newest, self.known[(self.last - 1) % PLACES]
        return _quotient(newest.ticks - before.ticks, newest.time - before.time)

    def _reaches(self, time: int) -> bool:
        """Tell whether there is one no newer than `time`."""
        return self.known[self.start].time <= time or self.known[self._oldest()].time <= time

    def _start(self, time: int) -> int:
        """Return the place of the newest that is no newer than `time`, of those from `start` on; else of the oldest."""
        if not self._reaches(time):
            return self._oldest()
        place = self.start
        if self.known[place].time > time:
            raise LookupError(place)
        while place != self.last and self.known[(place + 1) % PLACES].time <= time:
            place = (place + 1) % PLACES
        return place

    def _at(self, time: int) -> Timepoint:
        """Return what stood at a second between the oldest and the newest; its mean is left out."""
        place = self._start(time)
        before = self.known[place]
        if before.time == time:
            return before
        after = self.known[(place + 1) % PLACES]
        seconds, gone = after.time - before.time, time - before.time
        return Timepoint(
            time,
            before.ticks + _quotient(after.ticks - before.ticks, seconds) * gone,
            before.volatility + (after.volatility - before.volatility) // seconds * gone,
            0,
            before.volume + (after.volume - before.volume) // seconds * gone,
        )


def fee_of(configuration: Configuration, timepoints: Timepoints) -> int:
    """Return the fee in pips that swaps pay in the second of the newest timepoint."""
    volatility, volume = timepoints.averages()
    volatility //= DULLED
    height = _sigmoid(volatility, configuration.gamma1, configuration.alpha1, configuration.beta1)
    height += _sigmoid(volatility, configuration.gamma2, configuration.alpha2, configuration.beta2)
    height = min(height, LARGEST - 1)
    through = _sigmoid(volume, configuration.volume_gamma, height, configuration.volume_beta)
    return (configuration.base + through) % LARGEST


def volume_of(liquidity: int, amount0: int, amount1: int) -> int:
    """Return what a swap adds to the volume of its second.

    Args:
        liquidity: In range after it.
        amount0: Units of token0, of either sign.
        amount1: Units of token1.
    """
    volume = isqrt(abs(amount0)) * isqrt(abs(amount1))
    return min((volume << VOLUME_BITS) // max(liquidity, 1), MOST)


def _volatility(seconds: int, tick0: int, tick1: int, mean0: int, mean1: int) -> int:
    """Return the squares of the distance between tick and mean, second by second, both going straight."""
    apart, steeper = (tick0 - mean0) * seconds, (tick1 - tick0) - (mean1 - mean0)
    squares, sequence = seconds * (seconds + 1) * (2 * seconds + 1), seconds * (seconds + 1)
    total = steeper**2 * squares + 6 * apart * steeper * sequence + 6 * seconds * apart**2
    return total // (6 * seconds**2)


def _sigmoid(at: int, stretch: int, height: int, middle: int) -> int:
    """Return height / (1 + e^((middle - at) / stretch))."""
    away, power = abs(at - middle), stretch**8
    if away >= SATURATED * stretch:
        return height if at > middle else 0
    grown = _exponential(away, stretch)
    return height * grown // (power + grown) if at > middle else height * power // (power + grown)


def _exponential(x: int, stretch: int) -> int:
    """Return e^(x / stretch) * stretch^8, by the first terms of its series."""
    total, factorial = 0, 1
    for order in range(7):
        factorial *= max(order, 1)
        total += x**order * stretch ** (8 - order) // factorial
    return total + x**7 * stretch // 5_040 + x**8 // 40_320


def _quotient(dividend: int, divisor: int) -> int:
    """Divide as the chain does, towards zero."""
    return dividend // divisor if dividend >= 0 else -(-dividend // divisor)
