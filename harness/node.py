"""A connection to a node that is sure of its chain and never shows the key in its URL."""

import json
import re
import socket
from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from eth_typing import URI
from requests import Session
from web3 import HTTPProvider, Web3
from web3.types import RPCEndpoint, RPCResponse

from harness.chains import Chain
from harness.errors import MillraceError

TIMEOUT = 30
"""Seconds that a node may take to answer."""

HOSTED = ("http", "https", "ws", "wss", "postgresql", "postgresql+psycopg")
"""Schemes whose URLs name a host; those of alerts, `tgram://` for instance, have a token in its place."""

URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://\S+?(?=[)\]}>\"',.;:]*(?:\s|$))")

Answer = TypeVar("Answer")


class NodeError(MillraceError):
    """A node does not answer, or not as a node; names its host and never its key."""


class WrongChainError(MillraceError):
    """A node answers for another chain than the one asked for; names both ids."""


class UnansweredError(ValueError):
    """A batch was answered with something else than one answer to each of its requests."""


def redact(url: str) -> str:
    """Return scheme, host and port of `url`: what may be shown of an address that can hold a password or a key."""
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an unreadable URL"
    return f"{parts.scheme}://{parts.hostname}{port}" if parts.scheme and parts.hostname else "an unreadable URL"


def redacted(text: str) -> str:
    """Return `text` with every URL in it redacted: to scheme, host and port, or to the scheme alone.

    A URL ends at a blank, less the punctuation before it: a password may have any other character in it.
    """
    return URL.sub(lambda url: redact(url[0]) if url[1].lower() in HOSTED else f"{url[1]}://...", text)


class Provider(HTTPProvider):
    """web3's HTTP provider, whose failures name the host instead of the whole URL."""

    def make_request(self, method: RPCEndpoint, params: Any) -> RPCResponse:  # noqa: ANN401
        """Send one request.

        Raises:
            NodeError: The transport failed.
        """
        return self._shielded(method, lambda: super(Provider, self).make_request(method, params))

    def make_batch_request(self, batch_requests: list[tuple[RPCEndpoint, Any]]) -> list[RPCResponse]:
        """Send several requests as one; return an answer to each, in their order.

        Raises:
            NodeError: The transport failed, or what came back is not one answer to each of them.
        """
        data = self.encode_batch_rpc_request(batch_requests)
        asked = [request["id"] for request in json.loads(data)]

        def send() -> list[RPCResponse]:
            return _in_order(asked, self.decode_rpc_response(self._make_request(RPCEndpoint("batch"), data)))

        return self._shielded("a batch", send)

    def _shielded(self, what: str, send: Callable[[], Answer]) -> Answer:
        """Return what `send` returns; of a failure keep the kind alone, for its text and its cause hold the URL."""
        try:
            return send()
        except (OSError, ValueError) as error:
            failure = _kind(error)
        raise NodeError(
            f"{redact(str(self.endpoint_uri))} did not answer {what} ({failure}); is it up, and the key valid?"
        )


def _in_order(asked: Sequence[int], answer: Any) -> list[RPCResponse]:  # noqa: ANN401 - whatever a node says
    """Return the answers to requests by their ids; ValueError where there is not exactly one to each."""
    try:
        found = [next(item for item in answer if item["id"] == number) for number in asked]
        if len(answer) == len(found) and all("result" in item or item.get("error") for item in found):
            return found
    except (TypeError, KeyError, StopIteration):
        pass
    raise UnansweredError


def _kind(error: Exception) -> str:
    """Name a failure without its text: the HTTP status where there is one, else the exception's class."""
    response = getattr(error, "response", None)
    return type(error).__name__ if response is None else f"HTTP {response.status_code}"


def connect(chain: Chain, url: str, timeout: float = TIMEOUT) -> Web3:
    """Connect to `url` and make sure that it serves `chain`.

    Args:
        chain: The chain expected.
        url: An http or https endpoint, possibly with a key in it.
        timeout: Seconds that it may take to answer.

    Raises:
        NodeError: The URL is not of that kind, or nothing answers there.
        WrongChainError: The node answers for another chain id.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise NodeError(f"{redact(url)} is no http or https endpoint; give one as --rpc or in {chain.rpc_variable}")
    kept = session(url)
    web3 = Web3(
        Provider(URI(url), request_kwargs={"timeout": timeout}, session=kept, exception_retry_configuration=None)
    )
    found = web3.eth.chain_id
    if found != chain.chain_id:
        raise WrongChainError(
            f"{redact(url)} answers with chain id {found}, but {chain.name} has {chain.chain_id}; "
            f"give an endpoint of {chain.name}"
        )
    return web3


def session(url: str) -> Session:
    """Return a session for a URL; what the environment says of proxies and certificates it reads once, and no file."""
    found = Session()
    said = found.merge_environment_settings(url, {}, None, None, None)
    found.proxies, found.verify, found.trust_env = said["proxies"], said["verify"], False
    return found


def is_development(web3: Web3) -> bool:
    """Tell whether the node is an anvil of someone's own, a replica or a fork, rather than a real chain."""
    answer = cast(Any, web3.provider).make_request(RPCEndpoint("anvil_nodeInfo"), [])
    return "result" in answer


def free_port() -> int:
    """Return a TCP port of this machine that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
