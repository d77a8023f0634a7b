"""What is seen to between trades: whoever is asked or told is a fake that notes it."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.chains import Chain
from harness.errors import MillraceError
from harness.keeper.chores.chore import Task
from harness.keeper.events import Balance, Event, GivenUp, Included, Recovered, Trouble
from harness.keeper.heads import Head
from harness.keeper.limits import LimitError
from harness.keeper.outbox import Order
from harness.keeper.settings import Settings
from harness.keeper.simulate import StaleError
from harness.keeper.tend import CHORE_LIVES, Tending
from harness.keeper.troubles import Troubles

KEEPER, EXECUTOR, RESERVE = ("0x" + digit * 40 for digit in "123")
DAY_BLOCKS = 7_200
TASK = Task("inject", "a pool", RESERVE, b"\x01\x02", "it is due", worth_wei=9, gas=1_000)
HASH = "0x0a"


def head(number: int = 10_000) -> Head:
    return Head(number, f"0x{number}", f"0x{number - 1}", number * 12, 10**9, 0, 3 * 10**7, None)


class Scene:
    """A keeper's tending, and what it has asked of whom."""

    def __init__(self, chain: Chain) -> None:
        self.answers: list[Any] = [(5 * 10**18,), (True,)]
        self.spent = 10**18
        self.since: list[tuple[int, int]] = []
        self.due: Task | Exception | None = TASK
        self.fails: Exception | None = None
        self.sent: list[Order] = []
        self.noted: list[tuple[Any, ...]] = []
        self.said: list[Event] = []
        self.told: list[tuple[Any, ...]] = []
        self.sender = SimpleNamespace(busy=False, out=[], send=self._send)
        keeper = SimpleNamespace(
            chain=chain,
            executor=EXECUTOR,
            settings=Settings(),
            gate=SimpleNamespace(day_blocks=DAY_BLOCKS),
            sender=self.sender,
            compare=lambda *_: self.answers,
        )
        store = SimpleNamespace(
            gas_spent=self._spent, chore=self._note("noted", 77), chore_refused=self._note("refused")
        )
        chores = SimpleNamespace(
            look=self._look,
            forget=self._tell("forgotten"),
            failed=self._tell("failed"),
            succeeded=self._tell("succeeded"),
        )
        arguments: list[Any] = [keeper, KEEPER, store, chores, self.said.append, Troubles(self.said.append)]
        self.keeper, self.tending = keeper, Tending(*arguments)

    def _spent(self, chain_id: int, block: int) -> int:
        self.since.append((chain_id, block))
        return self.spent

    def _send(self, order: Order) -> str:
        if self.fails is not None:
            raise self.fails
        self.sent.append(order)
        return HASH

    def _look(self, _: Head) -> Task | None:
        if isinstance(self.due, Exception):
            raise self.due
        return self.due

    def _note(self, what: str, answer: int = 0) -> Callable[..., int]:
        def note(*values: Any, **more: Any) -> int:  # noqa: ANN401
            self.noted.append((what, *values, *more.values()))
            return answer

        return note

    def _tell(self, what: str) -> Callable[..., None]:
        return lambda *values: self.told.append((what, *values))

    def compared(self) -> Balance:
        """Let it compare; what it says of the balance."""
        self.tending.compare(head())
        return cast(Balance, self.said[-1])

    def chored(self, number: int = 10_000) -> None:
        """Let it see to the chores."""
        self.tending.chores(head(number))

    def hears(self, event: Event, chain: str = "ethereum") -> None:
        """Something has become of a transaction."""
        self.tending.hear(chain, event)


@pytest.fixture
def scene(ethereum: Chain) -> Scene:
    return Scene(ethereum)


# the account


def test_days_are_those_that_the_balance_lasts_at_the_pace_of_the_last(scene: Scene) -> None:
    assert scene.compared() == Balance(5 * 10**18, 5.0)
    assert scene.since == [(1, 10_000 - DAY_BLOCKS + 1)]
    scene.spent = 0
    assert scene.compared() == Balance(5 * 10**18, None)


