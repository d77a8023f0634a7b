"""The packed route that `FlashExecutor.execute` takes: docs/SPEC.md has the layout."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from eth_utils.address import is_checksum_address, is_hex_address, to_canonical_address, to_checksum_address
from eth_utils.crypto import keccak

from harness.errors import MillraceError

VERSION = 1
MIN_LEGS, MAX_LEGS = 2, 8
HAS_PARENT = 1


class RouteError(MillraceError):
    """A route that cannot be written or read; the message says what is wrong with it."""


class VenueUnknownError(RouteError):
    """A leg's venue is none that the executor has code for."""


class LenderUnknownError(RouteError):
    """The lender's kind is none that the executor has code for, or it has an address where none belongs."""


class CycleOpenError(RouteError):
    """The last leg does not pay out the token that was borrowed, or a leg pays out what it takes in."""


class LegCountOutOfRangeError(RouteError):
    """Fewer than two legs, or more than eight."""


class ValueOutOfRangeError(RouteError):
    """A number does not fit its field, or the amount is zero."""


class AddressMalformedError(RouteError):
    """An address is not 20 bytes of hex, or its mixed-case checksum is wrong."""


class RouteTruncatedError(RouteError):
    """The bytes end within a field."""


class RouteVersionUnknownError(RouteError):
    """The first byte is not the version written here."""


class RouteFlagsUnknownError(RouteError):
    """A flag bit is set that has no meaning."""


class Venue(IntEnum):
    """First byte of a leg."""

    UNISWAP_V2 = 1
    UNISWAP_V3 = 2


class Lender(IntEnum):
    """Where the borrowed token comes from. `NONE`: the first pool lends it by flash swap."""

    NONE = 0
    BALANCER_V2 = 1
    AAVE_V3 = 2


