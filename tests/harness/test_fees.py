"""Fees: the next base fee is the chain's to the wei, nothing is above the limit, replacements pay enough."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import chains
from harness.keeper.fees import FeePolicy, Fees, Tips, bumped, next_base_fee, price
from harness.keeper.heads import Head, head_of
from harness.keeper.limits import GasPriceTooHighError
from harness.keeper.rpc import Rpc
from harness.node import NodeError
from harness.replica import Replica

LIMIT = 30_000_000
WEI = st.integers(0, 10**13)


def block(base_fee: int, used: int, limit: int = LIMIT) -> Head:
    return Head(1, "0x01", "0x00", 0, base_fee, used, limit, frozenset())


@pytest.mark.parametrize(
    ("base_fee", "used", "expected"),
    [
        (10**9, LIMIT // 2, 10**9),  # at the target
        (10**9, LIMIT, 1_125_000_000),  # full: an eighth more
        (10**9, 0, 875_000_000),  # empty: an eighth less
        (1_000_000_007, 20_000_000, 1_041_666_673),  # rounded down twice
        (7, LIMIT // 2 + 1, 8),  # at least one wei up
        (7, LIMIT // 2 - 1, 7),  # and as little as nothing down
        (0, LIMIT, 0),  # without a base fee
    ],
)
def test_the_next_base_fee_is_that_of_eip_1559(base_fee: int, used: int, expected: int) -> None:
    assert next_base_fee(FeePolicy(), block(base_fee, used)) == expected


def test_a_chain_has_its_own_elasticity_and_denominator() -> None:
    rollup = FeePolicy(elasticity=6, denominator=250)
    assert next_base_fee(rollup, block(10**9, LIMIT)) == 10**9 + 10**9 * 5 // 250
    assert next_base_fee(replace(rollup, denominator=0), block(10**9, LIMIT)) == 10**9
    assert next_base_fee(rollup, block(10**9, 0, limit=0)) == 10**9


@given(base_fee=WEI, used=st.integers(0, LIMIT))
def test_a_base_fee_moves_by_an_eighth_at_most(base_fee: int, used: int) -> None:
    after = next_base_fee(FeePolicy(), block(base_fee, used))
    assert base_fee - base_fee // 8 <= after <= base_fee + max(1, base_fee // 8) if base_fee else after == 0


def test_the_node_charges_what_was_computed(node: Replica) -> None:
    rpc = Rpc([node.web3])
    rpc.ask("evm_mine")  # at a price that was set
    for _ in range(4):
        newest = head_of(rpc.ask("eth_getBlockByNumber", "latest", False))
        rpc.ask("evm_mine")
        after = head_of(rpc.ask("eth_getBlockByNumber", "latest", False))
        assert after.base_fee == next_base_fee(FeePolicy(), newest)
    tips = Tips(rpc, FeePolicy(tip=5, tip_percentile=50))
    assert tips.tip(after.number) == 0, "nobody tips in empty blocks"


@given(base_fee=WEI, used=st.integers(0, LIMIT), tip=WEI, limit=WEI, percent=st.integers(100, 300))
def test_an_offer_pays_the_next_block_and_never_above_the_limit(
    base_fee: int, used: int, tip: int, limit: int, percent: int
) -> None:
    policy = FeePolicy(limit=limit, tip=tip, base_fee_percent=percent)
    needed = next_base_fee(policy, block(base_fee, used)) + tip
    if needed > limit:
        with pytest.raises(GasPriceTooHighError, match=str(limit)):
            price(policy, block(base_fee, used))
        return
    offer = price(policy, block(base_fee, used))
    assert needed <= offer.max_fee <= limit
    assert offer.tip == tip


def test_an_offer_leaves_room_for_the_base_fee_to_rise() -> None:
    assert price(FeePolicy(tip=3), block(10**9, LIMIT // 2)) == Fees(2 * 10**9 + 3, 3)
    assert price(FeePolicy(tip=3), block(0, LIMIT)) == Fees(3, 3)
    assert price(FeePolicy(tip=3), block(10**9, LIMIT // 2), tip=9) == Fees(2 * 10**9 + 9, 9)
    assert price(FeePolicy(tip=3), block(10**9, LIMIT // 2), tip=0) == Fees(2 * 10**9, 0), "where nobody tips"


FEES = st.tuples(WEI, WEI).map(lambda pair: Fees(max(pair), min(pair)))


@given(old=FEES, now=st.none() | FEES, percent=st.integers(0, 100), limit=WEI)
def test_a_replacement_pays_more_by_over_the_percentage_and_no_less_than_now(
    old: Fees, now: Fees | None, percent: int, limit: int
) -> None:
    policy = FeePolicy(bump_percent=percent, limit=limit)
    least = [max((old.max_fee * (100 + percent)) // 100 + 1, now.max_fee if now else 0)]
    if least[0] > limit:
        with pytest.raises(GasPriceTooHighError):
            bumped(policy, old, now)
        return
    new = bumped(policy, old, now)
    assert new.max_fee * 100 > old.max_fee * (100 + percent)
    assert new.tip * 100 > old.tip * (100 + percent)
    assert new.tip <= new.max_fee <= limit
    assert now is None or (new.max_fee >= now.max_fee and new.tip >= now.tip)


def test_a_replacement_pays_no_wei_too_many() -> None:
    assert bumped(FeePolicy(), Fees(100, 10)) == Fees(111, 12)
    assert bumped(FeePolicy(), Fees(0, 0)) == Fees(1, 1)


class History:
    """A fake of the nodes that answers `eth_feeHistory` as told."""

    def __init__(self, *answers: object) -> None:
        self.answers, self.asked = list(answers), 0

    def ask(self, method: str, *parameters: object) -> object:
        """Answer the next, or fail as told."""
        assert (method, parameters[2]) == ("eth_feeHistory", [60])
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def test_tips_follow_the_others_and_are_asked_for_once_in_some_blocks() -> None:
    history = History(
        {"reward": [["0x1"], ["0x64"], ["0x5"]]}, NodeError("away"), {"reward": None}, {"reward": [["0x8"]]}
    )
    tips = Tips(history, FeePolicy(tip=7, tip_percentile=60))  # type: ignore[arg-type]
    assert [tips.tip(at) for at in (10, 11, 14)] == [5, 5, 5]
    assert history.asked == 1
    assert [tips.tip(at) for at in (15, 20, 25)] == [5, 5, 8]
    assert history.asked == 4


def test_of_a_chain_that_has_become_shorter_tips_are_asked_for_anew() -> None:
    history = History({"reward": [["0x5"]]}, {"reward": [["0x6"]]})
    tips = Tips(history, FeePolicy(tip_percentile=60))  # type: ignore[arg-type]
    assert [tips.tip(at) for at in (10, 9, 10)] == [5, 6, 6]


def test_a_fixed_tip_asks_nobody() -> None:
    history = History()
    assert Tips(history, FeePolicy(tip=7)).tip(1) == 7  # type: ignore[arg-type]
    assert history.asked == 0


def test_a_policy_is_held_by_its_chain_s_rules() -> None:
    policy = FeePolicy(tip=3, limit=7)
    polygon, base = (policy.on(chains.load(name)) for name in ("polygon", "base"))
    assert polygon == replace(policy, tip=25 * 10**9, least_tip=25 * 10**9, denominator=64)
    assert base == replace(policy, elasticity=6, denominator=250)
    assert policy.on(chains.load("ethereum")) == policy


def test_tips_are_never_below_what_the_chain_includes() -> None:
    history = History({"reward": [["0x1"], ["0x2"]]})
    assert Tips(history, FeePolicy(tip=7, tip_percentile=60, least_tip=5)).tip(1) == 5  # type: ignore[arg-type]
