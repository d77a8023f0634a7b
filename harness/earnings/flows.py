"""What the contracts' events of a period say, summed up: profit, its split, and how each bucket has changed."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from harness import says
from harness.history import Kind, Log

Bucket = tuple[str, str, str]
"""Whose it is (`pool`, `vault`, `beneficiary`, `gas`, `pot`), the owner's address or nothing, and the token."""


@dataclass(frozen=True, slots=True)
class Change:
    """Liquidity added or taken out.

    Attributes:
        block: When.
        pool: Where.
        liquidity: What was added, in the pool's own units; of a band that was moved, what it has now.
        share_bps: What part was taken out; None where some was added or a band was moved.
        change0: Units of token0 by which the pool's bucket has changed.
        change1: The same of token1.
    """

    block: int
    pool: str
    liquidity: int
    share_bps: int | None
    change0: int
    change1: int


@dataclass(slots=True)
class Flows:
    """Sums of a period, in units, by token unless it says otherwise.

    Attributes:
        wrapped: Address of the wrapped native coin.
        vault: Address of the vault.
        entries: Token and id of the journal's entries.
        pools: Both tokens of every pool with terms.
        trades: Transactions that have executed a route, and the token of each.
        earned: What routes have earned, before tips.
        tips: Of that, to builders.
        settled: What the reserve has taken in as profit.
        booked: What became buckets, without what was set aside for gas.
        pools_part: Of that, for pools.
        vault_part: Of that, for stakers.
        shares: Of that, by beneficiary and token.
        aside: Kept for gas, in wei.
        mined: Native coin from elsewhere, in wei.
        credited: Credited to pools and pot.
        received: Come from other chains, by pool and token.
        sent: Gone to other chains, by pool and token.
        moves: By how much buckets have changed.
        refunds: Wei paid to each keeper.
        to_vault: Paid to the vault, by the reserve's word.
        streamed: Taken in by the vault, by the vault's word.
        accounted: By how much what the reserve accounts for has changed, without what was recognised.
        changes: Liquidity added and taken out, in order.
        transactions: All that have logged something.
    """

    wrapped: str
    vault: str
    entries: Mapping[str, str]
    pools: Mapping[str, tuple[str, str]]
    trades: dict[str, str] = field(default_factory=dict)
    earned: Counter[str] = field(default_factory=Counter)
    tips: Counter[str] = field(default_factory=Counter)
    settled: Counter[str] = field(default_factory=Counter)
    booked: Counter[str] = field(default_factory=Counter)
    pools_part: Counter[str] = field(default_factory=Counter)
    vault_part: Counter[str] = field(default_factory=Counter)
    shares: Counter[tuple[str, str]] = field(default_factory=Counter)
    aside: int = 0
    mined: int = 0
    credited: Counter[str] = field(default_factory=Counter)
    received: Counter[tuple[str, str]] = field(default_factory=Counter)
    sent: Counter[tuple[str, str]] = field(default_factory=Counter)
    moves: Counter[Bucket] = field(default_factory=Counter)
    refunds: Counter[str] = field(default_factory=Counter)
    to_vault: Counter[str] = field(default_factory=Counter)
    streamed: int = 0
    accounted: Counter[str] = field(default_factory=Counter)
    changes: list[Change] = field(default_factory=list)
    transactions: set[str] = field(default_factory=set)

    def take(self, log: Log) -> None:
        """Take in one log."""
        self.transactions.add(log.transaction)
        kind, note = _TAKES[log.topics[0]]
        note(self, log, *kind.read(log))

    def move(self, bucket: Bucket, units: int, *, held: bool = False) -> None:
        """Note that a bucket has changed; `held` where that is what came into the reserve or left it."""
        self.moves[bucket] += units
        if held:
            self.accounted[bucket[2]] += units

    def _executed(self, log: Log, *values: Any) -> None:  # noqa: ANN401 - as the event has them
        _route, token, _lender, _amount, profit, tip = values
        self.trades[log.transaction] = token
        self.earned[token] += profit
        self.tips[token] += tip

    def _settled(self, _: Log, entry: bytes, profit: int) -> None:
        token = self.entries[entry.hex()]
        self.settled[token] += profit
        self.accounted[token] += profit

    def _booked(self, _: Log, token: str, profit: int, pools: int, vault: int) -> None:
        self.booked[token] += profit
        self.pools_part[token] += pools
        self.vault_part[token] += vault
        self.move(("vault", "", token), vault)

    def _pool_credited(self, _: Log, pool: str, token: str, units: int) -> None:
        self.credited[token] += units
        self.move(("pool", pool, token), units)

    def _pot_credited(self, _: Log, token: str, units: int) -> None:
        self.credited[token] += units
        self.move(("pot", "", token), units)

    def _pot_spent(self, _: Log, pool: str, token: str, units: int) -> None:
        self.move(("pot", "", token), -units)
        self.move(("pool", pool, token), units)

    def _beneficiary_credited(self, _: Log, who: str, token: str, units: int) -> None:
        self.shares[who, token] += units
        self.move(("beneficiary", who, token), units)

    def _beneficiary_paid(self, _: Log, who: str, token: str, units: int) -> None:
        self.move(("beneficiary", who, token), -units, held=True)

    def _vault_paid(self, _: Log, token: str, units: int) -> None:
        self.to_vault[token] += units
        self.move(("vault", "", token), -units, held=True)

    def _profit_added(self, _: Log, _from: str, units: int, _locked: int, _end: int) -> None:
        self.streamed += units

    def _aside(self, _: Log, wei: int) -> None:
        self.aside += wei
        self.move(("gas", "", self.wrapped), wei)

    def _keeper_paid(self, _: Log, keeper: str, wei: int) -> None:
        self.refunds[keeper] += wei
        self.move(("gas", "", self.wrapped), -wei, held=True)

    def _mined(self, _: Log, _from: str, wei: int) -> None:
        self.mined += wei
        self.accounted[self.wrapped] += wei

    def _provided(self, log: Log, pool: str, liquidity: int, change0: int, change1: int) -> None:
        self._changed(Change(log.block, pool, liquidity, None, change0, change1))

    def _withdrawn(self, log: Log, pool: str, share_bps: int, change0: int, change1: int) -> None:
        self._changed(Change(log.block, pool, 0, share_bps, change0, change1))

    def _changed(self, change: Change) -> None:
        self.changes.append(change)
        for token, units in zip(self.pools[change.pool], (change.change0, change.change1), strict=True):
            self.move(("pool", change.pool, token), units, held=True)

    def _converted(self, _: Log, *values: Any) -> None:  # noqa: ANN401 - as the event has them
        owner, sold, bought, amount_in, amount_out, _fair = values
        whose = ("vault", "") if owner == self.vault else ("pool", owner)
        self.move((*whose, sold), -amount_in, held=True)
        self.move((*whose, bought), amount_out, held=True)

    def _received(self, _: Log, pool: str, token: str, units: int) -> None:
        self.received[pool, token] += units
        self.move(("pool", pool, token), units, held=True)

    def _sent(self, _: Log, *values: Any) -> None:  # noqa: ANN401 - as the event has them
        pool, token, _chain, units, *_where = values
        self.sent[pool, token] += units
        self.move(("pool", pool, token), -units, held=True)


