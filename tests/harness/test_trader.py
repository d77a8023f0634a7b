"""What becomes of one trade: a real one of a real market; node, record, gate and sender are fakes."""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from eth_abi.abi import decode as abi_decode

from harness.chains import Chain
from harness.errors import MillraceError
from harness.keeper.access import AccessLists
from harness.keeper.events import Event, GivenUp, Included
from harness.keeper.fees import FeePolicy, Fees
from harness.keeper.heads import Head
from harness.keeper.laps import Laps
from harness.keeper.limits import LimitError
from harness.keeper.outbox import Order
from harness.keeper.pending import Pending
from harness.keeper.report import Attempt
from harness.keeper.rests import LONGEST_REST, REST, Rests, key_of
from harness.keeper.settings import Settings
from harness.keeper.simulate import Simulated
from harness.keeper.trader import Trader
from harness.market.costs import Policy
from harness.market.decide import decide
from harness.market.market import Market
from harness.market.opportunity import Opportunity
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.market.route import Route, decode
from harness.store import Found, StoreError

ETHER = 10**18
WETH, USDT = "0x" + "c" * 40, "0x" + "d" * 40
EXECUTOR = "0x" + "e" * 40
HEAD = Head(100, "0x" + "ab" * 32, "0x" + "aa" * 32, 1_000, 10**9, 0, 30_000_000, None)
THEIRS = Pending("0x02", b"theirs", {"to": WETH})
LISTED = ((EXECUTOR, ("0x" + "00" * 32,)),)


def found() -> Opportunity:
    """A trade that pays, between two pairs."""
    market = Market((WETH,))
    amounts = ((1_000, 2_000_000), (1_000, 2_100_000))
    market.update([UniswapV2Pool("0x" + f"{i}" * 40, (WETH, USDT), (a * ETHER, b)) for i, (a, b) in enumerate(amounts)])
    return decide(market, Policy(native=WETH, gas_price=1))[0]


TRADE = found()

EARNS = Simulated(7, gas=10)


