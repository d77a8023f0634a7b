"""In which order a block is gone through, and what is left out when: everybody whom the runner tells is a fake."""

import threading
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.keeper import run
from harness.keeper.events import Recovered, Stepped, Trouble
from harness.keeper.heads import Head
from harness.keeper.limits import LimitError
from harness.keeper.run import Runner, place_of
from harness.keeper.troubles import Troubles
from harness.node import NodeError, WrongChainError
from harness.signer import SignerError
from harness.store import LeaseLostError, StoreError

NEVER = threading.Event()
KEY = "http://someone:secret@127.0.0.1:1/key-of-somebody"


def head(number: int, parent: str = "") -> Head:
    """A block, by default on top of that with the number below."""
    return Head(number, f"0x{number}", parent or f"0x{number - 1}", 1_000, 1, 0, 30_000_000, None)


class Scene:
    """A runner and what it has asked of whom, in order; what is to fail does so as often as it is asked."""

    def __init__(self, *, paper: bool = False, backrun: bool = False) -> None:
        self.asked: list[str] = []
        self.fails: dict[str, Exception] = {}
        self.heads: list[Head | None] = []
        self.leads: int | None = 1
        self.may = self.allowed = True
        self.hinges = self.newer = False
        self.chain_id = "0x1"
        self.said: list[Any] = []
        self.behind: list[Head] = []
        self.runner = Runner(
            cast(Any, self._keeper()),
            cast(Any, self._tending()),
            rpc=cast(Any, SimpleNamespace(ask=self._does("ask the chain", lambda _: self.chain_id))),
            heads=cast(Any, self._source()),
            store=cast(Any, SimpleNamespace(pulse=self._does("pulse"))),
            lease=None if paper else cast(Any, self._lease()),
            scout=cast(Any, SimpleNamespace(work=self._does("scout"))),
            backrun=cast(Any, SimpleNamespace(work=self.behind.append, close=self._does("end backruns")))
            if backrun
            else None,
            emit=self.said.append,
            troubles=Troubles(self.said.append),
        )

    def _does(self, what: str, answer: Callable[..., Any] = lambda *_: None) -> Any:  # noqa: ANN401
        def done(*arguments: Any, **_: Any) -> Any:  # noqa: ANN401
            self.asked.append(what)
            if what in self.fails:
                raise self.fails[what]
            return answer(*arguments)

        return done

    def _keeper(self) -> Any:  # noqa: ANN401
        scene = self

        class Keeper:
            chain = SimpleNamespace(chain_id=1, name="ethereum")
            laps = SimpleNamespace(seconds={})
            gate = SimpleNamespace(
                look=scene._does("look", lambda *_: scene.may),
                day_blocks=7_200,
                limits=SimpleNamespace(max_failures=3, gas_a_day=0),
            )
            start, follow, watch, reconcile, inquire, settle = (
                scene._does(name) for name in ("start", "follow", "watch", "reconcile", "inquire", "settle")
            )
            act = scene._does("act", lambda *_: ["an attempt"])

            @property
            def hinges(self) -> bool:
                return scene.hinges

        return Keeper()

    def _tending(self) -> Any:  # noqa: ANN401
        scene = self

        class Tending:
            balance, days = 1, None
            compare, chores = scene._does("compare"), scene._does("chores")

            @property
            def allowed(self) -> bool:
                return scene.allowed

        return Tending()

    def _source(self) -> Any:  # noqa: ANN401
        return SimpleNamespace(
            next=lambda _: self.heads.pop(0) if self.heads else None,
            superseded=lambda _: self.newer,
            close=self._does("end heads"),
        )

    def _lease(self) -> Any:  # noqa: ANN401
        return SimpleNamespace(current=self._does("lease", lambda: self.leads), release=self._does("release"))

    def turned(self, block: Head) -> list[str]:
        """What is asked for a block, but for the note of how things stand."""
        self.asked.clear()
        self.runner.turn(block)
        return [what for what in self.asked if what != "pulse"]

    def once(self, *heads: Head | None) -> None:
        """Let it wait once for each of these."""
        for each in heads:
            self.heads.append(each)
            self.runner.once(NEVER)

    def told(self, kind: type[Trouble | Recovered]) -> list[str]:
        """Where trouble has begun, or is over."""
        return [event.where for event in self.said if isinstance(event, kind)]


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A block is there or it is not."""
    monkeypatch.setattr(run, "PAUSE", 0)
    monkeypatch.setattr(run, "IDLE", 0)


@pytest.fixture
def scene() -> Scene:
    return Scene()


AFTER = ["inquire", "compare", "settle", "chores", "scout"]


def test_a_block_is_acted_on_before_anything_else_is_seen_to(scene: Scene) -> None:
    first = scene.turned(head(5))
    assert first == ["ask the chain", "start", "compare", "lease", "reconcile", "look", "act", *AFTER]
    assert scene.turned(head(6)) == ["follow", "lease", "watch", "look", "act", *AFTER]
    assert [event.block for event in scene.said if isinstance(event, Stepped)] == [5, 6]


def test_whoever_does_not_lead_follows_the_pools_and_does_no_more(scene: Scene) -> None:
    scene.leads = None
    assert scene.turned(head(5)) == ["ask the chain", "start", "compare", "lease", "compare"]
    assert scene.turned(head(6)) == ["follow", "lease", "compare"]


def test_who_leads_anew_compares_the_record_with_the_chain(scene: Scene) -> None:
    scene.turned(head(5))
    scene.leads = 2  # another one led meanwhile, between two blocks
    assert scene.turned(head(6))[:3] == ["follow", "lease", "reconcile"]
    scene.leads = None
    scene.turned(head(7))
    scene.leads = 2
    assert "reconcile" in scene.turned(head(8))


def test_a_lease_counts_from_when_the_record_has_been_compared(scene: Scene) -> None:
    scene.fails["reconcile"] = NodeError("no answer")
    with pytest.raises(NodeError):
        scene.turned(head(5))
    scene.fails.clear()
    assert "reconcile" in scene.turned(head(6))


def test_what_the_executor_or_the_gate_does_not_allow_is_not_tried_but_chores_are_done(scene: Scene) -> None:
    scene.may = False
    assert scene.turned(head(5))[3:] == ["lease", "reconcile", "look", *AFTER]
    scene.may, scene.allowed = True, False
    assert scene.turned(head(6)) == ["follow", "lease", "watch", *AFTER]


def test_where_the_breaker_hinges_on_what_is_out_that_is_booked_first(scene: Scene) -> None:
    scene.hinges = True
    assert scene.turned(head(5))[3:8] == ["lease", "reconcile", "look", "settle", "look"]
    assert "act" in scene.asked
    scene.may = False
    assert scene.turned(head(6)) == ["follow", "lease", "watch", "look", *AFTER], "nothing hinges on it any more"


def test_on_paper_nobody_needs_to_lead() -> None:
    assert Scene(paper=True).turned(head(5))[3:] == ["look", "act", *AFTER]


def test_the_chain_is_asked_for_where_a_block_is_not_on_top_of_the_last(scene: Scene) -> None:
    scene.turned(head(5))
    assert "ask the chain" not in scene.turned(head(6))
    assert scene.turned(head(8))[:2] == ["ask the chain", "follow"]
    assert scene.turned(head(9, parent="0xother"))[0] == "ask the chain"
    scene.chain_id = "0x2"
    with pytest.raises(WrongChainError):
        scene.turned(head(11))
    assert scene.asked == ["ask the chain"], "nothing of that chain is read"


def test_pools_that_were_not_read_are_read_anew(scene: Scene) -> None:
    scene.turned(head(5))
    scene.fails["follow"] = NodeError("no answer")
    with pytest.raises(NodeError):
        scene.turned(head(6))
    scene.fails.clear()
    assert scene.turned(head(7))[:2] == ["ask the chain", "follow"], "from where they stood"


def test_what_comes_of_comparing_pools_what_was_sent_is_booked(scene: Scene) -> None:
    scene.fails["compare"] = NodeError("no answer")
    scene.runner._last = head(4)
    with pytest.raises(NodeError):
        scene.turned(head(5))
    assert scene.asked[-2:] == ["compare", "settle"]


def test_no_further_pools_are_looked_for_while_a_newer_block_waits(scene: Scene) -> None:
    scene.newer = True
    assert "scout" not in scene.turned(head(5))


def test_how_things_stand_is_noted_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "PULSE", 3_600)
    scene = Scene()
    scene.turned(head(5))
    assert "pulse" in scene.asked
    scene.turned(head(6))
    assert "pulse" not in scene.asked
    monkeypatch.setattr(run, "PULSE", 0)
    scene.turned(head(7))
    assert "pulse" in scene.asked


# what fails


def test_trouble_is_told_of_once_and_over_when_a_block_has_gone_well(scene: Scene) -> None:
    scene.fails["act"] = NodeError("no answer")
    scene.once(head(5), head(6), None)
    assert (scene.told(Trouble), scene.told(Recovered)) == (["node"], [])
    scene.fails.clear()
    scene.once(None)
    assert scene.told(Recovered) == [], "no block has gone well yet"
    scene.once(head(7))
    assert (scene.told(Trouble), scene.told(Recovered)) == (["node"], ["node"])


def test_after_a_defect_pools_are_read_anew_and_after_anything_else_they_are_not(scene: Scene) -> None:
    scene.once(head(5))
    scene.fails["act"] = NodeError("no answer")
    scene.once(head(6), head(7))
    assert scene.asked.count("start") == 1
    scene.fails["act"] = IndexError("a defect")
    scene.once(head(8))
    scene.fails.clear()
    scene.once(head(9))
    assert scene.asked.count("start") == 2
    assert scene.told(Trouble) == ["node", "keeper"]


def test_no_key_is_in_what_is_told(scene: Scene) -> None:
    scene.fails["act"] = RuntimeError(f"cannot reach {KEY}")
    scene.fails["release"] = StoreError("gone", KEY)
    scene.once(head(5))
    scene.runner.release()
    texts = [event.text for event in scene.said if isinstance(event, Trouble)]
    assert len(texts) == 2
    assert not any(word in text for text in texts for word in ("secret", "key-of-somebody"))


def test_while_no_block_comes_the_lease_is_renewed(scene: Scene) -> None:
    scene.once(None)
    assert scene.asked == ["lease"]


@pytest.mark.parametrize("where", [("node", "heads"), ("node", ""), ("disk", ""), ("keeper", ""), ("signer", "")])
def test_who_cannot_work_lets_another_one_lead(scene: Scene, where: tuple[str, str]) -> None:
    scene.runner._troubles.begin(where[0], "Error", "text", where[1])
    scene.once(None)
    assert scene.asked == []


def test_trouble_that_keeps_nobody_from_working_is_no_reason_not_to_lead(scene: Scene) -> None:
    scene.runner._troubles.begin("node", "Error", "one of two does not answer", "another")
    scene.runner._troubles.begin("clock", "Error", "text")
    scene.once(None)
    assert scene.asked == ["lease"]


@pytest.mark.parametrize(
    ("error", "where"),
    [
        (StoreError("full", "here"), "disk"),
        (StoreError("gone", "here"), "database"),
        (LeaseLostError("taken"), "database"),
        (SignerError("away"), "signer"),
        (LimitError("too much"), "limits"),
        (WrongChainError("another"), "chain"),
        (NodeError("no answer"), "node"),
        (KeyError("a defect"), "keeper"),
    ],
)
def test_an_error_says_where_the_trouble_is(error: Exception, where: str) -> None:
    assert place_of(error) == where


def test_at_the_end_everything_is_let_go() -> None:
    scene, stop = Scene(backrun=True), threading.Event()
    scene.fails["act"] = cast(Any, KeyboardInterrupt())
    scene.heads.append(head(5))
    with pytest.raises(KeyboardInterrupt):
        scene.runner.run(stop)
    assert scene.asked[-3:] == ["end heads", "end backruns", "release"]


def test_on_paper_there_is_no_lease_to_let_go_or_to_renew() -> None:
    scene = Scene(paper=True)
    scene.runner.release()
    scene.once(None)
    assert scene.asked == []


# pending transactions


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not given up before the block comes."""
    monkeypatch.setattr(run, "IDLE", 60)


