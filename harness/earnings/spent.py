"""What the keepers have spent on gas, and how many of their transactions have succeeded."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from eth_utils.address import to_checksum_address

from harness.earnings.flows import Flows
from harness.keeper.rpc import Rpc, RpcError

REVERTED = "reverted"


class Sent(Protocol):
    """A transaction in the record."""

    @property
    def state(self) -> Any:  # noqa: ANN401 - a word, or an enumeration of words
        """`reverted` where it was."""

    @property
    def hash(self) -> str:
        """With 0x."""

    @property
    def block(self) -> int | None:
        """Of which block it is."""

    @property
    def gas_cost(self) -> int | None:
        """Wei."""


class Record(Protocol):
    """What a keeper has noted, as far as a report asks."""

    def included_since(self, chain_id: int, block: int) -> Sequence[Any]:
        """Return the transactions in blocks from `block` on; each is a `Sent`."""


@dataclass(frozen=True, slots=True)
class Spent:
    """Transactions of the keepers, and their gas in wei.

    Attributes:
        trades: That have executed a route.
        chores: Others that reserve or vault have logged, and by the record what they had no part in: claims at bridges.
        reverted: Others yet: by the record those that reverted, without one all that the accounts' nonces count.
        trades_gas: What the first have paid.
        chores_gas: What the second have paid.
        reverted_gas: What the third have paid; None where nobody knows.
        left: Wei that have left the keepers' accounts beyond the reserve's refunds; None where the node does not know.
    """

    trades: int
    chores: int
    reverted: int
    trades_gas: int
    chores_gas: int
    reverted_gas: int | None
    left: int | None

    @property
    def gas(self) -> int:
        """All that is known of."""
        return self.trades_gas + self.chores_gas + (self.reverted_gas or 0)


@dataclass(frozen=True, slots=True)
class Noted:
    """What the record has of transactions that no contract of ours has logged, and their gas in wei.

    Attributes:
        reverts: That have reverted.
        quiet: That have succeeded: claims at bridges, nonces given away.
        reverts_gas: What the first have paid.
        quiet_gas: What the second have paid.
    """

    reverts: int
    quiet: int
    reverts_gas: int
    quiet_gas: int


def spent_on(rpc: Rpc, keepers: Iterable[str], flows: Flows, blocks: tuple[int, int], noted: Noted | None) -> Spent:
    """Read what gas was spent on; one request for each transaction that a contract of ours has logged.

    Args:
        rpc: The chain's nodes.
        keepers: Their addresses.
        flows: What the contracts have logged.
        blocks: The first and the last of the period.
        noted: What the record has of others; None without one.

    Raises:
        NodeError: No node has answered.
    """
    accounts = set(keepers)
    trades, chores = _paid(rpc, accounts, flows)
    mine = noted or Noted(0, 0, 0, 0)
    done, chores_gas = len(chores) + mine.quiet, sum(chores) + mine.quiet_gas
    known = sum(trades) + chores_gas
    before, after = (_accounts(rpc, accounts, block) for block in (blocks[0] - 1, blocks[1]))
    if before is None or after is None:
        lost = noted.reverts_gas if noted else None
        return Spent(len(trades), done, mine.reverts, sum(trades), chores_gas, lost, None)
    left = before[0] - after[0] + sum(flows.refunds[keeper] for keeper in accounts)
    others = after[1] - before[1] - len(trades) - done
    count, lost = (noted.reverts, noted.reverts_gas) if noted else (others, left - known)
    return Spent(len(trades), done, count, sum(trades), chores_gas, lost, left)


def _paid(rpc: Rpc, accounts: set[str], flows: Flows) -> tuple[list[int], list[int]]:
    """Return what the keepers have paid for each of their trades, and for each of their chores."""
    trades: list[int] = []
    chores: list[int] = []
    for name in sorted(flows.transactions):
        receipt = rpc.ask("eth_getTransactionReceipt", name)
        if to_checksum_address(receipt["from"]) in accounts:
            cost = int(receipt["gasUsed"], 16) * int(receipt["effectiveGasPrice"], 16)
            (trades if name in flows.trades else chores).append(cost)
    return trades, chores


def noted_in(record: Record, chain_id: int, blocks: tuple[int, int], logged: Collection[str]) -> Noted:
    """Return what the record has of the blocks, beside the transactions whose hashes have been `logged`."""
    rows: list[Sent] = [row for row in record.included_since(chain_id, blocks[0]) if (row.block or 0) <= blocks[1]]
    rows = [row for row in rows if row.hash not in logged]
    lost = [row.gas_cost or 0 for row in rows if str(row.state) == REVERTED]
    quiet = [row.gas_cost or 0 for row in rows if str(row.state) != REVERTED]
    return Noted(len(lost), len(quiet), sum(lost), sum(quiet))


def _accounts(rpc: Rpc, accounts: Iterable[str], block: int) -> tuple[int, int] | None:
    """Return what accounts hold together, in wei, and how many transactions they have sent."""
    try:
        wei = [int(rpc.ask("eth_getBalance", one, hex(block)), 16) for one in accounts]
        sent = [int(rpc.ask("eth_getTransactionCount", one, hex(block)), 16) for one in accounts]
    except RpcError:
        return None
    return sum(wei), sum(sent)
