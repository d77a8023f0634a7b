"""Trades that pay once somebody else's transaction is in a block: right behind it, and never ahead of it.

What others are about to do is let happen, and only what it leaves is closed: nobody gets less for it. Such a trade goes
to relays alone, as a bundle of both transactions, theirs first; by itself it is never handed to anybody.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from harness.keeper.heads import Head
from harness.keeper.loop import Keeper
from harness.keeper.pending import Mempool, Pending
from harness.keeper.picture import Changes
from harness.keeper.report import Attempt
from harness.keeper.rests import key_of
from harness.keeper.rpc import RpcError
from harness.keeper.simulate import SimulationError, Simulator
from harness.keeper.troubles import Troubles
from harness.market.decide import decide
from harness.market.opportunity import Opportunity

PACE: Final = 0.1
"""Seconds from one simulation of a pending transaction to the next, at least."""


class Backrun:
    """Tries what pays behind pending transactions, one at a time.

    Args:
        keeper: Whose pools, market and limits these are.
        simulator: Runs pending transactions.
        mempool: They wait there.
        troubles: Of the keeper: with `pending`.
    """

    def __init__(self, keeper: Keeper, simulator: Simulator, mempool: Mempool, troubles: Troubles) -> None:
        self._keeper, self._simulator, self._mempool, self._troubles = keeper, simulator, mempool, troubles
        self._next, self._watching = 0.0, ""

    def close(self) -> None:
        """End the websocket."""
        self._mempool.close()

    def work(self, head: Head) -> Attempt | None:
        """See what the next pending transaction would leave to be closed, and try it; nothing while something is out.

        Raises:
            NodeError: No node has answered.
            StoreError: The record is in trouble; nothing has been sent.
        """
        self._attend(head)
        sender = self._keeper.sender
        if time.monotonic() < self._next or (sender is not None and (sender.busy or sender.out)):
            return None
        ahead = self._mempool.take()
        if ahead is None:
            return None
        self._next = time.monotonic() + PACE
        try:
            logs = self._simulator.logs(ahead.call, head)
            return self._tried(head, ahead, logs) if logs else None
        except (SimulationError, RpcError):
            return None  # it cannot be run on the newest state, or not both together

    def _attend(self, head: Head) -> None:
        """Once a block, have what is watched looked for; say whether the node shows anything at all."""
        if head.hash != self._watching:
            self._watching = head.hash
            self._mempool.watch(self._keeper.picture.places)
        if self._mempool.trouble:
            text = "the node shows no pending transactions; backrunning rests meanwhile"
            self._troubles.begin("pending", self._mempool.trouble, text)
        elif self._mempool.since is not None:
            self._troubles.end("pending")

    def _tried(self, head: Head, ahead: Pending, logs: Sequence[Mapping[str, Any]]) -> Attempt | None:
        changes = self._keeper.picture.preview(logs)
        trades = self._found(head, changes) if changes.changed else []
        return self._keeper.trader.tried(head, trades[0], ahead) if trades else None

    def _found(self, head: Head, changes: Changes) -> list[Opportunity]:
        """Return what pays in other states of some pools and does not pay now; the market is left as it was."""
        market, policy = self._keeper.market, self._keeper.policy(head)
        now = {key_of(trade) for trade in decide(market, policy)}
        changed = [pool for pool in changes.changed if pool.address in market.pools]
        before = [market.pools[pool.address] for pool in changed]
        try:
            market.update(changed)
            trades = decide(market, policy)
        finally:
            market.update(before)
        touched, unknown = {pool.address for pool in changed}, set(changes.gone)
        pools = ((trade, {edge.pool for edge in trade.cycle.edges}) for trade in trades if key_of(trade) not in now)
        return [trade for trade, through in pools if through & touched and not through & unknown]
