"""The pools watched, and whose log is whose."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from harness.chains import Chain
from harness.keeper.feeds.feed import Feed, Held, Log
from harness.keeper.feeds.place import Place
from harness.keeper.feeds.registry import feed_for
from harness.node import NodeError


class Watched(NamedTuple):
    """A pool, and the feed of its family."""

    place: Place
    feed: Feed

    def after(self, held: Held | None, log: Log) -> Held | None:
        """Return the state after a log, or None where the pool is to be read again."""
        if held is None:
            return None
        try:
            return self.feed.heard(self.place, held, log)
        except (ValueError, LookupError):
            return None


class Watchlist:
    """Pools by address, and by the keys of their logs.

    Args:
        chain: The chain file, whose venues have the pools.
    """

    def __init__(self, chain: Chain) -> None:
        self._chain = chain
        self._feeds: dict[tuple[str, str], Feed] = {}
        self._by_key: dict[str, Watched] = {}
        self.by_address: dict[str, Watched] = {}
        self.restless: tuple[str, ...] = ()
        self.ageing: tuple[str, ...] = ()
        self.topics: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[Place, ...]:
        """The pools."""
        return tuple(watched.place for watched in self.by_address.values())

    def add(self, places: Iterable[Place]) -> tuple[str, ...]:
        """Watch pools; return the addresses of those that are new.

        Raises:
            PoolMissingError: There is no feed for one of them.
        """
        new = {place.address: Watched(place, self._feed(place)) for place in places}
        new = {address: watched for address, watched in new.items() if address not in self.by_address}
        self.by_address |= new
        for watched in new.values():
            self._by_key |= dict.fromkeys(watched.feed.keys(watched.place), watched)
        self.restless += tuple(address for address, watched in new.items() if watched.feed.RESTLESS)
        self.ageing += tuple(address for address, watched in new.items() if watched.feed.AGEING)
        self.topics = tuple(sorted({topic for feed in self._feeds.values() for topic in feed.TOPICS}))
        return tuple(new)

    def remove(self, addresses: Iterable[str]) -> tuple[str, ...]:
        """Watch pools no more; return the addresses of those that were watched."""
        gone = {address: self.by_address.pop(address) for address in addresses if address in self.by_address}
        for watched in gone.values():
            for key in watched.feed.keys(watched.place):
                del self._by_key[key]
        self.restless = tuple(address for address in self.restless if address not in gone)
        self.ageing = tuple(address for address in self.ageing if address not in gone)
        return tuple(gone)

    def of(self, raw: Mapping[str, Any], time: int = 0) -> tuple[Watched, Log] | None:
        """Return whose log it is and the log, of a block of that time; None where it is no pool's that is watched.

        Raises:
            NodeError: It is no log.
        """
        try:
            emitter, topics = raw["address"].lower(), raw["topics"]
            watched = self._by_key.get(emitter)
            if watched is None:
                watched = self._by_key.get(emitter + topics[1]) if len(topics) > 1 else None
            if watched is None or topics[0] not in watched.feed.TOPICS:
                return None
            return watched, Log(topics, raw["data"], time)
        except (KeyError, TypeError, IndexError, AttributeError):
            raise NodeError("a node answered eth_getLogs with something that are no logs") from None

    def _feed(self, place: Place) -> Feed:
        key = place.venue, place.family
        if key not in self._feeds:
            self._feeds[key] = feed_for(self._chain, *key)
        return self._feeds[key]
