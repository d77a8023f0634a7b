"""Sends, and sees to what becomes of it: in a block, replaced, given up, orphaned and in a block again [K4]."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace as changed

from harness.errors import MillraceError
from harness.keeper.events import Emit, Included, LimitReached, nowhere
from harness.keeper.fees import FeePolicy, Fees, bumped, price
from harness.keeper.heads import Head, head_of
from harness.keeper.outbox import Check, Order, Outbox, Record, unlimited
from harness.keeper.receipts import Receipt
from harness.keeper.rpc import Rpc, RpcError
from harness.keeper.signers import Signer
from harness.keeper.simulate import SimulationError, Simulator
from harness.keeper.trail import DEPTH, GapError, Trail
from harness.keeper.transaction import target_of
from harness.keeper.troubles import Troubles
from harness.keeper.ways import Ways
from harness.node import NodeError
from harness.signer import SignerError
from harness.store import LeaseLostError, NonceTakenError, SignedTransaction, StoreError

LEAST_GAS = 21_000
HEADROOM = 130
"""Percent of the estimated gas that giving a nonce away may use; on rollups the least is not always enough."""
UNFORESEEN = (NodeError, RpcError, StoreError, LeaseLostError, SignerError)
"""What keeps a cancellation from being sent without being a limit."""
LOST = 3
"""In so many blocks a nonce has to be seen used, without a transaction of ours in it, until we believe it."""


class NotReadyError(MillraceError):
    """What is out is not known for sure; watch the next block first."""


class BusyError(MillraceError):
    """As many transactions are out as may be at once."""


class NotOutError(MillraceError):
    """A transaction that is to be replaced is not out any more."""


class Sender:
    """Sends from one account on one chain. Not for several threads.

    Args:
        chain_id: The chain's.
        rpc: Its nodes.
        signer: Whoever signs.
        ways: Where transactions go.
        record: Where everything is noted before it is done.
        fees: What gas may cost.
        lease: Returns the number of the lease under which is sent.
        emit: Hears of what happens.
        check: The limits; asked about every transaction, also those that replace or cancel.
        most: How many nonces may be in use at once.
        troubles: Those of the keeper. Without them `emit` hears of these too.
    """

    def __init__(
        self,
        chain_id: int,
        rpc: Rpc,
        signer: Signer,
        ways: Ways,
        record: Record,
        *,
        fees: FeePolicy,
        lease: Callable[[], int],
        emit: Emit = nowhere,
        check: Check = unlimited,
        most: int = 1,
        troubles: Troubles | None = None,
    ) -> None:
        self.address, self._rpc, self._policy, self._emit, self._most = signer.address, rpc, fees, emit, most
        self._troubles = troubles or Troubles(emit)
        self._bounded = ways.bounded
        self._outbox = Outbox(chain_id, signer, ways, record, lease=lease, check=check, emit=emit)
        self._trail = Trail(lambda hash_: head_of(rpc.ask("eth_getBlockByHash", hash_, False)))
        self._simulator = Simulator(rpc, signer.address, signer.address)
        self._block: Head | None = None
        self._sure = False
        self._found: dict[str, Head] = {}
        self._missed: dict[int, int] = {}

    @property
    def out(self) -> tuple[SignedTransaction, ...]:
        """What can still enter a block, in the order of signing."""
        return tuple(self._outbox.open.values())

    @property
    def waiting(self) -> tuple[SignedTransaction, ...]:
        """What is in no block of the chain yet; what is in one, and not yet settled, is left out."""
        placed = self._placed()
        return tuple(out for out in self.out if out.nonce not in placed)

    @property
    def unsettled(self) -> int:
        """How many transactions are in blocks without it being known yet how they have ended there."""
        return len(self._found)

    @property
    def busy(self) -> bool:
        """Whether nothing new can be sent now."""
        return not self._sure or self._used >= self._most

    @property
    def _used(self) -> int:
        return len({out.nonce for out in self.waiting})

    def send(self, order: Order) -> str:
        """Sign one transaction, note it, hand it over by all ways, as `sign` and `hand` do; return its hash.

        Raises:
            MillraceError: As for `sign`.
        """
        out = self.sign(order)
        self.hand(out)
        return out.hash

    def hand(self, out: SignedTransaction) -> None:
        """Hand over by all ways what was signed last.

        Raises:
            StoreError: The record is in trouble; it may be out, and is handed over again.
        """
        with self._doubting():
            self._outbox.give(out, self._ready().number)

    def sign(self, order: Order) -> SignedTransaction:
        """Sign one transaction and note it, with the attempt that it is for; nothing leaves, and nothing is asked.

        Raises:
            NotReadyError: What is out is not known for sure.
            BusyError: As many are out as may be.
            MillraceError: The limits, the signer, the lease or the record refuse; nothing has left.
        """
        self._ready()
        if self.busy:
            raise BusyError(f"{self._used} of {self._most} are out already; wait, or replace one")
        with self._doubting():
            return self._outbox.sign(order)

    def replace(self, hash_: str, order: Order) -> str:
        """Send something better in the place of a transaction that is out; it pays more for its gas than that did.

        Of the two only one can enter a block, and the record knows both.

        Raises:
            NotReadyError: What is out is not known for sure.
            NotOutError: That one is not out any more.
            MillraceError: As for `send`.
        """
        block = self._ready()
        old = self._outbox.open.get(hash_)
        if old is None or old.nonce in self._placed():
            raise NotOutError(f"{hash_} is not out; send this as something new")
        last = self._outbox.nonces()[old.nonce][-1]
        fees = bumped(self._policy, Fees(last.max_fee, last.tip), order.fees)
        with self._doubting():
            return self._outbox.put(changed(order, fees=fees), block.number, old.nonce)

    def watch(self, block: Head) -> None:
        """See what a new block means for what is out, all of it, as `follow` and `settle` do in turn.

        Raises:
            NodeError: No node has answered; the next block settles it.
            StoreError: The record is in trouble; likewise.
        """
        self.follow(block)
        self.settle()

    def follow(self, block: Head) -> None:
        """See what is in a new block, and what has to be done at once: orphaned, overdue, or wanted in each block.

        Requests are made only where something is overdue, or the block does not say what is in it. How it has ended
        there is left to `settle`: no nonce depends on that.

        Raises:
            NodeError: No node has answered; the next block settles it.
            StoreError: The record is in trouble; likewise.
        """
        if not self._sure:
            return self.reconcile(block)
        self._sure = False
        try:
            step = self._trail.follow(block)
        except GapError:
            return self.reconcile(block)
        for gone in step.orphaned:
            self._orphan(gone)
        for new in step.added:
            self._find(new)
        if step.added:
            self._hurry(block)
        self._sure = True
        return None

    def settle(self) -> None:
        """Book what is in blocks of the chain: by a request for each.

        Raises:
            NodeError: No node has answered; the next block settles it.
            StoreError: The record is in trouble; likewise.
        """
        if not self._sure:
            return
        self._sure = False
        for hash_, home in list(self._found.items()):
            self._claim(hash_, home)
        if not self._found:
            self._troubles.end("node", "receipts")
        self._sure = True

    def reconcile(self, block: Head) -> None:
        """Compare the record with the chain by hash and nonce: at start, after a gap, after anything went wrong.

        What is in a block is booked; what is not and can still be is handed over again, as the very bytes signed.

        Raises:
            NodeError: No node has answered; nothing is sent until a block has been watched.
            StoreError: The record is in trouble; likewise.
        """
        self._sure = False
        self._trail.restart(block)
        self._found.clear()
        self._outbox.load(block.number - DEPTH)
        self._outbox.count = self._counted()
        for hash_, home in list(self._outbox.homes.items()):
            if not self._stands(*home):
                self._outbox.orphan(self._outbox.past[hash_])
        for out in [*self._outbox.open.values(), *self._forgotten()]:
            self._look_up(out)
        self._outbox.doubtful |= self._outbox.open.keys()
        self._hurry(block)
        self._sure = True

    @contextmanager
    def _doubting(self) -> Iterator[None]:
        """Where the record may know more than we do afterwards, let it be read before anything else is signed."""
        try:
            yield
        except (StoreError, NonceTakenError):
            self._sure = False
            raise

    def _ready(self) -> Head:
        if not self._sure or self._block is None:
            raise NotReadyError("what is out is not known for sure; watch the next block first")
        return self._block

    def _find(self, new: Head) -> None:
        """Note which of ours a block of the chain names; where the node does not say what is in it, ask for each."""
        known = self._outbox.open.keys() | self._outbox.past.keys()
        if new.transactions is not None:
            self._found |= dict.fromkeys(known & new.transactions, new)
            return
        for out in self.out:
            self._look_up(out)

    def _hurry(self, block: Head) -> None:
        """End what is overdue, hand over again what may have got lost."""
        self._block = block
        self._end_overdue(block)
        placed = self._placed()
        for nonce, outs in self._outbox.nonces().items():
            if outs[-1].until_block > block.number and nonce not in placed:
                self._outbox.hand(outs[-1], block.number, again=outs[-1].hash not in self._outbox.doubtful)

    def _placed(self) -> set[int]:
        """Return the nonces that a block of the chain has used, as its list of transactions says."""
        known = self._outbox.open | self._outbox.past
        return {known[hash_].nonce for hash_ in self._found if hash_ in known}

    def _claim(self, hash_: str, home: Head) -> None:
        """Book a transaction of a block of the chain, if its receipt says the same."""
        out = self._outbox.open.get(hash_) or self._outbox.past[hash_]
        receipt = self._receipt(hash_)
        if receipt is None:
            return
        if receipt.block_hash != home.hash:
            text = f"the receipt of {hash_} names another block than {home.number} of the chain; it is not booked yet"
            self._troubles.begin("node", "contradiction", text, "receipts")
            return
        self._book(out, receipt)
        del self._found[hash_]

    def _book(self, out: SignedTransaction, receipt: Receipt) -> None:
        if not self._outbox.book(out, receipt):
            return
        self._missed.pop(out.nonce, None)
        self._troubles.end("signer", "nonce")
        error = "" if receipt.ok else self._refusal(out, receipt.block)
        if error:
            self._outbox.refused(out, error)
        profit = receipt.profit if receipt.ok else None
        cost = receipt.gas_used * receipt.price
        self._emit(Included(out.attempt_id or 0, out.hash, receipt.block, receipt.token, profit, cost, error))

    def _refusal(self, out: SignedTransaction, block: int) -> str:
        """Return what a transaction has reverted with, as far as its block's end tells."""
        try:
            error = self._simulator.refusal(*target_of(out.raw), block)
        except SimulationError as unknown:
            return f"reverted; {unknown}"
        return error or "reverted, and would not at the block's end"

    def _look_up(self, out: SignedTransaction) -> None:
        """Ask for one transaction by its hash, and believe it only of a block of the chain."""
        receipt = self._receipt(out.hash)
        if receipt is not None and self._stands(receipt.block, receipt.block_hash):
            self._book(out, receipt)

    def _forgotten(self) -> list[SignedTransaction]:
        """Return what was given up and may yet have used the account's last nonce."""
        return self._outbox.unplaced(self._outbox.count - 1)

    def _orphan(self, gone: Head) -> None:
        self._found = {hash_: home for hash_, home in self._found.items() if home.hash != gone.hash}
        for hash_ in [hash_ for hash_, home in self._outbox.homes.items() if home[1] == gone.hash]:
            self._outbox.orphan(self._outbox.past[hash_])

    def _end_overdue(self, block: Head) -> None:
        """Give up, cancel, or find out who has the nonce of what did not enter a block in time."""
        placed = self._placed()
        late = [
            (nonce, outs)
            for nonce, outs in self._outbox.nonces().items()
            if outs[-1].until_block <= block.number and nonce not in placed
        ]
        if late:
            self._outbox.count = self._counted()
        for nonce, outs in late:
            if nonce < self._outbox.count:
                self._find_out(nonce, outs)
            elif self._bounded or all(out.before for out in outs):
                for out in outs:
                    self._outbox.give_up(out)
            else:
                self._cancel(outs[-1], block)

    def _find_out(self, nonce: int, outs: list[SignedTransaction]) -> None:
        """Look for what has used a nonce; after some blocks without one of ours it was somebody else."""
        for out in self._outbox.unplaced(nonce):
            self._look_up(out)
        if not any(out.hash in self._outbox.open for out in outs):
            return
        self._missed[nonce] = self._missed.get(nonce, 0) + 1
        if self._missed[nonce] >= LOST:
            del self._missed[nonce]
            text = f"nonce {nonce} was used by something that this keeper did not send; has anyone else its key?"
            self._troubles.begin("signer", "nonce", text, "nonce")
            for out in outs:
                self._outbox.give_up(out)

    def _cancel(self, out: SignedTransaction, block: Head) -> None:
        """Give the nonce of a transaction to one that does nothing, and pays more; else hand over what there is."""
        try:
            fees = bumped(self._policy, Fees(out.max_fee, out.tip), price(self._policy, block))
            until = block.number + self._policy.blocks_to_live
            self._outbox.put(Order(self.address, b"", self._gas_of_nothing(), fees, until), block.number, out.nonce)
        except UNFORESEEN:
            raise
        except MillraceError as error:
            self._emit(LimitReached("cancel", str(error)))
            self._outbox.hand(out, block.number)

    def _gas_of_nothing(self) -> int:
        call = {"from": self.address, "to": self.address, "value": "0x0"}
        try:
            return int(self._rpc.ask("eth_estimateGas", call), 16) * HEADROOM // 100
        except RpcError:
            return LEAST_GAS * HEADROOM // 100

    def _counted(self) -> int:
        return int(self._rpc.ask("eth_getTransactionCount", self.address, "latest"), 16)

    def _receipt(self, hash_: str) -> Receipt | None:
        return Receipt.read(self._rpc.ask("eth_getTransactionReceipt", hash_), hash_)

    def _stands(self, number: int, hash_: str) -> bool:
        """Tell whether a block is in the chain, of old ones by asking."""
        if self._trail.holds(number, hash_):
            return True
        return head_of(self._rpc.ask("eth_getBlockByNumber", hex(number), False)).hash == hash_
