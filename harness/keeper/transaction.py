"""An EIP-1559 transaction before and after it is signed."""

from dataclasses import dataclass
from typing import Any

from eth_account.typed_transactions.typed_transaction import TypedTransaction
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hexbytes import HexBytes

AccessList = tuple[tuple[str, tuple[str, ...]], ...]
"""Checksummed addresses, each with 32-byte slots as hex (EIP-2930)."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """What is to be signed.

    Attributes:
        chain_id: Of the chain that it is for.
        nonce: Of its sender.
        to: Checksummed address.
        data: Calldata.
        gas: Units of gas that it may use.
        max_fee: The most to pay for a unit of gas, in wei.
        tip: Of that, the most to the block's producer, in wei.
        value: Wei of native coin.
        access_list: What it touches, where saying so saves gas.
    """

    chain_id: int
    nonce: int
    to: str
    data: bytes
    gas: int
    max_fee: int
    tip: int
    value: int = 0
    access_list: AccessList = ()

    def fields(self) -> dict[str, Any]:
        """Return it as eth-account takes it."""
        return {
            "type": 2,
            "chainId": self.chain_id,
            "nonce": self.nonce,
            "to": self.to,
            "value": self.value,
            "data": self.data,
            "gas": self.gas,
            "maxFeePerGas": self.max_fee,
            "maxPriorityFeePerGas": self.tip,
            "accessList": [{"address": address, "storageKeys": list(keys)} for address, keys in self.access_list],
        }

    def signed_with(self, v: int, r: int, s: int) -> bytes:
        """Return its bytes with a signature."""
        return bytes(TypedTransaction.from_dict(self.fields() | {"v": v, "r": r, "s": s}).encode())


def hash_of(raw: bytes) -> str:
    """Return the hash of a signed transaction, as nodes write it."""
    return "0x" + keccak(raw).hex()


def target_of(raw: bytes) -> tuple[str, bytes]:
    """Return whom a signed transaction calls, a checksummed address, and with what."""
    fields = TypedTransaction.from_bytes(HexBytes(raw)).as_dict()
    return to_checksum_address(fields["to"]), bytes(fields["data"])
