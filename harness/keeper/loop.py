"""The keeper of one chain: what it makes of a block, from the pools' new states to what is sent."""

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from harness.chains import Chain
from harness.keeper.abi import Call
from harness.keeper.access import AccessLists
from harness.keeper.borrow import Lenders
from harness.keeper.costs import Costs
from harness.keeper.datafee import DataFees
from harness.keeper.events import Decided, Emit, Event, Outdated, nowhere
from harness.keeper.feeds.place import Place
from harness.keeper.fees import Tips
from harness.keeper.gate import Gate
from harness.keeper.heads import Head
from harness.keeper.laps import Laps
from harness.keeper.picture import Picture
from harness.keeper.report import Attempt, Tell
from harness.keeper.rivals import Rivals
from harness.keeper.send import Sender
from harness.keeper.settings import Settings
from harness.keeper.simulate import Simulator, StaleError
from harness.keeper.trader import Trader
from harness.market.costs import Offer, Policy
from harness.market.decide import decide
from harness.market.market import Market
from harness.market.opportunity import Opportunity
from harness.market.pools.registry import Terms
from harness.store import Store


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
        self.settings, self.gate, self.laps, self._emit = settings or Settings(), gate, Laps(), emit
        native = chain.token(chain.native.wrapped).address
        self._costs = Costs(native, self.settings, gate.limits.max_loan, tips, data_fees)
        fees = self.settings.fees
        self._rivals = None if sender is None else Rivals(sender, simulator, executor, fees)
        self.trader = Trader(
            chain,
            executor,
            simulator=simulator,
            store=store,
            gate=gate,
            sender=sender,
            settings=self.settings,
            costs=self._costs,
            emit=emit,
            tell=tell,
            access=access,
            laps=self.laps,
        )

    def start(self, head: Head) -> None:
        """Read all pools, and what can be borrowed, at a block; decide once, so that what is compiled is ready.

        Raises:
            PoolMissingError: A pool of the chain file is not there.
            CallFailedError: A lender does not answer as one of its kind.
        """
        self.laps.begin()
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
        self.laps.begin()
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

    def inquire(self) -> None:
        """Have what `settle` asks come along with the next request."""
        if self.sender is not None:
            self.sender.inquire()

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
        if self.sender is not None and not self.sender.sure:
            return attempts
        for trade in self._found(head):
            if newer():
                self._emit(Outdated(head.number, head.number + 1))
                break
            try:
                place = self._place(head, trade, {attempt.sent for attempt in attempts})
                attempts += [self.trader.tried(head, place[0], instead=place[1])] if place else []
            except StaleError:
                self._emit(Outdated(head.number, head.number + 1))
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
        self._costs.learn(head)
        self.trader.learn(head)
        return tuple(checked.answers[: len(extra)])

    def hear(self, chain: str, event: Event) -> None:
        """Take in what became of what is out."""
        if chain == self.chain.name:
            self.trader.hear(event)

    def policy(self, head: Head) -> Policy:
        """Return by what trades are decided on."""
        return self._costs.policy(head, self.offers)

    def _found(self, head: Head) -> list[Opportunity]:
        """Return what is worth doing and touches no pool that a better trade moves."""
        with self.laps.lap("decide"):
            trades = decide(self.market, self.policy(head))
            self._emit(Decided(head.number, len(trades), trades[0].worth if trades else 0))
            moving, found = set[str](), []
            for trade in trades:
                pools = {edge.pool for edge in trade.cycle.edges}
                if not pools & moving and not self.trader.rests.holds(trade, head.number):
                    found.append(trade)
                moving |= pools
            return found

    def _place(self, head: Head, trade: Opportunity, sent: Collection[str]) -> tuple[Opportunity, str] | None:
        """Return a trade and what it takes the nonce of, nothing for one of its own; None where it has to wait.

        What was sent for the same block is not replaced.
        """
        rivals = () if self._rivals is None else self._rivals.of(trade)
        if self._rivals is None or not rivals:
            return trade, ""
        if len(rivals) > 1 or rivals[0].hash in sent:
            return None
        policy = self.policy(head)
        better = self._rivals.beaten(rivals[0], trade, head, policy, self.market.prices(policy))
        return None if better is None else (better, rivals[0].hash)


def market_of(chain: Chain, places: Iterable[Place]) -> Market:
    """Return a market, still without pools, that trades what the chain file allows at each place's venue."""
    bases = [chain.token(symbol).address for symbol in chain.profit_tokens]
    return Market(bases, terms=terms_of(chain, places), native=chain.token(chain.native.wrapped).address)


def terms_of(chain: Chain, places: Iterable[Place]) -> dict[str, Terms]:
    """Return what the chain file allows at each place's venue, by the place's address."""
    return {place.address: chain.venues[place.venue].trading.terms() for place in places}
