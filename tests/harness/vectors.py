"""Writes tests/vectors/routes.json: routes that Solidity and Python must pack alike.

What stands there under `encoded` owes nothing to harness/market/: a few routes are spelled out here byte for byte after
docs/SPEC.md, and the others are packed by a few lines that were written after it once more. To write the file anew:
`python tests/harness/vectors.py`.
"""

import json
from itertools import product
from pathlib import Path
from typing import Any

from eth_utils.address import to_checksum_address

PATH = Path(__file__).parents[1] / "vectors" / "routes.json"
Vector = dict[str, Any]

NONE = "0x" + "00" * 20
TOKEN, OTHER, THIRD = ("0x" + digit * 40 for digit in "123")
LENDER, POOL = ("0x" + digit * 40 for digit in "59")
PARENT = "0x" + "7e" * 32
DEADLINE = 1_893_456_000
ETHER = 10**18

PARAMS = dict(enumerate((2, 0, 2, 0, 0, 0, 6, 32, 20, 2, 2, 2, 1, 0, 1, 0, 0), 1))
"""Bytes of params by venue."""

VENUES = {
    1: ("Uniswap V2", 30),
    2: ("Uniswap V3", 0),
    3: ("Pancake V2", 25),
    4: ("Solidly", 0),
    5: ("Pancake V3", 0),
    6: ("Algebra", 0),
    7: ("Uniswap V4", 500 << 24 | 10),
    8: ("Balancer V2", 0x96646936B91D6B9D7D0C47C496AFBF3D6EC7B6F8000200000000000000000019),
    9: ("Balancer V3", int(POOL, 16)),
    10: ("Curve", 1 << 8 | 2),
    11: ("Curve of the new generation", 1 << 8 | 0),
    12: ("Curve, crypto", 0 << 8 | 2),
    13: ("DODO V2", 2 << 1 | 1),
    14: ("WooFi", 0),
    15: ("Liquidity Book", 1),
    16: ("ERC-4626", 0),
    17: ("wrapped native coin", 0),
}
"""A name and params by venue."""

LENDERS = {
    1: "Balancer V2",
    2: "Aave V3",
    3: "Uniswap V4",
    4: "Balancer V3",
    5: "Uniswap V3",
    6: "Pancake V3",
    7: "Algebra",
    8: "Morpho",
    9: "ERC-3156",
}
"""A name by lender."""

BY_HAND = {
    "by hand: flash swap, two legs on Uniswap V2": """
        02 00 00 0070dbd880 1111111111111111111111111111111111111111
        00000000000000000de0b6b3a7640000 000000000000000000038d7ea4c68000
        01 a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0 2222222222222222222222222222222222222222 001e
        01 a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1 1111111111111111111111111111111111111111 001e
    """,
    "by hand: sized on chain, every flag, on Balancer V3's credit through its own pool": """
        02 07 04 0070dbd880 1111111111111111111111111111111111111111
        00000000000000000000000000000000 00000000000000000000000000000001
        000000000000003635c9adc5dea00000
        7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e
        1388
        5555555555555555555555555555555555555555 0000
        09 5555555555555555555555555555555555555555 2222222222222222222222222222222222222222
           9999999999999999999999999999999999999999
        02 a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1 1111111111111111111111111111111111111111
    """,
    "by hand: native coin on Uniswap V4, Aave V3 loan, a tip": """
        02 02 02 0070dbd880 1111111111111111111111111111111111111111
        00000000000000000de0b6b3a7640000 00000000000000000000000000000001
        01f4
        5555555555555555555555555555555555555555 0005
        11 1111111111111111111111111111111111111111 0000000000000000000000000000000000000000
        07 a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1 2222222222222222222222222222222222222222 0001f4 00000a
        0a a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2a2 1111111111111111111111111111111111111111 01 00
    """,
    "by hand: a DSP of DODO V2, a pair of Liquidity Book, guarded, with a parent": """
        02 05 00 0070dbd880 1111111111111111111111111111111111111111
        00000000000000000de0b6b3a7640000 00000000000000000000000000000001
        7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e7e
        0d a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0 2222222222222222222222222222222222222222 05
        0f a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1 1111111111111111111111111111111111111111 01
    """,
    "by hand: a pool of Balancer V2, a vault, Morpho loan": """
        02 00 08 0070dbd880 1111111111111111111111111111111111111111
        00000000000000000de0b6b3a7640000 00000000000000000000000000000001
        5555555555555555555555555555555555555555 0000
        08 a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0a0 2222222222222222222222222222222222222222
           96646936b91d6b9d7d0c47c496afbf3d6ec7b6f8000200000000000000000019
        10 a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1 1111111111111111111111111111111111111111
    """,
}
"""Packed routes in hex, field by field, by the name of the vector."""


def vectors() -> list[Vector]:
    """Return all vectors."""
    return [*_by_hand(), *_of_venues(), *_of_lenders(), *_of_flags(), *_of_lengths(), *_of_extremes()]


def text() -> str:
    """Return the file: a vector is an object over several lines, each of its legs one line."""
    return "[\n" + ",\n".join(_lines(vector) for vector in vectors()) + "\n]\n"


def _lines(vector: Vector) -> str:
    fields = []
    for key, value in vector.items():
        told = json.dumps(value)
        if key == "legs":
            told = "[\n      " + ",\n      ".join(json.dumps(leg) for leg in value) + "\n    ]"
        fields.append(f"    {json.dumps(key)}: {told}")
    return "  {\n" + ",\n".join(fields) + "\n  }"


