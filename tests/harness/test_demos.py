"""The demo on every chain beside Ethereum, by the seed of its file: all that Ethereum's shows, in its own coin."""

import io

import pytest
from rich.console import Console

from harness import chains
from harness.demo import PAIRS, TRADES, check, run
from harness.market.route import Lender

pytestmark = pytest.mark.long

WAYS = {"balancer-v2": Lender.BALANCER_V2, "aave-v3": Lender.AAVE_V3, "morpho": Lender.MORPHO}


@pytest.mark.usefixtures("built")
@pytest.mark.parametrize("name", [name for name in chains.names() if name != "ethereum"])
def test_it_shows_trades_venues_every_lender_and_a_race_lost(name: str) -> None:
    chain, told = chains.load(name), io.StringIO()
    result = run(name, chain.replica.seed, Console(file=told, width=200))
    check(result)
    assert len(result.trades) >= TRADES
    assert len(result.pairs) >= PAIRS
    assert result.lenders == {Lender.NONE, *(WAYS[lender.kind] for lender in chain.lenders.values())}
    assert [attempt.refusal.split("(")[0] for attempt in result.refused] == ["NotProfitable"]
    assert result.after.share_price > result.before.share_price
    assert result.injections
    assert f"1.000000000 {chain.native.wrapped}" in told.getvalue()
    assert f"profit  0.000000 {chain.native.symbol} gas" not in told.getvalue()
