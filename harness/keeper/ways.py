"""Where a signed transaction goes: nodes, private endpoints and relays, all at once, none waiting for another."""

import re
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from eth_account.messages import encode_defunct
from eth_account.signers.local import LocalAccount
from eth_utils.crypto import keccak

from harness.keeper.endpoint import Endpoint, EndpointError
from harness.keeper.events import Asked, Emit, nowhere
from harness.keeper.transaction import hash_of
from harness.keeper.troubles import Troubles

TIMEOUT = 5.0
"""Seconds after which an endpoint's answer does not count any more."""
PATIENCE = 1.0
"""Seconds that all of them together are waited for."""
AT_ONCE = 2
"""Requests that may hang at one of them."""


class Verdict(StrEnum):
    """What a way says of a transaction."""

    TAKEN = "taken"
    KNOWN = "known"
    NONCE_USED = "nonce-used"
    UNDERPRICED = "underpriced"
    REFUSED = "refused"
    SILENT = "silent"


OURS = (Verdict.TAKEN, Verdict.KNOWN)
"""It has the transaction."""

WORDS = {
    Verdict.UNDERPRICED: r"underpriced|fee ?too ?low|replacement ?not ?allowed|could not replace|own ?nonce|base fee",
    Verdict.NONCE_USED: r"nonce (is )?too low|old ?nonce|nonce for account too low",
    Verdict.KNOWN: r"already ?known|\bknown transaction|already imported|already exists|same hash|already in (the )?me",
}
"""How geth, reth, erigon, nethermind, besu and anvil say it, in lower case; the first that fits."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a way said, in `text` where it refused or failed, and after how many seconds."""

    verdict: Verdict
    text: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Parcel:
    """A signed transaction on its way.

    Attributes:
        raw: Its bytes.
        block: The newest block.
        until: The last block that it is wanted in.
        before: Bytes of somebody's transaction that it has to come right behind; empty for none.
    """

    raw: bytes
    block: int
    until: int
    before: bytes = b""

    @property
    def text(self) -> str:
        """Its bytes as JSON-RPC has them."""
        return "0x" + self.raw.hex()

    @property
    def bundle(self) -> list[str]:
        """The same of all that has to be in a block together, in their order."""
        return ["0x" + self.before.hex(), self.text] if self.before else [self.text]


class Way(Protocol):
    """A place that a transaction can be handed to.

    Attributes:
        name: What metrics and the record call it; no part of a URL.
        where: `node` or `relay`, for troubles.
        method: JSON-RPC's.
        bounded: Whether it keeps a transaction out of blocks after `until`.
        repeated: Whether it has to be told again in every block.
        together: Whether it puts transactions into a block in their order, all or none.
    """

    name: str
    where: str
    method: str
    bounded: bool
    repeated: bool
    together: bool

    def hand(self, parcel: Parcel) -> None:
        """Hand a transaction over, once.

        Raises:
            EndpointError: It refuses, or has not answered.
        """


class Node:
    """A node's public mempool, or any endpoint that takes transactions as a node does."""

    where, method, bounded, repeated, together = "node", "eth_sendRawTransaction", False, False, False

    def __init__(self, name: str, url: str, timeout: float = TIMEOUT) -> None:
        self.name, self._endpoint = name, Endpoint(url, timeout)

    def hand(self, parcel: Parcel) -> None:
        """Hand a transaction over; what answers with another hash has not understood."""
        answer = self._endpoint.ask(self.method, parcel.text)
        if str(answer).lower() != hash_of(parcel.raw):
            raise EndpointError(self._endpoint.shown, "it names another hash than the transaction's", refused=False)


class Private:
    """An endpoint that shows a transaction to builders alone, and to none after its last block."""

    where, method, bounded, repeated, together = "relay", "eth_sendPrivateTransaction", True, False, False

    def __init__(self, name: str, url: str, reputation: LocalAccount | None = None, timeout: float = TIMEOUT) -> None:
        self.name = name
        self._endpoint = Endpoint(url, timeout, lambda body: _signature(reputation, body) if reputation else {})

    def hand(self, parcel: Parcel) -> None:
        """Hand a transaction over for all blocks that it is wanted in."""
        self._endpoint.ask(self.method, {"tx": parcel.text, "maxBlockNumber": hex(parcel.until)})


