"""The keeper of one chain: what it makes of a block, from the pools' new states to what is sent."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from dataclasses import replace as changed
from typing import Any

from eth_abi.abi import decode as abi_decode

from harness.chains import Chain
from harness.errors import MillraceError
from harness.keeper.abi import Call
from harness.keeper.access import AccessLists
from harness.keeper.borrow import Lenders
from harness.keeper.datafee import NOTHING, DataFees
from harness.keeper.events import Decided, Emit, Event, GivenUp, Included, Outdated, Simulated, nowhere
from harness.keeper.feeds.place import Place
from harness.keeper.fees import FeePolicy, Tips, next_base_fee, price
from harness.keeper.gate import Gate
from harness.keeper.heads import Head
from harness.keeper.limits import LimitError
from harness.keeper.outbox import Order
from harness.keeper.pending import Pending
from harness.keeper.picture import Picture
from harness.keeper.report import Attempt, Tell
from harness.keeper.send import Sender
from harness.keeper.simulate import Simulator, StaleError, execution
from harness.keeper.transaction import target_of
from harness.market.costs import Offer, Policy
from harness.market.decide import decide
from harness.market.market import Market
from harness.market.opportunity import Opportunity
from harness.market.pools.registry import Terms
from harness.market.route import Route, decode, encode
from harness.store import Found, SignedTransaction, Store, StoreError

HEADROOM = 130
"""Percent of the estimated gas that a trade may use: the state can move between the estimate and the block."""
REST, LONGEST_REST = 8, 4_096
"""Blocks for which a cycle is left alone once its trade was refused in simulation: twice as many each time in a row."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a keeper works.

    Attributes:
        fees: What gas may cost.
        margin_bps: By how much a profit must exceed the gas it costs, in basis points of that gas. Gas and this margin
            are what a route demands on chain, and not the profit simulated, so that a small move reverts nothing.
        tip_bps: The builder's share of a profit in wrapped native coin, in basis points.
        parent_hash: Whether a route may run only on top of the block that it was computed on.
        compared: How many pools are compared with the chain in each block, in turn.
        access_lists: Whether access lists are sent where they save gas.
    """

    fees: FeePolicy = field(default_factory=FeePolicy)
    margin_bps: int = 2_000
    tip_bps: int = 0
    parent_hash: bool = False
    compared: int = 8
    access_lists: bool = False


class Laps:
    """Seconds that the steps of a block take, by name."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def lap(self, name: str) -> Iterator[None]:
        """Count what happens within as a step of that name."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - start


@dataclass(slots=True)
class Rest:
    """How often in a row a cycle's trade was refused, and the block from which on it is tried again."""

    times: int
    until: int


