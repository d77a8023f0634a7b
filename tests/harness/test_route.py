"""The packed route: the shared vectors, what reading and writing undo, and every refusal by name."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import vectors
from eth_abi.abi import encode as abi_encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from harness.market import legs
from harness.market import packing as p
from harness.market.legs import NATIVE, PARAMS, DodoKind, Leg, Venue
from harness.market.route import Flags, Lender, Route, decode, encode

CONTRACTS = Path(__file__).parents[2] / "contracts"
VECTORS: list[dict[str, Any]] = json.loads(vectors.PATH.read_text())

TOKEN, OTHER, POOL_A, POOL_B, LENDER = ("0x" + digit * 40 for digit in "12345")
PLAIN = Route(
    token=TOKEN,
    amount_in=7,
    min_profit=3,
    deadline=9,
    legs=(legs.uniswap_v2(POOL_A, OTHER, 30), legs.uniswap_v3(POOL_B, TOKEN)),
)
LENT = replace(PLAIN, lender=Lender.AAVE_V3, lender_address=LENDER, max_fee_bps=5)


def route_of(vector: dict[str, Any]) -> Route:
    parts = (
        Leg(Venue(int(leg["venue"])), leg["target"], leg["tokenOut"], int(leg["params"])) for leg in vector["legs"]
    )
    lender = Lender(int(vector["lender"]))
    return Route(
        token=vector["token"],
        amount_in=int(vector["amountIn"]),
        min_profit=int(vector["minProfit"]),
        deadline=int(vector["deadline"]),
        cap=int(vector["cap"]),
        legs=tuple(parts),
        lender=lender,
        lender_address=vector["lenderAddress"] if lender else "",
        max_fee_bps=int(vector["maxFeeBps"]),
        parent_hash=bytes.fromhex(vector["parentHash"].removeprefix("0x")),
        tip_bps=int(vector["tipBps"]),
        guarded=vector["guarded"],
    )


# The vectors


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_vector_is_encoded_as_recorded_and_read_back(vector: dict[str, Any]) -> None:
    packed = bytes.fromhex(vector["encoded"].removeprefix("0x"))
    assert encode(route_of(vector)).hex() == packed.hex()
    assert decode(packed) == route_of(vector)


def test_the_vectors_cover_everything_a_route_can_say() -> None:
    said = [route_of(vector) for vector in VECTORS]
    assert {leg.venue for route in said for leg in route.legs} == set(Venue)
    assert {route.lender for route in said} == set(Lender)
    assert {len(route.legs) for route in said} == set(range(2, 9))
    assert {leg.token_out == NATIVE for route in said for leg in route.legs} == {True, False}
    terms = {(bool(route.parent_hash), route.tip_bps > 0, route.guarded, route.amount_in == 0) for route in said}
    assert len(terms) == 16
    assert len({vector["name"] for vector in VECTORS}) == len(VECTORS)
    assert len(vectors.BY_HAND) >= 4


def test_the_file_of_vectors_is_what_its_generator_writes() -> None:
    assert vectors.PATH.read_text() == vectors.text(), "run `python tests/harness/vectors.py`"


# The contracts' own numbers


def constants(file: str, kind: str) -> dict[str, int]:
    """Constants of RouteLib by name."""
    source = (CONTRACTS / "libraries" / file).read_text()
    return {name: int(value) for name, value in re.findall(rf"{kind} internal constant (\w+) = (\d+);", source)}


def test_venues_lenders_and_flags_are_numbered_as_the_contract_numbers_them() -> None:
    found = constants("RouteLib.sol", "uint8")
    assert found.pop("VERSION") == encode(PLAIN)[0]
    assert {name: found[name] for name in found if name.startswith("FLAG_")} == {
        f"FLAG_{flag.name}": flag.value for flag in Flags
    }
    assert {name: found[name] for name in found if name.startswith("LENDER_")} == {
        f"LENDER_{lender.name}": lender.value for lender in Lender
    }
    others = {name: value for name, value in found.items() if not name.startswith(("FLAG_", "LENDER_"))}
    assert others == {venue.name: venue.value for venue in Venue}


def test_venues_have_as_many_bytes_of_params_as_in_the_contract() -> None:
    source = (CONTRACTS / "libraries" / "RouteLib.sol").read_text()
    lengths = source[source.index("LENGTHS = ") :].split(";")[0]
    found = {
        Venue[name]: int(more or 0) for more, name in re.findall(r"LEG(?: \+ (\d+)\))?\s+<< \(8 \* (\w+)\)", lengths)
    }
    assert found == PARAMS


@pytest.mark.parametrize(("name", "kinds"), [("QUOTABLE", legs.QUOTABLE), ("FLASH", legs.FLASH), ("PAIRS", legs.PAIRS)])
def test_the_kinds_of_venues_are_the_contracts(name: str, kinds: frozenset[Venue]) -> None:
    source = (CONTRACTS / "venues" / "Kinds.sol").read_text()

    def members(kind: str) -> set[Venue]:
        body = re.search(rf"constant {kind} =([^;]+);", source)
        assert body is not None
        own = {Venue[venue] for venue in re.findall(r"RouteLib\.(\w+)", body[1])}
        return own.union(*(members(part) for part in re.findall(r"(?<![.\w])[A-Z_]{3,}", body[1])))

    assert kinds == members(name)


# A route


def test_the_id_is_the_hash_of_the_legs_alone() -> None:
    packed = bytes.fromhex("01" + "33" * 20 + "22" * 20 + "001e" + "02" + "44" * 20 + "11" * 20)
    assert PLAIN.route_id() == keccak(packed)
    assert replace(LENT, amount_in=8, deadline=1).route_id() == PLAIN.route_id()


def test_pools_are_named_as_the_reserve_knows_them() -> None:
    key = abi_encode(["address", "address", "uint24", "int24", "address"], [NATIVE, TOKEN, 500, 10, NATIVE])
    pool_id = "0x" + "ab" * 20 + "00" * 12
    route = replace(
        PLAIN,
        legs=(
            legs.uniswap_v4(POOL_A, NATIVE, 500, 10),
            legs.balancer_v2(POOL_B, OTHER, pool_id),
            legs.balancer_v3(POOL_B, LENDER, POOL_A),
            legs.curve(POOL_B, TOKEN, 0, 1),
        ),
    )
    expected = ("0x" + keccak(key)[:20].hex(), "0x" + "ab" * 20, POOL_A, POOL_B)
    assert route.pools() == tuple(to_checksum_address(pool) for pool in expected)


def test_the_last_leg_whose_input_is_known_lends_by_flash_swap() -> None:
    pair, pool, curve = (make(POOL_A, OTHER) for make in (legs.uniswap_v2, legs.uniswap_v3, legs.woofi))
    curve = legs.curve(POOL_A, OTHER, 0, 1)
    for chosen, index in (
        ((pair, pair), 1),
        ((pair, pool, pair), 1),
        ((pool, pair), 0),
        ((pair, curve, pool), 0),
        ((legs.woofi(POOL_A, OTHER), pool, pool), 1),
    ):
        assert replace(PLAIN, legs=chosen).lending_leg() == index
        assert replace(LENT, legs=chosen).lending_leg() is None
    with pytest.raises(p.NoLegLendsError):
        replace(PLAIN, legs=(curve, pair)).lending_leg()


ADDRESSES = st.binary(min_size=20, max_size=20).map(to_checksum_address)


@st.composite
def routes(draw: st.DrawFn) -> Route:
    """Draw any route that is right in its form."""
    count = draw(st.integers(2, 8))
    tokens = draw(st.lists(ADDRESSES, min_size=count, max_size=count, unique=True))
    targets = draw(st.lists(ADDRESSES, min_size=count + 1, max_size=count + 1, unique=True))
    parts = []
    for at in range(count):
        venue = draw(st.sampled_from(Venue))
        params = draw(st.integers(0, (1 << 8 * PARAMS[venue]) - 1))
        parts.append(Leg(venue, targets[at], tokens[(at + 1) % count], params))
    amount = draw(st.integers(0, 2**128 - 1))
    return Route(
        token=tokens[0],
        amount_in=amount,
        min_profit=draw(st.integers(0, 2**128 - 1)),
        deadline=draw(st.integers(0, 2**40 - 1)),
        legs=tuple(parts),
        lender=draw(st.sampled_from([lender for lender in Lender if lender])),
        lender_address=targets[count],
        max_fee_bps=draw(st.integers(0, 2**16 - 1)),
        parent_hash=draw(st.just(b"") | st.binary(min_size=32, max_size=32).filter(any)),
        cap=0 if amount else draw(st.integers(1, 2**128 - 1)),
        tip_bps=draw(st.integers(0, 10_000)),
        guarded=draw(st.booleans()),
    )


@given(routes())
def test_reading_undoes_writing(route: Route) -> None:
    assert decode(encode(route)) == route


# The legs


def test_legs_are_made_from_what_a_searcher_knows() -> None:
    pool_id = "0x" + "ab" * 32
    made = {
        legs.uniswap_v2(POOL_A, TOKEN): (1, 30),
        legs.uniswap_v3(POOL_A, TOKEN): (2, 0),
        legs.pancake_v2(POOL_A, TOKEN): (3, 25),
        legs.solidly(POOL_A, TOKEN): (4, 0),
        legs.pancake_v3(POOL_A, TOKEN): (5, 0),
        legs.algebra(POOL_A, TOKEN): (6, 0),
        legs.uniswap_v4(POOL_A, TOKEN, 3_000, 60): (7, 0x000BB8_00003C),
        legs.balancer_v2(POOL_A, TOKEN, pool_id): (8, int(pool_id, 16)),
        legs.balancer_v2(POOL_A, OTHER, bytes(31) + b"\1"): (8, 1),
        legs.balancer_v3(POOL_A, TOKEN, POOL_B): (9, int(POOL_B, 16)),
        legs.curve(POOL_A, TOKEN, 2, 1): (10, 0x0201),
        legs.curve_ng(POOL_A, TOKEN, 0, 1): (11, 0x0001),
        legs.curve_crypto(POOL_A, TOKEN, 1, 0): (12, 0x0100),
        legs.dodo_v2(POOL_A, TOKEN, sells_base=True, kind=DodoKind.DVM): (13, 1),
        legs.dodo_v2(POOL_A, TOKEN, sells_base=False, kind=DodoKind.DPP): (13, 2),
        legs.dodo_v2(POOL_A, TOKEN, sells_base=True, kind=DodoKind.DSP): (13, 5),
        legs.woofi(POOL_A, TOKEN): (14, 0),
        legs.liquidity_book(POOL_A, TOKEN, sells_x=True): (15, 1),
        legs.liquidity_book(POOL_A, TOKEN, sells_x=False): (15, 0),
        legs.erc4626(POOL_A, TOKEN): (16, 0),
        legs.wrapped_native(TOKEN, TOKEN): (17, 0),
    }
    assert {leg.venue for leg in made} == set(Venue)
    for leg, (venue, params) in made.items():
        assert (leg.venue, leg.params) == (venue, params)
        assert legs.read(p.Fields(legs.pack(leg))) == replace(leg, target=to_checksum_address(leg.target))


def test_legs_that_no_pool_has_are_refused_by_name() -> None:
    wrong: list[tuple[Callable[..., Leg], tuple[object, ...]]] = [
        (legs.uniswap_v2, (10_000,)),
        (legs.pancake_v2, (-1,)),
        (legs.uniswap_v4, (1_000_001, 1)),
        (legs.uniswap_v4, (500, 0)),
        (legs.uniswap_v4, (500, 32_768)),
        (legs.balancer_v2, ("0x12",)),
        (legs.curve, (1, 1)),
        (legs.curve_ng, (256, 1)),
        (legs.curve_crypto, (0, -1)),
    ]
    for make, params in wrong:
        with pytest.raises(p.ValueOutOfRangeError):
            make(POOL_A, TOKEN, *params)
    with pytest.raises(p.AddressMalformedError):
        legs.balancer_v3(POOL_A, TOKEN, "0x12")


# What is refused


def with_leg(number: int, **changes: Any) -> Route:  # noqa: ANN401
    """The plain route with one leg changed."""
    changed = list(PLAIN.legs)
    changed[number] = replace(changed[number], **changes)
    return replace(PLAIN, legs=tuple(changed))


BAD_ROUTES = {
    "one leg": (replace(PLAIN, legs=PLAIN.legs[1:]), p.LegCountWrongError),
    "nine legs": (replace(PLAIN, legs=PLAIN.legs * 4 + PLAIN.legs[:1]), p.LegCountWrongError),
    "an open cycle": (with_leg(1, token_out=LENDER), p.CycleOpenError),
    "a leg that pays what it takes": (with_leg(0, token_out=TOKEN), p.LegPaysItsInputError),
    "an unknown venue": (with_leg(0, venue=99), p.VenueUnknownError),
    "params where there are none": (with_leg(1, params=1), p.ParamsTooLongError),
    "params too long": (with_leg(0, params=2**16), p.ParamsTooLongError),
    "negative params": (with_leg(0, params=-1), p.ParamsTooLongError),
    "a pool that is no address": (with_leg(0, target="0x12"), p.AddressMalformedError),
    "a wrong checksum": (
        with_leg(0, target="0xA0A0a0A0A0A0a0a0A0A0a0A0a0A0a0A0A0A0a0a0"),
        p.AddressMalformedError,
    ),
    "an unknown lender": (replace(LENT, lender=10), p.LenderUnknownError),  # type: ignore[arg-type]
    "a lender's address without a lender": (replace(PLAIN, lender_address=LENDER), p.LenderUnknownError),
    "a largest fee without a lender": (replace(PLAIN, max_fee_bps=1), p.LenderUnknownError),
    "a lender without an address": (replace(PLAIN, lender=Lender.AAVE_V3), p.AddressMalformedError),
    "a lender that is a leg": (replace(LENT, lender_address=POOL_B), p.LenderIsLegError),
    "a flash swap in a pool that is another leg too": (with_leg(0, target=POOL_B), p.LenderIsLegError),
    "a flash swap that no leg can lend": (with_leg(0, venue=Venue.CURVE), p.NoLegLendsError),
    "no amount and no cap": (replace(PLAIN, amount_in=0), p.AmountZeroError),
    "an amount and a cap": (replace(PLAIN, cap=1), p.ValueOutOfRangeError),
    "too large an amount": (replace(PLAIN, amount_in=2**128), p.ValueOutOfRangeError),
    "too large a cap": (replace(PLAIN, amount_in=0, cap=2**128), p.ValueOutOfRangeError),
    "a negative profit": (replace(PLAIN, min_profit=-1), p.ValueOutOfRangeError),
    "too late a deadline": (replace(PLAIN, deadline=2**40), p.ValueOutOfRangeError),
    "too large a fee": (replace(LENT, max_fee_bps=2**16), p.ValueOutOfRangeError),
    "a short parent hash": (replace(PLAIN, parent_hash=b"\x01"), p.ValueOutOfRangeError),
    "a parent hash of zeros": (replace(PLAIN, parent_hash=bytes(32)), p.ValueOutOfRangeError),
    "a tip of more than all": (replace(PLAIN, tip_bps=10_001), p.TipOutOfRangeError),
    "a negative tip": (replace(PLAIN, tip_bps=-1), p.TipOutOfRangeError),
}


@pytest.mark.parametrize("name", BAD_ROUTES)
def test_a_bad_route_is_refused_by_name(name: str) -> None:
    route, error = BAD_ROUTES[name]
    with pytest.raises(error):
        encode(route)


def test_a_manager_that_lends_credit_can_be_a_leg() -> None:
    pools = (legs.uniswap_v4(LENDER, OTHER, 500, 10), legs.uniswap_v4(LENDER, TOKEN, 3_000, 60))
    route = replace(LENT, lender=Lender.UNISWAP_V4, max_fee_bps=0, legs=pools)
    assert decode(encode(route)).legs == route.legs


def test_bad_bytes_are_refused_by_name() -> None:
    packed = encode(PLAIN)
    with pytest.raises(p.RouteVersionUnknownError):
        decode(b"\x01" + packed[1:])
    with pytest.raises(p.RouteFlagsUnknownError):
        decode(packed[:1] + b"\x08" + packed[2:])
    with pytest.raises(p.LenderUnknownError):
        decode(packed[:2] + b"\x0a" + packed[3:])
    with pytest.raises(p.VenueUnknownError):
        decode(packed + b"\x00")
    tipped = encode(replace(PLAIN, tip_bps=1))
    with pytest.raises(p.TipOutOfRangeError):
        decode(tipped[:60] + b"\0\0" + tipped[62:])
    sized = encode(replace(PLAIN, amount_in=0, cap=1))
    with pytest.raises(p.AmountZeroError):
        decode(sized[:60] + bytes(16) + sized[76:])


@pytest.mark.parametrize("route", [PLAIN, LENT, replace(LENT, amount_in=0, cap=1, tip_bps=1, parent_hash=b"\1" * 32)])
def test_bytes_cut_off_anywhere_are_refused(route: Route) -> None:
    packed = encode(route)
    for end in range(len(packed)):
        with pytest.raises((p.RouteTruncatedError, p.CycleOpenError, p.LegCountWrongError)):
            decode(packed[:end])
