"""All pools of a chain as they stand at one block: read once, followed by logs, compared as it runs [K2].

Whatever fails on the way leaves the picture as it was, at the block that it was at.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from harness.chains import Chain
from harness.errors import MillraceError
from harness.keeper.abi import Call
from harness.keeper.blocks import Blocks, RawLog
from harness.keeper.draft import Draft
from harness.keeper.events import Drifted, Emit, Excluded, Reorged, Synced, nowhere
from harness.keeper.feeds.feed import Answer, Held, Steps
from harness.keeper.feeds.place import Place
from harness.keeper.feeds.registry import find
from harness.keeper.feeds.steps import Ask, walk
from harness.keeper.journal import Block, Head, Journal
from harness.keeper.multicall import Multicall
from harness.keeper.rpc import Rpc
from harness.keeper.watchlist import Watchlist
from harness.market.pools.pool import Pool

AGAIN = 50
"""Blocks after which a pool that could not be read is looked at again."""
RETRIED = 4
"""Of those, how many in one block."""


class OutOfStepError(MillraceError):
    """The picture is asked for another block than the one that it stands at."""


class Changes(NamedTuple):
    """What a new head has changed.

    Attributes:
        changed: New states.
        gone: Addresses of pools that are not to be traded on any more.
        depth: How many blocks were undone for it.
    """

    changed: tuple[Pool, ...]
    gone: tuple[str, ...] = ()
    depth: int = 0


class Checked(NamedTuple):
    """What a comparison with the chain has found.

    Attributes:
        changed: States of pools that had drifted, as they are, and of pools that can be read again.
        gone: Addresses of pools that are not to be traded on any more.
        answers: To the calls of others, None for one that failed.
    """

    changed: tuple[Pool, ...]
    gone: tuple[str, ...]
    answers: tuple[Answer, ...]


class Picture:
    """Follows the pools of one chain.

    Args:
        chain: The chain file.
        rpc: Its nodes.
        emit: Hears what happens to the pools.
        places: Pools to follow beside those of the chain file.
    """

    def __init__(self, chain: Chain, rpc: Rpc, emit: Emit = nowhere, places: Iterable[Place] = ()) -> None:
        self._chain, self._emit, self._blocks = chain, emit, Blocks(rpc)
        self.multicall = Multicall(rpc, chain.contracts["multicall3"])
        self._given, self._list = tuple(places), Watchlist(chain)
        self._held: dict[str, Held | None] = {}
        self._journal: Journal | None = None
        self._traded: tuple[str, ...] = ()
        self._turn = 0
        self._looked: dict[str, int] = {}
        self.excluded: dict[str, str] = {}

    @property
    def places(self) -> tuple[Place, ...]:
        """The pools watched, those not traded on among them."""
        return self._list.places

    @property
    def pools(self) -> dict[str, Pool]:
        """All states by address."""
        return {address: held.pool for address, held in self._held.items() if held is not None}

    @property
    def block(self) -> Block:
        """The block that the picture stands at.

        Raises:
            OutOfStepError: It has not been started.
        """
        return self._started().newest

    def start(self, head: Head) -> Changes:
        """Read all pools at a block; the first time find them too.

        Raises:
            PoolMissingError: A pool of the chain file is not there.
            BlockGoneError: The node does not have the block any more.
        """
        if not self._list.by_address:
            found = find(self._chain, self._chain.pools, self._asking(head))
            self._list.add((*found, *self._given))
        draft = self._draft(dict.fromkeys(self._list.by_address, head.number))
        draft.read(self._asking(head), afresh=True)
        self._journal = Journal(Block(head.number, head.hash, head.parent, head.timestamp))
        self._traded = ()
        return self._committed(draft, head)

    def follow(self, head: Head) -> Changes:
        """Bring the picture to a new head, whatever lies between.

        Raises:
            BlockGoneError: The node's chain has become another meanwhile; nothing has changed, ask for the newest.
        """
        journal = self._started()
        way = self._blocks.way(head, journal)
        if way is None:
            return self._anew(head, journal)
        undone = journal.undone(way.ancestor)
        draft = self._draft(dict.fromkeys(undone.unknown, head.number - len(way.path)), undone.states)
        for block, logs in self._blocks.logs(way, self._list.topics):
            draft.hear(block, logs, way.skipped.start)
        draft.stir(head)
        draft.read(self._asking(head))
        if way.skipped:
            self._journal = journal = Journal(Block(way.path[0].number - 1, way.path[0].parent, ""))
        journal.add(way.path[0].parent if way.skipped else way.ancestor, draft.entries)
        journal.lose({address: first for address, first in draft.stale.items() if first < head.number})
        self._traded = tuple(reversed(draft.states))
        if undone.depth:
            self._emit(Reorged(undone.depth, head.number - len(way.path)))
        return self._committed(draft, head, undone.depth)

    def check(self, head: Head, n: int, extra: Sequence[Call] = ()) -> Checked:
        """Compare some pools with the chain, in the same request as what others want to know.

        Args:
            head: The block that the picture stands at.
            n: How many pools in rotation, and at most how many of those that the last block has changed.
            extra: Calls of others.

        Raises:
            OutOfStepError: The picture stands at another block.
            BlockGoneError: The node does not have the block any more.
        """
        journal = self._started()
        if head.hash != journal.newest.hash:
            raise OutOfStepError(f"the picture stands at block {self.block.number}, not {head.number}; follow it first")
        compared, retried = self._due(n)
        jobs: dict[str, Steps[Any]] = {"": _others(extra)}
        for address in compared:
            place, feed = self._list.by_address[address]
            jobs[address] = feed.differs(place, compared[address])
        for address in retried:
            place, feed = self._list.by_address[address]
            jobs[address] = feed.read(place)
        found: dict[str, Any] = walk(jobs, self._asking(head))
        answers = tuple(found.pop(""))
        drifted = [address for address, outcome in found.items() if outcome is True]
        draft = self._draft(dict.fromkeys(drifted, 0))
        draft.take({address: outcome for address, outcome in found.items() if not isinstance(outcome, bool)})
        draft.read(self._asking(head), afresh=True)
        self._looked |= dict.fromkeys(retried, head.number)
        journal.lose(dict.fromkeys(draft.states, 0))
        for address in drifted:
            place = self._list.by_address[address].place
            self._emit(Drifted(place.name, place.venue, head.number))
        changed, gone, _ = self._merged(draft, head)
        return Checked(changed, gone, answers)

    def watch(self, places: Iterable[Place]) -> Changes:
        """Watch more pools from the block on that the picture stands at; those watched already are left alone.

        Raises:
            PoolMissingError: There is no feed for one of them.
            BlockGoneError: The node does not have the block any more; they are read when it is followed further.
        """
        journal = self._started()
        new = dict.fromkeys(self._list.add(places), 0)
        journal.lose(new)
        draft = self._draft(new)
        draft.read(self._asking(journal.newest), afresh=True)
        return self._committed(draft, journal.newest)

    def preview(self, logs: Iterable[RawLog]) -> Changes:
        """Return what logs of the next block would change, of pools `gone` not enough to say it; nothing changes here.

        Raises:
            NodeError: They are no logs.
        """
        draft = self._draft({})
        draft.hear(None, logs, self.block.number + 1, self._chain.due(self.block.timestamp))
        known = (held.pool for address, held in draft.states.items() if held and address not in draft.stale)
        return Changes(tuple(known), tuple(draft.stale))

    def leave(self, addresses: Iterable[str]) -> Changes:
        """Watch pools no more; those that are not watched are passed over."""
        gone = self._list.remove(addresses)
        known = [address for address in gone if self._held.pop(address, None) is not None]
        for address in gone:
            self.excluded.pop(address, None)
            self._looked.pop(address, None)
        self._traded = tuple(address for address in self._traded if address not in gone)
        return Changes((), tuple(known))

    def _started(self) -> Journal:
        if self._journal is None:
            raise OutOfStepError("the picture stands at no block yet; start it first")
        return self._journal

    def _anew(self, head: Head, journal: Journal) -> Changes:
        """Read everything again, where no known block leads to a head."""
        stood = self._blocks.stands(journal.newest)
        changes = self.start(head)
        if stood:
            return changes
        depth = journal.newest.number - journal.oldest.number + 1
        self._emit(Reorged(depth, journal.oldest.number - 1))
        return changes._replace(depth=depth)

    def _draft(self, stale: Mapping[str, int], states: Mapping[str, Held | None] | None = None) -> Draft:
        """Return a draft that begins with some changes; what is watched no more has none."""
        draft, watched = Draft(self._list, self._held), self._list.by_address
        draft.stale |= {address: since for address, since in stale.items() if address in watched}
        draft.states |= {address: held for address, held in (states or {}).items() if address in watched}
        return draft

    def _asking(self, head: Head) -> Ask:
        return lambda calls: self.multicall.try_read(calls, head.hash)

    def _committed(self, draft: Draft, head: Head, depth: int = 0) -> Changes:
        """Make a draft the picture, and say so."""
        changes = self._merged(draft, head, depth)
        self._emit(Synced(head.number, len(changes.changed), len(self._held) - len(self.excluded), len(self.excluded)))
        return changes

    def _merged(self, draft: Draft, head: Head, depth: int = 0) -> Changes:
        """Make a draft the picture; return what it changes."""
        changed, gone = [], []
        for address, held in draft.states.items():
            before = self._held.get(address)
            if held is None:
                gone += [address] if before is not None else []
                continue
            self.excluded.pop(address, None)
            self._looked.pop(address, None)
            if before is None or (held is not before and held.pool != before.pool):
                changed.append(held.pool)
        self._held |= draft.states
        self._exclude(draft, head)
        return Changes(tuple(changed), tuple(gone), depth)

    def _exclude(self, draft: Draft, head: Head) -> None:
        """Note which pools could not be read, and say those of which it was not known."""
        for address, reason in draft.reasons.items():
            self._looked[address] = head.number
            place = self._list.by_address[address].place
            if self.excluded.get(address) != reason:
                self._emit(Excluded(place.name, place.venue, reason))
            self.excluded[address] = reason

    def _due(self, n: int) -> tuple[dict[str, Held], tuple[str, ...]]:
        """Return the pools to compare, and those to look at again."""
        number, order = self.block.number, tuple(self._list.by_address)
        turns = [order[(self._turn + at) % len(order)] for at in range(min(n, len(order)))]
        self._turn += n
        compared = {address: held for address in (*turns, *self._traded[:n]) if (held := self._held.get(address))}
        retried = (address for address, seen in self._looked.items() if number - seen >= AGAIN)
        return compared, tuple(islice(retried, RETRIED))


def _others(calls: Sequence[Call]) -> Steps[Sequence[Answer]]:
    """Ask what others want to know."""
    return (yield calls)
