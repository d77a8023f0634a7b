"""Pools found through real factories on a replica; tokens are bought, passed on and sold before they are traded."""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from reader import Reader
from tokens import BURNING, CONFIRMATIONS, ETHER, MAKER, REFUSED, TAXED, Counting, Stage

from harness import chains, replica
from harness.chains import Chain
from harness.devchain import DevChain
from harness.keeper import discover
from harness.keeper.cursor import Cursor
from harness.keeper.depths import Depths, spaced
from harness.keeper.discover import Discovery, News
from harness.keeper.events import Excluded, Recovered, Trouble
from harness.keeper.factories import Factories
from harness.keeper.feeds.place import Place
from harness.keeper.feeds.registry import FEEDS
from harness.market.legs import NATIVE

QUIET = 8
"""Turns without news after which there is none."""


@pytest.fixture(scope="module")
def world(built: None) -> Iterator[Stage]:  # noqa: ARG001 - trials run an artifact
    with replica.serve("ethereum") as served:
        node = DevChain(served.web3, 12)
        yield Stage(served.chain, node, Counting(served.url), Reader(served.chain, served.web3).places)


@pytest.fixture
def stage(world: Stage) -> Iterator[Stage]:
    """The same for every test: what a test does is undone."""
    before = world.node.rpc("evm_snapshot")
    world.said.clear()
    world.provider.instead = {}
    world.provider.asked.clear()
    yield world
    world.node.rpc("evm_revert", before)


def begun(stage: Stage, cursor: Cursor | None = None, known: tuple[Place, ...] | None = None, **more: Any) -> Discovery:  # noqa: ANN401
    """Discovery with a floor of five ether, through logs from now on."""
    arguments: dict[str, Any] = {"price": stage.price, "floor": 5 * ETHER, "emit": stage.said.append, **more}
    watched = stage.known if known is None else known
    begin = cursor or Cursor(stage.block + 1)
    return Discovery(stage.chain, stage.rpc, stage.prober, known=watched, cursor=begin, **arguments)


def run(stage: Stage, discovery: Discovery) -> News:
    """Let discovery work at the newest block until it is quiet; return all its news."""
    news: list[News] = []
    while len(news) < QUIET or any(any(last) for last in news[-QUIET:]):
        news.append(discovery.work(stage.block, 60))
    return News(tuple(p for n in news for p in n.taken), tuple(e for n in news for e in n.refused))


# pools


def test_it_finds_exactly_the_pools_that_the_factories_have_of_the_tokens_listed(stage: Stage) -> None:
    bases = {stage.address("WETH"), stage.address("USDT")}
    expected = {place for place in stage.known if bases & {place.token0, place.token1}}
    discovery = begun(stage, known=())
    found = set(run(stage, discovery).taken)
    there = {place.address for place in expected}
    others = {place.name: place for place in found if place.address not in there}
    assert {replace(place, name="") for place in expected} <= {replace(place, name="") for place in found}
    assert sorted(others) == [
        "pancake-v3:USDC/WETH:500",
        "uniswap-v4:ETH/USDC:500",
    ]
    assert others["pancake-v3:USDC/WETH:500"].tick_spacing == 10
    manager = others["uniswap-v4:ETH/USDC:500"]
    assert (manager.token0, manager.fee, manager.tick_spacing, manager.pool_id[:42]) == (
        NATIVE,
        500,
        10,
        manager.address.lower(),
    )
    assert discovery.refused == {}
    assert set(discovery.places) == found


def test_what_is_known_is_not_found_again(stage: Stage) -> None:
    found = run(stage, begun(stage)).taken
    assert {place.venue for place in found} == {"pancake-v3", "uniswap-v4"}


def test_pools_of_a_listed_token_are_asked_for(stage: Stage) -> None:
    token = stage.token()
    pair, pool = stage.pair(token), stage.pool(token)
    stage.wait()
    assert {p.address for p in run(stage, begun(stage)).taken} & {pair, pool} == set()
    found = {place.address: place for place in run(stage, begun(stage, listed=[token])).taken}
    assert found[pair].fee_bps == 30
    assert (found[pool].fee, found[pool].tick_spacing) == (3_000, 60)
    assert found[pool].name in (f"uniswap-v3:{token}/WETH:3000", f"uniswap-v3:WETH/{token}:3000")


