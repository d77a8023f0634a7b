"""What there is to look after, as the contracts' own logs tell: from the deployment on, and then block by block."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.address import to_checksum_address

from harness import says
from harness.history import SPAN, Kind, Log, Stride
from harness.keeper.rpc import Rpc

REREAD = 64
"""Blocks whose logs are asked for again, as they may have become others."""
REQUESTS = 10
"""The most for logs, in one look."""

TOUCHED = "touched"
GAS = ("keepers", "gas")
Key = tuple[str, str]
"""Where something waits: owner and token."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the reserve's journal: a cycle under a split."""

    id: str
    epoch: int
    token: str
    pools: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sending:
    """What has left a pool's bucket for another chain, and at which block."""

    block: int
    pool: str
    token: str
    chain_id: int
    amount: int


@dataclass(frozen=True, slots=True)
class DeepPool:
    """A pool with terms."""

    address: str
    kind: int
    token0: str
    token1: str


class Known:
    """Follows the logs of reserve, vault, executor and guard.

    Nothing in it decides anything: whether something is due is asked of the chain, and what is not there any more,
    after a reorg for instance, is simply not due.

    Args:
        rpc: The chain's nodes.
        addresses: Of the four contracts, the vault's first.
        start: Number of the block that the first of them was created in.
        window: Blocks that a deadline lasts; 0 where there is none.
    """

    def __init__(self, rpc: Rpc, addresses: tuple[str, ...], start: int, window: int) -> None:
        self._rpc, self._addresses, self._window = rpc, addresses, window
        self._next, self._since = start, 0
        self._stride = Stride()
        self._moved: deque[tuple[int, Key, int]] = deque()
        self.vault = addresses[0]
        self.entries: dict[str, Entry] = {}
        self.beneficiaries: set[str] = set()
        self.listed: set[str] = set()
        self.pools: dict[str, DeepPool] = {}
        self.registered: set[str] = set()
        self.inboxes: dict[str, str] = {}
        self.wrapped: dict[str, str] = {}
        self.keepers: set[str] = set()
        self.strategies: set[str] = set()
        self.averaged: dict[tuple[str, str], str] = {}
        self.sent: deque[Sending] = deque()

    @property
    def reached(self) -> int:
        """The number of the block up to which has been read, while the newest has not been reached."""
        return self._next - 1

    @property
    def tokens(self) -> list[str]:
        """What buckets can be in, in a fixed order."""
        own = {token for pool in self.pools.values() for token in (pool.token0, pool.token1)}
        return sorted(self.listed | own)

    def stands_for(self, token: str) -> str:
        """Return the token that a wrapped one stands for; any other token itself."""
        return self.wrapped.get(token, token)

    def follow(self, block: int) -> bool:
        """Read on to `block`, in a few requests at most; tell whether it has been reached.

        Raises:
            HistoryError: The node hands out no logs.
            NodeError: No node has answered.
        """
        first = min(self._next, block)
        self._since = block - self._window
        self._forget(first)
        for _ in range(REQUESTS):
            recent = first + SPAN > self._since
            kinds, end = (ALL, block) if recent else (RARE, min(block, self._since - SPAN))
            found, last = self._stride.read(self._rpc, self._addresses, kinds, first, end)
            for log in found:
                self._take(log)
            if last >= block:
                self._next = max(first, block - REREAD + 1)
                return True
            first = self._next = last + 1
        return False

    def waits_too_long(self, key: Key, amount: int) -> bool:
        """Tell whether more lies somewhere than has come there since a deadline began."""
        if not self._window or amount == 0:
            return False
        return amount > sum(moved for _, at, moved in self._moved if at == key)

    def rests(self, key: Key) -> bool:
        """Tell whether nothing has moved somewhere since a deadline began."""
        return bool(self._window) and all(at != key for _, at, _ in self._moved)

    def _forget(self, first: int) -> None:
        """Drop what is read again, and of what has moved what is older than a deadline."""
        while self.sent and self.sent[-1].block >= first:
            self.sent.pop()
        while self._moved and self._moved[-1][0] >= first:
            self._moved.pop()
        while self._moved and self._moved[0][0] < self._since:
            self._moved.popleft()

    def _take(self, log: Log) -> None:
        topic = log.topics[0]
        if topic in _LEARNS:
            kind, learn = _LEARNS[topic]
            learn(self, *kind.read(log))
        elif topic == says.SENT.topic:
            pool, token, chain_id, amount, *_ = says.SENT.read(log)
            self.sent.append(Sending(log.block, pool, token, chain_id, amount))
        elif topic in _MOVES and log.block >= self._since:
            kind, move = _MOVES[topic]
            self._moved.extend((log.block, key, amount) for key, amount in move(self, *kind.read(log)))


