"""Tries a trade: simulates its very calldata on the newest state, notes it, and sends it unless something refuses."""

from dataclasses import replace as changed

from harness.chains import Chain
from harness.errors import MillraceError
from harness.keeper.access import AccessLists
from harness.keeper.costs import Costs
from harness.keeper.events import Emit, Event, GivenUp, Included, Simulated
from harness.keeper.gate import Gate
from harness.keeper.heads import Head
from harness.keeper.laps import Laps
from harness.keeper.limits import LimitError
from harness.keeper.outbox import Order
from harness.keeper.pending import Pending
from harness.keeper.report import Attempt, Tell
from harness.keeper.rests import Rests, key_of
from harness.keeper.send import Sender
from harness.keeper.settings import Settings
from harness.keeper.simulate import Simulator, execution
from harness.market.opportunity import Opportunity
from harness.market.route import Route, encode
from harness.store import Found, Store, StoreError

HEADROOM = 130
"""Percent of the estimated gas that a trade may use: the state can move between the estimate and the block."""


class Trader:
    """Tries trades, one at a time.

    Args:
        chain: The chain file.
        executor: Checksummed address of the executor.
        simulator: Runs what would be sent.
        store: The record.
        gate: The limits.
        sender: Sends; None for paper trading, which does everything but that.
        settings: Manners.
        costs: What gas costs.
        emit: Hears how simulations end.
        tell: Is told of each attempt once it is known what became of it.
        access: Access lists, where they save gas.
        laps: Where time is counted.

    Attributes:
        attempts: What is out, by its id in the record.
        rests: Cycles that were refused.
    """

    def __init__(
        self,
        chain: Chain,
        executor: str,
        *,
        simulator: Simulator,
        store: Store,
        gate: Gate,
        sender: Sender | None,
        settings: Settings,
        costs: Costs,
        emit: Emit,
        tell: Tell | None,
        access: AccessLists | None,
        laps: Laps,
    ) -> None:
        self._chain, self._executor = chain, executor
        self._simulator, self._store, self._gate, self._sender = simulator, store, gate, sender
        self._settings, self._costs, self._emit = settings, costs, emit
        self._tell, self._access, self._laps = tell or (lambda _: None), access, laps
        self._unlearnt: tuple[tuple[str, ...], bytes] | None = None
        self.attempts: dict[int, Attempt] = {}
        self.rests = Rests()

    def tried(self, head: Head, trade: Opportunity, ahead: Pending | None = None, instead: str = "") -> Attempt:
        """Simulate a trade, note it, and send it unless something refuses.

        Args:
            head: The newest block.
            trade: What pays on its state.
            ahead: Somebody's transaction that has to come first, so that it pays: then the next block or none.
            instead: Hash of what is out and gives it its nonce; empty for a nonce of its own.

        Raises:
            StaleError: The node's newest block is another by now.
            SimulationError: The node cannot say how it would end.
            StoreError: The record is in trouble; nothing that is not in it has been sent.
        """
        attempt, found = self._simulated(head, trade, ahead)
        if attempt.simulated is None:
            self._note(attempt, found)
            if ahead is None:
                self.rests.begin(trade, head.number)
        else:
            self.rests.end(trade)
            self._gate.simulated(attempt.data, attempt.simulated)
            if self._sender is not None:
                self._send(self._sender, head, attempt, found, ahead.raw if ahead else b"", instead)
            else:
                self._note(attempt, found)
        if not attempt.sent:
            self._tell(attempt)
        return attempt

    def learn(self, head: Head) -> None:
        """Find out, while there is time, whether an access list pays for the last route."""
        if self._access is not None and self._unlearnt is not None:
            shape, data = self._unlearnt
            self._access.learn(shape, self._executor, data, head.number)
            self._unlearnt = None

    def hear(self, event: Event) -> None:
        """Take in what became of what is out."""
        if not isinstance(event, Included | GivenUp):
            return
        attempt = self.attempts.pop(event.attempt, None)
        if attempt is None:
            return
        if isinstance(event, Included):
            attempt.outcome, attempt.refusal = event, event.error
        else:
            attempt.refusal = "in no block in time"
        self._tell(attempt)

    def _simulated(self, head: Head, trade: Opportunity, ahead: Pending | None) -> tuple[Attempt, Found]:
        """Run a trade with its very calldata; return how far it got, twice: to be told of and for the record."""
        settings = self._settings
        route = trade.route(self._deadline(head), bytes.fromhex(head.hash[2:]) if settings.parent_hash else b"")
        attempt = Attempt(head.number, trade, execution(encode(route)))
        with self._laps.lap("simulate"):
            first = None if ahead is None else ahead.call
            seen = self._simulator.run(attempt.data, head, bound=settings.parent_hash, ahead=first)
        attempt.simulated, attempt.refusal = seen.profit, seen.error
        attempt.gas = max(seen.gas or 0, trade.gas)
        return attempt, self._found_at(head, attempt, route)

    def _send(  # noqa: PLR0917 - all of them are needed
        self, sender: Sender, head: Head, attempt: Attempt, found: Found, before: bytes, instead: str
    ) -> None:
        """Sign, note and hand over; what is not signed is noted with the reason."""
        until = head.number + (1 if before else self._settings.fees.blocks_to_live)
        with self._laps.lap("send"):
            try:
                fees, limit = self._costs.fees(head), attempt.gas * HEADROOM // 100
                order = Order(self._executor, attempt.data, limit, fees, until, found=found, before=before)
                out = sender.sign(self._listed(order, attempt.opportunity, head), instead)
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

    def _note(self, attempt: Attempt, found: Found) -> None:
        """Write what is not sent into the record."""
        with self._laps.lap("record"):
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
            self._chain.chain_id,
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

    def _deadline(self, head: Head) -> int:
        return head.timestamp + max(1, int(self._settings.fees.blocks_to_live * self._chain.block_time))