def test_pools_are_found_by_what_the_factories_say_once_that_is_certain(stage: Stage) -> None:
    discovery = begun(stage)
    run(stage, discovery)
    token = stage.token()
    made = {stage.pair(token), stage.pool(token), stage.pair(token, "USDT", venue="sushi-v2")}
    early = {place.address for place in discovery.work(stage.block, 60).taken}
    stage.wait()
    found = early | {place.address for place in run(stage, discovery).taken}
    assert found == made
    assert run(stage, discovery) == News((), ())


def test_what_was_asked_for_and_is_told_of_as_well_is_tried_once(stage: Stage) -> None:
    trials: list[str] = []

    def count(params: Any) -> None:  # noqa: ANN401
        trials.extend(["trial"] * (len(params) > 2))

    token = stage.token()
    cursor = Cursor(stage.block)
    pair = stage.pair(token)
    stage.wait()
    stage.provider.instead["eth_call"] = count
    assert pair in {place.address for place in run(stage, begun(stage, cursor, listed=[token])).taken}
    assert trials == ["trial"]


def test_logs_are_read_only_so_many_blocks_later(stage: Stage) -> None:
    discovery = begun(stage)
    run(stage, discovery)
    token = stage.token()
    factory = getattr(stage.chain.venues["uniswap-v2"], "factory", "")
    stage.do(factory, "createPair(address,address)", token, stage.address("WETH"))
    stage.fill(stage.made(factory, "getPair(address,address)", token, stage.address("WETH")), token, "WETH", 20)
    assert run(stage, discovery).taken == ()
    stage.wait(discover.CONFIRMATIONS - 4)
    assert len(run(stage, discovery).taken) == 1


def test_a_pool_without_a_token_to_begin_in_is_none(stage: Stage) -> None:
    discovery = begun(stage)
    run(stage, discovery)
    stage.pair(stage.token(), "USDC")
    stage.wait()
    assert run(stage, discovery) == News((), ())


def test_a_shallow_pool_is_taken_when_it_is_deep(stage: Stage) -> None:
    discovery = begun(stage)
    token = stage.token()
    pair = stage.pair(token, ether=4)
    stage.wait()
    assert pair not in {place.address for place in run(stage, discovery).taken}
    assert pair in {place.address for place in discovery.cursor.waiting}
    stage.fill(pair, token, "WETH", 1)
    assert [place.address for place in run(stage, discovery).taken] == [pair]
    assert stage.said == []


def test_the_floor_is_in_native_coin_whatever_the_base(stage: Stage) -> None:
    token = stage.token()
    discovery = begun(stage)
    pair = stage.pair(token, "USDT", ether=20)
    stage.wait()
    worth = Fraction(20 * 2_000 * 10**6) * cast(Fraction, stage.price(stage.address("USDT")))
    assert pair in {place.address for place in run(stage, discovery).taken}
    for floor, taken in ((int(worth), True), (int(worth) + 1, False)):
        other = begun(stage, listed=[token], floor=floor)
        assert (pair in {place.address for place in run(stage, other).taken}) is taken
    for floor in (5 * ETHER, 0):
        blind = begun(stage, listed=[token], floor=floor, price=lambda _: None)
        assert pair not in {place.address for place in run(stage, blind).taken}, "what is worth nothing is not taken"


# tokens


TRAPS: list[tuple[str, dict[str, int], str]] = [
    ("taxed when bought", {"purchase": TAXED}, "brings less than it should when it is bought, by 5 %"),
    ("taxed when sold", {"sale": TAXED}, "brings less than it should when it is sold, by 4.9"),
    ("taxed when sent", {"passage": TAXED}, "brings less than it should when it is sent, by 5 %"),
    ("not bought", {"purchase": REFUSED}, "cannot be bought: Error(UniswapV2: TRANSFER_FAILED)"),
    ("not sent", {"passage": REFUSED}, "cannot be sent: TransferFailed"),
    ("not sold", {"sale": REFUSED}, "cannot be sold: TransferFailed"),
    ("burning gas", {"passage": BURNING}, "units of gas when it is sent; at most 200000 are reasonable"),
]


