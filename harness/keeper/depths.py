"""How much a pool holds of the token that cycles begin in, in native coin."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any, Final

from harness.chains import Chain
from harness.keeper.abi import Call
from harness.keeper.feeds.place import Place
from harness.market.legs import NATIVE

Q96: Final = 1 << 96
Answer = tuple[Any, ...] | None


class Depths:
    """Asks pools what they hold.

    Args:
        chain: The chain file.
        bases: Checksummed addresses of the tokens that cycles begin in, wrapped native coin first.
        price: Returns wei of native coin for a unit of one of them, None where that is not known.
    """

    def __init__(self, chain: Chain, bases: tuple[str, ...], price: Callable[[str], Fraction | None]) -> None:
        self._venues, self._price = chain.venues, price
        self._coin = (NATIVE, chain.token(chain.native.wrapped).address)
        self._bases = (NATIVE, *bases)

    def base(self, place: Place) -> str:
        """Return a pool's token that cycles begin in, the first by rank; empty where there is none."""
        return next((base for base in self._bases if base in (place.token0, place.token1)), "")

    def views(self, place: Place) -> tuple[Call, Call]:
        """Return what tells how much of that token there is: its balance, and the pool's own tick spacing.

        Of a pool on the books of a manager, its liquidity and price.
        """
        if place.pool_id:
            lens, key = getattr(self._venues[place.venue], "state_view", ""), bytes.fromhex(place.pool_id[2:])
            return (
                Call(lens, "getLiquidity(bytes32)", (key,), ("uint128",)),
                Call(lens, "getSlot0(bytes32)", (key,), ("uint160",)),
            )
        return (
            Call(self.base(place), "balanceOf(address)", (place.address,), ("uint256",)),
            Call(place.address, "tickSpacing()", (), ("int24",)),
        )

    def worth(self, place: Place, amount: Answer, state: Answer) -> int:
        """Return wei of native coin that a pool holds of that token, by the answers to `views`.

        Of a pool on the books of a manager, as much as there would be if its current range had no ends.
        """
        base = self.base(place)
        price = Fraction(1) if base in self._coin else self._price(base)
        return 0 if amount is None or price is None else int(_units(place, base, int(amount[0]), state) * price)


def spaced(place: Place, state: Answer) -> Place:
    """Return a concentrated pool's place with the tick spacing that it has itself."""
    return place if place.pool_id or state is None else replace(place, tick_spacing=int(state[0]))


def _units(place: Place, base: str, amount: int, state: Answer) -> int:
    """Return units of a pool's base token, at a manager the virtual reserve: L / √P of token0, L · √P of token1."""
    if not place.pool_id:
        return amount
    root = int(state[0]) if state else 0
    if base != place.token0:
        return amount * root // Q96
    return amount * Q96 // root if root else 0
