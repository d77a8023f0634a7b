"""A connection knows its chain, and no text of it shows a key."""

import traceback
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from eth_typing import URI
from web3 import Web3

from harness.chains import Chain
from harness.node import (
    NodeError,
    Provider,
    WrongChainError,
    connect,
    free_port,
    is_development,
    redact,
    redacted,
    session,
)
from harness.replica import Replica

SECRETS = ("s3cretkey", "hunter2", "alice")


class Refusing(BaseHTTPRequestHandler):
    """Answers every request as a provider does whose key has run out, or with something that is no JSON."""

    status = 429

    def do_POST(self) -> None:
        """Answer."""
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(b"no")

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Babbling(Refusing):
    """Answers, but not with JSON."""

    status = 200


@pytest.fixture(params=[Refusing, Babbling, None], ids=["refuses", "babbles", "is absent"])
def bad_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An endpoint that does not work, with credentials in its URL."""
    server = HTTPServer(("127.0.0.1", 0), request.param or Refusing)
    if request.param:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    else:
        server.server_close()
    yield f"http://alice:hunter2@127.0.0.1:{server.server_port}/v2/s3cretkey?token=s3cretkey"
    if request.param:
        server.shutdown()
        server.server_close()


def assert_silent(error: BaseException) -> None:
    """Fail if the error, or anything that its traceback prints, shows a secret."""
    text = "".join(traceback.format_exception(error)) + repr(error)
    assert not [secret for secret in SECRETS if secret in text]
    assert error.__cause__ is None
    assert error.__context__ is None


def test_a_failure_names_the_host_and_no_secret(ethereum: Chain, bad_url: str) -> None:
    with pytest.raises(NodeError, match=r"^http://127\.0\.0\.1:\d+ did not answer eth_chainId") as caught:
        connect(ethereum, bad_url)
    assert_silent(caught.value)


def test_a_failure_of_a_later_request_names_no_secret_either(bad_url: str) -> None:
    web3 = Web3(Provider(URI(bad_url), exception_retry_configuration=None))
    with pytest.raises(NodeError) as caught:
        web3.eth.get_block("latest")
    assert_silent(caught.value)
    with pytest.raises(NodeError, match="did not answer a batch") as caught, web3.batch_requests() as batch:
        batch.add(web3.eth.get_block("latest"))
        batch.execute()
    assert not [secret for secret in SECRETS if secret in str(caught.value)]


def test_the_status_is_told(ethereum: Chain) -> None:
    server = HTTPServer(("127.0.0.1", 0), Refusing)
    Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    with pytest.raises(NodeError, match="HTTP 429"):
        connect(ethereum, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def test_another_chain_is_refused_with_both_ids(ethereum: Chain, node: Replica) -> None:
    other = ethereum.model_copy(update={"name": "base", "chain_id": 8453})
    said = r"answers with chain id 1, but base has 8453; give an endpoint of base$"
    url = node.url.replace("//", "//alice:hunter2@")
    with pytest.raises(WrongChainError, match=said) as caught:
        connect(other, url)
    assert_silent(caught.value)


def test_the_right_chain_is_connected(ethereum: Chain, node: Replica) -> None:
    web3 = connect(ethereum, node.url)
    assert web3.eth.chain_id == ethereum.chain_id
    assert is_development(web3)


def test_a_proxy_of_the_environment_is_used_and_asked_for_once(
    monkeypatch: pytest.MonkeyPatch, ethereum: Chain, node: Replica
) -> None:
    with HTTPServer(("127.0.0.1", 0), Refusing) as proxy:
        Thread(target=proxy.serve_forever, args=(0.02,), daemon=True).start()
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.server_port}")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", "certificates.pem")
        kept = session("http://node.invalid")
        with pytest.raises(NodeError, match=r"node\.invalid did not answer eth_chainId \(HTTP 429\)"):
            connect(ethereum, "http://node.invalid")
        assert connect(ethereum, node.url).eth.chain_id == ethereum.chain_id
        for name in ("HTTP_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE"):
            monkeypatch.delenv(name)
        assert kept.post("http://node.invalid").status_code == Refusing.status
        assert kept.verify == "certificates.pem"
        proxy.shutdown()


@pytest.mark.parametrize("url", ["ws://alice:hunter2@host/s3cretkey", "s3cretkey", "", "file:///s3cretkey"])
def test_other_schemes_are_refused(ethereum: Chain, url: str) -> None:
    with pytest.raises(
        NodeError, match="no http or https endpoint; give one as --rpc or in ETHEREUM_RPC_URL"
    ) as caught:
        connect(ethereum, url)
    assert not [secret for secret in SECRETS if secret in str(caught.value)]


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://alice:hunter2@eth.example.org/v2/s3cretkey?x=1#y", "https://eth.example.org"),
        ("http://127.0.0.1:8545", "http://127.0.0.1:8545"),
        ("wss://eth.example.org:443/s3cretkey", "wss://eth.example.org:443"),
        ("https://host:s3cretkey/", "an unreadable URL"),
        ("s3cretkey", "an unreadable URL"),
    ],
)
def test_what_is_shown_of_a_url(url: str, shown: str) -> None:
    assert redact(url) == shown


def test_urls_within_a_text_are_redacted() -> None:
    text = 'error for url (https://alice:hunter2@host/s3cretkey), then "wss://host:1/s3cretkey" and more'
    assert redacted(text) == 'error for url (https://host), then "wss://host:1" and more'


def test_a_free_port_can_be_taken() -> None:
    port = free_port()
    with HTTPServer(("127.0.0.1", port), Refusing) as server:
        assert server.server_port == port
