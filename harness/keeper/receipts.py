"""What became of a transaction, as its receipt has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import decode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from harness.node import NodeError

EXECUTED = "0x" + keccak(b"Executed(bytes32,address,address,uint256,uint256,uint256)").hex()
"""The topic of the executor's event."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says.

    Attributes:
        block: Number of the block that the transaction is in.
        block_hash: Its hash.
        ok: Whether it succeeded.
        gas_used: Units of gas.
        price: Wei for each, a rollup's fee for data included and rounded up.
        token: Checksummed address of the token that a route has earned; empty where none ran.
        profit: Units of it paid to the reserve, without the producer's tip.
    """

    block: int
    block_hash: str
    ok: bool
    gas_used: int
    price: int
    token: str = ""
    profit: int = 0

    @classmethod
    def read(cls, answer: Mapping[str, Any] | None, hash_: str) -> "Receipt | None":
        """Read a node's answer; None where it knows no block with the transaction.

        Raises:
            NodeError: It is something else than a receipt of that transaction.
        """
        try:
            if answer is None or answer.get("blockHash") is None:
                return None
            if answer["transactionHash"].lower() != hash_:
                raise ValueError
            used = int(answer["gasUsed"], 16)
            data_fee = int(answer.get("l1Fee") or "0x0", 16)
            price = int(answer["effectiveGasPrice"], 16) - (-data_fee // max(used, 1))
            block, block_hash = int(answer["blockNumber"], 16), answer["blockHash"].lower()
            return cls(block, block_hash, int(answer["status"], 16) == 1, used, price, *_earned(answer))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise NodeError("the node answered with something that is no receipt; is the endpoint right?") from None


def _earned(answer: Mapping[str, Any]) -> tuple[str, int]:
    """Return token and profit of the executor's event, if what was called has emitted one."""
    for log in answer["logs"]:
        if log["topics"] and log["topics"][0] == EXECUTED and log["address"].lower() == str(answer["to"]).lower():
            _, profit, tip = decode(["uint256"] * 3, bytes.fromhex(log["data"][2:]))
            return to_checksum_address("0x" + log["topics"][2][-40:]), profit - tip
    return "", 0
