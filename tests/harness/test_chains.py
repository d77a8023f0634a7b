"""A chain file is read whole or refused with every problem by its key path."""

import json
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from chainfiles import address, chain_data, write_chain
from pydantic import ValidationError

from harness import chains, settings
from harness.market.pools.registry import Terms

Spoil = Callable[[dict[str, Any]], object]


def problems(folder: Path, spoil: Spoil) -> list[str]:
    """Return what is said of a valid file after `spoil` has been at it."""
    data = chain_data()
    spoil(data)
    with pytest.raises(chains.ChainFileError) as caught:
        chains.load("toy", write_chain(folder, data))
    assert all(problem in str(caught.value) for problem in caught.value.problems)
    return caught.value.problems


def test_a_valid_file_is_read(tmp_path: Path) -> None:
    chain = chains.load("toy", write_chain(tmp_path, chain_data()))
    assert (chain.chain_id, chain.pinned.block, chain.native.wrapped) == (777, 1000, "WTOY")
    assert [pool.name for pool in chain.pools] == ["pairs:USD/WTOY", "ranges:USD/WTOY:500"]
    assert chain.venues["pairs"] == chains.UniswapV2(kind="uniswap-v2", factory=address("pairs"), fee_bps=30)
    assert chain.token("USD").decimals == 6
    assert chain.pool("ranges:USD/WTOY:500").fee == 500


def test_the_terms_of_a_venue_are_read_or_as_if_nothing_was_asked(tmp_path: Path) -> None:
    data = chain_data()
    terms = {"enabled": False, "leastLiquidity": "2.5", "mostSlippageBps": 300, "priority": 7}
    data["venues"]["pairs"]["trading"] = terms
    venues = chains.load("toy", write_chain(tmp_path, data)).venues
    assert venues["pairs"].trading.terms() == Terms(False, 25 * 10**17, 300, 7)
    assert venues["ranges"].trading.terms() == Terms()


def test_terms_that_the_file_does_not_state_are_those_of_the_script(tmp_path: Path) -> None:
    chain = chains.load("toy", write_chain(tmp_path, chain_data()))
    script = (settings.ROOT / "script" / "deployment" / "Plan.sol").read_text()
    assert f"GOVERNANCE_DELAY = {chain.terms.governance_delay // 86_400} days;" in script
    assert f"YIELD_SHARE_BPS = {chain.terms.yield_share_bps};" in script
    assert "WITHDRAWAL_DELAY = 2 days;" in script
    assert "LONGEST_DELAY = 30 days;" in script


def test_strategies_and_bridges_are_read_and_may_be_missing(tmp_path: Path) -> None:
    data = chain_data()
    data["bridges"]["under"]["unconfirmed"] = True
    chain = chains.load("toy", write_chain(tmp_path, data))
    assert chain.strategies["pond"].queue == address("queue")
    assert [bridge.unconfirmed for bridge in chain.bridges.values()] == [False, True]
    assert {bridge.chain_id for bridge in chain.bridges.values()} == {778, 779}
    del data["bridges"], data["strategies"]
    chain = chains.load("toy", write_chain(tmp_path, data))
    assert (chain.strategies, chain.bridges) == ({}, {})


def test_a_chain_is_frozen(tmp_path: Path) -> None:
    chain = chains.load("toy", write_chain(tmp_path, chain_data()))
    with pytest.raises(ValidationError):
        chain.name = "other"


def test_an_unknown_chain_is_refused_with_those_there_are(tmp_path: Path) -> None:
    write_chain(tmp_path, chain_data())
    write_chain(tmp_path, chain_data("base"), "base")
    chains.write_schema(tmp_path)
    with pytest.raises(chains.UnknownChainError, match=r"unknown chain 'goerli'; there are: base, toy$"):
        chains.load("goerli", tmp_path)


def test_a_path_is_no_chain_name(tmp_path: Path) -> None:
    write_chain(tmp_path, chain_data())
    (tmp_path / "inner").mkdir()
    with pytest.raises(chains.UnknownChainError):
        chains.load("../toy", tmp_path / "inner")


def test_an_unknown_pool_or_token_is_refused_with_those_there_are(tmp_path: Path) -> None:
    chain = chains.load("toy", write_chain(tmp_path, chain_data()))
    with pytest.raises(chains.UnknownKeyError, match="toy has no pool 'pairs:USD/GOLD'; it has pairs:USD/WTOY, ranges"):
        chain.pool("pairs:USD/GOLD")
    with pytest.raises(chains.UnknownKeyError, match="toy has no token 'GOLD'; it has WTOY, USD"):
        chain.token("GOLD")


