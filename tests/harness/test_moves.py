"""Reserves go to the shallow pool: Ethereum and OP Mainnet, the OP stack's contracts, a stand-in for its nodes."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from chore_stage import inbox_of
from move_stage import (
    HERE,
    ONLY,
    THERE,
    amount,
    apart,
    asking_for_coin,
    bare,
    bent,
    dear_below,
    depth,
    down,
    keeper,
    lacking_least,
    late_here,
    late_there,
    looked,
    nearly_even,
    refusals,
    revoked,
    sequencer_down,
    stopped_here,
    stopped_there,
    together,
    unlisted,
    unregistered,
    up,
    without_bridge,
)
from op_relay import delivered, deposits
from stubs import serving
from two_chains import SEND, Two, both_undone, done_by, filled, held, in_bucket, in_flight

from harness.keeper.abi import calldata
from harness.keeper.chores import moves
from harness.keeper.chores.chore import BPS, Policy, Task
from harness.keeper.chores.moves import PACE
from harness.keeper.datafee import ORACLE
from harness.keeper.events import ChoreDone


@pytest.fixture
def two(moving_chains: Two, monkeypatch: pytest.MonkeyPatch) -> Iterator[Two]:
    """The same for every test, both at one time; each keeper knows the other chain's endpoint."""
    with both_undone(moving_chains) as two:
        for stage in (two.below, two.above):
            monkeypatch.setenv(stage.chain.rpc_variable, stage.url)
        together(two)
        yield two


# the story


def test_a_profit_goes_to_the_shallow_pool_of_the_other_chain_and_deepens_it(two: Two) -> None:
    below, above = two.below, two.above
    usdt, usdt_above = below.token("USDT"), above.token("USDT")
    bucket, shallow = in_bucket(below, HERE, usdt), depth(above, THERE)
    sent: list[Any] = []

    def send(task: Task) -> Any:  # noqa: ANN401 - a receipt
        sent.append((task, below.send(task)))
        return sent[-1][1]

    chores = keeper(below, up(two), policy=Policy())
    while chores.run(below.head(), send):
        pass
    assert sent[0][0].kind == "move"
    task, receipt = sent[0]
    assert amount(task) == in_flight(below, above, usdt) == bucket // 2
    assert [event.kind for event in below.heard if isinstance(event, ChoreDone)].count("move") == 1
    (deposit,) = deposits(receipt)
    assert delivered(above.node, deposit)["status"] == 1
    assert held(above, usdt_above, inbox_of(above, above.pool(THERE).address)) == bucket // 2
    done = done_by(above, keeper(above, down(two), policy=Policy(every=1)))
    assert done == ["inbox", "convert", "inject"]
    assert depth(above, THERE) > shallow
    assert in_bucket(above, THERE, usdt_above) < bucket // 20
    assert refusals(below) == refusals(above) == []


