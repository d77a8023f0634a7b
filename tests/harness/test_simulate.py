"""Simulation: what would happen, by either of the node's means; access lists only where they pay."""

from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import pytest
from eth_abi.abi import encode as abi_encode

from harness import replica
from harness.demo import deploy_to
from harness.devchain import DevChain
from harness.keeper.abi import calldata
from harness.keeper.access import FRESH, AccessLists
from harness.keeper.heads import Head, head_of
from harness.keeper.rpc import Rpc, RpcError
from harness.keeper.simulate import SimulationError, Simulator, StaleError, execution
from harness.market.legs import uniswap_v2
from harness.market.route import Route, encode
from harness.node import NodeError
from harness.orderflow import Order, fund, place, units
from harness.settings import KEEPER, dev_account

KEY = dev_account(KEEPER)
ETHER = 10**18
HEAD = Head(1, "0x01", "0x00", 0, 0, 0, 0, frozenset())
UNKNOWN = {"code": -32601, "message": "Method not found"}


class Without:
    """A node like another, but without some methods, and with a count of what it was asked."""

    def __init__(self, rpc: Rpc, *missing: str) -> None:
        self._rpc, self._missing, self.asked = rpc, missing, list[tuple[str, Any]]()

    def ask(self, method: str, *parameters: Any) -> Any:  # noqa: ANN401
        """Ask the real one, or refuse."""
        self.asked.append((method, parameters[-1] if parameters else None))
        if method in self._missing:
            raise RpcError(method, UNKNOWN)
        return self._rpc.ask(method, *parameters)


@dataclass(frozen=True)
class Stage:
    """A replica with everything deployed and a gap between two pools."""

    node: DevChain
    executor: str
    weth: str
    pairs: tuple[str, str]

    def head(self) -> Head:
        """The newest block."""
        return head_of(self.node.rpc("eth_getBlockByNumber", "latest", False))

    def route(self, parent: bytes = b"") -> bytes:
        """Calldata of a trade that pays."""
        usdc = str(self.node.web3.to_checksum_address("0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"))
        block = self.node.web3.eth.get_block("latest")
        legs = (uniswap_v2(self.pairs[0], usdc), uniswap_v2(self.pairs[1], self.weth))
        return execution(encode(Route(self.weth, ETHER, 1, block["timestamp"] + 600, legs, parent_hash=parent)))


@pytest.fixture(scope="module")
def stage(built: None) -> Iterator[Stage]:  # noqa: ARG001 - errors are named after the artifacts
    with replica.serve("ethereum") as served:
        deployment = deploy_to(served)
        chain, node = served.chain, DevChain(served.web3, 12)
        fund(node, chain, [dev_account(5)])
        pool = chain.pool("uniswap-v2:USDC/WETH")
        place(node, chain, Order(pool, "USDC", "WETH", units(chain, "USDC", 400_000)), dev_account(5))
        node.mine()
        weth, usdc = chain.token("WETH").address, chain.token("USDC").address
        pairs = [_pair(node, str(chain.venues[venue].factory), weth, usdc) for venue in ("uniswap-v2", "sushi-v2")]  # type: ignore[union-attr]
        yield Stage(node, deployment.address("executor"), weth, (pairs[0], pairs[1]))


def _pair(node: DevChain, factory: str, *tokens: str) -> str:
    answer = node.web3.eth.call({"to": factory, "data": "0x" + calldata("getPair(address,address)", *tokens).hex()})  # type: ignore[typeddict-item]
    return str(node.web3.to_checksum_address(answer[-20:]))


@pytest.fixture(params=["eth_simulateV1", "eth_call"])
def simulator(request: pytest.FixtureRequest, stage: Stage) -> Simulator:
    """One that uses either means."""
    missing = ["eth_simulateV1"] if request.param == "eth_call" else []
    return Simulator(Without(Rpc([stage.node.web3]), *missing), KEY.address, stage.executor, 12)  # type: ignore[arg-type]


