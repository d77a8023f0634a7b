"""What new blocks change of the pools, kept apart from the picture until all of it is known."""

from collections.abc import Iterable, Mapping
from typing import Any

from harness.keeper.blocks import RawLog
from harness.keeper.feeds.feed import Held, Steps, UnreadableError
from harness.keeper.feeds.steps import Ask, walk
from harness.keeper.journal import Block, Entry, Head
from harness.keeper.watchlist import Watchlist


class Draft:
    """Changes to the states of pools.

    Args:
        watchlist: The pools.
        held: Their states before; None for one that is not known.

    Attributes:
        states: New states; None for a pool that is not known.
        stale: Pools to be read, and the block from which on they are not known.
        entries: For the journal.
        reasons: Why pools could not be read.
    """

    def __init__(self, watchlist: Watchlist, held: Mapping[str, Held | None]) -> None:
        self._list, self._held = watchlist, held
        self.states: dict[str, Held | None] = {}
        self.stale: dict[str, int] = {}
        self.entries: list[Entry] = []
        self.reasons: dict[str, str] = {}
        self._stirred: set[str] = set()

    def now(self, address: str) -> Held | None:
        """Return a pool's state as it is known so far."""
        return self.states[address] if address in self.states else self._held.get(address)

    def hear(self, block: Block | None, logs: Iterable[RawLog], skipped: int, time: int = 0) -> None:
        """Take in a block's logs, in their order; with no block those of all blocks from number `skipped` on.

        Of these `time` is that of their block, if they are of one and it is known.

        Raises:
            NodeError: They are no logs.
        """
        before: dict[str, Held | None] = {}
        number, time = (skipped, time) if block is None else (block.number, block.timestamp)
        for raw in logs:
            found = self._list.of(raw, time)
            if found is None or (address := found[0].place.address) in self.stale:
                continue
            held = self.now(address)
            before.setdefault(address, held)
            after = found[0].after(held, found[1])
            if after is None:
                self.stale[address] = number
            else:
                self.states[address] = after
        if block is not None:
            self.entries.append(Entry(block, before))

    def stir(self, head: Head) -> None:
        """Have those read, at a block, that move by themselves, and those that never have been; age the others."""
        new = self._list.by_address.keys() - self._held if len(self._held) < len(self._list.by_address) else ()
        for address in (*self._list.restless, *new):
            if address not in self.stale:
                self._lost(address, head.number)
                self._stirred.add(address)
        self._age(head)

    def _age(self, head: Head) -> None:
        """Let time pass; what nothing else has changed goes to the front, as if it had changed first."""
        aged: dict[str, Held | None] = {}
        for address in self._list.ageing:
            held = self.now(address)
            if held is None or address in self.stale:
                continue
            place, feed = self._list.by_address[address]
            after = feed.aged(place, held, head.timestamp)
            if after is None:
                self._lost(address, head.number)
            elif after is not held:
                aged[address] = after
        self.states = {address: held for address, held in aged.items() if address not in self.states} | self.states
        self.states |= aged

    def _lost(self, address: str, number: int) -> None:
        """Have a pool read that was known until a block."""
        self.stale[address] = number
        if self.entries:
            self.entries[-1].before.setdefault(address, self.now(address))

    def read(self, ask: Ask, afresh: bool = False) -> None:
        """Read what is stale.

        Args:
            ask: Asks at the block of the draft.
            afresh: Whether what was known is not to be relied on at all.
        """
        jobs: dict[str, Steps[Held]] = {}
        for address in self.stale:
            place, feed = self._list.by_address[address]
            held = None if afresh else self.now(address)
            if held is not None and address in self._stirred:
                jobs[address] = feed.stirred(place, held)
            else:
                jobs[address] = feed.read(place, held)
        self.take(walk(jobs, ask))

    def take(self, found: Mapping[str, Any]) -> None:
        """Take in what was read, or why it could not be."""
        for address, outcome in found.items():
            unread = isinstance(outcome, UnreadableError)
            reason = str(outcome) if unread else outcome.pool.problem()
            self.states[address] = None if reason else outcome
            if reason:
                self.reasons[address] = reason
