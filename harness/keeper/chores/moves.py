"""Moves between chains: what lies in the bucket of a deep pool goes to where our pool is shallow, within limits.

SHALLOW: a pool is as deep as what it takes of the token until it pays one percent less. It is shallow where that, with
all that waits for it or is under way to its chain, is less than a share of the depth here. It gets at most that.

NOT TO AND FRO: a unit of money makes no pool deeper by more than a unit, for it takes no more than it has to pay with.
So a pool that was helped is never deeper, by that, than the share of the other; and as the share is below one in either
direction, the keeper there does not find shallow where the money came from.
"""

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from math import ceil

from harness.chains import Chain
from harness.crossings import INJECT, efforts
from harness.errors import MillraceError
from harness.keeper.abi import Call, calldata
from harness.keeper.chores.chore import BPS, RATE_OF, Chore, Group, Task, Trial, Try, View
from harness.keeper.chores.chores import NONSENSE
from harness.keeper.chores.known import Known
from harness.keeper.chores.look import single
from harness.keeper.chores.shore import Shore, Side, UnfitError
from harness.keeper.feeds.place import Place
from harness.keeper.rpc import TIMEOUT, Rpc
from harness.node import connect, redacted

SEND = "sendToOutpost(address,address,uint256,uint256,address)"
DAY = 86_400
PACE = 600
"""Seconds from one look at the other chain to the next."""
LAG = 300
"""Seconds by which the newest blocks of both chains may be apart."""


@dataclass(frozen=True, slots=True)
class Move:
    """A way for reserves, as the operator has set it.

    Attributes:
        token: Symbol of what is moved.
        pool: Name of the pool here whose bucket it comes from.
        kind: The bridge's.
        there: The other chain.
        arrives: The token's symbol there.
        to: Name of the pool there.
        shallow_bps: Share of the depth here below which the pool there is shallow, and up to which it is helped.
        share_bps: The most of the bucket that goes at once.
        most: Units that go at once at most.
        a_day: Units that go in a day at most.
        rest: Seconds from one sending to the next.
        apart_bps: By how much the price there may be another.
    """

    token: str
    pool: str
    kind: str
    there: Chain
    arrives: str
    to: str
    shallow_bps: int
    share_bps: int
    most: int
    a_day: int
    rest: int
    apart_bps: int

    @property
    def target(self) -> str:
        """What it is called, in events and in the record."""
        return f"{self.token} of {self.pool} to {self.to} on {self.there.name}"


@dataclass(frozen=True, slots=True)
class Chance:
    """A move that limits here allow: the most units, what gas may cost of them, and the Unix second."""

    move: Move
    most: int
    gas_share_bps: int
    now: int


