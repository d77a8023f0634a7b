"""The very calldata against the newest state, before anything is sent."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from eth_abi.abi import decode
from web3 import Web3
from web3.types import RPCEndpoint

from harness.errors import MillraceError
from harness.keeper.abi import calldata, error_name
from harness.keeper.heads import Head
from harness.keeper.rpc import Rpc, RpcError

WORD = 32
REVERTED = 3
"""The code under which nodes answer that a call reverted."""
UNKNOWN_METHOD = (-32601, -32004)
"""The codes under which nodes answer that they do not offer a method."""
UNKNOWN_WORDS = re.compile(
    r"(method|simulate).*(not|n't) (found|support|available|exist|implement|allow)|unsupported method"
)


NONE = "0x" + "00" * 32
"""What nodes give as a block's parent that do not say."""
OUT_OF_ORDER = -38020
"""The code under which nodes answer that a block's number is not above that of its parent."""


class SimulationError(MillraceError):
    """The node could not run a call at all, which says nothing about its outcome."""


class StaleError(SimulationError):
    """The node has another newest block than the one that was decided on, so what was decided is dropped."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a route would do.

    Attributes:
        profit: Units of its token paid to the reserve; None where it would revert.
        error: The contract's error where it would revert, else empty.
        gas: Units of gas; None where the node does not say.
    """

    profit: int | None
    error: str = ""
    gas: int | None = None


@dataclass(frozen=True, slots=True)
class Called:
    """What a call would do: the bytes returned or None, the error where it would revert, and units of gas if known."""

    returned: bytes | None
    error: str = ""
    gas: int | None = None


class Simulator:
    """Runs what one account would send as if it were in the next block: by `eth_simulateV1` where the node has it.

    Args:
        rpc: The chain's nodes.
        keeper: Checksummed address that would send it.
        executor: Checksummed address of the executor.
        block_time: Seconds until the next block.
    """

    def __init__(self, rpc: Rpc, keeper: str, executor: str, block_time: float = 0) -> None:
        self._rpc, self._keeper, self._executor, self._block_time = rpc, keeper, executor, int(block_time)
        self._offered = True

    def run(self, data: bytes, head: Head, *, bound: bool = False, ahead: Mapping[str, str] | None = None) -> Simulated:
        """Run a call of the executor.

        Args:
            data: The very calldata that would be sent.
            head: The newest block, on whose state it runs.
            bound: Whether the route names its parent block, and so can run in the next block alone.
            ahead: A call that goes first, in the same block.

        Raises:
            StaleError: The node's newest block is another by now, as far as it says.
            SimulationError: The node answers with something else than an outcome.
            NodeError: No node has answered.
        """
        called = self.call(self._executor, data, head, bound=bound, ahead=ahead)
        if called.returned is None:
            return Simulated(None, called.error, called.gas)
        if len(called.returned) != WORD:
            raise SimulationError(f"{self._executor} answers without a profit; is it the executor?")
        return Simulated(int.from_bytes(called.returned, "big"), "", called.gas)

    def call(
        self,
        to: str,
        data: bytes,
        head: Head,
        *,
        bound: bool = False,
        value: int = 0,
        ahead: Mapping[str, str] | None = None,
    ) -> Called:
        """Run any call, as `run` does."""
        call = {"from": self._keeper, "to": to, "data": "0x" + data.hex(), "value": hex(value)}
        calls = [call] if ahead is None else [ahead, call]
        if self._offered:
            try:
                answer = self._rpc.ask("eth_simulateV1", self._next_block(head, calls), "latest")
                _require_on(head, answer)
                return _called(answer)
            except RpcError as error:
                if error.code == OUT_OF_ORDER:
                    raise StaleError(f"the node has a newer block than {head.number}; decide on that") from None
                self._offered = not _not_offered(error)
                if self._offered:
                    raise SimulationError(f"the node could not run the call: {error.message}; see its limits") from None
        if ahead is not None:
            raise SimulationError("the node runs one call at a time; give one with eth_simulateV1")
        return self._plain(call, "pending" if bound else "latest")

    def logs(self, call: Mapping[str, str], head: Head) -> Sequence[Mapping[str, Any]]:
        """Return the logs of a call in the next block; none where it reverts.

        Raises:
            SimulationError: The node answers with something else.
            RpcError: It refuses.
            NodeError: No node has answered.
        """
        answer = self._rpc.ask("eth_simulateV1", self._next_block(head, [call]), hex(head.number))
        try:
            (outcome,) = answer[0]["calls"]
            return list(outcome["logs"]) if int(outcome["status"], 16) else []
        except (KeyError, TypeError, ValueError, IndexError, AttributeError):
            raise SimulationError("the node answered a simulation with something else; try another endpoint") from None

    def _next_block(self, head: Head, calls: Sequence[Mapping[str, str]]) -> dict[str, object]:
        """Return a block on top of `head` with calls; told outright, for not every node counts on by itself."""
        place = {"number": hex(head.number + 1), "time": hex(head.timestamp + max(self._block_time, 1))}
        return {"blockStateCalls": [{"blockOverrides": place, "calls": calls}]}

    def refusal(self, to: str, data: bytes, block: int) -> str:
        """Return the error with which a call reverts on the state at the end of a block; empty where it does not."""
        return self._plain({"from": self._keeper, "to": to, "data": "0x" + data.hex()}, hex(block)).error

    def _plain(self, call: dict[str, str], block: str) -> Called:
        try:
            return Called(_unhex(self._rpc.ask("eth_call", call, block)))
        except RpcError as error:
            answer = {"code": error.code, "data": error.data, "message": error.message}
            return Called(None, error_name(revert_data(answer)))


