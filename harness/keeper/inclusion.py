"""What of ours is in blocks of the chain that is followed, and how it has ended there: booked once, by its receipt."""

from harness.keeper.events import Emit, Included
from harness.keeper.heads import Head, head_of
from harness.keeper.outbox import Outbox
from harness.keeper.receipts import Receipt
from harness.keeper.rpc import Later, Rpc
from harness.keeper.simulate import SimulationError, Simulator
from harness.keeper.trail import Trail
from harness.keeper.transaction import target_of
from harness.keeper.troubles import Troubles
from harness.store import SignedTransaction


class Inclusion:
    """Finds what is out in the blocks that come, and books it.

    Args:
        rpc: The chain's nodes.
        address: Checksummed address of the account.
        outbox: What is out.
        troubles: Those of the keeper.
        emit: Hears of what is in a block.
    """

    def __init__(self, rpc: Rpc, address: str, outbox: Outbox, troubles: Troubles, emit: Emit) -> None:
        self._rpc, self._address, self._outbox = rpc, address, outbox
        self._troubles, self._emit = troubles, emit
        self._trail = Trail(lambda hash_: head_of(rpc.ask("eth_getBlockByHash", hash_, False)))
        self._simulator = Simulator(rpc, address, address)
        self._found: dict[str, Head] = {}
        self._coming: dict[str, Later] = {}

    @property
    def nonces(self) -> set[int]:
        """Those that a block of the chain has used, as its list of transactions says, and that are not booked yet."""
        known = self._outbox.open | self._outbox.past
        return {known[hash_].nonce for hash_ in self._found if hash_ in known}

    @property
    def unsettled(self) -> int:
        """How many transactions are in blocks without it being known yet how they have ended there."""
        return len(self._found)

    def restart(self, block: Head) -> None:
        """Forget everything but one block."""
        self._trail.restart(block)
        self._found.clear()
        self._coming.clear()

    def follow(self, block: Head) -> bool:
        """Go on to a new newest block; return whether it is one. What it orphans is out again.

        Raises:
            GapError: It does not build on a block that is known.
            NodeError: No node has answered.
            StoreError: The record is in trouble.
        """
        self._coming.clear()
        step = self._trail.follow(block)
        for gone in step.orphaned:
            self._orphan(gone)
        for new in step.added:
            self._find(new)
        return bool(step.added)

    def inquire(self) -> None:
        """Have the receipts of what is not booked come along with the next request, whatever that is for."""
        for hash_ in self._found:
            if hash_ not in self._coming:
                self._coming[hash_] = self._rpc.later("eth_getTransactionReceipt", hash_)

    def settle(self) -> None:
        """Book what is in blocks of the chain.

        Raises:
            NodeError: No node has answered.
            StoreError: The record is in trouble.
        """
        self.inquire()
        for hash_, home in list(self._found.items()):
            self._claim(hash_, home, Receipt.read(self._coming.pop(hash_).get(), hash_))
        if not self._found:
            self._troubles.end("node", "receipts")

    def look_up(self, out: SignedTransaction) -> None:
        """Ask for one transaction by its hash, and believe it only of a block of the chain."""
        receipt = Receipt.read(self._rpc.ask("eth_getTransactionReceipt", out.hash), out.hash)
        if receipt is not None and self.stands(receipt.block, receipt.block_hash):
            self._book(out, receipt)

    def stands(self, number: int, hash_: str) -> bool:
        """Tell whether a block is in the chain, of old ones by asking."""
        if self._trail.holds(number, hash_):
            return True
        return head_of(self._rpc.ask("eth_getBlockByNumber", hex(number), False)).hash == hash_

    def count(self) -> None:
        """Find out how many of the account's transactions are in blocks."""
        self._outbox.count = int(self._rpc.ask("eth_getTransactionCount", self._address, "latest"), 16)

    def _find(self, new: Head) -> None:
        """Note which of ours a block of the chain names; where the node does not say what is in it, ask for each."""
        known = self._outbox.open.keys() | self._outbox.past.keys()
        if new.transactions is not None:
            self._found |= dict.fromkeys(known & new.transactions, new)
            return
        for out in list(self._outbox.open.values()):
            self.look_up(out)

    def _claim(self, hash_: str, home: Head, receipt: Receipt | None) -> None:
        """Book a transaction of a block of the chain, if its receipt says the same."""
        out = self._outbox.open.get(hash_) or self._outbox.past[hash_]
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

    def _orphan(self, gone: Head) -> None:
        self._found = {hash_: home for hash_, home in self._found.items() if home.hash != gone.hash}
        for hash_ in [hash_ for hash_, home in self._outbox.homes.items() if home[1] == gone.hash]:
            self._outbox.orphan(self._outbox.past[hash_])