class MoveReserves(Chore):
    """Sends to where a pool of ours is shallow, before the bucket is injected here.

    The other chain is asked only when something could be sent. What is too little for the way is left to the pool here.

    Args:
        chain: The chain file.
        rpc: Its nodes.
        reserve: Address of the reserve.
        moves: What the operator allows.
        places: Where the pools of this chain are.
    """

    kind = "move"

    def __init__(
        self, chain: Chain, rpc: Rpc, reserve: str, moves: Sequence[Move], places: Callable[[], Iterable[Place]]
    ) -> None:
        self._chain, self._rpc, self._reserve, self._moves, self._places = chain, rpc, reserve, tuple(moves), places
        self._chances: dict[str, Chance] = {}
        self._again: dict[str, int] = {}

    def asks(self, known: Known) -> list[Group]:  # noqa: ARG002
        """Ask what the buckets hold."""
        return [(bucket,) for _, _, bucket in self._here()]

    def due(self, view: View, now: int) -> list[Task]:
        """Return a task for every move whose bucket, rest and day leave something to be sent."""
        tasks = []
        for move, place, bucket in self._here():
            most = self._most(view, move, place, view.number(bucket))
            if most and now >= self._again.get(move.target, 0):
                token = self._chain.token(move.token).address
                self._chances[move.target] = Chance(move, most, view.policy.gas_share_bps, now)
                reason = f"{most} units could be sent"
                tasks.append(Task(self.kind, move.target, self._reserve, b"", reason, view.worth(token, most)))
        return tasks

    def fit(self, task: Task, trial: Try) -> Task | Trial | None:
        """Look at both chains, and return the sending; None where no pool is shallow, or it would not pay."""
        chance = self._chances[task.target]
        self._again[task.target] = chance.now + PACE
        try:
            fitted = self._fitted(task, chance)
        except MillraceError as error:
            return Trial(None, str(error))
        except NONSENSE as error:
            return Trial(
                None, f"a node here or of {chance.move.there.name} answers with nonsense ({redacted(str(error))})"
            )
        if fitted is None:
            return None
        seen = trial(fitted.to, fitted.data)
        return seen if seen.value is None else fitted

    def _fitted(self, task: Task, chance: Chance) -> Task | None:
        move = chance.move
        there = Shore(move.there, nodes_of(move.there), self._reserve)
        if abs(there.time - chance.now) > LAG:
            apart = f"the newest block of {move.there.name} is {abs(there.time - chance.now)} seconds from this chain's"
            raise UnfitError(f"{apart}: one of the nodes lags, or a sequencer is down")
        far = there.side(move.to, move.arrives)
        waiting = there.waiting(far)
        here = Shore(self._chain, self._rpc, self._reserve)
        near = here.side(move.pool, move.token)
        _require_close(move, near.price, far.price)
        allowed, flying = here.allowed(near.token.address, move.there.chain_id, far.place.address)
        shallow = far.as_of(far.depth + waiting, near.token) + flying
        units = movable(
            deep=near.depth,
            shallow=shallow,
            share_bps=move.shallow_bps,
            most=min(chance.most, allowed),
            least=self._least(chance, near, far),
        )
        if not units:
            return None
        data = calldata(SEND, near.place.address, near.token.address, units, move.there.chain_id, far.place.address)
        reason = f"{units} units: depth, with what is to come, is {shallow} there and {near.depth} here"
        return replace(task, data=data, worth_wei=units * near.rate // RATE_OF, reason=reason)

    def _least(self, chance: Chance, near: Side, far: Side) -> int:
        """Return the units of which gas and data of sending, arriving and injecting are the share that they may be."""
        sending, arriving = efforts(chance.move.kind, up=self._chain.fees.model != "op-stack")
        cost = near.cost(sending) + far.as_of(far.cost(arriving + INJECT), near.token)
        return least_worth(cost, chance.gas_share_bps)

    def _most(self, view: View, move: Move, place: Place, bucket: int) -> int:
        """Return the units that bucket, rest and day allow; of what went to that chain, whatever pool it went to."""
        key = place.address, self._chain.token(move.token).address, move.there.chain_id
        sent = [one for one in view.known.sent if (one.pool, one.token, one.chain_id) == key]
        if any(one.block > view.block - self._blocks(move.rest) for one in sent):
            return 0
        today = sum(one.amount for one in sent if one.block > view.block - self._blocks(DAY))
        return max(0, min(bucket * move.share_bps // BPS, move.most, move.a_day - today))

    def _blocks(self, seconds: int) -> int:
        return ceil(seconds / self._chain.block_time)

    def _here(self) -> list[tuple[Move, Place, Call]]:
        """Return the moves whose pool has been found, with the question what its bucket holds."""
        places = {place.name: place for place in self._places()}
        found = [(move, places[move.pool]) for move in self._moves if move.pool in places]
        view, tokens = "poolBucket(address,address)", self._chain.tokens
        return [
            (move, place, single(self._reserve, view, place.address, tokens[move.token].address))
            for move, place in found
        ]


def movable(*, deep: int, shallow: int, share_bps: int, most: int, least: int) -> int:
    """Return the units to be sent; 0 for none.

    Args:
        deep: Units that the pool here takes until it pays one percent less.
        shallow: The same of the pool there, with all that waits for it or is under way.
        share_bps: How deep, by that of here, the pool there is to be.
        most: The least of all that bounds it from above.
        least: What is not worth its gas.
    """
    units = min(deep * share_bps // BPS - shallow, most)
    return units if units >= max(least, 1) else 0


def least_worth(cost: int, share_bps: int) -> int:
    """Return the least units of which a cost is no more than a share; more than exist where nothing may be spent."""
    return -(-cost * BPS // share_bps) if share_bps else 1 << 256


def nodes_of(chain: Chain) -> Rpc:
    """Connect to another chain by the endpoint in its variable.

    Raises:
        UnfitError: There is none.
        NodeError: It does not answer.
        WrongChainError: It answers for another chain.
    """
    url = os.environ.get(chain.rpc_variable, "")
    if not url:
        raise UnfitError(f"no endpoint of {chain.name}; set {chain.rpc_variable}")
    return Rpc([connect(chain, url, TIMEOUT)])


def _require_close(move: Move, here: Decimal, there: Decimal) -> None:
    if abs(there - here) * BPS > here * move.apart_bps:
        raise UnfitError(
            f"{move.token} is at {here:f} USD in {move.pool} and at {there:f} in {move.to} on {move.there.name}: "
            "the pools are apart, one of them may be bent"
        )
