"""The very calldata against the newest state, before anything is sent."""

from dataclasses import dataclass
from typing import Any, cast

from eth_abi.abi import decode
from web3 import Web3
from web3.types import RPCEndpoint

from harness.errors import MillraceError
from harness.keeper.abi import calldata, error_name

REVERTED = 3
"""The code under which nodes answer that a call reverted."""


class SimulationError(MillraceError):
    """The node could not run a call at all, which says nothing about its outcome."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """What a route would do.

    Attributes:
        profit: Units of its token paid to the reserve; None where it would revert.
        error: The contract's error where it would revert, else empty.
    """

    profit: int | None
    error: str = ""


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
