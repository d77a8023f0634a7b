"""A history of logs is read whole, in about as few requests as a node allows."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness import history
from harness.history import HistoryError, Kind
from harness.keeper.rpc import Rpc, RpcError
from harness.node import NodeError

SOURCE = "0x" + "12" * 20


class Narrow(Rpc):
    """A node, made up, that refuses more blocks at once than it likes, and has a log every 30."""

    def __init__(self, most: int) -> None:
        super().__init__([])
        self.most, self.asked, self.refused = most, 0, 0

    def once(self, method: str, *parameters: Any) -> Any:  # noqa: ANN401
        """Answer, or refuse."""
        first, last = (int(parameters[0][key], 16) for key in ("fromBlock", "toBlock"))
        self.asked += 1
        if last - first >= self.most:
            self.refused += 1
            raise RpcError(method, {"code": -32005, "message": "range too large"})
        return [_raw(block) for block in range(-(-first // 30) * 30, min(last, 6_000) + 1, 30)]


@given(st.integers(0, 5_000), st.integers(0, 700), st.integers(1, 90), st.integers(1, 200))
def test_a_history_has_every_log_once_whatever_a_node_answers_at_once(
    first: int, length: int, most: int, span: int
) -> None:
    read: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "SPAN", span)
        found = history.history(Narrow(most), [SOURCE], [Kind("Seen", ())], (first, first + length), read.append)
        assert [log.block for log in found] == [at for at in range(first, first + length + 1) if at % 30 == 0]
    assert sum(read) == length + 1


YEAR = 15_768_000
"""Blocks of Base."""


@pytest.mark.parametrize(("most", "requests"), [(1 << 60, 12), (1_000_000, 40), (10_000, 2_000), (2_000, 15_000)])
def test_a_year_is_read_in_about_as_few_requests_as_a_node_allows(most: int, requests: int) -> None:
    node = Narrow(most)
    assert len(list(history.history(node, [SOURCE], [Kind("Seen", ())], (1, YEAR)))) == 200
    assert node.asked <= requests
    assert node.refused <= 10 + node.asked // history.PATIENCE


def test_a_node_that_takes_its_time_is_not_asked_for_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "QUICK", 0)
    node = Narrow(1 << 60)
    assert len(list(history.history(node, [SOURCE], [Kind("Seen", ())], (1, 10 * history.SPAN)))) == 200
    assert node.asked == 10


def test_after_no_answer_half_as_much_is_asked_for() -> None:
    class Silent(Rpc):  # a fake: never answers
        def ask(self, method: str, *_parameters: object) -> Any:  # noqa: ANN401
            raise NodeError(f"no node has answered {method}")

    stride = history.Stride()
    for left in (2, 4, 8):
        with pytest.raises(NodeError):
            stride.read(Silent([]), [SOURCE], [], 1, YEAR)
        assert stride.span == history.SPAN // left


def test_a_range_that_a_node_refuses_is_asked_for_in_halves() -> None:
    kind = Kind("Seen", (), ())
    found = history.logs(Narrow(100), [SOURCE], [kind], 10, 1_010)
    assert [log.block for log in found] == list(range(30, 1_011, 30))
    assert history.logs(Narrow(100), [SOURCE], [kind], 5, 4) == []


def test_a_node_that_has_no_logs_at_all_is_named() -> None:
    class Refusing(Rpc):  # a fake: refuses everything
        def once(self, method: str, *_parameters: object) -> Any:  # noqa: ANN401
            raise RpcError(method, {"code": -32601, "message": "method not found"})

    with pytest.raises(HistoryError, match="block 3"):
        history.logs(Refusing([]), [SOURCE], [Kind("Seen", ())], 3, 9)


def _raw(block: int) -> dict[str, Any]:
    topic = "0x" + Kind("Seen", ()).topic.hex()
    return {
        "address": SOURCE.lower(),
        "topics": [topic],
        "data": "0x",
        "blockNumber": hex(block),
        "logIndex": "0x0",
        "transactionHash": "0x" + "00" * 32,
    }
