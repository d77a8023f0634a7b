"""The portal of a rollup of the OP stack: which withdrawals it has carried out, and what it takes proofs against.

There are two kinds, a file each. Which of them a portal is, it is asked each time, for a portal can be replaced.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from eth_utils.address import to_checksum_address

from harness.keeper.abi import Call, calldata
from harness.keeper.chores.look import single
from harness.keeper.chores.portal_games import Games
from harness.keeper.chores.portal_oracle import Oracle
from harness.keeper.chores.rollup import Evidence, Output
from harness.keeper.chores.withdrawals import WITHDRAWAL, Arrival, Withdrawal, arrival
from harness.keeper.multicall import Multicall

PROVE: Final = f"proveWithdrawalTransaction({WITHDRAWAL},uint256,(bytes32,bytes32,bytes32,bytes32),bytes[])"


class Step(Enum):
    """What is to be done next with a withdrawal."""

    PROVE = "prove"
    WAIT = "wait"
    FINALISE = "finalise"
    REPLAY = "replay"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a withdrawal is.

    Attributes:
        withdrawal: It.
        arrival: What it brings.
        step: What comes next.
        to: Address to call for that; of a proof and of nothing empty.
        data: The calldata.
    """

    withdrawal: Withdrawal
    arrival: Arrival
    step: Step
    to: str = ""
    data: bytes = b""


class Proofs(Protocol):
    """How a portal takes proofs."""

    def standing(self, withdrawals: Sequence[Withdrawal]) -> list[bytes | None]:
        """Return for each the calldata that carries it out, empty as long as its proof has to age; None without one."""

    def outputs(self) -> list[Output]:
        """Return what can be proven against, the newest first."""


class Portal:
    """The portal behind a standard bridge.

    Args:
        bridge: Address of the bridge on this chain.
        multicall: This chain's.
        keeper: Whose proofs count.
    """

    def __init__(self, bridge: str, multicall: Multicall, keeper: str) -> None:
        self._bridge, self._multicall, self._keeper = bridge, multicall, keeper
        self._messenger = self.address = ""

    def arrival(self, withdrawal: Withdrawal) -> Arrival | None:
        """Return what a withdrawal brings over this bridge; None for any other message.

        Raises:
            CallFailedError: The bridge is none.
            NodeError: No node has answered.
        """
        if not self._messenger:
            self._messenger = self._asked(self._bridge, "messenger()")
            self.address = self._asked(self._messenger, "portal()")
        return arrival(withdrawal, self._messenger, self._bridge)

    def progress(self, wanted: Sequence[tuple[Withdrawal, Arrival]]) -> list[Progress]:
        """Return how far these are, all at one block or a few.

        Raises:
            CallFailedError: The portal is none that is known.
            NodeError: No node has answered.
        """
        calls = [call for withdrawal, brings in wanted for call in self._ends(withdrawal, brings)]
        ends = [bool(values[0]) for values in self._multicall.read(calls, "latest")]
        found = [self._ended(*pair, *ends[3 * i : 3 * i + 3]) for i, pair in enumerate(wanted)]
        under_way = [one.withdrawal for one in found if one.step is Step.PROVE]
        standing = iter(self.proofs().standing(under_way) if under_way else ())
        return [self._begun(one, next(standing)) if one.step is Step.PROVE else one for one in found]

    def proofs(self) -> Proofs:
        """Return how the portal takes proofs now.

        Raises:
            CallFailedError: In neither way.
            NodeError: No node has answered.
        """
        games = single(self.address, "disputeGameFactory()", returns=("address",))
        factory = self._multicall.try_read([games], "latest")[0]
        if factory is not None and int(factory[0], 16):
            return Games(self.address, to_checksum_address(factory[0]), self._multicall, self._keeper)
        return Oracle(self.address, self._asked(self.address, "l2Oracle()"), self._multicall)

    def prove(self, withdrawal: Withdrawal, evidence: Evidence) -> bytes:
        """Return the calldata that proves a withdrawal."""
        nodes = evidence.nodes[withdrawal.digest]
        return calldata(PROVE, withdrawal.fields, evidence.output.place, evidence.parts, nodes)

    def _ends(self, withdrawal: Withdrawal, brings: Arrival) -> Iterable[Call]:
        yield single(self.address, "finalizedWithdrawals(bytes32)", withdrawal.digest, returns=("bool",))
        for name in ("successfulMessages", "failedMessages"):
            yield single(self._messenger, f"{name}(bytes32)", brings.message, returns=("bool",))

    def _ended(self, withdrawal: Withdrawal, brings: Arrival, finalised: bool, arrived: bool, failed: bool) -> Progress:
        """Tell what is over; what failed after it was carried out can be tried again at the messenger, by anyone."""
        if arrived or (finalised and not failed):
            return Progress(withdrawal, brings, Step.NOTHING)
        if finalised:
            return Progress(withdrawal, brings, Step.REPLAY, self._messenger, withdrawal.data)
        return Progress(withdrawal, brings, Step.PROVE)

    def _begun(self, one: Progress, data: bytes | None) -> Progress:
        if data is None:
            return one
        step = Step.FINALISE if data else Step.WAIT
        return Progress(one.withdrawal, one.arrival, step, self.address, data)

    def _asked(self, of: str, what: str) -> str:
        (values,) = self._multicall.read([single(of, what, returns=("address",))], "latest")
        return str(to_checksum_address(values[0]))
