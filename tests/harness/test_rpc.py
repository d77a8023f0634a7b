"""Several questions in one request: answered as they would be one by one, whatever a node makes of it."""

from collections.abc import Callable, Iterator
from typing import Any

import bad_node as nodes
import pytest
from bad_node import BadNode, Weather, bad_node

from harness import replica
from harness.chains import Chain
from harness.keeper.events import Asked, Event
from harness.keeper.rpc import Rpc, RpcError
from harness.node import NodeError, connect

RICH = "0x" + "1f" * 20
NOBODYS = "0x" + "00" * 32


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    with replica.serve("ethereum") as node:
        node.web3.provider.make_request("anvil_setBalance", [RICH, hex(77)])  # type: ignore[arg-type]
        yield node.url


@pytest.fixture
def node(served: str) -> Iterator[BadNode]:
    with bad_node(served) as it:
        yield it


@pytest.fixture
def rpc(node: BadNode, ethereum: Chain) -> Rpc:
    made = Rpc([connect(ethereum, node.url, 0.5)])
    node.requests = 0
    return made


def asked(rpc: Rpc) -> tuple[Any, Any, Any]:
    """Ask for three things, of which two come along if they can."""
    first, second = (
        rpc.later("eth_getBalance", RICH, "latest"),
        rpc.later("eth_getTransactionReceipt", "0x" + "00" * 32),
    )
    chain = rpc.ask("eth_chainId")
    return chain, first.get(), second.get()


TRUTH = ("0x1", "0x4d", None)


def test_what_comes_along_takes_one_request(node: BadNode, ethereum: Chain) -> None:
    said: list[Event] = []
    rpc = Rpc([connect(ethereum, node.url)], said.append)
    node.requests = 0
    assert asked(rpc) == TRUTH
    assert node.requests == 1
    methods = ("eth_chainId", "eth_getBalance", "eth_getTransactionReceipt")
    assert [(event.method, event.outcome, event.calls) for event in said if isinstance(event, Asked)] == [
        ("batch", "ok", methods)
    ]
    assert node.asked == dict.fromkeys(methods, 1) | {"eth_chainId": 2}, "connecting has asked once"


def test_without_a_next_one_what_was_to_come_along_goes_together(node: BadNode, rpc: Rpc) -> None:
    waiting = [rpc.later("eth_chainId"), rpc.later("eth_getBalance", RICH, "latest")]
    assert [later.get() for later in waiting] == ["0x1", "0x4d"]
    assert [later.get() for later in waiting] == ["0x1", "0x4d"], "it is known now"
    assert node.asked["eth_getBalance"] == 1
    assert node.asked["eth_chainId"] == 2, "connecting has asked once"
    assert node.requests == 1
    assert rpc.ask("eth_chainId") == "0x1"
    assert node.requests == 2


def batches(answer: Callable[[list[dict[str, Any]]], object]) -> Weather:
    """Change what a node answers to batches."""

    def weather(node: BadNode, request: Any) -> bytes:  # noqa: ANN401
        told = node.passed(request)
        return nodes.ok(answer(told) if isinstance(request, list) else told)

    return weather


def batch(weather: Weather) -> Weather:
    """Be bad for batches alone."""
    return lambda node, request: weather(node, request) if isinstance(request, list) else nodes.fair(node, request)


REFUSED = {"jsonrpc": "2.0", "id": None, "error": {"code": -32600, "message": "batches are not supported"}}
LIMITED = {"code": -32005, "message": "rate limit"}
ODD: dict[str, Weather] = {
    "busy": batch(nodes.busy),
    "a page": batch(nodes.page),
    "truncated": batch(nodes.truncated),
    "dropped": batch(nodes.dropped),
    "deaf": batch(nodes.deaf),
    "an object": batches(lambda _: REFUSED),
    "an answer as an object": batches(lambda told: told[0]),
    "a word": batches(lambda _: "no"),
    "nothing": batches(lambda _: None),
    "empty": batches(lambda _: []),
    "one is missing": batches(lambda told: told[:-1]),
    "one too many": batches(lambda told: [*told, told[0]]),
    "one twice": batches(lambda told: [*told[:-1], told[0]]),
    "ids of others": batches(lambda told: [one | {"id": one["id"] + 1} for one in told]),
    "without ids": batches(lambda told: [{"result": one.get("result")} for one in told]),
    "words": batches(lambda _: ["no", "no", "no"]),
    "neither a result nor an error": batches(lambda told: [{"id": one["id"], "error": None} for one in told]),
    "errors": batches(lambda told: [{"id": one["id"], "error": LIMITED} for one in told]),
    "an error first": batches(lambda told: [{"id": told[0]["id"], "error": LIMITED}, *told[1:]]),
    "an error of what comes along": batches(lambda told: [told[0], {"id": told[1]["id"], "error": "no"}, *told[2:]]),
}


