"""Requests to nodes: counted, repeated where that does no harm, and to the next node where one fails."""

import time
from collections.abc import Sequence
from typing import Any

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential
from web3 import Web3
from web3.types import RPCEndpoint

from harness.errors import MillraceError
from harness.keeper.events import Asked, Emit, nowhere
from harness.node import NodeError

ATTEMPTS = 4
LONGEST_WAIT = 0.5
"""Seconds between two of them."""
TIMEOUT = 3.0
"""Seconds that a keeper's node may take to answer; what comes later is of no use to a block."""


class RpcError(MillraceError):
    """A node has answered that it cannot do what was asked.

    Attributes:
        code: JSON-RPC's.
        data: Whatever stands beside it: what a call reverted with, for instance.
    """

    def __init__(self, method: str, error: dict[str, Any]) -> None:
        self.code, self.data = error.get("code"), error.get("data")
        self.message = str(error.get("message", error))
        super().__init__(f"the node refuses {method}: {self.message}")


class Rpc:
    """One chain's nodes, the preferred one first.

    Args:
        nodes: Connections, each known to serve the chain.
        emit: Hears of every request.
    """

    def __init__(self, nodes: Sequence[Web3], emit: Emit = nowhere) -> None:
        self._nodes, self._emit = tuple(nodes), emit
        self._at = 0

    @property
    def web3(self) -> Web3:
        """The connection in use."""
        return self._nodes[self._at]

    def ask(self, method: str, *parameters: object) -> Any:  # noqa: ANN401 - as many types as there are methods
        """Ask what does no harm to ask twice; where a node fails, ask again, then the next one.

        Raises:
            RpcError: The node refuses.
            NodeError: No node has answered.
        """
        return self._retrying()(self.once, method, *parameters)

    def once(self, method: str, *parameters: object) -> Any:  # noqa: ANN401
        """Ask a single time.

        Raises:
            RpcError: The node refuses.
            NodeError: It has not answered; what was asked may have been done.
        """
        start, outcome = time.perf_counter(), "failed"
        try:
            answer = self.web3.provider.make_request(RPCEndpoint(method), list(parameters))
            if not isinstance(answer, dict) or not ("result" in answer or "error" in answer):
                raise NodeError(f"a node answered {method} with something that is no answer; is the endpoint right?")
            outcome = "error" if answer.get("error") else "ok"
        finally:
            self._emit(Asked(method, time.perf_counter() - start, outcome))
        if answer.get("error"):
            raise RpcError(method, dict(answer["error"]))
        return answer["result"]

    def _retrying(self) -> Retrying:
        return Retrying(
            retry=retry_if_exception_type(NodeError),
            stop=stop_after_attempt(ATTEMPTS),
            wait=wait_random_exponential(0.05, LONGEST_WAIT),
            after=lambda _: self._next(),
            reraise=True,
        )

    def _next(self) -> None:
        self._at = (self._at + 1) % len(self._nodes)
