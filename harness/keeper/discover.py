"""New pools through the factories: by a list of tokens, then by what the factories say, a little at every block.

A pool is taken where one of its tokens is one that cycles begin in, there is enough of that, and the other token is the
chain file's or can be bought, passed on and sold as an honest one. What is taken is tried again every so often, and so
is what was refused: tokens change their minds.
"""

import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from typing import Any, Final, NamedTuple

from harness.chains import Chain
from harness.keeper.abi import Call
from harness.keeper.cursor import Cursor
from harness.keeper.depths import Depths, spaced
from harness.keeper.events import Emit, Excluded, nowhere
from harness.keeper.factories import Factories, Question
from harness.keeper.feeds.place import Place
from harness.keeper.judge import FIRST, LATER, Judge, Verdict
from harness.keeper.multicall import BlockGoneError, CallFailedError, Multicall
from harness.keeper.probe import ProbeError, Prober
from harness.keeper.rpc import Rpc, RpcError
from harness.keeper.troubles import Troubles
from harness.market.legs import NATIVE
from harness.node import NodeError

CONFIRMATIONS: Final = 5
"""Blocks after which what a factory has said is read."""
LONGEST_SPAN: Final = 2_000
"""Blocks whose logs are asked for at once; fewer where that is too much for a node."""
BATCH: Final = 400
"""Views in a request, about."""
AGAIN: Final = 5_000
"""Blocks after which a token is tried again."""
REMEMBERED: Final = 10_000
"""Pools that are too shallow, and as many that were refused, of which the oldest are forgotten."""
SHARE: Final = 1_000
"""What part of the least depth a token is tried with."""
LEAST_TRIAL: Final = 10**12
"""Wei that a token is tried with at least."""


class News(NamedTuple):
    """What has changed: pools taken, and pools that are taken no more, or not at all, with the reason."""

    taken: tuple[Place, ...]
    refused: tuple[Excluded, ...]


@dataclass(slots=True)
class _Round:
    """One call of `work`: what is left of its budget, and what it has brought."""

    block: int
    requests: int
    looked_again: bool = False
    taken: list[Place] = field(default_factory=list)
    refused: list[Excluded] = field(default_factory=list)


