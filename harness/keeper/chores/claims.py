"""Claims at AggLayer's unified bridge: what was sent to an inbox arrives when somebody proves it. Anyone may, once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from harness.keeper.abi import Call, calldata
from harness.keeper.chores.chore import Chore, Group, Task, View
from harness.keeper.chores.known import Known
from harness.keeper.chores.look import single

CLAIM = "claimAsset(bytes32[32],bytes32[32],uint256,bytes32,bytes32,uint32,address,uint32,address,uint256,bytes)"


@dataclass(frozen=True, slots=True)
class Claim:
    """A sending that can be proven, in the words of the bridge.

    Attributes:
        token: Address here of what arrives: the token itself where it comes home, else the wrapped one.
        local_proof: 32 nodes from the leaf to the root of its network's exits.
        rollup_proof: 32 nodes from there to the root of all rollups' exits.
        global_index: Where the leaf stands among all networks' exits.
        mainnet_root: Of the mainnet's exits.
        rollup_root: Of all rollups' exits.
        origin_network: Where the token is from, by AggLayer's count.
        origin_token: Its address there.
        network: This chain's number.
        inbox: To whom it was sent.
        amount: In units of the token.
        metadata: Name, symbol and decimals, as the bridge encodes them.
    """

    token: str
    local_proof: tuple[bytes, ...]
    rollup_proof: tuple[bytes, ...]
    global_index: int
    mainnet_root: bytes
    rollup_root: bytes
    origin_network: int
    origin_token: str
    network: int
    inbox: str
    amount: int
    metadata: bytes

    def arguments(self) -> tuple[object, ...]:
        """Return what `claimAsset` is called with."""
        return (
            self.local_proof,
            self.rollup_proof,
            self.global_index,
            self.mainnet_root,
            self.rollup_root,
            self.origin_network,
            self.origin_token,
            self.network,
            self.inbox,
            self.amount,
            self.metadata,
        )


class Claims(Protocol):
    """Whoever knows the proofs: a bridge service, or an indexer of one's own."""

    def ready(self, inboxes: Collection[str]) -> Sequence[Claim]:
        """Return the claims for these addresses that can be made, and may have been made already; must not raise."""


class ClaimSendings(Chore):
    """Claims what has been sent to the reserve's inboxes, where the guard has a price of it: dust is not claimed.

    Args:
        bridge: Address of the unified bridge.
        claims: Who knows the proofs.
    """

    kind = "claim"

    def __init__(self, bridge: str, claims: Claims) -> None:
        self._bridge, self._claims = bridge, claims
        self._ready: Sequence[Claim] = ()

    def asks(self, known: Known) -> list[Group]:
        """Try every claim: what was claimed already, or cannot be proven, is refused."""
        self._ready = [
            claim for claim in self._claims.ready(known.inboxes.values()) if claim.inbox in known.inboxes.values()
        ]
        return [(self._try(claim),) for claim in self._ready]

    def due(self, view: View, now: int) -> list[Task]:  # noqa: ARG002
        """Return a task for every claim that would go through."""
        return [self._task(view, claim) for claim in self._ready if view.of(self._try(claim)) is not None]

    def _task(self, view: View, claim: Claim) -> Task:
        return Task(
            kind=self.kind,
            target=f"exit {claim.global_index:#x}",
            to=self._bridge,
            data=calldata(CLAIM, *claim.arguments()),
            reason=f"{claim.amount} units of {claim.token} can be claimed for {claim.inbox}",
            worth_wei=view.worth(view.known.stands_for(claim.token), claim.amount),
        )

    def _try(self, claim: Claim) -> Call:
        return single(self._bridge, CLAIM, *claim.arguments(), returns=())