def test_a_trade_is_simulated_as_it_will_be(stage: Stage, simulator: Simulator) -> None:
    data = stage.route()
    seen = simulator.run(data, stage.head())
    assert (seen.error, (seen.profit or 0) > 0) == ("", True)
    before = stage.node.rpc("evm_snapshot")
    sent = stage.node.send(KEY, stage.executor, data)
    stage.node.mine()
    receipt = stage.node.receipt(sent)
    executed = next(log for log in receipt["logs"] if log["address"] == stage.executor)
    assert int.from_bytes(executed["data"][32:64], "big") == seen.profit
    assert seen.gas in (None, receipt["gasUsed"])
    stage.node.rpc("evm_revert", before)


def test_what_would_revert_is_named(stage: Stage, simulator: Simulator) -> None:
    stranger = Simulator(Rpc([stage.node.web3]), dev_account(5).address, stage.executor)
    assert stranger.run(stage.route(), stage.head()).error == f"NotKeeper({dev_account(5).address.lower()})"
    seen = simulator.run(stage.route(parent=b"\x01" * 32), stage.head(), bound=True)
    assert seen.profit is None
    assert seen.error.startswith("ParentMismatch")
    assert simulator.refusal(stage.executor, stage.route(b"\x01" * 32), stage.node.web3.eth.block_number).startswith(
        "Parent"
    )
    assert simulator.refusal(stage.executor, stage.route(), stage.node.web3.eth.block_number) == ""


def test_a_route_bound_to_the_newest_block_runs_in_the_next(stage: Stage, simulator: Simulator) -> None:
    newest = bytes(stage.node.web3.eth.get_block("latest")["hash"])
    assert simulator.run(stage.route(parent=newest), stage.head(), bound=True).error == ""


def test_another_contract_than_the_executor_is_not_believed(stage: Stage) -> None:
    simulator = Simulator(Rpc([stage.node.web3]), KEY.address, dev_account(5).address)
    with pytest.raises(SimulationError, match="is it the executor"):
        simulator.run(b"", stage.head())
    assert simulator.call(stage.weth, calldata("symbol()"), stage.head()).returned is not None


def test_a_node_is_asked_once_whether_it_simulates(stage: Stage) -> None:
    node = Without(Rpc([stage.node.web3]), "eth_simulateV1")
    simulator = Simulator(node, KEY.address, stage.executor)  # type: ignore[arg-type]
    for bound in (False, False, True):
        simulator.run(stage.route(), stage.head(), bound=bound)
    assert [method for method, _ in node.asked] == ["eth_simulateV1", "eth_call", "eth_call", "eth_call"]
    assert [block for _, block in node.asked[1:]] == ["latest", "latest", "pending"]


