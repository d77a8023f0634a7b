"""The feeds of families that the replica has no pool of, by their protocols' code; and what needs no chain."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from evm_code import OUT, PEERS
from evm_concentrated import payer
from flows import PAYER, created, newest, packed
from hypothesis import given
from hypothesis import strategies as st
from market_evm import OWNER
from web3 import Web3

from harness import chains, replica
from harness.chains import Chain
from harness.crowd import crowd, stir
from harness.devchain import DevChain
from harness.keeper.abi import Call
from harness.keeper.feeds import concentrated, erc4626, solidly
from harness.keeper.feeds.concentrated import provided, swapped
from harness.keeper.feeds.feed import Held, Log, UnreadableError, signed
from harness.keeper.feeds.place import Place, PoolMissingError
from harness.keeper.feeds.registry import FEEDS, NONE, feed_for
from harness.keeper.feeds.steps import walk
from harness.keeper.feeds.uniswap_v2 import SYNC
from harness.keeper.multicall import Multicall
from harness.keeper.picture import Picture
from harness.keeper.rpc import Rpc
from harness.market.pools.concentrated import WORD
from harness.market.pools.registry import FAMILIES
from harness.market.pools.tick_math import MAX_TICK, MIN_TICK, sqrt_price_at
from harness.market.pools.uniswap_v3 import UniswapV3Pool
from harness.settings import dev_account

WHO = dev_account(6)
NOBODY = "0x" + "00" * 20
PAIR = ("USDC", "WETH")


@dataclass
class Stage:
    """A replica with venues that its chain does not have."""

    chain: Chain
    node: DevChain
    rpc: Rpc
    pancake: str

    def token(self, symbol: str) -> str:
        """Its address."""
        return self.chain.token(symbol).address

    def send(self, to: str, signature: str, *values: object) -> None:
        """Somebody calls something; it waits for the next block."""
        self.node.send(WHO, to, packed(signature, *values))

    def paying(self, pool: str, signature: str, *values: object) -> None:
        """Somebody who pays when called back calls a pool."""
        data = bytes(12) + bytes.fromhex(pool[2:]) + packed(signature, *values)
        self.node.rpc("eth_sendTransaction", {"from": OWNER, "to": PAYER, "data": "0x" + data.hex(), "gas": hex(10**6)})

    def mine(self) -> None:
        """A block in which everything succeeds."""
        receipts = self.node.rpc("eth_getBlockReceipts", hex(self.node.mine()))
        assert isinstance(receipts, list)
        assert all(receipt["status"] == "0x1" for receipt in receipts)

    def with_pools(self, venue: str, terms: object, *pools: chains.Pool) -> Chain:
        """The chain file with another venue, and its pools alone."""
        return self.chain.model_copy(update={"venues": {**self.chain.venues, venue: terms}, "pools": pools})

    def picture(self, chain: Chain) -> Picture:
        """A picture at the newest block."""
        found = Picture(chain, self.rpc)
        found.start(newest(self.rpc))
        return found

    def follow(self, picture: Picture) -> tuple[Any, ...]:
        """Mine, bring a picture to the newest block, and compare it with another."""
        self.mine()
        changed = picture.follow(newest(self.rpc)).changed
        assert picture.excluded == {}
        assert picture.check(newest(self.rpc), 10).changed == ()
        return changed


@pytest.fixture(scope="module")
def stage(built: None) -> Iterator[Stage]:  # noqa: ARG001 - vaults of ours are among them
    with replica.serve("ethereum") as served:
        node = DevChain(served.web3, 12)
        found = Stage(served.chain, node, Rpc([served.web3]), "")
        node.rpc("anvil_setCode", PAYER, "0x" + payer(*(found.token(symbol) for symbol in PAIR)).hex())
        node.rpc("anvil_setBalance", OWNER, hex(10**21))
        node.rpc("anvil_impersonateAccount", OWNER)
        holder = str((served.chain.replica.model_extra or {})["holder"])
        for symbol, amount in zip(PAIR, (10**15, 10**23), strict=True):
            node.grant(found.token(symbol), holder, {PAYER: amount, WHO.address: amount})
        yield found


def test_every_family_has_a_feed_or_is_said_to_have_none() -> None:
    followed = {feed.POOL: kind for (kind, _), feed in FEEDS.items()}
    assert followed.keys() | NONE.keys() == {family.pool for family in FAMILIES}
    assert not followed.keys() & NONE.keys()
    assert all(NONE.values())
    for family in FAMILIES:
        assert followed.get(family.pool, family.kind) == family.kind
        assert family.pool in followed or family.pool in NONE


def test_what_has_no_feed_is_refused_by_name(ethereum: Chain) -> None:
    venues = {**ethereum.venues, "algebra": chains.Algebra(kind="algebra", factory=NOBODY)}
    chain = ethereum.model_copy(update={"venues": venues})
    with pytest.raises(PoolMissingError, match="no feed for pools of algebra"):
        feed_for(chain, "algebra", "")
    with pytest.raises(PoolMissingError, match="'', 'slipstream'"):
        feed_for(chain, "uniswap-v3", "other")


# Solidly


@pytest.mark.parametrize("family", ["", "stable"])
def test_pools_of_solidly_are_followed(stage: Stage, family: str) -> None:
    out, stable = PEERS / "aerodrome/out", family == "stable"
    implementation = created(stage.node, WHO, out / "Pool.sol/Pool.json")
    factory = created(stage.node, WHO, out / "PoolFactory.sol/PoolFactory.json", ("address",), (implementation,))
    tokens = sorted((stage.token(symbol) for symbol in PAIR), key=str.lower)
    data = "0x" + packed("createPool(address,address,bool)", *tokens, stable).hex()
    stage.node.rpc("eth_sendTransaction", {"from": OWNER, "to": factory, "data": data, "gas": hex(5 * 10**6)})
    stage.mine()
    listed = chains.Pool(venue="aero", tokens=PAIR, family=family)
    chain = stage.with_pools("aero", chains.Solidly(kind="solidly", factory=factory), listed)
    empty = stage.picture(chain)
    assert "reserves (0, 0)" in next(iter(empty.excluded.values()))
    pool = empty.places[0].address

    def pay(*amounts: int) -> None:
        for token, amount in zip(tokens, amounts, strict=True):
            if amount:
                stage.send(token, "transfer(address,uint256)", pool, amount)

    pay(10**10, 10**22)
    stage.send(pool, "mint(address)", WHO.address)
    (state,) = stage.follow(empty)
    picture = stage.picture(chain)
    assert (picture.pools, state.reserves) == (empty.pools, (10**10, 10**22))
    for amount_in in (10**6, 10**9):
        paid = picture.pools[pool].amount_out(0, 1, amount_in)
        pay(amount_in, 0)
        stage.send(pool, "swap(uint256,uint256,address,bytes)", 0, paid, WHO.address, b"")
        expected = picture.pools[pool].after(0, 1, amount_in)
        assert stage.follow(picture) == (expected,)
    stage.send(factory, "setCustomFee(address,uint256)", pool, 77)
    (state,) = stage.follow(picture)
    assert state.fee_bps == 77
    assert isinstance(picture._list.by_address[pool].feed, solidly.SolidlyVolatileFeed)


# Slipstream


def test_pools_of_slipstream_are_followed(stage: Stage) -> None:
    out, neighbour = PEERS / "slipstream/out", Web3.to_checksum_address("0x" + "4e" * 20)
    registry = packed("factoryRegistry()").hex()
    stage.node.rpc("anvil_setCode", neighbour, f"0x5f3560e01c63{registry}1430025f5260205ff3")
    implementation = created(stage.node, WHO, out / "CLPool.sol/CLPool.json")
    arguments = (neighbour, neighbour, implementation)
    factory = created(stage.node, WHO, out / "CLFactory.sol/CLFactory.json", ("address",) * 3, arguments)
    tokens = [stage.token(symbol) for symbol in PAIR]
    stage.send(factory, "createPool(address,address,int24,uint160)", *tokens, 200, 1 << 96)
    stage.mine()
    listed = chains.Pool(venue="slip", tokens=PAIR, family="slipstream", tick_spacing=200)
    chain = stage.with_pools("slip", chains.UniswapV3(kind="uniswap-v3", factory=factory), listed)
    picture = stage.picture(chain)
    pool = picture.places[0].address
    mint, swap = "mint(address,int24,int24,uint128,bytes)", "swap(address,bool,int256,uint160,bytes)"
    for low, high in ((-4000, 0), (0, 4000), (-120_000, -60_000), (200, 100_000)):
        stage.paying(pool, mint, PAYER, low, high, 10**14, b"")
    (state,) = stage.follow(picture)
    assert (state.liquidity, len(state.ticks), state.fee) == (10**14, 6, 3000), "one end lies beyond what is read"
    for up, amount in ((True, 10**12), (False, 3 * 10**12), (True, 10**13)):
        stage.paying(pool, swap, PAYER, not up, amount, sqrt_price_at(3000 if up else -3000), b"")
        (state,) = stage.follow(picture)
    stage.paying(pool, "burn(int24,int24,uint128)", -4000, 0, 10**14)
    stage.paying(pool, "burn(int24,int24,uint128)", 0, 4000, 1)
    stage.paying(pool, "burn(int24,int24,uint128)", 0, 4000, 0)
    (state,) = stage.follow(picture)
    assert -4000 not in state.ticks
    assert stage.picture(chain).pools == picture.pools


# vaults


@pytest.mark.parametrize(
    ("path", "offset"),
    [("PlainVault.sol/PlainVault", 0), ("PlainVaults.sol/SoladyVault", 0), ("StakingVault.sol/StakingVault", 6)],
)
def test_vaults_are_followed_as_their_shares_gain(stage: Stage, path: str, offset: int) -> None:
    asset = stage.token("WETH")
    types: Sequence[str] = ("address",)
    values: Sequence[object] = (asset,)
    if offset:
        types = ("address", "address", "string", "string", "(uint24,uint24,uint64,uint128,uint32,bool)")
        values = (WHO.address, asset, "", "", (86_400, 3_600, 10**18, 0, 0, False))
    vault = created(stage.node, WHO, Path(f"{OUT / path}.json"), types, values)
    share = chains.Token(address=vault, decimals=18 + offset)
    chain = stage.with_pools(
        "vaults", chains.ERC4626(kind="erc4626"), chains.Pool(venue="vaults", tokens=("WETH", "S"))
    )
    chain = chain.model_copy(update={"tokens": {**chain.tokens, "S": share}})
    stage.send(asset, "approve(address,uint256)", vault, 10**30)
    stage.send(vault, "deposit(uint256,address)", 5 * 10**18, WHO.address)
    stage.mine()
    picture = stage.picture(chain)
    state: Any = picture.pools[vault]
    assert (state.virtual_assets, state.virtual_shares, state.assets) == (1, 10**offset, 5 * 10**18)
    stage.send(asset, "transfer(address,uint256)", vault, 10**17)
    changed = stage.follow(picture)
    assert len(changed) == (offset == 0), "ours counts what was given as profit only when it is reported"
    state = picture.pools[vault]
    call = Call(vault, "previewDeposit(uint256)", (10**18,), ("uint256",))
    [(shares,)] = picture.multicall.read([call], "latest")
    assert state.amount_out(0, 1, 10**18) == shares


def test_a_vault_that_converts_otherwise_is_refused() -> None:
    place = Place("", "", "0x" + "22" * 20, "0x" + "11" * 20, "0x" + "22" * 20)

    def ask(calls: Sequence[Call]) -> list[tuple[int]]:
        return [(18,) if call.signature == "decimals()" else (call.arguments[0] * 999 // 1000,) for call in calls]  # type: ignore[operator]

    found = walk({0: erc4626._virtual(place, 10**20, 10**20)}, ask)
    assert isinstance(found[0], UnreadableError)
    assert "fee" in str(found[0])


# ticks

SPACING = 10
RANGE = st.tuples(st.integers(-1_000, 1_000), st.integers(-1_000, 1_000)).filter(lambda ends: ends[0] != ends[1])
CHANGES = st.lists(st.tuples(RANGE, st.integers(1, 10**6)), min_size=1, max_size=12)


@given(CHANGES, st.integers(-4_000, 4_000), st.randoms())
def test_liquidity_that_comes_and_goes_leaves_what_positions_there_are(
    changes: list[tuple[tuple[int, int], int]], tick: int, random: Random
) -> None:
    words = concentrated.span(SPACING, tick)
    lowest, highest = words.start * WORD * SPACING, (words.stop * WORD - 1) * SPACING
    empty = UniswapV3Pool("", ("", ""), 500, SPACING, sqrt_price_at(tick), tick, 0, (), (), lowest, highest)
    held, positions = Held(empty, ()), []
    for ends, amount in changes:
        low, high = sorted(end * SPACING for end in ends)
        held = provided(held, low, high, amount)
        positions.append((low, high, amount))
        if random.random() < 0.4:
            low, high, there = positions.pop(random.randrange(len(positions)))
            taken = random.choice((there, there // 2))
            held = provided(held, low, high, -taken)
            positions.append((low, high, there - taken))
    known = {end for *ends, amount in positions for end in ends if amount and lowest <= end <= highest}
    pool: Any = held.pool
    assert pool.ticks == tuple(sorted(known))
    for at, end in enumerate(pool.ticks):
        assert held.beside[at] == sum(amount for low, high, amount in positions if end in (low, high))
        assert pool.liquidity_net[at] == sum(amount * ((end == low) - (end == high)) for low, high, amount in positions)
    assert pool.liquidity == sum(amount for low, high, amount in positions if low <= tick < high)
    assert concentrated.known(pool) == words


def test_more_liquidity_cannot_go_than_there_is() -> None:
    empty = UniswapV3Pool("", ("", ""), 500, SPACING, 1 << 96, 0, 0, (), (), -5120, 5110)
    with pytest.raises(ValueError, match="-2"):
        provided(provided(Held(empty, ()), -10, 10, 1), -10, 10, -2)


@given(st.integers(MIN_TICK, MAX_TICK), st.integers(MIN_TICK, MAX_TICK), st.sampled_from((1, 10, 60, 200, 16_384)))
def test_a_price_that_comes_near_the_end_of_what_is_known_is_read_again(tick: int, to: int, spacing: int) -> None:
    words, ends = concentrated.span(spacing, tick), concentrated.ends_of(spacing)
    lowest = max(MIN_TICK, words.start * WORD * spacing)
    highest = min(MAX_TICK, (words.stop * WORD - 1) * spacing)
    pool = UniswapV3Pool("", ("", ""), 500, spacing, sqrt_price_at(tick), tick, 1, (), (), lowest, highest)
    assert concentrated.known(pool) == words
    after = swapped(Held(pool, ()), sqrt_price_at(to), to, 2)
    word = to // spacing // WORD
    beyond = [side for side in (word - 1, word + 1) if ends[0] <= side <= ends[1] and side not in words]
    assert (after is None) == bool(beyond or word not in words)
    if after is not None:
        moved: Any = after.pool
        assert (moved.tick, moved.liquidity, moved.sqrt_price_x96) == (to, 2, sqrt_price_at(to))


def test_words_of_a_log_are_whole_or_refused() -> None:
    log = Log((SYNC,), "0x" + f"{7:064x}" + "f" * 64 + "00")
    assert (log.word(0), log.signed(1)) == (7, -1)
    assert (signed(1 << 255), signed((1 << 255) - 1)) == (-(1 << 255), (1 << 255) - 1)
    with pytest.raises(ValueError, match="0x"):
        log.word(2)


# many at once


def test_a_batch_that_is_too_much_for_the_node_is_halved(stage: Stage) -> None:
    burner, weth = Web3.to_checksum_address("0x" + "bb" * 20), stage.token("WETH")
    stage.node.rpc("anvil_setCode", burner, "0x5b5f56")
    calls = [Call(weth, "decimals()", (), ("uint8",))] * 9 + [Call(burner, "spin()", (), ("uint256",))]
    found = Multicall(stage.rpc, stage.chain.contracts["multicall3"]).try_read(calls, newest(stage.rpc).hash)
    assert found == [(18,)] * 9 + [None]


def test_a_crowd_is_read_and_followed(stage: Stage) -> None:
    with replica.serve("ethereum") as served:
        places, node, rpc = crowd(served, 1_234), DevChain(served.web3, 12), Rpc([served.web3])
        assert len({place.address for place in places}) == 1_234
        picture = Picture(stage.chain, rpc, places=places)
        assert len(picture.start(newest(rpc)).changed) == 1_234 + len(stage.chain.pools)
        moved: list[Any] = [picture.pools[place.address] for place in places[::5]]
        stir(node, moved, 1)
        node.mine()
        changed = picture.follow(newest(rpc)).changed
        assert [pool.address for pool in changed] == [pool.address for pool in moved]
        fresh = Picture(stage.chain, rpc, places=places)
        fresh.start(newest(rpc))
        assert fresh.pools == picture.pools
