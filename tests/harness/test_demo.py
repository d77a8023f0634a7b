"""The demo with a fixed seed: what it has to show is shown, and its check finds a missing wei."""

import io
import os
import subprocess
from dataclasses import replace

import pytest
from rich.console import Console

from harness import chains
from harness.accounting import AccountingError, Figures, Split, check_books
from harness.demo import DemoError, Result, check, run
from harness.market.route import Lender

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def told() -> io.StringIO:
    return io.StringIO()


def replicas() -> set[str]:
    """Process ids of the replicas that this process has started and that still run."""
    command = ["ps", "-o", "pid,args", "--ppid", str(os.getpid())]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return {line.split()[0] for line in listed.splitlines() if "--init" in line}


@pytest.fixture(scope="module")
def before() -> set[str]:
    return replicas()


@pytest.fixture(scope="module")
def result(told: io.StringIO, before: set[str], built: None) -> Result:  # noqa: ARG001 - counted and built before
    return run("ethereum", chains.load("ethereum").replica.seed, Console(file=told, width=200))


def test_it_shows_ten_trades_three_pairs_every_lender_and_a_race_lost(result: Result) -> None:
    assert len(result.trades) >= 10
    assert len(result.pairs) >= 3
    assert result.lenders == {Lender.NONE, Lender.BALANCER_V2, Lender.AAVE_V3, Lender.MORPHO}
    assert [attempt.refusal.split("(")[0] for attempt in result.refused] == ["NotProfitable"]


def test_every_profit_is_the_simulated_one_and_the_books_balance(result: Result) -> None:
    check(result)
    for trade in result.trades:
        assert trade.profit > 0
        assert trade.profit == trade.attempt.simulated == trade.attempt.opportunity.sizing.profit
        assert {pool for pool, _ in trade.split.pools} == {hop.pool.address for hop in trade.attempt.opportunity.path}
        assert trade.split.vault == trade.profit * 8_000 // 10_000


def test_the_stakers_shares_are_worth_more_and_their_part_is_with_them(result: Result) -> None:
    native = result.chain.token("WETH").address
    assert result.after.share_price > result.before.share_price
    assert result.paid[native] > 0
    assert result.after.stakers[native] == 0
    assert result.after.locked == 0


def test_the_statement_names_everything_a_treasurer_asks_for(result: Result, told: io.StringIO) -> None:
    said = told.getvalue()
    for words in (
        "gap",
        "route",
        "lender",
        "borrowed",
        "expected",
        "realised",
        "gas",
        "buckets",
        "stakers",
        "one share",
    ):
        assert words in said
    assert "refused: NotProfitable" in said
    assert f"{len(result.trades)} gaps closed" in said


def test_no_process_is_left_behind(result: Result, before: set[str]) -> None:
    assert result.orders > 0
    assert replicas() <= before


def test_a_trade_that_did_not_do_what_was_simulated_is_found(result: Result) -> None:
    first = result.trades[0]
    wrong = replace(first, attempt=replace(first.attempt, simulated=first.profit + 1))
    with pytest.raises(DemoError, match=str(first.profit + 1)):
        check(replace(result, trades=[wrong, *result.trades[1:]]))
    short = replace(first, split=replace(first.split, vault=first.split.vault - 1))
    with pytest.raises(DemoError):
        check(replace(result, trades=[short, *result.trades[1:]]))


@pytest.mark.parametrize("wei", [-1, 1])
def test_a_wei_too_few_or_too_many_anywhere_is_found(result: Result, wei: int) -> None:
    native = result.chain.token("WETH").address
    after = result.booked
    pool = next(iter(after.pools))
    for wrong in (
        replace(after, pools={**after.pools, pool: after.pools[pool] + wei}),
        replace(after, stakers={**after.stakers, native: after.stakers[native] + wei}),
        replace(after, pot={**after.pot, native: after.pot[native] + wei}),
        replace(after, accounted={**after.accounted, native: after.accounted[native] + wei}),
        replace(after, held={**after.held, native: after.held[native] + wei}),
        replace(after, assets=after.assets + wei),
        replace(after, locked=after.locked + wei),
    ):
        with pytest.raises(AccountingError):
            check(replace(result, booked=wrong))


@pytest.mark.parametrize("wei", [-1, 1])
def test_a_wei_too_few_or_too_many_at_the_end_is_found(result: Result, wei: int) -> None:
    native = result.chain.token("WETH").address
    after = result.after
    pool = next(key for key in after.pools if key[1] == native)
    for wrong in (
        replace(after, pools={**after.pools, pool: after.pools[pool] + wei}),
        replace(after, stakers={**after.stakers, native: after.stakers[native] + wei}),
        replace(after, accounted={**after.accounted, native: after.accounted[native] + wei}),
        replace(after, held={**after.held, native: after.held[native] + wei}),
    ):
        with pytest.raises(AccountingError):
            check(replace(result, after=wrong))


def test_pools_of_both_kinds_are_deepened_from_their_buckets(result: Result) -> None:
    kinds = {bool(one.place.tick_spacing) for one in result.injections}
    assert kinds == {True, False}
    for one in result.injections:
        assert one.liquidity > 0
        assert one.change0 <= 0
        assert one.change1 <= 0
    pooled = {key: amount for key, amount in result.booked.pools.items() if amount}
    waiting = sum(amount for amount in result.after.pools.values())
    assert waiting < sum(pooled.values()) // 10


def test_what_waits_says_why(result: Result) -> None:
    assert result.resting
    assert all("CQT" in name for name in result.resting)
    assert {reason.split("(")[0] for reason in result.resting.values()} == {"PriceMissing"}


def test_the_stakers_part_in_other_tokens_is_converted_and_streamed(result: Result) -> None:
    assert all(amount == 0 for amount in result.after.stakers.values())
    assert any(amount for token, amount in result.booked.stakers.items())
    assert result.after.assets > result.booked.assets + result.booked.locked


def test_without_an_injection_the_demo_says_so(result: Result) -> None:
    with pytest.raises(DemoError, match="no pool was deepened"):
        check(replace(result, injections=[]))


def figures(stakers: int = 0, pooled: int = 0, assets: int = 0) -> Figures:
    held = {"T": stakers + pooled}
    return Figures({("P", "T"): pooled}, {"T": stakers}, {"T": 0}, held, held, assets, 0, 1)


def test_books_that_balance_pass_and_others_say_what_is_missing() -> None:
    check_books(figures(), figures(stakers=80, pooled=20), {"T": 100}, {})
    check_books(figures(), figures(pooled=20, assets=80), {"T": 100}, {"T": 80})
    with pytest.raises(AccountingError, match="of 100 units of T earned, 99 are in buckets and 0 were"):
        check_books(figures(), figures(stakers=80, pooled=19), {"T": 100}, {})
    with pytest.raises(AccountingError, match="the vault was paid 80 and has grown by 79"):
        check_books(figures(), figures(pooled=20, assets=79), {"T": 100}, {"T": 80})


def test_a_split_adds_up() -> None:
    assert Split((("A", 1), ("B", 2)), 4, 8).total == 15
