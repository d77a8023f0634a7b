"""The packed route: the shared vectors, the layout of docs/SPEC.md by hand, and every refusal by name."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from harness.market import route as r

VECTORS: list[dict[str, Any]] = json.loads((Path(__file__).parents[1] / "vectors" / "routes.json").read_text())

TOKEN, OTHER, POOL_A, POOL_B, LENDER = ("0x" + digit * 40 for digit in "12345")
PLAIN = r.Route(
    token=TOKEN,
    amount_in=7,
    min_profit=3,
    deadline=9,
    legs=(r.Leg(r.Venue.UNISWAP_V2, POOL_A, OTHER, 30), r.Leg(r.Venue.UNISWAP_V3, POOL_B, TOKEN)),
)


def route_of(vector: dict[str, Any]) -> r.Route:
    legs = (r.Leg(r.Venue(leg["venue"]), leg["pool"], leg["tokenOut"], leg["feeBps"]) for leg in vector["legs"])
    lender = r.Lender(vector["lender"])
    return r.Route(
        token=vector["token"],
        amount_in=int(vector["amountIn"]),
        min_profit=int(vector["minProfit"]),
        deadline=int(vector["deadline"]),
        legs=tuple(legs),
        lender=lender,
        lender_address=vector["lenderAddress"] if lender else "",
        max_fee_bps=vector["maxFeeBps"],
        parent_hash=bytes.fromhex(vector["parentHash"].removeprefix("0x")),
    )


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_vector_is_encoded_as_recorded_and_read_back(vector: dict[str, Any]) -> None:
    packed = bytes.fromhex(vector["encoded"].removeprefix("0x"))
    assert r.encode(route_of(vector)) == packed
    assert r.decode(packed) == route_of(vector)


def test_the_vectors_cover_every_lender_every_count_of_legs_and_the_parent_hash() -> None:
    assert {vector["lender"] for vector in VECTORS} == {0, 1, 2}
    assert {len(vector["legs"]) for vector in VECTORS} == set(range(2, 9))
    assert {bool(vector["parentHash"]) for vector in VECTORS} == {True, False}


def test_the_layout_is_the_specified_one_field_by_field() -> None:
    route = replace(PLAIN, lender=r.Lender.AAVE_V3, lender_address=LENDER, max_fee_bps=5, parent_hash=b"\x07" * 32)
    fields = [
        "0101020000000009",
        "11" * 20,
        "00" * 15 + "07",
        "00" * 15 + "03",
        "07" * 32,
        "55" * 20 + "0005",
        "01" + "33" * 20 + "22" * 20 + "001e",
        "02" + "44" * 20 + "11" * 20,
    ]
    assert r.encode(route).hex() == "".join(fields)


def test_the_id_is_the_hash_of_the_legs_alone() -> None:
    legs = bytes.fromhex("01" + "33" * 20 + "22" * 20 + "001e" + "02" + "44" * 20 + "11" * 20)
    assert PLAIN.route_id() == keccak(legs)
    assert replace(PLAIN, amount_in=8, deadline=1).route_id() == PLAIN.route_id()


@given(st.integers(1, 2**128 - 1), st.integers(0, 2**128 - 1), st.integers(0, 2**40 - 1), st.integers(0, 2**16 - 1))
def test_reading_undoes_writing(amount: int, profit: int, deadline: int, fee: int) -> None:
    legs = (replace(PLAIN.legs[0], fee_bps=fee), PLAIN.legs[1])
    route = replace(PLAIN, amount_in=amount, min_profit=profit, deadline=deadline, legs=legs)
    assert r.decode(r.encode(route)) == r.decode(r.encode(r.decode(r.encode(route))))
    assert r.decode(r.encode(route)).amount_in == amount
    assert r.decode(r.encode(route)).legs[0].fee_bps == fee


BAD_ROUTES = {
    "one leg": (replace(PLAIN, legs=PLAIN.legs[1:]), r.LegCountOutOfRangeError),
    "nine legs": (replace(PLAIN, legs=PLAIN.legs * 4 + PLAIN.legs[:1]), r.LegCountOutOfRangeError),
    "an open cycle": (replace(PLAIN, legs=(PLAIN.legs[0], replace(PLAIN.legs[1], token_out=LENDER))), r.CycleOpenError),
    "a leg that pays what it takes": (
        replace(PLAIN, legs=(replace(PLAIN.legs[0], token_out=TOKEN), PLAIN.legs[1])),
        r.CycleOpenError,
    ),
    "an unknown venue": (
        replace(PLAIN, legs=(replace(PLAIN.legs[0], venue=9), PLAIN.legs[1])),  # type: ignore[arg-type]
        r.VenueUnknownError,
    ),
    "an unknown lender": (replace(PLAIN, lender=3, lender_address=LENDER), r.LenderUnknownError),  # type: ignore[arg-type]
    "a lender's address without a lender": (replace(PLAIN, lender_address=LENDER), r.LenderUnknownError),
    "a largest fee without a lender": (replace(PLAIN, max_fee_bps=1), r.LenderUnknownError),
    "no amount": (replace(PLAIN, amount_in=0), r.ValueOutOfRangeError),
    "too large an amount": (replace(PLAIN, amount_in=2**128), r.ValueOutOfRangeError),
    "a negative profit": (replace(PLAIN, min_profit=-1), r.ValueOutOfRangeError),
    "too late a deadline": (replace(PLAIN, deadline=2**40), r.ValueOutOfRangeError),
    "a short parent hash": (replace(PLAIN, parent_hash=b"\x01"), r.ValueOutOfRangeError),
    "a fee on a V3 leg": (
        replace(PLAIN, legs=(PLAIN.legs[0], replace(PLAIN.legs[1], fee_bps=5))),
        r.ValueOutOfRangeError,
    ),
    "a pool that is no address": (
        replace(PLAIN, legs=(replace(PLAIN.legs[0], pool="0x12"), PLAIN.legs[1])),
        r.AddressMalformedError,
    ),
    "a wrong checksum": (
        replace(PLAIN, legs=(replace(PLAIN.legs[0], pool="0xA0A0a0A0A0A0a0a0A0A0a0A0a0A0a0A0A0A0a0a0"), PLAIN.legs[1])),
        r.AddressMalformedError,
    ),
    "a lender without an address": (replace(PLAIN, lender=r.Lender.AAVE_V3), r.AddressMalformedError),
}


@pytest.mark.parametrize("name", BAD_ROUTES)
def test_a_bad_route_is_refused_by_name(name: str) -> None:
    route, error = BAD_ROUTES[name]
    with pytest.raises(error):
        r.encode(route)


def test_bad_bytes_are_refused_by_name() -> None:
    packed = r.encode(PLAIN)
    with pytest.raises(r.RouteVersionUnknownError):
        r.decode(b"\x02" + packed[1:])
    with pytest.raises(r.RouteFlagsUnknownError):
        r.decode(packed[:1] + b"\x02" + packed[2:])
    with pytest.raises(r.LenderUnknownError):
        r.decode(packed[:2] + b"\x03" + packed[3:])
    with pytest.raises(r.VenueUnknownError):
        r.decode(packed + b"\x00")


def test_bytes_cut_off_anywhere_are_refused() -> None:
    packed = r.encode(PLAIN)
    for end in range(len(packed)):
        with pytest.raises((r.RouteTruncatedError, r.CycleOpenError, r.LegCountOutOfRangeError)):
            r.decode(packed[:end])
