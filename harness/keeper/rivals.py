"""What is out in a trade's way, and when the trade is so much better that it takes its nonce."""

from collections.abc import Mapping
from dataclasses import replace as changed
from fractions import Fraction

from eth_abi.abi import decode as abi_decode

from harness.keeper.fees import PERCENT, FeePolicy, Fees, bumped, next_base_fee
from harness.keeper.heads import Head
from harness.keeper.limits import GasPriceTooHighError
from harness.keeper.send import Sender
from harness.keeper.simulate import SimulationError, Simulator, StaleError
from harness.keeper.transaction import target_of
from harness.market.costs import Policy, net
from harness.market.opportunity import Opportunity, after_costs
from harness.market.route import Route, decode
from harness.store import SignedTransaction

BETTER = 10
"""By more than so many percent a trade has to be worth more than what it replaces."""


class Rivals:
    """What of a keeper's is in no block yet, as far as another trade comes into question.

    Args:
        sender: Knows what is out.
        simulator: Runs it once more.
        executor: Checksummed address of the executor.
        fees: What gas may cost.
    """

    def __init__(self, sender: Sender, simulator: Simulator, executor: str, fees: FeePolicy) -> None:
        self._sender, self._simulator, self._executor, self._fees = sender, simulator, executor, fees
        self._routes: dict[str, Route | None] = {}

    def of(self, trade: Opportunity) -> tuple[SignedTransaction, ...]:
        """Return what a trade has to wait for, of each nonce the last: what moves its pools; all where none is free."""
        out = self._sender.waiting
        self._routes = {one.hash: self._routes.get(one.hash) or self._route(one) for one in out}
        pools = {edge.pool for edge in trade.cycle.edges}
        held = {one.nonce for one in out if self._sender.busy or pools & self._pools(one)}
        return tuple({one.nonce: one for one in out if one.nonce in held}.values())

    def beaten(
        self,
        rival: SignedTransaction,
        trade: Opportunity,
        head: Head,
        policy: Policy,
        prices: Mapping[str, Fraction | None],
    ) -> Opportunity | None:
        """Return a trade as it would be in the place of what is out, at the price that this takes; None where it waits.

        Args:
            rival: What is out.
            trade: What pays on the state at the end of the newest block.
            head: That block.
            policy: By what trades are decided on.
            prices: Wei of native coin for a unit of a token, by token.

        Raises:
            StaleError: The node's newest block is another by now.
            NodeError: No node has answered.
        """
        price = prices.get(trade.cycle.token)
        if price is None or rival.chore_id is not None or rival.before is not None or self._sender.bounded:
            return None
        if head.number <= self._sender.undone or any(other.nonce != rival.nonce for other in self._sender.waiting):
            return None  # what else is out may build on it, a chore on the profit for instance
        base = next_base_fee(self._fees, head)
        try:
            fees = bumped(self._fees, Fees(rival.max_fee, rival.tip), Fees(0, policy.gas_price - base))
        except GasPriceTooHighError:
            return None
        dearer = after_costs(trade, changed(policy, gas_price=base + fees.tip), price)
        worth = None if dearer is None else self._worth(rival, head, policy, prices)
        if dearer is None or worth is None or dearer.worth * PERCENT <= worth * (PERCENT + BETTER):
            return None
        return dearer

    def _worth(
        self, rival: SignedTransaction, head: Head, policy: Policy, prices: Mapping[str, Fraction | None]
    ) -> int | None:
        """Return wei that what is out would bring on the newest state, nothing if it reverts; None if nobody knows."""
        route = self._routes[rival.hash]
        if route is None:
            return 0
        try:
            seen = self._simulator.run(target_of(rival.raw)[1], head)
        except StaleError:
            raise
        except SimulationError:
            return None
        price = prices.get(route.token)
        if seen.profit is None or price is None:
            return 0 if seen.profit is None else None
        gas_price = min(next_base_fee(self._fees, head) + rival.tip, rival.max_fee)
        paying = changed(policy, gas_price=gas_price, tip_bps=0)
        gas, size = seen.gas or rival.gas_limit, len(target_of(rival.raw)[1])
        return max(0, net(paying, route.token, price, seen.profit, gas=gas, size=size).worth)

    def _pools(self, out: SignedTransaction) -> frozenset[str]:
        route = self._routes[out.hash]
        return frozenset() if route is None else frozenset(route.pools())

    def _route(self, out: SignedTransaction) -> Route | None:
        to, data = target_of(out.raw)
        return decode(abi_decode(["bytes"], data[4:])[0]) if to == self._executor and data else None