@dataclass
class Scene:
    """A trader and what it has done to those around it, in order."""

    chain: Chain
    outcome: Simulated = EARNS
    fails: MillraceError | None = None
    settings: Settings = field(default_factory=Settings)
    paper: bool = False
    done: list[tuple[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.trader = Trader(
            self.chain,
            EXECUTOR,
            simulator=cast(Any, SimpleNamespace(run=self._run)),
            store=cast(Any, SimpleNamespace(tried=lambda one: self._did("noted", one, 5))),
            gate=cast(Any, SimpleNamespace(simulated=lambda *told: self._did("simulated", told))),
            sender=None if self.paper else cast(Any, SimpleNamespace(sign=self._sign, hand=self._hand)),
            settings=self.settings,
            costs=cast(Any, SimpleNamespace(fees=lambda _: Fees(100, 1))),
            emit=lambda event: self._did("said", event),
            tell=lambda attempt: self._did("told", attempt),
            access=cast(AccessLists, SimpleNamespace(known=lambda *_: LISTED, learn=self._learn)),
            laps=Laps(),
        )

    def _did(self, what: str, this: Any, answer: Any = None) -> Any:  # noqa: ANN401
        self.done.append((what, this))
        return answer

    def _run(self, data: bytes, head: Head, **more: Any) -> Simulated:  # noqa: ANN401
        return cast(Simulated, self._did("run", (data, head, more), self.outcome))

    def _sign(self, order: Order, instead: str) -> Any:  # noqa: ANN401
        if self.fails is not None:
            raise self.fails
        return self._did("signed", (order, instead), SimpleNamespace(attempt_id=9, hash="0x09"))

    def _hand(self, out: Any) -> None:  # noqa: ANN401
        self._did("handed", out.hash)

    def _learn(self, *what: Any) -> None:  # noqa: ANN401
        self._did("learnt", what)

    def of(self, what: str) -> list[Any]:
        """What was done of one kind."""
        return [this for kind, this in self.done if kind == what]

    def order(self) -> Order:
        """The only order signed."""
        ((order, _),) = self.of("signed")
        return cast(Order, order)

    def route(self) -> Route:
        """The route last simulated."""
        data = self.of("run")[-1][0]
        return decode(abi_decode(["bytes"], data[4:])[0])

    def tried(self, ahead: Pending | None = None, number: int = HEAD.number) -> Attempt:
        """Let it try the trade."""
        return self.trader.tried(replace(HEAD, number=number), TRADE, ahead)


@pytest.fixture
def scene(ethereum: Chain) -> Scene:
    return Scene(ethereum)


def refusing(scene: Scene) -> Scene:
    scene.outcome = Simulated(None, "NotProfitable(0, 1)")
    return scene


def test_what_succeeds_is_simulated_signed_and_handed_over_in_that_order(scene: Scene) -> None:
    attempt = scene.tried()
    assert [what for what, _ in scene.done] == ["run", "simulated", "signed", "said", "handed"]
    assert scene.of("simulated") == [(attempt.data, 7)], "the very calldata"
    assert scene.order().data == attempt.data == scene.of("run")[0][0]
    assert (attempt.state, attempt.sent, attempt.id) == ("sent", "0x09", 9)
    assert scene.trader.attempts == {9: attempt}


def test_what_is_refused_in_simulation_is_noted_told_of_and_rests(scene: Scene) -> None:
    attempt = refusing(scene).tried()
    assert [what for what, _ in scene.done] == ["run", "noted", "said", "told"]
    (noted,) = scene.of("noted")
    assert (noted.simulated, noted.refusal, attempt.id) == (None, "NotProfitable(0, 1)", 5)
    assert scene.trader.rests.holds(TRADE, HEAD.number + REST - 1)
    assert not scene.trader.rests.holds(TRADE, HEAD.number + REST)


def test_what_is_refused_behind_somebodys_transaction_says_nothing_of_its_cycle(scene: Scene) -> None:
    refusing(scene).tried(THEIRS)
    assert len(scene.of("noted")) == 1
    assert not scene.trader.rests.holds(TRADE, HEAD.number)


def test_after_a_success_a_refusal_is_a_first_one_again(scene: Scene) -> None:
    refusing(scene).tried()
    scene.outcome = Simulated(7)
    scene.tried()
    assert not scene.trader.rests.holds(TRADE, HEAD.number), "at once, and not when its time is over"
    refusing(scene).tried()
    assert not scene.trader.rests.holds(TRADE, HEAD.number + REST)


def test_an_access_list_goes_with_what_is_sent_alone_and_with_no_bundle(ethereum: Chain) -> None:
    alone, bundle = Scene(ethereum), Scene(ethereum)
    attempt, _ = alone.tried(), bundle.tried(THEIRS)
    assert (alone.order().access_list, bundle.order().access_list) == (LISTED, ())
    for scene in (alone, bundle):
        scene.trader.learn(HEAD)
        scene.trader.learn(HEAD)
    assert alone.of("learnt") == [(key_of(TRADE), EXECUTOR, attempt.data, HEAD.number)], "once"
    assert bundle.of("learnt") == []


def test_a_bundle_is_for_the_next_block_and_the_rest_lives_as_long_as_the_policy_says(ethereum: Chain) -> None:
    settings = Settings(FeePolicy(blocks_to_live=6))
    alone, bundle = Scene(ethereum, settings=settings), Scene(ethereum, settings=settings)
    alone.tried(), bundle.tried(THEIRS)
    assert (alone.order().until, alone.order().before) == (HEAD.number + 6, b"")
    assert (bundle.order().until, bundle.order().before) == (HEAD.number + 1, b"theirs")
    (_, _, more), (_, _, none) = bundle.of("run")[0], alone.of("run")[0]
    assert (more["ahead"], none["ahead"]) == (THEIRS.call, None)


@pytest.mark.parametrize(("live", "block_time", "seconds"), [(6, 12, 72), (1, 12, 12), (2, 0.25, 1), (5, 0.25, 1)])
def test_the_deadline_is_as_long_as_it_is_wanted_and_never_past(
    ethereum: Chain, live: int, block_time: float, seconds: int
) -> None:
    chain = ethereum.model_copy(update={"block_time": block_time})
    scene = Scene(chain, settings=Settings(FeePolicy(blocks_to_live=live)))
    scene.tried()
    assert scene.route().deadline == HEAD.timestamp + seconds


@pytest.mark.parametrize("bound", [False, True])
def test_the_parent_block_is_named_where_that_is_asked_for(ethereum: Chain, bound: bool) -> None:
    scene = Scene(ethereum, settings=Settings(parent_hash=bound))
    scene.tried()
    assert scene.route().parent_hash == (bytes.fromhex(HEAD.hash[2:]) if bound else b"")
    assert scene.of("run")[0][2]["bound"] is bound


@pytest.mark.parametrize(("more", "taken"), [(-1, 0), (0, 0), (100, 100), (None, 0)])
def test_gas_is_the_greater_of_estimate_and_simulation_with_headroom(
    scene: Scene, more: int | None, taken: int
) -> None:
    scene.outcome = Simulated(7, gas=None if more is None else TRADE.gas + more)
    assert scene.tried().gas == TRADE.gas + taken
    assert scene.order().gas == (TRADE.gas + taken) * 130 // 100


def test_what_a_limit_forbids_is_noted_with_the_reason_and_ends_nothing(scene: Scene) -> None:
    scene.fails = LimitError("too much")
    attempt = scene.tried()
    ((noted,), told) = (cast(list[Found], scene.of("noted")), scene.of("told"))
    assert (noted.refusal, noted.simulated) == (attempt.refusal, 7) == ("too much", 7)
    assert (attempt.state, told) == ("refused", [attempt])


def test_whatever_else_keeps_it_from_being_signed_is_noted_and_told_on(scene: Scene) -> None:
    scene.fails = MillraceError("the signer is away")
    with pytest.raises(MillraceError, match="the signer is away"):
        scene.tried()
    assert [noted.refusal for noted in scene.of("noted")] == ["the signer is away"]


def test_a_record_in_trouble_is_not_written_to_again(scene: Scene) -> None:
    scene.fails = StoreError("full", "sqlite")
    with pytest.raises(StoreError):
        scene.tried()
    assert scene.of("noted") == []


def test_paper_trading_notes_what_it_would_send(ethereum: Chain) -> None:
    scene = Scene(ethereum, paper=True)
    attempt = scene.tried()
    assert [noted.refusal for noted in scene.of("noted")] == [""]
    assert (attempt.state, scene.of("told")) == ("paper", [attempt])


@pytest.mark.parametrize(
    ("event", "state", "why"),
    [
        (Included(9, "0x09", 101, WETH, 7, 1), "earned", ""),
        (Included(9, "0x09", 101, WETH, None, 1, "Late()"), "refused", "Late()"),
        (GivenUp(9, "0x09"), "refused", "in no block in time"),
    ],
)
def test_what_became_of_it_is_told_once(scene: Scene, event: Event, state: str, why: str) -> None:
    attempt = scene.tried()
    assert scene.of("told") == []
    scene.trader.hear(Included(8, "0x08", 101, WETH, 7, 1))
    assert scene.of("told") == [], "that was another one"
    scene.trader.hear(event)
    scene.trader.hear(event)
    assert scene.of("told") == [attempt]
    assert (attempt.state, attempt.refusal) == (state, why)


def test_a_cycle_rests_twice_as_long_each_time_and_never_for_ever() -> None:
    rests, at, lengths = Rests(), 0, []
    for _ in range(12):
        rests.begin(TRADE, at)
        until = next(block for block in range(at + 1, at + 2 * LONGEST_REST) if not rests.holds(TRADE, block))
        lengths.append(until - at)
        at = until
    assert lengths[:3] == [8, 16, 32]
    assert lengths[-3:] == [4_096] * 3