class Odd:
    """A fake of a node that answers everything alike."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def ask(self, *_: object) -> object:
        """Answer, or fail."""
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def outcome(**changes: object) -> list[Any]:
    return [{"calls": [{"returnData": "0x", "gasUsed": "0x5208", "status": "0x0", **changes}]}]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        "0x",
        [{"calls": []}],
        outcome(status="yes"),
        outcome(returnData=5),
        outcome(gasUsed=None),
        [{"calls": [1]}],
    ],
)
def test_an_answer_that_is_no_outcome_says_nothing(answer: object) -> None:
    with pytest.raises(SimulationError):
        Simulator(Odd(answer), KEY.address, KEY.address).run(b"", HEAD)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("message", "code", "remembered"),
    [
        ("Method not found", -32601, True),
        ("the method eth_simulateV1 does not exist/is not available", -32000, True),
        ("Unsupported method: eth_simulateV1", -32600, True),
        ("header not found", -32000, False),
        ("rate limit exceeded", -32005, False),
    ],
)
def test_only_a_node_without_the_method_is_not_asked_for_it_again(message: str, code: int, remembered: bool) -> None:
    node = Odd(RpcError("eth_simulateV1", {"code": code, "message": message}))
    simulator = Simulator(node, KEY.address, KEY.address)  # type: ignore[arg-type]
    with pytest.raises(SimulationError):
        simulator.call(KEY.address, b"", HEAD)
    node.answer = "0x" + abi_encode(["uint256"], [7]).hex() if remembered else outcome(status="0x1", returnData="0x07")
    assert simulator.call(KEY.address, b"", HEAD).gas == (None if remembered else 21_000)


@pytest.mark.parametrize(
    ("answer", "stale"),
    [
        (RpcError("eth_simulateV1", {"code": -38020, "message": "block numbers must be in order: 2 <= 2"}), True),
        ([{**outcome()[0], "parentHash": "0x02"}], True),
        ([{**outcome()[0], "parentHash": HEAD.hash.upper()}], False),
        ([{**outcome()[0], "parentHash": "0x" + "00" * 32}], False),
        (outcome(), False),
    ],
)
def test_what_ran_on_another_block_than_was_decided_on_is_stale_where_the_node_tells(
    answer: Any,  # noqa: ANN401
    stale: bool,
    built: None,  # noqa: ARG001
) -> None:
    node = Odd(answer)
    simulator = Simulator(node, KEY.address, KEY.address)  # type: ignore[arg-type]
    with pytest.raises(StaleError) if stale else nullcontext():
        simulator.call(KEY.address, b"", HEAD)
    node.answer = outcome()
    assert simulator.call(KEY.address, b"", HEAD).gas == 21_000, "it is asked again the same way"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"returnData": "0x", "error": {"code": -32015, "message": "out of gas"}}, "out of gas"),
        ({"error": {"code": 3, "message": "execution reverted", "data": "0x01020304"}}, "unknown error 0x01020304"),
        ({}, "reverted without a reason"),
    ],
)
def test_a_revert_is_named_wherever_the_node_puts_it(changes: dict[str, object], error: str, built: None) -> None:  # noqa: ARG001
    called = Simulator(Odd(outcome(**changes)), KEY.address, KEY.address).call(KEY.address, b"", HEAD)  # type: ignore[arg-type]
    assert (called.returned, called.error, called.gas) == (None, error, 21_000)


# access lists


def test_an_access_list_is_used_where_it_saves_gas_and_costs_no_request_then(stage: Stage) -> None:
    node = Without(Rpc([stage.node.web3]))
    data = stage.route()
    saved = {}
    for margin in (-100_000, 0, 1_000_000):
        lists = AccessLists(node, KEY.address, margin)  # type: ignore[arg-type]
        lists.learn("shape", stage.executor, data, 10)
        saved[margin] = lists.known("shape", 10)
    assert saved[-100_000] != ()
    assert saved[1_000_000] == ()
    asked = len(node.asked)
    assert lists.known("other", 10) == ()
    lists.learn("shape", stage.executor, data, 9 + FRESH)
    assert len(node.asked) == asked == 9
    lists.learn("shape", stage.executor, data, 10 + FRESH)
    assert len(node.asked) == 12


def test_what_was_learnt_is_forgotten_in_time(stage: Stage) -> None:
    lists = AccessLists(Rpc([stage.node.web3]), KEY.address, -100_000)
    lists.learn("shape", stage.executor, stage.route(), 10)
    assert lists.known("shape", 9 + FRESH) != ()
    assert lists.known("shape", 10 + FRESH) == ()


@pytest.mark.parametrize(
    "answer",
    [
        {"error": "reverted"},
        None,
        {"accessList": [{}]},
        {"accessList": []},
        NodeError("away"),
        RpcError("eth", UNKNOWN),
    ],
)
def test_without_a_list_one_does_without(answer: object) -> None:
    lists = AccessLists(Odd(answer), KEY.address)  # type: ignore[arg-type]
    lists.learn("shape", KEY.address, b"", 10)
    assert lists.known("shape", 10) == ()