def _called(answer: Any) -> Called:  # noqa: ANN401 - whatever a node says
    """Read the answer to a simulation; the last call is ours.

    Raises:
        SimulationError: It is none.
    """
    try:
        outcome = answer[0]["calls"][-1]
        returned, gas = _unhex(outcome["returnData"]), int(outcome["gasUsed"], 16)
        if int(outcome["status"], 16):
            return Called(returned, "", gas)
        error = outcome.get("error") or {}
        data = returned or _unhex(error.get("data") or "0x")
        return Called(None, error_name(data) if data else str(error.get("message") or error_name(b"")), gas)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise SimulationError("the node answered a simulation with something else; try another endpoint") from None


def _require_on(head: Head, answer: Any) -> None:  # noqa: ANN401 - whatever a node says
    """Refuse what ran on top of another block, where the node says on which it did.

    Raises:
        StaleError: It was another one.
    """
    block = answer[0] if isinstance(answer, list) and answer and isinstance(answer[0], dict) else {}
    if str(block.get("parentHash", NONE)).lower() not in (NONE, head.hash.lower()):
        raise StaleError(f"block {head.number} is not the node's newest any more; decide on that one")


def _not_offered(error: RpcError) -> bool:
    """Tell whether a node says that it does not have the method at all."""
    return error.code in UNKNOWN_METHOD or UNKNOWN_WORDS.search(error.message.lower()) is not None


def _unhex(text: str) -> bytes:
    """Read bytes as nodes write them; SimulationError where they are none."""
    try:
        return bytes.fromhex(text.removeprefix("0x"))
    except (AttributeError, ValueError):
        raise SimulationError("the node answered a call with something else; try another endpoint") from None


def execution(route: bytes) -> bytes:
    """Return the calldata of `execute` for a packed route."""
    return calldata("execute(bytes)", route)


def simulate(web3: Web3, keeper: str, executor: str, data: bytes, block: str = "latest") -> Simulated:
    """Run a call of the executor without sending it.

    Args:
        web3: Connected to the chain.
        keeper: Checksummed address that would send it.
        executor: Checksummed address of the executor.
        data: The very calldata that would be sent.
        block: `latest`, or `pending` for a route that names its parent block, which is the latest only then.

    Raises:
        SimulationError: The node answers with something else than an outcome.
    """
    answer = _ask(web3, "eth_call", {"from": keeper, "to": executor, "data": "0x" + data.hex()}, block)
    error = answer.get("error")
    if error is None:
        return Simulated(int(decode(["uint256"], bytes.fromhex(answer["result"].removeprefix("0x")))[0]))
    return Simulated(None, error_name(revert_data(error)))


def revert_data(error: dict[str, Any]) -> bytes:
    """Return what a call reverted with, from a node's JSON-RPC error.

    Raises:
        SimulationError: It is not the error of a call that reverted.
    """
    data = error.get("data")
    if isinstance(data, dict):
        data = data.get("data")
    if isinstance(data, str) and data.startswith("0x"):
        return bytes.fromhex(data[2:])
    if error.get("code") == REVERTED or "revert" in str(error.get("message", "")):
        return b""
    raise SimulationError(f"the node could not run the call: {error.get('message', error)}; try another endpoint")


def _ask(web3: Web3, method: str, *parameters: object) -> dict[str, Any]:
    """Return the node's whole answer; web3's own calls would hide the revert data of some nodes."""
    return cast(dict[str, Any], web3.provider.make_request(RPCEndpoint(method), list(parameters)))
