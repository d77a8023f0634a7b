"""A portal that trusts outputs for which a dispute game has been won."""

from collections.abc import Sequence
from itertools import groupby
from typing import Final

from eth_utils.address import to_checksum_address

from harness.keeper.abi import Call, calldata
from harness.keeper.chores.look import single
from harness.keeper.chores.rollup import Output
from harness.keeper.chores.withdrawals import WITHDRAWAL, Withdrawal
from harness.keeper.multicall import Multicall

FINALISE_BY: Final = f"finalizeWithdrawalTransactionExternalProof({WITHDRAWAL},address)"
GAME: Final = "(uint256,bytes32,uint64,bytes32,bytes)"
"""Place, id, second, root and what else it was made with: the number of the rollup's block."""
GAMES: Final = 8
"""Among so many of the last games one is looked for that can be proven against; anybody makes games."""
SUBMITTERS: Final = 4
"""Of so many provers, beside the keeper, it is asked whether their proof has aged."""
LOST: Final = 1
"""A game's status where the challenger has won."""


class Games:
    """Proofs against outputs that dispute games are about; one a withdrawal and prover.

    Args:
        portal: Its address.
        factory: Of the games.
        multicall: The chain's.
        keeper: Who proves: whether there has to be another proof is told by its own.
    """

    def __init__(self, portal: str, factory: str, multicall: Multicall, keeper: str) -> None:
        self._portal, self._factory, self._multicall, self._keeper = portal, factory, multicall, keeper

    def standing(self, withdrawals: Sequence[Withdrawal]) -> list[bytes | None]:
        """Return for each the calldata that carries it out, empty as long as its proof has to age; None without one.

        A proof of the keeper's stands as long as its game does. Anybody's may have aged.
        """
        provers = self._provers(withdrawals)
        asked = [(one, prover) for one, them in zip(withdrawals, provers, strict=True) for prover in them]
        checks = self._multicall.try_read([self._check(*pair) for pair in asked], "latest")
        aged = {one.digest: prover for (one, prover), check in zip(asked, checks, strict=True) if check is not None}
        mine = self._multicall.read([self._proof(one) for one in withdrawals], "latest")
        games = [to_checksum_address(game) if at else "" for game, at in mine]
        rest = [game for game in games if game]
        standing = {game for game, well in zip(rest, self._stand(rest), strict=True) if well}
        waits = [b"" if game in standing else None for game in games]
        return [
            calldata(FINALISE_BY, one.fields, aged[one.digest]) if one.digest in aged else waiting
            for one, waiting in zip(withdrawals, waits, strict=True)
        ]

    def outputs(self) -> list[Output]:
        """Return those of the last games of the kind that counts which stand."""
        asked = [single(self._factory, "gameCount()"), single(self._portal, "respectedGameType()", returns=("uint32",))]
        (count,), (kind,) = self._multicall.read(asked, "latest")
        if not count:
            return []
        signature = "findLatestGames(uint32,uint256,uint256)"
        last = Call(self._factory, signature, (kind, count - 1, GAMES), (f"{GAME}[]",))
        ((games,),) = self._multicall.read([last], "latest")
        stand = self._stand([to_checksum_address(id_[12:]) for _, id_, *_ in games])
        return [
            Output(place, root, int.from_bytes(extra[:32]))
            for (place, _, _, root, extra), well in zip(games, stand, strict=True)
            if well
        ]

    def _provers(self, withdrawals: Sequence[Withdrawal]) -> list[list[str]]:
        """Return for each the first to have proven it, and the keeper."""
        signature = "proofSubmitters(bytes32,uint256)"
        places = [(one, place) for one in withdrawals for place in range(SUBMITTERS)]
        calls = [single(self._portal, signature, one.digest, place, returns=("address",)) for one, place in places]
        answers = iter(self._multicall.try_read(calls, "latest"))
        found = []
        for _, group in groupby(places, key=lambda pair: pair[0].digest):
            first = [to_checksum_address(answer[0]) for _ in group if (answer := next(answers)) is not None]
            found.append(list(dict.fromkeys([self._keeper, *first])))
        return found

    def _stand(self, games: Sequence[str]) -> list[bool]:
        """Tell whether games of a kind that counted still do: made since it does, not barred, not lost."""
        at_least = single(self._portal, "respectedGameTypeUpdatedAt()", returns=("uint64",))
        calls = [call for game in games for call in self._about(game)]
        (since,), *answers = self._multicall.read([at_least, *calls], "latest")
        return [
            created > since and status != LOST and not barred
            for (created,), (status,), (barred,) in zip(answers[::3], answers[1::3], answers[2::3], strict=True)
        ]

    def _about(self, game: str) -> tuple[Call, Call, Call]:
        return (
            single(game, "createdAt()", returns=("uint64",)),
            single(game, "status()", returns=("uint8",)),
            single(self._portal, "disputeGameBlacklist(address)", game, returns=("bool",)),
        )

    def _check(self, one: Withdrawal, prover: str) -> Call:
        return single(self._portal, "checkWithdrawal(bytes32,address)", one.digest, prover, returns=())

    def _proof(self, one: Withdrawal) -> Call:
        signature = "provenWithdrawals(bytes32,address)"
        return single(self._portal, signature, one.digest, self._keeper, returns=("address", "uint64"))
