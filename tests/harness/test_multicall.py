"""Many views in one request: in what parts they are asked for, what a node may answer; the node is a fake."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from eth_abi.abi import decode, encode

from harness.keeper.abi import Call, Word
from harness.keeper.multicall import BlockGoneError, CallFailedError, Multicall, block_named
from harness.keeper.rpc import Rpc, RpcError
from harness.node import NodeError

MULTICALL, TOKEN = ("0x" + digit * 40 for digit in "12")
HASH = "0x" + "ab" * 32


def calls(count: int) -> list[Call]:
    return [Call(TOKEN, "balanceOf(address)", (f"0x{number:040x}",), ("uint256",)) for number in range(count)]


class Node(Rpc):
    """A fake: Multicall3 that answers every call with the last word that it was asked with; 31 stands in all storage.

    Args:
        refuse: Told of how many calls a request has; what it returns the node refuses with.
        answer: Of a call, by that word: whether it went well, and what it returned.
        instead: What the node answers instead.
    """

    def __init__(
        self,
        refuse: Callable[[int], str] = lambda _: "",
        answer: Callable[[int], tuple[bool, bytes]] = lambda number: (True, encode(["uint256"], [number])),
        instead: object = None,
    ) -> None:
        self._refuse, self._answer, self._instead = refuse, answer, instead
        self.asked: list[tuple[int, object]] = []

    def ask(self, method: str, *parameters: object) -> Any:  # noqa: ANN401 - as JSON-RPC answers
        """Return what the node answers."""
        wanted: list[tuple[str, bool, bytes]] = []
        if method == "eth_call":
            sent = cast(dict[str, str], parameters[0])["data"]
            (wanted,) = decode(["(address,bool,bytes)[]"], bytes.fromhex(sent[10:]))
        self.asked.append((len(wanted), parameters[-1]))
        if message := self._refuse(len(wanted)):
            raise RpcError(method, {"code": -32000, "message": message})
        if self._instead is not None or method != "eth_call":
            return "0x1f" if self._instead is None else self._instead
        found = [self._answer(int.from_bytes(data[-32:])) for _, _, data in wanted]
        return "0x" + encode(["(bool,bytes)[]"], [found]).hex()

    def sizes(self) -> list[int]:
        """How many calls each request had."""
        return [count for count, _ in self.asked]


def read(node: Node, count: int, block: int | str = 5) -> list[tuple[Any, ...] | None]:
    return Multicall(node, MULTICALL).try_read(calls(count), block)


def test_a_request_takes_five_hundred_calls_and_answers_keep_their_order() -> None:
    node = Node()
    assert read(node, 1_001) == [(number,) for number in range(1_001)]
    assert node.sizes() == [500, 500, 1]
    assert read(node, 0) == []
    assert node.sizes() == [500, 500, 1]


@pytest.mark.parametrize("said", ["out of GAS", "execution reverted", "timeout", "response too large", "size limit"])
def test_what_was_too_much_is_halved_down_to_calls_that_fail_alone(said: str) -> None:
    node = Node(refuse=lambda count: said if count > 2 else "")
    assert read(node, 5) == [(number,) for number in range(5)]
    assert node.sizes() == [5, 2, 3, 1, 2]
    never = Node(refuse=lambda _: said)
    assert read(never, 3) == [None] * 3
    assert never.sizes() == [3, 1, 2, 1, 1]


def test_what_is_refused_for_another_reason_is_not_asked_for_in_parts() -> None:
    node = Node(refuse=lambda _: "the method is not allowed")
    with pytest.raises(RpcError, match="not allowed"):
        read(node, 4)
    assert node.sizes() == [4]


@pytest.mark.parametrize("said", ["Header not found", "missing trie node", "unknown block, out of gas"])
def test_a_block_that_a_node_does_not_have_is_no_reason_to_ask_in_parts(said: str) -> None:
    node = Node(refuse=lambda _: said)
    with pytest.raises(BlockGoneError, match="block 5; ask for the newest"):
        read(node, 4)
    assert node.sizes() == [4]
    with pytest.raises(BlockGoneError, match="block 5"):
        Multicall(node, MULTICALL).try_read([Word(TOKEN, 3)], 5)


def test_a_call_that_failed_has_no_values_whatever_it_returned() -> None:
    node = Node(answer=lambda number: (number != 1, encode(["uint256"], [7])))
    assert read(node, 3) == [(7,), None, (7,)]
    with pytest.raises(CallFailedError, match="balanceOf"):
        Multicall(node, MULTICALL).read(calls(3), "latest")


def test_what_has_other_types_than_expected_has_no_values() -> None:
    owner, node = Call(TOKEN, "owner()", (), ("address",)), Node(answer=lambda _: (True, b"\x01"))
    assert Multicall(node, MULTICALL).try_read([owner] * 2, 5) == [None, None]


@pytest.mark.parametrize(
    "instead", ["0x" + encode(["(bool,bytes)[]"], [[(True, b"")] * 2]).hex(), "0x12", "none", 5, {"a": 1}]
)
def test_what_is_no_answer_of_multicall3_is_the_nodes_fault(instead: object) -> None:
    with pytest.raises(NodeError, match="no answer of Multicall3's"):
        read(Node(instead=instead), 3)


def test_where_there_is_no_multicall3_its_address_is_said() -> None:
    with pytest.raises(CallFailedError, match=f"no Multicall3 at {MULTICALL}"):
        read(Node(instead="0x"), 1)


def test_words_of_storage_stand_between_the_answers_of_calls() -> None:
    (first, last), word, node = calls(2), Word(TOKEN, 3), Node()
    assert Multicall(node, MULTICALL).try_read([first, word, last], 5) == [(0,), (31,), (1,)]
    assert node.asked == [(2, "0x5"), (0, "0x5")]
    assert Multicall(Node(refuse=lambda _: "no storage here"), MULTICALL).try_read([word], 5) == [None]
    with pytest.raises(NodeError, match="no word"):
        Multicall(Node(instead="none"), MULTICALL).try_read([word], 5)


@pytest.mark.parametrize(("block", "named"), [(26, "0x1a"), (HASH, {"blockHash": HASH}), ("latest", "latest")])
def test_a_block_is_named_by_number_hash_or_tag(block: int | str, named: object) -> None:
    node = Node()
    assert read(node, 1, block) == [(0,)]
    assert node.asked == [(1, named)]
    assert block_named(block) == named
