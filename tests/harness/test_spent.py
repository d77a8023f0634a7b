"""What a report makes of receipts, balances, the record and events; the node and the record are fakes."""

from collections.abc import Collection
from decimal import Decimal
from types import SimpleNamespace
from typing import Any, cast

import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address

from harness import says
from harness.chains import Chain
from harness.earnings.ends import End
from harness.earnings.figures import Figure, Figures
from harness.earnings.flows import KINDS, Change, Flows
from harness.earnings.spent import Noted, Spent, noted_in, spent_on
from harness.history import Kind, Log
from harness.keeper.chores.chore import RATE_OF
from harness.keeper.rpc import RpcError

ONE, TWO, STRANGER, POOL = (to_checksum_address("0x" + digit * 40) for digit in "1234")


class Node:
    """A fake: at block 9 and at block 20 the two keepers hold and have sent something; some transactions."""

    def __init__(self, *, without: Collection[int] = ()) -> None:
        self.without = without
        self.receipts = {
            "0xa": (ONE, 10, 100),
            "0xb": (ONE, 20, 100),
            "0xc": (TWO, 30, 100),
            "0xd": (STRANGER, 40, 100),
        }

    def ask(self, method: str, which: str, block: str = "") -> Any:  # noqa: ANN401
        """Answer what a report asks."""
        if method == "eth_getTransactionReceipt":
            who, used, price = self.receipts[which]
            return {"from": who.lower(), "gasUsed": hex(used), "effectiveGasPrice": hex(price)}
        if int(block, 16) in self.without:
            raise RpcError(method, {"code": -32000, "message": "missing trie node"})
        of = {("eth_getBalance", 9): 50_000, ("eth_getBalance", 20): 45_000}
        sent = {("eth_getTransactionCount", 9): 3, ("eth_getTransactionCount", 20): 6}
        return hex((of | sent)[method, int(block, 16)])


def flows() -> Flows:
    """Two trades, a chore of the other keeper and a stranger's; each keeper was paid 700 wei."""
    found = Flows("T", "V", {}, {POOL: ("T", "U")})
    found.transactions.update(("0xa", "0xb", "0xc", "0xd"))
    found.trades.update({"0xa": "T", "0xb": "T"})
    found.refunds.update({ONE: 700, TWO: 700, STRANGER: 9})
    return found


def spent(node: Node, noted: Noted | None = None) -> Spent:
    return spent_on(cast(Any, node), [ONE, TWO], flows(), (10, 20), noted)


def test_without_a_record_what_nonces_count_beside_what_was_logged_has_reverted() -> None:
    left = 2 * 50_000 - 2 * 45_000 + 1_400
    found = spent(Node())
    assert found == Spent(2, 1, 6 - 3, 3_000, 3_000, left - 6_000, left)
    assert found.gas == left


def test_with_a_record_that_says_it() -> None:
    found = spent(Node(), Noted(2, 3, 50, 60))
    assert found == Spent(2, 1 + 3, 2, 3_000, 3_060, 50, 2 * 5_000 + 1_400)
    assert found.gas == 3_000 + 3_060 + 50


@pytest.mark.parametrize("without", [(9,), (20,), (9, 20)])
def test_a_node_without_old_states_leaves_open_what_has_left_the_accounts(without: tuple[int, ...]) -> None:
    assert spent(Node(without=without)) == Spent(2, 1, 0, 3_000, 3_000, None, None)
    assert spent(Node(without=without), Noted(2, 0, 50, 0)) == Spent(2, 1, 2, 3_000, 3_000, 50, None)
    assert spent(Node(without=without)).gas == 6_000


def test_of_the_record_counts_what_is_of_the_period_and_was_not_logged() -> None:
    asked: list[tuple[int, int]] = []
    rows = [
        SimpleNamespace(hash="0x1", state="reverted", block=10, gas_cost=1),
        SimpleNamespace(hash="0x2", state="reverted", block=20, gas_cost=2),
        SimpleNamespace(hash="0x3", state="reverted", block=21, gas_cost=4),
        SimpleNamespace(hash="0x4", state="included", block=15, gas_cost=8),
        SimpleNamespace(hash="0x5", state="included", block=15, gas_cost=16),
        SimpleNamespace(hash="0x6", state="included", block=15, gas_cost=None),
    ]

    def since(chain: int, block: int) -> Any:  # noqa: ANN401
        asked.append((chain, block))
        return rows

    noted = noted_in(cast(Any, SimpleNamespace(included_since=since)), 8453, (10, 20), ["0x5"])
    assert (noted, asked) == (Noted(2, 2, 3, 8), [(8453, 10)])


