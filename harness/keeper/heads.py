"""New blocks, announced over a websocket or asked for: always the newest, once, and what came between is left out."""

import time
from dataclasses import dataclass
from typing import Any, Final

from harness.chains import Chain
from harness.errors import MillraceError
from harness.keeper.announcements import Announcements
from harness.keeper.branch import Branch
from harness.keeper.events import Emit, HeadSeen, nowhere
from harness.keeper.rpc import Rpc, RpcError
from harness.keeper.troubles import Troubles
from harness.node import NodeError, redact

SILENCE: Final = 3
"""Block times without an announcement after which the node is asked, and for which a node may lag."""
GRACE: Final = 1.0
"""Seconds that an announcement may come later than an answer; also the shortest silence."""
AHEAD: Final = 5.0
"""Seconds that a block may be ahead of this machine's clock."""
BEHIND: Final = (120.0, 20)
"""Seconds, and block times, that it may be behind: the longer of the two."""
SHORTEST_STEP, LONGEST_STEP = 0.02, 0.25
"""Seconds between two requests for a block that is due."""
DEVELOPMENT_STEP: Final = 0.05
"""The same at a node whose blocks come when they are told to."""


class BlockUnreadableError(MillraceError):
    """A node answered with something that is no block."""


@dataclass(frozen=True, slots=True)
class Head:
    """A block's header.

    Attributes:
        number: Its number.
        hash: Its hash, 0x and 64 hexadecimal digits.
        parent: Its parent's hash.
        timestamp: Unix seconds.
        base_fee: Wei a unit of gas; 0 on chains that have none.
        gas_used: Units of gas.
        gas_limit: Units of gas.
        transactions: Hashes of what is in it; None where the node does not say.
    """

    number: int
    hash: str
    parent: str
    timestamp: int
    base_fee: int
    gas_used: int
    gas_limit: int
    transactions: frozenset[str] | None


