"""Whether a pool's token may be traded: by a trial, and by whether balances have changed by themselves since then."""

from collections.abc import Iterable
from dataclasses import dataclass

from harness.chains import Chain
from harness.keeper.feeds.place import Place
from harness.keeper.probe import Hop, Prober, hop_on
from harness.keeper.rpc import RpcError

FIRST, LATER = 1, 3
"""Requests that a pool's first trial takes, and each later one at most."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is thought of a pool.

    Attributes:
        place: The pool.
        block: At the end of which block.
        objection: Why it is refused; empty for one that is taken.
        held: Units of its token that it held; -1 where that was not asked.
    """

    place: Place
    block: int = 0
    objection: str = ""
    held: int = -1


class Judge:
    """Tries the tokens of pools.

    Args:
        chain: The chain file.
        prober: Runs the trials.
        known: Pools through which other tokens than wrapped native coin are bought to try with.
        amount: Wei of native coin for a trial.
    """

    def __init__(self, chain: Chain, prober: Prober, known: Iterable[Place], amount: int) -> None:
        self._chain, self._prober, self._amount = chain, prober, amount
        self._known = tuple(known)
        self._wrapped = chain.token(chain.native.wrapped).address

    def tries(self, place: Place, base: str) -> bool:
        """Tell whether there is a way to buy the pool's other token for `base` there."""
        return self._way(place, base) is not None

    def judge(self, place: Place, base: str, block: int, before: Verdict | None = None) -> Verdict | None:
        """Try the pool's other token; None where that says nothing about it.

        Args:
            place: The pool.
            base: Its token that is not tried.
            block: The newest block's number.
            before: What was thought of it.

        Raises:
            ProbeError: The node cannot run a trial.
            NodeError: No node has answered.
        """
        way = self._way(place, base)
        if way is None:
            return None
        trial = self._prober.probe(way, self._amount, block)
        if trial.inconclusive:
            return None
        verdict = Verdict(place, block, trial.objection(), trial.held)
        if verdict.objection or before is None or before.held < 0 or before.block >= block:
            return verdict
        return self._compared(verdict, way[-1].token_out, before)

    def _compared(self, now: Verdict, token: str, before: Verdict) -> Verdict:
        """Object where what the pool holds has changed by itself; where the logs are too many, believe the trial."""
        pool = now.place
        try:
            apart = self._prober.unexplained(token, pool.address, (before.block, before.held), (now.block, now.held))
        except RpcError:
            return now
        said = f"changes balances by itself, here by {apart} units" if apart else ""
        return Verdict(pool, now.block, said, now.held)

    def _way(self, place: Place, base: str) -> list[Hop] | None:
        """Return the hops from wrapped native coin to a pool's other token, or None where there are none."""
        last = hop_on(self._chain, place, base)
        if last is None:
            return None
        if base == self._wrapped:
            return [last]
        firsts = (self._hop_from_wrapped(other) for other in self._known)
        return next(([first, last] for first in firsts if first is not None and first.token_out == base), None)

    def _hop_from_wrapped(self, place: Place) -> Hop | None:
        return hop_on(self._chain, place, self._wrapped) if self._wrapped in (place.token0, place.token1) else None
