"""What a token costs here and there: by real pools and feeds of two replicas, and what carrying it costs."""

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest
from chore_stage import TRADER, Stage
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from move_stage import dear_below
from op_relay import Proposer, deposits, withdrawal
from two_chains import Two, both_undone, filled, listed, opened, sent, stranger, way
from web3.types import TxReceipt

from harness import chains, crossings
from harness.cli import main
from harness.crossings import End
from harness.keeper.datafee import ORACLE, DataFee
from harness.market.legs import NATIVE
from harness.market.pools.uniswap_v2 import UniswapV2Pool
from harness.orderflow import fund
from harness.prices import Row, gaps
from harness.quotes import FALL, Quote, Reading, taken
from harness.settings import dev_account

ETHER = 10**18


@pytest.fixture(scope="module")
def deployed(both_chains: Two) -> Iterator[Two]:
    with both_undone(both_chains) as two:
        for stage in (two.below, two.above):
            fund(stage.node, stage.chain, [dev_account(TRADER)])
        yield two


@pytest.fixture
def two(deployed: Two) -> Iterator[Two]:
    """The same for every test; time goes on, so the feeds speak anew."""
    with both_undone(deployed) as two:
        two.below.feeds()
        two.above.feeds()
        yield two


def prices(monkeypatch: pytest.MonkeyPatch, stages: tuple[Stage, ...], *arguments: str) -> Result:
    for name in chains.names():
        monkeypatch.delenv(chains.load(name).rpc_variable, raising=False)
    for stage in stages:
        monkeypatch.setenv(stage.chain.rpc_variable, stage.url)
    return CliRunner().invoke(main, ["prices", *arguments])


def price(stage: Stage, symbol: str) -> Decimal:
    found = Reading(stage.chain, stage.node.web3).quote(symbol)
    assert found is not None
    return found.price


# prices


@pytest.mark.parametrize("symbol", ["CQT", "WETH"])
def test_a_price_is_that_of_the_replica_by_its_deepest_pool(two: Two, symbol: str) -> None:
    for stage in (two.below, two.above):
        said = Decimal(stage.chain.replica.prices[symbol]).scaleb(-8)
        assert price(stage, symbol) == pytest.approx(said, rel=Decimal("0.001"))


def test_the_pool_that_takes_most_is_asked(two: Two) -> None:
    reading = Reading(two.above.chain, two.above.node.web3)
    every = list(reading._quotes("CQT"))
    assert len(every) > 2
    chosen = reading.quote("CQT")
    assert chosen is not None
    assert chosen.depth == max(one.depth for one in every) > 2 * min(one.depth for one in every)


def test_a_price_follows_the_pool_and_not_the_other_chain(two: Two) -> None:
    before = price(two.below, "CQT"), price(two.above, "CQT")
    quote = Reading(two.below.chain, two.below.node.web3).quote("CQT")
    assert quote is not None
    other = next(one for one in two.below.chain.pool(quote.pool).tokens if one != "CQT")
    two.below.order(quote.pool, "CQT", other, 30_000)
    assert price(two.below, "CQT") < before[0] * Decimal("0.995")
    assert price(two.above, "CQT") == before[1]


def test_a_feed_that_is_silent_prices_nothing(two: Two) -> None:
    assert price(two.below, "CQT") > 0
    two.below.node.mine(3 * 86_400)
    assert Reading(two.below.chain, two.below.node.web3).quote("CQT") is None
    two.below.feeds()
    assert price(two.below, "CQT") > 0


@given(
    st.integers(10**6, 10**30),
    st.integers(10**6, 10**30),
    st.sampled_from((5, 30, 100)),
)
def test_depth_is_where_the_next_unit_brings_one_percent_less(reserve0: int, reserve1: int, fee_bps: int) -> None:
    pool = UniswapV2Pool("0x" + "11" * 20, (NATIVE, "0x" + "22" * 20), (reserve0, reserve1), fee_bps)
    amount, least = taken(pool, 0, 1), pool.rate(0, 1) * FALL
    assert pool.rate(0, 1, amount) >= least > pool.rate(0, 1, amount + 1)


# side by side


