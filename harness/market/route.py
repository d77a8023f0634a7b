"""The packed route that an executor's `execute` takes: docs/SPEC.md has the layout, harness/market/legs.py the legs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final

from eth_utils.crypto import keccak

from harness.market import legs as leg_of
from harness.market.legs import BPS, FLASH, QUOTABLE, Leg
from harness.market.packing import (
    AmountZeroError,
    CycleOpenError,
    Fields,
    LegCountWrongError,
    LegPaysItsInputError,
    LenderIsLegError,
    LenderUnknownError,
    NoLegLendsError,
    RouteFlagsUnknownError,
    RouteVersionUnknownError,
    TipOutOfRangeError,
    ValueOutOfRangeError,
    address,
    uint,
)

VERSION: Final = 2
MIN_LEGS, MAX_LEGS = 2, 8
HASH_LENGTH: Final = 32


class Flags(IntFlag):
    """Second byte of a route."""

    NONE = 0
    PARENT = 1
    TIP = 2
    GUARDED = 4


class Lender(IntEnum):
    """Where the borrowed token comes from. `NONE`: a pool of the route lends it by flash swap."""

    NONE = 0
    BALANCER_V2 = 1
    AAVE_V3 = 2
    UNISWAP_V4 = 3
    BALANCER_V3 = 4
    UNISWAP_V3 = 5
    PANCAKE_V3 = 6
    ALGEBRA = 7
    MORPHO = 8
    ERC3156 = 9


CREDITORS: Final = frozenset({Lender.UNISWAP_V4, Lender.BALANCER_V3})
"""Lenders that keep pools and lend credit, on which legs through those pools can run."""


@dataclass(frozen=True, slots=True)
class Route:
    """A cycle to execute.

    Attributes:
        token: Checksummed address of the token borrowed, repaid and earned.
        amount_in: What to borrow, in units of token; 0 to let the executor size the route on chain, up to `cap`.
        min_profit: Least measured profit, in units of token, below which the chain undoes everything.
        deadline: Last Unix second at which the route may run.
        legs: Two to eight swaps; the last pays out `token`.
        lender: Kind of lender.
        lender_address: Its checksummed address; empty with `Lender.NONE`.
        max_fee_bps: Largest fee that may be paid for the loan, in basis points of it.
        parent_hash: Hash of the block on which the route must build; empty for any.
        cap: The most that the executor may choose to borrow, in units of token; 0 where `amount_in` is given.
        tip_bps: Share of the profit for the block's builder, in basis points; 0 for none.
        guarded: Whether the price guard is to look at what the trade leaves behind.
    """

    token: str
    amount_in: int
    min_profit: int
    deadline: int
    legs: tuple[Leg, ...]
    lender: Lender = Lender.NONE
    lender_address: str = ""
    max_fee_bps: int = 0
    parent_hash: bytes = b""
    cap: int = 0
    tip_bps: int = 0
    guarded: bool = False

    def route_id(self) -> bytes:
        """Return keccak256 of the packed legs, as the event `Executed` names the cycle."""
        return keccak(_legs(self.legs))

    def pools(self) -> tuple[str, ...]:
        """Return the pools in the order of the legs, by the checksummed addresses that the reserve knows them by."""
        return tuple(leg_of.pool_of(leg, token_in) for token_in, leg in self._steps())

    def lending_leg(self) -> int | None:
        """Return the index of the leg whose pool lends by flash swap; None where the route names a lender.

        It is the last that can lend of those whose input the executor can tell beforehand.

        Raises:
            NoLegLendsError: There is none.
        """
        if self.lender is not Lender.NONE:
            return None
        found = None
        for index, leg in enumerate(self.legs):
            found = index if leg.venue in FLASH else found
            if leg.venue not in QUOTABLE:
                break
        if found is None:
            raise NoLegLendsError("no leg whose input is known beforehand lends by flash swap; name a lender")
        return found

    def _steps(self) -> Iterator[tuple[str, Leg]]:
        """Yield each leg with the token that it takes in."""
        token = self.token
        for leg in self.legs:
            yield token, leg
            token = leg.token_out


def encode(route: Route) -> bytes:
    """Pack a route.

    Raises:
        RouteError: One of its subclasses; nothing is packed that `decode` would refuse.
    """
    check(route)
    head = bytes((VERSION, _flags(route), route.lender)) + uint(route.deadline, 5, "deadline") + address(route.token)
    head += uint(route.amount_in, 16, "amount in") + uint(route.min_profit, 16, "minimum profit")
    cap = b"" if route.amount_in else uint(route.cap, 16, "cap")
    tip = uint(route.tip_bps, 2, "tip") if route.tip_bps else b""
    return head + cap + route.parent_hash + tip + _loan(route) + _legs(route.legs)


def decode(packed: bytes) -> Route:
    """Read a packed route.

    Raises:
        RouteError: One of its subclasses, by the first thing that is wrong.
    """
    fields = Fields(packed)
    version, flags, kind = fields.uint(1), fields.uint(1), fields.uint(1)
    if version != VERSION:
        raise RouteVersionUnknownError(f"route version {version} is unknown; this program reads version {VERSION}")
    if flags >= 2 * max(Flags):
        raise RouteFlagsUnknownError(f"route flags {flags:#04x} have a bit without meaning; bits 0 to 2 have one")
    lender, deadline, token = _lender(kind), fields.uint(5), fields.address()
    amount_in, min_profit = fields.uint(16), fields.uint(16)
    route = Route(
        token=token,
        amount_in=amount_in,
        min_profit=min_profit,
        deadline=deadline,
        cap=0 if amount_in else fields.uint(16),
        parent_hash=fields.take(HASH_LENGTH) if flags & Flags.PARENT else b"",
        tip_bps=_read_tip(fields) if flags & Flags.TIP else 0,
        guarded=bool(flags & Flags.GUARDED),
        lender=lender,
        lender_address=fields.address() if lender else "",
        max_fee_bps=fields.uint(2) if lender else 0,
        legs=tuple(_read_legs(fields)),
    )
    check(route)
    return route


def check(route: Route) -> None:
    """Refuse a route that the executor would refuse for its form alone.

    Raises:
        RouteError: One of its subclasses.
    """
    if not MIN_LEGS <= len(route.legs) <= MAX_LEGS:
        raise LegCountWrongError(f"a route has {MIN_LEGS} to {MAX_LEGS} legs, not {len(route.legs)}")
    _check_amount(route)
    _check_terms(route)
    _check_cycle(route)
    _check_lender(route)


def _check_amount(route: Route) -> None:
    if route.amount_in == 0 and route.cap == 0:
        raise AmountZeroError("the amount to borrow is 0, and so is the cap; give one of them")
    if route.amount_in and route.cap:
        raise ValueOutOfRangeError(f"the amount is given, so the cap of {route.cap} has no meaning; leave it at 0")


def _check_terms(route: Route) -> None:
    if not 0 <= route.tip_bps <= BPS:
        raise TipOutOfRangeError(f"a tip of {route.tip_bps} basis points is no share of a profit; it has 0 to {BPS}")
    if len(route.parent_hash) not in (0, HASH_LENGTH):
        raise ValueOutOfRangeError(f"a parent hash has {HASH_LENGTH} bytes, not {len(route.parent_hash)}")
    if route.parent_hash and not any(route.parent_hash):
        raise ValueOutOfRangeError("the parent hash is zero, which no block has; leave it empty to ask for none")


def _check_cycle(route: Route) -> None:
    token_in = route.token.lower()
    for leg in route.legs:
        leg_of.venue(leg.venue)
        if leg.token_out.lower() == token_in:
            raise LegPaysItsInputError(f"the leg through {leg.target} pays out the token it takes in, {leg.token_out}")
        token_in = leg.token_out.lower()
    if token_in != route.token.lower():
        raise CycleOpenError(f"the last leg pays out {route.legs[-1].token_out}, the route borrows {route.token}")


def _check_lender(route: Route) -> None:
    lender, targets = _lender(route.lender), [leg.target.lower() for leg in route.legs]
    lends = route.lender_address.lower()
    if lender is Lender.NONE and (lends or route.max_fee_bps):
        raise LenderUnknownError("a route without a lender has neither a lender's address nor a largest fee")
    index = route.lending_leg()
    if index is not None:
        lends = targets.pop(index)
    if lender not in CREDITORS and lends in targets:
        raise LenderIsLegError(f"{lends} lends and is a leg of the route too; while it lends it is locked")


def _lender(kind: int) -> Lender:
    try:
        return Lender(kind)
    except ValueError:
        known = ", ".join(f"{one.value} {one.name}" for one in Lender)
        raise LenderUnknownError(f"lender {kind} is unknown; known are {known}") from None


def _flags(route: Route) -> Flags:
    flags = Flags.PARENT if route.parent_hash else Flags.NONE
    flags |= Flags.TIP if route.tip_bps else Flags.NONE
    return flags | (Flags.GUARDED if route.guarded else Flags.NONE)


def _loan(route: Route) -> bytes:
    if route.lender is Lender.NONE:
        return b""
    return address(route.lender_address) + uint(route.max_fee_bps, 2, "largest fee")


def _legs(legs: Sequence[Leg]) -> bytes:
    return b"".join(leg_of.pack(leg) for leg in legs)


def _read_tip(fields: Fields) -> int:
    tip = fields.uint(2)
    if tip == 0:
        raise TipOutOfRangeError("the route announces a tip and gives none; without a tip its flag is not set")
    return tip


def _read_legs(fields: Fields) -> Iterator[Leg]:
    while fields.left():
        yield leg_of.read(fields)
