"""What a receipt says of a transaction, and what is none."""

from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address

from harness.keeper.receipts import EXECUTED, Receipt
from harness.node import NodeError

HASH, BLOCK = "0x" + "11" * 32, "0x" + "AB" * 32
EXECUTOR, TOKEN, OTHER = ("0x" + digit * 40 for digit in "abc")


def executed(by: str = EXECUTOR, profit: int = 70, tip: int = 5) -> dict[str, Any]:
    """The executor's event, as a node gives it."""
    topics = [EXECUTED, "0x" + "22" * 32, "0x" + TOKEN[2:].rjust(64, "0"), "0x" + "0" * 64]
    return {"address": by, "topics": topics, "data": "0x" + encode(["uint256"] * 3, [1_000, profit, tip]).hex()}


OTHERS: list[dict[str, Any]] = [
    {"address": EXECUTOR, "topics": [], "data": "0x"},
    {"address": EXECUTOR, "topics": ["0x" + "33" * 32], "data": "0x"},
    executed(by=OTHER, profit=10**6),
]


def answer(**more: Any) -> dict[str, Any]:  # noqa: ANN401
    """A receipt as a node gives it."""
    plain = {
        "transactionHash": HASH,
        "blockHash": BLOCK,
        "blockNumber": "0x10",
        "status": "0x1",
        "gasUsed": "0x64",
        "effectiveGasPrice": "0x7",
        "to": EXECUTOR,
        "logs": [],
    }
    return plain | more


def test_it_says_where_it_is_and_what_it_has_cost() -> None:
    assert Receipt.read(answer(), HASH) == Receipt(16, BLOCK.lower(), True, 100, 7)
    assert Receipt.read(answer(transactionHash="0x" + "11" * 32), HASH) is not None


@pytest.mark.parametrize(("status", "ok"), [("0x1", True), ("0x0", False)])
def test_it_says_whether_it_succeeded(status: str, ok: bool) -> None:
    receipt = Receipt.read(answer(status=status), HASH)
    assert receipt is not None
    assert receipt.ok is ok


@pytest.mark.parametrize(("fee", "price"), [("0x0", 7), (None, 7), (hex(100), 8), (hex(101), 9), (hex(199), 9)])
def test_a_rollups_fee_for_data_is_in_the_price_and_rounded_up(fee: str | None, price: int) -> None:
    receipt = Receipt.read(answer(l1Fee=fee), HASH)
    assert receipt is not None
    assert receipt.price == price


def test_what_was_earned_is_by_the_event_of_what_was_called_without_the_tip() -> None:
    receipt = Receipt.read(answer(to=EXECUTOR.upper().replace("0X", "0x"), logs=[*OTHERS, executed()]), HASH)
    assert receipt is not None
    assert (receipt.token, receipt.profit) == (to_checksum_address(TOKEN), 65)
    nothing = Receipt.read(answer(logs=OTHERS), HASH)
    assert nothing is not None
    assert (nothing.token, nothing.profit) == ("", 0)


@pytest.mark.parametrize("none", [None, answer(blockHash=None)])
def test_without_a_block_there_is_none_yet(none: dict[str, Any] | None) -> None:
    assert Receipt.read(none, HASH) is None


@pytest.mark.parametrize(
    "odd",
    [
        answer(transactionHash="0x" + "12" * 32),
        answer(gasUsed="many"),
        answer(status=None),
        answer(logs=None),
        {"blockHash": BLOCK},
    ],
)
def test_what_is_no_receipt_of_the_transaction_is_refused(odd: dict[str, Any]) -> None:
    with pytest.raises(NodeError):
        Receipt.read(odd, HASH)
