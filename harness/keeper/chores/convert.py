"""Converting what a bucket holds into what it is for: through any one pool, or two by way of the native coin."""

from collections.abc import Callable, Iterable, Sequence
from itertools import product

from harness.keeper.abi import Call, calldata
from harness.keeper.chores.chore import Chore, Group, Task, View
from harness.keeper.chores.known import DeepPool, Known
from harness.keeper.chores.look import single
from harness.keeper.deepen import CONVERT, CONVERT_STAKERS, leg
from harness.keeper.feeds.place import Place
from harness.market.legs import pack

MOST_WAYS = 8
"""Each is a simulation."""
UNEVEN_BPS = 500
"""By how much of it a concentrated pool's bucket may be out of proportion before some of it is converted."""
SINGLE_SIDED = (2, 3)
"""Kinds of pools whose bucket is used in equal worth of both tokens: concentrated ones, and Uniswap V4's."""
BPS = 10_000

Ways = Callable[[str, str], Sequence[bytes]]
"""Packed legs that sell a token for another, one for each way."""


def ways(places: Iterable[Place], wrapped: str) -> Ways:
    """Return the ways through traded pools: each that has both tokens, else pairs of pools by way of `wrapped`."""
    known = tuple(places)

    def through(sold: str, bought: str) -> list[bytes]:
        return [pack(leg(place, bought)) for place in known if {place.token0, place.token1} == {sold, bought}]

    def found(sold: str, bought: str) -> list[bytes]:
        direct = through(sold, bought)
        longer = product(through(sold, wrapped), through(wrapped, bought))
        return (direct or [first + second for first, second in longer])[:MOST_WAYS]

    return found


class ConvertStakers(Chore):
    """Converts what stakers have in other tokens into the vault's asset.

    Args:
        reserve: Its address.
        vault: Its address.
        asset: The vault's asset.
        through: The ways to sell a token.
    """

    kind = "convert-stakers"

    def __init__(self, reserve: str, vault: str, asset: str, through: Ways) -> None:
        self._reserve, self._vault, self._asset, self._through = reserve, vault, asset, through

    def asks(self, known: Known) -> list[Group]:
        """Ask what the stakers have in each token."""
        return [(self._bucket(token),) for token in self._tokens(known)]

    def due(self, view: View, now: int) -> list[Task]:  # noqa: ARG002
        """Return a task for every token that has a price and a way."""
        held = ((token, view.number(self._bucket(token))) for token in self._tokens(view.known))
        return [task for token, amount in held if amount for task in self._of(view, token, amount)]

    def _of(self, view: View, token: str, amount: int) -> list[Task]:
        worth, legs = view.worth(token, amount), self._through(token, self._asset)
        if worth is None or not legs:
            return []
        late = view.known.waits_too_long((self._vault, token), amount)
        first, *others = (calldata(CONVERT_STAKERS, token, amount, way) for way in legs)
        reason = f"{amount} units of {token} lie in the stakers' bucket"
        return [
            Task(self.kind, token, self._reserve, first, reason, worth, anyway=late and worth > 0, choices=(*others,))
        ]

    def _tokens(self, known: Known) -> list[str]:
        return sorted(known.listed - {self._asset})

    def _bucket(self, token: str) -> Call:
        return single(self._reserve, "vaultBucket(address)", token)


class ConvertPools(Chore):
    """Converts what a pool's bucket holds and the pool cannot take: other tokens, and too much of one of its own.

    Args:
        reserve: Its address.
        through: The ways to sell a token.
    """

    kind = "convert"

    def __init__(self, reserve: str, through: Ways) -> None:
        self._reserve, self._through = reserve, through

    def asks(self, known: Known) -> list[Group]:
        """Ask what each pool's bucket holds, of its own tokens and of those that profit comes in."""
        return [
            (pool_bucket(self._reserve, pool, token),)
            for pool in known.pools.values()
            for token in _tokens(known, pool)
        ]

    def due(self, view: View, now: int) -> list[Task]:  # noqa: ARG002
        """Return the conversions of all pools."""
        return [task for pool in view.known.pools.values() for task in self._of(view, pool)]

    def _of(self, view: View, pool: DeepPool) -> list[Task]:
        held = {t: view.number(pool_bucket(self._reserve, pool, t)) for t in _tokens(view.known, pool)}
        worth = {token: view.worth(token, amount) for token, amount in held.items()}
        if worth[pool.token0] is None or worth[pool.token1] is None:
            return []
        poor, rich = sorted((pool.token0, pool.token1), key=lambda token: worth[token] or 0)
        foreign = [token for token in held if token not in (poor, rich) and held[token] and worth[token]]
        tasks = [self._task(view, pool, (token, poor, held[token])) for token in foreign]
        if not foreign and pool.kind in SINGLE_SIDED:
            excess = _excess(worth[poor] or 0, worth[rich] or 0)
            tasks += [self._task(view, pool, (rich, poor, held[rich] * excess // (worth[rich] or 1)))] if excess else []
        return [task for found in tasks for task in found]

    def _task(self, view: View, pool: DeepPool, sale: tuple[str, str, int]) -> list[Task]:
        sold, bought, amount = sale
        legs = self._through(sold, bought)
        if not legs or not amount:
            return []
        first, *others = (calldata(CONVERT, pool.address, sold, amount, bought, way) for way in legs)
        return [
            Task(
                kind=self.kind,
                target=f"{pool.address}, {sold} for {bought}",
                to=self._reserve,
                data=first,
                reason=f"{amount} units of {sold} lie in the bucket of a pool that is to be deepened",
                worth_wei=view.worth(sold, amount),
                anyway=view.known.waits_too_long((pool.address, sold), amount),
                choices=(*others,),
            )
        ]


def pool_bucket(reserve: str, pool: DeepPool, token: str) -> Call:
    """Return the question what a pool's bucket holds of a token."""
    return single(reserve, "poolBucket(address,address)", pool.address, token)


def _excess(poor: int, rich: int) -> int:
    """Return what to move from one side to the other so that both are worth the same; 0 where it is not worth doing."""
    excess = (rich - poor) // 2
    return excess if excess * BPS > (rich + poor) * UNEVEN_BPS else 0


def _tokens(known: Known, pool: DeepPool) -> list[str]:
    return list(dict.fromkeys((pool.token0, pool.token1, *sorted(known.listed))))
