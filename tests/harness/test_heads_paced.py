"""When a node is asked for its newest block, by a clock that the test sets: node and websocket are fakes."""

from dataclasses import dataclass, field
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.chains import Chain
from harness.keeper import heads
from harness.keeper.announcements import Announced
from harness.keeper.events import Event, Recovered, Trouble
from harness.keeper.heads import Heads
from harness.keeper.rpc import RpcError
from harness.node import NodeError

PACE = 12.0
"""Seconds from one block to the next."""


class Clock:
    """Stands in for the module `time`: goes on when the test says so, or somebody waits."""

    def __init__(self) -> None:
        self.now, self.wrong = 1_000.0, 0.0

    def monotonic(self) -> float:
        """Seconds since whenever."""
        return self.now

    def time(self) -> float:
        """Seconds by the machine's clock."""
        return self.now + self.wrong

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds


@dataclass
class Websocket:
    """Announces what the test says; to wait for it lets time pass."""

    clock: Clock
    newest: Announced | None = None
    trouble: str = ""
    since: float | None = 0.0
    renewed: list[str] = field(default_factory=list)

    @property
    def news(self) -> Any:  # noqa: ANN401
        """What is waited for."""
        return SimpleNamespace(wait=self.clock.sleep)

    def take(self) -> Announced | None:
        """Return it once."""
        told, self.newest = self.newest, None
        return told

    def renew(self, why: str) -> None:
        """Begin anew."""
        self.renewed.append(why)


class Scene:
    """Heads, and when its node was asked for what."""

    def __init__(self, chain: Chain, clock: Clock, *, pace: float = PACE, development: bool = False) -> None:
        self.clock, self.development = clock, development
        self.asked: list[tuple[float, str]] = []
        self.said: list[Event] = []
        self.newest, self.branch, self.fails = 100, "a", False
        self.heads = Heads(chain.model_copy(update={"block_time": pace}), cast(Any, self), None, self.said.append)

    def once(self, _: str) -> object:
        """Whether it is a development node."""
        if not self.development:
            raise RpcError("anvil_nodeInfo", {"code": -32601, "message": "unknown method"})
        return {}

    def ask(self, method: str, *_: object) -> dict[str, Any]:
        """The newest block."""
        self.asked.append((self.clock.now, method))
        if self.fails:
            raise NodeError("no answer")
        number, parent = self.newest, self.newest - 1
        return {
            "number": hex(number),
            "hash": hash_of(number, self.branch),
            "parentHash": hash_of(parent, self.branch),
            "timestamp": hex(int(self.clock.now)),
            "gasUsed": "0x0",
            "gasLimit": "0x1",
            "transactions": [],
        }

    def listen(self) -> Websocket:
        """Let a websocket announce blocks as well."""
        websocket = Websocket(self.clock)
        self.heads._announcements = cast(Any, websocket)
        return websocket

    def look(self) -> int | None:
        """Look whether there is a block, for no time at all; its number."""
        found = self.heads.next(0)
        return None if found is None else found.number

    def asks(self, seconds: float) -> list[float]:
        """When it asks in the next seconds, after so many."""
        self.asked.clear()
        start = self.clock.now
        self.heads.next(seconds)
        return [round(at - start, 3) for at, _ in self.asked]

    def told(self, kind: type[Trouble | Recovered]) -> list[str]:
        """Where trouble has begun, or is over."""
        return [event.where for event in self.said if isinstance(event, kind)]


def hash_of(number: int, branch: str = "a") -> str:
    """The hash of a block of a branch."""
    return "0x" + f"{branch}{number}".rjust(64, "0")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    monkeypatch.setattr(heads, "time", found)
    return found


@pytest.fixture
def scene(ethereum: Chain, clock: Clock) -> Scene:
    return Scene(ethereum, clock)


def test_a_node_is_asked_just_before_a_block_is_due_and_then_less_and_less(scene: Scene) -> None:
    assert scene.look() == 100
    asked = scene.asks(20.0)
    assert asked[:3] == [11.75, 12.0, 12.25]
    late = scene.asks(100.0)
    assert max(after - before for before, after in pairwise(late)) == pytest.approx(PACE / 4)


def test_the_later_a_block_is_the_less_often_it_is_asked_for(scene: Scene) -> None:
    scene.look()
    scene.asks(28.0)
    at = scene.clock.now
    first, second, *_ = scene.asks(10.0)
    assert at + first - 1_000 - PACE == pytest.approx(16, abs=2.1)
    assert second - first == pytest.approx((at + first - 1_000 - PACE) / 8, rel=0.01)


def test_a_development_node_is_asked_all_the_time(ethereum: Chain, clock: Clock) -> None:
    scene = Scene(ethereum, clock, development=True)
    scene.look()
    assert scene.asks(0.2)[:3] == [0.05, 0.1, 0.15]