class Discovery:
    """Finds pools in the background.

    Args:
        chain: The chain file; its tokens are trusted.
        rpc: Its nodes.
        prober: Tries tokens.
        known: The pools that are watched anyway; through them tokens are bought to try others with.
        price: Returns wei of native coin for a unit of a token, None where that is not known.
        floor: Wei of native coin that a pool must hold of the token that cycles begin in.
        cursor: Where to go on; `Cursor(block)` begins with the logs of that block.
        listed: Checksummed addresses of further tokens whose pools the factories are asked for.
        emit: Hears of pools refused for what their token does.
        requests: The most that a call of `work` asks the node, 3 at least.
        venues: Keys of the venues whose factories are asked; None for all. What the cursor has of others is forgotten.
    """

    def __init__(
        self,
        chain: Chain,
        rpc: Rpc,
        prober: Prober,
        *,
        known: Iterable[Place],
        price: Callable[[str], Fraction | None],
        floor: int,
        cursor: Cursor,
        listed: Iterable[str] = (),
        emit: Emit = nowhere,
        requests: int = LATER,
        venues: Collection[str] | None = None,
    ) -> None:
        self._rpc, self._floor = rpc, floor
        self._emit, self._troubles, self._requests = emit, Troubles(emit), requests
        self._multicall, self._factories = Multicall(rpc, chain.contracts["multicall3"]), Factories(chain, venues)
        wrapped = chain.token(chain.native.wrapped).address
        self._trusted = {token.address for token in chain.tokens.values()} | {NATIVE}
        bases = dict.fromkeys([wrapped, *(chain.token(symbol).address for symbol in chain.profit_tokens)])
        self._depths = Depths(chain, tuple(bases), price)
        self._known = {place.address: place for place in known}
        self._judge = Judge(chain, prober, self._known.values(), max(floor // SHARE, LEAST_TRIAL))
        tokens = sorted({*listed, *self._trusted} - {NATIVE})
        pairs = {frozenset((base, token)): (base, token) for base in bases for token in tokens if token != base}
        self._pairs = deque(pairs.values())
        self._block, self._span = cursor.block, LONGEST_SPAN
        asked = chain.venues if venues is None else venues
        self._verdicts = {place.address: Verdict(place) for place in cursor.taken if place.venue in asked}
        self._shallow = {place.address: place for place in cursor.waiting if place.venue in asked}
        self._fresh: deque[Place] = deque()
        self._deep: deque[Place] = deque()

    @property
    def places(self) -> tuple[Place, ...]:
        """The pools taken."""
        return tuple(verdict.place for verdict in self._verdicts.values() if not verdict.objection)

    @property
    def refused(self) -> Mapping[str, str]:
        """Why pools that are deep enough are not taken, by address."""
        return {address: verdict.objection for address, verdict in self._verdicts.items() if verdict.objection}

    def busy(self, block: int) -> bool:
        """Tell whether there is more to do at a block than to see whether there is anything new."""
        return bool(self._deep or self._fresh or self._pairs) or self._overdue(block) is not None

    @property
    def cursor(self) -> Cursor:
        """Where to go on after a restart."""
        waiting = (*self._shallow.values(), *self._fresh, *self._deep)
        return Cursor(self._block, self.places, waiting[-REMEMBERED:])

    def work(self, block: int, seconds: float) -> News:
        """Go on for so many seconds and requests; whatever a node refuses is tried again the next time.

        Args:
            block: The newest block's number.
            seconds: After these nothing more is begun.
        """
        now, until = _Round(block, self._requests), time.monotonic() + seconds
        try:
            while now.requests > 0 and time.monotonic() < until and self._turn(now):
                pass
            self._troubles.end("probe")
        except ProbeError as error:
            self._troubles.begin("probe", "ProbeError", str(error))
        except (NodeError, RpcError, BlockGoneError, CallFailedError):
            pass  # the request has been told of
        for excluded in now.refused:
            self._emit(excluded)
        return News(tuple(now.taken), tuple(now.refused))

    def _turn(self, now: _Round) -> bool:
        """Do what is next; tell whether there was anything."""
        overdue = self._overdue(now.block)
        if self._deep:
            self._try(self._deep[0], now)
            self._deep.popleft()
        elif self._fresh:
            self._weigh(list(islice(self._fresh, BATCH // 2)), now)
        elif self._pairs:
            self._ask(now)
        elif self._block <= now.block - CONFIRMATIONS:
            self._listen(now)
        elif overdue is not None and now.requests >= LATER:
            self._try(overdue, now)
        elif self._shallow and not now.looked_again:
            now.looked_again = True
            self._weigh(list(islice(self._shallow.values(), BATCH // 2)), now)
        else:
            return False
        return True

    def _overdue(self, block: int) -> Place | None:
        """Return the pool whose token is to be tried again next, if that is due."""
        oldest = next(iter(self._verdicts.values()), None)
        return oldest.place if oldest is not None and oldest.block + AGAIN <= block else None

    def _ask(self, now: _Round) -> None:
        """Ask the factories about the next pairs of tokens."""
        questions: list[Question] = []
        asked = 0
        while asked < len(self._pairs) and len(questions) < BATCH:
            questions += self._factories.questions(*self._pairs[asked])
            asked += 1
        answers = self._read([question.call for question in questions], now)
        found = (question.answered(answer) for question, answer in zip(questions, answers, strict=True))
        self._take(found)
        for _ in range(asked):
            self._pairs.popleft()

    def _listen(self, now: _Round) -> None:
        """Read what the factories have said in the next blocks."""
        last = min(self._block + self._span - 1, now.block - CONFIRMATIONS)
        span = {"fromBlock": hex(self._block), "toBlock": hex(last)}
        now.requests -= 1
        try:
            logs = self._rpc.ask("eth_getLogs", {**self._factories.filter, **span})
        except RpcError:
            self._span = max(1, (last - self._block + 1) // 2)
            raise
        if not isinstance(logs, list):
            raise NodeError("a node answered eth_getLogs with something that is no list of logs")
        self._take(self._factories.told(log) for log in logs)
        self._block, self._span = last + 1, min(LONGEST_SPAN, self._span * 2)

    def _take(self, places: Iterable[Place | None]) -> None:
        """Take in pools of a token that cycles begin in, once each."""
        seen = {place.address for place in (*self._fresh, *self._deep)}
        seen.update(self._known, self._verdicts, self._shallow)
        for place in places:
            if place is not None and place.address not in seen and self._depths.base(place):
                self._fresh.append(place)
                seen.add(place.address)

    def _weigh(self, places: list[Place], now: _Round) -> None:
        """See which pools are deep enough, and read what their factories did not say."""
        answers = iter(self._read([call for place in places for call in self._depths.views(place)], now))
        for place, amount, state in zip(places, answers, answers, strict=False):
            self._shallow.pop(place.address, None)
            if self._depths.worth(place, amount, state) >= max(1, self._floor):
                self._deep.append(spaced(place, state))
            else:
                self._shallow[place.address] = place
            if self._fresh and self._fresh[0] is place:
                self._fresh.popleft()
        for address in list(islice(self._shallow, max(0, len(self._shallow) - REMEMBERED))):
            del self._shallow[address]

    def _read(self, calls: list[Call], now: _Round) -> list[tuple[Any, ...] | None]:
        now.requests -= 1
        return self._multicall.try_read(calls, now.block)

    def _try(self, place: Place, now: _Round) -> None:
        """Judge a pool, and take it or refuse it; one that cannot be judged waits with the shallow ones."""
        before = self._verdicts.get(place.address)
        verdict = self._judged(place, before, now)
        self._verdicts.pop(place.address, None)
        taken = before is not None and not before.objection
        if verdict is None:
            self._shallow[place.address] = place
        else:
            self._verdicts[place.address] = verdict
        objection = "its token cannot be tried there any more" if verdict is None else verdict.objection
        if not objection and not taken:
            now.taken.append(place)
        if objection and (taken or (before is None and verdict is not None)):
            now.refused.append(Excluded(place.address, place.venue, objection))
        self._forget()

    def _judged(self, place: Place, before: Verdict | None, now: _Round) -> Verdict | None:
        """Judge a pool; of a kind on which nothing is tried, by whether its token has been taken elsewhere."""
        base = self._depths.base(place)
        token = place.token1 if base == place.token0 else place.token0
        if token in self._trusted:
            return Verdict(place, now.block)
        if not self._judge.tries(place, base):
            elsewhere = (other for other in self.places if other.address != place.address)
            proven = any(token in (other.token0, other.token1) for other in elsewhere)
            return Verdict(place, now.block) if proven else None
        now.requests -= FIRST if before is None else LATER
        return self._judge.judge(place, base, now.block, before)

    def _forget(self) -> None:
        """Forget the oldest of too many that were refused."""
        refused = list(self.refused)
        for address in refused[: max(0, len(refused) - REMEMBERED)]:
            del self._verdicts[address]
