"""What did not enter a block in time: given up, cancelled at a higher price, or found to have lost its nonce."""

from harness.errors import MillraceError
from harness.keeper.events import Emit, LimitReached
from harness.keeper.fees import FeePolicy, Fees, bumped, price
from harness.keeper.heads import Head
from harness.keeper.inclusion import Inclusion
from harness.keeper.outbox import Order, Outbox
from harness.keeper.rpc import Rpc, RpcError
from harness.keeper.troubles import Troubles
from harness.node import NodeError
from harness.signer import SignerError
from harness.store import LeaseLostError, SignedTransaction, StoreError

LEAST_GAS = 21_000
HEADROOM = 130
"""Percent of the estimated gas that giving a nonce away may use; on rollups the least is not always enough."""
UNFORESEEN = (NodeError, RpcError, StoreError, LeaseLostError, SignerError)
"""What keeps a cancellation from being sent without being a limit."""
LOST = 3
"""In so many blocks a nonce has to be seen used, without a transaction of ours in it, until we believe it."""


class Overdue:
    """Ends what is overdue.

    Args:
        rpc: The chain's nodes.
        address: Checksummed address of the account.
        outbox: What is out.
        inclusion: What of it is in blocks.
        policy: What gas may cost.
        bounded: Whether all ways forget a transaction by themselves after its last block.
        troubles: Those of the keeper.
        emit: Hears of a cancellation that a limit forbids.
    """

    def __init__(
        self,
        rpc: Rpc,
        address: str,
        outbox: Outbox,
        inclusion: Inclusion,
        *,
        policy: FeePolicy,
        bounded: bool,
        troubles: Troubles,
        emit: Emit,
    ) -> None:
        self._rpc, self._address, self._outbox, self._inclusion = rpc, address, outbox, inclusion
        self._policy, self._bounded, self._troubles, self._emit = policy, bounded, troubles, emit
        self._missed: dict[int, int] = {}

    def end(self, block: Head) -> None:
        """Give up, cancel, or find out who has the nonce of what did not enter a block in time.

        Raises:
            NodeError: No node has answered.
            StoreError: The record is in trouble.
        """
        placed = self._inclusion.nonces
        late = {
            nonce: outs
            for nonce, outs in self._outbox.nonces().items()
            if outs[-1].until_block <= block.number and nonce not in placed
        }
        self._missed = {nonce: times for nonce, times in self._missed.items() if nonce in late}
        if late:
            self._inclusion.count()
        for nonce, outs in late.items():
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
            self._inclusion.look_up(out)
        if not any(out.hash in self._outbox.open for out in outs):
            return
        self._missed[nonce] = self._missed.get(nonce, 0) + 1
        if self._missed[nonce] >= LOST:
            text = f"nonce {nonce} was used by something that this keeper did not send; has anyone else its key?"
            self._troubles.begin("signer", "nonce", text, "nonce")
            for out in outs:
                self._outbox.give_up(out)

    def _cancel(self, out: SignedTransaction, block: Head) -> None:
        """Give the nonce of a transaction to one that does nothing, and pays more; else hand over what there is."""
        try:
            fees = bumped(self._policy, Fees(out.max_fee, out.tip), price(self._policy, block))
            until = block.number + self._policy.blocks_to_live
            self._outbox.put(Order(self._address, b"", self._gas_of_nothing(), fees, until), block.number, out.nonce)
        except UNFORESEEN:
            raise
        except MillraceError as error:
            self._emit(LimitReached("cancel", str(error)))
            self._outbox.hand(out, block.number)

    def _gas_of_nothing(self) -> int:
        call = {"from": self._address, "to": self._address, "value": "0x0"}
        try:
            return int(self._rpc.ask("eth_estimateGas", call), 16) * HEADROOM // 100
        except RpcError:
            return LEAST_GAS * HEADROOM // 100