class Keeper:
    """Follows the pools of one chain and closes their gaps.

    `start`, then on each block `follow`, `watch`, `act`, and `compare` once there is time.

    Args:
        chain: The chain file.
        executor: Checksummed address of the executor.
        picture: The pools.
        simulator: Runs what the keeper would send.
        store: The record.
        gate: The limits.
        sender: Sends; None for paper trading, which does everything but that.
        settings: Manners.
        emit: Hears what happens; what it hears has to come back by `hear`.
        tell: Is told of each attempt once it is known what became of it.
        tips: What others tip; without it the policy's tip is paid.
        access: Access lists, where they save gas.
        data_fees: What data costs; without it nothing, as on a chain that is no rollup.

    Attributes:
        market: Pools and cycles, once started.
        offers: The ways to borrow, and what there is, once started.
        attempts: What is out, by its id in the record.
        laps: Seconds of the steps of the newest block.
    """

    market: Market
    offers: tuple[Offer, ...]

    def __init__(
        self,
        chain: Chain,
        executor: str,
        *,
        picture: Picture,
        simulator: Simulator,
        store: Store,
        gate: Gate,
        sender: Sender | None = None,
        settings: Settings | None = None,
        emit: Emit = nowhere,
        tell: Tell | None = None,
        tips: Tips | None = None,
        access: AccessLists | None = None,
        data_fees: DataFees | None = None,
    ) -> None:
        self.chain, self.executor, self.picture, self.sender = chain, executor, picture, sender
        self.settings, self.gate = settings or Settings(), gate
        self.attempts: dict[int, Attempt] = {}
        self.laps = Laps()
        self._simulator, self._store, self._emit = simulator, store, emit
        self._tell, self._tips, self._access = tell or (lambda _: None), tips, access
        self._tip, self._data_fees = self.settings.fees.tip, data_fees
        self._unlearnt: tuple[tuple[str, ...], bytes] | None = None
        self._native = chain.token(chain.native.wrapped).address
        self._resting: dict[tuple[str, ...], Rest] = {}
        self._routes: dict[str, frozenset[str]] = {}

    def start(self, head: Head) -> None:
        """Read all pools, and what can be borrowed, at a block; decide once, so that what is compiled is ready.

        Raises:
            PoolMissingError: A pool of the chain file is not there.
            CallFailedError: A lender does not answer as one of its kind.
        """
        self.laps = Laps()
        changes = self.picture.start(head)
        self._lenders = Lenders(self.chain, self.picture.multicall, head.number)
        self.market = market_of(self.chain, self.picture.places)
        self.market.update(changes.changed, changes.gone)
        self.offers = self._lenders.offers
        self.gate.watch(place.address for place in self.picture.places)
        decide(self.market, self.policy(head))

    def follow(self, head: Head) -> None:
        """Bring the pools to a new block.

        Raises:
            NodeError: No node has answered; nothing has changed.
            BlockGoneError: The chain has become another meanwhile; go on with the newest block.
        """
        self.laps = Laps()
        with self.laps.lap("sync"):
            changes = self.picture.follow(head)
            self.market.update(changes.changed, changes.gone)

    def watch(self, head: Head) -> None:
        """See which of what is out is in a new block, and what has to be done at once about what is not.

        Raises:
            NodeError: No node has answered; the next block settles it.
            StoreError: The record is in trouble; likewise.
        """
        if self.sender is not None:
            with self.laps.lap("watch"):
                self.sender.follow(head)

    def settle(self) -> None:
        """Find out and book how that has ended.

        Raises:
            NodeError: No node has answered; the next block settles it.
            StoreError: The record is in trouble; likewise.
        """
        if self.sender is not None:
            with self.laps.lap("settle"):
                self.sender.settle()

    @property
    def hinges(self) -> bool:
        """Whether a limit could be reached by how that has ended: then it is settled before anything else is sent."""
        return self.sender is not None and bool(self.sender.unsettled) and self.gate.hinges(self.sender.unsettled)

    def reconcile(self, head: Head) -> None:
        """Compare the record with the chain before anything is sent, as `watch` does after every start.

        Raises:
            NodeError: No node has answered.
            StoreError: The record is in trouble.
        """
        if self.sender is not None:
            self.sender.reconcile(head)

    def act(self, head: Head, newer: Callable[[], bool] = lambda: False) -> list[Attempt]:
        """Decide on the state at the end of a block; simulate, note and send what is worth it.

        Args:
            head: The block that the pools stand at.
            newer: Tells whether a newer block is known; then what has not been sent is dropped.

        Raises:
            NodeError: No node has answered.
            StoreError: The record is in trouble; nothing that is not in it has been sent.
        """
        attempts: list[Attempt] = []
        if self._busy():
            return attempts
        for trade in self._found(head):
            if newer():
                self._emit(Outdated(head.number, head.number + 1))
                break
            try:
                attempts.append(self.tried(head, trade))
            except StaleError:
                self._emit(Outdated(head.number, head.number + 1))
                break
            if self._busy():
                break
        return attempts

    def compare(self, head: Head, extra: Sequence[Call]) -> tuple[tuple[Any, ...] | None, ...]:
        """Compare some pools with the chain and repair what has drifted, and see what can be borrowed.

        Args:
            head: The block that the pools stand at.
            extra: What others want to know, in the same request.

        Returns:
            The answers to `extra`, None for a call that failed.
        """
        calls = (*extra, *self._lenders.calls)
        checked = self.picture.check(head, self.settings.compared, calls)
        self.market.update(checked.changed, checked.gone)
        self.offers = self._lenders.of(checked.answers[len(extra) :])
        self._learn(head)
        return tuple(checked.answers[: len(extra)])

    def hear(self, chain: str, event: Event) -> None:
        """Take in what became of what is out."""
        if chain != self.chain.name or not isinstance(event, Included | GivenUp):
            return
        attempt = self.attempts.pop(event.attempt, None)
        if attempt is None:
            return
        if isinstance(event, Included):
            attempt.outcome, attempt.refusal = event, event.error
        else:
            attempt.refusal = "in no block in time"
        self._tell(attempt)

    def _busy(self) -> bool:
        return self.sender is not None and self.sender.busy

    def _found(self, head: Head) -> list[Opportunity]:
        """Return what is worth doing and touches no pool that something on its way, or a better trade, moves."""
        with self.laps.lap("decide"):
            trades = decide(self.market, self.policy(head))
            self._emit(Decided(head.number, len(trades), trades[0].worth if trades else 0))
            moving, free = self._moving(), []
            for trade in trades:
                pools = {edge.pool for edge in trade.cycle.edges}
                if not pools & moving and not self._rests(trade, head.number):
                    free.append(trade)
                moving |= pools
            return free

    def tried(self, head: Head, trade: Opportunity, ahead: Pending | None = None) -> Attempt:
        """Simulate a trade, note it, and send it unless something refuses.

        Args:
            head: The newest block.
            trade: What pays on its state.
            ahead: Somebody's transaction that has to come first, so that it pays: then the next block or none.

        Raises:
            StaleError: The node's newest block is another by now.
            SimulationError: The node cannot say how it would end.
            StoreError: The record is in trouble; nothing that is not in it has been sent.
        """
        attempt, found = self._simulated(head, trade, ahead)
        if attempt.simulated is None:
            self._note(attempt, found)
            if ahead is None:
                self._rest(trade, head.number)
        else:
            self._resting.pop(key_of(trade), None)
            self.gate.simulated(attempt.data, attempt.simulated)
            if self.sender is not None:
                self._send(self.sender, head, attempt, found, ahead.raw if ahead else b"")
            else:
                self._note(attempt, found)
        if not attempt.sent:
            self._tell(attempt)
        return attempt

    def _simulated(self, head: Head, trade: Opportunity, ahead: Pending | None) -> tuple[Attempt, Found]:
        """Run a trade with its very calldata; return how far it got, twice: to be told of and for the record."""
        route = trade.route(self._deadline(head), bytes.fromhex(head.hash[2:]) if self.settings.parent_hash else b"")
        attempt = Attempt(head.number, trade, execution(encode(route)))
        with self.laps.lap("simulate"):
            first = None if ahead is None else ahead.call
            seen = self._simulator.run(attempt.data, head, bound=self.settings.parent_hash, ahead=first)
        attempt.simulated, attempt.refusal = seen.profit, seen.error
        attempt.gas = max(seen.gas or 0, trade.gas)
        return attempt, self._found_at(head, attempt, route)

    def _send(self, sender: Sender, head: Head, attempt: Attempt, found: Found, before: bytes) -> None:
        """Sign, note and hand over; what is not signed is noted with the reason."""
        policy = self.settings.fees
        until = head.number + (1 if before else policy.blocks_to_live)
        with self.laps.lap("send"):
            try:
                fees, limit = price(policy, head, self._tip), attempt.gas * HEADROOM // 100
                order = Order(self.executor, attempt.data, limit, fees, until, found=found, before=before)
                out = sender.sign(self._listed(order, attempt.opportunity, head))
            except StoreError:
                raise
            except MillraceError as error:
                attempt.refusal = str(error)
                self._note(attempt, changed(found, refusal=attempt.refusal))
                if not isinstance(error, LimitError):
                    raise
                return
            attempt.id, attempt.sent = out.attempt_id or 0, out.hash
            self.attempts[attempt.id] = attempt
            self._simulation(attempt)
            sender.hand(out)

    def _listed(self, order: Order, trade: Opportunity, head: Head) -> Order:
        """Return an order with the access list that is known to save gas on its route."""
        if self._access is None or order.before:
            return order
        self._unlearnt = key_of(trade), order.data
        return changed(order, access_list=self._access.known(key_of(trade), head.number))

    def _learn(self, head: Head) -> None:
        """Find out, while there is time, what others tip, what data costs, whether a list pays for the last route."""
        if self._data_fees is not None:
            self._data_fees.at(head.number)
        if self._tips is not None:
            self._tip = self._tips.tip(head.number)
        if self._access is not None and self._unlearnt is not None:
            shape, data = self._unlearnt
            self._access.learn(shape, self.executor, data, head.number)
            self._unlearnt = None

    def _note(self, attempt: Attempt, found: Found) -> None:
        """Write what is not sent into the record."""
        with self.laps.lap("record"):
            attempt.id = self._store.tried(found)
        self._simulation(attempt)

    def _simulation(self, attempt: Attempt) -> None:
        """Say how the simulation has ended, now that it is in the record."""
        refusal = attempt.refusal if attempt.simulated is None else ""
        token = attempt.opportunity.cycle.token
        self._emit(Simulated(attempt.id, attempt.block, token, attempt.simulated, refusal))

    def _found_at(self, head: Head, attempt: Attempt, route: Route) -> Found:
        """Return a trade and its simulation as the record takes them."""
        trade = attempt.opportunity
        return Found(
            self.chain.chain_id,
            head.number,
            head.hash,
            route="0x" + route.route_id().hex(),
            token=trade.cycle.token,
            amount=trade.sizing.amount_in,
            expected=trade.sizing.profit,
            worth=trade.worth,
            gas=trade.gas,
            calldata=attempt.data,
            simulated=attempt.simulated,
            refusal=attempt.refusal,
        )

    def policy(self, head: Head) -> Policy:
        """Return by what trades are decided on."""
        data = self._data_fees.last(head.number) if self._data_fees is not None else NOTHING
        return Policy(
            native=self._native,
            gas_price=next_base_fee(self.settings.fees, head) + self._tip,
            offers=self.offers,
            caps=self.gate.limits.max_loan,
            margin_bps=self.settings.margin_bps,
            data_price=data.byte,
            data_cost=data.transaction,
            tip_bps=self.settings.tip_bps,
        )

    def _deadline(self, head: Head) -> int:
        return head.timestamp + max(1, int(self.settings.fees.blocks_to_live * self.chain.block_time))

    def _moving(self) -> set[str]:
        """Return the pools of the routes that are in no block yet."""
        out = self.sender.waiting if self.sender is not None else ()
        self._routes = {one.hash: self._routes.get(one.hash) or self._pools(one) for one in out}
        return set().union(*self._routes.values())

    def _pools(self, out: SignedTransaction) -> frozenset[str]:
        to, data = target_of(out.raw)
        routed = to == self.executor and bool(data)
        return frozenset(decode(abi_decode(["bytes"], data[4:])[0]).pools()) if routed else frozenset()

    def _rests(self, trade: Opportunity, block: int) -> bool:
        rest = self._resting.get(key_of(trade))
        return rest is not None and block < rest.until

    def _rest(self, trade: Opportunity, block: int) -> None:
        """Leave a cycle alone for a while: what is refused in simulation is mostly refused again."""
        times = self._resting[key_of(trade)].times + 1 if key_of(trade) in self._resting else 1
        self._resting[key_of(trade)] = Rest(times, block + min(REST * 2 ** (times - 1), LONGEST_REST))


def market_of(chain: Chain, places: Iterable[Place]) -> Market:
    """Return a market, still without pools, that trades what the chain file allows at each place's venue."""
    bases = [chain.token(symbol).address for symbol in chain.profit_tokens]
    return Market(bases, terms=terms_of(chain, places), native=chain.token(chain.native.wrapped).address)


def terms_of(chain: Chain, places: Iterable[Place]) -> dict[str, Terms]:
    """Return what the chain file allows at each place's venue, by the place's address."""
    return {place.address: chain.venues[place.venue].trading.terms() for place in places}


def key_of(trade: Opportunity) -> tuple[str, ...]:
    """Return what tells a trade's cycle from all others."""
    return trade.cycle.token, *(edge.pool for edge in trade.cycle.edges)