def _by_hand() -> list[Vector]:
    two, credit, native, prepaid, vaults = BY_HAND
    tip = {"tipBps": 500, "lender": 2, "maxFeeBps": 5}
    own = [_leg(9, "0x" + "55" * 20, OTHER), _leg(2, _pool(1), TOKEN)]
    coin = [_leg(17, TOKEN, NONE), _leg(7, _pool(1), OTHER), _leg(10, _pool(2), TOKEN, 1 << 8)]
    return [
        _vector(two, [_leg(1, _pool(0), OTHER), _leg(1, _pool(1), TOKEN)], minProfit=10**15),
        _vector(credit, own, amountIn=0, cap=10**21, parentHash=PARENT, tipBps=5_000, guarded=True, lender=4),
        _vector(native, coin, **tip),
        _vector(prepaid, [_leg(13, _pool(0), OTHER), _leg(15, _pool(1), TOKEN)], parentHash=PARENT, guarded=True),
        _vector(vaults, [_leg(8, _pool(0), OTHER), _leg(16, _pool(1), TOKEN)], lender=8),
    ]


def _of_venues() -> list[Vector]:
    return [
        _vector(f"{name}, after Uniswap V2", [_leg(1, _pool(0), OTHER), _leg(venue, _pool(1), TOKEN)])
        for venue, (name, _) in VENUES.items()
    ]


def _of_lenders() -> list[Vector]:
    return [_vector(f"{name} lends", _cycle(2), lender=lender, maxFeeBps=9) for lender, name in LENDERS.items()]


def _of_flags() -> list[Vector]:
    """Every set of flags, with an amount by flash swap, and sized on chain with a lender."""
    found = []
    for parent, tip, guarded, sized in product((False, True), repeat=4):
        words = {"a parent": parent, "a tip": tip, "guarded": guarded, "sized on chain": sized}
        amounts = {"amountIn": 0, "cap": 10**21} if sized else {}
        asked = {"parentHash": PARENT if parent else "", "tipBps": 2_500 if tip else 0, "guarded": guarded}
        name = "terms: " + (", ".join(word for word, there in words.items() if there) or "none")
        found.append(_vector(name, _cycle(2), **amounts, **asked, lender=int(sized)))
    return found


def _of_lengths() -> list[Vector]:
    return [_vector(f"{count} legs", _cycle(count)) for count in range(2, 9)]


def _of_extremes() -> list[Vector]:
    """Every field at its largest, and at its smallest."""
    most = {size: (1 << 8 * size) - 1 for size in range(1, 33)}
    large = {"minProfit": most[16], "deadline": most[5], "parentHash": "0x" + "ff" * 32, "tipBps": 10_000}
    lent = {"lender": 9, "maxFeeBps": most[2], "guarded": True}
    legs = [_leg(8, _pool(0), "0x" + "f" * 40, most[32]), _leg(9, _pool(1), TOKEN, most[20])]
    return [
        _vector("largest values", legs, amountIn=most[16], **large, **lent),
        _vector("largest values, sized on chain", legs, amountIn=0, cap=most[16], **large, **lent),
        _vector("smallest values", [_leg(1, _pool(0), OTHER, 0), _leg(2, _pool(1), TOKEN)], amountIn=1, deadline=0),
    ]


def _vector(name: str, legs: list[Vector], **given: Any) -> Vector:  # noqa: ANN401
    """Return a vector, packed, with numbers as decimal strings."""
    plain = {"deadline": DEADLINE, "token": TOKEN, "amountIn": ETHER, "minProfit": 1, "cap": 0, "parentHash": ""}
    plain |= {"tipBps": 0, "guarded": False, "lender": 0, "lenderAddress": NONE, "maxFeeBps": 0} | given
    if plain["lender"]:
        plain["lenderAddress"] = LENDER
    encoded = "".join(BY_HAND[name].split()) if name in BY_HAND else _packed(plain, legs)
    return {"name": name, **_told(plain), "legs": [_told(leg) for leg in legs], "encoded": "0x" + encoded}


def _told(fields: Vector) -> Vector:
    return {key: str(value) if type(value) is int else value for key, value in fields.items()}


def _packed(header: Vector, legs: list[Vector]) -> str:
    """Return the route in hex."""
    flags = 1 * bool(header["parentHash"]) + 2 * bool(header["tipBps"]) + 4 * header["guarded"]
    text = f"02{flags:02x}{header['lender']:02x}{header['deadline']:010x}{header['token'][2:]}"
    text += f"{header['amountIn']:032x}{header['minProfit']:032x}"
    if header["amountIn"] == 0:
        text += f"{header['cap']:032x}"
    text += header["parentHash"][2:]
    if header["tipBps"]:
        text += f"{header['tipBps']:04x}"
    if header["lender"]:
        text += f"{header['lenderAddress'][2:]}{header['maxFeeBps']:04x}"
    for leg in legs:
        text += f"{leg['venue']:02x}{leg['target'][2:]}{leg['tokenOut'][2:]}".lower()
        if size := PARAMS[leg["venue"]]:
            text += f"{leg['params']:0{2 * size}x}"
    return str(text.lower())


def _cycle(count: int) -> list[Vector]:
    """Return a cycle of so many legs, on Uniswap V2 and V3 by turns."""
    return [
        _leg(1 + at % 2, _pool(at), TOKEN if at == count - 1 else (OTHER, THIRD)[at % 2], (25 + at) * (at % 2 == 0))
        for at in range(count)
    ]


def _leg(venue: int, target: str, token_out: str, params: int | None = None) -> Vector:
    found = VENUES[venue][1] if params is None else params
    return {"venue": venue, "target": target, "tokenOut": to_checksum_address(token_out), "params": found}


def _pool(number: int) -> str:
    return to_checksum_address("0x" + f"a{number}" * 20)


if __name__ == "__main__":
    PATH.write_text(text())