_TAKES: dict[bytes, tuple[Kind, Callable[..., None]]] = {
    kind.topic: (kind, note)
    for kind, note in (
        (says.EXECUTED, Flows._executed),
        (says.PROFIT_SETTLED, Flows._settled),
        (says.PROFIT_BOOKED, Flows._booked),
        (says.POOL_CREDITED, Flows._pool_credited),
        (says.POT_CREDITED, Flows._pot_credited),
        (says.POT_SPENT, Flows._pot_spent),
        (says.BENEFICIARY_CREDITED, Flows._beneficiary_credited),
        (says.BENEFICIARY_PAID, Flows._beneficiary_paid),
        (says.VAULT_PAID, Flows._vault_paid),
        (says.PROFIT_ADDED, Flows._profit_added),
        (says.GAS_SET_ASIDE, Flows._aside),
        (says.KEEPER_PAID, Flows._keeper_paid),
        (says.MINED, Flows._mined),
        (says.PROVIDED, Flows._provided),
        (says.RECENTRED, Flows._provided),
        (says.WITHDRAWN, Flows._withdrawn),
        (says.CONVERTED, Flows._converted),
        (says.RECEIVED, Flows._received),
        (says.SENT, Flows._sent),
    )
}

KINDS = tuple(kind for kind, _ in _TAKES.values())
"""What a report is made of."""