@pytest.mark.parametrize(("manner", "reason"), [trap[1:] for trap in TRAPS], ids=[trap[0] for trap in TRAPS])
def test_a_token_that_misbehaves_is_refused_with_the_reason(stage: Stage, manner: dict[str, int], reason: str) -> None:
    discovery = begun(stage)
    token, good = stage.token(), stage.token()
    bad, sound = stage.pair(token), stage.pair(good)
    stage.trap(token, bad, **manner)
    stage.wait()
    news = run(stage, discovery)
    assert sound in {place.address for place in news.taken}
    assert bad not in {place.address for place in news.taken}
    assert [(event.pool, event.venue) for event in news.refused] == [(bad, "uniswap-v2")]
    assert reason in news.refused[0].reason
    assert discovery.refused == {bad: news.refused[0].reason}
    assert stage.said == list(news.refused)


def test_a_tax_on_sales_to_a_concentrated_pool_is_seen(stage: Stage) -> None:
    token = stage.token()
    pool = stage.pool(token)
    stage.trap(token, pool, sale=TAXED)
    [refused] = run(stage, begun(stage, listed=[token])).refused
    assert refused.reason.startswith("cannot be sold: PaidWrong(")


def test_a_token_that_tells_no_balance_is_refused_and_holds_up_nothing(stage: Stage) -> None:
    token, good = stage.token(), stage.token()
    bad, sound = stage.pair(token), stage.pair(good)
    stage.do(token, "mute()")
    news = run(stage, begun(stage, listed=[token, good]))
    assert [event.pool for event in news.refused] == [bad]
    assert sound in {place.address for place in news.taken}


def test_a_token_that_turns_bad_is_given_up_and_one_that_turns_good_is_taken(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discover, "AGAIN", 50)
    one, two = stage.token(), stage.token()
    first, second = stage.pair(one), stage.pair(two)
    stage.trap(two, second, sale=REFUSED)
    discovery = begun(stage, listed=[one, two])
    news = run(stage, discovery)
    assert first in {place.address for place in news.taken}
    assert [event.pool for event in news.refused] == [second]
    assert [discovery.busy(stage.block + blocks) for blocks in (49, 50)] == [False, True]
    stage.trap(one, first, sale=TAXED)
    stage.trap(two, second)
    assert run(stage, discovery) == News((), ()), "it is not looked at yet"
    stage.wait(60)
    news = run(stage, discovery)
    assert [place.address for place in news.taken] == [second]
    assert [event.pool for event in news.refused] == [first]
    assert discovery.refused.keys() == {first}


def test_balances_that_change_by_themselves_are_seen_between_two_trials(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discover, "AGAIN", 50)
    honest, odd = stage.token(), stage.token()
    first, second = stage.pair(honest), stage.pair(odd)
    discovery = begun(stage, listed=[honest, odd])
    assert {first, second} <= {place.address for place in run(stage, discovery).taken}
    for token, pool in ((honest, first), (odd, second)):
        stage.do(token, "transfer(address,uint256)", pool, 123)
        stage.do(pool, "skim(address)", MAKER.address)
        stage.do(token, "transfer(address,uint256)", pool, 5)
        stage.do(pool, "sync()")
    stage.do(odd, "rebase(address,uint256)", second, 7)
    stage.do(second, "sync()")
    stage.wait(60)
    [refused] = run(stage, discovery).refused
    assert (refused.pool, refused.reason) == (second, "changes balances by itself, here by 7 units")
    assert first in {place.address for place in discovery.places}


def test_a_pool_of_which_nothing_can_be_tried_needs_its_token_proven_elsewhere(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discover, "AGAIN", 50)
    token = stage.token()
    weth = stage.address("WETH")
    kind = stage.chain.venues["uniswap-v2"].model_copy(update={"kind": "unheard-of"})
    chain = stage.chain.model_copy(update={"venues": {**stage.chain.venues, "odd": kind}})
    token0, token1 = sorted((token, weth), key=str.lower)
    odd = Place("odd", "odd", stage.pair(stage.token()), token0, token1)
    stage = replace(stage, chain=chain)
    discovery = begun(stage, Cursor(stage.block, waiting=(odd,)))
    assert odd not in run(stage, discovery).taken
    pair = stage.pair(token)
    stage.wait()
    assert [place.address for place in run(stage, discovery).taken] == [pair, odd.address]
    stage.trap(token, pair, sale=REFUSED)
    stage.wait(60)
    assert [event.pool for event in run(stage, discovery).refused] == [pair, odd.address], "it does not prove itself"


# budget, restarts, odd nodes


