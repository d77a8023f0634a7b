"""Fields of a packed route: how they are written and read, and every way in which a route can be wrong.

The errors carry the names of the contract's where the contract would refuse the same route (contracts/libraries/
ErrorsLib.sol), so that a route is refused here before anyone pays for finding out there.
"""

from functools import lru_cache

from eth_utils.address import is_checksum_address, is_hex_address, to_canonical_address, to_checksum_address

from harness.errors import MillraceError

REMEMBERED = 65_536
"""Addresses whose checksum is not reckoned again: it is a hash, and a keeper writes the same ones all day."""


class RouteError(MillraceError):
    """A route that cannot be written or read; the message says what is wrong with it."""


class RouteTruncatedError(RouteError):
    """The bytes end within a field."""


class RouteVersionUnknownError(RouteError):
    """The first byte is not the version written here."""


class RouteFlagsUnknownError(RouteError):
    """A flag bit is set that has no meaning."""


class VenueUnknownError(RouteError):
    """A leg's venue is none that an executor has code for."""


class LenderUnknownError(RouteError):
    """The lender's kind is none that an executor has code for, or it has an address where none belongs."""


class LegCountWrongError(RouteError):
    """Fewer than two legs, or more than eight."""


class LegPaysItsInputError(RouteError):
    """A leg pays out the token that it takes in."""


class CycleOpenError(RouteError):
    """The last leg does not pay out the token that was borrowed."""


class AmountZeroError(RouteError):
    """A route has neither an amount nor a cap up to which the executor is to find one."""


class TipOutOfRangeError(RouteError):
    """A tip is no share of the profit: below nothing, above all of it, or announced and nothing."""


class LenderIsLegError(RouteError):
    """What lends is also a leg of the route; it is locked while it lends."""


class NoLegLendsError(RouteError):
    """No leg can lend by flash swap, and the route names no lender."""


class ParamsTooLongError(RouteError):
    """A leg's params do not fit the bytes that its venue has for them."""


class ValueOutOfRangeError(RouteError):
    """A number does not fit its field, or is beyond what the venue takes."""


class AddressMalformedError(RouteError):
    """An address is not 20 bytes of hex, or its mixed-case checksum is wrong."""


def uint(value: int, size: int, field: str) -> bytes:
    """Return a number as `size` bytes, big-endian.

    Args:
        value: The number.
        size: Bytes.
        field: What it is, for the error.

    Raises:
        ValueOutOfRangeError: It is negative or does not fit.
    """
    if not 0 <= value < 1 << 8 * size:
        raise ValueOutOfRangeError(f"{field} is {value}; the field holds 0 to {(1 << 8 * size) - 1}")
    return value.to_bytes(size, "big")


@lru_cache(REMEMBERED)
def address(text: str) -> bytes:
    """Return an address as 20 bytes.

    Raises:
        AddressMalformedError: It is not 20 bytes of hex, or in mixed case with a wrong checksum.
    """
    plain = text[2:] in (text[2:].lower(), text[2:].upper())
    if not is_hex_address(text) or not (plain or is_checksum_address(text)):
        raise AddressMalformedError(f"{text!r} is no address: 20 bytes of hex, with a right checksum in mixed case")
    return bytes(to_canonical_address(text))


@lru_cache(REMEMBERED)
def checksummed(raw: bytes) -> str:
    """Return 20 bytes as a checksummed address."""
    return str(to_checksum_address(raw))


class Fields:
    """Takes fields off the front of a byte string.

    Args:
        packed: The bytes.
    """

    def __init__(self, packed: bytes) -> None:
        self._packed, self._at = packed, 0

    def take(self, size: int) -> bytes:
        """Return the next `size` bytes.

        Raises:
            RouteTruncatedError: There are fewer.
        """
        taken = self._packed[self._at : self._at + size]
        if len(taken) < size:
            raise RouteTruncatedError(f"the route ends within a field, at byte {len(self._packed)}")
        self._at += size
        return taken

    def uint(self, size: int) -> int:
        """Return the next `size` bytes as a number."""
        return int.from_bytes(self.take(size), "big")

    def address(self) -> str:
        """Return the next 20 bytes as a checksummed address."""
        return checksummed(self.take(20))

    def left(self) -> bool:
        """Tell whether anything is left."""
        return self._at < len(self._packed)