class Bundles:
    """A relay that takes bundles for one block each, and knows us by a key that is not the keeper's."""

    where, method, bounded, repeated, together = "relay", "eth_sendBundle", True, True, True

    def __init__(self, name: str, url: str, reputation: LocalAccount, timeout: float = TIMEOUT) -> None:
        self.name = name
        self._endpoint = Endpoint(url, timeout, lambda body: _signature(reputation, body))

    def hand(self, parcel: Parcel) -> None:
        """Hand a transaction over as a bundle for the next block, if it is wanted in that."""
        if parcel.block < parcel.until:
            self._endpoint.ask(self.method, {"txs": parcel.bundle, "blockNumber": hex(parcel.block + 1)})


class Ways:
    """All the ways of a chain.

    Args:
        ways: With names of their own.
        emit: Hears of requests, always from the caller's thread.
        patience: Seconds to wait for all of them together.
        troubles: Those of the keeper: with `node` and `relay`. Without them `emit` hears of these too.
    """

    def __init__(
        self,
        ways: Sequence[Way],
        emit: Emit = nowhere,
        patience: float = PATIENCE,
        troubles: Troubles | None = None,
    ) -> None:
        self._ways, self._emit, self._patience = tuple(ways), emit, patience
        self._threads = {way.name: ThreadPoolExecutor(AT_ONCE, f"way-{way.name}") for way in ways}
        self._troubles = troubles or Troubles(emit)
        self.bounded = all(way.bounded for way in ways)

    def hand(self, parcel: Parcel, *, again: bool = False) -> dict[str, Answer]:
        """Hand a transaction to every way at once; who has not answered in time is silent, and may have it.

        One that has to come behind another goes only to those that keep the two together.

        Args:
            parcel: The transaction.
            again: Only to those that have to be told in every block.

        Returns:
            What each said, by its name.
        """
        fit = (way for way in self._ways if way.together or not parcel.before)
        chosen = [way for way in fit if way.repeated or not again]
        asked = [(way, self._threads[way.name].submit(_handed, way, parcel)) for way in chosen]
        wait([future for _, future in asked], self._patience)
        answers = {way.name: _answer(future, self._patience) for way, future in asked}
        for way in chosen:
            self._tell(way, answers[way.name])
        return answers

    def close(self) -> None:
        """Let go of the threads; what hangs ends by itself."""
        for threads in self._threads.values():
            threads.shutdown(wait=False, cancel_futures=True)

    def _tell(self, way: Way, answer: Answer) -> None:
        failed = answer.verdict is Verdict.SILENT
        outcome = "failed" if failed else "ok" if answer.verdict is Verdict.TAKEN else "error"
        self._emit(Asked(way.method, answer.seconds, outcome))
        if failed:
            self._troubles.begin(way.where, answer.verdict, f"{way.name} {answer.text}", way.name)
        else:
            self._troubles.end(way.where, way.name)


def taken(answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """Return the names of the ways that have the transaction."""
    return tuple(name for name, answer in answers.items() if answer.verdict in OURS)


def verdict(message: str) -> Verdict:
    """Return what a node means by its refusal of a transaction."""
    said = message.lower()
    return next((meant for meant, words in WORDS.items() if re.search(words, said)), Verdict.REFUSED)


def _handed(way: Way, parcel: Parcel) -> Answer:
    """Hand over in a thread of the way's own."""
    start = time.perf_counter()
    try:
        way.hand(parcel)
        meant, text = Verdict.TAKEN, ""
    except EndpointError as error:
        meant, text = (verdict(error.message) if error.refused else Verdict.SILENT), str(error)
    return Answer(meant, text, time.perf_counter() - start)


def _answer(future: Future[Answer], patience: float) -> Answer:
    if future.done():
        return future.result()
    began = not future.cancel()
    return Answer(Verdict.SILENT, "takes its time" if began else "is still busy with earlier ones", patience)


def _signature(account: LocalAccount, body: bytes) -> dict[str, str]:
    """Return the header by which relays know us: a signature of the text of the body's hash."""
    text = "0x" + keccak(body).hex()
    signature = account.sign_message(encode_defunct(text=text)).signature
    return {"X-Flashbots-Signature": f"{account.address}:{signature.to_0x_hex()}"}