def _toggle(group: set[str], member: str, on: bool) -> None:
    (group.add if on else group.discard)(member)


def _entry(known: Known, name: bytes, epoch: int, token: str, pools: Sequence[str]) -> None:
    entry = Entry(name.hex(), epoch, token, tuple(to_checksum_address(pool) for pool in pools))
    known.entries[entry.id] = entry


def _pool(known: Known, pool: str, terms: tuple[Any, ...]) -> None:
    known.pools[pool] = DeepPool(pool, terms[1], to_checksum_address(terms[0]), to_checksum_address(terms[7]))


def _wrapped(known: Known, wrapped: str, token: str) -> None:
    known.listed.add(wrapped)
    known.wrapped[wrapped] = token


def _twap(known: Known, token0: str, token1: str, twap: tuple[Any, ...]) -> None:
    pool, max_age = to_checksum_address(twap[0]), twap[2]
    known.averaged.pop((token0, token1), None)
    if int(pool, 16) and max_age:
        known.averaged[token0, token1] = pool


def _withdrawn(known: Known, pool: str, _share: int, change0: int, change1: int) -> list[tuple[Key, int]]:
    terms = known.pools[pool]
    return [((pool, TOUCHED), 1), ((pool, terms.token0), change0), ((pool, terms.token1), change1)]


_LEARNS: dict[bytes, tuple[Kind, Callable[..., None]]] = {
    kind.topic: (kind, learn)
    for kind, learn in (
        (says.ENTRY_OPENED, _entry),
        (
            says.SPLIT_SET,
            lambda known, _epoch, _pools, _vault, shares: known.beneficiaries.update(
                to_checksum_address(share[0]) for share in shares
            ),
        ),
        (says.TOKEN_LISTED, lambda known, token, _on: known.listed.add(token)),
        (says.WRAPPED_MAPPED, _wrapped),
        (says.POOL_SET, _pool),
        (says.POOL_REGISTERED, lambda known, pool, on: _toggle(known.registered, pool, on)),
        (says.KEEPER_SET, lambda known, keeper, on: _toggle(known.keepers, keeper, on)),
        (says.STRATEGY_SET, lambda known, strategy, _cap: known.strategies.add(strategy)),
        (says.STRATEGY_REMOVED, lambda known, strategy, _lost: known.strategies.discard(strategy)),
        (says.TWAP_SET, _twap),
    )
}
"""What is learnt from what says that something exists. What was taken off a list can still have a bucket."""

_MOVES: dict[bytes, tuple[Kind, Callable[..., list[tuple[Key, int]]]]] = {
    kind.topic: (kind, move)
    for kind, move in (
        (says.PROFIT_SETTLED, lambda _, name, amount: [((name.hex(), ""), amount)]),
        (says.PROFIT_BOOKED, lambda known, token, _profit, _pools, vault: [((known.vault, token), vault)]),
        (says.POOL_CREDITED, lambda _, pool, token, amount: [((pool, token), amount)]),
        (says.POT_SPENT, lambda _, pool, token, amount: [((pool, token), amount)]),
        (says.RECEIVED, lambda _, pool, token, amount: [((pool, token), amount)]),
        (says.BENEFICIARY_CREDITED, lambda _, who, token, amount: [((who, token), amount)]),
        (says.GAS_SET_ASIDE, lambda _, amount: [(GAS, amount)]),
        (says.CONVERTED, lambda _, owner, _sold, bought, _in, out, _fair: [((owner, bought), out)]),
        (says.PROVIDED, lambda _, pool, *_rest: [((pool, TOUCHED), 1)]),
        (says.WITHDRAWN, _withdrawn),
    )
}
"""What moved where, and how much: of interest as long as a deadline runs."""

RARE = (*(kind for kind, _ in _LEARNS.values()), says.SENT)
ALL = RARE + tuple(kind for kind, _ in _MOVES.values())