WRONG = address("USD").swapcase().replace("0X", "0x")
CASES: list[tuple[str, Spoil, str]] = [
    ("missing field", lambda d: d["pinned"].pop("timestamp"), "pinned.timestamp: is missing; add it"),
    ("missing section", lambda d: d.pop("feeds"), "feeds: is missing; add it"),
    ("missing in a venue", lambda d: d["venues"]["pairs"].pop("factory"), "venues.pairs.factory: is missing; add it"),
    (
        "wrong checksum",
        lambda d: d["tokens"]["USD"].update(address=WRONG),
        f"tokens.USD.address: {WRONG} has a wrong checksum; if its digits are right write {address('USD')}",
    ),
    (
        "wrong checksum under a key of the owner's",
        lambda d: d["replica"].update(holder=WRONG),
        f"replica.holder: {WRONG} has a wrong checksum; if its digits are right write {address('USD')}",
    ),
    (
        "wrong checksum in a list",
        lambda d: d.update(others=[address("USD"), WRONG]),
        f"others.1: {WRONG} has a wrong checksum; if its digits are right write {address('USD')}",
    ),
    (
        "short address",
        lambda d: d["lenders"]["bank"].update(address="0x12"),
        "lenders.bank.address: String should match pattern '^0x[0-9a-fA-F]{40}$'",
    ),
    (
        "unknown kind of venue",
        lambda d: d["venues"]["pairs"].update(kind="uniswap-v9"),
        "venues.pairs: Input tag 'uniswap-v9' found using 'kind' does not match any of the expected tags",
    ),
    (
        "unknown venue",
        lambda d: d["pools"].append({"venue": "sushi", "tokens": ["USD", "WTOY"]}),
        "pools.2.venue: unknown venue 'sushi'; there are pairs, ranges",
    ),
    (
        "unknown token",
        lambda d: d["pools"][0].update(tokens=["USD", "GOLD"]),
        "pools.0.tokens: unknown token 'GOLD'; there are WTOY, USD, TOY",
    ),
    (
        "token twice",
        lambda d: d["pools"][0].update(tokens=["USD", "USD"]),
        "pools.0.tokens: names a token twice; a pool's tokens differ",
    ),
    (
        "duplicate pool",
        lambda d: d["pools"].append({"venue": "pairs", "tokens": ["WTOY", "USD"]}),
        "pools.2: is pairs:WTOY/USD, which pools.0 is already; remove one",
    ),
    (
        "duplicate among the untraded",
        lambda d: d.update(untraded=[{"venue": "pairs", "tokens": ["USD", "WTOY"]}]),
        "untraded.0: is pairs:USD/WTOY, which pools.0 is already; remove one",
    ),
    ("one token", lambda d: d["pools"][0].update(tokens=["USD"]), "pools.0.tokens: Tuple should have at least 2 items"),
    (
        "profit token",
        lambda d: d.update(profitTokens=["GOLD"]),
        "profitTokens: unknown token 'GOLD'; there are WTOY, USD",
    ),
    (
        "feed's token",
        lambda d: d["feeds"]["TOY"].update(tokens=["GOLD"]),
        "feeds.TOY.tokens: unknown token 'GOLD'; there are WTOY, USD",
    ),
    (
        "wrapped coin",
        lambda d: d["native"].update(wrapped="WETH"),
        "native.wrapped: unknown token 'WETH'; there are WTOY, USD",
    ),
    (
        "price of nothing",
        lambda d: d["replica"]["prices"].update(GOLD="1"),
        "replica.prices: unknown token 'GOLD'; there are WTOY, USD, TOY",
    ),
    (
        "price as a number",
        lambda d: d["replica"]["prices"].update(USD=1.5),
        "replica.prices.USD: Input should be a valid string",
    ),
    (
        "depth missing",
        lambda d: d["replica"]["depths"].pop("pairs:USD/WTOY"),
        "replica.depths: lacks 'pairs:USD/WTOY', which pools.0 names; add it",
    ),
    (
        "depth of nothing",
        lambda d: d["replica"]["depths"].update({"pairs:USD/GOLD": 1}),
        "replica.depths.pairs:USD/GOLD: unknown token 'GOLD'; there are WTOY, USD, TOY",
    ),
    (
        "two tokens at one address",
        lambda d: d["tokens"]["USD"].update(address=address("WTOY")),
        "tokens.USD.address: is that of WTOY too; one of them is wrong",
    ),
    ("another file's name", lambda d: d.update(name="base"), "name: is 'base'; the file's name says 'toy'"),
    (
        "decimals",
        lambda d: d["tokens"]["USD"].update(decimals="6"),
        "tokens.USD.decimals: Input should be a valid integer",
    ),
    (
        "least liquidity as a number",
        lambda d: d["venues"]["pairs"].update(trading={"leastLiquidity": 2.5}),
        "venues.pairs.trading.leastLiquidity: Input should be a valid string",
    ),
    (
        "least liquidity below nothing",
        lambda d: d["venues"]["pairs"].update(trading={"leastLiquidity": "-1"}),
        "venues.pairs.trading.leastLiquidity: String should match pattern",
    ),
    (
        "slippage of more than all",
        lambda d: d["venues"]["pairs"].update(trading={"mostSlippageBps": 10_001}),
        "venues.pairs.trading.mostSlippageBps: Input should be less than or equal to 10000",
    ),
    (
        "priority",
        lambda d: d["venues"]["pairs"].update(trading={"priority": "high"}),
        "venues.pairs.trading.priority: Input should be a valid integer",
    ),
    (
        "term that there is not",
        lambda d: d["venues"]["ranges"].update(trading={"slippage": 1}),
        "venues.ranges.trading.slippage: Extra inputs are not permitted",
    ),
    (
        "enabled without code",
        lambda d: d["venues"].update(stable={"kind": "curve", "trading": {"enabled": True}}),
        "executor.venues: lacks 'curve', which venues.stable.trading enables; add it",
    ),
    (
        "executor of a venue without code",
        lambda d: d["executor"]["venues"].append("uniswap-v9"),
        "executor.venues: unknown kind of venue 'uniswap-v9'; there are wrapped-native, erc4626",
    ),
    (
        "executor of a lender without code",
        lambda d: d["executor"]["lenders"].append("bank"),
        "executor.lenders: unknown kind of lender 'bank'; there are erc3156",
    ),
    (
        "executor without a lender of the keeper's",
        lambda d: d["executor"].update(lenders=[]),
        "executor.lenders: lacks 'aave-v3', from which lenders.bank lends; add it",
    ),
    (
        "executor without a venue of the pools'",
        lambda d: d["executor"].update(venues=["uniswap-v2"]),
        "executor.venues: lacks 'uniswap-v3', through which pools.1 is traded; add it",
    ),
    (
        "executor that borrows where it has no code to trade",
        lambda d: d["executor"]["lenders"].append("uniswap-v4"),
        "executor.venues: lacks 'uniswap-v4', on whose code the lender of that kind runs; add it",
    ),
    (
        "executor with a name of its own grammar",
        lambda d: d["executor"].update(contract="../Toy"),
        "executor.contract: String should match pattern",
    ),
    ("no executor", lambda d: d.pop("executor"), "executor: is missing; add it"),
    (
        "delay that withdrawals exceed",
        lambda d: d.update(terms={"governanceDelay": 172_799}),
        "terms.governanceDelay: Input should be greater than or equal to 172800",
    ),
    (
        "delay of a slip",
        lambda d: d.update(terms={"governanceDelay": 2_592_001}),
        "terms.governanceDelay: Input should be less than or equal to 2592000",
    ),
    (
        "share of the yield above half",
        lambda d: d.update(terms={"yieldShareBps": 5001}),
        "terms.yieldShareBps: Input should be less than or equal to 5000",
    ),
    (
        "strategy of an unknown kind",
        lambda d: d["strategies"]["pond"].update(kind="lake"),
        "strategies.pond.kind: Input should be 'lido'",
    ),
    (
        "strategy's token",
        lambda d: d["strategies"]["pond"].update({"token": "GOLD"}),
        "strategies.pond.token: unknown token 'GOLD'; there are WTOY, USD",
    ),
    (
        "strategy without a way out",
        lambda d: d["strategies"]["pond"].pop("queue"),
        "strategies.pond.queue: is missing; add it",
    ),
    (
        "bridge of an unknown kind",
        lambda d: d["bridges"]["over"].update(kind="ferry"),
        "bridges.over: Input tag 'ferry' found using 'kind' does not match any of the expected tags",
    ),
    (
        "bridge without its contract",
        lambda d: d["bridges"]["under"].pop("address"),
        "bridges.under.address: is missing; add it",
    ),
    (
        "bridge with a wrong checksum",
        lambda d: d["bridges"]["over"].update(address=WRONG),
        f"bridges.over.address: {WRONG} has a wrong checksum; if its digits are right write {address('USD')}",
    ),
    (
        "bridge to where it stands",
        lambda d: d["bridges"]["under"].update(chainId=777),
        "bridges.under.chainId: is this very chain's; a bridge leads to another",
    ),
    (
        "bridge to a network beyond AggLayer's count",
        lambda d: d["bridges"]["under"].update(network=2**32),
        "bridges.under.network: Input should be less than 4294967296",
    ),
    (
        "bridge for nothing",
        lambda d: d["bridges"]["over"].update(tokens={}),
        "bridges.over.tokens: Dictionary should have at least 1 item",
    ),
    (
        "bridge for an unknown token",
        lambda d: d["bridges"]["over"]["tokens"].update(GOLD=address("GOLD")),
        "bridges.over.tokens: unknown token 'GOLD'; there are WTOY, USD",
    ),
    (
        "bridge for the wrapped coin",
        lambda d: d["bridges"]["over"]["tokens"].update(WTOY=address("WTOY over there")),
        "bridges.over.tokens: names the wrapped coin, which no standard bridge mints elsewhere; remove it",
    ),
    (
        "two tokens with one counterpart",
        lambda d: (
            d["tokens"].update(GOLD={"address": address("GOLD"), "decimals": 6}),
            d["bridges"]["over"]["tokens"].update(GOLD=address("USD over there")),
        ),
        "bridges.over.tokens.GOLD: is the counterpart of USD too; one of them is wrong",
    ),
    (
        "counterpart that is none",
        lambda d: d["bridges"]["over"]["tokens"].update(USD="0x" + "00" * 20),
        "bridges.over.tokens.USD: is no address of a token; what is sent for it is stuck",
    ),
    (
        "confirmed in words",
        lambda d: d["bridges"]["under"].update(unconfirmed="no"),
        "bridges.under.unconfirmed: Input should be a valid boolean",
    ),
    ("chain id", lambda d: d.update(chainId=0), "chainId: Input should be greater than 0"),
]


