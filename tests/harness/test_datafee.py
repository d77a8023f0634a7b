"""What data costs on a rollup is held against the OP stack's own oracle, and against Arbitrum's prices."""

import random
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from chainfiles import chain_data, write_chain
from hypothesis import given
from hypothesis import strategies as st
from web3 import Web3

from harness import chains, replica
from harness.keeper.abi import Call
from harness.keeper.costs import Costs
from harness.keeper.datafee import ENVELOPE, FRESH, GAS_INFO, NOTHING, ORACLE, DataFee, DataFeeError, DataFees, op_stack
from harness.keeper.heads import Head
from harness.keeper.multicall import Multicall
from harness.keeper.settings import Settings
from harness.market.costs import Policy, net
from harness.node import NodeError
from harness.replica import Replica

WEI = st.integers(0, 10**13)
SCALAR = st.integers(0, 2**32 - 1)


@pytest.fixture(scope="module")
def base() -> Iterator[Replica]:
    """Serve the replica of Base for the whole module."""
    with replica.serve("base") as served:
        yield served


@pytest.fixture(scope="module")
def arbitrum() -> Iterator[Replica]:
    """Serve the replica of Arbitrum for the whole module."""
    with replica.serve("arbitrum") as served:
        yield served


def asked(served: Replica) -> DataFee:
    """Return what data costs at the newest block."""
    multicall = Multicall(served.web3, served.chain.contracts["multicall3"])
    return DataFees(served.chain, multicall).at(served.web3.eth.block_number)


def view(web3: Web3, signature: str, argument: Any, to: str = ORACLE) -> int:  # noqa: ANN401 - bytes or a number
    """Ask the oracle itself."""
    answer = web3.eth.call({"to": to, "data": Web3.to_hex(Call(to, signature, (argument,), ()).data())})
    return int.from_bytes(answer[:32])


def test_the_op_stack_s_oracle_never_wants_more(base: Replica) -> None:
    fee, draws = asked(base), random.Random(7)
    for size in (1, 60, 200, 500, 1_000, 4_000):
        ours = fee.transaction + size * fee.byte
        unsigned = draws.randbytes(ENVELOPE + size)
        assert ours >= view(base.web3, "getL1Fee(bytes)", unsigned) > 0
        assert ours >= view(base.web3, "getL1Fee(bytes)", bytes(ENVELOPE + size))


def test_it_is_a_hundredth_more_than_what_does_not_compress_costs(base: Replica) -> None:
    fee, draws = asked(base), random.Random(8)
    for size in (500, 1_000, 4_000):
        wanted = view(base.web3, "getL1Fee(bytes)", draws.randbytes(ENVELOPE + size))
        assert wanted <= fee.transaction + size * fee.byte <= wanted * 101 // 100


def test_arbitrum_s_estimate_is_the_same_sum(arbitrum: Replica) -> None:
    fee, size = asked(arbitrum), 500
    below = arbitrum.web3.eth.call({"to": GAS_INFO, "data": "0xf5d6ded7"})  # type: ignore[typeddict-item]
    assert fee.byte == int.from_bytes(below) * 16
    assert fee.transaction + size * fee.byte == (140 + ENVELOPE + size) * fee.byte


def test_where_data_is_paid_for_by_gas_alone_nobody_is_asked() -> None:
    assert DataFees(chains.load("polygon"), None).at(9) == NOTHING == DataFee(0, 0)  # type: ignore[arg-type]


@given(WEI, SCALAR, WEI, SCALAR)
def test_data_costs_more_where_the_chain_below_does(
    base_fee: int, scalar: int, blob_fee: int, blob_scalar: int
) -> None:
    fee = op_stack(base_fee, scalar, blob_fee, blob_scalar)
    dearer = op_stack(base_fee + 1, scalar, blob_fee + 1, blob_scalar)
    assert 0 <= fee.byte <= dearer.byte
    assert 0 <= fee.transaction <= dearer.transaction
    assert (fee.byte > 0) == (base_fee * scalar + blob_fee * blob_scalar > 0)


class Answers(Multicall):
    """A multicall that answers from a list; what stands there as an exception is raised. A stand-in for a node."""

    def __init__(self, *answers: Exception | int) -> None:
        self.answers, self.blocks = list(answers), list[int | str]()

    def read(self, calls: Sequence[Call], block: int | str) -> list[tuple[Any, ...]]:
        """Answer every view with the next number."""
        self.blocks.append(block)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return [(answer,) for _ in calls]


def test_it_is_asked_once_in_a_few_blocks() -> None:
    answers = Answers(10**6, 2 * 10**6)
    fees = DataFees(chains.load("optimism"), answers)
    first = fees.at(100)
    assert [fees.at(100 + late) for late in range(FRESH)] == [first] * FRESH
    assert fees.at(100 + FRESH) != first
    assert answers.blocks == [100, 100 + FRESH]


def test_of_a_chain_that_has_become_shorter_it_is_asked_anew() -> None:
    answers = Answers(10**6, 2 * 10**6)
    fees = DataFees(chains.load("optimism"), answers)
    assert fees.at(100) != fees.at(99)
    assert answers.blocks == [100, 99]


def test_what_was_known_holds_while_a_node_does_not_say() -> None:
    answers = Answers(10**6, NodeError("down"), 10**6)
    fees = DataFees(chains.load("optimism"), answers)
    assert fees.at(100) == fees.at(100 + FRESH) != NOTHING
    assert answers.blocks == [100, 100 + FRESH]


def test_nothing_is_weighed_before_it_is_known() -> None:
    answers = Answers(NodeError("down"), 10**6)
    fees = DataFees(chains.load("optimism"), answers)
    with pytest.raises(DataFeeError, match="optimism does not say what data costs: down"):
        fees.at(100)
    assert fees.at(100) != NOTHING


def test_what_is_known_is_not_asked_for_again_while_a_trade_waits() -> None:
    answers = Answers(10**6, 2 * 10**6)
    fees = DataFees(chains.load("optimism"), answers)
    assert [fees.last(block) for block in (100, 105, 200)] == [fees.at(100)] * 3
    assert answers.blocks == [100]


def test_a_trade_pays_for_its_data() -> None:
    policy = Policy(native="coin", gas_price=10, data_price=3, data_cost=1_000, margin_bps=0)
    left = net(policy, "coin", 1, 10_000, gas=100, size=50)  # type: ignore[arg-type]
    assert (left.cost, left.least, left.worth) == (100 * 10 + 50 * 3 + 1_000, 2_150, 10_000 - 2_150)


def test_a_made_up_rollup_is_asked_by_its_model(tmp_path: Any) -> None:  # noqa: ANN401 - pytest's
    data = chain_data()
    data.update(fees={"model": "op-stack"}, sequencer={"feed": data["feeds"]["TOY"]["address"], "grace": 3600})
    chain = chains.load("toy", write_chain(tmp_path, data))
    assert DataFees(chain, Answers(5)).at(1) == op_stack(5, 5, 5, 5)


def test_a_keeper_decides_by_what_data_costs() -> None:
    data = DataFees(chains.load("base"), Answers(10**6))
    head, expected = Head(1, "0x01", "0x00", 0, 10**9, 0, 0, frozenset()), op_stack(*[10**6] * 4)
    costs = Costs("coin", Settings(), {}, data_fees=data)
    assert (costs.policy(head, ()).data_price, costs.policy(head, ()).data_cost) == (
        expected.byte,
        expected.transaction,
    )
    none = Costs("coin", Settings(), {}).policy(head, ())
    assert (none.data_price, none.data_cost) == (0, 0)
