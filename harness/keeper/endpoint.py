"""One JSON-RPC endpoint that is asked once at a time and never again by itself: a relay, a private node, a signer."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import requests

from harness.errors import MillraceError
from harness.node import redact, redacted

BUSY = 429
LONGEST = 300
"""Characters of somebody else's message that are kept."""


class EndpointError(MillraceError):
    """An endpoint has not done what was asked; names its host and never its key.

    Attributes:
        refused: It has answered that it will not. Otherwise it may have done it all the same.
        message: Its own words, where it has answered.
    """

    def __init__(self, where: str, said: str, *, refused: bool) -> None:
        self.refused, self.message = refused, said
        super().__init__(f"at {where} {'refuses: ' if refused else 'gives no answer: '}{said}")


class Endpoint:
    """Where to ask.

    Args:
        url: An http or https address, possibly with a key in it.
        timeout: Seconds until an answer counts as lost.
        headers: Returns headers for the very bytes of a request.
    """

    def __init__(self, url: str, timeout: float, headers: Callable[[bytes], Mapping[str, str]] = lambda _: {}) -> None:
        self._url, self._timeout, self._headers = url, timeout, headers
        self._session = requests.Session()
        self._session.trust_env = False
        self.shown = redact(url)

    def ask(self, method: str, *parameters: object) -> Any:  # noqa: ANN401 - as many types as there are methods
        """Ask once.

        Raises:
            EndpointError: It refuses, or has not answered.
        """
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(parameters)}).encode()
        status, answer = self._post(body)
        if isinstance(answer, dict) and answer.get("error") and status != BUSY:
            raise EndpointError(self.shown, _message(answer["error"]), refused=True)
        if not isinstance(answer, dict) or "result" not in answer:
            raise EndpointError(self.shown, f"HTTP {status} without a JSON-RPC answer", refused=False)
        return answer["result"]

    def _post(self, body: bytes) -> tuple[int, Any]:
        """Return the status and what was answered, None where that is no JSON."""
        headers = {"Content-Type": "application/json", **self._headers(body)}
        try:
            response = self._session.post(
                self._url, data=body, headers=headers, timeout=self._timeout, allow_redirects=False
            )
            status, text = response.status_code, response.content
        except (requests.RequestException, OSError, ValueError) as error:
            failure = type(error).__name__
        else:
            try:
                return status, json.loads(text)
            except ValueError:
                return status, None
        raise EndpointError(self.shown, failure, refused=False)


def _message(error: object) -> str:
    """Return what an error says, without URLs and at a bearable length."""
    text = error.get("message") if isinstance(error, dict) else error
    return redacted(str(text or error))[:LONGEST]