@pytest.mark.parametrize(("spoil", "said"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_problem_is_named_by_its_key_path(tmp_path: Path, spoil: Spoil, said: str) -> None:
    assert any(problem.startswith(said) for problem in problems(tmp_path, spoil))


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    def spoil(data: dict[str, Any]) -> None:
        data["tokens"]["USD"]["address"] = WRONG
        data["pools"][0]["venue"] = "sushi"
        data.pop("feeds")

    paths = {problem.split(":")[0] for problem in problems(tmp_path, spoil)}
    assert paths >= {"feeds", "pools.0.venue", "tokens.USD.address"}


def test_a_key_that_stands_twice_is_named(tmp_path: Path) -> None:
    text = json.dumps(chain_data()).replace('"decimals": 6', '"decimals": 6, "decimals": 8')
    (tmp_path / "toy.json").write_text(text)
    with pytest.raises(chains.ChainFileError) as caught:
        chains.load("toy", tmp_path)
    assert caught.value.problems == ["decimals: stands twice in one object; keep one"]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"pools": 3, "tokens": [], "venues": null}'])
def test_a_file_of_any_shape_is_refused_and_never_crashes(tmp_path: Path, text: str) -> None:
    (tmp_path / "toy.json").write_text(text)
    with pytest.raises(chains.ChainFileError):
        chains.load("toy", tmp_path)


@pytest.mark.parametrize("name", chains.names())
def test_every_chain_file_of_the_repository_is_valid(name: str) -> None:
    assert chains.load(name).name == name


def test_the_schema_file_is_what_the_models_say() -> None:
    written = (settings.CHAINS / chains.SCHEMA).read_text()
    assert written == chains.schema(), "run `python -m harness.chains`"


def test_what_a_day_may_lose_is_worth_about_the_same_on_every_chain() -> None:
    worth = {}
    for chain in map(chains.load, chains.names()):
        price = Decimal(chain.replica.prices[chain.native.wrapped]).scaleb(-8)
        worth[chain.name] = Decimal(chain.terms.loss_cap) * price
    assert {name for name, dollars in worth.items() if not 1_400 <= dollars <= 1_700} == set()