class Heads:
    """The newest block of a chain, again and again.

    A block that is not higher than the last is a reorg where `Branch` says so, and an old answer otherwise. A websocket
    is believed as long as the node itself knows nothing newer; without one the node is asked when a block is due. What
    fails is said, and tried again.

    Args:
        chain: The chain; its block time sets the pace.
        rpc: Its nodes.
        ws: A ws or wss endpoint, possibly with a key in it; None to ask only.
        emit: Hears of heads.
        troubles: Those of the keeper: with `heads`, `node` and `clock`. Without them `emit` hears of these too.

    Attributes:
        newest: The block returned last.
    """

    def __init__(
        self,
        chain: Chain,
        rpc: Rpc,
        ws: str | None = None,
        emit: Emit = nowhere,
        troubles: Troubles | None = None,
    ) -> None:
        self._rpc, self._emit = rpc, emit
        self._block_time = chain.block_time
        self._development = _is_development(rpc)
        self._branch = Branch(0.0 if self._development else SILENCE * chain.block_time)
        self._troubles = troubles or Troubles(emit)
        self._announcements = None if ws is None else Announcements(ws)
        self._where = "" if ws is None else redact(ws)
        longest = DEVELOPMENT_STEP if self._development else LONGEST_STEP
        self._step = min(max(chain.block_time / 40, SHORTEST_STEP), longest)
        self._silence = max(SILENCE * chain.block_time, GRACE)
        self._due = self._seen_at = time.monotonic()
        self._untold: float | None = None
        self.newest: Head | None = None

    def next(self, timeout: float) -> Head | None:
        """Return the newest block as soon as there is one that has not been returned; None after `timeout` seconds."""
        until = time.monotonic() + timeout
        while True:
            head = self._look()
            if head is not None:
                return self._seen(head)
            now = time.monotonic()
            if now >= until:
                return None
            self._wait(min(until, self._due) - now)

    def superseded(self, head: Head) -> bool:
        """Tell whether a block after `head` has been announced; without a websocket nothing is known before `next`."""
        told = None if self._announcements is None else self._announcements.newest
        return told is not None and told.number > head.number

    def close(self) -> None:
        """End the websocket."""
        if self._announcements is not None:
            self._announcements.close()

    def _look(self) -> Head | None:
        """Return a block to go on with, by what was announced or, when it is time, by asking."""
        told = None if self._announcements is None else self._announcements.take()
        if told is not None:
            self._untold = None
            if self.newest is None or told.number > self.newest.number:
                return self._asked("eth_getBlockByHash", told.hash)
            if told.hash != self.newest.hash:
                self._due = 0.0
        self._attend()
        if time.monotonic() < self._due:
            return None
        head = self._asked("eth_getBlockByNumber", "latest")
        if head is not None and self._overheard():
            self._untold = time.monotonic()
        return head

    def _asked(self, method: str, which: str) -> Head | None:
        """Ask for a block; return it if it is to be gone on with, and set the time to ask again if not."""
        try:
            answer = self._rpc.ask(method, which, False)
            head = None if answer is None and which != "latest" else head_of(answer)
        except (NodeError, RpcError, BlockUnreadableError) as error:
            self._troubles.begin("node", type(error).__name__, str(error), "heads")
            self._due = time.monotonic() + LONGEST_STEP
            return None
        self._troubles.end("node", "heads")
        now = time.monotonic()
        self._due = now + self._patience(now)
        taken = head is not None and self._branch.takes(head.number, head.hash, head.parent, now)
        return head if taken else None

    def _patience(self, now: float) -> float:
        """Return the seconds until the node is asked again: longer the longer a block is overdue."""
        if self._development:
            return self._step
        late = now - self._seen_at - self._block_time
        return min(max(self._step, late / 8), max(self._step, self._block_time / 4))

    def _overheard(self) -> bool:
        """Tell whether the websocket has served for so long that it ought to have announced what was asked for."""
        since = None if self._announcements is None else self._announcements.since
        return self.newest is not None and since is not None and time.monotonic() - since > self._silence

    def _attend(self) -> None:
        """Ask at once where the websocket has failed, and renew it where the node knows more than it."""
        if self._announcements is None:
            return
        if self._untold is not None and time.monotonic() - self._untold > GRACE:
            self._untold = None
            self._announcements.renew("silent")
        if trouble := self._announcements.trouble:
            text = f"{self._where} announces no blocks ({trouble}); asking for them meanwhile"
            if self._troubles.begin("heads", trouble, text):
                self._due = 0.0
        else:
            self._troubles.end("heads")

    def _seen(self, head: Head) -> Head:
        self.newest = head
        now = time.monotonic()
        self._seen_at = now
        self._due = now + self._until_next()
        lag = time.time() - head.timestamp
        self._emit(HeadSeen(head.number, head.hash, head.timestamp, lag))
        self._check_clock(lag)
        return head

    def _until_next(self) -> float:
        """Return the seconds until the next block is worth asking for."""
        if self._announcements is not None and not self._announcements.trouble:
            return self._silence if self._untold is None else GRACE
        return self._step if self._development else max(0.0, self._block_time - self._step)

    def _check_clock(self, lag: float) -> None:
        """Say so when clock and chain are apart. A development node's time is its own."""
        if self._development:
            return
        if lag < -AHEAD or lag > max(BEHIND[0], BEHIND[1] * self._block_time):
            text = f"the newest block is {lag:.0f} s old by this machine's clock; set the clock, or mend the node"
            self._troubles.begin("clock", "ahead" if lag < 0 else "behind", text)
        else:
            self._troubles.end("clock")

    def _wait(self, seconds: float) -> None:
        if self._announcements is None:
            time.sleep(max(0.0, seconds))
        else:
            self._announcements.news.wait(max(0.0, seconds))


def head_of(block: Any) -> Head:  # noqa: ANN401 - whatever a node answers with
    """Read a block as nodes send it.

    Raises:
        BlockUnreadableError: It is none.
    """
    try:
        hashes = block["transactions"]
        known = isinstance(hashes, list) and all(isinstance(item, str) for item in hashes)
        numbers = (int(block[key], 16) for key in ("timestamp", "gasUsed", "gasLimit"))
        timestamp, gas_used, gas_limit = numbers
        return Head(
            number=int(block["number"], 16),
            hash=_hash(block["hash"]),
            parent=_hash(block["parentHash"]),
            timestamp=timestamp,
            base_fee=int(block.get("baseFeePerGas") or "0x0", 16),
            gas_used=gas_used,
            gas_limit=gas_limit,
            transactions=frozenset(hashes) if known else None,
        )
    except (AttributeError, KeyError, TypeError, ValueError):
        raise BlockUnreadableError("a node answered with something that is no block; is the endpoint right?") from None


def _hash(value: str) -> str:
    if len(bytes.fromhex(value.removeprefix("0x"))) != 32:  # noqa: PLR2004 - bytes of a hash
        raise ValueError
    return value


def _is_development(rpc: Rpc) -> bool:
    """Tell whether the node is somebody's own anvil, whose blocks come when they are told to."""
    try:
        return rpc.once("anvil_nodeInfo") is not None
    except (NodeError, RpcError):
        return False
