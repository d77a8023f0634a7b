"""An endpoint that gets what is signed: nobody else gets it, and who is busy has not refused it."""

import pytest
from stubs import Odd, failing, serving

from harness.keeper.endpoint import BUSY, LONGEST, Endpoint, EndpointError


def test_what_is_asked_goes_past_proxies_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(lambda *_: "right") as stub, serving(lambda *_: "wrong") as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert Endpoint(stub.url, 5.0).ask("eth_sendRawTransaction", "0x") == "right"
    assert proxy.requests == []


def test_nobody_can_send_it_on_to_somebody_else() -> None:
    with serving(lambda *_: "wrong") as other, serving(lambda *_: Odd(307, headers={"Location": other.url})) as stub:
        with pytest.raises(EndpointError, match="HTTP 307") as raised:
            Endpoint(stub.url, 5.0).ask("eth_sendRawTransaction", "0x")
        assert not raised.value.refused
    assert (len(stub.requests), other.requests) == (1, [])


def test_who_is_busy_may_have_done_it_all_the_same() -> None:
    reply = Odd(BUSY, failing("too many requests"))
    with serving(lambda *_: reply) as stub, pytest.raises(EndpointError, match="HTTP 429") as raised:
        Endpoint(stub.url, 5.0).ask("eth_sendRawTransaction", "0x")
    assert not raised.value.refused


def test_of_a_long_refusal_the_beginning_is_kept() -> None:
    with serving(lambda *_: failing("no" * LONGEST)) as stub, pytest.raises(EndpointError) as raised:
        Endpoint(stub.url, 5.0).ask("eth_sendRawTransaction", "0x")
    assert raised.value.refused
    assert raised.value.message == "no" * (LONGEST // 2)
