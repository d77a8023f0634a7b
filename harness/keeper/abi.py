"""Calls and their answers as bytes, and the names of the contracts' errors."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_abi.grammar import parse
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from harness.artifacts import artifact

KNOWN_BY = (
    "SafeTransferLib",
    "ErrorsLib",
    "FlashExecutor",
    "IInbox",
    "ILiquidityReserve",
    "OptimismBridge",
    "PriceGuard",
    "StakingVault",
    "TokenProbe",
)
"""What has the errors that a call of the keeper's can end by."""

STANDARD_ERRORS = {"Error": ("string",), "Panic": ("uint256",)}


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a view.

    Attributes:
        to: Checksummed address.
        signature: For instance `balanceOf(address)`.
        arguments: As eth-abi takes them.
        returns: Types of the answer.
    """

    to: str
    signature: str
    arguments: tuple[object, ...]
    returns: tuple[str, ...]

    def data(self) -> bytes:
        """Return the calldata."""
        return calldata(self.signature, *self.arguments)

    def read(self, answer: bytes) -> tuple[Any, ...] | None:
        """Return the answer's values, or None where it does not have the types expected."""
        try:
            values: tuple[Any, ...] = decode(self.returns, answer)
        except DecodingError:
            return None
        return values


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a contract's storage, where no view tells what is in it.

    Attributes:
        to: Checksummed address.
        slot: Its number.
    """

    to: str
    slot: int

    @property
    def signature(self) -> str:
        """What it is called where it is not answered."""
        return f"for its slot {self.slot}"


def calldata(signature: str, *arguments: object) -> bytes:
    """Return selector and arguments of a call."""
    return _selector(signature) + encode(_types(signature), arguments)


def arguments(signature: str, data: bytes) -> tuple[Any, ...] | None:
    """Return the arguments of a call; None where it is another one. Addresses that stand alone are checksummed."""
    if data[:4] != _selector(signature):
        return None
    types = _types(signature)
    try:
        values = decode(types, data[4:])
    except DecodingError:
        return None
    return tuple(
        to_checksum_address(value) if kind == "address" else value for kind, value in zip(types, values, strict=True)
    )


def error_name(data: bytes) -> str:
    """Return a revert's error as it would be written, `NotProfitable(3, 5)`; its hex where the error is not known."""
    name, types = _errors().get(data[:4], ("", ()))
    if not name:
        return f"unknown error 0x{data[:36].hex()}" if data else "reverted without a reason"
    try:
        values = decode(types, data[4:])
    except DecodingError:
        return name
    return f"{name}({', '.join(str(value) for value in values)})"


@cache
def _errors() -> dict[bytes, tuple[str, tuple[str, ...]]]:
    """Return name and types of every error of the contracts that a route runs through, by selector."""
    known = dict(STANDARD_ERRORS)
    for contract in KNOWN_BY:
        entries: Iterable[dict[str, Any]] = artifact(contract).abi
        known |= {e["name"]: tuple(i["type"] for i in e["inputs"]) for e in entries if e["type"] == "error"}
    return {_selector(f"{name}({','.join(types)})"): (name, types) for name, types in known.items()}


@cache
def _selector(signature: str) -> bytes:
    return keccak(signature.encode())[:4]


@cache
def _types(signature: str) -> tuple[str, ...]:
    """Return the types of a call's arguments; those of a tuple stand together."""
    inner = signature[signature.index("(") :]
    return () if inner == "()" else tuple(one.to_type_str() for one in parse(inner).components)