def test_what_is_announced_is_asked_for_by_its_hash_and_nothing_else(scene: Scene) -> None:
    websocket = scene.listen()
    scene.look()
    scene.newest, websocket.newest = 101, Announced(101, hash_of(101))
    assert scene.look() == 101
    assert [method for _, method in scene.asked] == ["eth_getBlockByNumber", "eth_getBlockByHash"]
    websocket.newest = Announced(101, hash_of(101))
    assert scene.look() is None
    assert len(scene.asked) == 2, "it is known"


def test_a_block_of_another_branch_that_is_announced_is_asked_for_at_once(scene: Scene) -> None:
    websocket = scene.listen()
    scene.look()
    scene.branch, websocket.newest = "b", Announced(100, hash_of(100, "b"))
    scene.asked.clear()
    scene.look()
    assert len(scene.asked) == 1
    scene.clock.sleep(1)
    assert scene.look() == 100
    assert scene.heads.newest is not None
    assert scene.heads.newest.hash == hash_of(100, "b")


def test_a_websocket_that_serves_is_waited_for_three_blocks_long(scene: Scene) -> None:
    scene.listen()
    scene.look()
    assert scene.asks(35.9) == []
    assert scene.asks(0.2) == [pytest.approx(0.1)]


def test_only_a_block_after_it_supersedes_one(scene: Scene) -> None:
    websocket = scene.listen()
    head = scene.heads.next(0)
    assert head is not None
    for number, superseded in ((99, False), (100, False), (101, True)):
        websocket.newest = Announced(number, hash_of(number))
        assert scene.heads.superseded(head) is superseded
    websocket.newest = None
    assert not scene.heads.superseded(head)


def silent(scene: Scene) -> Websocket:
    """A websocket that has not announced a block that was asked for."""
    websocket = scene.listen()
    scene.look()
    scene.newest += 1
    scene.clock.sleep(37)
    assert scene.look() == scene.newest
    return websocket


def test_a_websocket_that_keeps_a_block_back_is_renewed_after_a_second(scene: Scene) -> None:
    websocket = silent(scene)
    scene.look()
    assert websocket.renewed == []
    scene.asked.clear()
    scene.clock.sleep(1.1)
    scene.look()
    assert websocket.renewed == ["silent"]
    assert len(scene.asked) == 1, "no silence is waited for again"
    scene.clock.sleep(1.1)
    scene.look()
    assert websocket.renewed == ["silent"], "once"


def test_a_websocket_that_was_merely_slower_is_not(scene: Scene) -> None:
    websocket = silent(scene)
    websocket.newest = Announced(scene.newest, hash_of(scene.newest))
    scene.look()
    scene.clock.sleep(2)
    scene.look()
    assert websocket.renewed == []


def test_while_the_websocket_fails_blocks_are_asked_for_and_both_is_said(scene: Scene) -> None:
    websocket = scene.listen()
    scene.look()
    websocket.trouble = "closed"
    scene.asked.clear()
    scene.look()
    assert (len(scene.asked), scene.told(Trouble)) == (1, ["heads"])
    scene.look()
    assert len(scene.asked) == 1, "at once, but once"
    websocket.trouble = ""
    scene.look()
    assert scene.told(Recovered) == ["heads"]


def test_a_node_that_fails_is_asked_again_in_a_quarter_of_a_second(scene: Scene) -> None:
    scene.fails = True
    assert scene.asks(0.6) == [0.0, 0.25, 0.5]
    assert (scene.told(Trouble), scene.told(Recovered)) == (["node"], [])
    scene.fails = False
    scene.heads.next(1)
    assert scene.told(Recovered) == ["node"]


@pytest.mark.parametrize(
    ("pace", "lag", "kind"),
    [
        (12.0, -5.0, ""),
        (12.0, -5.5, "ahead"),
        (1.0, 120.0, ""),
        (1.0, 120.5, "behind"),
        (12.0, 239.5, ""),
        (12.0, 240.5, "behind"),
    ],
)
def test_a_clock_is_wrong_beyond_what_blocks_can_be_apart(
    ethereum: Chain, clock: Clock, pace: float, lag: float, kind: str
) -> None:
    scene = Scene(ethereum, clock, pace=pace)
    clock.wrong = lag
    assert scene.look() == 100
    assert [(event.where, event.kind) for event in scene.said if isinstance(event, Trouble)] == (
        [("clock", kind)] if kind else []
    )
    clock.wrong, scene.newest = 0.0, 101
    clock.sleep(pace)
    assert scene.look() == 101
    assert scene.told(Recovered) == ["clock"] * bool(kind)


def test_a_development_nodes_clock_is_not_looked_at(ethereum: Chain, clock: Clock) -> None:
    scene = Scene(ethereum, clock, development=True)
    clock.wrong = 10_000
    assert scene.look() == 100
    assert scene.told(Trouble) == []
