"""What cannot be is refused, all of it in one list, before anything reads a chain file; and what the six files say."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from chainfiles import address, chain_data, write_chain

from harness import chains, compose, settings
from harness.chainrules import CALLBACKS, CHAIN_IDS
from harness.keeper.feeds.registry import FEEDS

Spoil = Callable[[dict[str, Any]], object]


def problems(folder: Path, spoil: Spoil, name: str = "toy") -> list[str]:
    """Return what is said of a valid file after `spoil` has been at it; nothing where it still is valid."""
    data = chain_data(name)
    spoil(data)
    try:
        chains.load(name, write_chain(folder, data, name))
    except chains.ChainFileError as error:
        return error.problems
    return []


def rollup(data: dict[str, Any]) -> dict[str, Any]:
    """Make the toy a rollup with its sequencer, and return it."""
    data.update(fees={"model": "op-stack"}, sequencer={"feed": address("up"), "grace": 3600})
    return data


def own_feed(base: str, quoted: str) -> dict[str, Any]:
    """A feed that a pair has of its own."""
    return {"base": base, "quoted": quoted, "address": address("own feed"), "heartbeat": 60}


CASES: list[tuple[str, Spoil, str]] = [
    (
        "an id of another chain's name",
        lambda d: d.update(chainId=10),
        "chainId: is 10, which is optimism's; name the file optimism.json, or correct it",
    ),
    (
        "rollup without its sequencer",
        lambda d: d["fees"].update(model="arbitrum"),
        "sequencer: is missing; on a rollup no price is taken while the sequencer is down: add its uptime feed",
    ),
    (
        "sequencer of no rollup",
        lambda d: d.update(sequencer={"feed": address("up"), "grace": 3600}),
        "sequencer: is of a rollup, but fees.model is 'eip1559'; remove it, or correct the model",
    ),
    (
        "sequencer without grace",
        lambda d: (rollup(d), d["sequencer"].update(grace=0)),
        "sequencer.grace: Input should be greater than or equal to 600",
    ),
    (
        "two venues with one factory",
        lambda d: d["venues"].update(others={"kind": "uniswap-v2", "factory": address("pairs"), "feeBps": 25}),
        "venues.others.factory: is that of venues.pairs too; one of them is wrong",
    ),
    (
        "two venues with one factory, of two kinds",
        lambda d: d["venues"].update(others={"kind": "uniswap-v3", "factory": address("pairs")}),
        "venues.others.factory: is that of venues.pairs too; one of them is wrong",
    ),
    (
        "feed with other decimals than its kind",
        lambda d: d["feeds"]["TOY"].update(decimals=18),
        "feeds.TOY.decimals: is 18; a feed against USD has 8",
    ),
    (
        "callback of another kind",
        lambda d: d["venues"]["pairs"].update(callback="pancakeCall"),
        "venues.pairs.callback: is 'pancakeCall'; for uniswap-v2 there is code that answers to 'uniswapV2Call'",
    ),
    (
        "token with the native coin's symbol",
        lambda d: d["tokens"].update(TOY={"address": address("TOY"), "decimals": 18}),
        "tokens.TOY: has the native coin's symbol; give the token another",
    ),
    (
        "pool without its key",
        lambda d: d["pools"][1].pop("fee"),
        "pools.1.fee: is missing; by it ranges knows the pool",
    ),
    (
        "pool of Slipstream without its key",
        lambda d: d["pools"][1].update(family="slipstream"),
        "pools.1.tickSpacing: is missing; by it ranges knows the pool",
    ),
    (
        "pair with a fee of its own",
        lambda d: d["pools"][0].update(fee=3000),
        "pools.0.fee: is said of a pool of pairs, whose pools are not known by it; remove it",
    ),
    (
        "sendings of a token that is not in the file",
        lambda d: d.update(terms={"sendingCaps": {"GOLD": {"largest": "1", "perDay": "2"}}}),
        "terms.sendingCaps: 'GOLD' is none of tokens; there are WTOY, USD",
    ),
    (
        "strategy without a contract",
        lambda d: d.update(terms={"strategies": {"moon": "1"}}),
        "terms.strategies: 'moon' is none of strategies; there are pond",
    ),
    (
        "outpost over no bridge",
        lambda d: d.update(terms={"outposts": {"moon": {"tokens": []}}}),
        "terms.outposts: 'moon' is none of bridges; there are",
    ),
    (
        "guard of a token that is not in the file",
        lambda d: d.update(terms={"guardedTokens": ["GOLD"]}),
        "terms.guardedTokens: 'GOLD' is none of tokens; there are WTOY, USD",
    ),
    (
        "bounds of a feed that is not there",
        lambda d: d.update(terms={"feedBounds": {"GOLD": {"least": "1"}}}),
        "terms.feedBounds: 'GOLD' is none of feeds; there are TOY",
    ),
    (
        "arrival as a token that is not in the file",
        lambda d: d.update(terms={"wrapped": {address("wrapped gold"): "GOLD"}}),
        "terms.wrapped: 'GOLD' is none of tokens; there are WTOY, USD",
    ),
    (
        "feed of a pair with a side that is not in the file",
        lambda d: d.update(terms={"pairFeeds": [own_feed("GOLD", "USD")]}),
        "terms.pairFeeds.0: 'GOLD' is none of tokens; there are WTOY, USD",
    ),
    (
        "feed of a pair whose other side is not in the file",
        lambda d: d.update(terms={"pairFeeds": [own_feed("USD", "WTOY"), own_feed("USD", "GOLD")]}),
        "terms.pairFeeds.1: 'GOLD' is none of tokens; there are WTOY, USD",
    ),
    (
        "outpost of a token that its bridge does not take",
        lambda d: d.update(terms={"outposts": {"over": {"tokens": ["WTOY"]}}}),
        "terms.outposts.over.tokens: 'WTOY' is none of its tokens; there are USD",
    ),
    (
        "outpost of a token that is not in the file",
        lambda d: d.update(terms={"outposts": {"under": {"tokens": ["GOLD"]}}}),
        "terms.outposts.under.tokens: 'GOLD' is none of its tokens; there are WTOY, USD",
    ),
    (
        "outpost over a bridge that is unconfirmed",
        lambda d: (d["bridges"]["under"].update(unconfirmed=True), d.update(terms={"outposts": {"under": {}}})),
        "terms.outposts.under: is of a bridge that is unconfirmed, and not deployed; confirm it first",
    ),
    (
        "token by two bridges to one chain",
        lambda d: (
            d["bridges"]["under"].update(chainId=778),
            d.update(terms={"outposts": {"over": {"tokens": ["USD"]}, "under": {"tokens": ["USD"]}}}),
        ),
        "terms.outposts.under.tokens: USD goes to that chain by over already; it has one bridge a chain",
    ),
    (
        "weight of a pool that is not there",
        lambda d: d.update(terms={"minedWeights": {"pears:A/B": 1}}),
        "terms.minedWeights: 'pears:A/B' is none of pools; there are",
    ),
    (
        "pools allowed where all are",
        lambda d: d.update(terms={"allowedPools": ["0x000000000000000000000000000000000000dEaD"]}),
        "terms.allowedPools: lists pools, but routes are not restricted; set terms.restrictPools, or remove it",
    ),
    (
        "mean price of a pool that is not there",
        lambda d: d.update(terms={"meanPrices": [{"pool": "pears", "window": 900}]}),
        "terms.meanPrices.0: 'pears' is none of pools; there are",
    ),
    (
        "sendings of parts of a unit",
        lambda d: d.update(terms={"sendingCaps": {"USD": {"largest": "1.1234567", "perDay": "2"}}}),
        "terms.sendingCaps.USD.largest: is 1.1234567; USD has 6 decimals",
    ),
    (
        "sendings that never go",
        lambda d: d.update(terms={"sendingCaps": {"USD": {"largest": "2.5", "perDay": "2"}}}),
        "terms.sendingCaps.USD.largest: is more than perDay, so that it never goes; lower it",
    ),
    (
        "source of nothing",
        lambda d: d.update(sources={"tokens.GOLD": ["gold 1.0.0"]}),
        "tokens.GOLD: has a source or is called unconfirmed, but is not in the file; remove it there, or add it",
    ),
    (
        "source that is none",
        lambda d: d.update(sources={"tokens": []}),
        "sources.tokens: Tuple should have at least 1 item",
    ),
    (
        "unconfirmed nothing",
        lambda d: d.update(unconfirmed=["venues.pears"]),
        "venues.pears: has a source or is called unconfirmed, but is not in the file; remove it there, or add it",
    ),
    (
        "unconfirmed token that is traded",
        lambda d: d.update(unconfirmed=["tokens.USD"]),
        "unconfirmed: tokens.USD is used, for pools.0 is traded; confirm it, or use it no more",
    ),
    (
        "unconfirmed decimals of a token that is traded",
        lambda d: d.update(unconfirmed=["tokens.USD.decimals"]),
        "unconfirmed: tokens.USD.decimals is used, for pools.0 is traded; confirm it, or use it no more",
    ),
    (
        "unconfirmed tokens, all of them",
        lambda d: d.update(unconfirmed=["tokens"]),
        "unconfirmed: tokens is used, for pools.0 is traded; confirm it, or use it no more",
    ),
    (
        "unconfirmed wrapped coin",
        lambda d: d.update(unconfirmed=["tokens.WTOY"], pools=[], profitTokens=[]),
        "unconfirmed: tokens.WTOY is used, for it wraps the native coin; confirm it, or use it no more",
    ),
    (
        "unconfirmed profit token",
        lambda d: d.update(unconfirmed=["tokens.USD"], pools=[], profitTokens=["USD"]),
        "unconfirmed: tokens.USD is used, for profitTokens names it; confirm it, or use it no more",
    ),
    (
        "unconfirmed venue whose pools are traded",
        lambda d: d.update(unconfirmed=["venues.ranges.factory"]),
        "unconfirmed: venues.ranges.factory is used, for pools.1 is traded; confirm it, or use it no more",
    ),
    (
        "unconfirmed venue where pools may be found",
        lambda d: (
            d["venues"].update(others={"kind": "uniswap-v2", "factory": address("others"), "feeBps": 30}),
            d.update(unconfirmed=["venues.others"]),
        ),
        "unconfirmed: venues.others is used, for pools may be found there; set venues.others.trading.enabled to false",
    ),
    (
        "unconfirmed lender",
        lambda d: d.update(unconfirmed=["lenders.bank"]),
        "unconfirmed: lenders.bank is used, for lenders are used as they stand; confirm it, or use it no more",
    ),
    (
        "unconfirmed feed that prices",
        lambda d: d.update(unconfirmed=["feeds.TOY"]),
        "unconfirmed: feeds.TOY is used, for the guard prices WTOY by it; confirm it, or use it no more",
    ),
    (
        "unconfirmed bridge that is deployed",
        lambda d: d.update(unconfirmed=["bridges.under"]),
        "unconfirmed: bridges.under is used, for it is deployed against; set bridges.under.unconfirmed to true",
    ),
    (
        "unconfirmed sequencer",
        lambda d: (rollup(d), d.update(unconfirmed=["sequencer.feed"])),
        "unconfirmed: sequencer.feed is used, for sequencer are used as they stand; confirm it, or use it no more",
    ),
]


@pytest.mark.parametrize(("spoil", "said"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_cannot_be_is_refused(tmp_path: Path, spoil: Spoil, said: str) -> None:
    assert any(problem.startswith(said) for problem in problems(tmp_path, spoil))


FINE: list[tuple[str, Spoil]] = [
    ("rollup with its sequencer", rollup),
    ("callback of the kind", lambda d: d["venues"]["pairs"].update(callback="uniswapV2Call")),
    (
        "terms that name what is there",
        lambda d: d.update(
            terms={
                "guardedTokens": ["USD"],
                "feedBounds": {"TOY": {"least": "1"}},
                "wrapped": {address("wrapped dollar"): "USD"},
                "pairFeeds": [own_feed("USD", "WTOY")],
                "minedWeights": {"ranges:USD/WTOY:500": 1},
                "meanPrices": [{"pool": "ranges:USD/WTOY:500", "window": 900}],
                "outposts": {"over": {"tokens": ["USD"]}, "under": {"tokens": ["USD", "WTOY"]}},
            }
        ),
    ),
    (
        "unconfirmed router",
        lambda d: (d["venues"]["pairs"].update(router=address("r")), _doubt(d, "venues.pairs.router")),
    ),
    ("unconfirmed heartbeat", lambda d: _doubt(d, "feeds.TOY.heartbeat")),
    ("unconfirmed name of a token", lambda d: (d["tokens"]["USD"].update(name="Dollar"), _doubt(d, "tokens.USD.name"))),
    (
        "unconfirmed feed that prices nothing",
        lambda d: (d["feeds"]["TOY"].update(tokens=[]), _doubt(d, "feeds.TOY")),
    ),
    (
        "unconfirmed venue that is off",
        lambda d: (
            d["venues"].update(
                others={
                    "kind": "uniswap-v2",
                    "factory": address("others"),
                    "feeBps": 30,
                    "trading": {"enabled": False},
                }
            ),
            _doubt(d, "venues.others"),
        ),
    ),
    (
        "pools of the same tokens with another mark",
        lambda d: (
            d["venues"].update(
                both={"kind": "solidly", "factory": address("both")},
                slip={"kind": "uniswap-v3", "factory": address("s")},
            ),
            d["executor"]["venues"].append("solidly"),
            d["pools"].extend(
                [
                    {"venue": "both", "tokens": ["USD", "WTOY"]},
                    {"venue": "both", "tokens": ["USD", "WTOY"], "family": "stable"},
                    {"venue": "slip", "tokens": ["USD", "WTOY"], "family": "slipstream", "tickSpacing": 1},
                    {"venue": "slip", "tokens": ["USD", "WTOY"], "family": "slipstream", "tickSpacing": 100},
                ]
            ),
            d["replica"]["depths"].update(
                {f"both:USD/WTOY{mark}": 1 for mark in ("", ":stable")}
                | {f"slip:USD/WTOY:{mark}": 1 for mark in (1, 100)}
            ),
        ),
    ),
]


def _doubt(data: dict[str, Any], path: str) -> dict[str, Any]:
    data["unconfirmed"] = [path]
    return data


@pytest.mark.parametrize("spoil", [case[1] for case in FINE], ids=[case[0] for case in FINE])
def test_what_can_be_is_read(tmp_path: Path, spoil: Spoil) -> None:
    assert problems(tmp_path, spoil) == []


def test_a_known_name_has_its_id(tmp_path: Path) -> None:
    assert problems(tmp_path, lambda _: None, "base") == ["chainId: is 777; base has 8453"]


def test_two_venues_with_one_key_are_named(tmp_path: Path) -> None:
    text = json.dumps(chain_data())
    (tmp_path / "toy.json").write_text(text.replace('"ranges": {"kind"', '"pairs": {"kind"'))
    with pytest.raises(chains.ChainFileError) as caught:
        chains.load("toy", tmp_path)
    assert "pairs: stands twice in one object; keep one" in caught.value.problems


def test_all_that_cannot_be_comes_in_one_list(tmp_path: Path) -> None:
    def spoil(data: dict[str, Any]) -> None:
        data["fees"]["model"] = "op-stack"
        data["venues"]["ranges"]["factory"] = data["venues"]["pairs"]["factory"]
        data["feeds"]["TOY"]["decimals"] = 18
        data["unconfirmed"] = ["lenders.bank"]
        data["tokens"].pop("USD")

    paths = {problem.split(":")[0] for problem in problems(tmp_path, spoil, "base")}
    assert paths >= {
        "chainId",
        "sequencer",
        "venues.ranges.factory",
        "feeds.TOY.decimals",
        "unconfirmed",
        "pools.0.tokens",
    }


def test_the_executor_answers_to_the_callbacks_that_are_taken() -> None:
    for kind, callback in CALLBACKS.items():
        source = settings.ROOT / "contracts" / "venues" / f"{compose.VENUES[kind][0]}.sol"
        assert f"function {callback}(" in source.read_text()


# The six files.

FILES = {name: json.loads((settings.CHAINS / f"{name}.json").read_text()) for name in chains.names()}


def test_there_are_six_chains() -> None:
    assert {name: data["chainId"] for name, data in FILES.items()} == CHAIN_IDS


def test_native_coins_and_block_times_are_those_of_the_chains() -> None:
    found = {name: (chain.native.symbol, chain.native.wrapped, chain.block_time) for name, chain in _loaded()}
    assert found == {
        "ethereum": ("ETH", "WETH", 12),
        "base": ("ETH", "WETH", 2),
        "arbitrum": ("ETH", "WETH", 0.25),
        "optimism": ("ETH", "WETH", 2),
        "polygon": ("POL", "WPOL", 2),
        "bsc": ("BNB", "WBNB", 0.75),
    }


def test_rollups_have_their_sequencer() -> None:
    assert {name for name, chain in _loaded() if chain.sequencer} == {"base", "arbitrum", "optimism"}


@pytest.mark.parametrize("name", chains.names())
def test_every_fact_has_a_source_or_is_called_unconfirmed(name: str) -> None:
    data = FILES[name]
    told = {*data["sources"], *data["unconfirmed"]}
    unsaid = [path for path in _facts(data) if not any(path == known or path.startswith(known + ".") for known in told)]
    assert unsaid == []


@pytest.mark.parametrize("name", chains.names())
def test_the_traded_pools_can_be_followed_and_leave_gaps(name: str) -> None:
    chain = chains.load(name)
    pairs: dict[frozenset[str], set[str]] = {}
    for pool in chain.pools:
        assert (chain.venues[pool.venue].kind, pool.family) in FEEDS
        pairs.setdefault(frozenset(pool.tokens), set()).add(pool.venue)
    deepest = max(pairs.values(), key=len)
    assert len(deepest) >= 3
    assert len({chain.venues[venue].kind for venue in deepest}) >= 2


def test_gold_and_the_token_are_traded_where_they_trade() -> None:
    traded = {name: {token for pool in chain.pools for token in pool.tokens} for name, chain in _loaded()}
    assert {name for name, tokens in traded.items() if "XAUt" in tokens} == {"ethereum", "arbitrum", "polygon", "bsc"}
    assert {name for name, tokens in traded.items() if "CQT" in tokens} == {"ethereum", "base"}
    assert FILES["base"]["tokens"]["CQT"]["address"] == "0x9d1075B41cd80Ab08179F36bc17a7Ff8708748ba"
    assert "tokens.CQT" in FILES["polygon"]["unconfirmed"]


def test_of_a_name_that_several_projects_use_every_chain_says_whose_it_is() -> None:
    whose: dict[str, dict[str, str]] = {}
    for name, chain in _loaded():
        for symbol, token in chain.tokens.items():
            whose.setdefault(symbol, {})[name] = token.project
    shared = {symbol: projects for symbol, projects in whose.items() if any(projects.values())}
    assert shared == {"CQT": {"ethereum": "covalent", "base": "cryptoquest", "polygon": "cryptoquest"}}


def test_tokens_of_one_project_bear_one_name() -> None:
    named: dict[tuple[str, str], set[str]] = {}
    for name, chain in _loaded():
        for symbol, token in chain.tokens.items():
            if token.project:
                named.setdefault((symbol, token.project), set()).add(FILES[name]["tokens"][symbol]["name"])
    assert all(len(names) == 1 for names in named.values())


def test_a_bridge_leads_back_by_the_same_tokens() -> None:
    ids = {chain.chain_id: name for name, chain in _loaded()}
    seen = []
    for name, chain in _loaded():
        for bridge in chain.bridges.values():
            there = ids.get(bridge.chain_id)
            if isinstance(bridge, chains.OptimismBridge) and there:
                seen.append((name, there))
                back = {token.address.lower(): symbol for symbol, token in chains.load(there).tokens.items()}
                assert all(counterpart.lower() in back for counterpart in bridge.tokens.values())
    assert sorted(seen) == [
        ("base", "ethereum"),
        ("ethereum", "base"),
        ("ethereum", "optimism"),
        ("optimism", "ethereum"),
    ]


def _loaded() -> Iterator[tuple[str, chains.Chain]]:
    return ((name, chains.load(name)) for name in chains.names())


def _facts(data: dict[str, Any]) -> Iterator[str]:
    """Yield the paths of what is known of the chain, down to where a source is named for it."""
    yield from (key for key in ("hardFork", "finality", "deployers", "explorer", "sequencer") if key in data)
    for section in ("tokens", "venues", "lenders", "feeds", "contracts", "bridges", "strategies"):
        yield from (f"{section}.{name}" for name in data.get(section, {}))
