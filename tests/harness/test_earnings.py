"""The report of a scripted story, against figures reckoned by hand; and what does not add up is said."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from chore_stage import ANYONE, BENEFICIARY, DAY, ETHER, Stage, staged, undone
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from harness import cli
from harness.earnings import command
from harness.earnings.checks import problems
from harness.earnings.ends import Q96, End, EndError, Position
from harness.earnings.figures import Figure
from harness.earnings.flows import Change, Flows
from harness.earnings.period import PeriodError, period_of
from harness.earnings.positions import yield_of
from harness.earnings.report import Report, report_on
from harness.earnings.spent import Spent
from harness.history import Log
from harness.keeper.abi import calldata
from harness.keeper.chores.chore import RATE_OF, Task
from harness.keeper.chores.known import DeepPool
from harness.keeper.events import ChoreDone
from harness.keeper.rpc import Rpc, RpcError
from harness.settings import KEEPER, dev_account

PAIR, DEEP = "uniswap-v2:USDC/WETH", "uniswap-v3:USDC/WETH:500"


@dataclass
class Story:
    """What has happened on a day: two trades, their chores, people who trade through what was deepened, a revert."""

    stage: Stage
    day: date
    profits: dict[str, int]
    done: list[Task]
    trades_gas: int
    chores_gas: int
    lost_gas: int
    volume: dict[str, dict[str, int]]


@pytest.fixture(scope="module")
def story(built: None) -> Iterator[Story]:  # noqa: ARG001 - errors are named after the artifacts
    with staged() as stage:
        stage.govern((stage.at("reserve"), calldata("setGasBudget(uint112)", ETHER // 100)))
        now = stage.head().timestamp
        stage.node.mine(DAY - now % DAY + 60)
        stage.feeds()
        yield told(stage)


def told(stage: Stage) -> Story:
    before = stage.node.web3.eth.get_balance(dev_account(KEEPER).address)
    profits = {"WETH": stage.earned(), "USDT": stage.earned(30_000, "uniswap-v2:XAUt/USDT")}
    trades_gas = before - stage.node.web3.eth.get_balance(dev_account(KEEPER).address)
    done = stage.do_all(stage.chores())
    chores_gas = sum(event.gas_cost for event in stage.heard if isinstance(event, ChoreDone))
    volume = {name: stage.there_and_back(name, 200_000) for name in (PAIR, DEEP)}
    balance = stage.node.web3.eth.get_balance(dev_account(KEEPER).address)
    stage.node.send(dev_account(KEEPER), stage.at("reserve"), calldata("payVault()"))
    stage.node.mine()
    lost = balance - stage.node.web3.eth.get_balance(dev_account(KEEPER).address)
    day = datetime.fromtimestamp(stage.head().timestamp, UTC).date()
    return Story(stage, day, profits, done, trades_gas, chores_gas, lost, volume)


@pytest.fixture(scope="module")
def report(story: Story) -> Report:
    return of(story, story.day, story.day)


def of(story: Story, since: date, until: date, **more: Any) -> Report:  # noqa: ANN401
    stage = story.stage
    names = {place.address: place.name for place in stage.places}
    return report_on(stage.chain, stage.rpc(), stage.deployment, (since, until), names=names, **more)


def row(report: Report, section: str, subject: str, name: str, token: str = "") -> Figure:
    found = [
        one
        for one in report.figures
        if (one.section, one.subject, one.name) == (section, subject, name) and token in ("", one.token)
    ]
    assert len(found) == 1, found
    return found[0]


def whole(units: int, decimals: int = 18) -> Decimal:
    return Decimal(units).scaleb(-decimals)


# the story


def test_everything_adds_up_to_the_wei(report: Report) -> None:
    assert report.problems == []


def test_profit_is_what_the_trades_earned(report: Report, story: Story) -> None:
    for token, decimals in (("WETH", 18), ("USDT", 6)):
        assert row(report, "profit", "", "earned", token).amount == whole(story.profits[token], decimals)
        assert row(report, "profit", "", "to the reserve", token).amount == whole(story.profits[token], decimals)
    weth = row(report, "profit", "", "earned", "WETH")
    assert weth.native == weth.amount
    assert weth.usd == weth.amount * 1_600
    usdt = row(report, "profit", "", "earned", "USDT")
    assert usdt.usd == pytest.approx(usdt.amount, rel=Decimal("1e-9"))


def test_the_split_is_the_one_that_governance_has_set(report: Report, story: Story) -> None:
    aside = ETHER // 100
    for token, decimals, profit in (("WETH", 18, story.profits["WETH"] - aside), ("USDT", 6, story.profits["USDT"])):
        vault, beneficiary = profit * 7_000 // 10_000, profit * 1_000 // 10_000
        assert row(report, "split", "", "booked", token).amount == whole(profit, decimals)
        assert row(report, "split", "vault", "part", token).amount == whole(vault, decimals)
        assert row(report, "split", BENEFICIARY, "part", token).amount == whole(beneficiary, decimals)
        assert row(report, "split", "pools", "part", token).amount == whole(profit - vault - beneficiary, decimals)
    assert row(report, "split", "gas budget", "set aside").amount == whole(aside)


def test_gas_is_what_the_keeper_has_paid(report: Report, story: Story) -> None:
    assert row(report, "gas", "trades", "paid").amount == whole(story.trades_gas)
    assert row(report, "gas", "chores", "paid").amount == whole(story.chores_gas)
    assert row(report, "gas", "reverted", "paid").amount == whole(story.lost_gas)
    total = story.trades_gas + story.chores_gas + story.lost_gas
    assert row(report, "gas", "", "paid").amount == whole(total)
    assert row(report, "gas", "", "refunded by the reserve").amount == whole(ETHER // 100)


def test_what_succeeded_is_counted(report: Report, story: Story) -> None:
    assert row(report, "trades", "", "trades").amount == 2
    assert row(report, "trades", "", "chores").amount == len(story.done)
    assert row(report, "trades", "", "reverted").amount == 1
    tried = 2 + len(story.done) + 1
    assert row(report, "trades", "", "success rate, percent").amount == Decimal(100 * (tried - 1)) / tried


def test_depth_is_what_left_the_bucket(report: Report, story: Story) -> None:
    part = (story.profits["WETH"] - ETHER // 100) * 1_000 // 10_000
    pair = row(report, "pools", PAIR, "added", "WETH").amount
    assert pair == pytest.approx(whole(part), rel=Decimal("1e-3"))
    deep = row(report, "pools", DEEP, "added", "WETH").amount
    assert deep == pytest.approx(whole(part) / 2, rel=Decimal("2e-2"))
    assert row(report, "pools", DEEP, "added", "USDC").amount == pytest.approx(deep * 1_600, rel=Decimal("2e-2"))


def test_fees_are_our_share_of_what_people_have_paid(report: Report, story: Story) -> None:
    stage = story.stage
    pair = stage.pool(PAIR)
    shares = stage.node.view(pair.address, "balanceOf(address)", stage.at("reserve"))
    supply = stage.node.view(pair.address, "totalSupply()")
    fees = [row(report, "pools", PAIR, "fees earned", token) for token in ("USDC", "WETH")]
    dollars = {"USDC": Decimal(1).scaleb(-6), "WETH": Decimal(1_600).scaleb(-18)}
    paid = sum(units * dollars[symbol] for symbol, units in story.volume[PAIR].items())
    expected = paid * 3 / 1_000 * shares / supply
    assert sum(one.usd or 0 for one in fees) == pytest.approx(expected, rel=Decimal("0.02"))
    deep = [row(report, "pools", DEEP, "fees earned", token).amount for token in ("USDC", "WETH")]
    before = stage.bucket(DEEP, "USDC"), stage.bucket(DEEP, "WETH")
    snapshot = stage.node.rpc("evm_snapshot")
    stage.node.do(dev_account(KEEPER), stage.at("reserve"), "collectFees(address)", stage.pool(DEEP).address)
    gained = stage.bucket(DEEP, "USDC") - before[0], stage.bucket(DEEP, "WETH") - before[1]
    stage.node.rpc("evm_revert", snapshot)
    assert deep == [whole(gained[0], 6), whole(gained[1])]
    assert min(gained) > 0


def test_a_day_on_which_nothing_happened_is_all_zeros_and_adds_up(story: Story) -> None:
    yesterday = of(story, story.day - timedelta(days=1), story.day - timedelta(days=1))
    assert yesterday.problems == []
    assert all(one.amount == 0 for one in yesterday.figures if one.section != "trades")
    assert row(yesterday, "trades", "", "trades").amount == 0


def test_days_add_up(report: Report, story: Story) -> None:
    both = of(story, story.day - timedelta(days=1), story.day)
    assert both.problems == []
    assert row(both, "profit", "", "earned", "WETH") == row(report, "profit", "", "earned", "WETH")
    first = of(story, story.day - timedelta(days=30), story.day)
    assert first.problems == []
    assert first.period.first == min(one.block for one in story.stage.deployment.contracts.values())


def test_the_record_says_what_has_reverted(story: Story) -> None:
    logged = next(event.hash for event in story.stage.heard if isinstance(event, ChoreDone))
    rows = [
        SimpleNamespace(hash="0x1", state="reverted", block=story.stage.head().number, gas_cost=story.lost_gas),
        SimpleNamespace(hash=logged, state="included", block=story.stage.head().number, gas_cost=7),
        SimpleNamespace(hash="0x2", state="reverted", block=story.stage.head().number + 1, gas_cost=11),
    ]
    record = SimpleNamespace(included_since=lambda _chain, _block: rows)
    noted = of(story, story.day, story.day, record=record)
    assert noted.problems == []
    assert row(noted, "trades", "", "reverted").amount == 1
    rows[0].gas_cost += 1
    assert [text.split(":")[0] for text in of(story, story.day, story.day, record=record).problems] == [
        "gas, transactions and the keepers' balances"
    ]


def test_what_no_contract_of_ours_has_logged_is_a_chore_by_the_record(story: Story, report: Report) -> None:
    """A claim at a bridge, for instance."""
    stage, heard = story.stage, list(story.stage.heard)
    with undone(stage):
        receipt = stage.node.do(dev_account(KEEPER), dev_account(ANYONE).address, "claim()")
        cost = receipt["gasUsed"] * receipt["effectiveGasPrice"]
        rows = [
            SimpleNamespace(hash="0x1", state="reverted", block=receipt["blockNumber"], gas_cost=story.lost_gas),
            SimpleNamespace(hash="0x2", state="included", block=receipt["blockNumber"], gas_cost=cost),
        ]
        record = SimpleNamespace(included_since=lambda _chain, _block: rows)
        noted = of(story, story.day, story.day, record=record)
    stage.heard[:] = heard
    assert noted.problems == []
    assert row(noted, "trades", "", "chores").amount == row(report, "trades", "", "chores").amount + 1
    assert row(noted, "trades", "", "reverted").amount == 1
    assert row(noted, "gas", "chores", "paid").amount == whole(story.chores_gas + cost)


# what does not add up


def end(**changes: Any) -> End:  # noqa: ANN401
    plain = End({("pool", "P", "T"): 0, ("vault", "", "T"): 0}, {"T": 0}, {"T": 0}, {"T": 0}, {}, {})
    return replace(plain, **changes)


NOTHING = Spent(0, 0, 0, 0, 0, 0, 0)


def sums() -> tuple[Flows, End, End]:
    """A profit of 100 with a tip of 5, booked: 20 to a pool, 75 to the vault, of which 30 were paid."""
    flows = Flows("T", "V", {}, {})
    flows.earned["T"], flows.tips["T"], flows.settled["T"], flows.booked["T"] = 100, 5, 95, 95
    flows.pools_part["T"], flows.vault_part["T"], flows.credited["T"] = 20, 75, 20
    flows.moves["pool", "P", "T"], flows.moves["vault", "", "T"] = 20, 45
    flows.to_vault["T"], flows.streamed, flows.accounted["T"] = 30, 30, 65
    after = end(buckets={("pool", "P", "T"): 20, ("vault", "", "T"): 45}, accounted={"T": 65}, held={"T": 65})
    return flows, end(), after


def test_sums_that_add_up_raise_no_question() -> None:
    assert problems(*sums(), NOTHING) == []


def test_a_period_that_begins_with_something_adds_up() -> None:
    flows, _, after = sums()
    buckets = {("pool", "P", "T"): 10, ("vault", "", "T"): 5}
    before = end(buckets=buckets, accounted={"T": 18}, held={"T": 18}, journal={"T": 3})
    grown = {bucket: units + buckets[bucket] for bucket, units in after.buckets.items()}
    after = end(buckets=grown, accounted={"T": 83}, held={"T": 83}, journal={"T": 3})
    assert problems(flows, before, after, NOTHING) == []


def test_what_was_mined_and_what_is_kept_for_gas_add_up() -> None:
    flows, before, after = sums()
    flows.mined, flows.credited["T"], flows.accounted["T"] = 4, 24, 69
    flows.aside, flows.booked["T"], flows.vault_part["T"] = 6, 89, 69
    flows.moves["pool", "P", "T"], flows.moves["vault", "", "T"], flows.moves["gas", "", "T"] = 24, 39, 6
    buckets = {("pool", "P", "T"): 24, ("vault", "", "T"): 39, ("gas", "", "T"): 6}
    before = end(buckets=dict.fromkeys(buckets, 0))
    after = end(buckets=buckets, accounted={"T": 69}, held={"T": 69})
    assert problems(flows, before, after, NOTHING) == []


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("buckets", ["bucket of pool P in T, state and events", "accounted for of T, sum and buckets with journal"]),
        ("journal", ["accounted for of T, sum and buckets with journal", "accounted for of T, state and events"]),
        ("credited", ["the pools' part of T, whole and parts"]),
        ("booked", ["booked of T, whole and parts", "accounted for of T, state and events"]),
        ("tips", ["profit of T, executor and reserve"]),
        ("moves", ["bucket of pool P in T, state and events"]),
    ],
)
def test_each_way_by_which_a_figure_is_come_by_is_compared(what: str, said: list[str]) -> None:
    flows, before, after = sums()
    held: Any = {"buckets": after.buckets, "journal": after.journal, "moves": flows.moves}.get(what) or getattr(
        flows, what
    )
    held[("pool", "P", "T") if what in ("buckets", "moves") else "T"] += 1
    assert [text.split(":")[0] for text in problems(flows, before, after, NOTHING)] == said


@pytest.mark.parametrize("units", [-1, 1])
@pytest.mark.parametrize(
    "what", ["earned", "tips", "settled", "booked", "pools_part", "vault_part", "credited", "to_vault", "accounted"]
)
def test_a_unit_too_few_or_too_many_in_any_sum_is_said(what: str, units: int) -> None:
    flows, before, after = sums()
    getattr(flows, what)["T"] += units
    found = problems(flows, before, after, NOTHING)
    assert found
    assert all(" T" in text or "vault" in text for text in found)


@pytest.mark.parametrize("units", [-1, 1])
@pytest.mark.parametrize("what", ["buckets", "journal", "accounted", "held", "streamed", "moves", "gas", "nonce"])
def test_a_unit_too_few_or_too_many_in_the_state_is_said(what: str, units: int) -> None:
    flows, before, after = sums()
    spent = NOTHING
    if what == "streamed":
        flows.streamed += units
    elif what == "moves":
        flows.moves["pool", "Q", "T"] += units
    elif what == "gas":
        spent = replace(NOTHING, left=units)
    elif what == "nonce":
        spent = replace(NOTHING, left=units, reverted_gas=units)
    elif what == "buckets":
        after.buckets["pool", "P", "T"] += units
    else:
        getattr(after, what)["T"] += units
    fine = what == "held" and units > 0  # what arrives unannounced disturbs nothing
    assert bool(problems(flows, before, after, spent)) is not fine


def test_events_that_no_story_has_move_what_they_say() -> None:
    log = Log("R", (), b"", 7, 0, "0xt")
    flows = Flows("T", "V", {}, {"P": ("T", "U")})
    flows._executed(log, b"", "T", "L", 1, 50, 4)
    flows._pot_credited(log, "T", 9)
    flows._pot_spent(log, "P", "T", 2)
    flows._mined(log, "M", 30)
    flows._received(log, "P", "U", 5)
    flows._sent(log, "P", "T", 1, 10, "A", "B")
    flows._converted(log, "V", "T", "U", 3, 8, 8)
    flows._converted(log, "P", "U", "T", 4, 6, 6)
    flows._withdrawn(log, "P", 5_000, 11, 13)
    assert (flows.earned["T"], flows.tips["T"], flows.mined, flows.credited["T"]) == (50, 4, 30, 9)
    assert (flows.received["P", "U"], flows.sent["P", "T"]) == (5, 10)
    assert flows.moves == {
        ("pot", "", "T"): 9 - 2,
        ("pool", "P", "T"): 2 - 10 + 6 + 11,
        ("pool", "P", "U"): 5 - 4 + 13,
        ("vault", "", "T"): -3,
        ("vault", "", "U"): 8,
    }
    assert flows.accounted == {"T": 30 - 10 - 3 + 6 + 11, "U": 5 + 8 - 4 + 13}
    assert flows.changes == [Change(7, "P", 0, 5_000, 11, 13)]


# positions


def product(reserve0: int, reserve1: int, supply: int, ours: int) -> Position:
    """A constant product of which some shares are ours."""
    growth = int(Decimal(reserve0 * reserve1).sqrt() * Q96 / supply)
    return Position((reserve0 * ours // supply, reserve1 * ours // supply), (0, 0), growth, ours)


POOL = DeepPool("P", 1, "A", "B")
X = 10**24


@given(st.integers(1, 400))
def test_divergence_is_the_formula_of_the_literature(percent: int) -> None:
    d = Decimal(percent) / 100
    root = d.sqrt()
    before = end(positions={"P": product(X, X, X, X // 10)})
    moved = product(int(X / root), int(X * root), X, X // 10)
    after = end(positions={"P": moved}, rates={"A": int(RATE_OF * d), "B": RATE_OF})
    found = yield_of(POOL, before, after, [], lambda _pool, _block: 0)
    assert found.divergence is not None
    assert found.held
    expected = 2 * root / (1 + d) - 1
    assert abs(Decimal(found.divergence) / found.held - expected) < Decimal("1e-9")
    assert found.fees is not None
    assert max(found.fees) <= 10


def test_fees_that_stay_in_shares_are_told_from_what_was_put_in() -> None:
    rates = {"A": RATE_OF, "B": RATE_OF}
    before = end(positions={"P": product(X, X, X, 0)})
    grown = 11 * X // 10, 11 * X // 10
    after = end(positions={"P": product(*grown, X, X // 10)}, rates=rates)
    put = Change(5, "P", X // 10, None, -(X // 10) * 105 // 100, -(X // 10) * 105 // 100)
    found = yield_of(POOL, before, after, [put], lambda _pool, _block: Q96 * 105 // 100)
    assert found.fees is not None
    assert found.fees[0] == pytest.approx(X // 10 * 5 // 100, rel=1e-6)
    assert found.added == (-put.change0, -put.change1)
    assert found.divergence == pytest.approx(0, abs=10**12)


def test_fees_that_lie_at_a_pool_are_what_was_collected_and_what_could_be_less_what_could_be_before() -> None:
    pool = replace(POOL, kind=2)
    before = end(positions={"P": Position((100, 100), (7, 0), 0, 0)})
    after = end(positions={"P": Position((100, 100), (2, 5), 0, 0)}, rates={"A": RATE_OF, "B": RATE_OF})
    found = yield_of(pool, before, after, [Change(3, "P", 0, 0, 20, 1)], lambda _pool, _block: 0)
    assert found.fees == (15, 6)
    assert found.divergence == 0
    taken = yield_of(pool, before, after, [Change(3, "P", 0, 5_000, 50, 50)], lambda _pool, _block: 0)
    assert taken.fees is None
    assert taken.removed == (50, 50)
    assert taken.divergence == 100


def test_without_prices_there_is_no_divergence() -> None:
    both = end(positions={"P": product(X, X, X, X)}, rates={"A": RATE_OF})
    found = yield_of(POOL, both, both, [], lambda _pool, _block: 0)
    assert (found.divergence, found.held) == (None, None)


# the command


@pytest.fixture
def run(story: Story, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ANN401
    monkeypatch.setattr(command, "load_deployment", lambda *_, **__: story.stage.deployment)

    def invoke(*arguments: str) -> Any:  # noqa: ANN401
        days = [] if "--from" in arguments else ["--from", str(story.day), "--to", str(story.day)]
        return CliRunner(mix_stderr=False).invoke(cli.main, ["report", "--rpc", story.stage.url, *days, *arguments])

    return invoke


def test_the_command_prints_a_table_csv_and_json(run: Any, report: Report) -> None:  # noqa: ANN401
    shown = run()
    assert shown.exit_code == 0, shown.output
    for words in ("profit", "split", "gas", "pools", "fees earned", "divergence", PAIR):
        assert words in shown.output
    rows = list(csv.reader(io.StringIO(run("--csv").stdout)))
    assert tuple(rows[0]) == command.COLUMNS
    assert len(rows) == len(report.figures) + 1
    assert {len(one) for one in rows} == {len(command.COLUMNS)}
    held = json.loads(run("--json").stdout)
    assert held["problems"] == []
    assert [one["amount"] for one in held["figures"]] == [f"{one.amount:f}" for one in report.figures]


def test_what_does_not_add_up_fails_the_command(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN401
    monkeypatch.setattr("harness.earnings.report.problems", lambda *_: ["a wei is missing"])
    shown = run("--csv")
    assert shown.exit_code == 1
    assert "a wei is missing" in shown.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "2025-05-02", "--to", "2025-05-01"), "swap --from and --to"),
        (("--from", "2125-01-01", "--to", "2125-01-02"), "give an earlier --from"),
        (("--from", "2020-01-01", "--to", "2020-01-02"), "nothing was deployed until 2020-01-02"),
        (("--from", "yesterday", "--to", "2020-01-02"), "does not match the format"),
        (("--chain", "atlantis"), "unknown chain 'atlantis'"),
        (("--csv", "--json"), "give one"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(run: Any, arguments: tuple[str, ...], said: str) -> None:  # noqa: ANN401
    shown = run(*arguments)
    assert shown.exit_code != 0
    assert said in shown.stderr
    assert "Traceback" not in shown.output


def test_without_a_deployment_there_is_nothing_to_report(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "is_development", lambda _: False)
    days = ["--from", str(story.day), "--to", str(story.day)]
    shown = CliRunner().invoke(cli.main, ["report", "--rpc", story.stage.url, *days])
    assert shown.exit_code == 1
    assert "nothing is deployed on chain 1" in shown.output


def test_a_node_without_old_states_is_named(story: Story) -> None:
    class Young(Rpc):  # a fake: keeps the newest state alone
        def once(self, method: str, *parameters: Any) -> Any:  # noqa: ANN401
            if method == "eth_call":
                raise RpcError(method, {"code": -32000, "message": "missing trie node"})
            return super().once(method, *parameters)

    stage = story.stage
    with pytest.raises(EndError, match=r"missing trie node.*archive"):
        report_on(stage.chain, Young([stage.node.web3]), stage.deployment, (story.day, story.day))


class Clock(Rpc):
    """A fake: blocks at times of its own, and nothing else."""

    def __init__(self, times: list[int]) -> None:
        super().__init__([])
        self.times = times

    def once(self, method: str, *parameters: Any) -> Any:  # noqa: ANN401
        """Answer what a period asks."""
        if method == "eth_blockNumber":
            return hex(len(self.times) - 1)
        return {"timestamp": hex(self.times[int(parameters[0], 16)])}


@given(st.lists(st.integers(1, 2 * DAY), min_size=2, max_size=60), st.integers(0, 50), st.integers(0, 30))
def test_a_period_has_just_the_blocks_of_its_days(gaps: list[int], offset: int, length: int) -> None:
    times = [DAY * 100 + sum(gaps[:place]) for place in range(len(gaps))]
    start = date(1970, 1, 1) + timedelta(days=100 + offset)
    until = start + timedelta(days=length)
    inside = [place for place, time in enumerate(times) if start <= datetime.fromtimestamp(time, UTC).date() <= until]
    try:
        period = period_of(Clock(times), start, until, 0)
    except PeriodError:
        assert not inside
    else:
        assert (period.first, period.last) == (inside[0], inside[-1])
