"""What a simulation asks a node, and when an access list pays: the nodes are fakes that note what they are asked."""

from dataclasses import replace
from typing import Any, cast

import pytest

from harness.keeper.access import FRESH, MARGIN, AccessLists
from harness.keeper.heads import Head
from harness.keeper.rpc import RpcError
from harness.keeper.simulate import Called, Simulated, SimulationError, Simulator

KEEPER, EXECUTOR, OTHER = ("0x" + digit * 40 for digit in "123")
HEAD = Head(100, "0x" + "ab" * 32, "0x" + "aa" * 32, 1_000, 1, 0, 1, None)
UNKNOWN = RpcError("eth_simulateV1", {"code": -32601, "message": "method not found"})
AHEAD = {"from": OTHER, "to": OTHER, "data": "0x07"}


class Node:
    """A fake: answers by method, in turn where there are several answers."""

    def __init__(self, **answers: Any) -> None:  # noqa: ANN401
        self.answers = {method: answer if isinstance(answer, list) else [answer] for method, answer in answers.items()}
        self.asked: list[tuple[Any, ...]] = []

    def ask(self, *question: Any) -> Any:  # noqa: ANN401
        """Answer, or fail."""
        self.asked.append(question)
        answers = self.answers[question[0]]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def block(*calls: tuple[int, str], logs: int = 0) -> list[list[dict[str, Any]]]:
    """The outcome of calls, by status and what they return."""
    seen = [{"status": hex(ok), "returnData": back, "gasUsed": "0x64", "logs": [{}] * logs} for ok, back in calls]
    return [[{"calls": seen}]]


def simulator(node: Node, block_time: float = 12) -> Simulator:
    return Simulator(cast(Any, node), KEEPER, EXECUTOR, block_time)


PROFIT = "0x" + (7).to_bytes(32, "big").hex()


@pytest.mark.parametrize(("block_time", "later"), [(12, 12), (1, 1), (0.25, 1), (0, 1)])
def test_it_runs_in_the_next_block_on_top_of_the_newest(block_time: float, later: int) -> None:
    node = Node(eth_simulateV1=block((1, PROFIT)))
    assert simulator(node, block_time).run(b"\x01\x02", HEAD) == Simulated(7, "", 100)
    place = {"number": hex(101), "time": hex(1_000 + later)}
    call = {"from": KEEPER, "to": EXECUTOR, "data": "0x0102", "value": "0x0"}
    asked = {"blockStateCalls": [{"blockOverrides": place, "calls": [call]}]}
    assert node.asked == [("eth_simulateV1", asked, "latest")]


@pytest.mark.parametrize("ours", [HEAD.hash, "0x" + "AB" * 32])
@pytest.mark.parametrize("theirs", [HEAD.hash, "0x" + "AB" * 32])
def test_however_a_hash_is_written_it_is_the_same_block(ours: str, theirs: str) -> None:
    ((answer,),) = block((1, PROFIT))
    node = Node(eth_simulateV1=[[{**answer, "parentHash": theirs}]])
    assert simulator(node).run(b"", replace(HEAD, hash=ours)).profit == 7


def test_money_goes_along() -> None:
    node = Node(eth_simulateV1=block((1, "0x")))
    assert simulator(node).call(OTHER, b"", HEAD, value=9) == Called(b"", "", 100)
    assert node.asked[0][1]["blockStateCalls"][0]["calls"][0]["value"] == "0x9"


@pytest.mark.parametrize("back", ["0x", "0x07", PROFIT + "00"])
def test_what_answers_without_a_profit_is_no_executor(back: str) -> None:
    with pytest.raises(SimulationError, match="is it the executor"):
        simulator(Node(eth_simulateV1=block((1, back)))).run(b"", HEAD)


def test_behind_somebodys_call_ours_is_the_second_and_its_outcome_counts() -> None:
    node = Node(eth_simulateV1=block((0, "0x"), (1, PROFIT)))
    assert simulator(node).run(b"", HEAD, ahead=AHEAD).profit == 7
    first, second = node.asked[0][1]["blockStateCalls"][0]["calls"]
    assert (first, second["to"]) == (AHEAD, EXECUTOR)


def test_a_node_that_runs_one_call_at_a_time_is_not_asked_for_two() -> None:
    node = Node(eth_simulateV1=UNKNOWN, eth_call=PROFIT)
    with pytest.raises(SimulationError, match="one call at a time"):
        simulator(node).run(b"", HEAD, ahead=AHEAD)
    assert [question[0] for question in node.asked] == ["eth_simulateV1"]


