"""A rollup of the OP stack as its own node tells of it: what has left it for us, and proofs of that."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from eth_abi.exceptions import DecodingError
from eth_utils.crypto import keccak
from web3.exceptions import Web3Exception

from harness import says
from harness.chains import Chain
from harness.errors import MillraceError
from harness.history import Log, Stride, logs
from harness.keeper.chores.withdrawals import PASSED, PASSER, Withdrawal
from harness.keeper.rpc import TIMEOUT, Rpc, RpcError
from harness.node import WrongChainError, connect, redact, redacted

REQUESTS: Final = 10
"""After so many for logs the rest is left to the next look."""
REREAD: Final = 64
"""Blocks whose logs are asked for again, as they may have become others."""
NONSENSE = (DecodingError, ValueError, TypeError, AttributeError, LookupError)
"""What comes of reading an answer that is none."""


class RollupError(MillraceError):
    """A rollup's node does not do its part; names its host and never its key."""


@dataclass(frozen=True)
class Origin:
    """A rollup that something comes from.

    Attributes:
        chain: Its file.
        url: A node of it that keeps old states, possibly with a key in it.
        reserve: The reserve's address there.
        start: Number of the block there from which the reserve can have sent something.
    """

    chain: Chain
    url: str = field(repr=False)
    reserve: str
    start: int


@dataclass(frozen=True, slots=True)
class Departure:
    """A withdrawal, and the number of the rollup's block that it left in."""

    withdrawal: Withdrawal
    block: int


@dataclass(frozen=True, slots=True)
class Output:
    """What somebody has said on the chain below of a rollup's state.

    Attributes:
        place: Its number there.
        root: What has been said.
        block: Number of the rollup's block that it is said of.
    """

    place: int
    root: bytes
    block: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """That withdrawals are in an output.

    Attributes:
        output: It.
        parts: What its root is the hash of.
        nodes: Of the passer's storage, from its root to the withdrawal, by the digests of those that it has.
    """

    output: Output
    parts: tuple[bytes, bytes, bytes, bytes]
    nodes: dict[bytes, tuple[bytes, ...]]


class Once(Rpc):
    """A node that is asked a single time: the keeper of another chain waits for the answer.

    Attributes:
        asked: How often it has been.
    """

    asked = 0

    def ask(self, method: str, *parameters: object) -> Any:  # noqa: ANN401 - as many types as there are methods
        """Ask, as `once` does."""
        self.asked += 1
        return self.once(method, *parameters)


class Rollup:
    """Follows what the reserve on a rollup sends down. Nothing of it is believed: the portal checks each proof.

    Args:
        origin: The rollup.
        home: Id of the chain below.

    Attributes:
        departures: What has left for there, by the withdrawals' digests.
        behind: Whether blocks are left to be read.
        read: Number of the block up to which has been read.
        newest: Of its newest, when it was asked last.
    """

    def __init__(self, origin: Origin, home: int) -> None:
        self._origin, self._home = origin, home
        self._next = origin.start
        self._stride = Stride()
        self._rpc: Once | None = None
        self.behind, self.read, self.newest = False, origin.start - 1, 0
        self.departures: dict[bytes, Departure] = {}

    def follow(self) -> None:
        """Read on towards the newest block, in a few requests at most.

        Raises:
            RollupError: Its node does not answer, or not as this rollup's.
        """
        with self._shielded():
            rpc = self._connected()
            self.newest = newest = int(rpc.ask("eth_blockNumber"), 16)
            if newest < self._next:  # it lags, or was ahead of its chain
                self._next = self._origin.start
            self.behind, enough = True, rpc.asked + REQUESTS
            while rpc.asked < enough:
                found, last = self._stride.read(rpc, [self._origin.reserve], [says.SENT], self._next, newest)
                for log in found:
                    self._take(rpc, log)
                self.read, self._next = last, last + 1
                if last >= newest:
                    self.behind, self._next = False, max(self._origin.start, newest - REREAD + 1)
                    return

    def evidence(self, outputs: Sequence[Output], wanted: Sequence[Withdrawal]) -> Evidence:
        """Return proofs by the first of these outputs that is as the node has the rollup.

        Raises:
            RollupError: None is; or the node does not answer.
        """
        with self._shielded():
            rpc = self._connected()
            for output in outputs:
                found = self._proven(rpc, output, wanted)
                if found is not None:
                    return found
        raise self._failure("has another state than the last outputs that were proposed say; is it this rollup's?")

    def _take(self, rpc: Rpc, log: Log) -> None:
        """Note the withdrawals of a transaction by which the reserve has sent something here."""
        _pool, _token, chain_id, *_ = says.SENT.read(log)
        if chain_id != self._home:
            return
        for passed in logs(rpc, [PASSER], [PASSED], log.block, log.block):
            if passed.transaction == log.transaction:
                *fields, digest = PASSED.read(passed)
                withdrawal = Withdrawal(*fields)
                if withdrawal.digest != digest:
                    raise ValueError("a withdrawal of another hash")
                self.departures[digest] = Departure(withdrawal, log.block)

    def _proven(self, rpc: Rpc, output: Output, wanted: Sequence[Withdrawal]) -> Evidence | None:
        at = hex(output.block)
        block = rpc.ask("eth_getBlockByNumber", at, False)
        if block is None:
            return None
        found = rpc.ask("eth_getProof", PASSER, ["0x" + one.slot.hex() for one in wanted], at)
        parts = (bytes(32), _word(block["stateRoot"]), _word(found["storageHash"]), _word(block["hash"]))
        if keccak(b"".join(parts)) != output.root:
            return None
        nodes: dict[bytes, tuple[bytes, ...]] = {}
        for one, shown in zip(wanted, found["storageProof"], strict=True):
            if int(shown["value"], 16) == 1:
                nodes[one.digest] = tuple(bytes.fromhex(node.removeprefix("0x")) for node in shown["proof"])
        return Evidence(output, parts, nodes)

    def _connected(self) -> Once:
        """Return the node, having made sure of its chain again."""
        origin = self._origin
        if self._rpc is None:
            self._rpc = Once([connect(origin.chain, origin.url, TIMEOUT)])
        elif int(self._rpc.ask("eth_chainId"), 16) != origin.chain.chain_id:
            raise WrongChainError(f"it answers for another chain than {origin.chain.name}; give an endpoint of it")
        return self._rpc

    @contextmanager
    def _shielded(self) -> Iterator[None]:
        """Make one kind of error of all that a node can do."""
        try:
            yield
        except RollupError:
            raise
        except RpcError as error:
            said = f"refuses: {redacted(error.message)}; it has to keep old states and hand out logs"
        except MillraceError as error:
            said = f"does not do its part: {error}"
        except (*NONSENSE, Web3Exception):
            said = "answers with nonsense"
        else:
            return
        raise self._failure(said)

    def _failure(self, said: str) -> RollupError:
        return RollupError(f"{redact(self._origin.url)}, for {self._origin.chain.name}, {said}")


def _word(text: str) -> bytes:
    return bytes.fromhex(text.removeprefix("0x")).rjust(32, b"\0")
