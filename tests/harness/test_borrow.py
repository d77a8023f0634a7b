"""What lenders ask and have, as they say it; what they say is made up."""

from collections.abc import Sequence
from typing import Any

import pytest

from harness.chains import Chain
from harness.keeper.abi import Call, Word
from harness.keeper.borrow import Lenders
from harness.keeper.multicall import Multicall
from harness.market.costs import FLASH_SWAP, Offer
from harness.market.route import Lender

WAD = 10**18
BANK, OTHER = 0xA0, 0xA1
"""Where a bank keeps what it lends."""


class Said(Multicall):
    """A fake chain: what views answer, by their names; None where they revert.

    Args:
        answers: A list holds an answer for every call of that name, in turn.
    """

    def __init__(self, **answers: Any) -> None:  # noqa: ANN401 - whatever a view answers
        self.answers = {"getProtocolFeesCollector": ("0x" + "c" * 40,), **answers}
        self.blocks: set[int | str] = set()

    def try_read(self, calls: Sequence[Call | Word], block: int | str) -> list[tuple[Any, ...] | None]:
        """Return what the chain says."""
        self.blocks.add(block)
        return [self._answer(call.signature.split("(")[0]) for call in calls]

    def _answer(self, name: str) -> tuple[Any, ...] | None:
        answer = self.answers.get(name, (1,))
        found: tuple[Any, ...] | None = answer.pop(0) if isinstance(answer, list) else answer
        return found


def bank(*places: int) -> list[tuple[int, ...]]:
    """What Aave says of its reserves; only the ninth word counts."""
    return [(7,) * 8 + (place,) + (7,) * 6 for place in places]


def lenders(chain: Chain, said: Said, tokens: int = 2) -> Lenders:
    few = chain.model_copy(update={"profit_tokens": chain.profit_tokens[:tokens]})
    return Lenders(few, said, 5)


def found(lender: Lender, offers: Sequence[Offer]) -> Offer:
    (one,) = [offer for offer in offers if offer.lender is lender]
    return one


def said(fee: int = 0, premium: int = 5, **more: Any) -> Said:  # noqa: ANN401 - as above
    return Said(
        getFlashLoanFeePercentage=(fee,),
        FLASHLOAN_PREMIUM_TOTAL=(premium,),
        **{"getReserveData": bank(BANK, OTHER), **more},
    )


@pytest.mark.parametrize(
    ("fee", "bps"), [(0, 0), (1, 1), (WAD // 10_000, 1), (WAD // 10_000 + 1, 2), (WAD // 100, 100)]
)
def test_a_fee_in_parts_of_a_basis_point_is_rounded_up(ethereum: Chain, fee: int, bps: int) -> None:
    assert found(Lender.BALANCER_V2, lenders(ethereum, said(fee=fee)).offers).fee_bps == bps


def test_a_fee_is_taken_as_it_is_said(ethereum: Chain) -> None:
    offers = lenders(ethereum, said(premium=9)).offers
    assert found(Lender.AAVE_V3, offers).fee_bps == 9
    assert [offer.fee_bps for offer in offers if offer.lender is not Lender.AAVE_V3] == [0] * (len(offers) - 1)
    assert offers[0] == FLASH_SWAP


def test_what_a_bank_does_not_have_it_does_not_lend(ethereum: Chain) -> None:
    there = lenders(ethereum, said(getReserveData=bank(0, OTHER)))
    first, second = (ethereum.token(symbol).address for symbol in ethereum.profit_tokens[:2])
    assert found(Lender.AAVE_V3, there.offers).available == {second: 1}
    assert found(Lender.AAVE_V3, there.offers).limit(first) == 0
    assert [call.arguments for call in there.calls if call.to == second].count((f"0x{OTHER:040x}",)) == 1
    assert not [call for call in there.calls if call.arguments == (f"0x{0:040x}",)]


def test_what_does_not_answer_has_nothing_to_lend_and_the_others_keep_what_is_theirs(ethereum: Chain) -> None:
    chain = said()
    there = lenders(ethereum, chain)
    answers = [None if number == 1 else (10 + number,) for number in range(len(there.calls))]
    offers = there.of(answers)
    assert [amount for offer in offers for amount in offer.available.values()] == [
        0 if number == 1 else 10 + number for number in range(len(answers))
    ]
    for offer, before in zip(offers, there.offers, strict=True):
        assert (offer.lender, offer.address, offer.fee_bps, offer.gas) == (
            before.lender,
            before.address,
            before.fee_bps,
            before.gas,
        )
    assert chain.blocks == {5}, "all of it at one block"