def waited(scene: Scene, block: Head) -> list[Head]:
    """Behind which block pending transactions were looked at, while none came."""
    scene.runner.once(NEVER)
    scene.behind.clear()
    scene.heads += [None, None, block]
    scene.runner.once(NEVER)
    return scene.behind


@pytest.mark.usefixtures("patient")
def test_pending_transactions_are_seen_behind_the_block_that_was_acted_on() -> None:
    scene = Scene(backrun=True)
    scene.heads = [head(5)]
    assert waited(scene, head(6)) == [head(5)] * 2


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("why", ["leads", "may", "fails"])
def test_pending_transactions_wait_where_nothing_may_be_tried(why: str) -> None:
    scene = Scene(backrun=True)
    scene.once(head(5))
    if why == "fails":
        scene.fails["act"] = NodeError("no answer")
    else:
        setattr(scene, why, None)
    scene.heads = [head(6)]
    assert waited(scene, head(7)) == []


# one block, asked for


def test_a_step_without_acting_follows_and_books(scene: Scene) -> None:
    scene.heads = [head(5), None]
    assert scene.runner.step(0, acting=False) == []
    assert scene.asked[-2:] == ["look", "settle"]
    assert scene.runner.step(0) == []
    assert scene.asked[-1] == "lease"
    scene.heads = [head(6)]
    assert cast(list[Any], scene.runner.step(0)) == ["an attempt"]
