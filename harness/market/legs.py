"""The legs of a route: one function a venue makes a leg there, from what a searcher knows of the pool.

The venues' numbers and lengths are those of contracts/libraries/RouteLib.sol; what a venue's params are, its file in
contracts/venues says.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from eth_abi.abi import encode as abi_encode
from eth_utils.crypto import keccak

from harness.market.packing import (
    Fields,
    ParamsTooLongError,
    ValueOutOfRangeError,
    VenueUnknownError,
    address,
    checksummed,
)

NATIVE: Final = "0x" + "00" * 20
"""Stands for native coin where a leg names a token."""

BPS: Final = 10_000
PIPS: Final = 1_000_000
MAX_TICK_SPACING: Final = 32_767
"""The largest tick spacing of Uniswap V4; the least is 1."""


class Venue(IntEnum):
    """First byte of a leg."""

    UNISWAP_V2 = 1
    UNISWAP_V3 = 2
    PANCAKE_V2 = 3
    SOLIDLY = 4
    PANCAKE_V3 = 5
    ALGEBRA = 6
    UNISWAP_V4 = 7
    BALANCER_V2 = 8
    BALANCER_V3 = 9
    CURVE = 10
    CURVE_NG = 11
    CURVE_CRYPTO = 12
    DODO_V2 = 13
    WOOFI = 14
    LIQUIDITY_BOOK = 15
    ERC4626 = 16
    WRAPPED_NATIVE = 17


PARAMS: Final = dict.fromkeys(Venue, 0) | {
    Venue.UNISWAP_V2: 2,
    Venue.PANCAKE_V2: 2,
    Venue.UNISWAP_V4: 6,
    Venue.BALANCER_V2: 32,
    Venue.BALANCER_V3: 20,
    Venue.CURVE: 2,
    Venue.CURVE_NG: 2,
    Venue.CURVE_CRYPTO: 2,
    Venue.DODO_V2: 1,
    Venue.LIQUIDITY_BOOK: 1,
}
"""Bytes of params by venue."""

PAIRS: Final = frozenset({Venue.UNISWAP_V2, Venue.PANCAKE_V2, Venue.SOLIDLY})
QUOTABLE: Final = PAIRS | {
    Venue.DODO_V2,
    Venue.WOOFI,
    Venue.LIQUIDITY_BOOK,
    Venue.ERC4626,
    Venue.WRAPPED_NATIVE,
}
"""Venues whose output the executor can tell beforehand, by a view."""

FLASH: Final = PAIRS | {Venue.UNISWAP_V3, Venue.PANCAKE_V3, Venue.ALGEBRA, Venue.DODO_V2}
"""Venues that pay out before they are paid, and so can lend by flash swap."""


class DodoKind(IntEnum):
    """Which of its three callbacks a pool of DODO V2 uses."""

    DVM = 0
    DPP = 1
    DSP = 2


@dataclass(frozen=True, slots=True)
class Leg:
    """One swap. Its input token is the output token of the leg before it, or the route's.

    Attributes:
        venue: Which code swaps there.
        target: Address of the pool, or of the contract that keeps all pools of the venue.
        token_out: Address of the token that the leg pays out; `NATIVE` for native coin.
        params: What the venue needs beyond that, as the number that its bytes are.
    """

    venue: Venue
    target: str
    token_out: str
    params: int = 0


# Pairs, which pay by the constant product


def uniswap_v2(pool: str, token_out: str, fee_bps: int = 30) -> Leg:
    """Return a leg through a pair of Uniswap V2 or of a fork with its callback.

    Args:
        pool: The pair.
        token_out: The token bought.
        fee_bps: The pair's fee in basis points of the input.

    Raises:
        ValueOutOfRangeError: The fee takes all of the input or more.
    """
    return Leg(Venue.UNISWAP_V2, pool, token_out, _bounded("the fee of a pair", fee_bps, 0, BPS - 1))


def pancake_v2(pool: str, token_out: str, fee_bps: int = 25) -> Leg:
    """Return a leg through a pair of PancakeSwap V2; as `uniswap_v2`."""
    return Leg(Venue.PANCAKE_V2, pool, token_out, _bounded("the fee of a pair", fee_bps, 0, BPS - 1))


def solidly(pool: str, token_out: str) -> Leg:
    """Return a leg through a pool of Solidly, Velodrome V2 or Aerodrome, volatile or stable."""
    return Leg(Venue.SOLIDLY, pool, token_out)


# Concentrated liquidity


def uniswap_v3(pool: str, token_out: str) -> Leg:
    """Return a leg through a pool of Uniswap V3 or of a fork with its callback, as Sushi's and Slipstream's."""
    return Leg(Venue.UNISWAP_V3, pool, token_out)


def pancake_v3(pool: str, token_out: str) -> Leg:
    """Return a leg through a pool of PancakeSwap V3."""
    return Leg(Venue.PANCAKE_V3, pool, token_out)


def algebra(pool: str, token_out: str) -> Leg:
    """Return a leg through a pool of Algebra, as Camelot's and QuickSwap's."""
    return Leg(Venue.ALGEBRA, pool, token_out)


def uniswap_v4(manager: str, token_out: str, fee: int, tick_spacing: int) -> Leg:
    """Return a leg through a pool of Uniswap V4 without hooks.

    Args:
        manager: The pool manager.
        token_out: The token bought; `NATIVE` for native coin.
        fee: The pool's fee in pips, hundredths of a basis point.
        tick_spacing: The pool's, in ticks.

    Raises:
        ValueOutOfRangeError: No pool of Uniswap V4 has such a fee or tick spacing.
    """
    _bounded("the fee of a Uniswap V4 pool", fee, 0, PIPS)
    _bounded("the tick spacing of a Uniswap V4 pool", tick_spacing, 1, MAX_TICK_SPACING)
    return Leg(Venue.UNISWAP_V4, manager, token_out, fee << 24 | tick_spacing)


# Vaults that keep all pools


def balancer_v2(vault: str, token_out: str, pool_id: bytes | str) -> Leg:
    """Return a leg through a pool of the Balancer V2 vault.

    Args:
        vault: The vault.
        token_out: The token bought.
        pool_id: The pool's id, 32 bytes or their hex; it begins with the pool's address.

    Raises:
        ValueOutOfRangeError: The id has not 32 bytes.
    """
    raw = bytes.fromhex(pool_id.removeprefix("0x")) if isinstance(pool_id, str) else pool_id
    if len(raw) != PARAMS[Venue.BALANCER_V2]:
        raise ValueOutOfRangeError(f"the id of a Balancer V2 pool has 32 bytes, not {len(raw)}")
    return Leg(Venue.BALANCER_V2, vault, token_out, int.from_bytes(raw, "big"))


def balancer_v3(vault: str, token_out: str, pool: str) -> Leg:
    """Return a leg through a pool of the Balancer V3 vault.

    Raises:
        AddressMalformedError: The pool is no address.
    """
    return Leg(Venue.BALANCER_V3, vault, token_out, int.from_bytes(address(pool), "big"))


# Curve


def curve(pool: str, token_out: str, i: int, j: int) -> Leg:
    """Return a leg through an old pool of Curve, whose `exchange` takes indices of type int128.

    Args:
        pool: The pool.
        token_out: The coin at `j`.
        i: Index of the coin sold.
        j: Index of the coin bought.

    Raises:
        ValueOutOfRangeError: The indices are the same, or beyond a byte.
    """
    return Leg(Venue.CURVE, pool, token_out, _indices(i, j))


def curve_ng(pool: str, token_out: str, i: int, j: int) -> Leg:
    """Return a leg through a stableswap pool of the new generation, which is paid beforehand; as `curve`."""
    return Leg(Venue.CURVE_NG, pool, token_out, _indices(i, j))


def curve_crypto(pool: str, token_out: str, i: int, j: int) -> Leg:
    """Return a leg through a crypto pool of Curve, whose `exchange` takes indices of type uint256; as `curve`."""
    return Leg(Venue.CURVE_CRYPTO, pool, token_out, _indices(i, j))


# Others


def dodo_v2(pool: str, token_out: str, sells_base: bool, kind: DodoKind) -> Leg:
    """Return a leg through a pool of DODO V2.

    Args:
        pool: The pool.
        token_out: The token bought.
        sells_base: Whether the leg sells the pool's base token.
        kind: The pool's kind, which decides its callback.
    """
    return Leg(Venue.DODO_V2, pool, token_out, DodoKind(kind) << 1 | sells_base)


def woofi(pool: str, token_out: str) -> Leg:
    """Return a leg through the pool of WooFi."""
    return Leg(Venue.WOOFI, pool, token_out)


def liquidity_book(pair: str, token_out: str, sells_x: bool) -> Leg:
    """Return a leg through a pair of Liquidity Book 2.1 or 2.2.

    Args:
        pair: The pair.
        token_out: The token bought.
        sells_x: Whether the leg sells the pair's token X.
    """
    return Leg(Venue.LIQUIDITY_BOOK, pair, token_out, int(sells_x))


def erc4626(vault: str, token_out: str) -> Leg:
    """Return a leg that deposits in an ERC-4626 vault, where `token_out` is the vault itself, or else redeems there."""
    return Leg(Venue.ERC4626, vault, token_out)


def wrapped_native(wrapped: str, token_out: str) -> Leg:
    """Return a leg that wraps native coin, where `token_out` is the wrapped coin, or unwraps it for `NATIVE`."""
    return Leg(Venue.WRAPPED_NATIVE, wrapped, token_out)


# What a leg is as bytes, and as the reserve knows it


def pack(leg: Leg) -> bytes:
    """Return a leg as it stands in a route.

    Raises:
        VenueUnknownError: There is no such venue.
        AddressMalformedError: Target or token is no address.
        ParamsTooLongError: The params do not fit.
    """
    kind = venue(leg.venue)
    size = PARAMS[kind]
    if not 0 <= leg.params < 1 << 8 * size:
        raise ParamsTooLongError(f"a leg on {kind.name} has {size} bytes of params; {leg.params:#x} does not fit")
    return bytes((kind,)) + address(leg.target) + address(leg.token_out) + leg.params.to_bytes(size, "big")


def read(fields: Fields) -> Leg:
    """Take a leg off the front of a route's bytes.

    Raises:
        VenueUnknownError: There is no such venue.
        RouteTruncatedError: The bytes end within the leg.
    """
    kind = venue(fields.uint(1))
    return Leg(kind, fields.address(), fields.address(), fields.uint(PARAMS[kind]))


def venue(number: int) -> Venue:
    """Return the venue of a number.

    Raises:
        VenueUnknownError: There is none.
    """
    try:
        return Venue(number)
    except ValueError:
        known = ", ".join(f"{one.value} {one.name}" for one in Venue)
        raise VenueUnknownError(f"venue {number} is unknown; known are {known}") from None


def pool_of(leg: Leg, token_in: str) -> str:
    """Return the checksummed address by which the reserve knows a leg's pool.

    That is the target itself; for a pool of a vault the pool's own address; for a pool of Uniswap V4, which has none,
    the first 20 bytes of its id.

    Args:
        leg: The leg.
        token_in: Address of the token sold.
    """
    if leg.venue is Venue.UNISWAP_V4:
        return checksummed(_v4_id(leg, token_in)[:20])
    if leg.venue is Venue.BALANCER_V2:
        return checksummed(leg.params.to_bytes(32, "big")[:20])
    if leg.venue is Venue.BALANCER_V3:
        return checksummed(leg.params.to_bytes(20, "big"))
    return checksummed(address(leg.target))


def _v4_id(leg: Leg, token_in: str) -> bytes:
    """Return the id of a pool of Uniswap V4 without hooks: the hash of its currencies, fee, tick spacing and hooks."""
    currencies = sorted((address(token_in), address(leg.token_out)))
    spacing = int.from_bytes((leg.params & 0xFFFFFF).to_bytes(3, "big"), "big", signed=True)
    types = ["address", "address", "uint24", "int24", "address"]
    return keccak(abi_encode(types, (*currencies, leg.params >> 24, spacing, NATIVE)))


def _indices(i: int, j: int) -> int:
    for index in (i, j):
        _bounded("the index of a coin", index, 0, 255)
    if i == j:
        raise ValueOutOfRangeError(f"coin {i} is both sold and bought; the indices of a leg differ")
    return i << 8 | j


def _bounded(what: str, value: int, least: int, most: int) -> int:
    if not least <= value <= most:
        raise ValueOutOfRangeError(f"{what} is {value}; it lies from {least} to {most}")
    return value