def test_the_task_is_the_very_call_and_says_what_it_is_worth(two: Two) -> None:
    below, above = two.below, two.above
    task, usdt = looked(below, up(two)), below.token("USDT")
    units = in_bucket(below, HERE, usdt) // 2
    assert task is not None
    assert task.to == below.at("reserve")
    assert task.data == calldata(
        SEND, below.pool(HERE).address, usdt, units, above.chain.chain_id, above.pool(THERE).address
    )
    assert task.target == f"USDT of {HERE} to {THERE} on optimism"
    assert task.worth_wei == pytest.approx(units * 10**12 // 1_600, rel=1e-6)


def test_what_is_lacking_goes_and_then_nothing_more(two: Two) -> None:
    """Wherever the money is: under way, at the inbox, in the bucket."""
    below, above, usdt = two.below, two.above, two.below.token("USDT")
    move = nearly_even(two)
    task = looked(below, move)
    lacking = depth(below, HERE) * move.shallow_bps // BPS - depth(above, THERE)
    assert amount(task) == lacking < in_bucket(below, HERE, usdt) // 2
    assert task is not None
    (deposit,) = deposits(below.send(task))
    crediting = above.chores(Policy(enabled=frozenset(("inbox",)), every=1))
    steps: list[Callable[[], object]] = [
        lambda: below.node.rpc("anvil_mine", hex(3), hex(12)),
        lambda: delivered(above.node, deposit),
        lambda: done_by(above, crediting),
    ]
    for step in steps:
        step()
        together(two)
        assert looked(below, replace(move, share_bps=BPS)) is None
    assert refusals(below) == []


@pytest.mark.parametrize("symbol", ["USDT", "WETH"])
def test_what_waits_there_counts_in_both_of_the_pools_tokens(two: Two, symbol: str) -> None:
    below, above, move = two.below, two.above, nearly_even(two)
    before = amount(looked(below, move))
    units = 10**6 if symbol == "USDT" else 10**18 // 1_600
    filled(above, THERE, symbol, units)
    task = looked(below, move)
    lacking_now = amount(task) if task else 0
    assert lacking_now == pytest.approx(before - 10**6, abs=2)
    filled(above, THERE, symbol, 200 * units)
    together(two)
    assert looked(below, move) is None
    assert refusals(below) == []


def test_what_lies_at_the_inbox_there_counts(two: Two) -> None:
    """Governance has confirmed by then that it is under way no longer."""
    below, above, move = two.below, two.above, nearly_even(two)
    before = amount(looked(below, move))
    above.grant("USDT", inbox_of(above, above.pool(THERE).address), before - 1)
    together(two)
    assert looked(below, move) is None
    assert refusals(below) == []


def test_nobody_sends_back_what_came(two: Two) -> None:
    below, above = two.below, two.above
    task = looked(below, up(two))
    assert task is not None
    (deposit,) = deposits(below.send(task))
    delivered(above.node, deposit)
    done_by(above, above.chores(Policy(enabled=frozenset(("inbox",)), every=1)))
    together(two)
    assert in_bucket(above, THERE, above.token("USDT")) == amount(task)
    assert looked(above, down(two, shallow_bps=9_000, share_bps=BPS)) is None
    assert refusals(above) == []


# bounds


@pytest.mark.parametrize(
    ("changes", "most"),
    [({"most": 100_000_001}, 100_000_001), ({"a_day": 110_000_007}, 110_000_007), ({"share_bps": 4_321}, None)],
)
def test_no_limit_of_the_operators_is_passed(two: Two, changes: dict[str, int], most: int | None) -> None:
    bucket = in_bucket(two.below, HERE, two.below.token("USDT"))
    assert amount(looked(two.below, up(two, **changes))) == (most or bucket * 4_321 // BPS)


@pytest.mark.parametrize("caps", [(95_000_003, 10**12), (10**12, 95_000_003)])
def test_no_cap_of_the_reserves_is_passed(two: Two, caps: tuple[int, int]) -> None:
    below = two.below
    setting = calldata("setSendingCap(address,uint112,uint112)", below.token("USDT"), *caps)
    below.govern((below.at("reserve"), setting))
    together(two)
    assert amount(looked(below, up(two))) == 95_000_003


def test_a_sending_is_rested_from_and_counted_for_a_day(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    """The day is one of fifty blocks."""
    monkeypatch.setattr(moves, "DAY", 600)
    below, above = two.below, two.above
    move = up(two, most=100_000_000, a_day=180_000_000, share_bps=BPS, rest=240)
    first = looked(below, move)
    assert first is not None
    below.send(first)
    seen = []
    start = below.head().number
    for blocks in (19, 20, 49, 50):
        below.node.rpc("anvil_mine", hex(start + blocks - below.head().number), hex(12))
        together(two, feeds=False)
        task = looked(below, move)
        seen.append(amount(task) if task else 0)
    assert seen == [0, 80_000_000, 80_000_000, 100_000_000]
    assert in_flight(below, above, below.token("USDT")) == 100_000_000


def test_what_gas_would_eat_stays(two: Two) -> None:
    least = lacking_least(two)
    assert looked(two.below, up(two, most=least * 101 // 100)) is not None
    assert looked(two.below, up(two, most=least * 99 // 100)) is None
    assert looked(two.below, up(two), policy=replace(ONLY, gas_share_bps=0)) is None
    assert refusals(two.below) == []


def test_what_data_costs_on_the_rollup_counts_too(two: Two) -> None:
    cheap = lacking_least(two)
    dear_below(two.above, 4 * 10**13)
    least = lacking_least(two)
    assert least > cheap * 4 // 3
    assert looked(two.below, up(two, most=least * 101 // 100)) is not None
    assert looked(two.below, up(two, most=least * 99 // 100)) is None


def test_a_rollup_that_does_not_say_what_data_costs_gets_nothing(two: Two) -> None:
    two.above.node.rpc("anvil_setCode", ORACLE, "0xfe")
    assert looked(two.below, up(two)) is None
    assert "optimism does not say what data costs" in refusals(two.below)[0]


def test_the_other_chain_is_not_asked_more_often_than_its_pace(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    below = two.below
    with serving(lambda *_: "down") as stub:
        monkeypatch.setenv(two.above.chain.rpc_variable, stub.url)
        chores, asked = keeper(below, up(two)), []
        for _ in range(PACE // 12 + 10):
            chores.look(below.head())
            below.node.mine()
            asked.append(len(stub.requests))
    assert asked[0] == asked[PACE // 12 - 1] == 1
    assert asked[-1] == 2


# refusals


REFUSED: list[tuple[Any, str]] = [
    (bare, "there is no code at the reserve's address on optimism"),
    (unregistered, f"{THERE} is not registered with the reserve on optimism, or has no terms"),
    (unlisted, "the reserve on optimism does not list 0x94b008aA00579c1307B0EF2c499aD98a8ce58e58, so that it would"),
    (stopped_there, "nothing is injected on optimism today: its cap on losses is 0 or used up"),
    (sequencer_down, "the guard on optimism refuses requireNear(address,uint256): SequencerDown("),
    (bent, "the guard on optimism refuses requireNear(address,uint256): PoolDeviates("),
    (apart, "USDT is at 1.00"),
    (late_there, "the newest block of optimism is 3"),
    (late_here, "the newest block of optimism is 3"),
    (revoked, "governance has not confirmed 0xc858A329Bf053BE78D6239C4A4343B8FbD21472b on chain 10 as a destination"),
    (
        without_bridge,
        "governance has set no bridge to 0xc858A329Bf053BE78D6239C4A4343B8FbD21472b on chain 10 for 0xdAC",
    ),
    (stopped_here, "nothing of 0xdAC17F958D2ee523a2206206994597C13D831ec7 may leave: its sending cap is 0"),
    (asking_for_coin, "reverted without a reason"),
]


@pytest.mark.parametrize(("spoil", "said"), REFUSED, ids=[spoil.__name__ for spoil, _ in REFUSED])
def test_nothing_leaves_and_the_reason_is_said(two: Two, spoil: Any, said: str) -> None:  # noqa: ANN401
    assert looked(two.below, up(two)) is not None
    spoil(two)
    assert looked(two.below, up(two)) is None
    (reason,) = refusals(two.below)
    assert reason.startswith(said)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("", "no endpoint of optimism; set OPTIMISM_RPC_URL"),
        ("http://127.0.0.1:9/s3cret", "http://127.0.0.1:9 did not answer eth_chainId"),
        ("below", "answers with chain id 1, but optimism has 10"),
    ],
)
def test_without_the_other_chains_node_nothing_leaves(
    two: Two, monkeypatch: pytest.MonkeyPatch, url: str, said: str
) -> None:
    monkeypatch.setenv("OPTIMISM_RPC_URL", two.below.url if url == "below" else url)
    assert looked(two.below, up(two)) is None
    (reason,) = refusals(two.below)
    assert said in reason
    assert "s3cret" not in reason


@pytest.mark.parametrize("nonsense", ["0x", "nonsense", None, [], {}, 7, "0x" + "ff" * 64])
def test_nonsense_of_the_other_node_is_a_refusal_and_holds_nothing_up(
    two: Two, monkeypatch: pytest.MonkeyPatch, nonsense: object
) -> None:
    with serving(lambda method, _: "0xa" if method == "eth_chainId" else nonsense) as stub:
        monkeypatch.setenv("OPTIMISM_RPC_URL", stub.url)
        policy = Policy(enabled=frozenset(("move", "convert")), every=1)
        task = looked(two.below, up(two), policy=policy)
    assert task is not None
    assert task.kind == "convert"
    assert len(refusals(two.below)) == 1


def test_a_refusal_rests_longer_each_time(two: Two) -> None:
    stopped_there(two)
    chores, seen = keeper(two.below, up(two), policy=replace(ONLY, every=100)), []
    for _ in range(4):
        chores.look(two.below.head())
        seen.append(len(refusals(two.below)))
        two.below.node.rpc("anvil_mine", hex(101), hex(12))
        together(two)
    assert seen == [1, 1, 2, 2]
