"""Sends, and sees to what becomes of it: in a block, replaced, given up, orphaned and in a block again [K4]."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace as changed

from harness.errors import MillraceError
from harness.keeper.events import Emit, nowhere
from harness.keeper.fees import FeePolicy, Fees, bumped
from harness.keeper.heads import Head
from harness.keeper.inclusion import Inclusion
from harness.keeper.outbox import Check, Order, Outbox, Record, unlimited
from harness.keeper.overdue import Overdue
from harness.keeper.rpc import Rpc
from harness.keeper.signers import Signer
from harness.keeper.trail import DEPTH, GapError
from harness.keeper.troubles import Troubles
from harness.keeper.ways import Ways
from harness.store import NonceTakenError, SignedTransaction, StoreError


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

    Attributes:
        address: The account's, checksummed.
        bounded: Whether all ways forget a transaction by themselves after its last block.
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
        self.address, self._policy, self._most = signer.address, fees, most
        self.bounded = ways.bounded
        troubles = troubles or Troubles(emit)
        self._outbox = Outbox(chain_id, signer, ways, record, lease=lease, check=check, emit=emit)
        self._inclusion = Inclusion(rpc, signer.address, self._outbox, troubles, emit)
        self._overdue = Overdue(
            rpc,
            signer.address,
            self._outbox,
            self._inclusion,
            policy=fees,
            bounded=ways.bounded,
            troubles=troubles,
            emit=emit,
        )
        self._block: Head | None = None
        self._sure = False

    @property
    def out(self) -> tuple[SignedTransaction, ...]:
        """What can still enter a block, in the order of signing."""
        return tuple(self._outbox.open.values())

    @property
    def waiting(self) -> tuple[SignedTransaction, ...]:
        """What is in no block of the chain yet; what is in one, and not yet settled, is left out."""
        placed = self._inclusion.nonces
        return tuple(out for out in self.out if out.nonce not in placed)

    @property
    def unsettled(self) -> int:
        """How many transactions are in blocks without it being known yet how they have ended there."""
        return self._inclusion.unsettled

    @property
    def sure(self) -> bool:
        """Whether what is out is known for sure; nothing is signed otherwise."""
        return self._sure

    @property
    def undone(self) -> int:
        """Number of the block up to which what is out may have been in one before, and others build on it."""
        return self._outbox.orphans

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

    def sign(self, order: Order, instead: str = "") -> SignedTransaction:
        """Sign one transaction and note it, with the attempt that it is for; nothing leaves, and nothing is asked.

        Args:
            order: What is to be sent.
            instead: Hash of one that is out, whose nonce it takes: then it pays more for its gas than that does. Of
                the two only one can enter a block, and the record knows both.

        Raises:
            NotReadyError: What is out is not known for sure.
            NotOutError: What is to be replaced is not out any more.
            BusyError: As many are out as may be.
            MillraceError: The limits, the signer, the lease or the record refuse; nothing has left.
        """
        self._ready()
        if not instead and self.busy:
            raise BusyError(f"{self._used} of {self._most} are out already; wait, or replace one")
        old = self._replaceable(instead) if instead else None
        with self._doubting():
            if old is None:
                return self._outbox.sign(order)
            fees = bumped(self._policy, Fees(old.max_fee, old.tip), order.fees)
            return self._outbox.sign(changed(order, fees=fees), old.nonce)

    def replace(self, hash_: str, order: Order) -> str:
        """Send something better in the place of a transaction that is out, as `sign` and `hand` do; return its hash.

        Raises:
            MillraceError: As for `sign`.
        """
        out = self.sign(order, hash_)
        self.hand(out)
        return out.hash

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
            if self._inclusion.follow(block):
                self._hurry(block)
        except GapError:
            return self.reconcile(block)
        self._sure = True
        return None

    def inquire(self) -> None:
        """Have what `settle` asks come along with the next request, whatever that is for."""
        if self._sure:
            self._inclusion.inquire()

    def settle(self) -> None:
        """Book what is in blocks of the chain: by a request for each.

        Raises:
            NodeError: No node has answered; the next block settles it.
            StoreError: The record is in trouble; likewise.
        """
        if not self._sure:
            return
        self._sure = False
        self._inclusion.settle()
        self._sure = True

    def reconcile(self, block: Head) -> None:
        """Compare the record with the chain by hash and nonce: at start, after a gap, after anything went wrong.

        What is in a block is booked; what is not and can still be is handed over again, as the very bytes signed.

        Raises:
            NodeError: No node has answered; nothing is sent until a block has been watched.
            StoreError: The record is in trouble; likewise.
        """
        self._sure = False
        self._inclusion.restart(block)
        self._outbox.load(block.number - DEPTH)
        self._inclusion.count()
        for hash_, home in list(self._outbox.homes.items()):
            if not self._inclusion.stands(*home):
                self._outbox.orphan(self._outbox.past[hash_])
        for out in [*self._outbox.open.values(), *self._forgotten()]:
            self._inclusion.look_up(out)
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

    def _replaceable(self, hash_: str) -> SignedTransaction:
        """Return the last that was signed with the nonce of one that is out."""
        old = self._outbox.open.get(hash_)
        if old is None or old.nonce in self._inclusion.nonces:
            raise NotOutError(f"{hash_} is not out; send this as something new")
        return self._outbox.nonces()[old.nonce][-1]

    def _hurry(self, block: Head) -> None:
        """End what is overdue, hand over again what may have got lost."""
        self._block = block
        self._overdue.end(block)
        placed = self._inclusion.nonces
        for nonce, outs in self._outbox.nonces().items():
            if outs[-1].until_block > block.number and nonce not in placed:
                self._outbox.hand(outs[-1], block.number, again=outs[-1].hash not in self._outbox.doubtful)

    def _forgotten(self) -> list[SignedTransaction]:
        """Return what was given up and may yet have used the account's last nonce."""
        return self._outbox.unplaced(self._outbox.count - 1)
