"""Requests to nodes: counted, several in one, repeated where that does no harm, to the next node where one fails."""

import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_random_exponential
from web3 import Web3
from web3.types import RPCEndpoint

from harness.errors import MillraceError
from harness.keeper.events import Asked, Emit, nowhere
from harness.node import NodeError, Provider

ATTEMPTS = 4
LONGEST_WAIT = 0.5
"""Seconds between two of them."""
TIMEOUT = 3.0
"""Seconds that a keeper's node may take to answer; what comes later is of no use to a block."""
BATCH = "batch"
"""What a request is called that asks for several answers."""
REFUSALS = 3
"""So many batches in a row have to fail, each time where a request alone does not, until a node is sent no more."""


class RpcError(MillraceError):
    """A node has answered that it cannot do what was asked.

    Attributes:
        code: JSON-RPC's.
        data: Whatever stands beside it: what a call reverted with, for instance.
    """

    def __init__(self, method: str, error: object) -> None:
        told = error if isinstance(error, dict) else {}
        self.code, self.data = told.get("code"), told.get("data")
        self.message = str(told.get("message", error))
        super().__init__(f"the node refuses {method}: {self.message}")


class Question(NamedTuple):
    """A request: JSON-RPC's method and parameters."""

    method: str
    parameters: tuple[object, ...]


class Later:
    """An answer that comes along with the next one; where it did not, or is an error, it is asked for when wanted.

    Args:
        rpc: Who asks.
        question: For what.
    """

    def __init__(self, rpc: "Rpc", question: Question) -> None:
        self.question, self._rpc = question, rpc
        self._come: tuple[Any, ...] = ()

    def come(self, answer: object) -> None:
        """Take in the answer."""
        self._come = (answer,)

    def get(self) -> Any:  # noqa: ANN401
        """Return the answer.

        Raises:
            RpcError: The node refuses.
            NodeError: No node has answered.
        """
        if not self._come:
            self.come(self._rpc.hurry(self))
        return self._come[0]


class Rpc:
    """One chain's nodes, the preferred one first.

    Args:
        nodes: Connections, each known to serve the chain.
        emit: Hears of every request.
    """

    def __init__(self, nodes: Sequence[Web3], emit: Emit = nowhere) -> None:
        self._nodes, self._emit = tuple(nodes), emit
        self._at = 0
        self._later: list[Later] = []
        self._refusals = Counter[int]()

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
        return self._retrying()(self._asked, Question(method, parameters))

    def later(self, method: str, *parameters: object) -> Later:
        """Have an answer come along with the next that is asked for: in one request, if the node allows."""
        later = Later(self, Question(method, parameters))
        self._later.append(later)
        return later

    def hurry(self, later: Later) -> Any:  # noqa: ANN401
        """Ask now for what has not come along, as `ask` does."""
        self._later = [other for other in self._later if other is not later]
        return self.ask(later.question.method, *later.question.parameters)

    def once(self, method: str, *parameters: object) -> Any:  # noqa: ANN401
        """Ask a single time.

        Raises:
            RpcError: The node refuses.
            NodeError: It has not answered; what was asked may have been done.
        """
        start, outcome = time.perf_counter(), "failed"
        try:
            answer = self.web3.provider.make_request(RPCEndpoint(method), list(parameters))
            if not isinstance(answer, dict) or not ("result" in answer or answer.get("error")):
                raise NodeError(f"a node answered {method} with something that is no answer; is the endpoint right?")
            outcome = "error" if answer.get("error") else "ok"
        finally:
            self._emit(Asked(method, time.perf_counter() - start, outcome))
        if answer.get("error"):
            raise RpcError(method, answer["error"])
        return answer["result"]

    def _asked(self, question: Question) -> Any:  # noqa: ANN401
        """Ask a single time, with what is to come along; where not all of it does, the question is asked alone."""
        along, self._later = self._later, []
        if not along or self._refusals[self._at] >= REFUSALS:
            return self.once(question.method, *question.parameters)
        first, *others = self._together([question, *(later.question for later in along)])
        for later, answer in zip(along, others, strict=True):
            if answer:
                later.come(*answer)
        answer = first[0] if first else self.once(question.method, *question.parameters)
        self._refusals[self._at] = 0 if first and all(others) else self._refusals[self._at] + 1
        return answer

    def _together(self, questions: Sequence[Question]) -> list[tuple[Any, ...]]:
        """Ask for several answers in one request; return each in a tuple of its own, which is empty where it failed."""
        methods = tuple(question.method for question in questions)
        start, outcome = time.perf_counter(), "failed"
        try:
            sent = [(RPCEndpoint(question.method), list(question.parameters)) for question in questions]
            answers = cast(Provider, self.web3.provider).make_batch_request(sent)
            outcome = "error" if any(answer.get("error") for answer in answers) else "ok"
        except NodeError:
            return [() for _ in questions]
        finally:
            self._emit(Asked(BATCH, time.perf_counter() - start, outcome, methods))
        return [() if answer.get("error") else (answer["result"],) for answer in answers]

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
