"""Pools found while a keeper runs: looked for between blocks, watched and traded on; the record knows how far."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from harness.keeper.cursor import Cursor, CursorError
from harness.keeper.discover import Discovery
from harness.keeper.events import Emit, nowhere
from harness.keeper.feeds.place import Place
from harness.keeper.heads import Head
from harness.keeper.loop import Keeper, terms_of
from harness.keeper.probe import Prober
from harness.keeper.rpc import Rpc
from harness.keeper.troubles import Troubles
from harness.market.costs import market_price
from harness.store import Store

LONGEST: Final = 1.0
"""Seconds for which it works after a block, or a quarter of the time to the next one where that is less."""
REQUESTS: Final = 5
"""To the node after a block: to read what factories say, to look again, and to try one token."""
EVERY: Final = 10
"""Blocks from one look to the next where there is nothing left to do but to look."""
NOTED: Final = 100
"""Blocks after which the record is told how far it has come, where nothing was found."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for.

    Attributes:
        factories: Keys of the venues whose factories are asked.
        floor: Wei of native coin that a pool must hold of the token that cycles begin in.
        tokens: Checksummed addresses of tokens whose pools are asked for beside those of the chain file's.
    """

    factories: tuple[str, ...]
    floor: int
    tokens: tuple[str, ...] = ()


class Scout:
    """Has a keeper trade on what discovery takes, and leave what it takes no more.

    Args:
        keeper: Whose pools these are.
        rpc: The chain's nodes.
        store: The record.
        address: Checksummed address in whose name tokens are tried.
        search: What is looked for.
        emit: Hears what is refused.
    """

    def __init__(
        self, keeper: Keeper, rpc: Rpc, store: Store, *, address: str, search: Search, emit: Emit = nowhere
    ) -> None:
        self._keeper, self._rpc, self._address, self._store = keeper, rpc, address, store
        self._search, self._emit, self._troubles = search, emit, Troubles(emit)
        self._seconds = min(LONGEST, keeper.chain.block_time / 4)
        self._discovery: Discovery | None = None
        self._looked = self._noted = -NOTED

    def work(self, head: Head) -> None:
        """Go on for a while, once the keeper has started; what was found before comes first.

        Raises:
            StoreError: The record is in trouble.
            NodeError: No node has answered for a pool that was found; it is read with the next block.
        """
        if self._discovery is None:
            self._discovery = self._begun(head)
            self._take(self._discovery.places)
        elif not self._discovery.busy(head.number) and 0 <= head.number - self._looked < EVERY:
            return
        self._looked = head.number
        news = self._discovery.work(head.number, self._seconds)
        if any(news) or not 0 <= head.number - self._noted < NOTED:
            self._store.keep_cursor(self._keeper.chain.chain_id, self._discovery.cursor.dump())
            self._noted = head.number
            self._troubles.end("discovery")
        self._leave(excluded.pool for excluded in news.refused)
        self._take(news.taken)

    def _begun(self, head: Head) -> Discovery:
        keeper, search = self._keeper, self._search
        return Discovery(
            keeper.chain,
            self._rpc,
            Prober(keeper.chain, self._rpc, keeper.executor, self._address),
            known=keeper.picture.places,
            price=self._price,
            floor=search.floor,
            cursor=self._cursor(head),
            listed=search.tokens,
            emit=self._emit,
            requests=REQUESTS,
            venues=search.factories,
        )

    def _cursor(self, head: Head) -> Cursor:
        """Return how far it had come; the newest block where it has not begun, or what stands there is no cursor."""
        text = self._store.cursor(self._keeper.chain.chain_id)
        try:
            return Cursor(head.number) if text is None else Cursor.load(text)
        except CursorError as error:
            self._troubles.begin("discovery", "CursorError", str(error))
            return Cursor(head.number)

    def _take(self, places: Iterable[Place]) -> None:
        """Let pools be traded on; those that cannot be read now are read when the next block is followed."""
        keeper, new = self._keeper, tuple(places)
        if not new:
            return
        keeper.market.allow(terms_of(keeper.chain, new))
        try:
            changes = keeper.picture.watch(new)
            keeper.market.update(changes.changed, changes.gone)
        finally:
            keeper.gate.watch(place.address for place in keeper.picture.places)

    def _leave(self, addresses: Iterable[str]) -> None:
        keeper = self._keeper
        changes = keeper.picture.leave(addresses)
        keeper.market.update((), changes.gone)
        keeper.gate.watch(place.address for place in keeper.picture.places)

    def _price(self, token: str) -> Fraction | None:
        """Return wei of native coin for a unit of a token, by the market."""
        market, native = self._keeper.market, self._keeper.chain.token(self._keeper.chain.native.wrapped).address
        return market_price(token, native, () if token == native else market.between(token, native))
