"""What there is to see of keepers: their metrics, the record's last lines, reserve and vault on chain."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import urlsplit

from harness import chains
from harness.accounting import ONE_SHARE
from harness.chains import Chain, Token
from harness.errors import MillraceError
from harness.keeper.abi import Call
from harness.keeper.multicall import Multicall
from harness.keeper.reading import EndpointError, Reading, fetch
from harness.node import redact

PERIOD = timedelta(minutes=10)
"""Attempts of so long ago are shown."""

MOST = 20
"""Lines of attempts, and of incidents."""


class Record(Protocol):
    """What the screen reads of the record; `harness.store.Store` has it."""

    def attempts(self, chain_id: int, since: datetime, until: datetime) -> Sequence[tuple[Any, Any]]:
        """Return attempts and their opportunities, the oldest first."""

    def incidents(self, chain_id: int, only_open: bool = False, most: int = 100) -> Sequence[Any]:
        """Return what went wrong, the newest first."""


@dataclass(frozen=True, slots=True)
class Holdings:
    """Reserve and vault at one moment, in whole tokens.

    Attributes:
        reserve: All that the reserve accounts for, by symbol.
        stakers: The stakers' bucket of it, by symbol.
        assets: What the vault's shares are worth together, in the wrapped native coin.
        locked: Profit that the vault has yet to stream, likewise.
        share: What one share is worth, likewise.
    """

    reserve: Mapping[str, Decimal]
    stakers: Mapping[str, Decimal]
    assets: Decimal
    locked: Decimal
    share: Decimal


@dataclass(frozen=True, slots=True)
class Seen:
    """One chain of one keeper, as it was seen last.

    Attributes:
        chain: Its name; empty as long as the endpoint has not answered.
        endpoint: Host and port of the metrics.
        reading: The metrics; None as long as there are none.
        at: Unix time of the reading.
        problems: What cannot be seen at the moment, and why.
        attempts: The record's last ones, in words, the newest first; None without a record.
        incidents: Likewise.
        holdings: None without an endpoint of the chain.
    """

    chain: str
    endpoint: str
    reading: Reading | None = None
    at: float = 0.0
    problems: tuple[str, ...] = ()
    attempts: tuple[str, ...] | None = None
    incidents: tuple[str, ...] | None = None
    holdings: Holdings | None = None


class Watcher:
    """Looks at keepers, again and again; what fails is said, and the last that was seen stays.

    Args:
        urls: Metrics endpoints.
        record: The keepers' database, if it can be reached from here.
        banks: Read reserve and vault of a chain, by its name.
        clock: Unix time.
    """

    def __init__(
        self,
        urls: Sequence[str],
        record: Record | None = None,
        banks: Mapping[str, Callable[[], Holdings]] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._urls, self._record, self._banks, self._clock = urls, record, banks or {}, clock
        self._last: dict[str, tuple[Seen, ...]] = {url: (Seen("", _host(url)),) for url in urls}

    def look(self) -> list[Seen]:
        """Return every chain of every endpoint; raises nothing."""
        return [self._with_more(seen) for url in self._urls for seen in self._metrics(url)]

    def _metrics(self, url: str) -> tuple[Seen, ...]:
        try:
            readings = fetch(url)
        except EndpointError as error:
            self._last[url] = tuple(replace(seen, problems=(str(error),)) for seen in self._last[url])
        else:
            now = self._clock()
            self._last[url] = tuple(Seen(chain, _host(url), reading, now) for chain, reading in readings.items())
        return self._last[url]

    def _with_more(self, seen: Seen) -> Seen:
        """Add what record and chain have; what fails becomes a problem in words."""
        for part in (self._lines, self._money):
            try:
                seen = part(seen)
            except MillraceError as error:
                seen = replace(seen, problems=(*seen.problems, str(error)))
        return seen

    def _lines(self, seen: Seen) -> Seen:
        if self._record is None or seen.chain not in chains.names():
            return seen
        chain, now = chains.load(seen.chain), datetime.fromtimestamp(self._clock(), UTC)
        attempts = self._record.attempts(chain.chain_id, now - PERIOD, now + PERIOD)[-MOST:]
        incidents = self._record.incidents(chain.chain_id, most=MOST)
        return replace(
            seen,
            attempts=tuple(attempt_line(chain, *pair) for pair in reversed(attempts)),
            incidents=tuple(map(incident_line, incidents)),
        )

    def _money(self, seen: Seen) -> Seen:
        bank = self._banks.get(seen.chain)
        return replace(seen, holdings=bank()) if bank else seen


def attempt_line(chain: Chain, attempt: Any, found: Any) -> str:  # noqa: ANN401 - rows of the record
    """Return an attempt in words: its block, what became of it, and what it was to bring or why it did not."""
    symbol = next((name for name, token in chain.tokens.items() if token.address == found.token), "?")
    units = attempt.simulated if attempt.simulated is not None else found.expected
    amount = Decimal(units).scaleb(-chain.tokens[symbol].decimals) if symbol in chain.tokens else units
    return f"{found.block} {attempt.state} {attempt.refusal.split('(')[0] or f'{amount:.6f} {symbol}'}"


def incident_line(incident: Any) -> str:  # noqa: ANN401 - a row of the record
    """Return an incident in words: when, where, what, how often, and whether it goes on."""
    until = "" if incident.until else ", open"
    return f"{incident.since:%H:%M} {incident.where} {incident.kind} ({incident.count}{until})"


def bank(chain: Chain, multicall: Multicall, reserve: str, vault: str) -> Callable[[], Holdings]:
    """Return what reads reserve and vault, in one request.

    Args:
        chain: For its tokens.
        multicall: Of that chain.
        reserve: Checksummed address.
        vault: Checksummed address.
    """
    tokens = {symbol: chain.token(symbol) for symbol in chain.profit_tokens}
    views = ["accounted(address)", "vaultBucket(address)"]
    calls = [Call(reserve, view, (token.address,), ("uint256",)) for view in views for token in tokens.values()]
    calls += [Call(vault, view, (), ("uint256",)) for view in ("totalAssets()", "lockedProfit()")]
    calls += [Call(vault, "convertToAssets(uint256)", (ONE_SHARE,), ("uint256",))]
    native = chain.token(chain.native.wrapped).decimals

    def holdings() -> Holdings:
        units = [int(values[0]) for values in multicall.read(calls, "latest")]
        whole = [
            Decimal(one).scaleb(-token.decimals) for one, token in zip(units, [*tokens.values()] * 2, strict=False)
        ]
        assets, locked, share = (Decimal(one).scaleb(-native) for one in units[-3:])
        reserves = dict(zip(tokens, whole, strict=False))
        return Holdings(reserves, dict(zip(tokens, whole[len(tokens) :], strict=True)), assets, locked, share)

    return holdings


def _whole(tokens: Mapping[str, Token], units: Sequence[int]) -> dict[str, Decimal]:
    pairs = zip(tokens.items(), units, strict=True)
    return {symbol: Decimal(one).scaleb(-token.decimals) for (symbol, token), one in pairs}


def _host(url: str) -> str:
    return redact(url).removeprefix(f"{urlsplit(url).scheme}://")
