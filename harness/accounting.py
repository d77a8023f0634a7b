"""Where every wei of profit is: the buckets of the reserve, what went on to the vault, and that they add up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from eth_abi.abi import decode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from web3.types import TxReceipt

from harness.devchain import DevChain
from harness.errors import MillraceError

POOL_CREDITED = keccak(b"PoolCredited(address,address,uint256)")
POT_CREDITED = keccak(b"PotCredited(address,uint256)")
BOOKED = keccak(b"ProfitBooked(address,uint256,uint256,uint256)")
ONE_SHARE = 10**24
"""A share of the vault in its smallest units: it has six decimals more than its asset."""


class AccountingError(MillraceError):
    """The books do not balance; the message has the figures."""


@dataclass(frozen=True, slots=True)
class Split:
    """Where one profit went, in units of its token.

    Attributes:
        pools: Credited to each pool's bucket, in the order of the route, by address.
        pot: Credited to the common pot, for pools that are not registered.
        vault: Credited to the stakers' bucket.
    """

    pools: tuple[tuple[str, int], ...]
    pot: int
    vault: int

    @property
    def total(self) -> int:
        """All of it."""
        return sum(amount for _, amount in self.pools) + self.pot + self.vault


@dataclass(frozen=True, slots=True)
class Figures:
    """Reserve and vault at one block.

    Attributes:
        pools: Units in each pool's bucket, by (pool, token).
        stakers: Units in the stakers' bucket, by token.
        pot: Units in the common pot, by token.
        accounted: What the reserve says its buckets add up to, by token.
        held: The reserve's balance, by token.
        assets: What the vault's shares are worth together, units of its asset.
        locked: Profit that the vault has taken in and not yet streamed, units of its asset.
        share_price: Units of the vault's asset for one share.
    """

    pools: Mapping[tuple[str, str], int]
    stakers: Mapping[str, int]
    pot: Mapping[str, int]
    accounted: Mapping[str, int]
    held: Mapping[str, int]
    assets: int
    locked: int
    share_price: int

    def buckets(self, token: str) -> int:
        """Return the sum of all buckets of a token."""
        return self.pooled(token) + self.stakers[token] + self.pot[token]

    def pooled(self, token: str) -> int:
        """Return the sum of the pools' buckets of a token."""
        return sum(amount for (_, held), amount in self.pools.items() if held == token)


def read_figures(node: DevChain, reserve: str, vault: str, pools: Iterable[str], tokens: Iterable[str]) -> Figures:
    """Read reserve and vault at the newest block."""
    tokens = tuple(tokens)
    keys = [(pool, token) for pool in pools for token in tokens]
    return Figures(
        pools={(pool, token): node.view(reserve, "poolBucket(address,address)", pool, token) for pool, token in keys},
        stakers={token: node.view(reserve, "vaultBucket(address)", token) for token in tokens},
        pot={token: node.view(reserve, "commonPot(address)", token) for token in tokens},
        accounted={token: node.view(reserve, "accounted(address)", token) for token in tokens},
        held={token: node.view(token, "balanceOf(address)", reserve) for token in tokens},
        assets=node.view(vault, "totalAssets()"),
        locked=node.view(vault, "lockedProfit()"),
        share_price=node.view(vault, "convertToAssets(uint256)", ONE_SHARE),
    )


def split_of(receipt: TxReceipt, reserve: str) -> Split:
    """Read from the receipt of a booking where the reserve has put the profit."""
    pools: list[tuple[str, int]] = []
    pot = vault = 0
    for log in receipt["logs"]:
        topics = [bytes(topic) for topic in log["topics"]]
        if log["address"] != reserve:
            continue
        if topics[0] == POOL_CREDITED:
            pools.append((to_checksum_address(topics[1][12:]), decode(["uint256"], log["data"])[0]))
        elif topics[0] == POT_CREDITED:
            pot += decode(["uint256"], log["data"])[0]
        elif topics[0] == BOOKED:
            vault += decode(["uint256"] * 3, log["data"])[2]
    return Split(tuple(pools), pot, vault)


def check_books(before: Figures, after: Figures, profits: Mapping[str, int], paid: Mapping[str, int]) -> None:
    """Make sure that every wei of profit is in one bucket, or was paid to the vault.

    Args:
        before: Reserve and vault before the first profit.
        after: The same after the last payment.
        profits: Units earned in between, by token.
        paid: Units of them that the reserve has paid to the vault, by token.

    Raises:
        AccountingError: Something is missing, or too much; says where and how much.
    """
    problems = [problem for token in after.stakers for problem in _of_token(token, before, after, profits, paid)]
    grown = after.assets + after.locked - before.assets - before.locked
    if grown != sum(paid.values()):
        problems.append(f"the vault was paid {sum(paid.values())} and has grown by {grown}")
    if problems:
        raise AccountingError("the books do not balance: " + "; ".join(problems))


def check_held(figures: Figures) -> None:
    """Make sure that the reserve holds just what it accounts for, and that its buckets add up to that.

    Args:
        figures: Of a reserve that nobody has sent anything to, and whose journal is empty.

    Raises:
        AccountingError: They differ; says where and by how much.
    """
    for token, accounted in figures.accounted.items():
        for where, units in (("held", figures.held[token]), ("in buckets", figures.buckets(token))):
            if units != accounted:
                raise AccountingError(f"of {token} {accounted} units are accounted for and {units} are {where}")


def _of_token(
    token: str, before: Figures, after: Figures, profits: Mapping[str, int], paid: Mapping[str, int]
) -> list[str]:
    profit, out = profits.get(token, 0), paid.get(token, 0)
    changes = {
        "in buckets": after.buckets(token) - before.buckets(token),
        "accounted for": after.accounted[token] - before.accounted[token],
        "held": after.held[token] - before.held[token],
    }
    return [
        f"of {profit} units of {token} earned, {change} are {where} and {out} were paid to the vault, {missing} missing"
        for where, change in changes.items()
        if (missing := profit - change - out)
    ]