@pytest.mark.parametrize("weather", ODD.values(), ids=ODD)
def test_an_odd_answer_to_a_batch_is_not_believed_and_a_node_that_goes_on_so_is_sent_no_more(
    node: BadNode, rpc: Rpc, weather: Weather
) -> None:
    node.weather = weather
    for _ in range(3):
        assert asked(rpc) == TRUTH
    node.requests = 0
    assert asked(rpc) == TRUTH
    assert node.requests == 3, "one by one"


def test_answers_in_another_order_are_told_apart_by_their_ids(node: BadNode, rpc: Rpc) -> None:
    node.weather = batches(lambda told: told[::-1])
    for _ in range(4):
        assert asked(rpc) == TRUTH
    assert node.requests == 4


def test_bad_weather_for_all_requests_is_no_reason_to_send_no_more_batches(
    node: BadNode, rpc: Rpc, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.keeper.rpc.LONGEST_WAIT", 0.01)
    node.weather = nodes.busy
    for _ in range(4):
        with pytest.raises(NodeError):
            asked(rpc)
    node.weather, node.requests = nodes.fair, 0
    assert asked(rpc) == TRUTH
    assert node.requests == 1


def test_two_that_fail_and_one_that_does_not_are_no_reason_either(node: BadNode, rpc: Rpc) -> None:
    for _ in range(3):
        for weather in (ODD["busy"], ODD["busy"], nodes.fair):
            node.weather = weather
            assert asked(rpc) == TRUTH
    node.requests = 0
    assert asked(rpc) == TRUTH
    assert node.requests == 1


def test_what_the_node_really_refuses_is_told_and_batches_go_on(node: BadNode, rpc: Rpc) -> None:
    for _ in range(4):
        later = rpc.later("eth_getBalance", RICH, "latest")
        with pytest.raises(RpcError):
            rpc.ask("eth_nonsense")
        assert later.get() == "0x4d"
        refused = rpc.later("eth_nonsense")
        assert rpc.ask("eth_chainId") == "0x1"
        with pytest.raises(RpcError):
            refused.get()
        node.requests = 0
        assert asked(rpc) == TRUTH
        assert node.requests == 1


def test_what_a_node_refuses_is_not_asked_for_again(node: BadNode, rpc: Rpc) -> None:
    with pytest.raises(RpcError):
        rpc.ask("eth_nothing")
    assert node.requests == 1


def test_the_next_node_is_asked_one_by_one_and_later_in_batches(node: BadNode, served: str, ethereum: Chain) -> None:
    with bad_node(served) as other:
        rpc = Rpc([connect(ethereum, node.url), connect(ethereum, other.url)])
        other.requests, node.weather = 0, nodes.busy
        assert asked(rpc) == TRUTH
        assert other.requests == 3
        assert asked(rpc) == TRUTH
        assert other.requests == 4


def test_an_answer_without_a_result_or_an_error_is_none(node: BadNode, rpc: Rpc) -> None:
    def empty(_node: BadNode, request: Any) -> bytes:  # noqa: ANN401
        return nodes.ok({"jsonrpc": "2.0", "id": request["id"], "error": None})

    node.weather = empty
    with pytest.raises(NodeError, match="no answer"):
        rpc.once("eth_chainId")
    node.weather = lambda _, request: nodes.ok({"jsonrpc": "2.0", "id": request["id"], "error": "away"})
    with pytest.raises(RpcError, match="away"):
        rpc.once("eth_chainId")
