"""Liquidity Book of LFJ, versions 2.1 and 2.2: bins of one price each, a fee that grows with the bins crossed.

Source: the Joe V2 whitepaper, and for the order of the roundings LBPair, BinHelper, FeeHelper, PairParameterHelper and
PriceHelper of traderjoe-xyz/joe-v2. No package carries their code: this is checked against a model only, and against an
answer of the chain that others recorded. A pair of 2.2 whose hooks touch its swaps is not for this.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import ClassVar, NamedTuple

from harness.market import legs
from harness.market.legs import BPS, Leg, Venue
from harness.market.pools.checks import pair_problem
from harness.market.pools.errors import LiquidityExhaustedError
from harness.market.pools.pool import Product

ONE = 10**18
Q128 = 1 << 128
MAX_AMOUNT = Q128 - 1
MAX_UINT = (1 << 256) - 1
MAX_FEE = ONE // 10
MAX_LIQUIDITY = MAX_UINT // (2 * 887_272)
"""Of a bin, in 128.128 units of Y."""

ID_OF_ONE = 1 << 23
MAX_ID = (1 << 24) - 1
POWER_BITS = 20
ROOM = 1 << 120
"""What a pair must be able to take in without its balance outgrowing 128 bits."""


class LBFees(NamedTuple):
    """What a pair's fee is made of, set by its factory.

    Attributes:
        base_factor: The fee that is always due is `base_factor * bin_step / 1e8`.
        filter_period: Seconds within which trades count as one movement.
        decay_period: Seconds after which a movement is forgotten.
        reduction_factor: What is left of a movement in between, in basis points.
        variable_fee_control: Weight of the fee that grows with the movement.
        protocol_share: The protocol's part of the fee, in basis points.
        max_volatility: The largest movement that counts, in basis points of a bin.
    """

    base_factor: int
    filter_period: int
    decay_period: int
    reduction_factor: int
    variable_fee_control: int
    protocol_share: int
    max_volatility: int

    def widths(self) -> bool:
        """Return whether every value is one that a factory could have set."""
        return (
            0 <= self.base_factor < 1 << 16
            and 0 <= self.filter_period <= self.decay_period < 1 << 12
            and 0 <= self.reduction_factor <= BPS
            and 0 <= self.variable_fee_control < 1 << 24
            and 0 <= self.protocol_share <= BPS // 4
            and 0 <= self.max_volatility < 1 << POWER_BITS
        )


class LBVolatility(NamedTuple):
    """How far a pair has moved of late, in basis points of a bin.

    Attributes:
        accumulator: The movement as the last swap left it.
        reference: What of it is carried on.
        id_reference: The bin that movement is counted from.
        time: Unix second of the last swap.
    """

    accumulator: int
    reference: int
    id_reference: int
    time: int


class _Swept(NamedTuple):
    """What a bin took and paid: its place, units taken, the fee among them, units paid, and the movement then."""

    at: int
    taken: int
    fee: int
    paid: int
    volatility: int


@dataclass(frozen=True, slots=True)
class LiquidityBookPair:
    """State of a pair at one block, for a swap in a block of a given time.

    Attributes:
        address: Checksummed address of the pair.
        tokens: Checksummed addresses of X and Y.
        bin_step: Step between two bins' prices in basis points.
        active_id: The bin that trades.
        ids: The bins with liquidity, ascending; where only some are known, a swap beyond them is refused.
        reserves_x: Units of X in each of them.
        reserves_y: Units of Y in each of them.
        fees: What the fee is made of.
        volatility: How far the pair has moved.
        timestamp: Unix second of the block to trade in.
        protocol_fees: Units of X and Y that wait for the protocol.
        bounded: Whether the liquidity of a bin is bounded: in version 2.2 it is, in 2.1 it is not.
    """

    VENUE: ClassVar[Venue] = Venue.LIQUIDITY_BOOK
    GAS: ClassVar[int] = 120_000

    address: str
    tokens: tuple[str, str]
    bin_step: int
    active_id: int
    ids: tuple[int, ...]
    reserves_x: tuple[int, ...]
    reserves_y: tuple[int, ...]
    fees: LBFees
    volatility: LBVolatility
    timestamp: int
    protocol_fees: tuple[int, int] = (0, 0)
    bounded: bool = True

    def problem(self) -> str | None:
        """Return why the state cannot be traded on, or None."""
        if not self.ids or not len(self.ids) == len(self.reserves_x) == len(self.reserves_y):
            return "there are no bins, or not as many ids as reserves"
        if any(low >= high for low, high in zip(self.ids, self.ids[1:], strict=False)):
            return "the ids of the bins do not ascend"
        if not 0 < self.bin_step < 1 << 16 or not self.fees.widths():
            return f"a bin step of {self.bin_step} or fees of {self.fees} are out of range"
        if any(price_of(at, self.bin_step) is None for at in (self.ids[0], self.ids[-1])):
            return "a bin lies beyond the prices that there are"
        return self._reserve_problem() or self._movement_problem() or pair_problem(self.tokens)

    def _reserve_problem(self) -> str | None:
        """Return what is wrong with the bins' reserves, or None."""
        sides = (self.reserves_x, self.reserves_y)
        if any(amount < 0 for amount in (*self.protocol_fees, *self.reserves_x, *self.reserves_y)):
            return "a reserve is negative"
        if any(sum(side) + fee + ROOM > MAX_AMOUNT for side, fee in zip(sides, self.protocol_fees, strict=True)):
            return "the reserves leave no room within 128 bits"
        below, above = bisect_left(self.ids, self.active_id), bisect_right(self.ids, self.active_id)
        if any(self.reserves_x[:below]) or any(self.reserves_y[above:]):
            return "a bin holds X below the active one, or Y above it"
        return None

    def _movement_problem(self) -> str | None:
        """Return what is wrong with the movement, or None."""
        if not all(0 <= value < 1 << POWER_BITS for value in self.volatility[:2]):
            return f"a movement of {self.volatility} is out of range"
        if not 0 <= self.volatility.id_reference <= MAX_ID or not 0 <= self.active_id <= MAX_ID:
            return "a bin is numbered beyond 24 bits"
        if not 0 <= self.volatility.time <= self.timestamp < 1 << 40:
            return f"the last swap, at {self.volatility.time}, lies after the block, at {self.timestamp}"
        return None

    def amount_out(self, i: int, j: int, amount_in: int) -> int | None:
        """Return the units that the pair pays for `amount_in`, its fee taken off.

        Args:
            i: Index of the token sold to the pair: 0 for X.
            j: Index of the token bought.
            amount_in: Units of the token sold.

        Returns:
            Units of the token bought; None where the bins run out, or the pair would revert.
        """
        if amount_in <= 0:
            return 0
        swept = self._sweep(i, j, amount_in)
        return None if swept is None else sum(one.paid for one in swept)

    def amount_in(self, i: int, j: int, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none."""
        if amount_out <= 0:
            return 0
        taken = 0
        for at, price, rate, _ in self._bins(i):
            if price is None:
                return None
            reserve = self._reserves(j)[at]
            if amount_out > reserve:
                full, fee = _full(reserve, price, rate, i == 0)
                taken, amount_out = taken + full + fee, amount_out - reserve
                continue
            net = _full(amount_out, price, rate, i == 0)[0]
            taken += -(-net * ONE // (ONE - rate))
            return taken if self._sweep(i, j, taken) is not None else None
        return None

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:
        """Return what one more unit after `amount_in` brings; 0 where the pair takes no more."""
        left = max(0, amount_in)
        for at, price, rate, _ in self._bins(i):
            if price is None:
                return 0.0
            full, fee = _full(self._reserves(j)[at], price, rate, i == 0)
            if full + fee > MAX_AMOUNT:
                return 0.0
            if left < full + fee:
                return (1 - rate / ONE) * (price / Q128 if i == 0 else Q128 / price)
            left -= full + fee
        return 0.0

    def product(self, i: int, j: int) -> Product | None:  # noqa: ARG002 - the same for both
        """Return None: within a bin the price stands still."""
        return None

    def after(self, i: int, j: int, amount_in: int) -> "LiquidityBookPair":
        """Return the state that a swap of `amount_in` leaves behind.

        Raises:
            LiquidityExhaustedError: The pair cannot take that much.
        """
        if amount_in <= 0:
            return self
        swept = self._sweep(i, j, amount_in)
        if swept is None:
            raise LiquidityExhaustedError(f"the pair {self.address} cannot take {amount_in}; trade less")
        sold, bought, shares = list(self._reserves(i)), list(self._reserves(j)), list(self.protocol_fees)
        for one in swept:
            share = one.fee * self.fees.protocol_share // BPS
            sold[one.at] += one.taken - share
            bought[one.at] -= one.paid
            shares[i] += share
        x, y = (sold, bought) if i == 0 else (bought, sold)
        reference, id_reference = self._references()
        moved = LBVolatility(swept[-1].volatility, reference, id_reference, self.timestamp)
        return replace(
            self,
            active_id=self.ids[swept[-1].at],
            reserves_x=tuple(x),
            reserves_y=tuple(y),
            volatility=moved,
            protocol_fees=(shares[0], shares[1]),
        )

    def leg(self, i: int, j: int) -> Leg:
        """Return the executor's leg for a swap here."""
        return legs.liquidity_book(self.address, self.tokens[j], i == 0)

    # What a swap goes through

    def _reserves(self, i: int) -> tuple[int, ...]:
        return self.reserves_x if i == 0 else self.reserves_y

    def _sweep(self, i: int, j: int, amount: int) -> list[_Swept] | None:
        """Return what each bin does on the way of a swap; None where the bins run out, or the pair would revert."""
        if amount >= ROOM and sum(self._reserves(i)) + self.protocol_fees[i] + amount > MAX_AMOUNT:
            return None
        swept = []
        for at, price, rate, volatility in self._bins(i):
            reserve = self._reserves(j)[at]
            if price is None:
                return None
            full, fee = _full(reserve, price, rate, i == 0)
            if full + fee > MAX_AMOUNT:
                return None
            if amount >= full + fee:
                one = _Swept(at, full + fee, fee, reserve, volatility)
            else:
                fee = -(-amount * rate // ONE)
                net = amount - fee
                paid = min(net * price >> 128 if i == 0 else (net << 128) // price, reserve)
                one = _Swept(at, amount, fee, paid, volatility)
            if self.bounded and self._overflows(i, one, price):
                return None
            swept.append(one)
            amount -= one.taken
            if amount == 0:
                return swept
        return None

    def _overflows(self, i: int, one: _Swept, price: int) -> bool:
        """Return whether a bin would hold more than version 2.2 allows, the whole fee counted."""
        x, y = self.reserves_x[one.at], self.reserves_y[one.at]
        x, y = (x + one.taken, y - one.paid) if i == 0 else (x - one.paid, y + one.taken)
        return price * x + (y << 128) > MAX_LIQUIDITY

    def _bins(self, i: int) -> Iterator[tuple[int, int | None, int, int]]:
        """Yield place, price, rate of the fee and movement of every bin that has some of what is bought, in order.

        The price is None where the pair would revert on it.
        """
        if i == 0:
            places = range(bisect_right(self.ids, self.active_id) - 1, -1, -1)
        else:
            places = range(bisect_left(self.ids, self.active_id), len(self.ids))
        reserves, fees = self._reserves(1 - i), self.fees
        reference, id_reference = self._references()
        base = fees.base_factor * self.bin_step * 10**10
        for at in places:
            if reserves[at]:
                moved = min(reference + abs(self.ids[at] - id_reference) * BPS, fees.max_volatility)
                rate = base + ((moved * self.bin_step) ** 2 * fees.variable_fee_control + 99) // 100
                yield at, price_of(self.ids[at], self.bin_step) if rate <= MAX_FEE else None, rate, moved

    def _references(self) -> tuple[int, int]:
        """Return the movement that is carried on, and the bin it is counted from, at the time of the swap."""
        elapsed = self.timestamp - self.volatility.time
        if elapsed < self.fees.filter_period:
            return self.volatility.reference, self.volatility.id_reference
        if elapsed < self.fees.decay_period:
            return self.volatility.accumulator * self.fees.reduction_factor // BPS, self.active_id
        return 0, self.active_id


def _full(reserve: int, price: int, rate: int, sells_x: bool) -> tuple[int, int]:
    """Return what buys `reserve` of a bin, rounded up, and the fee on top of it, rounded up."""
    net = -((-reserve << 128) // price) if sells_x else -(-reserve * price >> 128)
    return net, -(-net * rate // (ONE - rate))


@lru_cache(maxsize=1 << 18)
def price_of(bin_id: int, bin_step: int) -> int | None:
    """Return units of Y for one of X in a bin, with 128 bits behind the point; None where the pair would revert.

    It is (1 + bin_step / 10,000) ** (bin_id - 2**23), multiplied up bit by bit from the inverse, which is below one.
    """
    exponent = abs(bin_id - ID_OF_ONE)
    if exponent >> POWER_BITS:
        return None
    price = Q128
    for bit, squared in enumerate(_squares(bin_step)):
        if exponent >> bit & 1:
            price = price * squared >> 128
    if price == 0:
        return None
    return MAX_UINT // price if bin_id > ID_OF_ONE else price


@lru_cache(maxsize=1 << 8)
def _squares(bin_step: int) -> tuple[int, ...]:
    """Return 1 / (1 + bin_step / 10,000) raised to each power of two."""
    square, squares = MAX_UINT // (Q128 + (bin_step << 128) // BPS), []
    for _ in range(POWER_BITS):
        squares.append(square)
        square = square * square >> 128
    return tuple(squares)