@dataclass(frozen=True, slots=True)
class Leg:
    """One swap.

    Attributes:
        venue: Which code swaps there.
        pool: Checksummed address of the pool.
        token_out: Checksummed address of the token that the leg pays out.
        fee_bps: The pool's fee in basis points; only for `Venue.UNISWAP_V2`, else 0.
    """

    venue: Venue
    pool: str
    token_out: str
    fee_bps: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """A cycle to execute.

    Attributes:
        token: Checksummed address of the token borrowed, repaid and earned.
        amount_in: What to borrow, in units of token.
        min_profit: Least measured profit, in units of token, below which the chain undoes everything.
        deadline: Last Unix second at which the route may run.
        legs: Two to eight swaps; the last pays out `token`.
        lender: Kind of lender.
        lender_address: Its checksummed address; empty with `Lender.NONE`.
        max_fee_bps: Largest fee that may be paid for the loan, in basis points of it.
        parent_hash: Hash of the block on which the route must build; empty for any.
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

    def route_id(self) -> bytes:
        """Return keccak256 of the packed legs, as the event `Executed` names the cycle."""
        return keccak(_legs(self.legs))


def encode(route: Route) -> bytes:
    """Pack a route.

    Raises:
        RouteError: One of its subclasses; nothing is packed that `decode` would refuse.
    """
    check(route)
    flags = HAS_PARENT if route.parent_hash else 0
    head = bytes((VERSION, flags, route.lender)) + _uint(route.deadline, 5, "deadline") + _address(route.token)
    head += _uint(route.amount_in, 16, "amount in") + _uint(route.min_profit, 16, "minimum profit")
    return head + route.parent_hash + _loan(route) + _legs(route.legs)


def decode(packed: bytes) -> Route:
    """Read a packed route.

    Raises:
        RouteError: One of its subclasses, by the first thing that is wrong.
    """
    reader = _Reader(packed)
    version, flags, kind = reader.uint(1), reader.uint(1), reader.uint(1)
    if version != VERSION:
        raise RouteVersionUnknownError(f"route version {version} is unknown; this program reads version {VERSION}")
    if flags & ~HAS_PARENT:
        raise RouteFlagsUnknownError(f"route flags {flags:#04x} have a bit without meaning; only bit 0 is defined")
    lender = _lender(kind)
    deadline, token = reader.uint(5), reader.address()
    amount_in, min_profit = reader.uint(16), reader.uint(16)
    parent_hash = reader.take(32) if flags & HAS_PARENT else b""
    lender_address, max_fee = (reader.address(), reader.uint(2)) if lender else ("", 0)
    legs = _read_legs(reader)
    route = Route(token, amount_in, min_profit, deadline, legs, lender, lender_address, max_fee, parent_hash)
    check(route)
    return route


def check(route: Route) -> None:
    """Refuse a route that the executor would refuse for its form alone.

    Raises:
        RouteError: One of its subclasses.
    """
    if not MIN_LEGS <= len(route.legs) <= MAX_LEGS:
        raise LegCountOutOfRangeError(f"a route has {MIN_LEGS} to {MAX_LEGS} legs, not {len(route.legs)}")
    if route.amount_in == 0:
        raise ValueOutOfRangeError("the amount to borrow is 0; give the amount, sizing on chain is not there")
    if len(route.parent_hash) not in (0, 32):
        raise ValueOutOfRangeError(f"a parent hash has 32 bytes, not {len(route.parent_hash)}")
    _check_lender(route)
    _check_cycle(route)


def _check_lender(route: Route) -> None:
    named = bool(route.lender_address) or route.max_fee_bps != 0
    if _lender(route.lender) is Lender.NONE and named:
        raise LenderUnknownError("a route without a lender has neither a lender's address nor a largest fee")


def _check_cycle(route: Route) -> None:
    token_in = route.token.lower()
    for leg in route.legs:
        if leg.token_out.lower() == token_in:
            raise CycleOpenError(f"the leg through {leg.pool} pays out the token it takes in, {leg.token_out}")
        token_in = leg.token_out.lower()
    if token_in != route.token.lower():
        raise CycleOpenError(f"the last leg pays out {route.legs[-1].token_out}, the route borrows {route.token}")


def _lender(kind: int) -> Lender:
    try:
        return Lender(kind)
    except ValueError:
        raise LenderUnknownError(f"lender {kind} is unknown; known are {_names(Lender)}") from None


def _venue(kind: int) -> Venue:
    try:
        return Venue(kind)
    except ValueError:
        raise VenueUnknownError(f"venue {kind} is unknown; known are {_names(Venue)}") from None


def _names(kinds: type[IntEnum]) -> str:
    return ", ".join(f"{kind.value} {kind.name}" for kind in kinds)


def _loan(route: Route) -> bytes:
    if route.lender is Lender.NONE:
        return b""
    return _address(route.lender_address) + _uint(route.max_fee_bps, 2, "largest fee")


def _legs(legs: Sequence[Leg]) -> bytes:
    return b"".join(_leg(leg) for leg in legs)


def _leg(leg: Leg) -> bytes:
    venue = _venue(leg.venue)
    packed = bytes((venue,)) + _address(leg.pool) + _address(leg.token_out)
    if venue is Venue.UNISWAP_V2:
        return packed + _uint(leg.fee_bps, 2, "fee of a leg")
    if leg.fee_bps:
        raise ValueOutOfRangeError(f"a leg on {venue.name} carries no fee; the pool {leg.pool} knows its own")
    return packed


def _read_legs(reader: "_Reader") -> tuple[Leg, ...]:
    legs: list[Leg] = []
    while reader.left():
        venue = _venue(reader.uint(1))
        pool, token_out = reader.address(), reader.address()
        legs.append(Leg(venue, pool, token_out, reader.uint(2) if venue is Venue.UNISWAP_V2 else 0))
    return tuple(legs)


def _uint(value: int, size: int, field: str) -> bytes:
    if not 0 <= value < 1 << 8 * size:
        raise ValueOutOfRangeError(f"{field} is {value}; the field holds 0 to {(1 << 8 * size) - 1}")
    return value.to_bytes(size, "big")


def _address(address: str) -> bytes:
    plain = address[2:] in (address[2:].lower(), address[2:].upper())
    if not is_hex_address(address) or not (plain or is_checksum_address(address)):
        raise AddressMalformedError(f"{address!r} is no address: 20 bytes of hex, with a right checksum in mixed case")
    return bytes(to_canonical_address(address))


class _Reader:
    """Takes fields off the front of a byte string."""

    def __init__(self, packed: bytes) -> None:
        self._packed, self._at = packed, 0

    def take(self, size: int) -> bytes:
        taken = self._packed[self._at : self._at + size]
        if len(taken) < size:
            raise RouteTruncatedError(f"the route ends within a field, at byte {len(self._packed)}")
        self._at += size
        return taken

    def uint(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def address(self) -> str:
        return str(to_checksum_address(self.take(20)))

    def left(self) -> bool:
        return self._at < len(self._packed)