@pytest.mark.parametrize(("bound", "where"), [(False, "latest"), (True, "pending")])
def test_without_the_method_it_is_a_call(bound: bool, where: str) -> None:
    node = Node(eth_simulateV1=UNKNOWN, eth_call=PROFIT)
    one = simulator(node)
    assert [one.run(b"\x01", HEAD, bound=bound) for _ in range(2)] == [Simulated(7)] * 2
    call = {"from": KEEPER, "to": EXECUTOR, "data": "0x01", "value": "0x0"}
    assert node.asked[1:] == [("eth_call", call, where)] * 2, "nor is it asked for again"


def test_logs_are_those_of_a_call_on_that_very_block_that_succeeds() -> None:
    node = Node(eth_simulateV1=block((1, "0x"), logs=2))
    assert len(simulator(node).logs(AHEAD, HEAD)) == 2
    ((_, asked, where),) = node.asked
    assert (asked["blockStateCalls"][0]["calls"], where) == ([AHEAD], hex(100))
    assert simulator(Node(eth_simulateV1=block((0, "0x"), logs=2))).logs(AHEAD, HEAD) == []
    with pytest.raises(SimulationError):
        simulator(Node(eth_simulateV1=block((1, "0x"), (1, "0x")))).logs(AHEAD, HEAD)


def test_why_something_was_refused_is_asked_of_the_state_then(built: None) -> None:  # noqa: ARG001 - errors' names
    refused = RpcError("eth_call", {"code": 3, "message": "execution reverted: no", "data": "0x01020304"})
    node = Node(eth_call=refused)
    assert simulator(node).refusal(OTHER, b"\x05", 77) == "unknown error 0x01020304"
    assert node.asked == [("eth_call", {"from": KEEPER, "to": OTHER, "data": "0x05"}, hex(77))]
    assert simulator(Node(eth_call="0x")).refusal(OTHER, b"", 77) == ""


# access lists


LISTED = {"accessList": [{"address": OTHER, "storageKeys": ["0x01"]}]}
FOUND = ((OTHER, ("0x01",)),)


def node(*gas: int, listed: Any = LISTED) -> Node:  # noqa: ANN401
    return Node(eth_createAccessList=listed, eth_estimateGas=[hex(one) for one in gas])


@pytest.mark.parametrize(("saved", "pays"), [(MARGIN - 1, False), (MARGIN, True), (-5_000, False)])
def test_a_list_pays_from_a_margin_on(saved: int, pays: bool) -> None:
    there = node(200_000, 200_000 - saved)
    lists = AccessLists(cast(Any, there), KEEPER)
    lists.learn("shape", EXECUTOR, b"\x01", 10)
    assert lists.known("shape", 10) == (FOUND if pays else ())
    call = {"from": KEEPER, "to": EXECUTOR, "data": "0x01"}
    assert there.asked == [
        ("eth_createAccessList", call, "latest"),
        ("eth_estimateGas", call, "latest"),
        ("eth_estimateGas", {**call, "accessList": LISTED["accessList"]}, "latest"),
    ]


@pytest.mark.parametrize("listed", [{"error": "reverted", **LISTED}, {"accessList": []}, UNKNOWN, None])
def test_what_gave_no_list_is_not_asked_for_again_for_a_while(listed: Any) -> None:  # noqa: ANN401
    there = node(200_000, 1, listed=listed)
    lists = AccessLists(cast(Any, there), KEEPER)
    for number in (10, 9 + FRESH):
        lists.learn("shape", EXECUTOR, b"", number)
        assert lists.known("shape", number) == ()
    assert len(there.asked) == 1
    lists.learn("shape", EXECUTOR, b"", 10 + FRESH)
    assert len(there.asked) == 2


def test_what_is_old_is_neither_used_nor_kept() -> None:
    lists = AccessLists(cast(Any, node(200_000, 1, 200_000, 1)), KEEPER)
    lists.learn("shape", EXECUTOR, b"", 10)
    assert (lists.known("shape", 9 + FRESH), lists.known("shape", 10 + FRESH)) == (FOUND, ())
    lists.learn("other", EXECUTOR, b"", 10 + FRESH)
    assert list(lists._known) == ["other"]