# figures


def shown(
    chain: Chain, flows: Flows, spent: Spent, rates: dict[str, int] | None = None
) -> dict[tuple[str, ...], Figure]:
    after = End({}, {}, {}, {}, {}, rates or {})
    rows = Figures(chain, after, Decimal(2_000), {}).all(flows, spent, [])
    return {(row.section, row.subject, row.name, row.token): row for row in rows}


def test_tips_are_no_profit_of_the_reserves(ethereum: Chain) -> None:
    weth = ethereum.token("WETH").address
    found = Flows(weth, "V", {}, {})
    found.earned[weth], found.tips[weth] = 10**18, 10**17
    rows = shown(ethereum, found, Spent(0, 0, 0, 0, 0, 0, 0))
    amounts = [rows["profit", "", name, "WETH"].amount for name in ("earned", "tips to builders", "to the reserve")]
    assert amounts == [Decimal(1), Decimal("0.1"), Decimal("0.9")]


def test_gas_and_what_succeeded(ethereum: Chain) -> None:
    rows = shown(ethereum, flows(), Spent(3, 4, 1, 10, 20, 40, 0))
    paid = {subject: rows["gas", subject, "paid", "ETH"].amount for subject in ("trades", "chores", "reverted", "")}
    assert paid == {name: Decimal(wei).scaleb(-18) for name, wei in zip(paid, (10, 20, 40, 70), strict=True)}
    assert rows["gas", "", "refunded by the reserve", "ETH"].amount == Decimal(1_409).scaleb(-18)
    assert rows["trades", "", "success rate, percent", ""].amount == Decimal("87.5")
    unknown = shown(ethereum, flows(), Spent(0, 0, 0, 10, 20, None, None))
    assert unknown["gas", "reverted", "paid", "ETH"].amount == 0
    assert ("trades", "", "success rate, percent", "") not in unknown, "of nothing there is no share"


def test_a_figure_is_worth_what_its_rate_says(ethereum: Chain) -> None:
    usdc = ethereum.token("USDC").address
    found = Flows("T", "V", {}, {})
    found.earned[usdc] = 3_000_000
    rate = 10**18 * RATE_OF // 2_000_000_000
    row = shown(ethereum, found, Spent(0, 0, 0, 0, 0, 0, 0), {usdc: rate})["profit", "", "earned", "USDC"]
    assert (row.amount, row.native, row.usd) == (Decimal(3), Decimal("0.0015"), Decimal(3))
    blind = shown(ethereum, found, Spent(0, 0, 0, 0, 0, 0, 0))["profit", "", "earned", "USDC"]
    assert (blind.amount, blind.native, blind.usd) == (Decimal(3), None, None)


# events


def log(kind: Kind, *values: Any) -> Log:  # noqa: ANN401
    """A log of a kind, of block 7."""
    indexed = zip(kind.indexed, values, strict=False)
    topics = (kind.topic, *(encode([type_], [value]) for type_, value in indexed))
    return Log("R", topics, encode(kind.plain, values[len(kind.indexed) :]), 7, 0, "0xt")


def test_liquidity_added_moved_and_taken_out_changes_a_pools_buckets() -> None:
    found = flows()
    found.take(log(says.PROVIDED, POOL, 5, -10, -20))
    found.take(log(says.RECENTRED, POOL, 6, 1, -2))
    found.take(log(says.WITHDRAWN, POOL, 2_500, 30, 40))
    assert found.changes == [
        Change(7, POOL, 5, None, -10, -20),
        Change(7, POOL, 6, None, 1, -2),
        Change(7, POOL, 0, 2_500, 30, 40),
    ]
    assert found.moves == {("pool", POOL, "T"): 21, ("pool", POOL, "U"): 18}
    assert found.accounted == {"T": 21, "U": 18}
    assert "0xt" in found.transactions


def test_no_two_kinds_of_events_are_taken_for_each_other() -> None:
    assert len({kind.topic for kind in KINDS}) == len(KINDS) == 19