def test_all_chains_are_shown_and_those_without_an_endpoint_are_said_so(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = prices(monkeypatch, (two.below, two.above), "WBTC")
    assert result.exit_code == 0, result.output
    assert "no endpoint; set POLYGON_RPC_URL" in result.output
    assert "bsc" not in result.output  # has no WBTC


def test_tokens_of_one_name_that_are_of_several_projects_are_shown_apart(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = prices(monkeypatch, (two.below, two.above), "CQT")
    assert result.exit_code == 0, result.output
    assert "CQT is the name of 2 tokens, which are not compared: " in result.output
    assert "CQT of covalent" in result.output
    assert "CQT of cryptoquest" in result.output
    assert "dearer there" not in result.output
    found = json.loads(prices(monkeypatch, (two.below, two.above), "CQT", "--json").output)
    whose = {row["chain"]: row["project"] for row in found["prices"]}
    assert whose == {"ethereum": "covalent", "base": "cryptoquest", "polygon": "cryptoquest"}
    assert found["gaps"] == []


def test_the_figures_are_for_programs_too(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    stages = (two.below, two.above)
    result = prices(monkeypatch, stages, "USDC", "--json", "--dollars", "5000")
    found = json.loads(result.output)
    assert found["dollars"] == 5_000
    said = {row["chain"]: row["quote"]["price"] for row in found["prices"] if row["quote"]}
    assert said == {stage.chain.name: str(price(stage, "USDC")) for stage in stages}
    (up,) = [gap for gap in found["gaps"] if gap["source"] == "ethereum"]
    assert up["crossing"]["bridge"] == "base"
    assert up["crossing"]["seconds"] == 180
    assert Decimal(up["cost_bps"]) == Decimal(up["crossing"]["dollars"]) * 2
    (down,) = [gap for gap in found["gaps"] if gap["source"] == "base"]
    assert down["crossing"] is None  # Base's own USDC is not the bridge's


def test_a_token_that_nobody_has_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    result = prices(monkeypatch, (), "NOPE")
    assert result.exit_code == 1
    assert "no chain file has a token called 'NOPE'; add it to one" in result.output


def test_an_endpoint_of_another_chain_is_said_so_and_its_key_is_not(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two.above, "url", two.below.url + "/?s3cret")
    result = prices(monkeypatch, (two.above,), "DAI")
    assert result.exit_code == 0, result.output
    assert "answers with chain id 1, but base has 8453" in result.output
    assert "s3cret" not in result.output


def test_a_gap_has_a_sign_and_a_way_of_its_own_in_either_direction() -> None:
    rows = [Row(name, Quote(Decimal(usd), Decimal(1), "")) for name, usd in (("ethereum", 2), ("base", 3))]
    ends = {
        chain.chain_id: End(chain, 10**9, Decimal(1_600)) for chain in (chains.load("ethereum"), chains.load("base"))
    }
    up, down = gaps("DAI", rows, ends, 1_000)
    assert (up.source, up.target, up.bps) == ("ethereum", "base", Decimal(5_000))
    assert (down.source, down.target, round(down.bps)) == ("base", "ethereum", -3_333)
    assert up.crossing is not None
    assert down.crossing is not None
    gas = crossings.SENDING["optimism"] + crossings.CREDITING
    assert up.crossing.dollars == Decimal(gas * 1_600).scaleb(-9)
    assert up.cost_bps == up.crossing.dollars * 10
    assert (up.crossing.seconds, down.crossing.seconds) == (180, 604_800)
    gas = crossings.WITHDRAWING + crossings.PROVING + crossings.CREDITING
    assert down.crossing.dollars == Decimal(gas * 1_600).scaleb(-9)


def test_data_is_paid_for_at_the_end_that_is_a_rollup() -> None:
    data, coin = DataFee(7 * 10**9, 1_000 * 10**9), Decimal(1_600)
    below, above = End(chains.load("ethereum"), 0, coin), End(chains.load("base"), 0, coin, data)
    ways = crossings.crossings("DAI", {1: below, 8453: above})
    up, down = sorted(ways, key=lambda one: one.source, reverse=True)
    assert (up.source, up.dollars) == ("ethereum", Decimal((crossings.CREDITED * 7 + 1_000) * 1_600).scaleb(-9))
    assert (down.source, down.dollars) == ("base", Decimal((crossings.SENT * 7 + 1_000) * 1_600).scaleb(-9))


def test_what_data_costs_is_asked_of_the_rollup(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    def up() -> Decimal:
        found = json.loads(prices(monkeypatch, (two.below, two.above), "USDC", "--json").output)["gaps"]
        return Decimal(next(gap for gap in found if gap["source"] == "ethereum")["crossing"]["dollars"])

    cheap = up()
    dear_below(two.above, 10**15)
    assert up() > 2 * cheap


def test_a_rollup_that_does_not_say_what_data_costs_is_said_so(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    two.above.node.rpc("anvil_setCode", ORACLE, "0xfe")
    found = json.loads(prices(monkeypatch, (two.below, two.above), "USDC", "--json").output)
    row = next(one for one in found["prices"] if one["chain"] == "base")
    assert row["quote"] is not None
    assert row["missing"].startswith("base does not say what data costs")
    assert [gap["crossing"] for gap in found["gaps"]] == [None, None]


def test_only_prices_of_one_token_are_compared() -> None:
    dollar, two = Quote(Decimal(1), Decimal(1), ""), Quote(Decimal(2), Decimal(1), "")
    rows = [
        Row("ethereum", two, project="covalent"),
        Row("base", dollar, project="cryptoquest"),
        Row("polygon", two, project="cryptoquest"),
        Row("arbitrum", dollar),
        Row("optimism", None, project="cryptoquest"),
    ]
    found = {(gap.source, gap.target): gap.bps for gap in gaps("CQT", rows, {}, 1_000)}
    assert found == {("base", "polygon"): 10_000, ("polygon", "base"): -5_000}


def test_what_is_unconfirmed_carries_nothing() -> None:
    katana = chains.load("ethereum").model_copy(update={"chain_id": 747_474, "name": "katana", "bridges": {}})
    ends = {chain.chain_id: End(chain, 1, Decimal(1)) for chain in (chains.load("ethereum"), katana)}
    assert list(crossings.crossings("WETH", ends)) == []


# what the figures of gas are good for


def test_the_gas_of_crossings_is_what_they_take(two: Two) -> None:
    below, above, amount = two.below, two.above, 100 * ETHER
    here, there = "uniswap-v2:USDC/WETH", "uniswap-v3:CQT/USDC:3000"
    for one, other, bridge, pool in (
        (below, above, "bridge-base-DAI", there),
        (above, below, "bridge-ethereum-DAI", here),
    ):
        dai = one.token("DAI")
        one.govern(listed(one, dai), *way(one, other, dai, one.at(bridge), pool))
    filled(below, here, "DAI", amount)
    filled(above, there, "DAI", amount)
    portal = Proposer(below, above, "base")
    sending = sent(below, here, below.token("DAI"), amount, (above, there))
    assert deposits(sending)
    left = sent(above, there, above.token("DAI"), amount // 2, (below, here))
    inbox = opened(above, there)
    above.grant("DAI", inbox, amount)
    crediting = above.node.do(stranger(), inbox, "flush(address)", above.token("DAI"))
    passed = withdrawal(left)
    proving = portal.do(stranger(), portal.prove(passed, portal.evidence(portal.propose(), passed)))
    below.node.mine(8 * 86_400)
    finalising = portal.do(stranger(), portal.finalise(passed))
    used = {
        crossings.SENDING["optimism"]: sending["gasUsed"],
        crossings.WITHDRAWING: left["gasUsed"],
        crossings.CREDITING: crediting["gasUsed"],
        crossings.PROVING: proving["gasUsed"] + finalising["gasUsed"],
    }
    for said, was in used.items():
        assert was <= said <= 2 * was, used
    assert [size_of(above, one) for one in (left, crediting)] == [crossings.SENT, crossings.CREDITED]
    assert size_of(below, proving) + size_of(below, finalising) <= crossings.PROVEN


def size_of(stage: Stage, receipt: TxReceipt) -> int:
    """Bytes of a transaction's calldata."""
    return len(stage.node.web3.eth.get_transaction(receipt["transactionHash"])["input"])
