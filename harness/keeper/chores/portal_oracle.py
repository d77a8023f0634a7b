"""A portal that trusts outputs which a proposer writes to an oracle, as long as no challenger deletes them."""

from collections.abc import Sequence
from typing import Any, Final

from harness.keeper.abi import Call, calldata
from harness.keeper.chores.look import single
from harness.keeper.chores.rollup import Output
from harness.keeper.chores.withdrawals import WITHDRAWAL, Withdrawal
from harness.keeper.multicall import Multicall

FINALISE: Final = f"finalizeWithdrawalTransaction({WITHDRAWAL})"
OUTPUT: Final = ("bytes32", "uint128", "uint128")


class Oracle:
    """Proofs against outputs of a proposer's; one a withdrawal, whoever made it.

    Args:
        portal: Its address.
        oracle: Where outputs are proposed.
        multicall: The chain's.
    """

    def __init__(self, portal: str, oracle: str, multicall: Multicall) -> None:
        self._portal, self._oracle, self._multicall = portal, oracle, multicall

    def standing(self, withdrawals: Sequence[Withdrawal]) -> list[bytes | None]:
        """Return for each the calldata that carries it out, empty as long as its proof has to age; None without one.

        That it has aged is tried. It stands until its output is another one: as long as that is deleted and there is no
        other, the portal takes no other proof.
        """
        proven = self._multicall.read([self._proof(one) for one in withdrawals], "latest")
        pairs = list(zip(withdrawals, proven, strict=True))
        tries = [call for one, (_, _, place) in pairs for call in self._tries(one, place)]
        answers = self._multicall.try_read(tries, "latest")
        return [self._stands(*pair, answers[2 * i], answers[2 * i + 1]) for i, pair in enumerate(pairs)]

    def outputs(self) -> list[Output]:
        """Return the last one; none where none has been proposed."""
        (count,) = self._multicall.read([single(self._oracle, "nextOutputIndex()")], "latest")
        if not count[0]:
            return []
        place = count[0] - 1
        (found,) = self._multicall.read([self._output(place)], "latest")
        return [Output(place, found[0], found[2])]

    @staticmethod
    def _stands(one: Withdrawal, proof: tuple[Any, ...], output: tuple[Any, ...] | None, tried: Any) -> bytes | None:  # noqa: ANN401
        root, at, _ = proof
        if not at or (output is not None and output[0] != root):
            return None
        return b"" if tried is None else calldata(FINALISE, one.fields)

    def _tries(self, one: Withdrawal, place: int) -> tuple[Call, Call]:
        return self._output(place), single(self._portal, FINALISE, one.fields, returns=())

    def _proof(self, one: Withdrawal) -> Call:
        return single(self._portal, "provenWithdrawals(bytes32)", one.digest, returns=OUTPUT)

    def _output(self, place: int) -> Call:
        return single(self._oracle, "getL2Output(uint256)", place, returns=OUTPUT)
