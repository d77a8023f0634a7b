"""Access lists (EIP-2930), where they save gas: learnt off the hot path, by the shape of a route."""

from collections.abc import Hashable, Mapping
from typing import Any

from harness.keeper.rpc import Rpc, RpcError
from harness.keeper.transaction import AccessList
from harness.node import NodeError

FRESH = 1_000
"""Blocks for which what was learnt holds: whether slots are touched changes slowly."""
MARGIN = 1_000
"""Units of gas that a list has to save."""


class AccessLists:
    """What is known of the routes of one sender.

    Args:
        rpc: The chain's nodes.
        sender: Checksummed address that executes.
        margin: Units of gas that a list has to save to be used.
    """

    def __init__(self, rpc: Rpc, sender: str, margin: int = MARGIN) -> None:
        self._rpc, self._sender, self._margin = rpc, sender, margin
        self._known: dict[Hashable, tuple[int, AccessList]] = {}

    def known(self, shape: Hashable, block: int) -> AccessList:
        """Return the list for a shape of route as learnt; empty where none is known or none pays. No request."""
        learnt, found = self._known.get(shape, (block, ()))
        return found if block < learnt + FRESH else ()

    def learn(self, shape: Hashable, to: str, data: bytes, block: int) -> None:
        """Find out whether a list pays for a call that succeeds now; three requests, or none where it is known."""
        if shape in self._known and block < self._known[shape][0] + FRESH:
            return
        self._known = {key: value for key, value in self._known.items() if block < value[0] + FRESH}
        call = {"from": self._sender, "to": to, "data": "0x" + data.hex()}
        try:
            found = _access_list(self._rpc.ask("eth_createAccessList", call, "latest"))
            self._known[shape] = (block, found if found and self._pays(call, found) else ())
        except (RpcError, NodeError, ValueError):
            self._known[shape] = (block, ())

    def _pays(self, call: Mapping[str, object], found: AccessList) -> bool:
        """Compare the gas of the call without and with the list."""
        listed = [{"address": at, "storageKeys": list(keys)} for at, keys in found]
        without, used = (
            int(self._rpc.ask("eth_estimateGas", asked, "latest"), 16)
            for asked in (call, {**call, "accessList": listed})
        )
        return used + self._margin <= without


def _access_list(answer: Any) -> AccessList:  # noqa: ANN401 - whatever a node says
    """Read a node's list; ValueError where the call failed or the answer is none."""
    try:
        if answer.get("error"):
            raise ValueError(answer["error"])
        return tuple((entry["address"], tuple(entry["storageKeys"])) for entry in answer["accessList"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("no access list") from error
