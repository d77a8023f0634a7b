"""Everything that chores ask about, read at one block, in a request or two."""

from collections.abc import Iterable, Sequence
from typing import Any

from eth_abi.abi import decode, encode

from harness.keeper.abi import Call
from harness.keeper.chores.chore import RATE_OF, Group
from harness.keeper.chores.known import Known
from harness.keeper.multicall import AGGREGATE, block_named
from harness.keeper.rpc import Rpc

BATCH = 400
"""Calls in one request: together they stay below the gas that nodes let a call use, 50 million where not set."""

Answers = dict[Group, tuple[tuple[Any, ...] | None, ...]]


def single(to: str, signature: str, *arguments: object, returns: tuple[str, ...] = ("uint256",)) -> Call:
    """Return a call of a view that answers with a number, unless told otherwise."""
    return Call(to, signature, arguments, returns)


def ask(rpc: Rpc, multicall: str, groups: Iterable[Group], block: int | str) -> Answers:
    """Make calls in their order, each group within one request, and return their answers.

    Args:
        rpc: The chain's nodes.
        multicall: Checksummed address of Multicall3.
        groups: What is asked twice is asked once.
        block: Its number, its hash, or a word of JSON-RPC's.

    Raises:
        RpcError: The node cannot run the calls.
        NodeError: No node has answered.
    """
    at = block_named(block)
    answers: Answers = {}
    for batch in _batches(list(dict.fromkeys(groups))):
        results = _aggregate(rpc, multicall, [call for group in batch for call in group], at)
        for group in batch:
            answers[group] = tuple(results[: len(group)])
            del results[: len(group)]
    return answers


class Rates:
    """What tokens are worth, by the guard.

    Args:
        guard: Its address.
        wrapped: Address of the wrapped native coin.
    """

    def __init__(self, guard: str, wrapped: str) -> None:
        self._guard, self.wrapped = guard, wrapped

    def asks(self, known: Known) -> list[Group]:
        """Return one question a token."""
        return [(self._quote(token),) for token in known.tokens if token != self.wrapped]

    def read(self, known: Known, answers: Answers) -> dict[str, int]:
        """Return the rates of those tokens that have one."""
        quoted = {token: answers[(self._quote(token),)][0] for token in known.tokens if token != self.wrapped}
        return {token: int(values[0]) for token, values in quoted.items() if values} | {self.wrapped: RATE_OF}

    def _quote(self, token: str) -> Call:
        return single(self._guard, "quote(address,uint256,address)", token, RATE_OF, self.wrapped)


def _batches(groups: list[Group]) -> Iterable[list[Group]]:
    batch: list[Group] = []
    size = 0
    for group in groups:
        if size + len(group) > BATCH:
            yield batch
            batch, size = [], 0
        batch.append(group)
        size += len(group)
    if batch:
        yield batch


def _aggregate(rpc: Rpc, multicall: str, calls: list[Call], at: object) -> list[tuple[Any, ...] | None]:
    data = AGGREGATE + encode(["(address,bool,bytes)[]"], [[(call.to, True, call.data()) for call in calls]])
    answer = rpc.ask("eth_call", {"to": multicall, "data": "0x" + data.hex()}, at)
    results: Sequence[tuple[bool, bytes]] = decode(["(bool,bytes)[]"], bytes.fromhex(answer.removeprefix("0x")))[0]
    pairs = zip(calls, results, strict=True)
    return [call.read(returned) if success else None for call, (success, returned) in pairs]