@pytest.mark.parametrize("most", [3, 5])
def test_it_asks_no_more_than_it_may_at_a_block(stage: Stage, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(discover, "AGAIN", 1)
    tokens = [stage.token() for _ in range(4)]
    pairs = {stage.pair(token) for token in tokens}
    discovery = begun(stage, listed=tokens, requests=most)
    for _ in range(30):
        stage.provider.asked.clear()
        discovery.work(stage.block, 60)
        assert len(stage.provider.asked) <= most
        stage.wait(1)
    assert pairs <= {place.address for place in discovery.places}


def test_no_time_is_no_work(stage: Stage) -> None:
    discovery = begun(stage)
    assert discovery.work(stage.block, 0) == News((), ())
    assert stage.provider.asked == []


def test_it_goes_on_after_a_restart_where_it_was(stage: Stage) -> None:
    token, other = stage.token(), stage.token()
    pair, shallow = stage.pair(token), stage.pair(other, ether=1)
    discovery = begun(stage, Cursor(stage.block - 30))
    stage.wait()
    assert pair in {place.address for place in run(stage, discovery).taken}
    cursor = Cursor.load(discovery.cursor.dump())
    assert cursor == discovery.cursor
    assert cursor.block == stage.block - discover.CONFIRMATIONS + 1
    again = begun(stage, cursor)
    assert set(again.places) == set(discovery.places)
    stage.fill(shallow, other, "WETH", 9)
    assert [place.address for place in run(stage, again).taken] == [shallow]


def test_what_it_had_of_venues_that_are_not_asked_any_more_is_forgotten(stage: Stage) -> None:
    places = tuple(place for place in stage.known if place.venue in ("uniswap-v2", "sushi-v2"))
    assert {place.venue for place in places} == {"uniswap-v2", "sushi-v2"}
    for which in ("taken", "waiting"):
        cursor = begun(stage, Cursor(1, **{which: places}), known=(), venues=["uniswap-v2"]).cursor
        assert {place.venue for place in getattr(cursor, which)} == {"uniswap-v2"}


def test_a_kill_before_judgement_loses_nothing(stage: Stage) -> None:
    token = stage.token()
    discovery = begun(stage, listed=[token], requests=3)
    pair = stage.pair(token)
    stage.wait()
    while pair not in {place.address for place in discovery.cursor.waiting}:
        discovery.work(stage.block, 0.001)
    again = begun(stage, Cursor.load(discovery.cursor.dump()))
    assert pair in {place.address for place in run(stage, again).taken}


def test_a_node_that_refuses_long_ranges_is_asked_for_shorter_ones(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(discover, "LONGEST_SPAN", 64)
    spans: list[int] = []

    def refuse(params: Any) -> dict[str, Any] | None:  # noqa: ANN401
        first, last = (int(params[0][key], 16) for key in ("fromBlock", "toBlock"))
        spans.append(last - first + 1)
        return {"error": {"code": -32005, "message": "more than 10000 results"}} if last - first >= 10 else None

    stage.provider.instead["eth_getLogs"] = refuse
    discovery = begun(stage)
    run(stage, discovery)
    pair = stage.pair(stage.token())
    stage.wait(70)
    assert [place.address for place in run(stage, discovery).taken] == [pair]
    assert max(spans) == 64
    stage.provider.instead["eth_getLogs"] = lambda params: refuse(params) and None
    spans.clear()
    stage.wait(70)
    run(stage, discovery)
    assert max(spans) > 10, "longer ranges are tried again"
    assert discovery.cursor.block == stage.block - discover.CONFIRMATIONS + 1


def test_a_node_without_state_overrides_is_told_of_and_no_token_is_blamed(stage: Stage) -> None:
    def ignore(params: Any) -> dict[str, Any] | None:  # noqa: ANN401
        return {"result": "0x"} if len(params) > 2 else None

    token = stage.token()
    pair = stage.pair(token)
    discovery = begun(stage, listed=[token])
    stage.provider.instead["eth_call"] = ignore
    for _ in range(20):
        assert pair not in {place.address for place in discovery.work(stage.block, 60).taken}
    assert [type(event) for event in stage.said] == [Trouble]
    assert cast(Trouble, stage.said[0]).where == "probe"
    assert discovery.refused == {}
    assert pair in {place.address for place in discovery.cursor.waiting}
    stage.provider.instead.clear()
    assert pair in {place.address for place in run(stage, discovery).taken}
    assert isinstance(stage.said[-1], Recovered)


def test_a_node_that_is_down_loses_nothing(stage: Stage) -> None:
    token = stage.token()
    pair = stage.pair(token)
    discovery = begun(stage, listed=[token])
    found: set[str] = set()
    for i in range(60):
        methods = ("eth_call", "eth_getLogs") if i % 2 else ()
        stage.provider.instead = dict.fromkeys(methods, lambda _: {"error": {"code": -32000, "message": "busy"}})
        found |= {place.address for place in discovery.work(stage.block, 60).taken}
    assert pair in found


# what factories say


@pytest.fixture(scope="module")
def everywhere(ethereum: Chain) -> Factories:
    """Factories of every kind that there is."""
    venues: dict[str, Any] = {
        "aerodrome": chains.Solidly(kind="solidly", factory=FACTORY["aerodrome"]),
        "slipstream": chains.UniswapV3(kind="uniswap-v3", factory=FACTORY["slipstream"]),
        "quickswap": chains.Algebra(kind="algebra", factory=FACTORY["quickswap"]),
        "swapx": chains.Algebra(kind="algebra", factory=FACTORY["swapx"], generation="integral"),
        "camelot": chains.Algebra(kind="algebra", factory=FACTORY["camelot"], generation="camelot"),
    }
    return Factories(ethereum.model_copy(update={"venues": {**ethereum.venues, **venues}}))


FACTORY = {
    name: to_checksum_address("0x" + f"{i}" * 40)
    for i, name in enumerate(("aerodrome", "slipstream", "camelot", "quickswap", "swapx"), 1)
}
A, B, POOL = (to_checksum_address("0x" + digit * 40) for digit in "abc")


def log(emitter: str, signature: str, topics: list[tuple[str, Any]], data: list[tuple[str, Any]]) -> dict[str, Any]:
    """A log as a node gives it."""
    indexed = ["0x" + encode([kind], [value]).hex() for kind, value in topics]
    body = encode([kind for kind, _ in data], [value for _, value in data])
    return {
        "address": emitter.lower(),
        "topics": ["0x" + keccak(signature.encode()).hex(), *indexed],
        "data": "0x" + body.hex(),
    }


PAIR: list[tuple[str, Any]] = [("address", A), ("address", B)]
V4 = "Initialize(bytes32,address,address,uint24,int24,address,uint160,int24)"


@pytest.mark.parametrize(
    ("said", "more"),
    [
        (
            log(
                FACTORY["aerodrome"],
                "PoolCreated(address,address,bool,address,uint256)",
                [*PAIR, ("bool", True)],
                [("address", POOL), ("uint256", 3)],
            ),
            {"venue": "aerodrome", "family": "stable"},
        ),
        (
            log(
                FACTORY["aerodrome"],
                "PoolCreated(address,address,bool,address,uint256)",
                [*PAIR, ("bool", False)],
                [("address", POOL), ("uint256", 3)],
            ),
            {"venue": "aerodrome", "family": ""},
        ),
        (
            log(
                FACTORY["slipstream"],
                "PoolCreated(address,address,int24,address)",
                [*PAIR, ("int24", 100)],
                [("address", POOL)],
            ),
            {"venue": "slipstream", "family": "slipstream", "tick_spacing": 100},
        ),
        (
            log(
                FACTORY["slipstream"],
                "PoolCreated(address,address,uint24,int24,address)",
                [*PAIR, ("uint24", 500)],
                [("int24", 10), ("address", POOL)],
            ),
            {"venue": "slipstream", "family": "", "fee": 500, "tick_spacing": 10},
        ),
        (
            log(FACTORY["quickswap"], "Pool(address,address,address)", PAIR, [("address", POOL)]),
            {"venue": "quickswap", "family": ""},
        ),
        (
            log(FACTORY["swapx"], "Pool(address,address,address)", PAIR, [("address", POOL)]),
            {"venue": "swapx", "family": "integral"},
        ),
        (
            log(FACTORY["camelot"], "Pool(address,address,address)", PAIR, [("address", POOL)]),
            {"venue": "camelot", "family": "camelot"},
        ),
    ],
)
def test_every_family_says_what_it_has_made(everywhere: Factories, said: dict[str, Any], more: dict[str, Any]) -> None:
    place = everywhere.told(said)
    assert place is not None
    assert (place.token0, place.token1, place.address) == (A, B, POOL)
    assert {key: getattr(place, key) for key in more} == more


def test_factories_whose_pools_no_feed_follows_are_not_asked(
    everywhere: Factories, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert {"quickswap", "camelot"} <= set(everywhere.addresses)
    followed = {key: feed for key, feed in FEEDS.items() if key != ("algebra", "camelot")}
    monkeypatch.setattr("harness.keeper.factories.FEEDS", followed)
    fewer = Factories(everywhere._chain)
    assert set(everywhere.addresses) - set(fewer.addresses) == {"camelot"}
    assert fewer.told(log(FACTORY["camelot"], "Pool(address,address,address)", PAIR, [("address", POOL)])) is None


def test_pools_with_hooks_and_logs_of_others_are_none(everywhere: Factories, ethereum: Chain) -> None:
    manager = everywhere.addresses["uniswap-v4"]

    def initialized(fee: int, hooks: str, emitter: str = manager) -> Place | None:
        data: list[tuple[str, Any]] = [("uint24", fee), ("int24", 60), ("address", hooks), ("uint160", 1), ("int24", 0)]
        return everywhere.told(log(emitter, V4, [("bytes32", b"7" * 32), *PAIR], data))

    key = keccak(encode(["address", "address", "uint24", "int24", "address"], [A, B, 3_000, 60, NATIVE])).hex()
    place = initialized(3_000, NATIVE)
    assert place is not None
    assert (place.pool_id, place.address.lower()) == ("0x" + key, "0x" + key[:40])
    assert initialized(3_000, POOL) is None
    assert initialized(0x800000, NATIVE) is None
    assert initialized(3_000, NATIVE, ethereum.token("WETH").address) is None


def test_discovery_waits_as_long_as_these_tests_say() -> None:
    assert discover.CONFIRMATIONS == CONFIRMATIONS


@pytest.mark.parametrize("whole", [False, True])
def test_broken_logs_are_passed_over(stage: Stage, whole: bool) -> None:
    discovery = begun(stage)
    pair = stage.pair(stage.token())
    stage.wait()
    factory = getattr(stage.chain.venues["uniswap-v2"], "factory", "")
    broken = log(factory, "PairCreated(address,address,address,uint256)", PAIR, [])
    cut = {**broken, "topics": broken["topics"][:1]}

    def answer(params: Any) -> dict[str, Any]:  # noqa: ANN401
        logs = stage.node.rpc("eth_getLogs", *params)
        assert isinstance(logs, list)
        return {"result": "no list" if whole else [broken, cut, {}, None, 7, *logs]}

    stage.provider.instead["eth_getLogs"] = answer
    assert (pair in {place.address for place in run(stage, discovery).taken}) is not whole
    stage.provider.instead = {}
    run(stage, discovery)
    assert pair in {place.address for place in discovery.places}


def test_the_depth_of_a_pool_at_a_manager_is_its_virtual_reserve(ethereum: Chain) -> None:
    weth, usdt = ethereum.token("WETH").address, ethereum.token("USDT").address
    depths = Depths(ethereum, (weth, usdt), lambda _: Fraction(1, 2))
    first = Place("", "uniswap-v4", POOL, NATIVE, usdt, pool_id="0x" + "11" * 32)
    assert depths.base(first) == NATIVE
    assert depths.worth(first, (1_000,), (1 << 97,)) == 500
    second = replace(first, token0=A)
    assert depths.base(second) == usdt
    assert depths.worth(second, (1_000,), (1 << 97,)) == 1_000
    assert (
        depths.worth(first, (1_000,), (0,)) == depths.worth(first, None, None) == depths.worth(first, (1,), None) == 0
    )
    assert depths.base(Place("", "", POOL, A, B)) == ""


def test_a_concentrated_pool_knows_its_own_spacing() -> None:
    place = Place("", "uniswap-v3", POOL, A, B, fee=100, tick_spacing=1)
    assert spaced(place, (2,)) == replace(place, tick_spacing=2)
    assert spaced(place, None) == place


def test_refusals_that_are_too_many_are_forgotten(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discover, "REMEMBERED", 2)
    tokens = [stage.token() for _ in range(4)]
    for token in tokens:
        stage.trap(token, stage.pair(token), sale=REFUSED)
    discovery = begun(stage, listed=tokens)
    assert len(run(stage, discovery).refused) == 4
    assert len(discovery.refused) == 2
    assert all(isinstance(event, Excluded) for event in stage.said)
