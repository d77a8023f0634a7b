"""Camelot V2: pairs with a fee each way, on the constant product or on the stable curve as their owner has set them.

Source: the protocol's published interface, and its verified source as public repositories show it; no package carries
its code. So all of this is checked against a model of it, and against the arithmetic that @paraswap/dex-lib publishes.
"""

from dataclasses import dataclass, replace
from typing import ClassVar, Final, Self

from harness.market import legs
from harness.market.legs import Leg, Venue
from harness.market.pools.pool import Product
from harness.market.pools.stable_curve import MAX_DECIMALS, POWERS, SAFE, UNIT, StableCurve
from harness.market.pools.uniswap_v2 import MAX_RESERVE, UniswapV2Pool

WHOLE: Final = 100_000
"""Of which fees and shares of fees are parts."""
OF_A_BASIS_POINT: Final = 10
"""Of those in a basis point."""
ROUNDS: Final = 255


@dataclass(frozen=True, slots=True)
class CamelotVolatilePool:
    """State at one block of a pair on the constant product, to the executor one of Uniswap V2's.

    The executor's leg names the fee in basis points: of a fee that is none, the next higher one is asked with, so that
    the pair pays what is asked for and keeps the rest.

    Attributes:
        address: Checksummed address of the pair.
        tokens: Checksummed addresses of token0 and token1.
        reserves: Units of each that the pair accounts for.
        fees: What is taken of an input of token0 and of token1, in parts of 100,000.
    """

    VENUE: ClassVar[Venue] = Venue.UNISWAP_V2
    GAS: ClassVar[int] = 90_000

    address: str
    tokens: tuple[str, str]
    reserves: tuple[int, int]
    fees: tuple[int, int]

    def problem(self) -> str | None:
        """Return why the state cannot be traded on, or None."""
        return fees_problem(self.fees) or self._sold(0).problem()

    def amount_out(self, i: int, j: int, amount_in: int) -> int | None:
        """Return the units that the executor asks the pair for and gets for `amount_in`.

        Args:
            i: Index of the token sold to the pair.
            j: Index of the token bought.
            amount_in: Units of the token sold.

        Returns:
            Units of the token bought; None where the reserve would outgrow its 112 bits.
        """
        return self._sold(i).amount_out(i, j, amount_in)

    def amount_in(self, i: int, j: int, amount_out: int) -> int | None:
        """Return the least input for which at least `amount_out` is paid, or None where there is none."""
        return self._sold(i).amount_in(i, j, amount_out)

    def quoted(self, i: int, amount_in: int) -> int | None:
        """Return what the pair's `getAmountOut` answers, which knows the fee to the last part."""
        net = amount_in * (WHOLE - self.fees[i])
        return net * self.reserves[1 - i] // (self.reserves[i] * WHOLE + net)

    def rate(self, i: int, j: int, amount_in: int = 0) -> float:
        """Return what one more unit after `amount_in` brings; 0 where the pair takes no more."""
        return self._sold(i).rate(i, j, amount_in)

    def product(self, i: int, j: int) -> Product | None:
        """Return the pair's constant product that way."""
        return self._sold(i).product(i, j)

    def after(self, i: int, j: int, amount_in: int) -> Self:
        """Return the state that a swap of `amount_in` leaves behind; the fee stays in the pair.

        Raises:
            LiquidityExhaustedError: The pair cannot take that much.
        """
        return replace(self, reserves=self._sold(i).after(i, j, amount_in).reserves)

    def leg(self, i: int, j: int) -> Leg:
        """Return the executor's leg for a swap here."""
        return self._sold(i).leg(i, j)

    def _sold(self, i: int) -> UniswapV2Pool:
        """Return the pair as it is for a sale of token `i`."""
        return UniswapV2Pool(self.address, self.tokens, self.reserves, -(-self.fees[i] // OF_A_BASIS_POINT))


@dataclass(frozen=True, slots=True)
class CamelotStablePool(StableCurve):
    """State at one block of a pair on x**3 * y + y**3 * x, in 18 decimals.

    The executor swaps there by Solidly's leg, which asks the pair; it calls back by another name than Solidly's pools,
    so that it cannot lend. What is above ten billion whole tokens is not answered.

    Attributes:
        fees: What is taken of an input of token0 and of token1, in parts of 100,000.
        decimals: Decimals of token0 and token1.
        owner_share: What of a fee leaves the pair for its owner, in parts of 100,000; 0 where nobody is named.
    """

    VENUE: ClassVar[Venue] = Venue.SOLIDLY
    GAS: ClassVar[int] = 190_000
    LENDS: ClassVar[bool] = False

    fees: tuple[int, int]
    decimals: tuple[int, int]
    owner_share: int = 0

    def leg(self, i: int, j: int) -> Leg:  # noqa: ARG002 - what is sold is what the leg before it pays
        """Return the executor's leg for a swap here."""
        return legs.solidly(self.address, self.tokens[j])

    def quoted(self, i: int, amount_in: int) -> int | None:
        """Return what the pair's `getAmountOut` answers, whether its `swap` then grants it or not."""
        return self._quoted(i, self._net(i, amount_in), self._k(*self.reserves))

    def _whole(self, side: int) -> int:
        return POWERS[self.decimals[side]]

    def _fee(self, i: int) -> tuple[int, int]:
        return self.fees[i], WHOLE

    def _stays(self, i: int, amount_in: int) -> int:
        """Return what of an input the owner's share of the fee leaves."""
        return amount_in - amount_in * (WHOLE * self.owner_share) * self.fees[i] // WHOLE**3

    def _fee_problem(self) -> str | None:
        return fees_problem(self.fees)

    def _curve_problem(self) -> str | None:
        if not all(0 <= decimals <= MAX_DECIMALS for decimals in self.decimals):
            return f"decimals {self.decimals} are not within 0 and {MAX_DECIMALS}"
        if not 0 <= self.owner_share <= WHOLE:
            return f"the owner's share of the fee, {self.owner_share}, is not within 0 and {WHOLE}"
        fits = all(self._scaled(side, self.reserves[side]) <= SAFE for side in (0, 1))
        return None if fits and max(self.reserves) <= MAX_RESERVE else f"reserves {self.reserves} are too large"

    def _granted(self, i: int, net: int, paid: int, k: int) -> bool:
        fits = self.reserves[i] + self._gross(i, max(1, net)) <= MAX_RESERVE
        return fits and super(CamelotStablePool, self)._granted(i, net, paid, k)

    def _solve(self, x: int, k: int, y: int) -> int | None:
        """Return the other reserve at which the curve is at `k`, from the guess `y`: the protocol's `_get_y`.

        It ends where a step is of a unit at most, and after so many rounds wherever it is.
        """
        for _ in range(ROUNDS):
            slope = _slope(x, y) if 0 <= y <= SAFE and x <= SAFE else 0
            if slope == 0:
                return None
            at, before = _value(x, y), y
            step = abs(k - at) * UNIT // slope
            y = y + step if at < k else y - step
            if abs(y - before) <= 1:
                break
        return y if y >= 0 else None


def fees_problem(fees: tuple[int, int]) -> str | None:
    """Return why no pair has such fees, or None."""
    within = all(0 <= fee <= WHOLE - OF_A_BASIS_POINT for fee in fees)
    return None if within else f"of the fees {fees}, in parts of {WHOLE}, one takes all of the input"


def _value(x: int, y: int) -> int:
    """Return x * y**3 + x**3 * y as `_get_y` rounds it, which is not as the pair's check does."""
    return x * (y * y // UNIT * y // UNIT) // UNIT + (x * x // UNIT * x // UNIT) * y // UNIT


def _slope(x: int, y: int) -> int:
    """Return the curve's slope in `y` as the protocol rounds it."""
    return 3 * x * (y * y // UNIT) // UNIT + (x * x // UNIT * x // UNIT)