def test_a_balance_that_is_not_told_is_the_last_one(scene: Scene) -> None:
    scene.compared()
    scene.answers = [None, (True,)]
    assert scene.compared().wei == 5 * 10**18
    assert scene.tending.balance == 5 * 10**18


@pytest.mark.parametrize("answer", [None, (False,)])
def test_who_may_not_execute_as_far_as_is_known_is_told_so_once(scene: Scene, answer: tuple[bool] | None) -> None:
    assert scene.tending.allowed, "until it has been asked"
    scene.answers[1] = answer
    scene.compared()
    scene.compared()
    assert not scene.tending.allowed
    scene.answers[1] = (True,)
    scene.compared()
    assert scene.tending.allowed
    told = [(type(event), event.where) for event in scene.said if isinstance(event, Trouble | Recovered)]
    assert told == [(Trouble, "executor"), (Recovered, "executor")]


# chores


def test_what_is_due_is_on_record_and_then_sent(scene: Scene) -> None:
    scene.chored()
    assert scene.noted == [("noted", 1, "inject", "a pool", "it is due", 9)]
    (order,) = scene.sent
    assert (order.to, order.data, order.gas) == (RESERVE, b"\x01\x02", 1_300)
    assert (order.chore_id, order.until) == (77, 10_000 + CHORE_LIVES)


def test_nothing_is_begun_before_the_last_has_ended(scene: Scene) -> None:
    scene.chored()
    scene.chored(10_001)
    assert len(scene.sent) == 1
    scene.hears(Included(0, HASH, 10_002, "", None, 33))
    scene.chored(10_002)
    assert scene.told == [("succeeded", TASK, HASH, 33)]
    assert len(scene.sent) == 2


@pytest.mark.parametrize("why", ["busy", "a chore is out", "nothing is due", "a newer block"])
def test_nothing_is_begun_where_that_cannot_be(scene: Scene, why: str) -> None:
    scene.sender.busy = why == "busy"
    scene.sender.out = [SimpleNamespace(chore_id=5)] if why == "a chore is out" else [SimpleNamespace(chore_id=None)]
    if why in ("nothing is due", "a newer block"):
        scene.due = None if why == "nothing is due" else StaleError("newer")
    scene.chored()
    assert (scene.sent, scene.noted) == ([], [])
    scene.sender.busy, scene.sender.out, scene.due = False, [SimpleNamespace(chore_id=None)], TASK
    scene.chored()
    assert len(scene.sent) == 1, "trades that are out are in nobody's way"


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (Included(0, HASH, 10_002, "", None, 33, "NotDue()"), "NotDue()"),
        (GivenUp(0, HASH), "its transaction was in no block in time"),
    ],
)
def test_what_has_failed_is_told_with_the_reason(scene: Scene, event: Event, reason: str) -> None:
    scene.chored()
    scene.hears(event)
    scene.chored(10_002)
    assert scene.told == [("failed", TASK, reason, 10_002 * 12)]


def test_what_becomes_of_others_is_none_of_its_business(scene: Scene) -> None:
    scene.hears(Included(0, HASH, 9_999, "", None, 33))
    scene.chored()
    scene.hears(Included(3, "0x0b", 10_001, "", 7, 33))
    scene.hears(Included(0, HASH, 10_001, "", None, 33), chain="base")
    scene.chored(10_001)
    assert scene.told == []


def test_what_a_limit_forbids_is_noted_told_and_waited_for_by_nobody(scene: Scene) -> None:
    scene.fails = LimitError("too dear")
    scene.chored()
    assert scene.noted[1:] == [("refused", 77, "too dear")]
    assert scene.told == [("failed", TASK, "too dear", 10_000 * 12)]
    scene.fails = None
    scene.chored(10_001)
    assert len(scene.sent) == 1


def test_what_fails_halfway_is_looked_up_on_the_chain(scene: Scene) -> None:
    scene.fails = MillraceError("no answer")
    with pytest.raises(MillraceError, match="no answer"):
        scene.chored()
    assert scene.told == [("forgotten",)]
    scene.fails = None
    scene.chored(10_001)
    assert len(scene.sent) == 1


def test_on_paper_there_are_no_chores(scene: Scene) -> None:
    scene.keeper.sender = None
    scene.chored()
    assert scene.noted == []
